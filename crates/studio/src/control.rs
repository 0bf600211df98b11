//! The line between a running render and whoever started it: progress one way, limits and a stop the other.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use crate::transcribe::Transcriber;

type Progress = Arc<dyn Fn(u8) + Send + Sync>;

/// How to watch, limit and stop a render from outside. Clones act on the same render.
///
/// ```
/// use std::time::Duration;
/// use weixin_video_studio::Control;
///
/// let control = Control::new()
///     .on_progress(|percent| eprintln!("{percent} %"))
///     .limit(Duration::from_secs(600));
/// let from_another_thread = control.clone();
/// from_another_thread.cancel();
/// assert!(control.is_cancelled());
/// ```
#[derive(Clone, Default)]
pub struct Control {
    cancelled: Arc<AtomicBool>,
    progress: Option<Progress>,
    limit: Option<Duration>,
    transcriber: Option<Transcriber>,
}

impl Control {
    /// No observer, and the limit that goes with the clip's length.
    pub fn new() -> Self {
        Self::default()
    }

    /// Calls `see` with 0 to 100 percent, rising, from the thread that renders. It should return
    /// at once.
    #[must_use]
    pub fn on_progress(mut self, see: impl Fn(u8) + Send + Sync + 'static) -> Self {
        self.progress = Some(Arc::new(see));
        self
    }

    /// The longest a render may take, in place of 60 s and twenty times the length of the video
    /// for each run of ffmpeg that it takes.
    #[must_use]
    pub fn limit(mut self, limit: Duration) -> Self {
        self.limit = Some(limit);
        self
    }

    /// The program that writes down what is said, for subtitles from speech. Without one, a plan that asks for them is
    /// refused with [`Error::NotHere`](crate::Error::NotHere).
    #[must_use]
    pub fn transcriber(mut self, transcriber: Transcriber) -> Self {
        self.transcriber = Some(transcriber);
        self
    }

    /// Stops the render within about two seconds; it then returns
    /// [`Error::Cancelled`](crate::Error::Cancelled) and leaves no output.
    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    /// Whether [`Control::cancel`] was called.
    pub fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }

    pub(crate) fn see(&self, percent: u8) {
        if let Some(progress) = &self.progress {
            progress(percent);
        }
    }

    pub(crate) fn transcriber_if_any(&self) -> Option<&Transcriber> {
        self.transcriber.as_ref()
    }

    pub(crate) fn limit_or(&self, default: Duration) -> Duration {
        self.limit.unwrap_or(default)
    }
}

impl fmt::Debug for Control {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Control")
            .field("cancelled", &self.is_cancelled())
            .field("observed", &self.progress.is_some())
            .field("limit", &self.limit)
            .field("transcriber", &self.transcriber.is_some())
            .finish()
    }
}
