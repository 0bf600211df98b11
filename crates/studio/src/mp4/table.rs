//! The tables of a track: how long its samples go on, how large they are, and where they lie.

use super::walk::{Fields, child, children, only};

/// The tables that say where each sample is, checked for their lengths, not for their sense.
#[derive(Debug, Clone, Copy)]
pub(super) struct Table<'a> {
    /// `stts`: so many samples, of so many units each.
    pub(super) durations: &'a [[u8; 8]],
    /// `ctts` as it stands: its version, and how many samples are shown how much later than they are decoded.
    pub(super) delays: Option<(u8, &'a [[u8; 8]])>,
    pub(super) sizes: Sizes<'a>,
    /// `stsc`: from this chunk on, so many samples a chunk, of this description.
    pub(super) runs: &'a [[u8; 12]],
    pub(super) places: Places<'a>,
}

/// How large samples are, in bytes.
#[derive(Debug, Clone, Copy)]
pub(super) enum Sizes<'a> {
    All { size: u32, count: u32 },
    Each(&'a [[u8; 4]]),
}

/// Where chunks begin, counted from the beginning of the file.
#[derive(Debug, Clone, Copy)]
pub(super) enum Places<'a> {
    Narrow(&'a [[u8; 4]]),
    Wide(&'a [[u8; 8]]),
}

impl<'a> Table<'a> {
    /// `None` when a table is missing, is there twice, or is shorter than it says.
    pub(super) fn read(tables: &'a [u8]) -> Option<Self> {
        let delays = match only(tables, b"ctts") {
            Some(content) => Some((*content.first()?, rows(content)?)),
            None if child(tables, b"ctts").is_some() => return None,
            None => None,
        };
        let places = match (only(tables, b"stco"), only(tables, b"co64")) {
            (Some(narrow), None) => Places::Narrow(rows(narrow)?),
            (None, Some(wide)) => Places::Wide(rows(wide)?),
            _ => return None,
        };
        if !groups_fit(tables) {
            return None;
        }
        Some(Self {
            durations: rows(only(tables, b"stts")?)?,
            delays,
            sizes: sizes(only(tables, b"stsz")?)?,
            runs: rows(only(tables, b"stsc")?)?,
            places,
        })
    }

    pub(super) fn samples(&self) -> u64 {
        match self.sizes {
            Sizes::All { count, .. } => count.into(),
            Sizes::Each(sizes) => sizes.len() as u64,
        }
    }

    /// The rows of `stts`: samples, and units of each.
    pub(super) fn durations(&self) -> impl Iterator<Item = (u32, u32)> {
        self.durations.iter().map(|row| (word(row, 0), word(row, 4)))
    }

    /// How long all samples go on together, in units of the track; `None` when the table isn't of all samples.
    pub(super) fn units(&self) -> Option<u64> {
        let (mut samples, mut units) = (0u64, 0u64);
        for (count, each) in self.durations() {
            samples += u64::from(count);
            units = units.checked_add(u64::from(count) * u64::from(each))?;
        }
        (samples == self.samples()).then_some(units)
    }

    pub(super) fn chunks(&self) -> usize {
        match self.places {
            Places::Narrow(places) => places.len(),
            Places::Wide(places) => places.len(),
        }
    }

    fn place(&self, chunk: usize) -> Option<u64> {
        match self.places {
            Places::Narrow(places) => places.get(chunk).map(|place| u32::from_be_bytes(*place).into()),
            Places::Wide(places) => places.get(chunk).map(|place| u64::from_be_bytes(*place)),
        }
    }

    /// Where the first sample lies, and how large it is.
    pub(super) fn first(&self) -> Option<(u64, u32)> {
        let size = match self.sizes {
            Sizes::All { size, count } => (count > 0).then_some(size)?,
            Sizes::Each(sizes) => u32::from_be_bytes(*sizes.first()?),
        };
        Some((self.place(0)?, size))
    }

    /// Shows place and length of each chunk, in the order of its samples. `None` when the tables contradict each other,
    /// speak of a second description, or `see` has had enough.
    pub(super) fn each_chunk(&self, mut see: impl FnMut(u64, u64) -> Option<()>) -> Option<()> {
        let (mut chunk, mut sample) = (0, 0);
        for (at, run) in self.runs.iter().enumerate() {
            let (first, count, description) = (word(run, 0), word(run, 4), word(run, 8));
            let next = self.runs.get(at + 1).map_or_else(|| Some(self.chunks()), |next| before(word(next, 0)))?;
            if before(first)? != chunk || description != 1 || count == 0 || next <= chunk || next > self.chunks() {
                return None;
            }
            while chunk < next {
                let length = self.length(sample, count.into())?;
                see(self.place(chunk)?, length)?;
                (chunk, sample) = (chunk + 1, sample + u64::from(count));
            }
        }
        (chunk == self.chunks() && sample == self.samples()).then_some(())
    }

    /// Bytes of so many samples from this one on.
    fn length(&self, sample: u64, count: u64) -> Option<u64> {
        let end = sample.checked_add(count).filter(|end| *end <= self.samples())?;
        match self.sizes {
            Sizes::All { size, .. } => u64::from(size).checked_mul(count),
            Sizes::Each(sizes) => {
                let sizes = sizes.get(usize::try_from(sample).ok()?..usize::try_from(end).ok()?)?;
                Some(sizes.iter().map(|size| u64::from(u32::from_be_bytes(*size))).sum())
            }
        }
    }
}

/// Chunks are counted from 1.
fn before(chunk: u32) -> Option<usize> {
    usize::try_from(chunk.checked_sub(1)?).ok()
}

/// The rows of a table after its version and their number.
pub(super) fn rows<const N: usize>(content: &[u8]) -> Option<&[[u8; N]]> {
    let mut fields = Fields(content);
    fields.version()?;
    let count = usize::try_from(fields.u32()?).ok()?;
    fields.0.as_chunks().0.get(..count)
}

/// Whether the tables that tell which samples are special are as long as they say.
fn groups_fit(tables: &[u8]) -> bool {
    children(tables).all(|(kind, content)| match &kind {
        b"stss" | b"stps" => rows::<4>(content).is_some(),
        b"sgpd" | b"sbgp" => content.len() >= 16,
        _ => true,
    })
}

fn sizes(content: &[u8]) -> Option<Sizes<'_>> {
    let mut fields = Fields(content);
    fields.version()?;
    let (size, count) = (fields.u32()?, fields.u32()?);
    if size != 0 {
        return Some(Sizes::All { size, count });
    }
    fields.0.as_chunks().0.get(..usize::try_from(count).ok()?).map(Sizes::Each)
}

/// The word at a place of a row that is known to have it.
pub(super) fn word(row: &[u8], at: usize) -> u32 {
    row.get(at..).and_then(<[u8]>::first_chunk).map_or(0, |word| u32::from_be_bytes(*word))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Five samples of 1 to 5 bytes in three chunks at 100, 200 and 300.
    fn chunks(runs: &[[u32; 3]]) -> Option<Vec<(u64, u64)>> {
        let runs: Vec<[u8; 12]> = runs
            .iter()
            .map(|run| run.iter().flat_map(|word| word.to_be_bytes()).collect::<Vec<u8>>().try_into().unwrap())
            .collect();
        let [sizes, places] = [&[1u32, 2, 3, 4, 5][..], &[100, 200, 300]]
            .map(|words| words.iter().map(|word| word.to_be_bytes()).collect::<Vec<[u8; 4]>>());
        let (sizes, places) = (Sizes::Each(&sizes), Places::Narrow(&places));
        let table = Table { durations: &[], delays: None, sizes, runs: &runs, places };
        let mut seen = Vec::new();
        table.each_chunk(|at, length| {
            seen.push((at, length));
            Some(())
        })?;
        Some(seen)
    }

    #[test]
    fn chunks_are_as_long_as_their_samples() {
        assert_eq!(chunks(&[[1, 2, 1], [3, 1, 1]]), Some(vec![(100, 3), (200, 7), (300, 5)]));
        assert_eq!(chunks(&[[1, 1, 1], [2, 2, 1]]), Some(vec![(100, 1), (200, 5), (300, 9)]));
    }

    #[test]
    fn tables_that_contradict_each_other_tell_nothing() {
        let broken: [&[[u32; 3]]; 9] = [
            &[],
            &[[1, 2, 1]],
            &[[1, 1, 1]],
            &[[2, 2, 1], [3, 1, 1]],
            &[[1, 2, 1], [1, 1, 1]],
            &[[1, 2, 1], [4, 1, 1]],
            &[[1, 2, 2], [3, 1, 1]],
            &[[1, 0, 1], [3, 5, 1]],
            &[[0, 2, 1], [3, 1, 1]],
        ];
        for runs in broken {
            assert_eq!(chunks(runs), None, "{runs:?}");
        }
    }
}
