//! The backend on this machine: the server of the API and the real renderer, in this process.

use weixin_video_fake_backend::{Builder, FakeBackend};
use weixin_video_studio::Tools;

use crate::failure::Failure;
#[cfg(not(feature = "interpreter"))]
use crate::output::say;
use crate::places::Places;
use crate::settings;

/// A backend of this process whose sessions the next one finds.
pub(crate) fn kept(places: &Places) -> Result<FakeBackend, Failure> {
    start(studio()?.keep_in(places.local()), "Check that you may write there, or set XDG_STATE_HOME to another folder.")
}

/// A backend that is gone with this process, with everything in it.
pub(crate) fn passing() -> Result<FakeBackend, Failure> {
    start(studio()?, "Check that the folder for temporary files can be written, or set TMPDIR to another one.")
}

/// The real renderer; it needs ffmpeg, and says so before anything else is done.
pub(crate) fn studio() -> Result<Builder, Failure> {
    let tools = Tools::find();
    tools.ffmpeg()?;
    read(FakeBackend::builder().local(), tools)
}

/// The grammar reads, and whoever is asked what it passes on, if that was switched on.
#[cfg(feature = "interpreter")]
fn read(builder: Builder, tools: Tools) -> Result<Builder, Failure> {
    Ok(match settings::interpreter()? {
        Some(endpoint) => builder.studio_with(tools, std::sync::Arc::new(endpoint)),
        None => builder.studio(tools),
    })
}

/// The grammar reads. Who expects more is told that this program can't.
#[cfg(not(feature = "interpreter"))]
fn read(builder: Builder, tools: Tools) -> Result<Builder, Failure> {
    if settings::wants_interpreter() {
        say("note: this program was built without the feature `interpreter`; nobody is asked what words mean");
    }
    Ok(builder.studio(tools))
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
