//! A request as it stands on the wire, read without the client's help.

use http::{HeaderMap, Request, header};
use serde::Deserialize;
use serde_json::value::RawValue;
use weixin_video_core::call::Body;

use super::files::Wanted;

/// The rows of PROTOCOL.md.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Route {
    Token,
    Open,
    Claim,
    Chat,
    Upload,
    Credits,
    State,
    Start,
    Status,
    Cancel,
    /// The second download route.
    Fallback,
    /// A file on a host that is not the API.
    File,
    Nowhere,
}

/// What a request asks for.
#[derive(Debug)]
pub(crate) struct Asked<'a> {
    pub(crate) route: Route,
    pub(crate) host: &'a str,
    pub(crate) bearer: Option<&'a str>,
    pub(crate) client: Option<&'a str>,
    /// How many of the three attribution headers are there.
    pub(crate) attribution: usize,
    /// The session's id; empty outside a session.
    pub(crate) session: &'a str,
    /// The render's id; empty where there is none.
    pub(crate) render: String,
    /// The draft to render, to the letter.
    pub(crate) draft: String,
    /// What is said to the agent.
    pub(crate) message: String,
    pub(crate) wanted: Wanted<'a>,
}

/// The API's host.
const API: &str = "api.example";

#[derive(Deserialize)]
struct Chat<'a> {
    session_id: &'a str,
    #[serde(borrow)]
    new_message: Said<'a>,
}

#[derive(Deserialize)]
struct Said<'a> {
    role: &'a str,
    #[serde(borrow)]
    parts: Vec<Text<'a>>,
}

#[derive(Deserialize)]
struct Text<'a> {
    #[serde(borrow)]
    text: std::borrow::Cow<'a, str>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Start<'a> {
    id: &'a str,
    session_id: &'a str,
    #[serde(borrow)]
    draft: &'a RawValue,
}

impl<'a> Asked<'a> {
    /// Reads method, path, headers and body.
    pub(crate) fn read(request: &'a Request<Body>) -> Self {
        let (path, headers) = (request.uri().path(), request.headers());
        let host = request.uri().host().unwrap_or_default();
        let (route, id) = route(request.method().as_str(), host, path);
        let mut asked = Self {
            route,
            host,
            bearer: text(headers, header::AUTHORIZATION.as_str()).and_then(|value| value.strip_prefix("Bearer ")),
            client: text(headers, "x-client-id"),
            attribution: ["x-skill-source", "x-skill-version", "x-skill-platform"]
                .iter()
                .filter(|name| text(headers, name).is_some_and(|value| !value.is_empty()))
                .count(),
            session: "",
            render: String::new(),
            draft: String::new(),
            message: String::new(),
            wanted: Wanted { range: text(headers, "range"), if_range: text(headers, "if-range"), path },
        };
        match route {
            Route::Upload | Route::State => asked.session = id,
            Route::Status | Route::Cancel | Route::Fallback => asked.render = id.to_owned(),
            Route::Chat | Route::Start => asked.read_body(request.body()),
            _ => {}
        }
        asked
    }

    /// A body that can't be read leaves the session empty, which no session is.
    fn read_body(&mut self, body: &'a Body) {
        let Body::Bytes(bytes) = body else { return };
        if let (Route::Chat, Ok(chat)) = (self.route, serde_json::from_slice::<Chat<'_>>(bytes)) {
            self.session = chat.session_id;
            self.message = chat.new_message.parts.into_iter().map(|part| part.text).collect();
            if chat.new_message.role != "user" {
                self.message.clear();
            }
        } else if let (Route::Start, Ok(start)) = (self.route, serde_json::from_slice::<Start<'_>>(bytes)) {
            self.session = start.session_id;
            self.render = start.id.to_owned();
            self.draft = start.draft.get().to_owned();
        }
    }
}

/// The row, and the id in the path.
fn route<'a>(method: &str, host: &str, path: &'a str) -> (Route, &'a str) {
    if host != API {
        return (Route::File, "");
    }
    const STATE: &str = "/api/state/nemo_agent/me/";
    const UPLOAD: &str = "/api/upload-video/nemo_agent/me/";
    const RENDER: &str = "/api/render/proxy/";
    match (method, path) {
        ("POST", "/api/auth/anonymous-token") => (Route::Token, ""),
        ("POST", "/api/tasks/me/with-session/nemo_agent") => (Route::Open, ""),
        ("POST", "/api/auth/claim-token") => (Route::Claim, ""),
        ("POST", "/run_sse") => (Route::Chat, ""),
        ("GET", "/api/credits/balance/simple") => (Route::Credits, ""),
        ("POST", "/api/render/proxy/lambda") => (Route::Start, ""),
        ("POST", _) if path.starts_with(UPLOAD) => (Route::Upload, &path[UPLOAD.len()..]),
        ("GET", _) => within(path, STATE, "/latest")
            .map(|id| (Route::State, id))
            .or_else(|| within(path, RENDER, "/download").map(|id| (Route::Fallback, id)))
            .or_else(|| within(path, "/api/render/proxy/lambda/", "").map(|id| (Route::Status, id)))
            .unwrap_or((Route::Nowhere, "")),
        ("POST", _) => {
            within(path, "/api/render/proxy/lambda/", "/cancel").map_or((Route::Nowhere, ""), |id| (Route::Cancel, id))
        }
        _ => (Route::Nowhere, ""),
    }
}

fn within<'a>(path: &'a str, before: &str, after: &str) -> Option<&'a str> {
    path.strip_prefix(before)?.strip_suffix(after).filter(|id| !id.is_empty() && !id.contains('/'))
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}
