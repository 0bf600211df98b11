//! Carrying out a kind of fault on one request.

use super::kind::{Kind, Render, Request as Asked, Way};
use super::plan::{Heard, Plan, Struck};
use super::whole::Whole;
use super::{How, Strike, below, bodies, downloads, framing, heads, refusals, renders, streams};
use crate::gate::{Gate, Orders, drain};
use crate::journal::{Ending, Page, keep};
use crate::route::{Origin, Route};
use crate::wire::Wire;
use axum::body::Body;
use axum::response::Response;
use hyper::header::{HOST, IF_RANGE, RANGE};
use hyper::{Method, Request};
use serde_json::{Value, json};
use std::io;

/// How often a render is asked about before its end is waited for no longer.
const MOST_ASKED: usize = 200;
/// Bytes of an answer that stands for one that was never made.
const STAND_IN: usize = 16 * 1024;

impl Gate {
    /// The answer a kind leaves of a request; an error where the connection goes on without HTTP, or not at all.
    pub(crate) async fn misbehave(
        &self,
        mut request: Request<Body>,
        strike: &Strike,
        (kind, how): (Kind, How),
        (page, wire): (&Page, &Wire),
    ) -> io::Result<Response> {
        let struck = self.struck(&request);
        if let Kind::Request(asked) = kind {
            if asked == Asked::CutRequest {
                return self.call(request).await;
            }
            if let Some(plan) = below::unread(asked) {
                return follow(plan, strike, (page, wire));
            }
        }
        if matches!(kind, Kind::Download(_)) {
            request.headers_mut().remove(RANGE);
            request.headers_mut().remove(IF_RANGE);
        }
        let whole = self.real(request, kind, strike.commit).await?;
        match self.plan(kind, how, &struck, whole.clone()) {
            Some(plan) => follow(plan, strike, (page, wire)),
            None => Ok(whole.response()),
        }
    }

    fn plan(&self, kind: Kind, how: How, struck: &Struck, whole: Whole) -> Option<Plan> {
        match kind {
            Kind::Connection(_) => None,
            Kind::Request(kind) => below::plan(kind, how, &whole),
            Kind::Framing(kind) => framing::plan(kind, &whole),
            Kind::Head(kind) => Some(heads::plan(kind, &whole)),
            Kind::Body(kind) => bodies::plan(kind, whole),
            Kind::Redirect(kind) => Some(bodies::redirect(kind, struck)),
            Kind::Refusal(kind) => Some(refusals::plan(kind, how, struck.now_ms)),
            Kind::Stream(kind) => {
                streams::beats(kind, how, &self.app.clock).or_else(|| streams::plan(kind, how, &whole))
            }
            Kind::Render(kind) => renders::plan(kind, struck, whole),
            Kind::Download(kind) => downloads::plan(kind, struck, whole),
        }
    }

    /// What the endpoint answers, or something that looks like it where the work is left undone.
    async fn real(&self, mut request: Request<Body>, kind: Kind, commit: Option<bool>) -> io::Result<Whole> {
        let route = Route::of(self.origin, request.method(), request.uri().path());
        let instead = kind.way() == Way::Instead;
        let undone = commit.map_or(instead, |commit| !commit);
        let traceless = route == Route::Chat || !route.changes_something();
        if undone && (instead || !traceless) {
            drain(request.into_body()).await;
            return Ok(stand_in());
        }
        let orders = Orders { uncommitted: undone, work_first: !undone, fail_render: None };
        request.extensions_mut().insert(orders);
        let headers = request.headers().clone();
        let whole = Whole::of(self.dress(self.call(request).await?)).await?;
        if kind == Kind::Render(Render::DoneUnheard) {
            self.await_render(&headers, &whole).await?;
        }
        Ok(whole)
    }

    /// Asks about the render just accepted, as the client would, until it has ended.
    async fn await_render(&self, headers: &hyper::HeaderMap, accepted: &Whole) -> io::Result<()> {
        let id = accepted.object().and_then(|answer| answer["data"]["id"].as_str().map(str::to_owned));
        let Some(id) = id else {
            return Ok(());
        };
        for _ in 0..MOST_ASKED {
            let mut request = Request::new(Body::empty());
            *request.method_mut() = Method::GET;
            *request.uri_mut() = format!("/api/render/proxy/lambda/{id}").parse().map_err(io::Error::other)?;
            *request.headers_mut() = headers.clone();
            let status = Whole::of(self.dress(self.call(request).await?)).await?.object().unwrap_or_default();
            if ended(&status) {
                return Ok(());
            }
        }
        Ok(())
    }

    fn struck(&self, request: &Request<Body>) -> Struck {
        let text = |name| request.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let host = text(HOST).unwrap_or_default();
        let elsewhere = match self.origin {
            Origin::Api => self.app.cdn_url(request.headers(), ""),
            Origin::Cdn => format!("http://localhost:{}", self.app.cdn_port),
        };
        Struck {
            target: request.uri().path_and_query().map_or("/", |target| target.as_str()).to_owned(),
            origin: format!("http://{host}"),
            elsewhere: elsewhere.trim_end_matches('/').to_owned(),
            range: text(RANGE),
            now_ms: self.app.now_ms(),
        }
    }
}

fn follow(plan: Plan, strike: &Strike, (page, wire): (&Page, &Wire)) -> io::Result<Response> {
    strike.fired();
    match plan {
        Plan::Http(response) => Ok(*response),
        Plan::Raw(program, heard) => {
            if let Some(heard) = heard {
                page.answers(heard.answer.status.as_u16(), &heard.answer.headers);
                tell(page, &heard);
                page.end(if heard.whole { Ending::Whole } else { Ending::Cut });
            }
            wire.then(program);
            Err(io::ErrorKind::ConnectionAborted.into())
        }
    }
}

/// Writes down what the client can have read.
fn tell(page: &Page, heard: &Heard) {
    let mut exchange = page.lock();
    exchange.answer_len = heard.answer.body.len() as u64;
    if !exchange.route.answers_secret() {
        keep(&mut exchange.answer, &heard.answer.body);
    }
}

/// What looks like an answer until it is cut, and is longer than those it stands for.
fn stand_in() -> Whole {
    Whole::json(200, &json!({"code": 0, "message": "success", "data": {"note": " ".repeat(STAND_IN)}}))
}

/// Whether a status says so, at whatever depth.
fn ended(status: &Value) -> bool {
    ["/status", "/data/status", "/data/data/status"].into_iter().any(|path| {
        let word = status.pointer(path).and_then(Value::as_str).unwrap_or_default();
        matches!(word.to_ascii_lowercase().as_str(), "completed" | "failed")
    })
}
