//! Whatever a server sends: bounded, and never a panic.

use proptest::collection::vec;
use proptest::prelude::*;
use weixin_video_core::dialect::{Note, Piece, Turn};

use crate::script::*;

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
            turn.take("message", agent(&format!(r#"{PARTIAL}"branch":"{n}","#), r#"{"text":"123"}"#).as_bytes())
        })
        .count();
    assert_eq!(kept, 4);

    let parts = vec![r#"{"functionCall":{"name":"f"}}"#; 900].join(",");
    let many = agent("", &parts);
    let seen = summary(&[&many, &many]);
    assert_eq!((seen.tool_calls.len(), seen.notes), (1000, vec![Note::Dropped]));
    assert_eq!(summary(&[&"[".repeat(1 << 20)]).errors[0].message.len(), 4096);
    assert_eq!(summary(&[&format!(r#"{{"author":{}1{}}}"#, "[".repeat(1 << 17), "]".repeat(1 << 17))]).events, 1);
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
