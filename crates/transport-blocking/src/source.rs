//! The file to send: opened before anything is sent, streamed in bounded pieces.

use std::fs::File;
use std::io::{self, Cursor, Read, Seek};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::core::api;
use crate::core::call::SourceId;
use crate::core::error::{Fault, Phase};
use crate::core::media;

/// An open file and what core wants to know about it.
#[derive(Debug)]
pub(crate) struct Source {
    file: File,
    pub(crate) about: api::Source,
}

impl Source {
    /// Opens a regular file and reads its beginning.
    pub(crate) fn open(path: &Path) -> Result<Self, Fault> {
        let metadata = std::fs::metadata(path).map_err(unopened)?;
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
        // Opening anything but a regular file may block for ever, as a pipe does.
        let Some(name) = name.filter(|_| metadata.is_file()) else {
            return Err(Fault { phase: Phase::Source, source: "it is no regular file".into() });
        };
        let mut file = File::open(path).map_err(unopened)?;
        let bytes = file.metadata().map_err(unread)?.len();
        let mut start = Vec::new();
        let most = u64::try_from(media::HEAD_BYTES).unwrap_or(u64::MAX);
        (&mut file).take(most).read_to_end(&mut start).map_err(unread)?;
        Ok(Self { file, about: api::Source { id: SourceId(0), name, bytes, start } })
    }

    /// `head`, the file from its beginning, `tail`; the file must have `len` bytes.
    pub(crate) fn body(&self, head: &[u8], len: u64, tail: &[u8], progress: Arc<Progress>) -> Result<FileBody, Fault> {
        let mut file = self.file.try_clone().map_err(unread)?;
        file.rewind().map_err(unread)?;
        let (head, tail) = (Cursor::new(head.to_vec()), Cursor::new(tail.to_vec()));
        Ok(FileBody { head, file, left: len, ended: false, tail, progress })
    }
}

fn unopened(error: io::Error) -> Fault {
    let missing = error.kind() == io::ErrorKind::NotFound;
    Fault { phase: if missing { Phase::SourceMissing } else { Phase::Source }, source: Box::new(error) }
}

pub(crate) fn unread(error: io::Error) -> Fault {
    Fault { phase: Phase::Source, source: Box::new(error) }
}

/// How far a body is, as the thread that waits for the answer sees it.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    sent: AtomicU64,
    cut: AtomicBool,
    fault: Mutex<Option<io::Error>>,
}

impl Progress {
    /// Bytes of the file on their way.
    pub(crate) fn sent(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }

    /// The server takes no more; what is read from now on goes nowhere.
    pub(crate) fn cut(&self) {
        self.cut.store(true, Ordering::Relaxed);
    }

    /// Why the file could not be sent, if that was the reason.
    pub(crate) fn fault(&self) -> Option<Fault> {
        self.fault.lock().unwrap_or_else(PoisonError::into_inner).take().map(unread)
    }

    fn count(&self, bytes: usize) {
        if !self.cut.load(Ordering::Relaxed) {
            self.sent.fetch_add(u64::try_from(bytes).unwrap_or(u64::MAX), Ordering::Relaxed);
        }
    }

    /// Keeps the reason and gives the library an error of its own.
    fn fail(&self, why: io::Error) -> io::Error {
        let told = io::Error::new(why.kind(), "the file can't be sent");
        self.fault.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(why);
        told
    }
}

/// A multipart form of one file, as a reader of exactly the announced length.
#[derive(Debug)]
pub(crate) struct FileBody {
    head: Cursor<Vec<u8>>,
    file: File,
    left: u64,
    ended: bool,
    tail: Cursor<Vec<u8>>,
    progress: Arc<Progress>,
}

impl FileBody {
    fn read_file(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let room = usize::try_from(self.left).unwrap_or(usize::MAX).min(buf.len());
        let read = self.file.read(&mut buf[..room])?;
        if read == 0 {
            return Err(io::Error::other("the file became shorter"));
        }
        self.left -= u64::try_from(read).unwrap_or(self.left);
        self.progress.count(read);
        Ok(read)
    }

    /// Looks before the tail goes out, so that a form with half a file is never complete.
    fn ensure_end(&mut self) -> io::Result<()> {
        if !self.ended && self.file.read(&mut [0])? != 0 {
            return Err(io::Error::other("the file became longer"));
        }
        self.ended = true;
        Ok(())
    }
}

impl Read for FileBody {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let head = self.head.read(buf)?;
        if head > 0 || buf.is_empty() {
            return Ok(head);
        }
        if self.left > 0 {
            let read = self.read_file(buf);
            return read.map_err(|why| self.progress.fail(why));
        }
        self.ensure_end().map_err(|why| self.progress.fail(why))?;
        self.tail.read(buf)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn clip(bytes: &[u8]) -> tempfile::NamedTempFile {
        let mut file = tempfile::Builder::new().suffix(".mp4").tempfile().expect("a file");
        file.write_all(bytes).expect("written");
        file
    }

    fn sent(source: &Source, len: u64) -> (io::Result<String>, Option<Fault>) {
        let progress = Arc::new(Progress::default());
        let mut body = source.body(b"<", len, b">", progress.clone()).expect("a body");
        let mut text = String::new();
        (body.read_to_string(&mut text).map(|_| text), progress.fault())
    }

    #[test]
    fn the_file_lies_between_head_and_tail_every_time() {
        let clip = clip(b"clip");
        let source = Source::open(clip.path()).expect("a source");
        assert_eq!(source.about.bytes, 4);
        assert_eq!(source.about.start, b"clip");
        for _ in 0..2 {
            assert_eq!(sent(&source, 4).0.expect("a body"), "<clip>");
        }
    }

    #[test]
    fn a_file_that_changed_its_length_is_no_file() {
        let clip = clip(b"clip");
        let source = Source::open(clip.path()).expect("a source");
        for (len, word) in [(3, "longer"), (5, "shorter")] {
            let (text, fault) = sent(&source, len);
            assert!(text.is_err());
            let fault = fault.expect("a fault");
            assert_eq!(fault.phase, Phase::Source);
            assert!(fault.source.to_string().contains(word));
        }
    }

    #[test]
    fn only_a_regular_file_is_opened() {
        let folder = tempfile::tempdir().expect("a folder");
        assert_eq!(Source::open(folder.path()).expect_err("a folder").phase, Phase::Source);
        let missing = folder.path().join("no.mp4");
        assert_eq!(Source::open(&missing).expect_err("nothing").phase, Phase::SourceMissing);
    }
}
