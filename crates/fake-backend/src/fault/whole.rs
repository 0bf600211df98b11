//! A real answer, held whole so that it can be taken apart.

use axum::body::{Body, to_bytes};
use axum::response::Response;
use bytes::{Bytes, BytesMut};
use futures_util::stream;
use hyper::StatusCode;
use hyper::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, TRANSFER_ENCODING};
use serde_json::Value;
use std::convert::Infallible;
use std::io;

/// Bytes of an answer that are held: a longer one can't be twisted.
const MOST_HELD: usize = 256 * 1024 * 1024;

/// Status, headers without those of its length, and body.
#[derive(Debug, Clone)]
pub(crate) struct Whole {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Whole {
    pub(crate) fn new(status: u16, content_type: &str, body: impl Into<Bytes>) -> Self {
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let whole = Self { status, headers: HeaderMap::new(), body: body.into() };
        whole.with(CONTENT_TYPE.as_str(), content_type)
    }

    pub(crate) fn json(status: u16, body: &Value) -> Self {
        Self::new(status, "application/json", body.to_string())
    }

    pub(crate) async fn of(response: Response) -> io::Result<Self> {
        let (mut parts, body) = response.into_parts();
        parts.headers.remove(CONTENT_LENGTH);
        let body = to_bytes(body, MOST_HELD).await.map_err(io::Error::other)?;
        Ok(Self { status: parts.status, headers: parts.headers, body })
    }

    /// With one header set; one that HTTP forbids is left out.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), value.parse::<HeaderValue>()) {
            self.headers.insert(name, value);
        }
        self
    }

    pub(crate) fn without(mut self, name: &HeaderName) -> Self {
        self.headers.remove(name);
        self
    }

    pub(crate) fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self
    }

    /// Its body as JSON, if it is an object.
    pub(crate) fn object(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok().filter(Value::is_object)
    }

    pub(crate) fn is_stream(&self) -> bool {
        let kind = self.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        kind.starts_with("text/event-stream")
    }

    /// The pieces a server would flush: the events of a stream, or all at once.
    pub(crate) fn pieces(&self) -> Vec<Bytes> {
        if self.is_stream() { events(&self.body) } else { vec![self.body.clone()] }
    }

    pub(crate) fn response(self) -> Response {
        let body = if self.is_stream() {
            let events: Vec<Result<Bytes, Infallible>> = self.pieces().into_iter().map(Ok).collect();
            Body::from_stream(stream::iter(events))
        } else {
            Body::from(self.body)
        };
        let mut response = Response::new(body);
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers;
        response
    }

    /// Status line and headers, without a length and without the blank line.
    pub(crate) fn head(&self) -> Vec<u8> {
        let mut head = format!("HTTP/1.1 {}\r\n", self.status).into_bytes();
        for (name, value) in self.headers.iter().filter(|(name, _)| **name != TRANSFER_ENCODING) {
            head.extend_from_slice(name.as_str().as_bytes());
            head.extend_from_slice(b": ");
            head.extend_from_slice(value.as_bytes());
            head.extend_from_slice(b"\r\n");
        }
        head
    }

    /// The whole head, as the answer by itself would have it.
    pub(crate) fn full_head(&self) -> Vec<u8> {
        let length = if self.is_stream() {
            "transfer-encoding: chunked".to_owned()
        } else {
            format!("content-length: {}", self.body.len())
        };
        [self.head().as_slice(), length.as_bytes(), b"\r\nconnection: close\r\n\r\n"].concat()
    }

    /// The body on the wire, whole.
    pub(crate) fn full_body(&self) -> Bytes {
        if self.is_stream() { [&chunks(&self.pieces())[..], b"0\r\n\r\n"].concat().into() } else { self.body.clone() }
    }

    /// The body on the wire up to a byte of its content; where that lies in a chunk, the chunk breaks off.
    pub(crate) fn body_until(&self, at: usize) -> Bytes {
        if !self.is_stream() {
            return self.body.slice(..at.min(self.body.len()));
        }
        let (mut wire, mut left) = (BytesMut::new(), at);
        for piece in self.pieces() {
            if left == 0 {
                break;
            }
            let whole = chunk(&piece);
            let head = whole.len() - piece.len() - 2;
            wire.extend_from_slice(if left >= piece.len() { &whole } else { &whole[..head + left] });
            left = left.saturating_sub(piece.len());
        }
        wire.freeze()
    }
}

/// A chunk of HTTP: its size, its bytes.
pub(crate) fn chunk(piece: &[u8]) -> Vec<u8> {
    [format!("{:x}\r\n", piece.len()).as_bytes(), piece, b"\r\n"].concat()
}

pub(crate) fn chunks(pieces: &[Bytes]) -> Vec<u8> {
    pieces.iter().filter(|piece| !piece.is_empty()).flat_map(|piece| chunk(piece)).collect()
}

/// The blocks of a stream, each with its blank line; what follows the last one is one more.
pub(crate) fn events(stream: &Bytes) -> Vec<Bytes> {
    let (mut events, mut from, mut line_start, mut at) = (Vec::new(), 0, true, 0);
    while at < stream.len() {
        let ends = matches!(stream[at], b'\n' | b'\r');
        let two = stream[at] == b'\r' && stream.get(at + 1) == Some(&b'\n');
        at += if two { 2 } else { 1 };
        if ends && line_start {
            events.push(stream.slice(from..at));
            from = at;
        }
        line_start = ends;
    }
    if from < stream.len() {
        events.push(stream.slice(from..));
    }
    events
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_what_stands_between_blank_lines() {
        let stream = Bytes::from_static(b"data: a\n\n: c\r\n\r\ndata: b\rdata: c\r\rrest");
        let found = events(&stream);
        assert_eq!(found, [&b"data: a\n\n"[..], b": c\r\n\r\n", b"data: b\rdata: c\r\r", b"rest"]);
    }

    #[test]
    fn a_stream_is_cut_within_a_chunk() {
        let whole = Whole::new(200, "text/event-stream", "data: a\n\ndata: b\n\n");
        assert_eq!(&whole.body_until(9)[..], b"9\r\ndata: a\n\n\r\n");
        assert_eq!(&whole.body_until(11)[..], b"9\r\ndata: a\n\n\r\n9\r\nda");
        assert_eq!(&whole.body_until(0)[..], b"");
    }
}
