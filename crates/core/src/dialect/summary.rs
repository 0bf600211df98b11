//! What a turn came to.

use std::fmt;

use super::piece::{AgentError, Question, ToolResult};

/// All that the agent said and did from a message to the end of the stream.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Summary {
    /// How many events came, heartbeats not counted.
    pub events: usize,
    /// How many heartbeats came.
    pub heartbeats: usize,
    /// The agent's texts, each once, none blank.
    pub texts: Vec<String>,
    /// What the model thought to itself.
    pub thoughts: Vec<String>,
    /// The tools called, in order.
    pub tool_calls: Vec<String>,
    /// What tools answered, in order.
    pub tool_results: Vec<ToolResult>,
    /// What the agent asked the user.
    pub questions: Vec<Question>,
    /// What went wrong, each once.
    pub errors: Vec<AgentError>,
    /// The top-level keys of the state that changed, each once.
    pub state_keys: Vec<String>,
    /// How many tools go on after the stream has ended.
    pub long_running: usize,
    /// What else a reader should know, each once.
    pub notes: Vec<Note>,
    /// Something was done, nothing was said, and nothing went wrong: the state tells what.
    pub silent_edit: bool,
}

/// Something to know about a turn that is no failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Note {
    /// The model ran out of tokens: the text is valid but cut.
    Truncated,
    /// The stream ended before the whole of a text came; the deltas stand for it.
    UnfinishedText,
    /// The model ended with nothing to say, which servers report as an error (`STOP`, `MODEL_RETURNED_NO_CONTENT`).
    Benign {
        /// The code.
        code: &'static str,
    },
    /// More came than is kept; the rest was dropped.
    Dropped,
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Truncated => f.write_str("truncated"),
            Self::UnfinishedText => f.write_str("unfinished partial text"),
            Self::Benign { code } => write!(f, "benign errorCode {code}"),
            Self::Dropped => f.write_str("too much to keep; the rest was dropped"),
        }
    }
}

impl Summary {
    pub(super) fn note(&mut self, note: Note) {
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    pub(super) fn is_silent_edit(&self) -> bool {
        let done = !self.tool_results.is_empty() || !self.state_keys.is_empty();
        done && self.texts.is_empty() && self.errors.is_empty()
    }
}

/// As much of `text` as fits into `room` bytes without breaking a character.
pub(super) fn cut(text: &str, room: usize) -> &str {
    let mut end = room.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}
