//! Messages: what they must look like, what they cost, what they change.

use crate::http::Ask;
use crate::user::User;
use serde_json::{Value, json};
use weixin_video_fake_backend::{AgentReply, FakeBackend, Fault, Route};

fn broken(user: &User, change: impl FnOnce(&mut Value)) -> Ask {
    let mut message = user.message("hi");
    change(&mut message);
    user.chat("hi").json(&message)
}

#[test]
fn the_body_is_in_snake_case_and_says_its_role() {
    let backend = FakeBackend::builder().unjudged().start().unwrap();
    let user = User::of(&backend);
    let renamed = |from: &'static str, to: &'static str| {
        broken(&user, move |body| {
            let value = body.as_object_mut().unwrap().remove(from).unwrap();
            body[to] = value;
        })
    };
    for (request, named) in [
        (renamed("app_name", "appName"), "app_name"),
        (renamed("user_id", "userId"), "user_id"),
        (renamed("session_id", "sessionId"), "session_id"),
        (renamed("new_message", "newMessage"), "role"),
        (broken(&user, |body| drop(body["new_message"].as_object_mut().unwrap().remove("role"))), "role"),
        (broken(&user, |body| body["new_message"]["parts"] = json!([])), "parts"),
        (broken(&user, |body| body["session_id"] = json!(7)), "session_id"),
    ] {
        let (status, _, message) = request.send().error();
        assert_eq!(status, 422);
        assert!(message.contains(named), "{message}");
    }
    assert!(backend.ledger(&user.token).charges.is_empty());
}

#[test]
fn the_answer_is_a_stream_and_has_to_be_asked_for_as_one() {
    let backend = FakeBackend::builder().unjudged().start().unwrap();
    let user = User::of(&backend);
    assert_eq!(user.chat("hi").header("Accept", "application/json").send().error().0, 406);
    assert_eq!(user.chat("hi").without("Accept").send().error().0, 406);
    let answer = user.chat("hi").header("Accept", "application/json, text/event-stream;q=0.9").send();
    assert_eq!(answer.header("content-type"), Some("text/event-stream; charset=utf-8"));
}

#[test]
fn an_edit_costs_50_and_a_generation_100_and_talk_nothing() {
    let backend = FakeBackend::builder().unjudged().credits(1000).start().unwrap();
    let user = User::with_draft(&backend);
    user.chat("hello").send();
    user.chat("generate a video of the sea").send();
    user.chat("add title 'The sea'").send();
    let ledger = backend.ledger(&user.token);
    let credits: Vec<u64> = ledger.charges.iter().map(|charge| charge.credits).collect();
    assert_eq!((credits, ledger.available), (vec![50, 100, 50], 800));
    assert_eq!(ledger.charges[2].text, "add title 'The sea'");
    let charged: Vec<u64> =
        backend.journal().iter().map(|exchange| exchange.charged).filter(|charged| *charged > 0).collect();
    assert_eq!(charged, [50, 100, 50]);
}

#[test]
fn without_credits_it_is_2001() {
    let backend = FakeBackend::builder().unjudged().credits(60).start().unwrap();
    let user = User::with_draft(&backend);
    assert_eq!(user.chat("add title 'x'").send().status, 200);
    assert_eq!(user.credits().send().data()["available"], 0);
    let refused = user.chat("add title 'y'").send();
    assert_eq!((refused.error().0, refused.error().1), (200, 2001));
    assert_eq!(user.state().send().status, 200, "everything else is free");
}

#[test]
fn a_title_becomes_a_track() {
    let backend = FakeBackend::builder().unjudged().start().unwrap();
    let user = User::with_draft(&backend);
    user.chat("加个标题「早安」").send();
    let draft = user.draft();
    assert_eq!(draft["t"][1]["tt"], 7);
    assert_eq!(draft["t"][1]["sg"][0]["m"]["text"], "早安");
    assert_eq!(draft["t"][0]["sg"][0]["m"]["name"], "clip.mp4");
}

#[test]
fn scripted_replies_come_in_order_the_space_s_own_first() {
    let backend = FakeBackend::builder().unjudged().reply(AgentReply::new().say("everybody's")).start().unwrap();
    let user = User::of(&backend);
    backend.space(&user.token).unwrap().reply(AgentReply::new().say("mine"));
    assert_eq!(backend.unfired().len(), 2);
    assert!(user.chat("hi").send().text().contains("mine"));
    assert!(user.chat("hi").send().text().contains("everybody's"));
    backend.finish();
}

#[test]
fn a_draft_can_stay_hidden_for_some_queries() {
    let backend = FakeBackend::builder().unjudged().start().unwrap();
    let user = User::of(&backend);
    backend.reply(AgentReply::new().draft(json!({"t": []})).hidden_for(2));
    user.chat("hi").send();
    let seen: Vec<bool> = (0..4).map(|_| user.draft().is_null()).collect();
    assert_eq!(seen, [true, true, false, false]);
}

#[test]
fn a_lost_stream_is_charged_once_and_its_work_is_there() {
    let backend = FakeBackend::builder().unjudged().start().unwrap();
    let user = User::of(&backend);
    user.upload("clip.mp4", b"clip").send();
    backend.fault(Fault::on(Route::Chat).cut_after_event(0));
    let cut = user.chat("format this").try_send().unwrap();
    assert_eq!((cut.status, cut.body.len(), cut.whole), (200, 0, false));
    assert_eq!(user.draft()["t"][0]["tt"], 0);
    assert_eq!(backend.ledger(&user.token).charges.len(), 1);
    backend.finish();
}

#[test]
fn a_stream_cut_before_the_commit_leaves_nothing_behind() {
    let backend = FakeBackend::builder().unjudged().start().unwrap();
    let user = User::of(&backend);
    user.upload("clip.mp4", b"clip").send();
    backend.fault(Fault::on(Route::Chat).before_commit().cut_after_event(2));
    assert!(!user.chat("format this").try_send().unwrap().whole);
    assert!(user.draft().is_null());
    assert!(backend.ledger(&user.token).charges.is_empty());
    backend.finish();
}
