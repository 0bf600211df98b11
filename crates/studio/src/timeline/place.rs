//! Where everything stands in time.

use super::{Music, Range, Text, Timeline};
use crate::ops::TransitionKind;

/// Where a segment stands on the timeline, in ms.
///
/// Segments follow each other without a gap. They lie over each other only in a crossfade: then the one begins `enter_ms`
/// before the one before it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placed {
    /// Its place in [`Timeline::segments`].
    pub index: usize,
    /// From its first ms to the first after it.
    pub on: Range,
    /// How long the transition from the segment before it takes; 0 where it is a cut. Over black, half of it lies at the
    /// end of the segment before and half at the beginning of this one.
    pub enter_ms: u64,
}

impl Timeline {
    /// Where each segment stands that has a length, in order.
    pub fn placed(&self) -> Vec<Placed> {
        let mut placed: Vec<Placed> = Vec::with_capacity(self.segments.len());
        for (index, segment) in self.segments.iter().enumerate() {
            let Some(length) = segment.length_ms().filter(|length| *length > 0) else { continue };
            let before = placed.last();
            let enter_ms = before.map_or(0, |before| self.transition_ms(before, index, length));
            let end = before.map_or(0, |before| before.on.to);
            let from = if self.overlaps() { end.saturating_sub(enter_ms) } else { end };
            placed.push(Placed { index, on: Range { from, to: from.saturating_add(length) }, enter_ms });
        }
        placed
    }

    /// How long it is, in ms.
    pub fn duration_ms(&self) -> u64 {
        self.placed().last().map_or(0, |last| last.on.to)
    }

    /// When the music plays; `None` when there is none or it lies beyond the end.
    pub fn music_on(&self) -> Option<Range> {
        let Music { start, dur, .. } = self.music.as_ref()?;
        span(*start, *dur, self.duration_ms())
    }

    /// When a writing stands; `None` when it lies beyond the end.
    pub fn text_on(&self, text: &Text) -> Option<Range> {
        span(text.start, text.dur, self.duration_ms())
    }

    /// How many clips there are, as people count them.
    pub fn clip_count(&self) -> usize {
        self.clips().len()
    }

    /// The clips as people count them, each as the place of its first segment and the first after it.
    pub(crate) fn clips(&self) -> Vec<std::ops::Range<usize>> {
        let mut clips: Vec<std::ops::Range<usize>> = Vec::new();
        for (index, segment) in self.segments.iter().enumerate() {
            match clips.last_mut() {
                Some(last) if self.segments[last.start].clip == segment.clip => last.end = index + 1,
                _ => clips.push(index..index + 1),
            }
        }
        clips
    }

    fn overlaps(&self) -> bool {
        self.settings.transition.is_some_and(|transition| transition.kind == TransitionKind::Crossfade)
    }

    /// No transition takes more than half of a segment, so that two of them never meet.
    fn transition_ms(&self, before: &Placed, index: usize, length: u64) -> u64 {
        let Some(transition) = self.settings.transition else { return 0 };
        let same_clip = self.segments[before.index].clip == self.segments[index].clip;
        if same_clip { 0 } else { transition.ms.min(length / 2).min(before.on.length() / 2) }
    }
}

/// A start and a length on a timeline of so many ms; a start below 0 is counted from the end.
pub(crate) fn span(start: i64, dur: Option<u64>, total: u64) -> Option<Range> {
    let from = if start < 0 { total.saturating_sub(start.unsigned_abs()) } else { start.unsigned_abs() };
    Range::new(from, dur.map_or(total, |dur| from.saturating_add(dur).min(total)))
}
