//! Kinds of faults in streams, exports and downloads, and the reply that is lost on every route that changes something.

use crate::faults_seen::{Bench, End, Seen, all_of};
use crate::http::{Ask, ask};
use crate::user::{anonymous, split};
use serde_json::{Value, json};
use weixin_video_fake_backend::{AgentReply, CANNED_MP4, Fault, Kind, Route, Site, kind};

/// The words of the scripted answer.
const WORDS: &str = "Done and dusted.";

fn chat(bench: &Bench, site: Site, kind: kind::Stream) -> Seen {
    let done = json!({"status": "success"});
    bench.backend.reply(AgentReply::new().tool("edit", json!({}), done).say(WORDS));
    bench.strike(site, kind, &bench.user.chat("hi"))
}

#[test]
fn streams() {
    let bench = Bench::new();
    let plain = {
        bench.backend.reply(AgentReply::new().tool("edit", json!({}), json!({"status": "success"})).say(WORDS));
        Seen::of(&bench.user.chat("hi")).text()
    };
    for kind in all_of(|kind| if let Kind::Stream(kind) = kind { Some(kind) } else { None }) {
        let seen = if beats(kind) { beating(&bench, kind) } else { chat(&bench, Fault::on(Route::Chat), kind) };
        let text = seen.text();
        let added = text.strip_prefix(&plain).unwrap_or_default();
        match kind {
            kind::Stream::BeatsJson => assert!(text.matches("data: {\"type\":\"heartbeat\"}\n\n").count() > 1),
            kind::Stream::BeatsEmpty => assert!(text.matches("data:\n\n").count() > 1),
            kind::Stream::BeatsComment => assert!(text.matches(": heartbeat\n\n").count() > 1),
            kind::Stream::BeatsEvent => assert!(text.matches("event: heartbeat\n").count() > 1),
            kind::Stream::LateNoise => assert!(added.contains("telemetry") && added.ends_with("half a li")),
            kind::Stream::TrailingIssue => assert!(added.contains("I encountered a temporary issue")),
            kind::Stream::UnknownEvents => assert!(added.contains("sparkles") && added.contains("event: confetti\n")),
            kind::Stream::Pieces => {
                let chunks = String::from_utf8_lossy(seen.wire_body()).matches("\r\n1\r\n").count();
                assert_eq!((chunks, text.as_str()), (plain.len() - 1, plain.as_str()));
            }
            kind::Stream::Crlf => assert_eq!(text, plain.replace('\n', "\r\n")),
            kind::Stream::Cr => assert_eq!(text, plain.replace('\n', "\r")),
            kind::Stream::Bom => assert_eq!(text, format!("\u{feff}{plain}")),
            kind::Stream::CommentFlood => assert_eq!(added.matches(": nothing\n").count(), 200_000),
            kind::Stream::GiantEvent => assert!(added.len() > 64 * 1024 * 1024 && added.ends_with("aa\"}\n\n")),
            kind::Stream::GiantLine => assert!(added.len() > 64 * 1024 * 1024 && !added.contains('\n')),
            kind::Stream::BadJson => assert!(added.starts_with("data: {") && event(added).is_none()),
            kind::Stream::DeepJson => assert_eq!(added.matches('[').count(), 100_000),
            kind::Stream::BadUtf8 => assert!(std::str::from_utf8(&seen.body()).is_err()),
            kind::Stream::Lines => assert!(added.contains("retry: 0\n") && added.matches("\ndata: ").count() == 2),
            kind::Stream::ErrorAfterText => assert_eq!(event(added).expect("what the kind is about")["type"], "error"),
            kind::Stream::ErrorOnly => assert_eq!(event(&text).expect("what the kind is about")["type"], "error"),
            kind::Stream::Unfinished => assert_eq!(format!("{text}\n\n"), plain),
            kind::Stream::TextTwice => assert_eq!(text.matches(WORDS).count(), 2),
            kind::Stream::TextControls => assert!(added.contains("\\u001b[31m") && added.contains('\u{202e}')),
            kind::Stream::TwoStages => assert!(added.contains("raw video") && added.contains("Background music")),
            kind::Stream::Question => {
                assert!(event(added).expect("what the kind is about")["questions"][0]["options"][1]["id"] == "b")
            }
            kind::Stream::NotAStream => {
                assert!(
                    seen.header("content-type").expect("what the kind is about").contains("json")
                        && !text.contains("data: ")
                );
            }
            kind::Stream::SilentNothing => assert!(text.ends_with("\"type\":\"tool_result\"}\n\n")),
            kind::Stream::SilentNoContent => assert_eq!(last(&text), json!({"author": "nemo_agent"})),
            kind::Stream::SilentRoleOnly => assert_eq!(last(&text)["content"], json!({"role": "model"})),
            kind::Stream::SilentEmptyParts => assert_eq!(last(&text)["content"]["parts"], json!([])),
            kind::Stream::SilentEmptyText => assert_eq!(last(&text)["content"]["parts"], json!([{"text": ""}])),
            kind::Stream::SilentCodeStop => assert_eq!(last(&text)["errorCode"], "STOP"),
            kind::Stream::SilentCodeNoContent => assert_eq!(last(&text)["errorCode"], "MODEL_RETURNED_NO_CONTENT"),
        }
        let silent = Kind::from(kind).name().starts_with("silent-");
        assert!(!silent || !text.contains(WORDS), "{kind:?}");
    }
}

fn beats(kind: kind::Stream) -> bool {
    Kind::from(kind).name().starts_with("beats-")
}

/// Beats come for ever, so the reader leaves at the third.
fn beating(bench: &Bench, kind: kind::Stream) -> Seen {
    bench.backend.fault(Fault::on(Route::Chat).does(kind));
    let seen = Seen::some(&bench.user.chat("hi"), 600);
    assert!(bench.backend.unfired().is_empty(), "{kind:?}");
    assert_eq!(seen.end, End::Enough);
    seen
}

fn event(block: &str) -> Option<Value> {
    serde_json::from_str(block.strip_prefix("data: ")?.trim_end()).ok()
}

fn last(stream: &str) -> Value {
    stream.trim_end().rsplit("\n\n").next().and_then(event).expect("an event")
}

#[test]
fn something_is_put_in_after_each_event_and_never_beyond_the_last() {
    let bench = Bench::new();
    for at in 0..=3 {
        let seen = chat(&bench, Fault::on(Route::Chat).at_event(at), kind::Stream::ErrorAfterText);
        let text = seen.text();
        let place = text.split("\n\n").position(|block| block.contains("fell over"));
        assert_eq!(place, Some(at as usize), "{text}");
    }
    bench.backend.fault(Fault::on(Route::Chat).at_event(4).does(kind::Stream::ErrorAfterText));
    bench.backend.reply(AgentReply::new().say(WORDS));
    assert!(!Seen::of(&bench.user.chat("hi")).text().contains("fell over"));
    assert_eq!(bench.backend.unfired().len(), 1);
}

#[test]
fn a_stream_breaks_after_each_event_with_the_work_done_and_undone() {
    let bench = Bench::new();
    let charges = || bench.backend.ledger(&bench.user.token).charges.len();
    for at in 0..=3 {
        for (site, charged) in [
            (Fault::on(Route::Chat).before_commit().at_event(at), 0),
            (Fault::on(Route::Chat).after_commit().at_event(at), 1),
        ] {
            let before = charges();
            let reply = AgentReply::new().tool("edit", json!({}), json!({})).say(WORDS).charge(5);
            bench.backend.reply(reply);
            let seen = bench.strike(site, kind::Request::ResetMidBody, &bench.user.chat("hi"));
            assert_eq!((seen.text().matches("\n\n").count(), seen.end), (at as usize, End::Reset));
            assert_eq!(charges() - before, charged);
        }
    }
}

#[test]
fn exports() {
    for kind in all_of(|kind| if let Kind::Render(kind) = kind { Some(kind) } else { None }) {
        let bench = Bench::new();
        let (order, status) = (bench.user.export(&bench.user.order("render_1")), bench.user.status("render_1"));
        let name = Kind::from(kind);
        if name.stands_at(Route::Export) {
            let seen = bench.strike(Fault::on(Route::Export), kind, &order);
            check_export(kind, &seen, &Seen::of(&status));
            continue;
        }
        assert_eq!(Seen::of(&order).status(), 200);
        let plain = json_of(&Seen::of(&status));
        let seen = bench.strike(Fault::on(Route::ExportStatus), kind, &status);
        check_status(kind, &seen, &plain);
        assert_eq!(json_of(&Seen::of(&status)), plain, "once and no more: {name}");
    }
}

fn json_of(seen: &Seen) -> Value {
    serde_json::from_str(&seen.text()).expect("JSON")
}

fn check_export(kind: kind::Render, seen: &Seen, then: &Seen) {
    let status = json_of(then)["status"].clone();
    if kind == kind::Render::Fails {
        assert_eq!((seen.status(), status), (200, json!("failed")));
    } else if kind == kind::Render::DuplicateId {
        assert_eq!((seen.status(), status), (409, json!("completed")));
    } else {
        assert_eq!((seen.raw.len(), seen.end, status), (0, End::Closed, json!("completed")));
    }
}

fn check_status(kind: kind::Render, seen: &Seen, plain: &Value) {
    let body = json_of(seen);
    let url = plain["output"]["url"].clone();
    assert!(url.is_string(), "{plain}");
    match kind {
        kind::Render::Fails | kind::Render::DuplicateId | kind::Render::DoneUnheard => panic!("not of the status"),
        kind::Render::SaysFailed => assert!(body["status"] == "failed" && body["error"].is_string()),
        kind::Render::FailedObject => assert!(body["status"] == "failed" && body["error"].is_object()),
        kind::Render::FailedMute => assert!(body["status"] == "failed" && body.get("error").is_none()),
        kind::Render::Stuck => assert!(body["status"] == "processing" && body["progress"] == 99),
        kind::Render::UnknownWord => assert_eq!(body["status"], "polishing"),
        kind::Render::OtherCase => assert_eq!(body["status"], "CoMpLeTeD"),
        kind::Render::NoWord => assert!(body.get("status").is_none() && body["output"]["url"] == url),
        kind::Render::NoUrl => assert!(body["status"] == "completed" && !seen.text().contains("http://")),
        kind::Render::UrlOutput => assert_eq!(body["output"], json!({"url": url})),
        kind::Render::UrlOutputUrl => assert!(body["outputUrl"] == url && body.get("output").is_none()),
        kind::Render::UrlOutputUrlSnake => assert!(body["output_url"] == url && body.get("output").is_none()),
        kind::Render::UrlPlain => assert!(body["url"] == url && body.get("output").is_none()),
        kind::Render::UrlVideo => assert!(body["videoUrl"] == url && body.get("output").is_none()),
        kind::Render::UrlDownload => assert!(body["download_url"] == url && body.get("output").is_none()),
        kind::Render::UrlPrivate => assert_eq!(body["outputUrl"], "http://192.168.0.1/admin/out.mp4"),
        kind::Render::UrlFile => assert_eq!(body["outputUrl"], "file:///etc/passwd"),
        kind::Render::UrlUserinfo => {
            assert!(body["outputUrl"].as_str().expect("what the kind is about").contains("://user:secret@"))
        }
        kind::Render::UrlGarbage => assert_eq!(body["outputUrl"], "out.mp4 (click here)"),
        kind::Render::Nested => assert_eq!(&body["data"]["data"], plain),
        kind::Render::Backwards => assert_eq!(body["progress"], 1),
        kind::Render::Over => assert_eq!(body["progress"], 250),
        kind::Render::Text => assert_eq!(body["progress"], "87%"),
        kind::Render::OtherId => assert_eq!(body["id"], "render_of_somebody_else"),
        kind::Render::Forgotten => assert_eq!((seen.status(), &body["code"]), (404, &json!(404))),
    }
}

#[test]
fn downloads() {
    let bench = Bench::new();
    let status = bench.user.render("render_1").json();
    let (cdn, path) = split(status["output"]["url"].as_str().expect("a URL"));
    let get = ask(&cdn, "GET", &path);
    let etag = Seen::of(&get).header("etag").expect("an ETag");
    let part = get.clone().header("Range", "bytes=100-").header("If-Range", &etag);
    for kind in all_of(|kind| if let Kind::Download(kind) = kind { Some(kind) } else { None }) {
        let seen = bench.strike(Fault::on(Route::Cdn), kind, if Kind::from(kind).needs_range() { &part } else { &get });
        check_download(kind, &seen, &etag);
    }
    let whole = Seen::of(&get);
    assert!(whole.body() == CANNED_MP4 && whole.is_whole());
}

fn check_download(kind: kind::Download, seen: &Seen, etag: &str) {
    let (body, total) = (seen.body(), CANNED_MP4.len());
    let field = |name: &str| seen.header(name).unwrap_or_default();
    let range = |first: usize, last: usize, total: usize| format!("bytes {first}-{last}/{total}");
    let asked = range(100, total - 1, total);
    match kind {
        kind::Download::WrongOffset => {
            assert!(field("content-range") == range(101, total - 1, total) && body == CANNED_MP4[101..]);
        }
        kind::Download::WrongTotal => assert_eq!(field("content-range"), range(100, total - 1, total * 2)),
        kind::Download::WrongLength => assert!(field("content-range") == asked && body.len() == (total - 100) / 2),
        kind::Download::NoContentRange => assert!(field("content-range").is_empty() && body == CANNED_MP4[100..]),
        kind::Download::Multipart => assert!(field("content-type").starts_with("multipart/byteranges")),
        kind::Download::Ignored => assert!(body == CANNED_MP4 && field("etag") == etag),
        kind::Download::Unsatisfiable => assert_eq!(field("content-range"), "bytes */0"),
        kind::Download::OtherVersion => {
            assert!(field("etag") != etag && body[..64] == CANNED_MP4[..64] && body[64] == !CANNED_MP4[64]);
            assert_eq!(body.len(), total);
        }
        kind::Download::OtherVersionPart => {
            assert!(field("etag") != etag && field("content-range") == asked && body[0] == !CANNED_MP4[100]);
        }
        kind::Download::SameEtag => {
            assert!(field("etag") == etag && field("content-range") == asked && body[0] == !CANNED_MP4[100]);
        }
        kind::Download::NoEtag => assert!(field("etag").is_empty() && field("accept-ranges").is_empty()),
        kind::Download::Json => assert!(field("content-type").contains("json") && body.starts_with(b"{")),
        kind::Download::Page => assert!(field("content-type") == "text/html" && body.starts_with(b"<html>")),
        kind::Download::Empty => assert!(body.is_empty() && field("content-length") == "0"),
        kind::Download::NotMp4 => assert!(body.len() == total && &body[4..8] != b"ftyp"),
        kind::Download::Half => assert!(body == CANNED_MP4[..total / 2] && seen.is_whole()),
        kind::Download::Shorter => {
            assert!(field("etag") != etag && body.len() == total / 2 && body.starts_with(&CANNED_MP4[..64]));
        }
        kind::Download::Longer => assert!(body.len() == total + 1000 && seen.is_whole()),
        kind::Download::Expired => assert!(body.starts_with(b"<Error>")),
        kind::Download::Gone | kind::Download::CdnTrouble => assert!(body.starts_with(b"<Error>")),
        kind::Download::HostileName => assert!(field("content-disposition").contains("../../.ssh")),
    }
    let status = match Kind::from(kind).name() {
        "range-refused" => 416,
        "link-expired" => 403,
        "file-gone" => 404,
        "cdn-503" => 503,
        "range-ignored" => 200,
        _ if Kind::from(kind).needs_range() => 206,
        _ => 200,
    };
    assert_eq!(seen.status(), status, "{kind:?}");
}

#[test]
fn a_part_that_nobody_asked_for_is_no_place_for_a_wrong_one() {
    let bench = Bench::new();
    let status = bench.user.render("render_1").json();
    let (cdn, path) = split(status["output"]["url"].as_str().expect("a URL"));
    bench.backend.fault(Fault::on(Route::Cdn).does(kind::Download::WrongOffset));
    assert!(Seen::of(&ask(&cdn, "GET", &path)).body() == CANNED_MP4);
    assert_eq!(bench.backend.unfired().len(), 1);
}

/// What shows that a route did its work, each time a bigger number.
fn traces(bench: &Bench, route: Route) -> usize {
    let (backend, user) = (&bench.backend, &bench.user);
    match route {
        Route::Session => backend.space(&user.token).expect("a space").sessions().len(),
        Route::Upload => user.state().send().data()["state"]["video_infos"].as_array().expect("a list").len(),
        Route::Chat => backend.ledger(&user.token).charges.len(),
        Route::Export => usize::from(user.status("render_lost").send().status == 200),
        Route::CancelExport => {
            let seen = user.status("render_cancelled").send().json();
            usize::from(seen["status"] == "failed")
        }
        // The next one is refused: the lost token counts.
        Route::AnonymousToken => usize::from(anonymous(backend, "another").send().status == 429),
        Route::ClaimToken
        | Route::State
        | Route::Credits
        | Route::ExportStatus
        | Route::Download
        | Route::Cdn
        | Route::Unknown => 0,
    }
}

fn call(bench: &Bench, route: Route) -> Ask {
    let user = &bench.user;
    match route {
        Route::AnonymousToken => anonymous(&bench.backend, "another"),
        Route::Session => user.open(),
        Route::ClaimToken => {
            user.ask("POST", "/api/auth/claim-token").json(&json!({"task_id": user.task, "session_id": user.session}))
        }
        Route::Upload => user.upload("clip.mp4", b"clip"),
        Route::Chat => user.chat("format this for WeChat"),
        Route::Export => user.export(&user.order("render_lost")),
        Route::CancelExport => user.ask("POST", "/api/render/proxy/lambda/render_cancelled/cancel"),
        Route::State | Route::Credits | Route::ExportStatus | Route::Download | Route::Cdn | Route::Unknown => {
            panic!("changes nothing")
        }
    }
}

#[test]
fn a_reply_is_lost_after_the_work_and_before_it_on_every_route_that_changes_something() {
    let losses =
        [kind::Request::LoseReply, kind::Request::ResetAfter, kind::Request::FinMidHead, kind::Request::ResetMidBody];
    for route in Route::ALL.into_iter().filter(|route| route.changes_something()) {
        for kind in losses {
            for (site, done) in [(Fault::on(route).before_commit(), 0), (Fault::on(route).after_commit(), 1)] {
                let bench = Bench::slow();
                let counted = [Route::Session, Route::Upload, Route::Chat].contains(&route);
                let before = if counted { traces(&bench, route) } else { 0 };
                if route == Route::CancelExport {
                    assert_eq!(Seen::of(&bench.user.export(&bench.user.order("render_cancelled"))).status(), 200);
                }
                let seen = bench.strike(site, kind, &call(&bench, route));
                assert!(!seen.is_whole(), "{kind:?} at {route}");
                let wanted = if route == Route::ClaimToken { 0 } else { done };
                assert_eq!(traces(&bench, route) - before, wanted, "{kind:?} at {route}");
            }
        }
    }
}
