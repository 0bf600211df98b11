//! A proxy from the environment: for other machines only.
//!
//! The environment of a process is read by all its threads, so each case runs in a process of its own: this very binary,
//! told to run one test.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::process::Command;
use std::sync::mpsc;

use weixin_video_core::config::Config;
use weixin_video_core::error::Error;
use weixin_video_core::event::Silent;
use weixin_video_core::ids::{Credential, Token};
use weixin_video_fake_backend::FakeBackend;

use crate::adapter::{Adapter, Asynchronous, Blocking};

/// Tells a child where to go; not set in any other run.
const TARGET: &str = "WEIXIN_VIDEO_TEST_TARGET";

/// Asks for the balance at `api`, once with each adapter.
fn ask(api: &str) -> [Result<(), Error>; 2] {
    let config = || Config::new(api).expect("an origin");
    let credential = || Credential::Given(Token::new("CANARY").expect("a token"));
    let clients: [Box<dyn Adapter>; 2] =
        [Box::new(Blocking::new(config(), credential())), Box::new(Asynchronous::new(config(), credential()))];
    clients.map(|client| client.credits(&mut Silent).map(drop))
}

/// Runs the test `name` in a process with a proxy in its environment.
fn child(name: &str, target: &str, proxy: &str) {
    let mut child = Command::new(std::env::current_exe().expect("this binary"));
    for variable in ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
        child.env(variable, proxy);
    }
    child.env_remove("NO_PROXY").env_remove("no_proxy").env(TARGET, target);
    let output = child.args(["--exact", name, "--nocapture"]).output().expect("a child");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
}

#[test]
fn this_machine_is_asked_without_a_proxy() {
    if let Ok(target) = std::env::var(TARGET) {
        for answer in ask(&target) {
            assert_eq!(answer.expect_err("an unknown token").code(), "bad_token", "the server itself answers");
        }
        return;
    }
    let nobody = TcpListener::bind("127.0.0.1:0").expect("a free port").local_addr().expect("an address");
    let backend = FakeBackend::start().expect("a server");
    child("proxy::this_machine_is_asked_without_a_proxy", &backend.url(), &format!("http://{nobody}"));
    assert_eq!(backend.journal().len(), 2);
}

#[test]
fn another_machine_is_asked_through_the_proxy() {
    if let Ok(target) = std::env::var(TARGET) {
        for answer in ask(&target) {
            assert_eq!(answer.expect_err("a proxy that refuses").code(), "unreachable");
        }
        return;
    }
    let proxy = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = proxy.local_addr().expect("an address");
    let (heard, hears) = mpsc::channel();
    std::thread::spawn(move || {
        for mut connection in proxy.incoming().flatten() {
            let (mut wish, mut byte) = (Vec::new(), [0]);
            while !wish.ends_with(b"\r\n\r\n") && connection.read(&mut byte).expect("a wish") == 1 {
                wish.push(byte[0]);
            }
            let _ = connection.write_all(b"HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n");
            let _ = heard.send(String::from_utf8_lossy(&wish).into_owned());
        }
    });
    let target = "https://api.example";
    child("proxy::another_machine_is_asked_through_the_proxy", target, &format!("http://{address}"));
    let wishes: Vec<String> = hears.try_iter().collect();
    assert_eq!(wishes.len(), 4, "two tries of each adapter: {wishes:?}");
    for wish in wishes {
        assert!(wish.starts_with("CONNECT api.example:443 "), "{wish}");
        assert!(!wish.contains("CANARY"), "{wish}");
    }
}
