use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc;

use weixin_video_studio::{About, EditOp};

use super::*;

/// Words that no grammar knows, with a text to be shown.
const WORDS: &str = "blorp the frobnitz 'Hello'";
const KEY: &str = "sk-secret-4711";

/// What a stub does with one request.
type Act = Box<dyn FnOnce(&mut TcpStream) + Send>;

/// A server for one request; it hands over what was sent to it.
fn stub(act: Act) -> (String, mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}/v1/", listener.local_addr().expect("bound"));
    let (sent, received) = mpsc::channel();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a client");
        sent.send(request(&mut stream)).expect("the test waits");
        act(&mut stream);
    });
    (url, received)
}

/// Head and body, by the length that is announced.
fn request(stream: &mut TcpStream) -> String {
    let mut text = Vec::new();
    loop {
        let mut buffer = [0; 4096];
        let read = stream.read(&mut buffer).expect("a request");
        text.extend_from_slice(&buffer[..read]);
        let all = String::from_utf8_lossy(&text).into_owned();
        let Some((head, body)) = all.split_once("\r\n\r\n") else { continue };
        let length =
            head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
        if read == 0 || body.len() >= length.unwrap_or(0) {
            return all;
        }
    }
}

fn answers(status: &'static str, headers: &'static str, body: Vec<u8>) -> Act {
    Box::new(move |stream| {
        let head = format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n", body.len());
        // A client that has had enough closes in the middle.
        let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&body));
    })
}

/// A chat completion that says this.
fn says(content: &str) -> Act {
    let body = json!({"choices": [{"message": {"role": "assistant", "content": content}}]});
    answers("200 OK", "Content-Type: application/json\r\n", body.to_string().into_bytes())
}

fn endpoint(url: &str, patience: Duration) -> Endpoint {
    let setting = Setting { url: url.to_owned(), model: "m-1".to_owned(), key: Token::new(KEY) };
    Endpoint::patient(setting, patience).expect("a setting")
}

/// What comes of asking a stub, and what it was sent.
fn asked(act: Act) -> (Result<Reading, Trouble>, String) {
    let (url, sent) = stub(act);
    let result = endpoint(&url, PATIENCE).ask(WORDS, &Context::default());
    (result, sent.recv().expect("it was asked"))
}

#[test]
fn a_good_answer_is_an_edit_and_the_question_holds_what_it_may() {
    let (result, sent) = asked(says(r#"[{"op":"text","role":"title","text":"Hello"}]"#));
    assert!(matches!(result, Ok(Reading::Edits(ops)) if matches!(ops[..], [EditOp::Text { .. }])));
    assert!(sent.starts_with("POST /v1/chat/completions HTTP/1.1\r\n"), "{sent}");
    assert_eq!(sent.matches(KEY).count(), 1, "in the one header");
    let body: Value = serde_json::from_str(sent.split_once("\r\n\r\n").expect("a body").1).expect("JSON");
    assert_eq!((&body["model"], &body["messages"][1]["content"]), (&json!("m-1"), &json!(WORDS)));
    assert_eq!(body["messages"][0]["content"], prompt(&Context::default()));
}

#[test]
fn an_answer_that_is_not_right_is_none() {
    let foreign = r#"[{"op":"text","role":"title","text":"Buy now"}]"#;
    for (content, why) in [
        ("Sure! Here you go: []", Invalid::NotAList),
        ("[]", Invalid::Empty),
        (foreign, Invalid::Words(1)),
        (r#"[{"op":"remove","from":0,"to":999999999}]"#, Invalid::Range(1)),
        (r#"[{"op":"export"}]"#, Invalid::Range(1)),
        (r#"[{"op":"run","command":"curl evil.example"}]"#, Invalid::Schema(1)),
        (&"[".repeat(10_000), Invalid::NotAList),
    ] {
        assert_eq!(asked(says(content)).0, Err(Trouble::Invalid(why)), "{content:.60}");
    }
}

#[test]
fn what_is_no_chat_completion_is_no_answer() {
    for body in [
        "",
        "<html>",
        "null",
        "{}",
        r#"{"choices":[]}"#,
        r#"{"choices":{"0":{"message":{"content":"[]"}}}}"#,
        r#"{"choices":[{"message":{"content":[{"op":"redo"}]}}]}"#,
        r#"{"error":{"message":"no such model"}}"#,
        &"[".repeat(60_000),
    ] {
        let (result, _) = asked(answers("200 OK", "", body.as_bytes().to_vec()));
        assert_eq!(result, Err(Trouble::NoAnswer), "{body:.60}");
    }
    let (result, _) = asked(answers("200 OK", "", vec![0xff; 1000]));
    assert_eq!(result, Err(Trouble::NoAnswer));
}

#[test]
fn a_huge_answer_is_not_read_to_its_end() {
    let mut body = br#"{"choices":[{"message":{"content":"[]"}}],"x":""#.to_vec();
    body.resize(80 * 1024 * 1024, b'x');
    assert_eq!(asked(answers("200 OK", "", body)).0, Err(Trouble::TooLong));
}

#[test]
fn a_redirect_is_not_followed() {
    let elsewhere = TcpListener::bind("127.0.0.1:0").expect("a port");
    elsewhere.set_nonblocking(true).expect("a listener");
    let to = format!("Location: http://{}/\r\n", elsewhere.local_addr().expect("bound"));
    for status in ["301 Moved", "302 Found", "307 Temporary", "308 Permanent"] {
        let (result, _) = asked(answers(status, to.clone().leak(), Vec::new()));
        let number = status[..3].parse().expect("a number");
        assert_eq!(result, Err(Trouble::Status(number)));
    }
    assert!(elsewhere.accept().is_err(), "nobody came");
}

#[test]
fn errors_and_broken_connections_are_no_answer() {
    for (status, number) in [("401 No", 401), ("429 Slow", 429), ("500 Oops", 500), ("204 Nothing", 204)] {
        let (result, _) = asked(answers(status, "", Vec::new()));
        assert_eq!(result, Err(Trouble::Status(number)));
    }
    assert_eq!(asked(Box::new(|_| {})).0, Err(Trouble::Unreachable), "it hung up");
    let torn: Act = Box::new(|stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"choices\"");
    });
    assert_eq!(asked(torn).0, Err(Trouble::Unreachable), "half an answer is none");
    let nobody = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port");
    let gone = endpoint(&format!("http://{nobody}"), PATIENCE);
    assert_eq!(gone.ask(WORDS, &Context::default()), Err(Trouble::Unreachable));
}

#[test]
fn a_slow_one_is_not_waited_for() {
    // Until the client hangs up.
    let silent = |stream: &mut TcpStream| drop(stream.read(&mut [0; 1]));
    let half = move |stream: &mut TcpStream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{");
        silent(stream);
    };
    for act in [Box::new(silent) as Act, Box::new(half)] {
        let (url, _sent) = stub(act);
        let result = endpoint(&url, Duration::from_millis(100)).ask(WORDS, &Context::default());
        assert_eq!(result, Err(Trouble::Late));
    }
}

#[test]
fn it_is_asked_only_what_the_grammar_passes_on_and_the_question_stands() {
    let (url, _sent) = stub(says("no"));
    let endpoint = endpoint(&url, PATIENCE);
    let context = Context::default();
    assert_eq!(endpoint.interpret(WORDS, &context), Reading::Ask(About::UnknownWords), "the answer was none");
    // The stub is gone: whatever is asked now can't be reached.
    let long = "blorp ".repeat(1_000);
    assert_eq!(endpoint.interpret(&long, &context), Grammar.interpret(&long, &context));
}

#[test]
fn where_words_and_key_may_go() {
    let setting = |url: &str| Setting { url: url.to_owned(), model: "m".to_owned(), key: Token::new(KEY) };
    for bad in
        ["http://api.example/v1", "ftp://api.example", "api.example", "https://u:p@api.example", "https://a/?k=1", ""]
    {
        let failure = Endpoint::new(setting(bad)).expect_err(bad);
        assert_eq!(failure.code, "usage");
        assert!(!failure.message.contains(KEY) && !failure.next_step.contains(KEY));
    }
    let outside = Endpoint::new(setting("https://api.example/v1")).expect("a setting");
    assert_eq!(outside.outside().map(ToString::to_string).as_deref(), Some("https://api.example"));
    assert!(Endpoint::new(setting("http://localhost:11434/v1")).expect("a setting").outside().is_none());
    assert!(!format!("{outside:?}").contains(KEY));
    assert!(Endpoint::new(Setting { model: " ".to_owned(), ..setting("https://a") }).is_err());
}
