//! Every edit as a plan, without ffmpeg.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{clip, drawn, pieces_cover_once, stereo, video};
use crate::{
    MediaFacts, VideoFacts,
    plan::{Budget, Demand, Error, Font, Loudness, Pass, Plan, plan},
    timeline::Timeline,
};

/// A timeline of clips `a` and `b`, two seconds each, with a song `m`; what differs is said as on the wire.
fn edited(segments: &Value, more: &[Value], edit: &Value) -> Result<Plan, Error> {
    let mut tracks = vec![json!({ "tt": 0, "sg": segments })];
    tracks.extend(more.iter().cloned());
    let mut song = clip(video(), Some(stereo()));
    (song.video, song.container) = (None, "mp3".to_owned());
    let still = MediaFacts { still: true, container: "jpg".to_owned(), duration_ms: 0, ..clip(video(), None) };
    let square = VideoFacts { display_width: 1080, width: 1080, ..video() };
    let facts = [("a", clip(video(), Some(stereo()))), ("b", clip(square, Some(stereo()))), ("m", song), ("p", still)];
    let facts = facts.map(|(id, facts)| (id.to_owned(), facts)).into();
    plan(&json!({ "m": { "edit": edit }, "t": tracks }), &facts)
}

fn music(said: &Value) -> Value {
    json!({ "tt": 1, "sg": [{ "src": "m", "m": { "volume": 0.35 }, "music": said }] })
}

fn text(role: &str, text: &str, at: &Value) -> Value {
    json!({ "tt": 7, "m": { "role": role }, "sg": [{ "m": { "text": text }, "at": at }] })
}

/// What is read and how it is joined: the inputs with their windows, then the graph.
fn whole(plan: &Plan) -> String {
    let args = plan.arguments();
    let at = args.iter().position(|arg| arg == "-filter_complex").unwrap();
    let confined = ["-protocol_whitelist", "-format_whitelist", "-max_pixels", "-f"];
    let mut inputs = Vec::new();
    let mut words = args[10..at].iter();
    while let Some(word) = words.next() {
        if confined.contains(&word.as_str()) {
            words.next();
        } else {
            inputs.push(word.as_str());
        }
    }
    format!("{}\n\n{}", inputs.join(" "), drawn(plan))
}

#[test]
fn golden_parts_speed_and_turns() {
    let parts = json!([
        { "src": "a", "clip": 1, "in": 250, "out": 1000 },
        { "src": "a", "clip": 1, "in": 1500, "out": 2000, "speed": 2.5, "turn": 90, "mirror": true },
        { "src": "a", "clip": 1, "in": 0, "out": 100, "speed": 0.25, "m": { "volume": 0.5 } },
        { "src": "a", "clip": 1, "in": 0, "out": 300, "m": { "volume": 0, "sound": 1.0 } },
    ]);
    insta::assert_snapshot!(whole(&edited(&parts, &[], &json!({})).unwrap()));
}

#[test]
fn golden_transitions_and_a_still() {
    let parts = json!([
        { "src": "a", "clip": 1 },
        { "src": "b", "clip": 2, "in": 500, "out": 1500 },
        { "src": "p", "clip": 3 },
    ]);
    let of = |kind: &str| {
        let edit = json!({ "transition": { "kind": kind, "ms": 400 } });
        whole(&edited(&parts, &[], &edit).unwrap())
    };
    insta::assert_snapshot!(format!("{}\n\n\n{}", of("crossfade"), of("fade_black")));
}

#[test]
fn golden_shapes() {
    let part = json!([{ "src": "a" }]);
    let of = |fit: &str| {
        let edit =
            json!({ "canvas": { "ratio": "9:16", "fit": fit }, "output": { "resolution": { "short_side": 720 } } });
        whole(&edited(&part, &[], &edit).unwrap())
    };
    insta::assert_snapshot!(["cover", "contain", "blur"].map(of).join("\n\n\n"));
}

#[test]
fn golden_sound() {
    let said = json!({ "start": 500, "dur": 1000, "looped": true, "fades": { "in_ms": 100, "out_ms": 200 },
        "silent": [{ "from": 700, "to": 800 }] });
    let edit = json!({ "duck": true, "loudness": -1600, "sound": { "in_ms": 0, "out_ms": 500 },
        "original": { "in_ms": 300, "out_ms": 0 }, "picture": { "in_ms": 1000, "out_ms": 0 } });
    let plan = edited(&json!([{ "src": "a" }]), &[music(&said)], &edit).unwrap();
    let listened = plan.arguments_of(&Pass::Listen, None).join(" ");
    let loudness = Loudness { integrated: -23.1, peak: -4.0, range: 5.0, threshold: -33.0, offset: 0.2 };
    let heard = plan.arguments_of(&Pass::Quality, Some(&loudness)).join(" ");
    insta::assert_snapshot!(format!("{}\n\n{listened}\n\n{heard}", whole(&plan)));
}

#[test]
fn golden_writing() {
    let texts = [
        text("title", "宝宝的第一个生日，快乐{每}一天\\N！", &json!({ "start": 0, "dur": 1000 })),
        text("subtitle", "end", &json!({ "start": -500, "dur": null, "pos": "top_left" })),
        text("watermark", "@me", &json!({ "start": 0, "dur": null })),
    ];
    let plan = edited(&json!([{ "src": "a" }]), &texts, &json!({})).unwrap();
    let font = Font { file: "f.ttc", family: "Font", line: 1_448, chinese: true };
    insta::assert_snapshot!(format!("{}\n\n{}", drawn(&plan), plan.ass(&font)));
}

#[test]
fn golden_formats_and_passes() {
    let of = |output: &Value, pass: &Pass| {
        let plan = edited(&json!([{ "src": "a" }]), &[], &json!({ "output": output })).unwrap();
        let args = plan.arguments_of(pass, None);
        let at = args.iter().position(|arg| arg == "-map").unwrap();
        args[at..].join(" ")
    };
    let second = Pass::Second(900_000, 96);
    let lines = [
        of(&json!({}), &Pass::Quality),
        of(&json!({ "destination": "chat" }), &Pass::Quality),
        of(&json!({}), &Pass::First(900_000, 96)),
        of(&json!({}), &second),
        of(&json!({ "codec": "h265" }), &second),
        of(&json!({ "container": "mov", "codec": "h265" }), &Pass::Quality),
        of(&json!({ "container": "webm" }), &Pass::Quality),
        of(&json!({ "container": "webm" }), &second),
        of(&json!({ "container": "gif" }), &Pass::Quality),
        of(&json!({ "container": "mp3" }), &Pass::Quality),
        of(&json!({ "container": "m4a" }), &Pass::Sound(64)),
        of(&json!({ "container": "wav" }), &Pass::Quality),
    ];
    insta::assert_snapshot!(lines.join("\n\n"));
}

#[test]
fn a_size_is_shared_and_the_least_is_enough() {
    let plan = edited(&json!([{ "src": "a" }]), &[], &json!({})).unwrap();
    let budget = Budget::of(&plan, 1_000_000).unwrap();
    assert_eq!(budget.sound_kbit, 128);
    // Sound, container and picture together are what was planned for.
    let bytes = (budget.picture + 128_000) * 2 / 8;
    assert!((960_000..985_000).contains(&bytes), "{bytes}");
    let Err(Error::TooSmall { asked: 20_000, least }) = Budget::of(&plan, 20_000) else { unreachable!() };
    assert!(Budget::of(&plan, least).is_ok() && Budget::of(&plan, least * 7 / 10).is_err(), "{least}");
    assert!(Budget::of(&plan, u64::MAX).is_ok_and(|budget| budget.with_sound(&plan, u64::MAX, 9).picture > 1 << 40));
}

#[test]
fn a_picture_gets_smaller_where_that_loses_less_than_a_lack_of_bits() {
    let plan = edited(&json!([{ "src": "a" }]), &[], &json!({})).unwrap();
    let little = Budget { picture: 1_000_000, sound_kbit: 128 };
    let side = |bits: f64, losses: &[(u32, f64)]| Demand { bits, losses: losses.to_vec() }.smaller(&plan, little);
    let soft = [(720, 54.0), (540, 52.0), (480, 50.0), (360, 46.0)];
    let sharp = [(720, 33.0), (540, 32.0), (480, 31.0), (360, 30.5)];
    let drawn = [(720, 27.0), (540, 23.0), (480, 21.0), (360, 19.0)];
    assert_eq!(side(1_500_000.0, &soft), Some(720));
    assert_eq!(side(1_500_000.0, &sharp), None);
    assert_eq!(side(5_000_000.0, &soft), Some(540));
    assert_eq!(side(5_000_000.0, &sharp), Some(720));
    assert_eq!(side(5_000_000.0, &drawn), None);
    assert_eq!(side(900_000.0, &soft), None);
    assert_eq!(side(1e9, &[]), Some(360));
    // Where its size was a wish, it stays.
    let wished = json!({ "output": { "resolution": { "short_side": 1080 } } });
    let wished = edited(&json!([{ "src": "a" }]), &[], &wished).unwrap();
    assert_eq!(Demand { bits: 1e9, losses: Vec::new() }.smaller(&wished, little), None);
}

prop_compose! {
    pub(super) fn any_segments()(
        segments in prop::collection::vec(
            (0u64..1990, 1u64..2000, 1u32..4, prop::sample::select(vec!["a", "b", "p"]), 50u32..4000), 1..12),
    ) -> Vec<Value> {
        segments.into_iter().map(|(from, long, number, source, speed)| {
            let to = (from + long).min(2000);
            json!({ "src": source, "clip": number, "in": from, "out": to, "speed": f64::from(speed) / 1000.0 })
        }).collect()
    }
}

proptest! {
    #[test]
    fn pieces_cover_the_timeline(
        segments in any_segments(),
        kind in prop::sample::select(vec!["none", "crossfade", "fade_black"]),
        ms in 0u64..3000,
        fps in prop::sample::select(vec![12_500, 24_000, 29_970, 30_000, 60_000]),
    ) {
        let mut edit = json!({ "output": { "fps_milli": fps } });
        if kind != "none" {
            edit["transition"] = json!({ "kind": kind, "ms": ms });
        }
        let draft = json!({ "m": { "edit": edit }, "t": [{ "tt": 0, "sg": segments }] });
        let timeline = Timeline::read(&draft).unwrap();
        let Ok(plan) = edited(&json!(segments), &[], &edit) else { return Err(TestCaseError::fail("no plan")) };
        pieces_cover_once(&plan, &timeline);
    }
}
