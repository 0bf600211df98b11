//! What came and what was answered, bounded, and without a token in it.

use crate::route::{Origin, Route};
use hyper::HeaderMap;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Bytes kept of a request's or an answer's body.
pub const KEPT_BODY: usize = 64 * 1024;
/// Exchanges kept; older ones go first.
pub const KEPT_EXCHANGES: usize = 4096;

/// One request and its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange {
    /// Counts from 0 over the server's life.
    pub sequence: u64,
    /// Where it came to.
    pub origin: Origin,
    /// What it asked for.
    pub route: Route,
    /// As sent.
    pub method: String,
    /// Path and query as sent; a token in it is replaced.
    pub target: String,
    /// In the order of the wire, names in lower case. The value of `authorization` is a word about it, never the token.
    pub headers: Vec<(String, String)>,
    /// Whether the request showed a token this server knows.
    pub bearer: Bearer,
    /// The first [`KEPT_BODY`] bytes of the request's body.
    pub body: Vec<u8>,
    /// Bytes of the request's body that arrived.
    pub body_len: u64,
    /// `None` while it is worked on, or when the connection was cut before an answer.
    pub status: Option<u16>,
    /// The first [`KEPT_BODY`] bytes of the answer's body. Empty where the answer is a token.
    pub answer: Vec<u8>,
    /// Bytes of the answer's body handed to the connection.
    pub answer_len: u64,
    /// Credits this exchange cost.
    pub charged: u64,
    /// A rule whose breach must never pass unseen, such as a token sent to the CDN.
    pub violation: Option<String>,
}

/// What stood in `Authorization`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bearer {
    /// No such header.
    Absent,
    /// A token this server handed out, of the space with this number.
    Space(usize),
    /// Anything else.
    Unknown,
}

impl Exchange {
    /// The value of a header, by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The kept part of the request's body as text.
    pub fn body_text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The kept part of the answer's body as text.
    pub fn answer_text(&self) -> String {
        String::from_utf8_lossy(&self.answer).into_owned()
    }
}

/// An exchange being written.
pub(crate) type Record = Arc<Mutex<Exchange>>;

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Appends to a kept body up to its bound.
pub(crate) fn keep(kept: &mut Vec<u8>, bytes: &[u8]) {
    let room = KEPT_BODY.saturating_sub(kept.len()).min(bytes.len());
    kept.extend_from_slice(&bytes[..room]);
}

#[derive(Debug, Default)]
pub(crate) struct Journal(Mutex<Pages>);

#[derive(Debug, Default)]
struct Pages {
    next: u64,
    records: VecDeque<Record>,
}

impl Journal {
    pub(crate) fn open(&self, mut exchange: Exchange) -> Record {
        let mut pages = lock(&self.0);
        exchange.sequence = pages.next;
        pages.next += 1;
        if pages.records.len() == KEPT_EXCHANGES {
            pages.records.pop_front();
        }
        let record = Arc::new(Mutex::new(exchange));
        pages.records.push_back(Arc::clone(&record));
        record
    }

    pub(crate) fn snapshot(&self) -> Vec<Exchange> {
        lock(&self.0).records.iter().map(|record| lock(record).clone()).collect()
    }
}

/// The request's headers with the credential replaced.
pub(crate) fn headers(map: &HeaderMap, bearer: Bearer) -> Vec<(String, String)> {
    let word = match bearer {
        Bearer::Space(number) => format!("Bearer <token of space {number}>"),
        Bearer::Absent | Bearer::Unknown => "<unknown credential>".to_owned(),
    };
    map.iter()
        .map(|(name, value)| {
            let secret = name == hyper::header::AUTHORIZATION;
            let value = if secret { word.clone() } else { String::from_utf8_lossy(value.as_bytes()).into_owned() };
            (name.as_str().to_owned(), value)
        })
        .collect()
}
