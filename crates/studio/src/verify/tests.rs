use std::collections::BTreeSet;

use super::*;
use crate::{AudioFacts, Color, Destinations, Rational, VideoFacts};

/// A destination where every rule holds.
fn strict() -> Destination {
    let value = |is: &str| format!("{{ is = {is}, source = \"own\", date = \"2026\", confidence = \"own\" }}");
    let table = format!(
        "[[destination]]\nid = \"strict\"\nform = \"wechat\"\ntitle = \"all\"\ntitle_zh = \"全部\"\nwords = [\"strict\"]\n\
         does = {}\nmisfit = {}\n[destination.limits]\nbytes = {}\nseconds = {}\nname_bytes = {}\nbit_rate = {}\n",
        value("\"passes\""),
        value("\"refuse\""),
        value("2_000_000"),
        value("60"),
        value("20"),
        value("4_000_000"),
    );
    Destinations::laid_over(&table).unwrap().get("strict").unwrap().clone()
}

fn place(id: &str) -> &'static Destination {
    Destinations::built_in().get(id).unwrap()
}

/// A file that is fine everywhere: 10 s of 540x960 in one megabyte.
fn good() -> Inspected {
    let bt709 = || Some("bt709".to_owned());
    let video = VideoFacts {
        index: 0,
        codec: "h264".to_owned(),
        profile: Some("High".to_owned()),
        level: Some(40),
        pixel_format: "yuv420p".to_owned(),
        bit_depth: 8,
        width: 540,
        height: 960,
        display_width: 540,
        display_height: 960,
        rotation: 0,
        transformed: false,
        sample_aspect_ratio: Rational::ONE,
        frame_rate: Rational::whole(30),
        nominal_frame_rate: Rational::whole(30),
        variable: false,
        color: Color { primaries: bt709(), transfer: bt709(), matrix: bt709(), range: Some("tv".to_owned()) },
        interlaced: false,
        start_ms: 0,
        duration_ms: Some(10_000),
        frames: Some(300),
    };
    let audio = AudioFacts {
        index: 1,
        codec: "aac".to_owned(),
        profile: Some("LC".to_owned()),
        channels: 2,
        sample_rate: 48_000,
        start_ms: 0,
        duration_ms: Some(10_000),
    };
    let track = |kind, entry: &str| FileTrack { kind, entry: entry.to_owned(), even: Some(true) };
    let tracks = vec![track(TrackKind::Video, "avc1"), track(TrackKind::Sound, "mp4a")];
    let boxes = Boxes { brand: "isom".to_owned(), whole: true, tracks, ..Boxes::default() };
    let facts = MediaFacts {
        container: "mp4".to_owned(),
        duration_ms: 10_000,
        video: Some(video),
        audio: Some(audio),
        streams: 2,
        bytes: 1_000_000,
        faststart: Some(true),
        still: false,
        boxes: Some(boxes),
        cues: Vec::new(),
    };
    Inspected { facts, name_bytes: 8 }
}

fn video(file: &mut Inspected) -> &mut VideoFacts {
    file.facts.video.as_mut().unwrap()
}

fn audio(file: &mut Inspected) -> &mut AudioFacts {
    file.facts.audio.as_mut().unwrap()
}

fn boxes(file: &mut Inspected) -> &mut Boxes {
    file.facts.boxes.as_mut().unwrap()
}

type Case = (Rule, Fix, &'static str, fn(&mut Inspected));

/// Each rule broken by itself: what mends it, and a word of the reason.
const BROKEN: [Case; 40] = [
    (Rule::Container, Fix::Remux, "mov", |file| boxes(file).brand = "qt".to_owned()),
    (Rule::Container, Fix::Remux, "mov", |file| boxes(file).brand.clear()),
    (Rule::Container, Fix::EncodePicture, "cut off", |file| boxes(file).whole = false),
    (Rule::Container, Fix::Remux, "fragments", |file| boxes(file).fragmented = true),
    (Rule::Index, Fix::Remux, "comes last", |file| file.facts.faststart = Some(false)),
    (Rule::Codec, Fix::Remux, "avc3", |file| boxes(file).tracks[0].entry = "avc3".to_owned()),
    (Rule::Codec, Fix::EncodePicture, "hevc", |file| video(file).codec = "hevc".to_owned()),
    (Rule::Profile, Fix::EncodePicture, "High 10", |file| video(file).profile = Some("High 10".to_owned())),
    (Rule::Profile, Fix::EncodePicture, "nothing tells", |file| video(file).profile = None),
    (Rule::Level, Fix::EncodePicture, "5.1", |file| video(file).level = Some(51)),
    (Rule::PixelFormat, Fix::EncodePicture, "yuv420p10le", |file| video(file).pixel_format = "yuv420p10le".to_owned()),
    (Rule::PixelFormat, Fix::EncodePicture, "yuvj420p", |file| video(file).pixel_format = "yuvj420p".to_owned()),
    (Rule::Color, Fix::EncodePicture, "HDR (HLG)", |file| video(file).color.transfer = Some("arib-std-b67".to_owned())),
    (Rule::Color, Fix::EncodePicture, "bt2020", |file| video(file).color.primaries = Some("bt2020".to_owned())),
    (Rule::Color, Fix::EncodePicture, "smpte170m", |file| video(file).color.matrix = Some("smpte170m".to_owned())),
    (Rule::Color, Fix::EncodePicture, "range pc", |file| video(file).color.range = Some("pc".to_owned())),
    (Rule::Color, Fix::EncodePicture, "nothing says", |file| video(file).color = Color::default()),
    (Rule::Color, Fix::Retag, "nothing says", |file| {
        (video(file).width, video(file).color) = (720, Color::default());
    }),
    (Rule::Size, Fix::EncodePicture, "odd", |file| video(file).height = 961),
    (Rule::Size, Fix::EncodePicture, "4/3", |file| video(file).sample_aspect_ratio = Rational::new(4, 3).unwrap()),
    (Rule::Pixels, Fix::EncodePicture, "1440x2560", |file| {
        (video(file).display_width, video(file).display_height) = (1440, 2560);
    }),
    (Rule::Pixels, Fix::EncodePicture, "1080x2400", |file| {
        (video(file).display_width, video(file).display_height) = (1080, 2400);
    }),
    (Rule::Rotation, Fix::EncodePicture, "turn it", |file| video(file).rotation = 90),
    (Rule::Scan, Fix::EncodePicture, "interlaced", |file| video(file).interlaced = true),
    (Rule::ConstantRate, Fix::EncodePicture, "unevenly", |file| boxes(file).tracks[0].even = Some(false)),
    (Rule::ConstantRate, Fix::EncodePicture, "unevenly", |file| {
        (boxes(file).tracks[0].even, video(file).variable) = (None, true);
    }),
    (Rule::FrameRate, Fix::EncodePicture, "60.00", |file| video(file).frame_rate = Rational::whole(60)),
    (Rule::BitRate, Fix::EncodePicture, "8000 kb/s", |file| file.facts.duration_ms = 1000),
    (Rule::AudioCodec, Fix::EncodeSound, "ac3", |file| audio(file).codec = "ac3".to_owned()),
    (Rule::AudioCodec, Fix::EncodeSound, "HE-AAC", |file| audio(file).profile = Some("HE-AAC".to_owned())),
    (Rule::AudioRate, Fix::EncodeSound, "96000", |file| audio(file).sample_rate = 96_000),
    (Rule::AudioChannels, Fix::EncodeSound, "6 channels", |file| audio(file).channels = 6),
    (Rule::Tracks, Fix::Remux, "1 other", |file| {
        let track = FileTrack { kind: TrackKind::Other, entry: "tmcd".to_owned(), even: None };
        boxes(file).tracks.push(track);
    }),
    (Rule::Tracks, Fix::Remux, "3 in all", |file| {
        (file.facts.boxes, file.facts.streams) = (None, 3);
    }),
    (Rule::Metadata, Fix::Remux, "where it was recorded", |file| boxes(file).located = true),
    (Rule::Metadata, Fix::Remux, "the day it was recorded", |file| boxes(file).dated = true),
    (Rule::Metadata, Fix::Remux, "©mod", |file| boxes(file).tags = vec!["©mod".to_owned()]),
    (Rule::Bytes, Fix::EncodePicture, "2000001 bytes", |file| file.facts.bytes = 2_000_001),
    (Rule::Seconds, Fix::Shorten, "60.1 s", |file| file.facts.duration_ms = 60_101),
    (Rule::Name, Fix::Rename, "21 bytes", |file| file.name_bytes = 21),
];

#[test]
fn a_good_file_keeps_every_rule_everywhere() {
    for destination in Destinations::built_in().iter().chain([&strict()]) {
        let verdict = verify(&good(), destination);
        assert!(verdict.passes(), "{}: {}", destination.id, verdict.summary());
        assert_eq!((verdict.fix(), verdict.summary().as_str()), (None, "nothing falls short"));
    }
    let names: BTreeSet<Rule> = verify(&good(), &strict()).findings.iter().map(|finding| finding.rule).collect();
    let broken: BTreeSet<Rule> = BROKEN.iter().map(|case| case.0).collect();
    assert_eq!(names, broken, "every rule is looked at, and broken below");
}

#[test]
fn each_rule_is_broken_by_itself() {
    for (rule, fix, word, breaks) in BROKEN {
        let mut file = good();
        breaks(&mut file);
        let verdict = verify(&file, &strict());
        let short: Vec<_> = verdict.short().map(|finding| (finding.rule, finding.fix)).collect();
        assert_eq!(short, [(rule, Some(fix))], "{word}: {}", verdict.summary());
        assert!(verdict.summary().contains(word), "{word}: {}", verdict.summary());
        assert!(!verdict.passes());
        assert_eq!(verdict.fix(), Some(fix));
    }
}

#[test]
fn a_rule_is_kept_up_to_its_very_bound() {
    let mut file = good();
    (file.facts.bytes, file.facts.duration_ms, file.name_bytes) = (2_000_000, 60_100, 20);
    video(&mut file).frame_rate = Rational::new(30_100, 1000);
    (video(&mut file).display_width, video(&mut file).display_height) = (1920, 1080);
    audio(&mut file).sample_rate = 44_100;
    let verdict = verify(&file, &strict());
    assert!(verdict.passes(), "{}", verdict.summary());
}

#[test]
fn a_file_without_sound_or_with_plain_h264_is_fine() {
    let mut file = good();
    file.facts.audio = None;
    boxes(&mut file).tracks.pop();
    for profile in ["Main", "Constrained Baseline"] {
        video(&mut file).profile = Some(profile.to_owned());
        assert!(verify(&file, &strict()).passes());
    }
}

#[test]
fn the_dearest_fix_counts() {
    let mut file = good();
    file.facts.faststart = Some(false);
    assert_eq!(verify(&file, place("chat")).fix(), Some(Fix::Remux));
    audio(&mut file).channels = 6;
    assert_eq!(verify(&file, place("chat")).fix(), Some(Fix::EncodeSound));
    video(&mut file).rotation = 90;
    assert_eq!(verify(&file, place("chat")).fix(), Some(Fix::EncodePicture));
    file.facts.duration_ms = 301_000;
    assert_eq!(verify(&file, place("chat")).fix(), Some(Fix::Shorten));
}

#[test]
fn advice_breaks_no_rule() {
    let verdict = verify(&good(), place("channels"));
    let note = verdict.findings.iter().find(|finding| finding.rule == Rule::Pixels).unwrap();
    assert_eq!(note.standing, Standing::Note);
    assert!(note.why.contains("720") && verdict.passes());
}

/// What WeChat does, in short: `=` passes, `>` encodes anew, `x` refuses, `?` isn't known.
fn fate_of(file: &Inspected, id: &str) -> (char, String) {
    let fate = verify(file, place(id)).fate;
    let mark = match fate {
        Fate::Passes { .. } => '=',
        Fate::ReEncodes { .. } => '>',
        Fate::Refuses { .. } => 'x',
        Fate::Takes { .. } => '?',
    };
    (mark, fate.to_string())
}

type Turn = (fn(&mut Inspected), &'static str, char, &'static str);

#[test]
fn what_wechat_does_is_foretold() {
    let cases: [Turn; 17] = [
        (|_| (), "chat", '=', "leaves it as it is"),
        (|file| video(file).display_width = 720, "chat", '>', "540x960 at 30 frames a second, 1200 kb/s"),
        (|file| video(file).display_width = 720, "chat", '>', "the short side is 720 pixels, above 540"),
        (|file| file.facts.bytes = 1_300_000, "chat", '>', "1040 kb/s, above 1000"),
        (|file| file.facts.bytes = 26_214_401, "chat", 'x', "26214401 bytes are more than 26214400"),
        (|file| file.facts.duration_ms = 301_000, "chat", 'x', "301.0 s are more than 300 s"),
        (
            |file| (file.facts.duration_ms, file.facts.bytes) = (200_000, 26_000_000),
            "chat",
            '>',
            "360x640 at 24 frames a second, 544 kb/s",
        ),
        (|file| video(file).codec = "hevc".to_owned(), "chat", '>', "the codec hevc is not h264"),
        (|_| (), "chat-hd", '=', "leaves it as it is"),
        (|_| (), "moments", '>', "540x960 at 30 frames a second, 1600 kb/s and 64 kb/s of sound"),
        (|file| file.facts.duration_ms = 31_000, "moments", 'x', "31.0 s are more than 30 s"),
        (|_| (), "channels", '>', "encodes it anew"),
        (|file| video(file).codec = "hevc".to_owned(), "file", '=', "the codec hevc is not h264"),
        (|_| (), "article", '?', "not known"),
        (|file| file.facts.bytes = 10_000_001, "wecom", 'x', "10000001 bytes"),
        (|file| boxes(file).brand = "qt".to_owned(), "mini-program", 'x', "the container mov is not mp4"),
        (|file| file.name_bytes = 129, "wecom-url", 'x', "a name of 129 bytes"),
    ];
    for (turn, id, mark, words) in cases {
        let mut file = good();
        turn(&mut file);
        let (found, said) = fate_of(&file, id);
        assert_eq!(found, mark, "{id}: {said}");
        assert!(said.contains(words), "{id}: {said}");
    }
}

#[test]
fn a_length_of_nothing_and_sizes_beyond_all_measure_are_no_panic() {
    let mut file = good();
    (file.facts.duration_ms, file.facts.bytes) = (0, u64::MAX);
    (video(&mut file).display_width, video(&mut file).display_height) = (u32::MAX, u32::MAX);
    (video(&mut file).level, file.name_bytes) = (Some(u32::MAX), u32::MAX);
    for destination in Destinations::built_in().iter() {
        assert!(!verify(&file, destination).passes() || destination.id == "mini-program", "{}", destination.id);
    }
    file.facts.duration_ms = u64::MAX;
    assert!(!verify(&file, place("chat")).passes());
    (file.facts.video, file.facts.audio, file.facts.boxes) = (None, None, None);
    assert!(verify(&file, place("chat")).findings.iter().any(|finding| finding.rule == Rule::Tracks));
}
