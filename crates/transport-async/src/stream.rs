//! The body of an answer, read with a deadline.

use std::time::Duration;

use bytes::Bytes;
use tokio::time::{Instant, timeout_at};

use crate::core::error::{BoxError, Fault, Phase};
use crate::core::machine::Input;
use crate::core::planted;
use crate::fault;

/// An open answer. Dropping it closes its connection.
pub(crate) struct Stream {
    response: reqwest::Response,
    announced: Option<u64>,
}

/// What a read brought.
pub(crate) enum Got {
    Bytes(Bytes),
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
    pub(crate) fn new(response: reqwest::Response, announced: Option<u64>) -> Self {
        Self { response, announced }
    }

    /// The length in bytes, when the server said so.
    pub(crate) fn announced(&self) -> Option<u64> {
        self.announced
    }

    pub(crate) async fn read(&mut self, deadline: Instant) -> Got {
        loop {
            match timeout_at(deadline, self.response.chunk()).await {
                Ok(Ok(Some(bytes))) if bytes.is_empty() => {}
                Ok(Ok(Some(bytes))) => return Got::Bytes(bytes),
                Ok(Ok(None)) => return Got::End,
                Ok(Err(_)) if planted!(TornBodyIsWhole) => return Got::End,
                Ok(Err(error)) => return Got::Nothing(Halt::Failed(fault::receiving(error))),
                Err(_) => return Got::Nothing(Halt::Elapsed),
            }
        }
    }

    /// All of it, by `deadline`.
    pub(crate) async fn whole(mut self, limit: usize, deadline: Instant) -> Result<Vec<u8>, Halt> {
        let mut body = Vec::new();
        loop {
            match self.read(deadline).await {
                Got::Bytes(piece) if piece.len() > limit - body.len() => return Err(too_long(limit)),
                Got::Bytes(piece) => body.extend_from_slice(&piece),
                Got::End => return Ok(body),
                Got::Nothing(halt) => return Err(halt),
            }
        }
    }
}

fn too_long(limit: usize) -> Halt {
    let source = format!("the answer is longer than {limit} bytes").into();
    Halt::Failed(Fault { phase: Phase::Receiving, source })
}
