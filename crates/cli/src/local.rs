//! The backend on this machine: the server of the API and the real renderer, in this process.

use std::path::Path;

use weixin_video_fake_backend::{Builder, FakeBackend, Workshop};
use weixin_video_studio::Cache;

use crate::aim::Aim;
use crate::failure::Failure;
use crate::heard::Heard;
use crate::output::say;
use crate::places::Places;
use crate::settings;

/// A backend of this process whose sessions the next one finds.
pub(crate) fn kept(builder: Builder, places: &Places) -> Result<FakeBackend, Failure> {
    let next = "Check that you may write there, or set XDG_STATE_HOME to another folder.";
    start(builder.keep_in(places.local()), next)
}

/// A backend that is gone with this process, with everything in it.
pub(crate) fn passing(builder: Builder) -> Result<FakeBackend, Failure> {
    start(builder, "Check that the folder for temporary files can be written, or set TMPDIR to another one.")
}

/// The real renderer. An ffmpeg that isn't there is missed when it is needed.
///
/// What it makes is kept in a cache where the sessions are, so that the next edit costs what it changes.
pub(crate) fn studio(aim: &Aim, heard: &Heard, cache: Option<&Path>) -> Result<Builder, Failure> {
    let tools = settings::tools()?;
    let opened = cache.map(|folder| Cache::open(folder, Cache::USUAL_BYTES));
    let mut workshop = Workshop::new(match opened {
        Some(Ok(cache)) => tools.with_cache(cache),
        Some(Err(error)) => {
            say(&format!("note: {error}; nothing is kept for the next edit"));
            tools
        }
        None => tools,
    });
    workshop.transcriber = settings::transcriber()?;
    workshop.destinations = aim.destinations.clone();
    workshop.goes_to = aim.named.clone();
    workshop.told = Some(heard.told());
    Ok(FakeBackend::builder().workshop(read(workshop)?))
}

/// The grammar reads, and whoever is asked what it passes on, if that was switched on.
#[cfg(feature = "interpreter")]
fn read(mut workshop: Workshop) -> Result<Workshop, Failure> {
    if let Some(endpoint) = settings::interpreter()? {
        workshop.interpreter = std::sync::Arc::new(endpoint);
    }
    Ok(workshop)
}

/// The grammar reads. Who expects more is told that this program can't.
#[cfg(not(feature = "interpreter"))]
fn read(workshop: Workshop) -> Result<Workshop, Failure> {
    if settings::wants_interpreter() {
        say("note: this program was built without the feature `interpreter`; nobody is asked what words mean");
    }
    Ok(workshop)
}

/// What leaves this machine.
#[cfg(feature = "interpreter")]
pub(crate) fn leaves() -> Result<String, Failure> {
    let endpoint = settings::interpreter()?;
    Ok(match endpoint.as_ref().and_then(|endpoint| endpoint.outside()) {
        Some(origin) => format!("words that are not understood here are sent to {origin}, no clip leaves this machine"),
        None => NOTHING_LEAVES.to_owned(),
    })
}

/// What leaves this machine.
#[cfg(not(feature = "interpreter"))]
pub(crate) fn leaves() -> Result<String, Failure> {
    Ok(NOTHING_LEAVES.to_owned())
}

const NOTHING_LEAVES: &str = "nothing leaves this machine";

/// Starts it, or says what to do about it.
pub(crate) fn start(builder: Builder, next_step: &str) -> Result<FakeBackend, Failure> {
    builder.start().map_err(|error| Failure::new("no_backend", error.to_string(), next_step))
}
