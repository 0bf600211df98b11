//! A client, its disk, its clocks, the network and the server: everything a session happens in.

use std::time::Duration;

use weixin_video_core::call::Call;
use weixin_video_core::error::Phase;
use weixin_video_core::ids::Grant;
use weixin_video_core::machine::{Input, Op};
use weixin_video_core::time::Instant;

use crate::clock::Clock;
use crate::disk::Disk;
use crate::fate::Fate;
use crate::fault::Fault;
use crate::network::{Open, Trip, broken};
use crate::server::{Asked, End, Route, Server};
use crate::stats::Mark;
use crate::temper::Temper;
use crate::watch::Watch;

/// Everything there is.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) fate: Fate,
    pub(crate) clock: Clock,
    pub(crate) server: Server,
    pub(crate) disk: Disk,
    pub(crate) watch: Watch,
    pub(crate) temper: Temper,
    /// The token that is kept on the client's disk.
    pub(crate) grant: Option<Grant>,
    /// The stream of each operation of the process.
    pub(crate) open: Vec<Option<Open>>,
}

/// What came of an op, and when it is known.
pub(crate) struct Outcome {
    pub(crate) at: Duration,
    pub(crate) input: Input,
}

impl World {
    /// An empty one.
    pub(crate) fn new(fate: Fate) -> Self {
        Self {
            fate,
            clock: Clock::default(),
            server: Server::default(),
            disk: Disk::default(),
            watch: Watch::default(),
            temper: Temper::default(),
            grant: None,
            open: Vec::new(),
        }
    }

    /// Carries out what operation `who` asks for. `is_last` when the process dies within it.
    pub(crate) fn perform(&mut self, who: usize, op: Op, is_last: bool) -> Outcome {
        if let Some(rate) = self.temper.of_op(&op) {
            self.fate.rate = rate;
        }
        self.odd_clocks(who);
        let outcome = match op {
            Op::Send(call) => self.send(who, call),
            Op::Read { until } => self.read(who, until),
            Op::Save { from, limit, stall, .. } => self.save(who, from, limit, stall, is_last),
            Op::Measure(_) => {
                // One that is to be replaced may be the old one.
                let output = self.disk.output_length().filter(|_| !self.disk.replace);
                let part = self.disk.part_length();
                self.soon(Input::Measured { part, output })
            }
            Op::Publish(_) => self.publish(),
            Op::Wait { until } => Outcome { at: self.clock.true_time(until), input: Input::Elapsed },
        };
        self.watch.holds_disk(&self.server, &self.disk);
        self.watch.holds_ledger(&self.server);
        outcome
    }

    /// The operation's stream is dropped, if it has one.
    pub(crate) fn drop_stream(&mut self, who: usize) {
        let Some(open) = self.open[who].take() else { return };
        if let (Some(run), false) = (open.run, open.is_over) {
            self.server.hang_up(run, self.clock.truth());
        }
    }

    fn odd_clocks(&mut self, who: usize) {
        let rate = self.fate.rate / 16;
        match self.fate.strikes_at(rate, &[Fault::Sleeps, Fault::ClockBack, Fault::ClockForward]) {
            Some(Fault::Sleeps) => {
                self.clock.sleep(Duration::from_secs(self.fate.of(&[60, 700, 3_600, 30_000])));
                let breaks = self.fate.odds(5_000);
                let truth = self.clock.truth();
                if let (true, Some(open)) = (breaks, &mut self.open[who]) {
                    open.pieces.clear();
                    (open.ends_at, open.end) = (truth, End::Broken);
                }
            }
            Some(Fault::ClockBack) => self.clock.set(-self.fate.of(&[100, 7_200, 1_000_000])),
            Some(_) => self.clock.set(self.fate.of(&[100, 7_200, 1_000_000])),
            None => {}
        }
    }

    fn soon(&self, input: Input) -> Outcome {
        Outcome { at: self.clock.truth() + Duration::from_millis(1), input }
    }

    fn send(&mut self, who: usize, call: Call) -> Outcome {
        self.drop_stream(who);
        self.fate.stats.requests += 1;
        let (truth, now, charge) = (self.clock.truth(), self.clock.now(), call.charge());
        // The request is read before it moves into the network; it is small, files are named by number.
        let request = call.request().clone();
        let asked = Asked::read(&request);
        self.watch.asked(who, now, truth, &call, &asked, &self.server);
        self.fate.rate = self.temper.of_route(asked.route);
        self.fate.tell(|| format!("{} {}{}", request.method(), asked.host, request.uri().path()));
        let until = self.clock.true_time(call.until());
        let trip = Trip { fate: &mut self.fate, server: &mut self.server, at: truth, until };
        let received = trip.make(call, &asked);
        match &received.input {
            Input::NotSent { .. } => self.watch.not_sent(charge),
            Input::Failed(_) if asked.route == Route::Chat => self.watch.conducts[who].broke(received.at),
            _ => {}
        }
        if let Some(tells) = &received.tells {
            self.watch.heard(who, received.at, tells);
        }
        self.open[who] = received.open;
        if matches!(received.input, Input::Head(_)) {
            self.heard_head(who, received.at);
        }
        Outcome { at: received.at, input: received.input }
    }

    fn read(&mut self, who: usize, until: Instant) -> Outcome {
        let (truth, until) = (self.clock.truth(), self.clock.true_time(until));
        let Some(open) = &mut self.open[who] else {
            return self.soon(Input::Failed(broken(Phase::Receiving)));
        };
        let elapsed = Outcome { at: until.max(truth), input: Input::Elapsed };
        if let Some((at, call)) = open.unsent.take() {
            if at > until {
                open.unsent = Some((at, call));
                return elapsed;
            }
            self.watch.not_sent(call.charge());
            return Outcome { at: at.max(truth), input: Input::NotSent { call, why: "timed out".into() } };
        }
        if let Some((at, head)) = open.head.take() {
            if at > until {
                open.head = Some((at, head));
                return elapsed;
            }
            let at = at.max(truth);
            self.heard_head(who, at);
            return Outcome { at, input: Input::Head(head) };
        }
        let next = open.pieces.front().map_or(open.ends_at, |(at, _)| *at);
        if next > until || (open.pieces.is_empty() && open.end == End::Silent) {
            return elapsed;
        }
        let at = next.max(truth);
        if let Some((_, piece)) = open.pieces.pop_front() {
            if let (true, Some(tells)) = (open.pieces.is_empty(), &open.tells) {
                self.watch.heard_words(tells);
            }
            return Outcome { at, input: Input::Chunk(piece) };
        }
        self.ends(who, at)
    }

    fn heard_head(&mut self, who: usize, at: Duration) {
        if let Some(tells) = self.open[who].as_mut().and_then(Open::take_told_by_head) {
            self.watch.heard(who, at, &tells);
        }
    }

    fn ends(&mut self, who: usize, at: Duration) -> Outcome {
        let Some(open) = &mut self.open[who] else { return self.soon(Input::End) };
        open.is_over = true;
        let (route, run) = (open.route, open.run);
        if open.end != End::Broken {
            let told = open.tells.take();
            if open.is_torn {
                self.watch.conducts[who].broke(at);
            } else {
                self.watch.conducts[who].closed();
            }
            told.iter().for_each(|tells| self.watch.heard(who, at, tells));
            return Outcome { at, input: Input::End };
        }
        if let Some(run) = run {
            self.server.hang_up(run, at);
        }
        if route == Route::Chat {
            self.watch.conducts[who].broke(at);
        }
        Outcome { at, input: Input::Failed(broken(Phase::Receiving)) }
    }

    fn save(&mut self, who: usize, from: u64, limit: u64, stall: Duration, is_last: bool) -> Outcome {
        self.watch.saves(from, self.disk.part_length());
        if from > 0 {
            self.fate.stats.mark(Mark::PartUsed);
        }
        let Some(mut open) = self.open[who].take() else {
            return self.soon(Input::Failed(broken(Phase::Receiving)));
        };
        let mut at = self.clock.truth();
        let full = self.fate.is_struck(Fault::DiskFull);
        let part = self.disk.begin(usize::try_from(from).unwrap_or(usize::MAX));
        while let Some((comes, piece)) = open.pieces.pop_front() {
            if comes.saturating_sub(at) > stall {
                open.end = End::Silent;
                break;
            }
            at = at.max(comes);
            let short = if full || is_last {
                self.fate.below(u32::try_from(piece.len()).unwrap_or(0) + 1) as usize
            } else {
                piece.len()
            };
            part.extend_from_slice(&piece[..short]);
            if full {
                return Outcome { at, input: Input::Failed(broken(Phase::Sink)) };
            }
            if short < piece.len() {
                break;
            }
        }
        let bytes = u64::try_from(part.len()).unwrap_or(u64::MAX);
        self.fate.tell(|| format!("  {bytes} bytes lie in the part file, from {from} on, {:?}", open.end));
        if bytes > limit {
            return Outcome { at, input: Input::Failed(broken(Phase::Sink)) };
        }
        let start = part.iter().take(64).copied().collect();
        match open.end {
            End::Whole => Outcome { at: at.max(open.ends_at), input: Input::Saved { bytes, start, whole: true } },
            End::Broken => Outcome { at, input: Input::Cut { bytes, why: "connection reset".into() } },
            End::Silent => Outcome { at: at + stall, input: Input::Cut { bytes, why: "no byte came".into() } },
        }
    }

    fn publish(&mut self) -> Outcome {
        self.watch.publishes(self.disk.part_length());
        if self.disk.output.is_none() && self.fate.is_struck(Fault::OutputAppears) {
            self.disk.output = Some(b"somebody else's".to_vec());
            self.disk.old = self.disk.output.clone();
        }
        if self.fate.is_struck(Fault::PublishFails) {
            return self.soon(Input::Failed(broken(Phase::Sink)));
        }
        if self.disk.publish() {
            self.fate.tell(|| "  the part file gets its name".into());
            return self.soon(Input::Published);
        }
        self.soon(Input::Failed(broken(Phase::SinkExists)))
    }
}
