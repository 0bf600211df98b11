use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::{
    AudioFacts, MediaFacts, VideoFacts,
    plan::{plan, tests::video},
};

fn facts() -> BTreeMap<String, MediaFacts> {
    let clip = |rate: (u32, u32), seconds: u64, still: bool| {
        let rate = Rational::new(rate.0, rate.1);
        let video =
            VideoFacts { frame_rate: rate, nominal_frame_rate: rate, duration_ms: Some(seconds * 1_000), ..video() };
        let audio = AudioFacts {
            index: 1,
            codec: "aac".to_owned(),
            profile: None,
            channels: 2,
            sample_rate: 48_000,
            start_ms: 0,
            duration_ms: None,
        };
        MediaFacts {
            container: if still { "png" } else { "mp4" }.to_owned(),
            duration_ms: if still { 0 } else { seconds * 1_000 },
            video: Some(video),
            audio: (!still).then_some(audio),
            streams: 2,
            bytes: 1_000_000,
            faststart: Some(true),
            boxes: None,
            cues: Vec::new(),
            still,
        }
    };
    let clips =
        [clip((30, 1), 120, false), clip((30_000, 1001), 90, false), clip((24, 1), 60, false), clip((30, 1), 0, true)];
    ["a", "b", "c", "d"].map(str::to_owned).into_iter().zip(clips).collect()
}

fn made(segments: &[Value], edit: &Value, more: &[Value]) -> Plan {
    let picture = json!({ "tt": 0, "sg": segments });
    let tracks: Vec<Value> = std::iter::once(picture).chain(more.iter().cloned()).collect();
    plan(&json!({ "m": { "edit": edit }, "t": tracks }), &facts()).unwrap()
}

fn parts(count: u64, long: u64) -> Vec<Value> {
    (0..count).map(|n| json!({ "clip": n + 1, "src": "a", "in": n * 50, "out": n * 50 + long })).collect()
}

/// The frames of each window, one window after the other.
fn lengths(plan: &Plan) -> Vec<u64> {
    plan.windows().iter().map(|window| window.end - window.start).collect()
}

#[test]
fn windows_are_cut_at_the_same_pictures_wherever_a_part_begins() {
    let windows = |from: u64| {
        let plan = made(&[json!({ "src": "a", "in": from, "out": 50_000 })], &json!({}), &[]);
        let windows: Vec<Vec<String>> =
            plan.windows().iter().map(|window| plan.window(window).window_arguments(&argv::Pass::Quality)).collect();
        windows
    };
    let (whole, later) = (windows(0), windows(4_000));
    assert_eq!((whole.len(), later.len()), (5, 5));
    // What is told of the inner ones is the same but for where the part begins, before which nothing is shown.
    let bare = |args: &[String]| {
        let graph = args.iter().find(|arg| arg.starts_with("[0:0]")).unwrap();
        let at = args.iter().position(|arg| arg == "-ss").map(|at| args[at + 1].clone());
        (at, graph.split(',').filter(|filter| !filter.contains("trim=start=-")).collect::<Vec<_>>().join(","))
    };
    assert!((1..4).all(|n| bare(&whole[n]).0 == bare(&later[n]).0));
    assert_eq!(bare(&later[2]).0.as_deref(), Some("20.000000"));
}

#[test]
fn one_graph_is_left_where_it_is_too_large_or_what_it_makes_is_kept() {
    let short = made(&parts(3, 1_000), &json!({}), &[]);
    let long = made(&parts(3, 4_000), &json!({}), &[]);
    let gif = made(&parts(3, 4_000), &json!({ "output": { "container": "gif" } }), &[]);
    let many = made(&parts(61, 500), &json!({}), &[]);
    let song = made(&parts(61, 500), &json!({ "output": { "container": "mp3" } }), &[]);
    let wanted = [&short, &long, &gif, &many, &song].map(|plan| (wanted(plan, false), wanted(plan, true)));
    assert_eq!(wanted, [(false, false), (false, true), (false, false), (true, true), (true, true)]);
    assert_eq!(many.stretches().len(), 2);
    assert!(short.stretches().is_empty());
}

#[test]
fn writing_is_told_by_where_it_stands_in_its_window() {
    let at = json!({ "start": 0, "dur": null });
    let mark = json!({ "tt": 7, "m": { "role": "watermark" }, "sg": [{ "m": { "text": "@me" }, "at": at }] });
    let at = json!({ "start": 9_900, "dur": 2_000 });
    let title = json!({ "tt": 7, "m": { "role": "title" }, "sg": [{ "m": { "text": "T" }, "at": at }] });
    let plan = made(&[json!({ "src": "a", "in": 0, "out": 50_000 })], &json!({}), &[mark, title]);
    let told = |number: usize| {
        let window = plan.window(&plan.windows()[number]);
        window.captions.iter().map(|caption| (caption.from, caption.to)).collect::<Vec<_>>()
    };
    // The second begins while the title is coming; on its clock everything stands six frames later.
    assert_eq!([told(0), told(1), told(2)], [vec![(0, 300), (297, 300)], vec![(6, 306), (3, 63)], vec![(0, 300)]]);
    assert_eq!(told(3), told(2), "a window that only stands elsewhere is the same");
}

#[test]
fn golden_windows() {
    let segments = [
        json!({ "clip": 1, "src": "a", "in": 1_000, "out": 16_000 }),
        json!({ "clip": 2, "src": "c", "in": 500, "out": 6_500, "speed": 2.0 }),
        json!({ "clip": 3, "src": "d" }),
    ];
    let edit =
        json!({ "transition": { "kind": "crossfade", "ms": 500 }, "picture": { "in_ms": 12_000, "out_ms": 500 } });
    let plan = made(&segments, &edit, &[]);
    let mut told = plan.join_list(&plan.windows());
    for window in plan.windows() {
        let args = plan.window(&window).window_arguments(&argv::Pass::Quality).join(" ");
        told.push_str(&format!("\n{window:?}\n{}\n", args.replace(" -i ", "\n  -i ").replace(';', ";\n  ")));
    }
    told.push_str(&format!("\n{}\n", plan.sound_arguments(&[], Some(128), None).join(" ").replace(';', ";\n  ")));
    told.push_str(&format!("\n{}\n", plan.join_arguments().join(" ")));
    insta::assert_snapshot!(told);
}

proptest! {
    #[test]
    fn windows_cover_a_plan_once_and_cut_nothing_that_is_under_way(
        segments in prop::collection::vec((0usize..4, 0u64..40_000, 40u64..45_000, 1u32..5), 1..40),
        transition in prop::option::of((any::<bool>(), 100u64..3_000)),
        fades in (0u64..30_000, 0u64..30_000),
    ) {
        let segment = |(number, (source, from, long, speed)): (usize, &(usize, u64, u64, u32))| {
            let source = ["a", "b", "c", "d"][*source];
            json!({ "clip": number, "src": source, "in": from, "out": (from + long).min(60_000), "speed": f64::from(*speed) * 0.5 })
        };
        let segments: Vec<Value> = segments.iter().enumerate().map(segment).collect();
        let kind = |crossfade| if crossfade { "crossfade" } else { "fade_black" };
        let transition = transition.map(|(crossfade, ms)| json!({ "kind": kind(crossfade), "ms": ms }));
        let mut edit = json!({ "picture": { "in_ms": fades.0, "out_ms": fades.1 } });
        if let Some(transition) = transition {
            edit["transition"] = transition;
        }
        let plan = made(&segments, &edit, &[]);
        let windows = plan.windows();
        prop_assert_eq!(windows.first().map(|window| window.start), Some(0));
        prop_assert_eq!(windows.last().map(|window| window.end), Some(plan.frames()));
        prop_assert!(windows.windows(2).all(|pair| pair[0].end == pair[1].start));
        let mut seen = 0;
        for window in &windows {
            let part = plan.window(window);
            prop_assert!(window.start < window.end);
            prop_assert_eq!(part.frames(), window.end - window.start);
            // Its first piece lies over nothing, and what it skips is there.
            prop_assert_eq!(part.pieces[0].enter, 0);
            prop_assert!(part.pieces.iter().all(|piece| piece.frames > 0 && piece.sure > 0 && (!piece.still || piece.skip == 0)));
            prop_assert!(part.pieces.iter().all(|piece| piece.dark.rise <= piece.frames && piece.dark.fall <= piece.frames));
            prop_assert!(part.pieces.len() <= 10, "{} pieces at once", part.pieces.len());
            seen += part.pieces.len();
        }
        prop_assert!(seen >= plan.pieces.len());
        prop_assert!(lengths(&plan).iter().sum::<u64>() == plan.frames());
        let stretches: u64 = plan.stretches().iter().map(|stretch| stretch.frames()).sum();
        prop_assert!(plan.pieces.len() <= 32 && stretches == 0 || stretches >= plan.frames());
    }
}
