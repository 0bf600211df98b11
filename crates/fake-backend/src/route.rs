//! The endpoints of PROTOCOL.md by name, for the journal and for faults.

use hyper::Method;

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
