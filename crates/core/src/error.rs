//! What can go wrong, whether sending again is safe, what it cost, and what the user does next.
//!
//! The rows are those of the error table in PROTOCOL.md.

use std::fmt;
use std::time::Duration;

use crate::config::RATE_LIMIT;
use crate::ids::{RenderId, SessionId};
use crate::media;

mod advice;

/// A cause from a library or the operating system.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Why a job ended without its result.
///
/// `Display` is one lower-case line without secrets; [`Error::advice`] says what to do about it.
#[derive(Debug)]
pub struct Error {
    what: Box<What>,
    charged: Charged,
    session: Option<SessionId>,
    render: Option<RenderId>,
    account: Option<String>,
    register: Option<String>,
}

/// What happened.
#[derive(Debug)]
#[non_exhaustive]
pub enum What {
    /// The server said no.
    Refused(Refusal),
    /// The server answered something that can't be read.
    Protocol {
        /// Which endpoint, as PROTOCOL.md names it.
        endpoint: &'static str,
        /// What was wrong, without the body.
        why: String,
    },
    /// No usable answer came.
    Transport {
        /// Which endpoint.
        endpoint: &'static str,
        /// What broke.
        fault: Fault,
    },
    /// No answer in time.
    TimedOut {
        /// Which endpoint.
        endpoint: &'static str,
    },
    /// The file can't be taken.
    Source(media::Refusal),
    /// The agent reported that it failed.
    Agent {
        /// Its words, made printable.
        said: String,
    },
    /// The agent asks something instead of editing.
    Question {
        /// Its words, made printable.
        asked: String,
    },
    /// A charged message may have been carried out, and it can't be found out. It is not sent again.
    Unconfirmed {
        /// How often the state was asked.
        polls: u32,
    },
    /// The draft has nothing to export.
    NothingToExport {
        /// What the agent said, made printable; may be empty.
        said: String,
    },
    /// The render failed, twice.
    RenderFailed {
        /// The server's reason, made printable.
        why: String,
    },
    /// The render was still going when the patience ended. It goes on.
    StillRendering,
    /// The server has a finished render but gives no way to fetch it.
    NoDownload {
        /// Why not.
        why: String,
    },
    /// What was downloaded is not the whole video. Nothing was kept.
    Damaged {
        /// What is wrong with it.
        why: String,
    },
    /// A checkpoint from which there is nothing to go on.
    NothingToResume,
}

/// A "no" from the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Which row of the error table.
    pub row: Row,
    /// Which endpoint.
    pub endpoint: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// The `code` of the envelope, when there was one.
    pub code: Option<i64>,
    /// The server's words, made printable, at most 300 characters; may be empty.
    pub message: String,
    /// `Retry-After` in seconds, when the server said so.
    pub retry_after_s: Option<u64>,
}

/// The rows of the error table in PROTOCOL.md.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Row {
    /// 1001 or HTTP 401: bad or expired token.
    BadToken,
    /// 1002 or 404 on a session.
    NoSession,
    /// 2001: no credits.
    NoCredits,
    /// 4001: unsupported file.
    Unsupported,
    /// 4002: file too large.
    TooLarge,
    /// 400 for want of `X-Client-Id`.
    NoClientId,
    /// 402: the plan does not allow export; not about credits.
    PlanNeeded,
    /// 403: scope missing.
    ScopeMissing,
    /// 429: too many requests.
    RateLimited,
    /// A render id that the server knows already.
    DuplicateRender,
    /// 507: the backend has no space left.
    StorageFull,
    /// 404 on anything else.
    NotFound,
    /// 5xx, or a page where an answer should be.
    Server,
    /// Any other "no".
    Other,
}

/// Whether credits went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Charged {
    /// Nothing was charged.
    No,
    /// A charged message may have been carried out.
    Unknown,
    /// A charged message was carried out.
    Yes,
}

/// Why a request or its answer broke off.
#[derive(Debug)]
pub struct Fault {
    /// When.
    pub phase: Phase,
    /// The cause.
    pub source: BoxError,
}

/// When a request broke.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Before any byte can have left.
    Connecting,
    /// While sending, or before the head of the answer came.
    Sending,
    /// While the answer came.
    Receiving,
    /// The file to send is not there.
    SourceMissing,
    /// Reading the file to send.
    Source,
    /// Writing the file to keep.
    Sink,
    /// The file to keep exists already and was not to be replaced.
    SinkExists,
}

impl Error {
    /// What happened.
    #[must_use]
    pub fn what(&self) -> &What {
        &self.what
    }

    /// Whether credits went, as far as it is known.
    #[must_use]
    pub fn charged(&self) -> Charged {
        self.charged
    }

    /// The session it happened in.
    #[must_use]
    pub fn session(&self) -> Option<&SessionId> {
        self.session.as_ref()
    }

    /// The render it happened to.
    #[must_use]
    pub fn render(&self) -> Option<&RenderId> {
        self.render.as_ref()
    }

    /// The row of the error table, when the server said no.
    #[must_use]
    pub fn row(&self) -> Option<Row> {
        if let What::Refused(refusal) = self.what() { Some(refusal.row) } else { None }
    }

    /// A short word for programs, stable: the `code` of the command line's JSON.
    #[must_use]
    pub fn code(&self) -> &'static str {
        advice::code(self)
    }

    /// What the user does next: one or two sentences, for every row of the error table.
    #[must_use]
    pub fn advice(&self) -> String {
        advice::advice(self)
    }

    /// Whether running the same command again can't charge for the same work twice.
    #[must_use]
    pub fn sending_again_is_safe(&self) -> bool {
        self.charged == Charged::No
    }

    /// Whether the same thing may well work a little later.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        advice::is_transient(self)
    }

    /// How long the server wants to be left alone.
    pub(crate) fn pause(&self) -> Duration {
        if let What::Refused(Refusal { row: Row::RateLimited, retry_after_s, .. }) = self.what() {
            return retry_after_s.map_or(RATE_LIMIT, Duration::from_secs);
        }
        Duration::ZERO
    }

    /// Whether the request may have been carried out although no answer says so.
    pub(crate) fn leaves_open(&self) -> bool {
        let broke = |fault: &Fault| matches!(fault.phase, Phase::Sending | Phase::Receiving);
        self.row() == Some(Row::Server)
            || matches!(self.what(), What::TimedOut { .. } | What::Protocol { .. })
            || matches!(self.what(), What::Transport { fault, .. } if broke(fault))
    }

    /// What broke on this side of the wire, before a machine was there to be told; `endpoint` is the row of
    /// PROTOCOL.md it would have gone to.
    #[must_use]
    pub fn broke(endpoint: &'static str, fault: Fault) -> Self {
        What::Transport { endpoint, fault }.into()
    }

    pub(crate) fn refused(refusal: Refusal) -> Self {
        What::Refused(refusal).into()
    }

    pub(crate) fn protocol(endpoint: &'static str, why: impl Into<String>) -> Self {
        What::Protocol { endpoint, why: why.into() }.into()
    }

    pub(crate) fn with_charged(mut self, charged: Charged) -> Self {
        self.charged = charged;
        self
    }

    pub(crate) fn in_session(mut self, session: &SessionId) -> Self {
        self.session.get_or_insert_with(|| session.clone());
        self
    }

    pub(crate) fn of_render(mut self, render: &RenderId) -> Self {
        self.render.get_or_insert_with(|| render.clone());
        self
    }

    /// The account it happened to, as a session's or a state's answer named it.
    pub(crate) fn of_account(mut self, account: Option<&str>) -> Self {
        self.account = self.account.or_else(|| account.map(str::to_owned));
        self
    }

    pub(crate) fn account(&self) -> Option<&str> {
        self.account.as_deref()
    }

    pub(crate) fn register_at(mut self, url: String) -> Self {
        self.register = Some(url);
        self
    }
}

impl From<What> for Error {
    fn from(what: What) -> Self {
        Self { what: Box::new(what), charged: Charged::No, session: None, render: None, account: None, register: None }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.what() {
            What::Refused(refusal) => refusal.fmt(f),
            What::Protocol { endpoint, why } => write!(f, "the server's answer to {endpoint} can't be read: {why}"),
            What::Transport { endpoint, fault } => write!(f, "{endpoint}: {fault}"),
            What::TimedOut { endpoint } => write!(f, "no answer to {endpoint} in time"),
            What::Source(refusal) => refusal.fmt(f),
            What::Agent { said } => write!(f, "the editor failed: {said}"),
            What::Question { asked } => write!(f, "the editor asks: {asked}"),
            What::Unconfirmed { polls } => {
                write!(
                    f,
                    "the connection broke during the edit and {polls} looks at the timeline did not show its outcome"
                )
            }
            What::NothingToExport { said } if said.is_empty() => {
                f.write_str("there is nothing on the timeline to export")
            }
            What::NothingToExport { said } => {
                write!(f, "the editor put nothing on the timeline; it said: {said}")
            }
            What::RenderFailed { why } => write!(f, "the render failed: {why}"),
            What::StillRendering => f.write_str("the render is still going"),
            What::NoDownload { why } => write!(f, "the finished video can't be fetched: {why}"),
            What::Damaged { why } => write!(f, "the downloaded video is damaged: {why}"),
            What::NothingToResume => f.write_str("nothing had been started that could be resumed"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        if let What::Transport { fault, .. } = self.what() { Some(&*fault.source) } else { None }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", advice::meaning(self.row))?;
        if !self.message.is_empty() {
            write!(f, ": {}", self.message)?;
        }
        match self.code {
            Some(code) => write!(f, " ({}, code {code}, HTTP {})", self.endpoint, self.status),
            None => write!(f, " ({}, HTTP {})", self.endpoint, self.status),
        }
    }
}

impl Phase {
    /// Whether the cause lies on this machine's disk, so that asking the server again can't help.
    #[must_use]
    pub fn is_local(self) -> bool {
        matches!(self, Self::SourceMissing | Self::Source | Self::Sink | Self::SinkExists)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.phase {
            Phase::Connecting => "can't connect",
            Phase::Sending => "the connection broke while the request was sent",
            Phase::Receiving => "the connection broke while the answer came",
            Phase::SourceMissing => "there is no such file",
            Phase::Source => "the file can't be read",
            Phase::Sink => "the output can't be written",
            Phase::SinkExists => "the output file exists already",
        })
    }
}
