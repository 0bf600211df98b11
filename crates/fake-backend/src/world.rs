//! What the server knows: spaces by token, their sessions, their credits.

use crate::journal::Bearer;
use crate::renderer::{Control, Source};
use crate::reply::AgentReply;
use crate::route::Origin;
use serde_json::Value;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::path::PathBuf;
use tokio::sync::watch;

/// Spaces a server keeps; a request for one more is refused with 429.
const MOST_SPACES: usize = 100_000;
/// Drafts of a session an export may still name: the last ones.
const KEPT_DRAFTS: usize = 16;

/// What a token may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// State, credits, export status, download.
    Read,
    /// Sessions and chat.
    Write,
    /// Uploads.
    Upload,
    /// Exports. Without it they are refused with 402: it is the plan that lacks it.
    Export,
}

impl Scope {
    /// All four.
    pub const ALL: [Self; 4] = [Self::Read, Self::Write, Self::Upload, Self::Export];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Upload => "upload",
            Self::Export => "export",
        }
    }
}

/// One message that cost something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charge {
    /// The session it was sent in.
    pub session_id: String,
    /// The message.
    pub text: String,
    /// Credits taken.
    pub credits: u64,
}

/// The credits of a space, and where they went.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ledger {
    /// Free to use.
    pub available: u64,
    /// Held for work in progress.
    pub frozen: u64,
    /// Every charge, oldest first.
    pub charges: Vec<Charge>,
}

impl Ledger {
    /// Credits taken in total.
    pub fn charged(&self) -> u64 {
        self.charges.iter().map(|charge| charge.credits).sum()
    }

    /// Takes what is there, at most; a balance never falls below nothing.
    pub(crate) fn charge(&mut self, session_id: &str, text: &str, credits: u64) -> u64 {
        let credits = credits.min(self.available);
        if credits > 0 {
            self.available -= credits;
            self.charges.push(Charge { session_id: session_id.to_owned(), text: text.to_owned(), credits });
        }
        credits
    }
}

/// Everything of one user. Named by its number; tokens come and go.
#[derive(Debug)]
pub(crate) struct Tenant {
    pub(crate) number: usize,
    pub(crate) user_id: String,
    pub(crate) ledger: Ledger,
    pub(crate) sessions: BTreeMap<String, Session>,
    pub(crate) renders: BTreeMap<String, Render>,
    pub(crate) replies: VecDeque<AgentReply>,
}

#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) task_id: String,
    pub(crate) task_name: String,
    pub(crate) sources: Vec<Source>,
    /// What `video_infos` shows, one entry a source.
    pub(crate) infos: Vec<Value>,
    drafts: VecDeque<Value>,
    /// A draft that so many state queries don't see yet.
    hidden: Option<(u32, Value)>,
}

impl Session {
    pub(crate) const fn new(task_id: String, task_name: String) -> Self {
        Self { task_id, task_name, sources: Vec::new(), infos: Vec::new(), drafts: VecDeque::new(), hidden: None }
    }

    pub(crate) fn draft(&self) -> Value {
        self.drafts.back().cloned().unwrap_or(Value::Null)
    }

    /// Whether the session has, or lately had, this draft.
    pub(crate) fn knows(&self, draft: &Value) -> bool {
        self.drafts.contains(draft)
    }

    pub(crate) fn set_draft(&mut self, draft: Value, hidden_for: u32) {
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
    pub(crate) own_id: String,
    pub(crate) control: Control,
    pub(crate) stage: watch::Receiver<Stage>,
    pub(crate) created_ms: u64,
    /// Status queries so far.
    pub(crate) queries: u32,
    /// Queries that saw it completed.
    pub(crate) seen_completed: u32,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Stage {
    Pending,
    Running,
    Done { key: String, bytes: u64, duration_ms: u64, completed_ms: u64 },
    Failed(String),
}

/// A file on the CDN.
#[derive(Debug, Clone)]
pub(crate) struct Asset {
    pub(crate) path: PathBuf,
    pub(crate) content_type: &'static str,
    pub(crate) len: u64,
    pub(crate) etag: String,
}

/// A token and what it stands for.
#[derive(Debug, Clone)]
pub(crate) struct Grant {
    pub(crate) space: usize,
    pub(crate) scopes: Vec<Scope>,
    pub(crate) expires_ms: u64,
    pub(crate) revoked: bool,
}

#[derive(Default)]
pub(crate) struct World {
    pub(crate) spaces: Vec<Tenant>,
    pub(crate) assets: HashMap<String, Asset>,
    /// Replies for whoever asks next.
    pub(crate) replies: VecDeque<AgentReply>,
    /// URLs a test registered, and what they hold.
    pub(crate) urls: HashMap<String, PathBuf>,
    pub(crate) violations: Vec<String>,
    grants: HashMap<String, Grant>,
    /// The last token of each client id.
    clients: HashMap<String, String>,
}

impl World {
    pub(crate) fn bearer(&self, token: Option<&str>) -> Bearer {
        match token {
            None => Bearer::Absent,
            Some(token) => self.grants.get(token).map_or(Bearer::Unknown, |grant| Bearer::Space(grant.space)),
        }
    }

    pub(crate) fn grant(&self, token: &str) -> Option<&Grant> {
        self.grants.get(token)
    }

    pub(crate) fn revoke(&mut self, token: &str) {
        if let Some(grant) = self.grants.get_mut(token) {
            grant.revoked = true;
        }
    }

    /// The space of a client id that came before, with whether its last token still holds.
    pub(crate) fn client(&self, client_id: &str, now_ms: u64) -> Option<(usize, bool)> {
        let grant = self.grants.get(self.clients.get(client_id)?)?;
        Some((grant.space, !grant.revoked && now_ms < grant.expires_ms))
    }

    /// A new space, unless there are too many.
    pub(crate) fn add_space(&mut self, user_id: String, credits: u64) -> Option<usize> {
        let number = self.spaces.len();
        if number == MOST_SPACES {
            return None;
        }
        let ledger = Ledger { available: credits, ..Ledger::default() };
        self.spaces.push(Tenant {
            number,
            user_id,
            ledger,
            sessions: BTreeMap::new(),
            renders: BTreeMap::new(),
            replies: VecDeque::new(),
        });
        Some(number)
    }

    pub(crate) fn add_token(&mut self, token: String, grant: Grant, client_id: Option<&str>) {
        if let Some(client_id) = client_id {
            self.clients.insert(client_id.to_owned(), token.clone());
        }
        self.grants.insert(token, grant);
    }

    /// The scripted reply for a space, its own before everybody's.
    pub(crate) fn next_reply(&mut self, space: usize) -> Option<AgentReply> {
        self.spaces[space].replies.pop_front().or_else(|| self.replies.pop_front())
    }

    /// Replies that nobody's message has used up, in words.
    pub(crate) fn unused_replies(&self) -> Vec<String> {
        let own = self.spaces.iter().filter(|space| !space.replies.is_empty());
        let mut unused: Vec<String> = own
            .map(|space| format!("space {}: {} scripted replies never asked for", space.number, space.replies.len()))
            .collect();
        if !self.replies.is_empty() {
            unused.push(format!("{} scripted replies never asked for", self.replies.len()));
        }
        unused
    }

    pub(crate) fn violate(&mut self, origin: Origin, what: &str) {
        const MOST: usize = 1000;
        if self.violations.len() < MOST {
            self.violations.push(format!("{origin:?}: {what}"));
        }
    }
}
