//! Edits applied to a draft: pure functions from one draft to the next, with the way back.
//!
//! ```text
//! draft ── Timeline::read ──► Work: what moves time, in order ──► Work: all else ── Timeline::write ──► draft
//!                             (keep, remove, speed, clips, …)     (on the finished timeline)
//! ```
//!
//! What moves time is done first, because all other times are found again on what it leaves: each step keeps which part of
//! the timeline went where, so that a moment before the message, which is what people speak of, has a place after it.
//! A message is done as a whole or not at all.

mod clips;
mod context;
mod cut;
mod history;
mod look;
mod names;
mod refusal;
mod sound;
mod subtitles;
mod trace;
mod words;
mod work;
mod writing;

use serde_json::Value;

use crate::ops::EditOp;
use crate::source::Source;
use crate::timeline::Timeline;
use history::History;
use work::Work;

pub use context::context;
pub use refusal::Refusal;
pub use words::Language;

/// The most operations of one message.
const MOST_OPS: usize = 50;

/// What a message made of a draft.
#[derive(Debug, Clone, PartialEq)]
pub struct Edited {
    /// The draft as it is now.
    pub draft: Value,
    /// A line for each change, in the person's language and safe to show: `✅ Title added: 「早安」, 0-3 s`.
    pub changes: Vec<String>,
    /// Whether nothing but the file was asked for.
    pub export: bool,
}

/// Does to a draft what a message asked for.
///
/// `draft` is null before the first edit: then all clips among the `sources` stand on the timeline, in their order. A clip
/// that came later joins them at the end, with the next edit. Times are those of the timeline before the message, except
/// where an operation says `then`.
///
/// ```
/// use serde_json::Value;
/// use weixin_video_studio::{EditOp, Language, apply};
/// # use weixin_video_studio::{MediaFacts, Source};
/// # let facts = MediaFacts { container: "mp4".into(), duration_ms: 8_000, video: Some(
/// #     serde_json::from_str(r#"{"index":0,"codec":"h264","profile":null,"level":null,"pixel_format":"yuv420p",
/// #     "bit_depth":8,"width":640,"height":360,"display_width":640,"display_height":360,"rotation":0,
/// #     "sample_aspect_ratio":[1,1],"frame_rate":null,"nominal_frame_rate":null,"variable":false,"color":{"primaries":
/// #     null,"transfer":null,"matrix":null,"range":null},"interlaced":false,"start_ms":0,"duration_ms":null,
/// #     "frames":null}"#).unwrap()), audio: None, streams: 1, bytes: 1, faststart: None, still: false, boxes: None,
/// #     cues: Vec::new() };
/// # let clip = Source { id: "a".into(), name: "clip.mp4".into(), facts };
///
/// let ops: Vec<EditOp> = serde_json::from_str(r#"[
///     {"op": "remove", "from": 0, "to": 3000},
///     {"op": "text", "role": "title", "text": "早安", "start": 0, "dur": 2000}
/// ]"#).unwrap();
/// let edited = apply(&Value::Null, &ops, &[clip], Language::English).unwrap();
/// assert_eq!(edited.draft["d"], 5_000);
/// assert_eq!(edited.changes, ["✅ Removed: 0-3 s; the video is now 5 s", "✅ Title added: 「早安」, 0-2 s"]);
/// ```
///
/// # Errors
/// [`Refusal`] when one of the operations can't be done; then none is.
pub fn apply(draft: &Value, ops: &[EditOp], sources: &[Source], language: Language) -> Result<Edited, Refusal> {
    if ops.len() > MOST_OPS {
        return Err(Refusal::too_much(language));
    }
    let mut state = State::open(draft, sources, language)?;
    let mut changes = Vec::new();
    let mut rest = ops;
    while let Some(first) = rest.first() {
        let is_control = |op: &EditOp| matches!(op, EditOp::Undo { .. } | EditOp::Redo);
        let run = rest.iter().position(|op| is_control(op) != is_control(first)).unwrap_or(rest.len());
        let (now, later) = rest.split_at(run);
        rest = later;
        if is_control(first) {
            for op in now {
                changes.push(state.travel(op, language)?);
            }
        } else {
            changes.extend(state.edit(now, sources, language)?);
        }
    }
    let export = matches!(ops, [EditOp::Export]);
    Ok(Edited { draft: state.history.into_draft(state.now), changes, export })
}

/// A draft without its history, and the history.
struct State {
    now: Value,
    history: History,
}

impl State {
    fn open(draft: &Value, sources: &[Source], language: Language) -> Result<Self, Refusal> {
        if has_segments(draft) {
            let (now, history) = History::split(draft);
            return Ok(Self { now, history });
        }
        let now = clips::fresh(sources, language)?.write();
        Ok(Self { now, history: History::default() })
    }

    fn edit(&mut self, ops: &[EditOp], sources: &[Source], language: Language) -> Result<Vec<String>, Refusal> {
        let mut timeline = Timeline::read(&self.now).map_err(|why| Refusal::unreadable(&why, language))?;
        clips::fill(&mut timeline, sources, language)?;
        let mut work = Work::new(timeline, sources, language);
        work.join_new_clips()?;
        for (index, op) in ops.iter().enumerate() {
            work.at(index);
            work.restructure(op)?;
        }
        for (index, op) in ops.iter().enumerate() {
            work.at(index);
            work.finish(op)?;
        }
        let (timeline, changes) = work.done();
        let after = timeline.write();
        // What was written must be what is read next time.
        Timeline::read(&after).map_err(|why| Refusal::unreadable(&why, language))?;
        if after != self.now {
            self.history.remember(std::mem::replace(&mut self.now, after));
        }
        Ok(changes)
    }

    fn travel(&mut self, op: &EditOp, language: Language) -> Result<String, Refusal> {
        let line = if let EditOp::Undo { steps } = op {
            self.history.undo(&mut self.now, *steps, language)?
        } else {
            self.history.redo(&mut self.now, language)?
        };
        Ok(format!("✅ {line}"))
    }
}

fn has_segments(draft: &Value) -> bool {
    let tracks = draft.get("t").and_then(Value::as_array).into_iter().flatten();
    tracks.into_iter().any(|track| track.get("sg").and_then(Value::as_array).is_some_and(|list| !list.is_empty()))
}

#[cfg(test)]
pub(crate) mod tests;
