//! A job in the hands of this process.

use std::future::{Future, poll_fn};
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;

use weixin_video::journal::{Kind, Order, Redirected, Step};
use weixin_video_core::error::{Charged, Error};
use weixin_video_core::event::{Checkpoint, Event, Observer};
use weixin_video_core::files::Output;
#[cfg(feature = "planted")]
use weixin_video_core::planted;

use super::ledger::Ledger;
use super::{JobId, Standing, resume_line};
use crate::backend::LOCAL;
use crate::failure::Failure;
use crate::output::say;
use crate::progress::Progress;
use crate::signals::Going;

/// A job in the hands of this process: its journal is open and locked.
pub(crate) struct Job {
    id: Option<JobId>,
    pub(crate) order: Order,
    last: Option<Checkpoint>,
    /// How long the video is once it is mended.
    mended: Option<u64>,
    /// What came before the charged message, if this process was about to send it.
    uncharged: Option<Option<Checkpoint>>,
    /// `None` where it could not be kept.
    ledger: Option<Ledger>,
    /// Whether it was told that a line could not be written.
    noted: bool,
    going: Going,
    /// Why the next step must not be taken.
    broken: Arc<Mutex<Option<Failure>>>,
    #[cfg(feature = "planted")]
    lagging: Option<Checkpoint>,
}

/// Writes down where a job has come to, then shows it.
pub(crate) struct Recorder<'a> {
    job: &'a mut Job,
    progress: Progress,
}

impl Job {
    pub(super) fn new(
        id: Option<JobId>,
        order: Order,
        last: Option<Checkpoint>,
        ledger: Option<Ledger>,
        going: Going,
    ) -> Self {
        let job = Self {
            id,
            order,
            last,
            mended: None,
            uncharged: None,
            ledger,
            noted: false,
            going,
            broken: Arc::default(),
            #[cfg(feature = "planted")]
            lagging: None,
        };
        job.tell_going();
        job
    }

    pub(super) fn mended_to(self, mended: Option<u64>) -> Self {
        Self { mended, ..self }
    }

    pub(crate) fn id(&self) -> Option<&JobId> {
        self.id.as_ref()
    }

    /// The last point it came to.
    pub(crate) fn last(&self) -> Option<&Checkpoint> {
        self.last.as_ref()
    }

    /// The last point, told with more than the journal has of it.
    pub(crate) fn amend(&mut self, last: Checkpoint) {
        self.last = Some(last);
    }

    /// Where the video goes. What is fetched of it outlives this process where the job can fetch the rest later.
    pub(crate) fn sink(&self, output: &Output) -> Output {
        let output = output.clone();
        if self.is_free() || self.ledger.is_none() { output } else { output.keeping_part() }
    }

    /// Sends the video elsewhere from now on.
    pub(crate) fn redirect(&mut self, output: PathBuf, replace: bool) -> Result<(), Failure> {
        if self.order.output.as_ref() != Some(&output) {
            self.remove_part();
        }
        (self.order.output, self.order.replace) = (Some(output.clone()), replace);
        let result = self.append(&Step::Redirected(Redirected { output, replace }));
        result.map_err(|error| self.unwritable(&error))
    }

    /// How long the video is once it is mended, where that was begun.
    pub(crate) fn mended(&self) -> Option<u64> {
        self.mended
    }

    /// The video is about to be replaced by a mended one of so many bytes. Where that can't be written down it must not
    /// be: a later run would take the mended one for somebody else's.
    pub(crate) fn mending(&mut self, bytes: u64) -> std::io::Result<()> {
        self.append(&Step::Mending { bytes })?;
        self.mended = Some(bytes);
        Ok(())
    }

    /// Does a part of the job, whose checkpoints are written down before the next step is taken. Where that fails and the
    /// next step would be charged, the work ends here.
    pub(crate) async fn record<T>(
        &mut self,
        progress: Progress,
        work: impl AsyncFnOnce(&mut Recorder<'_>) -> Result<T, Error>,
    ) -> Result<T, Failure> {
        let broken = self.broken.clone();
        let mut recorder = Recorder { job: self, progress };
        let mut work = pin!(work(&mut recorder));
        poll_fn(|context| {
            let polled = work.as_mut().poll(context);
            // Nothing has left since the checkpoint was told: whatever writes to a socket is another task of this
            // thread, which runs after this one has yielded, and forgets a request whose future is gone.
            match broken.lock().unwrap_or_else(PoisonError::into_inner).take() {
                Some(failure) => Poll::Ready(Err(failure)),
                None => polled.map_err(Failure::from),
            }
        })
        .await
    }

    /// The client has come to this point. A server that ends with this process is no place to go on from.
    pub(crate) fn reached(&mut self, checkpoint: Checkpoint) {
        if self.is_free() && self.order.kind == Kind::Format {
            return;
        }
        #[cfg(feature = "planted")]
        let Some(checkpoint) = self.lags(checkpoint) else { return };
        let may_stop = !self.is_free() && matches!(checkpoint.charged(), Charged::No | Charged::Unknown);
        let step = Step::Reached(checkpoint.clone());
        match self.append(&step) {
            Err(error) if may_stop => {
                let failure = self.unwritable(&error);
                *self.broken.lock().unwrap_or_else(PoisonError::into_inner) = Some(failure);
                return;
            }
            Err(error) if !std::mem::replace(&mut self.noted, true) => {
                say(&format!("note: the job can't be written down any more ({error}); it goes on without"));
            }
            Err(_) => {}
            Ok(()) => {}
        }
        if matches!(checkpoint, Checkpoint::Charging { .. }) {
            self.uncharged = Some(self.last.take());
        }
        self.last = Some(checkpoint);
        self.tell_going();
    }

    /// Keeps a checkpoint back until the next one comes, where that is planted.
    #[cfg(feature = "planted")]
    fn lags(&mut self, checkpoint: Checkpoint) -> Option<Checkpoint> {
        let is_last = matches!(checkpoint, Checkpoint::Publishing { .. });
        planted!(DoneBeforePublish => if is_last { self.end(&Step::Done); });
        planted!(JournalLags => return self.lagging.replace(checkpoint));
        Some(checkpoint)
    }

    /// Ends the job, or leaves it for a later run, by what came of it.
    pub(crate) fn close<T>(mut self, result: Result<T, Failure>) -> Result<T, Failure> {
        self.going.clear();
        let failure = match result {
            Ok(done) => {
                self.end(&Step::Done);
                return Ok(done);
            }
            Err(failure) => self.as_charged(failure),
        };
        if self.goes_on_after(&failure) {
            return Err(self.left(failure));
        }
        self.end(&Step::Failed { code: failure.code.to_owned() });
        self.remove_part();
        Err(failure)
    }

    /// Gives the job up.
    pub(crate) fn forget(mut self) -> Result<(), Failure> {
        self.going.clear();
        self.remove_part();
        let ledger = self.ledger.take();
        ledger.map_or(Ok(()), |ledger| {
            std::fs::remove_file(ledger.path()).map_err(|error| super::unwritable(ledger.path(), &error))
        })
    }

    /// The failure of a job that stays, with what is left to do.
    pub(crate) fn left(&self, failure: Failure) -> Failure {
        let Some(id) = &self.id else {
            return failure;
        };
        let next = format!("{} Go on with it: {}", failure.next_step, resume_line(id));
        let standing = Standing::of(&self.order, self.last.as_ref());
        // What failed cost nothing by itself; the job may have.
        let charged = if failure.charged == Some(false) { standing.charged_as_told() } else { failure.charged };
        Failure { charged, ..failure.then(next.trim_start()).for_job(id) }
    }

    /// What it cost, where the client may know better than the journal, or the other way round.
    fn as_charged(&mut self, failure: Failure) -> Failure {
        if self.order.kind == Kind::Export {
            // To render costs nothing, whatever the edits before it did.
            return Failure { charged: Some(false), ..failure };
        }
        let unsent = failure.charged == Some(false) && matches!(self.last, Some(Checkpoint::Charging { .. }));
        if let Some(before) = self.uncharged.take().filter(|_| unsent && !self.is_free()) {
            // The message did not leave, so that a later run may send it.
            if let Some(Err(error)) = before.clone().map(|before| self.append(&Step::Reached(before))) {
                say(&format!("note: the job can't be written down any more: {error}"));
                return failure;
            }
            self.last = before;
        }
        failure
    }

    /// Whether there is anything left that a later run could do and the same command could not.
    fn goes_on_after(&self, failure: &Failure) -> bool {
        let Some(last) = self.last.as_ref().filter(|_| self.id.is_some()) else {
            return false;
        };
        match failure.code {
            "nothing_to_export" | "question" | "not_edited" | "agent_failed" | "nothing_to_resume" => false,
            // A token of the user's may be another one today.
            "no_session" => self.order.own_token,
            "still_rendering" | "unconfirmed" | "state_unwritable" => true,
            _ if self.is_free() => failure.retryable,
            _ => failure.charged != Some(false) || failure.retryable || last.render().is_some(),
        }
    }

    /// Whether the server of this process does it, for nothing.
    fn is_free(&self) -> bool {
        self.order.backend == LOCAL
    }

    fn append(&mut self, step: &Step) -> std::io::Result<()> {
        self.ledger.as_mut().map_or(Ok(()), |ledger| ledger.append(step))
    }

    fn remove_part(&self) {
        self.order.output.as_deref().filter(|_| !self.is_free()).into_iter().for_each(remove_part);
    }

    fn end(&mut self, step: &Step) {
        if let Some(Err(error)) = self.ledger.take().map(|ledger| ledger.end(step)) {
            say(&format!("note: the journal of this job can't be removed: {error}"));
        }
    }

    fn unwritable(&self, error: &std::io::Error) -> Failure {
        let path = self.ledger.as_ref().map(Ledger::path);
        super::unwritable(path.unwrap_or_else(|| Path::new("its journal")), error)
    }

    fn tell_going(&self) {
        let standing = Standing::of(&self.order, self.last.as_ref());
        self.going.set(self.id.clone(), standing, self.last.clone());
    }
}

impl Observer for Recorder<'_> {
    fn see(&mut self, event: Event) {
        if let Event::Checkpoint(checkpoint) = event {
            self.job.reached(checkpoint);
        } else {
            self.progress.see(event);
        }
    }
}

/// Removes what an adapter has fetched so far. A file that stays is in nobody's way: the next run begins it anew.
pub(super) fn remove_part(output: &Path) {
    let _ = weixin_video_files::discard(output);
}

#[cfg(test)]
mod tests;
