//! `weixin-video upload`.

use std::path::{Path, PathBuf};

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
    if let Some(path) = here(what) {
        target::check_input(&path, backend.accept)?;
        return Ok(Media::File(path));
    }
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

/// A file of this machine in the spellings that no shell has read: within a sentence.
fn here(what: &str) -> Option<PathBuf> {
    if let Some(below) = what.strip_prefix("~/") {
        return Some(places::home()?.join(below));
    }
    let path = what.strip_prefix("file://")?;
    let path = path.strip_prefix("localhost").unwrap_or(path);
    path.starts_with('/').then(|| decoded(path).into())
}

/// A path out of a URL, where `%20` is a space. What is no text then stays as it is, and no such file is found.
fn decoded(path: &str) -> String {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        let hex = behind.get(..2).filter(|hex| *first == b'%' && hex.iter().all(u8::is_ascii_hexdigit));
        let byte = hex.and_then(|hex| std::str::from_utf8(hex).ok()).and_then(|hex| u8::from_str_radix(hex, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = &behind[if byte.is_some() { 2 } else { 0 }..];
    }
    String::from_utf8(bytes).unwrap_or_else(|_| path.to_owned())
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
    fn files_of_this_machine_in_a_sentence() {
        let home = places::home().expect("a home");
        assert_eq!(here("~/a b.mp4"), Some(home.join("a b.mp4")));
        for (url, path) in [
            ("file:///srv/a%20b.mp4", "/srv/a b.mp4"),
            ("file://localhost/%E6%97%A9.mp4", "/早.mp4"),
            ("file:///100%.mp4", "/100%.mp4"),
            ("file:///%ff.mp4", "/%ff.mp4"),
        ] {
            assert_eq!(here(url), Some(path.into()), "{url}");
        }
        for other in ["file://host/a.mp4", "a.mp4", "~a.mp4", "https://a.example/a.mp4", ""] {
            assert_eq!(here(other), None, "{other}");
        }
    }
}
