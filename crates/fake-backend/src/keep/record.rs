//! What the files say. Everything in them may have been written by anybody: a record is believed when all of it is sound.

use super::upload_path;
use crate::renderer::MediaInfo;
use crate::spool::clean_name;
use crate::tenant::Session;
use crate::upload::{Upload, is_key};
use crate::world::{Grant, Scope};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::path::Path;

/// The shape of these files. Another number is another program's.
const FORMAT: u32 = 1;
/// Tokens a space keeps, those that hold longest: a client has one, and one that it may have got meanwhile.
const MOST_TOKENS: usize = 8;
const FILE_TYPES: [&str; 4] = ["video", "image", "audio", "subtitle"];

/// A space. No `Debug`: it holds tokens.
#[derive(Serialize, Deserialize)]
pub(crate) struct KeptSpace {
    format: u32,
    pub(crate) user_id: String,
    pub(crate) client_id: Option<String>,
    pub(crate) available: u64,
    pub(crate) frozen: u64,
    pub(crate) tokens: Vec<KeptToken>,
}

/// A token and what it may do.
#[derive(Serialize, Deserialize)]
pub(crate) struct KeptToken {
    pub(crate) token: String,
    scopes: Vec<String>,
    expires_ms: u64,
    revoked: bool,
}

impl KeptSpace {
    pub(crate) fn new(
        user_id: &str,
        client_id: Option<&str>,
        (available, frozen): (u64, u64),
        tokens: Vec<KeptToken>,
    ) -> Self {
        let (user_id, client_id) = (user_id.to_owned(), client_id.map(str::to_owned));
        Self { format: FORMAT, user_id, client_id, available, frozen, tokens }
    }

    /// The name it is kept under. It follows from the client id, so that two servers that meet a client at the same time
    /// have one space for it; it can't lead anywhere, whatever the client calls itself.
    pub(crate) fn name(&self) -> String {
        name_of(&self.user_id, self.client_id.as_deref())
    }

    /// This, if it is sound and goes by this name.
    pub(super) fn named(self, name: &str) -> Option<Self> {
        (self.format == FORMAT && self.name() == name).then_some(self)
    }

    /// Adds tokens that it doesn't have, and lets go of those that no longer hold.
    pub(super) fn add_tokens(&mut self, others: Vec<KeptToken>, now_ms: u64) {
        for other in others {
            if !self.tokens.iter().any(|own| own.token == other.token) {
                self.tokens.push(other);
            }
        }
        self.tokens.retain(|token| token.expires_ms > now_ms);
        self.tokens.sort_by_key(|token| std::cmp::Reverse(token.expires_ms));
        self.tokens.truncate(MOST_TOKENS);
    }
}

/// The name of a client's space, or of a registered user's.
pub(crate) fn name_of(user_id: &str, client_id: Option<&str>) -> String {
    match client_id {
        Some(client) => client.bytes().fold("c-".to_owned(), |name, byte| name + &format!("{byte:02x}")),
        None => format!("u-{user_id}"),
    }
}

impl KeptToken {
    pub(crate) fn new(token: &str, grant: &Grant) -> Self {
        let scopes = grant.scopes.iter().map(|scope| scope.name().to_owned()).collect();
        Self { token: token.to_owned(), scopes, expires_ms: grant.expires_ms, revoked: grant.revoked }
    }

    pub(crate) fn grant(&self, space: usize) -> Grant {
        let scopes = Scope::ALL.into_iter().filter(|scope| self.scopes.iter().any(|name| name == scope.name()));
        Grant { space, scopes: scopes.collect(), expires_ms: self.expires_ms, revoked: self.revoked }
    }
}

/// A session.
#[derive(Serialize, Deserialize)]
pub(super) struct KeptSession {
    format: u32,
    /// The name of its space.
    space: String,
    task_id: String,
    task_name: String,
    uploads: Vec<KeptUpload>,
    drafts: Vec<Value>,
}

#[derive(Serialize, Deserialize)]
struct KeptUpload {
    key: String,
    name: String,
    bytes: u64,
    hash: u64,
    file_type: String,
    duration_s: Option<f64>,
    width: Option<u32>,
    height: Option<u32>,
    fps: Option<f64>,
}

impl KeptSession {
    pub(super) fn new(space: &str, session: &Session) -> Self {
        Self {
            format: FORMAT,
            space: space.to_owned(),
            task_id: session.task_id.clone(),
            task_name: session.task_name.clone(),
            uploads: session.uploads.iter().map(KeptUpload::new).collect(),
            drafts: session.drafts().cloned().collect(),
        }
    }

    /// This, if it belongs to the space.
    pub(super) fn of_space(self, space: &str) -> Option<Self> {
        (self.format == FORMAT && self.space == space).then_some(self)
    }

    /// The session with its files in `folder`; `None` if something in it isn't sound.
    pub(super) fn restore(self, folder: &Path) -> Option<Session> {
        let uploads = self.uploads.into_iter().map(|upload| upload.restore(folder)).collect::<Option<_>>()?;
        Some(Session::restored(self.task_id, self.task_name, uploads, self.drafts))
    }
}

impl KeptUpload {
    fn new(upload: &Upload) -> Self {
        let MediaInfo { file_type, duration_s, width, height, fps } = upload.source.info.clone();
        let (key, name) = (upload.key.clone(), upload.source.name.clone());
        Self { key, name, bytes: upload.len, hash: upload.hash, file_type, duration_s, width, height, fps }
    }

    fn restore(self, folder: &Path) -> Option<Upload> {
        let Self { key, name, bytes, hash, file_type, duration_s, width, height, fps } = self;
        if !is_key(&key) || clean_name(&name) != name || !FILE_TYPES.contains(&file_type.as_str()) {
            return None;
        }
        let path = upload_path(folder, &key);
        let facts = std::fs::symlink_metadata(&path).ok()?;
        let info = MediaInfo { file_type, duration_s, width, height, fps };
        (facts.is_file() && facts.len() == bytes).then(|| Upload::new(key, name, path, bytes, hash, info))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(name: &str, expires_ms: u64) -> KeptToken {
        KeptToken::new(name, &Grant { space: 0, scopes: vec![Scope::Read], expires_ms, revoked: false })
    }

    fn names(space: &KeptSpace) -> Vec<&str> {
        space.tokens.iter().map(|token| token.token.as_str()).collect()
    }

    #[test]
    fn tokens_of_two_servers_meet_and_old_ones_go() {
        let own = vec![token("own", 20), token("both", 30), token("expired", 10)];
        let mut space = KeptSpace::new("anon_1", Some("c"), (1, 0), own);
        space.add_tokens(vec![token("both", 30), token("other", 40), token("late", 9)], 10);
        assert_eq!(names(&space), ["other", "both", "own"]);
        space.add_tokens((50..60).map(|n| token(&n.to_string(), n)).collect(), 10);
        assert_eq!(names(&space), ["59", "58", "57", "56", "55", "54", "53", "52"]);
    }

    #[test]
    fn the_space_of_a_client_is_nobody_else_s() {
        let names = [("user_1", None), ("user_1", Some("user_1")), ("x", Some("a")), ("y", Some("b"))]
            .map(|(user_id, client_id)| name_of(user_id, client_id));
        for (at, name) in names.iter().enumerate() {
            assert!(!names[..at].contains(name), "{name}");
        }
        assert_eq!(name_of("x", Some("a/../é")), "c-612f2e2e2fc3a9");
    }

    #[test]
    fn an_upload_is_believed_only_if_all_of_it_is_sound() {
        let folder = tempfile::tempdir().unwrap();
        let key = "u/0123456789abcdef0123456789abcdef.mp4";
        let kept = |change: &dyn Fn(&mut KeptUpload)| {
            let info = MediaInfo { file_type: "video".to_owned(), ..MediaInfo::default() };
            let upload = Upload::new(key.to_owned(), "a.mp4".to_owned(), folder.path().join("x"), 4, 7, info);
            let mut kept = KeptUpload::new(&upload);
            change(&mut kept);
            kept.restore(folder.path())
        };
        assert!(kept(&|_| ()).is_none(), "the file is not there");
        std::fs::write(upload_path(folder.path(), key), b"clip").unwrap();
        assert_eq!(kept(&|_| ()).unwrap().source.name, "a.mp4");
        assert!(kept(&|upload| upload.key = "u/../../../../../../../../etc/passwd".to_owned()).is_none());
        std::fs::write(folder.path().join("u-x"), b"clip").unwrap();
        assert!(kept(&|upload| upload.key = "u/x".to_owned()).is_none());
        assert!(kept(&|upload| upload.name = "../a.mp4".to_owned()).is_none());
        assert!(kept(&|upload| upload.bytes = 5).is_none());
        assert!(kept(&|upload| upload.file_type = "words".to_owned()).is_none());
    }
}
