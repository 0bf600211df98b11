//! What the journal keeps, and what it must not.

use crate::http::ask;
use crate::user::{CLIENT, User};
use serde_json::json;
use std::time::Duration;
use weixin_video_fake_backend::{Bearer, Clock, Ending, FakeBackend, Fault, KEPT_BODY, Route};

#[test]
fn an_exchange_is_kept_whole() {
    let backend = FakeBackend::builder().unjudged().start().unwrap();
    let user = User::of(&backend);
    user.credits().send();
    let journal = backend.journal();
    let routes: Vec<Route> = journal.iter().map(|exchange| exchange.route).collect();
    assert_eq!(routes, [Route::AnonymousToken, Route::Session, Route::Credits]);
    let session = &journal[1];
    assert_eq!((session.method.as_str(), session.status), ("POST", Some(200)));
    assert_eq!(session.body_text(), "{\"language\":\"en\",\"task_name\":\"project\"}");
    assert!(session.answer_text().contains(&user.session));
    assert_eq!(session.bearer, Bearer::Space(0));
    assert_eq!(journal[0].header("x-client-id"), Some(CLIENT));
    assert_eq!(journal[0].bearer, Bearer::Absent);
}

#[test]
fn no_token_is_anywhere_in_it() {
    let backend = FakeBackend::builder().unjudged().start().unwrap();
    let user = User::with_draft(&backend);
    user.credits().token("nmv_usr_somebody_else").send();
    user.credits().header("Authorization", &user.token).send();
    let everything = format!("{:?} {}", backend.journal(), backend.transcript());
    assert!(!everything.contains(&user.token) && !everything.contains("somebody_else"));
    assert!(everything.contains("Bearer <token of space 0>"));
}

#[test]
fn bodies_are_kept_up_to_a_bound_and_counted_beyond_it() {
    let backend = FakeBackend::builder().unjudged().start().unwrap();
    User::of(&backend).upload("clip.mp4", &vec![7; 3 * KEPT_BODY]).send().data();
    let upload = backend.journal().pop().unwrap();
    assert_eq!(upload.body.len(), KEPT_BODY);
    assert!(upload.body_len > 3 * KEPT_BODY as u64);
}

#[test]
fn two_runs_give_the_same_transcript_and_the_same_answers() {
    let run = || {
        let backend = FakeBackend::builder().unjudged().frozen_at(1_795_327_773_000).start().unwrap();
        let user = User::with_draft(&backend);
        user.render("render_1");
        let (api, cdn) = (backend.url(), backend.cdn_url());
        let answers: Vec<String> = backend
            .journal()
            .iter()
            .map(|exchange| exchange.answer_text().replace(&api, "api").replace(&cdn, "cdn"))
            .collect();
        (backend.transcript(), answers)
    };
    let (first, second) = (run(), run());
    assert_eq!(first, second);
    assert!(first.0.contains("Api POST /run_sse"));
}

#[test]
fn an_answer_that_never_came_has_no_status() {
    let backend = FakeBackend::builder().unjudged().start().unwrap();
    backend.fault(Fault::on(Route::Unknown).drop_connection());
    assert!(ask(&backend.url(), "GET", "/x").try_send().is_none());
    assert_eq!(backend.journal()[0].status, None);
}

#[test]
fn an_exchange_says_when_it_was_and_how_it_ended() {
    let backend = FakeBackend::builder().unjudged().clock(Clock::Manual).start().unwrap();
    let user = User::of(&backend);
    backend.advance(Duration::from_secs(5));
    user.credits().send();
    backend.begin_run();
    let plain = User::back(&user, &backend).credits().send();
    let journal = backend.journal();
    let [.., first, second] = journal.as_slice() else { panic!("{journal:?}") };
    assert_eq!((first.at_ms, first.head_ms, first.ended_ms), (5000, Some(5000), Some(5000)));
    assert_eq!((first.ending, first.ended_before, first.body_whole), (Ending::Whole, Some(3), true));
    assert_eq!((first.run, second.run, second.sequence), (0, 1, 3));
    assert_eq!(second.answer_header("content-type"), plain.header("content-type"));
}

#[test]
fn an_answer_that_was_cut_says_so_wherever_it_was() {
    let backend = FakeBackend::builder().unjudged().start().unwrap();
    let user = User::of(&backend);
    backend.fault(Fault::on(Route::Credits).drop_connection());
    backend.fault(Fault::on(Route::Credits).nth(2).cut_at_byte(3));
    backend.fault(Fault::on(Route::Credits).nth(3).cut_response_at(40));
    backend.fault(Fault::on(Route::Upload).cut_request_at(10));
    (0..4).for_each(|_| drop(user.credits().try_send()));
    user.upload("clip.mp4", &[7; 1000]).try_send();
    let journal = backend.journal();
    let ends: Vec<Ending> = journal[2..].iter().map(|it| it.ending).collect();
    assert_eq!(ends, [Ending::Cut, Ending::Cut, Ending::Cut, Ending::Whole, Ending::Cut]);
}

#[test]
fn a_stream_that_is_still_going_has_not_ended() {
    let backend = FakeBackend::builder().unjudged().clock(Clock::Manual).start().unwrap();
    let user = User::of(&backend);
    backend.fault(Fault::on(Route::Chat).stall_at_byte(1, Some(Duration::from_secs(60))));
    let chat = user.chat("hi");
    std::thread::scope(|scope| {
        let answer = scope.spawn(|| chat.send());
        while backend.next_timer().is_none() {
            std::thread::yield_now();
        }
        assert_eq!(backend.journal().last().map(|it| (it.ending, it.ended_ms)), Some((Ending::Open, None)));
        backend.advance(Duration::from_secs(60));
        assert!(answer.join().unwrap().whole);
    });
    assert_eq!(backend.journal().last().map(|it| (it.ending, it.ended_ms)), Some((Ending::Whole, Some(60_000))));
}

#[test]
fn a_token_in_a_body_is_not_kept() {
    let backend = FakeBackend::builder().unjudged().start().unwrap();
    let user = User::of(&backend);
    user.ask("POST", "/api/auth/claim-token").json(&json!({"task_id": user.token, "session_id": "1"})).send();
    let kept = backend.journal().pop().unwrap();
    assert_eq!(kept.violation.as_deref(), Some("a token in a body"));
    assert!(!kept.body_text().contains(&user.token) && kept.body_text().ends_with("<token>"));
}
