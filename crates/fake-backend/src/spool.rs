//! Files on their way into the spool, under names of the server's own.

use crate::app::App;
use crate::problem::Problem;
use std::collections::hash_map::DefaultHasher;
use std::hash::Hasher;
use std::io;
use std::path::{Path, PathBuf};
use tokio::io::{AsyncWriteExt, BufWriter};

/// Bytes written to the spool at a time.
const BLOCK: usize = 512 * 1024;
/// Bytes of a file name that are kept.
const LONGEST_NAME: usize = 200;

/// A file that has arrived.
pub(crate) struct Stored {
    pub(crate) key: String,
    pub(crate) name: String,
    pub(crate) path: TempPath,
    pub(crate) len: u64,
    pub(crate) hash: u64,
}

/// A file that is arriving.
pub(crate) struct Arriving {
    key: String,
    name: String,
    path: TempPath,
    file: BufWriter<tokio::fs::File>,
    len: u64,
    limit: u64,
    hash: DefaultHasher,
}

/// A path that is removed again unless it is kept.
pub(crate) struct TempPath(Option<PathBuf>);

impl TempPath {
    pub(crate) const fn new(path: PathBuf) -> Self {
        Self(Some(path))
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.as_deref().expect("a kept path is not asked for again")
    }

    pub(crate) fn keep(mut self) -> PathBuf {
        self.0.take().expect("a path is kept once")
    }
}

impl Drop for TempPath {
    fn drop(&mut self) {
        if let Some(path) = &self.0 {
            // The spool folder goes as a whole later.
            let _ = std::fs::remove_file(path);
        }
    }
}

impl Arriving {
    pub(crate) async fn create(app: &App, extension: &str, name: &str) -> Result<Self, Problem> {
        let key = format!("u/{}.{extension}", app.ids().hex(2));
        let path = TempPath::new(app.spool_path(&key.replace('/', "-")));
        let file = tokio::fs::File::create_new(path.path()).await.map_err(disk)?;
        Ok(Self {
            key,
            name: name.to_owned(),
            path,
            file: BufWriter::with_capacity(BLOCK, file),
            len: 0,
            limit: app.settings.upload_limit,
            hash: DefaultHasher::new(),
        })
    }

    pub(crate) async fn finish(mut self) -> Result<Stored, Problem> {
        self.file.flush().await.map_err(disk)?;
        let Self { key, name, path, len, hash, .. } = self;
        Ok(Stored { key, name, path, len, hash: hash.finish() })
    }

    pub(crate) async fn write(&mut self, bytes: &[u8]) -> Result<(), Problem> {
        self.len += bytes.len() as u64;
        if self.len > self.limit {
            return Err(Problem::TooLarge { limit: self.limit });
        }
        self.hash.write(bytes);
        self.file.write_all(bytes).await.map_err(disk)
    }
}

#[expect(clippy::needless_pass_by_value, reason = "as `map_err` gives it")]
pub(crate) fn disk(error: io::Error) -> Problem {
    use io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
    if matches!(error.kind(), StorageFull | QuotaExceeded | FileTooLarge) {
        return Problem::DiskFull;
    }
    Problem::Internal(format!("the spool failed: {}", error.kind()))
}

/// What the client calls a file: the last part of it, without control characters, not too long. Never used as a path.
pub(crate) fn clean_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let mut clean: String = last.chars().filter(|c| !c.is_control()).collect();
    if clean.len() > LONGEST_NAME {
        let extension =
            clean.rsplit_once('.').map(|(_, extension)| format!(".{extension}")).filter(|part| part.len() < 16);
        let end = clean.char_indices().map(|(at, _)| at).take_while(|at| *at <= LONGEST_NAME).last();
        clean.truncate(end.unwrap_or(0));
        clean.push_str(&extension.unwrap_or_default());
    }
    clean
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_s_file_name_is_never_a_path() {
        for (name, clean) in [
            ("clip.mp4", "clip.mp4"),
            ("../../etc/passwd.mp4", "passwd.mp4"),
            ("C:\\Users\\me\\clip.mov", "clip.mov"),
            ("a\u{0}b\n.mp4", "ab.mp4"),
            ("早安.mp4", "早安.mp4"),
            ("/", ""),
        ] {
            assert_eq!(clean_name(name), clean);
        }
    }

    #[test]
    fn a_full_disk_is_called_one() {
        for kind in [io::ErrorKind::StorageFull, io::ErrorKind::QuotaExceeded] {
            assert_eq!(disk(kind.into()).status(), 507);
        }
        assert_eq!(disk(io::ErrorKind::PermissionDenied.into()).status(), 500);
    }

    #[test]
    fn a_long_name_is_cut_between_characters_and_keeps_its_extension() {
        let name = format!("{}.mp4", "早".repeat(500));
        let clean = clean_name(&name);
        assert!(clean.len() <= LONGEST_NAME + 4);
        assert!(clean.ends_with("早.mp4"));
    }
}
