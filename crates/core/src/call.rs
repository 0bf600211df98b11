//! A request as a value: what to send, what to expect back, by when, and whether it costs.

use std::fmt;

use http::{HeaderMap, Request, Uri, header};

use crate::planted;
use crate::time::Instant;

/// One HTTP request, ready to be sent as it is.
///
/// It is not `Clone`: who holds a charged call holds the only one. `Debug` shows no header, no body, no query, and of
/// another host not even the path: a signed URL is a secret.
pub struct Call {
    pub(crate) request: Box<Request<Body>>,
    pub(crate) receive: Receive,
    pub(crate) until: Instant,
    pub(crate) charge: Charge,
    pub(crate) bearer: bool,
    pub(crate) public: bool,
}

impl Call {
    /// Method, absolute URI and all headers, `Content-Length` left to the transport.
    #[must_use]
    pub fn request(&self) -> &Request<Body> {
        &self.request
    }

    /// How the answer is wanted.
    #[must_use]
    pub fn receive(&self) -> Receive {
        self.receive
    }

    /// When to give up waiting for the head (and, with [`Receive::Whole`], the body).
    #[must_use]
    pub fn until(&self) -> Instant {
        self.until
    }

    /// Whether sending it can cost credits.
    #[must_use]
    pub fn charge(&self) -> Charge {
        self.charge
    }

    /// Whether it may only connect to public addresses ([`is_public`](crate::address::is_public)): its host was named by a
    /// server that is not on this machine.
    #[must_use]
    pub fn stays_public(&self) -> bool {
        self.public
    }

    /// The same request once more, for a free call; `None` for a charged one.
    pub(crate) fn repeat(&self) -> Option<Self> {
        planted!(SendAgainAfterRenewal => return Some(self.copied()));
        (self.charge == Charge::Free).then(|| Self {
            request: self.request.clone(),
            receive: self.receive,
            until: self.until,
            charge: Charge::Free,
            bearer: self.bearer,
            public: self.public,
        })
    }

    /// What no honest client has: the means to send a charged call again.
    #[cfg(feature = "planted")]
    #[must_use]
    #[doc(hidden)]
    pub fn copied(&self) -> Self {
        let (request, receive) = (self.request.clone(), self.receive);
        Self { request, receive, until: self.until, charge: self.charge, bearer: self.bearer, public: self.public }
    }
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (method, uri) = (self.request.method(), self.request.uri());
        let path = if self.bearer { uri.path() } else { "" };
        write!(f, "Call({method} {}{path}, {:?})", uri.authority().map_or("", |a| a.host()), self.charge)
    }
}

/// What a request carries.
#[derive(Clone, PartialEq, Eq)]
pub enum Body {
    /// Nothing.
    Empty,
    /// These bytes.
    Bytes(Vec<u8>),
    /// `head`, then the file's bytes, then `tail`: a multipart form of one file.
    File {
        /// Bytes before the file.
        head: Vec<u8>,
        /// Which file.
        source: SourceId,
        /// The file's length in bytes; a file that has another length by now is an error.
        len: u64,
        /// Bytes after the file.
        tail: Vec<u8>,
    },
}

impl Body {
    /// The length of the whole body in bytes: the `Content-Length` to announce.
    #[must_use]
    pub fn content_length(&self) -> u64 {
        let bytes = |part: &[u8]| u64::try_from(part.len()).unwrap_or(u64::MAX);
        match self {
            Self::Empty => 0,
            Self::Bytes(all) => bytes(all),
            Self::File { head, len, tail, .. } => bytes(head).saturating_add(*len).saturating_add(bytes(tail)),
        }
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Body({} bytes)", self.content_length())
    }
}

/// How the answer is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Receive {
    /// Head and body at once, at most `limit` bytes of body.
    Whole {
        /// In bytes; a longer body is a failure.
        limit: usize,
    },
    /// The head first; the body by [`Op::Read`](crate::machine::Op::Read) or
    /// [`Op::Save`](crate::machine::Op::Save).
    Stream,
}

/// Whether sending costs credits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Charge {
    /// It costs nothing.
    Free,
    /// It may cost credits, so it leaves at most once.
    Charged,
}

/// A file to send, by the number the adapter knows it under.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SourceId(pub u32);

/// A file to write, by the number the adapter knows it under.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SinkId(pub u32);

/// Status and headers of an answer.
#[derive(Clone)]
pub struct Head {
    /// The HTTP status.
    pub status: u16,
    /// The headers; names are lower-case.
    pub headers: HeaderMap,
}

impl Head {
    /// A head without headers, as tests want it.
    #[must_use]
    pub fn status(status: u16) -> Self {
        Self { status, headers: HeaderMap::new() }
    }

    /// `Content-Type` without its parameters, in lower case; empty when there is none.
    #[must_use]
    pub fn content_type(&self) -> String {
        let value = self.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        value.and_then(|value| value.split(';').next()).unwrap_or_default().trim().to_ascii_lowercase()
    }

    /// `Content-Length`, when it is one number.
    #[must_use]
    pub fn content_length(&self) -> Option<u64> {
        self.headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.trim().parse().ok()
    }

    /// Whether the status is 200 to 299.
    #[must_use]
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

impl fmt::Debug for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Head({})", self.status)
    }
}

/// A whole answer.
#[derive(Clone)]
pub struct Reply {
    /// Status and headers.
    pub head: Head,
    /// The body, at most as long as the call allowed.
    pub body: Vec<u8>,
}

impl Reply {
    /// An answer with this status and body and no headers, as tests want it.
    #[must_use]
    pub fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self { head: Head::status(status), body: body.into() }
    }
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reply({}, {} bytes)", self.head.status, self.body.len())
    }
}

/// The scheme, host and port of a URL: what a bearer token is bound to.
///
/// ```
/// use weixin_video_core::call::Origin;
///
/// let api = Origin::parse("https://api.example:443/base/")?;
/// assert_eq!(api.to_string(), "https://api.example");
/// assert!(Origin::parse("ftp://api.example").is_err());
/// assert!(Origin::parse("http://127.0.0.1:8080")?.is_loopback());
/// # Ok::<(), weixin_video_core::call::BadOrigin>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    scheme: &'static str,
    host: String,
    port: u16,
}

/// Why a text is no usable API address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadOrigin(&'static str);

impl fmt::Display for BadOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for BadOrigin {}

impl Origin {
    /// Reads the origin of an absolute http(s) URL; path and query are ignored.
    ///
    /// # Errors
    /// Not a URL, another scheme, user names in it, or plain http to another machine (the token
    /// would travel in the clear).
    pub fn parse(url: &str) -> Result<Self, BadOrigin> {
        let uri: Uri = url.trim().parse().map_err(|_| BadOrigin("not a URL; expected https://HOST[:PORT]"))?;
        let origin = Self::of(&uri).ok_or(BadOrigin("not a URL; expected https://HOST[:PORT]"))?;
        if origin.scheme == "http" && !origin.is_loopback() {
            return Err(BadOrigin("plain http is only for this machine; use https for any other"));
        }
        Ok(origin)
    }

    /// The origin of `uri`; `None` when it is relative, not http(s), or carries a user name.
    #[must_use]
    pub fn of(uri: &Uri) -> Option<Self> {
        let (scheme, default) = match uri.scheme_str()? {
            "https" => ("https", 443),
            "http" => ("http", 80),
            _ => return None,
        };
        let authority = uri.authority()?;
        if authority.as_str().contains('@') || authority.host().is_empty() {
            return None;
        }
        let port = match authority.port() {
            Some(port) => port.as_u16(),
            None => default,
        };
        // A name's root dot changes nothing about where it leads.
        let host = authority.host().to_ascii_lowercase();
        let host = host.strip_suffix('.').unwrap_or(&host).to_owned();
        if host.is_empty() {
            return None;
        }
        Some(Self { scheme, host, port })
    }

    /// Whether it is this machine: `localhost`, 127.0.0.0/8 or `[::1]`.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        self.host == "localhost" || self.ip().is_some_and(|ip| ip.is_loopback())
    }

    /// The address, when the host is one and not a name.
    pub(crate) fn ip(&self) -> Option<std::net::IpAddr> {
        self.host.trim_start_matches('[').trim_end_matches(']').parse().ok()
    }

    /// Whether the host is a number in a spelling that some resolvers take for an address (`127.1`, `0x7f000001`, `0`), or an address
    /// with a zone.
    pub(crate) fn is_disguised(&self) -> bool {
        let last = self.host.rsplit('.').next().unwrap_or_default();
        let number = last.bytes().all(|byte| byte.is_ascii_digit()) || last.starts_with("0x");
        (number || self.host.starts_with('[')) && self.ip().is_none()
    }

    /// Whether requests to it are encrypted.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.scheme == "https"
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme, self.host)?;
        match (self.scheme, self.port) {
            ("https", 443) | ("http", 80) => Ok(()),
            (_, port) => write!(f, ":{port}"),
        }
    }
}
