//! "A charged message is sent at most once", for any answers in any order, also wrong ones.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use proptest::prelude::*;
use weixin_video_core::account::Account;
use weixin_video_core::api::{Message, Source};
use weixin_video_core::authorize::Authorized;
use weixin_video_core::call::{Call, Charge, Head, Reply, SinkId, SourceId};
use weixin_video_core::chat::Chat;
use weixin_video_core::config::Config;
use weixin_video_core::error::{Charged, Fault, Phase};
use weixin_video_core::event::Checkpoint;
use weixin_video_core::ids::{ClientId, Credential, Seed, SessionId};
use weixin_video_core::job::{Job, Order};
use weixin_video_core::machine::{Input, Machine, Op, Step};
use weixin_video_core::time::{Instant, Now};

/// Bodies a server may send, right and wrong, to whatever was asked.
const BODIES: [&str; 16] = [
    "",
    "<html>",
    r#"{"code":1001}"#,
    r#"{"code":1002}"#,
    r#"{"code":2001}"#,
    r#"{"code":0,"data":{"token":"t"}}"#,
    r#"{"code":0,"data":{"session_id":"7"}}"#,
    r#"{"code":0,"data":{"files":[{"filename":"a.mp4"}]}}"#,
    r#"{"code":0,"data":{"available":1}}"#,
    r#"{"data":{"state":{"draft":null}}}"#,
    r#"{"data":{"state":{"draft":{"t":[{"tt":0,"sg":[{"d":1000}]}]}}}}"#,
    r#"{"status":"processing"}"#,
    r#"{"status":"failed","error":"x"}"#,
    r#"{"status":"completed","url":"https://cdn.example/v"}"#,
    "data: {\"type\":\"text\",\"content\":\"done\"}\n\n",
    "data: {\"error\":\"boom\"}\n\nda",
];

#[derive(Clone, Debug)]
enum Answer {
    /// What the op wants to hear, with this body.
    Fitting(usize),
    /// Whatever, fitting or not.
    Any(u8, usize),
    NotSent,
}

fn answers() -> impl Strategy<Value = Vec<Answer>> {
    let one = prop_oneof![
        6 => (0..BODIES.len()).prop_map(Answer::Fitting),
        3 => (0..10_u8, 0..BODIES.len()).prop_map(|(kind, body)| Answer::Any(kind, body)),
        1 => Just(Answer::NotSent),
    ];
    proptest::collection::vec(one, 0..120)
}

fn input(kind: u8, body: usize) -> Input {
    let bytes = BODIES[body].as_bytes().to_vec();
    match kind {
        0 => Input::Reply(Reply::new([200, 401, 404, 429, 502][body % 5], bytes)),
        1 => Input::Head(Head::status([200, 200, 302, 404, 503][body % 5])),
        2 => Input::Chunk(if bytes.is_empty() { b":\n".to_vec() } else { bytes }),
        3 => Input::End,
        4 => Input::Elapsed,
        5 => Input::Saved { bytes: 12, start: b"\0\0\0\x18ftypmp42".to_vec(), whole: true },
        6 => Input::Published,
        8 => Input::Measured { part: [0, 5, 12][body % 3], output: [None, Some(12)][body % 2] },
        9 => Input::Cut { bytes: 5, why: "reset".into() },
        _ => Input::Failed(Fault { phase: Phase::Receiving, source: "reset".into() }),
    }
}

fn fitting(op: &Op, body: usize) -> Input {
    let kind = match op {
        Op::Send(call) if call.charge() == Charge::Charged => 1,
        Op::Send(call) => match call.receive() {
            weixin_video_core::call::Receive::Stream => 1,
            weixin_video_core::call::Receive::Whole { .. } => return Input::Reply(Reply::new(200, BODIES[body])),
        },
        Op::Read { .. } if body >= 14 => 2,
        Op::Read { .. } => [2, 2, 3, 4][body % 4],
        Op::Save { .. } => 5,
        Op::Measure(_) => 8,
        Op::Publish(_) => 6,
        Op::Wait { .. } => 4,
    };
    input(kind, body)
}

/// What a run came to.
struct Run {
    /// The most charged calls that had left at once and were not handed back.
    outstanding: i32,
    /// How many charged calls left and were never handed back.
    left: i32,
    end: Option<Result<(), (Charged, &'static str)>>,
}

fn run<M: Machine>(mut machine: M, answers: &[Answer]) -> Run {
    let mut now = Now { monotonic: Instant::ORIGIN, wall: SystemTime::UNIX_EPOCH };
    let mut run = Run { outstanding: 0, left: 0, end: None };
    // After the script, every op is answered with silence: each machine has to come to an end by itself.
    let mut rest = answers.iter().cloned().chain(std::iter::repeat_n(Answer::Any(4, 0), 2_000));
    for _ in 0..20_000 {
        match machine.poll(now) {
            Step::Emit(_) => {}
            Step::Done(result) => {
                run.end = Some(result.map(|_| ()).map_err(|error| (error.charged(), error.code())));
                break;
            }
            Step::Do(op) => {
                let charged = matches!(&op, Op::Send(call) if call.charge() == Charge::Charged);
                run.left += i32::from(charged);
                run.outstanding = run.outstanding.max(run.left);
                now = match &op {
                    Op::Wait { until } | Op::Read { until } => Now { monotonic: (*until).max(now.monotonic), ..now },
                    Op::Send(_) | Op::Save { .. } | Op::Measure(_) | Op::Publish(_) => {
                        now.later(Duration::from_millis(10))
                    }
                };
                let answer = match rest.next() {
                    None => break,
                    Some(Answer::Fitting(body)) => fitting(&op, body),
                    Some(Answer::Any(kind, body)) => input(kind, body),
                    Some(Answer::NotSent) => not_sent(op, &mut run, charged),
                };
                machine.handle(now, answer);
            }
        }
    }
    run
}

fn not_sent(op: Op, run: &mut Run, charged: bool) -> Input {
    match op {
        Op::Send(call) => {
            run.left -= i32::from(charged);
            handed_back(call)
        }
        Op::Read { .. } | Op::Save { .. } | Op::Measure(_) | Op::Publish(_) | Op::Wait { .. } => Input::Elapsed,
    }
}

fn handed_back(call: Call) -> Input {
    Input::NotSent { call, why: "no route".into() }
}

fn config() -> Arc<Config> {
    Arc::new(Config::new("https://api.example").expect("an origin"))
}

fn source() -> Source {
    Source { id: SourceId(0), name: "a.mp4".into(), bytes: 12, start: b"\0\0\0\x18ftypmp42".to_vec() }
}

fn job() -> Authorized<Job> {
    let order = Order { source: source(), message: Message::new("format it"), sink: SinkId(0), language: "en".into() };
    let credential = Credential::Anonymous { client: ClientId::new("c").expect("an id"), grant: None };
    Authorized::new(config(), Account::new(credential), Seed::new(1), Job::new(config(), order, Seed::new(1)))
}

/// A chat gets far with the right answers, so most of what is random here happens while money is at stake.
fn chat() -> Chat {
    Chat::new(config(), SessionId::new("7").expect("an id"), Message::new("add a title"), Seed::new(1))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn a_chat_charges_at_most_once(mut answers in answers()) {
        answers.insert(0, Answer::Fitting(9));
        let run = run(chat(), &answers);
        prop_assert!(run.outstanding <= 1);
        prop_assert!(run.end.is_some(), "it comes to an end");
        if let Some(Err((Charged::No, code))) = run.end {
            // Whoever is told "nothing was charged" may send again: then it had not left, or was refused in so many words.
            prop_assert!(run.left == 0 || !matches!(code, "connection_lost" | "timed_out" | "server_trouble" | "unconfirmed"), "{code}");
        }
    }

    #[test]
    fn a_job_charges_at_most_once(answers in answers()) {
        let run = run(job(), &answers);
        prop_assert!(run.outstanding <= 1);
        prop_assert!(run.end.is_some(), "it comes to an end");
    }

    #[test]
    fn a_resumed_job_charges_once_at_most_and_never_after_the_message_left(answers in answers(), at in 0..7) {
        let session = SessionId::new("7").expect("an id");
        let render = Seed::new(1).render_id(0);
        let words = "format it".to_owned();
        let checkpoint = match at {
            0 => Checkpoint::Charging { session, before: None, since_ms: 0 },
            1 => Checkpoint::Edited { session },
            2 => Checkpoint::Exporting { session, render, again: false },
            3 => Checkpoint::Downloading { session, render, etag: Some("\"v\"".into()) },
            4 => Checkpoint::Publishing { session, render, bytes: 12 },
            5 => Checkpoint::Opened { session, words },
            _ => Checkpoint::Uploaded { session, words },
        };
        let run = run(Job::resume(config(), checkpoint, Some(source()), SinkId(0), Seed::new(2)), &answers);
        prop_assert!(run.outstanding <= i32::from(at > 4));
        prop_assert!(run.end.is_some(), "it comes to an end");
    }
}

/// The scripts above do get a message out of the door: a property over runs that never send would hold for nothing.
#[test]
fn the_right_answers_lead_to_a_charged_message_and_to_a_video() {
    let steps = [5, 6, 7, 9, 10, 14, 2, 10, 8, 0, 13, 0, 0, 0, 8];
    let answers: Vec<Answer> = steps.iter().map(|&body| Answer::Fitting(body)).collect();
    let run = run(job(), &answers);
    assert_eq!(run.outstanding, 1);
    assert_eq!(run.end, Some(Ok(())));
}
