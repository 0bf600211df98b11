//! `jobs`, `forget`, `cancel`, and a second try of what may have been charged.

use std::fs;

use rustix::process::Signal;
use weixin_video_fake_backend::{CANNED_MP4, FakeBackend, Fault, Route};

use crate::cut::{CHARGING, DOWNLOADING, RENDERING, Scene, UPLOADED};
use crate::desk::{Desk, keys, wait_until};
use crate::refusal::{in_json, in_text, refused};
use crate::tools::{HANGS, TELLS};

#[test]
fn no_jobs_at_all() {
    let desk = Desk::new();
    assert_eq!(desk.done(&["jobs"]).stdout, "There are no unfinished jobs.\n");
    assert!(desk.jobs().is_empty());
    refused(&desk, &["resume"], 3, "no_job").is_final().says(&["no unfinished job"]);
    refused(&desk, &["cancel"], 3, "no_job").is_final();
    for command in ["resume", "forget", "cancel"] {
        refused(&desk, &[command, "0101"], 3, "no_job").is_final().says(&["0101", "weixin-video jobs"]);
    }
    assert!(desk.home().read_dir().unwrap().next().is_none(), "to look is not to keep");
}

#[test]
fn a_job_is_listed_with_all_there_is_to_know() {
    let scene = Scene::new(&RENDERING, Signal::INT);
    let (desk, job) = (&scene.desk, scene.desk.job());
    let fields = [
        "backend",
        "charged",
        "clip",
        "job_id",
        "kind",
        "made_ms",
        "output",
        "render_id",
        "resume",
        "running",
        "session_id",
        "stage",
        "words",
    ];
    assert_eq!(keys(&job), fields);
    let id = job["job_id"].as_str().unwrap();
    assert_eq!((&job["kind"], &job["backend"]), (&"format".into(), &scene.backend.url().into()));
    assert_eq!(job["clip"], desk.work().join("clip.mp4").canonicalize().unwrap().display().to_string());
    assert_eq!(job["resume"], format!("weixin-video resume {id}"));
    assert!(job["render_id"].as_str().unwrap().starts_with("render_"));
    let text = desk.done(&["jobs"]).stdout;
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    assert!(lines[0].starts_with(&format!("{id}  just now  /")) && lines[0].ends_with("/out.mp4"), "{text}");
    assert!(lines[0].contains("/clip.mp4 → /"), "{text}");
    let standing = "rendering. The edit is done and charged; the render goes on and costs nothing.";
    assert_eq!(lines[1..], [standing, &format!("weixin-video resume {id}")], "{text}");
    scene.given_up();
}

#[test]
fn of_several_jobs_one_has_to_be_named() {
    let scene = Scene::new(&RENDERING, Signal::INT);
    let Scene { desk, backend, .. } = &scene;
    backend.fault(Fault::on(Route::Upload).stall());
    desk.put("b.mp4", CANNED_MP4);
    let url = backend.url();
    let running = desk.start(desk.command(&["format", "b.mp4", "--backend", &url]));
    wait_until("the server goes silent", || backend.unfired().is_empty());
    running.signal(Signal::INT);
    running.end();
    let ran = desk.run(&["resume", "--json"]);
    let object = ran.json();
    assert_eq!((ran.code, &object["ok"], &object["error"]["code"]), (2, &false.into(), &"usage".into()), "{object:#}");
    let jobs = object["data"]["jobs"].as_array().unwrap();
    assert_eq!(jobs.len(), 2, "{object:#}");
    let text = desk.run(&["cancel"]);
    assert!(text.code == 2 && text.stdout.contains("/b.mp4") && text.stderr.contains("2 unfinished jobs"), "{text:#?}");
    // One by one, by as much of the id as it takes.
    desk.done(&["resume", jobs[1]["job_id"].as_str().unwrap()]);
    desk.done(&["resume"]);
    assert_eq!(desk.names(), ["b-wechat.mp4", "b.mp4", "clip.mp4", "out.mp4"]);
    assert_eq!(scene.ledger().charges.len(), 2, "one each");
    scene.backend.finish();
}

#[test]
fn what_may_have_been_charged_is_not_begun_again_unasked() {
    for (cut, charged, words) in [(&CHARGING, None, "may have been charged"), (&RENDERING, Some(true), "was charged")] {
        let scene = Scene::new(cut, Signal::KILL);
        let (desk, asked) = (&scene.desk, scene.backend.journal().len());
        let id = desk.job_id();
        let again = scene.format(&["--json"]);
        assert_eq!(again.code, 7, "{again:#?}");
        let refusal = in_json(&again, "begun_before");
        assert_eq!((refusal.charged, &refusal.error["job_id"]), (charged, &id.clone().into()), "{refusal:#?}");
        refusal.says(&[words, &format!("weixin-video resume {id}"), "--anew"]);
        assert_eq!(scene.backend.journal().len(), asked, "nothing was sent");
        // Another video of the same clip is another job.
        desk.done(&["format", "clip.mp4", "-o", "other.mp4", "--backend", &scene.backend.url()]);
        assert_eq!(desk.job_id(), id);
        let anew = scene.format(&["--anew"]);
        assert_eq!((anew.code, desk.jobs().len()), (5, 0), "the credits were for two: {anew:#?}");
        scene.given_up();
    }
}

#[test]
fn a_try_that_cost_nothing_makes_room_for_the_next() {
    let scene = Scene::new(&UPLOADED, Signal::KILL);
    let ran = scene.format(&[]);
    assert_eq!((ran.code, scene.desk.jobs().len()), (0, 0), "{ran:#?}");
    assert_eq!(scene.ledger().charges.len(), 1);
    scene.backend.finish();
}

#[test]
fn to_forget_says_what_it_means() {
    let scene = Scene::new(&DOWNLOADING, Signal::INT);
    let (desk, job) = (&scene.desk, scene.desk.job());
    let (id, session) = (job["job_id"].as_str().unwrap(), job["session_id"].as_str().unwrap());
    let text = desk.done(&["forget", &id[..6]]).stdout;
    assert!(text.starts_with(&format!("Forgot {id}. The edit is done and charged")), "{text}");
    assert!(text.contains(&format!("--session {session}")), "{text}");
    assert_eq!(
        (desk.names(), desk.jobs().len()),
        (vec!["clip.mp4".to_owned()], 0),
        "the part of the video is gone too"
    );
    scene.given_up();

    let scene = Scene::new(&CHARGING, Signal::INT);
    let data = scene.desk.data(&["forget", &scene.desk.job_id()]);
    assert_eq!(keys(&data), ["charged", "job_id", "session_id", "stage"]);
    assert_eq!((&data["charged"], &data["stage"]), (&serde_json::Value::Null, &"editing".into()));
    scene.backend.finish();
}

#[test]
fn to_cancel_stops_the_render_on_the_server() {
    let backend = FakeBackend::builder().render_queries(1_000).start().unwrap();
    let scene = Scene::with(Desk::new(), backend, &RENDERING, Signal::INT, |_| {});
    let job = scene.desk.job();
    let data = scene.desk.data(&["cancel"]);
    assert_eq!((&data["job_id"], &data["charged"]), (&job["job_id"], &true.into()));
    assert_eq!(scene.asked(Route::CancelExport), 1);
    let journal = scene.backend.journal();
    let asked = journal.iter().find(|exchange| exchange.route == Route::CancelExport).unwrap();
    assert!(asked.target.contains(job["render_id"].as_str().unwrap()), "{}", asked.target);
    assert!(scene.desk.jobs().is_empty());
    scene.given_up();
}

#[test]
fn only_a_render_can_be_cancelled() {
    let scene = Scene::new(&CHARGING, Signal::INT);
    let ran = scene.desk.run(&["cancel"]);
    let (message, next) = in_text(&ran);
    assert_eq!((ran.code, message), (1, "there is no render to stop: the edit may have been charged"), "{ran:#?}");
    let id = scene.desk.job_id();
    assert!(next.contains(&format!("weixin-video forget {id}")) && next.contains(&format!("resume {id}")), "{next}");
    scene.backend.finish();
}

#[test]
fn what_was_said_goes_on_too() {
    let (desk, backend) = (Desk::new(), FakeBackend::start().unwrap());
    desk.clip();
    let url = backend.url();
    desk.done(&["upload", "clip.mp4", "--backend", &url]);
    backend.fault(Fault::on(Route::Chat).stall_after_event(1, None));
    let say = ["say", "add title 'Hello', then export", "--backend", &url];
    let running = desk.start(desk.command(&say));
    wait_until("the server goes silent", || backend.unfired().is_empty());
    running.signal(Signal::KILL);
    running.end();
    let job = desk.job();
    assert_eq!(
        (&job["kind"], &job["stage"], &job["charged"]),
        (&"chat".into(), &"editing".into(), &serde_json::Value::Null)
    );
    let data = desk.data(&["resume"]);
    assert_eq!(keys(&data), ["backend", "job_id", "steps"]);
    let steps: Vec<&str> =
        data["steps"].as_array().unwrap().iter().map(|step| step["step"].as_str().unwrap()).collect();
    assert_eq!(steps, ["chat", "export"], "{data:#}");
    assert!(data["steps"][0]["data"]["changes"].as_str().unwrap().contains("Video added"), "{data:#}");
    assert_eq!(fs::read(desk.work().join("wechat.mp4")).unwrap(), CANNED_MP4);
    let chats = backend.journal().iter().filter(|exchange| exchange.route == Route::Chat).count();
    assert_eq!((chats, desk.jobs().len()), (1, 0));
    backend.finish();
}

#[test]
fn an_export_goes_on_and_is_never_said_to_have_charged() {
    let (desk, backend) = (Desk::new(), FakeBackend::start().unwrap());
    desk.clip();
    let url = backend.url();
    desk.done(&["say", "upload clip.mp4, add title 'Hello'", "--backend", &url]);
    backend.fault(Fault::on(Route::Cdn).stall_at_byte(5_000, None));
    let running = desk.start(desk.command(&["export", "--json", "--backend", &url]));
    wait_until("the server goes silent", || desk.names().contains(&".wechat.mp4.weixin-video.part".to_owned()));
    running.signal(Signal::INT);
    let refusal = in_json(&running.end(), "interrupted");
    assert_eq!(refusal.charged, Some(false), "{refusal:#?}");
    assert_eq!((&desk.job()["kind"], &desk.job()["charged"]), (&"export".into(), &false.into()));
    let data = desk.data(&["resume"]);
    assert_eq!(keys(&data), ["backend", "job_id", "made", "mended", "output", "render_id", "session_id", "verdict"]);
    assert_eq!((desk.names(), desk.jobs().len()), (vec!["clip.mp4".to_owned(), "wechat.mp4".to_owned()], 0));
    let exports = backend.journal().iter().filter(|exchange| exchange.route == Route::Export).count();
    assert_eq!(exports, 1, "the same render was fetched");
    backend.finish();
}

#[test]
fn a_job_of_this_machine_is_done_again_for_free() {
    let desk = Desk::new().with_ffmpeg(TELLS);
    desk.footage("bbb_vp9_opus.webm");
    let running = desk.start(desk.command(&["format", "bbb_vp9_opus.webm"]));
    desk.child();
    running.signal(Signal::KILL);
    running.end();
    let job = desk.job();
    assert_eq!((&job["backend"], &job["charged"]), (&"local".into(), &false.into()));
    let data = desk.data(&["resume"]);
    assert_eq!((&data["backend"], &data["output"]["video_codec"]), (&"local".into(), &"h264".into()));
    assert_eq!(
        (desk.names(), desk.jobs().len()),
        (vec!["bbb_vp9_opus-wechat.mp4".to_owned(), "bbb_vp9_opus.webm".to_owned()], 0)
    );
}

#[test]
fn an_export_of_this_machine_is_rendered_again_from_the_session_it_keeps() {
    let path = std::env::var("PATH").unwrap();
    let desk = Desk::new().with_ffmpeg(HANGS);
    desk.footage("bbb_vp9_opus.webm");
    desk.done(&["upload", "bbb_vp9_opus.webm"]);
    desk.done(&["say", "compress it for WeChat"]);
    let running = desk.start(desk.command(&["export"]));
    desk.child();
    running.signal(Signal::INT);
    let ran = running.end();
    assert_eq!(ran.code, 130, "{ran:#?}");
    assert!(in_text(&ran).1.starts_with("Nothing runs any more"), "{ran:#?}");
    let desk = desk.with("PATH", path);
    let job = desk.job();
    assert_eq!((&job["kind"], &job["stage"], &job["charged"]), (&"export".into(), &"rendering".into(), &false.into()));
    let data = desk.data(&["resume"]);
    assert_eq!((&data["backend"], &data["session_id"]), (&"local".into(), &job["session_id"]));
    assert_eq!((desk.names(), desk.jobs().len()), (vec!["bbb_vp9_opus.webm".to_owned(), "wechat.mp4".to_owned()], 0));
}
