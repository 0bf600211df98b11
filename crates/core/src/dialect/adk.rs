//! The agent server's dialect: one object an event, `content.parts[]` a union by key.
//! Camel case since its version 1.0, snake case before; absent fields may be there as null.

use crate::json::text_or_digits;

use super::fields::{Fields, error_words, keys};
use super::piece::ToolResult;

/// An event of the agent server.
pub(super) struct Event {
    /// Who speaks; sub-agents may do so at the same time.
    pub(super) speaker: Speaker,
    /// The parts are deltas; an event with the whole will follow.
    pub(super) partial: bool,
    pub(super) parts: Vec<Part>,
    pub(super) error_code: Option<String>,
    pub(super) error_message: String,
    /// The model ran out of tokens.
    pub(super) out_of_tokens: bool,
    pub(super) long_running: usize,
    pub(super) state_keys: Vec<String>,
}

/// A part of the content. Unknown ones are skipped.
pub(super) enum Part {
    Text(String),
    Thought(String),
    Call(String),
    Result(ToolResult),
}

impl Part {
    pub(super) fn as_thought(&self) -> Option<&str> {
        match self {
            Self::Thought(thought) => Some(thought),
            Self::Text(_) | Self::Call(_) | Self::Result(_) => None,
        }
    }
}

/// Whose deltas belong together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Speaker {
    /// Whoever speaks the flat dialect, which names nobody.
    Flat,
    /// An agent, and the branch it works on.
    Agent { author: String, branch: String },
}

pub(super) const OUT_OF_TOKENS: &str = "MAX_TOKENS";

/// Reads an event; `None` if `json` is no object.
pub(super) fn read(json: &str) -> Option<Event> {
    const NAMES: [&str; 9] = [
        "author",
        "branch",
        "partial",
        "content",
        "errorCode",
        "errorMessage",
        "finishReason",
        "longRunningToolIds",
        "actions",
    ];
    let event = Fields::read(json, NAMES)?;
    let parts = event.raw("content").and_then(|content| Fields::read(content, ["parts"]));
    let changed = event.raw("actions").and_then(|actions| Fields::read(actions, ["stateDelta"])?.raw("stateDelta"));
    let error_code = event.text("errorCode").filter(|code| !code.is_empty());
    let out_of_tokens =
        [&error_code, &event.text("finishReason")].iter().any(|word| word.as_deref() == Some(OUT_OF_TOKENS));
    Some(Event {
        speaker: Speaker::Agent {
            author: event.text("author").unwrap_or_default(),
            branch: event.text("branch").unwrap_or_default(),
        },
        partial: event.is_true("partial"),
        parts: parts.map(|content| content.items("parts")).unwrap_or_default().into_iter().flat_map(part).collect(),
        error_code,
        error_message: event.raw("errorMessage").map(error_words).unwrap_or_default(),
        out_of_tokens,
        long_running: event.items("longRunningToolIds").len(),
        state_keys: changed.map(keys).unwrap_or_default(),
    })
}

/// What one part says: it may have several keys.
fn part(json: &str) -> Vec<Part> {
    let Some(part) = Fields::read(json, ["text", "thought", "functionCall", "functionResponse"]) else {
        return Vec::new();
    };
    let words = part.raw("text").and_then(text_or_digits).filter(|words| !words.is_empty());
    let words = words.map(|words| if part.is_true("thought") { Part::Thought(words) } else { Part::Text(words) });
    let call = part.raw("functionCall").and_then(|call| Fields::read(call, ["name"]));
    let call = call.map(|call| Part::Call(call.text("name").unwrap_or_default()));
    let result = part.raw("functionResponse").and_then(|result| Fields::read(result, ["name", "response"]));
    let result = result.map(|result| {
        let error = result.raw("response").and_then(tool_error);
        Part::Result(ToolResult { name: result.text("name").unwrap_or_default(), error })
    });
    [words, call, result].into_iter().flatten().collect()
}

/// What a tool's answer calls an error: `{"error": …}`, or `{"status": "error", …}` with words for it.
pub(super) fn tool_error(json: &str) -> Option<String> {
    let answer = Fields::read(json, ["error", "status", "success", "message"])?;
    if let Some(error) = answer.raw("error").filter(|error| !matches!(*error, "false" | "\"\"" | "{}")) {
        return Some(error_words(error));
    }
    let status = answer.text("status").unwrap_or_default();
    let failed = ["error", "failed"].iter().any(|word| status.eq_ignore_ascii_case(word))
        || answer.raw("success") == Some("false");
    failed.then(|| answer.text("message").unwrap_or(status))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_may_say_several_things() {
        let said = part(r#"{"text":"a","functionCall":{"name":"f","args":null},"thoughtSignature":"x"}"#);
        assert!(matches!(&said[..], [Part::Text(text), Part::Call(name)] if text == "a" && name == "f"));
    }

    #[test]
    fn parts_of_no_known_kind_say_nothing() {
        for json in [
            r#"{"inlineData":{"data":"_-8="}}"#,
            r#"{"text":null}"#,
            r#"{"text":""}"#,
            "5",
            "null",
            r#"{"functionCall":null}"#,
        ] {
            assert!(part(json).is_empty(), "{json}");
        }
    }

    #[test]
    fn nulls_are_absence() {
        let event = read(r#"{"author":"a","content":null,"partial":null,"errorCode":null,"longRunningToolIds":null,"actions":{"stateDelta":null}}"#).expect("an object");
        assert!(!event.partial && event.parts.is_empty() && event.error_code.is_none());
        assert!(event.state_keys.is_empty() && event.long_running == 0);
    }

    #[test]
    fn what_a_tool_calls_an_error() {
        for (answer, error) in [
            (r#"{"error":"no quota"}"#, Some("no quota")),
            (r#"{"error":{"message":"no quota"}}"#, Some("no quota")),
            (r#"{"status":"error","message":"no quota"}"#, Some("no quota")),
            (r#"{"status":"ERROR"}"#, Some("ERROR")),
            (r#"{"success":false,"message":"no quota"}"#, Some("no quota")),
            (r#"{"error":null,"status":"success"}"#, None),
            (r#"{"error":"","status":"ok"}"#, None),
            (r#"{"result":[1,"two",null]}"#, None),
            ("null", None),
        ] {
            assert_eq!(tool_error(answer).as_deref(), error, "{answer}");
        }
    }
}
