//! Starting, sharing, stopping, and who may come in.

use crate::http::ask;
use crate::user::User;
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use weixin_video_fake_backend::FakeBackend;

#[test]
fn a_port_in_use_is_a_clear_error() {
    let backend = FakeBackend::builder().unjudged().start().unwrap();
    let port: u16 = backend.url().rsplit(':').next().unwrap().parse().unwrap();
    let error = FakeBackend::builder().unjudged().port(port).start().err().unwrap();
    assert_eq!(error.kind(), ErrorKind::AddrInUse);
    assert_eq!(error.to_string(), format!("cannot listen on 127.0.0.1:{port}: the port is in use"));
}

#[test]
fn a_dropped_server_frees_its_port_and_ends_who_waits() {
    let backend = FakeBackend::builder().unjudged().start().unwrap();
    let (url, stopper) = (backend.url(), backend.stopper());
    let waiting = std::thread::spawn(move || backend.wait());
    stopper.stop();
    waiting.join().unwrap();
    assert!(TcpStream::connect(url.trim_start_matches("http://")).is_err());
}

#[test]
fn it_starts_and_stops_inside_a_runtime() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let backend = FakeBackend::builder().unjudged().start().unwrap();
        User::of(&backend).credits().send().data();
    });
}

#[test]
fn many_users_share_a_server_and_see_nothing_of_each_other() {
    let backend = FakeBackend::builder().unjudged().start().unwrap();
    std::thread::scope(|scope| {
        for number in 0..8 {
            let backend = &backend;
            scope.spawn(move || {
                let user = User::named(backend, &format!("client-{number}"));
                let name = format!("clip-{number}.mp4");
                user.upload(&name, format!("clip {number}").as_bytes()).send().data();
                user.chat("format this").send();
                assert_eq!(user.draft()["t"][0]["sg"][0]["m"]["name"], name.as_str());
                assert_eq!(user.render("render_1").json()["status"], "completed");
                assert_eq!(backend.ledger(&user.token).charged(), 50);
                assert_eq!(backend.space(&user.token).unwrap().sessions(), [user.session]);
            });
        }
    });
    backend.finish();
}

#[test]
fn only_names_of_this_machine_are_answered_on_loopback() {
    let backend = FakeBackend::builder().unjudged().start().unwrap();
    for host in ["evil.example", "127.0.0.1.evil.example:80", "evil.example:80"] {
        for origin in [backend.url(), backend.cdn_url()] {
            assert_eq!(ask(&origin, "GET", "/").header("Host", host).send().status, 421, "{host}");
        }
    }
    assert_eq!(ask(&backend.url(), "GET", "/").header("Host", "localhost").send().status, 404);
    assert_eq!(ask(&backend.url(), "GET", "/").header("Host", "a/b").send().status, 400);
}

#[test]
fn two_requests_share_a_connection() {
    let backend = FakeBackend::builder().unjudged().start().unwrap();
    let user = User::of(&backend);
    let mut stream = TcpStream::connect(backend.url().trim_start_matches("http://")).unwrap();
    let last = user.credits().bytes();
    let first = String::from_utf8(last.clone()).unwrap().replace("Connection: close\r\n", "");
    stream.write_all(first.as_bytes()).unwrap();
    stream.write_all(&last).unwrap();
    let mut back = String::new();
    stream.read_to_string(&mut back).unwrap();
    assert_eq!(back.matches("HTTP/1.1 200 OK").count(), 2);
}

#[test]
fn a_head_too_long_is_refused() {
    let backend = FakeBackend::builder().unjudged().start().unwrap();
    let long = "a".repeat(1024 * 1024);
    let answer = ask(&backend.url(), "GET", "/").header("X-Long", &long).try_send();
    assert!(answer.is_none_or(|answer| answer.status == 431));
    assert_eq!(ask(&backend.url(), "GET", "/").send().status, 404);
}
