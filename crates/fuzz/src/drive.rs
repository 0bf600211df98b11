//! A world for a machine: each byte of the input decides one answer. After the last byte there is silence, or, if there
//! were an odd number of bytes, the last answer again and again. Either way time passes, and the machine must end.
//!
//! The low half of a byte says what kind of answer it is, the high half which one of that kind. A zero is how it
//! should go.

use std::collections::VecDeque;
use std::time::{Duration, SystemTime};

use http::header;
use weixin_video_core::call::{Call, Charge, Origin, Receive, Reply};
use weixin_video_core::error::{Error, Fault, Phase};
use weixin_video_core::event::{Checkpoint, Event};
use weixin_video_core::machine::{Input, Machine, Op, Step};
use weixin_video_core::time::{Instant, Now};

use crate::judge;
use crate::server::{self, VIDEO_BYTES};
use crate::steer::Steer;

/// Ops that a machine may ask for without a decision, and for each decision: far more than any needs.
const STEPS: usize = 4_000;
const STEPS_PER_DECISION: usize = 100;

/// What a machine may say between two ops: a chunk holds so many events at most.
const EVENTS_IN_A_ROW: usize = 10_000;

/// Of what is said to a person, in characters: texts of the agent are kept up to a mebibyte.
const SAID_CHARS: usize = 2 << 20;

/// Ops that a failure shows.
const LATELY: usize = 16;

/// Events in one chunk of a server that says too much.
const FLOOD: usize = 64;

const MP4: &[u8] = b"\0\0\0\x18ftypmp42";

/// What came of a machine.
#[derive(Debug)]
pub(crate) struct Run<T> {
    pub(crate) result: Result<T, Error>,
    /// Charged calls that left.
    pub(crate) charged: u32,
    /// One of them got no answer at all.
    pub(crate) unanswered: bool,
    /// A file got its name.
    pub(crate) published: bool,
}

pub(crate) fn start() -> Now {
    Now { monotonic: Instant::ORIGIN, wall: SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000) }
}

/// Runs a machine to its end, and judges every step.
pub(crate) fn run<M: Machine>(mut machine: M, decisions: &[u8]) -> Run<M::Output> {
    let last = decisions.last().filter(|_| decisions.len() % 2 == 1);
    let mut world = World {
        steer: Steer::new(decisions),
        stubborn: last.copied(),
        sees_secrets: server::names_a_secret(decisions),
        now: start(),
        wire: Wire::Nothing,
        told: None,
        lately: VecDeque::new(),
        run: Run { result: Ok(()), charged: 0, unanswered: false, published: false },
    };
    let (mut ops, mut events) = (0, 0);
    while ops < STEPS + STEPS_PER_DECISION * decisions.len() && events < EVENTS_IN_A_ROW {
        match machine.poll(world.now) {
            Step::Emit(event) => {
                events += 1;
                world.see(event);
            }
            Step::Do(op) => {
                (ops, events) = (ops + 1, 0);
                let input = world.perform(op);
                machine.handle(world.now, input);
            }
            Step::Done(result) => {
                if let Err(error) = &result {
                    world.judged(error);
                }
                let Run { charged, unanswered, published, .. } = world.run;
                return Run { result, charged, unanswered, published };
            }
        }
    }
    panic!("time passes, and it does not end; its last ops:\n{}", world.lately.make_contiguous().join("\n"));
}

struct World<'a> {
    steer: Steer<'a>,
    /// What is decided when the input is used up.
    stubborn: Option<u8>,
    /// The input itself holds a secret, as the engine finds them in the comparisons that look for them.
    sees_secrets: bool,
    now: Now,
    wire: Wire,
    told: Option<Checkpoint>,
    /// The last ops, for whoever looks into a failure.
    lately: VecDeque<String>,
    run: Run<()>,
}

/// What is on its way.
enum Wire {
    Nothing,
    /// A call for a stream whose head did not come yet.
    Asked(Call),
    /// The rest of a stream.
    Open(Vec<u8>),
}

impl World<'_> {
    fn see(&mut self, event: Event) {
        self.secret_free(&format!("{event:?}"));
        if let Event::Said(words) | Event::Note(words) = &event {
            judge::lines(words, SAID_CHARS);
        }
        if let Event::Checkpoint(checkpoint) = event {
            self.secret_free(&serde_json::to_string(&checkpoint).expect("a checkpoint is JSON"));
            self.told = Some(checkpoint);
        }
    }

    fn perform(&mut self, op: Op) -> Input {
        let shown = format!("{op:?}");
        self.secret_free(&shown);
        self.lately.truncate(LATELY - 1);
        self.lately.push_front(shown);
        self.now = self.now.later(Duration::from_secs(1));
        match op {
            Op::Send(call) => self.send(call),
            Op::Read { until } => self.read(until),
            Op::Save { from, stall, .. } => self.save(from, stall),
            Op::Measure(_) => self.measure(),
            Op::Publish(_) => self.publish(),
            Op::Wait { until } => self.elapse(until),
        }
    }

    fn send(&mut self, call: Call) -> Input {
        let ours = Origin::of(call.request().uri()).is_some_and(|origin| origin.to_string() == server::API);
        let token = call.request().headers().contains_key(header::AUTHORIZATION);
        assert!(ours || !token, "the token goes to {}", call.request().uri());
        if call.charge() == Charge::Charged {
            self.run.charged += 1;
            self.run.unanswered = true;
            assert_eq!(self.run.charged, 1, "a charged message leaves twice");
            assert!(matches!(self.told, Some(Checkpoint::Charging { .. })), "it was not told before");
        }
        self.wire = Wire::Nothing;
        self.answer(call)
    }

    fn answer(&mut self, call: Call) -> Input {
        let Some((kind, variant)) = self.decide() else {
            return self.late(call);
        };
        match kind {
            0..=6 => self.heard(&call, server::answer(&call, variant)),
            7 => self.heard(&call, server::trouble(variant)),
            8 => self.heard(&call, Reply::new([100, 204, 304, 400, 404, 409, 500, 599][variant % 8], "")),
            9 => {
                let reply = server::exchange(self.steer.bytes());
                self.heard(&call, reply)
            }
            10 => {
                let reply = self.mangled(server::answer(&call, variant));
                self.heard(&call, reply)
            }
            11 => failed([Phase::Sending, Phase::Receiving, Phase::Source, Phase::SourceMissing][variant % 4]),
            12 => self.not_sent(call),
            13 => self.late(call),
            14 => self.unasked(call, variant),
            _ => {
                self.sleep(variant);
                self.heard(&call, server::answer(&call, 0))
            }
        }
    }

    /// The whole answer, or its head with the rest on the wire.
    fn heard(&mut self, call: &Call, reply: Reply) -> Input {
        if call.charge() == Charge::Charged {
            self.run.unanswered = false;
        }
        match call.receive() {
            Receive::Whole { .. } => Input::Reply(reply),
            Receive::Stream => {
                self.wire = Wire::Open(reply.body);
                Input::Head(reply.head)
            }
        }
    }

    fn late(&mut self, call: Call) -> Input {
        let until = call.until();
        if call.receive() == Receive::Stream {
            self.wire = Wire::Asked(call);
        }
        self.elapse(until)
    }

    fn not_sent(&mut self, call: Call) -> Input {
        if call.charge() == Charge::Charged {
            self.run.charged -= 1;
            self.run.unanswered = false;
        }
        Input::NotSent { call, why: "no route".into() }
    }

    /// An answer to another question. The call may still be answered later.
    fn unasked(&mut self, call: Call, variant: usize) -> Input {
        if call.receive() == Receive::Stream {
            self.wire = Wire::Asked(call);
        }
        match variant % 6 {
            0 => Input::Chunk(server::event(2)),
            1 => Input::End,
            2 => Input::Saved { bytes: VIDEO_BYTES, start: MP4.to_vec(), whole: true },
            3 => Input::Cut { bytes: 1, why: "cut".into() },
            4 => Input::Measured { part: 1, output: Some(1) },
            _ => Input::Published,
        }
    }

    fn read(&mut self, until: Instant) -> Input {
        let mut rest = match std::mem::replace(&mut self.wire, Wire::Nothing) {
            Wire::Asked(call) if self.now.monotonic >= until => {
                self.wire = Wire::Asked(call);
                return Input::Elapsed;
            }
            Wire::Asked(call) => return self.answer(call),
            Wire::Nothing => return failed(Phase::Receiving),
            Wire::Open(rest) => rest,
        };
        let decision = self.decide();
        let input = match decision {
            None => self.elapse(until),
            // Whatever comes faster than it is read comes behind the deadline too.
            Some((10, variant)) => Input::Chunk(server::event(variant).repeat(FLOOD)),
            Some(_) if self.now.monotonic >= until => Input::Elapsed,
            Some((0..=6, _)) if rest.is_empty() => return Input::End,
            Some((0..=6, 0)) => Input::Chunk(std::mem::take(&mut rest)),
            Some((0..=6, variant)) => Input::Chunk(rest.drain(..rest.len().min(variant * 5)).collect()),
            Some((7, variant)) => Input::Chunk(server::event(variant)),
            Some((8 | 12, _)) => return Input::End,
            Some((9, _)) => match self.steer.bytes() {
                [] => self.elapse(until),
                bytes => Input::Chunk(bytes.to_vec()),
            },
            Some((11, _)) => return failed(Phase::Receiving),
            Some((14, _)) => Input::Published,
            Some((15, variant)) => {
                self.sleep(variant);
                Input::Chunk(server::event(0))
            }
            Some(_) => self.elapse(until),
        };
        self.wire = Wire::Open(rest);
        input
    }

    fn save(&mut self, from: u64, stall: Duration) -> Input {
        self.wire = Wire::Nothing;
        let cut = |bytes| Input::Cut { bytes, why: "the connection broke".into() };
        match self.decide() {
            None => {
                self.now = self.now.later(stall);
                cut(from)
            }
            Some((0..=6, variant)) => {
                let bytes = [VIDEO_BYTES, VIDEO_BYTES, VIDEO_BYTES - 1, 0, u64::MAX][variant % 5];
                let start = if variant % 5 == 1 { b"<html>" } else { MP4 };
                Input::Saved { bytes, start: start.to_vec(), whole: true }
            }
            Some((7..=9, variant)) => cut(from.saturating_add(variant as u64 * 100)),
            Some((10, variant)) => cut(from.saturating_add((variant as u64) << 20)),
            Some((11 | 12, variant)) => failed([Phase::Sink, Phase::SinkExists, Phase::Receiving][variant % 3]),
            Some((13, _)) => {
                self.now = self.now.later(stall);
                cut(from)
            }
            Some(_) => Input::Published,
        }
    }

    fn measure(&mut self) -> Input {
        const LEFT: [(u64, Option<u64>); 7] = [
            (0, None),
            (500, None),
            (VIDEO_BYTES, None),
            (0, Some(VIDEO_BYTES)),
            (0, Some(7)),
            (500, Some(VIDEO_BYTES)),
            (u64::MAX, Some(u64::MAX)),
        ];
        match self.decide().unwrap_or((0, 0)) {
            (11 | 12, _) => failed(Phase::Sink),
            (14, _) => Input::End,
            (_, variant) => {
                let (part, output) = LEFT[variant % LEFT.len()];
                Input::Measured { part, output }
            }
        }
    }

    fn publish(&mut self) -> Input {
        match self.decide() {
            Some((0..=10, _)) => {
                self.run.published = true;
                Input::Published
            }
            Some((14, _)) => Input::End,
            Some((_, variant)) if variant % 2 == 1 => failed(Phase::SinkExists),
            _ => failed(Phase::Sink),
        }
    }

    fn decide(&mut self) -> Option<(u8, usize)> {
        let byte = self.steer.next().or(self.stubborn)?;
        Some((byte & 0x0f, usize::from(byte >> 4)))
    }

    fn mangled(&mut self, mut reply: Reply) -> Reply {
        let (at, new) = (self.steer.next().unwrap_or(0), self.steer.next().unwrap_or(b'"'));
        let len = reply.body.len().max(1);
        if let Some(byte) = reply.body.get_mut(usize::from(at) % len) {
            *byte = new;
        }
        reply
    }

    fn elapse(&mut self, until: Instant) -> Input {
        self.now = self.now.later(until - self.now.monotonic);
        Input::Elapsed
    }

    /// A laptop sleeps: the calendar goes on, the other clock stands still. Or somebody sets the clock back.
    fn sleep(&mut self, variant: usize) {
        let hours = Duration::from_secs(3_600 * (variant as u64 + 1));
        self.now.wall = if variant == 15 { self.now.wall - hours } else { self.now.wall + hours };
    }

    fn judged(&self, error: &Error) {
        judge::any_error(error);
        judge::lines(&error.to_string(), SAID_CHARS);
        self.secret_free(&format!("{error} {error:?} {}", error.advice()));
    }

    fn secret_free(&self, text: &str) {
        for secret in [server::TOKEN, server::SIGNATURE] {
            assert!(self.sees_secrets || !text.contains(secret), "{secret} shows: {text}");
        }
    }
}

fn failed(phase: Phase) -> Input {
    Input::Failed(Fault { phase, source: "it broke".into() })
}
