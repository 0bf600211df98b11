//! Uploads: formats, sizes, names, and what becomes of them.

use crate::http::ask;
use crate::user::{User, split};
use serde_json::json;
use weixin_video_fake_backend::FakeBackend;

#[test]
fn an_upload_is_described_and_shows_in_the_state() {
    let backend = FakeBackend::builder().unjudged().start().unwrap();
    let user = User::of(&backend);
    let data = user.upload("clip.mp4", b"clip").send().data();
    let file = &data["files"][0];
    assert_eq!(file["file_type"], "video");
    assert_eq!((&file["width"], &file["height"], &file["fps"]), (&json!(1080), &json!(1920), &json!(30.0)));
    assert_eq!(file["duration"], json!(8.0), "seconds");
    assert_eq!(data["session_state_applied"], true);
    assert_eq!(user.state().send().data()["state"]["video_infos"][0], *file);
}

#[test]
fn an_upload_comes_back_from_the_cdn_byte_for_byte() {
    let backend = FakeBackend::builder().unjudged().start().unwrap();
    let content: Vec<u8> = (0..1_000_000_u32).map(|n| (n * 7 % 251) as u8).collect();
    let data = User::of(&backend).upload("clip.mp4", &content).send().data();
    let (cdn, path) = split(data["files"][0]["cdn_url"].as_str().unwrap());
    assert!(ask(&cdn, "GET", &path).send().body == content);
}

#[test]
fn images_and_sounds_lack_fields() {
    let backend = FakeBackend::builder().unjudged().start().unwrap();
    let user = User::of(&backend);
    let parts: [(&str, &str, &[u8]); 2] = [("files", "a.jpg", b"a"), ("files", "b.mp3", b"b")];
    let data = user.ask("POST", &user.upload_path()).multipart(&parts).send().data();
    assert!(data["files"][0].get("duration").is_none() && data["files"][0]["width"].is_u64());
    assert!(data["files"][1].get("width").is_none() && data["files"][1]["duration"].is_f64());
}

#[test]
fn every_format_of_the_list_is_taken_and_no_other() {
    let backend = FakeBackend::builder().unjudged().start().unwrap();
    let user = User::of(&backend);
    for extension in "mp4 mov avi webm mkv jpg png gif webp mp3 wav m4a aac MP4".split(' ') {
        assert_eq!(user.upload(&format!("a.{extension}"), b"a").send().status, 200, "{extension}");
    }
    for name in ["a.txt", "a.exe", "mp4", "a.mp4.sh", "a.", ""] {
        let (status, code, message) = user.upload(name, b"a").send().error();
        assert_eq!((status, code), (400, 4001), "{name}");
        assert!(message.contains("mp4, mov"), "{message}");
    }
    let local = FakeBackend::builder().unjudged().accept_formats(&["mpg"]).start().unwrap();
    assert_eq!(User::of(&local).upload("a.mpg", b"a").send().status, 200);
}

#[test]
fn an_empty_file_is_refused_with_a_reason() {
    let backend = FakeBackend::builder().unjudged().start().unwrap();
    let (_, code, message) = User::of(&backend).upload("a.mp4", b"").send().error();
    assert_eq!((code, message.as_str()), (4001, "the file is empty"));
}

#[test]
fn one_byte_too_many_is_4002_and_the_limit_itself_is_not() {
    let backend = FakeBackend::builder().unjudged().upload_limit(300_000).start().unwrap();
    let user = User::of(&backend);
    assert_eq!(user.upload("a.mp4", &vec![1; 300_000]).send().status, 200);
    let refused = user.upload("a.mp4", &vec![1; 300_001]).send();
    assert_eq!((refused.error().0, refused.error().1), (413, 4002));
    assert_eq!(user.state().send().data()["state"]["video_infos"].as_array().unwrap().len(), 1);
}

#[test]
fn one_bad_file_spoils_the_batch_and_leaves_nothing() {
    let spool = std::env::temp_dir().join(format!("weixin-video-batch-{}", std::process::id()));
    std::fs::create_dir_all(&spool).unwrap();
    let backend = FakeBackend::builder().unjudged().spool_in(&spool).start().unwrap();
    let user = User::of(&backend);
    let parts: [(&str, &str, &[u8]); 2] = [("files", "a.mp4", b"a"), ("files", "b.txt", b"b")];
    assert_eq!(user.ask("POST", &user.upload_path()).multipart(&parts).send().error().1, 4001);
    assert_eq!(user.state().send().data()["state"]["video_infos"], json!([]));
    let folder = std::fs::read_dir(&spool).unwrap().next().unwrap().unwrap().path();
    assert_eq!(std::fs::read_dir(folder).unwrap().count(), 0);
    drop(backend);
    assert_eq!(std::fs::read_dir(&spool).unwrap().count(), 0, "the spool is gone with the server");
    std::fs::remove_dir(&spool).unwrap();
}

#[test]
fn parts_are_named_files() {
    let backend = FakeBackend::builder().unjudged().start().unwrap();
    let user = User::of(&backend);
    let path = user.upload_path();
    assert_eq!(user.ask("POST", &path).multipart(&[("file", "a.mp4", b"a")]).send().error().0, 422);
    assert_eq!(user.ask("POST", &path).multipart(&[]).send().error().0, 422);
    assert_eq!(user.ask("POST", &path).header("Content-Type", "text/plain").body("a").send().error().0, 400);
    let torn = user
        .upload("a.mp4", b"a")
        .body("--b0undary\r\nContent-Disposition: form-data; name=\"files\"; filename=\"a.mp4\"\r\n\r\nabc");
    assert_eq!(torn.send().error().0, 400);
}

#[test]
fn a_file_name_is_shown_and_never_a_path() {
    let backend = FakeBackend::builder().unjudged().start().unwrap();
    let user = User::of(&backend);
    let data = user.upload("../../../tmp/escaped-早安.mp4", b"a").send().data();
    assert_eq!(data["files"][0]["filename"], "escaped-早安.mp4");
    assert!(!data["files"][0]["cdn_url"].as_str().unwrap().contains("escaped"));
    assert!(!std::path::Path::new("/tmp/escaped-早安.mp4").exists());
}

#[test]
fn a_part_whose_head_never_ends_is_refused() {
    let backend = FakeBackend::builder().unjudged().start().unwrap();
    let user = User::of(&backend);
    let mut body = b"--b0undary\r\nX-Long: ".to_vec();
    body.resize(12 * 1024 * 1024, b'a');
    assert_eq!(user.upload("a.mp4", b"a").body(body).send().error().0, 400);
}

#[test]
fn by_url_only_what_is_known_here() {
    let backend = FakeBackend::builder().unjudged().start().unwrap();
    let user = User::of(&backend);
    let first = user.upload("clip.mp4", b"clip").send().data();
    backend.register_url("https://example.com/far.mov?x=1", b"far").unwrap();
    let by_url = |urls| user.ask("POST", &user.upload_path()).json(&json!({"urls": urls, "source_type": "url"})).send();
    let data = by_url(json!([first["files"][0]["cdn_url"], "https://example.com/far.mov?x=1"])).data();
    assert_eq!(data["files"][0]["hash"], first["files"][0]["hash"]);
    assert_eq!(data["files"][1]["filename"], "far.mov");
    for stranger in ["https://example.com/other.mp4", "http://127.0.0.1:1/a.mp4", "file:///etc/hostname"] {
        assert_eq!(by_url(json!([stranger])).error().1, 4001, "{stranger}");
    }
    assert_eq!(by_url(json!([])).error().0, 422);
    let untyped = user.ask("POST", &user.upload_path()).json(&json!({"urls": ["https://example.com/far.mov?x=1"]}));
    assert_eq!(untyped.send().error().0, 422);
}

#[test]
fn a_refused_upload_is_read_to_its_end_so_that_the_refusal_arrives() {
    let backend = FakeBackend::builder().unjudged().start().unwrap();
    let user = User::of(&backend);
    let refused = user.upload("a.mp4", &vec![0; 8_000_000]).token("nmv_usr_unknown").send();
    assert_eq!(refused.error().1, 1001);
    assert!(backend.journal().last().unwrap().body_len > 8_000_000);
}
