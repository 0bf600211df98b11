//! The file to send, as a stream of bounded pieces.

use std::io::{self, Read};

use bytes::Bytes;
use futures_util::Stream;
use futures_util::stream::poll_fn;
use tokio::sync::mpsc;

pub(crate) use weixin_video_files::{Body, Progress, Source};

/// Read and sent at once, in bytes.
const PIECE: u64 = 256 * 1024;

/// Pieces read ahead, so that the disk and the network work at the same time.
const AHEAD: usize = 2;

/// All of `body`. A thread reads ahead of the network; it ends when the body does, or the stream is dropped.
pub(crate) fn pieces(mut body: Body) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
    let (ahead, mut pieces) = mpsc::channel(AHEAD);
    tokio::task::spawn_blocking(move || {
        loop {
            let piece = piece(&mut body);
            let over = match &piece {
                Ok(piece) if piece.is_empty() => return,
                Ok(_) => false,
                Err(_) => true,
            };
            // Nobody listens any more when the stream was dropped.
            if ahead.blocking_send(piece).is_err() || over {
                return;
            }
        }
    });
    poll_fn(move |context| pieces.poll_recv(context))
}

fn piece(body: &mut Body) -> io::Result<Bytes> {
    let mut piece = Vec::new();
    body.take(PIECE).read_to_end(&mut piece)?;
    Ok(piece.into())
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::Arc;

    use futures_util::TryStreamExt;

    use super::*;

    fn source(bytes: &[u8]) -> Source {
        let mut file = tempfile::Builder::new().suffix(".mp4").tempfile().expect("a file");
        file.write_all(bytes).expect("written");
        Source::open(file.path()).expect("a source")
    }

    async fn sent(source: &Source, len: u64) -> io::Result<Vec<Bytes>> {
        pieces(source.body(b"<", len, b">", Arc::default())).try_collect().await
    }

    #[tokio::test]
    async fn a_large_file_comes_in_bounded_pieces() {
        let content = vec![7; 800_000];
        let pieces = sent(&source(&content), 800_000).await.expect("a body");
        assert!(pieces.iter().all(|piece| u64::try_from(piece.len()).is_ok_and(|len| len <= PIECE)));
        assert_eq!(pieces.concat(), [b"<", content.as_slice(), b">"].concat());
    }

    #[tokio::test]
    async fn a_file_that_changed_its_length_ends_with_an_error() {
        for len in [3, 5] {
            assert!(sent(&source(b"clip"), len).await.is_err(), "{len}");
        }
    }
}
