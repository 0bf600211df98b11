//! Timelines in numbered parts.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{clip, edits::any_segments, stereo, video};
use crate::{
    Destinations, Error, MediaFacts, VideoFacts,
    plan::{Plan, parts},
    timeline::{Range, Timeline},
};

/// Clips `a` of 30 and `b` of 25 frames a second, ten minutes each, a still `p` and music `m`.
fn facts() -> BTreeMap<String, MediaFacts> {
    let long = |video: VideoFacts| {
        let mut facts = clip(VideoFacts { duration_ms: Some(600_000), ..video }, Some(stereo()));
        facts.duration_ms = 600_000;
        facts
    };
    let slow = VideoFacts { width: 1080, display_width: 1080, ..super::rated(25, 1) };
    let still = MediaFacts { still: true, container: "jpg".to_owned(), duration_ms: 0, ..clip(video(), None) };
    let mut song = clip(video(), Some(stereo()));
    (song.video, song.container) = (None, "mp3".to_owned());
    [("a", long(video())), ("b", long(slow)), ("p", still), ("m", song)].map(|(id, f)| (id.to_owned(), f)).into()
}

fn timeline(segments: &Value, more: &[Value], edit: &Value) -> Timeline {
    let mut tracks = vec![json!({ "tt": 0, "sg": segments })];
    tracks.extend(more.iter().cloned());
    Timeline::read(&json!({ "m": { "edit": edit }, "t": tracks })).unwrap()
}

fn in_parts(timeline: &Timeline, most_ms: Option<u64>) -> Result<Vec<Timeline>, Error> {
    parts(timeline.clone(), &facts(), Destinations::built_in(), most_ms)
}

fn planned(timeline: &Timeline) -> Plan {
    Plan::of(timeline.clone(), &facts(), Destinations::built_in()).unwrap()
}

/// All that is played, in order: from where to where of which source, joined where a cut parted it.
fn played(parts: &[Timeline]) -> Vec<(String, u64, u64)> {
    let mut played: Vec<(String, u64, u64)> = Vec::new();
    for segment in parts.iter().flat_map(|part| &part.segments) {
        match played.last_mut() {
            Some(last) if (&last.0, last.2) == (&segment.source, segment.from_ms) => last.2 = segment.to_ms.unwrap(),
            _ => played.push((segment.source.clone(), segment.from_ms, segment.to_ms.unwrap())),
        }
    }
    played
}

#[test]
fn what_is_too_long_for_its_destination_comes_in_as_few_parts_as_it_takes() {
    let edit = json!({ "output": { "destination": "chat" } });
    let whole = timeline(&json!([{ "src": "a" }]), &[], &edit);
    let refused = Plan::of(whole.clone(), &facts(), Destinations::built_in()).unwrap_err();
    assert!(matches!(refused, Error::TooLong { ms: 600_000, most_ms: 300_000, .. }), "{refused}");
    let lengths = |parts: &[Timeline]| parts.iter().map(Timeline::duration_ms).collect::<Vec<u64>>();
    assert_eq!(lengths(&in_parts(&whole, None).unwrap()), [300_000, 300_000]);
    assert_eq!(lengths(&in_parts(&whole, Some(250_000)).unwrap()), [200_000, 200_000, 200_000]);
    let short = timeline(&json!([{ "src": "a", "out": 9_000 }]), &[], &edit);
    assert_eq!(in_parts(&short, None).unwrap(), [short]);
    let anywhere = timeline(&json!([{ "src": "a" }]), &[], &json!({}));
    assert_eq!(in_parts(&anywhere, None).unwrap().as_slice(), std::slice::from_ref(&anywhere));
    assert!(matches!(in_parts(&anywhere, Some(0)), Err(Error::Draft { .. })));
}

#[test]
fn writing_music_and_fades_follow() {
    let texts = json!({ "tt": 7, "m": { "role": "title" }, "sg": [
        { "m": { "text": "over the cut" }, "at": { "start": 299_000, "dur": 3_000 } },
        { "m": { "text": "at the end" }, "at": { "start": -2_000, "dur": null } },
    ] });
    let music = json!({ "tt": 1, "sg": [{ "src": "m", "music": { "start": 10_000, "dur": null, "looped": true,
        "fades": { "in_ms": 1_000, "out_ms": 2_000 }, "silent": [{ "from": 290_000, "to": 310_000 }] } }] });
    let edit = json!({ "picture": { "in_ms": 500, "out_ms": 700 }, "sound": { "in_ms": 0, "out_ms": 900 } });
    let parts = in_parts(&timeline(&json!([{ "src": "a" }]), &[texts, music], &edit), Some(300_000)).unwrap();
    let [first, second] = parts.as_slice() else { panic!("{} parts", parts.len()) };
    let stand = |part: &Timeline| {
        let texts = part.texts.iter().map(|text| (text.text.clone(), part.text_on(text).unwrap()));
        texts.collect::<Vec<(String, Range)>>()
    };
    let at = |text: &str, from, to| (text.to_owned(), Range { from, to });
    assert_eq!(stand(first), [at("over the cut", 299_000, 300_000)]);
    assert_eq!(stand(second), [at("over the cut", 0, 2_000), at("at the end", 298_000, 300_000)]);
    let (before, after) = (first.music.as_ref().unwrap(), second.music.as_ref().unwrap());
    assert_eq!((before.start, before.dur, before.skip), (10_000, Some(290_000), 0));
    assert_eq!((after.start, after.dur, after.skip), (0, Some(300_000), 290_000));
    assert_eq!((before.fades.in_ms, before.fades.out_ms, after.fades.in_ms, after.fades.out_ms), (1_000, 0, 0, 2_000));
    assert_eq!(before.silent, [Range { from: 290_000, to: 300_000 }]);
    assert_eq!(after.silent, [Range { from: 0, to: 10_000 }]);
    let fades =
        |part: &Timeline| (part.settings.picture.in_ms, part.settings.picture.out_ms, part.settings.sound.out_ms);
    assert_eq!((fades(first), fades(second)), ((500, 0, 0), (0, 700, 900)));
    let heard = planned(second).arguments().join(" ");
    assert!(heard.contains("atrim=start_sample=13920000:end_sample=28320000"), "{heard}");
}

#[test]
fn all_parts_have_the_size_and_the_rate_of_the_whole() {
    let segments = json!([{ "src": "a", "clip": 1, "out": 60_000 }, { "src": "b", "clip": 2, "out": 100_000 }]);
    let whole = timeline(&segments, &[], &json!({}));
    let (size, rate) = ((planned(&whole).width(), planned(&whole).height()), planned(&whole).frame_rate());
    let parts = in_parts(&whole, Some(50_000)).unwrap();
    assert!(parts.len() == 4 && parts[3].segments.iter().all(|segment| segment.source == "b"));
    for part in &parts {
        let plan = planned(part);
        assert_eq!(((plan.width(), plan.height()), plan.frame_rate()), (size, rate));
    }
}

#[test]
fn transitions_stay_whole_unless_there_is_no_other_place() {
    let edit = json!({ "transition": { "kind": "crossfade", "ms": 1_000 } });
    let clips: Vec<Value> =
        (0..10).map(|n| json!({ "src": "a", "clip": n, "in": n * 20_000, "out": n * 20_000 + 10_000 })).collect();
    let whole = timeline(&json!(clips), &[], &edit);
    let parts = in_parts(&whole, Some(31_000)).unwrap();
    let frames: u64 = parts.iter().map(|part| planned(part).frames()).sum();
    assert_eq!(frames, planned(&whole).frames());
    assert_eq!(played(&parts), played(&[whole]));
    // Stills of three seconds, each half of it in transitions: a part ends where one was.
    let edit = json!({ "transition": { "kind": "crossfade", "ms": 1_500 } });
    let stills: Vec<Value> = (0..10).map(|n| json!({ "src": "p", "clip": n })).collect();
    let parts = in_parts(&timeline(&json!(stills), &[], &edit), Some(8_000)).unwrap();
    assert_eq!(parts.iter().map(|part| part.segments.len()).sum::<usize>(), 10);
    assert!(parts.iter().all(|part| part.duration_ms() <= 8_000));
}

proptest! {
    /// Every ms of every source is in one part, in its order, and the frames add up.
    #[test]
    fn parts_cover_the_timeline_once(
        segments in any_segments(),
        most in 300u64..5_000,
        fps in prop::sample::select(vec![12_500, 24_000, 29_970, 30_000, 60_000]),
        plain: bool,
    ) {
        let mut segments = segments;
        for segment in segments.iter_mut().filter(|_| plain) {
            segment.as_object_mut().unwrap().remove("speed");
        }
        let whole = timeline(&json!(segments), &[], &json!({ "output": { "fps_milli": fps } }));
        let Ok(parts) = in_parts(&whole, Some(most)) else { return Ok(()) };
        prop_assert!(parts.iter().all(|part| part.duration_ms() <= most));
        prop_assert_eq!(played(&parts), played(std::slice::from_ref(&whole)));
        let frames: u64 = parts.iter().map(|part| planned(part).frames()).sum();
        let allowed = parts.len() as u64;
        prop_assert!(frames.abs_diff(planned(&whole).frames()) <= allowed, "{} frames in {} parts", frames, parts.len());
    }

    /// One clip at its own speed loses and doubles none.
    #[test]
    fn no_frame_is_lost_or_doubled(
        from in 0u64..1_000,
        long in 20_000u64..500_000,
        most in 15_000u64..100_000,
        fps in prop::sample::select(vec![12_500, 24_000, 25_000, 29_970, 30_000, 60_000]),
    ) {
        let whole = timeline(
            &json!([{ "src": "a", "in": from, "out": from + long }]), &[], &json!({ "output": { "fps_milli": fps } }),
        );
        let parts = in_parts(&whole, Some(most)).unwrap();
        let frames: u64 = parts.iter().map(|part| planned(part).frames()).sum();
        prop_assert_eq!(frames, planned(&whole).frames());
        prop_assert_eq!(played(&parts), played(&[whole]));
    }
}
