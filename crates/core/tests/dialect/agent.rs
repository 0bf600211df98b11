//! The agent server's dialect: each text once, in order, whatever came before it in deltas.

use weixin_video_core::dialect::{AgentError, ErrorKind, Piece, Summary, ToolResult};

use crate::script::*;

#[test]
fn the_whole_replaces_its_deltas() {
    let whole = agent("", r#"{"text":"Hello!"}"#);
    let half = agent(PARTIAL, r#"{"text":"Hel"}"#);
    assert_eq!(pieces(&[&half, &whole]), [delta("Hel"), text("Hello!")]);
    let other = agent(PARTIAL, r#"{"text":"Goodb"}"#);
    assert_eq!(pieces(&[&other, &whole]), [delta("Goodb"), text("Hello!")], "the whole is trusted");
    let silent = agent("", "");
    assert_eq!(pieces(&[&half, &silent]), [delta("Hel"), text("Hel")], "nothing replaced it");
    let blank = agent("", r#"{"text":"\n"}"#);
    assert_eq!(pieces(&[&half, &blank]), [delta("Hel"), text("Hel")], "a blank does not either");
}

#[test]
fn speakers_do_not_mix() {
    let event = |branch: &str, partial: bool, text: &str| {
        format!(
            r#"{{"author":"a","branch":"{branch}","partial":{partial},"content":{{"parts":[{{"text":"{text}"}}]}}}}"#
        )
    };
    let events = [
        event("x", true, "one "),
        event("y", true, "eins "),
        event("x", true, "two"),
        event("y", false, "eins zwei"),
        event("x", false, "one two"),
    ];
    assert_eq!(summary(&events.each_ref().map(String::as_str)).texts, ["eins zwei", "one two"]);
}

#[test]
fn parts_keep_their_order_around_calls() {
    let f = r#"{"functionCall":{"name":"f","args":null}}"#;
    let both = agent("", &format!(r#"{{"text":"A"}},{{"text":"B"}},{f},{{"text":"C"}}"#));
    assert_eq!(pieces(&[&both]), [text("AB"), call("f"), text("C")]);
    let (half, acts) = (agent(PARTIAL, r#"{"text":"A"}"#), agent("", f));
    assert_eq!(pieces(&[&half, &acts]), [delta("A"), text("A"), call("f")], "a call ends the text before it");
    assert_eq!(summary(&[&half, &acts]).notes, []);
    let early = agent(PARTIAL, f);
    assert_eq!(pieces(&[&early, &acts]), [call("f")], "a partial call comes again");
}

#[test]
fn thoughts_are_no_text_and_come_once() {
    let half = agent(PARTIAL, r#"{"text":"hm, ","thought":true}"#);
    let whole = agent("", r#"{"text":"hm, yes","thought":true},{"functionCall":{"name":"f"}},{"text":"Yes."}"#);
    let thought = |text: &str| Piece::Thought(text.into());
    assert_eq!(pieces(&[&half, &whole]), [thought("hm, "), thought("yes"), call("f"), text("Yes.")]);
    assert_eq!(summary(&[&half, &whole]).thoughts, ["hm, yes"]);
    let spoken = agent("", r#"{"text":"Yes."}"#);
    assert_eq!(summary(&[&half, &spoken]).thoughts, ["hm, "]);
    assert_eq!(summary(&[&half]).notes, [], "only text can be unfinished");
}

#[test]
fn snake_case_and_nulls() {
    let old = r#"{"author":"a","invocation_id":"e","content":{"parts":[{"function_response":{"name":"f","response":{"error":"no"}}}]},"long_running_tool_ids":["x","y"],"actions":{"state_delta":{"draft":{"id":123456789012345678901234567890,"x":1e999}}},"error_code":"SAFETY","error_message":"m"}"#;
    let seen = summary(&[old]);
    assert_eq!(seen.tool_results, [ToolResult { name: "f".into(), error: Some("no".into()) }]);
    assert_eq!((seen.state_keys, seen.long_running), (vec!["draft".to_owned()], 2));
    assert_eq!(
        seen.errors,
        [AgentError { kind: ErrorKind::Event, code: Some("SAFETY".into()), message: "m".into(), fatal: false }]
    );
    let go = r#"{"author":"a","content":null,"usageMetadata":null,"actions":{"stateDelta":null,"artifactDelta":null},"errorCode":null,"partial":null}"#;
    assert_eq!(summary(&[go]), {
        let mut nothing = Summary::default();
        nothing.events = 1;
        nothing
    });
}

#[test]
fn silent_edits() {
    let did = agent("", r#"{"functionResponse":{"name":"f","response":{}}}"#);
    let changed = r#"{"author":"a","actions":{"stateDelta":{"draft":{}}}}"#.to_owned();
    for ending in [
        "",
        r#"{"author":"a"}"#,
        r#"{"author":"a","content":{"role":"model"}}"#,
        r#"{"author":"a","content":{"parts":[]}}"#,
        r#"{"author":"a","content":{"parts":[{"text":""}]}}"#,
    ] {
        assert!(summary(&[&did, ending]).silent_edit, "{ending}");
        assert!(summary(&[&changed, ending]).silent_edit, "{ending}");
    }
    assert!(!summary(&[]).silent_edit, "nothing was done");
    assert!(!summary(&[&did, &agent("", r#"{"text":"Done."}"#)]).silent_edit);
    assert!(!summary(&[&did, r#"{"author":"a","errorCode":"SAFETY"}"#]).silent_edit);
}
