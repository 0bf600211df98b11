//! Bodies that are not what they are taken for, and ways to somewhere else.

use super::gzip;
use super::kind::{Body, Redirect};
use super::plan::{Plan, Struck};
use super::raw::Deed;
use super::whole::Whole;
use bytes::Bytes;
use hyper::header::LOCATION;
use serde_json::{Value, json};

/// Brackets in brackets.
pub(super) const DEPTH: usize = 100_000;
/// Blanks of the giant body: a gigabyte, in pieces.
const GIANT_PIECE: usize = 16 * 1024;
const GIANT_PIECES: u64 = 64 * 1024;
/// Red, a bell, a direction mark, a deletion, a title for the terminal.
pub(super) const CONTROLS: &str =
    "\u{1b}[31mred\u{1b}[0m\u{7}\u{202e}gnp.exe\u{2066}\u{8}\u{7f}\u{9b}2J\u{1b}]0;owned\u{7}\r\n";
const PAGE: &str =
    "<!doctype html><html><head><title>Welcome</title></head><body>Please sign in to this network.</body></html>\n";

pub(super) fn plan(kind: Body, whole: Whole) -> Option<Plan> {
    let new = |content_type: &str, body: Bytes| Some(Plan::from(Whole::new(200, content_type, body)));
    let json = "application/json";
    match kind {
        Body::Page => new("text/html; charset=utf-8", PAGE.into()),
        Body::Empty => new(json, Bytes::new()),
        Body::NoContent => Some(Whole::new(204, json, Bytes::new()).into()),
        Body::Giant => Some(giant()),
        Body::Deep => new(json, nested(DEPTH).into()),
        Body::Null => new(json, "null".into()),
        Body::List => new(json, "[]".into()),
        Body::GzipBomb => Some(Whole::new(200, json, gzip::bomb()).with("content-encoding", "gzip").into()),
        Body::Gzip => {
            let packed = gzip::stored(&whole.body);
            Some(whole.with("content-encoding", "gzip").body(packed).into())
        }
        Body::GzipLie => Some(whole.with("content-encoding", "gzip").into()),
        Body::Cookie => Some(whole.with("set-cookie", "nemo_track=1; Path=/; HttpOnly").into()),
        Body::PlainType => Some(whole.with("content-type", "text/plain; charset=utf-8").into()),
        Body::Truncated
        | Body::HugeNumbers
        | Body::Bom
        | Body::Utf16
        | Body::BadUtf8
        | Body::DuplicateKeys
        | Body::WrongTypes
        | Body::Doubled
        | Body::Controls => {
            let object = whole.object()?;
            let body = damaged(kind, &object, &whole.body);
            Some(whole.body(body).into())
        }
    }
}

/// A JSON object, harmed. The other kinds leave it as it is.
fn damaged(kind: Body, object: &Value, text: &[u8]) -> Vec<u8> {
    match kind {
        Body::Truncated => text[..text.len() / 2].to_vec(),
        Body::Bom => [b"\xef\xbb\xbf", text].concat(),
        Body::Utf16 => {
            let units = String::from_utf8_lossy(text).encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
            [&b"\xff\xfe"[..], &units].concat()
        }
        Body::BadUtf8 => [b"{\"note\":\"\xc3\x28\xff\",", &text[1..]].concat(),
        Body::DuplicateKeys => written(object, true, None).into_bytes(),
        Body::HugeNumbers => written(object, false, Some("-1e999999999")).into_bytes(),
        Body::WrongTypes => each(object, &wrong).to_string().into_bytes(),
        Body::Doubled => [text, b"\n", text].concat(),
        Body::Controls => each(object, &coloured).to_string().into_bytes(),
        Body::Page
        | Body::Empty
        | Body::NoContent
        | Body::Giant
        | Body::Deep
        | Body::Null
        | Body::List
        | Body::GzipBomb
        | Body::Gzip
        | Body::GzipLie
        | Body::Cookie
        | Body::PlainType => text.to_vec(),
    }
}

fn giant() -> Plan {
    let whole = Whole::new(200, "application/json", Bytes::new());
    let length = format!("content-length: {}\r\n\r\n", GIANT_PIECE as u64 * GIANT_PIECES);
    let head = [&whole.head()[..], length.as_bytes()].concat();
    let blanks = Bytes::from(vec![b' '; GIANT_PIECE]);
    Plan::heard(vec![Deed::Write(head.into()), Deed::Repeat(blanks, GIANT_PIECES), Deed::Fin], &whole)
}

/// An object in lists in lists.
pub(super) fn nested(depth: usize) -> String {
    format!("{{\"data\":{}{}}}", "[".repeat(depth), "]".repeat(depth))
}

/// JSON as no JSON writer would have it: each key twice, or another word for each number.
fn written(value: &Value, twice: bool, number: Option<&str>) -> String {
    let inner = |value| written(value, twice, number);
    match value {
        Value::Object(map) => {
            let entries = map.iter().map(|(key, value)| {
                let key = Value::from(key.as_str());
                let first = if twice { format!("{key}:null,") } else { String::new() };
                format!("{first}{key}:{}", inner(value))
            });
            format!("{{{}}}", entries.collect::<Vec<_>>().join(","))
        }
        Value::Array(list) => format!("[{}]", list.iter().map(inner).collect::<Vec<_>>().join(",")),
        Value::Number(_) => number.map_or_else(|| value.to_string(), str::to_owned),
        Value::Null | Value::Bool(_) | Value::String(_) => value.to_string(),
    }
}

/// The same with every value in it that is no object put through `change`.
fn each(value: &Value, change: &impl Fn(&Value) -> Value) -> Value {
    match value {
        Value::Object(map) => map.iter().map(|(key, value)| (key.clone(), each(value, change))).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => change(value),
    }
}

fn wrong(value: &Value) -> Value {
    match value {
        Value::Number(_) | Value::Bool(_) => json!([value]),
        Value::String(_) => json!({"value": value}),
        Value::Array(list) => json!(list.len().to_string()),
        Value::Null | Value::Object(_) => value.clone(),
    }
}

fn coloured(value: &Value) -> Value {
    match value {
        Value::String(text) => json!(format!("{text}{CONTROLS}")),
        Value::Array(list) => list.iter().map(|value| each(value, &coloured)).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => value.clone(),
    }
}

/// Somewhere else, by every way of saying so.
pub(super) fn redirect(kind: Redirect, struck: &Struck) -> Plan {
    let here = format!("{}{}", struck.origin, struck.target);
    let (status, to) = match kind {
        Redirect::Once => {
            let mark = if struck.target.contains('?') { '&' } else { '?' };
            (302, format!("{here}{mark}again=1"))
        }
        Redirect::Loop => (302, here),
        Redirect::Elsewhere => (307, format!("{}{}", struck.elsewhere, struck.target)),
        Redirect::Downgrade => (302, format!("http://example.com{}", struck.target)),
        Redirect::Private => (302, "http://169.254.169.254/latest/meta-data/".to_owned()),
        Redirect::File => (302, "file:///etc/passwd".to_owned()),
        Redirect::Userinfo => (302, here.replacen("://", "://user:secret@", 1)),
        Redirect::Nowhere => return Whole::new(302, "text/plain", Bytes::new()).into(),
        Redirect::SeeOther => (303, here),
        Redirect::Permanent => (308, here),
    };
    Whole::new(status, "text/plain", Bytes::new()).with(LOCATION.as_str(), &to).into()
}
