//! Who the client says it is, to whom, and what it does when it is refused.

use super::case::{Case, Seen};
use crate::journal::Bearer;
use crate::route::{Origin, Route};

const ATTRIBUTION: [&str; 3] = ["x-skill-source", "x-skill-version", "x-skill-platform"];
/// A client may renew a token so long before its end.
const RENEWAL_MS: u64 = 60 * 60 * 1000;

pub(super) fn token_to_other_origin(_: &Case<'_>, seen: &Seen<'_>) -> Option<String> {
    (seen.it.origin == Origin::Cdn && seen.it.bearer != Bearer::Absent).then(|| seen.it.target.clone())
}

pub(super) fn token_in_url(_: &Case<'_>, seen: &Seen<'_>) -> Option<String> {
    seen.it.target.contains("<token>").then(|| seen.it.target.clone())
}

pub(super) fn token_in_body(_: &Case<'_>, seen: &Seen<'_>) -> Option<String> {
    seen.it.body.ends_with(b"<token>").then(|| seen.it.target.clone())
}

pub(super) fn authorization_missing(_: &Case<'_>, seen: &Seen<'_>) -> Option<String> {
    let needs = !matches!(seen.it.route, Route::AnonymousToken | Route::Cdn | Route::Unknown);
    (needs && seen.it.bearer == Bearer::Absent).then(|| seen.it.target.clone())
}

pub(super) fn token_with_authorization(_: &Case<'_>, seen: &Seen<'_>) -> Option<String> {
    (seen.is(Route::AnonymousToken) && seen.it.bearer != Bearer::Absent).then(|| "it has none to show".to_owned())
}

pub(super) fn token_asked_twice(case: &Case<'_>, seen: &Seen<'_>) -> Option<String> {
    let client = seen.it.header("x-client-id").filter(|_| seen.is(Route::AnonymousToken))?;
    let own =
        |earlier: &&Seen<'_>| earlier.is(Route::AnonymousToken) && earlier.it.header("x-client-id") == Some(client);
    let granted = case.before_in_run(seen).find(own).filter(|earlier| earlier.is_surely_accepted())?;
    let holds = seen.ms_since(granted) < case.facts.token_ms.saturating_sub(RENEWAL_MS);
    let is_its = |space: usize| case.facts.clients.get(space).is_some_and(|known| known.as_deref() == Some(client));
    // What a fault says where answers are not kept may be that the token is bad.
    let unread = |earlier: &Seen<'_>| earlier.it.struck && earlier.it.route.answers_secret();
    let refused =
        |earlier: &Seen<'_>| (earlier.is_bad_token() || unread(earlier)) && earlier.space().is_none_or(is_its);
    let since = case.before_in_run(seen).take_while(|earlier| earlier.it.sequence > granted.it.sequence);
    (holds && !since.into_iter().any(refused)).then(|| format!("exchange {} gave one", granted.it.sequence))
}

pub(super) fn given_token_replaced(case: &Case<'_>, seen: &Seen<'_>) -> Option<String> {
    let former = former_space(case, seen).filter(|space| case.is_given(*space))?;
    Some(format!("it was space {former}'s, a registered user's, until then"))
}

pub(super) fn client_id_changed(case: &Case<'_>, seen: &Seen<'_>) -> Option<String> {
    if let Some(former) = former_space(case, seen).filter(|space| !case.is_given(*space)) {
        return Some(format!("it was space {former}'s until then"));
    }
    let client = |seen: &Seen<'_>| seen.it.header("x-client-id").map(str::to_owned);
    let last = case.before_in_run(seen).next().filter(|_| seen.is(Route::AnonymousToken))?;
    let gave_up = last.is(Route::AnonymousToken) && !last.is_accepted() && client(last) != client(seen);
    // Another client may have come just then; the one that failed comes again.
    let comes_again =
        case.after(seen).iter().any(|later| later.is(Route::AnonymousToken) && client(later) == client(last));
    (gave_up && !comes_again).then(|| format!("exchange {} got no token under another one", last.it.sequence))
}

/// The other space that the same thing was asked for from before: a session's own, or that of a request refused for its token.
fn former_space(case: &Case<'_>, seen: &Seen<'_>) -> Option<usize> {
    let space = seen.space()?;
    let same_session = |earlier: &Seen<'_>| seen.session.is_some() && earlier.session == seen.session;
    let mut before = case.before_in_run(seen);
    let former = before.find(|earlier| {
        earlier.space().is_some() && (same_session(earlier) || (earlier.is_bad_token() && seen.repeats(earlier)))
    });
    former.and_then(Seen::space).filter(|former| *former != space)
}

pub(super) fn attribution_missing(_: &Case<'_>, seen: &Seen<'_>) -> Option<String> {
    let said = |name: &&str| seen.it.header(name).is_some_and(|value| !value.trim().is_empty());
    let missing = ATTRIBUTION.iter().find(|name| !said(name)).filter(|_| seen.it.origin == Origin::Api)?;
    Some(format!("no {missing} on {}", seen.it.target))
}

pub(super) fn attribution_changed(case: &Case<'_>, seen: &Seen<'_>) -> Option<String> {
    let said = |seen: &Seen<'_>| ATTRIBUTION.map(|name| seen.it.header(name).map(str::to_owned));
    let own = said(seen);
    if own.contains(&None) || seen.space().is_none() {
        return None;
    }
    let last =
        case.before_in_run(seen).find(|earlier| earlier.space() == seen.space() && !said(earlier).contains(&None));
    last.map(said).filter(|last| *last != own).map(|last| format!("{own:?} after {last:?}"))
}

pub(super) fn headers_to_other_origin(_: &Case<'_>, seen: &Seen<'_>) -> Option<String> {
    let ours = |name: &str| name.starts_with("x-skill-") || name == "x-client-id";
    let header = seen.it.headers.iter().find(|(name, _)| ours(name)).filter(|_| seen.it.origin == Origin::Cdn)?;
    Some(header.0.clone())
}

pub(super) fn user_agent_missing(_: &Case<'_>, seen: &Seen<'_>) -> Option<String> {
    seen.it.header("user-agent").is_none().then(|| seen.it.target.clone())
}

pub(super) fn cookie_returned(_: &Case<'_>, seen: &Seen<'_>) -> Option<String> {
    seen.it.header("cookie").map(|_| seen.it.target.clone())
}

pub(super) fn endpoint_unknown(_: &Case<'_>, seen: &Seen<'_>) -> Option<String> {
    seen.is(Route::Unknown).then(|| format!("{} {}", seen.it.method, seen.it.target))
}

pub(super) fn scope_refusal_repeated(case: &Case<'_>, seen: &Seen<'_>) -> Option<String> {
    repeated(case, seen, &[403])
}

pub(super) fn refusal_repeated(case: &Case<'_>, seen: &Seen<'_>) -> Option<String> {
    repeated(case, seen, &[2001, 402])
}

/// The same call by the same client, refused as before.
fn repeated(case: &Case<'_>, seen: &Seen<'_>, codes: &[u64]) -> Option<String> {
    let code = seen.code().filter(|code| codes.contains(code))?;
    let same = |earlier: &&Seen<'_>| {
        earlier.is(seen.it.route) && earlier.space() == seen.space() && earlier.session == seen.session
    };
    let told = case.before_in_run(seen).find(same).filter(|earlier| earlier.code() == Some(code))?;
    Some(format!("{code} was told by exchange {}", told.it.sequence))
}
