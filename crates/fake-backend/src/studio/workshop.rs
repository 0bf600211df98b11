//! What the renderer for people works with.

use crate::builder::Builder;
use std::fmt;
use std::sync::Arc;
use weixin_video_studio::{Destinations, Error, Grammar, Interpreter, Rendered, Tools, Transcriber};

use super::{MORE_FORMATS, Studio};

/// Told what became of a render, or why an upload or a render failed, on the thread that did the work.
pub type Told = Arc<dyn Fn(Result<&Finished, &Error>) + Send + Sync>;

/// A render that is done.
#[derive(Debug, Clone)]
pub struct Finished {
    /// What came of it.
    pub rendered: Rendered,
    /// Why it took no less work, a reason a sentence.
    pub why: Vec<String>,
}

/// What the renderer of [`Builder::workshop`] works with.
#[derive(Clone)]
#[non_exhaustive]
pub struct Workshop {
    /// ffmpeg and ffprobe. One that isn't there is missed when it is needed.
    pub tools: Tools,
    /// Who reads messages; the grammar on this machine.
    pub interpreter: Arc<dyn Interpreter>,
    /// Where videos go.
    pub destinations: Destinations,
    /// The id of the destination of every video, whatever its timeline says.
    pub goes_to: Option<String>,
    /// The program that writes down what is said, for subtitles from speech.
    pub transcriber: Option<Transcriber>,
    /// Who is told what HTTP has no field for.
    pub told: Option<Told>,
}

impl Workshop {
    /// The destinations that are built in, no transcriber, and nobody who is told anything.
    pub fn new(tools: Tools) -> Self {
        let destinations = Destinations::built_in().clone();
        Self { tools, interpreter: Arc::new(Grammar), destinations, goes_to: None, transcriber: None, told: None }
    }

    pub(super) fn tell(&self, result: Result<&Finished, &Error>) {
        if let Some(told) = &self.told {
            told(result);
        }
    }
}

impl fmt::Debug for Workshop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Workshop").field("tools", &self.tools).field("goes_to", &self.goes_to).finish_non_exhaustive()
    }
}

impl Builder {
    /// Renders for real, with ffmpeg, and serves people: [`Builder::local`], free of charge, more formats than the service.
    /// Messages are read by the grammar on this machine.
    pub fn studio(self, tools: Tools) -> Self {
        self.workshop(Workshop::new(tools))
    }

    /// The same, with more to say about how it is done.
    pub fn workshop(self, workshop: Workshop) -> Self {
        self.local().accept_formats(&MORE_FORMATS).renderer(Arc::new(Studio::new(workshop)))
    }
}
