//! `weixin-video export`.

use serde_json::json;
use weixin_video::journal::{Kind, Order};
use weixin_video_core::event::Checkpoint;
use weixin_video_core::files::Output;
use weixin_video_core::ids::{RenderId, SessionId};

use crate::aim::Aim;
use crate::args;
use crate::ask::Ask;
use crate::backend::Backend;
use crate::delivered::Video;
use crate::failure::Failure;
use crate::jobs::{Job, Recorder};
use crate::mend;
use crate::output::Shown;
use crate::target;

pub(super) async fn run(ask: &Ask, export: args::Export) -> Result<Shown, Failure> {
    let output = target::named(export.target.output.as_deref(), export.target.force)?;
    let backend = Backend::open_for(ask, Aim::of(&export.aim)?)?;
    let session = backend.session(export.session.session.as_deref())?;
    let mut job = begin(ask, &backend, &session, &output)?;
    let shown = to(&backend, &mut job, &session, &output).await;
    job.close(shown)
}

/// Writes the job down.
pub(super) fn begin(ask: &Ask, backend: &Backend, session: &SessionId, output: &Output) -> Result<Job, Failure> {
    let order = Order {
        session: Some(session.clone()),
        output: Some(target::spelled_out(&output.path)),
        replace: output.replace,
        ..backend.order(Kind::Export, "")
    };
    backend.jobs().begin(order, &ask.going)
}

/// Renders the session's timeline into `output`.
pub(super) async fn to(
    backend: &Backend,
    job: &mut Job,
    session: &SessionId,
    output: &Output,
) -> Result<Shown, Failure> {
    let (sink, client) = (job.sink(output), &backend.client);
    let work = async |watch: &mut Recorder<'_>| {
        let rendered = client.export(session, watch).await?;
        client.download_to(&rendered, &sink, watch).await.map(|downloaded| (rendered.render, downloaded.bytes))
    };
    let rendered = job.record(backend.progress(&name(output)), work).await;
    let (render, bytes) = rendered.map_err(|failure| backend.heard.failure(failure))?;
    shown(backend, job, output, session, Some(&render), bytes).await
}

/// Goes on with rendering the session's timeline into `output`.
pub(super) async fn from(
    backend: &Backend,
    job: &mut Job,
    checkpoint: Checkpoint,
    output: &Output,
) -> Result<Shown, Failure> {
    let (sink, session) = (job.sink(output), checkpoint.session().clone());
    if let Some(mended) = mend::before(job, &output.path) {
        return shown(backend, job, output, &session, mended.render.as_ref(), mended.bytes).await;
    }
    let work = async |watch: &mut Recorder<'_>| backend.client.resume(checkpoint, None, &sink, watch).await;
    let delivered = job.record(backend.progress(&name(output)), work).await;
    let delivered = delivered.map_err(|failure| backend.heard.failure(failure))?;
    shown(backend, job, output, &session, delivered.render.as_ref(), delivered.bytes).await
}

fn name(output: &Output) -> String {
    output.path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

async fn shown(
    backend: &Backend,
    job: &mut Job,
    output: &Output,
    session: &SessionId,
    render: Option<&RenderId>,
    bytes: u64,
) -> Result<Shown, Failure> {
    let mut data = json!({
        "backend": backend.kind,
        "job_id": job.id().map(ToString::to_string),
        "session_id": session.as_str(),
        "render_id": render.map(RenderId::as_str),
    });
    Video::of(backend, job, output, bytes).await?.put_into(&mut data);
    Ok(Shown::new(output.path.display().to_string(), data))
}
