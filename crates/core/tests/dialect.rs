//! Both dialects: every name, both key cases, each text once, each error once, and nothing that makes them panic.

use proptest::collection::vec;
use proptest::prelude::*;
use weixin_video_core::dialect::{
    AgentError, Choice, ErrorKind, Note, Piece, Question, Summary, ToolResult, Turn,
};

fn pieces(events: &[&str]) -> Vec<Piece> {
    let mut turn = Turn::new();
    let mut pieces: Vec<Piece> = events
        .iter()
        .flat_map(|event| turn.take("message", event.as_bytes()))
        .collect();
    pieces.extend(turn.close());
    pieces
}

fn summary(events: &[&str]) -> Summary {
    let mut turn = Turn::new();
    for event in events {
        turn.take("message", event.as_bytes());
    }
    turn.finish()
}

fn text(text: &str) -> Piece {
    Piece::Text(text.into())
}

fn delta(text: &str) -> Piece {
    Piece::Delta(text.into())
}

fn call(name: &str) -> Piece {
    Piece::ToolCall { name: name.into() }
}

fn result(name: &str) -> Piece {
    Piece::ToolResult(ToolResult {
        name: name.into(),
        error: None,
    })
}

fn line(code: Option<&str>, message: &str) -> Piece {
    Piece::Error(AgentError {
        kind: ErrorKind::Line,
        code: code.map(Into::into),
        message: message.into(),
        fatal: true,
    })
}

/// An event of agent `a` with these parts.
fn agent(rest: &str, parts: &str) -> String {
    format!(r#"{{"author":"a",{rest}"content":{{"parts":[{parts}]}}}}"#)
}

const PARTIAL: &str = r#""partial":true,"#;

#[test]
fn flat_events_under_all_their_names() {
    for (event, piece) in [
        (r#"{"type":"text","content":"a"}"#, text("a")),
        (r#"{"type":"text","text":"a"}"#, text("a")),
        (r#"{"type":"text","content":null,"text":"a"}"#, text("a")),
        (r#"{"type":"tool_call","name":"f","args":{}}"#, call("f")),
        (r#"{"type":"tool_start","tool":"f"}"#, call("f")),
        (r#"{"type":"toolcall_start","tool_name":"f"}"#, call("f")),
        (
            r#"{"type":"tool_result","name":"f","result":{}}"#,
            result("f"),
        ),
        (r#"{"type":"tool_end","toolName":"f"}"#, result("f")),
        (r#"{"type":"toolcall_end","tool":"f"}"#, result("f")),
        (r#"{"type":"heartbeat"}"#, Piece::Heartbeat),
        (" ", Piece::Heartbeat),
        ("", Piece::Heartbeat),
        (
            r#"{"type":"thinking_delta","content":"hm"}"#,
            Piece::Thought("hm".into()),
        ),
        (r#"{"type":"warming_up"}"#, Piece::WarmingUp),
        (
            r#"{"type":"status","status":"rendering"}"#,
            Piece::Status("rendering".into()),
        ),
        (
            r#"{"type":"status","message":"rendering"}"#,
            Piece::Status("rendering".into()),
        ),
        (r#"{"type":"done"}"#, Piece::Done),
        ("[DONE]", Piece::Done),
        (r#"{"type":"error","message":"m"}"#, line(None, "m")),
        (
            r#"{"type":"error","error":"m","code":2001}"#,
            line(Some("2001"), "m"),
        ),
        (
            r#"{"type":"error","error":{"message":"m"},"error_code":"x"}"#,
            line(Some("x"), "m"),
        ),
    ] {
        assert_eq!(pieces(&[event]), [piece], "{event}");
    }
}

#[test]
fn the_sse_type_stands_in_for_the_events_own() {
    for (kind, data, piece) in [
        ("heartbeat", "anything", Piece::Heartbeat),
        ("done", "{}", Piece::Done),
        ("tool_start", r#"{"name":"f"}"#, call("f")),
        ("error", r#"{"error":"m"}"#, line(None, "m")),
    ] {
        assert_eq!(Turn::new().take(kind, data.as_bytes()), [piece], "{kind}");
    }
}

#[test]
fn what_nobody_knows_says_nothing() {
    for event in [
        "{}",
        r#"{"type":"new"}"#,
        r#"{"type":5}"#,
        "null",
        "5",
        r#""text""#,
        "[1]",
        r#"{"error":null}"#,
        r#"{"text":"no type"}"#,
    ] {
        assert_eq!(pieces(&[event]), [], "{event}");
    }
}

#[test]
fn a_question_is_handed_on() {
    let event = r#"{"type":"ask_question","questions":[{"id":7,"prompt":"Which?","options":[{"id":"a","label":"A"},"b",null],"allow_multiple":true},{"prompt":"Why?"},{}]}"#;
    let options = vec![
        Choice {
            id: "a".into(),
            label: "A".into(),
        },
        Choice {
            id: "b".into(),
            label: "b".into(),
        },
    ];
    let which = Question {
        id: "7".into(),
        prompt: "Which?".into(),
        options,
        allow_multiple: true,
    };
    let why = Question {
        prompt: "Why?".into(),
        ..Question::default()
    };
    assert_eq!(
        pieces(&[event]),
        [Piece::Question(which.clone()), Piece::Question(why.clone())]
    );
    assert_eq!(summary(&[event]).questions, [which, why]);
}

#[test]
fn flat_text_comes_once() {
    let (hel, lo) = (
        r#"{"type":"chunk","content":"Hel"}"#,
        r#"{"type":"chunk","content":"lo"}"#,
    );
    let (hello, tool) = (
        r#"{"type":"text","content":"Hello"}"#,
        r#"{"type":"tool_start","name":"f"}"#,
    );
    let done = r#"{"type":"done"}"#;
    assert_eq!(
        pieces(&[hel, lo, hello]),
        [delta("Hel"), delta("lo"), text("Hello")]
    );
    assert_eq!(
        pieces(&[hello, hello]),
        [text("Hello")],
        "a whole text may repeat"
    );
    assert_eq!(
        pieces(&[hel, lo, done, hello]),
        [delta("Hel"), delta("lo"), text("Hello"), Piece::Done]
    );
    assert_eq!(
        pieces(&[hello, tool, hello]),
        [text("Hello"), call("f"), text("Hello")],
        "said again after work"
    );
    assert_eq!(
        pieces(&[hel, lo, tool]),
        [delta("Hel"), delta("lo"), text("Hello"), call("f")]
    );
    assert_eq!(
        pieces(&[hel, lo]),
        [delta("Hel"), delta("lo"), text("Hello")]
    );
    assert_eq!(summary(&[hel, lo]).notes, []);
}

#[test]
fn the_whole_replaces_its_deltas() {
    let whole = agent("", r#"{"text":"Hello!"}"#);
    let half = agent(PARTIAL, r#"{"text":"Hel"}"#);
    assert_eq!(pieces(&[&half, &whole]), [delta("Hel"), text("Hello!")]);
    let other = agent(PARTIAL, r#"{"text":"Goodb"}"#);
    assert_eq!(
        pieces(&[&other, &whole]),
        [delta("Goodb"), text("Hello!")],
        "the whole is trusted"
    );
    let silent = agent("", "");
    assert_eq!(
        pieces(&[&half, &silent]),
        [delta("Hel"), text("Hel")],
        "nothing replaced it"
    );
    let blank = agent("", r#"{"text":"\n"}"#);
    assert_eq!(
        pieces(&[&half, &blank]),
        [delta("Hel"), text("Hel")],
        "a blank does not either"
    );
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
    assert_eq!(
        summary(&events.each_ref().map(String::as_str)).texts,
        ["eins zwei", "one two"]
    );
}

#[test]
fn parts_keep_their_order_around_calls() {
    let f = r#"{"functionCall":{"name":"f","args":null}}"#;
    let both = agent(
        "",
        &format!(r#"{{"text":"A"}},{{"text":"B"}},{f},{{"text":"C"}}"#),
    );
    assert_eq!(pieces(&[&both]), [text("AB"), call("f"), text("C")]);
    let (half, acts) = (agent(PARTIAL, r#"{"text":"A"}"#), agent("", f));
    assert_eq!(
        pieces(&[&half, &acts]),
        [delta("A"), text("A"), call("f")],
        "a call ends the text before it"
    );
    assert_eq!(summary(&[&half, &acts]).notes, []);
    let early = agent(PARTIAL, f);
    assert_eq!(
        pieces(&[&early, &acts]),
        [call("f")],
        "a partial call comes again"
    );
}

#[test]
fn thoughts_are_no_text_and_come_once() {
    let half = agent(PARTIAL, r#"{"text":"hm, ","thought":true}"#);
    let whole = agent(
        "",
        r#"{"text":"hm, yes","thought":true},{"functionCall":{"name":"f"}},{"text":"Yes."}"#,
    );
    let thought = |text: &str| Piece::Thought(text.into());
    assert_eq!(
        pieces(&[&half, &whole]),
        [thought("hm, "), thought("yes"), call("f"), text("Yes.")]
    );
    assert_eq!(summary(&[&half, &whole]).thoughts, ["hm, yes"]);
    let spoken = agent("", r#"{"text":"Yes."}"#);
    assert_eq!(summary(&[&half, &spoken]).thoughts, ["hm, "]);
    assert_eq!(summary(&[&half]).notes, [], "only text can be unfinished");
}

#[test]
fn snake_case_and_nulls() {
    let old = r#"{"author":"a","invocation_id":"e","content":{"parts":[{"function_response":{"name":"f","response":{"error":"no"}}}]},"long_running_tool_ids":["x","y"],"actions":{"state_delta":{"draft":{"id":123456789012345678901234567890,"x":1e999}}},"error_code":"SAFETY","error_message":"m"}"#;
    let seen = summary(&[old]);
    assert_eq!(
        seen.tool_results,
        [ToolResult {
            name: "f".into(),
            error: Some("no".into())
        }]
    );
    assert_eq!(
        (seen.state_keys, seen.long_running),
        (vec!["draft".to_owned()], 2)
    );
    assert_eq!(
        seen.errors,
        [AgentError {
            kind: ErrorKind::Event,
            code: Some("SAFETY".into()),
            message: "m".into(),
            fatal: false
        }]
    );
    let go = r#"{"author":"a","content":null,"usageMetadata":null,"actions":{"stateDelta":null,"artifactDelta":null},"errorCode":null,"partial":null}"#;
    assert_eq!(summary(&[go]), {
        let mut nothing = Summary::default();
        nothing.events = 1;
        nothing
    });
}

#[test]
fn an_error_comes_once_and_is_fatal_only_at_the_end() {
    let event = r#"{"author":"a","errorCode":"ValueError","errorMessage":"no"}"#;
    let doubled = r#"{"error": "ValueError: no", "error_details": {"error_type": "ValueError"}}"#;
    let alone = r#"{"error": "no", "error_details": {"error_type": "ValueError"}}"#;
    let more = agent("", r#"{"text":"Back again."}"#);
    let fatal = |events: &[&str]| {
        summary(events)
            .errors
            .iter()
            .map(|error| (error.kind, error.fatal))
            .collect::<Vec<_>>()
    };
    assert_eq!(fatal(&[event]), [(ErrorKind::Event, false)]);
    assert_eq!(fatal(&[event, doubled]), [(ErrorKind::Event, true)]);
    assert_eq!(
        fatal(&[event, "", doubled]),
        [(ErrorKind::Event, true)],
        "a heartbeat between"
    );
    assert_eq!(
        fatal(&[event, doubled, alone]),
        [(ErrorKind::Event, true), (ErrorKind::Line, true)]
    );
    assert_eq!(fatal(&[alone]), [(ErrorKind::Line, true)]);
    assert_eq!(
        fatal(&[alone, &more]),
        [(ErrorKind::Line, false)],
        "the stream went on"
    );
    assert_eq!(pieces(&[alone]), [line(Some("ValueError"), "no")]);
    let partial = r#"{"author":"a","partial":true,"errorCode":"SAFETY"}"#;
    assert_eq!(fatal(&[partial]), [], "it comes again");
}

#[test]
fn what_is_not_json_is_an_error_with_its_text() {
    for (data, fatal) in [
        (r#"{"error": "no "quota""#, true),
        (r#"{ "error": "no"#, true),
        ("Error while running agent: no", false),
        (r#"{"author":"a""#, false),
        ("{}{}", false),
    ] {
        let error = AgentError {
            kind: ErrorKind::Unparsable,
            code: None,
            message: data.into(),
            fatal,
        };
        assert_eq!(pieces(&[data]), [Piece::Error(error)], "{data}");
    }
    let seen = Turn::new().take("error", b"plain words");
    assert!(
        matches!(&seen[..], [Piece::Error(error)] if error.fatal),
        "{seen:?}"
    );
    let bad = Turn::new().take(
        "message",
        b"{\"author\":\"a\",\"content\":{\"parts\":[{\"text\":\"a\xFFb\"}]}}",
    );
    assert_eq!(bad, [text("a\u{fffd}b")], "bad UTF-8 is no error");
}

#[test]
fn codes_that_are_no_failure() {
    let did = agent("", r#"{"functionResponse":{"name":"f","response":{}}}"#);
    for code in ["STOP", "MODEL_RETURNED_NO_CONTENT"] {
        let seen = summary(&[&did, &format!(r#"{{"author":"a","errorCode":"{code}"}}"#)]);
        assert_eq!(
            (seen.errors.len(), seen.silent_edit, seen.notes),
            (0, true, vec![Note::Benign { code }])
        );
    }
    let cut = agent(r#""errorCode":"MAX_TOKENS","#, r#"{"text":"cut he"}"#);
    assert_eq!(summary(&[&cut]).notes, [Note::Truncated]);
    let half = agent(PARTIAL, r#"{"text":"cut he"}"#);
    let ends = r#"{"author":"a","errorCode":"MAX_TOKENS"}"#;
    let seen = summary(&[&half, ends]);
    assert_eq!(
        (
            seen.texts.as_slice(),
            seen.notes.as_slice(),
            seen.errors.len()
        ),
        (&["cut he".to_owned()][..], &[Note::Truncated][..], 0)
    );
    assert_eq!(
        summary(&[ends]).errors.len(),
        1,
        "no text at all is a failure"
    );
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

#[test]
fn hostile_servers_find_bounds() {
    let mut turn = Turn::with_text_limit(10);
    let whole = agent("", r#"{"text":"1234567é"}"#);
    for _ in 0..3 {
        turn.take("message", whole.as_bytes());
    }
    let seen = turn.finish();
    assert_eq!(seen.texts, ["1234567é", "1"]);
    assert_eq!(seen.notes, [Note::Dropped]);

    let mut turn = Turn::with_text_limit(10);
    let kept: usize = (0..100)
        .flat_map(|n| {
            turn.take(
                "message",
                agent(&format!(r#"{PARTIAL}"branch":"{n}","#), r#"{"text":"123"}"#).as_bytes(),
            )
        })
        .count();
    assert_eq!(kept, 4);

    let parts = vec![r#"{"functionCall":{"name":"f"}}"#; 900].join(",");
    let many = agent("", &parts);
    let seen = summary(&[&many, &many]);
    assert_eq!(
        (seen.tool_calls.len(), seen.notes),
        (1000, vec![Note::Dropped])
    );
    assert_eq!(
        summary(&[&"[".repeat(1 << 20)]).errors[0].message.len(),
        4096
    );
    assert_eq!(
        summary(&[&format!(
            r#"{{"author":{}1{}}}"#,
            "[".repeat(1 << 17),
            "]".repeat(1 << 17)
        )])
        .events,
        1
    );
}

/// JSON made of the names both dialects know, with values that fit and that do not.
fn event() -> impl Strategy<Value = String> {
    const NAMES: [&str; 24] = [
        "type",
        "author",
        "content",
        "parts",
        "text",
        "thought",
        "partial",
        "functionCall",
        "function_response",
        "name",
        "response",
        "error",
        "error_details",
        "errorCode",
        "errorMessage",
        "finish_reason",
        "longRunningToolIds",
        "actions",
        "stateDelta",
        "questions",
        "options",
        "branch",
        "tool",
        "args",
    ];
    const WORDS: [&str; 20] = [
        "\"text\"",
        "\"chunk\"",
        "\"tool_start\"",
        "\"tool_end\"",
        "\"error\"",
        "\"ask_question\"",
        "\"done\"",
        "\"heartbeat\"",
        "\"thinking_x\"",
        "\"STOP\"",
        "\"MAX_TOKENS\"",
        "\"\\ud83c\"",
        "\"\"",
        "true",
        "false",
        "null",
        "1e999",
        "99999999999999999999999",
        "\"é\\u0000\"",
        "-1",
    ];
    let leaf = proptest::sample::select(&WORDS[..]).prop_map(str::to_owned);
    leaf.prop_recursive(5, 40, 6, |inner| {
        let pair = (proptest::sample::select(&NAMES[..]), inner.clone())
            .prop_map(|(name, value)| format!("\"{name}\":{value}"));
        prop_oneof![
            3 => vec(pair, 0..6).prop_map(|pairs| format!("{{{}}}", pairs.join(","))),
            1 => vec(inner, 0..4).prop_map(|items| format!("[{}]", items.join(","))),
        ]
    })
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(kind in "[a-z_]{0,12}", data in vec(any::<u8>(), 0..200)) {
        let mut turn = Turn::new();
        turn.take(&kind, &data);
        prop_assert!(turn.finish().events <= 1);
    }

    #[test]
    fn every_text_is_told_once(events in vec(event(), 0..12)) {
        let mut turn = Turn::new();
        let mut pieces: Vec<Piece> = events.iter().flat_map(|event| turn.take("message", event.as_bytes())).collect();
        pieces.extend(turn.close());
        let told: Vec<String> = pieces.iter().filter_map(|piece| if let Piece::Text(text) = piece { Some(text.clone()) } else { None }).collect();
        let errors = pieces.iter().filter(|piece| matches!(piece, Piece::Error(_))).count();
        let seen = turn.finish();
        prop_assert_eq!(told, seen.texts);
        prop_assert_eq!(errors, seen.errors.len());
    }
}
