//! The endpoints of PROTOCOL.md by name, for the journal and for faults.

use hyper::Method;
use std::fmt;
use std::str::FromStr;

/// Which of the two servers a request came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Origin {
    /// Takes the token.
    Api,
    /// Hands out files and must never see a token.
    Cdn,
}

/// An endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Route {
    /// `POST /api/auth/anonymous-token`
    AnonymousToken,
    /// `POST /api/auth/claim-token`
    ClaimToken,
    /// `POST /api/tasks/me/with-session/nemo_agent`
    Session,
    /// `POST /run_sse`
    Chat,
    /// `POST /api/upload-video/nemo_agent/me/<sid>`
    Upload,
    /// `GET /api/credits/balance/simple`
    Credits,
    /// `GET /api/state/nemo_agent/me/<sid>/latest`
    State,
    /// `POST /api/render/proxy/lambda`
    Export,
    /// `GET /api/render/proxy/lambda/<id>`
    ExportStatus,
    /// `POST /api/render/proxy/lambda/<id>/cancel`
    CancelExport,
    /// `GET /api/render/proxy/<id>/download`
    Download,
    /// Any `GET` on the CDN origin.
    Cdn,
    /// Anything else.
    Unknown,
}

impl Route {
    /// Every endpoint, in the order of a whole job.
    pub const ALL: [Self; 12] = [
        Self::AnonymousToken,
        Self::Session,
        Self::ClaimToken,
        Self::Upload,
        Self::Chat,
        Self::State,
        Self::Credits,
        Self::Export,
        Self::ExportStatus,
        Self::CancelExport,
        Self::Download,
        Self::Cdn,
    ];

    /// Its name in kebab-case.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AnonymousToken => "anonymous-token",
            Self::ClaimToken => "claim-token",
            Self::Session => "session",
            Self::Chat => "chat",
            Self::Upload => "upload",
            Self::Credits => "credits",
            Self::State => "state",
            Self::Export => "export",
            Self::ExportStatus => "export-status",
            Self::CancelExport => "cancel-export",
            Self::Download => "download",
            Self::Cdn => "cdn",
            Self::Unknown => "unknown",
        }
    }

    /// Whether doing it leaves something behind: a reply that is lost then matters.
    pub const fn changes_something(self) -> bool {
        match self {
            Self::AnonymousToken
            | Self::ClaimToken
            | Self::Session
            | Self::Chat
            | Self::Upload
            | Self::Export
            | Self::CancelExport => true,
            Self::Credits | Self::State | Self::ExportStatus | Self::Download | Self::Cdn | Self::Unknown => false,
        }
    }

    /// Whether its requests have a body.
    pub const fn takes_body(self) -> bool {
        matches!(self, Self::ClaimToken | Self::Session | Self::Chat | Self::Upload | Self::Export)
    }

    /// Whether its answers are secrets, which no journal keeps.
    pub(crate) const fn answers_secret(self) -> bool {
        matches!(self, Self::AnonymousToken | Self::ClaimToken)
    }

    /// The server it belongs to.
    pub const fn origin(self) -> Origin {
        match self {
            Self::Cdn => Origin::Cdn,
            Self::AnonymousToken
            | Self::ClaimToken
            | Self::Session
            | Self::Chat
            | Self::Upload
            | Self::Credits
            | Self::State
            | Self::Export
            | Self::ExportStatus
            | Self::CancelExport
            | Self::Download
            | Self::Unknown => Origin::Api,
        }
    }

    pub(crate) fn of(origin: Origin, method: &Method, path: &str) -> Self {
        let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
        let post = method == Method::POST;
        let get = method == Method::GET || method == Method::HEAD;
        match parts.as_slice() {
            _ if origin == Origin::Cdn => Self::Cdn,
            ["api", "auth", "anonymous-token"] if post => Self::AnonymousToken,
            ["api", "auth", "claim-token"] if post => Self::ClaimToken,
            ["api", "tasks", "me", "with-session", "nemo_agent"] if post => Self::Session,
            ["run_sse"] if post => Self::Chat,
            ["api", "upload-video", "nemo_agent", "me", _] if post => Self::Upload,
            ["api", "credits", "balance", "simple"] if get => Self::Credits,
            ["api", "state", "nemo_agent", "me", _, "latest"] if get => Self::State,
            ["api", "render", "proxy", "lambda"] if post => Self::Export,
            ["api", "render", "proxy", "lambda", _, "cancel"] if post => Self::CancelExport,
            ["api", "render", "proxy", "lambda", _] if get => Self::ExportStatus,
            ["api", "render", "proxy", _, "download"] if get => Self::Download,
            _ => Self::Unknown,
        }
    }
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Route {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|route| route.name() == name);
        found.ok_or_else(|| format!("no route is called {name:?}"))
    }
}
