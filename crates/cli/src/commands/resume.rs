//! `weixin-video resume`: goes on from where a job was cut off.

use std::path::{Path, PathBuf};

use weixin_video::journal::{Kind, Order, unsigned, was_signed};
use weixin_video_core::event::Checkpoint;
use weixin_video_core::files::Output;

use super::{export, format, jobs, say};
use crate::args;
use crate::ask::Ask;
use crate::backend::Backend;
use crate::clip;
use crate::failure::Failure;
use crate::jobs::{Job, Jobs, damaged, forget_line};
use crate::output::Shown;
use crate::places::Places;
use crate::target;

pub(super) async fn run(ask: &Ask, resume: args::Resume) -> Result<Shown, Failure> {
    if ask.choice.is_some() {
        return Err(Failure::usage("a job goes on at the backend where it was begun; leave the backend out"));
    }
    let places = Jobs::of(&Places::find()?);
    let found = match jobs::chosen(&places, resume.job.id.as_deref())? {
        Ok(found) => found,
        Err(listed) => return Ok(listed),
    };
    let mut job = places.hold(&found.id, &ask.going)?;
    match prepared(&mut job, &resume) {
        Ok(ready) => go_on(job, ready).await,
        Err(failure) => Err(job.left(failure)),
    }
}

/// What a job needs on this machine to go on.
struct Ready {
    output: Option<Output>,
    clip: Option<PathBuf>,
    backend: Backend,
}

/// All that can be refused is refused before anything is sent.
fn prepared(job: &mut Job, resume: &args::Resume) -> Result<Ready, Failure> {
    let output = output(job, resume)?;
    let clip = clip_at_hand(job)?;
    Ok(Ready { output, clip, backend: Backend::of_job(&job.order)? })
}

async fn go_on(mut job: Job, ready: Ready) -> Result<Shown, Failure> {
    let Ready { output, clip, backend } = ready;
    if let Err(failure) = with_its_draft(&backend, &mut job).await {
        return job.close(Err(failure));
    }
    let session = job.last().map(Checkpoint::session).or(job.order.session.as_ref()).cloned();
    match (job.order.kind, session, output) {
        (Kind::Format, _, Some(output)) => {
            let (text, data) = format::go_on(&backend, job, clip.as_deref(), &output).await?;
            Ok(Shown::new(text, data))
        }
        (Kind::Export, Some(session), Some(output)) => {
            let checkpoint = job.last().cloned();
            let shown = match checkpoint {
                Some(checkpoint) => export::from(&backend, &mut job, checkpoint, &output).await,
                None => export::to(&backend, &mut job, &session, &output).await,
            };
            job.close(shown)
        }
        (Kind::Chat, Some(session), output) => say::go_on(&backend, job, &session, output.as_ref()).await,
        (Kind::Format | Kind::Export, _, None) | (Kind::Export | Kind::Chat, None, _) => Err(incomplete(&job)),
    }
}

/// Where the video goes: as ordered, unless told otherwise now. Another place is written down.
fn output(job: &mut Job, resume: &args::Resume) -> Result<Option<Output>, Failure> {
    let Order { output: Some(ordered), replace, clip, .. } = &job.order else {
        return match resume.output {
            Some(_) => Err(Failure::usage("this job makes no video, so there is no output to name")),
            None => Ok(None),
        };
    };
    let path = match &resume.output {
        Some(folder) if folder.is_dir() => folder.join(ordered.file_name().unwrap_or_default()),
        Some(file) => file.clone(),
        None => ordered.clone(),
    };
    let force = resume.force || (resume.output.is_none() && *replace);
    if is_published(job, &path) {
        let output = Output::new(path);
        return Ok(Some(if force { output.replacing() } else { output }));
    }
    let output = match clip {
        Some(clip) => target::beside(&clip.path, Some(&path), force)?,
        None => target::checked(path, force)?,
    };
    if resume.output.is_some() || force != *replace {
        job.redirect(target::spelled_out(&output.path), force)?;
    }
    Ok(Some(output))
}

/// Whether the run before ended between giving the video its name and saying so.
fn is_published(job: &Job, path: &Path) -> bool {
    let published = job.last().and_then(Checkpoint::published_bytes);
    let lengths = [published, job.mended().filter(|_| published.is_some())];
    let is_ours = |bytes: u64| lengths.contains(&Some(bytes));
    path.symlink_metadata().is_ok_and(|file| file.is_file() && is_ours(file.len()))
}

/// The clip, where it may have to be uploaded. Once the server has it, it is needed only should the server forget it.
fn clip_at_hand(job: &Job) -> Result<Option<PathBuf>, Failure> {
    let Some(clip) = &job.order.clip else {
        return if job.order.kind == Kind::Format { Err(incomplete(job)) } else { Ok(None) };
    };
    match (job.last(), clip::unchanged(clip)) {
        (_, Ok(())) => Ok(Some(clip.path.clone())),
        (None | Some(Checkpoint::Opened { .. }), Err(failure)) => Err(match job.id() {
            Some(id) => failure.then(format!("Nothing was charged. Put it back as it was; or: {}", forget_line(id))),
            None => failure,
        }),
        (Some(_), Err(_)) => Ok(None),
    }
}

/// The draft before a charged message is kept without the queries of its URLs. If it is, but for them, what the server
/// has now, then the server's is the whole one: nothing has changed yet.
async fn with_its_draft(backend: &Backend, job: &mut Job) -> Result<(), Failure> {
    let Some(Checkpoint::Charging { session, before: Some(before), since_ms }) = job.last().cloned() else {
        return Ok(());
    };
    if !was_signed(&before) {
        return Ok(());
    }
    let state = backend.client.state(&session, &mut backend.progress("session")).await?;
    let now = state.draft.map(|draft| draft.raw().get().to_owned());
    if let Some(now) = now.filter(|now| same(&unsigned(now), &before)) {
        job.amend(Checkpoint::Charging { session, before: Some(now), since_ms });
    }
    Ok(())
}

/// Whether two JSON texts mean the same.
fn same(one: &str, other: &str) -> bool {
    let value = |text| serde_json::from_str::<serde_json::Value>(text).ok();
    one == other || value(one).is_some_and(|one| Some(one) == value(other))
}

fn incomplete(job: &Job) -> Failure {
    let id = job.id().expect("a job that is resumed has an id");
    damaged(id, "its order is not complete")
}
