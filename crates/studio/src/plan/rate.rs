//! How many frames a second a clip gets.

use std::num::NonZeroU32;

use crate::{facts::VideoFacts, rational::Rational};

/// The rate of most phones, and what an unevenly spaced clip becomes.
pub(crate) const USUAL: Rational = Rational::of(NonZeroU32::MIN.saturating_add(29));

/// The rates that cameras, broadcasters and films use. A measured rate near one of them is it.
const STANDARD: [(u32, u32); 14] = [
    (10, 1),
    (12, 1),
    (25, 2),
    (15, 1),
    (20, 1),
    (24_000, 1001),
    (24, 1),
    (25, 1),
    (30_000, 1001),
    (30, 1),
    (48, 1),
    (50, 1),
    (60_000, 1001),
    (60, 1),
];

/// How far from a standard rate a measured one may lie, as a part of it: phones with a time base
/// of 90 kHz write 30.01.
const NEAR: f64 = 0.003;

/// Below this many frames a second some players take a video for a slide show and stutter.
const SLOWEST: f64 = 8.0;

/// A rate halved below that of film looks like a fault, so the clip is resampled instead.
const FILM: f64 = 23.9;

/// The output's constant frame rate: the clip's own where it is even and allowed, a whole part
/// of it where it is too fast, 30 (or what is allowed) where the frames are uneven.
pub(crate) fn frame_rate(video: &VideoFacts, max_fps: u32) -> Rational {
    let limit = Rational::whole(max_fps).unwrap_or(USUAL);
    let rate = if video.variable { of_uneven(video) } else { video.frame_rate };
    let rate = rate.map_or(USUAL, snapped);
    within(rate, limit)
}

/// Frames that lie on a usual grid get that grid; a grid of milliseconds or a 90 kHz clock says
/// nothing about the picture. A clip of far more than 30 frames keeps what is allowed of them.
fn of_uneven(video: &VideoFacts) -> Option<Rational> {
    let average = video.frame_rate.map_or(0.0, Rational::value);
    let grid = video.nominal_frame_rate.map(snapped).filter(|grid| is_standard(*grid));
    let grid = grid.filter(|grid| grid.value() <= 60.0 && grid.value() > 20.0);
    match grid {
        Some(grid) if grid.value() <= 30.0 || average > 33.0 => Some(grid),
        Some(_) | None if average > 33.0 => Rational::whole(60),
        Some(_) | None => Some(USUAL),
    }
}

fn snapped(rate: Rational) -> Rational {
    let distance = |standard: &Rational| (standard.value() / rate.value() - 1.0).abs();
    standards()
        .min_by(|a, b| distance(a).total_cmp(&distance(b)))
        .filter(|nearest| distance(nearest) < NEAR)
        .unwrap_or(rate)
}

fn within(rate: Rational, limit: Rational) -> Rational {
    let (fps, most) = (rate.value(), limit.value());
    if fps < SLOWEST {
        let times = (SLOWEST / fps).ceil();
        let multiple = scaled(rate, times as u32, 1).filter(|m| m.value() <= most && is_plain(*m));
        return multiple.unwrap_or(limit);
    }
    // 30000/1001 doubled is a hair under 60: the margin keeps such pairs together.
    let part = (fps / (most * 1.001)).ceil() as u32;
    let divided = scaled(rate, 1, part.max(1));
    let kept = divided.filter(|d| part <= 1 || d.value() >= FILM.min(most * 0.998));
    kept.filter(|d| is_plain(*d)).unwrap_or_else(|| rounded(fps.min(most)).unwrap_or(limit))
}

fn scaled(rate: Rational, times: u32, part: u32) -> Option<Rational> {
    Rational::new(rate.num().checked_mul(times)?, rate.den().checked_mul(part)?)
}

/// Time bases are 32-bit numbers in MP4 and leave room only for short ratios.
fn is_plain(rate: Rational) -> bool {
    rate.num() <= 1_000_000 && rate.den() <= 10_000
}

fn rounded(fps: f64) -> Option<Rational> {
    Rational::new((fps * 100.0).round() as u32, 100)
}

fn is_standard(rate: Rational) -> bool {
    standards().any(|standard| standard == rate)
}

fn standards() -> impl Iterator<Item = Rational> {
    STANDARD.into_iter().filter_map(|(num, den)| Rational::new(num, den))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::tests::video;

    fn even(num: u32, den: u32, max_fps: u32) -> String {
        let rate = Rational::new(num, den);
        let facts = VideoFacts { frame_rate: rate, nominal_frame_rate: rate, ..video() };
        frame_rate(&facts, max_fps).to_string()
    }

    fn uneven(average: (u32, u32), grid: (u32, u32), max_fps: u32) -> String {
        let facts = VideoFacts {
            frame_rate: Rational::new(average.0, average.1),
            nominal_frame_rate: Rational::new(grid.0, grid.1),
            variable: true,
            ..video()
        };
        frame_rate(&facts, max_fps).to_string()
    }

    #[test]
    fn an_even_rate_stays_where_it_may() {
        let cases = [
            ((25, 1), 30, "25"),
            ((24, 1), 30, "24"),
            ((24_000, 1001), 30, "24000/1001"),
            ((2997, 100), 30, "30000/1001"),
            ((90_000, 2999), 30, "30"),
            ((60, 1), 60, "60"),
            ((18, 1), 30, "18"),
            ((10, 1), 30, "10"),
        ];
        for ((num, den), most, expected) in cases {
            assert_eq!(even(num, den, most), expected, "{num}/{den}");
        }
    }

    #[test]
    fn too_fast_a_rate_is_divided_and_too_slow_a_one_multiplied() {
        let cases = [
            ((60, 1), 30, "30"),
            ((60_000, 1001), 30, "30000/1001"),
            ((50, 1), 30, "25"),
            ((48, 1), 30, "24"),
            ((120, 1), 30, "30"),
            ((240, 1), 60, "60"),
            ((40, 1), 30, "30"),
            ((30, 1), 24, "24"),
            ((60, 1), 25, "25"),
            ((30, 1), 15, "15"),
            ((1, 1), 30, "8"),
            ((5, 1), 30, "10"),
            ((1, 3600), 30, "8"),
        ];
        for ((num, den), most, expected) in cases {
            assert_eq!(even(num, den, most), expected, "{num}/{den} within {most}");
        }
    }

    #[test]
    fn an_uneven_clip_becomes_even() {
        assert_eq!(uneven((369_000, 13_657), (90_000, 2999), 30), "30");
        assert_eq!(uneven((2540, 119), (60, 1), 30), "30");
        assert_eq!(uneven((59, 1), (90_000, 1), 30), "30");
        assert_eq!(uneven((59, 1), (90_000, 1), 60), "60");
        assert_eq!(uneven((20, 1), (25, 1), 30), "25");
        assert_eq!(uneven((7, 1), (1000, 1), 30), "30");
    }
}
