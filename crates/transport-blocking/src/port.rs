//! The port: what performs the ops of a machine.

use std::sync::Arc;
use std::time::Duration;

use crate::clock::Clock;
use crate::core::call::{Call, Receive, Reply, SinkId};
use crate::core::error::{Fault, Phase};
use crate::core::event::Observer;
use crate::core::machine::{Input, Op};
use crate::core::time::Instant;
use crate::http::{Network, Sent};
use crate::sink::{Saving, Sink};
use crate::source::Source;
use crate::stop::{Stop, TICK};
use crate::stream::{Got, Stream};

/// Performs one [`Op`] and says what came of it, and nothing else: no decision is taken here.
///
/// What each op may answer stands in its own documentation.
#[cfg_attr(test, mockall::automock)]
pub(crate) trait Port: Send {
    /// Performs `op`; bytes that move meanwhile are told to `observer`.
    fn perform(&mut self, op: Op, observer: &mut dyn Observer) -> Input;
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
    stop: Stop,
    stream: Option<Stream>,
}

impl HttpPort {
    pub(crate) fn new(network: Network, files: Files, clock: Arc<dyn Clock>, stop: Stop) -> Self {
        Self { network, files, clock, stop, stream: None }
    }

    fn send(&mut self, call: Call, observer: &mut dyn Observer) -> Input {
        self.stream = None;
        let deadline = self.deadline(call.until());
        match self.network.send(call, self.files.source.as_ref(), deadline, &self.stop, observer) {
            Sent::Answered(head, stream, Receive::Whole { limit }) => match stream.whole(limit) {
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

    fn read(&mut self, until: Instant) -> Input {
        let deadline = self.deadline(until);
        let Some(stream) = &mut self.stream else {
            return no_stream();
        };
        match stream.read(deadline) {
            Got::Bytes(bytes) => Input::Chunk(bytes.to_vec()),
            Got::End => Input::End,
            Got::Nothing(halt) => halt.into(),
        }
    }

    fn save(&mut self, sink: SinkId, limit: u64, stall: Duration, observer: &mut dyn Observer) -> Input {
        let clock = self.clock.clone();
        let (Some(mut stream), Some(target)) = (self.stream.take(), self.sink(sink)) else {
            return no_stream();
        };
        target.save(&mut stream, Saving { limit, stall, clock: &*clock }, observer)
    }

    fn publish(&mut self, sink: SinkId) -> Input {
        match self.sink(sink).map(Sink::publish) {
            Some(Ok(())) => Input::Published,
            Some(Err(fault)) => Input::Failed(fault),
            None => no_stream(),
        }
    }

    fn sink(&mut self, SinkId(number): SinkId) -> Option<&mut Sink> {
        self.files.sink.as_mut().filter(|_| number == 0)
    }

    fn deadline(&self, until: Instant) -> std::time::Instant {
        self.clock.deadline(until)
    }

    fn wait(&self, until: Instant) -> Input {
        loop {
            let left = until - self.clock.now().monotonic;
            if left.is_zero() || self.stop.is_set() {
                return Input::Elapsed;
            }
            self.clock.sleep(left.min(TICK));
        }
    }
}

impl Port for HttpPort {
    fn perform(&mut self, op: Op, observer: &mut dyn Observer) -> Input {
        match op {
            Op::Send(call) => self.send(call, observer),
            Op::Read { until } => self.read(until),
            Op::Save { sink, from: _, limit, stall } => self.save(sink, limit, stall, observer),
            Op::Measure(_) => Input::Measured { part: 0, output: None },
            Op::Publish(sink) => self.publish(sink),
            Op::Wait { until } => self.wait(until),
        }
    }
}

/// A machine that reads without a stream, or names a file that it was not given, is told that nothing came.
fn no_stream() -> Input {
    Input::Failed(Fault { phase: Phase::Receiving, source: "there is nothing to read".into() })
}

#[cfg(test)]
mod tests;
