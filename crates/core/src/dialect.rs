//! What the agent says in its event stream, in either dialect (PROTOCOL.md, "The chat stream").
//!
//! ```
//! use weixin_video_core::dialect::{Piece, Turn};
//!
//! let mut turn = Turn::new();
//! let half = br#"{"author":"a","partial":true,"content":{"parts":[{"text":"Title "}]}}"#;
//! assert_eq!(turn.take("message", half), [Piece::Delta("Title ".into())]);
//! let whole = br#"{"author":"a","content":{"parts":[{"text":"Title added."}]}}"#;
//! assert_eq!(turn.take("message", whole), [Piece::Text("Title added.".into())]);
//! assert_eq!(turn.finish().texts, ["Title added."]);
//! ```
//!
//! - **Invariant:** each text comes once as [`Piece::Text`]; deltas are for showing it early.
//! - Nothing a server sends is an error of the reader: what can't be read is reported as what the agent said badly.
//! - Values of the state are never read, only their keys: a draft holds integers that no type holds.
//! - Texts are raw, with whatever control characters they have. Whoever shows them escapes them.

mod adk;
mod fields;
mod flat;
mod pending;
mod piece;
mod reading;
mod record;
mod summary;
mod turn;

pub use piece::{AgentError, Choice, ErrorKind, Piece, Question, ToolResult};
pub use summary::{Note, Summary};
pub use turn::{TEXT_LIMIT, Turn};
