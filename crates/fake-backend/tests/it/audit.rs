//! The auditor on a running server.

use crate::user::User;
use weixin_video_fake_backend::{AgentReply, Check, FakeBackend, Fault, Route};

#[test]
fn a_whole_job_leaves_sound_books() {
    let backend = FakeBackend::start().unwrap();
    let user = User::with_draft(&backend);
    user.render("render_1");
    assert_eq!(backend.audit(), []);
    assert_eq!(backend.ledger(&user.token).frozen, 0);
}

#[test]
fn an_answer_lost_after_the_work_leaves_sound_books() {
    let backend = FakeBackend::start().unwrap();
    let user = User::of(&backend);
    for (route, request) in
        [(Route::Upload, user.upload("clip.mp4", b"clip")), (Route::Chat, user.chat("format this for WeChat"))]
    {
        backend.fault(Fault::on(route).after_commit().drop_connection());
        assert!(request.try_send().is_none());
    }
    assert_eq!((backend.audit(), backend.ledger(&user.token).charged()), (vec![], 50));
}

#[test]
fn a_test_s_own_draft_and_credits_are_no_finding() {
    let backend = FakeBackend::start().unwrap();
    let user = User::with_draft(&backend);
    let space = backend.space(&user.token).unwrap();
    space.set_draft(&user.session, serde_json::json!({"t": []}));
    space.set_credits(10, 4);
    backend.reply(AgentReply::new().say("Done.").charge(50));
    user.chat("more").send();
    assert_eq!((backend.audit(), space.ledger().available, space.ledger().frozen), (vec![], 0, 4));
}

#[test]
fn a_render_nobody_looks_at_is_an_orphan() {
    let backend = FakeBackend::start().unwrap();
    let user = User::with_draft(&backend);
    user.export(&user.order("render_1")).send().data();
    let found = loop {
        // It is none before it is finished.
        match backend.audit().pop() {
            Some(finding) => break finding,
            None => std::thread::yield_now(),
        }
    };
    assert_eq!(
        (found.check, found.to_string().as_str()),
        (Check::RenderOrphaned, "render-orphaned: space 0: render_1")
    );
    user.status("render_1").send();
    assert_eq!(backend.audit(), []);
}

#[test]
#[should_panic(expected = "the books don't add up")]
fn an_unsound_book_fails_the_test_that_finishes() {
    let backend = FakeBackend::start().unwrap();
    let user = User::with_draft(&backend);
    user.export(&user.order("render_1")).send().data();
    while backend.audit().is_empty() {
        std::thread::yield_now();
    }
    backend.finish();
}
