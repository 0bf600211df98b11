//! How large the picture of a timeline is.

use super::{Output, Timeline};
use crate::destination::Destinations;
use crate::ops::{Ratio, Resolution};
use crate::plan::{bounds, fit};

/// The short side of the output in pixels, where neither the person nor the destination says it.
const SHORT_SIDE: u32 = 1080;

impl Timeline {
    /// Width and height of the output in pixels, both even; `None` when the draft doesn't say how large the first clip is.
    ///
    /// The first segment decides: its shape where none was asked for, and a short side that is not larger than its own,
    /// so that no picture grows for nothing. Only when both sides were given they are taken as they are.
    pub fn frame(&self) -> Option<(u32, u32)> {
        let first = self.segments.first()?;
        let (width, height) = first.size?;
        let shown = if first.turn.is_sideways() { (height, width) } else { (width, height) };
        let shown = (shown.0.max(2), shown.1.max(2));
        let short = match self.settings.output.resolution {
            Some(Resolution::Exact { w, h }) => return Some(((w & !1).max(2), (h & !1).max(2))),
            Some(Resolution::Short { short_side }) => short_side,
            None => self.settings.output.usual_short_side(),
        };
        let Some(canvas) = self.settings.canvas else { return Some(fit(shown, bounds(shown, short))) };
        let (wide, high) = canvas.ratio.sides();
        // Large enough to be a bound for nothing: the shape counts.
        let shape = (wide * 2_000, high * 2_000);
        Some(fit(shape, bounds(shape, short.min(shown.0).min(shown.1))))
    }
}

impl Output {
    fn usual_short_side(&self) -> u32 {
        let destination = self.destination.as_ref().and_then(|id| Destinations::built_in().get(id));
        destination
            .and_then(|destination| destination.caps().short_side)
            .map_or(SHORT_SIDE, |most| most.min(SHORT_SIDE))
    }
}

impl Ratio {
    /// Width and height in the smallest whole numbers.
    pub fn sides(self) -> (u32, u32) {
        match self {
            Self::Portrait9x16 => (9, 16),
            Self::Landscape16x9 => (16, 9),
            Self::Square => (1, 1),
            Self::Portrait4x5 => (4, 5),
            Self::Portrait3x4 => (3, 4),
            Self::Landscape4x3 => (4, 3),
            Self::Cinema21x9 => (21, 9),
        }
    }
}
