//! Real clips through the real renderer. Needs ffmpeg, and says so when it isn't there.

use crate::http::ask;
use crate::user::{User, split};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::process::Command;
use weixin_video_fake_backend::FakeBackend;
use weixin_video_studio::Tools;

fn backend() -> FakeBackend {
    let tools = Tools::find();
    tools.ffmpeg().expect("these tests need ffmpeg: sudo apt-get install ffmpeg");
    FakeBackend::builder().unjudged().studio(tools).start().expect("a server that works")
}

/// A clip of a test pattern with a tone, made by ffmpeg.
pub(crate) fn clip(name: &str, seconds: &str) -> Vec<u8> {
    let path: PathBuf = std::env::temp_dir().join(format!("weixin-video-{}-{name}", std::process::id()));
    let made = Command::new("ffmpeg")
        .args(["-nostdin", "-hide_banner", "-loglevel", "error", "-y", "-f", "lavfi", "-i"])
        .arg(format!("testsrc=s=641x361:r=25:d={seconds}"))
        .args(["-f", "lavfi", "-i", &format!("sine=d={seconds}"), "-shortest"])
        .arg(&path)
        .status();
    assert!(made.expect("these tests need ffmpeg: sudo apt-get install ffmpeg").success());
    let bytes = std::fs::read(&path).expect("a server that works");
    std::fs::remove_file(&path).expect("a server that works");
    bytes
}

/// Asks for a render's status until it has ended.
pub(crate) fn ended(user: &User, id: &str) -> Value {
    loop {
        let status = user.status(id).send().json();
        if status["status"] == "completed" || status["status"] == "failed" {
            return status;
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
}

#[test]
fn a_real_clip_is_formatted_for_nothing() {
    let backend = backend();
    let user = User::of(&backend);
    let file = user.upload("clip.mpg", &clip("a.mpg", "1")).send().data()["files"][0].clone();
    assert_eq!((&file["file_type"], &file["width"], &file["height"]), (&json!("video"), &json!(641), &json!(361)));
    let stream = user.chat("format and compress this video for sharing on WeChat").send().text();
    assert!(stream.contains("✅ Made for: a video in a chat"), "{stream}");
    user.export(&user.order("render_1")).send().data();
    let status = ended(&user, "render_1");
    let (cdn, path) = split(status["output"]["url"].as_str().unwrap_or_else(|| panic!("{status}")));
    let mp4 = ask(&cdn, "GET", &path).send();
    assert_eq!(&mp4.body[4..8], b"ftyp");
    assert_eq!(status["output"]["size"], json!(mp4.body.len()));
    assert_eq!(backend.ledger(&user.token).charged(), 0);
    backend.finish();
}

#[test]
fn text_under_a_video_s_name_is_4001_in_a_line_with_its_name() {
    let backend = backend();
    let user = User::of(&backend);
    let (_, code, message) = user.upload("notes.mp4", b"just some words\n").send().error();
    assert_eq!(code, 4001);
    assert!(message.contains("notes.mp4") && !message.contains('\n'), "{message}");
}

#[test]
fn subtitles_are_uploaded_named_and_rendered() {
    let backend = backend();
    let user = User::of(&backend);
    user.upload("clip.mp4", &clip("f.mp4", "1")).send().data();
    let srt = "1\r\n00:00:00,100 --> 00:00:00,900\r\n早安\r\n";
    let file = user.upload("talk.srt", srt.as_bytes()).send().data()["files"][0].clone();
    assert_eq!((&file["file_type"], &file["duration"]), (&json!("subtitle"), &json!(0.9)), "{file}");
    let said = user.chat("add subtitles from talk.srt").send().text();
    assert!(said.contains("✅ Subtitles added: 「talk.srt」, 1 line, 0.1-0.9 s"), "{said}");
    user.export(&user.order("render_1")).send().data();
    assert_eq!(ended(&user, "render_1")["status"], "completed");
    let (_, code, message) = user.upload("bad.srt", srt.replace("00,100", "0O,100").as_bytes()).send().error();
    assert_eq!(code, 4001);
    assert!(message.contains("bad.srt can't be read: line 2 says no time") && !message.contains('\n'), "{message}");
}

#[test]
fn without_a_transcriber_it_says_at_once_how_to_get_one() {
    let backend = backend();
    let user = User::of(&backend);
    user.upload("clip.mp4", &clip("g.mp4", "1")).send().data();
    let said = user.chat("自动生成字幕").send().text();
    assert!(said.contains("⚠️ 这样还不能导出") && said.contains("WEIXIN_VIDEO_TRANSCRIBER"), "{said}");
    user.export(&user.order("render_1")).send().data();
    let status = ended(&user, "render_1");
    assert!(status["error"].as_str().is_some_and(|error| error.contains("WEIXIN_VIDEO_TRANSCRIBER")), "{status}");
}

#[test]
fn what_it_can_not_do_it_says_and_does_not_do() {
    let backend = backend();
    let user = User::of(&backend);
    user.upload("clip.mp4", &clip("b.mp4", "1")).send().data();
    let no = user.chat("reverse it and add a title").send().text();
    assert!(no.contains("\"type\":\"text\""), "{no}");
    let question = user.chat("make it pop").send().text();
    assert!(question.contains("\"type\":\"ask_question\""), "{question}");
    assert!(user.draft().is_null());
}

#[test]
fn another_wish_changes_the_draft_and_a_new_clip_joins_it() {
    let backend = backend();
    let user = User::of(&backend);
    assert!(user.chat("压缩成720p发微信").send().text().contains("请先上传"));
    user.upload("one.mp4", &clip("c.mp4", "1")).send().data();
    user.chat("format this for WeChat").send();
    let first = user.draft();
    user.chat("压缩成720p发微信").send();
    let second = user.draft();
    assert_eq!(first["t"], second["t"]);
    assert_ne!(first["m"]["edit"], second["m"]["edit"]);
    user.upload("two.mp4", &clip("d.mp4", "1")).send().data();
    user.chat("format this for WeChat").send();
    assert_eq!(user.draft()["t"][0]["sg"].as_array().unwrap().len(), 2);
}

#[test]
fn a_running_render_can_be_cancelled() {
    let backend = backend();
    let user = User::of(&backend);
    user.upload("long.mp4", &clip("e.mp4", "60")).send().data();
    user.chat("format this for WeChat").send();
    user.export(&user.order("render_1")).send().data();
    user.ask("POST", "/api/render/proxy/lambda/render_1/cancel").send().data();
    let status = ended(&user, "render_1");
    assert_eq!((&status["status"], &status["error"]), (&json!("failed"), &json!("cancelled")));
}
