//! The chat: the only endpoint that costs something.

use super::{exactly, json_body, text};
use crate::app::App;
use crate::book::Hand;
use crate::dialect::{Scene as EventScene, Writer};
use crate::gate::Orders;
use crate::journal::{Record, lock};
use crate::manner::SilentEnding;
use crate::problem::Problem;
use crate::renderer::Scene;
use crate::reply::{AgentReply, Step};
use crate::tenant::Session;
use crate::world::Scope;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream::poll_fn;
use hyper::HeaderMap;
use hyper::header::{ACCEPT, CONTENT_TYPE};
use serde_json::Value;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};

/// Events that wait for a slow reader before the agent does too.
const EVENTS_AHEAD: usize = 64;

pub(super) async fn run(State(app): State<Arc<App>>, request: Request) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    let space = app.caller(&parts.headers, Scope::Write)?;
    let body = json_body(&parts.headers, body).await?;
    if !accepts_events(&parts.headers) {
        return Err(Problem::NotAcceptable("Accept must be text/event-stream"));
    }
    let (session_id, message) = read(&body)?;
    let mut run = Run {
        number: 0,
        space,
        session_id: session_id.to_owned(),
        message,
        orders: parts.extensions.get::<Orders>().cloned().unwrap_or_default(),
        record: parts.extensions.get::<Record>().cloned(),
        app: Arc::clone(&app),
    };
    run.may_begin()?;
    run.number = app.space(space, |space| space.book.accept(&run.session_id, &run.message));
    let (events, mut receiver) = mpsc::channel::<Bytes>(EVENTS_AHEAD);
    let work_first = run.orders.work_first;
    let (worked, work) = oneshot::channel();
    tokio::spawn(run.go(events, worked));
    if work_first {
        // An agent that panicked drops its end, and there is no work to wait for.
        let _ = work.await;
    }
    let stream = poll_fn(move |cx| receiver.poll_recv(cx).map(|event| event.map(Ok::<_, Infallible>)));
    Ok(([(CONTENT_TYPE, "text/event-stream; charset=utf-8")], Body::from_stream(stream)).into_response())
}

/// The session and the words of a message. Keys are in snake_case, and the role is said.
fn read(body: &Value) -> Result<(&str, String), Problem> {
    exactly(body, "app_name", "nemo_agent")?;
    exactly(body, "user_id", "me")?;
    let session_id = text(body, "session_id")?;
    let message = &body["new_message"];
    exactly(message, "role", "user").map_err(|_| Problem::Invalid("new_message.role: must be \"user\"".to_owned()))?;
    let parts = message["parts"].as_array().map_or(&[][..], Vec::as_slice);
    let words: Vec<&str> = parts.iter().filter_map(|part| part["text"].as_str()).collect();
    let words = words.join("\n");
    if words.trim().is_empty() {
        return Err(Problem::Invalid("new_message.parts: a text is required".to_owned()));
    }
    Ok((session_id, words))
}

fn accepts_events(headers: &HeaderMap) -> bool {
    let mut accepted =
        headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(','));
    accepted.any(|entry| entry.split(';').next().is_some_and(|kind| kind.trim() == "text/event-stream"))
}

/// One message being worked on.
struct Run {
    app: Arc<App>,
    /// The message's number in its space, once it is accepted.
    number: u64,
    space: usize,
    session_id: String,
    message: String,
    orders: Orders,
    record: Option<Record>,
}

impl Run {
    /// What is refused before the stream begins.
    fn may_begin(&self) -> Result<(), Problem> {
        let known = self.app.session(self.space, &self.session_id, |_| ());
        known.map_err(|problem| {
            let adk = self.app.settings.dialect.is_adk();
            if adk { Problem::NoAgentSession(self.session_id.clone()) } else { problem }
        })?;
        let broke = self.app.space(self.space, |space| space.ledger.available == 0);
        if broke && self.app.renderer.costs_credits() { Err(Problem::NoCredits) } else { Ok(()) }
    }

    /// Does the work, commits it, then tells about it. A reader who goes away doesn't undo it.
    async fn go(self, events: mpsc::Sender<Bytes>, worked: oneshot::Sender<()>) {
        let thought = self.think(&events).await;
        let committed = match &thought {
            Some(reply) if !self.orders.uncommitted => self.commit(reply).await,
            Some(_) | None => Ok(()),
        };
        self.app.space(self.space, |space| space.book.close(self.number));
        let Some(reply) = thought else {
            return;
        };
        let reply = match committed {
            Ok(()) => reply,
            Err(problem) => AgentReply::new().fail(problem.code().to_string(), problem.text()),
        };
        let manner = self.app.settings.manner;
        let silent = manner.ending(&reply, &self.message);
        let reply = manner.told(reply, &self.message);
        let _ = worked.send(());
        // A receiver that is gone is a client that is gone.
        let _ = self.tell(reply, silent, &events).await;
    }

    /// The scripted reply, or the agent's; `None` if the agent panicked, which ends the stream without an event.
    async fn think(&self, events: &mpsc::Sender<Bytes>) -> Option<AgentReply> {
        if let Some(reply) = self.app.world().next_reply(self.space) {
            return Some(reply);
        }
        let (app, space, id, message) =
            (Arc::clone(&self.app), self.space, self.session_id.clone(), self.message.clone());
        let mut agent = tokio::task::spawn_blocking(move || {
            let (draft, sources) = app.session(space, &id, |session| (session.draft(), session.sources())).ok()?;
            Some(app.renderer.agent(&message, &Scene { draft: &draft, sources: &sources }))
        });
        loop {
            tokio::select! {
                reply = &mut agent => return reply.ok().flatten(),
                // Nobody may be reading yet, and one sign of life more or less is none.
                beat = self.beat() => drop(events.try_send(beat)),
            }
        }
    }

    /// The draft first: what can't be kept isn't charged.
    async fn commit(&self, reply: &AgentReply) -> Result<(), Problem> {
        let space = self.space;
        let held = self.app.space(space, |space| space.ledger.hold(reply.charge));
        if let Err(problem) = self.keep_draft(reply).await {
            self.app.space(space, |space| space.ledger.release(held));
            return Err(problem);
        }
        self.app.space(space, |space| space.ledger.settle(held, (self.number, &self.session_id, &self.message)));
        if let Some(record) = &self.record {
            lock(record).charged = held;
        }
        if held > 0 {
            // The work is done; a balance that can't be kept only errs in the user's favour later.
            let _ = self.app.at_disk(move |app| app.keep_space(space)).await?;
        }
        Ok(())
    }

    async fn keep_draft(&self, reply: &AgentReply) -> Result<(), Problem> {
        let (space, number, id, hidden_for) = (self.space, self.number, self.session_id.clone(), reply.hidden_for);
        let Some(draft) = reply.draft.clone() else {
            return Ok(());
        };
        let changed = self.app.at_disk(move |app| {
            app.change(space, &id, |session: &mut Session| session.set_draft(draft.clone(), hidden_for))?;
            app.space(space, |space| space.book.edited(&id, Hand::Message(number)));
            Ok(())
        });
        match changed.await? {
            // A session forgotten meanwhile has no draft to keep.
            Ok(()) | Err(Problem::NoSession) => Ok(()),
            Err(problem) => Err(problem),
        }
    }

    async fn tell(
        &self,
        reply: AgentReply,
        ending: Option<SilentEnding>,
        events: &mpsc::Sender<Bytes>,
    ) -> Result<(), mpsc::error::SendError<Bytes>> {
        let steps = with_visible_edit(&reply);
        let invocation = self.app.ids().uuid();
        let scene = EventScene { invocation, now_ms: self.app.now_ms(), draft: reply.draft, ending };
        let mut writer = Writer::new(self.app.settings.dialect, scene, &steps);
        for step in &steps {
            if let Step::Pause(time) = step {
                self.pause(*time, events).await?;
            }
            for event in writer.write(step) {
                events.send(event).await?;
            }
        }
        for event in writer.finish() {
            events.send(event).await?;
        }
        Ok(())
    }

    async fn pause(&self, time: Duration, events: &mpsc::Sender<Bytes>) -> Result<(), mpsc::error::SendError<Bytes>> {
        let mut end = self.app.clock.sleep(time);
        loop {
            tokio::select! {
                () = &mut end => return Ok(()),
                beat = self.beat() => events.send(beat).await?,
            }
        }
    }

    /// The next sign of life; never, where the server sends none.
    async fn beat(&self) -> Bytes {
        match self.app.settings.heartbeat {
            Some((every, form)) => {
                self.app.clock.sleep(every).await;
                form.bytes()
            }
            None => std::future::pending().await,
        }
    }
}

/// A draft is changed by a tool. Where the script names none, one is put in, unless it gives exact bytes.
fn with_visible_edit(reply: &AgentReply) -> Vec<Step> {
    let mut steps = reply.steps.clone();
    let told = steps.iter().any(|step| matches!(step, Step::Tool { .. } | Step::Raw(_)));
    if reply.draft.is_some() && !told {
        let (args, result) = (serde_json::json!({"operation": "update"}), serde_json::json!({"status": "success"}));
        steps.insert(0, Step::Tool { name: "edit_multitrack".to_owned(), args, result });
    }
    steps
}
