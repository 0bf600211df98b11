//! The journal of one job: its order, then a line for every step that can't be undone, written before the step.
//!
//! ```text
//! {"journal":1,"kind":"format","backend":"https://api.example","clip":{…},"words":"…","output":"/…/out.mp4",…}
//! {"at":"opened","session":"…","words":"…"}
//! {"at":"uploaded","session":"…","words":"…"}
//! {"at":"charging","session":"…","before":null,"since_ms":1764000000000}
//! ```
//!
//! Every line is one JSON object and ends with a newline. Whoever writes may be killed at any byte, so a last line that
//! is not whole is none: [`read`] says where it begins, and it is cut off before anything is appended.
//!
//! **Invariant:** no line holds a token, and no line that is written here holds a signed URL of the server's.

use std::fmt;

use serde::{Deserialize, Serialize};
use weixin_video_core::event::Checkpoint;
use weixin_video_core::planted;

mod order;
mod unsigned;

pub use order::{Clip, Kind, Order};
pub use unsigned::{unsigned, was_signed};

/// The version of the format; another one is refused.
pub const VERSION: u32 = 1;
/// No journal is longer, in bytes: a draft of thousands of segments is under 8 MiB, and few lines hold one.
pub const MAX_BYTES: u64 = 64 * 1024 * 1024;

/// A line after the first.
///
/// ```
/// use weixin_video::journal::{Step, line};
///
/// assert_eq!(line(&Step::Done), "{\"at\":\"done\"}\n");
/// ```
#[derive(Clone, Debug)]
pub enum Step {
    /// The client has come to this point.
    Reached(Checkpoint),
    /// The video goes elsewhere from now on.
    Redirected(Redirected),
    /// The video falls short of where it goes, and is about to be replaced by a mended one of so many bytes.
    Mending {
        /// Its length.
        bytes: u64,
    },
    /// The job is over, and all that was ordered is there.
    Done,
    /// The job is over, and there is nothing to go on with.
    Failed {
        /// The `code` of the command line's JSON.
        code: String,
    },
}

/// Another place for the video.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Redirected {
    /// An absolute path.
    #[serde(with = "order::path")]
    pub output: std::path::PathBuf,
    /// Whether a file that stands there is replaced.
    pub replace: bool,
}

/// What a journal says.
#[derive(Clone, Debug)]
pub struct Journal {
    /// What was ordered; a video that was sent elsewhere later has its last place here.
    pub order: Order,
    /// The last point the client came to.
    pub last: Option<Checkpoint>,
    /// How long the video is once it is mended; `None` where that was not begun.
    pub mended: Option<u64>,
    /// Whether the job is over.
    pub over: bool,
    /// How many bytes of the journal are whole lines. What lies behind them was never written to its end.
    pub whole: u64,
}

/// Why a journal can't be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Damage {
    /// It has no first line.
    Empty,
    /// Over [`MAX_BYTES`].
    TooLong,
    /// Another version of the format.
    Version(u32),
    /// A line, counted from 1, that is no line of a journal.
    Line(usize),
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("it holds no order"),
            Self::TooLong => write!(f, "it is longer than {} MiB", MAX_BYTES / (1024 * 1024)),
            Self::Version(version) => {
                write!(f, "it was written by another version of this program (format {version}, not {VERSION})")
            }
            Self::Line(number) => write!(f, "line {number} can't be read"),
        }
    }
}

impl std::error::Error for Damage {}

/// Reads a journal, whatever it is.
///
/// # Errors
/// It is damaged elsewhere than at its very end, or of another version.
///
/// ```
/// use weixin_video::journal::{Damage, read};
///
/// assert_eq!(read(b"").unwrap_err(), Damage::Empty);
/// assert_eq!(read(b"{\"journal\":2}\n").unwrap_err(), Damage::Version(2));
/// ```
pub fn read(bytes: &[u8]) -> Result<Journal, Damage> {
    if u64::try_from(bytes.len()).is_ok_and(|length| length > MAX_BYTES) {
        return Err(Damage::TooLong);
    }
    let lines = whole_lines(bytes);
    let (first, rest) = lines.split_first().ok_or(Damage::Empty)?;
    let mut journal = Journal { order: order_of(first)?, last: None, mended: None, over: false, whole: length(first) };
    for (number, text) in rest.iter().enumerate() {
        journal.add(step_of(text).ok_or(Damage::Line(number + 2))?);
        journal.whole += length(text);
    }
    Ok(journal)
}

/// The first line.
#[must_use]
pub fn first_line(order: &Order) -> String {
    written(&Head { journal: VERSION, order: order.clone() })
}

/// Any other line. URLs in the draft of a checkpoint lose their queries, which may be signed: see [`unsigned()`].
#[must_use]
pub fn line(step: &Step) -> String {
    match step {
        Step::Reached(Checkpoint::Charging { session, before, since_ms }) => written(&Checkpoint::Charging {
            session: session.clone(),
            before: before.as_deref().map(unsigned),
            since_ms: *since_ms,
        }),
        Step::Reached(checkpoint) => written(checkpoint),
        Step::Redirected(redirected) => written(&Own::Redirected(redirected.clone())),
        Step::Mending { bytes } => written(&Own::Mending { bytes: *bytes }),
        Step::Done => written(&Own::Done),
        Step::Failed { code } => written(&Own::Failed { code: code.clone() }),
    }
}

impl Journal {
    fn add(&mut self, step: Step) {
        match step {
            Step::Reached(_) if planted!(JournalForgets) && self.last.is_some() => {}
            Step::Reached(checkpoint) => self.last = Some(checkpoint),
            Step::Redirected(Redirected { output, replace }) => {
                (self.order.output, self.order.replace) = (Some(output), replace);
            }
            Step::Mending { bytes } => self.mended = Some(bytes),
            Step::Done | Step::Failed { .. } => self.over = true,
        }
    }
}

#[derive(Serialize, Deserialize)]
struct Head {
    journal: u32,
    #[serde(flatten)]
    order: Order,
}

#[derive(Deserialize)]
struct Version {
    journal: u32,
}

/// The lines that are no checkpoints.
#[derive(Serialize, Deserialize)]
#[serde(tag = "at", rename_all = "snake_case")]
enum Own {
    Redirected(Redirected),
    Mending { bytes: u64 },
    Done,
    Failed { code: String },
}

/// The lines with their newlines; a last one without, or that is no JSON, was torn and is left out.
fn whole_lines(bytes: &[u8]) -> Vec<&[u8]> {
    let mut lines: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
    let torn = |line: &&[u8]| !line.ends_with(b"\n") || serde_json::from_slice::<serde::de::IgnoredAny>(line).is_err();
    lines.pop_if(|line| torn(&&**line));
    lines
}

fn order_of(line: &[u8]) -> Result<Order, Damage> {
    let version: Version = serde_json::from_slice(line).map_err(|_| Damage::Line(1))?;
    if version.journal != VERSION {
        return Err(Damage::Version(version.journal));
    }
    serde_json::from_slice::<Head>(line).map(|head| head.order).map_err(|_| Damage::Line(1))
}

fn step_of(line: &[u8]) -> Option<Step> {
    if let Ok(checkpoint) = serde_json::from_slice(line) {
        return Some(Step::Reached(checkpoint));
    }
    serde_json::from_slice(line).ok().map(|own| match own {
        Own::Redirected(redirected) => Step::Redirected(redirected),
        Own::Mending { bytes } => Step::Mending { bytes },
        Own::Done => Step::Done,
        Own::Failed { code } => Step::Failed { code },
    })
}

fn written(value: &impl Serialize) -> String {
    let mut text = serde_json::to_string(value).expect("what a journal holds has string keys and no non-finite number");
    text.push('\n');
    text
}

fn length(line: &[u8]) -> u64 {
    u64::try_from(line.len()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
