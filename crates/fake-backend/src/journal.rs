//! What came and what was answered, when, and how it ended; bounded, and without a token in it.

use crate::clock::Time;
use crate::route::{Origin, Route};
use hyper::HeaderMap;
use hyper::header::HeaderValue;
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
    /// The run of the client it belongs to, counted from 0; see [`FakeBackend::begin_run`](crate::FakeBackend::begin_run).
    pub run: u32,
    /// When it came, in milliseconds since the server began, by the server's clock as are all times here.
    pub at_ms: u64,
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
    /// Whether the request's body came to its announced end.
    pub body_whole: bool,
    /// Whether a fault was scripted for it: what its client was told may be no answer at all.
    pub struck: bool,
    /// `None` while it is worked on, or when the connection was cut before an answer.
    pub status: Option<u16>,
    /// When the head of the answer was handed to the connection.
    pub head_ms: Option<u64>,
    /// The answer's headers, names in lower case.
    pub answer_headers: Vec<(String, String)>,
    /// The first [`KEPT_BODY`] bytes of the answer's body. Empty where the answer is a token.
    pub answer: Vec<u8>,
    /// Bytes of the answer's body handed to the connection.
    pub answer_len: u64,
    /// How the answer ended.
    pub ending: Ending,
    /// When it ended.
    pub ended_ms: Option<u64>,
    /// The sequence number of the first exchange that came after it had ended.
    pub ended_before: Option<u64>,
    /// Credits this exchange cost.
    pub charged: u64,
    /// A rule whose breach must never pass unseen, such as a token sent to the CDN.
    pub violation: Option<String>,
}

/// How an answer ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// It hasn't yet.
    Open,
    /// All of it was handed to the connection.
    Whole,
    /// The server, a fault or the client broke it off, or there was none.
    Cut,
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

    /// The value of a header of the answer, by its name in lower case.
    pub fn answer_header(&self, name: &str) -> Option<&str> {
        self.answer_headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
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

/// An exchange that has not ended. When nobody has said how it did, it was cut.
#[derive(Debug)]
pub(crate) struct Page {
    record: Record,
    journal: Arc<Journal>,
    clock: Time,
}

impl Page {
    /// The answer's head goes out.
    pub(crate) fn answers(&self, status: u16, headers: &HeaderMap) {
        let mut exchange = lock(&self.record);
        exchange.status = Some(status);
        exchange.head_ms = Some(self.clock.elapsed_ms());
        exchange.answer_headers = plain(headers);
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, Exchange> {
        lock(&self.record)
    }

    /// Says how it ended; the first word counts.
    pub(crate) fn end(&self, ending: Ending) {
        let next = lock(&self.journal.0).next;
        let mut exchange = lock(&self.record);
        if exchange.ending == Ending::Open {
            exchange.ending = ending;
            exchange.ended_ms = Some(self.clock.elapsed_ms());
            exchange.ended_before = Some(next);
        }
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        self.end(Ending::Cut);
    }
}

/// The connection broke under an answer, although the last of it may have been handed over.
pub(crate) fn broke(record: &Record) {
    let mut exchange = lock(record);
    if exchange.ending == Ending::Whole {
        exchange.ending = Ending::Cut;
    }
}

#[derive(Debug, Default)]
pub(crate) struct Journal(Mutex<Pages>);

#[derive(Debug, Default)]
struct Pages {
    next: u64,
    run: u32,
    records: VecDeque<Record>,
}

impl Journal {
    pub(crate) fn open(&self, mut exchange: Exchange) -> Record {
        let mut pages = lock(&self.0);
        (exchange.sequence, exchange.run) = (pages.next, pages.run);
        pages.next += 1;
        if pages.records.len() == KEPT_EXCHANGES {
            pages.records.pop_front();
        }
        let record = Arc::new(Mutex::new(exchange));
        pages.records.push_back(Arc::clone(&record));
        record
    }

    /// A page for an exchange that was opened.
    pub(crate) fn page(self: &Arc<Self>, record: &Record, clock: &Time) -> Page {
        Page { record: Arc::clone(record), journal: Arc::clone(self), clock: clock.clone() }
    }

    /// What comes from now on is another run of the client's.
    pub(crate) fn begin_run(&self) {
        lock(&self.0).run += 1;
    }

    pub(crate) fn snapshot(&self) -> Vec<Exchange> {
        lock(&self.0).records.iter().map(|record| lock(record).clone()).collect()
    }
}

/// How a token begins, as the server makes them.
const TOKEN: &[u8] = b"nmv_usr_";

/// Cuts a token off the kept part of a request's body, and says that it was there.
pub(crate) fn redact(exchange: &mut Exchange) {
    if let Some(at) = exchange.body.windows(TOKEN.len()).position(|window| window == TOKEN) {
        exchange.body.truncate(at);
        exchange.body.extend_from_slice(b"<token>");
        exchange.violation.get_or_insert_with(|| "a token in a body".to_owned());
    }
}

fn plain(headers: &HeaderMap) -> Vec<(String, String)> {
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect()
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
