//! Programs of faults: as TOML, over HTTP, and swept over a recorded run.

use crate::faults_seen::{End, Seen};
use crate::http::ask;
use crate::user::User;
use serde_json::{Value, json};
use std::collections::HashSet;
use weixin_video_fake_backend::{Builder, Clock, FakeBackend, Fault, Kind, Route, kind};

const EXAMPLE: &str = include_str!("../../examples/faults.toml");

#[test]
fn the_example_is_a_program_and_does_what_it_says() {
    let faults = Fault::program(EXAMPLE).expect("the example is sound");
    let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
    assert_eq!(
        lines,
        [
            "Session, request 1, after the work: lose-reply",
            "State, request 2 and the 1 after it: code-503 as code-string",
            "Chat, request 1, after the work: reset-mid-body after event 2",
            "ExportStatus, request 3 and all after it: stuck-at-99",
            "Cdn, request 1: stall-mid-body at byte 1000 of the body for 50 ms",
            "Cdn, request 2: range-wrong-offset",
            "Credits, request 1: answer 418",
        ]
    );
    let backend = FakeBackend::builder().unjudged().faults(faults).start().expect("a server");
    let token = backend.token(&weixin_video_fake_backend::Scope::ALL);
    let first = ask(&backend.url(), "POST", "/api/tasks/me/with-session/nemo_agent").token(&token);
    let lost = Seen::of(&first.json(&json!({"task_name": "project", "language": "en"})));
    assert_eq!((lost.raw.len(), lost.end), (0, End::Closed));
    let user = User::with(&backend, &token);
    assert_eq!(backend.space(&token).expect("a space").sessions().len(), 2, "the lost one is there");
    let states: Vec<Seen> = (0..4).map(|_| Seen::of(&user.state())).collect();
    assert!(states.iter().all(|seen| seen.status() == 200));
    assert_eq!(
        states.iter().map(|seen| seen.text().contains("\"503\"")).collect::<Vec<_>>(),
        [false, true, true, false]
    );
    let teapot = Seen::of(&user.credits());
    assert_eq!((teapot.status(), teapot.header("x-teapot").as_deref()), (418, Some("yes")));
    assert_eq!(backend.unfired().len(), 4);
}

#[test]
fn what_is_no_program_is_refused_and_why_is_said() {
    let fault = |rest: &str| format!("[[fault]]\n{rest}");
    for (program, why) in [
        ("fault = 3".to_owned(), "expected"),
        ("[[fautl]]".to_owned(), "unknown field"),
        (fault("at = \"chat\""), "missing field `do`"),
        (fault("at = \"chat\"\ndo = \"lose-reply\"\nwhen = 3"), "unknown field `when`"),
        (fault("at = \"chats\"\ndo = \"lose-reply\""), "fault 1: no route is called \"chats\""),
        (fault("at = \"chat\"\ndo = \"lose-it\""), "fault 1: no fault is called \"lose-it\""),
        (fault("at = \"chat\"\ndo = \"file-empty\""), "fault 1: file-empty can't stand at chat"),
        (fault("at = \"chat\"\ndo = \"code-500\"\nshape = \"round\""), "no shape is called \"round\""),
        (fault("at = \"chat\"\ndo = \"lose-reply\"\nshape = \"code\""), "lose-reply has no shapes"),
        (fault("at = \"chat\"\ndo = \"lose-reply\"\nevent = 1"), "takes no such mark"),
        (fault("at = \"state\"\ndo = \"reset-mid-body\"\nevent = 1"), "takes no such mark"),
        (fault("at = \"chat\"\ndo = \"reset-mid-body\"\nevent = 1\nbyte = 1"), "exclude each other"),
        (fault("at = \"session\"\ndo = \"json-bom\"\ncommit = \"before\""), "no choice of commit"),
        (fault("at = \"session\"\ndo = \"reset-before-body\"\ncommit = \"after\""), "no choice of commit"),
        (fault("at = \"chat\"\ndo = \"lose-reply\"\nnth = 0"), "nth counts from 1"),
        (fault("at = \"chat\"\ndo = \"lose-reply\"\ntimes = 0"), "times counts from 1"),
        (fault("at = \"chat\"\ndo = \"lose-reply\"\ntimes = \"often\""), "times"),
        (fault("at = \"chat\"\ndo = \"answer\""), "needs a table answer"),
        (fault("at = \"chat\"\ndo = \"lose-reply\"\nanswer = { status = 200 }"), "only do = \"answer\""),
        (fault("at = \"chat\"\ndo = \"answer\"\nanswer = { status = 99 }"), "99 is no status"),
        ("#".repeat(2_000_000), "at most"),
    ] {
        let error = Fault::program(&program).expect_err(&program).to_string();
        assert!(error.contains(why), "{error:?} says nothing of {why:?}");
    }
    assert!(Fault::program("").expect("no faults").is_empty());
}

#[test]
#[should_panic(expected = "a fault that can't be: file-empty can't stand at chat")]
fn a_misplaced_fault_is_the_author_s_mistake() {
    let _ = FakeBackend::builder().unjudged().fault(Fault::on(Route::Chat).does(kind::Download::Empty));
}

#[test]
fn a_fault_that_fires_always_has_fired_once_it_did() {
    let backend = FakeBackend::builder().unjudged().start().expect("a server");
    let user = User::of(&backend);
    backend.fault(Fault::on(Route::Credits).nth(2).always().does(kind::Refusal::Internal));
    assert_eq!(Seen::of(&user.credits()).status(), 200);
    assert_eq!(backend.unfired().len(), 1);
    assert_eq!(Seen::of(&user.credits()).status(), 500);
    assert!(backend.unfired().is_empty());
    assert_eq!(Seen::of(&user.credits()).status(), 500);
}

#[test]
fn a_lost_token_is_in_no_journal() {
    let backend = FakeBackend::builder().unjudged().start().expect("a server");
    backend.fault(Fault::on(Route::AnonymousToken).does(kind::Request::Trickle));
    let seen = Seen::of(&crate::user::anonymous(&backend, "one"));
    assert!(seen.text().contains("nmv_usr_"));
    assert!(!format!("{:?}", backend.journal()).contains("nmv_usr_"));
}

fn admin(builder: Builder) -> FakeBackend {
    builder.admin().start().expect("a server on a loopback address")
}

#[test]
fn faults_are_taken_and_told_over_http() {
    let backend = admin(FakeBackend::builder().unjudged());
    let user = User::of(&backend);
    let route = |method: &str| ask(&backend.url(), method, "/__admin/faults");
    let program = "[[fault]]\nat = \"credits\"\ndo = \"code-500\"\n[[fault]]\nat = \"state\"\ndo = \"lose-reply\"\n";
    let added = route("POST").header("Content-Type", "application/toml").body(program).send();
    assert_eq!((added.status, added.json()), (201, json!({"added": 2})));
    assert_eq!(user.credits().send().status, 500);
    let told = route("GET").send().json();
    let unfired: Vec<&Value> =
        told["faults"].as_array().expect("a list").iter().map(|fault| &fault["unfired"]).collect();
    assert_eq!(unfired, [&json!(false), &json!(true)], "{told}");
    assert_eq!(told["faults"][1]["fault"], "State, request 1: lose-reply");
    assert_eq!(route("DELETE").send().status, 200);
    assert_eq!(user.state().send().status, 200);
    assert!(backend.journal().iter().all(|exchange| !exchange.target.contains("__admin")));
    backend.finish();
}

#[test]
fn a_web_page_and_a_stranger_set_no_faults() {
    let backend = admin(FakeBackend::builder().unjudged());
    let program = "[[fault]]\nat = \"credits\"\ndo = \"code-500\"\n";
    let post = ask(&backend.url(), "POST", "/__admin/faults").body(program);
    // What a page of another origin may send without asking first.
    for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"] {
        assert_eq!(post.clone().header("Content-Type", kind).send().status, 400);
    }
    assert_eq!(post.send().status, 400);
    let toml = post.header("Content-Type", "application/toml");
    assert_eq!(toml.clone().header("Host", "evil.example").send().status, 421);
    assert_eq!(toml.body("[[fault]]").send().status, 400);
    assert_eq!(ask(&backend.url(), "PUT", "/__admin/faults").send().status, 405);
    assert!(backend.unfired().is_empty());
    let shut = FakeBackend::builder().unjudged().start().expect("a server");
    assert_eq!(ask(&shut.url(), "GET", "/__admin/faults").send().status, 404);
    assert_eq!(ask(&backend.cdn_url(), "GET", "/__admin/faults").send().status, 404);
    let open = FakeBackend::builder().unjudged().host("0.0.0.0").admin().start();
    assert_eq!(open.err().expect("not on every address").kind(), std::io::ErrorKind::InvalidInput);
}

/// The journal of a job without faults.
fn recorded() -> Vec<weixin_video_fake_backend::Exchange> {
    let backend = FakeBackend::builder().unjudged().start().expect("a server");
    let user = User::with_draft(&backend);
    let status = user.render("render_1").json();
    let (cdn, path) = crate::user::split(status["output"]["url"].as_str().expect("a URL"));
    ask(&cdn, "GET", &path).send();
    backend.journal()
}

#[test]
fn a_sweep_has_a_program_for_every_kind_and_every_request() {
    let journal = recorded();
    let programs = Fault::sweep(&journal);
    let kinds: HashSet<Kind> = programs.iter().flatten().filter_map(Fault::kind).collect();
    let asked: HashSet<Route> = journal.iter().map(|exchange| exchange.route).collect();
    for kind in Kind::ALL.iter().filter(|kind| asked.iter().any(|route| kind.stands_at(*route))) {
        assert!(kinds.contains(kind), "{kind}");
    }
    for exchange in &journal {
        assert!(programs.iter().flatten().any(|fault| fault.route() == exchange.route));
    }
    assert!(programs.len() > 1000, "{}", programs.len());
    assert!(programs.iter().flatten().all(|fault| fault.misplaced().is_none()));
}

#[test]
fn a_swept_fault_can_be_said_again_in_one_program() {
    for program in Fault::sweep(&recorded()) {
        let toml: String = program.iter().filter_map(Fault::to_toml).collect::<Vec<_>>().join("\n");
        let again = Fault::program(&toml).expect(&toml);
        let lines = |faults: &[Fault]| faults.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(lines(&again), lines(&program));
    }
}

#[test]
fn without_keep_alive_the_nth_connection_is_the_nth_request() {
    let backend = FakeBackend::builder().unjudged().keep_alive(false).clock(Clock::Manual).start().expect("a server");
    backend.fault(Fault::on(Route::Credits).nth(2).does(kind::Connection::Reset));
    let get = ask(&backend.url(), "GET", "/api/credits/balance/simple").without("Connection");
    let first = Seen::of(&get);
    assert_eq!((first.status(), first.header("connection").as_deref()), (401, Some("close")));
    assert_eq!(Seen::of(&get).end, End::Reset);
    backend.finish();
}
