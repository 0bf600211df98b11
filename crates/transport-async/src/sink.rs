//! The file to write: beside its final name first, then there, whole or not at all.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::NamedTempFile;
use tokio::io::AsyncWriteExt;
use tokio::time::Instant;

use crate::clock::Clock;
use crate::core::error::{Fault, Phase};
use crate::core::event::{Direction, Observer};
use crate::core::files::Output;
use crate::core::machine::Input;
use crate::core::meter::Meter;
use crate::fault::off_thread;
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
        Instant::from_std(self.clock.deadline(self.clock.now().monotonic + self.stall))
    }
}

impl Sink {
    /// Refuses what is sure to fail later, before anything is sent. Blocks for a moment.
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
    pub(crate) async fn save(&mut self, stream: &mut Stream, saving: Saving<'_>, observer: &mut dyn Observer) -> Input {
        self.temporary = None;
        match self.write(stream, saving, observer).await {
            Ok((temporary, bytes, start)) => {
                self.temporary = Some(temporary);
                Input::Saved { bytes, start }
            }
            Err(halt) => halt.into(),
        }
    }

    async fn write(
        &self,
        stream: &mut Stream,
        saving: Saving<'_>,
        observer: &mut dyn Observer,
    ) -> Result<(NamedTempFile, u64, Vec<u8>), Halt> {
        let failed = |error| Halt::Failed(unwritten(&self.output.path, error));
        let (temporary, file) = self.temporary().await.map_err(Halt::Failed)?;
        let mut file = tokio::fs::File::from_std(file);
        let mut meter = Meter::new(Direction::Down, stream.announced());
        let (mut bytes, mut start) = (0, Vec::new());
        loop {
            let piece = match stream.read(saving.deadline()).await {
                Got::Bytes(piece) => piece,
                Got::End => break,
                Got::Nothing(halt) => return Err(halt),
            };
            bytes += u64::try_from(piece.len()).unwrap_or(u64::MAX);
            if bytes > saving.limit {
                return Err(failed(io::Error::other(format!("it is longer than {} bytes", saving.limit))));
            }
            start.extend_from_slice(&piece[..piece.len().min(START_BYTES - start.len())]);
            file.write_all(&piece).await.map_err(failed)?;
            meter.at(std::time::Instant::now(), bytes, observer);
        }
        // The last write goes on in the background; only a flush tells whether the disk took it.
        file.flush().await.map_err(failed)?;
        meter.last(std::time::Instant::now(), bytes, observer);
        Ok((temporary, bytes, start))
    }

    /// A temporary file and a second handle to write it with.
    async fn temporary(&self) -> Result<(NamedTempFile, std::fs::File), Fault> {
        let path = self.output.path.clone();
        let made = move || {
            let temporary = temporary_in(folder(&path))?;
            let file = temporary.as_file().try_clone()?;
            Ok((temporary, file))
        };
        let path = self.output.path.clone();
        off_thread(Phase::Sink, move || made().map_err(|error| unwritten(&path, error))).await
    }

    /// Syncs the temporary file and gives it its name.
    pub(crate) async fn publish(&mut self) -> Result<(), Fault> {
        let (temporary, output) = (self.temporary.take(), self.output.clone());
        off_thread(Phase::Sink, move || {
            let missing = || unwritten(&output.path, io::ErrorKind::NotFound.into());
            place(temporary.ok_or_else(missing)?, &output)
        })
        .await
    }
}

fn place(temporary: NamedTempFile, output: &Output) -> Result<(), Fault> {
    let path = &output.path;
    let failed = |error| unwritten(path, error);
    temporary.as_file().sync_all().map_err(failed)?;
    let persisted = if output.replace { temporary.persist(path) } else { temporary.persist_noclobber(path) };
    persisted.map_err(|error| failed(error.error))?;
    sync_folder(folder(path));
    Ok(())
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
    use std::io::Write;

    use super::*;

    async fn published(output: &Output, content: &[u8]) -> Result<(), Fault> {
        let mut sink = Sink::new(output)?;
        sink.temporary = Some(filled(&folder(&output.path), content));
        sink.publish().await
    }

    fn filled(folder: &Path, content: &[u8]) -> NamedTempFile {
        let mut temporary = temporary_in(folder.to_owned()).expect("a file");
        temporary.write_all(content).expect("written");
        temporary
    }

    #[tokio::test]
    async fn a_new_file_has_the_permissions_of_any_new_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let (path, other) = (folder.path().join("out.mp4"), folder.path().join("other"));
        published(&Output::new(&path), b"new").await.expect("published");
        assert_eq!(std::fs::read(&path).expect("a file"), b"new");
        std::fs::write(&other, "").expect("written");
        let permissions = |path: &Path| std::fs::metadata(path).expect("a file").permissions();
        assert_eq!(permissions(&path), permissions(&other));
    }

    #[tokio::test]
    async fn an_existing_file_is_replaced_only_when_told() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("out.mp4");
        std::fs::write(&path, "old").expect("written");
        let fault = published(&Output::new(&path), b"new").await.expect_err("kept");
        assert_eq!(fault.phase, Phase::SinkExists);
        assert_eq!(std::fs::read(&path).expect("a file"), b"old");
        published(&Output::new(&path).replacing(), b"new").await.expect("replaced");
        assert_eq!(std::fs::read(&path).expect("a file"), b"new");
    }

    #[tokio::test]
    async fn a_file_that_appears_meanwhile_is_kept() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("out.mp4");
        let mut sink = Sink::new(&Output::new(&path)).expect("a sink");
        sink.temporary = Some(filled(folder.path(), b"new"));
        std::fs::write(&path, "somebody else's").expect("written");
        assert_eq!(sink.publish().await.expect_err("kept").phase, Phase::SinkExists);
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
