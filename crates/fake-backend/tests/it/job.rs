//! The whole job, once through.

use crate::http::ask;
use crate::user::{User, split};
use weixin_video_fake_backend::{CANNED_MP4, FakeBackend};

#[test]
fn a_clip_goes_in_and_an_mp4_comes_out() {
    let backend = FakeBackend::builder().unjudged().start().unwrap();
    let user = User::of(&backend);
    let uploaded = user.upload("clip.mp4", b"clip").send().data();
    assert_eq!(uploaded["files"][0]["filename"], "clip.mp4");
    let stream = user.chat("format and compress this video for sharing on WeChat").send();
    assert!(stream.text().contains("\"type\":\"text\""), "{}", stream.text());
    let status = user.render("render_1").json();
    assert_eq!(status["status"], "completed");
    let (cdn, path) = split(status["output"]["url"].as_str().unwrap());
    assert_eq!(cdn, backend.cdn_url());
    assert_eq!(ask(&cdn, "GET", &path).send().body, CANNED_MP4);
    assert_eq!(backend.ledger(&user.token).charged(), 50);
    backend.finish();
}
