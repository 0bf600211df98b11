//! A render: asked for once, watched until it is over, never orphaned.

use std::collections::VecDeque;
use std::ops::ControlFlow::{Break, Continue};
use std::sync::Arc;
use std::time::Duration;

use crate::api::{ExportStatus, Link, ReadExport, ReadState, RenderStatus, StartExport, State as Latest};
use crate::config::Config;
use crate::draft::Draft;
use crate::error::{Error, Row, What};
use crate::event::{Checkpoint, Event, Stage};
use crate::ids::{RenderId, Seed, SessionId};
use crate::machine::{Input, Machine, Op, Step};
use crate::one_call::OneCall;
use crate::pace::Pace;
use crate::planted;
use crate::time::{Instant, Now};

/// Renders a draft and waits for it.
///
/// ```text
/// (Reading) → Announcing → Starting → Between ⇄ Asking → done
///                 ↑          └ unclear → Looking ┘  └ failed, once: a new id
///                 └──────────────────────────────────────────────┘
/// ```
/// A request whose fate is unclear is looked up by the client's own id before it is sent again, so that
/// a draft is never rendered twice.
#[derive(Debug)]
pub struct Export {
    config: Arc<Config>,
    seed: Seed,
    session: SessionId,
    draft: Option<Draft>,
    render: RenderId,
    renders: u32,
    sends: u32,
    pace: Option<Pace>,
    /// How often a finished render had no URL.
    without_url: u32,
    state: State,
    events: VecDeque<Event>,
}

/// A finished render.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// Whose it is.
    pub session: SessionId,
    /// Its id.
    pub render: RenderId,
    /// Where the file is, if the server said so; there is a fallback route.
    pub link: Option<Link>,
}

/// What a draft is read for.
#[derive(Clone, Copy, Debug)]
enum Then {
    /// A render of its own.
    Announce,
    /// The render that was announced before, and that the server does not know.
    Start,
}

#[derive(Debug)]
enum State {
    Reading { call: OneCall<ReadState>, then: Then },
    Announcing,
    Starting(OneCall<StartExport>),
    Looking(OneCall<ReadExport>),
    Between { until: Instant },
    Asking(OneCall<ReadExport>),
    Finished(Option<Result<Rendered, Error>>),
}

/// A failed render is tried once more, under a new id.
const RENDERS: u32 = 2;
/// An export request that got lost is sent once more, under the same id.
const SENDS: u32 = 2;
/// `completed` without a URL is asked again this often before the fallback route is used.
const POLLS_FOR_URL: u32 = 3;

impl Export {
    /// Renders `draft`; render ids are made from `seed`.
    #[must_use]
    pub fn new(config: Arc<Config>, session: SessionId, draft: Draft, seed: Seed) -> Self {
        Self { draft: Some(draft), ..Self::begin(config, session, seed, State::Announcing) }
    }

    /// Renders whatever is on the session's timeline now.
    #[must_use]
    pub fn latest(config: Arc<Config>, session: SessionId, seed: Seed) -> Self {
        let call = OneCall::new(config.clone(), ReadState::new(session.clone()), seed);
        Self::begin(config, session, seed, State::Reading { call, then: Then::Announce })
    }

    /// Waits for a render that was asked for before, or asks for it under the same id if that never arrived. `again`: it is
    /// the second render of its timeline ([`Checkpoint::Exporting`]).
    #[must_use]
    pub fn resume(config: Arc<Config>, session: SessionId, render: RenderId, again: bool, seed: Seed) -> Self {
        let look = OneCall::new(config.clone(), ReadExport { render: render.clone() }, seed);
        let renders = if again && !planted!(ResumeForgetsSecondRender) { RENDERS } else { 1 };
        Self { render, renders, ..Self::begin(config, session, seed, State::Looking(look)) }
    }

    fn begin(config: Arc<Config>, session: SessionId, seed: Seed, state: State) -> Self {
        let events = VecDeque::from([Event::Began(Stage::Exporting)]);
        let render = seed.render_id(0);
        Self {
            config,
            seed,
            session,
            draft: None,
            render,
            renders: 1,
            sends: 0,
            pace: None,
            without_url: 0,
            state,
            events,
        }
    }

    fn read(&mut self, result: Result<Latest, Error>, then: Then) -> State {
        match result.map(|latest| latest.draft.filter(Draft::can_export)) {
            Ok(Some(draft)) => {
                self.draft = Some(draft);
                match then {
                    Then::Announce => State::Announcing,
                    Then::Start => self.start(),
                }
            }
            Ok(None) => {
                let nothing = Error::from(What::NothingToExport { said: String::new() });
                State::Finished(Some(Err(nothing.in_session(&self.session))))
            }
            Err(error) => State::Finished(Some(Err(error.in_session(&self.session)))),
        }
    }

    fn start(&mut self) -> State {
        let Some(draft) = self.draft.clone() else {
            return self.reading(Then::Start);
        };
        self.sends += 1;
        let ask = StartExport { render: self.render.clone(), session: self.session.clone(), draft };
        State::Starting(OneCall::new(self.config.clone(), ask, self.seed))
    }

    fn reading(&self, then: Then) -> State {
        let call = OneCall::new(self.config.clone(), ReadState::new(self.session.clone()), self.seed);
        State::Reading { call, then }
    }

    fn ask(&self) -> OneCall<ReadExport> {
        OneCall::new(self.config.clone(), ReadExport { render: self.render.clone() }, self.seed)
    }

    fn started(&mut self, now: Now, result: Result<(), Error>) -> State {
        let Err(error) = result else {
            return self.between(now, None);
        };
        match error.row() {
            Some(Row::DuplicateRender) if planted!(DuplicateIsFailure) => self.failed(error.to_string()),
            Some(Row::DuplicateRender) => self.between(now, None),
            _ if planted!(UnclearExportSentAgain) && error.leaves_open() && self.sends < SENDS => self.start(),
            _ if error.leaves_open() => State::Looking(self.ask()),
            _ => State::Finished(Some(Err(error.in_session(&self.session)))),
        }
    }

    /// The fate of an export request, by its id.
    fn looked(&mut self, now: Now, result: Result<ExportStatus, Error>) -> State {
        match result {
            Err(error) if error.row() == Some(Row::NotFound) && self.sends < SENDS => self.start(),
            Err(error) if error.row() == Some(Row::NotFound) => self.fail(What::NothingToResume),
            result => self.told(now, result),
        }
    }

    fn told(&mut self, now: Now, result: Result<ExportStatus, Error>) -> State {
        let status = match result {
            Ok(status) => status,
            Err(error) if error.is_transient() && error.pause() <= self.config.render_polls.patience => {
                return self.after(now, error.pause());
            }
            Err(error) => return State::Finished(Some(Err(error.of_render(&self.render)))),
        };
        match status.status {
            RenderStatus::Going => {
                self.events.push_back(Event::Rendering(status.percent));
                self.between(now, status.percent)
            }
            RenderStatus::Completed { url: None } if planted!(NoUrlIsFailure) => self.failed("no URL".into()),
            RenderStatus::Completed { url: None } if self.without_url < POLLS_FOR_URL => {
                self.without_url += 1;
                self.between(now, Some(100))
            }
            RenderStatus::Completed { url } => {
                self.events.push_back(Event::Rendering(Some(100)));
                let (session, render) = (self.session.clone(), self.render.clone());
                let rendered = Rendered { session, render, link: url };
                State::Finished(Some(Ok(rendered)))
            }
            RenderStatus::Failed { why } => self.failed(why),
        }
    }

    fn failed(&mut self, why: String) -> State {
        if self.renders >= RENDERS && !planted!(ThirdRender) {
            return self.fail(What::RenderFailed { why });
        }
        self.events.push_back(Event::Note(format!("the render failed ({why}); trying once more")));
        let nth = if planted!(FailedIdUsedAgain) { self.renders - 1 } else { self.renders };
        self.render = self.seed.render_id(nth);
        self.renders += 1;
        self.sends = 0;
        self.pace = None;
        if self.draft.is_some() { State::Announcing } else { self.reading(Then::Announce) }
    }

    fn between(&mut self, now: Now, percent: Option<u8>) -> State {
        let polls = self.config.render_polls;
        let pace = self.pace.get_or_insert_with(|| Pace::new(polls, now.monotonic));
        match pace.next(now.monotonic, percent) {
            Some(_) if planted!(PollsWithoutPause) => State::Asking(self.ask()),
            Some(until) => State::Between { until },
            None => self.fail(What::StillRendering),
        }
    }

    /// The next question, no sooner than the server wants it.
    fn after(&mut self, now: Now, pause: Duration) -> State {
        let next = self.between(now, None);
        if let State::Between { until } = next {
            State::Between { until: until.max(now.monotonic + pause) }
        } else {
            next
        }
    }

    fn fail(&self, what: What) -> State {
        let error = Error::from(what).in_session(&self.session).of_render(&self.render);
        State::Finished(Some(Err(error)))
    }
}

impl Machine for Export {
    type Output = Rendered;

    fn poll(&mut self, now: Now) -> Step<Rendered> {
        loop {
            let is_kept_back = planted!(ExportToldLate) && matches!(self.state, State::Starting(_));
            if !is_kept_back && let Some(event) = self.events.pop_front() {
                return Step::Emit(event);
            }
            self.state = match std::mem::replace(&mut self.state, State::Finished(None)) {
                State::Reading { mut call, then } => match call.poll(now).or_end() {
                    Continue(result) => self.read(result, then),
                    Break(step) => return self.keep(State::Reading { call, then }, step),
                },
                State::Announcing => {
                    let (session, render) = (self.session.clone(), self.render.clone());
                    self.events.push_back(Event::Checkpoint(Checkpoint::Exporting {
                        session,
                        render,
                        again: self.renders > 1,
                    }));
                    self.start()
                }
                State::Starting(mut call) => match call.poll(now).or_end() {
                    Continue(result) => self.started(now, result.map(|_| ())),
                    Break(step) => return self.keep(State::Starting(call), step),
                },
                State::Looking(mut call) => match call.poll(now).or_end() {
                    Continue(result) => self.looked(now, result),
                    Break(step) => return self.keep(State::Looking(call), step),
                },
                State::Asking(mut call) => match call.poll(now).or_end() {
                    Continue(result) => self.told(now, result),
                    Break(step) => return self.keep(State::Asking(call), step),
                },
                State::Between { until } => return self.keep(State::Between { until }, Step::Do(Op::Wait { until })),
                State::Finished(Some(result)) => return Step::Done(result),
                State::Finished(None) => unreachable!("polled after Done"),
            }
        }
    }

    fn in_context(&self, error: Error) -> Error {
        error.in_session(&self.session).of_render(&self.render)
    }

    fn handle(&mut self, now: Now, input: Input) {
        match (&mut self.state, input) {
            (State::Reading { call, .. }, input) => call.handle(now, input),
            (State::Starting(call), input) => call.handle(now, input),
            (State::Looking(call) | State::Asking(call), input) => call.handle(now, input),
            (State::Between { until }, Input::Elapsed) if now.monotonic >= *until => {
                self.state = State::Asking(self.ask())
            }
            (State::Announcing | State::Between { .. } | State::Finished(_), _) => {}
        }
    }
}

impl Export {
    /// Puts the state back and passes a step on.
    fn keep(&mut self, state: State, step: Step<Rendered>) -> Step<Rendered> {
        self.state = state;
        step
    }
}

#[cfg(test)]
mod tests;
