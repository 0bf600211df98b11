//! The file to write: beside its final name first, then there, whole or not at all.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use tempfile::NamedTempFile;

use crate::clock::Clock;
use crate::core::error::{Fault, Phase};
use crate::core::event::{Direction, Observer};
use crate::core::files::Output;
use crate::core::machine::Input;
use crate::core::meter::Meter;
use crate::stream::{Got, Halt, Stream};

/// First bytes that are handed to core for a look.
const START_BYTES: usize = 64;

/// A file that may be written.
#[derive(Debug)]
pub(crate) struct Sink {
    output: Output,
    temporary: Option<NamedTempFile>,
}

/// How much is written, and how long nothing may come.
#[derive(Clone, Copy)]
pub(crate) struct Saving<'a> {
    /// In bytes.
    pub(crate) limit: u64,
    pub(crate) stall: Duration,
    /// Measures the stall.
    pub(crate) clock: &'a dyn Clock,
}

impl Saving<'_> {
    fn deadline(&self) -> Instant {
        self.clock.deadline(self.clock.now().monotonic + self.stall)
    }
}

impl Sink {
    /// Refuses what is sure to fail later, before anything is sent.
    pub(crate) fn new(output: &Output) -> Result<Self, Fault> {
        let folder = std::fs::metadata(folder(&output.path)).map_err(|error| unwritten(&output.path, error))?;
        if !folder.is_dir() || output.path.file_name().is_none() || output.path.is_dir() {
            return Err(Fault { phase: Phase::Sink, source: "it is no place for a file".into() });
        }
        if !output.replace && output.path.symlink_metadata().is_ok() {
            return Err(Fault { phase: Phase::SinkExists, source: "it is kept".into() });
        }
        Ok(Self { output: output.clone(), temporary: None })
    }

    /// Writes the rest of `stream` into a temporary file, which goes away unless it is published.
    pub(crate) fn save(&mut self, stream: &mut Stream, saving: Saving<'_>, observer: &mut dyn Observer) -> Input {
        self.temporary = None;
        match self.write(stream, saving, observer) {
            Ok((temporary, bytes, start)) => {
                self.temporary = Some(temporary);
                Input::Saved { bytes, start }
            }
            Err(halt) => halt.into(),
        }
    }

    fn write(
        &self,
        stream: &mut Stream,
        saving: Saving<'_>,
        observer: &mut dyn Observer,
    ) -> Result<(NamedTempFile, u64, Vec<u8>), Halt> {
        let failed = |error| Halt::Failed(unwritten(&self.output.path, error));
        let mut temporary = temporary_in(folder(&self.output.path)).map_err(failed)?;
        let mut meter = Meter::new(Direction::Down, stream.announced());
        let (mut bytes, mut start) = (0, Vec::new());
        loop {
            let piece = match stream.read(saving.deadline()) {
                Got::Bytes(piece) => piece,
                Got::End => break,
                Got::Nothing(halt) => return Err(halt),
            };
            bytes += u64::try_from(piece.len()).unwrap_or(u64::MAX);
            if bytes > saving.limit {
                return Err(failed(io::Error::other(format!("it is longer than {} bytes", saving.limit))));
            }
            start.extend_from_slice(&piece[..piece.len().min(START_BYTES - start.len())]);
            temporary.write_all(piece).map_err(failed)?;
            meter.at(Instant::now(), bytes, observer);
        }
        meter.last(Instant::now(), bytes, observer);
        Ok((temporary, bytes, start))
    }

    /// Syncs the temporary file and gives it its name.
    pub(crate) fn publish(&mut self) -> Result<(), Fault> {
        let path = &self.output.path;
        let failed = |error| unwritten(path, error);
        let temporary = self.temporary.take().ok_or_else(|| failed(io::ErrorKind::NotFound.into()))?;
        temporary.as_file().sync_all().map_err(failed)?;
        let persisted = if self.output.replace { temporary.persist(path) } else { temporary.persist_noclobber(path) };
        persisted.map_err(|error| failed(error.error))?;
        sync_folder(folder(path));
        Ok(())
    }
}

/// Where a file stands; a bare name stands in the current folder.
fn folder(path: &Path) -> PathBuf {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        Some(_) | None => PathBuf::from("."),
    }
}

/// Hidden, and with the permissions of any new file instead of a secret one's.
fn temporary_in(folder: PathBuf) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".weixin-video-").suffix(".part");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.tempfile_in(folder)
}

/// The name survives a power cut only when its folder is synced. Where that can't be done the file still stands.
fn sync_folder(folder: PathBuf) {
    #[cfg(unix)]
    let _ = std::fs::File::open(folder).and_then(|folder| folder.sync_all());
    #[cfg(not(unix))]
    let _ = folder;
}

fn unwritten(path: &Path, error: io::Error) -> Fault {
    let exists = error.kind() == io::ErrorKind::AlreadyExists && path.symlink_metadata().is_ok();
    Fault { phase: if exists { Phase::SinkExists } else { Phase::Sink }, source: Box::new(error) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn published(output: &Output, content: &[u8]) -> Result<(), Fault> {
        Sink::new(output).and_then(|sink| filled(sink, content).publish())
    }

    fn filled(mut sink: Sink, content: &[u8]) -> Sink {
        let mut temporary = temporary_in(folder(&sink.output.path)).expect("a file");
        temporary.write_all(content).expect("written");
        sink.temporary = Some(temporary);
        sink
    }

    #[test]
    fn a_new_file_has_the_permissions_of_any_new_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let (path, other) = (folder.path().join("out.mp4"), folder.path().join("other"));
        published(&Output::new(&path), b"new").expect("published");
        assert_eq!(std::fs::read(&path).expect("a file"), b"new");
        std::fs::write(&other, "").expect("written");
        let permissions = |path: &Path| std::fs::metadata(path).expect("a file").permissions();
        assert_eq!(permissions(&path), permissions(&other));
    }

    #[test]
    fn an_existing_file_is_replaced_only_when_told() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("out.mp4");
        std::fs::write(&path, "old").expect("written");
        let fault = published(&Output::new(&path), b"new").expect_err("kept");
        assert_eq!(fault.phase, Phase::SinkExists);
        assert_eq!(std::fs::read(&path).expect("a file"), b"old");
        published(&Output::new(&path).replacing(), b"new").expect("replaced");
        assert_eq!(std::fs::read(&path).expect("a file"), b"new");
    }

    #[test]
    fn a_file_that_appears_meanwhile_is_kept() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("out.mp4");
        let mut sink = Sink::new(&Output::new(&path)).expect("a sink");
        sink.temporary = Some(temporary_in(folder.path().to_owned()).expect("a file"));
        std::fs::write(&path, "somebody else's").expect("written");
        assert_eq!(sink.publish().expect_err("kept").phase, Phase::SinkExists);
        let left: Vec<_> = std::fs::read_dir(folder.path()).expect("a folder").collect();
        assert_eq!(left.len(), 1, "the temporary file is gone: {left:?}");
    }

    #[test]
    fn a_place_for_no_file_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        for path in [folder.path().to_owned(), folder.path().join("no/such/folder.mp4")] {
            let fault = Sink::new(&Output::new(&path)).expect_err("refused");
            assert_eq!(fault.phase, Phase::Sink, "{}", path.display());
        }
    }
}
