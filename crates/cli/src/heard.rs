//! What the renderer in this process tells of its work, for which HTTP has no field.

use std::sync::{Arc, Mutex, PoisonError};

use weixin_video_fake_backend::{Finished, Told};
use weixin_video_studio::Error;

use crate::failure::Failure;

/// What was told last. Clones are one.
#[derive(Clone, Default)]
pub(crate) struct Heard(Arc<Mutex<Option<Result<Finished, Error>>>>);

impl Heard {
    /// For the renderer.
    pub(crate) fn told(&self) -> Told {
        let own = self.clone();
        Arc::new(move |result| own.put(Some(result.cloned().map_err(Clone::clone))))
    }

    /// The video that was made last, once.
    pub(crate) fn finished(&self) -> Option<Finished> {
        self.take()?.ok()
    }

    /// The failure as the client met it. What is missing on this machine is told as that.
    pub(crate) fn failure(&self, failure: Failure) -> Failure {
        match self.take() {
            Some(Err(error @ Error::MissingTool { .. })) => {
                let missing = Failure::from(error);
                Failure {
                    code: missing.code,
                    message: missing.message,
                    next_step: missing.next_step,
                    exit: missing.exit,
                    ..failure
                }
            }
            Some(Err(error @ Error::TooLong { .. })) => {
                let next = "Cut it, such as with --instruct \"keep the first 30 s\", or give `format` --parts.";
                Failure { code: "too_long", message: error.to_string(), next_step: next.to_owned(), ..failure }
            }
            Some(_) | None => failure,
        }
    }

    fn take(&self) -> Option<Result<Finished, Error>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn put(&self, told: Option<Result<Finished, Error>>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = told;
    }
}
