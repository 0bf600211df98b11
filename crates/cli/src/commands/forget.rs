//! `weixin-video forget`.

use serde_json::json;
use weixin_video_core::event::Checkpoint;

use crate::args;
use crate::failure::Failure;
use crate::jobs::{Found, Jobs, Stage, Standing};
use crate::output::Shown;
use crate::places::Places;

pub(super) fn run(forget: &args::Forget) -> Result<Shown, Failure> {
    let jobs = Jobs::of(&Places::find()?);
    let found = jobs.find(&forget.id)?;
    jobs.forget(&found.id)?;
    Ok(forgotten(&found))
}

/// That the job is gone, and what that means.
pub(super) fn forgotten(found: &Found) -> Shown {
    let id = &found.id;
    let Ok(journal) = &found.journal else {
        let text = format!("Forgot {id}. Its journal could not be read: it may have been charged.");
        return Shown::new(text, json!({"job_id": id.to_string(), "charged": null}));
    };
    let standing = Standing::of(&journal.order, journal.last.as_ref());
    let session = journal.last.as_ref().map(Checkpoint::session);
    let mut text = format!("Forgot {id}. {}", standing.words());
    if let Some(session) = session.filter(|_| standing.stage >= Stage::Charging) {
        text.push_str(&format!(" Its timeline is in session {session}: weixin-video state --session {session}"));
    }
    let data = json!({
        "job_id": id.to_string(),
        "stage": standing.name(),
        "charged": standing.charged_as_told(),
        "session_id": session.map(ToString::to_string),
    });
    Shown::new(text, data)
}
