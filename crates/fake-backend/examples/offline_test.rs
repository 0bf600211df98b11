//! How a test of your own program looks: no network, no ffmpeg, no account.
//!
//! ```text
//! cargo test -p weixin-video-fake-backend --example offline_test
//! ```
//! Run as a program it does the same once.
#![forbid(unsafe_code)]

use std::error::Error;
use std::path::Path;

use weixin_video_blocking::{Client, ClientId, Config, Credential, Output, Silent};
use weixin_video_fake_backend::{CANNED_MP4, FakeBackend, Fault, Route};

fn main() -> Result<(), Box<dyn Error>> {
    a_clip_is_formatted_although_the_first_download_breaks()
}

/// The code under test: yours.
fn format(api: &str, clip: &Path, output: &Path) -> Result<u64, Box<dyn Error>> {
    let client = ClientId::new("0b0e7a52-7c55-4c4e-9f0e-3f3f2f7f9a01").ok_or("no id")?;
    let client = Client::new(Config::new(api)?, Credential::Anonymous { client, grant: None })?;
    let words = "format and compress this video for sharing on WeChat";
    Ok(client.format(clip, words, &Output::new(output), &mut Silent)?.bytes)
}

#[cfg_attr(test, test)]
fn a_clip_is_formatted_although_the_first_download_breaks() -> Result<(), Box<dyn Error>> {
    let backend = FakeBackend::start()?;
    backend.fault(Fault::on(Route::Cdn).cut_at_byte(1000));
    let folder = tempfile::tempdir()?;
    let (clip, output) = (folder.path().join("clip.mp4"), folder.path().join("out.mp4"));
    std::fs::write(&clip, CANNED_MP4)?;

    let bytes = format(&backend.url(), &clip, &output)?;

    assert_eq!(std::fs::read(&output)?, CANNED_MP4);
    assert_eq!(bytes, std::fs::metadata(&output)?.len());
    let journal = backend.journal();
    let count = |route| journal.iter().filter(|exchange| exchange.route == route).count();
    assert_eq!(count(Route::Chat), 1, "the paid message left once");
    assert_eq!(count(Route::Cdn), 2, "the download was begun anew");
    let uploaded = journal.iter().find(|exchange| exchange.route == Route::Upload).ok_or("no upload")?;
    assert!(uploaded.body_text().contains("filename=\"clip.mp4\""));
    backend.finish();
    Ok(())
}
