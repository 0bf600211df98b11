//! Faults, to the byte.

use crate::http::Ask;
use crate::user::{CLIENT, User, anonymous};
use serde_json::json;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;
use weixin_video_fake_backend::{AgentReply, CANNED_MP4, FakeBackend, Fault, Route};

const STREAM: &str = "data: {\"a\":1}\n\n: c\n\ndata: {\"b\":2}\r\n\r\ndata: last\n\n";

#[test]
fn a_scripted_answer_comes_as_it_is() {
    let backend = FakeBackend::builder().unjudged().start().unwrap();
    let user = User::of(&backend);
    let site = || Fault::on(Route::Credits);
    backend.fault(site().header("Retry-After", "7").json(429, &json!({"code": 429})));
    backend.fault(site().nth(2).html(502));
    backend.fault(site().nth(3).empty(503));
    backend.fault(site().nth(4).answer(200, "application/json", "{\"code\":"));
    let first = user.credits().send();
    assert_eq!((first.status, first.header("retry-after"), first.text().as_str()), (429, Some("7"), "{\"code\":429}"));
    let second = user.credits().send();
    assert_eq!((second.status, second.header("content-type")), (502, Some("text/html")));
    let third = user.credits().send();
    assert_eq!((third.status, third.body.len()), (503, 0));
    assert_eq!(user.credits().send().text(), "{\"code\":");
    assert_eq!(user.credits().send().status, 200);
    backend.finish();
}

#[test]
fn a_body_is_cut_at_every_byte() {
    let backend = FakeBackend::builder().unjudged().start().unwrap();
    let user = User::of(&backend);
    let whole = user.credits().send();
    for at in 0..whole.body.len() {
        backend.fault(Fault::on(Route::Credits).cut_at_byte(at as u64));
        let cut = user.credits().try_send().expect("the head is whole");
        assert_eq!((cut.status, &cut.body[..], cut.whole), (200, &whole.body[..at], false));
    }
    backend.finish();
}

#[test]
fn a_stream_is_cut_at_every_byte() {
    let backend = FakeBackend::builder().unjudged().credits(1_000_000).start().unwrap();
    let user = User::of(&backend);
    for at in 0..=STREAM.len() {
        backend.reply(AgentReply::new().raw(STREAM).charge(1));
        backend.fault(Fault::on(Route::Chat).cut_at_byte(at as u64));
        let cut = user.chat("hi").try_send().expect("the head is whole");
        assert_eq!((&cut.body[..], cut.whole), (&STREAM.as_bytes()[..at], false));
    }
    assert_eq!(backend.ledger(&user.token).charges.len(), STREAM.len() + 1);
    backend.finish();
}

#[test]
fn a_stream_is_cut_after_every_event() {
    let backend = FakeBackend::builder().unjudged().start().unwrap();
    let user = User::of(&backend);
    for (events, bytes) in [(0, 0), (1, 15), (2, 20), (4, STREAM.len())] {
        backend.reply(AgentReply::new().raw(STREAM));
        backend.fault(Fault::on(Route::Chat).cut_after_event(events));
        let cut = user.chat("hi").try_send().expect("the head is whole");
        assert_eq!((&cut.body[..], cut.whole), (&STREAM.as_bytes()[..bytes], false), "{events}");
    }
    backend.finish();
}

#[test]
fn a_response_is_cut_at_every_byte_of_its_head_too() {
    let backend = FakeBackend::builder().unjudged().start().unwrap();
    let user = User::of(&backend);
    let whole = user.credits().raw();
    for at in 0..whole.len() {
        backend.fault(Fault::on(Route::Credits).cut_response_at(at as u64));
        assert_eq!(user.credits().raw(), &whole[..at]);
    }
    backend.finish();
}

#[test]
fn a_long_download_is_cut_to_the_byte() {
    let backend = FakeBackend::builder().unjudged().start().unwrap();
    let user = User::with_draft(&backend);
    user.render("render_1");
    let get = user.ask("GET", "/api/render/proxy/render_1/download");
    for at in [1, 4096, CANNED_MP4.len() - 1] {
        backend.fault(Fault::on(Route::Download).cut_at_byte(at as u64));
        let cut = get.try_send().expect("the head is whole");
        assert!(cut.body == CANNED_MP4[..at] && !cut.whole);
    }
    backend.finish();
}

#[test]
fn a_request_is_cut_and_nothing_is_done() {
    let backend = FakeBackend::builder().unjudged().start().unwrap();
    let user = User::of(&backend);
    backend.fault(Fault::on(Route::Upload).cut_request_at(1000));
    backend.fault(Fault::on(Route::Chat).cut_request_at(10));
    assert!(user.upload("clip.mp4", &[7; 5000]).try_send().is_none());
    assert!(user.chat("generate a video").try_send().is_none());
    assert_eq!(user.state().send().data()["state"]["video_infos"], json!([]));
    assert!(backend.ledger(&user.token).charges.is_empty());
    backend.finish();
}

#[test]
fn a_dropped_connection_did_the_work_or_not_as_scripted() {
    let backend = FakeBackend::builder().unjudged().credits(1000).start().unwrap();
    let user = User::of(&backend);
    let chat = user.chat("generate a video");
    backend.fault(Fault::on(Route::Chat).drop_connection());
    backend.fault(Fault::on(Route::Chat).nth(2).after_commit().drop_connection());
    backend.fault(Fault::on(Route::Chat).nth(3).after_commit().html(504));
    let charges = || backend.ledger(&user.token).charges.len();
    assert!(chat.raw().is_empty());
    assert_eq!(charges(), 0);
    assert!(chat.raw().is_empty());
    assert_eq!(charges(), 1);
    assert_eq!(chat.send().status, 504);
    assert_eq!(charges(), 2);
    backend.finish();
}

#[test]
fn an_export_whose_answer_is_lost_goes_on() {
    let backend = FakeBackend::builder().unjudged().start().unwrap();
    let user = User::with_draft(&backend);
    backend.fault(Fault::on(Route::Export).after_commit().drop_connection());
    let order = user.order("render_1");
    assert!(user.export(&order).try_send().is_none());
    assert_eq!(user.export(&order).send().error().0, 409);
    user.status("render_1").send();
    assert_eq!(user.status("render_1").send().json()["status"], "completed");
    backend.finish();
}

/// What arrives of an answer before the reader loses patience.
fn arrives(backend: &FakeBackend, request: &Ask) -> (Vec<u8>, bool) {
    let mut stream = TcpStream::connect(backend.url().trim_start_matches("http://")).expect("a server that works");
    stream.write_all(&request.bytes()).expect("a server that works");
    stream.set_read_timeout(Some(Duration::from_millis(200))).expect("a server that works");
    let (mut back, mut block) = (Vec::new(), [0; 4096]);
    loop {
        match stream.read(&mut block) {
            Ok(0) => return (back, true),
            Ok(len) => back.extend_from_slice(&block[..len]),
            Err(_) => return (back, false),
        }
    }
}

#[test]
fn a_stall_holds_the_connection_and_what_came_before_it_is_there() {
    let backend = FakeBackend::builder().unjudged().start().unwrap();
    let user = User::of(&backend);
    backend.reply(AgentReply::new().raw(STREAM));
    backend.fault(Fault::on(Route::Chat).stall_after_event(2, None));
    let (back, closed) = arrives(&backend, &user.chat("hi"));
    assert!(!closed);
    let chunk = format!("\r\n\r\n14\r\n{}\r\n", &STREAM[..20]);
    assert!(back.ends_with(chunk.as_bytes()), "{}", String::from_utf8_lossy(&back));
    backend.fault(Fault::on(Route::Credits).stall());
    assert_eq!(arrives(&backend, &user.credits()), (vec![], false));
    backend.finish();
}

#[test]
fn a_stall_for_a_time_and_a_delay_lose_nothing() {
    let backend = FakeBackend::builder().unjudged().start().unwrap();
    let user = User::of(&backend);
    let time = Duration::from_millis(20);
    backend.reply(AgentReply::new().raw(STREAM));
    backend.fault(Fault::on(Route::Chat).stall_at_byte(7, Some(time)));
    assert_eq!(user.chat("hi").send().text(), STREAM);
    backend.fault(Fault::on(Route::Credits).delay(time));
    assert_eq!(user.credits().send().data()["available"], 100);
    backend.finish();
}

#[test]
fn a_body_in_pieces_is_the_same_body() {
    let backend = FakeBackend::builder().unjudged().start().unwrap();
    let user = User::of(&backend);
    backend.reply(AgentReply::new().raw(STREAM));
    backend.fault(Fault::on(Route::Chat).in_pieces(1));
    let raw = String::from_utf8_lossy(&user.chat("hi").raw()).into_owned();
    assert_eq!(raw.matches("\r\n1\r\n").count(), STREAM.len(), "one chunk a byte");
    backend.finish();
}

#[test]
fn a_fault_beyond_the_end_never_fires_and_says_so() {
    let backend = FakeBackend::builder().unjudged().start().unwrap();
    let user = User::of(&backend);
    backend.fault(Fault::on(Route::Credits).cut_at_byte(100_000));
    backend.fault(Fault::on(Route::Credits).nth(9).empty(500));
    assert_eq!(user.credits().send().status, 200);
    assert_eq!(backend.unfired().len(), 2);
    assert!(backend.unfired()[1].contains("Credits, request 9: answer 500 (requests seen: 1"));
}

#[test]
#[should_panic(expected = "never happened")]
fn an_unfired_fault_fails_the_test_that_finishes() {
    FakeBackend::builder().unjudged().fault(Fault::on(Route::Chat).stall()).start().unwrap().finish();
}

#[test]
fn a_fault_for_one_token_leaves_the_others_alone() {
    let backend = FakeBackend::builder().unjudged().start().unwrap();
    let (one, two) = (User::named(&backend, "one"), User::named(&backend, "two"));
    backend.fault(Fault::on(Route::Credits).for_token(&two.token).times(2).empty(500));
    let fault = Fault::on(Route::Credits).for_token(&two.token).empty(500);
    assert!(!format!("{fault:?}").contains(&two.token));
    assert_eq!(one.credits().send().status, 200);
    assert_eq!(two.credits().send().status, 500);
    assert_eq!(one.credits().send().status, 200);
    assert_eq!(two.credits().send().status, 500);
    assert_eq!(two.credits().send().status, 200);
    backend.finish();
}

#[test]
fn a_token_call_can_be_faulted_before_there_is_a_token() {
    let fault = Fault::on(Route::AnonymousToken).after_commit().drop_connection();
    let backend = FakeBackend::builder().unjudged().fault(fault).start().unwrap();
    assert!(anonymous(&backend, CLIENT).try_send().is_none());
    assert_eq!(anonymous(&backend, CLIENT).send().error().0, 429, "the lost token still counts");
    backend.finish();
}
