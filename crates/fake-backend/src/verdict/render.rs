//! Exports: what they are made of, under which id, how often.

use super::case::{Case, Seen};
use crate::journal::KEPT_BODY;
use crate::route::Route;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

const URL_KEYS: [&str; 6] = ["outputUrl", "output_url", "url", "videoUrl", "video_url", "download_url"];

/// What a client was told about a render.
#[derive(PartialEq, Eq)]
enum Told {
    Going,
    Completed,
    Failed,
}

/// The status an exchange told, whichever envelope it came in.
fn told(seen: &Seen<'_>) -> Option<Told> {
    if !matches!(seen.it.route, Route::Export | Route::ExportStatus) || !seen.is_accepted() {
        return None;
    }
    let outer = &seen.told;
    let object = [outer, &outer["data"], &outer["data"]["data"]].into_iter().find(|it| it["status"].is_string())?;
    let has_url = |object: &Value| URL_KEYS.iter().any(|key| object[*key].is_string());
    Some(match object["status"].as_str()?.to_lowercase().as_str() {
        "failed" => Told::Failed,
        "completed" if has_url(object) || has_url(&object["output"]) => Told::Completed,
        _ => Told::Going,
    })
}

pub(super) fn render_id_reused(case: &Case<'_>, seen: &Seen<'_>) -> Option<String> {
    let id = seen.render.as_ref().filter(|_| seen.is(Route::Export))?;
    let failed = |earlier: &&Seen<'_>| {
        earlier.render.as_ref() == Some(id) && earlier.space() == seen.space() && told(earlier) == Some(Told::Failed)
    };
    case.before(seen).find(failed).map(|earlier| format!("exchange {} told that it failed", earlier.it.sequence))
}

pub(super) fn rendered_too_often(case: &Case<'_>, seen: &Seen<'_>) -> Option<String> {
    let session = seen.session.as_ref().filter(|_| seen.is(Route::Export))?;
    let edits = |earlier: &&Seen<'_>| earlier.is(Route::Chat) && earlier.session.as_ref() == Some(session);
    let since_edit: Vec<&Seen<'_>> = case.before_in_run(seen).take_while(|earlier| !edits(earlier)).collect();
    let failed = |id: &Option<String>| {
        since_edit.iter().any(|earlier| earlier.render == *id && told(earlier) == Some(Told::Failed))
    };
    let own = |earlier: &&&Seen<'_>| earlier.is(Route::Export) && earlier.session.as_ref() == Some(session);
    let mut ids: Vec<_> = since_edit.iter().filter(own).map(|earlier| earlier.render.clone()).collect();
    ids.dedup();
    let failures = ids.iter().filter(|id| **id != seen.render && failed(id)).count();
    (failures >= 2).then(|| format!("{failures} renders of this draft had failed"))
}

pub(super) fn export_unprepared(case: &Case<'_>, seen: &Seen<'_>) -> Option<String> {
    let session = seen.session.as_ref().filter(|_| seen.is(Route::Export))?;
    let own = |earlier: &&Seen<'_>| earlier.session.as_ref() == Some(session);
    let opened = case.before(seen).filter(own).any(|earlier| earlier.is(Route::Session));
    let prepared = case.before(seen).filter(own).any(|earlier| matches!(earlier.it.route, Route::Upload | Route::Chat));
    let bare = opened && !prepared && !case.facts.preset.contains(session);
    bare.then(|| "nothing was uploaded nor edited in this session".to_owned())
}

pub(super) fn export_session_key(_: &Case<'_>, seen: &Seen<'_>) -> Option<String> {
    let order = seen.sent.as_object().filter(|_| seen.is(Route::Export))?;
    if order.contains_key("session_id") {
        return Some("session_id in snake_case".to_owned());
    }
    seen.session.is_none().then(|| "no sessionId".to_owned())
}

#[derive(Deserialize)]
struct Order<'a> {
    #[serde(borrow)]
    draft: &'a RawValue,
}

pub(super) fn draft_altered(case: &Case<'_>, seen: &Seen<'_>) -> Option<String> {
    let session = seen.session.as_ref().filter(|_| seen.is(Route::Export))?;
    let order: Order<'_> = serde_json::from_slice(&seen.it.body).ok()?;
    let draft = order.draft.get().as_bytes();
    let reads = |earlier: &&Seen<'_>| earlier.is(Route::State) && earlier.session.as_ref() == Some(session);
    let mut states = case.before(seen).filter(reads).peekable();
    states.peek()?;
    let known = states.any(|state| {
        // One that was too long to keep may have held it.
        state.it.answer_len > KEPT_BODY as u64 || state.it.answer.windows(draft.len()).any(|window| window == draft)
    });
    (!known && case.complete).then(|| "no answer held this draft in these bytes".to_owned())
}

pub(super) fn status_after_end(case: &Case<'_>, seen: &Seen<'_>) -> Option<String> {
    let id = seen.render.as_ref().filter(|_| seen.is(Route::ExportStatus))?;
    let fetched = |earlier: &&Seen<'_>| matches!(earlier.it.route, Route::Cdn | Route::Download);
    let own = |earlier: &&Seen<'_>| earlier.render.as_ref() == Some(id) && earlier.space() == seen.space();
    let mut since_fetch = case.before_in_run(seen).take_while(|earlier| !fetched(earlier)).filter(own);
    let heard = |earlier: &Seen<'_>| !earlier.it.struck;
    let end =
        since_fetch.find(|earlier| heard(earlier) && matches!(told(earlier), Some(Told::Completed | Told::Failed)))?;
    Some(format!("exchange {} told the end", end.it.sequence))
}
