//! What a machine tells whoever watches: progress for people, checkpoints for whoever resumes.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::error::Charged;
use crate::ids::{Grant, RenderId, SessionId};

/// Something a person may read, or a note that a later run needs.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Event {
    /// A new stage began.
    Began(Stage),
    /// The agent's words, translated for people without a GUI and made printable.
    Said(String),
    /// A tool of the agent is at work ("editing…"); the call itself is never forwarded.
    Editing,
    /// Nothing new, but it still works; how long it has been.
    StillWorking(Duration),
    /// How far the render is, in percent, when the server says so.
    Rendering(Option<u8>),
    /// Bytes moved so far, told by the adapter.
    Moved {
        /// Which way.
        direction: Direction,
        /// So far.
        bytes: u64,
        /// In all, when known.
        total: Option<u64>,
    },
    /// Something worth a line: what was repeated, replaced, or found out.
    Note(String),
    /// A token was granted: keep it (mode 0600), don't show it.
    Granted(Grant),
    /// Where to go on from after a crash.
    Checkpoint(Checkpoint),
}

/// Whoever watches: a progress bar, a log, a journal.
///
/// Any closure that takes an [`Event`] is one; [`Silent`] is nobody.
pub trait Observer: Send {
    /// Takes note. It is called between two steps, so it should be quick.
    fn see(&mut self, event: Event);
}

impl<F: FnMut(Event) + Send> Observer for F {
    fn see(&mut self, event: Event) {
        self(event);
    }
}

/// Nobody watches.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Observer for Silent {
    fn see(&mut self, _: Event) {}
}

/// The stages of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stage {
    /// Getting a token and a session.
    Connecting,
    /// Sending the clip.
    Uploading,
    /// The agent edits.
    Editing,
    /// The server renders.
    Exporting,
    /// Fetching the video.
    Downloading,
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Connecting => "connecting",
            Self::Uploading => "uploading",
            Self::Editing => "editing",
            Self::Exporting => "rendering",
            Self::Downloading => "downloading",
        })
    }
}

/// Which way bytes move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// To the server.
    Up,
    /// From the server.
    Down,
}

/// A point in a job from which it can go on, told before each step that can't be undone.
///
/// It holds no token and no signed URL. Keep the latest one.
///
/// ```
/// use weixin_video_core::event::Checkpoint;
///
/// let kept = r#"{"at":"exporting","session":"1234567890123456789","render":"render_1","again":false}"#;
/// let checkpoint: Checkpoint = serde_json::from_str(kept)?;
/// assert_eq!(serde_json::to_string(&checkpoint)?, kept);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "at", rename_all = "snake_case")]
pub enum Checkpoint {
    /// A session is open; the clip is uploaded next.
    Opened {
        /// The session.
        session: SessionId,
        /// What is to be said in it.
        words: String,
    },
    /// The clip is there; the charged message is next.
    Uploaded {
        /// In this session.
        session: SessionId,
        /// What is to be said.
        words: String,
    },
    /// A charged message is about to leave.
    Charging {
        /// In this session.
        session: SessionId,
        /// The draft's JSON before it, to see afterwards whether it was carried out.
        before: Option<String>,
        /// When, in ms since 1970: after some time a look or two tell all there is to know.
        since_ms: u64,
    },
    /// The edit is done and paid; the export is next.
    Edited {
        /// In this session.
        session: SessionId,
    },
    /// A render is about to be asked for, or is going.
    Exporting {
        /// In this session.
        session: SessionId,
        /// Under this id.
        render: RenderId,
        /// Whether another render of the same timeline failed before: there is no third.
        again: bool,
    },
    /// A finished render is being fetched.
    Downloading {
        /// From this session.
        session: SessionId,
        /// Under this id.
        render: RenderId,
        /// Which version of the file it is, as the server names it, where it does: the rest can be asked for alone.
        etag: Option<String>,
    },
    /// The file is complete and is about to get its name.
    Publishing {
        /// From this session.
        session: SessionId,
        /// Under this id.
        render: RenderId,
        /// Its length in bytes.
        bytes: u64,
    },
}

impl Checkpoint {
    /// The session it belongs to.
    #[must_use]
    pub fn session(&self) -> &SessionId {
        match self {
            Self::Opened { session, .. }
            | Self::Uploaded { session, .. }
            | Self::Charging { session, .. }
            | Self::Edited { session }
            | Self::Exporting { session, .. }
            | Self::Downloading { session, .. }
            | Self::Publishing { session, .. } => session,
        }
    }

    /// The render it belongs to, once there is one.
    #[must_use]
    pub fn render(&self) -> Option<&RenderId> {
        match self {
            Self::Exporting { render, .. } | Self::Downloading { render, .. } | Self::Publishing { render, .. } => {
                Some(render)
            }
            Self::Opened { .. } | Self::Uploaded { .. } | Self::Charging { .. } | Self::Edited { .. } => None,
        }
    }

    /// The length of the file that may stand under its name already, in bytes.
    #[must_use]
    pub fn published_bytes(&self) -> Option<u64> {
        if let Self::Publishing { bytes, .. } = self { Some(*bytes) } else { None }
    }

    /// Whether credits went, as far as it was known then.
    #[must_use]
    pub fn charged(&self) -> Charged {
        match self {
            Self::Opened { .. } | Self::Uploaded { .. } => Charged::No,
            Self::Charging { .. } => Charged::Unknown,
            Self::Edited { .. } | Self::Exporting { .. } | Self::Downloading { .. } | Self::Publishing { .. } => {
                Charged::Yes
            }
        }
    }
}
