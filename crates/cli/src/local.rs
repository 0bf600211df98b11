//! The backend on this machine: the server of the API and the real renderer, in this process.

use weixin_video_fake_backend::{Builder, FakeBackend};
use weixin_video_studio::Tools;

use crate::failure::Failure;
#[cfg(not(feature = "interpreter"))]
use crate::output::say;
use crate::places::Places;

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
    #[cfg(not(feature = "interpreter"))]
    if crate::settings::wants_interpreter() {
        say("note: this program was built without the feature `interpreter`; nobody is asked what words mean");
    }
    let tools = Tools::find()?;
    Ok(FakeBackend::builder().local().studio(tools))
}

/// Starts it, or says what to do about it.
pub(crate) fn start(builder: Builder, next_step: &str) -> Result<FakeBackend, Failure> {
    builder.start().map_err(|error| Failure::new("no_backend", error.to_string(), next_step))
}
