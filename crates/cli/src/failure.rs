//! A failure as the user meets it: one line, the next step, an exit code.

use std::error::Error as _;
use std::path::Path;

use serde::Serialize;
use weixin_video_core::api::{Endpoint as _, GrantAnonymousToken};
use weixin_video_core::error::{Charged, Error, Row, What};
use weixin_video_core::printable::printable;

use crate::jobs::JobId;

/// Why the command ended without its result.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Failure {
    /// A short word for programs, stable.
    pub(crate) code: &'static str,
    /// What happened, in one line.
    pub(crate) message: String,
    /// What to do about it.
    pub(crate) next_step: String,
    /// Whether the same command may well work a little later.
    pub(crate) retryable: bool,
    /// Whether credits went; null when that can't be known.
    pub(crate) charged: Option<bool>,
    /// The session it happened in, if there was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) session_id: Option<Box<str>>,
    /// The render it happened to, if there was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) render_id: Option<Box<str>>,
    /// The job that can be gone on with, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) job_id: Option<Box<str>>,
    /// The server grants no token for this client id any more.
    #[serde(skip)]
    pub(crate) no_token: bool,
    #[serde(skip)]
    pub(crate) exit: u8,
}

/// No message is longer; more would be a server's or a decoder's whole log.
const MAX_MESSAGE_CHARS: usize = 1_000;

impl Failure {
    /// A failure on this machine that cost nothing.
    pub(crate) fn new(code: &'static str, message: impl AsRef<str>, next_step: impl Into<String>) -> Self {
        Self {
            code,
            message: printable(message.as_ref(), MAX_MESSAGE_CHARS),
            next_step: next_step.into(),
            retryable: false,
            charged: Some(false),
            session_id: None,
            render_id: None,
            job_id: None,
            no_token: false,
            exit: exit_code(code, false),
        }
    }

    /// The same with another next step.
    pub(crate) fn then(self, next_step: impl Into<String>) -> Self {
        Self { next_step: next_step.into(), ..self }
    }

    /// The same, of this job.
    pub(crate) fn for_job(self, id: &JobId) -> Self {
        Self { job_id: Some(id.as_str().into()), ..self }
    }

    /// Whether a signal ended the command.
    pub(crate) fn is_signal(&self) -> bool {
        matches!(self.code, "interrupted" | "terminated")
    }

    /// The command line itself is wrong.
    pub(crate) fn usage(message: impl AsRef<str>) -> Self {
        Self::new("usage", message, "See `weixin-video --help`.")
    }

    /// The same, told with the file it is about, for where there are several.
    pub(crate) fn about(self, path: &Path) -> Self {
        let name = printable(&path.display().to_string(), MAX_MESSAGE_CHARS);
        if self.message.contains(&name) {
            return self;
        }
        Self { message: format!("{name}: {}", self.message), ..self }
    }

    /// The file or folder is not there.
    pub(crate) fn missing(what: &str, path: &Path) -> Self {
        let message = format!("there is no such {what}: {}", path.display());
        Self::new("not_found", message, format!("Check the path of the {what}."))
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let mut message = error.to_string();
        let mut cause = error.source();
        while let Some(source) = cause {
            message.push_str(&format!(": {source}"));
            cause = source.source();
        }
        Self {
            code: error.code(),
            message: printable(&message, MAX_MESSAGE_CHARS),
            next_step: error.advice(),
            retryable: error.is_transient() && error.sending_again_is_safe(),
            charged: match error.charged() {
                Charged::No => Some(false),
                Charged::Yes => Some(true),
                Charged::Unknown => None,
            },
            session_id: error.session().map(|id| id.as_str().into()),
            render_id: error.render().map(|id| id.as_str().into()),
            job_id: None,
            no_token: is_token_limit(&error),
            exit: exit_code(error.code(), error.is_transient()),
        }
    }
}

/// One token a client id in seven days: whoever is refused one, and has none, has lost it.
fn is_token_limit(error: &Error) -> bool {
    let refusal = if let What::Refused(refusal) = error.what() { Some(refusal) } else { None };
    refusal.is_some_and(|it| it.row == Row::RateLimited && it.endpoint == GrantAnonymousToken::NAME)
}

/// clap says what is wrong, maybe what would be right, and how the command is used, in paragraphs; the first two count.
impl From<&clap::Error> for Failure {
    fn from(error: &clap::Error) -> Self {
        if error.kind() == clap::error::ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
            return Self::usage("no command was given");
        }
        let text = error.to_string();
        let mut paragraphs = text.split("\n\n");
        let what = paragraphs.next().unwrap_or_default();
        let failure = Self::usage(what.trim_start_matches("error: "));
        match paragraphs.find_map(|paragraph| paragraph.trim_start().strip_prefix("tip: ")) {
            Some(tip) => {
                let tip = printable(tip, MAX_MESSAGE_CHARS);
                Self { next_step: format!("{tip}. {}", failure.next_step), ..failure }
            }
            None => failure,
        }
    }
}

impl From<weixin_video_async::SetupError> for Failure {
    fn from(error: weixin_video_async::SetupError) -> Self {
        Self::new("no_randomness", error.to_string(), "Check /dev/urandom.")
    }
}

impl From<weixin_video_studio::Error> for Failure {
    fn from(error: weixin_video_studio::Error) -> Self {
        let missing = matches!(error, weixin_video_studio::Error::MissingTool { .. });
        let code = if missing { "ffmpeg_missing" } else { "failed" };
        Self::new(code, error.to_string(), error.advice())
    }
}

fn exit_code(code: &str, transient: bool) -> u8 {
    match code {
        "usage" => 2,
        "not_found" | "input_missing" | "no_session" | "no_job" => 3,
        "bad_token" | "scope_missing" | "no_client_id" => 4,
        "no_credits" | "plan_needed" => 5,
        "unsupported" | "too_large" => 6,
        "still_rendering" | "unconfirmed" | "job_running" | "begun_before" => 7,
        "interrupted" => 130,
        "terminated" => 143,
        _ if transient => 75,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_class_of_failure_has_its_exit_code() {
        for (code, transient, exit) in [
            ("refused", false, 1),
            ("usage", false, 2),
            ("not_found", false, 3),
            ("bad_token", false, 4),
            ("no_credits", false, 5),
            ("plan_needed", false, 5),
            ("too_large", false, 6),
            ("unsupported", false, 6),
            ("unconfirmed", false, 7),
            ("still_rendering", false, 7),
            ("rate_limited", true, 75),
            ("unreachable", true, 75),
            ("interrupted", false, 130),
            ("terminated", false, 143),
        ] {
            assert_eq!(exit_code(code, transient), exit, "{code}");
        }
    }
}
