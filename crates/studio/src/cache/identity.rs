//! What a file's bytes are, without reading them each time.

use std::{
    fs::{self, File, Metadata},
    io::{self, Read as _},
    path::Path,
    time::{Duration, SystemTime},
};

use sha2::{Digest as _, Sha256};

use super::{Cache, Digest, Key, KeyOf, PIECE};
use crate::{control::Control, error::Error};

/// Within this time of a change there may be another one that leaves no trace: clocks of files tick coarsely.
const SETTLED: Duration = Duration::from_secs(2);

impl Cache {
    /// The hash of a file's bytes. They are read once; after that it is known by where the file lies, its size, and when
    /// it was changed.
    ///
    /// # Errors
    /// [`Error::Cancelled`], and [`Error::Io`] when it can't be read.
    pub(crate) fn content(&self, file: &Path, control: &Control) -> Result<Digest, Error> {
        let io = |error: io::Error| Error::io("read the clip", &error);
        let stamp = stamp(file).map_err(io)?;
        if let Some(known) = self.word(&stamp).and_then(|word| <[u8; 32]>::try_from(word).ok()) {
            return Ok(Digest(known));
        }
        let digest = hashed(file, control)?;
        // Remembered only if it is still what it was, and has been for a while.
        if self::stamp(file).is_ok_and(|now| now == stamp) && is_settled(file) {
            self.keep_word(&stamp, &digest.0);
        }
        Ok(digest)
    }
}

/// What changes with every change of a file, and is quick to see.
pub(crate) fn stamp(file: &Path) -> io::Result<Key> {
    let file = fs::canonicalize(file)?;
    let meta = fs::metadata(&file)?;
    let key = KeyOf::kind("file 1").bytes(file.as_os_str().as_encoded_bytes()).bytes(&meta.len().to_le_bytes());
    Ok(of_system(key, &meta).done())
}

/// The time of the last change of anything about it can't be set by anybody, unlike that of its content.
#[cfg(unix)]
fn of_system(key: KeyOf, meta: &Metadata) -> KeyOf {
    use std::os::unix::fs::MetadataExt as _;
    let times = [meta.mtime(), meta.mtime_nsec(), meta.ctime(), meta.ctime_nsec()];
    let key = [meta.dev(), meta.ino()].iter().fold(key, |key, number| key.bytes(&number.to_le_bytes()));
    times.iter().fold(key, |key, time| key.bytes(&time.to_le_bytes()))
}

#[cfg(not(unix))]
fn of_system(key: KeyOf, meta: &Metadata) -> KeyOf {
    key.word(&format!("{:?} {:?}", meta.modified().ok(), meta.created().ok()))
}

#[cfg(unix)]
fn is_settled(file: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let changed = fs::metadata(file).ok().and_then(|meta| u64::try_from(meta.ctime()).ok());
    let at = changed.and_then(|seconds| SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds)));
    at.and_then(|at| at.elapsed().ok()).is_some_and(|age| age > SETTLED)
}

#[cfg(not(unix))]
fn is_settled(file: &Path) -> bool {
    let changed = fs::metadata(file).and_then(|meta| meta.modified());
    changed.ok().and_then(|at| at.elapsed().ok()).is_some_and(|age| age > SETTLED)
}

fn hashed(file: &Path, control: &Control) -> Result<Digest, Error> {
    let io = |error: io::Error| Error::io("read the clip", &error);
    let mut file = File::open(file).map_err(io)?;
    let (mut hash, mut piece) = (Sha256::new(), vec![0; PIECE]);
    loop {
        if control.is_cancelled() {
            return Err(Error::Cancelled);
        }
        match file.read(&mut piece) {
            Ok(0) => return Ok(Digest(hash.finalize().into())),
            Ok(count) => hash.update(&piece[..count]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(io(error)),
        }
    }
}
