//! A job that was cut off at any point goes on from there, and is paid once.

use std::fs;

use rustix::process::Signal;
use weixin_video_fake_backend::{CANNED_MP4, FakeBackend, Route, Scope};

use crate::cut::{CHARGING, CUTS, Cut, DOWNLOADING, ORDERING, PUBLISHED, RENDERING, Scene, UPLOADED, UPLOADING};
use crate::desk::{Desk, keys};
use crate::refusal::{in_json, in_text};

/// Goes on with the only job there is, to the end that it would have come to.
fn resumed(scene: &Scene, cut: &Cut) {
    let Scene { desk, .. } = scene;
    let job = desk.job();
    let known = (job["stage"].as_str(), job["charged"].as_bool(), job["running"].as_bool());
    assert_eq!(known, (Some(cut.stage), cut.charged, Some(false)), "{job:#}");
    let data = desk.data(&["resume"]);
    let fields =
        ["backend", "credits", "job_id", "made", "mended", "output", "render_id", "session_id", "summary", "verdict"];
    assert_eq!(keys(&data), fields);
    assert_eq!((&data["job_id"], &data["output"]["bytes"]), (&job["job_id"], &CANNED_MP4.len().into()), "{data:#}");
    assert_eq!(fs::read(desk.work().join("out.mp4")).unwrap(), CANNED_MP4);
    assert_eq!(desk.names(), ["clip.mp4", "out.mp4"]);
    assert!(desk.jobs().is_empty() && desk.journals().is_empty(), "the job is over");
    assert_eq!(scene.ledger().charges.len(), 1, "{:?}", scene.ledger());
}

#[test]
fn ctrl_c_at_every_point_says_what_it_cost_and_how_to_go_on() {
    for cut in &CUTS {
        let scene = Scene::new(cut, Signal::INT);
        assert_eq!(scene.ran.code, 130, "{}: {:#?}", cut.stage, scene.ran);
        let (message, next) = in_text(&scene.ran);
        assert_eq!(message, "stopped by Ctrl-C");
        let cost = match cut.charged {
            Some(false) => "Nothing was charged.",
            Some(true) => "The edit is done and charged",
            None => "The edit may go on and be charged.",
        };
        assert!(next.starts_with(cost), "{}: {next}", cut.stage);
        assert!(next.ends_with(&format!("weixin-video resume {}", scene.desk.job_id())), "{next}");
        resumed(&scene, cut);
        scene.backend.finish();
    }
}

#[test]
fn a_kill_at_every_point_loses_nothing() {
    for cut in &CUTS {
        let scene = Scene::new(cut, Signal::KILL);
        assert_eq!(scene.ran.code, -1, "{}: {:#?}", cut.stage, scene.ran);
        resumed(&scene, cut);
        scene.backend.finish();
    }
}

#[test]
fn a_job_is_told_from_one_that_runs() {
    let look = |desk: &Desk| {
        let job = desk.job();
        assert_eq!((&job["running"], &job["stage"]), (&true.into(), &"rendering".into()), "{job:#}");
        let id = job["job_id"].as_str().unwrap();
        for command in ["resume", "forget", "cancel"] {
            let ran = desk.run(&[command, id, "--json"]);
            assert_eq!(ran.code, 7, "{ran:#?}");
            assert!(in_json(&ran, "job_running").message.contains(id));
        }
        let ran = desk.run(&["resume", "--json"]);
        assert_eq!((ran.code, in_json(&ran, "no_job").charged), (3, Some(false)), "nobody resumes what runs");
        assert!(desk.done(&["jobs"]).stdout.contains("another process is at it"));
        // Another try at the same time would be paid too.
        let backend = job["backend"].as_str().unwrap();
        let again = desk.run(&["format", "clip.mp4", "-o", "out.mp4", "--anew", "--json", "--backend", backend]);
        assert_eq!(again.code, 7, "{again:#?}");
        in_json(&again, "job_running");
    };
    let scene = Scene::with(Desk::new(), FakeBackend::start().unwrap(), &RENDERING, Signal::TERM, look);
    assert_eq!(scene.ran.code, 143, "{:#?}", scene.ran);
    resumed(&scene, &RENDERING);
    scene.backend.finish();
}

#[test]
fn the_rest_of_a_download_is_fetched_alone() {
    let scene = Scene::new(&DOWNLOADING, Signal::INT);
    assert_eq!(scene.desk.names(), [".out.mp4.weixin-video.part", "clip.mp4"]);
    resumed(&scene, &DOWNLOADING);
    let journal = scene.backend.journal();
    let last = journal.iter().rfind(|exchange| exchange.route == Route::Cdn).unwrap();
    assert_eq!((last.status, last.header("range")), (Some(206), Some("bytes=5000-")));
    scene.backend.finish();
}

#[test]
fn what_was_published_is_not_fetched_again() {
    let scene = Scene::new(&PUBLISHED, Signal::KILL);
    let fetched = scene.asked(Route::Cdn);
    resumed(&scene, &PUBLISHED);
    assert_eq!(scene.asked(Route::Cdn), fetched);
    scene.backend.finish();
}

#[test]
fn a_clip_that_changed_or_went_is_missed_only_where_it_is_needed() {
    let scene = Scene::new(&UPLOADING, Signal::KILL);
    let desk = &scene.desk;
    desk.put("clip.mp4", &[CANNED_MP4, b"more"].concat());
    let refusal = refused_to_resume(&scene, 1, "clip_changed");
    assert!(refusal.contains("Nothing was charged") && refusal.contains("weixin-video forget "), "{refusal}");
    fs::remove_file(desk.work().join("clip.mp4")).unwrap();
    refused_to_resume(&scene, 3, "not_found");
    assert_eq!(desk.job()["stage"], "uploading", "it can still be put back");
    scene.backend.finish();

    for cut in [&UPLOADED, &CHARGING, &ORDERING] {
        let scene = Scene::new(cut, Signal::KILL);
        fs::remove_file(scene.desk.work().join("clip.mp4")).unwrap();
        scene.desk.done(&["resume"]);
        assert_eq!(scene.desk.names(), ["out.mp4"]);
        assert_eq!(scene.ledger().charges.len(), 1);
        scene.backend.finish();
    }
}

/// Refused in JSON, and the job stays.
fn refused_to_resume(scene: &Scene, exit: i32, code: &str) -> String {
    let asked = scene.backend.journal().len();
    let ran = scene.desk.run(&["resume", "--json"]);
    assert_eq!(ran.code, exit, "{ran:#?}");
    let refusal = in_json(&ran, code);
    assert_eq!(refusal.error["job_id"], scene.desk.job()["job_id"], "{refusal:#?}");
    assert_eq!(scene.backend.journal().len(), asked, "nothing was sent");
    refusal.next_step
}

#[test]
fn an_output_that_is_taken_by_now_is_kept_and_another_one_can_be_named() {
    let scene = Scene::new(&DOWNLOADING, Signal::INT);
    let desk = &scene.desk;
    desk.put("out.mp4", b"precious");
    let next = refused_to_resume(&scene, 1, "output_exists");
    assert!(next.contains("-o") && next.contains("weixin-video resume "), "{next}");
    let data = desk.data(&["resume", &desk.job_id()[..4], "-o", "other.mp4"]);
    assert!(data["output"]["path"].as_str().unwrap().ends_with("/other.mp4"), "{data:#}");
    assert_eq!(fs::read(desk.work().join("out.mp4")).unwrap(), b"precious");
    assert_eq!(desk.names(), ["clip.mp4", "other.mp4", "out.mp4"], "no part of the first one is left");
    assert_eq!(scene.ledger().charges.len(), 1);
    scene.backend.finish();
}

#[test]
fn a_place_that_was_changed_once_stays_changed() {
    let scene = Scene::new(&RENDERING, Signal::INT);
    let (desk, backend) = (&scene.desk, &scene.backend);
    backend.fault(weixin_video_fake_backend::Fault::on(Route::ExportStatus).stall());
    fs::create_dir(desk.work().join("there")).unwrap();
    let running = desk.start(desk.command(&["resume", "-o", "there"]));
    crate::desk::wait_until("the server goes silent", || backend.unfired().is_empty());
    running.signal(Signal::KILL);
    running.end();
    assert!(desk.job()["output"].as_str().unwrap().ends_with("/there/out.mp4"));
    desk.done(&["resume"]);
    assert_eq!(desk.names(), ["clip.mp4", "there/out.mp4"]);
    scene.backend.finish();
}

#[test]
fn a_job_goes_on_with_the_account_and_the_backend_it_was_begun_with() {
    let backend = FakeBackend::start().unwrap();
    let (token, url) = (backend.token(&Scope::ALL), backend.url());
    let mut scene = Scene::with(
        Desk::new().with("NEMO_TOKEN", &token).with("NEMO_API_URL", &url),
        backend,
        &CHARGING,
        Signal::INT,
        |_| {},
    );
    let journal = fs::read_to_string(scene.desk.journal()).unwrap();
    assert!(!journal.contains(&token), "{journal}");
    let elsewhere = scene.desk.run(&["resume", "--local"]);
    assert_eq!((elsewhere.code, in_text(&elsewhere).0.contains("where it was begun")), (2, true), "{elsewhere:#?}");
    scene.desk = scene.desk.without("NEMO_TOKEN");
    let ran = scene.desk.run(&["resume", "--json"]);
    assert_eq!(ran.code, 4, "{ran:#?}");
    let refusal = in_json(&ran, "bad_token");
    assert!(refusal.next_step.contains("NEMO_TOKEN") && refusal.next_step.contains("weixin-video resume"));
    scene.desk = scene.desk.without("NEMO_API_URL").with("NEMO_TOKEN", &token).with("NEMO_API_URL", &url);
    scene.desk.done(&["resume"]);
    assert_eq!(scene.backend.ledger(&token).charges.len(), 1);
    scene.backend.finish();
}
