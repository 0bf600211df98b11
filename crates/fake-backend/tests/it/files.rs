//! The CDN: ranges, validators, and no token ever.

use crate::http::{Answer, Ask, ask};
use crate::user::{User, split};
use weixin_video_fake_backend::{Bearer, CANNED_MP4, FakeBackend, Origin};

fn rendered(backend: &FakeBackend) -> (User, Ask) {
    let user = User::with_draft(backend);
    let (cdn, path) = split(user.render("render_1").json()["output"]["url"].as_str().expect("a server that works"));
    (user, ask(&cdn, "GET", &path))
}

fn part(answer: &Answer) -> (u16, Option<&str>, &[u8]) {
    (answer.status, answer.header("content-range"), &answer.body)
}

#[test]
fn the_whole_file_says_how_long_it_is_and_that_it_has_ranges() {
    let backend = FakeBackend::builder().unjudged().start().unwrap();
    let (_, get) = rendered(&backend);
    let answer = get.send();
    assert_eq!(answer.body, CANNED_MP4);
    assert_eq!(answer.header("content-length"), Some(CANNED_MP4.len().to_string().as_str()));
    assert_eq!((answer.header("content-type"), answer.header("accept-ranges")), (Some("video/mp4"), Some("bytes")));
    assert!(answer.header("etag").unwrap().starts_with('"'));
}

#[test]
fn parts_of_a_file() {
    let backend = FakeBackend::builder().unjudged().start().unwrap();
    let (_, get) = rendered(&backend);
    let len = CANNED_MP4.len();
    let answer = get.clone().header("Range", "bytes=4-11").send();
    assert_eq!(part(&answer), (206, Some(format!("bytes 4-11/{len}").as_str()), &b"ftypisom"[..]));
    let answer = get.clone().header("Range", "bytes=1000-").send();
    assert_eq!(part(&answer), (206, Some(format!("bytes 1000-{}/{len}", len - 1).as_str()), &CANNED_MP4[1000..]));
    let answer = get.clone().header("Range", "bytes=-10").send();
    assert_eq!((answer.status, &answer.body[..]), (206, &CANNED_MP4[len - 10..]));
    let answer = get.clone().header("Range", &format!("bytes={len}-")).send();
    assert_eq!(part(&answer), (416, Some(format!("bytes */{len}").as_str()), &b""[..]));
    let answer = get.header("Range", "bytes=0-1,4-5").send();
    assert_eq!((answer.status, answer.body.len()), (200, len));
}

#[test]
fn a_part_only_of_the_same_file() {
    let backend = FakeBackend::builder().unjudged().start().unwrap();
    let (_, get) = rendered(&backend);
    let etag = get.send().header("etag").unwrap().to_owned();
    let resumed = get.clone().header("Range", "bytes=100-");
    assert_eq!(resumed.clone().header("If-Range", &etag).send().status, 206);
    let other = resumed.header("If-Range", "\"another\"").send();
    assert_eq!((other.status, other.body.len()), (200, CANNED_MP4.len()));
    assert_eq!(get.header("If-None-Match", &etag).send().status, 304);
}

#[test]
fn a_file_that_was_replaced_is_another_one() {
    let backend = FakeBackend::builder().unjudged().start().unwrap();
    let (user, get) = rendered(&backend);
    let url = user.status("render_1").send().json()["output"]["url"].as_str().unwrap().to_owned();
    let etag = get.send().header("etag").unwrap().to_owned();
    backend.replace_file(&url, b"another version").unwrap();
    let resumed = get.header("Range", "bytes=8-").header("If-Range", &etag).send();
    assert_eq!((resumed.status, resumed.body.as_slice()), (200, &b"another version"[..]));
    assert_ne!(resumed.header("etag"), Some(etag.as_str()));
    assert!(backend.replace_file("http://example.com/r/1.mp4", b"").is_err());
}

#[test]
fn a_date_or_a_weak_validator_is_never_the_same_file() {
    let backend = FakeBackend::builder().unjudged().start().unwrap();
    let (_, get) = rendered(&backend);
    let weak = format!("W/{}", get.send().header("etag").unwrap());
    for validator in [weak.as_str(), "Sun, 22 Nov 2026 06:09:33 GMT"] {
        let answer = get.clone().header("Range", "bytes=8-").header("If-Range", validator).send();
        assert_eq!((answer.status, answer.body.len()), (200, CANNED_MP4.len()), "{validator}");
    }
}

#[test]
fn a_head_has_no_body() {
    let backend = FakeBackend::builder().unjudged().start().unwrap();
    let (user, _) = rendered(&backend);
    let (cdn, path) = split(user.status("render_1").send().json()["output"]["url"].as_str().unwrap());
    let head = ask(&cdn, "HEAD", &path).send();
    assert_eq!(head.header("content-length"), Some(CANNED_MP4.len().to_string().as_str()));
    assert!(head.body.is_empty());
}

#[test]
fn the_cdn_rejects_a_token_and_remembers_it() {
    let backend = FakeBackend::builder().unjudged().start().unwrap();
    let (user, get) = rendered(&backend);
    for header in [format!("Bearer {}", user.token), "Basic eDp5".to_owned()] {
        let refused = get.clone().header("Authorization", &header).send();
        assert_eq!(refused.error().0, 400);
    }
    assert_eq!(backend.violations().len(), 2);
    let leaks: Vec<Bearer> = backend
        .journal()
        .iter()
        .filter(|exchange| exchange.origin == Origin::Cdn && exchange.violation.is_some())
        .map(|exchange| exchange.bearer)
        .collect();
    assert_eq!(leaks, [Bearer::Space(0), Bearer::Unknown]);
}

#[test]
fn a_token_in_a_url_is_a_violation_and_does_not_show() {
    let backend = FakeBackend::builder().unjudged().start().unwrap();
    let user = User::of(&backend);
    ask(&backend.url(), "GET", &format!("/x?token={}", user.token)).send();
    assert_eq!(backend.violations().len(), 1);
    assert_eq!(backend.journal().last().unwrap().target, "/x?token=<token>");
}

#[test]
#[should_panic(expected = "the token leaked")]
fn a_violation_fails_the_test_that_finishes() {
    let backend = FakeBackend::builder().unjudged().start().unwrap();
    ask(&backend.cdn_url(), "GET", "/r/x.mp4").token("x").send();
    backend.finish();
}

#[test]
fn files_have_no_neighbours() {
    let backend = FakeBackend::builder().unjudged().start().unwrap();
    for path in ["/", "/r/", "/../../etc/hostname", "/r/..%2f..%2fetc%2fhostname", "/%2e%2e/x", "//etc/hostname"] {
        assert_eq!(ask(&backend.cdn_url(), "GET", path).send().status, 404, "{path}");
    }
    assert_eq!(ask(&backend.cdn_url(), "POST", "/r/x").send().status, 405);
}
