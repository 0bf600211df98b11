//! How a stream ends, and how it is found out what an end without words means.

use weixin_video_core::chat::{Answer, Chat};
use weixin_video_core::error::{Charged, Phase};
use weixin_video_core::event::Event;
use weixin_video_core::machine::Input;

use crate::script::Script;
use crate::wire::*;

/// A timeline with a clip of ten seconds.
const CLIP: &str = r#"{"t":[{"tt":0,"sg":[{"d":10000,"m":{"name":"city"}}]}]}"#;
/// The same with a title.
const TITLED: &str = r#"{"t":[{"tt":0,"sg":[{"d":10000,"m":{"name":"city"}}]},
    {"tt":7,"sg":[{"d":3000,"m":{"text":"Paradise Found"}}]}]}"#;

/// A stream with these events that has ended; the timeline before it was `before`.
fn ended(before: &str, events: &[String]) -> Script<Chat> {
    let script = chat().sends(STATE).replies(200, &state(before)).sends(CHAT).begins(200, STREAM);
    events.iter().fold(script, |script, event| script.hears(event)).ends()
}

/// What the look at the timeline tells.
#[track_caller]
fn looked(script: Script<Chat>, after: &str) -> Answer {
    script.sends(STATE).replies(200, &state(after)).charged(1).done().expect("an answer")
}

fn lines(answer: &Answer) -> Vec<String> {
    answer.changes.as_ref().expect("it was looked at").lines().to_vec()
}

#[test]
fn the_stream_closes_with_text_and_that_is_the_answer() {
    let answer = ended(CLIP, &[tool(), says("Title added.")]).charged(1).done().expect("an answer");
    assert_eq!(answer.said, ["Title added."]);
    assert!(answer.changes.is_none() && answer.draft.is_none(), "nothing had to be looked at");
}

/// There is no event for the end: only the end of the stream is one, and it may come late.
#[test]
fn the_stream_closes_with_text_whenever_it_closes() {
    for marks in [vec![], vec![event(r#"{"type":"done"}"#)], vec!["data: [DONE]\n\n".to_owned()]] {
        let script = listening().hears(&says("Title added."));
        let script = marks.iter().fold(script, |script, mark| script.hears(mark));
        assert_eq!(script.reads().passes(MINUTE).gets(Input::End).done().expect("an answer").said, ["Title added."]);
    }
}

#[test]
fn it_closes_without_text_and_the_change_is_told_word_for_word() {
    let answer = looked(ended(CLIP, &[tool()]), TITLED);
    assert_eq!(lines(&answer), ["Title added: 'Paradise Found', 0-3 s"]);
    assert_eq!(answer.changes.expect("looked at").to_string(), "Title added: 'Paradise Found', 0-3 s");
    assert!(answer.draft.is_some_and(|draft| draft.can_export()) && answer.said.is_empty());
    assert_eq!(lines(&looked(ended(TITLED, &[tool()]), CLIP)), ["Title removed: 'Paradise Found', 0-3 s"]);
    let shorter = CLIP.replace("10000", "8000");
    let cut = ["Video changed: city, now 8 s (was 10 s)", "Length: 8 s (was 10 s)"];
    assert_eq!(lines(&looked(ended(CLIP, &[tool()]), &shorter)), cut);
}

/// Written differently, the same: order of keys, white space, spelling of numbers.
#[test]
fn it_closes_without_text_and_nothing_changed() {
    let same = r#"{ "t":[ {"sg":[{"m":{"name":"city"},"d":1e4}],"tt":0} ] }"#;
    assert!(lines(&looked(ended(CLIP, &[tool()]), same)).is_empty());
    assert!(lines(&looked(ended("null", &[]), "null")).is_empty(), "a stream of no byte at all");
}

/// ADK_EVENTS, "all observed endings", each in a stream of its own.
#[test]
fn it_closes_without_text_in_every_way_that_was_seen() {
    let delta = event(r#"{"author":"a","actions":{"stateDelta":{"draft":{"id":123456789012345678901234567890}}}}"#);
    for ending in [
        "",
        r#"{"author":"a"}"#,
        r#"{"author":"a","content":null}"#,
        r#"{"author":"a","content":{"role":"model"}}"#,
        r#"{"author":"a","partial":true,"content":{"role":"model"}}"#,
        r#"{"author":"a","content":{"parts":[]}}"#,
        r#"{"author":"a","content":{"role":"model","parts":[{"text":""}]}}"#,
        r#"{"author":"a","content":{"role":"model","parts":[{"text":" \n"}]}}"#,
        r#"{"author":"a","errorCode":"STOP"}"#,
        r#"{"author":"a","error_code":"STOP"}"#,
        r#"{"author":"a","errorCode":"MODEL_RETURNED_NO_CONTENT","errorMessage":"The model returned no content"}"#,
        r#"{"author":"a","actions":{"skipSummarization":true},"content":{"parts":[{"functionResponse":{"name":"e","response":{}}}]}}"#,
        r#"{"author":"a","longRunningToolIds":["x"],"content":{"parts":[{"functionCall":{"id":"x","name":"e"}}]}}"#,
        r#"{"type":"tool_result","name":"e","result":{}}"#,
        r#"{"type":"done"}"#,
    ] {
        for work in [tool(), delta.clone()] {
            let mut events = vec![work];
            events.extend((!ending.is_empty()).then(|| event(ending)));
            let answer = looked(ended(CLIP, &events), TITLED);
            assert_eq!(lines(&answer), ["Title added: 'Paradise Found', 0-3 s"], "{ending}");
        }
    }
}

/// A look that fails says nothing about the message; it is told with the money open.
#[test]
fn it_closes_without_text_and_the_timeline_can_not_be_read() {
    let mut script = ended(CLIP, &[tool()]);
    for _ in 0..3 {
        script = script.sends(STATE).fails(Phase::Receiving).waits_a_while();
    }
    let error = script.sends(STATE).fails(Phase::Receiving).charged(1).done().expect_err("not found out");
    assert_eq!(error.charged(), Charged::Unknown);
    assert!(!error.sending_again_is_safe() && error.session().is_some());
}

#[test]
fn codes_that_are_no_failure_leave_the_text_valid() {
    for code in ["STOP", "MODEL_RETURNED_NO_CONTENT", "MAX_TOKENS"] {
        for key in ["errorCode", "error_code"] {
            let event = event(&format!(
                r#"{{"author":"a","{key}":"{code}","content":{{"parts":[{{"text":"Title added."}}]}}}}"#
            ));
            let answer = ended(CLIP, &[tool(), event]).done().expect(code);
            assert_eq!(answer.said, ["Title added."], "{code}");
        }
    }
    let finish = event(r#"{"author":"a","finishReason":"MAX_TOKENS","content":{"parts":[{"text":"Title add"}]}}"#);
    assert_eq!(ended(CLIP, &[finish]).done().expect("cut but valid").said, ["Title add"]);
}

#[test]
fn codes_that_are_no_failure_are_a_silent_edit_where_nothing_is_said() {
    for code in ["STOP", "MODEL_RETURNED_NO_CONTENT"] {
        let answer =
            looked(ended(CLIP, &[tool(), event(&format!(r#"{{"author":"a","errorCode":"{code}"}}"#))]), TITLED);
        assert_eq!(lines(&answer), ["Title added: 'Paradise Found', 0-3 s"], "{code}");
    }
}

/// Every way in which servers say that something broke, behind work that was done.
fn failures() -> Vec<String> {
    vec![
        event(r#"{"error":"ValueError: boom"}"#),
        event(r#"{"error": {"code": 500, "message": "ValueError: boom"}}"#),
        event(r#"{"type":"error","message":"ValueError: boom"}"#),
        event(r#"{"type":"error","error":{"message":"ValueError: boom"}}"#),
        "event: error\ndata: {\"error\":\"ValueError: boom\"}\n\n".to_owned(),
        // Old servers put the words in unescaped, so that the line is no JSON and the rest stands on lines of its own.
        "data: {\"error\": \"ValueError: boom at \"add_title\"\nline 7\nin edit\"}\n\n".to_owned(),
        event(
            r#"{"error": "ValueError: boom", "error_details": {"error_type": "ValueError", "error_message": "boom"}}"#,
        ),
        format!(
            "{}{}",
            event(r#"{"author":"a","errorCode":"ValueError","errorMessage":"boom"}"#),
            event(r#"{"error": "ValueError: boom", "error_details": {"error_type": "ValueError"}}"#)
        ),
    ]
}

#[test]
fn error_after_work_does_not_undo_the_work() {
    for failure in failures() {
        let script = ended(CLIP, &[tool(), failure.clone()]).sends(STATE).replies(200, &state(TITLED));
        let answer = script.notes("boom").charged(1).done().expect(&failure);
        assert_eq!(lines(&answer), ["Title added: 'Paradise Found', 0-3 s"], "{failure}");
    }
}

#[test]
fn error_after_work_that_left_nothing_is_told_in_the_agents_words() {
    for failure in failures() {
        for events in [vec![tool(), failure.clone()], vec![failure.clone()]] {
            let error =
                ended(CLIP, &events).sends(STATE).replies(200, &state(CLIP)).charged(1).done().expect_err(&failure);
            assert_eq!((error.code(), error.charged()), ("agent_failed", Charged::Unknown), "{failure}");
            assert!(error.to_string().contains("boom"), "{error}");
            assert!(!error.sending_again_is_safe());
        }
    }
}

/// An error with text beside it, and a stream that goes on behind it.
#[test]
fn error_after_work_that_is_not_the_end_is_no_failure() {
    let both = event(r#"{"author":"a","errorCode":"SAFETY","content":{"parts":[{"text":"I left the face out."}]}}"#);
    assert_eq!(ended(CLIP, &[both]).done().expect("an answer").said, ["I left the face out."]);
    let on = [event(r#"{"error":"a tool was slow"}"#), tool(), says("Title added.")];
    let script = ended(CLIP, &on).settled();
    assert_eq!(script.done().expect("an answer").said, ["Title added."]);
}

/// The words of a failure are a stranger's words.
#[test]
fn error_after_work_is_harmless_to_a_terminal() {
    let failure = event(&format!(r#"{{"error":"\u001b[31mboom\u202e{}"}}"#, "x".repeat(5_000)));
    let error = ended(CLIP, &[failure]).sends(STATE).replies(200, &state(CLIP)).done().expect_err("failed");
    let told = error.to_string();
    assert!(!told.contains(['\u{1b}', '\u{202e}']) && told.chars().count() < 700, "{told}");
}

/// Notes and changes come while the chat is watched, the answer at its end.
#[test]
fn the_stream_closes_with_text_that_was_told_as_it_came() {
    let script = listening().hears(&says("Title added."));
    script
        .saw(|event| matches!(event, Event::Said(words) if words == "Title added."))
        .ends()
        .done()
        .expect("an answer");
}
