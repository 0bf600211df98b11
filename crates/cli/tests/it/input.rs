//! Clips that are none: each is refused before a backend is started.

use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::process::Command;

use crate::desk::Desk;
use crate::refusal::refused;

#[test]
fn a_missing_file() {
    let desk = Desk::new();
    refused(&desk, &["format", "nowhere.mp4"], 3, "not_found").is_final().says(&[
        "no such file",
        "nowhere.mp4",
        "path",
    ]);
    symlink("nowhere.mp4", desk.work().join("dangling.mp4")).unwrap();
    refused(&desk, &["format", "dangling.mp4"], 3, "not_found");
    refused(&desk, &["upload", "nowhere.mp4"], 3, "not_found").is_final();
}

#[test]
fn a_folder() {
    let desk = Desk::new();
    fs::create_dir(desk.work().join("clips.mp4")).unwrap();
    refused(&desk, &["format", "clips.mp4"], 6, "unsupported").is_final().says(&["folder", "Name the files in it"]);
}

#[test]
fn an_empty_file() {
    let desk = Desk::new();
    desk.put("empty.mp4", b"");
    refused(&desk, &["format", "empty.mp4"], 6, "unsupported").is_final().says(&["empty", "complete"]);
    desk.put("empty", b"");
    refused(&desk, &["format", "empty"], 6, "unsupported").is_final();
    refused(&desk, &["upload", "empty.mp4"], 6, "unsupported").is_final();
}

#[test]
fn text_under_the_name_of_a_video() {
    let desk = Desk::new();
    desk.put("notes.mp4", "Dear diary, 今天很好.\n".repeat(50).as_bytes());
    let refusal = refused(&desk, &["format", "notes.mp4"], 6, "unsupported");
    refusal.is_final().says(&["looks like text", "renaming doesn't convert it"]);
}

#[test]
fn an_extension_that_nobody_opens() {
    let desk = Desk::new();
    desk.put("notes.docx", b"PK\x03\x04");
    refused(&desk, &["format", "notes.docx"], 6, "unsupported").is_final().says(&[".docx", "mp4, mov"]);
    // The cloud takes fewer formats than this machine, which shows before anything is sent.
    desk.put("tv.ts", b"G");
    let cloud = ["format", "tv.ts", "--backend", "https://api.invalid"];
    refused(&desk, &cloud, 6, "unsupported").is_final().says(&[".ts"]);
}

#[test]
fn more_than_an_upload_may_be() {
    let desk = Desk::new();
    // Sparse: it takes no room on the disk.
    File::create(desk.work().join("long.mp4")).unwrap().set_len(201_000_000).unwrap();
    refused(&desk, &["format", "long.mp4"], 6, "too_large").is_final().says(&["201 MB", "at most 200 MB", "trim"]);
    refused(&desk, &["upload", "long.mp4"], 6, "too_large").is_final();
}

#[test]
#[cfg(target_os = "linux")]
fn a_file_that_breaks_while_it_is_read() {
    let desk = Desk::new();
    // Reading it fails with EIO for everybody, root included: address 0 of a process is mapped nowhere.
    symlink("/proc/self/mem", desk.work().join("broken.mp4")).unwrap();
    refused(&desk, &["format", "broken.mp4"], 1, "input_unreadable").is_final().says(&["can't read broken.mp4"]);
}

#[test]
fn what_is_no_file_is_refused_and_not_waited_for() {
    let desk = Desk::new();
    let made = Command::new("mkfifo").arg(desk.work().join("pipe.mp4")).status().unwrap();
    assert!(made.success());
    let _socket = UnixListener::bind(desk.work().join("socket.mp4")).unwrap();
    symlink("/dev/zero", desk.work().join("device.mp4")).unwrap();
    for name in ["pipe.mp4", "socket.mp4", "device.mp4"] {
        refused(&desk, &["format", name], 6, "unsupported").is_final().says(&["not a regular file", name]);
        refused(&desk, &["upload", name], 6, "unsupported").is_final();
    }
}

#[test]
fn a_name_that_would_draw_on_the_terminal_is_shown_harmlessly() {
    let desk = Desk::new();
    let refusal = refused(&desk, &["format", "a\x1b[2J\nerror: b.mp4"], 3, "not_found");
    assert!(!refusal.message.contains('\x1b'));
    let several = desk.run(&["format", "a\x1b[2J\n.mp4", "b.mp4"]);
    assert!(!several.stderr.contains('\x1b') && !several.stderr.contains("\n.mp4"), "{several:#?}");
}

#[test]
fn what_looks_like_a_video_and_is_none() {
    let desk = Desk::new();
    let mut torn = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom".to_vec();
    torn.extend([0xa5; 9000]);
    desk.put("torn.mp4", &torn);
    refused(&desk, &["format", "torn.mp4"], 6, "unsupported").is_final();
}
