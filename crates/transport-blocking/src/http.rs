//! Requests over ureq, one connection each.
//!
//! No connection is used twice: one that dies in the pool leaves it open whether a charged request was heard.
//! Retries, redirects, cookies, decompression and body timeouts are off.

use std::io::Cursor;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

use http::{HeaderMap, HeaderValue, Method, Uri, header};
use rustls::crypto::CryptoProvider;
use ureq::config::Config;
use ureq::tls::{RootCerts, TlsConfig};
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};
use ureq::{Agent, Proxy, SendBody};

use crate::core::address::is_public;
use crate::core::call::{Body, Call, Head, Origin, Receive};
use crate::core::error::{Fault, Phase};
use crate::core::event::{Direction, Observer};
use crate::core::machine::Input;
use crate::core::meter::Meter;
use crate::core::planted;
use crate::fault;
use crate::source::{Body as FileBody, Progress, Source};
use crate::stop::{Stop, Stopped, TICK};
use crate::stream::Stream;
use crate::wire::{Connect, Line};

/// Most headers of an answer.
const MAX_HEADERS: usize = 100;

/// Longest head of an answer, in bytes.
const MAX_HEAD_BYTES: usize = 64 * 1024;

/// What the library reads ahead, in bytes. It takes what it has read for the head's length, so the bound on that is ours.
const INPUT_BUFFER: usize = 2 * MAX_HEAD_BYTES;

/// How long after its deadline a request for a stream may still connect: longer than whoever asked waits, so that they hear
/// of the deadline first and of the connection that never stood when they read.
const LATE_CONNECT: Duration = Duration::from_secs(5);

/// How long the thread of a request for a stream would wait for its head if nobody gave it up.
const UNTIL_DROPPED: Duration = Duration::from_secs(24 * 3600);

/// What all requests of a client share.
#[derive(Clone)]
pub(crate) struct Network {
    connector: Arc<DefaultConnector>,
    crypto: Arc<CryptoProvider>,
    /// From the environment; never used for this machine.
    proxy: Option<Proxy>,
}

/// A request on its way, on a thread of its own. Dropping it closes its connection and ends the thread.
pub(crate) struct Sending {
    call: Call,
    answers: mpsc::Receiver<Answer>,
    line: Arc<Line>,
    progress: Arc<Progress>,
    meter: Option<Meter>,
    leash: Leash,
}

/// What came of a request.
pub(crate) enum Sent {
    Answered(Head, Stream),
    /// The deadline passed first.
    Late(Sending),
    Not(Input),
}

type Answer = Result<http::Response<ureq::Body>, ureq::Error>;

/// From its drop on the agent makes no connection and writes nothing, and its thread reads nothing more.
struct Leash(Option<Agent>);

impl Drop for Leash {
    fn drop(&mut self) {
        if let Some(agent) = self.0.take() {
            agent.shutdown();
        }
    }
}

impl Network {
    pub(crate) fn new() -> Self {
        Self {
            connector: Arc::new(DefaultConnector::new()),
            crypto: Arc::new(rustls::crypto::ring::default_provider()),
            proxy: Proxy::try_from_env(),
        }
    }

    /// Sends, and waits for the head.
    pub(crate) fn send(
        &self,
        call: Call,
        source: Option<&Source>,
        deadline: Instant,
        stop: &Stop,
        observer: &mut dyn Observer,
    ) -> Sent {
        match self.start(call, source, deadline, stop) {
            Ok(sending) => sending.head(deadline, stop, observer),
            Err(input) => Sent::Not(*input),
        }
    }

    /// Begins to send on a thread, so that a name lookup can be stopped too.
    fn start(
        &self,
        call: Call,
        source: Option<&Source>,
        deadline: Instant,
        stop: &Stop,
    ) -> Result<Sending, Box<Input>> {
        let (connected_by, until) = match call.receive() {
            Receive::Whole { .. } => (deadline, deadline),
            // It is waited for as long as somebody does.
            Receive::Stream => (deadline + LATE_CONNECT, deadline + UNTIL_DROPPED),
        };
        let line = Arc::new(Line::new(until, stop.clone()));
        let progress = Arc::new(Progress::default());
        let payload = Payload::of(&call, source, &progress).map_err(|fault| Box::new(Input::Failed(fault)))?;
        let (request, agent) = (request(&call, payload), self.agent(&call, connected_by, &line, &progress));
        let (answer, answers) = mpsc::sync_channel(1);
        let worker = agent.clone();
        let thread = std::thread::Builder::new().name("weixin-video-send".into());
        // Nobody takes the answer when the request was given up; it is dropped, and its connection with it.
        match thread.spawn(move || drop(answer.send(worker.run(request.map(Payload::into_body))))) {
            Ok(_) => {
                let meter = meter(&call);
                Ok(Sending { call, answers, line, progress, meter, leash: Leash(Some(agent)) })
            }
            Err(why) => Err(Box::new(Input::NotSent { call, why: Box::new(why) })),
        }
    }

    fn agent(&self, call: &Call, connected_by: Instant, line: &Arc<Line>, progress: &Arc<Progress>) -> Agent {
        let target = call.request().uri();
        let left = Some(connected_by.saturating_duration_since(Instant::now()));
        let tls = TlsConfig::builder()
            .root_certs(RootCerts::PlatformVerifier)
            .unversioned_rustls_crypto_provider(self.crypto.clone())
            .build();
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(if planted!(RedirectsFollowed) { 10 } else { 0 })
            .max_redirects_will_error(false)
            .input_buffer_size(INPUT_BUFFER)
            .max_response_header_size(INPUT_BUFFER)
            .max_idle_connections(0)
            .max_idle_connections_per_host(0)
            .timeout_resolve(left)
            .timeout_connect(left)
            .proxy(self.proxy.clone().filter(|_| !is_this_machine(target)))
            .tls_config(tls)
            .build();
        let connect = Connect {
            inner: self.connector.clone(),
            target: target.clone(),
            line: line.clone(),
            progress: progress.clone(),
        };
        Agent::with_parts(config, connect, Lookup { public_only: call.stays_public() })
    }
}

/// Looks a name up, and leaves out where the call may not go.
#[derive(Debug)]
struct Lookup {
    public_only: bool,
}

impl Resolver for Lookup {
    fn resolve(&self, uri: &Uri, config: &Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let all = DefaultResolver::default().resolve(uri, config, timeout)?;
        let mut allowed = self.empty();
        let public = |address: &&SocketAddr| !self.public_only || is_public(address.ip());
        all.iter().filter(public).for_each(|address| allowed.push(*address));
        if allowed.is_empty() { Err(ureq::Error::HostNotFound) } else { Ok(allowed) }
    }
}

fn is_this_machine(uri: &Uri) -> bool {
    Origin::of(uri).is_some_and(|origin| origin.is_loopback())
}

/// Exactly the headers of the call, then `Host` and `Content-Length`, so that both adapters send the same bytes.
fn request(call: &Call, payload: Payload) -> http::Request<Payload> {
    let wanted = call.request();
    let mut request = http::Request::new(payload);
    *request.method_mut() = wanted.method().clone();
    *request.uri_mut() = wanted.uri().clone();
    *request.headers_mut() = headers(wanted.method(), wanted.uri(), wanted.headers(), wanted.body());
    request
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

/// What a request carries, ready to be read on another thread.
enum Payload {
    Nothing,
    Bytes(Cursor<Vec<u8>>),
    File(FileBody),
}

impl Payload {
    fn of(call: &Call, source: Option<&Source>, progress: &Arc<Progress>) -> Result<Self, Fault> {
        Ok(match (call.request().body(), source) {
            (Body::Empty, _) if call.request().method() == Method::GET => Self::Nothing,
            (Body::Empty, _) => Self::Bytes(Cursor::default()),
            (Body::Bytes(bytes), _) => Self::Bytes(Cursor::new(bytes.clone())),
            (Body::File { head, len, tail, .. }, Some(source)) => {
                Self::File(source.body(head, *len, tail, progress.clone()))
            }
            (Body::File { .. }, None) => {
                return Err(Fault { phase: Phase::Source, source: "there is no file to send".into() });
            }
        })
    }

    fn into_body(self) -> SendBody<'static> {
        match self {
            Self::Nothing => SendBody::none(),
            Self::Bytes(bytes) => SendBody::from_owned_reader(bytes),
            Self::File(file) => SendBody::from_owned_reader(file),
        }
    }
}

/// Only files are worth a progress bar.
fn meter(call: &Call) -> Option<Meter> {
    match call.request().body() {
        Body::File { len, .. } => Some(Meter::new(Direction::Up, Some(*len))),
        Body::Empty | Body::Bytes(_) => None,
    }
}

impl Sending {
    /// Waits for the head.
    pub(crate) fn head(mut self, deadline: Instant, stop: &Stop, observer: &mut dyn Observer) -> Sent {
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let answer = self.answers.recv_timeout(left.min(TICK));
            if let Some(meter) = &mut self.meter {
                let (now, sent) = (Instant::now(), self.progress.sent());
                if answer.is_ok() { meter.last(now, sent, observer) } else { meter.at(now, sent, observer) }
            }
            match answer {
                Ok(Ok(response)) => return self.answered(response),
                Ok(Err(error)) => return Sent::Not(failed(self.call, &error, &self.line, &self.progress)),
                Err(RecvTimeoutError::Disconnected) => {
                    return Sent::Not(failed(self.call, &ureq::Error::ConnectionFailed, &self.line, &self.progress));
                }
                Err(RecvTimeoutError::Timeout) if stop.is_set() => return Sent::Not(self.stopped()),
                Err(RecvTimeoutError::Timeout) if left.is_zero() => return Sent::Late(self),
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
    }

    fn answered(mut self, response: http::Response<ureq::Body>) -> Sent {
        self.leash.0 = None;
        let (parts, body) = response.into_parts();
        let head = Head { status: parts.status.as_u16(), headers: parts.headers };
        if is_too_long(&head.headers) {
            return Sent::Not(Input::Failed(Fault { phase: Phase::Sending, source: "the head is too long".into() }));
        }
        let announced = head.content_length();
        Sent::Answered(head, Stream::new(body, self.line, announced))
    }

    /// Only after the connection can't be made any more is it sure whether it was.
    fn stopped(self) -> Input {
        drop(self.leash);
        if self.line.was_made() {
            Input::Failed(Fault { phase: Phase::Sending, source: Box::new(Stopped) })
        } else {
            Input::NotSent { call: self.call, why: Box::new(Stopped) }
        }
    }
}

fn is_too_long(headers: &HeaderMap) -> bool {
    let bytes: usize = headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    headers.len() > MAX_HEADERS || bytes > MAX_HEAD_BYTES
}

fn failed(call: Call, error: &ureq::Error, line: &Line, progress: &Progress) -> Input {
    match (progress.fault(), error, call.receive()) {
        (Some(fault), ..) => Input::Failed(fault),
        (None, ureq::Error::Timeout(_), Receive::Whole { .. }) => Input::Elapsed,
        (None, ..) if !line.was_made() => Input::NotSent { call, why: fault::cause(error) },
        (None, ..) if planted!(BreakIsNeverSent) => Input::NotSent { call, why: fault::cause(error) },
        (None, ..) => Input::Failed(fault::sending(error)),
    }
}

#[cfg(test)]
mod tests {
    use ureq::unversioned::transport::time::Duration as Left;

    use super::*;

    #[test]
    fn a_name_that_leads_inside_leads_nowhere_for_a_call_that_stays_outside() {
        let found = |public_only| {
            let timeout = NextTimeout { after: Left::from_secs(5), ..NextTimeout::default() };
            let uri = Uri::from_static("http://localhost:80");
            Lookup { public_only }.resolve(&uri, &Config::default(), timeout).map(|found| found.len())
        };
        assert!(found(false).is_ok_and(|count| count > 0));
        assert!(found(true).is_err());
    }
}
