//! `weixin-video serve`, and the local backend that the other commands start for themselves.

use serde_json::json;
use weixin_video_fake_backend::{Builder, FakeBackend};
use weixin_video_studio::Tools;

use crate::args;
use crate::failure::Failure;
use crate::output::{Shown, print, say};
use crate::places::Places;

/// Serves until a signal comes; the address is the one line on stdout.
pub(super) async fn run(serve: args::Serve, json: bool) -> Result<Shown, Failure> {
    let builder = if serve.canned { FakeBackend::builder() } else { studio()? };
    let next = "Choose another port with --port, or leave it out to take a free one.";
    let backend = start(builder.port(serve.port), next)?;
    if json {
        print(
            &json!({"ok": true, "data": {"url": backend.url(), "cdn_url": backend.cdn_url(), "canned": serve.canned}})
                .to_string(),
        );
    } else {
        print(&backend.url());
    }
    say("serving on this machine only; stop with Ctrl-C");
    std::future::pending().await
}

/// A backend of this process whose sessions the next one finds.
pub(crate) fn kept_backend(places: &Places) -> Result<FakeBackend, Failure> {
    start(studio()?.keep_in(places.local()), "Check that you may write there, or set XDG_STATE_HOME to another folder.")
}

/// A backend that is gone with this process, with everything in it.
pub(crate) fn passing_backend() -> Result<FakeBackend, Failure> {
    start(studio()?, "Check that the folder for temporary files can be written, or set TMPDIR to another one.")
}

/// The real renderer; it needs ffmpeg, and says so before anything else is done.
fn studio() -> Result<Builder, Failure> {
    let tools = Tools::find()?;
    Ok(FakeBackend::builder().local().studio(tools))
}

fn start(builder: Builder, next_step: &str) -> Result<FakeBackend, Failure> {
    builder.start().map_err(|error| Failure::new("no_backend", error.to_string(), next_step))
}
