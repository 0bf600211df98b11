//! Instructions: whatever a person types, and whatever somebody outside makes of it.

use serde_json::Value;
use weixin_video_studio::{
    About, Context, EditOp, Language, MediaFacts, Reading, Source, answer, apply, interpret, validated,
};

use crate::judge;
use crate::steer::parts;

/// More edits than this in one message are none.
const MOST_EDITS: usize = 200;
/// Of a question or a line that tells a change, in characters.
const LINE_CHARS: usize = 2_000;

/// A message, a NUL, what an endpoint read in it.
pub(super) fn check(input: &[u8]) {
    let [message, foreign] = parts(input);
    let context = Context { dur_ms: 60_000, clips: 1, tracks: None, assets: vec!["song.mp3".to_owned()] };
    let reading = interpret(&message, &context);
    assert_eq!(reading, interpret(&message, &context), "the same words are read the same");
    told(&message, &reading, &context);
    if let Reading::Edits(ops) = &reading {
        applied(ops);
    }
    if let Ok(Reading::Edits(ops)) = validated(&foreign, &message, &context) {
        applied(&ops);
    }
}

fn told(message: &str, reading: &Reading, context: &Context) {
    let Some(told) = answer(reading, message, context) else {
        assert!(matches!(reading, Reading::Edits(_)), "what is no edit is answered: {reading:?}");
        return;
    };
    judge::lines(&told.text, LINE_CHARS);
    assert!(told.choices.len() <= 3);
    for choice in &told.choices {
        judge::line(choice, LINE_CHARS);
        let edits = matches!(interpret(choice, context), Reading::Edits(_) | Reading::Ask(About::NothingToDo));
        assert!(edits, "a choice that is no edit: {choice}");
    }
}

/// As a whole or not at all; what comes out can be edited further, and taken back.
fn applied(ops: &[EditOp]) {
    assert!(ops.len() <= MOST_EDITS, "{} edits of one message", ops.len());
    let clip = Source { id: "a".to_owned(), name: "clip.mp4".to_owned(), facts: facts() };
    let Ok(edited) = apply(&Value::Null, ops, std::slice::from_ref(&clip), Language::Chinese) else {
        return;
    };
    edited.changes.iter().for_each(|change| judge::line(change, LINE_CHARS));
    let undone = apply(&edited.draft, &[EditOp::Undo { steps: None }], &[clip], Language::English);
    drop(undone);
}

fn facts() -> MediaFacts {
    let facts = serde_json::json!({
        "container": "mp4", "duration_ms": 60_000, "video": null, "audio": null, "streams": 2, "bytes": 1_000_000,
        "faststart": true, "still": false
    });
    serde_json::from_value(facts).expect("these are facts")
}
