//! Scripted misbehaviour, exact to the byte, and an account of what never happened.

pub mod kind;

mod admin;
mod below;
mod bodies;
mod carry;
mod downloads;
mod framing;
mod gzip;
mod heads;
mod place;
mod plan;
mod program;
mod raw;
mod refusals;
mod registry;
mod renders;
mod script;
mod streams;
mod sweep;
mod whole;

pub use place::Marks;
pub use program::ProgramError;
pub use refusals::Shape;

pub(crate) use below::{arrival_pause, on_arrival};
pub(crate) use raw::{Deed, Program, run};
pub(crate) use script::{Report, Script, Strike};

use crate::route::Route;
use bytes::Bytes;
use kind::Kind;
use serde_json::Value;
use std::fmt;
use std::time::Duration;

/// What `late-answer` waits by itself.
const LATE: Duration = Duration::from_millis(100);

/// One scripted fault: where, when, what.
///
/// ```
/// use weixin_video_fake_backend::{Fault, Route, kind};
///
/// let broken_chat = Fault::on(Route::Chat).cut_after_event(3);
/// let busy = Fault::on(Route::State).nth(2).header("retry-after", "1").json(429, &serde_json::json!({"code": 429}));
/// let lost_answer = Fault::on(Route::Export).after_commit().does(kind::Request::LoseReply);
/// let stuck = Fault::on(Route::ExportStatus).always().does(kind::Render::Stuck);
/// # let _ = (broken_chat, busy, lost_answer, stuck);
/// ```
#[derive(Debug, Clone)]
pub struct Fault {
    site: Site,
    act: Act,
    kind: Option<Kind>,
}

/// Where and when a fault strikes; the last call says what it does.
///
/// It strikes the first request to its route, once, unless told otherwise.
#[derive(Debug, Clone)]
#[must_use = "a site does nothing until a method such as `drop_connection` makes a fault of it"]
pub struct Site {
    route: Route,
    token: Option<Token>,
    nth: u32,
    times: Times,
    commit: Option<bool>,
    headers: Vec<(String, String)>,
    how: How,
}

/// How often in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Times {
    Exactly(u32),
    Always,
}

/// What a kind can be told besides its place.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct How {
    pub(crate) mark: Option<Mark>,
    pub(crate) pause: Option<Duration>,
    pub(crate) shape: Option<Shape>,
}

/// A token to compare with and never to show.
#[derive(Clone)]
struct Token(String);

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<token>")
    }
}

#[derive(Debug, Clone)]
pub(crate) enum Act {
    Answer { status: u16, content_type: String, body: Bytes, headers: Vec<(String, String)> },
    Drop,
    CutRequest(u64),
    CutWire(u64),
    Cut(Mark),
    Stall(Mark, Option<Duration>),
    StallHead,
    Delay(Duration),
    Pieces(usize),
    FailRender(String),
    Do(Kind, How),
}

/// A place in an answer's body, or in a request's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mark {
    /// After so many bytes.
    Byte(u64),
    /// After so many blocks that end in a blank line.
    Event(u32),
}

impl Fault {
    /// Begins a fault on a route.
    pub const fn on(route: Route) -> Site {
        let how = How { mark: None, pause: None, shape: None };
        Site { route, token: None, nth: 1, times: Times::Exactly(1), commit: None, headers: Vec::new(), how }
    }
}

impl Fault {
    /// Whether it strikes a connection and not a request.
    const fn arriving(&self) -> bool {
        matches!(self.kind, Some(Kind::Connection(_)))
    }
}

impl Site {
    /// The n-th matching request from now on, counted from 1.
    pub const fn nth(mut self, n: u32) -> Self {
        self.nth = n;
        self
    }

    /// So many requests in a row, from the n-th on.
    pub const fn times(mut self, times: u32) -> Self {
        self.times = Times::Exactly(times);
        self
    }

    /// Every request from the n-th on. Once is enough for it to have fired.
    pub const fn always(mut self) -> Self {
        self.times = Times::Always;
        self
    }

    /// Only requests with this token count.
    pub fn for_token(mut self, token: &str) -> Self {
        self.token = Some(Token(token.to_owned()));
        self
    }

    /// The server does nothing of what it was asked: no charge, no change. What `answer` and `drop_connection` do by themselves.
    pub const fn before_commit(mut self) -> Self {
        self.commit = Some(false);
        self
    }

    /// The server does all it was asked, and only the answer goes wrong. What a fault in an answer's body does by itself.
    pub const fn after_commit(mut self) -> Self {
        self.commit = Some(true);
        self
    }

    /// Where in the head or body [`Site::does`] strikes, in bytes, for kinds whose [`Kind::marks`] say so.
    pub const fn at_byte(mut self, byte: u64) -> Self {
        self.how.mark = Some(Mark::Byte(byte));
        self
    }

    /// After how many events of a stream [`Site::does`] strikes, for kinds whose [`Kind::marks`] say so.
    pub const fn at_event(mut self, event: u32) -> Self {
        self.how.mark = Some(Mark::Event(event));
        self
    }

    /// How long what [`Site::does`] does takes, for kinds that take time.
    pub const fn pause(mut self, time: Duration) -> Self {
        self.how.pause = Some(time);
        self
    }

    /// What a refusal looks like.
    pub const fn shape(mut self, shape: Shape) -> Self {
        self.how.shape = Some(shape);
        self
    }

    /// A header of the answer that [`Site::answer`] or its shorthands give.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Answers with exactly this.
    pub fn answer(self, status: u16, content_type: &str, body: impl Into<Bytes>) -> Fault {
        let headers = self.headers.clone();
        self.act(Act::Answer { status, content_type: content_type.to_owned(), body: body.into(), headers })
    }

    /// Answers with JSON.
    pub fn json(self, status: u16, body: &Value) -> Fault {
        self.answer(status, "application/json", body.to_string())
    }

    /// Answers with a proxy's HTML page.
    pub fn html(self, status: u16) -> Fault {
        self.answer(
            status,
            "text/html",
            format!("<html><head><title>{status}</title></head><body>{status}</body></html>\n"),
        )
    }

    /// Answers with a status and no body.
    pub fn empty(self, status: u16) -> Fault {
        self.answer(status, "text/plain", Bytes::new())
    }

    /// Reads the whole request, then closes the connection without a byte of an answer.
    pub fn drop_connection(self) -> Fault {
        self.act(Act::Drop)
    }

    /// Closes the connection after so many bytes of the request's body. The server does nothing of what it was asked.
    pub fn cut_request_at(self, bytes: u64) -> Fault {
        self.act(Act::CutRequest(bytes))
    }

    /// Closes the connection after so many bytes of the answer, counted from its status line.
    pub fn cut_response_at(self, bytes: u64) -> Fault {
        self.act(Act::CutWire(bytes))
    }

    /// Closes the connection after so many bytes of the answer's body: every byte before that arrives, none after it.
    pub fn cut_at_byte(self, bytes: u64) -> Fault {
        self.act(Act::Cut(Mark::Byte(bytes)))
    }

    /// Closes the connection after so many events of a stream, whole ones; with `before_commit` the work is not done either.
    pub fn cut_after_event(self, events: u32) -> Fault {
        self.act(Act::Cut(Mark::Event(events)))
    }

    /// Never answers, and keeps the connection open.
    pub fn stall(self) -> Fault {
        self.act(Act::StallHead)
    }

    /// Goes silent after so many bytes of the answer's body, for a time or for ever.
    pub fn stall_at_byte(self, bytes: u64, time: Option<Duration>) -> Fault {
        self.act(Act::Stall(Mark::Byte(bytes), time))
    }

    /// Goes silent after so many events of a stream, for a time or for ever.
    pub fn stall_after_event(self, events: u32, time: Option<Duration>) -> Fault {
        self.act(Act::Stall(Mark::Event(events), time))
    }

    /// Waits before it looks at the request.
    pub fn delay(self, time: Duration) -> Fault {
        self.act(Act::Delay(time))
    }

    /// Sends the answer's body in pieces of so many bytes, each flushed by itself.
    pub fn in_pieces(self, bytes: usize) -> Fault {
        self.act(Act::Pieces(bytes.max(1)))
    }

    /// Accepts an export and lets its render fail with this reason.
    pub fn fail_render(self, reason: &str) -> Fault {
        self.act(Act::FailRender(reason.to_owned()))
    }

    /// One of the known kinds. Where it can't stand, [`FakeBackend::fault`](crate::FakeBackend::fault) says so.
    pub fn does(self, kind: impl Into<Kind>) -> Fault {
        let (kind, how) = (kind.into(), self.how);
        let act = if kind == kind::Request::Late.into() {
            Act::Delay(how.pause.unwrap_or(LATE))
        } else if kind == kind::Stream::Pieces.into() {
            Act::Pieces(1)
        } else if kind == kind::Render::Fails.into() {
            Act::FailRender("the renderer ran out of memory".to_owned())
        } else {
            Act::Do(kind, how)
        };
        Fault { site: self, act, kind: Some(kind) }
    }

    const fn act(self, act: Act) -> Fault {
        Fault { site: self, act, kind: None }
    }

    /// Whether the request with this number is one it strikes.
    fn due(&self, seen: u32) -> bool {
        seen >= self.nth
            && match self.times {
                Times::Exactly(times) => seen - self.nth < times,
                Times::Always => true,
            }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Site { route, nth, times, commit, .. } = &self.site;
        write!(f, "{route:?}, request {nth}")?;
        match times {
            Times::Exactly(0 | 1) => {}
            Times::Exactly(times) => write!(f, " and the {} after it", times - 1)?,
            Times::Always => write!(f, " and all after it")?,
        }
        match commit {
            Some(true) => write!(f, ", after the work")?,
            Some(false) => write!(f, ", before the work")?,
            None => {}
        }
        if let Some(kind) = self.kind {
            return write!(f, ": {kind}{}", self.site.how);
        }
        match &self.act {
            Act::Answer { status, .. } => write!(f, ": answer {status}"),
            Act::Drop => write!(f, ": drop the connection"),
            Act::CutRequest(n) => write!(f, ": cut the request at byte {n}"),
            Act::CutWire(n) => write!(f, ": cut the response at byte {n}"),
            Act::Cut(mark) => write!(f, ": cut {mark}"),
            Act::Stall(mark, _) => write!(f, ": stall {mark}"),
            Act::StallHead => write!(f, ": never answer"),
            Act::Delay(time) => write!(f, ": delay {} ms", time.as_millis()),
            Act::Pieces(n) => write!(f, ": pieces of {n} bytes"),
            Act::FailRender(_) => write!(f, ": let the render fail"),
            Act::Do(kind, _) => write!(f, ": {kind}"),
        }
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Byte(n) => write!(f, "at byte {n} of the body"),
            Self::Event(n) => write!(f, "after event {n}"),
        }
    }
}

impl fmt::Display for How {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(mark) = self.mark {
            write!(f, " {mark}")?;
        }
        if let Some(pause) = self.pause {
            write!(f, " for {} ms", pause.as_millis())?;
        }
        self.shape.map_or(Ok(()), |shape| write!(f, " as {shape}"))
    }
}
