//! How fast: only where the client goes by the server's clock.

use super::case::{Case, Seen};
use crate::journal::Ending;
use crate::route::Route;

/// The least time between two looks at a render, in ms.
const RENDER_GAP: u64 = 2_000;
/// The least time from a broken stream to the first look, in ms: 30 s by PROTOCOL.md, less what a clock may be off.
const FIRST_LOOK: u64 = 25_000;
/// The least time between two looks after that, in ms: 60 s by PROTOCOL.md.
const NEXT_LOOK: u64 = 50_000;
/// "Else 30 s", in ms.
const RATE_LIMIT: u64 = 30_000;
/// The longest `Retry-After` that is kept to, in s.
const LONGEST_RETRY: u64 = 24 * 60 * 60;
/// A storm: more than so many tries in so many ms.
const STORM: (usize, u64) = (6, 30_000);

pub(super) fn retry_after_ignored(case: &Case<'_>, seen: &Seen<'_>) -> Option<String> {
    let mut before = case.before_in_run(seen).filter(|_| case.facts.paced);
    let limited = before.find(|earlier| seen.repeats(earlier)).filter(|earlier| earlier.code() == Some(429))?;
    let said = limited.it.answer_header("retry-after").and_then(|seconds| seconds.trim().parse::<u64>().ok());
    let wait = said.map_or(RATE_LIMIT, |seconds| seconds.min(LONGEST_RETRY) * 1000);
    let waited = seen.it.at_ms.saturating_sub(limited.it.ended_ms.unwrap_or(limited.it.at_ms));
    (waited < wait).then(|| format!("{waited} ms after it was told to wait {wait} ms"))
}

pub(super) fn render_polled_too_fast(case: &Case<'_>, seen: &Seen<'_>) -> Option<String> {
    let same = |earlier: &&Seen<'_>| earlier.is(Route::ExportStatus) && earlier.render == seen.render;
    let paced = case.facts.paced && seen.is(Route::ExportStatus);
    let last = case.before_in_run(seen).filter(|_| paced).find(same).filter(|earlier| earlier.is_accepted())?;
    let gap = seen.ms_since(last);
    (gap < RENDER_GAP).then(|| format!("{gap} ms after exchange {}", last.it.sequence))
}

pub(super) fn state_polled_too_fast(case: &Case<'_>, seen: &Seen<'_>) -> Option<String> {
    let session = seen.session.as_ref().filter(|_| case.facts.paced && seen.is(Route::State))?;
    let mut before = case.before_in_run(seen).filter(|earlier| earlier.session.as_ref() == Some(session));
    let last = before.next()?;
    if last.is(Route::Chat) && broke(last) {
        let waited = seen.it.at_ms.saturating_sub(last.it.ended_ms?);
        return (waited < FIRST_LOOK).then(|| format!("{waited} ms after the stream broke"));
    }
    // What brought no answer may be asked again sooner.
    let looks = last.is(Route::State) && last.is_accepted();
    let mut earlier = before.skip_while(|earlier| earlier.is(Route::State));
    let recovers = looks && earlier.next().is_some_and(|chat| chat.is(Route::Chat) && broke(chat));
    let gap = seen.ms_since(last);
    (recovers && gap < NEXT_LOOK).then(|| format!("{gap} ms after exchange {}", last.it.sequence))
}

/// Whether a message was left with its fate unclear.
fn broke(chat: &Seen<'_>) -> bool {
    chat.it.ending == Ending::Cut || chat.it.status.is_some_and(|status| status >= 500)
}

pub(super) fn request_storm(case: &Case<'_>, seen: &Seen<'_>) -> Option<String> {
    let (most, window) = STORM;
    if !case.facts.paced || seen.is(Route::Chat) {
        return None;
    }
    let recent = case.before_in_run(seen).take_while(|earlier| seen.ms_since(earlier) < window);
    let tries = recent.filter(|earlier| seen.repeats(earlier) && !earlier.is_accepted()).count();
    (tries >= most).then(|| format!("{tries} tries in {} s before it", window / 1000))
}
