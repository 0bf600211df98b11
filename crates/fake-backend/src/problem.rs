//! Every way an endpoint says no, before the variants decide what it looks like.

use axum::response::{IntoResponse, Response};
use hyper::StatusCode;
use serde_json::Value;

/// The data of a success. It travels in the response's extensions; the gate writes the body.
#[derive(Clone, Debug)]
pub(crate) struct Data {
    pub(crate) value: Value,
    /// The body is `value` as it stands, whatever the envelope says.
    pub(crate) bare: bool,
}

/// An endpoint's no. It travels as [`Data`] does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Problem {
    /// 1001
    BadToken(&'static str),
    /// 1002: not there, or not this token's.
    NoSession,
    /// 1002 in the words of the agent server.
    NoAgentSession(String),
    /// 2001
    NoCredits,
    /// 4001
    Unsupported(String),
    /// 4002
    TooLarge { limit: u64 },
    /// 402
    Plan(String),
    /// 403
    Scope(&'static str),
    /// 429
    RateLimited(&'static str),
    /// 400
    Malformed(String),
    /// 422
    Invalid(String),
    /// 404
    NotFound(&'static str),
    /// 405
    Method,
    /// 406
    NotAcceptable(&'static str),
    /// 409
    Conflict(String),
    /// 421
    WrongHost,
    /// 500
    Internal(String),
    /// 507
    DiskFull,
}

impl Problem {
    pub(crate) const fn status(&self) -> u16 {
        match self {
            Self::BadToken(_) => 401,
            Self::NoSession | Self::NoAgentSession(_) | Self::NotFound(_) => 404,
            // Not 402: that is the plan, and means something else to a client.
            Self::NoCredits => 200,
            Self::Unsupported(_) | Self::Malformed(_) => 400,
            Self::TooLarge { .. } => 413,
            Self::Plan(_) => 402,
            Self::Scope(_) => 403,
            Self::RateLimited(_) => 429,
            Self::Invalid(_) => 422,
            Self::Method => 405,
            Self::NotAcceptable(_) => 406,
            Self::Conflict(_) => 409,
            Self::WrongHost => 421,
            Self::Internal(_) => 500,
            Self::DiskFull => 507,
        }
    }

    /// The code in the envelope: the service's own where it has one, else the HTTP status.
    pub(crate) const fn code(&self) -> u32 {
        match self {
            Self::BadToken(_) => 1001,
            Self::NoSession | Self::NoAgentSession(_) => 1002,
            Self::NoCredits => 2001,
            Self::Unsupported(_) => 4001,
            Self::TooLarge { .. } => 4002,
            Self::Plan(_)
            | Self::Scope(_)
            | Self::RateLimited(_)
            | Self::Malformed(_)
            | Self::Invalid(_)
            | Self::NotFound(_)
            | Self::Method
            | Self::NotAcceptable(_)
            | Self::Conflict(_)
            | Self::WrongHost
            | Self::Internal(_)
            | Self::DiskFull => self.status() as u32,
        }
    }

    pub(crate) fn text(&self) -> String {
        match self {
            Self::BadToken(why) => (*why).to_owned(),
            Self::NoSession => "session not found".to_owned(),
            Self::NoAgentSession(id) => format!("Session not found: {id}"),
            Self::NoCredits => "insufficient credits".to_owned(),
            Self::TooLarge { limit } => format!("file too large: at most {limit} bytes"),
            Self::Scope(scope) => format!("token lacks the scope: {scope}"),
            Self::Method => "method not allowed".to_owned(),
            Self::WrongHost => "this server does not answer for that host".to_owned(),
            Self::DiskFull => "no space left to keep the upload".to_owned(),
            Self::NotFound(why) | Self::RateLimited(why) | Self::NotAcceptable(why) => (*why).to_owned(),
            Self::Unsupported(why)
            | Self::Plan(why)
            | Self::Malformed(why)
            | Self::Invalid(why)
            | Self::Conflict(why)
            | Self::Internal(why) => why.clone(),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = Response::default();
        response.extensions_mut().insert(self);
        response
    }
}

impl IntoResponse for Data {
    fn into_response(self) -> Response {
        let mut response = StatusCode::OK.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// A success in the server's envelope.
pub(crate) fn data(value: Value) -> Response {
    Data { value, bare: false }.into_response()
}

/// A success that is its own body.
pub(crate) fn bare(value: Value) -> Response {
    Data { value, bare: true }.into_response()
}
