//! What is heard in a stream, in both dialects and under every name.

use weixin_video_core::chat::{Answer, Chat};
use weixin_video_core::event::Event;

use crate::script::Script;
use crate::wire::*;

/// A chat whose stream brings these events and ends; the timeline is as it was when somebody looks.
#[track_caller]
fn heard(events: &[String]) -> (Answer, Vec<Event>) {
    let script = events.iter().fold(listening(), |script, event| script.hears(event)).ends().settled();
    let script = if script.is_over() { script } else { script.sends(STATE).replies(200, NO_DRAFT).settled() };
    let events = script.events().to_vec();
    (script.charged(1).done().expect("an answer"), events)
}

#[track_caller]
fn said(events: &[String]) -> Vec<String> {
    heard(events).0.said
}

fn flat(json: &str) -> String {
    event(&format!("{{{json}}}"))
}

/// How often it was told that a tool is at work.
fn editing(events: &[Event]) -> usize {
    events.iter().filter(|event| matches!(event, Event::Editing)).count()
}

#[test]
fn flat_text_stands_under_text_or_content() {
    for key in ["text", "content"] {
        assert_eq!(said(&[flat(&format!(r#""type":"text","{key}":"Done.""#))]), ["Done."], "{key}");
        let deltas =
            [flat(&format!(r#""type":"chunk","{key}":"Do""#)), flat(&format!(r#""type":"chunk","{key}":"ne.""#))];
        assert_eq!(said(&deltas), ["Done."], "{key}");
    }
}

/// Deltas come again whole, and a whole text may come again too.
#[test]
fn flat_text_that_repeats_is_told_once() {
    let (chunk, text) =
        (|text: &str| flat(&format!(r#""type":"chunk","text":"{text}""#)), flat(r#""type":"text","text":"Done.""#));
    assert_eq!(said(&[chunk("Do"), chunk("ne."), text.clone()]), ["Done."]);
    assert_eq!(said(&[text.clone(), text.clone()]), ["Done."]);
    assert_eq!(said(&[chunk("Do"), chunk("ne."), text.clone(), flat(r#""type":"done""#), text]), ["Done."]);
}

#[test]
fn flat_tools_under_every_name() {
    for kind in ["tool_call", "tool_start", "toolcall_start"] {
        for key in ["tool", "tool_name", "name"] {
            let call = flat(&format!(r#""type":"{kind}","{key}":"add_title","args":{{"secret":"SECRET"}}"#));
            let (answer, events) = heard(&[call, flat(r#""type":"text","text":"Done.""#)]);
            assert_eq!((answer.said, editing(&events)), (vec!["Done.".to_owned()], 1), "{kind} {key}");
            assert!(!format!("{events:?}").contains("SECRET"), "no raw call is shown");
        }
    }
    for kind in ["tool_result", "tool_end", "toolcall_end"] {
        let result = flat(&format!(r#""type":"{kind}","tool":"add_title","result":{{"secret":"SECRET"}}"#));
        let (answer, events) = heard(&[result, flat(r#""type":"text","text":"Done.""#)]);
        assert_eq!(answer.said, ["Done."], "{kind}");
        assert!(!format!("{events:?}").contains("SECRET"), "no raw result is shown");
    }
}

/// Thoughts, progress and what nobody knows are no answer.
#[test]
fn flat_events_that_say_nothing_to_the_user() {
    for kind in [
        "thinking",
        "thinking_start",
        "thinking_delta",
        "thinking_end",
        "warming_up",
        "status",
        "heartbeat",
        "done",
        "new_kind",
    ] {
        let noise = flat(&format!(r#""type":"{kind}","text":"between us","status":"x""#));
        assert_eq!(said(&[noise.clone(), flat(r#""type":"text","text":"Done.""#), noise]), ["Done."], "{kind}");
    }
}

/// What comes behind the end of what was said changes nothing.
#[test]
fn flat_noise_behind_done_is_no_answer() {
    let answer = || vec![flat(r#""type":"text","text":"Done.""#), flat(r#""type":"done""#)];
    for noise in [
        "data: [DONE]\n\n",
        "data: {\"type\":\"heartbeat\"}\n\n",
        ": bye\n\n",
        "data:\n\n",
        "event: status\ndata: {}\n\n",
        "data: {\"type\":\"status\",\"status\":\"idle\"}\n\n",
        "data: {\"author\":\"a\",\"content\":{\"parts\":[]}}\n\n",
        "data: null\n\n",
        "data: 7\n\nretry: 3000\n\nid: 9\n\n",
        "data: not json\n\n",
    ] {
        let mut events = answer();
        events.push(noise.to_owned());
        assert_eq!(said(&events), ["Done."], "{noise:?}");
    }
}

#[test]
fn adk_text_comes_whole_after_its_deltas() {
    let delta =
        |text: &str| event(&format!(r#"{{"author":"a","partial":true,"content":{{"parts":[{{"text":"{text}"}}]}}}}"#));
    assert_eq!(said(&[says("Done.")]), ["Done."]);
    assert_eq!(said(&[delta("Do"), delta("ne."), says("Done.")]), ["Done."]);
    assert_eq!(said(&[delta("Do"), delta("ne.")]), ["Done."], "the stream may end with deltas only");
    assert_eq!(said(&[delta("Did"), says("Done.")]), ["Done."], "the whole is trusted");
}

#[test]
fn adk_keys_in_either_case() {
    let camel = event(r#"{"author":"a","content":{"parts":[{"functionCall":{"name":"edit","args":{"s":"SECRET"}}}]}}"#);
    let snake =
        event(r#"{"author":"a","content":{"parts":[{"function_call":{"name":"edit","args":{"s":"SECRET"}}}]}}"#);
    for call in [camel, snake] {
        let (answer, events) = heard(&[call, tool(), says("Done.")]);
        assert_eq!((answer.said, editing(&events)), (vec!["Done.".to_owned()], 1));
        assert!(!format!("{events:?}").contains("SECRET"));
    }
    let old = event(
        r#"{"author":"a","error_code":"STOP","long_running_tool_ids":[],"content":{"parts":[{"text":"Done."}]}}"#,
    );
    assert_eq!(said(&[old]), ["Done."]);
}

#[test]
fn adk_parts_that_are_no_answer() {
    for part in [
        r#"{"text":"between us","thought":true}"#,
        r#"{"inlineData":{"mimeType":"image/png","data":"_-8="}}"#,
        r#"{"executableCode":{"code":"x","language":"PYTHON"}}"#,
        r#"{"newKind":{}}"#,
        r#"{"text":null}"#,
        "null",
        "7",
    ] {
        let event = event(&format!(r#"{{"author":"a","content":{{"parts":[{part},{{"text":"Done."}}]}}}}"#));
        assert_eq!(said(&[event]), ["Done."], "{part}");
    }
}

/// One event at a time tells its dialect; a server behind a proxy may speak both.
#[test]
fn adk_and_flat_events_in_one_stream() {
    let events = [
        flat(r#""type":"warming_up""#),
        flat(r#""type":"tool_call","name":"edit""#),
        tool(),
        says("Done."),
        flat(r#""type":"done""#),
    ];
    assert_eq!(said(&events), ["Done."]);
}

/// In any pieces: a stream has no borders but its blank lines.
#[test]
fn adk_text_in_pieces_of_one_byte() {
    let stream = format!("{}{}", tool(), says("Fertig: 早安."));
    let script = stream.as_bytes().iter().fold(listening(), |script, byte| script.hears_bytes(&[*byte]));
    assert_eq!(script.ends().done().expect("an answer").said, ["Fertig: 早安."]);
}

/// The four forms, with every line end.
fn heartbeats() -> Vec<String> {
    let forms = [
        "data: {\"type\":\"heartbeat\"}\n\n",
        "data:\n\n",
        ": keep-alive\n\n",
        "event: heartbeat\ndata: {}\n\n",
        "event: heartbeat\ndata:\n\n",
    ];
    let ends = ["\n", "\r\n", "\r"];
    forms.iter().flat_map(|form| ends.map(|end| form.replace('\n', end))).collect()
}

#[test]
fn heartbeats_in_every_form_say_nothing() {
    for beat in heartbeats() {
        assert_eq!(said(&[beat.clone(), says("Here I am."), beat.clone()]), ["Here I am."], "{beat:?}");
        let answer = heard(std::slice::from_ref(&beat)).0;
        assert!(
            answer.said.is_empty() && answer.changes.is_some(),
            "{beat:?}: nothing was said, so the timeline is asked"
        );
    }
}

/// They prove life, not progress: ten minutes of nothing else are ten minutes of nothing.
#[test]
fn heartbeats_in_every_form_are_no_progress() {
    for beat in heartbeats() {
        let mut script = listening();
        for _ in 0..9 {
            script = script.passes(MINUTE).hears(&beat);
        }
        let script = script.passes(MINUTE).hears(&beat);
        script.notes("looking at the timeline").charged(1).waits_a_while().sends(STATE);
    }
}

#[test]
fn text_is_shown_without_gui_talk() {
    let reply = says("I added soft piano. Click the Export button to save your video.");
    let (answer, events) = heard(&[reply]);
    assert_eq!(answer.said, ["I added soft piano."]);
    assert_eq!(answer.actions, [weixin_video_core::gui::GuiAction::Export]);
    assert!(events.iter().any(|event| matches!(event, Event::Said(words) if words == "I added soft piano.")));
    assert_eq!(said(&[says("标题写着“点击导出”，在第6秒出现。")]), ["标题写着“点击导出”，在第6秒出现。"]);
}

#[test]
fn text_is_harmless_to_a_terminal() {
    let words = said(&[says(r"red \u001b[31m and \u202e and \u0007 done")]).join("");
    assert!(!words.contains(['\u{1b}', '\u{202e}', '\u{7}']), "{words:?}");
}

#[test]
fn tool_call_or_result_is_progress_and_no_more() {
    let (answer, events) = heard(&[
        event(
            r#"{"author":"a","content":{"parts":[{"functionCall":{"id":"1","name":"edit","args":{"q":"SECRET"}}}]}}"#,
        ),
        tool(),
        says("Done."),
    ]);
    assert_eq!(answer.said, ["Done."]);
    assert_eq!(editing(&events), 1);
    assert!(!format!("{events:?}{answer:?}").contains("SECRET"));
}

/// A tool that fails is the agent's business, which goes on.
#[test]
fn tool_call_or_result_with_an_error_is_no_failure_of_the_run() {
    for response in [r#"{"error":"no quota"}"#, r#"{"status":"error","message":"no quota"}"#, r#"{"success":false}"#] {
        let failed = event(&format!(
            r#"{{"author":"a","content":{{"parts":[{{"functionResponse":{{"name":"edit","response":{response}}}}}]}}}}"#
        ));
        assert_eq!(said(&[failed, says("I used another font.")]), ["I used another font."], "{response}");
    }
}

#[test]
fn i_encountered_a_temporary_issue_after_other_text_is_dropped() {
    const ISSUE: &str = "I encountered a temporary issue. Please try again in a moment.";
    assert_eq!(said(&[says(&format!("Title added. {ISSUE}"))]), ["Title added."]);
    assert_eq!(said(&[says("标题已添加。我遇到了临时问题，请稍后再试。")]), ["标题已添加。"]);
}

/// In an event of its own, as it comes most often.
#[test]
fn i_encountered_a_temporary_issue_after_other_text_in_an_event_of_its_own() {
    for issue in ["I encountered a temporary issue. Please try again in a moment.", "I encountered a temporary issue."]
    {
        assert_eq!(said(&[tool(), says("Title added."), says(issue)]), ["Title added."], "{issue}");
        let flat = |text: &str| flat(&format!(r#""type":"text","text":"{text}""#));
        assert_eq!(said(&[flat("Title added."), flat(issue)]), ["Title added."], "{issue}");
    }
}

/// Alone it is all there is to tell.
#[test]
fn i_encountered_a_temporary_issue_after_other_text_and_never_alone() {
    let words = said(&[says("I encountered a temporary issue. Please try again in a moment.")]).join(" ");
    assert!(words.contains("temporary issue"), "{words}");
}

#[test]
fn question_is_handed_to_the_user() {
    let asked = flat(
        r#""type":"ask_question","questions":[{"id":"q1","prompt":"Which clip?","allow_multiple":false,
        "options":[{"id":"a","label":"the first"},{"id":"b","label":"the second\u001b[2J"}]},{"id":"q2","prompt":"How long?"}]"#,
    )
    .replace('\n', "");
    let asked = asked.trim_end().to_owned() + "\n\n";
    let (answer, events) = heard(std::slice::from_ref(&asked));
    assert_eq!(answer.questions.len(), 2, "{answer:?}");
    assert!(answer.questions[0].starts_with("Which clip?") && answer.questions[0].contains("the second"));
    assert!(!format!("{answer:?}").contains('\u{1b}') && !answer.questions[0].contains('\u{1b}'));
    let told = events.iter().filter(|event| matches!(event, Event::Said(words) if words.contains("How long?")));
    assert_eq!(told.count(), 1);
    assert!(answer.changes.is_none(), "a question is an answer: nothing is looked at");
}

/// Other spellings: one question without a list, options as plain strings.
#[test]
fn question_in_other_shapes() {
    for json in [
        r#""type":"ask_question","prompt":"Which clip?","options":["the first","the second"]"#,
        r#""type":"ask_question","question":"Which clip?","options":[{"label":"the first"},{"id":"the second"}]"#,
    ] {
        let questions = heard(&[flat(json)]).0.questions;
        assert_eq!(questions.len(), 1, "{json}");
        assert!(questions[0].contains("the first") && questions[0].contains("the second"), "{questions:?}");
    }
}

#[test]
fn two_stages_are_both_told() {
    let first = says("The raw video is made.");
    let second = says("Music and titles are added.");
    let script = [tool(), first, tool()].iter().fold(listening(), |script: Script<Chat>, event| script.hears(event));
    let script = script.passes(3 * MINUTE).hears(&tool()).hears(&second).ends().settled();
    assert_eq!(script.told(), ["The raw video is made.", "Music and titles are added."], "as they come");
    assert_eq!(script.done().expect("an answer").said, ["The raw video is made.", "Music and titles are added."]);
}
