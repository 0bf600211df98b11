//! The vendor's flat events.

use super::{Dialect, event, pieces};
use crate::reply::Step;
use bytes::Bytes;
use serde_json::{Value, json};

pub(super) fn events(dialect: Dialect, step: &Step) -> Vec<Bytes> {
    let values = if dialect == Dialect::FlatChunks { chunked(step) } else { plain(step) };
    values.iter().map(event).collect()
}

fn plain(step: &Step) -> Vec<Value> {
    match step {
        Step::Say(text) => vec![json!({"type": "text", "content": text})],
        Step::Think(text) => vec![json!({"type": "thinking_delta", "content": text})],
        Step::Tool { name, args, result } => vec![
            json!({"type": "tool_call", "name": name, "args": args}),
            json!({"type": "tool_result", "name": name, "result": result}),
        ],
        Step::Ask(questions) => vec![json!({"type": "ask_question", "questions": questions})],
        Step::Fail { code, message } => {
            vec![json!({"type": "error", "code": code, "message": message})]
        }
        Step::Beat(_) | Step::Pause(_) | Step::Raw(_) => vec![],
    }
}

fn chunked(step: &Step) -> Vec<Value> {
    match step {
        Step::Say(text) => {
            let mut values: Vec<Value> =
                pieces(text).iter().map(|piece| json!({"type": "chunk", "content": piece})).collect();
            values.push(json!({"type": "text", "text": text}));
            values
        }
        Step::Tool { name, args, result } => vec![
            json!({"type": "tool_start", "tool_name": name, "args": args}),
            json!({"type": "tool_end", "tool_name": name, "result": result}),
        ],
        Step::Fail { message, .. } => vec![json!({"type": "error", "error": message})],
        Step::Think(_) | Step::Ask(_) | Step::Beat(_) | Step::Pause(_) | Step::Raw(_) => plain(step),
    }
}
