//! `weixin-video say`: the words are routed before anything is sent to the paid agent, then done, step by step.

use serde_json::{Value, json};
use weixin_video::journal::{Kind, Order};
use weixin_video_core::chat::Answer;
use weixin_video_core::event::{Checkpoint, Event, Observer as _};
use weixin_video_core::files::Output;
use weixin_video_core::ids::SessionId;
use weixin_video_core::intent::{self, Action};

use super::{credits, export, state, upload};
use crate::aim::Aim;
use crate::args;
use crate::ask::Ask;
use crate::backend::Backend;
use crate::claim;
use crate::failure::Failure;
use crate::jobs::Job;
use crate::output::{Shown, say as note, tell};
use crate::target;

mod dry;
mod follow;
mod todo;

use follow::{Asked, Place};
use todo::Todo;

/// A step that was done, and what there is to show of it.
struct Done {
    step: Action,
    by: By,
    shown: Shown,
}

/// Whose words asked for a step.
#[derive(Clone, Copy)]
enum By {
    User,
    Agent,
}

pub(super) async fn run(ask: &Ask, say: args::Say) -> Result<Shown, Failure> {
    let route = intent::route(&say.text);
    if say.dry_run {
        return Ok(dry::shown(&say.text, &route));
    }
    if say.text.trim().is_empty() {
        let next = "Say it, such as: weixin-video say \"trim the first 3 seconds\".";
        return Err(Failure::new("question", "what is to be done?", next));
    }
    let exports = route.steps.contains(&Action::Export);
    // A name that is taken shows before anything is done.
    let output = exports.then(|| target::named(say.target.output.as_deref(), say.target.force)).transpose()?;
    let backend = Backend::open_for(ask, Aim::of(&say.aim)?)?;
    let mut todo = todo::all(&say.text, &route, backend.free);
    // The editor in this process knows where videos go; another one is told.
    let last = todo.iter_mut().rfind(|step| step.action == Action::Chat && !backend.free);
    last.into_iter().for_each(|step| step.words = backend.aim.told(&step.words));
    let mut talk = Talk { ask, say: &say, backend: &backend, route: &route, output, job_id: None, done: Vec::new() };
    let result = talk.all(&todo).await;
    let Talk { job_id, done, .. } = talk;
    match result {
        Err(failure) if done.is_empty() => Err(failure),
        Err(failure) => {
            // What was done and told before is no less so.
            tell(&failure);
            Ok(Shown { failed: Some(failure), ..shown(&backend, job_id, done) })
        }
        Ok(()) => Ok(shown(&backend, job_id, done)),
    }
}

/// One message being done.
struct Talk<'a> {
    ask: &'a Ask,
    say: &'a args::Say,
    backend: &'a Backend,
    route: &'a intent::Route,
    /// Where the video goes, if one was ordered.
    output: Option<Output>,
    job_id: Option<String>,
    done: Vec<Done>,
}

impl Talk<'_> {
    async fn all(&mut self, todo: &[Todo]) -> Result<(), Failure> {
        let named = self.say.session.session.as_deref();
        let mut asked = Asked::default();
        let mut todo = todo.iter().peekable();
        while let Some(Todo { action, words }) = todo.next() {
            match action {
                Action::Upload => {
                    let shown = upload_all(self.backend, named, self.route, &self.say.text).await?;
                    shown.into_iter().for_each(|shown| self.user(*action, shown));
                }
                Action::State => {
                    self.user(*action, state::shown(self.backend, &self.backend.session(named)?).await?);
                }
                Action::Credits => self.user(*action, credits::shown(self.backend).await?),
                Action::Chat | Action::Export => {
                    let then = todo.next_if(|next| *action == Action::Chat && next.action == Action::Export);
                    let exports = *action == Action::Export || then.is_some();
                    asked.and(&self.job(*action, words, exports).await?);
                    if exports {
                        asked.done(Action::Export);
                    }
                }
            }
            if *action != Action::Chat {
                asked.done(*action);
            }
        }
        if !asked.is_empty() {
            let session = self.backend.session(named)?;
            let place = Place { ask: self.ask, said: self.say, backend: self.backend, session: &session };
            place.follow(asked, &mut self.done).await;
        }
        Ok(())
    }

    fn user(&mut self, step: Action, shown: Shown) {
        self.done.push(Done { step, by: By::User, shown });
    }

    /// An edit, an export, or an edit that is exported: one job. Says what the agent asked for.
    async fn job(&mut self, action: Action, words: &str, exports: bool) -> Result<Asked, Failure> {
        let session = self.backend.session(self.say.session.session.as_deref())?;
        let video = self.output.clone().filter(|_| exports);
        let job = match (action, &video) {
            (Action::Export, Some(video)) => export::begin(self.ask, self.backend, &session, video)?,
            _ => begin(self.ask, self.backend, &session, words, video.as_ref())?,
        };
        self.job_id = job.id().map(ToString::to_string);
        finish(self.backend, job, &session, video.as_ref(), &mut self.done).await
    }
}

/// Does what is left of what was said: the edit, or finding out what came of it, and the video.
pub(super) async fn go_on(
    backend: &Backend,
    job: Job,
    session: &SessionId,
    output: Option<&Output>,
) -> Result<Shown, Failure> {
    let id = job.id().map(ToString::to_string);
    let mut done = Vec::new();
    finish(backend, job, session, output, &mut done).await?;
    if done.is_empty() {
        done.push(Done { step: Action::State, by: By::User, shown: state::shown(backend, session).await? });
    }
    Ok(shown(backend, id, done))
}

/// Writes the job down.
fn begin(
    ask: &Ask,
    backend: &Backend,
    session: &SessionId,
    words: &str,
    output: Option<&Output>,
) -> Result<Job, Failure> {
    let order = Order {
        session: Some(session.clone()),
        output: output.map(|output| target::spelled_out(&output.path)),
        replace: output.is_some_and(|output| output.replace),
        ..backend.order(Kind::Chat, words)
    };
    backend.jobs().begin(order, &ask.going)
}

async fn finish(
    backend: &Backend,
    mut job: Job,
    session: &SessionId,
    output: Option<&Output>,
    done: &mut Vec<Done>,
) -> Result<Asked, Failure> {
    let result = steps_left(backend, &mut job, session, output, done).await;
    match job.close(result) {
        Err(failure) => Err(claim::offered(backend, failure).await),
        asked => asked,
    }
}

async fn steps_left(
    backend: &Backend,
    job: &mut Job,
    session: &SessionId,
    output: Option<&Output>,
    done: &mut Vec<Done>,
) -> Result<Asked, Failure> {
    let mut asked = Asked::default();
    let answer = match job.last().cloned() {
        None if job.order.kind == Kind::Chat => Some(chat(backend, job, session).await?),
        Some(Checkpoint::Charging { before, since_ms, .. }) => {
            Some((recovered(backend, job, session, before.as_deref(), since_ms).await?, true))
        }
        Some(_) | None => None,
    };
    if let Some((answer, edited)) = answer {
        let before = job.last().cloned();
        asked.add(&answer.actions);
        if !edited && answer.changes.is_none() {
            asked.nothing_new();
        }
        done.push(Done { step: Action::Chat, by: By::User, shown: answered(job, session, &answer) });
        if output.is_some() && !(edited || changed(backend, session, before).await?) {
            return Err(not_edited(backend, &answer));
        }
    }
    if let Some(output) = output {
        let shown = match job.last().cloned() {
            Some(checkpoint) if checkpoint.render().is_some() => export::from(backend, job, checkpoint, output).await?,
            Some(_) | None => export::to(backend, job, session, output).await?,
        };
        done.push(Done { step: Action::Export, by: By::User, shown });
    }
    Ok(asked)
}

/// The answer, and whether a tool was at work for it.
async fn chat(backend: &Backend, job: &mut Job, session: &SessionId) -> Result<(Answer, bool), Failure> {
    let words = job.order.words.clone();
    let mut edited = false;
    let work = async |watch: &mut crate::jobs::Recorder<'_>| {
        let mut seen = |event: Event| {
            edited |= matches!(event, Event::Editing);
            watch.see(event);
        };
        backend.client.chat(session, &words, &mut seen).await
    };
    let answer = job.record(backend.progress("say"), work).await?;
    let edited = edited && answer.questions.is_empty();
    Ok((answer, edited))
}

/// Whether the timeline is another one than before the message.
async fn changed(backend: &Backend, session: &SessionId, before: Option<Checkpoint>) -> Result<bool, Failure> {
    let Some(Checkpoint::Charging { before, .. }) = before else {
        return Ok(true);
    };
    let state = backend.client.state(session, &mut backend.progress("session")).await?;
    Ok(state.draft.map(|draft| draft.raw().get().to_owned()) != before)
}

/// What came of a message that was cut off.
async fn recovered(
    backend: &Backend,
    job: &mut Job,
    session: &SessionId,
    before: Option<&str>,
    since_ms: u64,
) -> Result<Answer, Failure> {
    let work =
        async |watch: &mut crate::jobs::Recorder<'_>| backend.client.recover(session, before, since_ms, watch).await;
    job.record(backend.progress("say"), work).await
}

fn answered(job: &mut Job, session: &SessionId, answer: &Answer) -> Shown {
    job.reached(Checkpoint::Edited { session: session.clone() });
    let changes = answer.changes.as_ref().map(ToString::to_string).filter(|changes| !changes.is_empty());
    let mut lines = answer.said.clone();
    lines.extend(answer.questions.iter().cloned());
    lines.extend(changes.clone());
    if lines.is_empty() {
        lines.push("The editor answered nothing, and the timeline is as it was.".into());
    }
    let data = json!({
        "session_id": session.as_str(),
        "said": answer.said,
        "questions": answer.questions,
        "changes": changes,
        "actions": Asked::of(&answer.actions).names(),
    });
    Shown::new(lines.join("\n"), data)
}

/// A video without the edit that was asked for is not what was ordered.
fn not_edited(backend: &Backend, answer: &Answer) -> Failure {
    let next = "For the video as it is now: weixin-video export.";
    let failure = if answer.questions.is_empty() {
        let next = format!("See what the agent says, and say it another way. {next}");
        Failure::new("not_edited", "the agent changed nothing, so no video was made", next)
    } else {
        let next = format!("Answer it: weixin-video say \"…\". {next}");
        Failure::new("question", "the agent asks something first, so no video was made", next)
    };
    Failure { charged: Some(!backend.free), ..failure }
}

fn shown(backend: &Backend, job_id: Option<String>, done: Vec<Done>) -> Shown {
    let text: Vec<&str> = done.iter().map(|done| done.shown.text.as_str()).filter(|text| !text.is_empty()).collect();
    let step = |done: &Done| json!({"step": done.step.name(), "by": done.by.name(), "data": done.shown.data});
    let steps: Vec<Value> = done.iter().map(step).collect();
    Shown::new(text.join("\n"), json!({"backend": backend.kind, "job_id": job_id, "steps": steps}))
}

impl By {
    fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Agent => "agent",
        }
    }
}

/// Uploads what the words name; `None` where it is all there. What an edit names and the session has is not uploaded again.
async fn upload_all(
    backend: &Backend,
    named: Option<&str>,
    route: &intent::Route,
    words: &str,
) -> Result<Option<Shown>, Failure> {
    if route.files.is_empty() && route.urls.is_empty() {
        let next = "Name the file, such as: weixin-video say \"upload clip.mp4\".";
        return Err(Failure::new("question", "which file is to be uploaded?", next));
    }
    let there = if route.steps.contains(&Action::Chat) { there(backend, named).await? } else { Vec::new() };
    let mut lines = Vec::new();
    let mut data = Vec::new();
    for what in route.files.iter().chain(&route.urls) {
        let name = upload::file_name(what);
        if there.iter().any(|known| known == name) {
            note(&format!("note: {name} is in the session already; to upload it again: weixin-video upload {name}"));
            continue;
        }
        let session = match named {
            Some(_) => Some(backend.session(named)?),
            None => backend.last_session(),
        };
        let shown = upload::shown(backend, session, what, words).await?;
        lines.push(shown.text);
        data.push(shown.data);
    }
    Ok((!data.is_empty()).then(|| Shown::new(lines.join("\n"), data)))
}

/// The names of what the session holds; none where there is no session yet, or it is gone.
async fn there(backend: &Backend, named: Option<&str>) -> Result<Vec<String>, Failure> {
    let session = match named {
        Some(_) => backend.session(named)?,
        None => match backend.last_session() {
            Some(session) => session,
            None => return Ok(Vec::new()),
        },
    };
    match backend.client.state(&session, &mut backend.progress("session")).await {
        Ok(state) => Ok(state.clips),
        Err(error) if error.code() == "no_session" => Ok(Vec::new()),
        Err(error) => Err(error.into()),
    }
}
