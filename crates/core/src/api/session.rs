//! Row "session".

use serde_json::json;

use super::{Endpoint, SESSION, post};
use crate::call::{Call, Reply};
use crate::config::Config;
use crate::envelope;
use crate::error::Error;
use crate::ids::SessionId;
use crate::printable::printable;
use crate::time::Instant;

/// Opens a session.
#[derive(Clone, Debug)]
pub struct OpenSession {
    language: String,
}

/// An open session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// The task it belongs to; claim links need it.
    pub task_id: Option<String>,
    /// The account, when the server said so; registration links need it.
    pub user_id: Option<String>,
}

impl OpenSession {
    /// `language` is BCP 47, of the user's words.
    #[must_use]
    pub fn new(language: impl Into<String>) -> Self {
        Self { language: language.into() }
    }
}

impl Endpoint for OpenSession {
    type Answer = Session;

    const NAME: &'static str = SESSION;

    fn request(&self, config: &Config, now: Instant) -> Call {
        let body = json!({"task_name": "project", "language": self.language});
        post(config, "/api/tasks/me/with-session/nemo_agent", &body, now)
    }

    fn reply(&self, reply: &Reply) -> Result<Session, Error> {
        let data = envelope::open(Self::NAME, reply)?;
        let id = data.text(&["session_id", "sessionId"]).and_then(SessionId::new);
        let short = |text: String| printable(&text, 128);
        Ok(Session {
            id: id.ok_or_else(|| Error::protocol(Self::NAME, "it holds no usable session id"))?,
            task_id: data.text(&["task_id", "taskId"]).map(short),
            user_id: data.text(&["user_id", "userId"]).map(short),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nineteen_digits_survive_as_string_and_as_number() {
        for id in [r#""1795327774509774123""#, "1795327774509774123"] {
            let body = format!(r#"{{"code":0,"data":{{"session_id":{id},"task_id":"t1"}}}}"#);
            let session = OpenSession::new("en").reply(&Reply::new(200, body)).expect("a session");
            assert_eq!(session.id.as_str(), "1795327774509774123");
        }
    }

    #[test]
    fn an_id_that_would_leave_its_path_is_refused() {
        let reply = Reply::new(200, r#"{"data":{"session_id":"../../x"}}"#);
        assert!(OpenSession::new("en").reply(&reply).is_err());
    }
}
