//! A server in one process and commands in others; and every command that talks to it.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::ChildStdout;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use weixin_video_fake_backend::{CANNED_MP4, FakeBackend};

use crate::desk::{Desk, keys, wait_until};
use crate::refusal::refused;

/// A `weixin-video serve` that runs.
pub(crate) struct Served {
    child: std::process::Child,
    stdout: BufReader<ChildStdout>,
    /// Its one line on stdout.
    pub(crate) line: String,
}

impl Served {
    pub(crate) fn start(desk: &Desk, args: &[&str]) -> Self {
        let mut child = desk.command(&[&["serve"], args].concat()).spawn().unwrap();
        let (mut stdout, mut line) = (BufReader::new(child.stdout.take().unwrap()), String::new());
        stdout.read_line(&mut line).unwrap();
        Self { child, stdout, line: line.trim_end().to_owned() }
    }

    /// Stops it by a signal, and says its exit code. To be stopped is no error, and nothing more is printed.
    fn stop(mut self, signal: Signal) -> i32 {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
        wait_until("the server stops", || self.child.try_wait().unwrap().is_some());
        let (mut rest, mut said) = (String::new(), String::new());
        self.stdout.read_to_string(&mut rest).unwrap();
        self.child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        assert_eq!((rest.as_str(), said.lines().count()), ("", 1), "{said}");
        assert!(said.starts_with("serving on this machine only; stop with Ctrl-C"), "{said}");
        self.child.wait().unwrap().code().unwrap_or(-1)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It has ended already, unless a test failed half-way.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn one_server_many_commands() {
    let desk = Desk::new();
    desk.clip();
    let elsewhere = Desk::new();
    let server = Served::start(&elsewhere, &["--port", "0", "--canned"]);
    assert!(server.line.starts_with("http://127.0.0.1:"), "{}", server.line);
    let url = server.line.clone();
    let at = |args: &[&str]| desk.data(&[args, &["--backend", &url]].concat());

    let uploaded = at(&["upload", "clip.mp4"]);
    assert_eq!(keys(&uploaded), ["backend", "duration_ms", "files", "session_id"]);
    let session = &uploaded["session_id"];
    assert_eq!(uploaded["files"][0], "clip.mp4");

    let state = at(&["state"]);
    assert_eq!((&state["session_id"], &state["summary"]), (session, &Value::Null), "the last session is remembered");
    let said = at(&["say", "把视频压缩一下发微信"]);
    assert_eq!(said["steps"][0]["step"], "chat");
    let state = at(&["state"]);
    assert_eq!(state["summary"], "Timeline (1 track): 1. Video: clip.mp4 (0-8s)");
    assert_eq!(at(&["credits"])["available"], 50.0);

    let exported = at(&["export", "-o", "out.mp4"]);
    assert_eq!((&exported["session_id"], &exported["output"]["bytes"]), (session, &CANNED_MP4.len().into()));
    assert_eq!(std::fs::read(desk.work().join("out.mp4")).unwrap(), CANNED_MP4);
    refused(&desk, &["export", "-o", "out.mp4", "--backend", &url], 1, "output_exists");

    let fresh = at(&["upload", "clip.mp4", "--new"]);
    assert_ne!(&fresh["session_id"], session);
    let again = at(&["state", "--session", session.as_str().unwrap()]);
    assert_eq!(&again["session_id"], session);
    assert_eq!(server.stop(Signal::TERM), 143);
    assert!(elsewhere.leftovers().is_empty());
}

#[test]
fn a_server_says_where_it_is_to_programs_too() {
    let desk = Desk::new();
    let server = Served::start(&desk, &["--port", "0", "--canned", "--json"]);
    let object: Value = serde_json::from_str(&server.line).unwrap();
    assert_eq!((&object["ok"], &object["data"]["canned"]), (&true.into(), &true.into()));
    for name in ["url", "cdn_url"] {
        assert!(object["data"][name].as_str().unwrap().starts_with("http://127.0.0.1:"), "{object}");
    }
    assert_eq!(server.stop(Signal::INT), 130);
    assert!(desk.leftovers().is_empty());
}

#[test]
fn a_port_that_is_taken() {
    let backend = FakeBackend::start().unwrap();
    let port = backend.url().rsplit(':').next().unwrap().to_owned();
    let desk = Desk::new();
    let refusal = refused(&desk, &["serve", "--canned", "--port", &port], 1, "no_backend");
    refusal.is_final().says(&["the port is in use", "--port"]);
}

#[test]
fn upload_by_url() {
    let (desk, backend) = (Desk::new(), FakeBackend::start().unwrap());
    backend.register_url("https://media.example/day1.mp4", CANNED_MP4).unwrap();
    let url = backend.url();
    let uploaded = desk.data(&["upload", "https://media.example/day1.mp4", "--backend", &url]);
    assert_eq!(uploaded["files"][0], "day1.mp4");
    for bad in ["file:///etc/passwd", "https://me:secret@media.example/a.mp4"] {
        let refusal = refused(&desk, &["upload", bad, "--backend", &url], 2, "usage");
        assert!(!refusal.error.to_string().contains("secret"), "{refusal:?}");
    }
    backend.finish();
}

#[test]
fn a_forgotten_session_is_begun_anew() {
    let desk = Desk::new();
    desk.clip();
    let first = FakeBackend::start().unwrap();
    let url = first.url();
    let port = url.rsplit(':').next().unwrap().parse().unwrap();
    desk.done(&["upload", "clip.mp4", "--backend", &url]);
    first.shutdown();
    // The same address, another life: neither the token nor the session is known there.
    let second = FakeBackend::builder().seed(2).port(port).start().unwrap();
    let ran = desk.done(&["upload", "clip.mp4", "--backend", &url]);
    assert!(ran.stderr.contains("note: the last session is gone"), "{ran:#?}");
    second.finish();
}
