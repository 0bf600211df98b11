//! One user's part of the server: sessions, exports, credits.

use crate::book::Book;
use crate::keep::name_of;
use crate::ledger::Ledger;
use crate::render_time::Due;
use crate::renderer::{Control, Source};
use crate::reply::AgentReply;
use crate::upload::Upload;
use serde_json::Value;
use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;
use tokio::sync::watch;

/// Drafts of a session an export may still name: the last ones.
const KEPT_DRAFTS: usize = 16;
/// Sessions a space keeps; one more pushes the oldest out.
const MOST_SESSIONS: usize = 1000;

/// Everything of one user. Named by its number; tokens come and go.
pub(crate) struct Tenant {
    pub(crate) number: usize,
    pub(crate) user_id: String,
    /// A registered user has none.
    pub(crate) client_id: Option<String>,
    pub(crate) last_token: Option<String>,
    pub(crate) ledger: Ledger,
    pub(crate) book: Book,
    pub(crate) sessions: BTreeMap<String, Session>,
    pub(crate) renders: BTreeMap<String, Render>,
    pub(crate) replies: VecDeque<AgentReply>,
    /// Ids of sessions, oldest first.
    opened: VecDeque<String>,
}

impl Tenant {
    pub(crate) fn new(number: usize, user_id: String, client_id: Option<String>, ledger: Ledger) -> Self {
        Self {
            number,
            user_id,
            client_id,
            last_token: None,
            ledger,
            book: Book::default(),
            sessions: BTreeMap::new(),
            renders: BTreeMap::new(),
            replies: VecDeque::new(),
            opened: VecDeque::new(),
        }
    }

    /// What it is called where it is kept.
    pub(crate) fn name(&self) -> String {
        name_of(&self.user_id, self.client_id.as_deref())
    }

    /// Keeps a new session and names the one that has to go for it.
    pub(crate) fn open(&mut self, id: String, session: Session) -> Option<String> {
        self.opened.push_back(id.clone());
        self.sessions.insert(id, session);
        if self.opened.len() > MOST_SESSIONS { self.opened.pop_front() } else { None }
    }

    /// Forgets a session and its renders, and names their files on the CDN. A running render is cancelled.
    pub(crate) fn forget(&mut self, session_id: &str) -> Vec<String> {
        self.opened.retain(|id| id != session_id);
        self.book.forget(session_id);
        let uploads = self.sessions.remove(session_id).map(|session| session.uploads).unwrap_or_default();
        let mut keys: Vec<String> = uploads.into_iter().map(|upload| upload.key).collect();
        self.renders.retain(|_, render| {
            if render.session_id != session_id {
                return true;
            }
            render.control.cancel();
            if let Stage::Done { key, .. } = &*render.stage.borrow() {
                keys.push(key.clone());
            }
            false
        });
        keys
    }

    /// How many exports of a session are kept.
    pub(crate) fn renders_of(&self, session_id: &str) -> usize {
        self.renders.values().filter(|render| render.session_id == session_id).count()
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Session {
    pub(crate) task_id: String,
    pub(crate) task_name: String,
    /// Oldest first.
    pub(crate) uploads: Vec<Upload>,
    /// Milliseconds since 1970; a session unused for long goes.
    pub(crate) used_ms: u64,
    /// How often its draft was set since it is in memory.
    pub(crate) changes: u64,
    drafts: VecDeque<Value>,
    /// A draft that so many state queries don't see yet.
    hidden: Option<(u32, Value)>,
}

impl Session {
    pub(crate) const fn new(task_id: String, task_name: String) -> Self {
        Self {
            task_id,
            task_name,
            uploads: Vec::new(),
            used_ms: u64::MAX,
            changes: 0,
            drafts: VecDeque::new(),
            hidden: None,
        }
    }

    /// What a draft may name.
    pub(crate) fn sources(&self) -> Vec<Source> {
        self.uploads.iter().map(|upload| upload.source.clone()).collect()
    }

    /// One as it was kept.
    pub(crate) fn restored(task_id: String, task_name: String, uploads: Vec<Upload>, drafts: Vec<Value>) -> Self {
        let mut session = Self { uploads, ..Self::new(task_id, task_name) };
        drafts.into_iter().for_each(|draft| session.push(draft));
        session
    }

    /// The drafts it has and lately had, oldest first, the one that can't be seen yet too.
    pub(crate) fn drafts(&self) -> impl Iterator<Item = &Value> {
        self.drafts.iter().chain(self.hidden.iter().map(|(_, draft)| draft))
    }

    pub(crate) fn draft(&self) -> Value {
        self.drafts.back().cloned().unwrap_or(Value::Null)
    }

    /// Whether the session has, or lately had, this draft.
    pub(crate) fn knows(&self, draft: &Value) -> bool {
        self.drafts.contains(draft)
    }

    pub(crate) fn set_draft(&mut self, draft: Value, hidden_for: u32) {
        self.changes += 1;
        if hidden_for > 0 {
            self.hidden = Some((hidden_for, draft));
            return;
        }
        self.hidden = None;
        self.push(draft);
    }

    /// The draft a state query sees.
    pub(crate) fn queried_draft(&mut self) -> Value {
        match self.hidden.take() {
            Some((0, draft)) => self.push(draft),
            Some((left, draft)) => self.hidden = Some((left - 1, draft)),
            None => {}
        }
        self.draft()
    }

    fn push(&mut self, draft: Value) {
        if self.drafts.len() == KEPT_DRAFTS {
            self.drafts.pop_front();
        }
        self.drafts.push_back(draft);
    }
}

/// One export.
#[derive(Debug, Clone)]
pub(crate) struct Render {
    pub(crate) session_id: String,
    pub(crate) own_id: String,
    pub(crate) control: Control,
    pub(crate) stage: watch::Receiver<Stage>,
    pub(crate) created_ms: u64,
    /// When it shows its end, where that goes by the clock.
    pub(crate) due: Option<Due>,
    /// Cancelled before that.
    pub(crate) withdrawn: bool,
    /// Status queries so far.
    pub(crate) queries: u32,
    /// Whether its file was asked for.
    pub(crate) fetched: bool,
    /// Queries that saw it completed.
    pub(crate) seen_completed: u32,
}

impl Render {
    /// Whether the clock lets its end show: at once, unless its time is set.
    pub(crate) fn is_due(&self, elapsed: Duration) -> bool {
        self.due.is_none_or(|due| due.is_over(elapsed))
    }
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Stage {
    Pending,
    Running,
    Done { key: String, bytes: u64, duration_ms: u64, completed_ms: u64 },
    Failed(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_session_goes_first_whatever_its_id() {
        let mut tenant = Tenant::new(0, String::new(), None, Ledger::default());
        let id = |number: usize| format!("{:04}", 9999 - number);
        let gone: Vec<String> = (0..MOST_SESSIONS + 2)
            .filter_map(|n| tenant.open(id(n), Session::new(String::new(), String::new())))
            .collect();
        assert_eq!(gone, [id(0), id(1)]);
    }
}
