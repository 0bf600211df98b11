//! The targets: one table, and a module for each subject.

mod checkpoint;
mod draft;
mod instruction;
#[cfg(feature = "journal")]
mod journal;
mod link;
mod machines;
mod media;
mod mp4;
mod planted;
mod reply;
mod sse;
mod turn;
mod words;

use crate::Target;

/// The streams that a real agent server sent, kept with core's tests.
const CAPTURES: Option<&str> = Some("../core/tests/captures");

const fn target(name: &'static str, promise: &'static str, check: fn(&[u8])) -> Target {
    Target { name, promise, check, also: None }
}

/// Every target.
pub const TARGETS: &[Target] = &[
    Target {
        also: CAPTURES,
        ..target("sse", "where a stream is cut never shows, and what is held is bounded", sse::check)
    },
    Target { also: CAPTURES, ..target("turn", "each text of the agent is told once, within bounds", turn::check) },
    target("reply", "any answer to any endpoint is read or refused, in printable words", reply::check),
    target("draft", "a draft goes back as it came; reports on it are printable and bounded", draft::check),
    target("skill", "what SKILL.md says is refused or fits a header", words::skill),
    target("routing", "every message has a route, and names files as the user spelled them", words::routing),
    target(
        "instruction",
        "any words are read the same twice, answered in bounds, and applied as a whole or not at all",
        instruction::check,
    ),
    target("translation", "a translation of the agent's words hardly grows", words::translation),
    target("printable", "no control, bidirectional or invisible character is shown", words::shown),
    target("media", "what is refused is refused for both backends alike, in printable words", media::check),
    target(
        "mp4",
        "any file is known or left to others; what is written anew is understood, and holds the same",
        mp4::check,
    ),
    target("link", "no link leads into a private net, and none ever sees the token", link::check),
    target(
        "checkpoint",
        "a checkpoint is refused or comes back the same, and resuming it charges nothing twice",
        checkpoint::check,
    ),
    target("chat", "a message leaves at most once, and the end is told truthfully", machines::chat),
    target("export", "a render is waited for and ends", machines::export),
    target("download", "a download ends, and only a whole file is published", machines::download),
    target("job", "a job charges at most once and ends", machines::job),
    target("authorized", "the same with a token, which goes to the API alone and never shows", machines::authorized),
    #[cfg(feature = "journal")]
    target("journal", "a journal torn anywhere is read up to there, and what is written is read", journal::check),
    #[cfg(feature = "journal")]
    target(
        "signature",
        "no query of a URL gets into a journal, however the string before it is spelled",
        journal::signature,
    ),
];

/// A target with a wrong promise: the proof that a run of the fuzzer finds what is there to be found.
pub const PLANTED: Target = target("planted", "no event has the id 7, which is not true", planted::check);
