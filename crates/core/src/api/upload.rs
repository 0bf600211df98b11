//! Row "upload": a file as a multipart form, or a URL for the server to fetch.

use http::Uri;
use serde_json::json;

use super::{Endpoint, UPLOAD, api_call, post, transfer_time};
use crate::call::{Body, Call, Origin, Reply, SourceId};
use crate::config::{Config, UPLOAD_REPLY};
use crate::envelope;
use crate::error::{Error, What};
use crate::ids::{Seed, SessionId};
use crate::json::Object;
use crate::media;
use crate::printable::printable;
use crate::time::Instant;

/// A file to send, as the adapter found it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The number the adapter knows it under.
    pub id: SourceId,
    /// Its name without the folder.
    pub name: String,
    /// Its length in bytes.
    pub bytes: u64,
    /// Its first bytes, 64 or more where it has as many: what it is, whatever its name says.
    pub start: Vec<u8>,
}

/// Sends one file into a session. Free.
#[derive(Clone, Debug)]
pub struct Upload {
    session: SessionId,
    source: Source,
    boundary: String,
}

/// Sends a URL for the server to fetch. Free.
#[derive(Clone, Debug)]
pub struct UploadUrl {
    session: SessionId,
    url: SourceUrl,
}

/// An http(s) URL of a clip, without user name or password.
#[derive(Clone, PartialEq, Eq)]
pub struct SourceUrl(String);

/// What the server took in.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Uploaded {
    /// The server's names of the files, made printable.
    pub names: Vec<String>,
    /// Length in ms, when the server measured it.
    pub duration_ms: Option<u64>,
    /// Whether the files are part of the session's state already.
    pub applied: bool,
}

impl Upload {
    /// Into this session; the boundary is made from `seed`.
    ///
    /// # Errors
    /// [`What::Source`] when the file is empty, too large, of an unsupported format, or clearly no media:
    /// before a byte is sent.
    pub fn new(config: &Config, session: SessionId, source: Source, seed: Seed) -> Result<Self, Error> {
        media::check(&source.name, source.bytes, &source.start, config.accept).map_err(What::Source)?;
        Ok(Self { session, source, boundary: seed.boundary() })
    }
}

impl Endpoint for Upload {
    type Answer = Uploaded;

    const NAME: &'static str = UPLOAD;
    /// 200 MB are not sent again without a word.
    const TRIES: u32 = 1;

    fn request(&self, config: &Config, now: Instant) -> Call {
        let Self { session, source, boundary } = self;
        let head = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"files\"; filename=\"{}\"\r\nContent-Type: {}\r\n\r\n",
            quoted(&source.name),
            media::content_type(&source.name),
        );
        let body = Body::File {
            head: head.into_bytes(),
            source: source.id,
            len: source.bytes,
            tail: format!("\r\n--{boundary}--\r\n").into_bytes(),
        };
        let until = now + UPLOAD_REPLY + transfer_time(source.bytes);
        let content_type = format!("multipart/form-data; boundary={boundary}");
        api_call(config, http::Method::POST, &path(session), Some((&content_type, body)), until)
    }

    fn reply(&self, reply: &Reply) -> Result<Uploaded, Error> {
        uploaded(reply)
    }
}

impl UploadUrl {
    /// Into this session.
    #[must_use]
    pub fn new(session: SessionId, url: SourceUrl) -> Self {
        Self { session, url }
    }
}

impl Endpoint for UploadUrl {
    type Answer = Uploaded;

    const NAME: &'static str = UPLOAD;
    const TRIES: u32 = 1;

    fn request(&self, config: &Config, now: Instant) -> Call {
        let mut call = post(config, &path(&self.session), &json!({"urls": [self.url.0], "source_type": "url"}), now);
        call.until = now + UPLOAD_REPLY;
        call
    }

    fn reply(&self, reply: &Reply) -> Result<Uploaded, Error> {
        uploaded(reply)
    }
}

impl SourceUrl {
    /// Takes an absolute http(s) URL; `None` for anything else.
    #[must_use]
    pub fn new(url: &str) -> Option<Self> {
        let uri: Uri = url.parse().ok()?;
        Origin::of(&uri).map(|_| Self(url.to_owned()))
    }
}

impl std::fmt::Debug for SourceUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SourceUrl(…)")
    }
}

fn path(session: &SessionId) -> String {
    format!("/api/upload-video/nemo_agent/me/{session}")
}

fn uploaded(reply: &Reply) -> Result<Uploaded, Error> {
    let data = envelope::open(UPLOAD, reply)?;
    let files = data.list(&["files"]).unwrap_or_default();
    let applied = data.flag(&["session_state_applied"]).unwrap_or(false);
    if files.is_empty() && !applied {
        return Err(Error::protocol(UPLOAD, "it names no file"));
    }
    let files: Vec<Object<'_>> = files.iter().filter_map(|raw| Object::parse(raw.get().as_bytes())).collect();
    let seconds = files.first().and_then(|file| file.number(&["duration"])).filter(|&seconds| seconds >= 0.0);
    Ok(Uploaded {
        names: files
            .iter()
            .filter_map(|file| file.text(&["filename", "name"]))
            .map(|name| printable(&name, 128))
            .collect(),
        duration_ms: seconds.map(milliseconds),
        applied,
    })
}

/// `as` saturates, which is what a hostile duration deserves.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
fn milliseconds(seconds: f64) -> u64 {
    (seconds * 1000.0).round() as u64
}

/// A file name inside a quoted form parameter, escaped as browsers do (WHATWG HTML, "multipart form data").
fn quoted(name: &str) -> String {
    let mut escaped = String::with_capacity(name.len());
    for c in name.chars() {
        match c {
            '"' => escaped.push_str("%22"),
            '\r' => escaped.push_str("%0D"),
            '\n' => escaped.push_str("%0A"),
            c if c.is_control() => {}
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(name: &str) -> Source {
        let start = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom".to_vec();
        Source { id: SourceId(0), name: name.into(), bytes: 1000, start }
    }

    fn config() -> Config {
        Config::new("https://api.example").expect("an origin")
    }

    fn session() -> SessionId {
        SessionId::new("7").expect("an id")
    }

    fn upload(name: &str) -> Result<Upload, Error> {
        Upload::new(&config(), session(), source(name), Seed::new(1))
    }

    #[test]
    fn a_hostile_name_stays_inside_its_quotes() {
        let call = upload("a\"\r\nX: y.mp4").expect("an upload").request(&config(), Instant::ORIGIN);
        let Body::File { head, len, .. } = call.request().body() else { panic!("a file body") };
        let head = String::from_utf8_lossy(head);
        assert!(head.contains("filename=\"a%22%0D%0AX: y.mp4\""), "{head}");
        assert_eq!(*len, 1000);
    }

    #[test]
    fn an_unsupported_file_never_becomes_a_request() {
        let error = upload("notes.xyz").expect_err("not a clip");
        assert_eq!(error.code(), "unsupported");
    }

    #[test]
    fn seconds_become_milliseconds() {
        let body =
            r#"{"code":0,"data":{"files":[{"filename":"a.mp4","duration":8.0417}],"session_state_applied":true}}"#;
        let uploaded = uploaded(&Reply::new(200, body)).expect("an answer");
        assert_eq!(uploaded, Uploaded { names: vec!["a.mp4".into()], duration_ms: Some(8042), applied: true });
    }

    #[test]
    fn a_url_with_a_password_is_none() {
        assert!(SourceUrl::new("https://a:b@host/x.mp4").is_none());
        assert!(SourceUrl::new("file:///etc/passwd").is_none());
        assert!(SourceUrl::new("https://host/x.mp4").is_some());
    }
}
