//! What no HTTP library would send: bytes, pauses and ends of a connection, one after the other.

use crate::clock::Time;
use bytes::Bytes;
use std::io;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt, Interest};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// How long a peer may go on sending to a connection that is over, before it is closed on it.
const LAST_WORDS: Duration = Duration::from_secs(5);
/// Between two looks at a connection that is held.
const LOOK: Duration = Duration::from_millis(20);
/// Bytes read at a time of what nobody wants.
const BLOCK: usize = 16 * 1024;

/// One thing done to a socket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Deed {
    Write(Bytes),
    /// The same bytes so many times.
    Repeat(Bytes, u64),
    /// So many bytes at a time, with a pause between.
    Trickle(Bytes, usize, Duration),
    Sleep(Duration),
    /// Ends the sending side and reads until the peer ends its own.
    Fin,
    /// Ends the sending side only.
    HalfClose,
    /// Reads and throws away until the peer ends its side.
    Drain,
    /// Neither reads nor writes, until the server stops or the peer is gone.
    Hold,
    /// Drops the connection without a word: what was not read is lost.
    Reset,
}

/// Deeds in order; a connection whose program ends without an end is closed.
pub(crate) type Program = Vec<Deed>;

/// Carries a program out. A peer that goes away ends it, which is no error.
pub(crate) async fn run(mut stream: TcpStream, program: Program, clock: &Time) {
    for deed in program {
        if matches!(deed, Deed::Reset) {
            // Nothing is left to be done for a socket that takes no options.
            let _ = stream.set_zero_linger();
            return;
        }
        if perform(&mut stream, deed, clock).await.is_err() {
            return;
        }
    }
}

async fn perform(stream: &mut TcpStream, deed: Deed, clock: &Time) -> io::Result<()> {
    match deed {
        Deed::Write(bytes) => stream.write_all(&bytes).await,
        Deed::Repeat(bytes, times) => repeat(stream, &bytes, times).await,
        Deed::Trickle(bytes, size, pause) => {
            for crumb in bytes.chunks(size.max(1)) {
                stream.write_all(crumb).await?;
                clock.sleep(pause).await;
            }
            Ok(())
        }
        Deed::Sleep(time) => {
            clock.sleep(time).await;
            Ok(())
        }
        Deed::Fin => {
            stream.shutdown().await?;
            // A close with bytes unread would be a reset.
            timeout(LAST_WORDS, drain(stream)).await.unwrap_or(Ok(()))
        }
        Deed::HalfClose => stream.shutdown().await,
        Deed::Drain => drain(stream).await,
        Deed::Hold => hold(stream).await,
        Deed::Reset => Ok(()),
    }
}

/// Small pieces go out many at a time.
async fn repeat(stream: &mut TcpStream, piece: &[u8], times: u64) -> io::Result<()> {
    let at_once = (BLOCK / piece.len().max(1)).max(1) as u64;
    let block = piece.repeat(usize::try_from(at_once.min(times)).unwrap_or(1));
    for _ in 0..times / at_once {
        stream.write_all(&block).await?;
    }
    for _ in 0..times % at_once {
        stream.write_all(piece).await?;
    }
    Ok(())
}

async fn drain(stream: &mut TcpStream) -> io::Result<()> {
    let mut block = vec![0; BLOCK];
    while stream.read(&mut block).await? > 0 {}
    Ok(())
}

/// What the peer sent stays unread, so its end shows only in what the system says of the socket.
async fn hold(stream: &TcpStream) -> io::Result<()> {
    loop {
        let ready = stream.ready(Interest::READABLE).await?;
        if ready.is_read_closed() || stream.take_error()?.is_some() {
            return Ok(());
        }
        tokio::time::sleep(LOOK).await;
    }
}
