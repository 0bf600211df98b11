//! `say`: words are routed before the paid agent is asked.

use weixin_video_fake_backend::{CANNED_MP4, FakeBackend, Route};

use crate::desk::Desk;
use crate::refusal::refused;

/// How often the paid agent was asked.
fn chats(backend: &FakeBackend) -> usize {
    backend.journal().iter().filter(|exchange| exchange.route == Route::Chat).count()
}

#[test]
fn free_questions_never_reach_the_paid_agent() {
    let (desk, backend) = (Desk::new(), FakeBackend::start().unwrap());
    desk.clip();
    let url = backend.url();
    let say = |words: &str| desk.data(&["say", words, "--backend", &url]);
    for words in ["how many credits do I have left?", "还剩多少积分？"] {
        let data = say(words);
        assert_eq!(
            (&data["steps"][0]["step"], &data["steps"][0]["data"]["available"]),
            (&"credits".into(), &100.0.into())
        );
    }
    assert_eq!(say("upload clip.mp4")["steps"][0]["step"], "upload");
    assert_eq!(say("看看时间线")["steps"][0]["step"], "state");
    assert_eq!(chats(&backend), 0);
    assert!(backend.journal().iter().all(|exchange| exchange.charged == 0));
    backend.finish();
}

#[test]
fn several_steps_in_one_sentence() {
    let (desk, backend) = (Desk::new(), FakeBackend::start().unwrap());
    desk.clip();
    let data = desk.data(&["say", "upload clip.mp4, add title 'Hello', then export", "--backend", &backend.url()]);
    let steps: Vec<&str> =
        data["steps"].as_array().unwrap().iter().map(|step| step["step"].as_str().unwrap()).collect();
    assert_eq!(steps, ["upload", "chat", "export"]);
    assert_eq!(chats(&backend), 1);
    assert_eq!(std::fs::read(desk.work().join("wechat.mp4")).unwrap(), CANNED_MP4);
    backend.finish();
}

#[test]
fn words_that_want_a_file_and_name_none() {
    let (desk, backend) = (Desk::new(), FakeBackend::start().unwrap());
    let refusal = refused(&desk, &["say", "upload my video", "--backend", &backend.url()], 1, "question");
    refusal.is_final().says(&["which file", "upload clip.mp4"]);
    assert_eq!(chats(&backend), 0);
    backend.finish();
}

#[test]
fn what_an_edit_names_is_uploaded_once() {
    let (desk, backend) = (Desk::new(), FakeBackend::start().unwrap());
    let desk = desk.with("NEMO_API_URL", backend.url());
    let uploads = || backend.journal().iter().filter(|exchange| exchange.route == Route::Upload).count();
    desk.clip();
    desk.put("song.mp3", CANNED_MP4);
    desk.data(&["say", "upload clip.mp4"]);
    let words = |title: &str| format!("use song.mp3 as the background music and add title '{title}'");
    let steps = |data: serde_json::Value| data["steps"].as_array().unwrap().len();
    assert_eq!((steps(desk.data(&["say", &words("Hello")])), uploads()), (2, 2));
    std::fs::remove_file(desk.work().join("song.mp3")).unwrap();
    let ran = desk.done(&["say", &words("Bye"), "--json"]);
    assert_eq!(steps(ran.data()), 1, "there was nothing to upload");
    assert!(ran.stderr.contains("song.mp3 is in the session already"), "{ran:#?}");
    assert_eq!((uploads(), chats(&backend)), (2, 2));
    backend.finish();
}
