//! `format --dry-run` and `format --parts`.

use std::process::Command;

use serde_json::{Value, json};
use weixin_video_fake_backend::FakeBackend;

use crate::desk::{Desk, walk};
use crate::refusal::refused;
use crate::tools::on_path;

fn only(data: &Value) -> &Value {
    let [one] = &data["clips"].as_array().unwrap()[..] else { panic!("{data}") };
    one
}

/// A clip of so many seconds that takes no time to make.
fn long(desk: &Desk, name: &str, seconds: &str) {
    let source = format!("testsrc=s=160x90:r=10:d={seconds}");
    let args = ["-nostdin", "-v", "error", "-f", "lavfi", "-i", &source, "-c:v", "mpeg4", "-q:v", "9", name];
    assert_eq!(desk.start(desk.shell(&on_path("ffmpeg"), &args)).end().code, 0);
}

#[test]
fn a_dry_run_tells_all_and_leaves_nothing() {
    let desk = Desk::new();
    desk.footage("phone_portrait_hevc_hlg.mov");
    desk.put("phone_portrait_hevc_hlg-wechat.mp4", b"there already");
    let before = desk.files();
    let format = ["format", "phone_portrait_hevc_hlg.mov", "--for", "moments", "--dry-run"];
    let data = desk.data(&format);
    let clip = only(&data);
    assert_eq!((&data["dry_run"], &clip["for"], &clip["rung"]), (&true.into(), &"moments".into(), &"encode".into()));
    assert!(clip["why"].to_string().contains("hevc"), "{clip}");
    assert_eq!((&clip["facts"]["video"]["codec"], &clip["operations"]), (&"hevc".into(), &json!([])), "{clip}");
    let said = desk.data(&["format", "phone_portrait_hevc_hlg.mov", "--dry-run"]);
    assert_eq!((&only(&said)["for"], &only(&said)["operations"][0]["op"]), (&"chat".into(), &"preset".into()));
    let arguments = clip["runs"][0]["arguments"].as_array().unwrap();
    let input = format!("file:{}", desk.work().canonicalize().unwrap().join("phone_portrait_hevc_hlg.mov").display());
    assert!(arguments.contains(&json!(input)), "{arguments:?}");
    assert!(clip["predicted"]["bytes"].as_u64().unwrap() > 10_000, "{clip}");
    assert!(clip["predicted"]["seconds"].as_f64().unwrap() > 0.0, "{clip}");
    let text = desk.done(&format).stdout;
    for words in [
        "made by: encoded (",
        "hevc",
        "for: moments (Moments)",
        "ffmpeg -nostdin ",
        "bytes in ",
        "which exists already",
    ] {
        assert!(text.contains(words), "{words:?}: {text}");
    }
    assert!(text.ends_with("Nothing was written, sent or charged.\n"), "{text}");
    assert_eq!(desk.files(), before);
    assert!(walk(&desk.home()).is_empty() && desk.leftovers().is_empty());
}

#[test]
fn the_run_that_is_shown_can_be_given_to_a_shell() {
    let desk = Desk::new();
    desk.footage("bbb_vp9_opus.webm");
    let strange = "it's $(a) clip.webm";
    std::fs::rename(desk.work().join("bbb_vp9_opus.webm"), desk.work().join(strange)).unwrap();
    let text = desk.done(&["format", strange, "--for", "file", "-o", "out $1.mp4", "--dry-run"]).stdout;
    let line = text.lines().find(|line| line.starts_with("  ffmpeg ")).unwrap();
    let mut shell = Command::new("/bin/sh");
    assert!(shell.args(["-c", line]).current_dir(desk.work()).output().unwrap().status.success(), "{line}");
    assert_eq!(desk.data(&["verify", "out $1.mp4", "--for", "file"])["passes"], true);
}

#[test]
fn what_needs_no_ffmpeg_says_so() {
    let desk = Desk::new().without_ffmpeg();
    desk.clip();
    let data = desk.data(&["format", "clip.mp4", "--dry-run"]);
    assert_eq!((&only(&data)["rung"], &only(&data)["runs"]), (&"copy".into(), &json!([])), "{data}");
}

#[test]
fn what_would_be_asked_is_told_instead() {
    let desk = Desk::new();
    desk.clip();
    let args = ["format", "clip.mp4", "--dry-run", "--instruct", "frobnitz it"];
    refused(&desk, &args, 1, "question").says(&["not an edit", "--instruct", "mute"]);
}

#[test]
fn elsewhere_nothing_is_sent_and_all_that_would_be_is_told() {
    let (desk, backend) = (Desk::new(), FakeBackend::start().unwrap());
    desk.clip();
    let url = backend.url();
    let data = desk.data(&["format", "clip.mp4", "--dry-run", "--for", "朋友圈", "--backend", &url]);
    let clip = only(&data);
    assert_eq!((&clip["backend"], &clip["for"]), (&url.as_str().into(), &"moments".into()));
    assert_eq!(clip["uploads"], std::fs::metadata(desk.work().join("clip.mp4")).unwrap().len());
    assert!(clip["says"].as_str().unwrap().ends_with("for Moments (WeChat)"), "{clip}");
    assert_eq!((backend.journal().len(), desk.names()), (0, vec!["clip.mp4".to_owned()]));
    backend.finish();
}

#[test]
fn what_is_too_long_becomes_numbered_parts_where_that_is_asked_for() {
    let desk = Desk::new();
    long(&desk, "clip.avi", "65");
    let format = ["format", "clip.avi", "--for", "moments"];
    let refusal = refused(&desk, &format, 1, "too_long");
    refusal.says(&["65 s long", "30 s", "--parts", "keep the first"]);
    let told = desk.data(&[&format[..], &["--parts", "--dry-run"]].concat());
    assert_eq!(only(&told)["parts_ms"].as_array().unwrap().len(), 3);
    let data = desk.data(&[&format[..], &["--parts"]].concat());
    let parts = data["parts"].as_array().unwrap();
    assert_eq!(parts.len(), 3, "{data}");
    let names = ["clip-wechat-1.mp4", "clip-wechat-2.mp4", "clip-wechat-3.mp4", "clip.avi"];
    assert_eq!(desk.names(), names);
    assert!(parts.iter().all(|part| part["verdict"]["passes"] == true), "{data}");
    let lengths: u64 = parts.iter().map(|part| part["output"]["duration_ms"].as_u64().unwrap()).sum();
    assert!(lengths.abs_diff(65_000) <= 300, "{lengths}");
    assert_eq!(desk.run(&[&format[..], &["--parts"]].concat()).code, 1, "they are there already");
    let backend = FakeBackend::start().unwrap();
    let elsewhere = ["format", "clip.avi", "--parts", "--backend", &backend.url()];
    refused(&desk, &elsewhere, 2, "usage").says(&["on this machine", "--local --parts"]);
}
