//! The port behind the API: what a clip is, what the agent answers, how a draft becomes a file.

use crate::reply::AgentReply;
use serde_json::Value;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// The three things the server can't do itself. Every method may block: the server calls it on a thread for that.
pub trait Renderer: Send + Sync + 'static {
    /// Looks at an upload that lies at `path`; `name` is what the client calls it and is only good for showing.
    ///
    /// # Errors
    /// A [`Refusal`] becomes error 4001 with its reason.
    fn inspect(&self, path: &Path, name: &str) -> Result<MediaInfo, Refusal>;

    /// Answers one message of the user: text, tool calls, a new draft, what it costs, or an honest no.
    fn agent(&self, text: &str, scene: &Scene<'_>) -> AgentReply;

    /// Renders a draft to `job.out`, an MP4 that doesn't exist yet.
    ///
    /// # Errors
    /// A [`Refusal`] makes the export `failed`, with the reason as its `error`.
    fn render(&self, job: &RenderJob<'_>, control: &Control) -> Result<(), Refusal>;

    /// Whether the agent's work costs credits. A free renderer never answers 2001.
    fn costs_credits(&self) -> bool {
        true
    }
}

/// What a message is about: the session as it stands.
#[derive(Debug)]
pub struct Scene<'a> {
    /// The draft of the session, `null` before the first edit.
    pub draft: &'a Value,
    /// The uploads of the session, oldest first.
    pub sources: &'a [Source],
}

/// One render: everything it may read and the one file it writes.
#[derive(Debug)]
pub struct RenderJob<'a> {
    /// The draft to render, in the short keys of PROTOCOL.md.
    pub draft: &'a Value,
    /// The uploads of the session; a draft names them by [`Source::id`].
    pub sources: &'a [Source],
    /// Where the MP4 goes. Nobody else writes there.
    pub out: &'a Path,
}

/// An upload as the server keeps it.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    /// The opaque id a draft names it by.
    pub id: String,
    /// The client's file name, cleaned; never a path.
    pub name: String,
    /// Where the bytes lie in the spool, under a name of the server's own.
    pub path: PathBuf,
    /// What `inspect` said.
    pub info: MediaInfo,
}

/// What an upload is. Images have no duration, sounds no size.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct MediaInfo {
    /// `video`, `image` or `audio`.
    pub file_type: String,
    /// Seconds.
    pub duration_s: Option<f64>,
    /// Pixels, as displayed.
    pub width: Option<u32>,
    /// Pixels, as displayed.
    pub height: Option<u32>,
    /// Frames a second.
    pub fps: Option<f64>,
}

/// A reason in words for a person: one line, no path, no foreign text beyond what it had to quote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal(pub String);

impl Refusal {
    /// Any text as a reason.
    pub fn new(reason: impl Into<String>) -> Self {
        Self(reason.into())
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Refusal {}

/// The line between a running render and the server: percent one way, the wish to stop the other. Clones are one control.
#[derive(Clone, Default)]
pub struct Control(Arc<Shared>);

#[derive(Default)]
struct Shared {
    cancelled: AtomicBool,
    percent: AtomicU8,
    on_cancel: Mutex<Option<Box<dyn FnOnce() + Send>>>,
}

impl Control {
    /// Tells how far the render is, 0 to 100.
    pub fn progress(&self, percent: u8) {
        self.0.percent.store(percent.min(100), Ordering::Relaxed);
    }

    /// How far the render said it is, 0 to 100.
    pub fn percent(&self) -> u8 {
        self.0.percent.load(Ordering::Relaxed)
    }

    /// Asks the render to stop and runs what [`Control::on_cancel`] left here.
    pub fn cancel(&self) {
        self.0.cancelled.store(true, Ordering::SeqCst);
        self.run_hook();
    }

    /// Whether the render should stop.
    pub fn is_cancelled(&self) -> bool {
        self.0.cancelled.load(Ordering::SeqCst)
    }

    /// Leaves one thing to do when the render is cancelled; done at once if it already was. It has to return soon: others
    /// wait for it.
    pub fn on_cancel(&self, hook: impl FnOnce() + Send + 'static) {
        *self.0.on_cancel.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(hook));
        if self.is_cancelled() {
            self.run_hook();
        }
    }

    fn run_hook(&self) {
        let hook = self.0.on_cancel.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(hook) = hook {
            hook();
        }
    }
}

impl fmt::Debug for Control {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Control").field("cancelled", &self.is_cancelled()).field("percent", &self.percent()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicU32;

    #[test]
    fn a_hook_runs_once_whether_it_was_left_before_or_after_the_cancel() {
        for left_first in [true, false] {
            let (control, runs) = (Control::default(), Arc::new(AtomicU32::new(0)));
            let count = Arc::clone(&runs);
            let hook = move || {
                count.fetch_add(1, Ordering::SeqCst);
            };
            if left_first {
                control.on_cancel(hook);
                assert_eq!(runs.load(Ordering::SeqCst), 0);
                control.cancel();
            } else {
                control.cancel();
                control.on_cancel(hook);
            }
            control.cancel();
            assert_eq!(runs.load(Ordering::SeqCst), 1);
        }
    }
}
