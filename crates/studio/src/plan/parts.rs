//! What is too long for where it goes, in numbered parts.

use std::collections::BTreeMap;

use super::{Form, known};
use crate::{
    destination::Destinations, error::Error, facts::MediaFacts, ops::Resolution, rational::Rational, timeline::Timeline,
};

/// Frames of some rates come to a whole number of ms so seldom, in ms, that parts begin at the ms nearest to one.
const LONGEST_GRID_MS: u64 = 10_000;

/// Cuts a timeline into as few parts as it takes for none to be longer than `most_ms`, or than its destination takes where
/// that isn't said; they are about equally long. One that is short enough is the only part, as it is.
///
/// Each is a timeline to be planned and rendered by itself, of the same size and rate as the whole. Together they are all of
/// it, once: they are cut between frames, writing and music go on in the next part, and fades stay at both ends of the
/// whole. Only where clips are too short for anything else a part ends in place of a transition.
///
/// # Errors
/// As [`Plan::of`](super::Plan::of), but for the length; [`Error::Draft`] when it can't be cut so short.
pub fn parts(
    timeline: Timeline,
    facts: &BTreeMap<String, MediaFacts>,
    destinations: &Destinations,
    most_ms: Option<u64>,
) -> Result<Vec<Timeline>, Error> {
    let (whole, goal) = known::filled(timeline.clone(), facts, destinations)?;
    let Some(most) = most_ms.or(goal.max_ms).filter(|most| whole.duration_ms() > *most) else {
        return Ok(vec![timeline]);
    };
    let form = Form::of(&whole.settings.output)?;
    let rate = known::frame_rate(&whole, facts, &goal, form);
    let cannot = || known::no(&format!("it can't be cut into parts of {} s", most / 1000));
    let mut parts = whole.parts(most, grid(rate)).ok_or_else(cannot)?;
    for part in &mut parts {
        // What its own first or fastest clip would make of it is said outright.
        let other_rate = known::frame_rate(part, facts, &goal, form) != rate;
        let other_size = whole.frame().filter(|size| part.frame() != Some(*size));
        part.settings.output = timeline.settings.output.clone();
        if other_rate {
            part.settings.output.fps_milli = Some(u32::try_from(rate.rounded(1000)).unwrap_or(u32::MAX));
        }
        if let Some((w, h)) = other_size {
            part.settings.output.resolution = Some(Resolution::Exact { w, h });
        }
    }
    Ok(parts)
}

/// The shortest time in ms that is a whole number of frames.
fn grid(rate: Rational) -> u64 {
    let (num, den) = (u64::from(rate.num()), u64::from(rate.den()) * 1000);
    let ms = den / greatest_divisor(num, den);
    if ms <= LONGEST_GRID_MS { ms } else { 1 }
}

fn greatest_divisor(a: u64, b: u64) -> u64 {
    if b == 0 { a.max(1) } else { greatest_divisor(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grid_is_the_shortest_whole_time() {
        let of = |num, den| grid(Rational::new(num, den).unwrap());
        assert_eq!((of(25, 1), of(30, 1), of(24, 1), of(60, 1)), (40, 100, 125, 50));
        assert_eq!((of(30_000, 1001), of(24_000, 1001), of(25, 2)), (1001, 1001, 80));
        assert_eq!(of(90_001, 3007), 1);
    }
}
