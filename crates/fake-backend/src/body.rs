//! Bodies with a tap: the request's is counted and may be cut short, the answer's is cut, stalled or split where scripted.

use crate::clock::{Sleep, Time};
use crate::fault::{Act, Mark, Strike};
use crate::journal::{Ending, Page, Record, keep, lock, redact};
use crate::wire::Wire;
use axum::body::{Body, HttpBody};
use bytes::Bytes;
use hyper::body::{Frame, Incoming, SizeHint};
use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, ready};
use std::time::Duration;

/// A request's body on its way in. What an endpoint leaves unread goes to its slot when it is dropped.
pub(crate) struct Inbound {
    rest: Option<Rest>,
    slot: Slot,
}

/// Where the unread rest of a body is left.
pub(crate) type Slot = Arc<Mutex<Option<Rest>>>;

/// A request's body, or what is left of it.
pub(crate) struct Rest {
    inner: Incoming,
    record: Record,
    cut: Option<(u64, Arc<AtomicBool>)>,
    seen: u64,
}

impl Inbound {
    /// `cut`: after how many bytes the body breaks off, and where to say that it did.
    pub(crate) fn new(inner: Incoming, record: Record, cut: Option<(u64, Arc<AtomicBool>)>, slot: Slot) -> Self {
        lock(&record).body_whole = inner.is_end_stream();
        Self { rest: Some(Rest { inner, record, cut, seen: 0 }), slot }
    }
}

impl Drop for Inbound {
    fn drop(&mut self) {
        *lock(&self.slot) = self.rest.take();
    }
}

impl HttpBody for Inbound {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        match self.rest.as_mut() {
            Some(rest) => Pin::new(rest).poll_frame(cx),
            None => Poll::Ready(None),
        }
    }

    fn size_hint(&self) -> SizeHint {
        self.rest.as_ref().map_or_else(SizeHint::default, |rest| rest.inner.size_hint())
    }

    fn is_end_stream(&self) -> bool {
        self.rest.as_ref().is_none_or(|rest| rest.inner.is_end_stream())
    }
}

impl HttpBody for Rest {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let Some(frame) = ready!(Pin::new(&mut self.inner).poll_frame(cx)) else {
            lock(&self.record).body_whole = true;
            return Poll::Ready(None);
        };
        let frame = frame.map_err(io::Error::other)?;
        let Some(data) = frame.data_ref() else {
            return Poll::Ready(Some(Ok(frame)));
        };
        self.seen += data.len() as u64;
        {
            let mut exchange = lock(&self.record);
            keep(&mut exchange.body, data);
            exchange.body_len = self.seen;
            exchange.body_whole = self.inner.is_end_stream();
            redact(&mut exchange);
        }
        if let Some((at, reached)) = &self.cut
            && self.seen > *at
        {
            reached.store(true, Ordering::SeqCst);
            return Poll::Ready(Some(Err(io::ErrorKind::ConnectionAborted.into())));
        }
        Poll::Ready(Some(Ok(frame)))
    }
}

/// An answer's body on its way out.
pub(crate) struct Outbound {
    inner: Body,
    /// None for what is in no journal.
    page: Option<Page>,
    clock: Time,
    wire: Arc<Wire>,
    /// Whether the answer's bytes go into the journal.
    kept: bool,
    held: Bytes,
    sent: u64,
    events: BlankLines,
    state: State,
    script: Option<(Strike, Break)>,
    pieces: Option<usize>,
}

/// What happens at a mark.
#[derive(Clone, Copy)]
enum Break {
    Cut(Mark),
    Stall(Mark, Option<Duration>),
}

enum State {
    Flowing,
    /// Until what was yielded is out; then flow on, or break off.
    Flushing {
        since: u64,
        then_cut: bool,
    },
    Asleep(Option<Sleep>),
}

impl Outbound {
    pub(crate) fn new(
        inner: Body,
        page: Option<Page>,
        clock: Time,
        wire: Arc<Wire>,
        kept: bool,
        strike: Option<Strike>,
    ) -> Self {
        let mut outbound = Self {
            inner,
            page,
            clock,
            wire,
            kept,
            held: Bytes::new(),
            sent: 0,
            events: BlankLines::default(),
            state: State::Flowing,
            script: None,
            pieces: None,
        };
        if let Some(strike) = strike {
            outbound.obey(strike);
        }
        outbound
    }

    fn obey(&mut self, strike: Strike) {
        match &strike.act {
            Act::Cut(mark) => self.script = Some((strike.clone(), Break::Cut(*mark))),
            Act::Stall(mark, time) => self.script = Some((strike.clone(), Break::Stall(*mark, *time))),
            Act::Pieces(size) => {
                self.pieces = Some(*size);
                strike.fired();
            }
            Act::CutWire(bytes) => self.wire.limit(*bytes, strike.clone()),
            Act::Answer { .. }
            | Act::Drop
            | Act::CutRequest(_)
            | Act::StallHead
            | Act::Delay(_)
            | Act::FailRender(_)
            | Act::Do(..) => {}
        }
    }

    fn end(&self) {
        self.page.iter().for_each(|page| page.end(Ending::Whole));
    }

    const fn mark(&self) -> Option<Mark> {
        match &self.script {
            Some((_, Break::Cut(mark) | Break::Stall(mark, _))) => Some(*mark),
            None => None,
        }
    }

    fn at_mark(&self) -> bool {
        match self.mark() {
            Some(Mark::Byte(at)) => self.sent >= at,
            Some(Mark::Event(at)) => self.events.count >= at,
            None => false,
        }
    }

    fn break_here(&mut self) {
        let Some((strike, what)) = self.script.take() else {
            return;
        };
        self.state = match what {
            Break::Cut(_) => {
                strike.fired();
                State::Flushing { since: self.wire.flushes(), then_cut: true }
            }
            Break::Stall(_, time) => {
                strike.fired();
                State::Asleep(time.map(|time| self.clock.sleep(time)))
            }
        };
    }

    /// The next bytes to yield: up to the mark, and no more than a piece.
    fn take(&mut self) -> Bytes {
        let mut len = self.held.len().min(self.pieces.unwrap_or(usize::MAX));
        match self.mark() {
            Some(Mark::Byte(at)) => len = len.min(usize::try_from(at - self.sent).unwrap_or(usize::MAX)),
            Some(Mark::Event(at)) => len = self.events.until(&self.held[..len], at),
            None => {}
        }
        let bytes = self.held.split_to(len);
        self.sent += bytes.len() as u64;
        if let Some(page) = &self.page {
            let mut exchange = page.lock();
            if self.kept {
                keep(&mut exchange.answer, &bytes);
            }
            exchange.answer_len = self.sent;
        }
        bytes
    }
}

impl HttpBody for Outbound {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        loop {
            match &mut self.state {
                State::Flowing => {}
                State::Asleep(None) => return Poll::Pending,
                State::Asleep(Some(sleep)) => {
                    ready!(sleep.as_mut().poll(cx));
                    self.state = State::Flowing;
                }
                State::Flushing { since, then_cut } => {
                    let (since, then_cut) = (*since, *then_cut);
                    ready!(self.wire.poll_flushed(since, cx));
                    if then_cut {
                        return Poll::Ready(Some(Err(axum::Error::new(io::Error::from(
                            io::ErrorKind::ConnectionAborted,
                        )))));
                    }
                    self.state = State::Flowing;
                }
            }
            if self.at_mark() {
                self.break_here();
                continue;
            }
            if self.held.is_empty() {
                let Some(frame) = ready!(Pin::new(&mut self.inner).poll_frame(cx)) else {
                    self.end();
                    return Poll::Ready(None);
                };
                let Ok(data) = frame?.into_data() else {
                    continue;
                };
                self.held = data;
                continue;
            }
            let bytes = self.take();
            if self.pieces.is_some() {
                self.state = State::Flushing { since: self.wire.flushes(), then_cut: false };
            }
            return Poll::Ready(Some(Ok(Frame::data(bytes))));
        }
    }

    fn size_hint(&self) -> SizeHint {
        let mut hint = self.inner.size_hint();
        if !self.held.is_empty() {
            hint = SizeHint::default();
        }
        hint
    }

    fn is_end_stream(&self) -> bool {
        self.script.is_none()
            && matches!(self.state, State::Flowing)
            && self.held.is_empty()
            && self.inner.is_end_stream()
    }
}

impl Drop for Outbound {
    /// Nobody polls a body that says of itself that it is over.
    fn drop(&mut self) {
        if self.is_end_stream() {
            self.end();
        }
    }
}

/// Counts the blocks of a stream, each ended by a blank line, over any split of it.
#[derive(Debug, Default)]
struct BlankLines {
    count: u32,
    at_line_start: bool,
    after_cr: bool,
}

impl BlankLines {
    /// Reads on until `target` blocks have ended and says how many bytes that took, all of them if it is never reached.
    fn until(&mut self, bytes: &[u8], target: u32) -> usize {
        for (index, &byte) in bytes.iter().enumerate() {
            self.read(byte);
            if self.count >= target {
                return index + 1;
            }
        }
        bytes.len()
    }

    const fn read(&mut self, byte: u8) {
        let second_half = byte == b'\n' && self.after_cr;
        self.after_cr = byte == b'\r';
        if second_half {
            return;
        }
        let ends_line = matches!(byte, b'\n' | b'\r');
        if ends_line && self.at_line_start {
            self.count += 1;
        }
        self.at_line_start = ends_line;
    }
}

#[cfg(test)]
mod tests {
    use super::BlankLines;

    #[test]
    fn blocks_are_counted_over_any_split() {
        let stream = b"data: a\n\ndata: b\r\n\r\n: c\n\ndata: d\n";
        for split in 0..stream.len() {
            let mut lines = BlankLines::default();
            lines.until(&stream[..split], u32::MAX);
            lines.until(&stream[split..], u32::MAX);
            assert_eq!(lines.count, 3, "split at {split}");
        }
    }

    #[test]
    fn a_target_ends_right_after_its_blank_line() {
        let stream = b"data: a\n\ndata: b\n\ndata: c\n\n";
        assert_eq!(BlankLines::default().until(stream, 1), 9);
        assert_eq!(BlankLines::default().until(stream, 2), 18);
        assert_eq!(BlankLines::default().until(stream, 7), stream.len());
    }
}
