//! The journal with what its bodies say.

use super::Facts;
use crate::journal::{Bearer, Ending, Exchange, KEPT_BODY};
use crate::route::Route;
use serde_json::Value;

/// All there is to judge from.
pub(super) struct Case<'a> {
    /// Oldest first.
    pub(super) seen: Vec<Seen<'a>>,
    pub(super) facts: &'a Facts,
    /// Whether the journal begins at the beginning.
    pub(super) complete: bool,
}

/// One exchange, read.
pub(super) struct Seen<'a> {
    pub(super) it: &'a Exchange,
    /// Its place in the journal.
    index: usize,
    /// The request's body, null if it is no JSON.
    pub(super) sent: Value,
    /// The answer's body, null if it is no JSON or was not kept whole.
    pub(super) told: Value,
    /// The session it is about.
    pub(super) session: Option<String>,
    /// The render it is about.
    pub(super) render: Option<String>,
}

impl<'a> Case<'a> {
    pub(super) fn new(journal: &'a [Exchange], facts: &'a Facts) -> Self {
        let seen = journal.iter().enumerate().map(|(index, it)| Seen::read(index, it)).collect();
        let complete = journal.first().is_none_or(|first| first.sequence == 0);
        Self { seen, facts, complete }
    }

    /// What came before, latest first.
    pub(super) fn before(&self, seen: &Seen<'_>) -> impl Iterator<Item = &Seen<'a>> {
        self.seen[..seen.index].iter().rev()
    }

    /// What came before in the same run, latest first.
    pub(super) fn before_in_run(&self, seen: &Seen<'_>) -> impl Iterator<Item = &Seen<'a>> {
        let run = seen.it.run;
        self.before(seen).take_while(move |earlier| earlier.it.run == run)
    }

    pub(super) fn after(&self, seen: &Seen<'_>) -> &[Seen<'a>] {
        &self.seen[seen.index + 1..]
    }

    /// Whether a space is a registered user's.
    pub(super) fn is_given(&self, space: usize) -> bool {
        self.facts.clients.get(space).is_some_and(Option::is_none)
    }
}

impl<'a> Seen<'a> {
    fn read(index: usize, it: &'a Exchange) -> Self {
        let sent = json(&it.body, it.body_len);
        let told = json(&it.answer, it.answer_len);
        let parts: Vec<&str> = it.target.split(['?', '#']).next().unwrap_or_default().split('/').collect();
        let part = |number: usize| parts.get(number).map(|part| (*part).to_owned());
        let session = match it.route {
            Route::Chat | Route::ClaimToken => id(&sent["session_id"]),
            Route::Export => id(&sent["sessionId"]),
            Route::Upload | Route::State => part(5),
            Route::Session => id(&told["data"]["session_id"]).or_else(|| id(&told["session_id"])),
            Route::AnonymousToken
            | Route::Credits
            | Route::ExportStatus
            | Route::CancelExport
            | Route::Download
            | Route::Cdn
            | Route::Unknown => None,
        };
        let render = match it.route {
            Route::Export => id(&sent["id"]),
            Route::ExportStatus | Route::CancelExport => part(5),
            Route::Download => part(4),
            Route::AnonymousToken
            | Route::ClaimToken
            | Route::Session
            | Route::Chat
            | Route::Upload
            | Route::Credits
            | Route::State
            | Route::Cdn
            | Route::Unknown => None,
        };
        Self { it, index, sent, told, session, render }
    }

    pub(super) fn is(&self, route: Route) -> bool {
        self.it.route == route
    }

    /// The space it was sent from.
    pub(super) const fn space(&self) -> Option<usize> {
        match self.it.bearer {
            Bearer::Space(number) => Some(number),
            Bearer::Absent | Bearer::Unknown => None,
        }
    }

    /// Whether the client could read the answer to its end.
    pub(super) fn is_whole(&self) -> bool {
        self.it.ending == Ending::Whole && self.it.status.is_some()
    }

    /// The code of a refusal that came whole: the service's own, else the HTTP status.
    pub(super) fn code(&self) -> Option<u64> {
        if !self.is_whole() {
            return None;
        }
        let told = match &self.told["code"] {
            Value::Number(number) => number.as_u64(),
            Value::String(digits) => digits.parse().ok(),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
        };
        let status = self.it.status.filter(|status| *status >= 400).map(u64::from);
        told.filter(|code| *code != 0).or(status)
    }

    /// Whether the client was told a clear no: not that the server is in trouble.
    pub(super) fn is_refused(&self) -> bool {
        let trouble = self.it.status.is_some_and(|status| status >= 500);
        !trouble && (self.code().is_some() || (self.is_whole() && self.told["success"] == false))
    }

    /// Whether the client was told a yes.
    pub(super) fn is_accepted(&self) -> bool {
        self.is_whole() && self.it.status == Some(200) && !self.is_refused()
    }

    /// Whether the client was told a yes, and nothing garbled it.
    pub(super) fn is_surely_accepted(&self) -> bool {
        self.is_accepted() && !self.it.struck
    }

    /// Whether the token was refused (1001).
    pub(super) fn is_bad_token(&self) -> bool {
        self.it.status == Some(401) || self.code() == Some(1001)
    }

    /// Whether this is the same request as another, byte for byte.
    pub(super) fn repeats(&self, other: &Seen<'_>) -> bool {
        let line = |it: &Exchange| (it.method.clone(), it.target.clone(), it.origin);
        line(self.it) == line(other.it) && self.it.body_len == other.it.body_len && self.it.body == other.it.body
    }

    /// Time since another exchange came, in milliseconds.
    pub(super) const fn ms_since(&self, earlier: &Seen<'_>) -> u64 {
        self.it.at_ms.saturating_sub(earlier.it.at_ms)
    }
}

/// Null for what is no JSON, or was too long to keep.
fn json(kept: &[u8], len: u64) -> Value {
    if len > KEPT_BODY as u64 { Value::Null } else { serde_json::from_slice(kept).unwrap_or_default() }
}

fn id(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned).or_else(|| value.as_u64().map(|number| number.to_string()))
}
