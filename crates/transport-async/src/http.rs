//! Requests over reqwest, one connection each.
//!
//! No connection is used twice: one that dies in the pool leaves it open whether a charged request was heard.
//! Retries, redirects, cookies, decompression and timeouts are off.

use std::pin::Pin;
use std::sync::{Arc, OnceLock};

use http::{HeaderMap, HeaderValue, Method, Uri, header};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::{Client, Request, Response};
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::BuilderVerifierExt;
use tokio::time::{Instant, timeout};

use crate::core::address::is_public;
use crate::core::call::{Body, Call, Head, Origin};
use crate::core::error::{BoxError, Fault, Phase};
use crate::core::event::{Direction, Observer};
use crate::core::machine::Input;
use crate::core::meter::{EVERY, Meter};
use crate::core::planted;
use crate::fault;
use crate::source::{Progress, Source, pieces};
use crate::stream::Stream;

/// Most headers of an answer, and as many trailers.
const MAX_HEADERS: usize = 100;

/// Longest head of an answer, in bytes.
const MAX_HEAD_BYTES: usize = 64 * 1024;

/// What all requests of a client share.
#[derive(Clone, Default)]
pub(crate) struct Network {
    /// Made when it is first needed: reading whom the operating system trusts takes a moment, and may fail.
    tls: Arc<OnceLock<ClientConfig>>,
}

/// A request on its way. Dropping it closes its connection.
pub(crate) struct Sending {
    call: Call,
    answer: Pin<Box<dyn Future<Output = reqwest::Result<Response>> + Send>>,
    progress: Arc<Progress>,
    meter: Option<Meter>,
}

/// What came of a request.
pub(crate) enum Sent {
    Answered(Head, Stream),
    /// The deadline passed first.
    Late(Sending),
    Not(Input),
}

impl Network {
    /// Sends, and waits for the head.
    pub(crate) async fn send(
        &self,
        call: Call,
        source: Option<&Source>,
        deadline: Instant,
        observer: &mut dyn Observer,
    ) -> Sent {
        match self.start(call, source) {
            Ok(sending) => sending.head(deadline, observer).await,
            Err(input) => Sent::Not(*input),
        }
    }

    fn start(&self, call: Call, source: Option<&Source>) -> Result<Sending, Box<Input>> {
        let progress = Arc::new(Progress::default());
        let body = body(&call, source, &progress).map_err(|fault| Box::new(Input::Failed(fault)))?;
        match self
            .client(call.request().uri(), call.stays_public())
            .and_then(|client| Ok((client, request(&call, body)?)))
        {
            Ok((client, request)) => {
                let (answer, meter) = (Box::pin(async move { client.execute(request).await }), meter(&call));
                Ok(Sending { call, answer, progress, meter })
            }
            Err(why) => Err(Box::new(Input::NotSent { call, why })),
        }
    }

    /// A client for one request: it has no connection to lend to another.
    pub(crate) fn client(&self, uri: &Uri, public_only: bool) -> Result<Client, BoxError> {
        let builder = Client::builder()
            .http1_only()
            .retry(reqwest::retry::never())
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .pool_max_idle_per_host(0)
            .tcp_keepalive(None)
            .http1_max_headers(MAX_HEADERS)
            .dns_resolver(Lookup { public_only })
            .tls_backend_preconfigured(self.tls(uri)?);
        #[cfg(feature = "planted")]
        let builder =
            if planted!(RedirectsFollowed) { builder.redirect(reqwest::redirect::Policy::default()) } else { builder };
        #[cfg(target_os = "linux")]
        let builder = builder.tcp_user_timeout(None);
        let builder = if is_this_machine(uri) { builder.no_proxy() } else { builder };
        builder.build().map_err(fault::cause)
    }

    /// Trusts whom the operating system trusts. A plain request needs nobody.
    fn tls(&self, uri: &Uri) -> Result<ClientConfig, BoxError> {
        let builder = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()?;
        if uri.scheme_str() != Some("https") {
            return Ok(builder.with_root_certificates(RootCertStore::empty()).with_no_client_auth());
        }
        if let Some(ready) = self.tls.get() {
            return Ok(ready.clone());
        }
        let made = builder.with_platform_verifier()?.with_no_client_auth();
        Ok(self.tls.get_or_init(|| made).clone())
    }
}

impl Sending {
    /// Waits for the head.
    pub(crate) async fn head(mut self, deadline: Instant, observer: &mut dyn Observer) -> Sent {
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let turn = if self.meter.is_some() { left.min(EVERY) } else { left };
            let result = timeout(turn, &mut self.answer).await;
            if let Some(meter) = &mut self.meter {
                let (now, sent) = (std::time::Instant::now(), self.progress.sent());
                if result.is_ok() { meter.last(now, sent, observer) } else { meter.at(now, sent, observer) }
            }
            match result {
                Ok(Ok(response)) => return answered(response),
                Ok(Err(error)) => return Sent::Not(failed(self.call, error, &self.progress)),
                Err(_) if left <= turn => return Sent::Late(self),
                Err(_) => {}
            }
        }
    }
}

/// Looks a name up, and leaves out where the call may not go.
struct Lookup {
    public_only: bool,
}

impl Resolve for Lookup {
    fn resolve(&self, name: Name) -> Resolving {
        let public_only = self.public_only;
        Box::pin(async move {
            let all = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let allowed: Vec<_> = all.filter(|address| !public_only || is_public(address.ip())).collect();
            if allowed.is_empty() {
                return Err("no such host".into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

fn is_this_machine(uri: &Uri) -> bool {
    Origin::of(uri).is_some_and(|origin| origin.is_loopback())
}

/// Exactly the headers of the call, then `Host` and `Content-Length`, so that both adapters send the same bytes.
fn request(call: &Call, body: Option<reqwest::Body>) -> Result<Request, BoxError> {
    let wanted = call.request();
    let url = reqwest::Url::parse(&wanted.uri().to_string()).map_err(|_| "the address can't be used")?;
    let mut request = Request::new(wanted.method().clone(), url);
    *request.headers_mut() = headers(wanted.method(), wanted.uri(), wanted.headers(), wanted.body());
    *request.body_mut() = body;
    Ok(request)
}

fn headers(method: &Method, uri: &Uri, headers: &HeaderMap, body: &Body) -> HeaderMap {
    let mut headers = headers.clone();
    let host = uri.authority().and_then(|authority| HeaderValue::from_str(authority.as_str()).ok());
    headers.extend(host.map(|host| (header::HOST, host)));
    if *body != Body::Empty || *method != Method::GET {
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(body.content_length()));
    }
    headers
}

fn body(call: &Call, source: Option<&Source>, progress: &Arc<Progress>) -> Result<Option<reqwest::Body>, Fault> {
    Ok(match (call.request().body(), source) {
        (Body::Empty, _) => None,
        (Body::Bytes(bytes), _) => Some(bytes.clone().into()),
        (Body::File { head, len, tail, .. }, Some(source)) => {
            let body = source.body(head, *len, tail, progress.clone());
            Some(reqwest::Body::wrap_stream(pieces(body)))
        }
        (Body::File { .. }, None) => {
            return Err(Fault { phase: Phase::Source, source: "there is no file to send".into() });
        }
    })
}

/// Only files are worth a progress bar.
fn meter(call: &Call) -> Option<Meter> {
    match call.request().body() {
        Body::File { len, .. } => Some(Meter::new(Direction::Up, Some(*len))),
        Body::Empty | Body::Bytes(_) => None,
    }
}

fn answered(response: Response) -> Sent {
    let head = Head { status: response.status().as_u16(), headers: response.headers().clone() };
    if is_too_long(&head.headers) {
        return Sent::Not(Input::Failed(Fault { phase: Phase::Sending, source: "the head is too long".into() }));
    }
    let announced = head.content_length();
    Sent::Answered(head, Stream::new(response, announced))
}

/// The library counts headers, but takes some hundred kilobytes of them.
fn is_too_long(headers: &HeaderMap) -> bool {
    let bytes: usize = headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    bytes > MAX_HEAD_BYTES
}

fn failed(call: Call, error: reqwest::Error, progress: &Progress) -> Input {
    match progress.fault() {
        Some(fault) => Input::Failed(fault),
        None if error.is_connect() || error.is_builder() => Input::NotSent { call, why: fault::cause(error) },
        None if planted!(BreakIsNeverSent) => Input::NotSent { call, why: fault::cause(error) },
        None => Input::Failed(fault::sending(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_name_that_leads_inside_leads_nowhere_for_a_call_that_stays_outside() {
        for public_only in [false, true] {
            let name = "localhost".parse().expect("a name");
            let found = Lookup { public_only }.resolve(name).await;
            assert_eq!(found.is_err(), public_only);
        }
    }
}
