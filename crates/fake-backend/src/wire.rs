//! The socket, with a tap on it: it can tell when all bytes are out, and stop at an exact one.

use crate::fault::{Program, Strike};
use crate::journal::{Record, broke, lock};
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// What a connection and the bodies on it tell each other.
#[derive(Debug, Default)]
pub(crate) struct Wire(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    flushes: u64,
    written: u64,
    limit: Option<Limit>,
    waiting: Option<Waker>,
    carries: Option<Record>,
    /// What is done to the socket once HTTP has let go of it.
    program: Option<Program>,
    socket: Option<TcpStream>,
}

#[derive(Debug)]
struct Limit {
    at: u64,
    strike: Option<Strike>,
}

impl Wire {
    /// How often everything written so far was handed to the system.
    pub(crate) fn flushes(&self) -> u64 {
        lock(&self.0).flushes
    }

    /// Ready once more than `since` flushes have happened.
    pub(crate) fn poll_flushed(&self, since: u64, cx: &Context<'_>) -> Poll<()> {
        let mut state = lock(&self.0);
        if state.flushes > since {
            return Poll::Ready(());
        }
        state.waiting = Some(cx.waker().clone());
        Poll::Pending
    }

    /// The exchange whose answer goes out next.
    pub(crate) fn carries(&self, record: &Record) {
        lock(&self.0).carries = Some(Arc::clone(record));
    }

    /// Nothing more goes out: what was being answered did not arrive.
    fn broke(&self) {
        lock(&self.0).carries.iter().for_each(broke);
    }

    /// Lets exactly so many more bytes out; the strike has fired when it held one back.
    pub(crate) fn limit(&self, bytes: u64, strike: Strike) {
        let mut state = lock(&self.0);
        state.limit = Some(Limit { at: state.written + bytes, strike: Some(strike) });
    }

    /// Ends a limit that an answer was too short to reach.
    pub(crate) fn unlimited(&self) {
        lock(&self.0).limit = None;
    }

    /// How many of `wanted` bytes may go out now; `None` when that is the end.
    fn allowance(&self, wanted: usize) -> Option<usize> {
        let mut state = lock(&self.0);
        let written = state.written;
        let Some(limit) = state.limit.as_mut() else {
            return Some(wanted);
        };
        let room = usize::try_from(limit.at - written).unwrap_or(usize::MAX);
        if room == 0 && wanted > 0 {
            if let Some(strike) = limit.strike.take() {
                strike.fired();
            }
            return None;
        }
        Some(room.min(wanted))
    }

    /// Leaves a program for the socket. The request at hand has to end without an answer.
    pub(crate) fn then(&self, program: Program) {
        lock(&self.0).program = Some(program);
    }

    /// The socket that HTTP has let go of, and what is to be done to it.
    pub(crate) fn aftermath(&self) -> Option<(TcpStream, Program)> {
        let mut state = lock(&self.0);
        Some((state.socket.take()?, state.program.take()?))
    }

    fn let_go(&self, socket: TcpStream) {
        let mut state = lock(&self.0);
        if state.program.is_some() {
            state.socket = Some(socket);
        }
    }

    fn wrote(&self, bytes: usize) {
        lock(&self.0).written += bytes as u64;
    }

    fn flushed(&self) {
        let mut state = lock(&self.0);
        state.flushes += 1;
        if let Some(waker) = state.waiting.take() {
            waker.wake();
        }
    }
}

/// A connection whose bytes [`Wire`] knows about, and which goes back to it where a program waits for it.
#[derive(Debug)]
pub(crate) struct Tapped {
    /// There until it is dropped.
    stream: Option<TcpStream>,
    wire: Arc<Wire>,
}

impl Tapped {
    pub(crate) const fn new(stream: TcpStream, wire: Arc<Wire>) -> Self {
        Self { stream: Some(stream), wire }
    }

    fn stream(&mut self) -> Pin<&mut TcpStream> {
        Pin::new(self.stream.as_mut().expect("the stream is taken only when this is dropped"))
    }
}

impl Drop for Tapped {
    fn drop(&mut self) {
        if let Some(stream) = self.stream.take() {
            self.wire.let_go(stream);
        }
    }
}

impl AsyncRead for Tapped {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        self.stream().poll_read(cx, buf)
    }
}

impl AsyncWrite for Tapped {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let Some(allowed) = self.wire.allowance(buf.len()) else {
            self.wire.broke();
            return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()));
        };
        let wrote = ready!(self.stream().poll_write(cx, &buf[..allowed])).inspect_err(|_| self.wire.broke())?;
        self.wire.wrote(wrote);
        Poll::Ready(Ok(wrote))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let wanted = bufs.iter().map(|buf| buf.len()).sum();
        let allowed = self.wire.allowance(wanted);
        if allowed != Some(wanted) {
            let first = bufs.iter().find(|buf| !buf.is_empty()).map_or(&[][..], |buf| &**buf);
            return self.poll_write(cx, first);
        }
        let wrote = ready!(self.stream().poll_write_vectored(cx, bufs)).inspect_err(|_| self.wire.broke())?;
        self.wire.wrote(wrote);
        Poll::Ready(Ok(wrote))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.stream().poll_flush(cx))?;
        self.wire.flushed();
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream().poll_shutdown(cx)
    }
}
