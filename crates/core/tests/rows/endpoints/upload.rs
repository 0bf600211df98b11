//! Rows of the upload.

use weixin_video_core::api::{Endpoint, Source, SourceUrl, Upload, UploadUrl, Uploaded};
use weixin_video_core::call::{Body, Reply};
use weixin_video_core::error::{Error, Phase};
use weixin_video_core::ids::Seed;
use weixin_video_core::one_call::OneCall;
use weixin_video_core::time::Instant;

use crate::script::Script;
use crate::wire::*;

fn upload(name: &str, bytes: u64) -> Result<Upload, Error> {
    let source = Source { name: name.into(), bytes, start: Vec::new(), ..source() };
    Upload::new(&config(), session(), source, Seed::new(1))
}

#[track_caller]
fn uploaded(body: &str) -> Uploaded {
    upload("a.mp4", 12).expect("an upload").reply(&Reply::new(200, body)).expect(body)
}

#[test]
fn upload_is_a_form_with_one_file() {
    let call = upload("a.mp4", 12).expect("an upload").request(&config(), Instant::ORIGIN);
    assert_eq!(format!("{} {}", call.request().method(), call.request().uri().path()), UPLOAD);
    let boundary = header(&call, "content-type").and_then(|value| value.strip_prefix("multipart/form-data; boundary="));
    let boundary = boundary.expect("a form").to_owned();
    let Body::File { head, len, tail, .. } = call.request().body() else { panic!("a file") };
    let head = String::from_utf8_lossy(head);
    assert!(head.starts_with(&format!("--{boundary}\r\n")), "{head}");
    assert!(head.contains("name=\"files\"; filename=\"a.mp4\"\r\nContent-Type: video/mp4\r\n\r\n"), "{head}");
    assert_eq!(String::from_utf8_lossy(tail), format!("\r\n--{boundary}--\r\n"));
    let whole = head.len() + tail.len() + 12;
    assert_eq!((*len, call.request().body().content_length()), (12, whole as u64));
}

#[test]
fn upload_of_a_url_is_fetched_by_the_server() {
    let url = SourceUrl::new("https://clips.example/a.mp4?sig=s").expect("a URL");
    let call = UploadUrl::new(session(), url).request(&config(), Instant::ORIGIN);
    assert_eq!(call.request().uri().path(), "/api/upload-video/nemo_agent/me/7");
    let wanted = serde_json::json!({"urls": ["https://clips.example/a.mp4?sig=s"], "source_type": "url"});
    assert_eq!(json(&call), wanted);
}

/// Seconds become milliseconds; pictures and sound have fewer fields; some servers have fewer still.
#[test]
fn upload_answers_in_every_shape() {
    let all = |names: &[&str], duration_ms, applied| Uploaded {
        names: names.iter().map(|name| (*name).to_owned()).collect(),
        duration_ms,
        applied,
    };
    for (body, wanted) in [
        (
            r#"{"code":0,"data":{"files":[{"filename":"a.mp4","file_type":"video","cdn_url":"https://c/a","duration":8.0417,
            "width":1920,"height":1080,"fps":29.97,"hash":"x"}],"session_state_applied":true}}"#,
            all(&["a.mp4"], Some(8042), true),
        ),
        (r#"{"files":[{"filename":"a.png","width":1,"height":1}]}"#, all(&["a.png"], None, false)),
        (r#"{"success":true,"data":{"files":[{"name":"a.mp3","duration":"3"}]}}"#, all(&["a.mp3"], Some(3000), false)),
        (r#"{"data":{"files":[{"filename":"a"},{"filename":"b","duration":1}]}}"#, all(&["a", "b"], None, false)),
        (r#"{"files":[{"duration":-1}]}"#, all(&[], None, false)),
        (r#"{"files":[{"duration":1e300}]}"#, all(&[], Some(u64::MAX), false)),
        (r#"{"code":0,"data":{"session_state_applied":true}}"#, all(&[], None, true)),
    ] {
        assert_eq!(uploaded(body), wanted, "{body}");
    }
}

/// Nothing was taken in: the message must not go to an empty session.
#[test]
fn upload_that_names_no_file_is_none() {
    for body in
        ["{}", r#"{"code":0,"data":{}}"#, r#"{"code":0,"data":null}"#, r#"{"data":{"files":{}}}"#, r#"{"files":[]}"#]
    {
        let read = upload("a.mp4", 12).expect("an upload").reply(&Reply::new(200, body));
        assert_eq!(read.expect_err(body).code(), "bad_answer", "{body}");
    }
}

/// 200 MB are not sent again without a word, whatever came of the first time.
#[test]
fn upload_goes_out_once() {
    let script =
        || Script::new(OneCall::new(config(), upload("a.mp4", 12).expect("an upload"), Seed::new(1))).sends(UPLOAD);
    assert_eq!(script().fails(Phase::Sending).done().expect_err("lost").code(), "connection_lost");
    assert_eq!(script().replies(502, "<html>").done().expect_err("trouble").code(), "server_trouble");
    assert_eq!(script().times_out().done().expect_err("silence").code(), "timed_out");
}

#[test]
fn files_of_every_documented_format_are_taken() {
    const DOCUMENT: &str = include_str!("../../../PROTOCOL.md");
    let formats = ["mp4", "mov", "avi", "webm", "mkv", "jpg", "png", "gif", "webp", "mp3", "wav", "m4a", "aac"];
    let row = DOCUMENT.lines().find(|line| line.starts_with("- **files**")).expect("the row");
    assert!(row.contains("200,000,000 bytes"), "{row}");
    for format in formats {
        assert!(row.contains(format), "{format} is documented");
        assert!(upload(&format!("a.{format}"), 1).is_ok(), "{format}");
        assert!(upload(&format!("A.{}", format.to_uppercase()), 1).is_ok(), "{format}");
    }
    for other in ["a.txt", "a.exe", "a", "mp4", ".mp4", "a.mp4.zip", "a.heic"] {
        assert_eq!(upload(other, 1).expect_err(other).code(), "unsupported", "{other}");
    }
}

#[test]
fn files_of_up_to_200_million_bytes_are_taken() {
    assert!(upload("a.mp4", 200_000_000).is_ok());
    assert_eq!(upload("a.mp4", 200_000_001).expect_err("too large").code(), "too_large");
    assert_eq!(upload("a.mp4", 0).expect_err("empty").code(), "unsupported");
}
