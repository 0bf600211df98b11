//! The pieces that events are made of.

/// One thing an event says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// More of a text that will come again, whole, as [`Piece::Text`].
    Delta(String),
    /// A whole text of the agent. Each comes once.
    Text(String),
    /// More of what the model thinks to itself; never an answer.
    Thought(String),
    /// The agent calls a tool.
    ToolCall {
        /// The tool.
        name: String,
    },
    /// A tool has answered.
    ToolResult(ToolResult),
    /// The agent asks the user; nobody else may answer.
    Question(Question),
    /// The session's state changed under these keys.
    StateDelta {
        /// Top-level keys, such as `draft`.
        keys: Vec<String>,
    },
    /// Something went wrong. Each error comes once.
    Error(AgentError),
    /// A word on progress, such as `rendering`.
    Status(String),
    /// The agent is being started.
    WarmingUp,
    /// The server says that it has said all. The end of the stream is what counts.
    Done,
    /// The server lives; nothing else is known.
    Heartbeat,
}

/// What a tool answered: only whether it went wrong is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToolResult {
    /// The tool.
    pub name: String,
    /// What the tool itself calls an error. The run goes on nevertheless.
    pub error: Option<String>,
}

/// A question to hand to the user.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Question {
    /// The server's name for the question; may be empty.
    pub id: String,
    /// What is asked.
    pub prompt: String,
    /// The answers offered; empty for a free one.
    pub options: Vec<Choice>,
    /// More than one option may be chosen.
    pub allow_multiple: bool,
}

/// An answer that a question offers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// The server's name for it; may be empty.
    pub id: String,
    /// What the user reads.
    pub label: String,
}

/// What the agent or its server says went wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentError {
    /// How it was said.
    pub kind: ErrorKind,
    /// Such as `RESOURCE_EXHAUSTED`, or the class of an exception.
    pub code: Option<String>,
    /// The server's words; may be empty.
    pub message: String,
    /// The run ended with it, as far as is known yet: [`Summary::errors`](super::Summary::errors) has the last word.
    /// Work that was done before stays done.
    pub fatal: bool,
}

/// How an error was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// By an event of the agent (`errorCode`).
    Event,
    /// By a line that says nothing else (`{"error": …}`, `{"type":"error", …}`).
    Line,
    /// By something that is not JSON; the message is its raw text.
    Unparsable,
}
