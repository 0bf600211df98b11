//! The link under which a person takes over in a browser what was made without an account (PROTOCOL.md, row "claim link").
//!
//! It is optional: a server without it costs the reader nothing, not even a wait that is felt.

use std::time::Duration;

use weixin_video_core::api::Session;
use weixin_video_core::ids::SessionId;

use crate::backend::Backend;
use crate::failure::Failure;

/// The link, for the person at the terminal alone: whoever has it can take the session over.
pub(crate) struct Link {
    pub(crate) url: String,
    /// How long it works, in seconds, when the server said so.
    pub(crate) expires_in_s: Option<u64>,
}

/// A link is worth no longer wait than this.
const PATIENCE: Duration = Duration::from_secs(10);

/// A link to `session`; none where there is nothing to take over: on this machine, and for an account of the user's own.
pub(crate) async fn link(backend: &Backend, session: &SessionId) -> Option<Link> {
    if backend.free || backend.own_token {
        return None;
    }
    tokio::time::timeout(PATIENCE, asked(backend, session)).await.ok().flatten()
}

async fn asked(backend: &Backend, session: &SessionId) -> Option<Link> {
    let client = &backend.client;
    let state = client.state(session, &mut backend.progress("link")).await.ok()?;
    let session = Session { id: session.clone(), task_id: Some(state.task_id?), user_id: state.user_id };
    let link = client.claim(&session, &mut backend.progress("link")).await.ok()?;
    Some(Link { url: link.url(client.config()), expires_in_s: link.expires_in_s })
}

/// The same failure; where the credits ran out, with the link in its next step.
pub(crate) async fn offered(backend: &Backend, failure: Failure) -> Failure {
    let session = failure.session_id.as_deref().and_then(SessionId::new).filter(|_| failure.code == "no_credits");
    let Some(session) = session else {
        return failure;
    };
    match link(backend, &session).await {
        Some(link) => {
            let next = format!("{} {}", failure.next_step, link.words());
            failure.then(next)
        }
        None => failure,
    }
}

impl Link {
    /// For people.
    pub(crate) fn words(&self) -> String {
        let lasts = self.expires_in_s.map(|seconds| format!(", for {} min", seconds.div_ceil(60))).unwrap_or_default();
        format!("To take this session over in a browser (whoever has the link can{lasts}): {}", self.url)
    }
}
