//! MP4 and QuickTime files read and written in this process, where starting another program would take longer than the
//! work.
//!
//! ```text
//! layout    file              →  where index and data lie, and what else the boxes tell
//! read      file              →  MediaFacts, as ffprobe would tell them
//! rewrite   file, tracks      →  the same pictures and sound, index first, and nothing else
//! ```
//!
//! Invariant: what isn't understood for sure is refused here and left to ffmpeg. No number of a file's is believed before
//! it was held against the bytes that are there.

mod avc;
mod bits;
mod boxes;
mod entry;
mod facts;
mod index;
mod names;
mod picture;
mod rewrite;
mod sound;
mod table;
mod track;
mod walk;
mod weight;

use std::{
    fs::File,
    io::{self, Read, Seek, Write},
    path::Path,
};

pub use self::boxes::{Boxes, FileTrack, TrackKind};
use self::walk::Layout;
pub(crate) use self::weight::Weights;
use crate::{
    control::Control,
    error::{Error, plain},
    facts::MediaFacts,
    sniff::{self, file_name},
};

/// Which tracks of a file stay, by their places among all, from 0: `index` of the facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keep {
    /// The picture's.
    pub picture: u32,
    /// The sound's, if there is one.
    pub sound: Option<u32>,
}

/// What a file of H.264 and AAC (or without sound) is, as [`probe`](crate::probe()) says it; `None` when anything isn't
/// understood for sure: other codecs, uneven or interlaced frames, fragments, several edits, cover art.
///
/// # Errors
/// What the system says when the file can't be read.
pub fn read(path: &Path) -> io::Result<Option<MediaFacts>> {
    read_from(&mut sniff::open(path)?)
}

/// The same of anything that can be read from any place.
///
/// # Errors
/// What is said when it can't be read.
pub fn read_from(file: &mut (impl Read + Seek)) -> io::Result<Option<MediaFacts>> {
    let layout = Layout::read(file)?;
    let facts = facts::read(file, &layout)?;
    Ok(facts.map(|facts| MediaFacts { faststart: layout.index_first, boxes: Boxes::of(&layout), ..facts }))
}

/// Whether the index comes before the data (`None` when neither is there), and what the boxes tell (`None` when the index
/// is beyond all measure or isn't there).
pub(crate) fn layout(path: &Path) -> io::Result<(Option<bool>, Option<Boxes>)> {
    let layout = Layout::read(&mut sniff::open(path)?)?;
    Ok((layout.index_first, Boxes::of(&layout)))
}

/// How the bytes of a track, by its place among all, are spread over its time; `None` where that isn't understood for sure.
pub(crate) fn weights(path: &Path, track: u32) -> Option<Weights> {
    Weights::read(&Layout::read(&mut sniff::open(path).ok()?).ok()?, track)
}

/// Writes H.264 and AAC into a new MP4: the index first, the tracks that are kept, no tags, no days, and of the data only
/// what belongs to these tracks. Nothing is encoded, and the edits are kept. `out` is replaced, and isn't synced.
///
/// # Errors
/// [`Error::Unreadable`] for a file that isn't understood for sure, which ffmpeg may understand; [`Error::Cancelled`];
/// [`Error::DiskFull`] and [`Error::Io`] when it can't be read or written. `out` is then of no use.
pub fn rewrite(input: &Path, out: &Path, keep: Keep, control: &Control) -> Result<(), Error> {
    let unreadable = |why: &str| Error::Unreadable { name: file_name(input), why: plain(why, 200) };
    let mut from = sniff::open(input).map_err(|error| unreadable(&error.to_string()))?;
    let mut to = File::create(out).map_err(|error| Error::io("write the output", &error))?;
    rewrite_into(&mut from, &mut to, keep, control).map_err(|stop| match stop {
        Stop::Refused(why) => unreadable(why),
        Stop::Io(error) => Error::io("write the output", &error),
        Stop::Cancelled => Error::Cancelled,
    })
}

/// The same from and into anything.
///
/// # Errors
/// Why there is no new file; what was written is then of no use.
pub fn rewrite_into(
    input: &mut (impl Read + Seek),
    out: &mut impl Write,
    keep: Keep,
    control: &Control,
) -> Result<(), Stop> {
    rewrite::rewrite(input, out, keep, control)
}

/// Why a file isn't written anew.
#[derive(Debug)]
#[non_exhaustive]
pub enum Stop {
    /// It holds something that isn't understood for sure.
    Refused(&'static str),
    /// It can't be read, or the new one can't be written.
    Io(io::Error),
    /// [`Control::cancel`] was called.
    Cancelled,
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// Copies a file that is right as it is, byte for byte. `out` is replaced, and isn't synced.
///
/// # Errors
/// [`Error::DiskFull`] and [`Error::Io`].
pub fn copy(input: &Path, out: &Path) -> Result<(), Error> {
    let copied = || io::copy(&mut sniff::open(input)?, &mut File::create(out)?);
    copied().map(|_| ()).map_err(|error| Error::io("write the output", &error))
}

#[cfg(test)]
mod tests;
