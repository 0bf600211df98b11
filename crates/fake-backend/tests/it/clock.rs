//! One clock for everything: heartbeats, stalls, delays, renders, tokens, sessions.

use crate::http::Answer;
use crate::user::{CLIENT, User, anonymous};
use std::thread::JoinHandle;
use std::time::Duration;
use weixin_video_fake_backend::{AgentReply, Builder, Clock, FakeBackend, Fault, Heartbeat, Route};

const SECOND: Duration = Duration::from_secs(1);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn manual(setup: impl FnOnce(Builder) -> Builder) -> FakeBackend {
    setup(FakeBackend::builder().clock(Clock::Manual)).start().expect("a server")
}

/// Sends from another thread and returns once the server waits for the clock.
fn send(backend: &FakeBackend, request: crate::http::Ask) -> JoinHandle<Answer> {
    let sent = std::thread::spawn(move || request.try_send().expect("an answer"));
    while backend.next_timer().is_none() {
        std::thread::yield_now();
    }
    sent
}

#[test]
fn heartbeats_come_at_their_own_times_however_far_the_clock_is_moved() {
    let reply = AgentReply::new().pause(60 * SECOND).say("Done.");
    let backend = manual(|builder| builder.heartbeat(14 * SECOND, Heartbeat::Comment).reply(reply));
    let chat = User::of(&backend).chat("hi");
    let stream = send(&backend, chat);
    assert_eq!(backend.next_timer(), Some(14 * SECOND));
    backend.advance(59 * SECOND);
    assert!(!stream.is_finished());
    backend.advance(SECOND);
    let text = stream.join().unwrap().text();
    assert_eq!(text.matches(": heartbeat").count(), 4, "{text}");
    assert!(text.ends_with("\"type\":\"text\"}\n\n"), "{text}");
    assert_eq!((backend.now_ms(), backend.next_timer()), (60_000, None));
}

#[test]
fn a_delay_and_a_stall_end_by_the_clock() {
    let backend = manual(|builder| builder);
    let user = User::of(&backend);
    backend.fault(Fault::on(Route::Credits).delay(90 * SECOND));
    backend.fault(Fault::on(Route::Credits).nth(2).stall_at_byte(3, Some(600 * SECOND)));
    for (wait, just_before) in [(90, 89), (600, 599)] {
        let answer = send(&backend, user.credits());
        assert_eq!(backend.next_timer(), Some(wait * SECOND));
        backend.advance(just_before * SECOND);
        assert_eq!(backend.next_timer(), Some(SECOND));
        backend.advance(SECOND);
        assert_eq!(answer.join().unwrap().data()["available"], 100);
    }
}

#[test]
fn a_clock_can_run_a_thousand_times_as_fast() {
    let backend = FakeBackend::builder().clock(Clock::Scaled(1000)).start().unwrap();
    let user = User::of(&backend);
    backend.fault(Fault::on(Route::Credits).delay(60 * SECOND));
    assert_eq!(user.credits().send().data()["available"], 100);
    assert!(backend.now_ms() >= 60_000);
}

#[test]
fn a_render_takes_its_time_and_says_how_far_it_is() {
    let backend = manual(|builder| builder.render_time(100 * SECOND, 100 * SECOND));
    let user = User::with_draft(&backend);
    user.export(&user.order("render_1")).send().data();
    let progress = |seconds: u32| {
        backend.advance(seconds * SECOND);
        let status = user.status("render_1").send().json();
        (status["status"].as_str().unwrap().to_owned(), status["progress"].as_u64().unwrap())
    };
    assert_eq!(progress(0), ("processing".to_owned(), 0));
    assert_eq!(progress(40), ("processing".to_owned(), 41));
    assert_eq!(progress(59), ("processing".to_owned(), 98));
    let early = user.ask("GET", "/api/render/proxy/render_1/download").send();
    assert_eq!(early.error().0, 404);
    assert_eq!(progress(1), ("completed".to_owned(), 100));
}

#[test]
fn a_render_cancelled_in_time_stays_cancelled_and_a_failing_one_fails_at_its_end() {
    let backend = manual(|builder| builder.render_time(100 * SECOND, 100 * SECOND));
    let user = User::with_draft(&backend);
    backend.fault(Fault::on(Route::Export).fail_render("no disk"));
    let order = |id: &str| user.export(&user.order(id)).send().data();
    let shown = |id: &str| user.status(id).send().json();
    order("render_1");
    order("render_2");
    backend.advance(50 * SECOND);
    user.ask("POST", "/api/render/proxy/lambda/render_2/cancel").send().data();
    assert_eq!(
        (&shown("render_1")["status"], &shown("render_2")["error"]),
        (&"processing".into(), &"cancelled".into())
    );
    backend.advance(50 * SECOND);
    assert_eq!((&shown("render_1")["error"], &shown("render_2")["error"]), (&"no disk".into(), &"cancelled".into()));
}

#[test]
fn a_token_ends_by_the_clock_and_its_client_gets_another() {
    let backend = manual(|builder| builder);
    let user = User::of(&backend);
    backend.advance(7 * DAY - SECOND);
    assert_eq!(user.credits().send().status, 200);
    assert_eq!(anonymous(&backend, CLIENT).send().status, 429);
    backend.advance(SECOND);
    assert_eq!(user.credits().send().error().1, 1001);
    assert_eq!(anonymous(&backend, CLIENT).send().status, 200);
}

#[test]
fn a_session_unused_for_more_than_seven_days_is_gone() {
    for keeps in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        let lasting = |builder: Builder| builder.token_lifetime(100 * DAY);
        let backend = manual(|builder| if keeps { lasting(builder).keep_in(folder.path()) } else { lasting(builder) });
        let user = User::of(&backend);
        for days in [6, 6, 8] {
            backend.advance(days * DAY);
            let state = user.state().send();
            assert_eq!(state.status, if days > 7 { 404 } else { 200 }, "{days} days, kept: {keeps}");
        }
        assert_eq!(user.state().send().error().1, 1002);
    }
}
