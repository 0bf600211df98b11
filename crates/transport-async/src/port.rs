//! The port: what performs the ops of a machine.

use std::sync::Arc;

use async_trait::async_trait;
use weixin_video_files::Measured;

use crate::clock::Clock;
use crate::core::call::{Call, Receive, Reply, SinkId};
use crate::core::error::{Fault, Phase};
use crate::core::event::Observer;
use crate::core::machine::{Input, Op};
use crate::core::planted;
use crate::core::time::Instant;
use crate::http::{Network, Sending, Sent};
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

impl Files {
    fn sink(&self, SinkId(number): SinkId) -> Option<&Sink> {
        self.sink.as_ref().filter(|_| number == 0)
    }
}

/// A port of sockets and files, for one operation.
pub(crate) struct HttpPort {
    network: Network,
    files: Files,
    clock: Arc<dyn Clock>,
    open: Option<Open>,
}

/// What the last request for a stream left open. Dropping it closes its connection.
enum Open {
    /// It is on its way, and no head came yet.
    Sending(Sending),
    Body(Stream),
}

impl HttpPort {
    pub(crate) fn new(network: Network, files: Files, clock: Arc<dyn Clock>) -> Self {
        Self { network, files, clock, open: None }
    }

    async fn send(&mut self, call: Call, observer: &mut dyn Observer) -> Input {
        self.open = None;
        let (deadline, receive) = (self.deadline(call.until()), call.receive());
        #[cfg(feature = "planted")]
        let copy = planted!(RetriesByItself).then(|| call.copied());
        let sent = self.network.send(call, self.files.source.as_ref(), deadline, observer).await;
        #[cfg(feature = "planted")]
        let sent = match (sent, copy) {
            (Sent::Not(Input::Failed(_)), Some(call)) => {
                self.network.send(call, self.files.source.as_ref(), deadline, observer).await
            }
            (sent, _) => sent,
        };
        match (sent, receive) {
            (Sent::Answered(head, stream), Receive::Whole { limit }) => match stream.whole(limit, deadline).await {
                Ok(body) => Input::Reply(Reply { head, body }),
                Err(halt) => halt.into(),
            },
            (Sent::Late(_), Receive::Whole { .. }) => Input::Elapsed,
            (sent, _) => self.opened(sent),
        }
    }

    async fn read(&mut self, until: Instant, observer: &mut dyn Observer) -> Input {
        let deadline = self.deadline(until);
        match self.open.take() {
            Some(Open::Sending(sending)) => {
                let sent = sending.head(deadline, observer).await;
                self.opened(sent)
            }
            Some(Open::Body(mut stream)) => {
                let input = match stream.read(deadline).await {
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

    async fn save(&mut self, sink: SinkId, saving: Saving<'_>, observer: &mut dyn Observer) -> Input {
        match (self.open.take(), self.files.sink(sink)) {
            (Some(Open::Body(mut stream)), Some(sink)) => sink.save(&mut stream, saving, observer).await,
            _ => no_stream(),
        }
    }

    fn deadline(&self, until: Instant) -> tokio::time::Instant {
        tokio::time::Instant::from_std(self.clock.deadline(until))
    }
}

#[async_trait]
impl Port for HttpPort {
    async fn perform(&mut self, op: Op, observer: &mut dyn Observer) -> Input {
        let clock = self.clock.clone();
        match op {
            Op::Send(call) => self.send(call, observer).await,
            Op::Read { until } => self.read(until, observer).await,
            Op::Save { sink, from, limit, stall } => {
                self.save(sink, Saving { from, limit, stall, clock: &*clock }, observer).await
            }
            Op::Measure(sink) => measure(self.files.sink(sink)).await,
            Op::Publish(sink) => publish(self.files.sink(sink)).await,
            Op::Wait { until } => wait(&*clock, until).await,
        }
    }
}

async fn measure(sink: Option<&Sink>) -> Input {
    let Some(sink) = sink else {
        return no_stream();
    };
    match sink.measure().await {
        Ok(Measured { part, output }) => Input::Measured { part, output },
        Err(fault) => Input::Failed(fault),
    }
}

async fn publish(sink: Option<&Sink>) -> Input {
    let Some(sink) = sink else {
        return no_stream();
    };
    match sink.publish().await {
        Ok(()) => Input::Published,
        Err(fault) => Input::Failed(fault),
    }
}

async fn wait(clock: &dyn Clock, until: Instant) -> Input {
    loop {
        let left = until - clock.now().monotonic;
        if left.is_zero() {
            return Input::Elapsed;
        }
        clock.sleep(left).await;
    }
}

/// A machine that reads without a stream, or names a file that it was not given, is told that nothing came.
fn no_stream() -> Input {
    Input::Failed(Fault { phase: Phase::Receiving, source: "there is nothing to read".into() })
}

#[cfg(test)]
mod tests;
