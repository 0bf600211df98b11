//! What the journal keeps, and what it must not.

use crate::http::ask;
use crate::user::{CLIENT, User};
use weixin_video_fake_backend::{Bearer, FakeBackend, KEPT_BODY, Route};

#[test]
fn an_exchange_is_kept_whole() {
    let backend = FakeBackend::start().unwrap();
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
    let backend = FakeBackend::start().unwrap();
    let user = User::with_draft(&backend);
    user.credits().token("nmv_usr_somebody_else").send();
    user.credits().header("Authorization", &user.token).send();
    let everything = format!("{:?} {}", backend.journal(), backend.transcript());
    assert!(!everything.contains(&user.token) && !everything.contains("somebody_else"));
    assert!(everything.contains("Bearer <token of space 0>"));
}

#[test]
fn bodies_are_kept_up_to_a_bound_and_counted_beyond_it() {
    let backend = FakeBackend::start().unwrap();
    User::of(&backend).upload("clip.mp4", &vec![7; 3 * KEPT_BODY]).send().data();
    let upload = backend.journal().pop().unwrap();
    assert_eq!(upload.body.len(), KEPT_BODY);
    assert!(upload.body_len > 3 * KEPT_BODY as u64);
}

#[test]
fn two_runs_give_the_same_transcript_and_the_same_answers() {
    let run = || {
        let backend = FakeBackend::builder().frozen_at(1_795_327_773_000).start().unwrap();
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
    let backend = FakeBackend::start().unwrap();
    backend.fault(weixin_video_fake_backend::Fault::on(Route::Unknown).drop_connection());
    assert!(ask(&backend.url(), "GET", "/x").try_send().is_none());
    assert_eq!(backend.journal()[0].status, None);
}
