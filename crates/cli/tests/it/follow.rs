//! What the agent's talk of a screen leads to: it is done, and never costs what nobody asked for.

use serde_json::{Value, json};
use weixin_video_fake_backend::{AgentReply, CANNED_MP4, FakeBackend, Route};

use crate::desk::{Desk, Ran};

/// A desk with a clip in a session.
fn scene() -> (Desk, FakeBackend) {
    let backend = FakeBackend::start().unwrap();
    let desk = Desk::new().with("NEMO_API_URL", backend.url());
    desk.clip();
    desk.done(&["say", "upload clip.mp4, add title 'Hello'"]);
    (desk, backend)
}

fn charged(backend: &FakeBackend) -> usize {
    backend.journal().iter().filter(|exchange| exchange.route == Route::Chat).count() - 1
}

/// An answer for which a tool was at work.
fn work() -> AgentReply {
    AgentReply::new().tool("edit_multitrack", json!({"operation": "update"}), json!({"status": "success"}))
}

/// The steps that were done, and whose words asked for them.
fn steps(ran: &Ran) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let data = ran.data();
    data["steps"].as_array().unwrap().iter().map(|step| (text(&step["step"]), text(&step["by"]))).collect()
}

fn by(steps: &[(&str, &str)]) -> Vec<(String, String)> {
    steps.iter().map(|(step, by)| ((*step).to_owned(), (*by).to_owned())).collect()
}

#[test]
fn what_the_agent_points_at_is_done() {
    let (desk, backend) = scene();
    backend.reply(work().say(
        "I made the clip brighter. Check the timeline to preview it. Click the Export button to save your video. \
         See your account page for the credits left.",
    ));
    let ran = desk.done(&["say", "make it brighter", "--json"]);
    assert_eq!(steps(&ran), by(&[("chat", "user"), ("state", "agent"), ("export", "agent"), ("credits", "agent")]));
    let chat = &ran.data()["steps"][0]["data"];
    assert_eq!(chat["said"], json!(["I made the clip brighter."]));
    assert_eq!(chat["actions"], json!(["tracks", "export", "credits"]));
    assert_eq!(std::fs::read(desk.work().join("wechat.mp4")).unwrap(), CANNED_MP4);
    assert_eq!(charged(&backend), 1);
    backend.finish();
}

#[test]
fn what_the_user_ordered_too_is_done_once() {
    let (desk, backend) = scene();
    backend.reply(work().say("已经调亮了。请点击“导出”按钮保存视频。在时间线里可以预览。"));
    let ran = desk.done(&["say", "调亮一点，然后导出", "--json"]);
    assert_eq!(steps(&ran), by(&[("chat", "user"), ("export", "user"), ("state", "agent")]));
    assert_eq!(backend.journal().iter().filter(|exchange| exchange.route == Route::Export).count(), 1);
    backend.finish();
}

#[test]
fn nothing_is_exported_against_the_users_word_or_over_a_file() {
    let (desk, backend) = scene();
    let said = || work().say("Logo 加好了。请点击导出按钮保存。");
    backend.reply(said());
    let ran = desk.done(&["say", "先别导出，片尾再加个 logo", "--json"]);
    assert_eq!(steps(&ran), by(&[("chat", "user")]));
    assert_eq!(desk.names(), ["clip.mp4"]);
    desk.put("wechat.mp4", b"precious");
    backend.reply(said());
    let ran = desk.done(&["say", "片尾再加个 logo", "--json"]);
    assert_eq!(steps(&ran), by(&[("chat", "user")]));
    assert!(ran.stderr.contains("the video was not made") && ran.stderr.contains("wechat.mp4"), "{ran:#?}");
    assert_eq!(std::fs::read(desk.work().join("wechat.mp4")).unwrap(), b"precious");
    backend.finish();
}

#[test]
fn advice_on_exporting_is_no_order() {
    let (desk, backend) = scene();
    backend.reply(AgentReply::new().say("A warmer look suits it. Click the Export button when you are happy with it."));
    let ran = desk.done(&["say", "what would you change in the colours?", "--json"]);
    assert_eq!((steps(&ran), desk.names()), (by(&[("chat", "user")]), vec!["clip.mp4".to_owned()]));
    assert!(ran.stderr.contains("edited nothing") && ran.stderr.contains("weixin-video export"), "{ran:#?}");
    backend.finish();
}

/// The agent wants something dragged, whatever it is asked.
fn drag() -> AgentReply {
    AgentReply::new().say("Drag the title to the bottom of the preview.")
}

#[test]
fn a_second_message_is_paid_only_when_the_user_asked_for_it() {
    let (desk, backend) = scene();
    backend.reply(drag());
    let ran = desk.done(&["say", "move the title down", "--json"]);
    assert_eq!((steps(&ran), charged(&backend)), (by(&[("chat", "user")]), 1));
    let hint = "weixin-video say \"There is no editor on a screen here";
    assert!(ran.stderr.contains(hint) && ran.stderr.contains("charged"), "{ran:#?}");
    backend.finish();
}

#[test]
fn a_second_message_is_the_last_whatever_the_agent_says() {
    let (desk, backend) = scene();
    for _ in 0..2 {
        backend.reply(drag());
    }
    let ran = desk.done(&["say", "move the title down", "--follow-up", "--json"]);
    assert_eq!((steps(&ran), charged(&backend)), (by(&[("chat", "user"), ("chat", "agent")]), 2));
    let sent = backend.journal();
    let last = sent.iter().rfind(|exchange| exchange.route == Route::Chat).unwrap();
    assert!(
        String::from_utf8_lossy(&last.body).contains("make that edit yourself"),
        "it is not the same message again"
    );
    assert!(desk.journals().is_empty());
    backend.finish();
}

#[test]
fn a_question_comes_before_the_video() {
    let (desk, backend) = scene();
    backend.reply(AgentReply::new().ask("Which title?", &[("1", "Hello"), ("2", "Bye")]));
    let ran = desk.run(&["say", "change the title, then export", "--json"]);
    let object = ran.json();
    assert_eq!((ran.code, &object["error"]["code"]), (1, &json!("question")), "{ran:#?}");
    assert_eq!(object["error"]["charged"], true, "the question was an answer of the agent's");
    assert_eq!(object["data"]["steps"][0]["data"]["questions"], json!(["Which title? 1. Hello 2. Bye"]));
    assert_eq!(desk.names(), ["clip.mp4"]);
    assert!(desk.journals().is_empty(), "there is nothing to go on with");
    backend.finish();
}

#[test]
fn no_video_is_made_where_the_agent_says_no() {
    let (desk, backend) = scene();
    backend.reply(AgentReply::new().say("I can't swap faces."));
    let ran = desk.run(&["say", "swap the faces, then export", "--json"]);
    let object = ran.json();
    assert_eq!((ran.code, &object["error"]["code"]), (1, &json!("not_edited")), "{ran:#?}");
    assert_eq!(object["data"]["steps"][0]["data"]["said"], json!(["I can't swap faces."]));
    assert_eq!((desk.names(), desk.journals()), (vec!["clip.mp4".to_owned()], Vec::new()));
    backend.finish();
}

#[test]
fn what_was_done_before_a_failure_is_shown_with_it() {
    let (desk, backend) = scene();
    backend.fault(weixin_video_fake_backend::Fault::on(Route::Credits).json(403, &json!({"code": 403})));
    let ran = desk.run(&["say", "show me the tracks, then how many credits do I have left?", "--json"]);
    let object = ran.json();
    assert_ne!(ran.code, 0);
    assert_eq!((&object["ok"], &object["data"]["steps"][0]["step"]), (&json!(false), &json!("state")), "{object}");
    backend.finish();
}
