//! Files as people have them, and as nobody should.

use std::fs;

use proptest::prelude::*;

use super::*;

fn said(text: &str) -> Vec<(u64, u64, String)> {
    let cues = read(text.as_bytes()).unwrap_or_else(|why| panic!("{why}: {text}"));
    cues.into_iter().map(|cue| (cue.from_ms, cue.to_ms, cue.text)).collect()
}

fn one(from_ms: u64, to_ms: u64, text: &str) -> (u64, u64, String) {
    (from_ms, to_ms, text.to_owned())
}

#[test]
fn subrip_is_read_as_it_is_found() {
    let file = "1\r\n00:00:01,000 --> 00:00:02,500\r\nHello <i>you</i>\r\nthere\r\n\r\n\
                2\r\n00:01:00,250 --> 00:01:02,000 X1:100 X2:200\r\n{\\an8}早安\r\n\r\n";
    assert_eq!(said(file), [one(1_000, 2_500, "Hello you\nthere"), one(60_250, 62_000, "早安")]);
    // No numbers, no empty lines between, hours left out, a point for a comma, old line ends.
    let loose = "0:01.5 --> 0:02\ra\r0:03.000 --> 0:04.000\rb";
    assert_eq!(said(loose), [one(1_500, 2_000, "a"), one(3_000, 4_000, "b")]);
    assert_eq!(said("00：00：01，000 --> 00：00：02，000\n好"), [one(1_000, 2_000, "好")]);
}

#[test]
fn cues_are_put_in_order_and_empty_ones_left_out() {
    let file = "2\n00:00:05,000 --> 00:00:06,000\nlate\n\n1\n00:00:01,000 --> 00:00:08,000\nearly and long\n\n\
                3\n00:00:07,000 --> 00:00:07,000\nno time\n\n4\n00:00:09,000 --> 00:00:09,500\n<i></i>\n";
    assert_eq!(said(file), [one(1_000, 8_000, "early and long"), one(5_000, 6_000, "late")]);
    assert_eq!(said(""), []);
    assert_eq!(said("\u{feff}  \n\n"), []);
}

#[test]
fn numbers_and_arrows_in_the_words_are_words() {
    let file = "1\n00:00:01,000 --> 00:00:02,000\nfrom A --> B\n\nafter a gap\n2024\n\n2\n00:00:03,000 --> 00:00:04,000\n\
                3\n3\n00:00:05,000 --> 00:00:06,000\n7 --> 8\n";
    let expected =
        [one(1_000, 2_000, "from A --> B\nafter a gap\n2024"), one(3_000, 4_000, "3"), one(5_000, 6_000, "7 --> 8")];
    assert_eq!(said(file), expected);
}

#[test]
fn webvtt_is_read_without_what_is_not_shown() {
    let file = "WEBVTT - a talk\nKind: captions\n\nSTYLE\n::cue { color: red }\n\nNOTE\n00:00:00.000 --> 00:00:09.000\nno\n\n\
                intro\n00:01.000 --> 00:02.000 align:start position:10%\n<v Ann>Hi &amp; bye\n\n\
                00:00:03.000 --> 00:00:04.000\nNOTE this is said\n\nstray words\n";
    assert_eq!(said(file), [one(1_000, 2_000, "Hi & bye"), one(3_000, 4_000, "NOTE this is said")]);
}

#[test]
fn what_makes_no_sense_is_told_with_its_line() {
    let head = "1\n00:00:01,000 --> 00:00:02,000\na\n\n2\n";
    let cases = [
        ("00:00:0x,000 --> 00:00:05,000\nb", "line 6 says no time that can be read: 00:00:0x,000 --> 00:00:05,000"),
        ("00:00:75,000 --> 00:01:16,000\nb", "line 6 says no time that can be read: 00:00:75,000 --> 00:01:16,000"),
        ("-00:00:01,000 --> 00:00:05,000", "line 6 says no time that can be read: -00:00:01,000 --> 00:00:05,000"),
        ("00:00:05,000 -->\nb", "line 6 says no time that can be read: 00:00:05,000 -->"),
        ("00:00:05,000 --> 00:00:04,999\nb", "line 6 ends before it begins"),
        ("99:00:05,000 --> 99:00:06,000\nb", "line 6 is later than a day"),
        ("9999999999999999999:00:05,000 --> 99:00:06,000\nb", "line 6 says no time"),
    ];
    for (tail, why) in cases {
        let said = read(format!("{head}{tail}").as_bytes()).unwrap_err();
        assert!(said.starts_with(why) && !said.contains('\n'), "{said}");
    }
    assert!(read(b"just some words").unwrap_err().contains("from when to when"));
    let hidden = read("1\n00:00:\u{1b}[2J1,000 --> x\n".as_bytes()).unwrap_err();
    assert!(!hidden.contains('\u{1b}'), "{hidden}");
}

#[test]
fn what_is_too_much_is_refused() {
    let long = format!("00:00:01,000 --> 00:00:02,000\n{}", "字".repeat(2_001));
    assert_eq!(read(long.as_bytes()), Err("line 1 has more than 2000 characters below it".to_owned()));
    let many = "00:00:01,000 --> 00:00:02,000\na\n\n".repeat(10_001);
    assert_eq!(read(many.as_bytes()), Err("it has more than 10000 subtitles".to_owned()));
    assert_eq!(read(&vec![b'a'; 5_000_001]), Err("subtitles take at most 5 MB".to_owned()));
}

#[test]
fn a_file_is_told_by_its_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("clip.mp4");
    let facts_of = |bytes: &[u8]| {
        fs::write(&path, bytes).unwrap();
        facts(&path)
    };
    let srt = facts_of("1\n00:00:01,000 --> 00:00:02,000\n早安\n".as_bytes()).unwrap().unwrap();
    assert_eq!((srt.container.as_str(), srt.duration_ms, srt.cues.len()), ("srt", 2_000, 1));
    assert!(srt.video.is_none() && srt.audio.is_none());
    assert_eq!(facts_of(b"WEBVTT\n\n00:01.000 --> 00:02.000\nhi\n").unwrap().unwrap().container, "vtt");
    let wide: Vec<u8> =
        "\u{feff}1\n00:00:01,000 --> 00:00:02,000\na".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(facts_of(&wide).unwrap().unwrap().cues.len(), 1);
    for other in
        [&b"\0\0\0\x18ftypmp42"[..], b"just some words\n", b"#EXTM3U\n#EXTINF:5,\nx.ts\n", b"", b"\xff\xfb\x90\x00"]
    {
        assert_eq!(facts_of(other).unwrap(), None, "{other:?}");
    }
    let error = facts_of(b"1\n00:00:0x,000 --> 00:00:02,000\na\n").unwrap_err();
    assert!(error.to_string().starts_with("clip.mp4 can't be read: line 2 says no time"), "{error}");
    let error = facts_of(b"WEBVTT\n\n").unwrap_err();
    assert_eq!(error.to_string(), "clip.mp4 can't be read: there are no words in it");
    assert_eq!(facts(folder.path()).unwrap(), None);
}

proptest! {
    #[test]
    fn any_bytes_come_to_cues_within_bounds_or_a_line(
        bytes in proptest::collection::vec(any::<u8>(), 0..400),
        text in "([0-9]{1,2}\n|0{1,2}:[0-9x]{2}[:,][0-9]{2},[0-9]{3}( --> |-->)[0-9:,]{8,12}\n|WEBVTT\n|NOTE\n|\\PC{0,9}\n|\n){0,30}"
    ) {
        for input in [&bytes[..], text.as_bytes()] {
            match read(input) {
                Ok(cues) => for cue in cues {
                    prop_assert!(cue.from_ms < cue.to_ms && cue.to_ms <= crate::timeline::LONGEST_MS);
                    prop_assert!(!cue.text.trim().is_empty());
                },
                Err(why) => prop_assert!(why.chars().count() < 200 && !why.contains('\n'), "{}", why),
            }
        }
    }
}
