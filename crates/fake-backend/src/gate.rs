//! Where every request comes in and every answer goes out: journal, faults, host check, envelopes.

use crate::app::{App, bearer_token, host_name, is_loopback};
use crate::body::{Inbound, Outbound, Rest, Slot};
use crate::fault::{Act, Deed, Strike};
use crate::journal::{self, Bearer, Ending, Exchange, Page, Record, lock};
use crate::problem::{Data, Problem};
use crate::route::{Origin, Route};
use crate::wire::Wire;
use axum::Router;
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, EXPECT, HOST, HeaderName, HeaderValue, RETRY_AFTER};
use hyper::service::Service;
use hyper::{Request, StatusCode};
use hyper_util::service::TowerToHyperService;
use serde_json::{Value, json};
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Bytes of an unwanted body that are read in any case.
const LEAST_PATIENCE: u64 = 16 * 1024 * 1024;

/// What a fault tells the endpoint.
#[derive(Debug, Clone, Default)]
pub(crate) struct Orders {
    /// Answer as usual, but leave no trace: no charge, no draft.
    pub(crate) uncommitted: bool,
    /// Do the work before the answer begins: the fault may strike at its first byte.
    pub(crate) work_first: bool,
    /// Let the render of this export fail, for this reason.
    pub(crate) fail_render: Option<(String, Strike)>,
}

/// One origin of a server.
#[derive(Clone)]
pub(crate) struct Gate {
    pub(crate) app: Arc<App>,
    pub(crate) origin: Origin,
    pub(crate) router: TowerToHyperService<Router>,
}

impl Gate {
    /// Serves one request. An error means that the connection goes without an answer.
    pub(crate) async fn serve(self, request: Request<Incoming>, wire: Arc<Wire>) -> io::Result<Response<Outbound>> {
        wire.unlimited();
        if self.is_admin(request.uri().path()) {
            let response = self.administer(request.map(Body::new)).await;
            let clock = self.app.clock.clone();
            return Ok(response.map(|body| Outbound::new(body, None, clock, wire, false, None)));
        }
        let route = Route::of(self.origin, request.method(), request.uri().path());
        let record = self.open(route, &request);
        let page = self.app.journal.page(&record, &self.app.clock);
        wire.carries(&record);
        let strike = self.app.script.strike(route, bearer_token(request.headers()));
        lock(&record).struck = strike.is_some();
        let (broken_off, unread) = (Arc::new(AtomicBool::new(false)), Slot::default());
        let request = inbound(request, &record, strike.as_ref(), &broken_off, &unread);
        let awaits_permission = request.headers().contains_key(EXPECT);
        let response = match self.refuse(&request) {
            Some(problem) => problem.into_response(),
            None => self.perform(request, strike.as_ref(), (&page, &wire)).await?,
        };
        if broken_off.load(Ordering::SeqCst) {
            strike.iter().for_each(Strike::fired);
            if matches!(strike, Some(Strike { act: Act::Do(..), .. })) {
                wire.then(vec![Deed::Reset]);
            }
            return Err(io::ErrorKind::ConnectionAborted.into());
        }
        let rest = lock(&unread).take();
        if let Some(rest) = rest.filter(|_| !awaits_permission) {
            self.read_rest(rest).await;
        }
        let response = self.dress(response);
        page.answers(response.status().as_u16(), response.headers());
        let kept = !route.answers_secret();
        Ok(response.map(|body| Outbound::new(body, Some(page), self.app.clock.clone(), wire, kept, strike)))
    }

    fn open(&self, route: Route, request: &Request<Incoming>) -> Record {
        let bearer = self.app.identify(request.headers());
        let (target, leaked) = redacted_target(request);
        let violation = if leaked {
            Some("a token in a URL")
        } else if self.origin == Origin::Cdn && bearer != Bearer::Absent {
            Some("Authorization on a request to the CDN")
        } else {
            None
        };
        if let Some(what) = violation {
            self.app.world().violate(self.origin, what);
        }
        self.app.journal.open(Exchange {
            sequence: 0,
            run: 0,
            at_ms: self.app.clock.elapsed_ms(),
            origin: self.origin,
            route,
            method: request.method().to_string(),
            target,
            headers: journal::headers(request.headers(), bearer),
            bearer,
            body: Vec::new(),
            body_len: 0,
            struck: false,
            body_whole: false,
            status: None,
            head_ms: None,
            answer_headers: Vec::new(),
            answer: Vec::new(),
            answer_len: 0,
            ending: Ending::Open,
            ended_ms: None,
            ended_before: None,
            charged: 0,
            violation: violation.map(str::to_owned),
        })
    }

    /// What no endpoint needs to see.
    pub(crate) fn refuse(&self, request: &Request<Body>) -> Option<Problem> {
        let headers = request.headers();
        let host = headers.get(HOST).and_then(|host| host.to_str().ok()).and_then(host_name);
        let Some(host) = host else {
            return Some(Problem::Malformed("no usable Host header".to_owned()));
        };
        // A web page that points its own name at this machine must not reach a server meant for this machine.
        if self.app.settings.loopback_only() && !is_loopback(host) {
            return Some(Problem::WrongHost);
        }
        if self.origin == Origin::Cdn && headers.contains_key(AUTHORIZATION) {
            return Some(Problem::Malformed("this host takes no Authorization".to_owned()));
        }
        None
    }

    /// The endpoint's answer, or the fault's.
    async fn perform(
        &self,
        mut request: Request<Body>,
        strike: Option<&Strike>,
        (page, wire): (&Page, &Wire),
    ) -> io::Result<Response> {
        let Some(strike) = strike else {
            return self.call(request).await;
        };
        match &strike.act {
            Act::Answer { status, content_type, body, headers } => {
                self.carry_out(request, strike).await?;
                strike.fired();
                Ok(scripted(*status, content_type, body.clone().into(), headers))
            }
            Act::Drop => {
                self.carry_out(request, strike).await?;
                strike.fired();
                Err(io::ErrorKind::ConnectionAborted.into())
            }
            Act::StallHead => {
                self.carry_out(request, strike).await?;
                strike.fired();
                std::future::pending().await
            }
            Act::Delay(time) => {
                self.app.clock.sleep(*time).await;
                strike.fired();
                self.call(request).await
            }
            Act::FailRender(reason) => {
                let fail_render = Some((reason.clone(), strike.clone()));
                request.extensions_mut().insert(Orders { fail_render, ..Orders::default() });
                self.call(request).await
            }
            Act::Do(kind, how) => self.misbehave(request, strike, (*kind, *how), (page, wire)).await,
            Act::CutRequest(_) | Act::CutWire(_) | Act::Cut(_) | Act::Stall(..) | Act::Pieces(_) => {
                let uncommitted = strike.commit == Some(false);
                request.extensions_mut().insert(Orders { uncommitted, work_first: !uncommitted, fail_render: None });
                self.call(request).await
            }
        }
    }

    /// Reads the request to its end, and does what it asks if the script says so; the answer is lost.
    async fn carry_out(&self, request: Request<Body>, strike: &Strike) -> io::Result<()> {
        let body = match strike.commit {
            Some(true) => self.call(request).await?.into_body(),
            Some(false) | None => request.into_body(),
        };
        drain(body).await;
        Ok(())
    }

    pub(crate) async fn call(&self, request: Request<Body>) -> io::Result<Response> {
        self.router.call(request).await.map_err(|never| match never {})
    }

    /// Reads on what an endpoint didn't want, so that a client which sends first and reads then sees the answer and not a
    /// broken connection. There is an end to it all the same.
    async fn read_rest(&self, mut rest: Rest) {
        let mut patience = self.app.settings.upload_limit.saturating_mul(2).max(LEAST_PATIENCE);
        while let Some(Ok(frame)) = rest.frame().await {
            let len = frame.data_ref().map_or(0, bytes::Bytes::len) as u64;
            match patience.checked_sub(len) {
                Some(left) => patience = left,
                None => return,
            }
        }
    }

    /// Writes the body of a success or a problem in the server's variant.
    pub(crate) fn dress(&self, mut response: Response) -> Response {
        let variants = &self.app.settings.variants;
        if let Some(Data { value, bare }) = response.extensions_mut().remove::<Data>() {
            let value = if bare { value } else { variants.success(value) };
            return json_response(response.status(), &value);
        }
        let Some(problem) = response.extensions_mut().remove::<Problem>() else {
            return response;
        };
        let (status, value) = if matches!(problem, Problem::NoAgentSession(_)) {
            (problem.status(), json!({"detail": problem.text()}))
        } else {
            variants.failure(problem.status(), problem.code(), &problem.text())
        };
        let status = StatusCode::from_u16(status).expect("every problem has a status of HTTP");
        let mut response = json_response(status, &value);
        if matches!(problem, Problem::RateLimited(_)) {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("30"));
        }
        response
    }
}

/// The request with its record in the extensions and a body that is counted, and cut where scripted.
fn inbound(
    request: Request<Incoming>,
    record: &Record,
    strike: Option<&Strike>,
    broken_off: &Arc<AtomicBool>,
    unread: &Slot,
) -> Request<Body> {
    let cut = strike.and_then(|strike| strike.cuts_request(length(&request))).map(|at| (at, Arc::clone(broken_off)));
    let (tapped, slot) = (Arc::clone(record), Arc::clone(unread));
    let mut request = request.map(|body| Body::new(Inbound::new(body, tapped, cut, slot)));
    request.extensions_mut().insert(Arc::clone(record));
    request
}

/// Bytes of the body as announced.
fn length(request: &Request<Incoming>) -> Option<u64> {
    request.headers().get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn scripted(status: u16, content_type: &str, body: Body, headers: &[(String, String)]) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let own = [(CONTENT_TYPE.as_str(), content_type)];
    let scripted = headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    for (name, value) in own.into_iter().chain(scripted) {
        if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), value.parse::<HeaderValue>()) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

fn json_response(status: StatusCode, value: &Value) -> Response {
    (status, [(CONTENT_TYPE, "application/json")], value.to_string()).into_response()
}

/// The rest of a body, to nowhere. What breaks it off ends it too.
pub(crate) async fn drain(mut body: Body) {
    while let Some(Ok(_)) = body.frame().await {}
}

/// Path and query without a token, and whether there was one.
fn redacted_target(request: &Request<Incoming>) -> (String, bool) {
    let target = request.uri().path_and_query().map_or("", |target| target.as_str());
    let own = bearer_token(request.headers()).filter(|token| !token.is_empty());
    match target.find("nmv_usr_").or_else(|| own.and_then(|token| target.find(token))) {
        Some(at) => (format!("{}<token>", &target[..at]), true),
        None => (target.to_owned(), false),
    }
}
