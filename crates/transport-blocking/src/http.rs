//! Requests over ureq, one connection each.
//!
//! No connection is used twice: one that dies in the pool leaves it open whether a charged request was heard.
//! Retries, redirects, cookies, decompression and body timeouts are off.

use std::io::Cursor;
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Instant;

use http::{HeaderMap, HeaderValue, Method, Uri, header};
use rustls::crypto::CryptoProvider;
use ureq::tls::{RootCerts, TlsConfig};
use ureq::unversioned::resolver::DefaultResolver;
use ureq::unversioned::transport::DefaultConnector;
use ureq::{Agent, Proxy, SendBody};

use crate::core::call::{Body, Call, Head, Origin, Receive};
use crate::core::error::{Fault, Phase};
use crate::core::event::{Direction, Observer};
use crate::core::machine::Input;
use crate::core::meter::Meter;
use crate::fault;
use crate::source::{FileBody, Progress, Source, unread};
use crate::stop::{Stop, Stopped, TICK};
use crate::stream::Stream;
use crate::wire::{Connect, Line};

/// What all requests of a client share.
#[derive(Clone)]
pub(crate) struct Network {
    connector: Arc<DefaultConnector>,
    crypto: Arc<CryptoProvider>,
    /// From the environment; never used for this machine.
    proxy: Option<Proxy>,
}

/// What came of a request.
pub(crate) enum Sent {
    Answered(Head, Stream, Receive),
    Not(Input),
}

impl Network {
    pub(crate) fn new() -> Self {
        Self {
            connector: Arc::new(DefaultConnector::new()),
            crypto: Arc::new(rustls::crypto::ring::default_provider()),
            proxy: Proxy::try_from_env(),
        }
    }

    /// Sends on a thread of its own, which ends by `deadline` at the latest: so the name lookup can be stopped too.
    pub(crate) fn send(
        &self,
        call: Call,
        source: Option<&Source>,
        deadline: Instant,
        stop: &Stop,
        observer: &mut dyn Observer,
    ) -> Sent {
        let line = Arc::new(Line::new(deadline, stop.clone()));
        let progress = Arc::new(Progress::default());
        let payload = match Payload::of(&call, source, &progress) {
            Ok(payload) => payload,
            Err(fault) => return Sent::Not(Input::Failed(fault)),
        };
        let (request, agent) = (request(&call, payload), self.agent(&call, deadline, &line, &progress));
        let (answer, answers) = mpsc::sync_channel(1);
        let worker = agent.clone();
        let thread = std::thread::Builder::new().name("weixin-video-send".into());
        // Nobody takes the answer when the deadline has passed; it is dropped, and its connection with it.
        let spawned = thread.spawn(move || drop(answer.send(worker.run(request.map(Payload::into_body)))));
        if let Err(why) = spawned {
            return Sent::Not(Input::NotSent { call, why: Box::new(why) });
        }
        let waiting = Waiting { deadline, stop, progress: &progress };
        match waiting.wait(&answers, meter(&call), observer) {
            Ok(Ok(response)) => answered(response, line, call.receive()),
            Ok(Err(error)) => Sent::Not(failed(call, &error, &line, &progress)),
            Err(gave_up) => {
                // From here on the agent makes no connection and writes nothing.
                agent.shutdown();
                Sent::Not(given_up(call, gave_up, &line))
            }
        }
    }

    fn agent(&self, call: &Call, deadline: Instant, line: &Arc<Line>, progress: &Arc<Progress>) -> Agent {
        let target = call.request().uri();
        let left = Some(deadline.saturating_duration_since(Instant::now()));
        let tls = TlsConfig::builder()
            .root_certs(RootCerts::PlatformVerifier)
            .unversioned_rustls_crypto_provider(self.crypto.clone())
            .build();
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
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
        Agent::with_parts(config, connect, DefaultResolver::default())
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
                Self::File(source.body(head, *len, tail, progress.clone())?)
            }
            (Body::File { .. }, None) => return Err(unread(std::io::ErrorKind::NotFound.into())),
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

enum GaveUp {
    Deadline,
    Stopped,
}

struct Waiting<'a> {
    deadline: Instant,
    stop: &'a Stop,
    progress: &'a Progress,
}

type Answer = Result<http::Response<ureq::Body>, ureq::Error>;

impl Waiting<'_> {
    fn wait(
        &self,
        answers: &mpsc::Receiver<Answer>,
        mut meter: Option<Meter>,
        observer: &mut dyn Observer,
    ) -> Result<Answer, GaveUp> {
        loop {
            let left = self.deadline.saturating_duration_since(Instant::now());
            let answer = answers.recv_timeout(left.min(TICK));
            let over = answer.is_ok();
            if let Some(meter) = &mut meter {
                let (now, sent) = (Instant::now(), self.progress.sent());
                if over { meter.last(now, sent, observer) } else { meter.at(now, sent, observer) }
            }
            match answer {
                Ok(answer) => return Ok(answer),
                Err(RecvTimeoutError::Disconnected) => return Ok(Err(ureq::Error::ConnectionFailed)),
                Err(RecvTimeoutError::Timeout) if self.stop.is_set() => return Err(GaveUp::Stopped),
                Err(RecvTimeoutError::Timeout) if left.is_zero() => return Err(GaveUp::Deadline),
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
    }
}

fn answered(response: http::Response<ureq::Body>, line: Arc<Line>, receive: Receive) -> Sent {
    let (parts, body) = response.into_parts();
    let head = Head { status: parts.status.as_u16(), headers: parts.headers };
    let announced = head.content_length();
    Sent::Answered(head, Stream::new(body, line, announced), receive)
}

fn failed(call: Call, error: &ureq::Error, line: &Line, progress: &Progress) -> Input {
    match (progress.fault(), error) {
        (Some(fault), _) => Input::Failed(fault),
        (None, ureq::Error::Timeout(_)) => Input::Elapsed,
        (None, _) if !line.was_made() => Input::NotSent { call, why: fault::cause(error) },
        (None, _) => Input::Failed(fault::sending(error)),
    }
}

fn given_up(call: Call, gave_up: GaveUp, line: &Line) -> Input {
    match gave_up {
        GaveUp::Deadline => Input::Elapsed,
        GaveUp::Stopped if line.was_made() => Input::Failed(Fault { phase: Phase::Sending, source: Box::new(Stopped) }),
        GaveUp::Stopped => Input::NotSent { call, why: Box::new(Stopped) },
    }
}
