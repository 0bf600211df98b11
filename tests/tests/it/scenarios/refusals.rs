//! The rows of the error table, on the wire.

use serde_json::json;
use weixin_video_core::error::{Charged, Row};
use weixin_video_core::files::Media;
use weixin_video_core::ids::SessionId;
use weixin_video_fake_backend::{Envelope, Errors, Fault, Route, Scope, Variants};

use crate::world::{Who, both, both_as};

#[test]
fn no_credits_costs_nothing_and_leads_to_registration() {
    both(
        |server| server.credits(0),
        |world| {
            let error = world.format().expect_err("no credits");
            assert_eq!((error.row(), error.charged()), (Some(Row::NoCredits), Charged::No));
            assert!(error.advice().contains("?bind="), "{}", error.advice());
            assert_eq!(world.charged(), 0);
        },
    );
}

#[test]
fn a_plan_without_export_is_no_matter_of_credits() {
    both(
        |server| server.scopes(&[Scope::Read, Scope::Write, Scope::Upload]),
        |world| {
            let error = world.format().expect_err("402");
            assert_eq!((error.row(), error.charged()), (Some(Row::PlanNeeded), Charged::Yes));
            assert_eq!(world.count(Route::Export), 1);
        },
    );
}

#[test]
fn a_session_that_is_gone_is_told_under_any_status() {
    for errors in [Errors::Status, Errors::Ok200] {
        both(
            move |server| server.variants(Variants { errors, ..Variants::default() }),
            |world| {
                let gone = SessionId::new("1234567890123456789").expect("an id");
                let error = world.tell(world.client.state(&gone, &mut world.observer())).expect_err("gone");
                assert_eq!(error.row(), Some(Row::NoSession));
            },
        );
    }
}

#[test]
fn a_format_the_server_does_not_take_is_4001() {
    both(
        |server| server,
        |world| {
            let session = world.client.session("en", &mut world.observer()).expect("a session");
            let path = world.folder.path().join("clip.m4v");
            std::fs::rename(world.clip(1000), &path).expect("renamed");
            let upload = world.client.upload(&session.id, &Media::File(path), &mut world.observer());
            let error = world.tell(upload).expect_err("not taken");
            assert_eq!(error.row(), Some(Row::Unsupported));
        },
    );
}

#[test]
fn a_file_that_is_too_large_for_the_server_is_4002() {
    both(
        |server| server.upload_limit(10_000),
        |world| {
            let error = world.format().expect_err("too large");
            assert_eq!((error.row(), error.charged()), (Some(Row::TooLarge), Charged::No));
            assert_eq!(world.count(Route::Chat), 0);
        },
    );
}

#[test]
fn a_rate_limit_is_waited_for_as_long_as_the_server_says() {
    let limited = || Fault::on(Route::State).header("retry-after", "7").json(429, &json!({"code": 429}));
    both(
        move |server| server.fault(limited()),
        |world| {
            world.format().expect("a video");
            let notes = format!("{:?}", world.events());
            assert!(notes.contains("in 7 s"), "{notes}");
        },
    );
}

/// The other form of the header; the pause counts from the server's own clock.
#[test]
fn a_rate_limit_until_a_date_is_waited_for_until_then() {
    let limited = || {
        let site = Fault::on(Route::State).header("retry-after", "Fri, 15 Jan 2027 08:00:07 GMT");
        site.header("date", "Fri, 15 Jan 2027 08:00:00 GMT").json(429, &json!({"code": 429}))
    };
    both(
        move |server| server.fault(limited()),
        |world| {
            world.format().expect("a video");
            let notes = format!("{:?}", world.events());
            assert!(notes.contains("in 7 s"), "{notes}");
        },
    );
}

#[test]
fn a_missing_scope_is_named() {
    both_as(
        Who::Given(&[Scope::Read, Scope::Write]),
        |server| server,
        |world| {
            let error = world.format().expect_err("403");
            assert_eq!((error.row(), error.charged()), (Some(Row::ScopeMissing), Charged::No));
            assert!(format!("{error} {}", error.advice()).contains("upload"), "{error} {}", error.advice());
            assert_eq!(world.count(Route::Chat), 0);
        },
    );
}

#[test]
fn a_page_where_an_answer_should_be_is_asked_again_where_that_is_free() {
    both(
        |server| server.fault(Fault::on(Route::Credits).html(502)),
        |world| {
            world.tell(world.client.credits(&mut world.observer())).expect("a balance");
            assert_eq!(world.count(Route::Credits), 2);
        },
    );
    both(
        |server| server.fault(Fault::on(Route::Credits).times(4).html(502)),
        |world| {
            let error = world.tell(world.client.credits(&mut world.observer())).expect_err("trouble");
            assert_eq!(error.row(), Some(Row::Server));
            assert!(!error.to_string().contains('<'), "{error}");
        },
    );
}

#[test]
fn every_envelope_says_the_same() {
    for envelope in [Envelope::Code, Envelope::CodeString, Envelope::Success, Envelope::Bare] {
        both(
            move |server| server.variants(Variants { envelope, ..Variants::default() }),
            |world| {
                world.format().expect("a video");
            },
        );
    }
}
