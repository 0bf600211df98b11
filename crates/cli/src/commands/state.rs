//! `weixin-video state`.

use serde_json::json;
use weixin_video_core::ids::SessionId;

use crate::args::InSession;
use crate::ask::Ask;
use crate::backend::Backend;
use crate::failure::Failure;
use crate::output::Shown;

pub(super) async fn run(ask: &Ask, session: InSession) -> Result<Shown, Failure> {
    let backend = Backend::open(ask)?;
    let session = backend.session(session.session.as_deref())?;
    shown(&backend, &session).await
}

/// The timeline, for people and programs.
pub(super) async fn shown(backend: &Backend, session: &SessionId) -> Result<Shown, Failure> {
    let state = backend.client.state(session, &mut backend.progress("state")).await?;
    let summary = state.draft.as_ref().map(|draft| draft.summary());
    let clips = if state.clips.is_empty() { "none".to_owned() } else { state.clips.join(", ") };
    let text = format!("{}\nClips: {clips}\nSession: {session}", summary.as_deref().unwrap_or("Timeline: empty"));
    let data = json!({
        "backend": backend.kind,
        "session_id": session.as_str(),
        "summary": summary,
        "clips": state.clips,
        "generated": state.generated,
        "duration_ms": state.draft.as_ref().and_then(|draft| draft.duration_ms()),
    });
    Ok(Shown::new(text, data))
}
