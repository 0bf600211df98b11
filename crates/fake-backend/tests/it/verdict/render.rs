//! Exports: what they are made of, under which id, how often.

use super::breaks;
use serde_json::json;
use weixin_video_fake_backend::{Fault, Route, Rule};

#[test]
fn an_id_that_had_failed() {
    breaks(Rule::RenderIdReused, |client| {
        client.edit();
        client.backend.fault(Fault::on(Route::Export).fail_render("no"));
        client.export("render_1");
        client.status("render_1");
        assert_eq!(client.status("render_1")["status"], "failed");
        client.export("render_1");
    });
}

#[test]
fn a_third_render_after_two_failures() {
    breaks(Rule::RenderedTooOften, |client| {
        client.edit();
        client.backend.fault(Fault::on(Route::Export).times(2).fail_render("no"));
        for id in ["render_1", "render_2"] {
            client.export(id);
            client.status(id);
            assert_eq!(client.status(id)["status"], "failed");
        }
        client.export("render_3");
    });
}

#[test]
fn an_export_of_nothing() {
    breaks(Rule::ExportUnprepared, |client| {
        let order = json!({"id": "render_1", "sessionId": client.user.session, "draft": {"t": [{"sg": [1]}]}});
        client.send_order(&order);
    });
}

#[test]
fn a_session_under_another_key() {
    breaks(Rule::ExportSessionKey, |client| {
        client.edit();
        let mut order = client.order("render_1");
        order["session_id"] = json!(client.user.session);
        client.send_order(&order);
    });
    breaks(Rule::ExportSessionKey, |client| {
        client.edit();
        let mut order = client.order("render_1");
        order.as_object_mut().unwrap().remove("sessionId");
        client.send_order(&order);
    });
}

#[test]
fn a_draft_that_lost_something() {
    breaks(Rule::DraftAltered, |client| {
        client.edit();
        let mut order = client.order("render_1");
        order["draft"].as_object_mut().unwrap().remove("m");
        client.send_order(&order);
    });
}

#[test]
fn a_status_after_the_end() {
    breaks(Rule::StatusAfterEnd, |client| {
        client.rendered("render_1");
        client.status("render_1");
    });
}
