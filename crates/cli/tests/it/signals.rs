//! Ctrl-C and SIGTERM, in the middle of a render and in the middle of a charged edit.

use std::fs;
#[cfg(target_os = "linux")]
use std::io::Write as _;

use rustix::process::Signal;
use weixin_video_fake_backend::{FakeBackend, Fault, Route};

use crate::desk::{Desk, Ran, wait_until};
use crate::refusal::{in_json, in_text};
use crate::tools::{TELLS, runs};

/// Stops a local render that has begun, and sees that no ffmpeg goes on and no file is made or lost.
fn stopped_while_it_renders(signal: Signal, more: &[&str]) -> (Desk, Ran) {
    let desk = Desk::new().with_ffmpeg(TELLS);
    desk.footage("phone_portrait_hevc_hlg.mov");
    let before = desk.files();
    let running = desk.start(desk.command(&[&["format", "phone_portrait_hevc_hlg.mov"], more].concat()));
    let pid = desk.child();
    running.signal(signal);
    let ran = running.end();
    wait_until("ffmpeg is gone", || !runs(&pid));
    assert_eq!(desk.files(), before);
    (desk, ran)
}

#[test]
fn ctrl_c_ends_a_render_with_130() {
    let (desk, ran) = stopped_while_it_renders(Signal::INT, &[]);
    assert_eq!(ran.code, 130, "{ran:#?}");
    assert!(desk.leftovers().is_empty(), "{:?}", desk.leftovers());
    let (message, next) = in_text(&ran);
    assert_eq!(message, "stopped by Ctrl-C");
    assert!(next.contains("Nothing was charged"), "{ran:#?}");
}

#[test]
fn sigterm_ends_a_render_with_143() {
    let (desk, ran) = stopped_while_it_renders(Signal::TERM, &["--json"]);
    assert_eq!(ran.code, 143, "{ran:#?}");
    assert!(desk.leftovers().is_empty(), "{:?}", desk.leftovers());
    let refusal = in_json(&ran, "terminated");
    assert_eq!((refusal.retryable, refusal.charged), (false, Some(false)));
}

#[test]
#[cfg(target_os = "linux")]
fn even_a_kill_leaves_no_ffmpeg_running() {
    let (_, ran) = stopped_while_it_renders(Signal::KILL, &[]);
    assert_eq!(ran.code, -1, "{ran:#?}");
}

/// Stops a job whose charged message has left and is not answered.
fn stopped_while_it_is_charged(signal: Signal, more: &[&str]) -> Ran {
    let (desk, backend) = (Desk::new(), FakeBackend::start().unwrap());
    desk.clip();
    backend.fault(Fault::on(Route::Chat).stall_after_event(1, None));
    let before = desk.files();
    let url = backend.url();
    let running = desk.start(desk.command(&[&["format", "clip.mp4", "--backend", &url], more].concat()));
    wait_until("the chat stalls", || backend.unfired().is_empty());
    running.signal(signal);
    let ran = running.end();
    assert_eq!(desk.files(), before);
    assert!(desk.leftovers().is_empty());
    backend.finish();
    ran
}

#[test]
fn ctrl_c_during_an_edit_says_that_it_may_be_charged() {
    let ran = stopped_while_it_is_charged(Signal::INT, &[]);
    assert_eq!(ran.code, 130, "{ran:#?}");
    let (_, next) = in_text(&ran);
    assert!(next.contains("may go on and be charged"), "{ran:#?}");
    assert!(next.contains("weixin-video resume "), "{ran:#?}");
}

#[test]
fn sigterm_during_an_edit_says_so_to_programs() {
    let ran = stopped_while_it_is_charged(Signal::TERM, &["--json"]);
    assert_eq!(ran.code, 143, "{ran:#?}");
    let refusal = in_json(&ran, "terminated");
    assert_eq!((refusal.retryable, refusal.charged), (false, None));
    assert!(refusal.error["session_id"].is_string() && refusal.error["job_id"].is_string(), "{refusal:#?}");
}

/// Nobody reads its stderr, and the first line does not fit any more: the program hangs where it can hear no signal.
#[test]
#[cfg(target_os = "linux")]
fn a_second_ctrl_c_leaves_at_once_even_when_the_program_hangs() {
    let (desk, backend) = (Desk::new(), FakeBackend::start().unwrap());
    desk.clip();
    let (_unread, mut full) = std::io::pipe().unwrap();
    full.write_all(&[b'x'; 65_536]).unwrap();
    let mut command = desk.command(&["format", "clip.mp4", "--backend", &backend.url()]);
    let mut child = command.stderr(full).spawn().unwrap();
    let pid = rustix::process::Pid::from_child(&child);
    wait_until("it listens to signals", || listens(&child.id().to_string()));
    // Two that come at once are one, so there may be more than two of them.
    wait_until("it leaves", || {
        rustix::process::kill_process(pid, Signal::INT).unwrap();
        child.try_wait().unwrap().is_some()
    });
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert_eq!(backend.journal().len(), 0, "it hung before anything was sent");
    backend.finish();
}

/// Whether a process has a handler for Ctrl-C.
#[cfg(target_os = "linux")]
fn listens(pid: &str) -> bool {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:")).unwrap().trim();
    u64::from_str_radix(caught, 16).unwrap() & 1 << (Signal::INT.as_raw() - 1) != 0
}

#[test]
fn two_at_once_are_told_once() {
    let (desk, backend) = (Desk::new(), FakeBackend::start().unwrap());
    desk.clip();
    backend.fault(Fault::on(Route::Chat).stall_after_event(1, None));
    let running = desk.start(desk.command(&["format", "clip.mp4", "--backend", &backend.url()]));
    wait_until("the chat stalls", || backend.unfired().is_empty());
    for signal in [Signal::INT, Signal::TERM, Signal::INT] {
        running.signal(signal);
    }
    let ran = running.end();
    assert!(matches!(ran.code, 130 | 143), "{ran:#?}");
    assert!(in_text(&ran).1.contains("weixin-video resume "), "{ran:#?}");
    backend.finish();
}
