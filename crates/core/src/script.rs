//! Unit tests of machines that read as a script: what it sends, what it gets, with time as data.

#![expect(clippy::wildcard_enum_match_arm, reason = "a test names what it expects; all else fails it")]

use std::time::{Duration, SystemTime};

use crate::call::{Call, Charge, Head, Reply};
use crate::error::{Error, Fault, Phase};
use crate::event::Event;
use crate::machine::{Input, Machine, Op, Step};
use crate::time::{Instant, Now};

/// Drives a machine by hand, one expectation a line; anything else fails the test.
pub(crate) struct Script<M: Machine> {
    machine: M,
    now: Now,
    sent: Option<Call>,
    events: Vec<Event>,
    /// How many charged calls left and were not handed back.
    pub(crate) charged: u32,
}

impl<M: Machine> Script<M> {
    pub(crate) fn new(machine: M) -> Self {
        let now = Now { monotonic: Instant::ORIGIN, wall: SystemTime::UNIX_EPOCH + Duration::from_secs(86_400) };
        Self { machine, now, sent: None, events: Vec::new(), charged: 0 }
    }

    /// The next op is a request whose path starts so; events before it are kept for [`Self::saw`].
    #[track_caller]
    pub(crate) fn sends(mut self, path: &str) -> Self {
        match self.next_op() {
            Op::Send(call) => {
                let target = call.request().uri().path().to_owned();
                assert!(target.starts_with(path), "sends {target}, not {path}");
                self.charged += u32::from(call.charge() == Charge::Charged);
                self.sent = Some(call);
            }
            op => panic!("expected a request to {path}, got {op:?}"),
        }
        self
    }

    /// Looks at the request that was sent last.
    #[track_caller]
    pub(crate) fn with(self, look: impl FnOnce(&Call)) -> Self {
        look(self.sent.as_ref().expect("a request was sent"));
        self
    }

    pub(crate) fn replies(self, status: u16, body: &str) -> Self {
        self.gets(Input::Reply(Reply::new(status, body)))
    }

    pub(crate) fn fails(self, phase: Phase) -> Self {
        self.gets(Input::Failed(Fault { phase, source: "broken".into() }))
    }

    #[track_caller]
    pub(crate) fn never_leaves(mut self) -> Self {
        let call = self.sent.take().expect("a request was sent");
        self.charged -= u32::from(call.charge() == Charge::Charged);
        self.gets(Input::NotSent { call, why: "no route".into() })
    }

    /// The deadline passes.
    pub(crate) fn elapses(mut self) -> Self {
        self.now = self.now.later(Duration::from_secs(3600 * 24));
        self.gets(Input::Elapsed)
    }

    /// Time passes, and with it the deadline.
    pub(crate) fn elapses_after(mut self, time: Duration) -> Self {
        self.now = self.now.later(time);
        self.gets(Input::Elapsed)
    }

    /// The machine sleeps: only the calendar goes on.
    pub(crate) fn sleeps(mut self, time: Duration) -> Self {
        self.now.wall += time;
        self
    }

    /// Somebody sets the calendar back.
    pub(crate) fn set_back(mut self, time: Duration) -> Self {
        self.now.wall -= time;
        self
    }

    pub(crate) fn saw_still_working(&self, minutes: u64) -> bool {
        let time = Duration::from_secs(60 * minutes);
        self.events.iter().any(|event| matches!(event, Event::StillWorking(since) if *since == time))
    }

    /// The next op is a wait; how long it is.
    #[track_caller]
    pub(crate) fn waits_for(mut self) -> Duration {
        match self.next_op() {
            Op::Wait { until } => until - self.now.monotonic,
            op => panic!("expected a wait, got {op:?}"),
        }
    }

    /// All events to the end, and the end.
    #[track_caller]
    pub(crate) fn ends(mut self) -> (Vec<Event>, Result<M::Output, Error>) {
        loop {
            match self.machine.poll(self.now) {
                Step::Emit(event) => self.events.push(event),
                Step::Do(op) => panic!("expected the end, got {op:?}"),
                Step::Done(result) => return (self.events, result),
            }
        }
    }

    pub(crate) fn gets(mut self, input: Input) -> Self {
        self.machine.handle(self.now, input);
        self
    }

    pub(crate) fn streams(self, head: Head, chunks: &[&str]) -> Self {
        let mut script = self.gets(Input::Head(head));
        for chunk in chunks {
            script = script.reads().gets(Input::Chunk(chunk.as_bytes().to_vec()));
        }
        script
    }

    #[track_caller]
    pub(crate) fn reads(mut self) -> Self {
        match self.next_op() {
            Op::Read { .. } => self,
            op => panic!("expected a read, got {op:?}"),
        }
    }

    #[track_caller]
    pub(crate) fn saves(mut self) -> Self {
        match self.next_op() {
            Op::Save { .. } => self,
            op => panic!("expected a save, got {op:?}"),
        }
    }

    /// The next op saves, going on from byte `at`.
    #[track_caller]
    pub(crate) fn saves_from(mut self, at: u64) -> Self {
        match self.next_op() {
            Op::Save { from, .. } if from == at => self,
            op => panic!("expected a save from {at}, got {op:?}"),
        }
    }

    #[track_caller]
    pub(crate) fn measures(mut self) -> Self {
        match self.any_op() {
            Op::Measure(_) => self,
            op => panic!("expected a look at what is left, got {op:?}"),
        }
    }

    #[track_caller]
    pub(crate) fn publishes(mut self) -> Self {
        match self.next_op() {
            Op::Publish(_) => self,
            op => panic!("expected a publish, got {op:?}"),
        }
    }

    /// The next op is a wait; it is waited out.
    #[track_caller]
    pub(crate) fn waits(mut self) -> Self {
        match self.next_op() {
            Op::Wait { until } => {
                let pause = until - self.now.monotonic;
                self.now = self.now.later(pause);
                self.gets(Input::Elapsed)
            }
            op => panic!("expected a wait, got {op:?}"),
        }
    }

    /// The next event is a note with these words.
    #[track_caller]
    pub(crate) fn notes(mut self, words: &str) -> Self {
        match self.machine.poll(self.now) {
            Step::Emit(Event::Note(note)) if note.contains(words) => self,
            Step::Emit(event) => {
                self.events.push(event);
                self.notes(words)
            }
            Step::Do(op) => panic!("expected a note with {words:?}, got {op:?}"),
            Step::Done(_) => panic!("expected a note with {words:?}, but it is over"),
        }
    }

    /// One of the events so far is like this.
    #[track_caller]
    pub(crate) fn saw(self, like: impl Fn(&Event) -> bool) -> Self {
        assert!(self.events.iter().any(like), "no such event in {:?}", self.events);
        self
    }

    #[track_caller]
    pub(crate) fn done(mut self) -> Result<M::Output, Error> {
        loop {
            match self.machine.poll(self.now) {
                Step::Emit(_) => {}
                Step::Do(op) => panic!("expected the end, got {op:?}"),
                Step::Done(result) => return result,
            }
        }
    }

    /// The next op; that an earlier run left nothing goes without saying.
    #[track_caller]
    fn next_op(&mut self) -> Op {
        match self.any_op() {
            Op::Measure(_) => {
                self.machine.handle(self.now, Input::Measured { part: 0, output: None });
                self.next_op()
            }
            op => op,
        }
    }

    #[track_caller]
    fn any_op(&mut self) -> Op {
        loop {
            match self.machine.poll(self.now) {
                Step::Emit(event) => self.events.push(event),
                Step::Do(op) => return op,
                Step::Done(Ok(_)) => panic!("it is over"),
                Step::Done(Err(error)) => panic!("it is over: {error}"),
            }
        }
    }
}
