//! The port: what performs the ops of a machine.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use crate::clock::Clock;
use crate::core::call::{Call, Receive, Reply, SinkId};
use crate::core::error::{Fault, Phase};
use crate::core::event::Observer;
use crate::core::machine::{Input, Op};
use crate::core::time::Instant;
use crate::http::{Network, Sent};
use crate::sink::{Saving, Sink};
use crate::source::Source;
use crate::stream::{Got, Stream};

/// Performs one [`Op`] and says what came of it, and nothing else: no decision is taken here.
///
/// What each op may answer stands in its own documentation. Dropping the future drops what was under way.
#[async_trait]
pub(crate) trait Port: Send {
    /// Performs `op`; bytes that move meanwhile are told to `observer`.
    async fn perform(&mut self, op: Op, observer: &mut dyn Observer) -> Input;
}

/// The files of one operation, numbered as core knows them.
#[derive(Debug, Default)]
pub(crate) struct Files {
    pub(crate) source: Option<Source>,
    pub(crate) sink: Option<Sink>,
}

/// A port of sockets and files, for one operation.
pub(crate) struct HttpPort {
    network: Network,
    files: Files,
    clock: Arc<dyn Clock>,
    stream: Option<Stream>,
}

impl HttpPort {
    pub(crate) fn new(network: Network, files: Files, clock: Arc<dyn Clock>) -> Self {
        Self { network, files, clock, stream: None }
    }

    async fn send(&mut self, call: Call, observer: &mut dyn Observer) -> Input {
        self.stream = None;
        let deadline = self.deadline(call.until());
        match self.network.send(call, self.files.source.as_ref(), deadline, observer).await {
            Sent::Answered(head, stream, Receive::Whole { limit }) => match stream.whole(limit, deadline).await {
                Ok(body) => Input::Reply(Reply { head, body }),
                Err(halt) => halt.into(),
            },
            Sent::Answered(head, stream, Receive::Stream) => {
                self.stream = Some(stream);
                Input::Head(head)
            }
            Sent::Not(input) => input,
        }
    }

    async fn read(&mut self, until: Instant) -> Input {
        let deadline = self.deadline(until);
        let Some(stream) = &mut self.stream else {
            return no_stream();
        };
        match stream.read(deadline).await {
            Got::Bytes(bytes) => Input::Chunk(bytes.to_vec()),
            Got::End => Input::End,
            Got::Nothing(halt) => halt.into(),
        }
    }

    async fn save(&mut self, sink: SinkId, limit: u64, stall: Duration, observer: &mut dyn Observer) -> Input {
        let clock = self.clock.clone();
        let (Some(mut stream), Some(target)) = (self.stream.take(), self.sink(sink)) else {
            return no_stream();
        };
        target.save(&mut stream, Saving { limit, stall, clock: &*clock }, observer).await
    }

    async fn publish(&mut self, sink: SinkId) -> Input {
        let Some(sink) = self.sink(sink) else {
            return no_stream();
        };
        match sink.publish().await {
            Ok(()) => Input::Published,
            Err(fault) => Input::Failed(fault),
        }
    }

    fn sink(&mut self, SinkId(number): SinkId) -> Option<&mut Sink> {
        self.files.sink.as_mut().filter(|_| number == 0)
    }

    fn deadline(&self, until: Instant) -> tokio::time::Instant {
        tokio::time::Instant::from_std(self.clock.deadline(until))
    }

    async fn wait(&self, until: Instant) -> Input {
        loop {
            let left = until - self.clock.now().monotonic;
            if left.is_zero() {
                return Input::Elapsed;
            }
            self.clock.sleep(left).await;
        }
    }
}

#[async_trait]
impl Port for HttpPort {
    async fn perform(&mut self, op: Op, observer: &mut dyn Observer) -> Input {
        match op {
            Op::Send(call) => self.send(call, observer).await,
            Op::Read { until } => self.read(until).await,
            Op::Save { sink, from: _, limit, stall } => self.save(sink, limit, stall, observer).await,
            Op::Measure(_) => Input::Measured { part: 0, output: None },
            Op::Publish(sink) => self.publish(sink).await,
            Op::Wait { until } => self.wait(until).await,
        }
    }
}

/// A machine that reads without a stream, or names a file that it was not given, is told that nothing came.
fn no_stream() -> Input {
    Input::Failed(Fault { phase: Phase::Receiving, source: "there is nothing to read".into() })
}

#[cfg(test)]
mod tests;
