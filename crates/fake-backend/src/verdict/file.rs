//! Files on their way up and down.

use super::case::{Case, Seen};
use crate::journal::KEPT_BODY;
use crate::route::Route;

/// Redirects that may be followed; a longer chain is a loop.
const MOST_HOPS: usize = 5;

/// The boundary of a form, `None` if this is no upload of a file.
fn boundary<'a>(seen: &Seen<'a>) -> Option<&'a str> {
    let content_type = seen.it.header("content-type").unwrap_or_default();
    if !seen.is(Route::Upload) || content_type.starts_with("application/json") {
        return None;
    }
    let given = content_type.strip_prefix("multipart/form-data").and_then(|rest| rest.split_once("boundary="));
    Some(given.map_or("", |(_, boundary)| boundary.trim_matches('"')))
}

pub(super) fn multipart_malformed(_: &Case<'_>, seen: &Seen<'_>) -> Option<String> {
    let boundary = boundary(seen)?;
    let text = seen.it.body_text();
    let head = text.split("\r\n\r\n").next().unwrap_or_default();
    let what = if boundary.is_empty() {
        "no multipart/form-data with a boundary"
    } else if !text.starts_with(&format!("--{boundary}\r\n")) {
        // Of a body that broke off before its first line nothing can be said.
        return seen.it.body_whole.then(|| "it does not begin with its boundary".to_owned());
    } else if !text.contains("\r\n\r\n") {
        return None;
    } else if !head.contains(" name=\"files\"") {
        "a part that is not named files"
    } else if !head.contains(" filename=\"") {
        "a part without a file name"
    } else {
        return None;
    };
    Some(what.to_owned())
}

pub(super) fn content_length_wrong(_: &Case<'_>, seen: &Seen<'_>) -> Option<String> {
    let it = seen.it;
    // A body that is not kept as it came says nothing.
    let kept = it.body_whole && it.body_len == it.body.len() as u64;
    let announced = it.header("content-length").filter(|_| kept)?;
    let short = match boundary(seen) {
        Some("") => false,
        Some(boundary) => !it.body_text().trim_end().ends_with(&format!("--{boundary}--")),
        None if it.header("content-type").is_some_and(|kind| kind.starts_with("application/json")) => {
            let parsed: Result<serde::de::IgnoredAny, _> = serde_json::from_slice(&it.body);
            parsed.is_err_and(|error| error.is_eof())
        }
        None => false,
    };
    short.then(|| format!("after {announced} bytes the body is not over"))
}

pub(super) fn upload_repeated(case: &Case<'_>, seen: &Seen<'_>) -> Option<String> {
    if !seen.is(Route::Upload) {
        return None;
    }
    let content = |seen: &Seen<'_>| {
        let text = seen.it.body_text();
        match boundary(seen) {
            Some(boundary) if !boundary.is_empty() => text.replace(boundary, ""),
            Some(_) | None => text,
        }
    };
    let own = content(seen);
    let same = |earlier: &&Seen<'_>| earlier.is(Route::Upload) && earlier.session == seen.session;
    let mut uploads = case.before_in_run(seen).filter(same).filter(|earlier| earlier.is_surely_accepted());
    let first = uploads.find(|earlier| content(earlier) == own && earlier.it.body_len == seen.it.body_len);
    first.map(|earlier| format!("exchange {} took it in", earlier.it.sequence))
}

pub(super) fn url_never_offered(case: &Case<'_>, seen: &Seen<'_>) -> Option<String> {
    if !seen.is(Route::Cdn) || !case.complete {
        return None;
    }
    let target = seen.it.target.as_str();
    let offered = case.before(seen).any(|earlier| {
        let named = earlier.it.answer_header("location").is_some_and(|location| location.ends_with(target));
        let words = !earlier.told.is_null() && earlier.it.answer_text().replace("\\/", "/").contains(target);
        let long = earlier.told.is_null() && earlier.it.answer_len > KEPT_BODY as u64;
        let unknown = (long || earlier.it.struck) && !earlier.is(Route::Cdn);
        named || words || unknown
    });
    (!offered).then(|| target.to_owned())
}

/// Where the rest of a file is to begin.
fn resumed_at(seen: &Seen<'_>) -> Option<u64> {
    if !matches!(seen.it.route, Route::Cdn | Route::Download) {
        return None;
    }
    let (first, _) = seen.it.header("range")?.strip_prefix("bytes=")?.split_once('-')?;
    first.parse().ok().filter(|first| *first > 0)
}

pub(super) fn range_without_if_range(_: &Case<'_>, seen: &Seen<'_>) -> Option<String> {
    let first = resumed_at(seen)?;
    seen.it.header("if-range").is_none().then(|| format!("from byte {first}"))
}

pub(super) fn versions_mixed(case: &Case<'_>, seen: &Seen<'_>) -> Option<String> {
    let (first, version) = (resumed_at(seen)?, seen.it.header("if-range")?);
    // A link may be renewed between two tries; the version says whose bytes they are.
    let had = case.before(seen).filter(|earlier| earlier.it.answer_header("etag") == Some(version));
    let reached = had.filter_map(|earlier| match earlier.it.status {
        Some(200) => Some(earlier.it.answer_len),
        Some(206) => Some(content_range_start(earlier)?.saturating_add(earlier.it.answer_len)),
        Some(_) | None => None,
    });
    let most = reached.max().unwrap_or(0);
    (first > most && case.complete).then(|| format!("from byte {first} of {version}, of which it had {most} at most"))
}

fn content_range_start(seen: &Seen<'_>) -> Option<u64> {
    seen.it.answer_header("content-range")?.strip_prefix("bytes ")?.split_once('-')?.0.parse().ok()
}

pub(super) fn redirects_too_many(case: &Case<'_>, seen: &Seen<'_>) -> Option<String> {
    let leads_to = |from: &Seen<'_>, to: &Seen<'_>| {
        let redirects = from.it.status.is_some_and(|status| (300..400).contains(&status));
        redirects && from.it.answer_header("location").is_some_and(|location| location.ends_with(to.it.target.as_str()))
    };
    let (mut hops, mut at) = (0, seen);
    for earlier in case.before_in_run(seen) {
        if leads_to(earlier, at) {
            hops += 1;
            at = earlier;
        }
    }
    (hops > MOST_HOPS).then(|| format!("{hops} redirects led here"))
}
