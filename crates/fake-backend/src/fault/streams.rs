//! Faults of the chat's stream. What they put in is in the flat dialect, or in both where the dialects differ.

use super::bodies::{CONTROLS, DEPTH, nested};
use super::kind::Stream;
use super::plan::Plan;
use super::whole::{Whole, events};
use super::{How, Mark};
use crate::clock::Time;
use crate::reply::Heartbeat;
use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use futures_util::stream;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use serde_json::{Value, json};
use std::convert::Infallible;
use std::time::Duration;

/// Between two heartbeats where there is nothing else.
const BEAT: Duration = Duration::from_millis(50);
/// The four that are nothing else.
const BEATS: [(Stream, Heartbeat); 4] = [
    (Stream::BeatsJson, Heartbeat::Json),
    (Stream::BeatsEmpty, Heartbeat::Empty),
    (Stream::BeatsComment, Heartbeat::Comment),
    (Stream::BeatsEvent, Heartbeat::Event),
];
/// Comments of a flood.
const COMMENTS: usize = 200_000;
/// Bytes of a piece of the giant event, and how many of them there are.
const PIECE: usize = 64 * 1024;
const PIECES: usize = 1024;

/// Nothing but signs of life; `None` for the kinds that change the real stream.
pub(super) fn beats(kind: Stream, how: How, clock: &Time) -> Option<Plan> {
    let (_, form) = BEATS.into_iter().find(|(beats, _)| *beats == kind)?;
    let (clock, pause) = (clock.clone(), how.pause.unwrap_or(BEAT));
    let beats = stream::unfold((clock, false), move |(clock, slept)| async move {
        if slept {
            clock.sleep(pause).await;
        }
        Some((Ok::<_, Infallible>(form.bytes()), (clock, true)))
    });
    Some(stream_of(Body::from_stream(beats)).into())
}

fn stream_of(body: Body) -> Response {
    let mut response = Response::new(body);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream; charset=utf-8"));
    response
}

/// The real stream, changed; `None` where there is nothing in it to change.
pub(super) fn plan(kind: Stream, how: How, whole: &Whole) -> Option<Plan> {
    if !whole.is_stream() {
        return None;
    }
    let real = events(&whole.body);
    let texts = real.iter().filter(|event| is_text(event)).count();
    let changed = match kind {
        Stream::Crlf => line_ends(&real, "\r\n"),
        Stream::Cr => line_ends(&real, "\r"),
        Stream::Bom => [vec![Bytes::from_static(b"\xef\xbb\xbf")], real].concat(),
        Stream::Unfinished => unfinished(real)?,
        Stream::TextTwice if texts > 0 => twice(real),
        Stream::TextTwice => return None,
        Stream::NotAStream => {
            return Some(Whole::json(200, &json!({"code": 500, "message": "no stream today"})).into());
        }
        Stream::ErrorOnly => vec![failed()],
        Stream::LateNoise | Stream::TrailingIssue | Stream::TextControls | Stream::TwoStages => {
            [real, put_in(kind)].concat()
        }
        Stream::SilentNothing
        | Stream::SilentNoContent
        | Stream::SilentRoleOnly
        | Stream::SilentEmptyParts
        | Stream::SilentEmptyText
        | Stream::SilentCodeStop
        | Stream::SilentCodeNoContent => {
            let mut silent: Vec<Bytes> = real.into_iter().filter(|event| !is_text(event)).collect();
            silent.extend(put_in(kind));
            silent
        }
        Stream::UnknownEvents
        | Stream::CommentFlood
        | Stream::GiantEvent
        | Stream::GiantLine
        | Stream::BadJson
        | Stream::DeepJson
        | Stream::BadUtf8
        | Stream::Lines
        | Stream::ErrorAfterText
        | Stream::Question => inserted(real, how.mark, put_in(kind))?,
        Stream::Pieces | Stream::BeatsJson | Stream::BeatsEmpty | Stream::BeatsComment | Stream::BeatsEvent => {
            return None;
        }
    };
    let body = Body::from_stream(stream::iter(changed.into_iter().map(Ok::<_, Infallible>)));
    Some(stream_of(body).into())
}

/// After event k, or at the end.
fn inserted(mut real: Vec<Bytes>, mark: Option<Mark>, new: Vec<Bytes>) -> Option<Vec<Bytes>> {
    let at = match mark {
        Some(Mark::Event(at)) => usize::try_from(at).ok()?,
        Some(Mark::Byte(_)) | None => real.len(),
    };
    if at > real.len() {
        return None;
    }
    let rest = real.split_off(at);
    Some([real, new, rest].concat())
}

/// What a kind adds, events and pieces of one.
fn put_in(kind: Stream) -> Vec<Bytes> {
    [said(kind), unreadable(kind), endless(kind), silent_end(kind)].concat()
}

/// Events that can be read, and some that nobody knows.
fn said(kind: Stream) -> Vec<Bytes> {
    if kind == Stream::LateNoise {
        let half = Bytes::from_static(b"data: {\"type\":\"text\",\"content\":\"half a li");
        vec![event(&json!({"type": "telemetry", "content": {"bytes": 17}})), half]
    } else if kind == Stream::TrailingIssue {
        vec![text("I encountered a temporary issue. Please try again later.")]
    } else if kind == Stream::UnknownEvents {
        vec![
            event(&json!({"type": "sparkles", "content": "nobody knows what this is"})),
            Bytes::from_static(b"event: confetti\ndata: {\"amount\":\"lots\"}\n\n"),
            event(&json!({"type": 7})),
        ]
    } else if kind == Stream::ErrorAfterText {
        vec![failed()]
    } else if kind == Stream::TextControls {
        vec![text(&format!("Done.{CONTROLS}"))]
    } else if kind == Stream::TwoStages {
        two_stages()
    } else if kind == Stream::Question {
        let options = json!([{"id": "a", "label": "Portrait"}, {"id": "b", "label": "Landscape"}]);
        let question = json!({"id": "q1", "prompt": "Which way up?", "options": options, "allow_multiple": false});
        vec![event(&json!({"type": "ask_question", "questions": [question]}))]
    } else {
        vec![]
    }
}

fn two_stages() -> Vec<Bytes> {
    let stages =
        [("edit_multitrack", "The raw video is ready."), ("add_bgm", "Background music and titles have been added.")];
    let events = |(name, words): (&str, &str)| {
        let call = json!({"type": "tool_call", "name": name, "args": {}});
        let result = json!({"type": "tool_result", "name": name, "result": {"status": "success"}});
        [event(&call), event(&result), text(words)]
    };
    stages.into_iter().flat_map(events).collect()
}

/// Events that are hard to read, or not to be read at all.
fn unreadable(kind: Stream) -> Vec<Bytes> {
    let hard: &[u8] = if kind == Stream::BadJson {
        b"data: {\"type\":\"text\",\"content\":\"un\"finished\n\n"
    } else if kind == Stream::BadUtf8 {
        b"data: {\"type\":\"status\",\"content\":\"\xc3\x28\xff\"}\n\n"
    } else if kind == Stream::Lines {
        b"id: 7\nretry: 0\nevent: message\ndata: {\"type\":\"text\",\ndata: \"content\":\"over lines\"}\nfield: unknown\n\n"
    } else if kind == Stream::DeepJson {
        return vec![Bytes::from(format!("data: {}\n\n", nested(DEPTH)))];
    } else {
        return vec![];
    };
    vec![Bytes::copy_from_slice(hard)]
}

/// More than anybody should read.
fn endless(kind: Stream) -> Vec<Bytes> {
    let piece = |byte: u8| vec![Bytes::from(vec![byte; PIECE]); PIECES];
    if kind == Stream::CommentFlood {
        vec![Bytes::from_static(b": nothing\n"); COMMENTS]
    } else if kind == Stream::GiantEvent {
        let start = Bytes::from_static(b"data: {\"type\":\"text\",\"content\":\"");
        [vec![start], piece(b'a'), vec![Bytes::from_static(b"\"}\n\n")]].concat()
    } else if kind == Stream::GiantLine {
        [vec![Bytes::from_static(b"data: ")], piece(b'b')].concat()
    } else {
        vec![]
    }
}

/// The last event of an answer without a word.
fn silent_end(kind: Stream) -> Vec<Bytes> {
    let fields = if kind == Stream::SilentNoContent {
        json!({"author": "nemo_agent"})
    } else if kind == Stream::SilentRoleOnly {
        json!({"content": {"role": "model"}})
    } else if kind == Stream::SilentEmptyParts {
        json!({"content": {"parts": [], "role": "model"}})
    } else if kind == Stream::SilentEmptyText {
        json!({"content": {"parts": [{"text": ""}], "role": "model"}})
    } else if kind == Stream::SilentCodeStop {
        json!({"errorCode": "STOP"})
    } else if kind == Stream::SilentCodeNoContent {
        json!({"errorCode": "MODEL_RETURNED_NO_CONTENT", "errorMessage": "The model returned no content."})
    } else {
        return vec![];
    };
    vec![event(&fields)]
}

fn event(value: &Value) -> Bytes {
    Bytes::from(format!("data: {value}\n\n"))
}

fn text(words: &str) -> Bytes {
    event(&json!({"type": "text", "content": words}))
}

fn failed() -> Bytes {
    event(
        &json!({"type": "error", "code": "INTERNAL", "message": "the agent fell over", "error": "the agent fell over"}),
    )
}

/// Whether a block holds words for the user, in either dialect.
fn is_text(block: &[u8]) -> bool {
    let Some(value) = block.strip_prefix(b"data:").and_then(|json| serde_json::from_slice::<Value>(json).ok()) else {
        return false;
    };
    let flat = matches!(value["type"].as_str(), Some("text" | "chunk"));
    let parts = value["content"]["parts"].as_array().map_or(&[][..], Vec::as_slice);
    flat || parts.iter().any(|part| part["text"].is_string())
}

fn twice(real: Vec<Bytes>) -> Vec<Bytes> {
    real.into_iter().flat_map(|event| if is_text(&event) { vec![event.clone(), event] } else { vec![event] }).collect()
}

fn line_ends(real: &[Bytes], end: &str) -> Vec<Bytes> {
    let changed = |event: &Bytes| Bytes::from(String::from_utf8_lossy(event).replace('\n', end));
    real.iter().map(changed).collect()
}

fn unfinished(mut real: Vec<Bytes>) -> Option<Vec<Bytes>> {
    let last = real.pop()?;
    let end = last.iter().rposition(|byte| !matches!(byte, b'\n' | b'\r'))? + 1;
    real.push(last.slice(..end));
    Some(real)
}
