//! What is an error, what is none, and what ended the run.

use weixin_video_core::dialect::{AgentError, ErrorKind, Note, Piece, Turn};

use crate::script::*;

#[test]
fn an_error_comes_once_and_is_fatal_only_at_the_end() {
    let event = r#"{"author":"a","errorCode":"ValueError","errorMessage":"no"}"#;
    let doubled = r#"{"error": "ValueError: no", "error_details": {"error_type": "ValueError"}}"#;
    let alone = r#"{"error": "no", "error_details": {"error_type": "ValueError"}}"#;
    let more = agent("", r#"{"text":"Back again."}"#);
    let fatal =
        |events: &[&str]| summary(events).errors.iter().map(|error| (error.kind, error.fatal)).collect::<Vec<_>>();
    assert_eq!(fatal(&[event]), [(ErrorKind::Event, false)]);
    assert_eq!(fatal(&[event, doubled]), [(ErrorKind::Event, true)]);
    assert_eq!(fatal(&[event, "", doubled]), [(ErrorKind::Event, true)], "a heartbeat between");
    assert_eq!(fatal(&[event, doubled, alone]), [(ErrorKind::Event, true), (ErrorKind::Line, true)]);
    assert_eq!(fatal(&[alone]), [(ErrorKind::Line, true)]);
    assert_eq!(fatal(&[alone, &more]), [(ErrorKind::Line, false)], "the stream went on");
    assert_eq!(pieces(&[alone]), [line(Some("ValueError"), "no")]);
    let partial = r#"{"author":"a","partial":true,"errorCode":"SAFETY"}"#;
    assert_eq!(fatal(&[partial]), [], "it comes again");
}

#[test]
fn what_is_not_json_is_an_error_with_its_text() {
    for (data, fatal) in [
        (r#"{"error": "no "quota""#, true),
        (r#"{ "error": "no"#, true),
        ("Error while running agent: no", false),
        (r#"{"author":"a""#, false),
        ("{}{}", false),
    ] {
        let error = AgentError { kind: ErrorKind::Unparsable, code: None, message: data.into(), fatal };
        assert_eq!(pieces(&[data]), [Piece::Error(error)], "{data}");
    }
    let seen = Turn::new().take("error", b"plain words");
    assert!(matches!(&seen[..], [Piece::Error(error)] if error.fatal), "{seen:?}");
    let bad = Turn::new().take("message", b"{\"author\":\"a\",\"content\":{\"parts\":[{\"text\":\"a\xFFb\"}]}}");
    assert_eq!(bad, [text("a\u{fffd}b")], "bad UTF-8 is no error");
}

#[test]
fn codes_that_are_no_failure() {
    let did = agent("", r#"{"functionResponse":{"name":"f","response":{}}}"#);
    for code in ["STOP", "MODEL_RETURNED_NO_CONTENT"] {
        let seen = summary(&[&did, &format!(r#"{{"author":"a","errorCode":"{code}"}}"#)]);
        assert_eq!((seen.errors.len(), seen.silent_edit, seen.notes), (0, true, vec![Note::Benign { code }]));
    }
    let cut = agent(r#""errorCode":"MAX_TOKENS","#, r#"{"text":"cut he"}"#);
    assert_eq!(summary(&[&cut]).notes, [Note::Truncated]);
    let half = agent(PARTIAL, r#"{"text":"cut he"}"#);
    let ends = r#"{"author":"a","errorCode":"MAX_TOKENS"}"#;
    let seen = summary(&[&half, ends]);
    assert_eq!(
        (seen.texts.as_slice(), seen.notes.as_slice(), seen.errors.len()),
        (&["cut he".to_owned()][..], &[Note::Truncated][..], 0)
    );
    assert_eq!(summary(&[ends]).errors.len(), 1, "no text at all is a failure");
}
