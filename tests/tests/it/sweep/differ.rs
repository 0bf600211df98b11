//! Where the adapters need not agree: a short list.

use weixin_video_fake_backend::{Kind, kind};

use super::case::Case;
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
