//! No room left. A limit on the size of files is met at the same place as a full disk, needs no root and no mount, and works
//! in every container; with its signal switched off, writing beyond it is an error like any other.

use std::fs;
use std::path::Path;

use weixin_video_fake_backend::FakeBackend;

use crate::desk::Desk;
use crate::refusal::{in_json, in_text, refused};

#[test]
fn no_room_for_the_download() {
    let (desk, backend) = (Desk::new(), FakeBackend::start().unwrap());
    desk.clip();
    desk.put("out.mp4", b"precious");
    // 8 blocks of 512 bytes, and the video has 14 KB.
    let script = "trap '' XFSZ; ulimit -f 8; exec \"$0\" \"$@\"";
    let program = env!("CARGO_BIN_EXE_weixin-video");
    let url = backend.url();
    let format = ["format", "clip.mp4", "-o", "out.mp4", "--force", "--backend", &url];
    let run = |more: &[&str]| {
        let args = [&["-c", script, program], &format[..], more].concat();
        desk.start(desk.shell(Path::new("/bin/sh"), &args)).end()
    };
    let text = run(&[]);
    assert_eq!(text.code, 1, "{text:#?}");
    let (message, next) = in_text(&text);
    assert!(message.contains("the output can't be written") && message.contains("too large"), "{message}");
    assert!(next.contains("has space left"), "{next}");
    assert!(next.contains("weixin-video resume "), "{next}");
    desk.forget_all();
    let json = run(&["--json"]);
    let refusal = in_json(&json, "output_unwritable");
    assert_eq!((json.code, refusal.charged), (1, Some(true)), "the edit itself was done: {refusal:#?}");
    assert!(refusal.error["session_id"].is_string(), "so that it can be fetched later: {refusal:#?}");
    assert_eq!(fs::read(desk.work().join("out.mp4")).unwrap(), b"precious");
    assert_eq!(desk.names(), [".out.mp4.weixin-video.part", "clip.mp4", "out.mp4"], "what came is kept for later");
    assert!(desk.leftovers().is_empty());
    backend.finish();
}

#[test]
fn no_room_for_the_render() {
    let desk = Desk::new().with_ffmpeg("trap '' XFSZ; ulimit -f 64");
    desk.footage("bbb_vp9_opus.webm");
    let refusal = refused(&desk, &["format", "bbb_vp9_opus.webm"], 1, "render_failed");
    assert_eq!(refusal.charged, Some(false));
}

#[test]
fn a_home_that_cannot_be_written() {
    let desk = Desk::new();
    desk.clip();
    // A file where the folder would be; permissions would not stop root.
    fs::write(desk.home().join(".config"), b"").unwrap();
    let backend = FakeBackend::start().unwrap();
    let args = ["format", "clip.mp4", "--backend", &backend.url()];
    refused(&desk, &args, 1, "config_unwritable").is_final().says(&["client_id", "XDG_CONFIG_HOME"]);
    backend.finish();
}
