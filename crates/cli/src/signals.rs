//! Ctrl-C and SIGTERM: the work is dropped, temporary files go, and the line says what still runs and what it cost.

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

use weixin_video_core::event::Checkpoint;

use crate::failure::Failure;

/// How far the work is, kept outside of it, so that it can be told after the work was dropped.
#[derive(Clone, Debug, Default)]
pub(crate) struct Going(Arc<Mutex<Option<Checkpoint>>>);

impl Going {
    /// The work has come to this point.
    pub(crate) fn reached(&self, checkpoint: Checkpoint) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(checkpoint);
    }

    /// The work is done, or it goes on nowhere but here.
    pub(crate) fn clear(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn last(&self) -> Option<Checkpoint> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Runs `work` until it ends or a signal comes. Dropping the work closes its connections and removes its files.
pub(crate) async fn until_stopped<T>(
    going: &Going,
    work: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    tokio::select! {
        biased;
        stopped = stop() => Err(with_what_goes_on(stopped, going.last())),
        result = work => result,
    }
}

/// Ends when a signal comes.
#[cfg(unix)]
async fn stop() -> Failure {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut interrupt), Ok(mut terminate)) = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
    else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = interrupt.recv() => Failure::new("interrupted", "stopped by Ctrl-C", ""),
        _ = terminate.recv() => Failure::new("terminated", "stopped by SIGTERM", ""),
    }
}

#[cfg(not(unix))]
async fn stop() -> Failure {
    match tokio::signal::ctrl_c().await {
        Ok(()) => Failure::new("interrupted", "stopped by Ctrl-C", ""),
        Err(_) => std::future::pending().await,
    }
}

fn with_what_goes_on(stopped: Failure, last: Option<Checkpoint>) -> Failure {
    let Some(checkpoint) = last else {
        return Failure { next_step: "Nothing was charged. Run the same command to start again.".into(), ..stopped };
    };
    let session = checkpoint.session().to_string();
    let (charged, render, next_step) = match checkpoint {
        Checkpoint::Charging { .. } => (
            None,
            None,
            format!(
                "The edit may go on and be charged. Look before you repeat it: weixin-video state --session {session}"
            ),
        ),
        Checkpoint::Edited { .. } => (
            Some(true),
            None,
            format!("The edit is done and charged. Fetch the video: weixin-video export --session {session}"),
        ),
        Checkpoint::Opened { .. } | Checkpoint::Uploaded { .. } => {
            (Some(false), None, "Nothing was charged. Run the same command to start again.".into())
        }
        Checkpoint::Exporting { render, .. }
        | Checkpoint::Downloading { render, .. }
        | Checkpoint::Publishing { render, .. } => {
            let next = format!(
                "The edit is done; the render goes on and costs nothing. Fetch the video: weixin-video export --session {session}"
            );
            (Some(true), Some(render.to_string()), next)
        }
    };
    Failure { charged, next_step, session_id: Some(session), render_id: render, ..stopped }
}

#[cfg(test)]
mod tests {
    use super::*;
    use weixin_video_core::ids::SessionId;

    #[test]
    fn what_may_have_been_charged_is_told() {
        let session = SessionId::new("7").expect("an id");
        let stopped = || Failure::new("interrupted", "stopped by Ctrl-C", "");
        let before = None;
        let failure = with_what_goes_on(stopped(), Some(Checkpoint::Charging { session, before, since_ms: 0 }));
        assert_eq!((failure.charged, failure.exit), (None, 130));
        assert!(failure.next_step.contains("--session 7"));
        assert_eq!(with_what_goes_on(stopped(), None).charged, Some(false));
    }
}
