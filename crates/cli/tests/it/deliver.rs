//! `format` when all goes well.

use std::fs;

use serde_json::Value;
use weixin_video_fake_backend::{CANNED_MP4, FakeBackend};

use crate::desk::{Desk, keys};

#[test]
fn one_clip_and_every_field_about_it() {
    let (desk, backend) = (Desk::new(), FakeBackend::start().unwrap());
    desk.clip();
    let data = desk.data(&["format", "clip.mp4", "-o", "out.mp4", "--backend", &backend.url()]);
    let fields =
        ["backend", "credits", "job_id", "made", "mended", "output", "render_id", "session_id", "summary", "verdict"];
    assert_eq!(keys(&data), fields);
    assert_eq!((&data["backend"], &data["credits"]), (&"backend".into(), &50.0.into()));
    assert_eq!(data["session_id"].as_str().unwrap().len(), 19, "text: as a number it would lose digits");
    assert!(data["render_id"].as_str().unwrap().starts_with("render_"));
    assert_eq!(data["summary"], "Timeline (1 track): 1. Video: clip.mp4 (0-8s)");
    let output = &data["output"];
    let fields = ["audio_codec", "bytes", "duration_ms", "faststart", "fps", "height", "path", "video_codec", "width"];
    assert_eq!(keys(output), fields);
    assert_eq!((&output["width"], &output["height"], &output["fps"]), (&540.into(), &960.into(), &30.0.into()));
    assert_eq!((&output["video_codec"], &output["audio_codec"]), (&"h264".into(), &"aac".into()));
    assert_eq!((&output["faststart"], &output["bytes"]), (&true.into(), &CANNED_MP4.len().into()));
    assert!((1_900..=2_100).contains(&output["duration_ms"].as_u64().unwrap()), "{output}");
    assert_eq!(output["path"], desk.work().join("out.mp4").canonicalize().unwrap().display().to_string());
    backend.finish();
}

#[test]
fn in_text_stdout_is_the_path_and_nothing_else() {
    let (desk, backend) = (Desk::new(), FakeBackend::start().unwrap());
    desk.clip();
    let ran = desk.done(&["format", "clip.mp4", "--backend", &backend.url()]);
    assert_eq!(ran.stdout, "clip-wechat.mp4\n", "the default name stands beside the clip");
    let first = format!("backend: {}; nothing leaves this machine", backend.url());
    assert_eq!(ran.stderr.lines().next(), Some(first.as_str()));
    assert_eq!(fs::read(desk.work().join("clip-wechat.mp4")).unwrap(), CANNED_MP4);
    assert_eq!(desk.names(), ["clip-wechat.mp4", "clip.mp4"]);
    backend.finish();
}

#[test]
fn without_ffmpeg_all_is_known_of_an_mp4() {
    let (desk, backend) = (Desk::new().without_ffmpeg(), FakeBackend::start().unwrap());
    desk.clip();
    let data = desk.data(&["format", "clip.mp4", "--backend", &backend.url()]);
    let output = &data["output"];
    assert_eq!((&output["bytes"], &output["width"]), (&CANNED_MP4.len().into(), &540.into()));
    assert_eq!(data["verdict"]["passes"], true);
    backend.finish();
}

#[test]
fn several_into_a_folder() {
    let (desk, backend) = (Desk::new(), FakeBackend::start().unwrap());
    fs::create_dir(desk.work().join("out")).unwrap();
    desk.put("a.mp4", CANNED_MP4);
    desk.put("b.mov", CANNED_MP4);
    let url = backend.url();
    // The first edit takes half of the credits, the second the rest.
    let data = desk.data(&["format", "a.mp4", "b.mov", "-o", "out", "--backend", &url]);
    assert_eq!(keys(&data), ["backend", "outputs"]);
    let inputs: Vec<&Value> = data["outputs"].as_array().unwrap().iter().map(|output| &output["input"]).collect();
    assert_eq!(inputs, ["a.mp4", "b.mov"]);
    assert_eq!(desk.names(), ["a.mp4", "b.mov", "out/a-wechat.mp4", "out/b-wechat.mp4"]);
    backend.finish();
}

#[test]
fn one_of_several_that_fails_does_not_stop_the_others() {
    let (desk, backend) = (Desk::new(), FakeBackend::start().unwrap());
    desk.put("a.mp4", b"no video");
    desk.put("b.mp4", CANNED_MP4);
    let url = backend.url();
    let args = ["format", "a.mp4", "b.mp4", "--backend", &url];
    let text = desk.run(&args);
    assert_eq!((text.code, text.stdout.as_str()), (6, "b-wechat.mp4\n"), "{text:#?}");
    assert_eq!(text.stderr.lines().filter(|line| line.starts_with("error: ")).count(), 1, "{text:#?}");
    fs::remove_file(desk.work().join("b-wechat.mp4")).unwrap();
    let json = desk.run(&[&args[..], &["--json"]].concat());
    let object = json.json();
    assert_eq!((json.code, &object["ok"]), (6, &Value::Bool(false)), "{object}");
    assert_eq!((keys(&object), &object["error"]["code"]), (vec!["data", "error", "ok"], &"unsupported".into()));
    let outputs = &object["data"]["outputs"];
    assert_eq!((&outputs[0]["input"], &outputs[0]["error"]["code"]), (&"a.mp4".into(), &"unsupported".into()));
    assert_eq!((&outputs[1]["input"], &outputs[1]["output"]["bytes"]), (&"b.mp4".into(), &CANNED_MP4.len().into()));
    backend.finish();
}
