//! The port for whoever reads instructions: the grammar, or something that is asked where the grammar passes.
//!
//! Whatever else answers is not trusted: [`validated`] takes its answer only if all of it is in the schema of [`EditOp`],
//! within bounds, and in the words of the person. What it can't check is whether that is what the person meant, so nobody
//! is asked unless it was switched on, and never where the grammar understood.

mod range;
mod strict;

use std::fmt;

use serde_json::{Value, json};

use crate::interpret::interpret;
use crate::ops::{About, Context, EditOp, Reading, What};

/// Reads a message as edits, one question, or a no.
pub trait Interpreter: Send + Sync {
    /// It may block; it never fails: where there is nothing to be had, there is a question.
    fn interpret(&self, text: &str, context: &Context) -> Reading;
}

/// The grammar of [`interpret`]: pure, on this machine, the default.
#[derive(Debug, Clone, Copy, Default)]
pub struct Grammar;

impl Interpreter for Grammar {
    fn interpret(&self, text: &str, context: &Context) -> Reading {
        interpret(text, context)
    }
}

impl Reading {
    /// Whether somebody else may be asked: words were not understood. All else the grammar has an answer to.
    #[must_use]
    pub fn is_passed_on(&self) -> bool {
        *self == Self::Ask(About::UnknownWords)
    }
}

/// An answer to a message has no more operations.
pub const MOST_OPS: usize = 10;
/// No answer is longer, in bytes.
pub const LONGEST_ANSWER: usize = 16 * 1024;

/// Why an answer is not taken. It quotes nothing of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Invalid {
    /// Over [`LONGEST_ANSWER`].
    TooLong,
    /// It is no JSON list and nothing else.
    NotAList,
    /// There is nothing in it.
    Empty,
    /// Over [`MOST_OPS`].
    TooMany,
    /// A question or a no beside other operations.
    Mixed,
    /// An operation, counted from 1, is none of the schema, or has a field that is none of its own.
    Schema(usize),
    /// An operation, counted from 1, has a value out of range for this timeline.
    Range(usize),
    /// An operation, counted from 1, has words that do not stand in the message.
    Words(usize),
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong => write!(f, "it is longer than {LONGEST_ANSWER} bytes"),
            Self::NotAList => f.write_str("it is no JSON list"),
            Self::Empty => f.write_str("it is empty"),
            Self::TooMany => write!(f, "it has more than {MOST_OPS} operations"),
            Self::Mixed => f.write_str("it asks and edits at once"),
            Self::Schema(number) => write!(f, "operation {number} is not in the schema"),
            Self::Range(number) => write!(f, "operation {number} is out of range"),
            Self::Words(number) => write!(f, "operation {number} has words that are not in the message"),
        }
    }
}

impl std::error::Error for Invalid {}

/// Takes the answer of somebody who is not trusted to this message. Pure.
///
/// # Errors
/// Anything about it is not as it should be; then none of it counts.
///
/// ```
/// use weixin_video_studio::{Context, Invalid, Reading, validated};
///
/// let context = Context::default();
/// let taken = validated(r#"[{"op":"text","role":"title","text":"早安"}]"#, "来个标题早安呗", &context);
/// assert!(matches!(taken, Ok(Reading::Edits(ops)) if ops.len() == 1));
/// let foreign = validated(r#"[{"op":"text","role":"title","text":"Buy now"}]"#, "来个标题早安呗", &context);
/// assert_eq!(foreign, Err(Invalid::Words(1)));
/// ```
pub fn validated(answer: &str, text: &str, context: &Context) -> Result<Reading, Invalid> {
    if answer.len() > LONGEST_ANSWER {
        return Err(Invalid::TooLong);
    }
    let Ok(Value::Array(items)) = serde_json::from_str(answer) else {
        return Err(Invalid::NotAList);
    };
    match items.len() {
        0 => return Err(Invalid::Empty),
        1 => {}
        2..=MOST_OPS => {
            if items.iter().any(is_no_edit) {
                return Err(Invalid::Mixed);
            }
        }
        _ => return Err(Invalid::TooMany),
    }
    if let [item] = items.as_slice()
        && is_no_edit(item)
    {
        return no_edit(item).ok_or(Invalid::Schema(1));
    }
    let ops = items.iter().enumerate().map(|(at, item)| operation(at + 1, item, text, context));
    let ops: Vec<EditOp> = ops.collect::<Result<_, _>>()?;
    Ok(Reading::Edits(ops))
}

fn operation(number: usize, item: &Value, text: &str, context: &Context) -> Result<EditOp, Invalid> {
    let op = strict::op(item).ok_or(Invalid::Schema(number))?;
    if !range::fits(&op, context) {
        return Err(Invalid::Range(number));
    }
    if words(&op).into_iter().all(|words| text.contains(words)) { Ok(op) } else { Err(Invalid::Words(number)) }
}

/// What an operation shows or looks for, in the person's own words.
fn words(op: &EditOp) -> Vec<&str> {
    match op {
        EditOp::Text { text, .. } => vec![text],
        EditOp::EditText { text, .. } => text.iter().map(String::as_str).collect(),
        EditOp::Bgm { query, asset, .. } => query.iter().chain(asset).map(String::as_str).collect(),
        EditOp::Subtitles { asset } => vec![asset],
        EditOp::Keep { .. }
        | EditOp::Remove { .. }
        | EditOp::Speed { .. }
        | EditOp::RemoveTrack { .. }
        | EditOp::AutoSubtitles
        | EditOp::Volume { .. }
        | EditOp::Mute { .. }
        | EditOp::Fade { .. }
        | EditOp::Loudness { .. }
        | EditOp::Duck
        | EditOp::Canvas { .. }
        | EditOp::Resolution(_)
        | EditOp::Fps { .. }
        | EditOp::Rotate { .. }
        | EditOp::Flip { .. }
        | EditOp::MaxSize { .. }
        | EditOp::Preset { .. }
        | EditOp::Format { .. }
        | EditOp::Merge { .. }
        | EditOp::Reorder { .. }
        | EditOp::RemoveClip { .. }
        | EditOp::Transition { .. }
        | EditOp::Undo { .. }
        | EditOp::Redo
        | EditOp::Export => Vec::new(),
    }
}

fn is_no_edit(item: &Value) -> bool {
    matches!(item["op"].as_str(), Some("ask" | "unsupported"))
}

/// `{"op":"ask","about":…}` or `{"op":"unsupported","what":…}`, and not a field more.
fn no_edit(item: &Value) -> Option<Reading> {
    let fields = item.as_object().filter(|fields| fields.len() == 2)?;
    match fields["op"].as_str() {
        Some("ask") => serde_json::from_value::<About>(fields.get("about")?.clone()).ok().map(Reading::Ask),
        _ => serde_json::from_value::<What>(fields.get("what")?.clone()).ok().map(Reading::Unsupported),
    }
}

/// What whoever is asked is told of the task: the schema, the rules, and the timeline. Of files it has the names alone.
#[must_use]
pub fn prompt(context: &Context) -> String {
    let timeline = json!({
        "dur_ms": context.dur_ms,
        "clips": context.clips,
        "tracks": context.tracks,
        "assets": context.assets.iter().take(MOST_ASSETS).collect::<Vec<_>>(),
    });
    format!("{SCHEMA}\nThe timeline before the message: {timeline}\n")
}

/// So many names of files are told.
const MOST_ASSETS: usize = 50;

/// The schema of [`EditOp`] in words.
const SCHEMA: &str = include_str!("interpreter/schema.txt");

#[cfg(test)]
mod tests;
