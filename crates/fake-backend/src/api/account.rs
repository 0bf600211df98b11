//! Tokens, claim links, credits.

use super::{json_body, text};
use crate::app::App;
use crate::clock::rfc3339;
use crate::problem::{Problem, data};
use crate::variants::ExpiresAt;
use crate::world::Scope;
use axum::body::{Body, to_bytes};
use axum::extract::State;
use axum::response::Response;
use hyper::HeaderMap;
use hyper::header::AUTHORIZATION;
use serde_json::{Value, json};
use std::sync::Arc;

/// A client id is a UUID; this bounds what is kept of one that isn't.
const LONGEST_CLIENT_ID: usize = 64;
/// Seconds a claim link holds.
const CLAIM_SECONDS: u32 = 3600;

pub(super) async fn anonymous_token(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let client_id = headers.get("x-client-id").and_then(|id| id.to_str().ok()).map_or("", str::trim);
    if client_id.is_empty() || client_id.len() > LONGEST_CLIENT_ID {
        return Err(Problem::Malformed("X-Client-Id is required".to_owned()));
    }
    if headers.contains_key(AUTHORIZATION) {
        return Err(Problem::Malformed("this request takes no Authorization".to_owned()));
    }
    if to_bytes(body, 0).await.is_err() {
        return Err(Problem::Malformed("this request takes no body".to_owned()));
    }
    let client_id = client_id.to_owned();
    let admitted = app.at_disk(move |app| {
        let space = enter(app, &client_id)?;
        let (token, expires_ms) = app.issue(space, app.settings.scopes.clone());
        app.keep_space(space)?;
        Ok((space, token, expires_ms))
    });
    let (space, token, expires_ms) = admitted.await??;
    if app.settings.variants.bare_token {
        return Ok(data(json!({"token": token})));
    }
    let (user_id, credits) = app.space(space, |space| (space.user_id.clone(), space.ledger.available));
    let expires_at = match app.settings.variants.expires_at {
        ExpiresAt::Rfc3339 => json!(rfc3339(expires_ms)),
        ExpiresAt::Seconds => json!(expires_ms / 1000),
        ExpiresAt::Milliseconds => json!(expires_ms),
    };
    Ok(data(json!({"token": token, "user_id": user_id, "credits": credits, "expires_at": expires_at})))
}

/// The space of a client id: a new one, or its own again when its last token no longer holds.
fn enter(app: &App, client_id: &str) -> Result<usize, Problem> {
    let user_id = format!("anon_{}", app.ids().hex(1));
    match app.client(client_id) {
        Some((_, true)) if app.settings.token_rules => Err(Problem::RateLimited("one token per client and 7 days")),
        Some((space, _)) => Ok(space),
        None => app
            .world()
            .add_space(user_id, Some(client_id), app.settings.credits)
            .ok_or(Problem::RateLimited("too many spaces")),
    }
}

pub(super) async fn claim_token(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    if app.settings.variants.no_claim {
        return Err(Problem::NotFound("no such endpoint"));
    }
    let space = app.caller(&headers, Scope::Write)?;
    let body = json_body(&headers, body).await?;
    let (task_id, session_id) = (text(&body, "task_id")?, text(&body, "session_id")?);
    let known = app.session(space, session_id, |session| session.task_id == task_id)?;
    if !known {
        return Err(Problem::NotFound("no such task"));
    }
    let claim = format!("clm_{}", app.ids().hex(2));
    Ok(data(json!({"claim_token": claim, "expires_in": CLAIM_SECONDS})))
}

pub(super) async fn credits(State(app): State<Arc<App>>, headers: HeaderMap) -> Result<Response, Problem> {
    let space = app.caller(&headers, Scope::Read)?;
    let (available, frozen) = app.space(space, |space| (space.ledger.available, space.ledger.frozen));
    Ok(data(if app.settings.variants.decimal_credits {
        json!({"available": decimal(available), "frozen": decimal(frozen)})
    } else {
        json!({"available": available, "frozen": frozen, "total": available + frozen})
    }))
}

#[expect(clippy::cast_precision_loss, reason = "credits are hundreds")]
fn decimal(credits: u64) -> Value {
    json!(credits as f64)
}
