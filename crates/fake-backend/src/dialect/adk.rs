//! The agent server's events.

use super::{Dialect, Writer, event, pieces};
use crate::manner::SilentEnding;
use crate::reply::Step;
use bytes::Bytes;
use serde_json::{Map, Value, json};

const AUTHOR: &str = "nemo_agent";

pub(super) fn events(writer: &mut Writer, step: &Step) -> Vec<Bytes> {
    match step {
        Step::Say(text) => said(writer, json!({"text": text}), text),
        Step::Think(text) => said(writer, json!({"text": text, "thought": true}), text),
        Step::Tool { name, args, result } => tool(writer, name, args, result),
        Step::Ask(questions) => {
            let call =
                json!({"functionCall": {"id": "ask-1", "name": "adk_request_input", "args": {"questions": questions}}});
            vec![writer.event(&json!({"content": content(&call, "model")}), Value::Null)]
        }
        Step::Fail { code, message } => vec![
            writer.event(&json!({"errorCode": code, "errorMessage": message}), Value::Null),
            event(&json!({"error": format!("{code}: {message}")})),
        ],
        Step::Beat(_) | Step::Pause(_) | Step::Raw(_) => vec![],
    }
}

pub(super) fn ending(writer: &mut Writer, ending: SilentEnding) -> Vec<Bytes> {
    let fields = match ending {
        SilentEnding::Nothing => return vec![],
        SilentEnding::NoContent => json!({}),
        SilentEnding::RoleOnly => json!({"content": {"role": "model"}}),
        SilentEnding::EmptyParts => json!({"content": {"parts": [], "role": "model"}}),
        SilentEnding::EmptyText => json!({"content": content(&json!({"text": ""}), "model")}),
        SilentEnding::CodeStop => json!({"errorCode": "STOP"}),
        SilentEnding::CodeNoContent => {
            json!({"errorCode": "MODEL_RETURNED_NO_CONTENT", "errorMessage": "The model returned no content."})
        }
    };
    vec![writer.event(&fields, Value::Null)]
}

/// A text, first in pieces where the dialect streams.
fn said(writer: &mut Writer, part: Value, text: &str) -> Vec<Bytes> {
    let mut events = Vec::new();
    if writer.dialect == Dialect::AdkPartial {
        for piece in pieces(text) {
            let mut part = part.clone();
            part["text"] = json!(piece);
            events.push(writer.event(&json!({"content": content(&part, "model"), "partial": true}), Value::Null));
        }
    }
    events.push(writer.event(&json!({"content": content(&part, "model"), "finishReason": "STOP"}), Value::Null));
    events
}

fn tool(writer: &mut Writer, name: &str, args: &Value, result: &Value) -> Vec<Bytes> {
    let id = format!("adk-{}", writer.next_id());
    let call = json!({"functionCall": {"id": id, "args": args, "name": name}});
    let response = json!({"functionResponse": {"id": id, "name": name, "response": result}});
    let delta = writer.delta().map_or(Value::Null, |draft| json!({"draft": draft}));
    vec![
        writer.event(&json!({"content": content(&call, "model"), "longRunningToolIds": []}), Value::Null),
        writer.event(&json!({"content": content(&response, "user")}), delta),
    ]
}

fn content(part: &Value, role: &str) -> Value {
    json!({"parts": [part], "role": role})
}

impl Writer {
    /// One event with the fields every event has.
    fn event(&mut self, fields: &Value, state_delta: Value) -> Bytes {
        let id = self.next_id();
        let delta = if state_delta.is_null() { json!({}) } else { state_delta };
        let mut whole = fields.as_object().cloned().unwrap_or_default();
        whole.insert("invocationId".to_owned(), json!(format!("e-{}", self.scene.invocation)));
        whole.insert("author".to_owned(), json!(AUTHOR));
        let actions = json!({"stateDelta": delta, "artifactDelta": {}, "requestedAuthConfigs": {}});
        whole.insert("actions".to_owned(), actions);
        whole.insert("id".to_owned(), json!(id));
        whole.insert("timestamp".to_owned(), json!(seconds(self.scene.now_ms)));
        let whole = if self.dialect == Dialect::AdkSnake { snake(whole) } else { whole };
        event(&Value::Object(whole))
    }

    fn next_id(&mut self) -> String {
        self.count += 1;
        format!("{}-{:04}", &self.scene.invocation[..self.scene.invocation.len().min(8)], self.count)
    }
}

/// The agent server writes a float of seconds.
#[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 stay below 2^53 for 280,000 years")]
fn seconds(ms: u64) -> f64 {
    ms as f64 / 1000.0
}

/// Versions 0.x: snake_case in the event's own keys and in those of `actions`, and nowhere else.
fn snake(event: Map<String, Value>) -> Map<String, Value> {
    let rename = |map: Map<String, Value>| -> Map<String, Value> {
        map.into_iter().map(|(key, value)| (snake_key(&key), value)).collect()
    };
    let mut event = rename(event);
    if let Some(Value::Object(actions)) = event.remove("actions") {
        event.insert("actions".to_owned(), Value::Object(rename(actions)));
    }
    event
}

fn snake_key(key: &str) -> String {
    key.chars()
        .flat_map(|c| c.is_ascii_uppercase().then_some('_').into_iter().chain([c.to_ascii_lowercase()]))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::snake_key;

    #[test]
    fn keys_in_snake_case() {
        assert_eq!(snake_key("invocationId"), "invocation_id");
        assert_eq!(snake_key("longRunningToolIds"), "long_running_tool_ids");
        assert_eq!(snake_key("id"), "id");
    }
}
