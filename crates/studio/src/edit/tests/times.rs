//! What moves time: which parts are left, and how fast.

use super::*;

#[test]
fn times_are_those_before_the_message_unless_it_says_then() {
    let both = |then: bool| {
        let mut session = Session::with(&[("a.mp4", 20_000)]);
        let mut second = json!({ "op": "remove", "from": 5_000, "to": 8_000 });
        if then {
            second["then"] = json!(true);
        }
        session.say(json!([{ "op": "remove", "from": 0, "to": 3_000 }, second]));
        session.parts()
    };
    assert_eq!(both(false), ["a 3000-5000", "a 8000-20000"]);
    assert_eq!(both(true), ["a 3000-8000", "a 11000-20000"]);
}

#[test]
fn a_cut_stays_a_cut_when_something_else_is_done() {
    let mut session = Session::with(&[("a.mp4", 20_000)]);
    session.say(json!([{ "op": "remove", "from": 5_000, "to": 8_000 }]));
    session.say(json!([{ "op": "speed", "factor": 2 }]));
    assert_eq!(session.parts(), ["a 0-5000", "a 8000-20000"]);
}

#[test]
fn keep_is_the_rest_of_remove() {
    let mut session = Session::usual();
    session.say(json!([{ "op": "keep", "from": [25_000, 5_000], "to": [null, 10_000] }]));
    assert_eq!(session.parts(), ["a 5000-10000", "b 5000-10000"]);
    let mut session = Session::usual();
    session.say(json!([{ "op": "keep", "from": -5_000, "to": null }]));
    assert_eq!(session.parts(), ["b 5000-10000"]);
    let mut session = Session::usual();
    session.say(json!([{ "op": "keep", "from": 0, "to": 4_000, "clip": 1 }]));
    assert_eq!(session.parts(), ["a 0-4000", "b 0-10000"]);
}

#[test]
fn speed_changes_length_and_parts_that_were_cut_for_nothing_grow_together() {
    let mut session = Session::with(&[("a.mp4", 20_000)]);
    let said = session.say(json!([{ "op": "speed", "factor": 0.25, "from": 10_000, "to": 12_000 }]));
    assert_eq!(said, ["✅ Speed: 0.25x for 10-12 s; the video is now 26 s"]);
    assert_eq!(session.parts(), ["a 0-10000", "a 10000-12000", "a 12000-20000"]);
    session.say(json!([{ "op": "speed", "factor": 4.0, "from": 10_000, "to": 18_000 }]));
    assert_eq!(session.parts(), ["a 0-20000"]);
    let said = session.say(json!([{ "op": "remove", "from": -10_000, "to": null }, { "op": "speed", "factor": 2 }]));
    assert_eq!(said[1], "✅ Speed: 2x; the video is now 5 s");
    session.refuses(json!([{ "op": "speed", "factor": 1000 }]));
}

#[test]
fn what_can_not_be_meant_is_refused() {
    for (ops, about) in [
        (json!([{ "op": "keep", "from": 0, "to": 99_000 }]), About::BeyondDuration),
        (json!([{ "op": "remove", "from": 0, "to": null }]), About::BeyondDuration),
        (json!([{ "op": "remove", "from": -99_000, "to": null }]), About::BeyondDuration),
        (json!([{ "op": "remove", "from": 9_000, "to": 8_000 }]), About::ReversedRange),
        (json!([{ "op": "remove", "from": 0, "to": 1, "clip": 3 }]), About::NoSuchClip),
        (
            json!([{ "op": "remove", "from": 0, "to": 10_000 }, { "op": "speed", "factor": 2, "from": 1, "to": 2 }]),
            About::Conflict,
        ),
        (json!([{ "op": "remove_clip", "index": 0 }]), About::NoSuchClip),
        (json!([{ "op": "reorder", "order": [1, 1] }]), About::WhichClip),
        (json!([{ "op": "reorder", "order": [0, 1] }]), About::WhichClip),
        (json!([{ "op": "remove", "from": i64::MIN, "to": i64::MAX }]), About::BeyondDuration),
    ] {
        assert_eq!(Session::usual().refuses(ops.clone()).about, about, "{ops}");
    }
    // People round: a clip of 19.8 s has "the first 20 seconds".
    let mut session = Session::with(&[("a.mp4", 19_800)]);
    session.say(json!([{ "op": "keep", "from": 0, "to": 20_000 }]));
    assert_eq!(session.total(), 19_800);
}

#[test]
fn clip_numbers_are_those_before_the_message() {
    let mut session = Session::with(&[("a.mp4", 4_000), ("b.mp4", 4_000), ("c.mp4", 4_000)]);
    session.say(json!([{ "op": "remove_clip", "index": 1 }, { "op": "remove_clip", "index": 2 }]));
    assert_eq!(session.parts(), ["c 0-4000"]);
    let mut session = Session::with(&[("a.mp4", 4_000), ("b.mp4", 4_000), ("c.mp4", 4_000)]);
    session.say(json!([{ "op": "remove_clip", "index": 1 }, { "op": "reorder", "order": [3, 1, 2] }]));
    assert_eq!(session.parts(), ["c 0-4000", "b 0-4000"]);
    let mut session = Session::with(&[("a.mp4", 4_000), ("b.mp4", 4_000), ("c.mp4", 4_000)]);
    session.say(json!([
        { "op": "reorder", "order": [3, 1, 2] },
        { "op": "remove", "from": 0, "to": 1_000, "clip": 1 },
        { "op": "remove", "from": 0, "to": 2_000, "clip": 1, "then": true }
    ]));
    assert_eq!(session.parts(), ["c 2000-4000", "a 1000-4000", "b 0-4000"]);
    // A clip that was cut in the middle is still one.
    session.say(json!([{ "op": "remove", "from": 6_000, "to": 7_000 }]));
    assert_eq!(session.timeline().clip_count(), 3);
    session.say(json!([{ "op": "rotate", "deg": 90, "clip": 3 }]));
    let turned: Vec<bool> = session.timeline().segments.iter().map(|segment| segment.turn.is_sideways()).collect();
    assert_eq!(turned, [false, false, true, true]);
}

#[test]
fn clips_are_joined_and_faded_into_each_other() {
    let mut session = Session::with(&[("a.mp4", 4_000), ("b.mp4", 4_000), ("c.mp4", 4_000)]);
    let said = session.say(json!([{ "op": "merge" }, { "op": "transition", "kind": "crossfade" }]));
    assert_eq!(said[0], "✅ Joined: a.mp4, b.mp4, c.mp4; the video is now 12 s");
    assert_eq!(session.total(), 10_000);
    // 3 s is where the second clip begins now.
    session.say(json!([{ "op": "remove", "from": 0, "to": 3_000 }]));
    assert_eq!(session.parts(), ["b 0-4000", "c 0-4000"]);
    session.say(json!([{ "op": "merge", "clips": [2, 1] }]));
    assert_eq!(session.parts(), ["c 0-4000", "b 0-4000"]);
    session.say(json!([{ "op": "remove_clip", "index": 2 }]));
    assert_eq!(session.refuses(json!([{ "op": "merge" }])).about, About::NoSuchClip);
    assert_eq!(session.refuses(json!([{ "op": "transition", "kind": "fade_black" }])).about, About::NoSuchClip);
}
