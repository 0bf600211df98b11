//! What was made before and may serve again: parts of pictures, whole sounds, measurements.
//!
//! ```text
//! FOLDER/v1/0f3c….kept   what was made, and a hash of it behind it      named by the key of what it was made of
//! FOLDER/v1/new-x8Qa     one that is being written; renamed when it is whole
//! ```
//!
//! A key is a hash of the inputs' bytes, of all that ffmpeg is told and of ffmpeg itself, so that an entry never has to be
//! taken back: what is made of something else has another key. Whatever is wrong with an entry or with the folder is no
//! failure: the thing is made again. So the folder may be deleted at any time, and any number of processes may use it.

mod identity;
mod key;

use std::{
    ffi::OsStr,
    fs::{self, File},
    io::{self, Read, Write},
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use sha2::{Digest as _, Sha256};

pub(crate) use self::{
    identity::stamp,
    key::{Digest, Key, KeyOf},
};
use crate::error::Error;

/// What of the folder is ours; another layout gets another name.
const LAYOUT: &str = "v1";

const ENTRY: &str = "kept";
const UNFINISHED: &str = "new-";

/// What is not finished after so long never will be: whoever wrote it is gone.
const ABANDONED: Duration = Duration::from_secs(24 * 60 * 60);

/// However small they are, looking through more of them takes a noticeable time.
const MOST_ENTRIES: usize = 10_000;

/// What a file takes on a disk at least, in bytes.
const BLOCK: u64 = 4_096;

/// More than any measurement takes, in bytes.
const SMALL: u64 = 64 * 1024;

const PIECE: usize = 128 * 1024;

/// A folder in which the renderer keeps what it has made, so that an edit costs what it changes.
///
/// Give it to the tools with [`Tools::with_cache`](crate::Tools::with_cache). It never takes more than it was allowed: what
/// was not used for the longest time goes first. The folder may be deleted at any time.
///
/// ```no_run
/// use std::path::Path;
/// use weixin_video_studio::{Cache, Tools};
///
/// let cache = Cache::open(Path::new("/home/me/.cache/weixin-video"), Cache::USUAL_BYTES)?;
/// let tools = Tools::find().with_cache(cache);
/// # Ok::<(), weixin_video_studio::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cache {
    folder: PathBuf,
    most_bytes: u64,
}

struct Entry {
    path: PathBuf,
    bytes: u64,
    used: SystemTime,
}

impl Cache {
    /// As much as an evening's edits take, in bytes.
    pub const USUAL_BYTES: u64 = 2_000_000_000;

    /// Opens a folder as a cache of at most so many bytes, and makes it where there is none. Nobody else may look into it.
    ///
    /// # Errors
    /// [`Error::Io`] or [`Error::DiskFull`] when the folder can't be made, or belongs to somebody else.
    pub fn open(folder: &Path, most_bytes: u64) -> Result<Self, Error> {
        let io = |error: io::Error| Error::io("open the cache", &error);
        let cache = Self { folder: std::path::absolute(folder).map_err(io)?.join(LAYOUT), most_bytes };
        cache.make_folder().map_err(io)?;
        cache.sweep();
        cache.bound();
        Ok(cache)
    }

    /// What it takes on the disk, in bytes.
    pub fn bytes(&self) -> u64 {
        self.entries().iter().map(|entry| entry.bytes).sum()
    }

    /// Removes all that it holds.
    pub fn clear(&self) {
        for entry in self.entries() {
            let _ = fs::remove_file(entry.path);
        }
    }

    /// Puts a copy of what is kept under a key at `to`, a file that isn't there yet. `false` where nothing is kept, or
    /// nothing whole.
    pub(crate) fn fetch(&self, key: &Key, to: &Path) -> bool {
        let copied = File::create_new(to).and_then(|mut file| self.read(key, &mut file));
        if copied.is_err() {
            let _ = fs::remove_file(to);
        }
        copied.is_ok()
    }

    /// A word that is kept under a key.
    pub(crate) fn word(&self, key: &Key) -> Option<Vec<u8>> {
        let path = self.path(key);
        let small = fs::metadata(path).is_ok_and(|meta| meta.len() <= SMALL);
        let mut word = Vec::new();
        (small && self.read(key, &mut word).is_ok()).then_some(word)
    }

    /// Keeps a copy of a file under a key, where there is room for it.
    pub(crate) fn keep(&self, key: &Key, file: &Path) {
        let fits = |meta: fs::Metadata| meta.len() <= self.most_bytes / 2;
        if fs::metadata(file).is_ok_and(fits) {
            // What could not be kept is made again another time.
            let _ = File::open(file).and_then(|file| self.write(key, file));
        }
    }

    /// Keeps a word under a key.
    pub(crate) fn keep_word(&self, key: &Key, word: &[u8]) {
        let _ = self.write(key, word);
    }

    fn read(&self, key: &Key, to: &mut impl Write) -> io::Result<()> {
        let path = self.path(key);
        let mut entry = File::open(&path)?;
        let length = entry.metadata()?.len().checked_sub(Sha256::output_size() as u64);
        let mut hash = key.hash();
        let mut stands = Vec::new();
        if let Some(length) = length {
            copy(&mut Read::by_ref(&mut entry).take(length), to, &mut hash)?;
            entry.read_to_end(&mut stands)?;
        }
        if stands != hash.finalize().as_slice() {
            // Cut off, or not what was written.
            fs::remove_file(path)?;
            return Err(io::ErrorKind::InvalidData.into());
        }
        // The last time it was of use decides how long it stays.
        let _ = entry.set_modified(SystemTime::now());
        Ok(())
    }

    fn write(&self, key: &Key, mut from: impl Read) -> io::Result<()> {
        // Somebody may have deleted it meanwhile.
        self.make_folder()?;
        let mut unfinished = tempfile::Builder::new().prefix(UNFINISHED).tempfile_in(&self.folder)?;
        let mut hash = key.hash();
        copy(&mut from, unfinished.as_file_mut(), &mut hash)?;
        unfinished.write_all(&hash.finalize())?;
        unfinished.persist(self.path(key)).map_err(|error| error.error)?;
        self.bound();
        Ok(())
    }

    fn make_folder(&self) -> io::Result<()> {
        let folders = [self.folder.parent(), Some(&self.folder)];
        for folder in folders.into_iter().flatten() {
            make_private(folder)?;
        }
        Ok(())
    }

    /// Removes what was not used for the longest time until the rest is allowed.
    fn bound(&self) {
        let mut entries = self.entries();
        let mut bytes: u64 = entries.iter().map(|entry| entry.bytes).sum();
        let mut count = entries.len();
        if bytes <= self.most_bytes && count <= MOST_ENTRIES {
            return;
        }
        entries.sort_by_key(|entry| entry.used);
        for entry in entries {
            if bytes <= self.most_bytes && count <= MOST_ENTRIES {
                break;
            }
            let _ = fs::remove_file(entry.path);
            (bytes, count) = (bytes - entry.bytes, count - 1);
        }
    }

    /// Removes what a process left that was killed while it wrote.
    fn sweep(&self) {
        let Ok(files) = fs::read_dir(&self.folder) else { return };
        for file in files.flatten() {
            let ours = file.file_name().to_string_lossy().starts_with(UNFINISHED);
            let age = file.metadata().and_then(|meta| meta.modified()).map(|at| at.elapsed().unwrap_or_default());
            if ours && age.is_ok_and(|age| age >= ABANDONED) {
                let _ = fs::remove_file(file.path());
            }
        }
    }

    fn entries(&self) -> Vec<Entry> {
        let Ok(files) = fs::read_dir(&self.folder) else { return Vec::new() };
        let entry = |file: fs::DirEntry| {
            let path = file.path();
            let meta =
                file.metadata().ok().filter(|meta| meta.is_file() && path.extension() == Some(OsStr::new(ENTRY)))?;
            let used = meta.modified().unwrap_or(SystemTime::UNIX_EPOCH);
            Some(Entry { path, bytes: meta.len().next_multiple_of(BLOCK), used })
        };
        files.flatten().filter_map(entry).collect()
    }

    fn path(&self, key: &Key) -> PathBuf {
        self.folder.join(format!("{key}.{ENTRY}"))
    }
}

/// Copies to the end and takes all of it into a hash.
fn copy(from: &mut impl Read, to: &mut impl Write, hash: &mut Sha256) -> io::Result<()> {
    let mut piece = vec![0; PIECE];
    loop {
        match from.read(&mut piece) {
            Ok(0) => return Ok(()),
            Ok(count) => {
                hash.update(&piece[..count]);
                to.write_all(&piece[..count])?;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

#[cfg(unix)]
fn make_private(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
    if let Ok(meta) = fs::metadata(folder)
        && meta.is_dir()
    {
        // Taking a right away that nobody has costs nothing, and fails in a folder of somebody else's.
        let open = meta.permissions().mode() & 0o077 != 0;
        return if open { fs::set_permissions(folder, fs::Permissions::from_mode(0o700)) } else { Ok(()) };
    }
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

#[cfg(not(unix))]
fn make_private(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
}

#[cfg(test)]
mod tests;
