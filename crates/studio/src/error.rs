//! Why something could not be done, and what to do about it.

use std::{fmt, io};

/// Why the studio could not do what was asked.
///
/// `Display` is one lower-case line; [`Error::advice`] is the next step for the person. Names of
/// files appear without their folders, and text of other programs is bounded and escaped.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// `ffmpeg`, `ffprobe` or a part of them that this work needs isn't there.
    MissingTool {
        /// What is missing.
        tool: &'static str,
        /// The command that installs it on this machine.
        install: String,
    },
    /// The file is no video, picture or sound: empty, text under another name, unknown bytes.
    NotMedia {
        /// The file's own name.
        name: String,
        /// What it is instead.
        why: &'static str,
    },
    /// The file is media, but there is no moving picture in it.
    NoVideo {
        /// The file's own name, or the source id where no name is known.
        name: String,
        /// What there is instead.
        found: &'static str,
    },
    /// The file can't be opened or decoded.
    Unreadable {
        /// The file's own name.
        name: String,
        /// What went wrong, bounded and escaped.
        why: String,
    },
    /// The file is of a kind that isn't taken, though it shows a picture.
    Unsupported {
        /// The file's own name.
        name: String,
        /// What it is.
        what: &'static str,
        /// What to do about it.
        next: &'static str,
    },
    /// A frame has more pixels than a camera makes; decoding it would take too much memory.
    TooManyPixels {
        /// The file's own name.
        name: String,
        /// Width and height in pixels, when they are known.
        size: Option<(u32, u32)>,
    },
    /// The draft asks for something that this renderer can't make, or isn't a draft.
    Draft {
        /// What stands in the way.
        why: String,
    },
    /// The timeline asks for something that takes more than there is on this machine.
    NotHere {
        /// What was asked for.
        what: &'static str,
        /// What to do about it.
        next: &'static str,
    },
    /// The program that was to write down what is said failed, or wrote nothing that can be read.
    Speech {
        /// What went wrong, bounded and escaped.
        why: String,
    },
    /// It is longer than where it goes takes.
    TooLong {
        /// How long it is, in ms.
        ms: u64,
        /// How long it may be, in ms.
        most_ms: u64,
        /// The id of the destination.
        place: String,
    },
    /// So few bytes were allowed that nothing worth seeing or hearing fits into them.
    TooSmall {
        /// The bytes that were allowed.
        asked: u64,
        /// Bytes that are enough.
        least: u64,
    },
    /// [`Control::cancel`](crate::Control::cancel) was called.
    Cancelled,
    /// The work was stopped because it took longer than its limit, or stood still.
    TimedOut {
        /// Seconds after which it was stopped.
        seconds: u64,
    },
    /// ffmpeg was ended by a signal that wasn't ours: by a person, or by a system out of memory.
    Killed {
        /// The number of the signal.
        signal: i32,
    },
    /// ffmpeg wanted more memory than any honest video takes, or a larger file than may be written, and was stopped.
    TooMuch {
        /// What it wanted.
        what: &'static str,
    },
    /// No space is left where the output goes.
    DiskFull,
    /// A file or a process of our own could not be made or written.
    Io {
        /// What was being done.
        doing: &'static str,
        /// What the system said.
        why: String,
    },
    /// ffmpeg failed, or made something else than was planned.
    Render {
        /// What it said, bounded and escaped.
        detail: String,
    },
}

impl Error {
    /// What the person can do next, in one sentence.
    pub fn advice(&self) -> String {
        let advice = match self {
            Self::MissingTool { install, .. } => return format!("install it with: {install}"),
            Self::NotMedia { .. } => "give a video file: mp4, mov, mkv, webm, avi, mpg, ts or gif",
            Self::NoVideo { .. } => "give a file with a moving picture in it",
            Self::Unreadable { .. } => "check that the file is complete and plays, and copy it again from its source",
            Self::TooManyPixels { .. } => "give a video of at most 8K (50 million pixels a frame)",
            Self::Draft { .. } => "start again from the clip, or take that part off the timeline",
            Self::NotHere { next, .. } | Self::Unsupported { next, .. } => next,
            Self::Speech { .. } => "run the transcriber by hand on a WAV file to see what it says, or add an SRT file",
            Self::TooLong { most_ms, .. } => {
                return format!("trim it, or have it in numbered parts of at most {} s", most_ms / 1000);
            }
            Self::TooSmall { least, .. } => {
                return format!("allow at least {}, or make it shorter", megabytes(*least));
            }
            Self::Cancelled => "nothing was written; start it again when you want it",
            Self::TimedOut { .. } => "try a shorter clip or 720p, or allow more time",
            Self::Killed { .. } => "nothing was written; if memory ran out, close other programs and try again",
            Self::TooMuch { .. } => "try a shorter or a smaller clip; if this one plays well, please report this line",
            Self::DiskFull => "free some space, or choose an output folder on another disk",
            Self::Io { .. } => "check that the output folder exists and may be written",
            Self::Render { .. } => "check that the clip plays; if it does, please report this line",
        };
        advice.to_owned()
    }

    /// Names an error of the system, taking a full disk for what it is.
    pub(crate) fn io(doing: &'static str, error: &io::Error) -> Self {
        if is_disk_full(error) {
            return Self::DiskFull;
        }
        Self::Io { doing, why: plain(&error.to_string(), 200) }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MissingTool { tool, .. } => write!(f, "{tool} is not installed"),
            Self::NotMedia { name, why } => write!(f, "{name} is not a video: {why}"),
            Self::NoVideo { name, found } => write!(f, "{name} has no video: {found}"),
            Self::Unreadable { name, why } => write!(f, "{name} can't be read: {why}"),
            Self::Unsupported { name, what, .. } => write!(f, "{name} is {what}"),
            Self::TooManyPixels { name, size: Some((width, height)) } => {
                write!(f, "{name} has frames of {width}x{height} pixels, too many to decode safely")
            }
            Self::TooManyPixels { name, size: None } => {
                write!(f, "{name} has frames with too many pixels to decode safely")
            }
            Self::Draft { why } => write!(f, "the timeline can't be rendered: {why}"),
            Self::NotHere { what, .. } => write!(f, "{what} can't be made on this machine"),
            Self::Speech { why } => write!(f, "the transcriber made no subtitles: {why}"),
            Self::TooLong { ms, most_ms, place } => {
                write!(f, "it is {} s long, and {place} takes {} s", ms.div_ceil(1000), most_ms / 1000)
            }
            Self::TooSmall { asked, least } => write!(
                f,
                "{} is too small for it: the smallest that can still be watched is about {}",
                megabytes(*asked),
                megabytes(*least)
            ),
            Self::Cancelled => f.write_str("the render was cancelled"),
            Self::TimedOut { seconds } => write!(f, "ffmpeg was stopped after {seconds} s"),
            Self::Killed { signal } => write!(f, "ffmpeg was ended by signal {signal}"),
            Self::TooMuch { what } => write!(f, "ffmpeg was stopped: it wanted more {what} than it may have here"),
            Self::DiskFull => f.write_str("the disk is full"),
            Self::Io { doing, why } => write!(f, "could not {doing}: {why}"),
            Self::Render { detail } => write!(f, "ffmpeg could not render it: {detail}"),
        }
    }
}

impl std::error::Error for Error {}

/// Bytes as people say them: MB = 1,000,000.
fn megabytes(bytes: u64) -> String {
    if bytes < 100_000 { format!("{} kB", bytes.div_ceil(1000)) } else { format!("{:.2} MB", bytes as f64 / 1e6) }
}

/// Text of unknown origin on one line: control and direction characters go, length is bounded.
pub(crate) fn plain(text: &str, max: usize) -> String {
    let mut chars = text.trim().chars();
    let mut line: String = chars.by_ref().take(max).map(|c| if is_shown(c) { c } else { ' ' }).collect();
    if chars.next().is_some() {
        line.push('…');
    }
    line
}

/// Neither a control, nor something that turns the text around, nor invisible.
fn is_shown(c: char) -> bool {
    !c.is_control()
        && !matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200c}' | '\u{200e}' | '\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}')
}

fn is_disk_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_stays_on_one_bounded_line() {
        let shown = plain("a\u{1b}[31mb\nc\u{202e}d", 80);
        assert_eq!(shown, "a [31mb c d");
        assert_eq!(plain("a\u{feff}b\u{200b}c", 80), "a b c");
        assert_eq!(plain(&"x".repeat(500), 10), "xxxxxxxxxx…");
    }

    #[test]
    fn a_full_disk_is_told_from_other_failures() {
        let full = io::Error::from(io::ErrorKind::StorageFull);
        assert_eq!(Error::io("write", &full), Error::DiskFull);
        let denied = Error::io("write the output", &io::ErrorKind::PermissionDenied.into());
        assert_eq!(denied.to_string(), "could not write the output: permission denied");
    }
}
