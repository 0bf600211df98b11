//! Rows of the export's status, shape by shape.

use weixin_video_core::api::{Endpoint, ReadExport, RenderStatus};
use weixin_video_core::time::Instant;

use crate::wire::*;

/// The host of the URL, which is all that may show.
#[track_caller]
fn completed(body: &str) -> Option<String> {
    match status(body).status {
        RenderStatus::Completed { url } => url.map(|link| format!("{link:?}")),
        other @ (RenderStatus::Going | RenderStatus::Failed { .. }) => panic!("{body} is {other:?}"),
    }
}

/// The same object in every place and envelope.
fn nested(object: &str) -> Vec<String> {
    vec![
        object.to_owned(),
        format!(r#"{{"data":{object}}}"#),
        format!(r#"{{"code":0,"message":"ok","data":{object}}}"#),
        format!(r#"{{"code":"0","data":{object}}}"#),
        format!(r#"{{"success":true,"data":{object}}}"#),
        format!(r#"{{"data":{{"data":{object}}}}}"#),
        format!(r#"{{"code":0,"data":{{"id":"r","data":{object}}}}}"#),
    ]
}

#[test]
fn export_status_is_asked_for_by_our_own_id() {
    let call = ReadExport { render: render() }.request(&config(), Instant::ORIGIN);
    assert_eq!(
        format!("{} {}", call.request().method(), call.request().uri().path()),
        "GET /api/render/proxy/lambda/render_1"
    );
    assert_eq!(
        status(r#"{"id":"theirs","taskId":9007199254740993,"status":"processing"}"#).status,
        RenderStatus::Going
    );
}

/// Whatever stands beside it: times in ms, sizes, the server's own ids, an `error` that says nothing.
#[test]
fn export_status_takes_no_offence_at_what_stands_beside_it() {
    let body = r#"{"data":{"status":"completed","progress":100,"error":null,"createdAt":1795327774000,"completedAt":"x",
        "output":{"url":"https://c.example/v","duration":8000,"size":"5"},"taskId":1}}"#;
    assert_eq!(completed(body).as_deref(), Some("Link(c.example)"));
}

#[test]
fn nesting_is_the_body_data_or_data_data() {
    for body in nested(r#"{"status":"processing","progress":40}"#) {
        let told = status(&body);
        assert_eq!((told.status, told.percent), (RenderStatus::Going, Some(40)), "{body}");
    }
    for body in nested(r#"{"status":"completed","outputUrl":"https://c.example/v"}"#) {
        assert_eq!(completed(&body).as_deref(), Some("Link(c.example)"), "{body}");
    }
    for body in nested(r#"{"status":"failed","error":"no frames"}"#) {
        assert_eq!(status(&body).status, RenderStatus::Failed { why: "no frames".into() }, "{body}");
    }
}

#[test]
fn status_word_in_any_case() {
    for word in ["completed", "COMPLETED", "Completed", "cOmPlEtEd"] {
        assert!(completed(&format!(r#"{{"status":"{word}","url":"https://c.example/v"}}"#)).is_some(), "{word}");
    }
    for word in ["failed", "FAILED", "Failed"] {
        let failed = status(&format!(r#"{{"status":"{word}","error":"x"}}"#)).status;
        assert_eq!(failed, RenderStatus::Failed { why: "x".into() }, "{word}");
    }
}

#[test]
fn status_word_that_nobody_knows_is_still_going() {
    for body in [
        r#"{"status":"pending"}"#,
        r#"{"status":"processing"}"#,
        r#"{"status":"QUEUED"}"#,
        r#"{"status":"rendering_stage_2"}"#,
        r#"{"status":"complete?"}"#,
        r#"{"status":""}"#,
        r#"{"status":null}"#,
        r#"{"status":7}"#,
        r#"{"status":{"x":1}}"#,
        r#"{"id":"r"}"#,
        "{}",
    ] {
        assert_eq!(status(body).status, RenderStatus::Going, "{body}");
    }
}

#[test]
fn progress_in_every_shape() {
    for (progress, percent) in [
        ("0", Some(0)),
        ("40", Some(40)),
        ("41.7", Some(41)),
        ("\"40\"", Some(40)),
        ("0.4", Some(40)),
        ("1", Some(1)),
        ("100", Some(100)),
        ("250", Some(100)),
        ("-5", Some(0)),
        ("1e300", Some(100)),
        ("1e999", None),
        ("null", None),
        ("\"half\"", None),
        ("\"\"", None),
        ("{}", None),
    ] {
        let body = format!(r#"{{"status":"processing","progress":{progress}}}"#);
        assert_eq!(status(&body).percent, percent, "{progress}");
    }
    assert_eq!(status(r#"{"status":"processing"}"#).percent, None);
}

#[test]
fn completed_with_its_url_under_every_key() {
    for key in ["outputUrl", "output_url", "url", "videoUrl", "video_url", "download_url"] {
        for object in [
            format!(r#"{{"status":"completed","{key}":"https://c.example/v"}}"#),
            format!(r#"{{"status":"completed","output":{{"{key}":"https://c.example/v"}}}}"#),
            format!(r#"{{"status":"completed","{key}":"https://c.example/v","output":{{"size":5}}}}"#),
            format!(r#"{{"status":"completed","{key}":"https://c.example/v","output":null}}"#),
        ] {
            for body in nested(&object) {
                assert_eq!(completed(&body).as_deref(), Some("Link(c.example)"), "{body}");
            }
        }
    }
}

#[test]
fn completed_without_a_usable_url_is_completed_all_the_same() {
    for body in [
        r#"{"status":"completed"}"#,
        r#"{"status":"completed","url":null}"#,
        r#"{"status":"completed","url":""}"#,
        r#"{"status":"completed","url":"/srv/out.mp4"}"#,
        r#"{"status":"completed","output":{"url":""},"url":""}"#,
        r#"{"status":"completed","output":"x"}"#,
    ] {
        assert_eq!(completed(body), None, "{body}");
    }
}

/// The first key may hold nothing of use, and the next one the URL.
#[test]
fn completed_with_an_unusable_url_before_the_usable_one() {
    for body in [
        r#"{"status":"completed","outputUrl":"","url":"https://c.example/v"}"#,
        r#"{"status":"completed","outputUrl":null,"videoUrl":"https://c.example/v"}"#,
        r#"{"status":"completed","output":{"url":"/srv/out.mp4"},"url":"https://c.example/v"}"#,
        r#"{"status":"completed","outputUrl":"/srv/out.mp4","download_url":"https://c.example/v"}"#,
    ] {
        assert_eq!(completed(body).as_deref(), Some("Link(c.example)"), "{body}");
    }
}

#[test]
fn failed_says_why_in_every_shape() {
    for (body, why) in [
        (r#"{"status":"failed","error":"no frames"}"#, "no frames"),
        (r#"{"status":"failed","error":{"message":"no frames"}}"#, "no frames"),
        (r#"{"status":"failed","message":"no frames"}"#, "no frames"),
        (r#"{"code":0,"data":{"status":"failed","error":"no frames"}}"#, "no frames"),
        (r#"{"success":true,"data":{"status":"FAILED","reason":"no frames"}}"#, "no frames"),
    ] {
        assert_eq!(status(body).status, RenderStatus::Failed { why: why.into() }, "{body}");
    }
    for body in [r#"{"status":"failed"}"#, r#"{"status":"failed","error":null}"#, r#"{"status":"failed","error":""}"#] {
        let RenderStatus::Failed { why } = status(body).status else { panic!("{body}") };
        assert!(!why.is_empty(), "{body}: something is said in any case");
    }
}
