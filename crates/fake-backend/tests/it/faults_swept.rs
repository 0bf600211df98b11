//! A recorded run, repeated under each program of its sweep: every fault is reached.

use crate::faults_seen::Seen;
use crate::http::{Ask, ask};
use crate::user::{User, anonymous, split};
use serde_json::{Value, json};
use weixin_video_fake_backend::{CANNED_MP4, Exchange, FakeBackend, Fault, Kind, Scope};

/// One in so many of the programs is tried: a number that shares no factor with the shapes and marks they come in.
const STRIDE: usize = 41;
/// Bytes after which an answer is no longer waited for.
const ENOUGH: usize = 100_000;
/// How often a call is made that goes wrong.
const TRIES: usize = 4;

/// A whole job as a stubborn client does it: what fails is asked again, what is lost is looked up.
fn job(backend: &FakeBackend) {
    insist(&anonymous(backend, "one"));
    let token = backend.token(&Scope::ALL);
    let mut user = User::unopened(backend, &token);
    let space = backend.space(&token).expect("a space");
    until(&user.open(), || !space.sessions().is_empty());
    user.session = space.sessions().pop().expect("a session, answered or not");
    insist(&user.upload("clip.mp4", CANNED_MP4));
    let chat = user.chat("format this for WeChat");
    insist(&chat);
    for _ in 0..TRIES {
        let draft = space.draft(&user.session).expect("a session");
        if draft["t"][0]["sg"][0].is_null() {
            insist(&user.upload("clip.mp4", CANNED_MP4));
            insist(&chat);
        }
    }
    insist(&user.state());
    let draft = space.draft(&user.session).expect("a session");
    let output = json!({"format": "mp4", "quality": "high"});
    let order = user.export(&json!({"id": "render_1", "sessionId": user.session, "draft": draft, "output": output}));
    insist(&order);
    let mut urls = Vec::new();
    for asked in 0..3 * TRIES {
        if asked < 3 || urls.is_empty() {
            match answered(&user.status("render_1")) {
                Some(told) => urls.extend(url(&told)),
                None => insist(&order),
            }
        }
    }
    let (cdn, path) = split(urls.last().expect("the render ends, and one fault hides its URL once"));
    let get = ask(&cdn, "GET", &path);
    let first = Seen::of(&get);
    if !first.is_whole() {
        insist(&get.clone().header("Range", "bytes=100-"));
    }
    insist(&get);
}

/// What looks like a success may be none.
fn until(request: &Ask, done: impl Fn() -> bool) {
    insist(request);
    for _ in 0..TRIES {
        if !done() {
            insist(request);
        }
    }
}

fn insist(request: &Ask) {
    drop(answered(request));
}

fn answered(request: &Ask) -> Option<Seen> {
    (0..TRIES).map(|_| Seen::some(request, ENOUGH)).find(|seen| seen.status() == 200 && seen.is_whole())
}

/// The URL of a finished render, on the server that is known.
fn url(told: &Seen) -> Option<String> {
    let body: Value = serde_json::from_str(&told.text()).ok()?;
    let url = body["output"]["url"].as_str()?;
    (body["output"]["size"].is_u64()).then(|| url.to_owned())
}

fn recorded() -> Vec<Exchange> {
    let backend = FakeBackend::start().expect("a server");
    job(&backend);
    backend.journal()
}

#[test]
fn every_program_of_a_sweep_is_reached_when_the_run_is_repeated() {
    let programs = Fault::sweep(&recorded());
    for program in programs.into_iter().step_by(STRIDE) {
        let lines: Vec<String> = program.iter().map(ToString::to_string).collect();
        let arrives = program.iter().any(|fault| matches!(fault.kind(), Some(Kind::Connection(_))));
        let backend = FakeBackend::builder().keep_alive(!arrives).faults(program).start().expect("a server");
        job(&backend);
        assert!(backend.unfired().is_empty(), "{lines:?}: {:?}", backend.unfired());
    }
}
