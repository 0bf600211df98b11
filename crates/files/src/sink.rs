//! The file to keep: a part file first, then under its name, whole or not at all.

use std::io;
use std::path::Path;

use weixin_video_core::error::{Fault, Phase};
use weixin_video_core::files::Output;
use weixin_video_core::planted;

use crate::part::{self, Complete, Part, folder};

/// First bytes that are handed to core for a look.
const START_BYTES: u64 = 64;

/// A file that may be written.
///
/// Dropping it removes the part file, unless the output keeps it and it has any bytes. An error does so at once.
#[derive(Debug)]
pub struct Sink {
    output: Output,
    part: Option<Part>,
    limit: u64,
}

/// What an earlier run left, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Measured {
    /// Of the part file; 0 when there is none.
    pub part: u64,
    /// Of the regular file under the output's own name, if one stands there.
    pub output: Option<u64>,
}

impl Sink {
    /// Refuses what is sure to fail later, before anything is sent.
    ///
    /// # Errors
    /// [`Phase::SinkExists`] when something has the output's name and may not be replaced, [`Phase::Sink`] when there is no
    /// place for a file.
    pub fn new(output: &Output) -> Result<Self, Fault> {
        Self::resumed(output, None)
    }

    /// The same for a run that goes on: a file of exactly `may_exist` bytes may have the output's name, because the run before
    /// may have ended between publishing it and saying so.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn resumed(output: &Output, may_exist: Option<u64>) -> Result<Self, Fault> {
        let path = &output.path;
        let folder = std::fs::metadata(folder(path)).map_err(|error| unwritten(path, error))?;
        if !folder.is_dir() || path.file_name().is_none() || path.is_dir() {
            return Err(Fault { phase: Phase::Sink, source: "it is no place for a file".into() });
        }
        let published = may_exist.is_some() && length(path).map_err(|error| unwritten(path, error))? == may_exist;
        if !output.replace && !published && !planted!(OutputReplaced) && path.symlink_metadata().is_ok() {
            return Err(Fault { phase: Phase::SinkExists, source: "it is kept".into() });
        }
        Ok(Self { output: output.clone(), part: None, limit: 0 })
    }

    /// Looks at what is there; a part file is this operation's from now on.
    ///
    /// # Errors
    /// [`Phase::Sink`]: another run has the part file, or what has its name is none of ours.
    pub fn measure(&mut self) -> Result<Measured, Fault> {
        let measured = self.take_existing().and_then(|()| {
            // A file that is to be replaced may be the old one.
            let output = if self.output.replace { None } else { length(&self.output.path)? };
            Ok(Measured { part: self.part.as_ref().map_or(0, Part::bytes), output })
        });
        self.settled(measured)
    }

    /// Makes the part file ready to be written from byte `from` on: 0 begins it anew, otherwise what lies behind is cut off.
    ///
    /// # Errors
    /// [`Phase::Sink`]: as [`Self::measure`], or it has fewer bytes than `from`, or more than `limit` were asked for.
    pub fn begin(&mut self, from: u64, limit: u64) -> Result<(), Fault> {
        self.limit = limit;
        let ready = self.open(from).and_then(|part| part.cut(from)).and_then(|()| fits(from, limit));
        self.settled(ready)
    }

    /// Writes on.
    ///
    /// # Errors
    /// [`Phase::Sink`]: the disk takes no more, or the file gets longer than its limit.
    pub fn append(&mut self, piece: &[u8]) -> Result<(), Fault> {
        let limit = self.limit;
        let written = self.part().and_then(|part| {
            let more = u64::try_from(piece.len()).unwrap_or(u64::MAX);
            fits(part.bytes().saturating_add(more), limit)?;
            part.append(piece)
        });
        self.settled(written)
    }

    /// Brings all of it to the disk and looks at it: its first bytes, at most 64, and whether an MP4 ends where it says.
    ///
    /// # Errors
    /// [`Phase::Sink`]: the disk does not take it.
    pub fn finish(&mut self) -> Result<Complete, Fault> {
        let complete = self.part().and_then(|part| part.finish(START_BYTES));
        self.settled(complete)
    }

    /// Gives the part file the output's name, in one step.
    ///
    /// # Errors
    /// [`Phase::SinkExists`] when something has that name by now and may not be replaced, [`Phase::Sink`] when there is no
    /// part file or it can't be moved.
    pub fn publish(&mut self) -> Result<(), Fault> {
        let Output { path, replace, .. } = self.output.clone();
        let renamed = self.take_existing().and_then(|()| self.part()?.rename(&path, replace));
        self.settled(renamed)?;
        self.part = None;
        Ok(())
    }

    fn open(&mut self, from: u64) -> io::Result<&mut Part> {
        if from > 0 {
            self.take_existing()?;
        } else if self.part.is_none() {
            self.part = Some(Part::fresh(&part::path(&self.output.path))?);
        }
        self.part()
    }

    /// The part file of an earlier run. Where moving is two steps a crash between them leaves both names: the second is made
    /// up for here.
    fn take_existing(&mut self) -> io::Result<()> {
        if self.part.is_some() {
            return Ok(());
        }
        match Part::existing(&part::path(&self.output.path))? {
            Some(part) if has_both_names(&part, &self.output.path)? => part.remove(),
            Some(part) => {
                part.ensure_alone()?;
                self.part = Some(part);
                Ok(())
            }
            None => Ok(()),
        }
    }

    fn part(&mut self) -> io::Result<&mut Part> {
        self.part.as_mut().ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "there is no part file"))
    }

    fn settled<T>(&mut self, result: io::Result<T>) -> Result<T, Fault> {
        result.map_err(|error| {
            self.close();
            unwritten(&self.output.path, error)
        })
    }

    fn close(&mut self) {
        if let Some(part) = self.part.take()
            && !(self.output.keep_part && part.bytes() > 0 && !planted!(PartRemoved))
        {
            // Nothing is lost but room on the disk, and the next run takes it away.
            let _ = part.remove();
        }
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.close();
    }
}

fn fits(bytes: u64, limit: u64) -> io::Result<()> {
    if bytes > limit { Err(io::Error::other(format!("it is longer than {limit} bytes"))) } else { Ok(()) }
}

/// Of the regular file at `path`; a symlink to one is none, because nothing published is one.
fn length(path: &Path) -> io::Result<Option<u64>> {
    match path.symlink_metadata() {
        Ok(found) => Ok(found.is_file().then_some(found.len())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(unix)]
fn has_both_names(part: &Part, output: &Path) -> io::Result<bool> {
    part.is_at(output)
}

/// Moving is one step here.
#[cfg(not(unix))]
fn has_both_names(_: &Part, _: &Path) -> io::Result<bool> {
    Ok(false)
}

fn unwritten(path: &Path, error: io::Error) -> Fault {
    let exists = error.kind() == io::ErrorKind::AlreadyExists && path.symlink_metadata().is_ok();
    Fault { phase: if exists { Phase::SinkExists } else { Phase::Sink }, source: Box::new(error) }
}

#[cfg(test)]
mod tests;
