//! The endpoints of PROTOCOL.md, one file a subject.

mod account;
mod cdn;
mod chat;
mod export;
mod session;
mod upload;

use crate::app::App;
use crate::problem::Problem;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use hyper::HeaderMap;
use hyper::header::CONTENT_TYPE;
use serde_json::Value;
use std::sync::Arc;

/// The largest JSON body, in bytes: a draft can be long, but not that long.
const JSON_LIMIT: usize = 16 * 1024 * 1024;

/// The origin that takes the token.
pub(crate) fn api(app: Arc<App>) -> Router {
    Router::new()
        .route("/api/auth/anonymous-token", post(account::anonymous_token))
        .route("/api/auth/claim-token", post(account::claim_token))
        .route("/api/credits/balance/simple", get(account::credits))
        .route("/api/tasks/me/with-session/nemo_agent", post(session::open))
        .route("/api/state/nemo_agent/me/{session}/latest", get(session::state))
        .route("/run_sse", post(chat::run))
        .route("/api/upload-video/nemo_agent/me/{session}", post(upload::upload))
        .route("/api/render/proxy/lambda", post(export::start))
        .route("/api/render/proxy/lambda/{id}", get(export::status))
        .route("/api/render/proxy/lambda/{id}/cancel", post(export::cancel))
        .route("/api/render/proxy/{id}/download", get(export::download))
        .fallback(async || Problem::NotFound("no such endpoint"))
        .method_not_allowed_fallback(async || Problem::Method)
        // Each endpoint has a limit of its own, by what it takes.
        .layer(DefaultBodyLimit::disable())
        .with_state(app)
}

/// The origin that hands out files.
pub(crate) fn cdn(app: Arc<App>) -> Router {
    Router::new()
        .route("/{*key}", get(cdn::file))
        .fallback(async || Problem::NotFound("no such file"))
        .method_not_allowed_fallback(async || Problem::Method)
        .with_state(app)
}

/// A JSON object sent as such.
async fn json_body(headers: &HeaderMap, body: Body) -> Result<Value, Problem> {
    let bytes = to_bytes(body, JSON_LIMIT)
        .await
        .map_err(|_| Problem::Malformed("the body broke off or is too long".to_owned()))?;
    if !is_json(headers) {
        return Err(Problem::Malformed("the content type is not application/json".to_owned()));
    }
    let value: Value = serde_json::from_slice(&bytes)
        .map_err(|error| Problem::Malformed(format!("the body is no JSON at column {}", error.column())))?;
    if value.is_object() { Ok(value) } else { Err(Problem::Malformed("the body is no JSON object".to_owned())) }
}

fn is_json(headers: &HeaderMap) -> bool {
    let essence =
        headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).and_then(|value| value.split(';').next());
    essence.is_some_and(|essence| essence.trim().eq_ignore_ascii_case("application/json"))
}

/// A string that isn't empty, by its key.
fn text<'a>(object: &'a Value, key: &str) -> Result<&'a str, Problem> {
    match object.get(key).and_then(Value::as_str) {
        Some(text) if !text.trim().is_empty() => Ok(text),
        Some(_) | None => Err(Problem::Invalid(format!("{key}: a string is required"))),
    }
}

/// A string that has to be exactly this.
fn exactly(object: &Value, key: &str, wanted: &str) -> Result<(), Problem> {
    if text(object, key)? == wanted { Ok(()) } else { Err(Problem::Invalid(format!("{key}: must be \"{wanted}\""))) }
}
