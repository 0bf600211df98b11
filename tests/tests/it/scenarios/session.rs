//! A session that is gone, and the shapes in which sessions, states and renders are told.

use serde_json::json;
use weixin_video_core::error::{Charged, Row};
use weixin_video_core::event::Event;
use weixin_video_fake_backend::{CANNED_MP4, ExpiresAt, Fault, Nesting, NoDraft, Route, UrlField, Variants};

use crate::world::{World, both};

/// The session is gone at the first request of this route.
fn gone(route: Route) -> [Fault; 2] {
    [
        Fault::on(route).json(404, &json!({"detail": "Session not found"})),
        Fault::on(route).json(200, &json!({"code": 1002})),
    ]
}

fn counts(world: &World) -> [usize; 3] {
    [Route::Session, Route::Upload, Route::Chat].map(|route| world.count(route))
}

#[test]
fn a_session_that_is_gone_before_the_message_left_is_opened_anew() {
    for (route, uploads) in [(Route::Upload, 2), (Route::State, 2)] {
        for fault in gone(route) {
            both(
                move |server| server.fault(fault.clone()),
                |world| {
                    world.format().expect("a video");
                    assert_eq!((counts(world), world.charged()), ([2, uploads, 1], 50));
                    let told = |event: &Event| matches!(event, Event::Note(note) if note.contains("session is gone"));
                    assert!(world.events().iter().any(told), "the old timeline is said to be gone");
                },
            );
        }
    }
}

#[test]
fn a_session_that_is_gone_when_the_message_left_is_told() {
    for fault in gone(Route::Chat) {
        both(
            move |server| server.fault(fault.clone()),
            |world| {
                let error = world.format().expect_err("gone");
                assert_eq!((error.row(), error.charged()), (Some(Row::NoSession), Charged::No));
                assert_eq!((counts(world), world.charged()), ([1, 1, 1], 0));
            },
        );
    }
}

/// One deviation from the default at a time. Without a bare token: its end is counted from each client's own clock, which
/// no two share.
fn shapes() -> Vec<Variants> {
    let plain = Variants::default();
    let mut shapes = vec![
        Variants { numeric_session_id: true, ..plain },
        Variants { decimal_credits: true, ..plain },
        Variants { timeline_draft: true, ..plain },
        Variants { state_lists: true, ..plain },
        Variants { upper_case_status: true, ..plain },
        Variants { no_progress: true, ..plain },
        Variants { own_render_id: true, ..plain },
        Variants { late_url: true, ..plain },
        Variants { no_ranges: true, ..plain },
    ];
    shapes.extend([ExpiresAt::Seconds, ExpiresAt::Milliseconds].map(|expires_at| Variants { expires_at, ..plain }));
    shapes.extend([NoDraft::Empty, NoDraft::Absent].map(|no_draft| Variants { no_draft, ..plain }));
    let urls =
        [UrlField::OutputUrl, UrlField::OutputUrlSnake, UrlField::Url, UrlField::VideoUrl, UrlField::DownloadUrl];
    shapes.extend(urls.map(|url_field| Variants { url_field, nesting: Nesting::Data, ..plain }));
    shapes.extend([UrlField::Output, UrlField::Url].map(|url_field| Variants {
        url_field,
        nesting: Nesting::DataData,
        ..plain
    }));
    shapes
}

#[test]
fn every_shape_of_an_answer_brings_the_same_video() {
    for variants in shapes() {
        both(
            move |server| server.variants(variants),
            |world| {
                world.format().unwrap_or_else(|error| panic!("{variants:?}: {error}"));
                assert_eq!(std::fs::read(world.output().path).expect("a file"), CANNED_MP4);
                assert_eq!((counts(world), world.charged()), ([1, 1, 1], 50), "{variants:?}");
            },
        );
    }
}

#[test]
fn a_server_without_claim_links_costs_nothing() {
    both(
        |server| server.variants(Variants { no_claim: true, ..Variants::default() }),
        |world| {
            let session = world.client.session("en", &mut world.observer()).expect("a session");
            let error = world.tell(world.client.claim(&session, &mut world.observer())).expect_err("no such thing");
            assert_eq!((error.row(), error.charged()), (Some(Row::NotFound), Charged::No));
            assert_eq!((world.count(Route::ClaimToken), world.charged()), (1, 0));
        },
    );
}
