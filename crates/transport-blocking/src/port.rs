//! The port: what performs the ops of a machine.

use std::sync::Arc;

use weixin_video_files::Measured;

use crate::clock::Clock;
use crate::core::call::{Call, Receive, Reply, SinkId};
use crate::core::error::{Fault, Phase};
use crate::core::event::Observer;
use crate::core::machine::{Input, Op};
use crate::core::planted;
use crate::core::time::Instant;
use crate::http::{Network, Sending, Sent};
use crate::sink::{Saving, Sink, save};
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

impl Files {
    fn sink(&mut self, SinkId(number): SinkId) -> Option<&mut Sink> {
        self.sink.as_mut().filter(|_| number == 0)
    }
}

/// A port of sockets and files, for one operation.
pub(crate) struct HttpPort {
    network: Network,
    files: Files,
    clock: Arc<dyn Clock>,
    stop: Stop,
    open: Option<Open>,
}

/// What the last request for a stream left open. Dropping it closes its connection.
enum Open {
    /// It is on its way, and no head came yet.
    Sending(Sending),
    Body(Stream),
}

impl HttpPort {
    pub(crate) fn new(network: Network, files: Files, clock: Arc<dyn Clock>, stop: Stop) -> Self {
        Self { network, files, clock, stop, open: None }
    }

    fn send(&mut self, call: Call, observer: &mut dyn Observer) -> Input {
        self.open = None;
        let (deadline, receive) = (self.clock.deadline(call.until()), call.receive());
        #[cfg(feature = "planted")]
        let copy = planted!(RetriesByItself).then(|| call.copied());
        let sent = self.network.send(call, self.files.source.as_ref(), deadline, &self.stop, observer);
        #[cfg(feature = "planted")]
        let sent = match (sent, copy) {
            (Sent::Not(Input::Failed(_)), Some(call)) => {
                self.network.send(call, self.files.source.as_ref(), deadline, &self.stop, observer)
            }
            (sent, _) => sent,
        };
        match (sent, receive) {
            (Sent::Answered(head, stream), Receive::Whole { limit }) => match stream.whole(limit) {
                Ok(body) => Input::Reply(Reply { head, body }),
                Err(halt) => halt.into(),
            },
            (Sent::Late(_), Receive::Whole { .. }) => Input::Elapsed,
            (sent, _) => self.opened(sent),
        }
    }

    fn read(&mut self, until: Instant, observer: &mut dyn Observer) -> Input {
        let deadline = self.clock.deadline(until);
        match self.open.take() {
            Some(Open::Sending(sending)) => {
                let sent = sending.head(deadline, &self.stop, observer);
                self.opened(sent)
            }
            Some(Open::Body(mut stream)) => {
                let input = match stream.read(deadline) {
                    Got::Bytes(bytes) => Input::Chunk(bytes.to_vec()),
                    Got::End => Input::End,
                    Got::Nothing(halt) => halt.into(),
                };
                self.open = Some(Open::Body(stream));
                input
            }
            None => no_stream(),
        }
    }

    fn opened(&mut self, sent: Sent) -> Input {
        match sent {
            Sent::Answered(head, stream) => {
                self.open = Some(Open::Body(stream));
                Input::Head(head)
            }
            Sent::Late(_) if planted!(LateHeadIsDropped) => Input::Elapsed,
            Sent::Late(sending) => {
                self.open = Some(Open::Sending(sending));
                Input::Elapsed
            }
            Sent::Not(input) => input,
        }
    }

    fn save(&mut self, sink: SinkId, saving: Saving<'_>, observer: &mut dyn Observer) -> Input {
        match (self.open.take(), self.files.sink(sink)) {
            (Some(Open::Body(mut stream)), Some(sink)) => save(sink, &mut stream, saving, observer),
            _ => no_stream(),
        }
    }

    fn measure(&mut self, sink: SinkId) -> Input {
        match self.files.sink(sink).map(Sink::measure) {
            Some(Ok(Measured { part, output })) => Input::Measured { part, output },
            Some(Err(fault)) => Input::Failed(fault),
            None => no_stream(),
        }
    }

    fn publish(&mut self, sink: SinkId) -> Input {
        match self.files.sink(sink).map(Sink::publish) {
            Some(Ok(())) => Input::Published,
            Some(Err(fault)) => Input::Failed(fault),
            None => no_stream(),
        }
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
        let clock = self.clock.clone();
        match op {
            Op::Send(call) => self.send(call, observer),
            Op::Read { until } => self.read(until, observer),
            Op::Save { sink, from, limit, stall } => {
                self.save(sink, Saving { from, limit, stall, clock: &*clock }, observer)
            }
            Op::Measure(sink) => self.measure(sink),
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
