//! Renders: asked for once, looked up when in doubt, tried once more under a new id.

use weixin_video_core::error::Charged;
use weixin_video_core::ids::RenderId;
use weixin_video_fake_backend::{Fault, Route};

use crate::world::both;

#[test]
fn an_export_whose_answer_got_lost_is_looked_up_and_not_sent_again() {
    both(
        |server| server.fault(Fault::on(Route::Export).after_commit().drop_connection()),
        |world| {
            world.format().expect("a video");
            assert_eq!(world.count(Route::Export), 1);
        },
    );
}

#[test]
fn an_export_that_never_came_is_sent_again_under_the_same_id() {
    both(
        |server| server.fault(Fault::on(Route::Export).drop_connection()),
        |world| {
            world.format().expect("a video");
            let exports = world.exchanges(Route::Export);
            assert_eq!(exports.len(), 2);
            assert_eq!(exports[0].body, exports[1].body);
        },
    );
}

#[test]
fn a_duplicate_render_is_the_one_we_asked_for() {
    let known = || Fault::on(Route::Export).after_commit().json(409, &serde_json::json!({"error": "duplicate id"}));
    both(
        move |server| server.fault(known()),
        |world| {
            world.format().expect("a video");
            assert_eq!(world.count(Route::Export), 1);
        },
    );
}

#[test]
fn a_failed_render_is_tried_once_more_under_a_new_id() {
    both(
        |server| server.fault(Fault::on(Route::Export).fail_render("no frames")),
        |world| {
            world.format().expect("a video");
            let exports = world.exchanges(Route::Export);
            assert_eq!(exports.len(), 2);
            assert_ne!(exports[0].body, exports[1].body);
        },
    );
    both(
        |server| server.fault(Fault::on(Route::Export).times(2).fail_render("no frames")),
        |world| {
            let error = world.format().expect_err("failed twice");
            assert_eq!((error.code(), error.charged()), ("render_failed", Charged::Yes));
            assert_eq!((world.count(Route::Export), world.count(Route::Chat)), (2, 1));
        },
    );
}

#[test]
fn a_render_is_cancelled_by_its_id() {
    both(
        |server| server.render_queries(3),
        |world| {
            world.format().expect("a video");
            let render = world.exchanges(Route::Export)[0].body_text();
            let render: serde_json::Value = serde_json::from_str(&render).expect("JSON");
            let render = RenderId::new(render["id"].as_str().expect("an id")).expect("an id");
            let cancelled = world.client.cancel(&render, &mut world.observer());
            let _ = world.tell(cancelled);
            assert_eq!(world.count(Route::CancelExport), 1);
        },
    );
}
