//! Files and folders for one user alone, written whole or not at all.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::Path;
use std::time::SystemTime;

/// How the name of a file begins that isn't whole yet.
pub(super) const UNFINISHED: &str = ".new-";
/// The largest file that is read or written, in bytes: sixteen long drafts.
const LARGEST: u64 = 64 * 1024 * 1024;

/// Something in a folder.
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) is_folder: bool,
    pub(super) modified: SystemTime,
}

/// What lies in a folder under a name in UTF-8; nothing if it can't be read. Links are not followed.
pub(super) fn entries(folder: &Path) -> impl Iterator<Item = Entry> + use<> {
    fs::read_dir(folder).into_iter().flatten().filter_map(|entry| {
        let entry = entry.ok()?;
        let facts = entry.metadata().ok()?;
        let (is_folder, modified) = (facts.is_dir(), facts.modified().ok()?);
        Some(Entry { name: entry.file_name().into_string().ok()?, is_folder, modified })
    })
}

/// When a file was last written or touched.
pub(super) fn modified(path: &Path) -> Option<SystemTime> {
    fs::symlink_metadata(path).ok()?.modified().ok()
}

/// Marks a file as used now. One that can't be marked only goes sooner.
pub(super) fn touch(path: &Path, now: SystemTime) {
    let _ = File::options().append(true).open(path).and_then(|file| file.set_modified(now));
}

/// A plain file that isn't too large.
pub(super) fn read(path: &Path) -> Option<Vec<u8>> {
    let facts = fs::symlink_metadata(path).ok()?;
    if !facts.is_file() || facts.len() > LARGEST {
        return None;
    }
    let mut text = Vec::new();
    File::open(path).ok()?.take(LARGEST).read_to_end(&mut text).ok()?;
    Some(text)
}

/// Puts a file in a folder in place of the one that is there, in one step, written `now`.
pub(super) fn write(folder: &Path, name: &str, text: &[u8], now: SystemTime) -> io::Result<()> {
    if text.len() as u64 > LARGEST {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    let mut file = tempfile::Builder::new().prefix(UNFINISHED).tempfile_in(folder)?;
    file.write_all(text)?;
    file.as_file().set_modified(now)?;
    file.as_file().sync_all()?;
    file.persist(folder.join(name)).map_err(|error| error.error)?;
    sync_folder(folder)
}

/// Waits until a file is on the disk.
pub(super) fn sync(path: &Path) -> io::Result<()> {
    File::options().append(true).open(path)?.sync_all()
}

/// Waits until the names in a folder are on the disk. Where folders can't be opened, the system sees to it.
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

/// Makes a folder that only this user can enter, or makes it so.
#[cfg(unix)]
pub(super) fn make_private(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
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

/// The folders of a user are their own.
#[cfg(not(unix))]
pub(super) fn make_private(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole_and_nothing_else_stays() {
        let folder = tempfile::tempdir().unwrap();
        for text in ["first", "second, longer", "3"] {
            write(folder.path(), "a.json", text.as_bytes(), SystemTime::now()).unwrap();
            assert_eq!(read(&folder.path().join("a.json")).unwrap(), text.as_bytes());
        }
        assert_eq!(entries(folder.path()).map(|entry| entry.name).collect::<Vec<_>>(), ["a.json"]);
        let gone = write(&folder.path().join("gone"), "a.json", b"x", SystemTime::now()).unwrap_err();
        assert_eq!(gone.kind(), io::ErrorKind::NotFound, "no folder is made for it");
    }

    #[cfg(unix)]
    #[test]
    fn only_plain_files_are_read() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), "a", b"x", SystemTime::now()).unwrap();
        assert_eq!(fs::metadata(folder.path().join("a")).unwrap().permissions().mode() & 0o777, 0o600);
        symlink(folder.path().join("a"), folder.path().join("link")).unwrap();
        assert_eq!(read(&folder.path().join("link")), None);
        assert_eq!(read(folder.path()), None);
        assert_eq!(read(&folder.path().join("gone")), None);
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_is_this_user_s_even_if_it_was_there() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let private = folder.path().join("a/b");
        for _ in 0..2 {
            make_private(&private).unwrap();
            assert_eq!(fs::metadata(&private).unwrap().permissions().mode() & 0o777, 0o700);
            fs::set_permissions(&private, fs::Permissions::from_mode(0o755)).unwrap();
        }
    }
}
