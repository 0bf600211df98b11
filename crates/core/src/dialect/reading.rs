//! Telling, event by event, what kind of thing came.

use serde::de::IgnoredAny;

use super::fields::{Fields, error_words};
use super::{adk, flat};

/// What the data of one event is.
pub(super) enum Reading {
    Agent(adk::Event),
    Flat(flat::Event),
    /// A line that only says that something went wrong.
    ErrorLine {
        code: Option<String>,
        message: String,
    },
    /// Not JSON. Old servers put the words of an exception into JSON without escaping them.
    Unparsable {
        fatal: bool,
    },
    /// JSON that says nothing known.
    Nothing,
}

/// Reads the data of an event with the SSE type `event_type`.
pub(super) fn read(event_type: &str, data: &str) -> Reading {
    if data.trim().is_empty() || event_type == "heartbeat" {
        return Reading::Flat(flat::Event::Heartbeat);
    }
    let Some(event) =
        Fields::read(data, ["type", "author", "content", "actions", "invocationId", "errorCode", "error"])
    else {
        return not_an_object(event_type, data);
    };
    let has_content = event.raw("content").is_some_and(|content| content.starts_with('{'));
    let is_agents = has_content || ["author", "actions", "invocationId"].iter().any(|name| event.raw(name).is_some());
    if let Some(kind) = event.text("type").filter(|_| !is_agents) {
        return Reading::Flat(flat::read(&kind, data));
    }
    if let Some(error) = event.raw("error").filter(|error| *error != "false" && event.raw("author").is_none()) {
        return error_line(error, data);
    }
    if is_agents || event.raw("errorCode").is_some() {
        return adk::read(data).map_or(Reading::Nothing, Reading::Agent);
    }
    Reading::Flat(flat::read(event_type, data))
}

fn error_line(error: &str, line: &str) -> Reading {
    let details =
        Fields::read(line, ["errorDetails"]).and_then(|line| Fields::read(line.raw("errorDetails")?, ["errorType"]));
    let code = details.and_then(|details| details.text("errorType"));
    let code = code.or_else(|| Fields::read(error, ["code", "status"])?.first_text(&["code", "status"]));
    Reading::ErrorLine { code, message: error_words(error) }
}

fn not_an_object(event_type: &str, data: &str) -> Reading {
    let data = data.trim();
    if data == "[DONE]" {
        return Reading::Flat(flat::Event::Done);
    }
    if serde_json::from_str::<IgnoredAny>(data).is_ok() {
        return Reading::Nothing;
    }
    let is_error_line = data.strip_prefix('{').is_some_and(|inner| inner.trim_start().starts_with("\"error\""));
    Reading::Unparsable { fatal: is_error_line || event_type == "error" }
}
