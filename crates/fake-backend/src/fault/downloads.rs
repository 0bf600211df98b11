//! Faults of files: parts that are others, versions that changed, bytes that are no video.

use super::kind::Download;
use super::plan::{Plan, Struck};
use super::whole::Whole;
use crate::range::{Want, want};
use bytes::Bytes;
use hyper::header::{ACCEPT_RANGES, CONTENT_RANGE, CONTENT_TYPE, ETAG};
use serde_json::json;

/// Bytes at the start that both versions of a file share, so that the other one is an MP4 too.
const SHARED: usize = 64;
/// Bytes that `file-longer` adds.
const MORE: usize = 1000;
const OTHER_ETAG: &str = "\"another-version\"";

/// `None` where the kind needs a request for a part and this was none, or an answer without a file.
pub(super) fn plan(kind: Download, struck: &Struck, whole: Whole) -> Option<Plan> {
    if let Some(plan) = instead(kind) {
        return Some(plan);
    }
    if !whole.status.is_success() || whole.body.is_empty() {
        return None;
    }
    // What is asked of these answers is always the whole file: the gate takes `Range` away first.
    let Want::Part(first, len) = want(struck.range.as_deref(), whole.body.len() as u64) else {
        return if kind.needs_range() { None } else { of_whole(kind, whole) };
    };
    if kind.needs_range() { of_part(kind, &whole, at(first), at(len)) } else { of_whole(kind, whole) }
}

fn at(byte: u64) -> usize {
    usize::try_from(byte).unwrap_or(usize::MAX)
}

/// What is answered whatever the file is.
fn instead(kind: Download) -> Option<Plan> {
    let page =
        |status: u16, text: &str| Whole::new(status, "application/xml", format!("<Error><Code>{text}</Code></Error>"));
    let whole = match kind {
        Download::Unsatisfiable => Whole::new(416, "video/mp4", Bytes::new()).with("content-range", "bytes */0"),
        Download::Json => Whole::json(200, &json!({"code": 0, "data": {"note": "not a file"}})),
        Download::Page => Whole::new(200, "text/html", "<html><body>Your download will start soon.</body></html>"),
        Download::Empty => Whole::new(200, "video/mp4", Bytes::new()),
        Download::Expired => page(403, "RequestExpired"),
        Download::Gone => page(404, "NoSuchKey"),
        Download::CdnTrouble => page(503, "SlowDown"),
        Download::WrongOffset
        | Download::WrongTotal
        | Download::WrongLength
        | Download::NoContentRange
        | Download::Multipart
        | Download::Ignored
        | Download::OtherVersion
        | Download::OtherVersionPart
        | Download::SameEtag
        | Download::NoEtag
        | Download::NotMp4
        | Download::Half
        | Download::Shorter
        | Download::Longer
        | Download::HostileName => return None,
    };
    Some(whole.into())
}

fn of_whole(kind: Download, whole: Whole) -> Option<Plan> {
    let body = whole.body.clone();
    Some(match kind {
        Download::OtherVersion => whole.with(ETAG.as_str(), OTHER_ETAG).body(other_version(&body)).into(),
        Download::NoEtag => whole.without(&ETAG).without(&ACCEPT_RANGES).into(),
        Download::NotMp4 => whole.body(body.iter().map(|byte| byte ^ 0x55).collect::<Vec<u8>>()).into(),
        Download::Half => whole.body(body.slice(..body.len() / 2)).into(),
        Download::Shorter => whole.with(ETAG.as_str(), OTHER_ETAG).body(shorter_version(&body)).into(),
        Download::Longer => whole.body([&body[..], &[0x2e; MORE]].concat()).into(),
        Download::HostileName => {
            whole.with("content-disposition", "attachment; filename=\"../../.ssh/authorized_keys\"").into()
        }
        Download::WrongOffset
        | Download::WrongTotal
        | Download::WrongLength
        | Download::NoContentRange
        | Download::Multipart
        | Download::Ignored
        | Download::Unsatisfiable
        | Download::OtherVersionPart
        | Download::SameEtag
        | Download::Json
        | Download::Page
        | Download::Empty
        | Download::Expired
        | Download::Gone
        | Download::CdnTrouble => return None,
    })
}

fn of_part(kind: Download, whole: &Whole, first: usize, len: usize) -> Option<Plan> {
    let total = whole.body.len();
    let part = |first: usize, body: Bytes, total: usize| {
        let range = format!("bytes {first}-{}/{total}", first + body.len().max(1) - 1);
        let mut answer = whole.clone().with(CONTENT_RANGE.as_str(), &range).body(body);
        answer.status = hyper::StatusCode::PARTIAL_CONTENT;
        answer
    };
    let asked = whole.body.slice(first..first + len);
    let other = Bytes::from(other_version(&whole.body));
    Some(match kind {
        Download::WrongOffset => {
            let next = (first + 1).min(total - 1);
            part(next, whole.body.slice(next..first + len), total).into()
        }
        Download::WrongTotal => part(first, asked, total * 2).into(),
        Download::WrongLength => {
            let told = part(first, asked.clone(), total);
            told.body(asked.slice(..len / 2)).into()
        }
        Download::NoContentRange => part(first, asked, total).without(&CONTENT_RANGE).into(),
        Download::Multipart => {
            let range = format!("bytes {first}-{}/{total}", first + len - 1);
            let head = format!("--p4rt\r\ncontent-type: video/mp4\r\ncontent-range: {range}\r\n\r\n");
            let body = [head.as_bytes(), &asked, b"\r\n--p4rt--\r\n"].concat();
            let told = part(first, asked, total).without(&CONTENT_RANGE).body(body);
            told.with(CONTENT_TYPE.as_str(), "multipart/byteranges; boundary=p4rt").into()
        }
        Download::Ignored => whole.clone().into(),
        Download::OtherVersionPart => {
            part(first, other.slice(first..first + len), total).with(ETAG.as_str(), OTHER_ETAG).into()
        }
        Download::SameEtag => part(first, other.slice(first..first + len), total).into(),
        Download::Unsatisfiable
        | Download::OtherVersion
        | Download::NoEtag
        | Download::Json
        | Download::Page
        | Download::Empty
        | Download::NotMp4
        | Download::Half
        | Download::Shorter
        | Download::Longer
        | Download::Expired
        | Download::Gone
        | Download::CdnTrouble
        | Download::HostileName => return None,
    })
}

/// The same length and the same start, and every byte after it another.
pub(super) fn other_version(body: &[u8]) -> Vec<u8> {
    let shared = SHARED.min(body.len());
    [&body[..shared], &body[shared..].iter().map(|byte| !byte).collect::<Vec<u8>>()].concat()
}

/// An MP4 of about half the length: its last box ends early, and says so.
fn shorter_version(body: &[u8]) -> Vec<u8> {
    let mut last = 0;
    while let Some(size) = body.get(last..last + 4) {
        let next = last + at(u64::from(u32::from_be_bytes([size[0], size[1], size[2], size[3]])));
        if next <= last || next >= body.len() {
            break;
        }
        last = next;
    }
    let end = (body.len() / 2).max(last + 8).min(body.len());
    let mut shorter = body[..end].to_vec();
    if let (Some(size), Ok(length)) = (shorter.get_mut(last..last + 4), u32::try_from(end - last)) {
        size.copy_from_slice(&length.to_be_bytes());
    }
    shorter
}
