//! `weixin-video upload`.

use std::path::Path;

use serde_json::json;
use weixin_video_core::api::SourceUrl;
use weixin_video_core::files::Media;
use weixin_video_core::ids::SessionId;
use weixin_video_core::language;

use crate::args;
use crate::ask::Ask;
use crate::backend::Backend;
use crate::failure::Failure;
use crate::output::Shown;
use crate::target;

pub(super) async fn run(ask: &Ask, upload: args::Upload) -> Result<Shown, Failure> {
    let backend = Backend::open(ask)?;
    let session = match (&upload.session.session, upload.new) {
        (None, true) => None,
        (None, false) => backend.last_session(),
        (Some(_), _) => Some(backend.session(upload.session.session.as_deref())?),
    };
    shown(&backend, session, &upload.media, "").await
}

/// Uploads a file or a URL into `session`, or into a new one, in the language of `words`, when there is none or it is
/// gone.
pub(super) async fn shown(
    backend: &Backend,
    session: Option<SessionId>,
    what: &str,
    words: &str,
) -> Result<Shown, Failure> {
    let media = media(backend, what)?;
    let session = match session {
        Some(session) if is_there(backend, &session).await? => session,
        _ => backend.client.session(language::of(words), &mut backend.progress(what)).await?.id,
    };
    backend.remember(&session);
    let uploaded = backend.client.upload(&session, &media, &mut backend.progress(what)).await?;
    let names = if uploaded.names.is_empty() { what.to_owned() } else { uploaded.names.join(", ") };
    let data = json!({
        "backend": backend.kind,
        "session_id": session.as_str(),
        "files": uploaded.names,
        "duration_ms": uploaded.duration_ms,
    });
    Ok(Shown::new(format!("uploaded {names} into session {session}"), data))
}

fn media(backend: &Backend, what: &str) -> Result<Media, Failure> {
    if what.contains("://") {
        let url = SourceUrl::new(what);
        return url.map(Media::Url).ok_or_else(|| {
            let next = "Use an absolute http(s) URL without user name or password.";
            Failure::new("usage", "not a URL that can be uploaded", next)
        });
    }
    target::check_input(Path::new(what), backend.accept)?;
    Ok(Media::File(what.into()))
}

/// A remembered session may have been forgotten by the server.
async fn is_there(backend: &Backend, session: &SessionId) -> Result<bool, Failure> {
    match backend.client.state(session, &mut backend.progress("session")).await {
        Ok(_) => Ok(true),
        Err(error) if error.code() == "no_session" => {
            crate::output::say("note: the last session is gone; a new one is begun");
            Ok(false)
        }
        Err(error) => Err(error.into()),
    }
}
