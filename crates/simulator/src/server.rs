//! The model of the server: PROTOCOL.md as plain structs, in memory and in virtual time.
//!
//! Invariant: it reads requests as they stand on the wire and writes answers as bytes. It takes no type of the core
//! but the request itself, so that a wrong belief about the wire can't hide in a shared struct.

mod accounts;
mod agent;
mod answer;
mod files;
mod renders;
mod request;
mod sessions;
mod stream;

use std::time::Duration;

use crate::fate::Fate;
use crate::fault::Fault;

use accounts::Accounts;
use agent::Run;
use files::Wanted;

pub(crate) use accounts::CANARY;
pub(crate) use answer::{Answer, End, Flow, Meaning};
pub(crate) use renders::Render;
pub(crate) use request::{Asked, Route};
pub(crate) use sessions::Session;

/// All that a server remembers.
#[derive(Debug, Default)]
pub(crate) struct Server {
    pub(crate) accounts: Accounts,
    pub(crate) sessions: Vec<Session>,
    pub(crate) renders: Vec<Render>,
    pub(crate) ledger: Vec<Charge>,
    runs: Vec<(usize, bool, bool)>,
    dooms_renders: bool,
}

/// Credits that went.
#[derive(Debug)]
pub(crate) struct Charge {
    /// For this message.
    pub(crate) message: String,
    /// They came back, because nothing was done.
    pub(crate) is_given_back: bool,
}

impl Server {
    /// Answers a request that arrived whole.
    pub(crate) fn answer(&mut self, fate: &mut Fate, at: Duration, asked: &Asked<'_>) -> Answer {
        self.settle(at);
        match asked.route {
            Route::File => return self.file(fate, at, asked),
            Route::Token => return self.accounts.grant(fate, asked.client, at),
            Route::Nowhere => return Answer::refusal(fate, Fault::NotFound),
            _ => {}
        }
        if fate.strikes_at(fate.rate / 8, &[Fault::TokenDies]).is_some() {
            self.accounts.revoke();
        }
        if !self.accounts.knows(asked.bearer, at) {
            return Answer::refusal(fate, Fault::BadToken);
        }
        self.known(fate, at, asked)
    }

    /// The client of a stream has gone.
    pub(crate) fn hang_up(&mut self, run: usize, at: Duration) {
        let (session, ends, gives_back) = self.runs[run];
        self.settle(at);
        if ends && self.sessions[session].abort(run) && gives_back {
            self.ledger[run].is_given_back = true;
        }
    }

    /// Does what is due in all sessions.
    pub(crate) fn settle(&mut self, at: Duration) {
        for session in &mut self.sessions {
            session.settle(at);
        }
    }

    /// A session by its id.
    pub(crate) fn session(&self, id: &str) -> Option<&Session> {
        self.sessions.iter().find(|session| session.id == id)
    }

    /// A render by its id.
    pub(crate) fn render(&self, id: &str) -> Option<&Render> {
        self.renders.iter().find(|render| render.id == id)
    }

    fn known(&mut self, fate: &mut Fate, at: Duration, asked: &Asked<'_>) -> Answer {
        match asked.route {
            Route::Open => self.open(fate),
            Route::Claim => claim(fate),
            Route::Credits => credits(fate),
            Route::Chat | Route::Upload | Route::State | Route::Start => self.in_session(fate, at, asked),
            Route::Status => self.of_render(fate, asked, |fate, render| render.status(fate, at)),
            Route::Cancel => self.of_render(fate, asked, |fate, render| {
                render.doom();
                Answer::wrapped(fate, "{}", Meaning::Told)
            }),
            Route::Fallback => self.fallback(fate, at, asked),
            Route::Token | Route::File | Route::Nowhere => Answer::refusal(fate, Fault::NotFound),
        }
    }

    fn open(&mut self, fate: &mut Fate) -> Answer {
        let session = Session::new(self.sessions.len());
        let id = session.id.clone();
        self.sessions.push(session);
        let spelled = if fate.odds(3_000) { id.clone() } else { format!("\"{id}\"") };
        let key = fate.of(&["session_id", "sessionId"]);
        let rest = fate.of(&[r#","task_id":"t1""#, r#","taskId":17,"user_id":"me""#, "", r#","user_id":null"#]);
        Answer::wrapped(fate, &format!(r#"{{"{key}":{spelled}{rest}}}"#), Meaning::Opened(id))
    }

    fn in_session(&mut self, fate: &mut Fate, at: Duration, asked: &Asked<'_>) -> Answer {
        let place = self.sessions.iter().position(|session| session.id == asked.session && !session.gone);
        let Some(place) = place else {
            return Answer::refusal(fate, Fault::NoSession);
        };
        if fate.strikes_at(fate.rate / 8, &[Fault::SessionGone]).is_some() {
            self.sessions[place].gone = true;
            return Answer::refusal(fate, Fault::NoSession);
        }
        match asked.route {
            Route::Upload => self.sessions[place].upload(fate),
            Route::State => self.sessions[place].state(fate),
            Route::Chat => self.chat(fate, at, place, asked),
            _ => self.start(fate, at, asked),
        }
    }

    /// The run begins, and is charged, when the message is there.
    fn chat(&mut self, fate: &mut Fate, at: Duration, place: usize, asked: &Asked<'_>) -> Answer {
        let run = Run::new(fate);
        let number = self.runs.len();
        self.runs.push((place, run.ends_with_client, run.is_given_back));
        let is_given_back = run.edit.is_none() && run.is_given_back;
        self.ledger.push(Charge { message: asked.message.clone(), is_given_back });
        if let Some((after, edit)) = run.edit {
            self.sessions[place].plan(number, at + after, edit);
        }
        let flow = Flow { run: Some(number), ..stream::flow(fate, &run, at) };
        let answer = Answer { status: 200, headers: Vec::new(), flow, meaning: Meaning::Stream };
        if fate.is_struck(Fault::StreamWithoutType) {
            return answer;
        }
        answer.header("content-type", fate.of(&["text/event-stream", "text/event-stream; charset=utf-8"]))
    }

    fn start(&mut self, fate: &mut Fate, at: Duration, asked: &Asked<'_>) -> Answer {
        if asked.attribution < 3 {
            return Answer::refusal(fate, Fault::PlanNeeded);
        }
        if self.renders.iter().any(|render| render.id == asked.render && !render.is_forgotten()) {
            return Answer::refusal(fate, Fault::DuplicateRender);
        }
        let nth = self.renders.len();
        let mut render = Render::new(fate, nth, &asked.render, asked.session, &asked.draft, at);
        self.dooms_renders |= fate.strikes_at(fate.rate / 4, &[Fault::RenderFailsTwice]).is_some();
        if self.dooms_renders {
            render.doom();
        }
        self.renders.push(render);
        let body = fate.of(&[r#"{"status":"pending","progress":0}"#, r#"{"id":"x","status":"QUEUED"}"#, "{}"]);
        Answer::wrapped(fate, body, Meaning::Started)
    }

    /// Answers about the last render of that id.
    fn of_render(
        &mut self,
        fate: &mut Fate,
        asked: &Asked<'_>,
        answer: impl FnOnce(&mut Fate, &mut Render) -> Answer,
    ) -> Answer {
        let Some(place) = self.renders.iter().rposition(|render| render.id == asked.render) else {
            return Answer::refusal(fate, Fault::NotFound);
        };
        if fate.strikes_at(fate.rate / 16, &[Fault::RenderForgotten]).is_some() {
            self.renders[place].forget();
        }
        answer(fate, &mut self.renders[place])
    }

    /// The second download route, on the API itself.
    fn fallback(&mut self, fate: &mut Fate, at: Duration, asked: &Asked<'_>) -> Answer {
        let fault = fate.strikes(&[Fault::FallbackMissing, Fault::FallbackLink]);
        self.of_render(fate, asked, |fate, render| match fault {
            Some(Fault::FallbackLink) if render.is_done(at) => {
                let url = render.url();
                Answer::wrapped(fate, &format!(r#"{{"url":"{url}"}}"#), Meaning::Elsewhere)
            }
            None if render.is_done(at) => render.file.serve(fate, &asked.wanted, at),
            _ => Answer::refusal(fate, Fault::NotFound),
        })
    }

    fn file(&mut self, fate: &mut Fate, at: Duration, asked: &Asked<'_>) -> Answer {
        let number = asked.wanted.path.split('/').nth(2).and_then(|number| number.parse::<usize>().ok());
        let Some(render) = number.and_then(|number| self.renders.get_mut(number)) else {
            return Answer::new(404, "", Meaning::Nothing);
        };
        let wanted: &Wanted<'_> = &asked.wanted;
        render.file.serve(fate, wanted, at)
    }
}

/// Servers without the endpoint answer 404.
fn claim(fate: &mut Fate) -> Answer {
    if fate.odds(3_000) {
        return Answer::refusal(fate, Fault::NotFound);
    }
    let more = fate.of(&["", r#","expires_in":600"#, r#","expiresIn":"600""#]);
    Answer::wrapped(fate, &format!(r#"{{"claim_token":"clm_{CANARY}"{more}}}"#), Meaning::Told)
}

fn credits(fate: &mut Fate) -> Answer {
    let body = fate.of(&[
        r#"{"available":62.5,"frozen":0}"#,
        r#"{"available":"7","frozen":"1.5","total":8.5}"#,
        r#"{"balance":0,"total":null}"#,
    ]);
    Answer::wrapped(fate, body, Meaning::Told)
}
