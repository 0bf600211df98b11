//! `weixin-video format`: the main job, clip by clip.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use weixin_video::journal::{Kind, Order};
use weixin_video_core::error::Charged;
use weixin_video_core::files::Output;
use weixin_video_core::media::Accept;

use crate::aim::Aim;
use crate::args;
use crate::ask::Ask;
use crate::backend::{Backend, LOCAL};
use crate::claim;
use crate::clip;
use crate::delivered::Video;
use crate::failure::Failure;
use crate::jobs::{self, Found, Job, Jobs, Recorder, Standing, resume_line};
use crate::mend;
use crate::output::{Shown, say, tell};
use crate::settings::{self, Chosen};
use crate::target;

mod copied;
mod dry;
mod parts;

pub(super) async fn run(ask: &Ask, format: args::Format) -> Result<Shown, Failure> {
    let several = format.inputs.len() > 1;
    if several {
        target::room_for_all(&format.inputs, format.output.as_deref())?;
    }
    let accept = settings::accept(&ask.choice)?;
    let mut clips: Vec<Clip> = format.inputs.iter().map(|input| Clip::new(input, &format, accept)).collect();
    if format.parts && !matches!(settings::choose(&ask.choice)?, Chosen::Local) {
        let next = "Format it there first, then: weixin-video format --local --parts FILE.";
        return Err(Failure::new("usage", "parts are made on this machine", next));
    }
    if format.dry_run {
        return dry::run(ask, &format, clips).await;
    }
    if several {
        return Desk::open(ask, &format)?.batch(clips).await;
    }
    let Clip { input, output } = clips.pop().expect("clap asks for at least one input");
    let output = output?;
    let (text, data) = Desk::open(ask, &format)?.deliver(&input, &output).await?;
    Ok(Shown::new(text, data))
}

/// One clip, and where its video goes if it can be had.
struct Clip {
    input: PathBuf,
    output: Result<Output, Failure>,
}

impl Clip {
    fn new(input: &Path, format: &args::Format, accept: Accept) -> Self {
        let checked = target::check_input(input, accept);
        let output =
            checked.and_then(|()| target::beside(input, format.output.as_deref(), format.force || format.dry_run));
        Self { input: input.to_path_buf(), output }
    }
}

/// What all clips of one command share.
struct Desk<'a> {
    ask: &'a Ask,
    format: &'a args::Format,
    backend: Backend,
    jobs: Jobs,
}

impl<'a> Desk<'a> {
    fn open(ask: &'a Ask, format: &'a args::Format) -> Result<Self, Failure> {
        let backend = Backend::for_one_job(ask, Aim::of(&format.aim)?)?;
        let jobs = backend.jobs();
        Ok(Self { ask, format, backend, jobs })
    }

    /// What the editor is told. The one in this process knows where videos go.
    fn words(&self) -> String {
        let words = &self.format.instruct;
        if self.backend.free { words.clone() } else { self.backend.aim.told(words) }
    }

    /// Every clip gets its own session and its own render; one that fails does not stop the others.
    async fn batch(&self, clips: Vec<Clip>) -> Result<Shown, Failure> {
        let mut lines = Vec::new();
        let mut outputs = Vec::new();
        let mut failed = None;
        for Clip { input, output } in clips {
            let result = match output {
                Ok(output) => self.deliver(&input, &output).await,
                Err(failure) => Err(failure),
            };
            let mut data = match result {
                Ok((line, data)) => {
                    lines.push(line);
                    data
                }
                Err(failure) => failed_at(&input, failure, &mut failed),
            };
            data["input"] = json!(input.display().to_string());
            outputs.push(data);
        }
        let shown = Shown::new(lines.join("\n"), json!({"backend": self.backend.kind, "outputs": outputs}));
        Ok(Shown { failed, ..shown })
    }

    /// Writes the job down, then does it.
    async fn deliver(&self, input: &Path, output: &Output) -> Result<(String, Value), Failure> {
        if self.format.parts {
            return parts::deliver(&self.backend.aim, &self.format.instruct, input, output).await;
        }
        let order = Order {
            clip: Some(clip::now(input)?),
            output: Some(target::spelled_out(&output.path)),
            replace: output.replace,
            ..self.backend.order(Kind::Format, &self.words())
        };
        self.not_begun_before(&order)?;
        if self.backend.kind == LOCAL
            && let Some(done) = copied::deliver(&self.backend.aim, &self.format.instruct, input, output).await?
        {
            return Ok(done);
        }
        let job = self.jobs.begin(order, &self.ask.going)?;
        go_on(&self.backend, job, Some(input), output).await
    }

    /// What may have been charged is not begun again unasked; an older try that cost nothing makes room.
    fn not_begun_before(&self, order: &Order) -> Result<(), Failure> {
        let same = |found: &Found| {
            let old = found.journal.as_ref().ok().map(|journal| &journal.order);
            old.is_some_and(|old| {
                let (clip, old_clip) = (order.clip.as_ref(), old.clip.as_ref());
                let comparable = !self.backend.free || old.backend == LOCAL;
                let same_clip = clip.map(|clip| &clip.path) == old_clip.map(|clip| &clip.path);
                comparable && old.kind == Kind::Format && same_clip && old.output == order.output
            })
        };
        for found in self.jobs.list().iter().filter(|found| same(found)) {
            match (found.running, self.backend.free) {
                (true, true) => {}
                (true, false) => return Err(jobs::running(&found.id)),
                (false, _) => {
                    if let Some(failure) = begun_before(found).filter(|_| !self.format.anew) {
                        return Err(failure);
                    }
                    self.jobs.forget(&found.id)?;
                }
            }
        }
        Ok(())
    }
}

/// Tells of one clip among several that failed; the first failure is that of the command.
fn failed_at(input: &Path, failure: Failure, failed: &mut Option<Failure>) -> Value {
    let failure = failure.about(input);
    tell(&failure);
    let data = json!({"error": failure});
    failed.get_or_insert(failure);
    data
}

fn begun_before(found: &Found) -> Option<Failure> {
    let journal = found.journal.as_ref().ok()?;
    let standing = Standing::of(&journal.order, journal.last.as_ref());
    let charged = match standing.charged {
        Charged::No => return None,
        Charged::Yes => "was charged",
        Charged::Unknown => "may have been charged",
    };
    let message = format!("this was begun before and {charged}: job {}", found.id);
    let next = format!("Go on with it: {}. Or begin again and pay again, with --anew.", resume_line(&found.id));
    let failure = Failure::new("begun_before", message, next).for_job(&found.id);
    Some(Failure { charged: standing.charged_as_told(), ..failure })
}

/// Does what is left of a job, which is all of it for a new one.
pub(super) async fn go_on(
    backend: &Backend,
    mut job: Job,
    clip: Option<&Path>,
    output: &Output,
) -> Result<(String, Value), Failure> {
    let name = clip.or(Some(&output.path)).and_then(Path::file_name).unwrap_or_default().to_string_lossy().into_owned();
    let (sink, words, progress) = (job.sink(output), job.order.words.clone(), backend.progress(&name));
    let id = job.id().map(ToString::to_string);
    let mended = mend::before(&job, &output.path);
    let result = match (job.last().cloned(), clip, mended) {
        (_, _, Some(mended)) => Ok(mended),
        (None, Some(clip), _) => {
            let work = async |watch: &mut Recorder<'_>| backend.client.format(clip, &words, &sink, watch).await;
            job.record(progress, work).await
        }
        (None, None, _) => Err(no_clip()),
        (Some(checkpoint), clip, _) => {
            let work = async |watch: &mut Recorder<'_>| backend.client.resume(checkpoint, clip, &sink, watch).await;
            job.record(progress, work).await
        }
    };
    let result = match result {
        Ok(fetched) => {
            fetched.said.iter().for_each(|words| say(words));
            Video::of(backend, &mut job, output, fetched.bytes).await.map(|video| (fetched, video))
        }
        Err(failure) => Err(backend.heard.failure(failure)),
    };
    let (fetched, video) = match job.close(result) {
        Ok(done) => done,
        Err(failure) => return Err(claim::offered(backend, failure).await),
    };
    if let Some(session) = &fetched.session {
        backend.remember(session);
    }
    let mut data = json!({
        "backend": backend.kind,
        "job_id": id,
        "session_id": fetched.session.as_ref().map(|id| id.as_str()),
        "render_id": fetched.render.as_ref().map(|id| id.as_str()),
        "summary": fetched.summary,
        "credits": fetched.credits.map(|credits| credits.available),
    });
    video.put_into(&mut data);
    Ok((output.path.display().to_string(), data))
}

fn no_clip() -> Failure {
    Failure::new("not_found", "the job has no clip", "Forget it, and format the clip anew.")
}
