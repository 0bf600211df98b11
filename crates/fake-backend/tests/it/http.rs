//! HTTP/1.1 over a socket and nothing between: what these tests compare is bytes.

use serde_json::Value;
use std::io::{Read, Write};
use std::net::TcpStream;

/// An answer, with whatever of its body arrived.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
    /// Whether the body came to its announced end.
    pub(crate) whole: bool,
}

impl Answer {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    pub(crate) fn data(&self) -> Value {
        assert_eq!(self.status, 200, "{}", self.text());
        self.json()["data"].clone()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// The code and the words of an error in the default envelope.
    pub(crate) fn error(&self) -> (u16, u64, String) {
        let body = self.json();
        let message = body["message"].as_str().unwrap_or_default().to_owned();
        (self.status, body["code"].as_u64().unwrap_or(u64::MAX), message)
    }
}

/// A request being put together.
#[derive(Debug, Clone)]
pub(crate) struct Ask {
    origin: String,
    line: String,
    headers: Vec<String>,
    body: Vec<u8>,
}

pub(crate) fn ask(origin: &str, method: &str, path: &str) -> Ask {
    let origin = origin.trim_start_matches("http://").to_owned();
    let headers = vec![format!("Host: {origin}"), "Connection: close".to_owned()];
    Ask { origin, line: format!("{method} {path} HTTP/1.1"), headers, body: Vec::new() }
}

impl Ask {
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|header| !header.to_lowercase().starts_with(&format!("{}:", name.to_lowercase())));
        self.headers.push(format!("{name}: {value}"));
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.headers.retain(|header| !header.to_lowercase().starts_with(&format!("{}:", name.to_lowercase())));
        self
    }

    pub(crate) fn token(self, token: &str) -> Self {
        self.header("Authorization", &format!("Bearer {token}"))
    }

    pub(crate) fn body(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.body = bytes.into();
        self
    }

    pub(crate) fn json(self, value: &Value) -> Self {
        self.header("Content-Type", "application/json").body(value.to_string())
    }

    /// Parts as `(name, filename, content)`.
    pub(crate) fn multipart(self, parts: &[(&str, &str, &[u8])]) -> Self {
        let mut body = Vec::new();
        for (name, filename, content) in parts {
            body.extend_from_slice(
                format!(
                    "--b0undary\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{filename}\"\r\n\r\n"
                )
                .as_bytes(),
            );
            body.extend_from_slice(content);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(b"--b0undary--\r\n");
        self.header("Content-Type", "multipart/form-data; boundary=b0undary").body(body)
    }

    /// Host and port it goes to.
    pub(crate) fn origin(&self) -> &str {
        &self.origin
    }

    /// What goes out.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut head = format!("{}\r\n{}\r\n", self.line, self.headers.join("\r\n"));
        if !self.body.is_empty() {
            head.push_str(&format!("Content-Length: {}\r\n", self.body.len()));
        }
        head.push_str("\r\n");
        [head.as_bytes(), &self.body].concat()
    }

    /// The bytes that came back until the connection closed.
    pub(crate) fn raw(&self) -> Vec<u8> {
        let mut stream = TcpStream::connect(&self.origin).expect("the server listens");
        let mut back = Vec::new();
        // A server may close before it has read all; what came until then still counts.
        let _ = stream.write_all(&self.bytes());
        let _ = stream.read_to_end(&mut back);
        back
    }

    /// The answer; `None` if the connection closed before its head was whole.
    pub(crate) fn try_send(&self) -> Option<Answer> {
        let raw = self.raw();
        let end = raw.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
        let head = String::from_utf8_lossy(&raw[..end]).into_owned();
        let status = head.split(' ').nth(1)?.parse().ok()?;
        let mut answer = Answer { status, head, body: Vec::new(), whole: false };
        (answer.body, answer.whole) = match answer.header("transfer-encoding") {
            Some(_) => dechunk(&raw[end..]),
            None => {
                let wanted = answer.header("content-length").and_then(|len| len.parse().ok()).unwrap_or(0);
                (raw[end..].to_vec(), raw.len() - end == wanted)
            }
        };
        Some(answer)
    }

    pub(crate) fn send(&self) -> Answer {
        let answer = self.try_send().expect("an answer");
        assert!(answer.whole || self.line.starts_with("HEAD"), "cut short: {answer:?}");
        answer
    }
}

fn dechunk(mut raw: &[u8]) -> (Vec<u8>, bool) {
    let mut body = Vec::new();
    while let Some(line) = raw.windows(2).position(|window| window == b"\r\n") {
        let len = usize::from_str_radix(&String::from_utf8_lossy(&raw[..line]), 16).expect("a chunk size");
        if len == 0 {
            return (body, true);
        }
        let there = len.min(raw.len() - line - 2);
        body.extend_from_slice(&raw[line + 2..line + 2 + there]);
        if there < len || raw.len() < line + 4 + len {
            return (body, false);
        }
        raw = &raw[line + 4 + len..];
    }
    (body, false)
}
