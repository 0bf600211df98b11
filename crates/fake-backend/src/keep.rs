//! Spaces and sessions in a folder, so that they outlive the process.
//!
//! ```text
//! folder/                              0700
//!   spaces/<name>.json                 who it is, credits, tokens
//!   sessions/<id>/session.json         whose it is, uploads, drafts
//!   sessions/<id>/u-<key>.mp4          the uploads
//!   weixin-video-<random>/             the spool of one server, removed with it
//! ```
//! Every JSON file is replaced whole or not at all, and there is one a session: two servers on one folder can't damage it,
//! the last one that writes a session wins. What isn't in the shape written here, names included, is as good as absent.

mod disk;
mod record;

use crate::clock::Time;
use crate::journal::lock;
use crate::tenant::Session;
use crate::upload::is_key;
use record::KeptSession;
pub(crate) use record::{KeptSpace, KeptToken, name_of};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, SystemTime};
use tempfile::TempDir;

/// How long a session is kept after it was last used. As long as an anonymous token holds: who comes back later is a
/// stranger to the service too, and clips are large.
pub(crate) const KEPT_FOR: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// Sessions, and spaces, that are kept; the one unused for longest goes for a new one. At the largest upload each, that
/// bounds the folder to what a disk of today holds.
const MOST_KEPT: usize = 100;
/// A spool that nobody wrote to for so long belonged to a server that was killed: none takes a day for one file.
const SPOOL_KEPT_FOR: Duration = Duration::from_secs(24 * 60 * 60);
const SPOOL_PREFIX: &str = "weixin-video-";
/// The file of a session in its folder.
const SESSION_FILE: &str = "session.json";

/// The folder.
pub(crate) struct Keep {
    folder: PathBuf,
    clock: Time,
    /// Held from reading what is to be changed until it is written, so that no older state is written over a newer one.
    writing: Mutex<()>,
}

impl Keep {
    /// Makes the folder for this user alone, and clears out what is too old.
    pub(crate) fn open(folder: PathBuf, clock: Time) -> io::Result<Self> {
        let keep = Self { folder, clock, writing: Mutex::default() };
        disk::make_private(&keep.folder)?;
        disk::make_private(&keep.sessions())?;
        disk::make_private(&keep.spaces())?;
        keep.make_room(0);
        keep.clear_out_spaces();
        keep.clear_out_spools();
        Ok(keep)
    }

    /// A spool on the same file system as what is kept, so that an upload is moved and not copied.
    pub(crate) fn spool(&self) -> io::Result<TempDir> {
        tempfile::Builder::new().prefix(SPOOL_PREFIX).tempdir_in(&self.folder)
    }

    /// The right to change what is kept.
    pub(crate) fn turn(&self) -> MutexGuard<'_, ()> {
        lock(&self.writing)
    }

    /// The session of a space, which counts as a use of it.
    pub(crate) fn session(&self, id: &str, space: &str) -> Option<Session> {
        let folder = self.session_folder(id).ok()?;
        let path = folder.join(SESSION_FILE);
        let kept: KeptSession = serde_json::from_slice(&disk::read(&path)?).ok()?;
        let session = kept.of_space(space)?.restore(&folder)?;
        disk::touch(&path, self.clock.calendar());
        Some(session)
    }

    /// Begins to keep a session.
    pub(crate) fn open_session(&self, id: &str, space: &str, session: &Session) -> io::Result<()> {
        let folder = self.session_folder(id)?;
        std::fs::create_dir(&folder)?;
        disk::sync_folder(&self.sessions())?;
        self.write_session(id, space, session)
    }

    /// Writes a session that is kept. `NotFound` if it isn't any more.
    pub(crate) fn write_session(&self, id: &str, space: &str, session: &Session) -> io::Result<()> {
        let text = serde_json::to_vec(&KeptSession::new(space, session))?;
        disk::write(&self.session_folder(id)?, SESSION_FILE, &text, self.clock.calendar())
    }

    /// Takes an upload from the spool into its session's folder. Without the session's own word it is no part of it.
    pub(crate) fn take_in(&self, id: &str, key: &str, spooled: &Path) -> io::Result<PathBuf> {
        if !is_key(key) {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a name of an upload"));
        }
        let path = upload_path(&self.session_folder(id)?, key);
        disk::sync(spooled)?;
        std::fs::rename(spooled, &path)?;
        Ok(path)
    }

    /// Stops keeping a session, its files with it.
    pub(crate) fn forget(&self, id: &str) {
        let Ok(folder) = self.session_folder(id) else {
            return;
        };
        // Away under another name first: no reader sees half of it. What fails is tried again when its time is over.
        let away = self.folder.join(format!("{SPOOL_PREFIX}gone-{id}"));
        let _ = std::fs::rename(&folder, &away);
        let _ = std::fs::remove_dir_all(&away);
    }

    /// Forgets the sessions that are too old or too many beside `more` new ones, and names them.
    pub(crate) fn make_room(&self, more: usize) -> Vec<String> {
        let ids = disk::entries(&self.sessions()).filter(|entry| is_session_id(&entry.name) && entry.is_folder);
        let used = |id: &str| disk::modified(&self.sessions().join(id).join(SESSION_FILE));
        let used = ids.map(|entry| (used(&entry.name).unwrap_or(entry.modified), entry.name)).collect();
        let gone = self.too_old_or_many(used, MOST_KEPT - more);
        gone.iter().for_each(|id| self.forget(id));
        gone
    }

    /// The space of a client.
    pub(crate) fn space_of_client(&self, client_id: &str) -> Option<KeptSpace> {
        self.space(&name_of("", Some(client_id))).inspect(|space| self.use_space(space))
    }

    /// The space that a token belongs to.
    pub(crate) fn space_of_token(&self, token: &str) -> Option<KeptSpace> {
        let names =
            disk::entries(&self.spaces()).filter_map(|entry| Some(entry.name.strip_suffix(".json")?.to_owned()));
        let holds = |space: &KeptSpace| space.tokens.iter().any(|kept| kept.token == token);
        // More than the bound are only there while several servers fill the folder.
        let mut spaces = names.take(2 * MOST_KEPT).filter_map(|name| self.space(&name));
        spaces.find(holds).inspect(|space| self.use_space(space))
    }

    /// Writes a space. Tokens that another server gave it meanwhile stay.
    pub(crate) fn write_space(&self, mut space: KeptSpace) -> io::Result<()> {
        let others = self.space(&space.name()).map(|kept| kept.tokens).unwrap_or_default();
        space.add_tokens(others, self.clock.now_ms());
        let file = space_file(&space.name()).ok_or(io::ErrorKind::InvalidInput)?;
        disk::write(&self.spaces(), &file, &serde_json::to_vec(&space)?, self.clock.calendar())
    }

    fn space(&self, name: &str) -> Option<KeptSpace> {
        let kept: KeptSpace = serde_json::from_slice(&disk::read(&self.spaces().join(space_file(name)?))?).ok()?;
        kept.named(name)
    }

    fn use_space(&self, space: &KeptSpace) {
        let touch = |file: &String| disk::touch(&self.spaces().join(file), self.clock.calendar());
        space_file(&space.name()).iter().for_each(touch);
    }

    fn clear_out_spaces(&self) {
        let files = disk::entries(&self.spaces()).filter(|entry| !entry.is_folder && is_own_file(&entry.name));
        let used = files.map(|entry| (entry.modified, entry.name)).collect();
        for name in self.too_old_or_many(used, MOST_KEPT) {
            // What can't be removed now is tried again next time.
            let _ = std::fs::remove_file(self.spaces().join(name));
        }
    }

    fn clear_out_spools(&self) {
        let spools =
            disk::entries(&self.folder).filter(|entry| entry.is_folder && entry.name.starts_with(SPOOL_PREFIX));
        for spool in spools.filter(|entry| self.age(entry.modified) > SPOOL_KEPT_FOR) {
            // As above.
            let _ = std::fs::remove_dir_all(self.folder.join(spool.name));
        }
    }

    /// Which of these go: unused for [`KEPT_FOR`], or beyond the `most` that were used last.
    fn too_old_or_many(&self, mut used: Vec<(SystemTime, String)>, most: usize) -> Vec<String> {
        used.sort_by(|(a, _), (b, _)| b.cmp(a));
        let goes = |(rank, (used, _)): &(usize, (SystemTime, String))| *rank >= most || self.age(*used) > KEPT_FOR;
        used.into_iter().enumerate().filter(goes).map(|(_, (_, name))| name).collect()
    }

    /// Nothing for what lies in the future: clocks are set back.
    fn age(&self, time: SystemTime) -> Duration {
        self.clock.calendar().duration_since(time).unwrap_or_default()
    }

    fn sessions(&self) -> PathBuf {
        self.folder.join("sessions")
    }

    fn spaces(&self) -> PathBuf {
        self.folder.join("spaces")
    }

    /// An id that isn't one has no folder, wherever it may point.
    fn session_folder(&self, id: &str) -> io::Result<PathBuf> {
        if is_session_id(id) { Ok(self.sessions().join(id)) } else { Err(io::ErrorKind::NotFound.into()) }
    }
}

/// Where an upload lies in its session's folder.
fn upload_path(folder: &Path, key: &str) -> PathBuf {
    folder.join(key.replace('/', "-"))
}

fn is_session_id(text: &str) -> bool {
    text.len() == 19 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The file of a space, if the name can be one of a space.
fn space_file(name: &str) -> Option<String> {
    let sound = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    (sound && (1..=200).contains(&name.len())).then(|| format!("{name}.json"))
}

/// A space, or the beginning of one whose server was killed.
fn is_own_file(name: &str) -> bool {
    name.starts_with(disk::UNFINISHED) || name.strip_suffix(".json").is_some_and(|name| space_file(name).is_some())
}
