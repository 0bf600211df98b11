//! The endpoints of PROTOCOL.md: for each, a pure function that makes the request and one that reads the reply.
//!
//! ```
//! use weixin_video_core::api::{Endpoint, ReadCredits};
//! use weixin_video_core::call::Reply;
//! use weixin_video_core::config::Config;
//! use weixin_video_core::time::Instant;
//!
//! let config = Config::new("https://api.example")?;
//! let call = ReadCredits.request(&config, Instant::ORIGIN);
//! assert_eq!(call.request().uri(), "https://api.example/api/credits/balance/simple");
//!
//! let reply = Reply::new(200, r#"{"code":0,"data":{"available":97.5,"frozen":0}}"#);
//! assert_eq!(ReadCredits.reply(&reply)?.available, 97.5);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::time::Duration;

use http::{HeaderValue, Method, Request, Uri, header};

use crate::call::{Body, Call, Charge, Receive, Reply};
use crate::config::{Config, FREE_TRIES, MAX_REPLY_BYTES, REPLY};
use crate::error::Error;
use crate::planted;
use crate::time::Instant;

mod chat;
mod claim;
mod credits;
mod export;
mod fetch;
mod session;
mod state;
mod token;
mod upload;

pub use chat::Message;
pub use claim::{Claim, ClaimLink};
pub use credits::{Credits, ReadCredits};
pub use export::{CancelExport, ExportStatus, ReadExport, RenderStatus, StartExport, Started};
pub use fetch::Link;
pub use session::{OpenSession, Session};
pub use state::{ReadState, State};
pub use token::GrantAnonymousToken;
pub use upload::{Source, SourceUrl, Upload, UploadUrl, Uploaded};

pub(crate) use fetch::{fetch_fallback, fetch_url, hop, redirected, url_in_reply};

/// The endpoint names errors use, as PROTOCOL.md names its rows.
pub(crate) const ANONYMOUS_TOKEN: &str = "anonymous token";
pub(crate) const SESSION: &str = "session";
pub(crate) const CLAIM: &str = "claim link";
pub(crate) const CHAT: &str = "chat";
pub(crate) const UPLOAD: &str = "upload";
pub(crate) const CREDITS: &str = "credits";
pub(crate) const STATE: &str = "state";
pub(crate) const EXPORT: &str = "export";
pub(crate) const EXPORT_STATUS: &str = "export status";
pub(crate) const CANCEL: &str = "cancel export";
pub(crate) const DOWNLOAD: &str = "download";

/// Where a 404 means that the session is gone.
pub(crate) const IN_A_SESSION: [&str; 4] = [CHAT, UPLOAD, STATE, EXPORT];

/// A plain exchange: one request, one reply, no state in between.
pub trait Endpoint {
    /// What the reply says.
    type Answer;

    /// The row of PROTOCOL.md.
    const NAME: &'static str;

    /// How often it may be asked when no answer comes. More than 1 only where asking twice changes nothing.
    const TRIES: u32 = FREE_TRIES;

    /// The request, to be sent as it is.
    fn request(&self, config: &Config, now: Instant) -> Call;

    /// What the reply says, in any of the shapes of PROTOCOL.md.
    ///
    /// # Errors
    /// [`What::Refused`](crate::error::What::Refused) when the server said no, in any envelope and under any status;
    /// [`What::Protocol`](crate::error::What::Protocol) when the answer can't be read.
    fn reply(&self, reply: &Reply) -> Result<Self::Answer, Error>;
}

/// A free GET of a small answer.
fn get(config: &Config, path: &str, now: Instant) -> Call {
    api_call(config, Method::GET, path, None, now + REPLY)
}

/// A free POST of JSON for a small answer.
fn post(config: &Config, path: &str, json: &serde_json::Value, now: Instant) -> Call {
    let body = ("application/json", Body::Bytes(json.to_string().into_bytes()));
    api_call(config, Method::POST, path, Some(body), now + REPLY)
}

fn api_call(config: &Config, method: Method, path: &str, content: Option<(&str, Body)>, until: Instant) -> Call {
    let uri: Uri =
        format!("{}{path}", config.api).parse().expect("an origin followed by a path of checked ids is a URI");
    let mut call = call_to(method, uri, until);
    call.bearer = true;
    let unattributed = planted!(AttributionMissing) && path.ends_with("/lambda");
    for (name, value) in config.attribution.headers().into_iter().filter(|_| !unattributed) {
        call.request.headers_mut().insert(name, value);
    }
    call.request.headers_mut().insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    if let Some((content_type, body)) = content {
        let value = HeaderValue::from_str(content_type).expect("our content types are visible ASCII");
        call.request.headers_mut().insert(header::CONTENT_TYPE, value);
        *call.request.body_mut() = body;
    }
    call
}

/// A call with what any host may see. `Accept` is always said, so that no library adds its own.
fn call_to(method: Method, uri: Uri, until: Instant) -> Call {
    let mut request = Box::new(Request::new(Body::Empty));
    *request.method_mut() = method;
    *request.uri_mut() = uri;
    request.headers_mut().insert(header::USER_AGENT, HeaderValue::from_static(USER_AGENT));
    request.headers_mut().insert(header::ACCEPT, HeaderValue::from_static("*/*"));
    Call {
        request,
        receive: Receive::Whole { limit: MAX_REPLY_BYTES },
        until,
        charge: Charge::Free,
        bearer: false,
        public: false,
    }
}

const USER_AGENT: &str = concat!("weixin-video/", env!("CARGO_PKG_VERSION"));

/// Time for `bytes` over the slowest uplink that is waited for.
fn transfer_time(bytes: u64) -> Duration {
    Duration::from_secs(bytes / crate::config::SLOWEST_UPLINK)
}
