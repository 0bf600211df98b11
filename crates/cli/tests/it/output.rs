//! Outputs that would lose something, or that go nowhere.

use std::fs;
use std::os::unix::fs::symlink;

use weixin_video_fake_backend::{CANNED_MP4, FakeBackend};

use crate::desk::Desk;
use crate::refusal::refused;

#[test]
fn an_output_that_is_there_is_kept_unless_forced() {
    let (desk, backend) = (Desk::new(), FakeBackend::start().unwrap());
    desk.clip();
    desk.put("out.mp4", b"precious");
    let args = ["format", "clip.mp4", "-o", "out.mp4", "--backend", &backend.url()];
    refused(&desk, &args, 1, "output_exists").is_final().says(&["out.mp4", "--force"]);
    symlink("nowhere", desk.work().join("link.mp4")).unwrap();
    refused(&desk, &["format", "clip.mp4", "-o", "link.mp4"], 1, "output_exists").is_final();
    desk.put("clip-wechat.mp4", b"precious too");
    refused(&desk, &["format", "clip.mp4"], 1, "output_exists").is_final().says(&["clip-wechat.mp4"]);
    refused(&desk, &["export", "-o", "out.mp4"], 1, "output_exists").is_final();
    refused(&desk, &["say", "export it", "-o", "out.mp4"], 1, "output_exists").is_final();
    assert_eq!(backend.journal().len(), 0, "it was refused before anything was sent");
    desk.done(&[&args[..], &["--force"]].concat());
    assert_eq!(fs::read(desk.work().join("out.mp4")).unwrap(), CANNED_MP4);
    assert_eq!(desk.names(), ["clip-wechat.mp4", "clip.mp4", "link.mp4", "out.mp4"]);
    backend.finish();
}

#[test]
fn the_output_is_never_the_input() {
    let desk = Desk::new();
    desk.clip();
    symlink("clip.mp4", desk.work().join("same.mp4")).unwrap();
    for output in ["clip.mp4", "./clip.mp4", "same.mp4"] {
        let args = ["format", "clip.mp4", "--force", "-o", output];
        refused(&desk, &args, 2, "usage").is_final().says(&["the output is the input", "another name"]);
    }
}

#[test]
fn a_folder_that_is_not_there() {
    let desk = Desk::new();
    desk.clip();
    for args in [
        &["format", "clip.mp4", "-o", "no/such/out.mp4"][..],
        &["export", "-o", "no/such/out.mp4"],
        &["say", "导出视频", "-o", "no/such/out.mp4"],
    ] {
        refused(&desk, args, 3, "not_found").is_final().says(&[
            "no such output folder",
            "no/such",
            "Create the folder",
        ]);
    }
}

#[test]
fn several_clips_into_one_file() {
    let desk = Desk::new();
    desk.clip();
    desk.put("other.mp4", CANNED_MP4);
    let args = ["format", "clip.mp4", "other.mp4", "-o", "out.mp4"];
    refused(&desk, &args, 2, "usage").is_final().says(&["several clips", "existing folder"]);
    let args = ["format", "clip.mp4", "missing.mp4", "-o", "out.mp4"];
    refused(&desk, &args, 2, "usage").is_final();
}

#[test]
fn two_clips_of_one_name_do_not_overwrite_each_other() {
    let (desk, backend) = (Desk::new(), FakeBackend::start().unwrap());
    for folder in ["a", "b", "out"] {
        fs::create_dir(desk.work().join(folder)).unwrap();
    }
    desk.put("a/clip.mp4", CANNED_MP4);
    desk.put("b/clip.mov", CANNED_MP4);
    let args = ["format", "a/clip.mp4", "b/clip.mov", "-o", "out", "--force", "--backend", &backend.url()];
    refused(&desk, &args, 2, "usage").is_final().says(&["clip-wechat.mp4", "two clips"]);
    backend.finish();
}
