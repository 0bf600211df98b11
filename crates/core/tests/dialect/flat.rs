//! The flat dialect under all its names.

use weixin_video_core::dialect::{Choice, Piece, Question, Turn};

use crate::script::*;

#[test]
fn flat_events_under_all_their_names() {
    for (event, piece) in [
        (r#"{"type":"text","content":"a"}"#, text("a")),
        (r#"{"type":"text","text":"a"}"#, text("a")),
        (r#"{"type":"text","content":null,"text":"a"}"#, text("a")),
        (r#"{"type":"tool_call","name":"f","args":{}}"#, call("f")),
        (r#"{"type":"tool_start","tool":"f"}"#, call("f")),
        (r#"{"type":"toolcall_start","tool_name":"f"}"#, call("f")),
        (r#"{"type":"tool_result","name":"f","result":{}}"#, result("f")),
        (r#"{"type":"tool_end","toolName":"f"}"#, result("f")),
        (r#"{"type":"toolcall_end","tool":"f"}"#, result("f")),
        (r#"{"type":"heartbeat"}"#, Piece::Heartbeat),
        (" ", Piece::Heartbeat),
        ("", Piece::Heartbeat),
        (r#"{"type":"thinking_delta","content":"hm"}"#, Piece::Thought("hm".into())),
        (r#"{"type":"warming_up"}"#, Piece::WarmingUp),
        (r#"{"type":"status","status":"rendering"}"#, Piece::Status("rendering".into())),
        (r#"{"type":"status","message":"rendering"}"#, Piece::Status("rendering".into())),
        (r#"{"type":"done"}"#, Piece::Done),
        ("[DONE]", Piece::Done),
        (r#"{"type":"error","message":"m"}"#, line(None, "m")),
        (r#"{"type":"error","error":"m","code":2001}"#, line(Some("2001"), "m")),
        (r#"{"type":"error","error":{"message":"m"},"error_code":"x"}"#, line(Some("x"), "m")),
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
fn a_question_is_handed_on() {
    let event = r#"{"type":"ask_question","questions":[{"id":7,"prompt":"Which?","options":[{"id":"a","label":"A"},"b",null],"allow_multiple":true},{"prompt":"Why?"},{}]}"#;
    let options = vec![Choice { id: "a".into(), label: "A".into() }, Choice { id: "b".into(), label: "b".into() }];
    let which = Question { id: "7".into(), prompt: "Which?".into(), options, allow_multiple: true };
    let why = Question { prompt: "Why?".into(), ..Question::default() };
    assert_eq!(pieces(&[event]), [Piece::Question(which.clone()), Piece::Question(why.clone())]);
    assert_eq!(summary(&[event]).questions, [which, why]);
}

#[test]
fn flat_text_comes_once() {
    let (hel, lo) = (r#"{"type":"chunk","content":"Hel"}"#, r#"{"type":"chunk","content":"lo"}"#);
    let (hello, tool) = (r#"{"type":"text","content":"Hello"}"#, r#"{"type":"tool_start","name":"f"}"#);
    let done = r#"{"type":"done"}"#;
    assert_eq!(pieces(&[hel, lo, hello]), [delta("Hel"), delta("lo"), text("Hello")]);
    assert_eq!(pieces(&[hello, hello]), [text("Hello")], "a whole text may repeat");
    assert_eq!(pieces(&[hel, lo, done, hello]), [delta("Hel"), delta("lo"), text("Hello"), Piece::Done]);
    assert_eq!(pieces(&[hello, tool, hello]), [text("Hello"), call("f"), text("Hello")], "said again after work");
    assert_eq!(pieces(&[hel, lo, tool]), [delta("Hel"), delta("lo"), text("Hello"), call("f")]);
    assert_eq!(pieces(&[hel, lo]), [delta("Hel"), delta("lo"), text("Hello")]);
    assert_eq!(summary(&[hel, lo]).notes, []);
}
