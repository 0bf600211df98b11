//! Rows of the export and of its cancelling: one render for one draft, whatever is lost on the way.

use weixin_video_core::api::{CancelExport, Endpoint, StartExport};
use weixin_video_core::call::{Charge, Reply};
use weixin_video_core::error::{Phase, Row};
use weixin_video_core::event::{Checkpoint, Event};
use weixin_video_core::export::Export;
use weixin_video_core::ids::Seed;
use weixin_video_core::one_call::OneCall;
use weixin_video_core::time::Instant;

use crate::script::Script;
use crate::wire::*;

const TAKEN: &str = r#"{"code":0,"data":{"status":"pending"}}"#;
const GOING: &str = r#"{"data":{"status":"processing","progress":40}}"#;
const DONE: &str = r#"{"status":"completed","output":{"url":"https://cdn.example/v"}}"#;
const DONE_SOMEWHERE: &str = r#"{"status":"completed"}"#;
const FAILED: &str = r#"{"status":"failed","error":"no frames"}"#;

fn export() -> Script<Export> {
    Script::new(Export::new(config(), session(), draft(TITLE), Seed::new(1)))
}

/// The status of the nth render, counted from 0.
fn look(nth: u32) -> String {
    format!("GET /api/render/proxy/lambda/{}", Seed::new(1).render_id(nth))
}

/// The id of the render a request asks for.
fn wanted(script: Script<Export>, nth: u32) -> Script<Export> {
    script.sends(EXPORT).with(|call| assert_eq!(json(call)["id"], Seed::new(1).render_id(nth).as_str()))
}

#[test]
fn export_is_asked_for_to_the_letter() {
    let ask = StartExport { render: render(), session: session(), draft: draft(TITLE) };
    let call = ask.request(&config(), Instant::ORIGIN);
    assert_eq!(format!("{} {}", call.request().method(), call.request().uri().path()), EXPORT);
    let output = serde_json::json!({"format": "mp4", "quality": "high"});
    let timeline: serde_json::Value = serde_json::from_str(TITLE).expect("JSON");
    assert_eq!(
        json(&call),
        serde_json::json!({"id": "render_1", "sessionId": "7", "draft": timeline, "output": output})
    );
    assert_eq!(call.charge(), Charge::Free);
    for body in ["{}", TAKEN, r#"{"id":"theirs","status":"PENDING"}"#, r#"{"success":true,"data":null}"#] {
        assert!(ask.reply(&Reply::new(200, body)).is_ok(), "{body}");
    }
}

#[test]
fn export_is_watched_until_it_is_done() {
    let rendered = export()
        .sends(EXPORT)
        .replies(200, TAKEN)
        .waits_a_while()
        .sends(&look(0))
        .replies(200, GOING)
        .saw(|event| matches!(event, Event::Rendering(Some(40))))
        .waits_a_while()
        .sends(&look(0))
        .replies(200, DONE)
        .done()
        .expect("a render");
    assert_eq!((rendered.render, rendered.link.is_some()), (Seed::new(1).render_id(0), true));
}

/// A look that brings nothing is no end of a render.
#[test]
fn export_survives_looks_that_come_to_nothing() {
    let mut script = export().sends(EXPORT).replies(200, TAKEN).waits_a_while();
    for _ in 0..4 {
        script = script.sends(&look(0)).replies(502, "<html>").waits_a_while();
    }
    let rendered = script.sends(&look(0)).replies(200, DONE).done();
    assert_eq!(rendered.expect("a render").render, Seed::new(1).render_id(0));
}

/// Patience ends, the render does not.
#[test]
fn export_that_takes_too_long_goes_on_without_us() {
    let mut script = export().sends(EXPORT).replies(200, TAKEN);
    let mut looks = 0;
    let error = loop {
        script = script.settled();
        if script.is_over() {
            break script.done().expect_err("patience ended");
        }
        looks += 1;
        assert!(looks < 1_000, "a client that never gives up");
        script = script.waits_a_while().sends(&look(0)).replies(200, GOING);
    };
    assert_eq!((error.code(), error.render()), ("still_rendering", Some(&Seed::new(1).render_id(0))));
    assert!(looks >= 10, "10 times, as documented, or more: {looks}");
}

#[test]
fn completed_without_a_url_is_asked_again_and_then_fetched_the_other_way() {
    let script =
        export().sends(EXPORT).replies(200, TAKEN).waits_a_while().sends(&look(0)).replies(200, DONE_SOMEWHERE);
    let rendered = script.waits_a_while().sends(&look(0)).replies(200, DONE).done().expect("a render");
    assert!(rendered.link.is_some());
    let mut script = export().sends(EXPORT).replies(200, TAKEN);
    let mut looks = 0;
    let rendered = loop {
        script = script.settled();
        if script.is_over() {
            break script.done().expect("a render all the same");
        }
        looks += 1;
        assert!(looks < 20, "a client that never gives up");
        script = script.waits_a_while().sends(&look(0)).replies(200, DONE_SOMEWHERE);
    };
    assert!(rendered.link.is_none() && looks >= 2, "asked again: {looks}");
}

#[test]
fn render_id_is_told_before_it_is_used() {
    let script = export().sends(EXPORT);
    let checkpoints = script.checkpoints();
    let [Checkpoint::Exporting { render, again, .. }] = &checkpoints[..] else { panic!("{checkpoints:?}") };
    assert_eq!((render, *again), (&Seed::new(1).render_id(0), false));
    script.with(|call| assert_eq!(json(call)["id"], Seed::new(1).render_id(0).as_str()));
}

/// One retry under a new id, and never a third.
#[test]
fn render_id_of_a_failed_render_is_never_used_again() {
    let script = wanted(export(), 0).replies(200, TAKEN).waits_a_while().sends(&look(0)).replies(200, FAILED);
    let script = wanted(script, 1);
    let checkpoints = script.checkpoints();
    let [_, Checkpoint::Exporting { render, again, .. }] = &checkpoints[..] else { panic!("{checkpoints:?}") };
    assert_eq!((render, *again), (&Seed::new(1).render_id(1), true));
    let error = script.replies(200, TAKEN).waits_a_while().sends(&look(1)).replies(200, FAILED).done();
    let error = error.expect_err("failed twice");
    assert_eq!((error.code(), error.render()), ("render_failed", Some(&Seed::new(1).render_id(1))));
    assert!(error.to_string().contains("no frames"));
}

/// What is lost is looked up by its id; only what the server does not know is sent again, under the same id.
#[test]
fn render_id_finds_a_request_whose_answer_is_lost() {
    type Lose = fn(Script<Export>) -> Script<Export>;
    let losses: [Lose; 5] = [
        |script| script.fails(Phase::Receiving),
        |script| script.fails(Phase::Sending),
        |script| script.times_out(),
        |script| script.replies(504, "<html>"),
        |script| script.replies(200, "<html>"),
    ];
    for lose in losses {
        let known = lose(wanted(export(), 0)).sends(&look(0)).replies(200, GOING).waits_a_while().sends(&look(0));
        assert_eq!(known.replies(200, DONE).done().expect("a render").render, Seed::new(1).render_id(0));
        let unknown = wanted(lose(wanted(export(), 0)).sends(&look(0)).replies(404, ""), 0);
        unknown.replies(200, TAKEN).waits_a_while().sends(&look(0)).replies(200, DONE).done().expect("a render");
    }
}

/// A used id is ours: nobody else makes such ids.
#[test]
fn render_id_that_is_known_already_is_looked_at() {
    for (status, body) in [(409, r#"{"error":"duplicate id"}"#), (200, r#"{"code":409}"#), (409, "<html>")] {
        let script = export().sends(EXPORT).replies(status, body).waits_a_while().sends(&look(0));
        assert_eq!(script.replies(200, DONE).done().expect("a render").render, Seed::new(1).render_id(0));
    }
}

#[test]
fn cancel_export_names_the_render_and_wants_nothing_of_interest() {
    let ask = CancelExport { render: render() };
    let call = ask.request(&config(), Instant::ORIGIN);
    let line = format!("{} {}", call.request().method(), call.request().uri().path());
    assert_eq!(line, "POST /api/render/proxy/lambda/render_1/cancel");
    for body in ["{}", r#"{"code":0,"data":null}"#, r#"{"success":true}"#, r#"{"status":"cancelled"}"#] {
        assert!(ask.reply(&Reply::new(200, body)).is_ok(), "{body}");
    }
    let script = Script::new(OneCall::new(config(), ask, Seed::new(1)));
    let error = script.sends("POST /api/render/proxy/lambda/render_1/cancel").replies(404, "").done();
    assert_eq!(error.expect_err("no such render").row(), Some(Row::NotFound));
}

/// A render that somebody cancelled is over, and its id with it.
#[test]
fn cancel_export_ends_the_waiting() {
    let script = export().sends(EXPORT).replies(200, TAKEN).waits_a_while().sends(&look(0));
    wanted(script.replies(200, r#"{"status":"cancelled"}"#), 1);
}
