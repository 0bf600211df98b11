//! The cheapest work for every kind of clip and edit, without ffmpeg.

use serde_json::{Value, json};

use super::{clip, color, stereo, video};
use crate::{
    AudioFacts, Boxes, FileTrack, MediaFacts, Rational, Rung, TrackKind, VideoFacts,
    plan::{Pass, Plan, plan},
};

/// Two seconds of 640x360 that are right everywhere, in 200 kB.
fn right() -> MediaFacts {
    let tags = color(["bt709", "bt709", "bt709"]);
    let (width, height) = (640, 360);
    let video = VideoFacts { width, height, display_width: width, display_height: height, color: tags, ..video() };
    let track = |kind, entry: &str| FileTrack { kind, entry: entry.to_owned(), even: Some(true) };
    let tracks = vec![track(TrackKind::Video, "avc1"), track(TrackKind::Sound, "mp4a")];
    let boxes = Boxes { brand: "isom".to_owned(), whole: true, tracks, ..Boxes::default() };
    MediaFacts { bytes: 200_000, boxes: Some(boxes), ..clip(video, Some(stereo())) }
}

fn of(facts: &MediaFacts, segment: &Value, edit: &Value) -> Plan {
    let mut segment = segment.clone();
    segment["src"] = json!("a");
    let mut song = clip(video(), Some(stereo()));
    (song.video, song.container) = (None, "mp3".to_owned());
    let facts = [("a".to_owned(), facts.clone()), ("m".to_owned(), song)].into();
    let music = json!({ "tt": 1, "sg": [{ "src": "m" }] });
    let mut tracks = vec![json!({ "tt": 0, "sg": [segment] })];
    tracks.extend((edit["music"] == true).then_some(music));
    let mut edit = edit.clone();
    edit.as_object_mut().unwrap().remove("music");
    plan(&json!({ "m": { "edit": edit }, "t": tracks }), &facts).unwrap()
}

fn with(change: impl Fn(&mut MediaFacts)) -> MediaFacts {
    let mut facts = right();
    change(&mut facts);
    facts
}

fn with_video(change: impl Fn(&mut VideoFacts)) -> MediaFacts {
    with(|facts| change(facts.video.as_mut().unwrap()))
}

fn with_audio(change: impl Fn(&mut AudioFacts)) -> MediaFacts {
    with(|facts| change(facts.audio.as_mut().unwrap()))
}

fn with_boxes(change: impl Fn(&mut Boxes)) -> MediaFacts {
    with(|facts| change(facts.boxes.as_mut().unwrap()))
}

fn sized(video: &mut VideoFacts, width: u32, height: u32) {
    (video.width, video.height, video.display_width, video.display_height) = (width, height, width, height);
}

fn line(name: &str, plan: &Plan) -> String {
    let (rung, why) = plan.rung();
    format!("{name}: {rung:?}\n    {}", why.join("\n    "))
}

#[test]
fn golden_rungs_of_clips() {
    let cases = [
        ("right", right()),
        ("index last", with(|facts| facts.faststart = Some(false))),
        ("a place", with_boxes(|boxes| boxes.located = true)),
        ("QuickTime", with_boxes(|boxes| boxes.brand = "qt".to_owned())),
        ("fragments", with_boxes(|boxes| boxes.fragmented = true)),
        ("avc3", with_boxes(|boxes| boxes.tracks[0].entry = "avc3".to_owned())),
        ("cut off", with_boxes(|boxes| boxes.whole = false)),
        ("no sound", with(|facts| facts.audio = None)),
        ("untagged, small", with_video(|video| video.color = crate::Color::default())),
        (
            "untagged, high definition",
            with_video(|video| {
                sized(video, 1280, 720);
                video.color = crate::Color::default();
            }),
        ),
        ("mp3", with_audio(|audio| audio.codec = "mp3".to_owned())),
        ("surround", with_audio(|audio| audio.channels = 6)),
        ("32 kHz", with_audio(|audio| audio.sample_rate = 32_000)),
        (
            "surround, picture late",
            with(|facts| {
                facts.audio.as_mut().unwrap().channels = 6;
                facts.video.as_mut().unwrap().start_ms = 40;
            }),
        ),
        (
            "surround, frames hidden",
            with(|facts| {
                facts.audio.as_mut().unwrap().channels = 6;
                facts.video.as_mut().unwrap().duration_ms = Some(1500);
            }),
        ),
        ("hevc", with_video(|video| video.codec = "hevc".to_owned())),
        ("turned", with_video(|video| video.rotation = 90)),
        ("uneven", with_boxes(|boxes| boxes.tracks[0].even = Some(false))),
        ("60 frames", with_video(|video| video.frame_rate = Rational::whole(60))),
        ("4K", with_video(|video| sized(video, 3840, 2160))),
        (
            "Matroska, 25 frames",
            with(|facts| {
                (facts.container, facts.boxes, facts.faststart) = ("mkv".to_owned(), None, None);
                facts.video.as_mut().unwrap().frame_rate = Rational::whole(25);
            }),
        ),
        (
            "Matroska, 30 frames",
            with(|facts| (facts.container, facts.boxes, facts.faststart) = ("mkv".to_owned(), None, None)),
        ),
    ];
    let lines = cases.map(|(name, facts)| line(name, &of(&facts, &json!({}), &json!({}))));
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn golden_rungs_of_edits() {
    let cases = [
        ("a part", json!({ "in": 500 }), json!({})),
        ("all of it, said", json!({ "in": 0, "out": 2000 }), json!({})),
        ("faster", json!({ "speed": 2.0 }), json!({})),
        ("turned", json!({ "turn": 90 }), json!({})),
        ("muted", json!({ "m": { "volume": 0 } }), json!({})),
        ("louder", json!({ "m": { "volume": 2.0 } }), json!({})),
        ("music", json!({}), json!({ "music": true })),
        ("loudness", json!({}), json!({ "loudness": -1600 })),
        ("sound fades", json!({}), json!({ "sound": { "in_ms": 100, "out_ms": 0 } })),
        ("picture fades", json!({}), json!({ "picture": { "in_ms": 100, "out_ms": 0 } })),
        ("the shape it has", json!({}), json!({ "canvas": { "ratio": "16:9", "fit": "cover" } })),
        ("another shape", json!({}), json!({ "canvas": { "ratio": "9:16", "fit": "blur" } })),
        ("the size it has", json!({}), json!({ "output": { "resolution": { "short_side": 720 } } })),
        ("a smaller size", json!({}), json!({ "output": { "resolution": { "short_side": 240 } } })),
        ("the rate it has", json!({}), json!({ "output": { "fps_milli": 30_000 } })),
        ("another rate", json!({}), json!({ "output": { "fps_milli": 15_000 } })),
        ("bytes that it has", json!({}), json!({ "output": { "max_bytes": 200_000 } })),
        ("fewer bytes", json!({}), json!({ "output": { "max_bytes": 199_999 } })),
        ("H.265", json!({}), json!({ "output": { "codec": "h265" } })),
        ("a GIF", json!({}), json!({ "output": { "container": "gif" } })),
        ("only sound", json!({}), json!({ "output": { "container": "mp3" } })),
        ("for a chat", json!({}), json!({ "output": { "destination": "chat" } })),
    ];
    let lines = cases.map(|(name, segment, edit)| line(name, &of(&right(), &segment, &edit)));
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn golden_arguments_of_copies() {
    let untagged = with_video(|video| video.color = crate::Color::default());
    let of = |edit: &Value, pass: &Pass| of(&untagged, &json!({}), edit).arguments_of(pass, None).join(" ");
    let both = [of(&json!({}), &Pass::Retag), of(&json!({ "music": true }), &Pass::KeepPicture)];
    insta::assert_snapshot!(both.join("\n\n"));
}

#[test]
fn only_what_keeps_the_limits_is_a_bound_for_the_output() {
    let tall = || with_video(|video| sized(video, 1280, 720));
    let chat = json!({ "output": { "destination": "chat" } });
    let plan = of(&tall(), &json!({}), &chat);
    assert_eq!(plan.rung().0, Rung::Encode, "it is above the gate");
    assert_eq!(plan.compliant().map(|(source, rung)| (source.bytes, rung)), Some((200_000, Rung::Copy)));
    assert_eq!(plan.within(200_000).max_bytes(), Some(200_000));
    for (facts, segment, edit) in [
        (with(|facts| facts.video.as_mut().unwrap().codec = "hevc".to_owned()), json!({}), chat.clone()),
        (tall(), json!({ "out": 1500 }), chat.clone()),
        (tall(), json!({ "m": { "volume": 0.5 } }), chat),
        (tall(), json!({}), json!({ "output": { "destination": "chat", "max_bytes": 100_000 } })),
        (tall(), json!({}), json!({ "output": { "destination": "chat", "resolution": { "short_side": 360 } } })),
    ] {
        assert_eq!(of(&facts, &segment, &edit).compliant(), None, "{segment} {edit}");
    }
}
