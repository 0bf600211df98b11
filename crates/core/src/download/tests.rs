use super::*;
use crate::ids::{RenderId, SessionId};
use crate::script::Script;

const FALLBACK: &str = "/api/render/proxy/render_1/download";

fn download(link: Option<&str>) -> Script<Download> {
    let config = Arc::new(Config::new("https://api.example").expect("an origin"));
    Script::new(Download::new(config, rendered(link), SinkId(0)))
}

fn rendered(link: Option<&str>) -> Rendered {
    let (session, render) = (SessionId::new("7").expect("an id"), RenderId::new("render_1").expect("an id"));
    Rendered { session, render, link: link.map(Link::to) }
}

fn head(status: u16, headers: &[(&'static str, &str)]) -> Head {
    let mut head = Head::status(status);
    for (name, value) in headers {
        head.headers.insert(*name, value.parse().expect("a header value"));
    }
    head
}

fn saved(bytes: u64) -> Input {
    Input::Saved { bytes, start: b"\0\0\0\x18ftypmp42".to_vec(), whole: true }
}

#[test]
fn a_whole_mp4_is_published() {
    let downloaded = download(Some("https://cdn.example/v"))
        .sends("/v")
        .gets(Input::Head(head(200, &[("content-length", "9")])))
        .saves()
        .gets(saved(9))
        .publishes()
        .gets(Input::Published)
        .done();
    assert_eq!(downloaded.expect("a file"), Downloaded { bytes: 9 });
}

#[test]
fn half_a_file_is_never_published() {
    let mut script = download(None);
    for again in 0..3 {
        script = if again > 0 { script.waits() } else { script };
        script =
            script.sends(FALLBACK).gets(Input::Head(head(200, &[("content-length", "10")]))).saves().gets(saved(9));
    }
    let error = script.done().expect_err("three halves");
    assert_eq!(error.code(), "damaged");
}

#[test]
fn a_dead_link_gives_way_to_the_fallback_route() {
    for status in [403, 404, 500] {
        download(Some("https://cdn.example/v"))
            .sends("/v")
            .gets(Input::Head(head(status, &[])))
            .reads()
            .gets(Input::End)
            .sends(FALLBACK)
            .with(|call| assert!(call.bearer))
            .gets(Input::Head(head(200, &[])))
            .saves()
            .gets(saved(5))
            .publishes()
            .gets(Input::Published)
            .done()
            .expect("a file");
    }
}

#[test]
fn the_fallback_may_answer_with_a_link() {
    download(None)
        .sends(FALLBACK)
        .gets(Input::Head(head(200, &[("content-type", "application/json; charset=utf-8")])))
        .reads()
        .gets(Input::Chunk(br#"{"code":0,"data":{"url":"https://cdn.example/w"}}"#.to_vec()))
        .reads()
        .gets(Input::End)
        .sends("/w")
        .with(|call| assert!(!call.bearer))
        .gets(Input::Head(head(200, &[])))
        .saves()
        .gets(saved(5))
        .publishes()
        .gets(Input::Published)
        .done()
        .expect("a file");
}

#[test]
fn a_redirect_is_checked_like_the_first_link() {
    let error = download(Some("https://cdn.example/v"))
        .sends("/v")
        .gets(Input::Head(head(302, &[("location", "http://10.0.0.1/v")])))
        .sends(FALLBACK)
        .gets(Input::Head(head(404, &[])))
        .reads()
        .gets(Input::End)
        .done()
        .expect_err("nowhere to fetch it");
    assert_eq!(error.code(), "not_found");
}

#[test]
fn a_full_disk_is_told_at_once() {
    let fault = Fault { phase: Phase::Sink, source: "no space left on device".into() };
    let error = download(Some("https://cdn.example/v"))
        .sends("/v")
        .gets(Input::Head(head(200, &[])))
        .saves()
        .gets(Input::Failed(fault))
        .done()
        .expect_err("a full disk");
    assert_eq!(error.code(), "output_unwritable");
}

const URL: Option<&str> = Some("https://cdn.example/v");
const V1: (&str, &str) = ("etag", "\"v1\"");

fn cut(bytes: u64) -> Input {
    Input::Cut { bytes, why: "reset".into() }
}

/// Four bytes of ten came, then the connection broke; the next request is out.
fn cut_off_after_four() -> Script<Download> {
    let whole = head(200, &[V1, ("content-length", "10")]);
    download(URL).sends("/v").gets(Input::Head(whole)).saves_from(0).gets(cut(4)).waits().sends("/v")
}

fn header<'a>(call: &'a crate::call::Call, name: &str) -> Option<&'a str> {
    call.request().headers().get(name).map(|value| value.to_str().expect("ASCII"))
}

#[test]
fn a_download_that_broke_off_goes_on_where_it_broke_off() {
    let rest = head(206, &[V1, ("content-range", "bytes 4-9/10"), ("content-length", "6")]);
    cut_off_after_four()
        .with(|call| {
            assert_eq!((header(call, "range"), header(call, "if-range")), (Some("bytes=4-"), Some("\"v1\"")));
        })
        .gets(Input::Head(rest))
        .saves_from(4)
        .gets(saved(10))
        .publishes()
        .gets(Input::Published)
        .done()
        .expect("a file");
}

#[test]
fn a_rest_that_is_not_exactly_the_rest_is_not_used() {
    for headers in [
        &[V1, ("content-range", "bytes 3-9/10")][..],
        &[V1, ("content-range", "bytes 4-8/10")],
        &[V1, ("content-range", "bytes 4-9/*")],
        &[V1, ("content-range", "bytes 4-9/10"), ("content-length", "5")],
        &[V1, ("content-range", "bytes 4-9")],
        &[V1, ("content-range", "bytes +4-9/10")],
        &[V1],
        &[("etag", "\"v2\""), ("content-range", "bytes 4-9/10")],
    ] {
        cut_off_after_four()
            .gets(Input::Head(head(206, headers)))
            .waits()
            .sends("/v")
            .with(|call| assert_eq!(header(call, "range"), None, "{headers:?}"))
            .gets(Input::Head(head(200, &[])))
            .saves_from(0);
    }
}

#[test]
fn a_server_that_sends_all_of_it_again_is_taken_at_its_word() {
    cut_off_after_four().gets(Input::Head(head(200, &[("etag", "\"v2\"")]))).saves_from(0);
    cut_off_after_four().gets(Input::Head(head(416, &[]))).waits().sends("/v");
}

#[test]
fn a_weak_version_is_none() {
    for etag in ["W/\"v1\"", "v1", "\"\"", ""] {
        let whole = head(200, &[("etag", etag), ("content-length", "10")]);
        let script = download(URL).sends("/v").gets(Input::Head(whole)).saves_from(0).gets(cut(4)).waits();
        script.sends("/v").with(|call| assert_eq!(header(call, "range"), None, "{etag}"));
    }
}

#[test]
fn what_a_killed_process_left_is_gone_on_with() {
    let config = Arc::new(Config::new("https://api.example").expect("an origin"));
    let resumed = Download::resume(config, rendered(URL), SinkId(0), Some("\"v1\"".into()));
    let script = Script::new(resumed).measures().gets(Input::Measured { part: 4, output: None }).sends("/v");
    script.with(|call| assert_eq!(header(call, "range"), Some("bytes=4-")));
}

#[test]
fn a_link_that_expires_half_way_gives_way_to_the_fallback_which_brings_the_rest() {
    cut_off_after_four()
        .gets(Input::Head(head(403, &[])))
        .reads()
        .gets(Input::End)
        .sends(FALLBACK)
        .with(|call| assert_eq!(header(call, "if-range"), Some("\"v1\"")));
}

#[test]
fn each_try_is_paused_for_and_their_number_is_bounded() {
    let mut script = download(None);
    for again in 0..3 {
        script = if again > 0 { script.waits() } else { script };
        script = script.sends(FALLBACK).gets(Input::Head(head(200, &[V1]))).saves().gets(cut(5));
    }
    assert_eq!(script.done().expect_err("no progress").code(), "connection_lost");
}

#[test]
fn whoever_resumes_knows_the_version_and_that_the_file_is_complete() {
    let whole = head(200, &[V1, ("content-length", "10")]);
    let script = download(URL).sends("/v").gets(Input::Head(whole)).saves();
    let told = |event: &Event| matches!(event, Event::Checkpoint(Checkpoint::Downloading { etag: Some(_), .. }));
    let script = script.saw(told).gets(saved(10)).publishes();
    script.saw(|event| matches!(event, Event::Checkpoint(Checkpoint::Publishing { bytes: 10, .. })));
}

#[test]
fn a_version_is_told_only_once_its_bytes_are_all_that_lies_there() {
    let config = Arc::new(Config::new("https://api.example").expect("an origin"));
    let resumed = Download::resume(config, rendered(URL), SinkId(0), Some("\"v1\"".into()));
    let told = |event: &Event| {
        let Event::Checkpoint(Checkpoint::Downloading { etag, .. }) = event else { return Some("another".into()) };
        etag.clone()
    };
    let script = Script::new(resumed).measures().gets(Input::Measured { part: 4, output: None }).sends("/v");
    let script = script.gets(Input::Head(head(200, &[("etag", "\"v2\"")]))).saves_from(0);
    let script = script.saw(|event| told(event).is_none());
    let script = script.gets(cut(3)).waits().saw(|event| told(event).as_deref() == Some("\"v2\""));
    script.sends("/v").with(|call| assert_eq!(header(call, "range"), Some("bytes=3-")));
}

#[test]
fn a_part_that_is_the_whole_file_is_finished_by_its_last_byte() {
    let config = Arc::new(Config::new("https://api.example").expect("an origin"));
    let resumed = Download::resume(config, rendered(URL), SinkId(0), Some("\"v1\"".into()));
    let script = Script::new(resumed).measures().gets(Input::Measured { part: 10, output: None }).sends("/v");
    let unsatisfiable = || Input::Head(head(416, &[("content-range", "bytes */10")]));
    let script = script.with(|call| assert_eq!(header(call, "range"), Some("bytes=10-"))).gets(unsatisfiable());
    let script = script.sends("/v").with(|call| assert_eq!(header(call, "range"), Some("bytes=9-")));
    let last = head(206, &[V1, ("content-range", "bytes 9-9/10")]);
    script.gets(Input::Head(last)).saves_from(9).gets(saved(10)).publishes();
}

#[test]
fn a_redirect_of_the_api_to_itself_keeps_the_token_and_any_other_does_not() {
    for (location, bearer) in
        [("/files/v", true), ("https://api.example/files/v", true), ("https://cdn.example/v", false)]
    {
        let script = download(None).sends(FALLBACK).gets(Input::Head(head(302, &[("location", location)])));
        script.sends("/").with(|call| assert_eq!(call.bearer, bearer, "{location}"));
    }
    let script = download(URL).sends("/v").gets(Input::Head(head(302, &[("location", "https://api.example/x")])));
    script
        .sends("/x")
        .with(|call| assert!(!call.bearer, "a foreign host does not choose what is asked with the token"));
}

#[test]
fn half_a_file_that_was_passed_on_as_a_whole_one_is_damaged() {
    let half = || Input::Saved { bytes: 10, start: b"\0\0\0\x18ftypmp42".to_vec(), whole: false };
    let mut script = download(None);
    for again in 0..3 {
        script = if again > 0 { script.waits() } else { script };
        let announced = head(200, &[("content-length", "10")]);
        script = script.sends(FALLBACK).gets(Input::Head(announced)).saves().gets(half());
    }
    assert_eq!(script.done().expect_err("three halves").code(), "damaged");
}
