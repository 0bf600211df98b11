//! Exports: what they need, how they go, how they end.

use crate::http::ask;
use crate::user::{User, split};
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;
use weixin_video_fake_backend::{
    AgentReply, CANNED_MP4, Canned, Control, FakeBackend, Fault, MediaInfo, Refusal, RenderJob, Renderer, Route, Scene,
};

#[test]
fn attribution_is_required_header_by_header() {
    let backend = FakeBackend::builder().unjudged().start().unwrap();
    let user = User::with_draft(&backend);
    let order = user.order("render_1");
    for header in ["X-Skill-Source", "X-Skill-Version", "X-Skill-Platform"] {
        for request in [user.export(&order).without(header), user.export(&order).header(header, " ")] {
            let (status, code, message) = request.send().error();
            assert_eq!((status, code), (402, 402));
            assert!(message.contains(&header.to_lowercase()), "{message}");
        }
    }
    assert_eq!(user.export(&order).send().status, 200);
}

#[test]
fn the_order_has_to_be_whole() {
    let backend = FakeBackend::builder().unjudged().start().unwrap();
    let user = User::with_draft(&backend);
    let changed = |key: &str, value: Value| {
        let mut order = user.order("render_1");
        order[key] = value;
        order
    };
    let mut snake = user.order("render_1");
    let session = snake.as_object_mut().unwrap().remove("sessionId").unwrap();
    snake["session_id"] = session;
    for (order, named) in [
        (snake, "sessionId"),
        (changed("id", json!("1")), "id"),
        (changed("id", json!("render_")), "id"),
        (changed("id", json!("render_../x")), "id"),
        (changed("draft", json!({})), "draft"),
        (changed("draft", json!({"t": [{"tt": 0, "sg": []}]})), "draft"),
        (changed("output", json!({"format": "mov", "quality": "high"})), "format"),
        (changed("output", json!({"format": "mp4"})), "quality"),
    ] {
        let (status, _, message) = user.export(&order).send().error();
        assert_eq!(status, 422, "{order}");
        assert!(message.contains(named), "{message}");
    }
}

#[test]
fn a_draft_goes_back_key_for_key() {
    let backend = FakeBackend::builder().unjudged().start().unwrap();
    let user = User::of(&backend);
    let draft =
        json!({"d": 1000, "zz": {"deep": [1, 2.5, null, "早安"]}, "t": [{"tt": 0, "sg": [{"d": 1000, "q": 1}]}]});
    backend.space(&user.token).unwrap().set_draft(&user.session, draft.clone());
    let mut lossy = user.order("render_1");
    lossy["draft"].as_object_mut().unwrap().remove("zz");
    assert_eq!(user.export(&lossy).send().error().0, 422);
    let mut exact = user.order("render_1");
    exact["draft"] = draft;
    assert_eq!(user.export(&exact).send().status, 200);
    let lenient = FakeBackend::builder().unjudged().any_draft().start().unwrap();
    let user = User::with_draft(&lenient);
    lossy["sessionId"] = json!(user.session);
    assert_eq!(user.export(&lossy).send().status, 200);
}

#[test]
fn a_render_id_is_used_once_in_a_space() {
    let backend = FakeBackend::builder().unjudged().start().unwrap();
    let user = User::with_draft(&backend);
    user.render("render_1");
    assert_eq!(user.export(&user.order("render_1")).send().error().0, 409);
    assert_eq!(user.export(&user.order("render_2")).send().status, 200);
    let other = User::named(&backend, "another-client");
    assert_eq!(other.status("render_1").send().error().0, 404);
}

#[test]
fn the_status_goes_by_queries() {
    let backend = FakeBackend::builder().unjudged().render_queries(3).start().unwrap();
    let user = User::with_draft(&backend);
    let started = user.export(&user.order("render_1")).send().data();
    assert_eq!(started, json!({"id": "render_1", "status": "pending", "progress": 0}));
    let seen: Vec<Value> = (0..4).map(|_| user.status("render_1").send().json()["progress"].clone()).collect();
    assert_eq!(seen, [25, 50, 75, 100].map(Value::from));
    let done = user.status("render_1").send().json();
    assert_eq!(done["status"], "completed");
    assert_eq!((&done["output"]["size"], &done["output"]["duration"]), (&json!(CANNED_MP4.len()), &json!(8000)));
}

#[test]
fn an_export_is_free() {
    let backend = FakeBackend::builder().unjudged().start().unwrap();
    let user = User::with_draft(&backend);
    let before = backend.ledger(&user.token);
    user.render("render_1");
    assert_eq!(backend.ledger(&user.token), before);
}

#[test]
fn a_scripted_failure_has_a_reason_and_a_new_id_works() {
    let backend = FakeBackend::builder().unjudged().start().unwrap();
    let user = User::with_draft(&backend);
    backend.fault(Fault::on(Route::Export).fail_render("the farm is on fire"));
    let failed = user.render("render_1").json();
    assert_eq!((&failed["status"], &failed["error"]), (&json!("failed"), &json!("the farm is on fire")));
    assert_eq!(user.render("render_2").json()["status"], "completed");
    backend.finish();
}

#[test]
fn the_download_route_takes_the_token_and_gives_the_bytes() {
    let backend = FakeBackend::builder().unjudged().start().unwrap();
    let user = User::with_draft(&backend);
    let download = |id: &str| user.ask("GET", &format!("/api/render/proxy/{id}/download")).send();
    assert_eq!(download("render_1").error().0, 404);
    user.render("render_1");
    assert_eq!(download("render_1").body, CANNED_MP4);
}

#[test]
fn urls_are_made_of_the_host_the_client_used() {
    let backend = FakeBackend::builder().unjudged().start().unwrap();
    let user = User::with_draft(&backend);
    user.render("render_1");
    let port = backend.url().rsplit(':').next().unwrap().to_owned();
    let status = user.status("render_1").header("Host", &format!("localhost:{port}")).send().json();
    let (origin, _) = split(status["output"]["url"].as_str().unwrap());
    assert_eq!(origin, backend.cdn_url().replace("127.0.0.1", "localhost"));
}

/// Renders nothing until it is told to stop.
struct Endless;

impl Renderer for Endless {
    fn inspect(&self, path: &Path, name: &str) -> Result<MediaInfo, Refusal> {
        Canned.inspect(path, name)
    }

    fn agent(&self, text: &str, scene: &Scene<'_>) -> AgentReply {
        Canned.agent(text, scene)
    }

    fn render(&self, job: &RenderJob<'_>, control: &Control) -> Result<(), Refusal> {
        std::fs::write(job.out, b"half of it").map_err(|error| Refusal::new(error.to_string()))?;
        control.progress(42);
        let (stop, stopped) = std::sync::mpsc::channel::<()>();
        control.on_cancel(move || drop(stop));
        // Nothing is ever sent: this ends when the other end is dropped.
        let _ = stopped.recv();
        Err(Refusal::new("stopped"))
    }
}

#[test]
fn a_render_shows_its_progress_and_can_be_cancelled() {
    let backend = FakeBackend::builder().unjudged().local().renderer(Arc::new(Endless)).start().unwrap();
    let user = User::with_draft(&backend);
    user.export(&user.order("render_1")).send();
    user.export(&user.order("render_2")).send();
    let shows = |id: &str, wanted: &str| loop {
        let status = user.status(id).send().json();
        if status["status"] == wanted {
            return status;
        }
        std::thread::yield_now();
    };
    while shows("render_1", "processing")["progress"] != 42 {}
    assert_eq!(user.status("render_2").send().json()["status"], "pending", "one at a time");
    let cancel = |id: &str| user.ask("POST", &format!("/api/render/proxy/lambda/{id}/cancel")).send();
    cancel("render_2").data();
    cancel("render_1").data();
    for id in ["render_1", "render_2"] {
        assert_eq!(shows(id, "failed")["error"], "cancelled");
    }
    assert_eq!(cancel("render_3").error().0, 404);
}

#[test]
fn stopping_the_server_stops_its_renders() {
    let backend = FakeBackend::builder().unjudged().local().renderer(Arc::new(Endless)).start().unwrap();
    let user = User::with_draft(&backend);
    user.export(&user.order("render_1")).send();
    while user.status("render_1").send().json()["progress"] != 42 {}
    backend.shutdown();
}

/// Panics wherever it can.
struct Clumsy;

impl Renderer for Clumsy {
    fn inspect(&self, path: &Path, name: &str) -> Result<MediaInfo, Refusal> {
        assert!(!name.contains("bomb"), "boom");
        Canned.inspect(path, name)
    }

    fn agent(&self, text: &str, scene: &Scene<'_>) -> AgentReply {
        assert!(!text.contains("bomb"), "boom");
        Canned.agent(text, scene)
    }

    fn render(&self, _: &RenderJob<'_>, _: &Control) -> Result<(), Refusal> {
        panic!("boom")
    }
}

#[test]
fn a_renderer_that_panics_takes_nobody_with_it() {
    let backend = FakeBackend::builder().unjudged().renderer(Arc::new(Clumsy)).start().unwrap();
    let user = User::with_draft(&backend);
    assert_eq!(user.upload("bomb.mp4", b"x").send().error().0, 500);
    assert_eq!(user.chat("bomb").send().text(), "");
    assert_eq!(user.render("render_1").json()["error"], "the renderer died");
    assert_eq!(ask(&backend.url(), "GET", "/").send().status, 404);
}
