//! Rows of a session: opening it, what is said in it, what it holds.

use weixin_video_core::api::{Endpoint, OpenSession, ReadState, Session, State};
use weixin_video_core::call::{Charge, Receive, Reply};
use weixin_video_core::error::Error;
use weixin_video_core::ids::Seed;
use weixin_video_core::one_call::OneCall;
use weixin_video_core::time::Instant;

use crate::script::Script;
use crate::wire::*;

fn opened(body: &str) -> Result<Session, Error> {
    OpenSession::new("en").reply(&Reply::new(200, body))
}

#[track_caller]
fn holds(body: &str) -> State {
    ReadState::new(session()).reply(&Reply::new(200, body)).expect(body)
}

#[test]
fn session_is_opened_in_the_users_language() {
    for language in ["en", "zh-CN", "ja"] {
        let call = OpenSession::new(language).request(&config(), Instant::ORIGIN);
        assert_eq!(format!("{} {}", call.request().method(), call.request().uri().path()), SESSION);
        assert_eq!(json(&call), serde_json::json!({"task_name": "project", "language": language}));
    }
}

#[test]
fn session_answers_in_every_shape() {
    let session = opened(r#"{"code":0,"data":{"session_id":"7","task_id":"t1","user_id":"anon_1"}}"#).expect("all");
    assert_eq!((session.task_id.as_deref(), session.user_id.as_deref()), (Some("t1"), Some("anon_1")));
    let session = opened(r#"{"success":true,"data":{"session_id":7,"task_id":9007199254740993}}"#).expect("numbers");
    assert_eq!((session.id.as_str(), session.task_id.as_deref()), ("7", Some("9007199254740993")));
    let session = opened(r#"{"session_id":"7"}"#).expect("the id alone");
    assert_eq!((session.task_id, session.user_id), (None, None));
    for none in [r#"{"code":0,"data":{}}"#, r#"{"session_id":""}"#, r#"{"session_id":null}"#, r#"{"session_id":{}}"#] {
        assert!(opened(none).is_err(), "{none}");
    }
}

/// 2^53 is 9007199254740992: a client that reads numbers as doubles opens somebody else's session.
#[test]
fn ids_beyond_two_to_the_53_keep_every_digit() {
    for id in ["9007199254740993", "1795327774509774123", "18446744073709551617", "123456789012345678901234567890"] {
        for written in [format!("\"{id}\""), id.to_owned()] {
            let session = opened(&format!(r#"{{"code":0,"data":{{"session_id":{written}}}}}"#)).expect(id);
            assert_eq!(session.id.as_str(), id);
            let call = ReadState::new(session.id).request(&config(), Instant::ORIGIN);
            assert_eq!(call.request().uri().path(), format!("/api/state/nemo_agent/me/{id}/latest"));
        }
    }
}

#[test]
fn ids_never_leave_their_place_in_a_path() {
    for hostile in ["../../x", "a/b", "a?b=c", "a#b", "a%2fb", "..", "é", "1.5e3 ", "-\\u0000"] {
        assert!(opened(&format!(r#"{{"session_id":"{hostile}"}}"#)).is_err(), "{hostile}");
    }
}

#[test]
fn chat_says_who_speaks_and_wants_a_stream() {
    sent().with(|call| {
        assert_eq!(header(call, "accept"), Some("text/event-stream"));
        assert_eq!(header(call, "content-type"), Some("application/json"));
        assert_eq!(call.receive(), Receive::Stream);
        let message = serde_json::json!({"role": "user", "parts": [{"text": "add a title"}]});
        assert_eq!(
            json(call),
            serde_json::json!({"app_name": "nemo_agent", "user_id": "me", "session_id": "7", "new_message": message})
        );
    });
}

/// Everything but the chat is free, and says so to whoever sends it.
#[test]
fn charge_is_on_the_chat_alone() {
    sent().with(|call| assert_eq!(call.charge(), Charge::Charged)).charged(1);
    chat().sends(STATE).with(|call| assert_eq!(call.charge(), Charge::Free)).charged(0);
    Script::new(OneCall::new(config(), OpenSession::new("en"), Seed::new(1))).sends(SESSION).charged(0);
}

#[test]
fn state_tells_what_a_session_holds() {
    let body = r#"{"code":0,"data":{"task_id":"t1","user_id":"anon_1","state":{
        "draft":{"t":[{"tt":0,"sg":[{"d":1000}]}]},
        "video_infos":[{"filename":"a.mp4"},{"name":"b\u001b[2J.mov"},{"title":"c"},{},7,null],
        "canvas_config":{"w":1},"generated_media":{"x":{},"y":{}},"video_analyses":[{}]}}}"#;
    let state = holds(body);
    assert!(state.draft.is_some_and(|draft| draft.can_export()));
    assert_eq!(state.clips.len(), 3);
    assert!(!state.clips.join("").contains('\u{1b}'));
    assert_eq!(state.generated, 2);
    assert_eq!((state.task_id.as_deref(), state.user_id.as_deref()), (Some("t1"), Some("anon_1")));
}

#[test]
fn state_shapes_of_the_draft() {
    for key in ["draft", "timeline_draft"] {
        for (wrap, end) in [(r#"{"code":0,"data":"#, "}"), (r#"{"success":true,"data":"#, "}"), ("", "")] {
            let body = format!(r#"{wrap}{{"state":{{"{key}":{TITLE}}}}}{end}"#);
            assert!(holds(&body).draft.is_some_and(|draft| draft.raw().get() == TITLE), "{body}");
        }
    }
    for none in ["null", "{}", "[]", "\"\""] {
        assert!(holds(&state(none)).draft.is_none(), "{none}");
        let both = format!(r#"{{"data":{{"state":{{"draft":{none},"timeline_draft":{TITLE}}}}}}}"#);
        assert!(holds(&both).draft.is_some(), "{none} under the first name, a draft under the second");
    }
    for none in [r#"{"data":{"state":{}}}"#, r#"{"data":{"state":null}}"#, r#"{"state":{"x":1}}"#] {
        assert!(holds(none).draft.is_none(), "{none}");
    }
    // What changed is found by comparing, so an answer that says nothing of a state is no empty state.
    for nothing in [r#"{"data":{}}"#, r#"{"data":[]}"#, "{}"] {
        let read = ReadState::new(session()).reply(&Reply::new(200, nothing));
        assert_eq!(read.expect_err(nothing).code(), "bad_answer");
    }
}

#[test]
fn state_shapes_of_everything_else() {
    for (media, count) in [("[]", 0), ("[1,2]", 2), ("{}", 0), (r#"{"a":1}"#, 1), ("null", 0), ("7", 0)] {
        let body = format!(r#"{{"state":{{"generated_media":{media},"video_analyses":{media}}}}}"#);
        assert_eq!(holds(&body).generated, count, "{media}");
    }
    for infos in ["[]", "{}", "null", "\"a\"", "[[]]"] {
        assert!(holds(&format!(r#"{{"state":{{"video_infos":{infos}}}}}"#)).clips.is_empty(), "{infos}");
    }
}
