//! The contract between a decision and the bytes it needs: [`Machine`], [`Step`], [`Op`], [`Input`].

use std::ops::ControlFlow;
use std::time::Duration;

use crate::call::{Call, Head, Reply, SinkId};
use crate::error::{BoxError, Error, Fault};
use crate::event::Event;
use crate::time::{Instant, Now};

/// A sequence of decisions that needs the outside world one question at a time.
///
/// The driver loop stands in the [crate documentation](crate). Every [`Op`] is answered by exactly one
/// [`Input`]; there is nothing to drain and no timer to keep, because the deadline sits inside the `Op`.
pub trait Machine {
    /// What it ends with.
    type Output;

    /// Says what comes next. A charged [`Op::Send`] is yielded once and never again.
    ///
    /// # Panics
    /// When polled after [`Step::Done`]: a driver that does so is wrong.
    fn poll(&mut self, now: Now) -> Step<Self::Output>;

    /// Takes the answer to the last [`Op`]. An answer nobody asked for changes nothing.
    fn handle(&mut self, now: Now, input: Input);

    /// Adds to an error that ended it from outside what it knows: where it was, and what had been charged.
    fn in_context(&self, error: Error) -> Error {
        error
    }
}

/// What a machine wants next.
#[derive(Debug)]
#[must_use = "a step that is not carried out stalls the machine"]
pub enum Step<T> {
    /// Tell whoever watches, then poll again.
    Emit(Event),
    /// Perform this and hand the answer to [`Machine::handle`].
    Do(Op),
    /// It is over.
    Done(Result<T, Error>),
}

impl<T> Step<T> {
    /// Splits a child's step for its parent: what is passed on as it is, and the child's end.
    pub(crate) fn or_end<U>(self) -> ControlFlow<Step<U>, Result<T, Error>> {
        match self {
            Self::Emit(event) => ControlFlow::Break(Step::Emit(event)),
            Self::Do(op) => ControlFlow::Break(Step::Do(op)),
            Self::Done(result) => ControlFlow::Continue(result),
        }
    }
}

/// One question to the outside world.
#[derive(Debug)]
#[must_use = "an op that is not performed stalls the machine"]
pub enum Op {
    /// Send a request. Answers: [`Input::Reply`] (or [`Input::Head`] when the call asks for a stream),
    /// [`Input::Elapsed`], [`Input::NotSent`], [`Input::Failed`]. Drops a stream that is still open.
    /// A call for a stream whose head is late stays on its way after [`Input::Elapsed`]: see [`Op::Read`].
    Send(Call),
    /// Read more of the stream, or wait on for its head. Answers: [`Input::Head`] when none came yet (or
    /// [`Input::NotSent`], if it turns out that nothing left), [`Input::Chunk`], [`Input::End`], [`Input::Elapsed`]
    /// (the stream stays open), [`Input::Failed`], also when no stream is open.
    Read {
        /// When to give up.
        until: Instant,
    },
    /// Write the rest of the stream whose head came into the part file beside the sink's path.
    /// Answers: [`Input::Saved`], [`Input::Cut`], [`Input::Failed`].
    Save {
        /// Where to.
        sink: SinkId,
        /// The length of the part file to go on from; what lies behind it is cut off. 0 begins it anew.
        from: u64,
        /// A file longer than this is refused with [`Input::Failed`].
        limit: u64,
        /// Longest time for the next [`Stall::BYTES`](crate::stall::Stall::BYTES), or for what is left.
        stall: Duration,
    },
    /// How much an earlier run left. The answer is [`Input::Measured`], or [`Input::Failed`].
    Measure(SinkId),
    /// Move the part file to the sink's path, all or nothing.
    /// Answers: [`Input::Published`], [`Input::Failed`].
    Publish(SinkId),
    /// Wait. The answer is [`Input::Elapsed`].
    Wait {
        /// Until when.
        until: Instant,
    },
}

/// What the outside world answered.
#[derive(Debug)]
pub enum Input {
    /// The whole answer to a call that asked for [`Receive::Whole`](crate::call::Receive::Whole).
    Reply(Reply),
    /// The head of the answer to a call that asked for [`Receive::Stream`](crate::call::Receive::Stream).
    Head(Head),
    /// Some bytes of the stream, at least one.
    Chunk(Vec<u8>),
    /// The stream ended as its framing said it would. A connection that just broke is [`Input::Failed`].
    End,
    /// The stream ended and all of it lies in the part file, synced to the disk.
    Saved {
        /// How long the file is now, in bytes.
        bytes: u64,
        /// Its first bytes, at most 64, for a look at what it is.
        start: Vec<u8>,
        /// Whether it is a chain of MP4 boxes that ends where the file ends, `moov` among them: a file that was cut and
        /// passed on with a new length is not.
        whole: bool,
    },
    /// The stream broke off or stalled. What came of it lies in the part file.
    Cut {
        /// How long the file is now, in bytes.
        bytes: u64,
        /// Why.
        why: BoxError,
    },
    /// What an earlier run left at the sink's place.
    Measured {
        /// The length of the part file in bytes; 0 when there is none.
        part: u64,
        /// The length of the file under the sink's own name, if one stands there and is not to be replaced.
        output: Option<u64>,
    },
    /// The file stands under its name.
    Published,
    /// The deadline passed first.
    Elapsed,
    /// No byte of the request can have left this machine (name lookup, connect or TLS failed).
    /// Owning the call again is the proof that it may be sent again.
    NotSent {
        /// The very call.
        call: Call,
        /// Why not.
        why: BoxError,
    },
    /// It went wrong after bytes may have left, or on this machine's disk.
    Failed(Fault),
}
