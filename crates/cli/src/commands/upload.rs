//! `weixin-video upload`.

use std::path::PathBuf;

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
use crate::places;
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
    let uploaded = backend.client.upload(&session, &media, &mut backend.progress(what)).await;
    let uploaded = uploaded.map_err(|error| backend.heard.failure(error.into()))?;
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
    let path = below_home(what).unwrap_or_else(|| what.into());
    target::check_input(&path, backend.accept)?;
    Ok(Media::File(path))
}

/// What stands behind the last slash of a path or URL, however the system writes them.
pub(super) fn file_name(what: &str) -> &str {
    what.rsplit(['/', '\\']).next().unwrap_or(what)
}

/// Within a sentence no shell has read the `~`.
fn below_home(what: &str) -> Option<PathBuf> {
    Some(places::home()?.join(what.strip_prefix("~/")?))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_home_folder_is_spelled_out() {
        let home = places::home().expect("a home");
        assert_eq!(below_home("~/a b.mp4"), Some(home.join("a b.mp4")));
        for other in ["a.mp4", "~a.mp4", "./~/a.mp4", "file:///srv/a.mp4", ""] {
            assert_eq!(below_home(other), None, "{other}");
        }
    }
}
