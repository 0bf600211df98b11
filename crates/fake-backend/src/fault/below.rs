//! Faults of connections, of requests, and of the answer as a whole: below HTTP.

use super::kind::{Connection, Request};
use super::plan::Plan;
use super::raw::{Deed, Program};
use super::whole::{Whole, events};
use super::{How, Mark};
use bytes::Bytes;
use serde_json::json;
use std::time::Duration;

/// What `slow-accept` waits by itself.
const SLOW: Duration = Duration::from_millis(200);
/// How long `refuse-connections` keeps the listener closed by itself.
const AWAY: Duration = Duration::from_millis(300);
/// Between two crumbs of a trickle.
const CRUMB_PAUSE: Duration = Duration::from_millis(1);
/// The most crumbs of a trickle.
const CRUMBS: usize = 300;
/// What a server says that is asked the wrong thing on this port.
const BANNER: &[u8] = b"220 mail.example ESMTP ready\r\n";

/// What is done to a connection that was just accepted; `None` where it is then served as any other.
pub(crate) fn on_arrival(kind: Connection) -> Option<Program> {
    match kind {
        Connection::Refuse | Connection::Reset => Some(vec![Deed::Reset]),
        Connection::Fin => Some(vec![Deed::Fin]),
        Connection::SpeaksFirst => Some(vec![Deed::Write(Bytes::from_static(BANNER)), Deed::Fin]),
        Connection::Slow => None,
    }
}

/// How long nothing is read of a connection, or nothing accepted after it.
pub(crate) fn arrival_pause(kind: Connection, how: How) -> Option<Duration> {
    match kind {
        Connection::Slow => Some(how.pause.unwrap_or(SLOW)),
        Connection::Refuse => Some(how.pause.unwrap_or(AWAY)),
        Connection::Reset | Connection::Fin | Connection::SpeaksFirst => None,
    }
}

/// What is done to a request whose body is not read; `None` for the kinds that wait for it.
pub(super) fn unread(kind: Request) -> Option<Plan> {
    let early = || {
        let body = json!({"code": 4002, "message": "file too large", "data": null});
        Whole::json(413, &body)
    };
    let said = |whole: &Whole| Deed::Write([&whole.full_head()[..], &whole.body].concat().into());
    Some(match kind {
        Request::ResetBeforeBody => Plan::unheard(vec![Deed::Reset]),
        Request::HalfClose => Plan::unheard(vec![Deed::HalfClose, Deed::Drain]),
        Request::NeverReads => Plan::unheard(vec![Deed::Hold]),
        Request::EarlyAnswer => Plan::heard(vec![said(&early()), Deed::Fin], &early()),
        Request::EarlyAnswerReset => Plan::heard(vec![said(&early()), Deed::Reset], &early()),
        Request::CutRequest
        | Request::ResetAfter
        | Request::LoseReply
        | Request::StallBeforeHead
        | Request::Late
        | Request::ResetMidHead
        | Request::FinMidHead
        | Request::StallMidHead
        | Request::ResetMidBody
        | Request::FinMidBody
        | Request::StallMidBody
        | Request::Trickle
        | Request::AnswerTwice => return None,
    })
}

/// What is done instead of, or to, the answer; `None` where there is no place in it for the fault.
pub(super) fn plan(kind: Request, how: How, whole: &Whole) -> Option<Plan> {
    let silence = how.pause.map_or(Deed::Hold, Deed::Sleep);
    match kind {
        Request::ResetAfter => Some(Plan::unheard(vec![Deed::Reset])),
        Request::LoseReply => Some(Plan::unheard(vec![Deed::Fin])),
        Request::StallBeforeHead => Some(Plan::unheard(vec![silence, Deed::Fin])),
        Request::ResetMidHead => head_until(whole, how.mark, vec![Deed::Reset]),
        Request::FinMidHead => head_until(whole, how.mark, vec![Deed::Fin]),
        Request::StallMidHead => stall_in_head(whole, how.mark, silence),
        Request::ResetMidBody => body_until(whole, how.mark, vec![Deed::Reset]),
        Request::FinMidBody => body_until(whole, how.mark, vec![Deed::Fin]),
        Request::StallMidBody => stall_in_body(whole, how.mark, silence),
        Request::Trickle => {
            let all = all_of(whole);
            let size = all.len().div_ceil(CRUMBS);
            let crumbs = Deed::Trickle(all, size, how.pause.unwrap_or(CRUMB_PAUSE));
            Some(Plan::heard(vec![crumbs, Deed::Fin], whole))
        }
        Request::AnswerTwice => Some(twice(whole)),
        Request::Late
        | Request::CutRequest
        | Request::ResetBeforeBody
        | Request::HalfClose
        | Request::NeverReads
        | Request::EarlyAnswer
        | Request::EarlyAnswerReset => None,
    }
}

fn all_of(whole: &Whole) -> Bytes {
    [&whole.full_head()[..], &whole.full_body()].concat().into()
}

/// The second answer comes on a connection that was promised to stay.
fn twice(whole: &Whole) -> Plan {
    let mut first = String::from_utf8_lossy(&whole.full_head()).replace("connection: close\r\n", "").into_bytes();
    first.extend_from_slice(&whole.full_body());
    let second = Whole::json(200, &json!({"code": 0, "message": "success", "data": {"unasked": true}}));
    let deeds = vec![Deed::Write(first.into()), Deed::Write(all_of(&second)), Deed::Fin];
    Plan::heard(deeds, whole)
}

fn head_mark(head: &[u8], mark: Option<Mark>) -> Option<usize> {
    let at = match mark {
        Some(Mark::Byte(at)) => usize::try_from(at).ok()?,
        Some(Mark::Event(_)) | None => head.len() / 2,
    };
    (at < head.len()).then_some(at)
}

fn head_until(whole: &Whole, mark: Option<Mark>, end: Program) -> Option<Plan> {
    let mut head = whole.full_head();
    head.truncate(head_mark(&head, mark)?);
    Some(Plan::unheard([vec![Deed::Write(head.into())], end].concat()))
}

fn stall_in_head(whole: &Whole, mark: Option<Mark>, silence: Deed) -> Option<Plan> {
    let (mut start, at) = (all_of(whole), head_mark(&whole.full_head(), mark)?);
    let rest = start.split_off(at);
    Some(Plan::unheard(vec![Deed::Write(start), silence, Deed::Write(rest), Deed::Fin]))
}

/// The byte of the body at which to strike: in its middle unless told otherwise, and never at the end of what has a length.
fn body_mark(whole: &Whole, mark: Option<Mark>) -> Option<usize> {
    let until = |count: usize, found: &[Bytes]| -> Option<usize> {
        (count <= found.len()).then(|| found[..count].iter().map(Bytes::len).sum())
    };
    let at = match mark {
        Some(Mark::Byte(at)) => usize::try_from(at).ok()?,
        Some(Mark::Event(count)) => until(usize::try_from(count).ok()?, &events(&whole.body))?,
        None if whole.is_stream() => {
            let found = events(&whole.body);
            until(found.len() / 2, &found)?
        }
        None => whole.body.len() / 2,
    };
    (at < whole.body.len() || whole.is_stream() && at == whole.body.len()).then_some(at)
}

fn body_until(whole: &Whole, mark: Option<Mark>, end: Program) -> Option<Plan> {
    let at = body_mark(whole, mark)?;
    let start = [&whole.full_head()[..], &whole.body_until(at)].concat();
    Some(Plan::cut([vec![Deed::Write(start.into())], end].concat(), whole, at))
}

fn stall_in_body(whole: &Whole, mark: Option<Mark>, silence: Deed) -> Option<Plan> {
    let at = body_mark(whole, mark)?;
    let mut start = all_of(whole);
    let rest = start.split_off(whole.full_head().len() + whole.body_until(at).len());
    let ends = silence != Deed::Hold;
    let program = vec![Deed::Write(start), silence, Deed::Write(rest), Deed::Fin];
    Some(if ends { Plan::heard(program, whole) } else { Plan::cut(program, whole, at) })
}
