//! `weixin-video export`.

use std::path::Path;

use serde_json::json;
use weixin_video_core::ids::SessionId;

use crate::args;
use crate::ask::Ask;
use crate::backend::Backend;
use crate::facts::Facts;
use crate::failure::Failure;
use crate::output::Shown;
use crate::target;

pub(super) async fn run(ask: &Ask, export: args::Export) -> Result<Shown, Failure> {
    let output = target::named(export.target.output.as_deref(), export.target.force)?;
    let backend = Backend::open(ask)?;
    let session = backend.session(export.session.session.as_deref())?;
    to(&backend, &session, &output).await
}

/// Renders the session's timeline into `output`.
pub(super) async fn to(
    backend: &Backend,
    session: &SessionId,
    output: &weixin_video_core::files::Output,
) -> Result<Shown, Failure> {
    let name = output.path.file_name().unwrap_or_default().to_string_lossy();
    let mut progress = backend.progress(&name);
    let rendered = backend.client.export(session, &mut progress).await?;
    let downloaded = backend.client.download_to(&rendered, output, &mut progress).await?;
    drop(progress);
    let facts = Facts::of(Path::new(&output.path), downloaded.bytes);
    let data = json!({
        "backend": backend.kind,
        "output": facts,
        "session_id": session.as_str(),
        "render_id": rendered.render.as_str(),
    });
    Ok(Shown::new(output.path.display().to_string(), data))
}
