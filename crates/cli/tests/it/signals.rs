//! Ctrl-C and SIGTERM, in the middle of a render and in the middle of a charged edit.

use std::fs;

use rustix::process::Signal;
use weixin_video_fake_backend::{FakeBackend, Fault, Route};

use crate::desk::{Desk, Ran, wait_until};
use crate::refusal::{in_json, in_text};
use crate::tools::runs;

/// Stops a local render that has begun, and sees that no ffmpeg goes on and no file is made or lost.
fn stopped_while_it_renders(signal: Signal, more: &[&str]) -> (Desk, Ran) {
    let desk = Desk::new();
    let pids = desk.aside("pids");
    let desk = desk.with_ffmpeg(&format!("echo $$ >> '{}'", pids.display()));
    desk.footage("phone_portrait_hevc_hlg.mov");
    let before = desk.files();
    let running = desk.start(desk.command(&[&["format", "phone_portrait_hevc_hlg.mov"], more].concat()));
    // A whole line: the shell may have made the file without having written to it.
    wait_until("ffmpeg renders", || fs::read_to_string(&pids).is_ok_and(|text| text.ends_with('\n')));
    running.signal(signal);
    let ran = running.end();
    for pid in fs::read_to_string(&pids).unwrap().lines() {
        wait_until("ffmpeg is gone", || !runs(pid));
    }
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
