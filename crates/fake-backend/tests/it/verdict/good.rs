//! Clients that break no rule.

use super::Client;
use std::time::Duration;
use weixin_video_blocking::{ClientId, Config, Credential, Output, Silent};
use weixin_video_fake_backend::{CANNED_MP4, Clock, FakeBackend, Fault, Route};

#[test]
fn a_whole_job_at_the_documented_pace() {
    let seconds = Duration::from_secs;
    let client = Client::of(|builder| builder.clock(Clock::Manual).render_time(seconds(80), seconds(80)));
    client.edit();
    client.export("render_1").data();
    let url = loop {
        client.backend.advance(seconds(30));
        if let Some(url) = client.status("render_1")["output"]["url"].as_str() {
            break url.to_owned();
        }
    };
    let (cdn, path) = super::split(&url);
    assert_eq!(super::discreet(super::ask(&cdn, "GET", &path)).send().body, CANNED_MP4);
    client.credits();
    assert_eq!(client.backend.now_ms(), 90_000);
    client.backend.finish();
}

/// A job of the blocking client with a fault on its way.
fn job(fault: Option<Fault>) {
    let backend = FakeBackend::start().expect("a server");
    fault.into_iter().for_each(|fault| backend.fault(fault));
    let folder = tempfile::tempdir().expect("a folder");
    let (clip, output) = (folder.path().join("clip.mp4"), folder.path().join("out.mp4"));
    std::fs::write(&clip, CANNED_MP4).expect("written");
    let client = ClientId::new("0b0e7a52-7c55-4c4e-9f0e-3f3f2f7f9a01").expect("an id");
    let credential = Credential::Anonymous { client, grant: None };
    let client = weixin_video_blocking::Client::new(Config::new(&backend.url()).expect("an origin"), credential)
        .expect("a client");
    client.format(&clip, "format this for WeChat", &Output::new(&output), &mut Silent).expect("a delivery");
    assert_eq!(std::fs::read(&output).expect("a file"), CANNED_MP4);
    backend.finish();
}

#[test]
fn the_blocking_client_does_a_job() {
    job(None);
}

#[test]
fn the_blocking_client_does_a_job_over_a_broken_way() {
    let faults = [
        Fault::on(Route::Cdn).cut_at_byte(1000),
        Fault::on(Route::Chat).cut_after_event(1),
        Fault::on(Route::Export).after_commit().drop_connection(),
        Fault::on(Route::Export).fail_render("no disk"),
        Fault::on(Route::Session).empty(502),
        Fault::on(Route::ExportStatus).json(500, &serde_json::json!({"code": 500})),
    ];
    // Each waits by the machine's clock.
    std::thread::scope(|scope| faults.map(|fault| scope.spawn(|| job(Some(fault)))).map(|job| job.join().unwrap()));
}
