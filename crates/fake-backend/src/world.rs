//! What the server knows: spaces by token, their sessions, their credits.

use crate::keep::{KeptSpace, KeptToken};
use crate::ledger::Ledger;
use crate::reply::AgentReply;
use crate::route::Origin;
use crate::tenant::{Session, Stage, Tenant};
use std::collections::{HashMap, VecDeque};
use std::path::PathBuf;

/// Spaces a server keeps; a request for one more is refused with 429.
const MOST_SPACES: usize = 100_000;

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
    /// The space of each client id.
    clients: HashMap<String, usize>,
}

impl World {
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
        let space = *self.clients.get(client_id)?;
        let last = self.spaces[space].last_token.as_ref().and_then(|token| self.grants.get(token));
        Some((space, last.is_some_and(|grant| !grant.revoked && now_ms < grant.expires_ms)))
    }

    /// A new space, unless there are too many.
    pub(crate) fn add_space(&mut self, user_id: String, client_id: Option<&str>, credits: u64) -> Option<usize> {
        let number = self.spaces.len();
        if number == MOST_SPACES {
            return None;
        }
        self.spaces.push(Tenant::new(number, user_id, client_id.map(str::to_owned), Ledger::opened(credits, 0)));
        if let Some(client_id) = client_id {
            self.clients.insert(client_id.to_owned(), number);
        }
        Some(number)
    }

    pub(crate) fn add_token(&mut self, token: String, grant: Grant) {
        self.spaces[grant.space].last_token = Some(token.clone());
        self.grants.insert(token, grant);
    }

    /// Takes in a space that was kept, or tokens of one that is here; `None` if there are too many spaces.
    pub(crate) fn adopt(&mut self, kept: KeptSpace) -> Option<usize> {
        let name = kept.name();
        let here = self.spaces.iter().position(|space| space.name() == name);
        let space = match here {
            Some(space) => space,
            None => {
                let space = self.add_space(kept.user_id, kept.client_id.as_deref(), kept.available)?;
                self.spaces[space].ledger.set(kept.available, kept.frozen);
                space
            }
        };
        // The one that holds longest comes first, and is to be the last.
        for token in
            kept.tokens.iter().rev().filter(|token| !self.grants.contains_key(&token.token)).collect::<Vec<_>>()
        {
            self.add_token(token.token.clone(), token.grant(space));
        }
        Some(space)
    }

    /// A space as it is to be kept.
    pub(crate) fn kept_space(&self, space: usize) -> KeptSpace {
        let Tenant { user_id, client_id, ledger, .. } = &self.spaces[space];
        let own = self.grants.iter().filter(|(_, grant)| grant.space == space);
        let tokens = own.map(|(token, grant)| KeptToken::new(token, grant)).collect();
        KeptSpace::new(user_id, client_id.as_deref(), ledger.at_rest(), tokens)
    }

    /// Gives a space a session, unless it has it, and names the one that has to go for it.
    pub(crate) fn admit(&mut self, space: usize, id: &str, session: Session) -> Option<String> {
        if self.spaces[space].sessions.contains_key(id) {
            return None;
        }
        self.assets.extend(session.uploads.iter().map(|upload| (upload.key.clone(), upload.asset())));
        self.spaces[space].open(id.to_owned(), session)
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

    /// Notes that the file of a render was asked for.
    pub(crate) fn fetched(&mut self, wanted: &str) {
        let mut renders = self.spaces.iter_mut().flat_map(|space| space.renders.values_mut());
        let its = renders.find(|render| matches!(&*render.stage.borrow(), Stage::Done { key, .. } if key == wanted));
        if let Some(render) = its {
            render.fetched = true;
        }
    }

    /// Forgets a session, whoever has it, with its renders and all its files.
    pub(crate) fn forget(&mut self, session_id: &str) {
        let Some(space) = self.spaces.iter_mut().find(|space| space.sessions.contains_key(session_id)) else {
            return;
        };
        for key in space.forget(session_id) {
            if let Some(asset) = self.assets.remove(&key) {
                // The spool folder goes as a whole later.
                let _ = std::fs::remove_file(asset.path);
            }
        }
    }

    pub(crate) fn violate(&mut self, origin: Origin, what: &str) {
        const MOST: usize = 1000;
        if self.violations.len() < MOST {
            self.violations.push(format!("{origin:?}: {what}"));
        }
    }
}
