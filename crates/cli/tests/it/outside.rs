//! Somebody outside reads what the grammar passes on: asked by the whole program, through the agent of this machine.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::mpsc;

use serde_json::json;

use crate::desk::Desk;
use crate::refusal::refused;

const KEY: &str = "sk-secret-4711";
/// No grammar knows these words; the title stands in them.
const WORDS: &str = "blorp the frobnitz with 'Hello'";

/// A server for one request, which says this; it hands over what it was sent.
fn stub(content: &str) -> (String, mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/v1", listener.local_addr().unwrap());
    let body = json!({"choices": [{"message": {"content": content}}]}).to_string();
    let (sent, received) = mpsc::channel();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut text = Vec::new();
        while !String::from_utf8_lossy(&text).contains(WORDS) {
            let mut buffer = [0; 4096];
            let read = stream.read(&mut buffer).unwrap();
            assert!(read > 0, "the words were not sent");
            text.extend_from_slice(&buffer[..read]);
        }
        write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len()).unwrap();
        sent.send(String::from_utf8(text).unwrap()).unwrap();
    });
    (url, received)
}

fn desk(url: &str) -> Desk {
    let desk = Desk::new()
        .with("WEIXIN_VIDEO_INTERPRETER_URL", url)
        .with("WEIXIN_VIDEO_INTERPRETER_MODEL", "m-1")
        .with("WEIXIN_VIDEO_INTERPRETER_KEY", KEY);
    desk.footage("bbb_vp9_opus.webm");
    desk.done(&["upload", "bbb_vp9_opus.webm"]);
    desk
}

#[test]
fn its_answer_is_an_edit_and_the_key_shows_nowhere() {
    let (url, sent) = stub(r#"[{"op":"text","role":"title","text":"Hello"}]"#);
    let desk = desk(&url);
    let ran = desk.done(&["say", WORDS, "--json"]);
    let said = ran.data()["steps"][0]["data"]["said"].to_string();
    assert!(said.contains('✅') && said.contains("Hello"), "{said}");
    assert!(ran.stderr.contains("read what was not understood here"), "{ran:#?}");
    let sent = sent.recv().unwrap();
    assert!(sent.contains(KEY) && sent.len() < 16_000, "words and no file: {sent}");
    assert!(!ran.stdout.contains(KEY) && !ran.stderr.contains(KEY));
    for path in crate::desk::walk(&desk.home()) {
        let content = std::fs::read(&path).unwrap();
        assert!(!content.windows(KEY.len()).any(|window| window == KEY.as_bytes()), "{}", path.display());
    }
}

#[test]
fn an_answer_in_words_of_its_own_changes_nothing() {
    let (url, _sent) = stub(r#"[{"op":"text","role":"title","text":"Buy now"}]"#);
    let desk = desk(&url);
    let ran = desk.done(&["say", WORDS, "--json"]);
    assert!(!ran.stdout.contains('✅') && !ran.stdout.contains("Buy now"), "{ran:#?}");
    assert!(ran.stderr.contains("words that are not in the message"), "{ran:#?}");
    assert!(ran.stderr.starts_with("backend: local; nothing leaves this machine"), "the stub is on it: {ran:#?}");
}

#[test]
fn a_setting_that_sends_words_in_the_clear_is_refused() {
    let desk = Desk::new()
        .with("WEIXIN_VIDEO_INTERPRETER_URL", "http://api.example/v1")
        .with("WEIXIN_VIDEO_INTERPRETER_MODEL", "m-1")
        .with("WEIXIN_VIDEO_INTERPRETER_KEY", KEY);
    refused(&desk, &["say", WORDS], 2, "usage").is_final().says(&["WEIXIN_VIDEO_INTERPRETER_URL", "https"]);
    let desk = desk.with("WEIXIN_VIDEO_INTERPRETER_URL", "https://api.example/v1");
    let ran = desk.run(&["state"]);
    assert!(ran.stderr.contains("are sent to https://api.example, no clip leaves this machine"), "{ran:#?}");
}
