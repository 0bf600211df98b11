//! Loudness, speed, orientation and fades in whole numbers.

use serde::{Deserialize, Serialize};

use crate::error::plain;
use crate::ops::Axis;

/// How loud, in thousandths of the source: 350 is 35 %.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Gain(u32);

impl Gain {
    /// As it was recorded.
    pub const FULL: Self = Self(1_000);

    /// Ten times as loud, 20 dB.
    pub const MOST: Self = Self(10_000);

    /// A fraction of full level, to the thousandth; `None` below 0, above [`Gain::MOST`] and for what is no number.
    pub fn of(fraction: f64) -> Option<Self> {
        (0.0..=10.0).contains(&fraction).then(|| Self((fraction * 1000.0).round() as u32))
    }

    /// A fraction of full level.
    pub fn fraction(self) -> f64 {
        f64::from(self.0) / 1000.0
    }

    /// In whole percent.
    pub fn percent(self) -> u32 {
        (self.0 + 5) / 10
    }
}

/// How many times as fast, in millionths, so that a third stays one over hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Speed(u32);

impl Speed {
    /// As it was recorded.
    pub const NORMAL: Self = Self(1_000_000);

    /// From a twentieth to a hundred times as fast; `None` for anything else.
    pub fn of(factor: f64) -> Option<Self> {
        (0.05..=100.0).contains(&factor).then(|| Self((factor * 1e6).round() as u32))
    }

    /// How many times as fast.
    pub fn factor(self) -> f64 {
        f64::from(self.0) / 1e6
    }

    /// How long so much of a source plays, both in ms.
    pub fn played(self, source_ms: u64) -> u64 {
        ratio(source_ms, 1_000_000, self.0)
    }

    /// How much of a source plays in this time, both in ms.
    pub fn covered(self, played_ms: u64) -> u64 {
        ratio(played_ms, self.0, 1_000_000)
    }
}

/// `value * num / den`, to the nearest.
fn ratio(value: u64, num: u32, den: u32) -> u64 {
    let den = u128::from(den.max(1));
    u64::try_from((u128::from(value) * u128::from(num) * 2 + den) / (den * 2)).unwrap_or(u64::MAX)
}

/// An orientation: first turned clockwise, then mirrored left to right.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Turn {
    quarters: u8,
    mirrored: bool,
}

impl Turn {
    /// Clockwise by a multiple of 90 degrees, then mirrored left to right or not; `None` for other angles.
    pub fn new(degrees: i32, mirrored: bool) -> Option<Self> {
        let quarters = u8::try_from(degrees.rem_euclid(360) / 90).ok()?;
        (degrees % 90 == 0).then_some(Self { quarters, mirrored })
    }

    /// By how much it is turned clockwise, before it is mirrored: 0, 90, 180 or 270.
    pub fn degrees(self) -> u32 {
        u32::from(self.quarters) * 90
    }

    /// Whether left and right change places after the turn.
    pub fn mirrored(self) -> bool {
        self.mirrored
    }

    /// Whether width and height change places.
    pub fn is_sideways(self) -> bool {
        self.quarters % 2 == 1
    }

    /// What is seen, turned once more clockwise; `None` for what is no multiple of 90 degrees.
    #[must_use]
    pub fn turned(self, degrees: i32) -> Option<Self> {
        // Behind a mirror everything turns the other way.
        let seen = if self.mirrored { degrees.checked_neg()? } else { degrees };
        Self::new(i32::from(self.quarters) * 90 + seen % 360, self.mirrored)
    }

    /// What is seen, mirrored.
    #[must_use]
    pub fn flipped(self, axis: Axis) -> Self {
        match axis {
            Axis::H => Self { mirrored: !self.mirrored, ..self },
            // Top and bottom change places when left and right do and all of it is turned upside down.
            Axis::V => Self { mirrored: !self.mirrored, quarters: (self.quarters + 2) % 4 },
        }
    }
}

/// How long something comes and goes, in ms; 0 is at once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Fades {
    /// From the beginning.
    pub in_ms: u64,
    /// Up to the end.
    pub out_ms: u64,
}

impl Fades {
    /// Whether it comes and goes at once.
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }
}

/// A part of the timeline, in ms; never empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Range {
    /// The first ms.
    pub from: u64,
    /// The first ms that is no longer part of it.
    pub to: u64,
}

impl Range {
    /// `None` when nothing lies between.
    pub(crate) fn new(from: u64, to: u64) -> Option<Self> {
        (from < to).then_some(Self { from, to })
    }

    /// In ms.
    pub fn length(self) -> u64 {
        self.to - self.from
    }

    /// What lies in both.
    pub(crate) fn meet(self, other: Self) -> Option<Self> {
        Self::new(self.from.max(other.from), self.to.min(other.to))
    }
}

/// A name that can be shown.
pub(super) fn name(text: &str) -> String {
    plain(text, 80)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where the corners go that are top left, top right, bottom right and bottom left, by doing what it says.
    fn corners(turn: Turn) -> [usize; 4] {
        let mut corners = [0, 1, 2, 3];
        for _ in 0..turn.degrees() / 90 {
            corners.rotate_right(1);
        }
        if turn.mirrored() { mirror(corners) } else { corners }
    }

    fn mirror([a, b, c, d]: [usize; 4]) -> [usize; 4] {
        [b, a, d, c]
    }

    #[test]
    fn turns_and_flips_do_to_the_picture_what_they_say() {
        for start in [0, 90, 180, 270] {
            for mirrored in [false, true] {
                let turn = Turn::new(start, mirrored).unwrap();
                let seen = corners(turn);
                let mut right = seen;
                right.rotate_right(1);
                let mut left = seen;
                left.rotate_left(1);
                assert_eq!(corners(turn.turned(90).unwrap()), right, "{turn:?}");
                assert_eq!(corners(turn.turned(-90).unwrap()), left, "{turn:?}");
                assert_eq!(corners(turn.flipped(Axis::H)), mirror(seen), "{turn:?}");
                let [a, b, c, d] = seen;
                assert_eq!(corners(turn.flipped(Axis::V)), [d, c, b, a], "{turn:?}");
            }
        }
        assert_eq!(Turn::default().turned(45), None);
        assert_eq!(Turn::new(i32::MIN, true).map(|turn| turn.turned(i32::MIN)), None);
    }

    #[test]
    fn a_third_of_the_speed_is_three_times_the_time() {
        let third = Speed::of(1.0 / 3.0).unwrap();
        assert_eq!(third.played(10_000), 30_000);
        assert_eq!(third.covered(30_000), 10_000);
        assert_eq!(Speed::of(2.0).unwrap().played(10_001), 5_001);
        assert_eq!(Speed::NORMAL.played(u64::MAX), u64::MAX);
        for bad in [0.0, -1.0, f64::NAN, f64::INFINITY, 101.0] {
            assert_eq!(Speed::of(bad), None);
        }
    }

    #[test]
    fn levels_are_bounded() {
        assert_eq!(Gain::of(0.35).map(Gain::percent), Some(35));
        for bad in [-0.1, 10.1, f64::NAN] {
            assert_eq!(Gain::of(bad), None);
        }
    }
}
