//! A process of the client: one operation or several, each driven op by op, until all are over or the process dies.

use std::time::Duration;

use weixin_video_core::error::Error;
use weixin_video_core::event::{Checkpoint, Event};
use weixin_video_core::ids::Grant;
use weixin_video_core::machine::{Input, Machine, Op, Step};
use weixin_video_core::time::Now;

use crate::fault::Fault;
use crate::rule::Rule;
use crate::stats::Mark;
use crate::watch::Ended;
use crate::world::World;

/// Any operation of the core, by what it ends with.
pub(crate) type Operation = Box<dyn Machine<Output = Ended>>;

/// A machine whose result is put among those of all operations.
pub(crate) struct Mapped<M: Machine> {
    pub(crate) machine: M,
    pub(crate) map: fn(M::Output) -> Ended,
}

impl<M: Machine> Machine for Mapped<M> {
    type Output = Ended;

    fn poll(&mut self, now: Now) -> Step<Ended> {
        match self.machine.poll(now) {
            Step::Emit(event) => Step::Emit(event),
            Step::Do(op) => Step::Do(op),
            Step::Done(result) => Step::Done(result.map(self.map)),
        }
    }

    fn handle(&mut self, now: Now, input: Input) {
        self.machine.handle(now, input);
    }
}

/// An operation on its way.
struct Running {
    operation: Operation,
    pending: Option<(Duration, Input)>,
    is_over: bool,
}

/// How a process ended.
#[derive(Debug)]
pub(crate) enum Fall {
    /// By itself, with the result of its last operation.
    Ended(Option<Result<Ended, Error>>),
    /// It died, or a rule was broken.
    Died,
}

/// What a process may come to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Perils {
    /// Whether it may die.
    pub(crate) is_mortal: bool,
}

impl World {
    /// Runs operations beside each other; the clocks move from answer to answer.
    pub(crate) fn process(&mut self, operations: Vec<Operation>, perils: Perils) -> Fall {
        self.clock.restart();
        let now = self.clock.now();
        self.watch.process(now, operations.len(), &self.server);
        self.open = operations.iter().map(|_| None).collect();
        let running = |operation| Running { operation, pending: None, is_over: false };
        let mut all: Vec<Running> = operations.into_iter().map(running).collect();
        let fall = self.run(&mut all, perils);
        for who in 0..all.len() {
            self.drop_stream(who);
        }
        fall
    }

    fn run(&mut self, all: &mut [Running], perils: Perils) -> Fall {
        let mut last = None;
        loop {
            for (who, one) in all.iter_mut().enumerate() {
                if one.pending.is_none() && !one.is_over {
                    match self.advance(who, one, perils) {
                        Ok(Some(result)) => last = Some(result),
                        Ok(None) => {}
                        Err(Dead) => return Fall::Died,
                    }
                }
                if self.watch.broken.is_some() {
                    return Fall::Died;
                }
            }
            let due = |one: &Running| one.pending.as_ref().map(|(at, _)| *at);
            let Some(next) = (0..all.len()).filter(|&who| due(&all[who]).is_some()).min_by_key(|&who| due(&all[who]))
            else {
                return Fall::Ended(last);
            };
            if let Some((at, input)) = all[next].pending.take() {
                self.clock.reach(at);
                self.fate.tell(|| format!("  {:>9.3} s  {}", at.as_secs_f64(), shown(&input)));
                self.watch.handled(next);
                self.watch.minds_input(next, self.clock.now(), self.clock.truth(), &input);
                all[next].operation.handle(self.clock.now(), input);
            }
        }
    }

    /// Polls an operation until it wants something of the world, and asks the world for it.
    fn advance(&mut self, who: usize, one: &mut Running, perils: Perils) -> Result<Option<Result<Ended, Error>>, Dead> {
        loop {
            let now = self.clock.now();
            self.watch.conducts[who].step(now);
            self.watch.conduct(who);
            if self.watch.broken.is_some() {
                return Err(Dead);
            }
            match one.operation.poll(now) {
                Step::Emit(event) => self.told(who, now, &event, perils)?,
                Step::Do(op) => {
                    self.watch.minds_op(who, now, &op);
                    let dies = self.dies(perils, &op);
                    if dies == Some(Fault::CrashBefore) {
                        return Err(Dead);
                    }
                    let outcome = self.perform(who, op, dies == Some(Fault::CrashDuring));
                    if dies.is_some() {
                        self.clock.reach(outcome.at.min(self.clock.truth() + Duration::from_secs(1)));
                        return Err(Dead);
                    }
                    one.pending = Some((outcome.at, outcome.input));
                    return Ok(None);
                }
                Step::Done(result) => {
                    one.is_over = true;
                    self.watch.ended(who, &result, &self.server, &self.disk);
                    self.fate.tell(|| match &result {
                        Ok(ended) => format!("done: {ended:?}"),
                        Err(error) => format!("error: {error} ({}, {:?})", error.code(), error.charged()),
                    });
                    return Ok(Some(result));
                }
            }
        }
    }

    fn told(&mut self, who: usize, now: Now, event: &Event, perils: Perils) -> Result<(), Dead> {
        self.fate.tell(|| format!("  says {event:?}"));
        let mut dies = false;
        match event {
            Event::Checkpoint(checkpoint) => {
                let rate = self.fate.rate / 4;
                dies = perils.is_mortal && self.fate.strikes_at(rate, &[Fault::CheckpointTorn]).is_some();
                if !dies {
                    self.write_down(checkpoint);
                }
            }
            Event::Granted(grant) => self.keep(grant),
            _ => {}
        }
        self.watch.event(who, now, event);
        if dies { Err(Dead) } else { Ok(()) }
    }

    /// The journal keeps JSON: what can't be read back is lost.
    fn write_down(&mut self, checkpoint: &Checkpoint) {
        let text = serde_json::to_string(checkpoint).unwrap_or_default();
        let read = serde_json::from_str::<Checkpoint>(&text);
        self.watch.hold(Rule::NeverPanics, read.is_ok(), || format!("a checkpoint that can't be read: {text}"));
        self.watch.journal = read.ok();
    }

    fn keep(&mut self, grant: &Grant) {
        if self.grant.is_some() {
            self.fate.stats.mark(Mark::TokenRenewed);
        }
        self.grant = Some(grant.clone());
    }

    fn dies(&mut self, perils: Perils, op: &Op) -> Option<Fault> {
        if !perils.is_mortal {
            return None;
        }
        let rate = if matches!(op, Op::Read { .. }) { self.fate.rate / 16 } else { self.fate.rate / 4 };
        self.fate.strikes_at(rate, &[Fault::CrashBefore, Fault::CrashDuring, Fault::CrashAfter])
    }
}

/// The process is dead.
struct Dead;

fn shown(input: &Input) -> String {
    match input {
        Input::Reply(reply) => {
            format!("{} {:.200}", reply.head.status, String::from_utf8_lossy(&reply.body).escape_debug().to_string())
        }
        Input::Head(head) => format!("head {} {:?}", head.status, head.headers),
        Input::Chunk(bytes) => format!("chunk {:.200}", String::from_utf8_lossy(bytes).escape_debug().to_string()),
        other => format!("{other:?}"),
    }
}
