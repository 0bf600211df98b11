//! The error table of PROTOCOL.md, in every shape that was seen.

use super::How;
use super::kind::Refusal;
use super::plan::Plan;
use super::whole::Whole;
use bytes::Bytes;
use httpdate::fmt_http_date;
use serde_json::{Value, json};
use std::fmt;
use std::str::FromStr;
use std::time::{Duration, UNIX_EPOCH};

/// How far ahead `code-429-date` puts its date.
const DATE_AHEAD: Duration = Duration::from_secs(2);

/// What a refusal looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Shape {
    /// A status that fits, and `{"code":…,"message":…}`.
    #[default]
    Status,
    /// HTTP 200 with the code as a number.
    Code,
    /// HTTP 200 with the code as a string.
    CodeString,
    /// `{"success":false,"error":…}`
    Success,
    /// `{"detail":"…"}`
    Detail,
    /// `{"detail":{"message":…}}`
    DetailObject,
    /// `{"detail":[{"msg":…,"input":…}]}`, which echoes what was sent.
    DetailList,
}

impl Shape {
    /// Every shape.
    pub const ALL: &'static [Self] = &[
        Self::Status,
        Self::Code,
        Self::CodeString,
        Self::Success,
        Self::Detail,
        Self::DetailObject,
        Self::DetailList,
    ];

    /// Its name in kebab-case.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Status => "status",
            Self::Code => "code",
            Self::CodeString => "code-string",
            Self::Success => "success",
            Self::Detail => "detail",
            Self::DetailObject => "detail-object",
            Self::DetailList => "detail-list",
        }
    }

    fn body(self, code: u32, text: &str) -> Value {
        match self {
            Self::Status | Self::Code => json!({"code": code, "message": text, "data": null}),
            Self::CodeString => json!({"code": code.to_string(), "msg": text}),
            Self::Success => json!({"success": false, "error": text}),
            Self::Detail => json!({"detail": text}),
            Self::DetailObject => json!({"detail": {"code": code, "message": text}}),
            Self::DetailList => {
                json!({"detail": [{"type": "value_error", "loc": ["body"], "msg": text, "input": {"echo": "what was sent"}}]})
            }
        }
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Shape {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let found = Self::ALL.iter().find(|shape| shape.name() == name).copied();
        found.ok_or_else(|| format!("no shape is called {name:?}"))
    }
}

impl Refusal {
    /// Whether it is told in JSON, and so in any shape.
    pub(super) const fn has_shapes(self) -> bool {
        !matches!(self, Self::BadGateway | Self::GatewayTimeout | Self::EmptyError)
    }

    /// Status, code and words.
    const fn told(self) -> (u16, u32, &'static str) {
        match self {
            Self::BadToken => (401, 1001, "token expired"),
            Self::NoSession => (404, 1002, "session not found"),
            Self::NoCredits => (400, 2001, "insufficient credits"),
            Self::Unsupported => (400, 4001, "unsupported file"),
            Self::TooLarge => (413, 4002, "file too large"),
            Self::Malformed => (400, 400, "X-Client-Id is required"),
            Self::Plan => (402, 402, "the plan of this account does not include export"),
            Self::Scope => (403, 403, "token lacks the scope: upload"),
            Self::NotFound => (404, 404, "not found"),
            Self::Invalid => (422, 422, "field required"),
            Self::UnknownCode => (400, 9999, "something new"),
            Self::RateLimit
            | Self::RateLimitBare
            | Self::RateLimitGarbage
            | Self::RateLimitHuge
            | Self::RateLimitDate => (429, 429, "too many requests"),
            Self::Internal => (500, 500, "internal error"),
            Self::Unavailable => (503, 503, "try again later"),
            Self::BadGateway => (502, 502, "Bad Gateway"),
            Self::GatewayTimeout => (504, 504, "Gateway Time-out"),
            Self::EmptyError => (500, 500, ""),
        }
    }

    fn retry_after(self, now_ms: u64) -> Option<String> {
        match self {
            Self::RateLimit | Self::Unavailable => Some("1".to_owned()),
            Self::RateLimitGarbage => Some("soon, 1 ;-)".to_owned()),
            Self::RateLimitHuge => Some("999999999999999999999999".to_owned()),
            Self::RateLimitDate => Some(fmt_http_date(UNIX_EPOCH + Duration::from_millis(now_ms) + DATE_AHEAD)),
            Self::BadToken
            | Self::NoSession
            | Self::NoCredits
            | Self::Unsupported
            | Self::TooLarge
            | Self::Malformed
            | Self::Plan
            | Self::Scope
            | Self::NotFound
            | Self::Invalid
            | Self::UnknownCode
            | Self::RateLimitBare
            | Self::Internal
            | Self::BadGateway
            | Self::GatewayTimeout
            | Self::EmptyError => None,
        }
    }
}

pub(super) fn plan(kind: Refusal, how: How, now_ms: u64) -> Plan {
    let (status, code, text) = kind.told();
    let shape = how.shape.unwrap_or_default();
    let whole = if kind.has_shapes() {
        let status = if matches!(shape, Shape::Code | Shape::CodeString) { 200 } else { status };
        Whole::json(status, &shape.body(code, text))
    } else if text.is_empty() {
        Whole::new(status, "text/plain", Bytes::new())
    } else {
        let page = format!(
            "<html><head><title>{status} {text}</title></head><body><h1>{status} {text}</h1><hr>nginx</body></html>\n"
        );
        Whole::new(status, "text/html", page)
    };
    match kind.retry_after(now_ms) {
        Some(when) => whole.with("retry-after", &when).into(),
        None => whole.into(),
    }
}
