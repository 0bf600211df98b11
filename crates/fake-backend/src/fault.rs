//! Scripted misbehaviour, exact to the byte, and an account of what never happened.

use crate::journal::lock;
use crate::route::Route;
use bytes::Bytes;
use serde_json::Value;
use std::fmt;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// One scripted fault: where, when, what.
///
/// ```
/// use weixin_video_fake_backend::{Fault, Route};
///
/// let broken_chat = Fault::on(Route::Chat).cut_after_event(3);
/// let busy = Fault::on(Route::State).nth(2).header("retry-after", "1").json(429, &serde_json::json!({"code": 429}));
/// let lost_answer = Fault::on(Route::Export).after_commit().drop_connection();
/// # let _ = (broken_chat, busy, lost_answer);
/// ```
#[derive(Debug, Clone)]
pub struct Fault {
    site: Site,
    act: Act,
}

/// Where and when a fault strikes; the last call says what it does.
///
/// It strikes the first request to its route, once, unless told otherwise.
#[derive(Debug, Clone)]
#[must_use = "a site does nothing until a method such as `drop_connection` makes a fault of it"]
pub struct Site {
    route: Route,
    token: Option<Token>,
    nth: u32,
    times: u32,
    commit: Option<bool>,
    headers: Vec<(String, String)>,
}

/// A token to compare with and never to show.
#[derive(Clone)]
struct Token(String);

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<token>")
    }
}

#[derive(Debug, Clone)]
pub(crate) enum Act {
    Answer { status: u16, content_type: String, body: Bytes, headers: Vec<(String, String)> },
    Drop,
    CutRequest(u64),
    CutWire(u64),
    Cut(Mark),
    Stall(Mark, Option<Duration>),
    StallHead,
    Delay(Duration),
    Pieces(usize),
    FailRender(String),
}

/// A place in an answer's body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mark {
    /// After so many bytes.
    Byte(u64),
    /// After so many blocks that end in a blank line.
    Event(u32),
}

impl Fault {
    /// Begins a fault on a route.
    pub const fn on(route: Route) -> Site {
        Site { route, token: None, nth: 1, times: 1, commit: None, headers: Vec::new() }
    }
}

impl Site {
    /// The n-th matching request from now on, counted from 1.
    pub const fn nth(mut self, n: u32) -> Self {
        self.nth = n;
        self
    }

    /// So many requests in a row, from the n-th on.
    pub const fn times(mut self, times: u32) -> Self {
        self.times = times;
        self
    }

    /// Only requests with this token count.
    pub fn for_token(mut self, token: &str) -> Self {
        self.token = Some(Token(token.to_owned()));
        self
    }

    /// The server does nothing of what it was asked: no charge, no change. What `answer` and `drop_connection` do by themselves.
    pub const fn before_commit(mut self) -> Self {
        self.commit = Some(false);
        self
    }

    /// The server does all it was asked, and only the answer goes wrong. What a fault in an answer's body does by itself.
    pub const fn after_commit(mut self) -> Self {
        self.commit = Some(true);
        self
    }

    /// A header of the answer that [`Site::answer`] or its shorthands give.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Answers with exactly this.
    pub fn answer(self, status: u16, content_type: &str, body: impl Into<Bytes>) -> Fault {
        let headers = self.headers.clone();
        self.does(Act::Answer { status, content_type: content_type.to_owned(), body: body.into(), headers })
    }

    /// Answers with JSON.
    pub fn json(self, status: u16, body: &Value) -> Fault {
        self.answer(status, "application/json", body.to_string())
    }

    /// Answers with a proxy's HTML page.
    pub fn html(self, status: u16) -> Fault {
        self.answer(
            status,
            "text/html",
            format!("<html><head><title>{status}</title></head><body>{status}</body></html>\n"),
        )
    }

    /// Answers with a status and no body.
    pub fn empty(self, status: u16) -> Fault {
        self.answer(status, "text/plain", Bytes::new())
    }

    /// Reads the whole request, then closes the connection without a byte of an answer.
    pub fn drop_connection(self) -> Fault {
        self.does(Act::Drop)
    }

    /// Closes the connection after so many bytes of the request's body. The server does nothing of what it was asked.
    pub fn cut_request_at(self, bytes: u64) -> Fault {
        self.does(Act::CutRequest(bytes))
    }

    /// Closes the connection after so many bytes of the answer, counted from its status line.
    pub fn cut_response_at(self, bytes: u64) -> Fault {
        self.does(Act::CutWire(bytes))
    }

    /// Closes the connection after so many bytes of the answer's body: every byte before that arrives, none after it.
    pub fn cut_at_byte(self, bytes: u64) -> Fault {
        self.does(Act::Cut(Mark::Byte(bytes)))
    }

    /// Closes the connection after so many events of a stream, whole ones; with `before_commit` the work is not done either.
    pub fn cut_after_event(self, events: u32) -> Fault {
        self.does(Act::Cut(Mark::Event(events)))
    }

    /// Never answers, and keeps the connection open.
    pub fn stall(self) -> Fault {
        self.does(Act::StallHead)
    }

    /// Goes silent after so many bytes of the answer's body, for a time or for ever.
    pub fn stall_at_byte(self, bytes: u64, time: Option<Duration>) -> Fault {
        self.does(Act::Stall(Mark::Byte(bytes), time))
    }

    /// Goes silent after so many events of a stream, for a time or for ever.
    pub fn stall_after_event(self, events: u32, time: Option<Duration>) -> Fault {
        self.does(Act::Stall(Mark::Event(events), time))
    }

    /// Waits before it looks at the request.
    pub fn delay(self, time: Duration) -> Fault {
        self.does(Act::Delay(time))
    }

    /// Sends the answer's body in pieces of so many bytes, each flushed by itself.
    pub fn in_pieces(self, bytes: usize) -> Fault {
        self.does(Act::Pieces(bytes.max(1)))
    }

    /// Accepts an export and lets its render fail with this reason.
    pub fn fail_render(self, reason: &str) -> Fault {
        self.does(Act::FailRender(reason.to_owned()))
    }

    const fn does(self, act: Act) -> Fault {
        Fault { site: self, act }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Site { route, nth, times, .. } = &self.site;
        write!(f, "{route:?}, request {nth}")?;
        if *times > 1 {
            write!(f, " and the {} after it", times - 1)?;
        }
        match &self.act {
            Act::Answer { status, .. } => write!(f, ": answer {status}"),
            Act::Drop => write!(f, ": drop the connection"),
            Act::CutRequest(n) => write!(f, ": cut the request at byte {n}"),
            Act::CutWire(n) => write!(f, ": cut the response at byte {n}"),
            Act::Cut(mark) => write!(f, ": cut {mark}"),
            Act::Stall(mark, _) => write!(f, ": stall {mark}"),
            Act::StallHead => write!(f, ": never answer"),
            Act::Delay(time) => write!(f, ": delay {} ms", time.as_millis()),
            Act::Pieces(n) => write!(f, ": pieces of {n} bytes"),
            Act::FailRender(_) => write!(f, ": let the render fail"),
        }
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Byte(n) => write!(f, "at byte {n} of the body"),
            Self::Event(n) => write!(f, "after event {n}"),
        }
    }
}

/// A fault that strikes the request at hand.
#[derive(Debug, Clone)]
pub(crate) struct Strike {
    pub(crate) act: Act,
    /// Whether the work is done, when the script said so.
    pub(crate) commit: Option<bool>,
    fired: Arc<AtomicU32>,
}

impl Strike {
    /// To be called when it has really happened: a cut beyond the end of a body never does.
    pub(crate) fn fired(&self) {
        self.fired.fetch_add(1, Ordering::SeqCst);
    }
}

/// All scripted faults of a server.
#[derive(Debug, Default)]
pub(crate) struct Script(Mutex<Vec<Entry>>);

#[derive(Debug)]
struct Entry {
    fault: Fault,
    seen: u32,
    fired: Arc<AtomicU32>,
}

impl Script {
    pub(crate) fn add(&self, fault: Fault) {
        lock(&self.0).push(Entry { fault, seen: 0, fired: Arc::default() });
    }

    /// The fault for a request, the one scripted first if there are several. All that match count the request.
    pub(crate) fn strike(&self, route: Route, token: Option<&str>) -> Option<Strike> {
        let mut strike = None;
        for entry in lock(&self.0).iter_mut() {
            let site = &entry.fault.site;
            let meant = site.token.as_ref().map(|wanted| wanted.0.as_str());
            if site.route != route || meant.is_some_and(|wanted| Some(wanted) != token) {
                continue;
            }
            entry.seen += 1;
            let due = entry.seen >= site.nth && entry.seen - site.nth < site.times;
            if due && strike.is_none() {
                let (act, commit) = (entry.fault.act.clone(), site.commit);
                strike = Some(Strike { act, commit, fired: Arc::clone(&entry.fired) });
            }
        }
        strike
    }

    /// Faults that struck less often than scripted, in words.
    pub(crate) fn unfired(&self) -> Vec<String> {
        let entries = lock(&self.0);
        let unfired = entries.iter().filter(|entry| entry.fired.load(Ordering::SeqCst) < entry.fault.site.times);
        unfired
            .map(|entry| {
                let fired = entry.fired.load(Ordering::SeqCst);
                format!("{} (requests seen: {}, fired: {fired} of {})", entry.fault, entry.seen, entry.fault.site.times)
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_strikes_its_request_and_no_other() {
        let script = Script::default();
        script.add(Fault::on(Route::State).nth(2).times(2).empty(500));
        let struck: Vec<bool> = (0..5).map(|_| script.strike(Route::State, None).is_some()).collect();
        assert_eq!(struck, [false, true, true, false, false]);
        assert!(script.strike(Route::Chat, None).is_none());
    }

    #[test]
    fn a_fault_for_a_token_leaves_others_alone() {
        let script = Script::default();
        script.add(Fault::on(Route::Chat).for_token("a").drop_connection());
        assert!(script.strike(Route::Chat, Some("b")).is_none());
        assert!(script.strike(Route::Chat, None).is_none());
        assert!(script.strike(Route::Chat, Some("a")).is_some());
    }

    #[test]
    fn striking_is_not_firing() {
        let script = Script::default();
        script.add(Fault::on(Route::Chat).cut_after_event(9));
        let strike = script.strike(Route::Chat, None).expect("the first request");
        assert_eq!(script.unfired(), ["Chat, request 1: cut after event 9 (requests seen: 1, fired: 0 of 1)"]);
        strike.fired();
        assert!(script.unfired().is_empty());
    }
}
