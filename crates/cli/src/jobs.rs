//! The jobs of this user that are not over: a journal each, in a folder of their own.
//!
//! **Invariant:** whoever holds a [`Job`] holds the lock on its journal; nobody else writes there, resumes it, or removes
//! it.

use std::fs::{self, File, TryLockError};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use weixin_video::journal::{self, Journal, Order};
use weixin_video_core::planted;

use crate::backend::LOCAL;
use crate::failure::Failure;
use crate::places::Places;
use crate::signals::Going;
use crate::store::begin_private_file;

mod id;
mod job;
mod ledger;
mod standing;

pub(crate) use id::JobId;
pub(crate) use job::{Job, Recorder};
pub(crate) use standing::{Stage, Standing, forget_line, resume_line};

use ledger::Ledger;

/// The folder of the journals.
#[derive(Clone, Debug)]
pub(crate) struct Jobs {
    folder: PathBuf,
}

/// One journal in the folder.
pub(crate) struct Found {
    pub(crate) id: JobId,
    /// What it says, or why it can't be read.
    pub(crate) journal: Result<Journal, String>,
    /// Whether another process is at it.
    pub(crate) running: bool,
}

/// A listing looks into each journal for a moment; a lock that lasts longer than this is a job at work.
const LOOK: Duration = Duration::from_millis(200);

impl Jobs {
    pub(crate) fn of(places: &Places) -> Self {
        Self { folder: places.jobs() }
    }

    /// Writes the order down and holds it: from now on the job can be resumed.
    pub(crate) fn begin(&self, order: Order, going: &Going) -> Result<Job, Failure> {
        let kept = self.write_order(&order).map_err(|error| self.unwritable(&error));
        let (id, ledger) = match kept {
            Ok((id, ledger)) => (Some(id), Some(ledger)),
            Err(failure) if order.backend == LOCAL => {
                crate::output::say(&format!("note: {}; it can't be resumed", failure.message));
                (None, None)
            }
            Err(failure) => return Err(failure),
        };
        Ok(Job::new(id, order, None, ledger, going.clone()))
    }

    /// All journals, oldest first; those of jobs that are over are removed on the way.
    pub(crate) fn list(&self) -> Vec<Found> {
        let entries = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let ids = entries.filter_map(|entry| JobId::of_file(&entry.file_name()));
        let mut found: Vec<Found> = ids.filter_map(|id| self.look(id)).collect();
        let made = |found: &Found| found.journal.as_ref().map_or(0, |journal| journal.order.made_ms);
        found.sort_by(|a, b| made(a).cmp(&made(b)).then_with(|| a.id.cmp(&b.id)));
        found
    }

    /// The one job whose id begins like this.
    pub(crate) fn find(&self, prefix: &str) -> Result<Found, Failure> {
        let prefix = prefix.to_ascii_lowercase();
        let mut fitting: Vec<Found> =
            self.list().into_iter().filter(|found| found.id.as_str().starts_with(&prefix)).collect();
        match (fitting.pop(), fitting.is_empty()) {
            (Some(found), true) => Ok(found),
            (None, _) => {
                let message = format!("there is no unfinished job {prefix}");
                Err(Failure::new("no_job", message, "See what there is: weixin-video jobs."))
            }
            (Some(_), false) => {
                let message = format!("more than one job begins with {prefix:?}");
                Err(Failure::usage(message).then("Give more of the id; weixin-video jobs shows it."))
            }
        }
    }

    /// Takes hold of a job, to go on with it.
    pub(crate) fn hold(&self, id: &JobId, going: &Going) -> Result<Job, Failure> {
        let (file, journal) = self.locked(id)?;
        let journal = journal.map_err(|why| damaged(id, &why))?;
        let ledger = Ledger::new(file, self.path(id), journal.whole);
        let job = Job::new(Some(id.clone()), journal.order, journal.last, Some(ledger), going.clone());
        Ok(job.mended_to(journal.mended))
    }

    /// Removes a journal, and the part of a download that went with it.
    pub(crate) fn forget(&self, id: &JobId) -> Result<(), Failure> {
        let (_locked, journal) = self.locked(id)?;
        journal.ok().and_then(|journal| journal.order.output).iter().for_each(|output| job::remove_part(output));
        fs::remove_file(self.path(id)).map_err(|error| self.unwritable(&error))
    }

    fn look(&self, id: JobId) -> Option<Found> {
        let file = File::open(self.path(&id)).ok()?;
        let running = matches!(file.try_lock(), Err(TryLockError::WouldBlock));
        let journal = contents(&file).and_then(|bytes| journal::read(&bytes).map_err(|damage| damage.to_string()));
        let over = journal.as_ref().is_ok_and(|journal| journal.over);
        if over && !running {
            let _ = fs::remove_file(self.path(&id));
        }
        (!over).then_some(Found { id, journal, running })
    }

    fn locked(&self, id: &JobId) -> Result<(File, Result<Journal, String>), Failure> {
        let path = self.path(id);
        let gone = || Failure::new("no_job", format!("there is no job {id} any more"), "See: weixin-video jobs.");
        let file = File::options().read(true).write(true).open(&path).map_err(|error| {
            match error.kind() == io::ErrorKind::NotFound {
                true => gone(),
                false => self.unwritable(&error),
            }
        })?;
        lock(&file, LOOK).map_err(|error| match error {
            TryLockError::WouldBlock => running(id),
            TryLockError::Error(error) => self.unwritable(&error),
        })?;
        // Whoever held it before may have ended it.
        if !path.exists() {
            return Err(gone());
        }
        let journal = contents(&file).and_then(|bytes| journal::read(&bytes).map_err(|damage| damage.to_string()));
        Ok((file, journal))
    }

    /// Begins under another name, so that a journal is never seen without its order and its lock.
    fn write_order(&self, order: &Order) -> io::Result<(JobId, Ledger)> {
        let mut begun = begin_private_file(&self.folder)?;
        begun.as_file().try_lock()?;
        let whole = ledger::write_order(begun.as_file(), order)?;
        planted::reach("journal.begun");
        loop {
            let id = JobId::made(SystemTime::now())?;
            let path = self.path(&id);
            match begun.persist_noclobber(&path) {
                Ok(file) => {
                    planted::reach("journal.named");
                    ledger::sync_folder(&self.folder)?;
                    planted::reach("journal.listed");
                    return Ok((id, Ledger::new(file, path, whole)));
                }
                Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => begun = error.file,
                Err(error) => return Err(error.error),
            }
        }
    }

    fn path(&self, id: &JobId) -> PathBuf {
        self.folder.join(format!("{id}.jsonl"))
    }

    fn unwritable(&self, error: &io::Error) -> Failure {
        unwritable(&self.folder, error)
    }
}

/// The journal can't be kept.
fn unwritable(path: &Path, error: &io::Error) -> Failure {
    let message = format!("the job can't be written down in {}: {error}", path.display());
    let next = "Check the permissions and the space there, or set XDG_STATE_HOME to another folder.";
    Failure::new("state_unwritable", message, next)
}

pub(crate) fn running(id: &JobId) -> Failure {
    let message = format!("the job {id} is being done by another process right now");
    Failure::new("job_running", message, "Wait for that process, or stop it with Ctrl-C first.").for_job(id)
}

pub(crate) fn damaged(id: &JobId, why: &str) -> Failure {
    let message = format!("the journal of the job {id} can't be used: {why}");
    let next = format!("Look at `weixin-video state` and `weixin-video credits`, then: {}", forget_line(id));
    Failure { charged: None, ..Failure::new("job_damaged", message, next).for_job(id) }
}

fn lock(file: &File, patience: Duration) -> Result<(), TryLockError> {
    planted!(LockNotTaken => return Ok(()));
    let begun = std::time::Instant::now();
    loop {
        match file.try_lock() {
            Err(TryLockError::WouldBlock) if begun.elapsed() < patience => std::thread::sleep(patience / 10),
            result => return result,
        }
    }
}

/// At most one byte more than a journal may have.
fn contents(file: &File) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let read = file.take(journal::MAX_BYTES + 1).read_to_end(&mut bytes);
    read.map(|_| bytes).map_err(|error| error.to_string())
}
