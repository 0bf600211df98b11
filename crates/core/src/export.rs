//! A render: asked for once, watched until it is over, never orphaned.

use std::collections::VecDeque;
use std::ops::ControlFlow::{Break, Continue};
use std::sync::Arc;

use crate::api::{ExportStatus, Link, ReadExport, ReadState, RenderStatus, StartExport, State as Latest};
use crate::config::Config;
use crate::draft::Draft;
use crate::error::{Error, Row, What};
use crate::event::{Checkpoint, Event, Stage};
use crate::ids::{RenderId, Seed, SessionId};
use crate::machine::{Input, Machine, Op, Step};
use crate::one_call::OneCall;
use crate::pace::Pace;
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
        let renders = if again { RENDERS } else { 1 };
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
            Some(Row::DuplicateRender) => self.between(now, None),
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
            Err(error) if error.is_transient() => return self.between(now, None),
            Err(error) => return State::Finished(Some(Err(error.of_render(&self.render)))),
        };
        match status.status {
            RenderStatus::Going => {
                self.events.push_back(Event::Rendering(status.percent));
                self.between(now, status.percent)
            }
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
        if self.renders >= RENDERS {
            return self.fail(What::RenderFailed { why });
        }
        self.events.push_back(Event::Note(format!("the render failed ({why}); trying once more")));
        self.render = self.seed.render_id(self.renders);
        self.renders += 1;
        self.sends = 0;
        self.pace = None;
        if self.draft.is_some() { State::Announcing } else { self.reading(Then::Announce) }
    }

    fn between(&mut self, now: Now, percent: Option<u8>) -> State {
        let polls = self.config.render_polls;
        let pace = self.pace.get_or_insert_with(|| Pace::new(polls, now.monotonic));
        match pace.next(now.monotonic, percent) {
            Some(until) => State::Between { until },
            None => self.fail(What::StillRendering),
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
            if let Some(event) = self.events.pop_front() {
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
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::error::Phase;
    use crate::pace::Polls;
    use crate::script::Script;

    fn export() -> Script<Export> {
        let config = Arc::new(Config::new("https://api.example").expect("an origin"));
        let draft = Draft::parse(r#"{"t":[{"tt":0,"sg":[{"d":1000}]}]}"#).expect("a draft");
        Script::new(Export::new(config, SessionId::new("7").expect("an id"), draft, Seed::new(1)))
    }

    fn resumed(again: bool) -> Script<Export> {
        let config = Arc::new(Config::new("https://api.example").expect("an origin"));
        let (session, render) = (SessionId::new("7").expect("an id"), Seed::new(1).render_id(0));
        Script::new(Export::resume(config, session, render, again, Seed::new(2)))
    }

    const START: &str = "/api/render/proxy/lambda";
    const DONE: &str = r#"{"status":"completed","output":{"url":"https://cdn.example/v"}}"#;

    #[test]
    fn it_is_told_before_it_is_asked_for() {
        let rendered = export()
            .sends(START)
            .saw(|event| matches!(event, Event::Checkpoint(Checkpoint::Exporting { .. })))
            .replies(200, r#"{"code":0,"data":{"status":"pending"}}"#)
            .waits()
            .sends("/api/render/proxy/lambda/render_")
            .replies(200, r#"{"data":{"status":"processing","progress":40}}"#)
            .waits()
            .sends("/api/render/proxy/lambda/render_")
            .replies(200, DONE)
            .done()
            .expect("a render");
        assert_eq!(rendered.render, Seed::new(1).render_id(0));
        assert!(rendered.link.is_some());
    }

    #[test]
    fn a_failed_render_is_tried_once_more_under_a_new_id() {
        const FAILED: &str = r#"{"status":"failed","error":"no frames"}"#;
        let second = Seed::new(1).render_id(1);
        let error = export()
            .sends(START)
            .replies(200, "{}")
            .waits()
            .sends(START)
            .replies(200, FAILED)
            .sends(START)
            .replies(200, "{}")
            .waits()
            .sends(&format!("/api/render/proxy/lambda/{second}"))
            .replies(200, FAILED)
            .done()
            .expect_err("failed twice");
        assert_eq!(error.render(), Some(&second));
        assert!(error.to_string().contains("no frames"));
    }

    #[test]
    fn a_lost_request_is_looked_up_before_it_is_sent_again() {
        let first = Seed::new(1).render_id(0);
        export()
            .sends(START)
            .fails(Phase::Receiving)
            .sends(&format!("/api/render/proxy/lambda/{first}"))
            .replies(404, "")
            .sends(START)
            .replies(409, r#"{"error":"duplicate id"}"#)
            .waits()
            .sends(&format!("/api/render/proxy/lambda/{first}"))
            .replies(200, DONE)
            .done()
            .expect("a render");
    }

    #[test]
    fn patience_ends_with_a_render_that_goes_on() {
        let gap = Duration::from_secs(30);
        let ten_times = Polls { looks: &[], least: gap, most: gap, patience: gap * 10 };
        let config = Config { render_polls: ten_times, ..Config::new("https://api.example").expect("an origin") };
        let (session, render) = (SessionId::new("7").expect("an id"), Seed::new(1).render_id(0));
        let resumed = Export::resume(Arc::new(config), session, render, false, Seed::new(2));
        let mut script = Script::new(resumed).sends(START).replies(200, r#"{"status":"pending"}"#);
        for _ in 0..10 {
            script = script.waits().sends(START).replies(200, r#"{"status":"who knows"}"#);
        }
        let error = script.done().expect_err("patience ended");
        assert_eq!(error.code(), "still_rendering");
        assert_eq!(error.render(), Some(&Seed::new(1).render_id(0)));
    }

    #[test]
    fn a_resumed_render_that_never_arrived_is_asked_for_under_the_same_id() {
        const STATE: &str = r#"{"data":{"state":{"draft":{"t":[{"tt":0,"sg":[{"d":1000}]}]}}}}"#;
        let render = Seed::new(1).render_id(0);
        let body = |call: &crate::call::Call| match call.request().body() {
            crate::call::Body::Bytes(bytes) => String::from_utf8_lossy(bytes).into_owned(),
            body @ (crate::call::Body::Empty | crate::call::Body::File { .. }) => panic!("{body:?}"),
        };
        resumed(false)
            .sends(&format!("{START}/{render}"))
            .replies(404, "")
            .sends("/api/state")
            .replies(200, STATE)
            .sends(START)
            .with(|call| assert!(body(call).contains(render.as_str())));
    }

    #[test]
    fn a_resumed_second_render_that_failed_is_the_end() {
        const FAILED: &str = r#"{"status":"failed","error":"no frames"}"#;
        let error = resumed(true).sends(START).replies(200, FAILED).done().expect_err("failed twice");
        assert_eq!(error.code(), "render_failed");
        resumed(false).sends(START).replies(200, FAILED).sends("/api/state");
    }

    #[test]
    fn a_plan_that_forbids_export_is_told_apart_from_credits() {
        let error = export().sends(START).replies(402, "").done().expect_err("refused");
        assert!(error.advice().contains("Register or upgrade your plan to unlock export"));
    }
}
