//! Writing: when it stands, and what becomes of it.

use super::*;
use crate::timeline::Range;

/// When each writing stands.
fn on(session: &Session) -> Vec<(u64, u64)> {
    let timeline = session.timeline();
    let on = |text| timeline.text_on(text).map(|Range { from, to }| (from, to)).unwrap();
    timeline.texts.iter().map(on).collect()
}

#[test]
fn writing_stands_as_long_as_its_role_does() {
    let mut session = Session::with(&[("a.mp4", 20_000)]);
    session.say(json!([
        { "op": "text", "role": "title", "text": "t" },
        { "op": "text", "role": "subtitle", "text": "s" },
        { "op": "text", "role": "watermark", "text": "w", "pos": "top_left" },
        { "op": "text", "role": "title", "text": "end", "start": -3000, "dur": 3000 },
        { "op": "text", "role": "title", "text": "tail", "start": -4000 },
        { "op": "text", "role": "subtitle", "text": "from", "start": 15_000, "dur": null },
        { "op": "text", "role": "subtitle", "text": "at", "start": 5_000 }
    ]));
    let expected = [(0, 3), (0, 20), (0, 20), (17, 20), (16, 20), (15, 20), (5, 8)];
    assert_eq!(on(&session), expected.map(|(from, to)| (from * 1000, to * 1000)));
}

#[test]
fn the_beginning_and_the_end_are_those_of_the_finished_timeline_all_else_moves_along() {
    let mut session = Session::with(&[("a.mp4", 20_000)]);
    session.say(json!([
        { "op": "text", "role": "title", "text": "head", "start": 0, "dur": 2_000 },
        { "op": "text", "role": "title", "text": "tail", "start": -2_000, "dur": 2_000 },
        { "op": "text", "role": "title", "text": "at", "start": 10_000, "dur": 2_000 },
        { "op": "remove", "from": 0, "to": 5_000 },
        { "op": "text", "role": "title", "text": "then", "start": 10_000, "dur": 2_000, "then": true }
    ]));
    assert_eq!(on(&session), [(0, 2_000), (13_000, 15_000), (5_000, 7_000), (10_000, 12_000)]);
    let said = session.say(json!([{ "op": "speed", "factor": 2 }, { "op": "remove", "from": 5_000, "to": 7_500 }]));
    assert_eq!(said[2], "⚠️ Title 「at」 went with the part that it stood on");
    assert_eq!(on(&session), [(0, 2_000), (4_250, 6_250), (3_750, 4_750)]);
}

#[test]
fn writing_is_changed_and_taken_off() {
    let mut session = Session::with(&[("a.mp4", 20_000)]);
    session.say(json!([{ "op": "text", "role": "title", "text": "早安" }]));
    let said = session.say(json!([{ "op": "edit_text", "role": "title", "text": "晚安", "pos": "center" }]));
    assert_eq!(said, ["✅ Title changed: 「晚安」, 0-3 s, in the centre"]);
    session
        .say(json!([{ "op": "text", "role": "title", "text": "second", "start": 5_000 }, { "op": "auto_subtitles" }]));
    assert_eq!(session.refuses(json!([{ "op": "edit_text", "role": "title", "text": "x" }])).about, About::WhichText);
    assert_eq!(session.refuses(json!([{ "op": "remove_track", "target": "watermark" }])).about, About::NoSuchTrack);
    session.say(json!([{ "op": "remove_track", "target": "text" }]));
    assert!(session.timeline().texts.is_empty() && !session.timeline().settings.speech_subtitles);
}

#[test]
fn hostile_words_are_kept_as_typed_and_shown_on_a_line() {
    let mut session = Session::with(&[("a.mp4", 20_000)]);
    let text = "a\u{1b}[2J\n\u{202e}{\\N}";
    let said = session.say(json!([{ "op": "text", "role": "title", "text": text }]));
    assert_eq!(session.timeline().texts[0].text, text);
    assert!(!said[0].contains(['\n', '\u{1b}', '\u{202e}']), "{said:?}");
    session.refuses(json!([{ "op": "text", "role": "title", "text": "x".repeat(5_000) }]));
    session.refuses(json!([{ "op": "text", "role": "title", "text": " \n" }]));
    session.refuses(json!([{ "op": "text", "role": "title", "text": "x", "start": 20_000 }]));
    session.refuses(json!([{ "op": "text", "role": "title", "text": "x", "start": i64::MIN }]));
}

#[test]
fn writing_of_which_nothing_can_be_drawn_is_asked_about() {
    let mut session = Session::with(&[("a.mp4", 20_000)]);
    for text in ["", " \n", "\0", "🎉🎉", "\u{202e}"] {
        let refusal = session.refuses(json!([{ "op": "text", "role": "title", "text": text }]));
        assert_eq!(refusal.about, About::WhichText, "{text:?}");
    }
    session.say(json!([{ "op": "text", "role": "title", "text": "好🎉" }]));
}
