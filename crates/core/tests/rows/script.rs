//! A machine walked by hand, one expectation a line: what it asks, what it gets, with both clocks as data.

#![expect(clippy::wildcard_enum_match_arm, reason = "a test names what it expects; all else fails it")]

use std::time::Duration;

use weixin_video_core::call::{Call, Charge, Head, Reply};
use weixin_video_core::error::{Error, Fault, Phase};
use weixin_video_core::event::{Checkpoint, Event};
use weixin_video_core::machine::{Input, Machine, Op, Step};
use weixin_video_core::time::{Instant, Now};

use crate::wire::{MINUTE, begins_at};

/// Anything that is not expected fails the test.
pub(crate) struct Script<M: Machine> {
    machine: M,
    now: Now,
    next: Option<Step<M::Output>>,
    sent: Option<Call>,
    events: Vec<Event>,
    /// How many charged calls left and were not handed back.
    charged: u32,
}

impl<M: Machine> Script<M> {
    pub(crate) fn new(machine: M) -> Self {
        Self { machine, now: begins_at(), next: None, sent: None, events: Vec::new(), charged: 0 }
    }

    /// The next op is this request, such as `GET /api/credits/balance/simple`; events before it are kept.
    #[track_caller]
    pub(crate) fn sends(mut self, wanted: &str) -> Self {
        match self.op() {
            Op::Send(call) => {
                let line = format!("{} {}", call.request().method(), call.request().uri().path());
                assert_eq!(line, wanted);
                self.charged += u32::from(call.charge() == Charge::Charged);
                self.sent = Some(call);
            }
            op => panic!("expected {wanted}, got {op:?}"),
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

    pub(crate) fn replies_with(self, status: u16, headers: &[(&'static str, &str)], body: &str) -> Self {
        self.gets(Input::Reply(Reply { head: head(status, headers), body: body.into() }))
    }

    /// The head of the answer to a call for a stream.
    pub(crate) fn begins(self, status: u16, headers: &[(&'static str, &str)]) -> Self {
        self.gets(Input::Head(head(status, headers)))
    }

    #[track_caller]
    pub(crate) fn hears(self, bytes: &str) -> Self {
        self.reads().gets(Input::Chunk(bytes.as_bytes().to_vec()))
    }

    #[track_caller]
    pub(crate) fn hears_bytes(self, bytes: &[u8]) -> Self {
        self.reads().gets(Input::Chunk(bytes.to_vec()))
    }

    #[track_caller]
    pub(crate) fn ends(self) -> Self {
        self.reads().gets(Input::End)
    }

    #[track_caller]
    pub(crate) fn breaks(self) -> Self {
        self.reads().fails(Phase::Receiving)
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

    /// The deadline of the request that was sent last passes.
    #[track_caller]
    pub(crate) fn times_out(self) -> Self {
        let until = self.sent.as_ref().expect("a request was sent").until();
        self.elapses(until)
    }

    /// It reads, and nothing comes until it looks at its clocks.
    #[track_caller]
    pub(crate) fn hears_nothing(mut self) -> Self {
        match self.op() {
            Op::Read { until } => self.elapses(until),
            op => panic!("expected a read, got {op:?}"),
        }
    }

    #[track_caller]
    pub(crate) fn reads(mut self) -> Self {
        match self.op() {
            Op::Read { .. } => self,
            op => panic!("expected a read, got {op:?}"),
        }
    }

    /// It reads, with a heartbeat every minute if there are any, until it looks at its clocks and says a word.
    #[track_caller]
    pub(crate) fn reads_until_a_word(mut self, beat: Option<&str>) -> Self {
        let words = self.words_of_life().len();
        while self.words_of_life().len() == words {
            self = match beat {
                Some(beat) => self.reads().passes(MINUTE / 2).gets(Input::Chunk(beat.into())),
                None => self.hears_nothing(),
            }
            .settled();
        }
        self
    }

    /// It waits, exactly this long.
    #[track_caller]
    pub(crate) fn waits(mut self, pause: Duration) -> Self {
        match self.op() {
            Op::Wait { until } => {
                assert_eq!(until - self.now.monotonic, pause);
                self.elapses(until)
            }
            op => panic!("expected a wait, got {op:?}"),
        }
    }

    /// It waits, however long.
    #[track_caller]
    pub(crate) fn waits_a_while(mut self) -> Self {
        match self.op() {
            Op::Wait { until } => self.elapses(until),
            op => panic!("expected a wait, got {op:?}"),
        }
    }

    /// Asks what an earlier run left, and finds a part file of so many bytes.
    #[track_caller]
    pub(crate) fn finds(self, part: u64) -> Self {
        self.finds_with(part, None)
    }

    /// The same, and a file of so many bytes under the output's own name.
    #[track_caller]
    pub(crate) fn finds_with(mut self, part: u64, output: Option<u64>) -> Self {
        match self.any_op() {
            Op::Measure(_) => self.gets(Input::Measured { part, output }),
            op => panic!("expected a look at the disk, got {op:?}"),
        }
    }

    /// Writes the stream into the part file, from this byte on.
    #[track_caller]
    pub(crate) fn saves(mut self, wanted: u64) -> Self {
        match self.op() {
            Op::Save { from, .. } => assert_eq!(from, wanted, "the byte it goes on from"),
            op => panic!("expected a save, got {op:?}"),
        }
        self
    }

    /// All of it came: an MP4 of so many bytes.
    pub(crate) fn saved(self, bytes: u64) -> Self {
        self.gets(Input::Saved { bytes, start: b"\0\0\0\x18ftypmp42".to_vec(), whole: true })
    }

    /// The stream broke; so many bytes are there.
    pub(crate) fn breaks_off_at(self, bytes: u64) -> Self {
        self.gets(Input::Cut { bytes, why: "reset".into() })
    }

    #[track_caller]
    pub(crate) fn publishes(mut self) -> Self {
        match self.op() {
            Op::Publish(_) => self.gets(Input::Published),
            op => panic!("expected a publish, got {op:?}"),
        }
    }

    pub(crate) fn gets(mut self, input: Input) -> Self {
        self.machine.handle(self.now, input);
        self
    }

    /// Time goes by, on both clocks.
    pub(crate) fn passes(mut self, time: Duration) -> Self {
        self.now = self.now.later(time);
        self
    }

    /// The machine sleeps: the calendar goes on, the other clock stands still.
    pub(crate) fn sleeps(mut self, time: Duration) -> Self {
        self.now.wall += time;
        self
    }

    /// Somebody sets the calendar back.
    pub(crate) fn has_its_calendar_set_back(mut self, time: Duration) -> Self {
        self.now.wall -= time;
        self
    }

    /// Before its next question it told something like this.
    #[track_caller]
    pub(crate) fn saw(mut self, like: impl Fn(&Event) -> bool) -> Self {
        self.settle();
        assert!(self.events.iter().any(like), "no such event in {:?}", self.events);
        self
    }

    #[track_caller]
    pub(crate) fn never_saw(mut self, like: impl Fn(&Event) -> bool) -> Self {
        self.settle();
        assert!(!self.events.iter().any(like), "such an event is in {:?}", self.events);
        self
    }

    #[track_caller]
    pub(crate) fn notes(self, words: &str) -> Self {
        self.saw(|event| matches!(event, Event::Note(note) if note.contains(words)))
    }

    /// So many charged messages are out.
    #[track_caller]
    pub(crate) fn charged(self, times: u32) -> Self {
        assert_eq!(self.charged, times, "charged messages");
        self
    }

    /// The checkpoints so far.
    pub(crate) fn checkpoints(&self) -> Vec<Checkpoint> {
        let checkpoint = |event: &Event| if let Event::Checkpoint(at) = event { Some(at.clone()) } else { None };
        self.events.iter().filter_map(checkpoint).collect()
    }

    /// What it told so far, in the agent's words.
    pub(crate) fn told(&self) -> Vec<String> {
        let said = |event: &Event| if let Event::Said(words) = event { Some(words.clone()) } else { None };
        self.events.iter().filter_map(said).collect()
    }

    /// How long it had been at work each time it said that it still works.
    pub(crate) fn words_of_life(&self) -> Vec<Duration> {
        let word = |event: &Event| if let Event::StillWorking(time) = event { Some(*time) } else { None };
        self.events.iter().filter_map(word).collect()
    }

    /// What it told so far.
    pub(crate) fn events(&self) -> &[Event] {
        &self.events
    }

    /// How long it has been at it, by the clock that nobody sets.
    pub(crate) fn monotonic(&self) -> Duration {
        self.now.monotonic - Instant::ORIGIN
    }

    /// Hears what is told before the next question.
    pub(crate) fn settled(mut self) -> Self {
        self.settle();
        self
    }

    /// Whether it reads on; to be asked of a script that is [`Self::settled`].
    pub(crate) fn is_reading(&self) -> bool {
        matches!(self.next, Some(Step::Do(Op::Read { .. })))
    }

    /// Whether there is no further question; to be asked of a script that is [`Self::settled`].
    pub(crate) fn is_over(&self) -> bool {
        matches!(self.next, Some(Step::Done(_)))
    }

    /// It is over.
    #[track_caller]
    pub(crate) fn done(mut self) -> Result<M::Output, Error> {
        self.settle();
        match self.next.take() {
            Some(Step::Done(result)) => result,
            other => panic!("expected the end, got {other:?}", other = other.map(describe)),
        }
    }

    fn elapses(mut self, until: Instant) -> Self {
        self.now = self.now.later(until - self.now.monotonic);
        self.gets(Input::Elapsed)
    }

    fn settle(&mut self) {
        while self.next.is_none() {
            match self.machine.poll(self.now) {
                Step::Emit(event) => self.events.push(event),
                step => self.next = Some(step),
            }
        }
    }

    #[track_caller]
    fn op(&mut self) -> Op {
        match self.any_op() {
            Op::Measure(_) => {
                // That an earlier run left nothing goes without saying.
                self.machine.handle(self.now, Input::Measured { part: 0, output: None });
                self.op()
            }
            op => op,
        }
    }

    #[track_caller]
    fn any_op(&mut self) -> Op {
        self.settle();
        match self.next.take() {
            Some(Step::Do(op)) => op,
            other => panic!("expected a question, got {other:?}", other = other.map(describe)),
        }
    }
}

fn describe<T>(step: Step<T>) -> String {
    match step {
        Step::Emit(event) => format!("{event:?}"),
        Step::Do(op) => format!("{op:?}"),
        Step::Done(Ok(_)) => "the end".into(),
        Step::Done(Err(error)) => format!("the end: {error}"),
    }
}

pub(crate) fn head(status: u16, headers: &[(&'static str, &str)]) -> Head {
    let mut head = Head::status(status);
    for (name, value) in headers {
        head.headers.insert(*name, value.parse().expect("a header value"));
    }
    head
}
