//! The file of a journal: every byte that is ever written to one is written here.

use std::fs::File;
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use weixin_video::journal::{self, Order, Step};
use weixin_video_core::planted;

/// A journal that is locked and written to.
#[derive(Debug)]
pub(super) struct Ledger {
    file: File,
    path: PathBuf,
    /// How many bytes of it are whole lines.
    whole: u64,
}

impl Ledger {
    /// A locked file at `path` whose first `whole` bytes are a journal. What lies behind them is cut off by the next line.
    pub(super) fn new(file: File, path: PathBuf, whole: u64) -> Self {
        Self { file, path, whole }
    }

    /// Appends a line. Once this returns it survives a power cut; when it fails, the journal is as it was.
    pub(super) fn append(&mut self, step: &Step) -> io::Result<()> {
        let line = journal::line(step);
        if planted!(TornTailKept) {
            self.file.seek(SeekFrom::End(0))?;
        } else {
            self.file.set_len(self.whole)?;
            self.file.seek(SeekFrom::Start(self.whole))?;
        }
        if let Err(error) = write_synced(&self.file, &line) {
            // A torn line would be passed over when the journal is read; without it there is nothing to pass over.
            let _ = self.file.set_len(self.whole);
            return Err(error);
        }
        self.whole += u64::try_from(line.len()).unwrap_or(u64::MAX);
        Ok(())
    }

    /// The last line, and then the journal goes: one that could not be removed is known to be over.
    pub(super) fn end(mut self, step: &Step) -> io::Result<()> {
        // Where the disk takes no line it can still be removed.
        let _ = self.append(step);
        planted::reach("journal.over");
        std::fs::remove_file(&self.path)?;
        planted::reach("journal.removed");
        Ok(())
    }

    /// Where it stands.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

/// Writes the first line into an empty file, and says how long it is.
pub(super) fn write_order(file: &File, order: &Order) -> io::Result<u64> {
    let line = journal::first_line(order);
    write_synced(file, &line)?;
    Ok(u64::try_from(line.len()).unwrap_or(u64::MAX))
}

fn write_synced(mut file: &File, line: &str) -> io::Result<()> {
    planted::reach("journal.writing");
    let line = line.as_bytes();
    #[cfg(feature = "planted")]
    let line = {
        let (half, rest) = line.split_at(line.len() / 2);
        file.write_all(half)?;
        planted::reach("journal.torn");
        rest
    };
    file.write_all(line)?;
    planted::reach("journal.written");
    file.sync_all()?;
    planted::reach("journal.synced");
    Ok(())
}

/// A new name survives a power cut only when its folder is synced.
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    #[cfg(unix)]
    File::open(folder)?.sync_all()?;
    #[cfg(not(unix))]
    let _ = folder;
    Ok(())
}
