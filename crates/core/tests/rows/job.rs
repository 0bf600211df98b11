//! The whole job: what it tells before each step that can't be undone, and what becomes of a session that is gone.

use weixin_video_core::call::SinkId;
use weixin_video_core::error::{Charged, Phase, Row};
use weixin_video_core::event::{Checkpoint, Event};
use weixin_video_core::ids::Seed;
use weixin_video_core::job::{Delivered, Job};

use crate::script::Script;
use crate::wire::*;

const OPENED: &str = r#"{"code":0,"data":{"session_id":"7","task_id":"t1"}}"#;
const OPENED_ANEW: &str = r#"{"code":0,"data":{"session_id":"8","task_id":"t2"}}"#;
const UPLOADED: &str = r#"{"code":0,"data":{"files":[{"filename":"a.mp4"}]}}"#;
const CLIP_THERE: &str = r#"{"code":0,"data":{"state":{"draft":null,"video_infos":[{"filename":"a.mp4"}]}}}"#;

/// A session that is gone, in every envelope.
const GONE: [(u16, &str); 5] = [
    (404, ""),
    (404, r#"{"detail":"Session not found: 7"}"#),
    (200, r#"{"code":1002}"#),
    (200, r#"{"code":"1002","message":"session not found"}"#),
    (400, r#"{"success":false,"code":1002,"error":"gone"}"#),
];

fn look() -> String {
    format!("GET /api/render/proxy/lambda/{}", Seed::new(1).render_id(0))
}

/// A job whose session is open.
fn opened() -> Script<Job> {
    Script::new(job()).sends(SESSION).replies(200, OPENED)
}

/// From the paid edit to the end.
#[track_caller]
fn delivers(script: Script<Job>, state_of: &str) -> Delivered {
    let script = script.begins(200, STREAM).hears(&says("Title added.")).ends();
    exports(script.sends(state_of).replies(200, &state(TITLE)).sends(EXPORT).replies(200, "{}").waits_a_while())
}

/// From a render that goes on to the end.
#[track_caller]
fn exports(script: Script<Job>) -> Delivered {
    let done = r#"{"status":"completed","url":"https://cdn.example/v"}"#;
    let script = script.sends(&look()).replies(200, done).sends("GET /v").begins(200, &[("etag", "\"v1\"")]);
    counts(script.saves(0).saved(9).publishes())
}

#[track_caller]
fn counts(script: Script<Job>) -> Delivered {
    script.sends(CREDITS).replies(200, BALANCE).done().expect("a video")
}

#[test]
fn a_job_tells_each_step_before_it_is_taken() {
    let script = opened().sends(UPLOAD).replies(200, UPLOADED).sends(STATE).replies(200, NO_DRAFT).sends(CHAT);
    let script =
        script.begins(200, STREAM).hears(&says("Title added.")).ends().sends(STATE).replies(200, &state(TITLE));
    let script = script.sends(EXPORT).replies(200, "{}").waits_a_while().sends(&look());
    let script = script.replies(200, r#"{"status":"completed","url":"https://cdn.example/v"}"#).sends("GET /v");
    let script = script.begins(200, &[("etag", "\"v1\"")]).saves(0).saved(9).publishes().charged(1);
    let told: Vec<String> = script.checkpoints().iter().map(|at| serde_json::to_string(at).expect("JSON")).collect();
    let render = Seed::new(1).render_id(0);
    assert_eq!(
        told,
        [
            r#"{"at":"opened","session":"7","words":"add a title"}"#.to_owned(),
            r#"{"at":"uploaded","session":"7","words":"add a title"}"#.to_owned(),
            format!(r#"{{"at":"charging","session":"7","before":null,"since_ms":{}}}"#, 1_800_000_000_000_u64),
            r#"{"at":"edited","session":"7"}"#.to_owned(),
            format!(r#"{{"at":"exporting","session":"7","render":"{render}","again":false}}"#),
            format!(r#"{{"at":"downloading","session":"7","render":"{render}","etag":"\"v1\""}}"#),
            format!(r#"{{"at":"publishing","session":"7","render":"{render}","bytes":9}}"#),
        ]
    );
    let delivered = counts(script);
    assert_eq!((delivered.bytes, delivered.said, delivered.render), (9, vec!["Title added.".to_owned()], Some(render)));
}

/// Before the message left nothing is lost by a new session and another upload.
#[test]
fn a_session_that_is_gone_is_opened_anew_while_the_message_is_here() {
    type Lose = fn(Script<Job>, u16, &str) -> Script<Job>;
    let places: [Lose; 2] = [
        |script, status, body| script.sends(UPLOAD).replies(status, body),
        |script, status, body| script.sends(UPLOAD).replies(200, UPLOADED).sends(STATE).replies(status, body),
    ];
    for (status, body) in GONE {
        for gone_at in places {
            let script = gone_at(opened(), status, body).notes("gone").charged(0);
            let script = script.sends(SESSION).with(|call| assert_eq!(json(call)["language"], "en"));
            let script = script.replies(200, OPENED_ANEW).sends("POST /api/upload-video/nemo_agent/me/8");
            let script =
                script.replies(200, UPLOADED).sends("GET /api/state/nemo_agent/me/8/latest").replies(200, NO_DRAFT);
            let script = script.sends(CHAT).with(|call| assert_eq!(json(call)["session_id"], "8")).charged(1);
            let delivered = delivers(script, "GET /api/state/nemo_agent/me/8/latest");
            assert_eq!(delivered.session.expect("a session").as_str(), "8", "{status} {body}");
        }
    }
}

/// A server that loses every session is not asked for ever.
#[test]
fn a_session_that_is_gone_again_is_told() {
    let script = opened().sends(UPLOAD).replies(404, "").sends(SESSION).replies(200, OPENED_ANEW);
    let error =
        script.sends("POST /api/upload-video/nemo_agent/me/8").replies(404, "").charged(0).done().expect_err("gone");
    assert_eq!((error.row(), error.charged()), (Some(Row::NoSession), Charged::No));
    assert!(error.advice().contains("The old timeline is gone"), "{}", error.advice());
}

/// Once the message left, a new session would be a second charge.
#[test]
fn a_session_that_is_gone_after_the_message_left_is_told() {
    let at_the_chat = opened().sends(UPLOAD).replies(200, UPLOADED).sends(STATE).replies(200, NO_DRAFT).sends(CHAT);
    let error = at_the_chat.begins(404, &[]).ends().charged(1).done().expect_err("gone");
    assert_eq!(error.row(), Some(Row::NoSession));
    let edited = opened().sends(UPLOAD).replies(200, UPLOADED).sends(STATE).replies(200, NO_DRAFT).sends(CHAT);
    let edited =
        edited.begins(200, STREAM).hears(&says("Title added.")).ends().sends(STATE).replies(200, r#"{"code":1002}"#);
    let error = edited.charged(1).done().expect_err("gone");
    assert_eq!((error.row(), error.charged()), (Some(Row::NoSession), Charged::Yes));
}

/// Nothing to upload again: then there is nothing to open for.
#[test]
fn a_session_that_is_gone_without_the_clip_at_hand_is_told() {
    let at = Checkpoint::Uploaded { session: session(), words: "add a title".into() };
    let script = Script::new(Job::resume(config(), at, None, SinkId(0), Seed::new(1)));
    let error = script.sends(STATE).replies(404, "").charged(0).done().expect_err("gone");
    assert_eq!((error.row(), error.charged()), (Some(Row::NoSession), Charged::No));
}

/// An upload whose answer got lost is looked for before it is sent again.
#[test]
fn a_lost_upload_is_looked_for() {
    let losses: [fn(Script<Job>) -> Script<Job>; 3] =
        [|script| script.fails(Phase::Sending), |script| script.replies(504, ""), |script| script.times_out()];
    for lose in losses {
        let arrived = lose(opened().sends(UPLOAD)).sends(STATE).replies(200, CLIP_THERE);
        arrived.sends(STATE).replies(200, CLIP_THERE).sends(CHAT).charged(1);
        let lost =
            lose(opened().sends(UPLOAD)).sends(STATE).replies(200, NO_DRAFT).sends(UPLOAD).replies(200, UPLOADED);
        lost.sends(STATE).replies(200, NO_DRAFT).sends(CHAT).charged(1);
    }
}

fn resumed(at: Checkpoint) -> Script<Job> {
    Script::new(Job::resume(config(), at, Some(source()), SinkId(0), Seed::new(1)))
}

/// From each checkpoint to the same end, and at most one message in all.
#[test]
fn a_job_goes_on_from_each_checkpoint() {
    let (session, render, words) = (session(), Seed::new(1).render_id(0), "add a title".to_owned());
    let opened = Checkpoint::Opened { session: session.clone(), words: words.clone() };
    let script = resumed(opened).sends(STATE).replies(200, NO_DRAFT).sends(UPLOAD).replies(200, UPLOADED);
    delivers(script.sends(STATE).replies(200, NO_DRAFT).sends(CHAT).charged(1), STATE);
    let uploaded = Checkpoint::Uploaded { session: session.clone(), words };
    delivers(resumed(uploaded).sends(STATE).replies(200, NO_DRAFT).sends(CHAT).charged(1), STATE);
    let charging = Checkpoint::Charging { session: session.clone(), before: None, since_ms: 1_800_000_000_000 };
    let script = resumed(charging).sends(STATE).replies(200, &state(TITLE)).sends(STATE).replies(200, &state(TITLE));
    exports(script.sends(EXPORT).replies(200, "{}").waits_a_while().charged(0));
    let edited = Checkpoint::Edited { session: session.clone() };
    let script = resumed(edited).sends(STATE).replies(200, &state(TITLE)).sends(EXPORT).replies(200, "{}");
    exports(script.waits_a_while().charged(0));
    let exporting = Checkpoint::Exporting { session: session.clone(), render: render.clone(), again: false };
    exports(resumed(exporting).charged(0));
    let downloading =
        Checkpoint::Downloading { session: session.clone(), render: render.clone(), etag: Some("\"v1\"".into()) };
    let script =
        resumed(downloading).sends(&look()).replies(200, r#"{"status":"completed","url":"https://cdn.example/v"}"#);
    let script = script.finds(4).sends("GET /v").with(|call| assert_eq!(header(call, "range"), Some("bytes=4-")));
    let rest = [("etag", "\"v1\""), ("content-range", "bytes 4-8/9")];
    counts(script.begins(206, &rest).saves(4).saved(9).publishes().charged(0));
    let publishing = Checkpoint::Publishing { session, render, bytes: 9 };
    counts(resumed(publishing.clone()).finds(9).publishes());
    counts(resumed(publishing.clone()).finds_with(0, Some(9)));
    exports(resumed(publishing).finds(0));
}

/// A message that may have left is never sent by a later run, whatever it finds.
#[test]
fn a_message_that_may_have_left_is_not_sent_by_a_later_run() {
    let charging = Checkpoint::Charging { session: session(), before: None, since_ms: 0 };
    let error = resumed(charging.clone()).sends(STATE).replies(200, NO_DRAFT).charged(0).done().expect_err("unknown");
    assert_eq!((error.code(), error.charged()), ("unconfirmed", Charged::Unknown));
    let error = resumed(charging).sends(STATE).replies(404, "").charged(0).done().expect_err("gone");
    assert_eq!(error.charged(), Charged::Unknown);
}

/// A render that failed while nobody watched is tried once more, and a second one never a third time.
#[test]
fn a_render_that_failed_meanwhile_has_one_more_try_in_all() {
    let failed = r#"{"status":"failed","error":"no frames"}"#;
    let at = |again| Checkpoint::Exporting { session: session(), render: Seed::new(1).render_id(0), again };
    let script =
        resumed(at(false)).sends(&look()).replies(200, failed).sends(STATE).replies(200, &state(TITLE)).sends(EXPORT);
    let checkpoints = script.checkpoints();
    let [Checkpoint::Exporting { render, again: true, .. }] = &checkpoints[..] else { panic!("{checkpoints:?}") };
    assert_ne!(render, &Seed::new(1).render_id(0), "a failed id is never used again");
    let error = resumed(at(true)).sends(&look()).replies(200, failed).done().expect_err("failed twice");
    assert_eq!((error.code(), error.charged()), ("render_failed", Charged::Yes));
}

/// Nothing on the timeline: the agent's question is the answer.
#[test]
fn a_question_instead_of_an_edit_is_handed_over() {
    let asked = event(r#"{"type":"ask_question","questions":[{"id":"q","prompt":"Which clip?"}]}"#);
    let script = opened().sends(UPLOAD).replies(200, UPLOADED).sends(STATE).replies(200, NO_DRAFT).sends(CHAT);
    let script = script.begins(200, STREAM).hears(&asked).ends().sends(STATE).replies(200, NO_DRAFT);
    let script = script.saw(|event| matches!(event, Event::Said(words) if words.contains("Which clip?")));
    let error = script.charged(1).done().expect_err("a question");
    assert_eq!(error.code(), "question");
    assert!(error.to_string().contains("Which clip?"), "{error}");
}

/// The video is there; a balance that can't be read changes nothing about that.
#[test]
fn a_balance_that_can_not_be_read_is_no_failure() {
    let publishing = Checkpoint::Publishing { session: session(), render: render(), bytes: 9 };
    let script = resumed(publishing).finds(9).publishes().sends(CREDITS).replies(403, "");
    assert!(script.done().expect("a video").credits.is_none());
}
