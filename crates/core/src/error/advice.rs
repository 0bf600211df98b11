//! The words of the error table: what a row means and what the user does about it.

use super::{Charged, Error, Phase, Refusal, Row, What};
use crate::{api, media};

/// What a row of the table means, lower-case, without a full stop.
pub(super) fn meaning(row: Row) -> &'static str {
    match row {
        Row::BadToken => "the token is wrong or has expired",
        Row::NoSession => "the server does not know this session",
        Row::NoCredits => "no credits left",
        Row::Unsupported => "unsupported file",
        Row::TooLarge => "the file is too large",
        Row::NoClientId => "the client id is missing",
        Row::PlanNeeded => "this plan does not allow export",
        Row::ScopeMissing => "the token lacks a permission",
        Row::RateLimited => "too many requests",
        Row::DuplicateRender => "this render id was used before",
        Row::StorageFull => "the backend has no space left on its disk",
        Row::NotFound => "not found",
        Row::Server => "trouble on the server",
        Row::Other => "the server refused",
    }
}

pub(super) fn code(error: &Error) -> &'static str {
    match error.what() {
        What::Refused(refusal) => row_code(refusal.row),
        What::Protocol { .. } => "bad_answer",
        What::Transport { fault, .. } => match fault.phase {
            Phase::Connecting => "unreachable",
            Phase::Sending | Phase::Receiving => "connection_lost",
            Phase::SourceMissing => "input_missing",
            Phase::Source => "input_unreadable",
            Phase::Sink => "output_unwritable",
            Phase::SinkExists => "output_exists",
        },
        What::TimedOut { .. } => "timed_out",
        What::Source(media::Refusal::TooLarge { .. }) => "too_large",
        What::Source(_) => "unsupported",
        What::Agent { .. } => "agent_failed",
        What::Question { .. } => "question",
        What::Unconfirmed { .. } => "unconfirmed",
        What::NothingToExport { .. } => "nothing_to_export",
        What::RenderFailed { .. } => "render_failed",
        What::StillRendering => "still_rendering",
        What::NoDownload { .. } => "no_download",
        What::Damaged { .. } => "damaged",
        What::NothingToResume => "nothing_to_resume",
    }
}

fn row_code(row: Row) -> &'static str {
    match row {
        Row::BadToken => "bad_token",
        Row::NoSession => "no_session",
        Row::NoCredits => "no_credits",
        Row::Unsupported => "unsupported",
        Row::TooLarge => "too_large",
        Row::NoClientId => "no_client_id",
        Row::PlanNeeded => "plan_needed",
        Row::ScopeMissing => "scope_missing",
        Row::RateLimited => "rate_limited",
        Row::DuplicateRender => "duplicate_render",
        Row::StorageFull => "storage_full",
        Row::NotFound => "not_found",
        Row::Server => "server_trouble",
        Row::Other => "refused",
    }
}

pub(super) fn is_transient(error: &Error) -> bool {
    if let What::Transport { fault, .. } = error.what() {
        return !fault.phase.is_local();
    }
    matches!(error.row(), Some(Row::RateLimited | Row::Server))
        || matches!(error.what(), What::TimedOut { .. } | What::Damaged { .. })
}

pub(super) fn advice(error: &Error) -> String {
    let next = match error.what() {
        What::Refused(refusal) => refused(error, refusal),
        What::Source(refusal) => refusal.advice(),
        What::Protocol { .. } => "Check the API address; if it is right, try again later.".into(),
        What::Transport { fault, .. } => transport(fault.phase).into(),
        What::TimedOut { .. } => "Check the network and try again.".into(),
        What::Agent { .. } => "Say it in other words, more concretely, and try again.".into(),
        What::Question { .. } => "Run it again with an instruction that answers the question.".into(),
        What::Unconfirmed { .. } => unconfirmed(error),
        What::NothingToExport { said } if said.is_empty() => {
            "Upload a clip and say what to do with it; then export.".into()
        }
        What::NothingToExport { .. } => "Ask for something that the editor can do; its answer says what.".into(),
        What::RenderFailed { .. } => {
            "Do what the reason asks for, if it asks for something; else try another clip to see whether this one is the cause.".into()
        }
        What::StillRendering => {
            "It goes on without you and costs nothing more. Resume it later to fetch the video.".into()
        }
        What::NoDownload { .. } => "Resume later; the render is kept by the server.".into(),
        What::Damaged { .. } => "Nothing was kept of it. Resume to download it again; that is free.".into(),
        What::NothingToResume => "Run the command again from the start; nothing was charged.".into(),
    };
    match (error.charged(), error.what()) {
        (_, What::Unconfirmed { .. }) | (Charged::No, _) => next,
        (Charged::Yes, _) => format!("{next} The edit itself was done and charged: resume instead of starting over."),
        (Charged::Unknown, _) => format!(
            "{next} The edit may have been charged: look at the credits and the timeline before sending it again."
        ),
    }
}

fn refused(error: &Error, refusal: &Refusal) -> String {
    match refusal.row {
        Row::BadToken => "Set NEMO_TOKEN to a valid token, or unset it to use an anonymous account.".into(),
        Row::NoSession => "The old timeline is gone. Start again: a new session is made and the clip is uploaded anew.".into(),
        Row::NoCredits => no_credits(error.register.as_deref()),
        Row::Unsupported => format!("Supported formats: {}.", media::CLOUD_FORMATS),
        Row::TooLarge => "Compress or trim the clip to under 200 MB, then try again.".into(),
        Row::NoClientId => "Try again; a client id is made and kept at ~/.config/nemovideo/client_id.".into(),
        Row::PlanNeeded => "Register or upgrade your plan to unlock export. This is about the plan, not about credits; --local renders on this machine.".into(),
        Row::ScopeMissing => format!("Use a token with the permission \"{}\".", scope(refusal.endpoint)),
        Row::RateLimited => format!("Wait {} s and try again.", refusal.retry_after_s.unwrap_or(30)),
        Row::DuplicateRender => "Ask for the status of that render, or export once more: a new id is made.".into(),
        Row::StorageFull => "Free some space there (locally: in the temporary folder, TMPDIR), then try again.".into(),
        Row::NotFound => "Check the id and the API address.".into(),
        Row::Server => "Try again in a minute.".into(),
        Row::Other => "Check what was asked for; the server's words are above.".into(),
    }
}

/// The permission that an endpoint asks for, where the server doesn't name it.
fn scope(endpoint: &str) -> &'static str {
    match endpoint {
        api::UPLOAD => "upload",
        api::SESSION | api::CHAT | api::CLAIM => "write",
        api::EXPORT | api::CANCEL => "export",
        _ => "read",
    }
}

fn no_credits(register: Option<&str>) -> String {
    register.map_or_else(
        || "Top up credits in your account; or use --local, which costs nothing.".into(),
        |url| format!("Register at {url} to get more credits; or use --local, which costs nothing."),
    )
}

fn transport(phase: Phase) -> &'static str {
    match phase {
        Phase::Connecting => "Check the network and the API address, then try again; nothing was sent.",
        Phase::Sending | Phase::Receiving => "Check the network and try again.",
        Phase::SourceMissing => "Check the path of the file.",
        Phase::Source => "Check that the file is there, can be read, and does not change while it is sent.",
        Phase::Sink => "Check that the folder exists, can be written to, and has space left.",
        Phase::SinkExists => "Choose another name, or pass --force to replace it.",
    }
}

fn unconfirmed(error: &Error) -> String {
    let session = error.session().map_or_else(String::new, |id| format!(" (session {id})"));
    format!(
        "The edit may have been carried out and charged, so it was not sent again. Look at the timeline{session} and the credits before you repeat it."
    )
}
