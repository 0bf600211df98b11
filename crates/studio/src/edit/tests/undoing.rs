//! There and back again.

use super::*;

fn without_history(draft: &Value) -> Value {
    History::split(draft).0
}

#[test]
fn an_edit_is_taken_back_and_done_again() {
    let mut session = Session::usual();
    session.say(json!([{ "op": "fps", "value": 25 }]));
    let first = session.draft.clone();
    session.say(json!([{ "op": "remove", "from": 0, "to": 3_000 }, { "op": "text", "role": "title", "text": "x" }]));
    let second = session.draft.clone();
    assert_eq!(session.say(json!([{ "op": "undo" }])), ["✅ The last edit is undone"]);
    assert_eq!(without_history(&session.draft), without_history(&first));
    assert_eq!(session.say(json!([{ "op": "redo" }])), ["✅ Done again"]);
    assert_eq!(session.draft, second);
    let said = session.say(json!([{ "op": "undo", "steps": 9 }]));
    assert_eq!(said, ["✅ The last 2 edits are undone; there were no more: this is the original again"]);
    assert_eq!(session.parts(), ["a 0-20000", "b 0-10000"]);
    assert_eq!(session.refuses(json!([{ "op": "undo" }])).about, About::NothingToDo);
    session.say(json!([{ "op": "redo" }, { "op": "redo" }]));
    assert_eq!(session.draft, second);
    assert_eq!(session.refuses(json!([{ "op": "redo" }])).about, About::NothingToDo);
}

#[test]
fn an_edit_after_an_undo_stands_on_what_is_left() {
    let mut session = Session::usual();
    session.say(json!([{ "op": "remove", "from": 0, "to": 3_000 }]));
    session.say(json!([{ "op": "undo" }, { "op": "remove", "from": 0, "to": 5_000 }]));
    assert_eq!(session.parts(), ["a 5000-20000", "b 0-10000"]);
    session.say(json!([{ "op": "undo", "steps": "all" }]));
    assert_eq!(session.parts(), ["a 0-20000", "b 0-10000"]);
}

#[test]
fn the_history_is_bounded_the_original_stays_and_what_went_is_told() {
    let mut session = Session::usual();
    for fps in 10..60 {
        session.say(json!([{ "op": "fps", "value": fps }]));
    }
    assert_eq!(session.draft["m"]["history"]["undo"].as_array().unwrap().len(), 20);
    let said = session.say(json!([{ "op": "undo", "steps": "all" }]));
    assert!(said[0].ends_with("(30 edits in between were no longer kept one by one)"), "{said:?}");
    assert_eq!(session.timeline().settings.output.fps_milli, None);
    let long = "长".repeat(2_000);
    for at in 0..60 {
        session.say(json!([{ "op": "text", "role": "subtitle", "text": long, "start": at, "dur": 10 }]));
    }
    assert!(session.draft.to_string().len() < 2 * 512 * 1024);
    session.say(json!([{ "op": "undo", "steps": "all" }]));
    assert!(session.timeline().texts.is_empty());
}

#[test]
fn a_history_that_is_none_is_none() {
    let sources = [source("a.mp4", 20_000)];
    for history in [json!(7), json!({ "undo": [1, {}, { "t": [] }], "redo": "x", "dropped": -1 })] {
        let mut draft = clips::fresh(&sources, Language::English).unwrap().write();
        draft["m"]["history"] = history;
        let ops = [EditOp::Undo { steps: None }];
        assert!(apply(&draft, &ops, &sources, Language::English).is_err());
    }
}
