//! The journal on the disk: private, without secrets, believed as far as it is whole, and never passed over.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use rustix::process::Signal;
use serde_json::json;
use weixin_video_fake_backend::{CANNED_MP4, FakeBackend, Fault, Route};

use crate::cut::{CHARGING, CUTS, RENDERING, Scene, UPLOADED, UPLOADING};
use crate::desk::{Desk, Ran, wait_until};
use crate::refusal::{in_json, refused};

#[test]
fn it_is_private_and_holds_no_secret() {
    for cut in &CUTS {
        let scene = Scene::new(cut, Signal::KILL);
        let journal = scene.desk.journal();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&journal), mode(journal.parent().unwrap())), (0o600, 0o700));
        let text = fs::read_to_string(&journal).unwrap();
        assert!(text.ends_with('\n') && !text.contains("nmv_usr_"), "{text}");
        assert!(!text.contains(&scene.backend.cdn_url()), "no address of a video: {text}");
        scene.given_up();
    }
}

#[test]
fn a_signed_url_on_the_timeline_is_not_written_down_and_not_taken_for_a_change() {
    let (desk, backend) = (Desk::new(), FakeBackend::start().unwrap());
    desk.clip();
    let url = backend.url();
    let uploaded = desk.data(&["upload", "clip.mp4", "--backend", &url]);
    let tokens: serde_json::Value =
        serde_json::from_slice(&fs::read(desk.home().join(".config/nemovideo/tokens.json")).unwrap()).unwrap();
    let space = backend.space(tokens[&url]["token"].as_str().unwrap()).unwrap();
    let src = "https://media.example/a.mp4?X-Signature=CANARY-4711";
    space.set_draft(
        uploaded["session_id"].as_str().unwrap(),
        json!({"t": [{"tt": 0, "sg": [{"d": 8000, "src": src}]}]}),
    );
    backend.fault(Fault::on(Route::Chat).before_commit().stall());
    let running = desk.start(desk.command(&["say", "add title 'Hello'", "--backend", &url]));
    wait_until("the server goes silent", || backend.unfired().is_empty());
    running.signal(Signal::KILL);
    running.end();
    let text = fs::read_to_string(desk.journal()).unwrap();
    assert!(text.contains("https://media.example/a.mp4") && !text.contains("CANARY"), "{text}");
    let ran = desk.run(&["resume", "--json"]);
    assert_eq!(ran.code, 7, "the server did nothing, and nobody says otherwise: {ran:#?}");
    assert_eq!(in_json(&ran, "unconfirmed").charged, None);
    assert_eq!(desk.job()["stage"], "editing", "it can be looked into again");
    backend.finish();
}

#[test]
fn a_torn_tail_is_passed_over() {
    for tail in [&b"{\"at\":\"edited\",\"session\":\"12"[..], b"\0\0\0\0\0\n", b"{", b"\xff\xfe\n"] {
        let scene = Scene::new(&UPLOADING, Signal::KILL);
        OpenOptions::new().append(true).open(scene.desk.journal()).unwrap().write_all(tail).unwrap();
        assert_eq!(scene.desk.job()["stage"], "uploading");
        scene.backend.fault(Fault::on(Route::ExportStatus).stall());
        let running = scene.desk.start(scene.desk.command(&["resume"]));
        wait_until("the server goes silent", || scene.backend.unfired().is_empty());
        running.signal(Signal::KILL);
        running.end();
        assert_eq!(scene.desk.job()["stage"], "rendering", "what came after the tail was cut off is whole");
        scene.desk.done(&["resume"]);
        assert_eq!(scene.ledger().charges.len(), 1);
        scene.backend.finish();
    }
}

#[test]
fn damage_and_other_versions_are_told_and_can_be_forgotten() {
    let scene = Scene::new(&CHARGING, Signal::KILL);
    let (desk, journal) = (&scene.desk, scene.desk.journal());
    let whole = fs::read_to_string(&journal).unwrap();
    let id = desk.job_id();
    for (text, words) in [
        (whole.replacen("{\"journal\":1,", "{\"journal\":99,", 1), "another version"),
        (whole.replacen("{\"at\":\"opened\"", "{\"at\":\"\u{1b}[2J\"", 1), "line 2"),
        (String::new(), "no order"),
        ("}{\n".to_owned() + &whole, "line 1"),
    ] {
        fs::write(&journal, text).unwrap();
        assert!(desk.done(&["jobs"]).stdout.contains(words), "{words}");
        assert!(desk.job()["damaged"].as_str().unwrap().contains(words));
        for command in ["resume", "cancel"] {
            let ran = desk.run(&[command, &id, "--json"]);
            let refusal = in_json(&ran, "job_damaged");
            assert_eq!((ran.code, refusal.charged), (1, None), "{refusal:#?}");
            refusal.says(&[words, &format!("weixin-video forget {id}")]);
        }
    }
    assert!(desk.done(&["forget", &id]).stdout.contains("may have been charged"));
    assert!(desk.journals().is_empty());
    scene.given_up();
}

#[test]
fn one_that_is_too_long_is_not_read() {
    let scene = Scene::new(&CHARGING, Signal::KILL);
    let journal = scene.desk.journal();
    // Sparse: it takes no room on the disk.
    OpenOptions::new().write(true).open(&journal).unwrap().set_len(100 << 20).unwrap();
    assert!(scene.desk.job()["damaged"].as_str().unwrap().contains("64 MiB"));
    scene.given_up();
}

#[test]
fn where_it_cannot_be_kept_nothing_is_begun_that_costs() {
    let (desk, backend) = (Desk::new(), FakeBackend::start().unwrap());
    desk.clip();
    let folder = desk.home().join(".local/state/weixin-video");
    fs::create_dir_all(&folder).unwrap();
    // A file where the folder would be; permissions would not stop root.
    fs::write(folder.join("jobs"), b"").unwrap();
    let args = ["format", "clip.mp4", "--backend", &backend.url()];
    refused(&desk, &args, 1, "state_unwritable").is_final().says(&["weixin-video/jobs", "XDG_STATE_HOME"]);
    assert_eq!(backend.journal().len(), 0, "nothing was sent");
    backend.finish();
    desk.footage("bbb_vp9_opus.webm");
    let local = desk.done(&["format", "bbb_vp9_opus.webm"]);
    assert!(local.stderr.contains("note: ") && local.stderr.contains("it can't be resumed"), "{local:#?}");
}

/// A desk and a backend where a `format` finds no room for the journal's lines from a certain one on. The words stand in
/// three lines up to the one before the charged message, so that they say how long the journal is by then; a limit on the
/// size of files counts in blocks of 512 bytes. `fits` judges how far the journal reaches, with and without that line.
fn with_little_room(fits: impl Fn(usize, usize, usize) -> bool) -> (Desk, FakeBackend, Ran) {
    let reference = Scene::new(&CHARGING, Signal::KILL);
    let journal = fs::read_to_string(reference.desk.journal()).unwrap();
    let last = journal.lines().last().unwrap().len() + 1;
    reference.backend.finish();

    let (desk, backend) = (Desk::new(), FakeBackend::start().unwrap());
    desk.clip();
    let mut sizes = (1..8_192).map(|more| (more, journal.len() + 3 * more));
    let (padding, blocks) = sizes
        .find_map(|(more, whole)| {
            let limit = (whole - last / 2).next_multiple_of(512);
            fits(limit, whole - last, whole).then_some((more, limit / 512))
        })
        .unwrap();
    let words = "format and compress this video for sharing on WeChat".to_owned() + &" ".repeat(padding);
    let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
    let (program, url) = (env!("CARGO_BIN_EXE_weixin-video"), backend.url());
    let format = ["format", "clip.mp4", "-o", "out.mp4", "--instruct", &words, "--json", "--backend", &url];
    let ran = desk.start(desk.shell(Path::new("/bin/sh"), &[&["-c", &script, program], &format[..]].concat())).end();
    (desk, backend, ran)
}

#[test]
fn a_message_is_not_charged_before_that_is_written_down() {
    let (desk, backend, ran) = with_little_room(|limit, without, with| without + 20 < limit && limit + 20 < with);
    assert_eq!(ran.code, 1, "{ran:#?}");
    let refusal = in_json(&ran, "state_unwritable");
    assert_eq!(refusal.charged, Some(false), "{refusal:#?}");
    refusal.says(&["weixin-video resume ", "space"]);
    let chats = || backend.journal().iter().filter(|exchange| exchange.route == Route::Chat).count();
    assert_eq!((chats(), &desk.job()["stage"]), (0, &"uploaded".into()), "the message never left");
    desk.done(&["resume"]);
    assert_eq!(chats(), 1);
    backend.finish();
}

#[test]
fn what_was_charged_goes_on_without_a_journal() {
    let (desk, backend, ran) =
        with_little_room(|limit, _, with| limit > CANNED_MP4.len() && (with..with + 20).contains(&limit));
    assert_eq!(ran.code, 0, "{ran:#?}");
    let notes = ran.stderr.lines().filter(|line| line.contains("can't be written down any more")).count();
    assert_eq!(notes, 1, "told once: {ran:#?}");
    assert_eq!(fs::read(desk.work().join("out.mp4")).unwrap(), CANNED_MP4);
    assert!(desk.jobs().is_empty() && desk.journals().is_empty(), "the job is over all the same");
    backend.finish();
}

#[test]
fn a_message_that_never_left_is_sent_by_the_next_run() {
    let scene = Scene::new(&UPLOADED, Signal::KILL);
    let body = json!({"code": 429, "message": "slow down"});
    scene.backend.fault(Fault::on(Route::Chat).header("retry-after", "1").json(429, &body));
    let ran = scene.desk.run(&["resume", "--json"]);
    let refusal = in_json(&ran, "rate_limited");
    assert_eq!((ran.code, refusal.charged, refusal.retryable), (75, Some(false), true), "{refusal:#?}");
    assert_eq!((&scene.desk.job()["stage"], &scene.desk.job()["charged"]), (&"uploaded".into(), &false.into()));
    scene.desk.done(&["resume"]);
    assert_eq!(scene.ledger().charges.len(), 1);
    scene.backend.finish();
}

#[test]
fn what_a_crash_left_of_a_beginning_is_swept_up() {
    let scene = Scene::new(&RENDERING, Signal::KILL);
    let left = scene.desk.jobs_folder().join(".begun-x");
    fs::write(&left, b"{\"journal\":1").unwrap();
    let old = std::time::SystemTime::now() - std::time::Duration::from_secs(3_600);
    OpenOptions::new().write(true).open(&left).unwrap().set_modified(old).unwrap();
    assert_eq!(scene.desk.jobs().len(), 1, "it is no job");
    let url = scene.backend.url();
    scene.desk.done(&["format", "clip.mp4", "-o", "other.mp4", "--backend", &url]);
    assert!(!left.exists());
    scene.given_up();
}
