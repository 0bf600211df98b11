//! What may stand on a timeline, and the simplest timeline there is.

use serde_json::Value;

use crate::{
    facts::MediaFacts,
    ops::Resolution,
    timeline::{Segment, Timeline},
    wish::FormatWish,
};

/// A file that may be part of a timeline: a clip, a still or a sound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Any string that the caller knows the file by. It is never opened as a path.
    pub id: String,
    /// The file's name as the person knows it.
    pub name: String,
    /// What [`probe`](crate::probe()) said about it.
    pub facts: MediaFacts,
}

/// Puts clips on a timeline, one after the other and whole, to be formatted as wished.
///
/// The answer is the draft as it goes over the wire; [`timeline`](crate::timeline) says what stands in it. It alone tells
/// [`plan`](crate::plan()) what to make. For everything else that can be done to clips there is [`apply`](crate::apply()).
pub fn draft(sources: &[Source], wish: &FormatWish) -> Value {
    let mut timeline = Timeline::default();
    timeline.segments = (1..).zip(sources).map(|(number, source)| Segment::whole(number, source)).collect();
    let usual = FormatWish::default();
    let output = &mut timeline.settings.output;
    output.resolution =
        (wish.short_side != usual.short_side).then_some(Resolution::Short { short_side: wish.short_side });
    output.fps_milli = (wish.max_fps != usual.max_fps).then(|| wish.max_fps.saturating_mul(1_000));
    timeline.write()
}
