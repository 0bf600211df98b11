//! What the tests say on the wire, and to whom.

use std::sync::Arc;

use weixin_video_core::account::Account;
use weixin_video_core::api::{
    CancelExport, Claim, Endpoint, ExportStatus, GrantAnonymousToken, Link, Message, OpenSession, ReadCredits,
    ReadExport, ReadState, RenderStatus, Session, Source, StartExport, Upload,
};
use weixin_video_core::authorize::Authorized;
use weixin_video_core::call::{Body, Call, Reply, SinkId, SourceId};
use weixin_video_core::chat::Chat;
use weixin_video_core::config::Config;
use weixin_video_core::download::Download;
use weixin_video_core::draft::Draft;
use weixin_video_core::error::Error;
use weixin_video_core::export::Rendered;
use weixin_video_core::ids::{ClientId, Credential, Grant, RenderId, Seed, SessionId, Token};
use weixin_video_core::job::{Job, Order};
use weixin_video_core::machine::Machine;
use weixin_video_core::time::{Instant, Now};

use crate::script::Script;

pub(crate) const MINUTE: std::time::Duration = std::time::Duration::from_secs(60);

pub(crate) const STATE: &str = "GET /api/state/nemo_agent/me/7/latest";
pub(crate) const CHAT: &str = "POST /run_sse";
pub(crate) const CREDITS: &str = "GET /api/credits/balance/simple";
pub(crate) const TOKEN: &str = "POST /api/auth/anonymous-token";
pub(crate) const SESSION: &str = "POST /api/tasks/me/with-session/nemo_agent";
pub(crate) const UPLOAD: &str = "POST /api/upload-video/nemo_agent/me/7";
pub(crate) const EXPORT: &str = "POST /api/render/proxy/lambda";

pub(crate) const NO_DRAFT: &str = r#"{"code":0,"data":{"state":{"draft":null}}}"#;
pub(crate) const TITLE: &str = r#"{"t":[{"tt":7,"sg":[{"d":3000,"m":{"text":"Paradise Found"}}]}]}"#;
pub(crate) const BALANCE: &str = r#"{"code":0,"data":{"available":7}}"#;
pub(crate) const STREAM: &[(&str, &str)] = &[("content-type", "text/event-stream; charset=utf-8")];

/// The state of a session with this draft.
pub(crate) fn state(draft: &str) -> String {
    format!(r#"{{"code":0,"data":{{"state":{{"draft":{draft}}}}}}}"#)
}

/// One event of a stream.
pub(crate) fn event(json: &str) -> String {
    format!("data: {json}\n\n")
}

/// The agent says this.
pub(crate) fn says(text: &str) -> String {
    event(&format!(r#"{{"author":"a","content":{{"role":"model","parts":[{{"text":"{text}"}}]}}}}"#))
}

/// A tool has done its work.
pub(crate) fn tool() -> String {
    event(r#"{"author":"a","content":{"parts":[{"functionResponse":{"name":"edit","response":{}}}]}}"#)
}

pub(crate) fn config() -> Arc<Config> {
    Arc::new(Config::new("https://api.example").expect("an origin"))
}

pub(crate) fn session() -> SessionId {
    SessionId::new("7").expect("an id")
}

pub(crate) fn render() -> RenderId {
    RenderId::new("render_1").expect("an id")
}

pub(crate) fn draft(text: &str) -> Draft {
    Draft::parse(text).expect("a draft")
}

pub(crate) fn source() -> Source {
    Source { id: SourceId(0), name: "a.mp4".into(), bytes: 12, start: b"\0\0\0\x18ftypmp42".to_vec() }
}

pub(crate) fn chat() -> Script<Chat> {
    Script::new(Chat::new(config(), session(), Message::new("add a title"), Seed::new(1)))
}

/// A chat whose message has left; the timeline was empty.
pub(crate) fn sent() -> Script<Chat> {
    chat().sends(STATE).replies(200, NO_DRAFT).sends(CHAT)
}

/// A chat whose stream has begun.
pub(crate) fn listening() -> Script<Chat> {
    sent().begins(200, STREAM)
}

/// A finished render, whose file is there if anywhere.
pub(crate) fn rendered(url: Option<&str>) -> Rendered {
    Rendered { session: session(), render: render(), link: url.and_then(link) }
}

/// A download by the API's own route.
pub(crate) fn fallback() -> Script<Download> {
    Script::new(Download::new(config(), rendered(None), SinkId(0)))
}

pub(crate) fn job() -> Job {
    let message = Message::new("add a title");
    let order = Order { source: source(), message, sink: SinkId(0), language: "en".into() };
    Job::new(config(), order, Seed::new(1))
}

/// An anonymous account, with this token if it has one.
pub(crate) fn anonymous(token: Option<&str>) -> Credential {
    let grant = token.map(|token| Grant {
        token: Token::new(token).expect("a token"),
        user_id: Some("anon_1".into()),
        expires_at: std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(4_000_000_000),
    });
    Credential::Anonymous { client: ClientId::new("c1").expect("an id"), grant }
}

pub(crate) fn given() -> Credential {
    Credential::Given(Token::new("mine").expect("a token"))
}

pub(crate) fn authorized<M: Machine>(credential: Credential, inner: M) -> Script<Authorized<M>> {
    Script::new(Authorized::new(config(), Account::new(credential), Seed::new(1), inner))
}

/// The value of a header of a request.
pub(crate) fn header<'a>(call: &'a Call, name: &str) -> Option<&'a str> {
    call.request().headers().get(name).map(|value| value.to_str().expect("ASCII"))
}

/// The JSON a request carries.
pub(crate) fn json(call: &Call) -> serde_json::Value {
    match call.request().body() {
        Body::Bytes(bytes) => serde_json::from_slice(bytes).expect("JSON"),
        Body::Empty | Body::File { .. } => panic!("no JSON"),
    }
}

/// Where a finished file is, as the status of its render says.
pub(crate) fn link(url: &str) -> Option<Link> {
    match status(&format!(r#"{{"status":"completed","url":"{url}"}}"#)).status {
        RenderStatus::Completed { url } => url,
        RenderStatus::Going | RenderStatus::Failed { .. } => panic!("it is completed"),
    }
}

/// The status of a render, in these words.
#[track_caller]
pub(crate) fn status(body: &str) -> ExportStatus {
    ReadExport { render: render() }.reply(&Reply::new(200, body)).expect(body)
}

/// What an endpoint makes of an answer.
pub(crate) type Ask = fn(&Reply) -> Result<(), Error>;

/// Every plain exchange of PROTOCOL.md; the chat and the download are machines.
pub(crate) const PLAIN: [(&str, Ask); 9] = [
    ("anonymous token", |reply| answer(&GrantAnonymousToken::new(ClientId::new("c1").expect("an id"), start()), reply)),
    ("session", |reply| answer(&OpenSession::new("en"), reply)),
    ("claim link", |reply| answer(&Claim::new(Session { id: session(), task_id: None, user_id: None }), reply)),
    ("upload", |reply| answer(&Upload::new(&config(), session(), source(), Seed::new(1)).expect("an upload"), reply)),
    ("credits", |reply| answer(&ReadCredits, reply)),
    ("state", |reply| answer(&ReadState::new(session()), reply)),
    ("export", |reply| answer(&StartExport { render: render(), session: session(), draft: draft(TITLE) }, reply)),
    ("export status", |reply| answer(&ReadExport { render: render() }, reply)),
    ("cancel export", |reply| answer(&CancelExport { render: render() }, reply)),
];

/// What the clocks say when a script begins.
pub(crate) fn begins_at() -> Now {
    let wall = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_800_000_000);
    Now { monotonic: Instant::ORIGIN, wall }
}

pub(crate) fn start() -> Now {
    Now { monotonic: Instant::ORIGIN, wall: std::time::SystemTime::UNIX_EPOCH }
}

fn answer<E: Endpoint>(endpoint: &E, reply: &Reply) -> Result<(), Error> {
    endpoint.reply(reply).map(|_| ())
}
