//! The flat dialect: one `type` an event, under all the names it has been seen with.

use super::adk::tool_error;
use crate::json::text_or_digits;

use super::fields::{Fields, error_words, items};
use super::piece::{Choice, Question, ToolResult};

/// A flat event.
pub(super) enum Event {
    Heartbeat,
    /// More of a text.
    Delta(String),
    /// A whole text; it may repeat deltas, or a whole text before it.
    Text(String),
    /// More of a thought.
    ThoughtDelta(String),
    /// A whole thought; it may repeat deltas.
    Thought(String),
    Call(String),
    Result(ToolResult),
    Questions(Vec<Question>),
    Status(String),
    WarmingUp,
    Done,
    Error {
        code: Option<String>,
        message: String,
    },
    /// A type nobody knows, or a known one that says nothing.
    Nothing,
}

/// Reads an event of type `kind`.
pub(super) fn read(kind: &str, json: &str) -> Event {
    match kind {
        "heartbeat" => Event::Heartbeat,
        "chunk" => words(json).map_or(Event::Nothing, Event::Delta),
        "text" => words(json).map_or(Event::Nothing, Event::Text),
        "tool_call" | "tool_start" | "toolcall_start" => Event::Call(tool_name(json)),
        "tool_result" | "tool_end" | "toolcall_end" => Event::Result(tool_result(json)),
        "warming_up" => Event::WarmingUp,
        "status" => status(json).map_or(Event::Nothing, Event::Status),
        "ask_question" => Event::Questions(questions(json)),
        "done" => Event::Done,
        "error" => error(json),
        "thinking" | "thinking_end" => words(json).map_or(Event::Nothing, Event::Thought),
        _ if kind.starts_with("thinking_") => words(json).map_or(Event::Nothing, Event::ThoughtDelta),
        _ => Event::Nothing,
    }
}

fn words(json: &str) -> Option<String> {
    const NAMES: [&str; 2] = ["content", "text"];
    Fields::read(json, NAMES)?.first_text(&NAMES).filter(|words| !words.is_empty())
}

fn status(json: &str) -> Option<String> {
    const NAMES: [&str; 4] = ["status", "message", "content", "text"];
    Fields::read(json, NAMES)?.first_text(&NAMES).filter(|words| !words.is_empty())
}

fn tool_name(json: &str) -> String {
    const NAMES: [&str; 3] = ["name", "toolName", "tool"];
    Fields::read(json, NAMES).and_then(|call| call.first_text(&NAMES)).unwrap_or_default()
}

fn tool_result(json: &str) -> ToolResult {
    let answer = Fields::read(json, ["result"]).and_then(|fields| fields.raw("result").and_then(tool_error));
    ToolResult { name: tool_name(json), error: answer.or_else(|| tool_error(json)) }
}

fn questions(json: &str) -> Vec<Question> {
    let Some(asked) = Fields::read(json, ["questions"]) else {
        return Vec::new();
    };
    match asked.raw("questions") {
        Some(list) => items(list).into_iter().filter_map(question).collect(),
        None => question(json).into_iter().collect(),
    }
}

fn question(json: &str) -> Option<Question> {
    let asked = Fields::read(json, ["id", "prompt", "options", "allowMultiple", "question"])?;
    let prompt = asked.first_text(&["prompt", "question"])?;
    let options = asked.items("options").into_iter().filter_map(choice).collect();
    let id = asked.text("id").unwrap_or_default();
    Some(Question { id, prompt, options, allow_multiple: asked.is_true("allowMultiple") })
}

fn choice(json: &str) -> Option<Choice> {
    if let Some(label) = text_or_digits(json) {
        return Some(Choice { id: label.clone(), label });
    }
    let option = Fields::read(json, ["id", "label"])?;
    let id = option.text("id").unwrap_or_default();
    Some(Choice { label: option.text("label").unwrap_or_else(|| id.clone()), id })
}

fn error(json: &str) -> Event {
    const NAMES: [&str; 8] = ["message", "error", "errorMessage", "msg", "detail", "reason", "content", "text"];
    let said = Fields::read(json, NAMES);
    let message = said.and_then(|said| NAMES.iter().find_map(|name| said.raw(name).map(error_words)));
    let code = Fields::read(json, ["code", "errorCode"]).and_then(|said| said.first_text(&["code", "errorCode"]));
    Event::Error { code, message: message.unwrap_or_default() }
}
