//! Row of the download: the link, the other route, and the rest of a file that was cut off.

use weixin_video_core::call::{Call, SinkId};
use weixin_video_core::download::Download;
use weixin_video_core::error::{Phase, Row};
use weixin_video_core::event::{Checkpoint, Event};

use crate::script::Script;
use crate::wire::*;

const URL: Option<&str> = Some("https://cdn.example/v?sig=s");
const FALLBACK: &str = "GET /api/render/proxy/render_1/download";
const V1: (&str, &str) = ("etag", "\"v1\"");
const JSON: (&str, &str) = ("content-type", "application/json; charset=utf-8");

fn download(url: Option<&str>) -> Script<Download> {
    Script::new(Download::new(config(), rendered(url), SinkId(0)))
}

/// Ten bytes of the version "v1" were announced, four came.
fn cut_off() -> Script<Download> {
    download(URL).sends("GET /v").begins(200, &[V1, ("content-length", "10")]).saves(0).breaks_off_at(4).waits_a_while()
}

/// What is asked for when it goes on: the range, and the version it must be of.
fn rest(call: &Call) -> (Option<&str>, Option<&str>) {
    (header(call, "range"), header(call, "if-range"))
}

#[test]
fn download_of_bytes_is_published_when_it_is_whole() {
    let script = download(URL).sends("GET /v").with(|call| assert_eq!(rest(call), (None, None)));
    let script = script.begins(200, &[("content-length", "9"), ("content-type", "video/mp4")]).saves(0).saved(9);
    assert_eq!(script.publishes().done().expect("a file").bytes, 9);
    let unannounced = download(URL).sends("GET /v").begins(200, &[]).saves(0).saved(9).publishes();
    assert_eq!(unannounced.done().expect("a file").bytes, 9);
}

/// Half a file is none, and neither is an empty one or a page.
#[test]
fn download_that_is_not_the_whole_video_is_never_published() {
    let wrong: [(u64, u64, &[u8]); 3] = [(10, 9, b"\0\0\0\x18ftypmp42"), (0, 0, b""), (9, 9, b"<html><head><title>")];
    for (announced, bytes, start) in wrong {
        let announced = announced.to_string();
        let mut script = download(None);
        for _ in 0..3 {
            script = script.sends(FALLBACK).begins(200, &[("content-length", &announced)]).saves(0);
            script = script
                .gets(weixin_video_core::machine::Input::Saved { bytes, start: start.to_vec(), whole: true })
                .settled();
            script = if script.is_over() { script } else { script.waits_a_while() };
        }
        assert_eq!(script.done().expect_err("not whole").code(), "damaged", "{bytes} of {announced}");
    }
}

/// An expired link, and all else that brings no file.
#[test]
fn download_falls_back_to_the_api_when_the_link_is_dead() {
    for status in [400, 401, 403, 404, 410, 500, 503] {
        for body in ["", "<Error><Code>AccessDenied</Code></Error>", r#"{"code":403}"#] {
            let script = download(URL).sends("GET /v").begins(status, &[]);
            let script = if body.is_empty() { script } else { script.hears(body) };
            let script = script.ends().sends(FALLBACK).begins(200, &[]).saves(0).saved(9).publishes();
            assert_eq!(script.done().expect("a file").bytes, 9, "{status} {body}");
        }
    }
    for headers in [&[JSON][..], &[("content-type", "text/html")]] {
        let script = download(URL).sends("GET /v").begins(200, headers).hears("{}").ends().sends(FALLBACK);
        script.begins(200, &[]).saves(0).saved(9).publishes().done().expect("a file");
    }
}

/// Bytes or JSON: the content type tells.
#[test]
fn download_by_the_api_may_answer_with_a_url() {
    for body in [
        r#"{"url":"https://cdn.example/w"}"#,
        r#"{"code":0,"data":{"url":"https://cdn.example/w"}}"#,
        r#"{"success":true,"data":{"download_url":"https://cdn.example/w"}}"#,
        r#"{"data":{"output":{"url":"https://cdn.example/w"}}}"#,
        r#"{"status":"completed","outputUrl":"https://cdn.example/w"}"#,
    ] {
        let script = download(None).sends(FALLBACK).begins(200, &[JSON]).hears(body).ends().sends("GET /w");
        script.begins(200, &[]).saves(0).saved(9).publishes().done().expect(body);
    }
    for body in ["{}", "[]", "", r#"{"url":"/srv/out.mp4"}"#, r#"{"url":7}"#, r#"{"url":"file:///etc/passwd"}"#] {
        let script = download(None).sends(FALLBACK).begins(200, &[JSON]);
        let script = if body.is_empty() { script } else { script.hears(body) };
        assert_eq!(script.ends().done().expect_err(body).code(), "no_download", "{body}");
    }
}

/// Nothing leads into this machine or a private network, by whichever hop.
#[test]
fn download_follows_no_link_to_a_private_place() {
    for url in [
        "http://cdn.example/v",
        "https://127.0.0.1/v",
        "https://10.0.0.1/v",
        "https://169.254.169.254/v",
        "https://u:p@cdn.example/v",
    ] {
        download(Some(url)).sends(FALLBACK);
        download(URL).sends("GET /v").begins(302, &[("location", url)]).sends(FALLBACK);
        let body = format!(r#"{{"url":"{url}"}}"#);
        let error = download(None).sends(FALLBACK).begins(200, &[JSON]).hears(&body).ends().done().expect_err(url);
        assert_eq!(error.code(), "no_download");
        assert!(!error.to_string().contains(url), "{error}");
    }
}

#[test]
fn download_gives_up_on_redirects_that_go_round() {
    let mut script = download(URL);
    for _ in 0..6 {
        script = script.sends("GET /v").begins(302, &[("location", "/v")]);
    }
    script.sends(FALLBACK);
}

#[test]
fn download_that_was_cut_off_asks_for_the_rest() {
    let exact = [V1, ("content-range", "bytes 4-9/10"), ("content-length", "6")];
    let script = cut_off().sends("GET /v").with(|call| assert_eq!(rest(call), (Some("bytes=4-"), Some("\"v1\""))));
    assert_eq!(script.begins(206, &exact).saves(4).saved(10).publishes().done().expect("a file").bytes, 10);
    let again = cut_off().sends("GET /v").begins(206, &exact).saves(4).breaks_off_at(7).waits_a_while().sends("GET /v");
    again
        .with(|call| assert_eq!(rest(call), (Some("bytes=7-"), Some("\"v1\""))))
        .begins(206, &[V1, ("content-range", "bytes 7-9/10")])
        .saves(7);
}

/// Everything but exactly the rest of the same version: from the start.
#[test]
fn download_that_gets_another_rest_begins_anew() {
    for headers in [
        &[V1, ("content-range", "bytes 3-9/10")][..],
        &[V1, ("content-range", "bytes 5-9/10")],
        &[V1, ("content-range", "bytes 4-8/10")],
        &[V1, ("content-range", "bytes 4-9/11")],
        &[V1, ("content-range", "bytes 4-9/*")],
        &[V1, ("content-range", "bytes */10")],
        &[V1, ("content-range", "bytes 4-9")],
        &[V1, ("content-range", "items 4-9/10")],
        &[V1, ("content-range", "bytes +4-9/10")],
        &[V1, ("content-range", "bytes 4-18446744073709551615/18446744073709551616")],
        &[V1, ("content-range", "bytes 4-9/10"), ("content-length", "7")],
        &[V1, ("content-type", "multipart/byteranges; boundary=x")],
        &[V1],
        &[("etag", "\"v2\""), ("content-range", "bytes 4-9/10")],
    ] {
        let script = cut_off().sends("GET /v").begins(206, headers).waits_a_while().sends("GET /v");
        let script = script.with(|call| assert_eq!(rest(call), (None, None), "{headers:?}"));
        script.begins(200, &[]).saves(0).saved(9).publishes().done().expect("a file");
    }
}

/// A rest that does not say of which version it is, strongly, is of none.
#[test]
fn download_that_gets_a_rest_without_a_version_begins_anew() {
    for headers in [
        &[("content-range", "bytes 4-9/10")][..],
        &[("etag", "W/\"v1\""), ("content-range", "bytes 4-9/10")],
        &[("etag", "W/\"v2\""), ("content-range", "bytes 4-9/10")],
    ] {
        cut_off().sends("GET /v").begins(206, headers).waits_a_while().sends("GET /v");
    }
}

#[test]
fn download_that_gets_all_of_it_again_writes_it_anew() {
    for headers in [&[V1][..], &[("etag", "\"v2\""), ("content-length", "11")], &[]] {
        cut_off().sends("GET /v").begins(200, headers).saves(0);
    }
    let script = cut_off().sends("GET /v").begins(200, &[("etag", "\"v2\"")]).saves(0).breaks_off_at(5).waits_a_while();
    script.sends("GET /v").with(|call| assert_eq!(rest(call), (Some("bytes=5-"), Some("\"v2\""))));
    let script = cut_off().sends("GET /v").begins(416, &[("content-range", "bytes */10")]).settled();
    let script = if script.is_reading() { script.ends() } else { script };
    let script = script.waits_a_while().sends("GET /v").with(|call| assert_eq!(rest(call), (None, None)));
    script.begins(200, &[]).saves(0);
}

/// A weak version says that two files look alike, not that their bytes do.
#[test]
fn download_never_goes_on_by_a_weak_version_or_none() {
    for headers in [
        &[("etag", "W/\"v1\"")][..],
        &[("etag", "v1")],
        &[("etag", "\"\"")],
        &[("last-modified", "Wed, 21 Oct 2015 07:28:00 GMT")],
        &[],
    ] {
        let script = download(URL).sends("GET /v").begins(200, headers).saves(0).breaks_off_at(4).waits_a_while();
        script.sends("GET /v").with(|call| assert_eq!(rest(call), (None, None), "{headers:?}"));
    }
}

/// What a killed process left, with the version its checkpoint names.
#[test]
fn download_of_another_run_goes_on() {
    let resume =
        |etag: Option<&str>| Script::new(Download::resume(config(), rendered(URL), SinkId(0), etag.map(str::to_owned)));
    let script = resume(Some("\"v1\"")).finds(4).sends("GET /v");
    script
        .with(|call| assert_eq!(rest(call), (Some("bytes=4-"), Some("\"v1\""))))
        .begins(206, &[V1, ("content-range", "bytes 4-9/10")])
        .saves(4);
    for (etag, part) in [(Some("\"v1\""), 0), (Some("W/\"v1\""), 4), (Some("x\r\ny"), 4), (None, 4)] {
        let script = resume(etag).finds(part).sends("GET /v");
        script.with(|call| assert_eq!(rest(call), (None, None), "{etag:?}")).begins(200, &[]).saves(0);
    }
}

/// A link that expires half way: the other route brings the rest, or all of it.
#[test]
fn download_of_the_rest_falls_back_as_well() {
    let script = cut_off().sends("GET /v").begins(403, &[]).ends().sends(FALLBACK);
    script.begins(206, &[V1, ("content-range", "bytes 4-9/10")]).saves(4).saved(10).publishes().done().expect("a file");
    let script = cut_off().sends("GET /v").begins(403, &[]).ends().sends(FALLBACK);
    script.begins(200, &[("etag", "\"other\"")]).saves(0).saved(10).publishes().done().expect("a file");
}

/// Tries are bounded where nothing is gained by them, and end with an error that costs nothing to repeat.
#[test]
fn download_that_never_gets_on_ends() {
    let mut script = download(None);
    for _ in 0..20 {
        script = script.settled();
        if script.is_over() {
            break;
        }
        script = script.sends(FALLBACK).begins(200, &[V1]).saves(0).breaks_off_at(0).settled();
        script = if script.is_over() { script } else { script.waits_a_while() };
    }
    let error = script.done().expect_err("never whole");
    assert!(error.sending_again_is_safe() && error.render().is_some(), "{error}");
}

#[test]
fn download_to_a_full_disk_is_told_at_once() {
    for phase in [Phase::Sink, Phase::SinkExists] {
        let error = download(URL).sends("GET /v").begins(200, &[]).saves(0).fails(phase).done().expect_err("the disk");
        assert!(matches!(error.code(), "output_unwritable" | "output_exists"));
    }
}

/// What whoever resumes must know is told before it is needed.
#[test]
fn download_tells_its_version_before_it_saves_and_its_length_before_it_publishes() {
    let script = download(URL).sends("GET /v").begins(200, &[V1, ("content-length", "9")]).settled();
    let version = |etag: &Option<String>| etag.as_deref() == Some("\"v1\"");
    let script =
        script.saw(|event| matches!(event, Event::Checkpoint(Checkpoint::Downloading { etag, .. }) if version(etag)));
    let script = script.never_saw(|event| matches!(event, Event::Checkpoint(Checkpoint::Publishing { .. })));
    let script = script.saves(0).saved(9);
    let told = |event: &Event| matches!(event, Event::Checkpoint(Checkpoint::Publishing { bytes: 9, .. }));
    let script = script.saw(told);
    assert!(!format!("{:?}", script.events()).contains("sig=s"), "no signed URL is kept");
    script.publishes().done().expect("a file");
}

#[test]
fn download_that_the_api_refuses_is_told_as_it_is() {
    let error = download(None).sends(FALLBACK).begins(404, &[]).ends().done().expect_err("none");
    assert_eq!(error.row(), Some(Row::NotFound));
    let error = download(None).sends(FALLBACK).begins(200, &[JSON]).hears(r#"{"code":402}"#).ends().done();
    assert_eq!(error.expect_err("no").row(), Some(Row::PlanNeeded));
}
