//! Subtitles from files: whose times they are, and what becomes of them.

use super::*;
use crate::ops::{Position, Track};

const ADD: &str = r#"{ "op": "subtitles", "asset": "talk.srt" }"#;

fn add() -> Value {
    serde_json::from_str(ADD).unwrap()
}

/// A clip of 20 s and a talk of 20 lines, a clip of 10 s.
fn session() -> Session {
    Session::with(&[("a.mp4", 20_000), ("talk.srt", 20_000), ("b.mp4", 10_000)])
}

/// When the line is shown that begins at this second of the file.
fn on(session: &Session, file: usize, second: usize) -> Vec<(u64, u64)> {
    let timeline = session.timeline();
    let file = &timeline.subtitles[file];
    let source = session.sources.iter().find(|source| source.id == file.source).unwrap();
    file.shows(&source.facts.cues[second]).into_iter().map(|on| (on.from, on.to)).collect()
}

#[test]
fn a_file_lies_on_the_timeline_as_it_was_before_the_message() {
    let mut session = session();
    let said = session.say(json!([add()]));
    assert_eq!(said, ["✅ Subtitles added: 「talk.srt」, 20 lines, 0-19.5 s"]);
    assert_eq!(on(&session, 0, 7), [(7_000, 7_500)]);
    let mut cut = Session::with(&[("a.mp4", 20_000), ("talk.srt", 30_000)]);
    let said = cut.say(json!([{ "op": "remove", "from": 0, "to": 5_000 }, add()]));
    assert_eq!(said[1], "✅ Subtitles added: 「talk.srt」, 15 of its 30 lines, 0-14.5 s");
    assert_eq!((on(&cut, 0, 4), on(&cut, 0, 7)), (vec![], vec![(2_000, 2_500)]));
    let context = context(&cut.draft, &cut.sources);
    assert_eq!(context.tracks, Some(vec![Track::Subtitle, Track::Text]));
    // A clip that is already cut, and a file for what it now is.
    let mut later = Session::with(&[("a.mp4", 20_000), ("talk.srt", 30_000)]);
    later.say(json!([{ "op": "remove", "from": 0, "to": 5_000 }]));
    later.say(json!([add()]));
    assert_eq!(on(&later, 0, 7), [(7_000, 7_500)]);
}

#[test]
fn a_file_named_as_a_clip_goes_by_the_time_of_the_clip() {
    let mut session = Session::with(&[("a.mp4", 20_000), ("b.MP4", 10_000), ("b.srt", 10_000)]);
    session.say(json!([{ "op": "remove", "from": 0, "to": 5_000 }, { "op": "speed", "factor": 2, "clip": 2 }]));
    let said = session.say(json!([{ "op": "subtitles", "asset": "B.srt" }]));
    assert_eq!(said, ["✅ Subtitles added: 「b.srt」, 10 lines, 15-19.75 s, in time with 「b.MP4」"]);
    assert_eq!(on(&session, 0, 4), [(17_000, 17_250)]);
    session.say(json!([{ "op": "reorder", "order": [2, 1] }]));
    assert_eq!(on(&session, 0, 4), [(2_000, 2_250)]);
}

#[test]
fn lines_go_with_the_picture_and_come_back_with_it() {
    let mut session = session();
    session.say(json!([add()]));
    let before = session.draft.clone();
    session.say(json!([{ "op": "remove", "from": 3_000, "to": 6_000 }]));
    session.say(json!([{ "op": "speed", "factor": 0.5, "from": 0, "to": 2_000 }]));
    assert_eq!(
        (on(&session, 0, 1), on(&session, 0, 4), on(&session, 0, 8)),
        (vec![(2_000, 3_000)], vec![], vec![(7_000, 7_500)])
    );
    session.say(json!([{ "op": "undo", "steps": 2 }]));
    assert_eq!(session.draft["t"], before["t"]);
    let said = session.say(json!([{ "op": "remove_clip", "index": 1 }]));
    assert_eq!(said[1], "⚠️ Subtitles 「talk.srt」 went with the part that they stood on");
    assert!(session.timeline().subtitles.is_empty());
}

#[test]
fn a_file_is_replaced_by_itself_moved_and_taken_off() {
    let mut session = session();
    session.say(json!([add(), { "op": "auto_subtitles" }]));
    let said = session.say(json!([add(), { "op": "edit_text", "role": "subtitle", "pos": "top" }]));
    assert_eq!(said[1..], ["⚠️ They take the place of subtitles from speech", "✅ Subtitles moved: at the top"]);
    let timeline = session.timeline();
    assert_eq!((timeline.subtitles.len(), timeline.subtitles[0].pos), (1, Some(Position::Top)));
    assert!(!timeline.settings.speech_subtitles);
    session.say(json!([add()]));
    assert_eq!(session.timeline().subtitles[0].pos, Some(Position::Top));
    let refusal = session.refuses(json!([{ "op": "edit_text", "role": "subtitle", "text": "x" }]));
    assert_eq!(refusal.text, "The subtitles are those of talk.srt: change the file and upload it again.");
    session.say(json!([{ "op": "remove_track", "target": "subtitle" }]));
    assert!(session.timeline().subtitles.is_empty());
}

#[test]
fn a_file_that_is_not_there_or_says_nothing_here_is_refused() {
    let mut session = session();
    let refusal = session.refuses(json!([{ "op": "subtitles", "asset": "walk.srt" }]));
    assert_eq!(
        (refusal.about, refusal.text.as_str()),
        (About::WhichFile, "「walk.srt」 isn't here, only talk.srt. Which one?")
    );
    assert_eq!(refusal.choices, ["add subtitles from talk.srt"]);
    let refusal = Session::usual().refuses(json!([add()]));
    assert!(refusal.text.contains("Please upload it first"), "{}", refusal.text);
    session.sources.push(source("late.srt", 1_000));
    let late = session.sources.last_mut().unwrap();
    late.facts.cues[0] = Cue { from_ms: 40_000, to_ms: 41_000, text: "late".into() };
    let refusal = session.refuses(json!([{ "op": "subtitles", "asset": "late.srt" }]));
    assert_eq!(refusal.text, "No line of 「late.srt」 falls within the video.");
    // Neither a clip nor a song.
    assert_eq!(session.refuses(json!([{ "op": "bgm", "asset": "talk.srt" }])).about, About::WhichFile);
}
