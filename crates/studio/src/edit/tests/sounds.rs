//! Music, levels and muting.

use super::*;
use crate::timeline::{Fades, Range};

/// What is heard of the clips and of the music, in percent.
fn heard(session: &Session) -> (Vec<u32>, Option<u32>) {
    let timeline = session.timeline();
    let segment = |segment: &crate::timeline::Segment| if segment.muted { 0 } else { segment.volume.percent() };
    let music = timeline.music.as_ref().map(|music| if music.muted { 0 } else { music.volume.percent() });
    (timeline.segments.iter().map(segment).collect(), music)
}

#[test]
fn music_is_a_file_that_was_uploaded() {
    let mut session = Session::with(&[("a.mp4", 20_000), ("piano.mp3", 1), ("song.mp3", 1)]);
    let named = |session: &mut Session, op: Value| {
        session.say(json!([op]));
        session.timeline().music.unwrap().name
    };
    assert_eq!(named(&mut session, json!({ "op": "bgm", "volume": 0.35 })), "song.mp3");
    assert_eq!(named(&mut session, json!({ "op": "bgm", "asset": "Piano.MP3" })), "piano.mp3");
    assert_eq!(heard(&session).1, Some(35));
    assert_eq!(named(&mut session, json!({ "op": "bgm", "asset": "song" })), "song.mp3");
    assert_eq!(named(&mut session, json!({ "op": "bgm", "query": "soft piano" })), "piano.mp3");
    assert_eq!(named(&mut session, json!({ "op": "bgm", "volume": 0.5 })), "piano.mp3");
    let refusal = session.refuses(json!([{ "op": "bgm", "query": "lo-fi" }]));
    assert!(refusal.text.starts_with("I have no music library to find 「lo-fi」 in"), "{}", refusal.text);
    assert_eq!(refusal.choices, ["use song.mp3 as the BGM", "use piano.mp3 as the BGM"]);
    assert_eq!(session.refuses(json!([{ "op": "bgm", "asset": "x.mp3" }])).about, About::WhichFile);
    let refusal = Session::with(&[("a.mp4", 1_000)]).refuses(json!([{ "op": "bgm", "volume": 0.3 }]));
    assert!(refusal.text.contains("Upload a song"), "{}", refusal.text);
}

#[test]
fn levels_are_set_and_changed_and_come_back() {
    let mut session = Session::usual();
    session.say(json!([{ "op": "bgm", "volume": 0.4 }]));
    let mut after = |op: Value| {
        session.say(json!([op]));
        heard(&session)
    };
    let volume = |target: &str, level: &str, value: Value| json!({ "op": "volume", "target": target, level: value });
    assert_eq!(after(volume("all", "value", json!(0.5))), (vec![50, 50], Some(20)));
    assert_eq!(after(volume("bgm", "rel", json!("up"))), (vec![50, 50], Some(30)));
    assert_eq!(after(volume("original", "db", json!(6.0206))), (vec![100, 100], Some(30)));
    assert_eq!(after(json!({ "op": "mute", "target": "original" })), (vec![0, 0], Some(30)));
    assert_eq!(after(volume("all", "scale", json!(2.0))), (vec![0, 0], Some(60)));
    assert_eq!(after(json!({ "op": "mute", "target": "all" })), (vec![0, 0], Some(0)));
    assert_eq!(after(volume("all", "value", json!(0.2))), (vec![20, 20], Some(6)));
    assert_eq!(after(volume("bgm", "value", json!(0))), (vec![20, 20], Some(0)));
    assert_eq!(after(volume("bgm", "rel", json!("down"))), (vec![20, 20], Some(0)));
    assert_eq!(after(volume("bgm", "rel", json!("up"))), (vec![20, 20], Some(6)));
    for value in [json!(-1), json!(11)] {
        session.refuses(json!([volume("bgm", "value", value)]));
    }
    session.say(json!([{ "op": "remove_track", "target": "bgm" }]));
    assert_eq!(session.refuses(json!([volume("bgm", "rel", json!("up"))])).about, About::NoSuchTrack);
    assert_eq!(session.refuses(json!([{ "op": "duck" }])).about, About::NoSuchTrack);
}

#[test]
fn a_part_is_muted_where_it_is_after_the_cuts_of_the_message() {
    let mut session = Session::with(&[("a.mp4", 20_000), ("song.mp3", 1)]);
    session.say(json!([
        { "op": "bgm" },
        { "op": "mute", "target": "all", "from": 10_000, "to": 12_000 },
        { "op": "remove", "from": 0, "to": 5_000 }
    ]));
    assert_eq!(heard(&session), (vec![100, 0, 100], Some(100)));
    assert_eq!(session.parts(), ["a 5000-10000", "a 10000-12000", "a 12000-20000"]);
    assert_eq!(session.timeline().music.unwrap().silent, [Range { from: 5_000, to: 7_000 }]);
    session.say(json!([{ "op": "remove", "from": 0, "to": 6_000 }]));
    assert_eq!(session.timeline().music.unwrap().silent, [Range { from: 0, to: 1_000 }]);
    session.say(json!([{ "op": "mute", "target": "bgm", "from": 3_000, "to": 4_000 }]));
    session.say(json!([{ "op": "remove", "from": 1_000, "to": 3_000 }]));
    assert_eq!(session.timeline().music.unwrap().silent, [Range { from: 0, to: 2_000 }]);
}

#[test]
fn music_lies_where_it_was_put_and_moves_along() {
    let mut session = Session::with(&[("a.mp4", 20_000), ("song.mp3", 1)]);
    let on = |session: &Session| session.timeline().music_on().map(|on| (on.from, on.to));
    session.say(json!([{ "op": "bgm", "from": 5_000, "to": 15_000 }, { "op": "remove", "from": 0, "to": 2_000 }]));
    assert_eq!(on(&session), Some((3_000, 13_000)));
    session.say(json!([{ "op": "remove", "from": 12_000, "to": null }]));
    assert_eq!(on(&session), Some((3_000, 12_000)));
    session.say(json!([{ "op": "bgm", "from": -4_000, "to": null }]));
    assert_eq!(on(&session), Some((8_000, 12_000)));
    session.say(json!([{ "op": "bgm", "from": 0, "to": 6_000 }, { "op": "fade", "kind": "out", "target": "bgm" }]));
    assert_eq!(on(&session), Some((0, 6_000)));
    assert_eq!(session.timeline().music.unwrap().fades, Fades { in_ms: 0, out_ms: 1_000 });
    session.refuses(json!([{ "op": "bgm", "from": 0, "to": 60_000 }]));
    session.refuses(json!([{ "op": "fade", "kind": "out", "target": "all", "ms": 60_000 }]));
}

#[test]
fn a_clip_that_joins_is_as_loud_as_the_others() {
    let mut session = Session::usual();
    session.say(json!([{ "op": "mute", "target": "original" }]));
    session.sources.push(source("c.mp4", 4_000));
    session.say(json!([{ "op": "merge" }, { "op": "loudness" }]));
    assert_eq!(heard(&session).0, [0, 0, 0]);
    assert_eq!(session.timeline().settings.loudness, Some(-1_600));
}

#[test]
fn what_is_offered_is_understood() {
    for name in ["song.mp3", "my song.mp3", "周杰伦 - 晴天.mp3", "piano (1).mp3", "VID_2024-01-01.mp3", "不要静音.mp3"]
    {
        let session = Session {
            sources: vec![source("a.mp4", 9_000), Source { name: name.to_owned(), ..source("s.mp3", 9_000) }],
            draft: Value::Null,
        };
        for language in [Language::English, Language::Chinese] {
            let refusal = Session { sources: session.sources.clone(), draft: Value::Null }
                .try_say(json!([{ "op": "bgm", "query": "jazz" }]), language)
                .unwrap_err();
            let known = context(&session.draft, &session.sources);
            let reading = crate::interpret::interpret(&refusal.choices[0], &known);
            let crate::ops::Reading::Edits(ops) = &reading else { panic!("{:?} gave {reading:?}", refusal.choices) };
            let edited = apply(&Value::Null, ops, &session.sources, language).unwrap();
            assert_eq!(Timeline::read(&edited.draft).unwrap().music.unwrap().source, "s", "{:?}", refusal.choices);
        }
    }
}
