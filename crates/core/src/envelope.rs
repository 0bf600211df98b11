//! Taking an answer out of its envelope: success is a parsed success body, not a status.

use http::header;

use crate::call::{Head, Reply};
use crate::error::{Error, Refusal, Row};
use crate::json::{Object, error_text};
use crate::planted;

/// The object that matters in a success answer: `data`, or the bare object.
///
/// A refusal in any envelope, under any status, becomes [`Error`] (PROTOCOL.md, "Envelopes").
pub(crate) fn open<'a>(endpoint: &'static str, reply: &'a Reply) -> Result<Object<'a>, Error> {
    let object = Object::parse(&reply.body);
    if let Some(refusal) = refusal(endpoint, &reply.head, object.as_ref()) {
        return Err(Error::refused(refusal));
    }
    let object = object.ok_or_else(|| Error::protocol(endpoint, unreadable(reply)))?;
    Ok(match object.object(&["data"]) {
        Some(data) => data,
        None => object,
    })
}

/// The refusal an answer holds, if any. `object` is its body, when that is a JSON object.
pub(crate) fn refusal(endpoint: &'static str, head: &Head, object: Option<&Object<'_>>) -> Option<Refusal> {
    let code = object.and_then(envelope_code);
    let failed = object.is_some_and(|object| object.flag(&["success", "ok"]) == Some(false))
        || code.is_some_and(|code| code != 0 && !planted!(Code200IsSuccess))
        || object.is_some_and(is_only_an_error);
    if head.is_success() && !failed {
        return None;
    }
    let message = object.map(error_text).unwrap_or_default();
    Some(Refusal {
        row: row(endpoint, head.status, code, &message),
        endpoint,
        status: head.status,
        code: code.filter(|&code| code != 0),
        message,
        retry_after_s: retry_after(head),
    })
}

/// A number or a numeric string.
fn envelope_code(object: &Object<'_>) -> Option<i64> {
    planted!(CodeAsTextUnread => return object.raw(&["code"])?.get().parse().ok());
    object.text(&["code"])?.trim().parse().ok()
}

/// `{"error":…}` or `{"detail":…}` with nothing else that an answer could be.
fn is_only_an_error(object: &Object<'_>) -> bool {
    let answers = ["data", "status", "state", "token", "session_id", "files", "available", "claim_token", "id"];
    object.raw(&["error", "detail"]).is_some() && object.raw(&answers).is_none()
}

/// The envelope's code decides; the HTTP status where there is none that says something.
fn row(endpoint: &'static str, status: u16, code: Option<i64>, message: &str) -> Row {
    code.and_then(row_of_code).unwrap_or_else(|| row_of_status(endpoint, status, message))
}

fn row_of_code(code: i64) -> Option<Row> {
    Some(match code {
        1001 | 401 => Row::BadToken,
        1002 if planted!(SessionGoneUnread) => Row::Other,
        1002 => Row::NoSession,
        2001 => Row::NoCredits,
        4001 => Row::Unsupported,
        4002 => Row::TooLarge,
        402 if planted!(PlanIsCredits) => Row::NoCredits,
        402 => Row::PlanNeeded,
        403 => Row::ScopeMissing,
        429 => Row::RateLimited,
        409 => Row::DuplicateRender,
        507 => Row::StorageFull,
        500..=599 => Row::Server,
        _ => return None,
    })
}

fn row_of_status(endpoint: &'static str, status: u16, message: &str) -> Row {
    match status {
        400 if endpoint == crate::api::ANONYMOUS_TOKEN => Row::NoClientId,
        400 | 200..=299 if message.to_ascii_lowercase().contains("x-client-id") => Row::NoClientId,
        401 => Row::BadToken,
        402 => Row::PlanNeeded,
        403 => Row::ScopeMissing,
        404 if crate::api::IN_A_SESSION.contains(&endpoint) => Row::NoSession,
        404 => Row::NotFound,
        409 if endpoint == crate::api::EXPORT => Row::DuplicateRender,
        413 => Row::TooLarge,
        415 => Row::Unsupported,
        429 => Row::RateLimited,
        507 => Row::StorageFull,
        200..=299 | 400..=499 => Row::Other,
        // Neither a yes nor a no.
        _ => Row::Server,
    }
}

/// Seconds, or a date.
fn retry_after(head: &Head) -> Option<u64> {
    let text = head.headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    text.parse().ok().or_else(|| {
        // By the server's own clock: this machine's may be wrong.
        let date = |text: &str| httpdate::parse_http_date(text).ok();
        let now = date(head.headers.get(header::DATE)?.to_str().ok()?.trim())?;
        Some(date(text)?.duration_since(now).unwrap_or_default().as_secs())
    })
}

fn unreadable(reply: &Reply) -> String {
    let start = reply.body.iter().copied().find(|byte| !byte.is_ascii_whitespace());
    match (start, reply.head.content_type().as_str()) {
        (None, _) => "it is empty".into(),
        (Some(b'<'), _) | (_, "text/html") => "it is a web page, not JSON".into(),
        (Some(_), _) => "it is not a JSON object".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row_of(endpoint: &'static str, status: u16, body: &str) -> Option<Row> {
        open(endpoint, &Reply::new(status, body)).err().and_then(|error| error.row())
    }

    #[test]
    fn every_envelope_opens() {
        for body in [
            r#"{"code":0,"message":"ok","data":{"x":1}}"#,
            r#"{"code":"0","data":{"x":1}}"#,
            r#"{"success":true,"data":{"x":1}}"#,
            r#"{"x":1}"#,
            r#"{"status":"failed","error":"why","x":1}"#,
        ] {
            let reply = Reply::new(200, body);
            let object = open("state", &reply).expect(body);
            assert_eq!(object.number(&["x"]), Some(1.0), "{body}");
        }
    }

    #[test]
    fn every_row_is_told_from_every_place_it_stands_in() {
        use crate::api::{ANONYMOUS_TOKEN, EXPORT, STATE, UPLOAD};
        for (endpoint, status, body, row) in [
            (STATE, 200, r#"{"code":1001,"message":"expired"}"#, Row::BadToken),
            (STATE, 200, r#"{"code":"1001"}"#, Row::BadToken),
            (STATE, 401, "", Row::BadToken),
            (STATE, 401, r#"{"detail":"no"}"#, Row::BadToken),
            (STATE, 200, r#"{"code":1002}"#, Row::NoSession),
            (STATE, 404, r#"{"detail":"Session not found: x"}"#, Row::NoSession),
            (EXPORT, 404, "", Row::NoSession),
            (STATE, 200, r#"{"code":2001}"#, Row::NoCredits),
            (UPLOAD, 200, r#"{"code":4001}"#, Row::Unsupported),
            (UPLOAD, 415, "", Row::Unsupported),
            (UPLOAD, 200, r#"{"code":4002}"#, Row::TooLarge),
            (UPLOAD, 413, "<html>", Row::TooLarge),
            (ANONYMOUS_TOKEN, 400, r#"{"message":"Missing X-Client-Id"}"#, Row::NoClientId),
            (EXPORT, 402, "", Row::PlanNeeded),
            (EXPORT, 200, r#"{"code":402}"#, Row::PlanNeeded),
            (UPLOAD, 403, r#"{"message":"scope upload missing"}"#, Row::ScopeMissing),
            (ANONYMOUS_TOKEN, 429, "", Row::RateLimited),
            (EXPORT, 409, r#"{"error":"duplicate id"}"#, Row::DuplicateRender),
            (STATE, 502, "<html>Bad gateway</html>", Row::Server),
            (STATE, 302, "", Row::Server),
            (UPLOAD, 507, "", Row::StorageFull),
            (STATE, 200, r#"{"success":false,"error":"no"}"#, Row::Other),
            (STATE, 200, r#"{"error":"no"}"#, Row::Other),
        ] {
            assert_eq!(row_of(endpoint, status, body), Some(row), "{endpoint} {status} {body}");
        }
    }

    #[test]
    fn a_page_with_status_200_is_no_success() {
        let error = open("state", &Reply::new(200, "<!doctype html><p>hi")).expect_err("a page");
        assert!(error.to_string().contains("web page"), "{error}");
    }
}
