//! What a server can answer, row by row of PROTOCOL.md's error table, and a server that isn't there.

use std::net::TcpListener;

use serde_json::json;
use weixin_video_fake_backend::{FakeBackend, Fault, Route, Scope};

use crate::desk::Desk;
use crate::refusal::{Refusal, refused, refused_each};

/// Formats the clip against a backend that breaks each of two runs in the same way.
fn format_fails(backend: &FakeBackend, exit: i32, code: &str, fault: impl Fn() -> Option<Fault>) -> Refusal {
    let desk = Desk::new();
    desk.clip();
    let args = ["format", "clip.mp4", "--backend", &backend.url()];
    let refusal = refused_each(&desk, &args, exit, code, || {
        if let Some(fault) = fault() {
            backend.fault(fault);
        }
    });
    assert_eq!(backend.unfired(), Vec::<String>::new());
    assert_eq!(backend.violations(), Vec::<String>::new());
    refusal
}

#[test]
fn a_page_instead_of_an_answer() {
    let backend = FakeBackend::start().unwrap();
    let refusal = format_fails(&backend, 1, "bad_answer", || Some(Fault::on(Route::Session).html(200)));
    refusal.is_final().says(&["a web page, not JSON", "Check the API address"]);
    assert!(!refusal.message.contains('<'), "no markup: {}", refusal.message);
}

#[test]
fn a_page_while_the_clip_is_uploaded() {
    let backend = FakeBackend::start().unwrap();
    let refusal = format_fails(&backend, 75, "server_trouble", || Some(Fault::on(Route::Upload).times(2).html(502)));
    assert_eq!((refusal.retryable, refusal.charged), (true, Some(false)));
    refusal.says(&["502", "Try again in a minute"]);
}

#[test]
fn too_many_requests_twice() {
    let backend = FakeBackend::start().unwrap();
    let busy = || {
        let site = Fault::on(Route::Session).times(2).header("retry-after", "1");
        Some(site.json(429, &json!({"code": 429, "message": "slow down"})))
    };
    let refusal = format_fails(&backend, 75, "rate_limited", busy);
    assert_eq!((refusal.retryable, refusal.charged), (true, Some(false)));
    refusal.says(&["slow down", "Wait 1 s"]);
}

#[test]
fn a_token_of_the_user_that_is_wrong() {
    let backend = FakeBackend::start().unwrap();
    let desk = Desk::new().with("NEMO_TOKEN", "nope-4711").with("NEMO_API_URL", backend.url());
    desk.clip();
    let refusal = refused(&desk, &["format", "clip.mp4"], 4, "bad_token");
    refusal.is_final().says(&["NEMO_TOKEN"]);
    assert!(!refusal.error.to_string().contains("nope-4711"), "it is not repeated: {refusal:?}");
    assert!(backend.journal().iter().all(|exchange| exchange.route != Route::AnonymousToken), "and not replaced");
    backend.finish();
}

#[test]
fn no_credits_left() {
    let backend = FakeBackend::builder().credits(0).start().unwrap();
    let refusal = format_fails(&backend, 5, "no_credits", || None);
    refusal.is_final().says(&["?bind=", "--local"]);
}

#[test]
fn a_plan_without_export() {
    let backend = FakeBackend::builder().scopes(&[Scope::Read, Scope::Write, Scope::Upload]).start().unwrap();
    let refusal = format_fails(&backend, 5, "plan_needed", || None);
    assert_eq!((refusal.retryable, refusal.charged), (false, Some(true)), "the edit was charged: {refusal:#?}");
    assert!(refusal.error["session_id"].is_string());
}

#[test]
fn a_format_that_only_the_server_refuses() {
    let backend = FakeBackend::start().unwrap();
    let body = json!({"code": 4001, "message": "codec \u{1b}[31munknown"});
    let refusal = format_fails(&backend, 6, "unsupported", || Some(Fault::on(Route::Upload).json(200, &body)));
    refusal.is_final().says(&["codec unknown", "mp4, mov"]);
}

#[test]
fn a_size_that_only_the_server_refuses() {
    let backend = FakeBackend::builder().upload_limit(1_000).start().unwrap();
    format_fails(&backend, 6, "too_large", || None).is_final().says(&["Compress or trim"]);
}

#[test]
fn a_session_that_is_gone() {
    let (desk, backend) = (Desk::new(), FakeBackend::start().unwrap());
    let url = backend.url();
    for command in ["state", "export"] {
        let args = [command, "--session", "7000000000000000001", "--backend", &url];
        refused(&desk, &args, 3, "no_session").is_final().says(&["does not know this session", "Start again"]);
    }
    refused(&desk, &["state", "--backend", &url], 3, "no_session").is_final().says(&["weixin-video upload FILE"]);
    let args = ["state", "--session", "../etc", "--backend", &url];
    refused(&desk, &args, 2, "usage").is_final().says(&["not a session id"]);
    backend.finish();
}

#[test]
fn a_server_that_is_not_there() {
    let desk = Desk::new();
    desk.clip();
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let args = ["format", "clip.mp4", "--backend", &format!("http://{free}")];
    let refusal = refused(&desk, &args, 75, "unreachable");
    assert_eq!((refusal.retryable, refusal.charged), (true, Some(false)));
    refusal.says(&["can't connect", "nothing was sent"]);
}

#[test]
fn an_edit_whose_outcome_cannot_be_found_out() {
    let backend = FakeBackend::start().unwrap();
    let lost = || Some(Fault::on(Route::Chat).before_commit().drop_connection());
    let refusal = format_fails(&backend, 7, "unconfirmed", lost);
    assert_eq!((refusal.retryable, refusal.charged), (false, None), "{refusal:#?}");
    refusal.says(&["not sent again", "Look at the timeline"]);
    let chats = backend.journal().iter().filter(|exchange| exchange.route == Route::Chat).count();
    assert_eq!(chats, 2, "one a run, and never a second");
}

#[test]
fn a_render_that_fails_twice() {
    let backend = FakeBackend::start().unwrap();
    let broken = || Some(Fault::on(Route::Export).times(2).fail_render("no \u{1b}[2Jgpu"));
    let refusal = format_fails(&backend, 1, "render_failed", broken);
    assert_eq!(refusal.charged, Some(true));
    refusal.says(&["the render failed: no gpu", "charged"]);
}

#[test]
fn a_download_that_is_cut_short_every_time() {
    let backend = FakeBackend::start().unwrap();
    let desk = Desk::new();
    desk.clip();
    for route in [Route::Cdn, Route::Download] {
        backend.fault(Fault::on(route).times(100).cut_at_byte(0));
    }
    let before = desk.files();
    let ran = desk.run(&["format", "clip.mp4", "--backend", &backend.url()]);
    assert_eq!(ran.code, 75, "{ran:#?}");
    assert_eq!(desk.files(), before);
    assert!(ran.stderr.contains("charged"), "{ran:#?}");
}
