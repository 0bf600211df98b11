//! The file to send: opened before anything is sent, read in pieces.

use std::fs::File;
use std::io::{self, Cursor, Read};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use weixin_video_core::api;
use weixin_video_core::call::SourceId;
use weixin_video_core::error::{Fault, Phase};
use weixin_video_core::media;

/// An open file and what core wants to know about it.
#[derive(Debug)]
pub struct Source {
    file: Arc<File>,
    /// Its name, its length, and how it begins.
    pub about: api::Source,
}

impl Source {
    /// Opens a regular file and reads its beginning.
    ///
    /// # Errors
    /// [`Phase::SourceMissing`] when nothing has that name, [`Phase::Source`] when it is no regular file or can't be read.
    pub fn open(path: &Path) -> Result<Self, Fault> {
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
        Ok(Self { file: Arc::new(file), about: api::Source { id: SourceId(0), name, bytes, start } })
    }

    /// `head`, the file from its beginning, `tail`; the file must have `len` bytes.
    ///
    /// Each body has a position of its own, so that one that is given up does not disturb the next.
    #[must_use]
    pub fn body(&self, head: &[u8], len: u64, tail: &[u8], progress: Arc<Progress>) -> Body {
        let (head, tail) = (Cursor::new(head.to_vec()), Cursor::new(tail.to_vec()));
        Body { head, file: self.file.clone(), at: 0, len, ended: false, tail, progress }
    }
}

fn unopened(error: io::Error) -> Fault {
    let missing = error.kind() == io::ErrorKind::NotFound;
    Fault { phase: if missing { Phase::SourceMissing } else { Phase::Source }, source: Box::new(error) }
}

fn unread(error: io::Error) -> Fault {
    Fault { phase: Phase::Source, source: Box::new(error) }
}

/// How far a body is, as whoever waits for the answer sees it.
#[derive(Debug, Default)]
pub struct Progress {
    sent: AtomicU64,
    cut: AtomicBool,
    fault: Mutex<Option<io::Error>>,
}

impl Progress {
    /// Bytes of the file on their way.
    #[must_use]
    pub fn sent(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }

    /// The server takes no more; what is read from now on goes nowhere.
    pub fn cut(&self) {
        self.cut.store(true, Ordering::Relaxed);
    }

    /// Why the file could not be sent, if that was the reason. It is told once.
    #[must_use]
    pub fn fault(&self) -> Option<Fault> {
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
pub struct Body {
    head: Cursor<Vec<u8>>,
    file: Arc<File>,
    at: u64,
    len: u64,
    ended: bool,
    tail: Cursor<Vec<u8>>,
    progress: Arc<Progress>,
}

impl Body {
    fn read_file(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let room = usize::try_from(self.len - self.at).unwrap_or(usize::MAX).min(buf.len());
        let read = read_at(&self.file, &mut buf[..room], self.at)?;
        if read == 0 {
            return Err(io::Error::other("the file became shorter"));
        }
        self.at += u64::try_from(read).unwrap_or(u64::MAX);
        self.progress.count(read);
        Ok(read)
    }

    /// Looks before the tail goes out, so that a form with half a file is never complete.
    fn ensure_end(&mut self) -> io::Result<()> {
        if !self.ended && read_at(&self.file, &mut [0], self.len)? != 0 {
            return Err(io::Error::other("the file became longer"));
        }
        self.ended = true;
        Ok(())
    }
}

impl Read for Body {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let head = self.head.read(buf)?;
        if head > 0 || buf.is_empty() {
            return Ok(head);
        }
        if self.at < self.len {
            let read = self.read_file(buf);
            return read.map_err(|why| self.progress.fail(why));
        }
        self.ensure_end().map_err(|why| self.progress.fail(why))?;
        self.tail.read(buf)
    }
}

#[cfg(unix)]
fn read_at(file: &File, buf: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buf, at)
}

#[cfg(windows)]
fn read_at(file: &File, buf: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buf, at)
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
        let mut text = String::new();
        let read = source.body(b"<", len, b">", progress.clone()).read_to_string(&mut text);
        (read.map(|_| text), progress.fault())
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
    fn a_body_that_was_given_up_does_not_move_the_next_one() {
        let clip = clip(b"clip");
        let source = Source::open(clip.path()).expect("a source");
        let mut given_up = source.body(b"", 4, b"", Arc::default());
        let mut next = source.body(b"", 4, b"", Arc::default());
        let mut two = [0; 2];
        for (body, expected) in [(&mut next, b"cl"), (&mut given_up, b"cl")] {
            body.read_exact(&mut two).expect("two bytes");
            assert_eq!(&two, expected);
        }
        next.read_exact(&mut two).expect("two more");
        assert_eq!(&two, b"ip");
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
