//! Subtitles from files and from speech, rendered for real: seen when and where they are to be, and nowhere else.

use std::{collections::BTreeMap, fs, os::unix::fs::PermissionsExt as _};

use serde_json::{Value, json};
use weixin_video_studio::{Control, Error, Language, Source, Transcriber, apply};

use crate::bench::{Bench, Frame, level};

const SIZE: (usize, usize) = (320, 180);

/// Three seconds of dark with two seconds of a tone at their end.
const TALK: &str = "-f lavfi -i color=0x203040:s=320x180:r=10:d=3 -f lavfi -i sine=f=440:r=48000:d=2 \
                    -af adelay=delays=1000:all=1 -c:v libx264 -preset ultrafast -qp 0 -c:a aac -b:a 128k";

/// The box around all that is bright in a frame: left, top, right, bottom.
fn bright_box(frame: &Frame) -> Option<(usize, usize, usize, usize)> {
    let bright = |(x, y): &(usize, usize)| frame.rgb(*x, *y).iter().all(|c| *c > 180);
    let all = (0..SIZE.1).flat_map(|y| (0..SIZE.0).map(move |x| (x, y))).filter(bright);
    all.fold(None, |found, (x, y)| {
        let (left, top, right, bottom) = found.unwrap_or((x, y, x, y));
        Some((left.min(x), top.min(y), right.max(x), bottom.max(y)))
    })
}

/// The frames in which there is something bright.
fn shown(frames: &[Frame]) -> Vec<usize> {
    (0..frames.len()).filter(|number| bright_box(&frames[*number]).is_some()).collect()
}

fn bench(srt: &[u8]) -> Bench {
    let bench = Bench::new();
    bench.make("a.mp4", TALK);
    fs::write(bench.path("talk.srt"), srt).unwrap();
    bench
}

/// What a message makes of the clip and the file.
fn said(bench: &Bench, ops: Value) -> Value {
    let source = |name: &str| {
        let facts = bench.probe(&bench.path(name)).unwrap();
        Source { id: name.split('.').next().unwrap().into(), name: name.into(), facts }
    };
    let ops = serde_json::from_value::<Vec<_>>(ops).unwrap();
    apply(&Value::Null, &ops, &[source("a.mp4"), source("talk.srt")], Language::English).unwrap().draft
}

const FILES: [&str; 2] = ["a.mp4", "talk.srt"];

#[test]
fn a_file_is_seen_in_its_time_below_and_in_two_lines() {
    // 一个很长的句子, in GBK as Chinese editors write it, with their line ends.
    let words = "今天是宝宝的生日，我们全家一起去公园野餐放风筝，还吃了一个很大的草莓蛋糕";
    let srt = format!("1\r\n00:00:01,000 --> 00:00:02,000\r\n{{\\an8}}<i>{words}</i>\r\n\r\n");
    let (gbk, _, lost) = encoding_rs::GBK.encode(&srt);
    assert!(!lost);
    let bench = bench(&gbk);
    let draft = said(&bench, json!([{ "op": "subtitles", "asset": "talk.srt" }]));
    bench.render(&draft, &FILES).unwrap();
    let frames = bench.frames();
    assert_eq!(shown(&frames), (10..20).collect::<Vec<_>>());
    let (left, top, right, bottom) = bright_box(&frames[15]).unwrap();
    assert!(top > 120 && bottom < 176, "{left} {top} {right} {bottom}");
    assert!(left > 8 && right < 312 && (left + right).abs_diff(320) < 16, "{left} {top} {right} {bottom}");
    assert!((18..34).contains(&(bottom - top)), "two lines: {top} to {bottom}");
    let gap = (top..bottom).filter(|y| (left..right).all(|x| frames[15].rgb(x, *y)[0] < 120)).count();
    assert!(gap > 0, "there is a gap between the lines");
}

#[test]
fn a_cut_takes_its_lines_along_and_the_rest_move_with_the_picture() {
    let srt = "2\n00:00:02,000 --> 00:00:02,500\nlater\n\n1\n00:00:00,000 --> 00:00:00,500\nHELLO\n";
    let bench = bench(srt.as_bytes());
    let draft = said(
        &bench,
        json!([
            { "op": "subtitles", "asset": "talk.srt" }, { "op": "remove", "from": 0, "to": 1_000 },
            { "op": "edit_text", "role": "subtitle", "pos": "top" }
        ]),
    );
    bench.render(&draft, &FILES).unwrap();
    let frames = bench.frames();
    assert_eq!(shown(&frames), (10..15).collect::<Vec<_>>());
    assert!(bright_box(&frames[12]).unwrap().3 < 60);
}

#[test]
fn a_title_comes_and_goes_softly_and_is_there_from_its_first_frame() {
    let bench = Bench::new();
    bench.make("a.mp4", &TALK.replace("r=10", "r=30"));
    let title = json!({ "m": { "text": "HELLO" }, "at": { "start": 1_000, "dur": 1_000 } });
    let draft =
        json!({ "t": [{ "tt": 0, "sg": [{ "src": "a" }] }, { "tt": 7, "m": { "role": "title" }, "sg": [title] }] });
    bench.render(&draft, &["a.mp4"]).unwrap();
    let frames = bench.frames();
    let brightest = |number: usize| {
        let all = (0..SIZE.1).flat_map(|y| (0..SIZE.0).map(move |x| (x, y)));
        all.map(|(x, y)| frames[number].rgb(x, y)[1]).max().unwrap()
    };
    assert!(brightest(29) < 90 && brightest(60) < 90);
    let (first, middle, last) = (brightest(30), brightest(45), brightest(59));
    assert!(middle > 240 && (160..230).contains(&first) && (160..230).contains(&last), "{first} {middle} {last}");
    assert!(brightest(33) > first && brightest(36) > 240);
}

/// A transcriber that hears these words, and keeps the sound that it was given.
fn transcriber(bench: &Bench, script: &str) -> Control {
    let program = bench.path("transcriber");
    let kept = bench.path("heard.wav");
    fs::write(&program, format!("#!/bin/sh\ncp \"$1\" '{}'\n{script}\n", kept.display())).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let line = format!("'{}' {{wav}} {{srt}}", program.display());
    Control::new().transcriber(Transcriber::parse(&line).unwrap())
}

/// The sound that the transcriber was given: 16 kHz mono, 16 bits.
fn heard(bench: &Bench) -> Vec<f32> {
    let bytes = fs::read(bench.path("heard.wav")).unwrap();
    let word = |at: usize| u32::from(bytes[at]) | u32::from(bytes[at + 1]) << 8;
    assert_eq!((word(22), word(24), word(34)), (1, 16_000, 16));
    let data = bytes.windows(4).position(|four| four == b"data").unwrap() + 8;
    bytes[data..].chunks_exact(2).map(|two| f32::from(i16::from_le_bytes([two[0], two[1]])) / 32_768.0).collect()
}

const SPEECH: &str = r#"{ "speech_subtitles": true }"#;

fn with_speech(segment: &Value, edit: &str) -> Value {
    let edit: Value = serde_json::from_str(edit).unwrap();
    json!({ "m": { "edit": edit }, "t": [{ "tt": 0, "sg": [segment] }] })
}

#[test]
fn what_is_said_is_written_on_the_picture() {
    let bench = bench(b"");
    let control = transcriber(&bench, "printf '1\\n00:00:00,500 --> 00:00:01,000\\n早安\\n' > \"$2\"");
    let draft = with_speech(&json!({ "src": "a", "in": 500, "m": { "volume": 0 } }), SPEECH);
    let done = bench.render_watched(&draft, &["a.mp4"], &control).unwrap();
    assert!(done.warnings.is_empty(), "{:?}", done.warnings);
    let frames = bench.frames();
    assert_eq!(shown(&frames), (5..10).collect::<Vec<_>>());
    assert!(bright_box(&frames[7]).unwrap().1 > 120);
    // All of its sound is off, which is no reason not to hear it; the picture begins half a second later.
    assert!(bench.samples().iter().all(|sample| sample.abs() < 0.01));
    let heard = heard(&bench);
    assert!(heard.len().abs_diff(40_000) < 100, "{}", heard.len());
    // `level` counts at 48 kHz.
    assert!(level(&heard[..7_000], 440.0 * 3.0) < 0.005);
    assert!(level(&heard[9_000..39_000], 440.0 * 3.0) > 0.05);
    assert!(!bench.names().iter().any(|name| name.starts_with(".weixin-video")), "{:?}", bench.names());
}

#[test]
fn where_nothing_is_said_the_person_is_told() {
    let bench = bench(b"");
    let draft = with_speech(&json!({ "src": "a" }), SPEECH);
    let done = bench.render_watched(&draft, &["a.mp4"], &transcriber(&bench, ": > \"$2\"")).unwrap();
    assert_eq!(done.warnings, ["no speech was heard in it, so there are no subtitles"]);
    bench.make("mute.mp4", "-f lavfi -i color=0x203040:s=320x180:r=10:d=1 -c:v libx264 -preset ultrafast");
    let control = transcriber(&bench, "exit 9");
    let done = bench.render_watched(&with_speech(&json!({ "src": "mute" }), SPEECH), &["mute.mp4"], &control).unwrap();
    assert_eq!(done.warnings, ["there is no sound in it, so there are no subtitles from speech"]);
}

#[test]
fn a_transcriber_that_fails_or_is_not_there_leaves_nothing() {
    let bench = bench(b"");
    let draft = with_speech(&json!({ "src": "a" }), SPEECH);
    let error = bench.render(&draft, &["a.mp4"]).unwrap_err();
    assert!(matches!(error, Error::NotHere { .. }) && error.advice().contains("WEIXIN_VIDEO_TRANSCRIBER"), "{error}");
    for (script, why) in
        [("exit 3", "it ended with 3"), ("true", "no SRT file"), ("date > \"$2\"", "from when to when")]
    {
        let error = bench.render_watched(&draft, &["a.mp4"], &transcriber(&bench, script)).unwrap_err();
        assert!(error.to_string().starts_with("the transcriber made no subtitles: "), "{error}");
        assert!(error.to_string().contains(why), "{error}");
    }
    assert!(!bench.out().exists());
    assert!(!bench.names().iter().any(|name| name.starts_with(".weixin-video")), "{:?}", bench.names());
    // A file without a picture has nothing to write on.
    let edit = r#"{ "speech_subtitles": true, "output": { "container": "mp3" } }"#;
    bench.render(&with_speech(&json!({ "src": "a" }), edit), &["a.mp4"]).unwrap();
}

#[test]
fn a_file_that_is_no_longer_there_is_missed() {
    let bench = bench(b"1\n00:00:00,000 --> 00:00:01,000\nx\n");
    let draft = said(&bench, json!([{ "op": "subtitles", "asset": "talk.srt" }]));
    let facts = BTreeMap::from([("a".to_owned(), bench.probe(&bench.path("a.mp4")).unwrap())]);
    let error = weixin_video_studio::plan(&draft, &facts).unwrap_err();
    assert_eq!(error.to_string(), "the timeline can't be rendered: it names subtitles that aren't here");
}
