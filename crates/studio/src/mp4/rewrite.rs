//! The same pictures and sound in a new file: the index first, one track each, and nothing that tells of anybody.

use std::{
    io::{self, Read, Seek, SeekFrom, Write},
    ops::Range,
};

use super::{
    Keep, Stop,
    index::{self, Piece},
    track::{Movie, Track, handler},
    walk::Layout,
};
use crate::control::Control;

/// More chunks than this are those of eight hours with every frame and every packet of sound by itself.
const MOST_CHUNKS: usize = 2_500_000;

/// So many bytes are copied between two looks at whether to go on.
const STEP: u64 = 16 * 1024 * 1024;

pub(super) fn rewrite(
    input: &mut (impl Read + Seek),
    out: &mut impl Write,
    keep: Keep,
    control: &Control,
) -> Result<(), Stop> {
    let layout = Layout::read(input)?;
    let ranges = {
        let index = layout.index.as_deref().filter(|_| layout.indexes == 1 && !layout.fragments);
        let movie = index.and_then(Movie::read).ok_or(Stop::Refused("there is no index, or there are fragments"))?;
        let tracks = tracks(&movie, keep)?;
        let Kept { ranges, places } = gather(&tracks, &layout)?;
        let pieces: Vec<Piece<'_>> = tracks.iter().zip(places).map(|(track, places)| Piece { track, places }).collect();
        let bytes = ranges.iter().map(|range| range.end - range.start).sum();
        out.write_all(&index::write(&movie, &pieces, bytes).map_err(Stop::Refused)?)?;
        ranges
    };
    copy(input, out, &ranges, control)
}

fn tracks<'a>(movie: &Movie<'a>, keep: Keep) -> Result<Vec<Track<'a>>, Stop> {
    let read = |place: u32, wanted: &[u8; 4]| {
        let content = usize::try_from(place).ok().and_then(|place| movie.tracks.get(place).copied());
        let content = content.filter(|content| handler(content).as_ref() == Some(wanted));
        let track = content.and_then(Track::read).ok_or(Stop::Refused("a track isn't as tracks are"))?;
        match (track.is_here, track.table.units()) {
            (true, Some(_)) => Ok(track),
            (true, None) => Err(Stop::Refused("its tables contradict each other")),
            (false, _) => Err(Stop::Refused("its data lies in another file")),
        }
    };
    let mut tracks = vec![read(keep.picture, b"vide")?];
    if let Some(sound) = keep.sound {
        tracks.push(read(sound, b"soun")?);
    }
    Ok(tracks)
}

/// What is kept of a file's data.
pub(super) struct Kept {
    /// In the order of the file, as large as can be.
    pub(super) ranges: Vec<Range<u64>>,
    /// Where each chunk of each track lies when they stand together, from the first byte.
    pub(super) places: Vec<Vec<u64>>,
}

pub(super) fn gather(tracks: &[Track<'_>], layout: &Layout) -> Result<Kept, Stop> {
    let count: usize = tracks.iter().map(|track| track.table.chunks()).sum();
    if count > MOST_CHUNKS {
        return Err(Stop::Refused("there are too many chunks"));
    }
    let mut chunks = Vec::with_capacity(count);
    for (of, track) in (0u8..).zip(tracks) {
        let mut order = 0u32;
        let take = |at, length: u64| {
            chunks.push((at, length, of, order));
            order += 1;
            Some(())
        };
        track.table.each_chunk(take).ok_or(Stop::Refused("its tables contradict each other"))?;
    }
    // Empty chunks come before one that begins at the same place.
    chunks.sort_unstable();
    let mut ranges: Vec<Range<u64>> = Vec::new();
    let mut places: Vec<Vec<u64>> = tracks.iter().map(|track| vec![0; track.table.chunks()]).collect();
    let mut bytes = 0;
    for (at, length, of, order) in chunks {
        places[usize::from(of)][order as usize] = bytes;
        if length == 0 {
            continue;
        }
        let end = at.checked_add(length).filter(|end| layout.holds(&(at..*end)));
        let end = end.ok_or(Stop::Refused("its data isn't where it says"))?;
        bytes += length;
        match ranges.last_mut() {
            Some(last) if last.end == at => last.end = end,
            Some(last) if last.end > at => return Err(Stop::Refused("its chunks lie over each other")),
            _ => ranges.push(at..end),
        }
    }
    Ok(Kept { ranges, places })
}

/// Files are copied by the system where it can, without a way through this process.
fn copy(
    input: &mut (impl Read + Seek),
    out: &mut impl Write,
    ranges: &[Range<u64>],
    control: &Control,
) -> Result<(), Stop> {
    let total: u64 = ranges.iter().map(|range| range.end - range.start).sum();
    let mut done = 0;
    for range in ranges {
        let mut at = range.start;
        input.seek(SeekFrom::Start(at))?;
        while at < range.end {
            if control.is_cancelled() {
                return Err(Stop::Cancelled);
            }
            let step = STEP.min(range.end - at);
            let copied = io::copy(&mut input.by_ref().take(step), out)?;
            if copied < step {
                return Err(Stop::Refused("it became shorter"));
            }
            at += step;
            done += step;
            control.see(percent(done, total));
        }
    }
    Ok(())
}

/// The last percent is for whoever gives the file its name.
fn percent(done: u64, total: u64) -> u8 {
    u8::try_from(u128::from(done) * 99 / u128::from(total.max(1))).unwrap_or(99)
}
