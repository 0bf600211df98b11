use super::*;
use crate::error::Error;
use serde_json::json;

pub(crate) fn segment(clip: u32, source: &str, from_ms: u64, to_ms: u64) -> Segment {
    Segment {
        clip,
        source: source.to_owned(),
        name: format!("{source}.mp4"),
        still: false,
        from_ms,
        to_ms: Some(to_ms),
        speed: Speed::NORMAL,
        turn: Turn::default(),
        volume: Gain::FULL,
        muted: false,
        size: Some((1920, 1080)),
        rest: Rest::default(),
    }
}

fn full() -> Timeline {
    let mut cut = segment(1, "a", 2_000, 10_000);
    cut.speed = Speed::of(2.0).unwrap();
    cut.turn = Turn::new(90, true).unwrap();
    cut.volume = Gain::of(0.5).unwrap();
    let mut still = segment(2, "b", 0, 3_000);
    still.still = true;
    still.muted = true;
    let mut timeline = Timeline { segments: vec![cut, still], ..Timeline::default() };
    timeline.music = Some(Music {
        source: "m".into(),
        name: "song.mp3".into(),
        start: -5_000,
        dur: Some(4_000),
        looped: true,
        skip: 250,
        volume: Gain::of(0.35).unwrap(),
        muted: false,
        silent: vec![Range { from: 100, to: 200 }],
        fades: Fades { in_ms: 500, out_ms: 1_000 },
        rest: Rest::default(),
    });
    timeline.texts = vec![
        Text::new(TextRole::Watermark, "me".into(), 0, None, Some(Position::BottomRight)),
        Text::new(TextRole::Title, "早安 {\\N}".into(), 0, Some(3_000), None),
        Text::new(TextRole::Subtitle, "tail".into(), -3_000, Some(3_000), Some(Position::Bottom)),
    ];
    let source: crate::Source = crate::edit::tests::source("talk.srt", 9_000);
    let whole = Range { from: 0, to: 6_000 };
    timeline.subtitles = vec![Subtitles::new(&source, vec![Shown { file: whole, on: whole }])];
    timeline.settings = Settings {
        canvas: Some(Canvas { ratio: Ratio::Portrait9x16, fit: Fit::Blur }),
        transition: Some(Transition { kind: TransitionKind::Crossfade, ms: 1_000 }),
        picture: Fades { in_ms: 0, out_ms: 1_000 },
        loudness: Some(-1_400),
        duck: true,
        speech_subtitles: true,
        output: Output {
            destination: Some("moments".into()),
            max_bytes: Some(10_000_000),
            resolution: Some(Resolution::Short { short_side: 720 }),
            fps_milli: Some(29_970),
            container: Some(Container::Mov),
            codec: Some(Codec::H264),
        },
        seen: vec!["a".into(), "b".into()],
        ..Settings::default()
    };
    timeline
}

#[test]
fn everything_comes_back_as_it_was_written() {
    let timeline = full();
    let draft = timeline.write();
    assert_eq!(Timeline::read(&draft).unwrap(), timeline);
    assert_eq!(Timeline::read(&draft).unwrap().write(), draft);
}

#[test]
fn the_short_keys_say_what_others_show() {
    let draft = full().write();
    assert_eq!(draft["d"], 6_000);
    assert_eq!((&draft["m"]["width"], &draft["m"]["height"]), (&json!(720), &json!(1280)));
    let [picture, music, title, subtitle, watermark] = draft["t"].as_array().unwrap().as_slice() else { panic!() };
    assert_eq!((&picture["sg"][0]["d"], &picture["sg"][0]["m"]["volume"]), (&json!(4_000), &json!(0.5)));
    assert_eq!((&picture["sg"][1]["s"], &picture["sg"][1]["m"]["volume"]), (&json!(3_000), &json!(0.0)));
    assert_eq!((&music["tt"], &music["sg"][0]["s"], &music["sg"][0]["d"]), (&json!(1), &json!(1_000), &json!(4_000)));
    assert_eq!(title["sg"][0]["m"]["text"], "早安 {\\N}");
    assert_eq!((&subtitle["sg"][0]["src"], &subtitle["sg"][0]["m"]["name"]), (&json!("talk.srt"), &json!("talk.srt")));
    assert_eq!((&subtitle["sg"][1]["s"], &subtitle["sg"][1]["d"]), (&json!(3_000), &json!(3_000)));
    assert_eq!((&watermark["m"]["role"], &watermark["sg"][0]["d"]), (&json!("watermark"), &json!(6_000)));
}

#[test]
fn unknown_keys_stay() {
    let draft = json!({
        "d": 3_000, "zz": 1e300, "m": { "title": "假日", "x": [1, { "y": null }] },
        "t": [
            { "tt": 9, "sg": [] },
            { "tt": 0, "sg": [{ "src": "a", "d": 3_000, "k": 1, "m": { "name": "a", "q": {} } }] },
            { "tt": 7, "sg": [{ "d": 500, "m": { "text": "hi", "font": "x" }, "id": 7 }] }
        ]
    });
    let written = Timeline::read(&draft).unwrap().write();
    assert_eq!((&written["zz"], &written["m"]["x"]), (&draft["zz"], &draft["m"]["x"]));
    assert_eq!((&written["t"][0]["sg"][0]["k"], &written["t"][0]["sg"][0]["m"]["q"]), (&json!(1), &json!({})));
    assert_eq!((&written["t"][1]["sg"][0]["m"]["font"], &written["t"][1]["sg"][0]["id"]), (&json!("x"), &json!(7)));
}

#[test]
fn what_would_be_lost_or_makes_no_sense_is_refused() {
    let on_track = |segment: Value| json!({ "t": [{ "tt": 0, "sg": [segment] }] });
    let video = json!({ "tt": 0, "sg": [{ "src": "a" }] });
    let with = |other: Value| json!({ "t": [video, other] });
    let edit = |edit: Value| json!({ "t": [video], "m": { "edit": edit } });
    let cases = [
        (json!({}), "no tracks"),
        (json!(3), "no timeline"),
        (json!({ "t": [{ "tt": 0, "sg": [] }] }), "no track has a segment"),
        (with(video.clone()), "more than one video track"),
        (with(json!({ "tt": 33, "sg": [{}] })), "not known here"),
        (with(json!({ "tt": 1, "sg": [{ "d": 1 }] })), "names no clip"),
        (with(json!({ "tt": 1, "sg": [{ "src": "m" }, { "src": "m" }] })), "more than one piece"),
        (with(json!({ "tt": 7, "sg": [{ "d": 1 }] })), "without text"),
        (with(json!({ "tt": 7, "m": { "role": "sticker" }, "sg": [{ "m": { "text": "x" } }] })), "not known here"),
        (with(json!({ "tt": 7, "sg": [{ "m": { "text": "x" }, "at": { "start": i64::MIN, "dur": 1 } }] })), "place"),
        (with(json!({ "tt": 7, "sg": [{ "m": { "text": "x".repeat(9_999) } }] })), "too long"),
        (on_track(json!({ "d": 1 })), "names no clip"),
        (on_track(json!({ "src": "a", "d": -1 })), "length"),
        (on_track(json!({ "src": "a", "d": u64::MAX })), "length"),
        (on_track(json!({ "src": "a", "d": "1" })), "length"),
        (on_track(json!({ "src": "a", "in": 5, "out": 5 })), "ends before"),
        (on_track(json!({ "src": "a", "speed": 0 })), "speed"),
        (on_track(json!({ "src": "a", "turn": 45 })), "angle"),
        (on_track(json!({ "src": "a", "m": { "volume": -1 } })), "volume"),
        (on_track(json!({ "src": "a", "m": { "text": "x" } })), "own text"),
        (
            json!({ "t": [{ "tt": 0, "sg": [{ "src": "a", "d": 50_000_000 }, { "src": "b", "d": 50_000_000 }] }] }),
            "day",
        ),
        (edit(json!({ "hologram": true })), "newer version"),
        (edit(json!({ "output": { "destination": "../etc" } })), "can't be made"),
        (edit(json!({ "output": { "resolution": { "w": 1, "h": 1 } } })), "can't be made"),
        (edit(json!({ "loudness": 5 })), "can't be made"),
    ];
    for (draft, why) in cases {
        match Timeline::read(&draft) {
            Err(Error::Draft { why: said }) => assert!(said.contains(why), "{draft} gave: {said}"),
            other => panic!("{draft} gave {other:?}"),
        }
    }
}

#[test]
fn fractions_of_a_millisecond_are_rounded() {
    let timeline = Timeline::read(&json!({ "t": [{ "tt": 0, "sg": [{ "src": "a", "d": 1500.4 }] }] })).unwrap();
    assert_eq!(timeline.segments[0].to_ms, Some(1_500));
}

#[test]
fn transitions_take_no_more_than_half_of_a_clip_and_none_inside_one() {
    let segments = vec![segment(1, "a", 0, 4_000), segment(1, "a", 6_000, 10_000), segment(2, "b", 0, 1_000)];
    let mut timeline = Timeline { segments, ..Timeline::default() };
    assert_eq!(timeline.duration_ms(), 9_000);
    timeline.settings.transition = Some(Transition { kind: TransitionKind::Crossfade, ms: 800 });
    let placed: Vec<(u64, u64, u64)> =
        timeline.placed().iter().map(|placed| (placed.on.from, placed.on.to, placed.enter_ms)).collect();
    assert_eq!(placed, [(0, 4_000, 0), (4_000, 8_000, 0), (7_500, 8_500, 500)]);
    timeline.settings.transition = Some(Transition { kind: TransitionKind::FadeBlack, ms: 800 });
    assert_eq!((timeline.duration_ms(), timeline.placed()[2].enter_ms), (9_000, 500));
    assert_eq!(timeline.clip_count(), 2);
}

#[test]
fn the_frame_follows_the_first_clip_and_never_grows() {
    let mut timeline = Timeline { segments: vec![segment(1, "a", 0, 1_000)], ..Timeline::default() };
    assert_eq!(timeline.frame(), Some((1920, 1080)));
    timeline.segments[0].turn = Turn::new(90, false).unwrap();
    assert_eq!(timeline.frame(), Some((1080, 1920)));
    timeline.segments[0].size = Some((640, 360));
    let shapes = [
        (Ratio::Portrait9x16, (360, 640)),
        (Ratio::Landscape16x9, (640, 360)),
        (Ratio::Square, (360, 360)),
        (Ratio::Portrait4x5, (360, 450)),
        (Ratio::Portrait3x4, (360, 480)),
        (Ratio::Landscape4x3, (480, 360)),
        (Ratio::Cinema21x9, (640, 274)),
    ];
    for (ratio, frame) in shapes {
        timeline.settings.canvas = Some(Canvas { ratio, fit: Fit::Cover });
        assert_eq!(timeline.frame(), Some(frame), "{ratio:?}");
    }
    timeline.segments[0].size = Some((1920, 1080));
    timeline.settings.output.destination = Some("chat".to_owned());
    timeline.settings.canvas = None;
    assert_eq!(timeline.frame(), Some((540, 960)));
    timeline.settings.output.resolution = Some(Resolution::Short { short_side: 720 });
    assert_eq!(timeline.frame(), Some((720, 1280)));
    timeline.settings.output.resolution = Some(Resolution::Exact { w: 1001, h: 501 });
    assert_eq!(timeline.frame(), Some((1000, 500)));
}
