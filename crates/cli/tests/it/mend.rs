//! What comes from elsewhere and falls short: mended on this machine, or left as it came with a word.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use rustix::process::Signal;
use serde_json::Value;
use weixin_video_fake_backend::{
    AgentReply, Canned, Control, FakeBackend, MediaInfo, Refusal, RenderJob, Renderer, Route, Scene,
};

use crate::desk::Desk;
use crate::tools::{HANGS, on_path};

/// The canned renderer, but every video is this one.
struct Gives(Vec<u8>);

impl Renderer for Gives {
    fn inspect(&self, path: &Path, name: &str) -> Result<MediaInfo, Refusal> {
        Canned.inspect(path, name)
    }

    fn agent(&self, text: &str, scene: &Scene<'_>) -> AgentReply {
        Canned.agent(text, scene)
    }

    fn render(&self, job: &RenderJob<'_>, _: &Control) -> Result<(), Refusal> {
        fs::write(job.out, &self.0).map_err(|error| Refusal::new(error.to_string()))
    }
}

fn giving(video: &[u8]) -> FakeBackend {
    FakeBackend::builder().renderer(Arc::new(Gives(video.to_vec()))).start().unwrap()
}

/// A desk with a clip to send, and what the server is to give for it.
fn desk(args: &[&str]) -> (Desk, Vec<u8>) {
    let desk = Desk::new();
    desk.clip();
    let target = desk.aside("given.mp4");
    let all = [&["-nostdin", "-v", "error"], args, &["-f", "mp4", target.to_str().unwrap()]].concat();
    let ran = desk.start(desk.shell(&on_path("ffmpeg"), &all)).end();
    assert_eq!(ran.code, 0, "{ran:#?}");
    let video = fs::read(target).unwrap();
    (desk, video)
}

const COPY: [&str; 7] = ["-i", "clip.mp4", "-c", "copy", "-fflags", "+bitexact", "-map_metadata"];

/// The canned video with its index at the end.
fn index_last() -> (Desk, Vec<u8>) {
    desk(&[&COPY[..], &["-1"]].concat())
}

fn hevc() -> (Desk, Vec<u8>) {
    let picture = ["-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=error", "-tag:v", "hvc1"];
    desk(&[&["-i", "clip.mp4"][..], &picture, &["-c:a", "copy", "-movflags", "+faststart"]].concat())
}

/// Many seconds of hardly anything.
fn long(seconds: &str, flags: &str) -> (Desk, Vec<u8>) {
    let source = format!("color=c=gray:s=320x180:r=10:d={seconds}");
    let colors = ["-color_primaries", "bt709", "-color_trc", "bt709", "-colorspace", "bt709", "-color_range", "tv"];
    let picture = ["-f", "lavfi", "-i", &source, "-c:v", "libx264", "-pix_fmt", "yuv420p"];
    desk(&[&picture[..], &colors, &["-fflags", "+bitexact", "-movflags", flags]].concat())
}

fn broken(data: &Value) -> String {
    data["mended"]["broken"].to_string()
}

fn format(desk: &Desk, backend: &FakeBackend, more: &[&str]) -> Value {
    let url = backend.url();
    desk.data(&[&["format", "clip.mp4", "-o", "out.mp4", "--backend", &url], more].concat())
}

#[test]
fn what_falls_short_is_mended_and_keeps_every_rule() {
    for (desk, video) in [index_last(), hevc()] {
        let backend = giving(&video);
        let data = format(&desk, &backend, &[]);
        assert_ne!(broken(&data), "null", "{data}");
        assert_eq!((&data["verdict"]["for"], &data["verdict"]["passes"]), (&"chat".into(), &true.into()), "{data}");
        let out = fs::read(desk.work().join("out.mp4")).unwrap();
        assert_eq!((&data["output"]["bytes"], &data["output"]["video_codec"]), (&out.len().into(), &"h264".into()));
        assert_eq!(desk.data(&["verify", "out.mp4"])["passes"], true);
        assert_eq!(desk.names(), ["clip.mp4", "out.mp4"], "nothing lies around");
        assert!(desk.journals().is_empty() && desk.leftovers().is_empty());
        backend.finish();
    }
}

#[test]
fn an_index_is_moved_without_ffmpeg() {
    let (desk, video) = index_last();
    let desk = desk.without_ffmpeg();
    let backend = giving(&video);
    let data = format(&desk, &backend, &[]);
    assert_eq!((&data["mended"]["rung"], &data["verdict"]["passes"]), (&"remux".into(), &true.into()), "{data}");
    assert!(broken(&data).contains("index"), "{data}");
    backend.finish();
}

#[test]
fn people_are_told_what_was_wrong_and_what_was_done() {
    let (desk, video) = hevc();
    let backend = giving(&video);
    let ran = desk.done(&["format", "clip.mp4", "-o", "out.mp4", "--backend", &backend.url()]);
    for words in ["note: what came falls short: ", "hevc", "mended: encoded", "WeChat: (chat) "] {
        assert!(ran.stderr.contains(words), "{words:?}: {ran:#?}");
    }
    assert_eq!(ran.stdout, "out.mp4\n");
    backend.finish();
}

#[test]
fn what_keeps_every_rule_is_left_as_it_came() {
    let (desk, _) = index_last();
    let backend = FakeBackend::start().unwrap();
    let data = format(&desk, &backend, &["--for", "channels"]);
    assert_eq!((&data["mended"], &data["made"]), (&Value::Null, &Value::Null));
    assert_eq!(data["verdict"]["for"], "channels");
    backend.finish();
}

#[test]
fn what_is_too_long_is_never_lost_and_told() {
    let (desk, video) = long("31", "+faststart");
    let backend = giving(&video);
    let args = ["format", "clip.mp4", "-o", "out.mp4", "--for", "moments", "--backend", &backend.url()];
    let ran = desk.done(&[&args[..], &["--json"]].concat());
    let data = ran.data();
    assert_eq!((&data["verdict"]["passes"], &data["verdict"]["fix"]), (&false.into(), &"shorten".into()), "{data}");
    assert!(ran.stderr.contains("warning: it falls short of moments: "), "{ran:#?}");
    assert_eq!(fs::read(desk.work().join("out.mp4")).unwrap(), video);
    backend.finish();
    // The rest is mended all the same.
    let (desk, video) = long("31", "+disable_chpl");
    let backend = giving(&video);
    let data = format(&desk, &backend, &["--for", "moments"]);
    assert_eq!((&data["verdict"]["fix"], &data["output"]["faststart"]), (&"shorten".into(), &true.into()), "{data}");
    assert!(broken(&data).contains("index"), "{data}");
    backend.finish();
}

#[test]
fn without_ffmpeg_what_needs_it_is_left_as_it_came() {
    let (desk, video) = hevc();
    let desk = desk.without_ffmpeg();
    let backend = giving(&video);
    let ran = desk.done(&["format", "clip.mp4", "-o", "out.mp4", "--backend", &backend.url()]);
    assert!(ran.stderr.contains("warning: it ") && ran.stderr.contains("install"), "{ran:#?}");
    assert_eq!(fs::read(desk.work().join("out.mp4")).unwrap(), video);
    assert_eq!(desk.names(), ["clip.mp4", "out.mp4"]);
    backend.finish();
}

#[test]
fn what_cannot_be_looked_at_is_left_as_it_came() {
    let (desk, _) = index_last();
    // A chain of boxes, with an index in which nothing makes sense.
    let whole: Vec<u8> = [&b"\0\0\0\x10ftypisom\0\0\0\0\0\0\x10\0moov"[..], &[7; 4_088]].concat();
    let backend = giving(&whole);
    let ran = desk.done(&["format", "clip.mp4", "-o", "out.mp4", "--backend", &backend.url(), "--json"]);
    assert_eq!((&ran.data()["verdict"], &ran.data()["output"]["bytes"]), (&Value::Null, &whole.len().into()));
    assert!(ran.stderr.contains("warning: it could not be looked at: "), "{ran:#?}");
    backend.finish();
}

/// Stops the program while ffmpeg mends, and says what stood there then.
fn stopped_while_mending(desk: Desk, backend: &FakeBackend, signal: Signal) -> (Desk, i32, Vec<u8>) {
    let desk = desk.with_ffmpeg(HANGS);
    let running = desk.start(desk.command(&["format", "clip.mp4", "-o", "out.mp4", "--backend", &backend.url()]));
    desk.child();
    running.signal(signal);
    let code = running.end().code;
    let there = fs::read(desk.work().join("out.mp4")).unwrap();
    (desk, code, there)
}

#[test]
fn a_mending_that_is_stopped_leaves_what_came_and_goes_on() {
    for (signal, exit) in [(Signal::INT, 130), (Signal::KILL, -1)] {
        let (desk, video) = hevc();
        let backend = giving(&video);
        let (desk, code, there) = stopped_while_mending(desk, &backend, signal);
        assert_eq!((code, there), (exit, video));
        assert_eq!(desk.journals().len(), 1, "it can be gone on with");
        let desk = desk.with("PATH", std::env::var("PATH").unwrap());
        let before = backend.journal().len();
        backend.begin_run();
        let data = desk.data(&["resume"]);
        assert_eq!((&data["verdict"]["passes"], &data["output"]["video_codec"]), (&true.into(), &"h264".into()));
        let again = backend.journal().split_off(before);
        assert!(again.iter().all(|one| !matches!(one.route, Route::Cdn | Route::Chat | Route::Export)), "{again:#?}");
        assert!(desk.journals().is_empty());
        backend.finish();
    }
}

#[test]
fn what_was_mended_before_a_crash_is_known_again() {
    let (desk, video) = hevc();
    let backend = giving(&video);
    let (desk, ..) = stopped_while_mending(desk, &backend, Signal::KILL);
    let desk = desk.with("PATH", std::env::var("PATH").unwrap());
    // As it was between giving the mended video its name and saying so.
    let mended = fs::read(desk.clip()).unwrap();
    fs::write(desk.work().join("out.mp4"), &mended).unwrap();
    let [journal] = &desk.journals()[..] else { panic!("one job") };
    let mut text = fs::read_to_string(journal).unwrap();
    text.push_str(&format!("{{\"at\":\"mending\",\"bytes\":{}}}\n", mended.len()));
    fs::write(journal, text).unwrap();
    backend.begin_run();
    let data = desk.data(&["resume"]);
    assert_eq!((&data["output"]["bytes"], &data["verdict"]["passes"]), (&mended.len().into(), &true.into()), "{data}");
    assert_eq!(fs::read(desk.work().join("out.mp4")).unwrap(), mended);
    assert!(desk.journals().is_empty());
    backend.finish();
}
