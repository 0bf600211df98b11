//! Faults over HTTP, for a server that is a program of its own.

use super::{Fault, Report};
use crate::gate::Gate;
use crate::problem::Problem;
use crate::route::Origin;
use axum::body::{Body, to_bytes};
use axum::response::{IntoResponse, Response};
use hyper::header::{ALLOW, CONTENT_TYPE};
use hyper::{Method, Request, StatusCode};
use serde_json::{Value, json};

/// Where faults are taken. No endpoint of PROTOCOL.md begins so.
const PATH: &str = "/__admin/faults";
/// What a program is sent as. A web page can't send this to a server that never allowed it, so none can slip one in.
const PROGRAM: &str = "application/toml";
/// Bytes of a program.
const LONGEST: usize = 1024 * 1024;

impl Gate {
    /// Whether a request is for this and not for the API. Such requests are in no journal, and no fault strikes them.
    pub(crate) fn is_admin(&self, path: &str) -> bool {
        self.app.settings.admin && self.origin == Origin::Api && path == PATH
    }

    pub(crate) async fn administer(&self, request: Request<Body>) -> Response {
        if let Some(problem) = self.refuse(&request) {
            return self.dress(problem.into_response());
        }
        if request.method() == Method::GET {
            let faults: Vec<Value> = self.app.script.reports().iter().map(told).collect();
            return answer(StatusCode::OK, &json!({"faults": faults}));
        }
        if request.method() == Method::DELETE {
            self.app.script.clear();
            return answer(StatusCode::OK, &json!({"faults": []}));
        }
        if request.method() != Method::POST {
            let mut refused = answer(StatusCode::METHOD_NOT_ALLOWED, &json!({"error": "GET, POST or DELETE"}));
            refused.headers_mut().insert(ALLOW, hyper::header::HeaderValue::from_static("GET, POST, DELETE"));
            return refused;
        }
        match added(request).await {
            Ok(faults) => {
                let count = faults.len();
                faults.into_iter().for_each(|fault| self.app.script.add(fault));
                answer(StatusCode::CREATED, &json!({"added": count}))
            }
            Err(why) => self.dress(Problem::Malformed(why).into_response()),
        }
    }
}

async fn added(request: Request<Body>) -> Result<Vec<Fault>, String> {
    let kind = request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if kind.split(';').next().is_none_or(|kind| kind.trim() != PROGRAM) {
        return Err(format!("a program of faults is sent as {PROGRAM}"));
    }
    let program = to_bytes(request.into_body(), LONGEST).await.map_err(|_| "the program broke off or is too long")?;
    let text = std::str::from_utf8(&program).map_err(|_| "the program is no UTF-8")?;
    Fault::program(text).map_err(|error| error.to_string())
}

fn told(report: &Report) -> Value {
    let Report { fault, seen, fired, wanted } = report;
    json!({"fault": fault, "seen": seen, "fired": fired, "wanted": wanted, "unfired": fired < wanted})
}

fn answer(status: StatusCode, value: &Value) -> Response {
    (status, [(CONTENT_TYPE, "application/json")], value.to_string()).into_response()
}
