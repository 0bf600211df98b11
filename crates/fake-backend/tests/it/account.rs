//! Tokens, scopes, sessions, credits.

use crate::http::ask;
use crate::user::{CLIENT, User, anonymous, split};
use serde_json::json;
use std::time::Duration;
use weixin_video_fake_backend::{FakeBackend, Scope};

const OTHER: &str = "0b0e7a52-7c55-4c4e-9f0e-3f3f2f7f9a02";

#[test]
fn an_anonymous_token_has_all_its_fields() {
    let backend = FakeBackend::builder().unjudged().frozen_at(1_795_327_773_000).start().unwrap();
    let data = anonymous(&backend, CLIENT).send().data();
    assert!(data["token"].as_str().unwrap().starts_with("nmv_usr_"));
    assert!(data["user_id"].as_str().unwrap().starts_with("anon_"));
    assert_eq!(data["credits"], 100);
    assert_eq!(data["expires_at"], "2026-11-29T06:09:33Z");
}

#[test]
fn a_token_needs_a_client_id() {
    let backend = FakeBackend::builder().unjudged().start().unwrap();
    for request in [anonymous(&backend, CLIENT).without("X-Client-Id"), anonymous(&backend, " ")] {
        assert_eq!(request.send().error().0, 400);
    }
}

#[test]
fn the_token_call_takes_no_authorization_and_no_body() {
    let backend = FakeBackend::builder().unjudged().start().unwrap();
    assert_eq!(anonymous(&backend, CLIENT).token("x").send().error().0, 400);
    assert_eq!(anonymous(&backend, CLIENT).json(&json!({})).send().error().0, 400);
}

#[test]
fn one_token_a_client_id_while_the_last_one_holds() {
    let backend = FakeBackend::builder().unjudged().start().unwrap();
    anonymous(&backend, CLIENT).send().data();
    let again = anonymous(&backend, CLIENT).send();
    assert_eq!((again.error().0, again.header("retry-after")), (429, Some("30")));
    anonymous(&backend, OTHER).send().data();
}

#[test]
fn an_expired_token_is_1001_and_its_client_gets_a_new_one_for_the_same_space() {
    let backend = FakeBackend::builder().unjudged().start().unwrap();
    let mut user = User::with_draft(&backend);
    backend.space(&user.token).unwrap().expire_token();
    let refused = user.credits().send();
    assert_eq!((refused.error().0, refused.error().1), (401, 1001));
    user.token = anonymous(&backend, CLIENT).send().data()["token"].as_str().unwrap().to_owned();
    assert_eq!(user.draft()["t"][0]["tt"], 0);
}

#[test]
fn a_token_ends_with_its_lifetime() {
    let backend = FakeBackend::builder().unjudged().token_lifetime(Duration::ZERO).start().unwrap();
    let token = anonymous(&backend, CLIENT).send().data()["token"].as_str().unwrap().to_owned();
    let refused = ask(&backend.url(), "GET", "/api/credits/balance/simple").token(&token).send();
    assert_eq!(refused.error().1, 1001);
    anonymous(&backend, CLIENT).send().data();
}

#[test]
fn a_local_server_never_refuses_a_token() {
    let backend = FakeBackend::builder().unjudged().local().start().unwrap();
    let token = |()| anonymous(&backend, CLIENT).send().data()["token"].clone();
    assert_ne!(token(()), token(()));
}

#[test]
fn every_call_but_the_token_call_needs_a_bearer_token() {
    let backend = FakeBackend::builder().unjudged().start().unwrap();
    let user = User::of(&backend);
    for request in [
        user.open(),
        user.chat("hi"),
        user.upload("clip.mp4", b"clip"),
        user.credits(),
        user.state(),
        user.export(&json!({})),
        user.status("render_1"),
        user.ask("POST", "/api/render/proxy/lambda/render_1/cancel"),
        user.ask("GET", "/api/render/proxy/render_1/download"),
        user.ask("POST", "/api/auth/claim-token").json(&json!({})),
    ] {
        for wrong in [
            request.clone().without("Authorization"),
            request.clone().token("nmv_usr_made_up"),
            request.clone().header("Authorization", &user.token),
        ] {
            let refused = wrong.send();
            assert_eq!((refused.error().0, refused.error().1), (401, 1001), "{wrong:?}");
        }
    }
}

#[test]
fn a_missing_scope_is_named_and_a_missing_export_is_the_plan() {
    let backend = FakeBackend::builder().unjudged().start().unwrap();
    let all = User::with(&backend, &backend.token(&Scope::ALL));
    let without = |missing: Scope| {
        let scopes: Vec<Scope> = Scope::ALL.into_iter().filter(|scope| *scope != missing).collect();
        backend.token(&scopes)
    };
    for (missing, name, request) in [
        (Scope::Read, "read", all.credits()),
        (Scope::Write, "write", all.open()),
        (Scope::Upload, "upload", all.upload("clip.mp4", b"clip")),
    ] {
        let (status, code, message) = request.token(&without(missing)).send().error();
        assert_eq!((status, code), (403, 403));
        assert!(message.contains(name), "{message}");
    }
    let refused = all.export(&json!({})).token(&without(Scope::Export)).send();
    assert_eq!((refused.error().0, refused.error().1), (402, 402));
}

#[test]
fn anonymous_tokens_can_be_refused_export() {
    let scopes = [Scope::Read, Scope::Write, Scope::Upload];
    let backend = FakeBackend::builder().unjudged().scopes(&scopes).start().unwrap();
    let user = User::with_draft(&backend);
    assert_eq!(user.export(&user.order("render_1")).send().error().0, 402);
}

#[test]
fn a_session_id_is_a_string_of_19_digits() {
    let backend = FakeBackend::builder().unjudged().start().unwrap();
    let user = User::of(&backend);
    assert_eq!(user.session.len(), 19);
    assert!(user.session.parse::<u64>().is_ok());
}

#[test]
fn a_session_needs_its_name_and_a_language() {
    let backend = FakeBackend::builder().unjudged().start().unwrap();
    let user = User::of(&backend);
    for body in [
        json!({}),
        json!({"task_name": "project"}),
        json!({"task_name": "other", "language": "en"}),
        json!({"task_name": "project", "language": "zh_CN"}),
        json!({"task_name": "project", "language": 3}),
    ] {
        assert_eq!(user.open().json(&body).send().error().0, 422, "{body}");
    }
    assert_eq!(user.open().body("{").send().error().0, 400);
    assert_eq!(user.open().header("Content-Type", "text/plain").send().error().0, 400);
}

#[test]
fn a_session_belongs_to_its_token() {
    let backend = FakeBackend::builder().unjudged().start().unwrap();
    let (user, other) = (User::with_draft(&backend), User::named(&backend, OTHER));
    let order = user.order("render_1");
    for request in [
        user.state(),
        user.chat("hi"),
        user.upload("clip.mp4", b"clip"),
        user.export(&order),
        user.ask("POST", "/api/auth/claim-token").json(&json!({"task_id": user.task, "session_id": user.session})),
    ] {
        let refused = request.clone().token(&other.token).send();
        assert_eq!((refused.error().0, refused.error().1), (404, 1002), "{request:?}");
    }
}

#[test]
fn a_forgotten_session_is_1002() {
    let backend = FakeBackend::builder().unjudged().start().unwrap();
    let user = User::of(&backend);
    backend.space(&user.token).unwrap().forget_session(&user.session);
    assert_eq!(user.state().send().error().1, 1002);
    assert_eq!(user.chat("hi").send().error().1, 1002);
}

#[test]
fn a_forgotten_session_takes_its_files_and_exports_with_it() {
    let backend = FakeBackend::builder().unjudged().start().unwrap();
    let user = User::with_draft(&backend);
    let file = user.state().send().data()["state"]["video_infos"][0]["cdn_url"].clone();
    let render = user.render("render_1").json()["output"]["url"].clone();
    let fetched = |url: &serde_json::Value| {
        let (cdn, path) = split(url.as_str().unwrap());
        ask(&cdn, "GET", &path).send().status
    };
    assert_eq!([fetched(&file), fetched(&render)], [200, 200]);
    backend.space(&user.token).unwrap().forget_session(&user.session);
    assert_eq!([fetched(&file), fetched(&render)], [404, 404]);
    assert_eq!(user.status("render_1").send().error().0, 404);
}

#[test]
fn a_claim_link_is_for_the_session_s_own_task() {
    let backend = FakeBackend::builder().unjudged().start().unwrap();
    let user = User::of(&backend);
    let claim = |task: &str| {
        let body = json!({"task_id": task, "session_id": user.session});
        user.ask("POST", "/api/auth/claim-token").json(&body).send()
    };
    let data = claim(&user.task).data();
    assert!(data["claim_token"].as_str().unwrap().starts_with("clm_"));
    assert!(data["expires_in"].as_u64().unwrap() > 0);
    assert_eq!(claim("another").error().0, 404);
}

#[test]
fn credits_show_what_is_available_and_held() {
    let backend = FakeBackend::builder().unjudged().start().unwrap();
    let user = User::of(&backend);
    backend.space(&user.token).unwrap().set_credits(70, 30);
    assert_eq!(user.credits().send().data(), json!({"available": 70, "frozen": 30, "total": 100}));
}

#[test]
fn unknown_paths_and_methods_are_told_apart() {
    let backend = FakeBackend::builder().unjudged().start().unwrap();
    assert_eq!(ask(&backend.url(), "GET", "/api/nothing").send().error().0, 404);
    assert_eq!(ask(&backend.url(), "GET", "/run_sse").send().error().0, 405);
}
