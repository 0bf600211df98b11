//! What the agent does with one message, before a dialect turns it into events.

use bytes::Bytes;
use serde_json::{Value, json};
use std::time::Duration;

/// One answer of the agent: steps in order, and what they leave behind.
///
/// ```
/// use serde_json::json;
/// use weixin_video_fake_backend::AgentReply;
///
/// let reply = AgentReply::new()
///     .say("Adding the title.")
///     .tool("edit_multitrack", json!({"operation": "add_text"}), json!({"status": "success"}))
///     .draft(json!({"d": 8000, "t": [{"tt": 0, "sg": [{"d": 8000}]}]}))
///     .charge(50);
/// # let _ = reply;
/// ```
#[derive(Debug, Clone, Default)]
pub struct AgentReply {
    pub(crate) steps: Vec<Step>,
    pub(crate) draft: Option<Value>,
    pub(crate) charge: u64,
    pub(crate) hidden_for: u32,
}

/// One thing on the stream.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    Say(String),
    Think(String),
    Tool { name: String, args: Value, result: Value },
    Ask(Value),
    Fail { code: String, message: String },
    Beat(Heartbeat),
    Pause(Duration),
    Raw(Bytes),
}

/// The four forms of a sign of life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heartbeat {
    /// `data: {"type":"heartbeat"}`
    Json,
    /// An empty `data:`
    Empty,
    /// A comment line, `: heartbeat`
    Comment,
    /// `event: heartbeat` with an empty object as data
    Event,
}

impl Heartbeat {
    /// All four, for a test that wants each.
    pub const ALL: [Self; 4] = [Self::Json, Self::Empty, Self::Comment, Self::Event];

    pub(crate) fn bytes(self) -> Bytes {
        Bytes::from_static(match self {
            Self::Json => b"data: {\"type\":\"heartbeat\"}\n\n",
            Self::Empty => b"data:\n\n",
            Self::Comment => b": heartbeat\n\n",
            Self::Event => b"event: heartbeat\ndata: {}\n\n",
        })
    }
}

impl AgentReply {
    /// An answer that says and does nothing: a stream of no event.
    pub fn new() -> Self {
        Self::default()
    }

    /// Text for the user.
    pub fn say(self, text: impl Into<String>) -> Self {
        self.step(Step::Say(text.into()))
    }

    /// Text that is not for the user: the model's thoughts.
    pub fn think(self, text: impl Into<String>) -> Self {
        self.step(Step::Think(text.into()))
    }

    /// A tool call and its result.
    pub fn tool(self, name: impl Into<String>, args: Value, result: Value) -> Self {
        self.step(Step::Tool { name: name.into(), args, result })
    }

    /// A question with options to choose from, as `(id, label)`.
    pub fn ask(self, prompt: &str, options: &[(&str, &str)]) -> Self {
        let options: Vec<Value> = options.iter().map(|(id, label)| json!({"id": id, "label": label})).collect();
        self.step(Step::Ask(json!([{"id": "q1", "prompt": prompt, "options": options, "allow_multiple": false}])))
    }

    /// An error on the stream. The HTTP status stays 200, as it does on a real server once the head is out.
    pub fn fail(self, code: impl Into<String>, message: impl Into<String>) -> Self {
        self.step(Step::Fail { code: code.into(), message: message.into() })
    }

    /// A sign of life.
    pub fn heartbeat(self, form: Heartbeat) -> Self {
        self.step(Step::Beat(form))
    }

    /// Time in which nothing happens but heartbeats, where the server sends them.
    pub fn pause(self, time: Duration) -> Self {
        self.step(Step::Pause(time))
    }

    /// Exact bytes on the stream, such as a recorded `.sse` file.
    pub fn raw(self, bytes: impl Into<Bytes>) -> Self {
        self.step(Step::Raw(bytes.into()))
    }

    /// The draft the session has afterwards.
    pub fn draft(mut self, draft: Value) -> Self {
        self.draft = Some(draft);
        self
    }

    /// What the message costs, in credits.
    pub fn charge(mut self, credits: u64) -> Self {
        self.charge = credits;
        self
    }

    /// Hides the new draft from this many state queries, as a server does that goes on working after the stream broke.
    pub fn hidden_for(mut self, state_queries: u32) -> Self {
        self.hidden_for = state_queries;
        self
    }

    /// The same work without a word: about a third of real edits end so.
    pub(crate) fn silenced(mut self) -> Self {
        self.steps.retain(|step| !matches!(step, Step::Say(_) | Step::Think(_)));
        self
    }

    fn step(mut self, step: Step) -> Self {
        self.steps.push(step);
        self
    }
}
