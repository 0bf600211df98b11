//! A render is asked for once, watched, and never orphaned.

use super::*;
use crate::call::Reply;
use crate::error::Phase;
use crate::pace::Polls;
use crate::script::Script;

fn export() -> Script<Export> {
    let config = Arc::new(Config::new("https://api.example").expect("an origin"));
    let draft = Draft::parse(r#"{"t":[{"tt":0,"sg":[{"d":1000}]}]}"#).expect("a draft");
    Script::new(Export::new(config, SessionId::new("7").expect("an id"), draft, Seed::new(1)))
}

fn resumed(again: bool) -> Script<Export> {
    let config = Arc::new(Config::new("https://api.example").expect("an origin"));
    let (session, render) = (SessionId::new("7").expect("an id"), Seed::new(1).render_id(0));
    Script::new(Export::resume(config, session, render, again, Seed::new(2)))
}

const START: &str = "/api/render/proxy/lambda";
const DONE: &str = r#"{"status":"completed","output":{"url":"https://cdn.example/v"}}"#;

#[test]
fn it_is_told_before_it_is_asked_for() {
    let rendered = export()
        .sends(START)
        .saw(|event| matches!(event, Event::Checkpoint(Checkpoint::Exporting { .. })))
        .replies(200, r#"{"code":0,"data":{"status":"pending"}}"#)
        .waits()
        .sends("/api/render/proxy/lambda/render_")
        .replies(200, r#"{"data":{"status":"processing","progress":40}}"#)
        .waits()
        .sends("/api/render/proxy/lambda/render_")
        .replies(200, DONE)
        .done()
        .expect("a render");
    assert_eq!(rendered.render, Seed::new(1).render_id(0));
    assert!(rendered.link.is_some());
}

#[test]
fn a_failed_render_is_tried_once_more_under_a_new_id() {
    const FAILED: &str = r#"{"status":"failed","error":"no frames"}"#;
    let second = Seed::new(1).render_id(1);
    let error = export()
        .sends(START)
        .replies(200, "{}")
        .waits()
        .sends(START)
        .replies(200, FAILED)
        .sends(START)
        .replies(200, "{}")
        .waits()
        .sends(&format!("/api/render/proxy/lambda/{second}"))
        .replies(200, FAILED)
        .done()
        .expect_err("failed twice");
    assert_eq!(error.render(), Some(&second));
    assert!(error.to_string().contains("no frames"));
}

#[test]
fn a_lost_request_is_looked_up_before_it_is_sent_again() {
    let first = Seed::new(1).render_id(0);
    export()
        .sends(START)
        .fails(Phase::Receiving)
        .sends(&format!("/api/render/proxy/lambda/{first}"))
        .replies(404, "")
        .sends(START)
        .replies(409, r#"{"error":"duplicate id"}"#)
        .waits()
        .sends(&format!("/api/render/proxy/lambda/{first}"))
        .replies(200, DONE)
        .done()
        .expect("a render");
}

#[test]
fn patience_ends_with_a_render_that_goes_on() {
    let gap = Duration::from_secs(30);
    let ten_times = Polls { looks: &[], least: gap, most: gap, patience: gap * 10 };
    let config = Config { render_polls: ten_times, ..Config::new("https://api.example").expect("an origin") };
    let (session, render) = (SessionId::new("7").expect("an id"), Seed::new(1).render_id(0));
    let resumed = Export::resume(Arc::new(config), session, render, false, Seed::new(2));
    let mut script = Script::new(resumed).sends(START).replies(200, r#"{"status":"pending"}"#);
    for _ in 0..10 {
        script = script.waits().sends(START).replies(200, r#"{"status":"who knows"}"#);
    }
    let error = script.done().expect_err("patience ended");
    assert_eq!(error.code(), "still_rendering");
    assert_eq!(error.render(), Some(&Seed::new(1).render_id(0)));
}

#[test]
fn a_resumed_render_that_never_arrived_is_asked_for_under_the_same_id() {
    const STATE: &str = r#"{"data":{"state":{"draft":{"t":[{"tt":0,"sg":[{"d":1000}]}]}}}}"#;
    let render = Seed::new(1).render_id(0);
    let body = |call: &crate::call::Call| match call.request().body() {
        crate::call::Body::Bytes(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        body @ (crate::call::Body::Empty | crate::call::Body::File { .. }) => panic!("{body:?}"),
    };
    resumed(false)
        .sends(&format!("{START}/{render}"))
        .replies(404, "")
        .sends("/api/state")
        .replies(200, STATE)
        .sends(START)
        .with(|call| assert!(body(call).contains(render.as_str())));
}

#[test]
fn a_resumed_second_render_that_failed_is_the_end() {
    const FAILED: &str = r#"{"status":"failed","error":"no frames"}"#;
    let error = resumed(true).sends(START).replies(200, FAILED).done().expect_err("failed twice");
    assert_eq!(error.code(), "render_failed");
    resumed(false).sends(START).replies(200, FAILED).sends("/api/state");
}

#[test]
fn a_plan_that_forbids_export_is_told_apart_from_credits() {
    let error = export().sends(START).replies(402, "").done().expect_err("refused");
    assert!(error.advice().contains("Register or upgrade your plan to unlock export"));
}

#[test]
fn a_server_that_wants_to_be_left_alone_is() {
    let mut busy = Reply::new(429, "");
    busy.head.headers.insert("retry-after", "121".parse().expect("a value"));
    let script = export().sends(START).replies(200, "{}").waits().sends(START).gets(Input::Reply(busy));
    assert!(script.waits_for() >= Duration::from_secs(121));
}
