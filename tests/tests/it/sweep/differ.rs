//! Where the adapters need not agree, and what is known to be wrong: short lists.

use weixin_video_fake_backend::{Kind, Route, kind};

use super::case::Case;
use super::rule::Rule;
use kind::{Connection, Framing, Request};

/// Why the adapters may come to different ends in a case; `None` where they must not.
pub(crate) fn reason(case: &Case) -> Option<&'static str> {
    let kind = case.kind();
    if kind == Connection::Refuse.into() {
        return Some("whether the second try comes before the listener is back is a matter of time");
    }
    if matches!(kind, Kind::Connection(Connection::Reset | Connection::Fin)) {
        return Some("whether the request left before the end came is a matter of time");
    }
    let resets = [
        Request::ResetBeforeBody,
        Request::EarlyAnswerReset,
        Request::ResetMidHead,
        Request::ResetMidBody,
        Request::ResetAfter,
    ];
    if resets.iter().any(|reset| kind == (*reset).into()) {
        return Some("a reset may overtake the bytes before it");
    }
    (kind == Framing::TrailerGarbage.into()).then_some("one library reads no trailer, the other refuses this one")
}

/// What is wrong with the client and is not mended yet.
pub(crate) fn is_known(case: &Case, rule: Rule) -> bool {
    // A hop to the API's own origin goes there without token and attribution.
    rule == Rule::ClientBehaves && case.route() == Route::Download && matches!(case.kind(), Kind::Redirect(_))
}
