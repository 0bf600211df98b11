//! A file that is not yet what it will be: locked, beside its final name.

use std::ffi::{OsStr, OsString};
use std::fs::{File, Metadata, OpenOptions, TryLockError};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use tempfile::TempPath;
use weixin_video_core::planted;

use crate::boxes;

/// How often a part file that vanishes between two looks is looked for again.
const LOOKS: u32 = 4;

/// The longest name that common file systems take, in bytes.
const NAME_BYTES: usize = 255;

const SUFFIX: &str = ".weixin-video.part";

/// A file that all of a stream went into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complete {
    /// Its first bytes.
    pub start: Vec<u8>,
    /// Whether it is a chain of MP4 boxes that ends where the file ends.
    pub whole: bool,
}

/// An open part file that this operation alone has.
#[derive(Debug)]
pub(crate) struct Part {
    path: PathBuf,
    file: File,
    bytes: u64,
}

impl Part {
    /// The one that is there, if it is a file of ours and nobody else has it.
    pub(crate) fn existing(path: &Path) -> io::Result<Option<Self>> {
        for _ in 0..LOOKS {
            match path.symlink_metadata() {
                Ok(found) if !found.is_file() => return Err(foreign()),
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
                Err(error) => return Err(error),
            }
            match OpenOptions::new().read(true).write(true).open(path).and_then(|file| Self::locked(path, file)) {
                Ok(Some(part)) => return Ok(Some(part)),
                Ok(None) => {}
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        Err(busy())
    }

    /// A new, empty one, in the place of whatever an earlier run left.
    pub(crate) fn fresh(path: &Path) -> io::Result<Self> {
        for _ in 0..LOOKS {
            if let Some(old) = Self::existing(path)? {
                old.remove()?;
            }
            let created = OpenOptions::new().read(true).write(true).create_new(true).open(path);
            match created.and_then(|file| Self::locked(path, file)) {
                Ok(Some(part)) => {
                    planted::reach("part.made");
                    return Ok(part);
                }
                Ok(None) => {}
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
        Err(busy())
    }

    /// Takes the lock first and looks afterwards: whoever had it before may have renamed or removed the file.
    fn locked(path: &Path, file: File) -> io::Result<Option<Self>> {
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(busy()),
            Err(TryLockError::Error(error)) => return Err(error),
        }
        let bytes = file.metadata()?.len();
        let part = Self { path: path.to_owned(), file, bytes };
        Ok(part.is_at(path)?.then_some(part))
    }

    /// Its length.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Whether it is what stands at `path`, itself and not by a symlink.
    pub(crate) fn is_at(&self, path: &Path) -> io::Result<bool> {
        match path.symlink_metadata() {
            Ok(found) => Ok(same_file(&self.file.metadata()?, &found)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Refuses a file that can be reached under another name too: it may be anybody's.
    pub(crate) fn ensure_alone(&self) -> io::Result<()> {
        if names(&self.file.metadata()?) == 1 { Ok(()) } else { Err(foreign()) }
    }

    /// Keeps the first `bytes` and goes on behind them.
    pub(crate) fn cut(&mut self, bytes: u64) -> io::Result<()> {
        if self.bytes < bytes {
            return Err(io::Error::other(format!("it has {} bytes, not the {bytes} to go on from", self.bytes)));
        }
        if !planted!(PartNotCut) {
            self.file.set_len(bytes)?;
        }
        self.file.seek(SeekFrom::Start(bytes))?;
        self.bytes = bytes;
        planted::reach("part.cut");
        Ok(())
    }

    pub(crate) fn append(&mut self, piece: &[u8]) -> io::Result<()> {
        let written = self.file.write_all(piece);
        self.bytes = self.file.stream_position()?;
        planted::reach("part.block");
        written
    }

    /// Brings it to the disk; gives the first bytes, at most `most`.
    pub(crate) fn finish(&mut self, most: u64) -> io::Result<Complete> {
        planted::reach("part.full");
        self.file.sync_all()?;
        planted::reach("part.synced");
        let mut start = Vec::new();
        self.file.rewind()?;
        (&mut self.file).take(most).read_to_end(&mut start)?;
        let whole = boxes::is_chain(&mut self.file, self.bytes)?;
        self.file.seek(SeekFrom::Start(self.bytes))?;
        Ok(Complete { start, whole })
    }

    /// Gives it the name `output`, synced, in one step.
    pub(crate) fn rename(&self, output: &Path, replace: bool) -> io::Result<()> {
        planted::reach("publish.begun");
        self.file.sync_all()?;
        planted::reach("publish.synced");
        if !self.is_at(&self.path)? {
            return Err(io::Error::other("somebody moved it away"));
        }
        let mut path = TempPath::try_from_path(&self.path)?;
        path.disable_cleanup(true);
        planted!(PublishedByCopy => return self.copy(output));
        if replace || planted!(OutputReplaced) { path.persist(output) } else { path.persist_noclobber(output) }?;
        planted::reach("publish.renamed");
        sync_folder(&folder(output));
        planted::reach("publish.done");
        Ok(())
    }

    /// What no honest client does: a reader may see half of it.
    #[cfg(feature = "planted")]
    fn copy(&self, output: &Path) -> io::Result<()> {
        let whole = std::fs::read(&self.path)?;
        std::fs::write(output, &whole[..whole.len() / 2])?;
        planted::reach("publish.renamed");
        std::fs::write(output, whole)?;
        std::fs::remove_file(&self.path)?;
        planted::reach("publish.done");
        Ok(())
    }

    /// Takes it away, unless something else has its name by now.
    pub(crate) fn remove(self) -> io::Result<()> {
        if self.is_at(&self.path)? { std::fs::remove_file(&self.path) } else { Ok(()) }
    }
}

/// Takes away what an earlier run fetched of `output`. A part file that another run has stays.
///
/// # Errors
/// The disk refuses, or what has the part file's name is none of ours.
pub fn discard(output: &Path) -> io::Result<()> {
    Part::existing(&path(output))?.map_or(Ok(()), Part::remove)
}

/// `.NAME.weixin-video.part` in the same folder. A name too long for that is cut, and told apart by its hash.
pub(crate) fn path(output: &Path) -> PathBuf {
    let name = output.file_name().unwrap_or_default();
    let mut part = OsString::from(".");
    if 1 + name.len() + SUFFIX.len() <= NAME_BYTES {
        part.push(name)
    } else {
        part.push(shortened(name))
    }
    part.push(SUFFIX);
    output.with_file_name(part)
}

fn shortened(name: &OsStr) -> String {
    let mut hasher = DefaultHasher::new();
    name.hash(&mut hasher);
    let hash = format!("-{:016x}", hasher.finish());
    let mut name = name.to_string_lossy().into_owned();
    let room = NAME_BYTES - 1 - SUFFIX.len() - hash.len();
    let end = (0..=room.min(name.len())).rev().find(|&end| name.is_char_boundary(end));
    name.truncate(end.unwrap_or(0));
    name + &hash
}

/// Where a file stands; a bare name stands in the current folder.
pub(crate) fn folder(path: &Path) -> PathBuf {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        Some(_) | None => PathBuf::from("."),
    }
}

fn busy() -> io::Error {
    io::Error::new(io::ErrorKind::WouldBlock, "another run is writing it")
}

fn foreign() -> io::Error {
    io::Error::other("something else has the name of its part file")
}

#[cfg(unix)]
fn same_file(one: &Metadata, other: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    one.is_file() && other.is_file() && (one.dev(), one.ino()) == (other.dev(), other.ino())
}

/// Elsewhere the standard library can't tell; an open file keeps its name there as a rule.
#[cfg(not(unix))]
fn same_file(one: &Metadata, other: &Metadata) -> bool {
    one.is_file() && other.is_file() && one.len() == other.len()
}

#[cfg(unix)]
fn names(metadata: &Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::nlink(metadata)
}

#[cfg(not(unix))]
fn names(_: &Metadata) -> u64 {
    1
}

/// The name survives a power cut only when its folder is synced. Where that can't be done the file still stands.
fn sync_folder(folder: &Path) {
    #[cfg(unix)]
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
    #[cfg(not(unix))]
    let _ = folder;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_is_the_same_every_time_and_never_too_long() {
        assert_eq!(path(Path::new("out/a.mp4")), Path::new("out/.a.mp4.weixin-video.part"));
        assert_eq!(path(Path::new("a.mp4")), Path::new(".a.mp4.weixin-video.part"));
        let longest = "x".repeat(NAME_BYTES - 1 - SUFFIX.len());
        assert_eq!(path(Path::new(&longest)), PathBuf::from(format!(".{longest}{SUFFIX}")));
        let longer = ["a", "b"].map(|end| path(Path::new(&format!("{}{end}", "ü".repeat(127)))));
        assert_ne!(longer[0], longer[1], "two outputs have two part files");
        for path in &longer {
            assert!(path.as_os_str().len() <= NAME_BYTES, "{}", path.display());
        }
    }

    #[test]
    fn a_lock_is_looked_at_again_after_the_name_moved() {
        let folder = tempfile::tempdir().expect("a folder");
        let (path, moved) = (folder.path().join("part"), folder.path().join("moved"));
        let file = File::create(&path).expect("a file");
        std::fs::rename(&path, &moved).expect("moved");
        assert!(Part::locked(&path, file).expect("looked at").is_none());
        std::fs::write(&path, "new").expect("written");
        let file = File::open(&moved).expect("a file");
        #[cfg(unix)]
        assert!(Part::locked(&path, file).expect("looked at").is_none());
        #[cfg(not(unix))]
        drop(file);
    }
}
