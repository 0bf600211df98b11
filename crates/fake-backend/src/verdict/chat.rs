//! The only call that costs something.

use super::case::{Case, Seen};
use crate::journal::{Ending, KEPT_BODY};
use crate::route::Route;

pub(super) fn charged_twice(case: &Case<'_>, seen: &Seen<'_>) -> Option<String> {
    let earlier = chats_before(case, seen)?.find(|earlier| !earlier.is_refused() && same_words(earlier, seen))?;
    Some(format!("exchange {} sent the same words", earlier.it.sequence))
}

/// Of a message that broke off, as much as came.
fn same_words(earlier: &Seen<'_>, seen: &Seen<'_>) -> bool {
    if earlier.it.body_whole || earlier.it.body.is_empty() {
        return !earlier.sent.is_null() && earlier.sent["new_message"]["parts"] == seen.sent["new_message"]["parts"];
    }
    seen.it.body.starts_with(&earlier.it.body)
}

/// Earlier messages in the session of this one, latest first; those that broke off may have been for any.
fn chats_before<'c, 'a>(case: &'c Case<'a>, seen: &'c Seen<'a>) -> Option<impl Iterator<Item = &'c Seen<'a>>> {
    let session = seen.session.as_ref().filter(|_| seen.is(Route::Chat))?;
    let same = move |earlier: &&Seen<'_>| {
        earlier.is(Route::Chat) && (earlier.session.as_ref() == Some(session) || !earlier.it.body_whole)
    };
    Some(case.before(seen).filter(same))
}

pub(super) fn charge_without_baseline(case: &Case<'_>, seen: &Seen<'_>) -> Option<String> {
    let last = chats_before(case, seen)?.next();
    if last.is_none() && !case.complete {
        return None;
    }
    let read =
        |earlier: &Seen<'_>| earlier.is(Route::State) && earlier.session == seen.session && earlier.is_accepted();
    let since = last.map_or(0, |last| last.it.sequence);
    let mut fresh = case.before(seen).take_while(|earlier| earlier.it.sequence >= since);
    (!fresh.any(read)).then(|| "the state before it was never read".to_owned())
}

pub(super) fn parallel_chat(case: &Case<'_>, seen: &Seen<'_>) -> Option<String> {
    let going = |earlier: &&Seen<'_>| match earlier.it.ending {
        Ending::Open => true,
        Ending::Whole => earlier.it.ended_before.is_some_and(|next| next > seen.it.sequence),
        // The client may have left before it sent the next one, and the server noticed late.
        Ending::Cut => false,
    };
    let other = chats_before(case, seen)?.find(going)?;
    Some(format!("exchange {} was still being answered", other.it.sequence))
}

pub(super) fn chat_accept(_: &Case<'_>, seen: &Seen<'_>) -> Option<String> {
    let accept = seen.it.header("accept").unwrap_or_default();
    (seen.is(Route::Chat) && !accept.contains("text/event-stream")).then(|| format!("\"{accept}\""))
}

pub(super) fn role_missing(_: &Case<'_>, seen: &Seen<'_>) -> Option<String> {
    let kept_whole = seen.is(Route::Chat) && seen.it.body_whole && seen.it.body_len <= KEPT_BODY as u64;
    let message = &seen.sent["new_message"];
    (kept_whole && !message.is_null() && message["role"] != "user").then(|| message["role"].to_string())
}

pub(super) fn stream_taken_for_done(case: &Case<'_>, seen: &Seen<'_>) -> Option<String> {
    let session = seen.session.as_ref().filter(|_| seen.is(Route::Export))?;
    let last = case.before_in_run(seen).find(|earlier| earlier.session.as_ref() == Some(session))?;
    let broke = last.is(Route::Chat) && last.it.status == Some(200) && last.it.ending == Ending::Cut;
    broke.then(|| format!("exchange {} broke off after {} bytes", last.it.sequence, last.it.answer_len))
}
