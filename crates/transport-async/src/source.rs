//! The file to send: opened before anything is sent, streamed in bounded pieces.

use std::fs::File;
use std::io::{self, Read, Seek};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use futures_util::Stream;
use futures_util::stream::poll_fn;
use tokio::sync::mpsc;

use crate::core::api;
use crate::core::call::SourceId;
use crate::core::error::{Fault, Phase};
use crate::core::media;

/// Read and sent at once, in bytes.
const PIECE: usize = 256 * 1024;

/// Pieces read ahead, so that the disk and the network work at the same time.
const AHEAD: usize = 2;

/// An open file and what core wants to know about it.
#[derive(Debug)]
pub(crate) struct Source {
    /// Locked by whoever reads it, because all handles of a file share one position.
    file: Arc<Mutex<File>>,
    pub(crate) about: api::Source,
}

impl Source {
    /// Opens a regular file and reads its beginning. Blocks for a moment.
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
        Ok(Self { file: Arc::new(Mutex::new(file)), about: api::Source { id: SourceId(0), name, bytes, start } })
    }

    /// `head`, the file from its beginning, `tail`; the file must have `len` bytes.
    ///
    /// A thread reads ahead of the network; it ends when the body does, or is dropped.
    pub(crate) fn body(
        &self,
        head: &[u8],
        len: u64,
        tail: &[u8],
        progress: Arc<Progress>,
    ) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
        let (pieces, mut body) = mpsc::channel(AHEAD);
        let form = Form { head: Bytes::copy_from_slice(head), len, tail: Bytes::copy_from_slice(tail), pieces };
        let file = self.file.clone();
        tokio::task::spawn_blocking(move || {
            let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
            if let Err(why) = form.read(&mut file, &progress) {
                // Nobody listens any more when the body was dropped.
                let _ = form.pieces.blocking_send(Err(progress.fail(why)));
            }
        });
        poll_fn(move |context| body.poll_recv(context))
    }
}

fn unopened(error: io::Error) -> Fault {
    let missing = error.kind() == io::ErrorKind::NotFound;
    Fault { phase: if missing { Phase::SourceMissing } else { Phase::Source }, source: Box::new(error) }
}

pub(crate) fn unread(error: io::Error) -> Fault {
    Fault { phase: Phase::Source, source: Box::new(error) }
}

/// How far a body is, as the task that waits for the answer sees it.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    sent: AtomicU64,
    fault: Mutex<Option<io::Error>>,
}

impl Progress {
    /// Bytes of the file on their way.
    pub(crate) fn sent(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }

    /// Why the file could not be sent, if that was the reason.
    pub(crate) fn fault(&self) -> Option<Fault> {
        self.fault.lock().unwrap_or_else(PoisonError::into_inner).take().map(unread)
    }

    /// Keeps the reason and gives the library an error of its own.
    fn fail(&self, why: io::Error) -> io::Error {
        let told = io::Error::new(why.kind(), "the file can't be sent");
        self.fault.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(why);
        told
    }
}

/// A multipart form of one file, in pieces of exactly the announced length in all.
struct Form {
    head: Bytes,
    len: u64,
    tail: Bytes,
    pieces: mpsc::Sender<io::Result<Bytes>>,
}

impl Form {
    /// Hands on all pieces; an end before that is no failure if nobody wants more.
    fn read(&self, file: &mut File, progress: &Progress) -> io::Result<()> {
        file.rewind()?;
        let mut left = self.len;
        let mut wanted = self.hand_on(self.head.clone());
        while wanted && left > 0 {
            let piece = piece(file, left)?;
            let read = u64::try_from(piece.len()).unwrap_or(left);
            left -= read;
            progress.sent.fetch_add(read, Ordering::Relaxed);
            wanted = self.hand_on(piece);
        }
        // Looks before the tail goes out, so that a form with half a file is never complete.
        if wanted && file.read(&mut [0])? != 0 {
            return Err(io::Error::other("the file became longer"));
        }
        if wanted {
            self.hand_on(self.tail.clone());
        }
        Ok(())
    }

    fn hand_on(&self, piece: Bytes) -> bool {
        self.pieces.blocking_send(Ok(piece)).is_ok()
    }
}

fn piece(file: &mut File, left: u64) -> io::Result<Bytes> {
    let mut piece = Vec::with_capacity(PIECE);
    let most = left.min(u64::try_from(PIECE).unwrap_or(u64::MAX));
    if file.take(most).read_to_end(&mut piece)? == 0 {
        return Err(io::Error::other("the file became shorter"));
    }
    Ok(piece.into())
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use futures_util::TryStreamExt;

    use super::*;

    fn clip(bytes: &[u8]) -> tempfile::NamedTempFile {
        let mut file = tempfile::Builder::new().suffix(".mp4").tempfile().expect("a file");
        file.write_all(bytes).expect("written");
        file
    }

    async fn sent(source: &Source, len: u64) -> (io::Result<Vec<Bytes>>, Option<Fault>) {
        let progress = Arc::new(Progress::default());
        let body = source.body(b"<", len, b">", progress.clone());
        (body.try_collect().await, progress.fault())
    }

    #[tokio::test]
    async fn the_file_lies_between_head_and_tail_every_time() {
        let clip = clip(b"clip");
        let source = Source::open(clip.path()).expect("a source");
        assert_eq!(source.about.bytes, 4);
        assert_eq!(source.about.start, b"clip");
        for _ in 0..2 {
            assert_eq!(sent(&source, 4).await.0.expect("a body").concat(), b"<clip>");
        }
    }

    #[tokio::test]
    async fn a_file_that_changed_its_length_is_no_file() {
        let clip = clip(b"clip");
        let source = Source::open(clip.path()).expect("a source");
        for (len, word) in [(3, "longer"), (5, "shorter")] {
            let (pieces, fault) = sent(&source, len).await;
            assert!(pieces.is_err());
            let fault = fault.expect("a fault");
            assert_eq!(fault.phase, Phase::Source);
            assert!(fault.source.to_string().contains(word));
        }
    }

    #[tokio::test]
    async fn a_large_file_comes_in_bounded_pieces() {
        let clip = clip(&vec![7; 3 * PIECE + 1]);
        let source = Source::open(clip.path()).expect("a source");
        let pieces = sent(&source, source.about.bytes).await.0.expect("a body");
        assert!(pieces.iter().all(|piece| piece.len() <= PIECE));
        assert_eq!(pieces.concat().len(), 3 * PIECE + 3);
    }

    #[test]
    fn only_a_regular_file_is_opened() {
        let folder = tempfile::tempdir().expect("a folder");
        assert_eq!(Source::open(folder.path()).expect_err("a folder").phase, Phase::Source);
        let missing = folder.path().join("no.mp4");
        assert_eq!(Source::open(&missing).expect_err("nothing").phase, Phase::SourceMissing);
    }
}
