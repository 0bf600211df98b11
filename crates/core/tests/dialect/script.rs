//! Events in, pieces or a summary out.

use weixin_video_core::dialect::{AgentError, ErrorKind, Piece, Summary, ToolResult, Turn};

pub(crate) fn pieces(events: &[&str]) -> Vec<Piece> {
    let mut turn = Turn::new();
    let mut pieces: Vec<Piece> = events.iter().flat_map(|event| turn.take("message", event.as_bytes())).collect();
    pieces.extend(turn.close());
    pieces
}

pub(crate) fn summary(events: &[&str]) -> Summary {
    let mut turn = Turn::new();
    for event in events {
        turn.take("message", event.as_bytes());
    }
    turn.finish()
}

pub(crate) fn text(text: &str) -> Piece {
    Piece::Text(text.into())
}

pub(crate) fn delta(text: &str) -> Piece {
    Piece::Delta(text.into())
}

pub(crate) fn call(name: &str) -> Piece {
    Piece::ToolCall { name: name.into() }
}

pub(crate) fn result(name: &str) -> Piece {
    Piece::ToolResult(ToolResult { name: name.into(), error: None })
}

pub(crate) fn line(code: Option<&str>, message: &str) -> Piece {
    Piece::Error(AgentError { kind: ErrorKind::Line, code: code.map(Into::into), message: message.into(), fatal: true })
}

/// An event of agent `a` with these parts.
pub(crate) fn agent(rest: &str, parts: &str) -> String {
    format!(r#"{{"author":"a",{rest}"content":{{"parts":[{parts}]}}}}"#)
}

pub(crate) const PARTIAL: &str = r#""partial":true,"#;
