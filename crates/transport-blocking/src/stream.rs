//! The body of an answer, read with a deadline.

use std::io::Read;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::core::error::{BoxError, Fault, Phase};
use crate::core::machine::Input;
use crate::core::planted;
use crate::fault;
use crate::wire::Line;

/// Read at once, in bytes.
const BUFFER: usize = 64 * 1024;

/// An open answer. Dropping it closes its connection.
pub(crate) struct Stream {
    reader: ureq::BodyReader<'static>,
    line: Arc<Line>,
    buffer: Vec<u8>,
    announced: Option<u64>,
}

/// What a read brought.
pub(crate) enum Got<'a> {
    Bytes(&'a [u8]),
    End,
    Nothing(Halt),
}

/// Why nothing came.
pub(crate) enum Halt {
    /// The deadline passed; there may be more later.
    Elapsed,
    Failed(Fault),
}

impl From<Halt> for Input {
    fn from(halt: Halt) -> Self {
        match halt {
            Halt::Elapsed => Self::Elapsed,
            Halt::Failed(fault) => Self::Failed(fault),
        }
    }
}

impl Halt {
    /// The words for a stream that was to bring a byte every `stall`.
    pub(crate) fn why(self, stall: Duration) -> BoxError {
        match self {
            Self::Elapsed => format!("nothing came for {stall:?}").into(),
            Self::Failed(fault) => fault.source,
        }
    }
}

impl Stream {
    pub(crate) fn new(body: ureq::Body, line: Arc<Line>, announced: Option<u64>) -> Self {
        Self { reader: body.into_reader(), line, buffer: vec![0; BUFFER], announced }
    }

    /// The length in bytes, when the server said so.
    pub(crate) fn announced(&self) -> Option<u64> {
        self.announced
    }

    pub(crate) fn read(&mut self, deadline: Instant) -> Got<'_> {
        self.line.until(deadline);
        self.read_on()
    }

    /// All of it, by the deadline of the request.
    pub(crate) fn whole(mut self, limit: usize) -> Result<Vec<u8>, Halt> {
        let mut body = Vec::new();
        loop {
            match self.read_on() {
                Got::Bytes(piece) if piece.len() > limit - body.len() => return Err(too_long(limit)),
                Got::Bytes(piece) => body.extend_from_slice(piece),
                Got::End => return Ok(body),
                Got::Nothing(halt) => return Err(halt),
            }
        }
    }

    fn read_on(&mut self) -> Got<'_> {
        match self.reader.read(&mut self.buffer) {
            Ok(0) => Got::End,
            Ok(read) => Got::Bytes(&self.buffer[..read]),
            Err(error) if planted!(TornBodyIsWhole) && error.kind() != std::io::ErrorKind::TimedOut => Got::End,
            Err(error) => Got::Nothing(halt(&ureq::Error::from(error))),
        }
    }
}

fn halt(error: &ureq::Error) -> Halt {
    if matches!(error, ureq::Error::Timeout(_)) { Halt::Elapsed } else { Halt::Failed(fault::receiving(error)) }
}

fn too_long(limit: usize) -> Halt {
    let source = format!("the answer is longer than {limit} bytes").into();
    Halt::Failed(Fault { phase: Phase::Receiving, source })
}
