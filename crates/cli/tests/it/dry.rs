//! `say --dry-run`: any text is told how it is understood, and nothing is sent, begun or written.

use serde_json::{Value, json};
use weixin_video_fake_backend::FakeBackend;

use crate::desk::{Desk, keys, walk};

/// What is told of a text.
fn dry(desk: &Desk, text: &str) -> Value {
    desk.done(&["say", "--dry-run", "--json", "--", text]).data()
}

#[test]
fn any_text_is_told_how_it_is_understood() {
    // No ffmpeg, so that nothing could be begun.
    let desk = Desk::new();
    let empty = desk.aside("empty");
    std::fs::create_dir(&empty).unwrap();
    let desk = desk.with("PATH", empty.display().to_string());
    let huge = ["x".repeat(100_000), "再，".repeat(20_000), "a.mp4 ".repeat(15_000)];
    let hostile =
        ["", " ", "\n", "--json", "-h", "\u{1b}[2J\u{202e}导出", "\"'「『`", "{\"op\":\"redo\"}", "🙂\u{fffd}\u{e000}"];
    for text in hostile.iter().copied().chain(huge.iter().map(String::as_str)) {
        let data = dry(&desk, text);
        let fields = ["because", "files", "intent", "operations", "question", "steps", "urls"];
        assert_eq!(keys(&data), fields, "{text:.40}");
        let steps = data["steps"].as_array().unwrap();
        assert_eq!(steps.first(), Some(&data["intent"]), "{text:.40}");
        assert_eq!(steps.len(), data["because"].as_array().unwrap().len(), "each step has its reason: {text:.40}");
        let asked = &data["question"];
        assert!(asked.is_null() || data["operations"] == json!([]), "a question or edits, not both: {text:.40}");
        assert!(asked.is_null() || asked["about"].is_string() != asked["unsupported"].is_string(), "{asked}");
    }
    assert!(walk(&desk.home()).is_empty() && desk.names().is_empty() && desk.leftovers().is_empty());
}

#[test]
fn steps_files_and_reasons_are_those_of_the_words() {
    let (desk, backend) = (Desk::new(), FakeBackend::start().unwrap());
    let desk = desk.with("NEMO_API_URL", backend.url());
    let data = dry(&desk, "先上传 探店.mp4，再加标题「早安」，最后导出");
    assert_eq!(data["steps"], json!(["upload", "chat", "export"]));
    assert_eq!((&data["files"], &data["urls"]), (&json!(["探店.mp4"]), &json!([])));
    assert!(data["because"][2].as_str().unwrap().contains("导出"), "{data}");
    let data = dry(&desk, "还剩多少积分？");
    assert_eq!((&data["steps"], &data["question"]), (&json!(["credits"]), &Value::Null), "nobody is asked anything");
    desk.clip();
    desk.done(&["say", "upload clip.mp4", "--dry-run", "-o", "no/such/folder/out.mp4", "--session", "../x"]);
    assert_eq!(backend.journal().len(), 0, "nothing was sent");
    backend.finish();
}

#[test]
fn people_read_the_words_that_decided() {
    let desk = Desk::new();
    let ran = desk.done(&["say", "--dry-run", "upload \u{1b}[31mclip.mp4 and https://a.example/b.mp4, then export"]);
    for words in
        ["1. upload: hands over material", "export: asks for the file", "file: ", "URL: https://a.example/b.mp4"]
    {
        assert!(ran.stdout.contains(words), "{words:?}: {ran:#?}");
    }
    assert!(
        ran.stdout.ends_with("Nothing was sent, and nothing was done.\n") && !ran.stdout.contains('\x1b'),
        "{ran:#?}"
    );
}
