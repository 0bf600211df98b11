//! Small private files: the client id, tokens by API, the last session by API.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write as _};
use std::path::Path;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use tempfile::NamedTempFile;
use weixin_video_core::ids::{ClientId, Grant, Seed, SessionId};
use weixin_video_core::planted;

use crate::failure::Failure;
use crate::places::Places;

/// What one backend is known by.
pub(crate) type Key = String;

/// How the name of a file begins before all of it is there.
const BEGUN: &str = ".begun-";
/// A beginning this old was left by a process that is gone.
const STALE: Duration = Duration::from_secs(60);

/// The client id of this installation; made and kept when there is none.
pub(crate) fn client_id(places: &Places, seed: Seed) -> Result<ClientId, Failure> {
    let path = places.client_id();
    let kept = fs::read_to_string(&path).ok().and_then(|text| ClientId::new(text.trim()));
    if let Some(id) = kept {
        return Ok(id);
    }
    let id = seed.client_id();
    write_private(&path, id.as_str().as_bytes()).map_err(|error| unwritable(&path, &error))?;
    Ok(id)
}

/// Forgets a client id that no token can be had by: the one that it was granted got lost, or went to another program.
/// While any token is kept, the id stays.
pub(crate) fn forget_client_id(places: &Places) -> bool {
    read::<Grant>(&places.tokens()).is_empty() && fs::remove_file(places.client_id()).is_ok()
}

/// The kept grant for a backend, whether or not it has expired.
pub(crate) fn grant(places: &Places, key: &Key) -> Option<Grant> {
    read::<Grant>(&places.tokens()).remove(key)
}

/// Keeps a grant. A token that can't be kept is asked for again next time, which is worth a line and no more.
pub(crate) fn keep_grant(places: &Places, key: &Key, grant: &Grant) {
    planted!(GrantNotKept => return);
    keep(&places.tokens(), key, grant);
}

/// The session that was used last with a backend.
pub(crate) fn session(places: &Places, key: &Key) -> Option<SessionId> {
    read::<SessionId>(&places.sessions()).remove(key)
}

/// Remembers the session.
pub(crate) fn keep_session(places: &Places, key: &Key, session: &SessionId) {
    keep(&places.sessions(), key, session);
}

fn keep<T: Serialize + DeserializeOwned + Clone>(path: &Path, key: &Key, value: &T) {
    let mut all = read::<T>(path);
    all.insert(key.clone(), value.clone());
    let text = serde_json::to_vec(&all).expect("string keys and plain values serialize");
    if let Err(error) = write_private(path, &text) {
        crate::output::say(&format!("note: can't keep {}: {error}", path.display()));
    }
}

/// A damaged file counts as empty: all in it can be had again.
fn read<T: DeserializeOwned>(path: &Path) -> BTreeMap<Key, T> {
    fs::read(path).ok().and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or_default()
}

/// Writes a file that only this user can read (0600 in a 0700 folder), all or nothing.
fn write_private(path: &Path, content: &[u8]) -> io::Result<()> {
    let folder = path.parent().ok_or(io::ErrorKind::NotFound)?;
    planted::reach("token.writing");
    let mut file = begin_private_file(folder)?;
    file.write_all(content)?;
    file.as_file().sync_all()?;
    planted::reach("token.written");
    file.persist(path)?;
    planted::reach("token.kept");
    Ok(())
}

/// Begins a file under a name that nobody looks for, in a folder that only this user can look into. Beginnings that a
/// crash left there are removed: some hold a token.
pub(crate) fn begin_private_file(folder: &Path) -> io::Result<NamedTempFile> {
    make_private_folder(folder)?;
    sweep(folder);
    let begun = tempfile::Builder::new().prefix(BEGUN).tempfile_in(folder);
    // Its own words name a file that nobody knows.
    Ok(begun.map_err(|error| error.kind())?)
}

/// Removes what has been a beginning for so long that whoever began it is gone.
fn sweep(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let begun = entry.file_name().to_string_lossy().starts_with(BEGUN);
        let changed = entry.metadata().and_then(|facts| facts.modified());
        let old = changed.is_ok_and(|at| at.elapsed().is_ok_and(|age| age > STALE));
        if begun && old {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Makes a folder, with those above it, that only this user can look into.
#[cfg(unix)]
fn make_private_folder(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
    if let Some(parent) = folder.parent() {
        fs::create_dir_all(parent)?;
    }
    match fs::DirBuilder::new().mode(0o700).create(folder) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            fs::set_permissions(folder, fs::Permissions::from_mode(0o700))
        }
        result => result,
    }
}

#[cfg(not(unix))]
fn make_private_folder(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
}

fn unwritable(path: &Path, error: &io::Error) -> Failure {
    let message = format!("can't write {}: {error}", path.display());
    Failure::new(
        "config_unwritable",
        message,
        "Check the permissions of the folder, or set XDG_CONFIG_HOME to another one.",
    )
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;
    use std::time::SystemTime;

    use super::*;
    use weixin_video_core::ids::Token;

    fn places() -> (tempfile::TempDir, Places) {
        let home = tempfile::tempdir().expect("a folder");
        let places = Places {
            config: home.path().join("c/nemovideo"),
            state: home.path().join("s/weixin-video"),
            cache: home.path().join("k"),
        };
        (home, places)
    }

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).expect("it is there").permissions().mode() & 0o777
    }

    #[test]
    fn a_token_is_for_this_user_alone() {
        let (_home, places) = places();
        let token = Token::new("t").expect("a token");
        let grant = Grant { token, user_id: None, expires_at: SystemTime::UNIX_EPOCH };
        keep_grant(&places, &"https://api.example".to_owned(), &grant);
        assert_eq!((mode(&places.tokens()), mode(&places.config)), (0o600, 0o700));
        assert_eq!(super::grant(&places, &"https://api.example".to_owned()), Some(grant));
        assert_eq!(super::grant(&places, &"https://other.example".to_owned()), None, "a token is bound to its API");
    }

    #[test]
    fn the_client_id_stays() {
        let (_home, places) = places();
        let first = client_id(&places, Seed::new(1)).expect("kept");
        let again = client_id(&places, Seed::new(2)).expect("read");
        assert_eq!(first, again);
    }

    #[test]
    fn what_a_crash_left_of_a_beginning_goes_and_what_is_being_begun_stays() {
        let (_home, places) = places();
        client_id(&places, Seed::new(1)).expect("kept");
        let [old, new] = ["old", "new"].map(|name| places.config.join(format!("{BEGUN}{name}")));
        for path in [&old, &new] {
            fs::write(path, b"a token").expect("written");
        }
        let long_ago = SystemTime::now() - 2 * STALE;
        fs::File::options().write(true).open(&old).and_then(|file| file.set_modified(long_ago)).expect("it was then");
        let token = Token::new("t").expect("a token");
        keep_grant(
            &places,
            &"https://api.example".to_owned(),
            &Grant { token, user_id: None, expires_at: SystemTime::UNIX_EPOCH },
        );
        assert_eq!((old.exists(), new.exists(), places.client_id().exists()), (false, true, true));
    }

    #[test]
    fn a_client_id_whose_token_is_lost_is_forgotten_and_any_other_stays() {
        let (_home, places) = places();
        let first = client_id(&places, Seed::new(1)).expect("kept");
        assert!(forget_client_id(&places));
        assert_ne!(client_id(&places, Seed::new(2)).expect("made"), first);
        let token = Token::new("t").expect("a token");
        let grant = Grant { token, user_id: None, expires_at: SystemTime::UNIX_EPOCH };
        keep_grant(&places, &"https://api.example".to_owned(), &grant);
        assert!(!forget_client_id(&places));
    }

    #[test]
    fn a_damaged_file_counts_as_empty() {
        let (_home, places) = places();
        fs::create_dir_all(&places.state).expect("a folder");
        fs::write(places.sessions(), b"{\"x\":").expect("written");
        let key = "k".to_owned();
        assert_eq!(session(&places, &key), None);
        keep_session(&places, &key, &SessionId::new("7").expect("an id"));
        assert_eq!(session(&places, &key), SessionId::new("7"));
    }
}
