//! `weixin-video say`: the words are routed before anything is sent to the paid agent, then done, step by step.

use serde_json::{Value, json};
use weixin_video::journal::{Kind, Order};
use weixin_video_core::chat::Answer;
use weixin_video_core::event::Checkpoint;
use weixin_video_core::files::Output;
use weixin_video_core::ids::SessionId;
use weixin_video_core::intent::{self, Action};

use super::{credits, export, state, upload};
use crate::args;
use crate::ask::Ask;
use crate::backend::Backend;
use crate::failure::Failure;
use crate::jobs::Job;
use crate::output::Shown;
use crate::target;

/// A step that was done, and what there is to show of it.
type Done = (Action, Shown);

pub(super) async fn run(ask: &Ask, say: args::Say) -> Result<Shown, Failure> {
    let route = intent::route(&say.text);
    let exports = route.steps.contains(&Action::Export);
    // A name that is taken shows before anything is done.
    let output = exports.then(|| target::named(say.target.output.as_deref(), say.target.force)).transpose()?;
    let backend = Backend::open(ask)?;
    let named = say.session.session.as_deref();
    let (mut done, mut job_id) = (Vec::new(), None);
    let mut steps = route.steps.iter().copied().peekable();
    while let Some(step) = steps.next() {
        match step {
            Action::Upload => done.push((step, upload_all(&backend, named, &route, &say.text).await?)),
            Action::State => done.push((step, state::shown(&backend, &backend.session(named)?).await?)),
            Action::Credits => done.push((step, credits::shown(&backend).await?)),
            Action::Chat | Action::Export => {
                let session = backend.session(named)?;
                let video =
                    output.as_ref().filter(|_| step == Action::Export || steps.next_if_eq(&Action::Export).is_some());
                let job = match (step, video) {
                    (Action::Export, Some(video)) => export::begin(ask, &backend, &session, video)?,
                    _ => begin(ask, &backend, &session, &say.text, video)?,
                };
                job_id = job.id().map(ToString::to_string);
                done.extend(finish(&backend, job, &session, video).await?);
            }
        }
    }
    Ok(shown(&backend, job_id, done))
}

/// Does what is left of what was said: the edit, or finding out what came of it, and the video.
pub(super) async fn go_on(
    backend: &Backend,
    job: Job,
    session: &SessionId,
    output: Option<&Output>,
) -> Result<Shown, Failure> {
    let id = job.id().map(ToString::to_string);
    let mut done = finish(backend, job, session, output).await?;
    if done.is_empty() {
        done.push((Action::State, state::shown(backend, session).await?));
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
) -> Result<Vec<Done>, Failure> {
    let done = steps_left(backend, &mut job, session, output).await;
    job.close(done)
}

async fn steps_left(
    backend: &Backend,
    job: &mut Job,
    session: &SessionId,
    output: Option<&Output>,
) -> Result<Vec<Done>, Failure> {
    let mut done = Vec::new();
    match job.last().cloned() {
        None if job.order.kind == Kind::Chat => done.push((Action::Chat, chat(backend, job, session).await?)),
        Some(Checkpoint::Charging { before, since_ms, .. }) => {
            done.push((Action::Chat, recovered(backend, job, session, before.as_deref(), since_ms).await?));
        }
        Some(_) | None => {}
    }
    if let Some(output) = output {
        let shown = match job.last().cloned() {
            Some(checkpoint) if checkpoint.render().is_some() => export::from(backend, job, checkpoint, output).await?,
            Some(_) | None => export::to(backend, job, session, output).await?,
        };
        done.push((Action::Export, shown));
    }
    Ok(done)
}

async fn chat(backend: &Backend, job: &mut Job, session: &SessionId) -> Result<Shown, Failure> {
    let words = job.order.words.clone();
    let work = async |watch: &mut crate::jobs::Recorder<'_>| backend.client.chat(session, &words, watch).await;
    let answer = job.record(backend.progress("say"), work).await?;
    Ok(answered(job, session, &answer))
}

/// What came of a message that was cut off.
async fn recovered(
    backend: &Backend,
    job: &mut Job,
    session: &SessionId,
    before: Option<&str>,
    since_ms: u64,
) -> Result<Shown, Failure> {
    let work =
        async |watch: &mut crate::jobs::Recorder<'_>| backend.client.recover(session, before, since_ms, watch).await;
    let answer = job.record(backend.progress("say"), work).await?;
    Ok(answered(job, session, &answer))
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
    });
    Shown::new(lines.join("\n"), data)
}

fn shown(backend: &Backend, job_id: Option<String>, done: Vec<Done>) -> Shown {
    let text: Vec<&str> = done.iter().map(|(_, shown)| shown.text.as_str()).filter(|text| !text.is_empty()).collect();
    let steps: Vec<Value> = done.iter().map(|(step, shown)| json!({"step": name(*step), "data": shown.data})).collect();
    Shown::new(text.join("\n"), json!({"backend": backend.kind, "job_id": job_id, "steps": steps}))
}

/// The step's name in JSON.
fn name(action: Action) -> &'static str {
    match action {
        Action::Export => "export",
        Action::Credits => "credits",
        Action::State => "state",
        Action::Upload => "upload",
        Action::Chat => "chat",
    }
}

async fn upload_all(
    backend: &Backend,
    named: Option<&str>,
    route: &intent::Route,
    words: &str,
) -> Result<Shown, Failure> {
    let media: Vec<&String> = route.files.iter().chain(&route.urls).collect();
    if media.is_empty() {
        let next = "Name the file, such as: weixin-video say \"upload clip.mp4\".";
        return Err(Failure::new("question", "which file is to be uploaded?", next));
    }
    let mut lines = Vec::new();
    let mut data = Vec::new();
    for what in media {
        let session = match named {
            Some(_) => Some(backend.session(named)?),
            None => backend.last_session(),
        };
        let shown = upload::shown(backend, session, what, words).await?;
        lines.push(shown.text);
        data.push(shown.data);
    }
    Ok(Shown::new(lines.join("\n"), data))
}
