//! How the bytes of a picture are spread over its time: most lie where most happens.

use std::ops::Range;

use super::{
    table::{Sizes, rows},
    track::{Movie, Track},
    walk::{Layout, only},
};

/// The sizes of a track's frames.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Weights {
    /// In bytes, in the order of decoding; a key frame counts as the frame before it.
    sizes: Vec<u32>,
    /// How long they go on together, in µs.
    length_us: u64,
}

impl Weights {
    /// Those of a track, by its place among all; `None` where they aren't understood for sure, or are all the same.
    pub(super) fn read(layout: &Layout, track: u32) -> Option<Self> {
        let movie = Movie::read(layout.index.as_deref().filter(|_| layout.indexes == 1)?)?;
        let track = Track::read(movie.tracks.get(usize::try_from(track).ok()?)?)?;
        let Sizes::Each(sizes) = track.table.sizes else { return None };
        let mut sizes: Vec<u32> = sizes.iter().map(|size| u32::from_be_bytes(*size)).collect();
        for key in rows::<4>(only(track.tables, b"stss")?)? {
            let at = usize::try_from(u32::from_be_bytes(*key)).ok()?.checked_sub(1)?;
            let before = sizes.get(at.saturating_sub(1)).copied()?;
            *sizes.get_mut(at)? = before;
        }
        // Before the first there is none.
        if let [first, second, ..] = sizes.as_mut_slice() {
            *first = *second;
        }
        let length_us = u128::from(track.length) * 1_000_000 / u128::from(track.scale.max(1));
        let length_us = u64::try_from(length_us).ok().filter(|length| *length > 0)?;
        (!sizes.is_empty()).then_some(Self { sizes, length_us })
    }

    /// What a frame weighs on average within a range of time in µs, in bytes; never 0.
    pub(crate) fn mean(&self, range: &Range<u64>) -> f64 {
        let count = self.sizes.len();
        let place = |time: u64| {
            let at = u128::from(time.min(self.length_us)) * count as u128 / u128::from(self.length_us);
            usize::try_from(at).unwrap_or(count).min(count)
        };
        let from = place(range.start).min(count - 1);
        let part = &self.sizes[from..place(range.end).max(from + 1)];
        (part.iter().map(|size| f64::from(*size)).sum::<f64>() / part.len() as f64).max(1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_weighed_by_its_frames() {
        let weights = Weights { sizes: vec![10, 10, 30, 50], length_us: 4_000 };
        let mean = |range| weights.mean(&range);
        assert_eq!(mean(0..4_000), 25.0);
        assert_eq!(mean(2_000..3_000), 30.0);
        assert_eq!(mean(3_999..9_000_000), 50.0);
        assert_eq!(mean(9_000..9_000), 50.0);
    }
}
