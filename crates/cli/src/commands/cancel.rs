//! `weixin-video cancel`: stops a render on the server (PROTOCOL.md, row "cancel export"), then forgets the job.

use weixin_video_core::event::Checkpoint;

use super::{forget, jobs};
use crate::args;
use crate::ask::Ask;
use crate::backend::{Backend, LOCAL};
use crate::failure::Failure;
use crate::jobs::{Jobs, Standing, damaged, forget_line};
use crate::output::{Shown, say};
use crate::places::Places;

pub(super) async fn run(ask: &Ask, cancel: args::Named) -> Result<Shown, Failure> {
    let places = Jobs::of(&Places::find()?);
    let found = match jobs::chosen(&places, cancel.id.as_deref())? {
        Ok(found) => found,
        Err(listed) => return Ok(listed),
    };
    let journal = found.journal.as_ref().map_err(|why| damaged(&found.id, why))?;
    // Held until it is gone: nobody resumes it meanwhile.
    let job = places.hold(&found.id, &ask.going)?;
    let stopped = match job.last() {
        Some(Checkpoint::Exporting { render, .. }) if job.order.backend != LOCAL => {
            let backend = Backend::of_job(&job.order).map_err(|failure| job.left(failure))?;
            backend.client.cancel(render, &mut backend.progress("cancel")).await.map(|()| true)
        }
        // A render of this machine ended with the process that had it.
        Some(_) | None => Ok(job.order.backend == LOCAL),
    };
    match stopped {
        Ok(true) => {}
        Ok(false) => {
            let standing = Standing::of(&journal.order, journal.last.as_ref());
            let message = format!("there is no render to stop: {}", standing.doing());
            let next = format!("{} To forget it: {}", standing.words(), forget_line(&found.id));
            return Err(job.left(Failure::new("nothing_to_cancel", message, next)));
        }
        Err(error) if matches!(error.code(), "not_found" | "no_session") => {
            say("note: the server knows no such render")
        }
        Err(error) => return Err(job.left(error.into())),
    }
    job.forget()?;
    Ok(forget::forgotten(&found))
}
