//! `weixin-video serve`.

use serde_json::json;
use weixin_video_fake_backend::FakeBackend;

use crate::aim::Aim;
use crate::args::{self, look};
use crate::failure::Failure;
use crate::heard::Heard;
use crate::local::{start, studio};
use crate::output::{Shown, print, say};
use crate::settings;

/// Serves until a signal comes; the address is the one line on stdout.
pub(super) async fn run(serve: args::Serve, json: bool) -> Result<Shown, Failure> {
    let aim = Aim::of(&look::Aim::default())?;
    let builder = if serve.canned { FakeBackend::builder() } else { studio(&aim, &Heard::default(), None)? };
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
    if let Some(error) = settings::tools()?.ffmpeg().err().filter(|_| !serve.canned) {
        say(&format!("note: {error}, so only what needs no encoding is made; {}", error.advice()));
    }
    std::future::pending().await
}
