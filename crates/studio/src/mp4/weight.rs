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
    /// In bytes, in the order of decoding; a key frame that only keeps seeking quick counts as the frame before it.
    sizes: Vec<u32>,
    /// The places of the key frames, in order.
    keys: Vec<usize>,
    /// How long they go on together, in µs.
    length_us: u64,
}

impl Weights {
    /// Those of a track, by its place among all; `None` where they aren't understood for sure, or are all the same.
    pub(super) fn read(layout: &Layout, track: u32) -> Option<Self> {
        let movie = Movie::read(layout.index.as_deref().filter(|_| layout.indexes == 1)?)?;
        let track = Track::read(movie.tracks.get(usize::try_from(track).ok()?)?)?;
        let Sizes::Each(sizes) = track.table.sizes else { return None };
        let sizes = sizes.iter().map(|size| u32::from_be_bytes(*size)).collect();
        let place = |row: &[u8; 4]| usize::try_from(u32::from_be_bytes(*row)).ok()?.checked_sub(1);
        let keys = rows::<4>(only(track.tables, b"stss")?)?.iter().map(place).collect::<Option<Vec<usize>>>()?;
        let length_us = u128::from(track.length) * 1_000_000 / u128::from(track.scale.max(1));
        Self::of(sizes, keys, u64::try_from(length_us).ok()?)
    }

    fn of(mut sizes: Vec<u32>, keys: Vec<usize>, length_us: u64) -> Option<Self> {
        let in_order = keys.is_sorted_by(|a, b| a < b) && keys.last().is_none_or(|key| *key < sizes.len());
        if sizes.is_empty() || length_us == 0 || !in_order {
            return None;
        }
        // One that comes sooner than it has to is a cut, and more happens there indeed.
        let apart = keys.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap_or(usize::MAX);
        let due = keys.windows(2).filter(|pair| pair[1] - pair[0] + 1 >= apart && keys.len() > 2).map(|pair| pair[1]);
        for key in due {
            sizes[key] = sizes[key - 1];
        }
        // Before the first there is none.
        if let [first, second, ..] = sizes.as_mut_slice() {
            *first = *second;
        }
        Some(Self { sizes, keys, length_us })
    }

    fn place(&self, time_us: u64) -> usize {
        let at = u128::from(time_us.min(self.length_us)) * self.sizes.len() as u128 / u128::from(self.length_us);
        usize::try_from(at).unwrap_or(usize::MAX).min(self.sizes.len())
    }

    /// How many frames have to be decoded before the one at a time in µs is.
    pub(crate) fn ahead(&self, time_us: u64) -> usize {
        let place = self.place(time_us);
        place - self.keys.iter().rev().find(|key| **key <= place).copied().unwrap_or(0)
    }

    /// What a frame weighs on average within a range of time in µs, in bytes; never 0.
    pub(crate) fn mean(&self, range: &Range<u64>) -> f64 {
        let from = self.place(range.start).min(self.sizes.len() - 1);
        let part = &self.sizes[from..self.place(range.end).max(from + 1)];
        (part.iter().map(|size| f64::from(*size)).sum::<f64>() / part.len() as f64).max(1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_weighed_by_its_frames() {
        let weights = Weights::of(vec![90, 10, 30, 50], vec![0, 2], 4_000).unwrap();
        let mean = |range| weights.mean(&range);
        assert_eq!(mean(0..4_000), 25.0);
        assert_eq!(mean(2_000..3_000), 30.0);
        assert_eq!(mean(3_999..9_000_000), 50.0);
        assert_eq!(mean(9_000..9_000), 50.0);
        assert_eq!([0, 1_000, 2_000, 3_500].map(|at| weights.ahead(at)), [0, 1, 0, 1]);
        assert_eq!(Weights::of(vec![1, 2], vec![1, 0], 9), None);
        assert_eq!(Weights::of(vec![1, 2], vec![2], 9), None);
        assert_eq!(Weights::of(Vec::new(), Vec::new(), 9), None);
    }

    #[test]
    fn a_cut_weighs_and_a_key_frame_that_is_due_does_not() {
        let sizes = |keys: &[usize]| {
            let mut sizes = vec![1; 10];
            keys.iter().for_each(|key| sizes[*key] = 9);
            Weights::of(sizes, keys.to_vec(), 10).unwrap().sizes.iter().sum::<u32>()
        };
        assert_eq!(sizes(&[0, 3, 6, 9]), 10);
        assert_eq!(sizes(&[0, 4, 5, 9]), 18);
        assert_eq!(sizes(&[0, 5]), 18);
    }
}
