//! Every documented shape an answer may have.

use crate::user::{CLIENT, User, anonymous};
use serde_json::{Value, json};
use weixin_video_fake_backend::{
    Envelope, ErrorText, Errors, ExpiresAt, FakeBackend, Nesting, NoDraft, UrlField, Variants,
};

fn server(variants: Variants) -> FakeBackend {
    FakeBackend::builder()
        .unjudged()
        .variants(variants)
        .frozen_at(1_795_327_773_000)
        .start()
        .expect("a server that works")
}

/// A user on a server whose answers `User` can't read: it gets its token and session past the wire.
fn user(backend: &FakeBackend) -> User {
    let token = backend.token(&weixin_video_fake_backend::Scope::ALL);
    let mut user = User { api: backend.url(), token, session: String::new(), task: String::new() };
    assert_eq!(user.open().send().status, 200);
    user.session = backend.space(&user.token).expect("a server that works").sessions().remove(0);
    user
}

fn finished(backend: &FakeBackend) -> Value {
    let user = user(backend);
    let draft = json!({"d": 8000, "t": [{"tt": 0, "sg": [{"d": 8000}]}]});
    backend.space(&user.token).expect("a server that works").set_draft(&user.session, draft.clone());
    let order = json!({
        "id": "render_1", "sessionId": user.session, "draft": draft, "output": {"format": "mp4", "quality": "high"},
    });
    assert_eq!(user.export(&order).send().status, 200);
    user.status("render_1").send();
    user.status("render_1").send().json()
}

#[test]
fn success_in_every_envelope() {
    let balance = json!({"available": 100, "frozen": 0, "total": 100});
    for (envelope, whole) in [
        (Envelope::Code, json!({"code": 0, "message": "success", "data": balance})),
        (Envelope::CodeString, json!({"code": "0", "message": "success", "data": balance})),
        (Envelope::Success, json!({"success": true, "data": balance})),
        (Envelope::Bare, balance),
    ] {
        let backend = server(Variants { envelope, ..Variants::default() });
        assert_eq!(user(&backend).credits().send().json(), whole);
    }
}

#[test]
fn failure_in_every_envelope() {
    for (envelope, errors, status, body) in [
        (Envelope::Code, Errors::Status, 401, json!({"code": 1001, "message": "unknown token", "data": null})),
        (Envelope::Code, Errors::Ok200, 200, json!({"code": 1001, "message": "unknown token", "data": null})),
        (Envelope::CodeString, Errors::Ok200, 200, json!({"code": "1001", "message": "unknown token", "data": null})),
        (Envelope::Success, Errors::Ok200, 401, json!({"success": false, "error": "unknown token"})),
        (Envelope::Bare, Errors::Status, 401, json!({"detail": "unknown token"})),
    ] {
        let backend = server(Variants { envelope, errors, ..Variants::default() });
        let refused = user(&backend).credits().token("x").send();
        assert_eq!((refused.status, refused.json()), (status, body));
    }
}

#[test]
fn an_error_says_why_under_every_key() {
    for (error_text, key) in [
        (ErrorText::Message, "message"),
        (ErrorText::Msg, "msg"),
        (ErrorText::Error, "error"),
        (ErrorText::ErrorMessage, "error_message"),
        (ErrorText::Detail, "detail"),
        (ErrorText::Reason, "reason"),
    ] {
        let backend = server(Variants { error_text, ..Variants::default() });
        assert_eq!(user(&backend).credits().token("x").send().json()[key], "unknown token");
    }
    let detail = |error_text| {
        let backend = server(Variants { error_text, ..Variants::default() });
        user(&backend).credits().token("x").send().json()["detail"].clone()
    };
    assert_eq!(detail(ErrorText::DetailObject)["message"], "unknown token");
    assert_eq!(detail(ErrorText::DetailList)[0]["msg"], "unknown token");
}

#[test]
fn tokens_and_sessions_in_every_shape() {
    let backend = server(Variants { bare_token: true, ..Variants::default() });
    let data = anonymous(&backend, CLIENT).send().data();
    assert_eq!(data.as_object().unwrap().keys().collect::<Vec<_>>(), ["token"]);
    for (expires_at, value) in [
        (ExpiresAt::Rfc3339, json!("2026-11-29T06:09:33Z")),
        (ExpiresAt::Seconds, json!(1_795_932_573)),
        (ExpiresAt::Milliseconds, json!(1_795_932_573_000_u64)),
    ] {
        let backend = server(Variants { expires_at, ..Variants::default() });
        assert_eq!(anonymous(&backend, CLIENT).send().data()["expires_at"], value);
    }
    let backend = server(Variants { numeric_session_id: true, ..Variants::default() });
    let user = user(&backend);
    assert_eq!(user.open().send().data()["session_id"].as_u64().unwrap().to_string().len(), 19);
    assert_eq!(user.state().send().status, 200, "a string again in paths");
}

#[test]
fn credits_as_decimals_without_a_total() {
    let backend = server(Variants { decimal_credits: true, ..Variants::default() });
    assert_eq!(
        user(&backend).credits().send().text(),
        r#"{"code":0,"data":{"available":100.0,"frozen":0.0},"message":"success"}"#
    );
}

#[test]
fn a_draft_in_every_place() {
    for (no_draft, value) in
        [(NoDraft::Null, Some(Value::Null)), (NoDraft::Empty, Some(json!({}))), (NoDraft::Absent, None)]
    {
        for (timeline_draft, key) in [(false, "draft"), (true, "timeline_draft")] {
            let backend = server(Variants { no_draft, timeline_draft, ..Variants::default() });
            let user = user(&backend);
            assert_eq!(user.state().send().data()["state"].get(key), value.as_ref());
            backend.space(&user.token).unwrap().set_draft(&user.session, json!({"d": 1}));
            assert_eq!(user.state().send().data()["state"][key], json!({"d": 1}));
        }
    }
    let backend = server(Variants { state_lists: true, ..Variants::default() });
    assert_eq!(user(&backend).state().send().data()["state"]["generated_media"], json!([]));
}

#[test]
fn export_status_at_every_depth_and_under_every_key() {
    for (nesting, pointer) in [(Nesting::Top, ""), (Nesting::Data, "/data"), (Nesting::DataData, "/data/data")] {
        for (url_field, key) in [
            (UrlField::Output, "/output/url"),
            (UrlField::OutputUrl, "/outputUrl"),
            (UrlField::OutputUrlSnake, "/output_url"),
            (UrlField::Url, "/url"),
            (UrlField::VideoUrl, "/videoUrl"),
            (UrlField::DownloadUrl, "/download_url"),
        ] {
            let backend = server(Variants { nesting, url_field, ..Variants::default() });
            let answer = finished(&backend);
            let url = answer.pointer(&format!("{pointer}{key}")).and_then(Value::as_str);
            assert!(url.is_some_and(|url| url.starts_with(&backend.cdn_url())), "{answer}");
            assert_eq!(answer.pointer(&format!("{pointer}/status")), Some(&json!("completed")));
        }
    }
    let backend = server(Variants { nesting: Nesting::Data, ..Variants::default() });
    assert_eq!(finished(&backend)["data"]["completedAt"], json!(1_795_327_773_000_u64));
}

#[test]
fn export_status_in_capitals_without_progress_and_under_a_foreign_id() {
    let variants = Variants { upper_case_status: true, no_progress: true, own_render_id: true, ..Variants::default() };
    let answer = finished(&server(variants));
    assert_eq!(answer["status"], "COMPLETED");
    assert!(answer.get("progress").is_none() && answer.get("id").is_none());
    assert!(answer["taskId"].as_str().unwrap().starts_with("task_"));
}

#[test]
fn a_url_can_come_late_and_a_download_can_be_json() {
    let backend = server(Variants { late_url: true, download_json: true, no_claim: true, ..Variants::default() });
    let user = User::with_draft(&backend);
    let first = user.render("render_1").json();
    assert!(first["status"] == "completed" && first.get("output").is_none());
    let second = user.status("render_1").send().json();
    let link = user.ask("GET", "/api/render/proxy/render_1/download").send();
    assert_eq!(link.header("content-type"), Some("application/json"));
    assert_eq!(link.data()["url"], second["output"]["url"]);
    let claim =
        user.ask("POST", "/api/auth/claim-token").json(&json!({"task_id": user.task, "session_id": user.session}));
    assert_eq!(claim.send().status, 404);
}

#[test]
fn a_cdn_without_ranges_gives_the_whole() {
    let backend = server(Variants { no_ranges: true, ..Variants::default() });
    let user = User::with_draft(&backend);
    user.render("render_1");
    let answer = user.ask("GET", "/api/render/proxy/render_1/download").header("Range", "bytes=5-").send();
    assert_eq!((answer.status, answer.header("accept-ranges")), (200, None));
}
