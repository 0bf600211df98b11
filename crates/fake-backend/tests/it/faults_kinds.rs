//! Every kind of fault, seen on a plain socket: it does what its name says.

use crate::faults_seen::{Bench, End, Seen, all_of};
use crate::http::ask;
use serde_json::{Value, json};
use std::io::ErrorKind;
use std::net::TcpStream;
use std::time::Duration;
use weixin_video_fake_backend::{Clock, FakeBackend, Fault, Kind, Route, Shape, kind};

#[test]
fn names_are_many_and_each_stands_for_one_kind() {
    let mut names: Vec<&str> = Kind::ALL.iter().map(|kind| kind.name()).collect();
    assert!(names.len() >= 60, "{}", names.len());
    for kind in Kind::ALL {
        assert_eq!(kind.name().parse::<Kind>(), Ok(*kind));
        assert!(kind.about().ends_with(['.', '`', '9', '4', '0', '2', '3', '6']) || !kind.about().is_empty());
        assert!(kind.name().bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'));
    }
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), Kind::ALL.len());
    assert_eq!("no-such-fault".parse::<Kind>(), Err("no fault is called \"no-such-fault\"".to_owned()));
}

#[test]
fn a_kind_that_was_never_reached_is_unfired_on_every_route_it_can_stand_at() {
    let backend = FakeBackend::builder().unjudged().start().unwrap();
    let mut scripted = 0;
    for kind in Kind::ALL {
        let routes: Vec<Route> = Route::ALL.into_iter().filter(|route| kind.stands_at(*route)).collect();
        assert!(!routes.is_empty(), "{kind} stands nowhere");
        for route in routes {
            backend.fault(Fault::on(route).does(*kind));
            scripted += 1;
        }
    }
    let unfired = backend.unfired();
    assert_eq!(unfired.len(), scripted);
    for kind in Kind::ALL {
        assert!(unfired.iter().any(|line| line.contains(&format!(": {kind}"))), "{kind}");
    }
}

#[test]
fn connections() {
    for kind in all_of(|kind| if let Kind::Connection(kind) = kind { Some(kind) } else { None }) {
        let backend = FakeBackend::builder().unjudged().clock(Clock::Manual).start().unwrap();
        let request = ask(&backend.url(), "GET", "/api/credits/balance/simple");
        backend.fault(Fault::on(Route::Credits).does(kind));
        assert_eq!(backend.unfired().len(), 1);
        let seen = Seen::of(&request);
        match kind {
            kind::Connection::Refuse => {
                assert_eq!((seen.raw.len(), seen.end), (0, End::Reset));
                let refused = TcpStream::connect(request.origin()).expect_err("nobody listens");
                assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
                backend.advance(Duration::from_millis(300));
                while TcpStream::connect(request.origin()).is_err() {}
            }
            kind::Connection::Fin => assert_eq!((seen.raw.len(), seen.end), (0, End::Closed)),
            kind::Connection::Reset => assert_eq!((seen.raw.len(), seen.end), (0, End::Reset)),
            kind::Connection::Slow => {
                assert_eq!((seen.raw.len(), seen.end), (0, End::Silent));
                assert_eq!(backend.next_timer(), Some(Duration::from_millis(200)));
            }
            kind::Connection::SpeaksFirst => assert_eq!(seen.raw, b"220 mail.example ESMTP ready\r\n"),
        }
        assert!(backend.unfired().is_empty(), "{kind:?}");
        if kind != kind::Connection::Slow {
            assert_eq!(Seen::of(&request).status(), 401, "the next connection is served: {kind:?}");
        }
    }
}

#[test]
fn requests() {
    let bench = Bench::new();
    let whole = Seen::of(&bench.user.credits());
    let open = bench.user.open();
    for kind in all_of(|kind| if let Kind::Request(kind) = kind { Some(kind) } else { None }) {
        let seen = bench.strike(Fault::on(Route::Session), kind, &open);
        match kind {
            kind::Request::ResetBeforeBody | kind::Request::CutRequest | kind::Request::ResetAfter => {
                assert_eq!((seen.raw.len(), seen.end), (0, End::Reset), "{kind:?}");
            }
            kind::Request::HalfClose | kind::Request::LoseReply => {
                assert_eq!((seen.raw.len(), seen.end), (0, End::Closed), "{kind:?}");
            }
            kind::Request::NeverReads | kind::Request::StallBeforeHead => {
                assert_eq!((seen.raw.len(), seen.end), (0, End::Silent), "{kind:?}");
            }
            kind::Request::EarlyAnswer => assert_eq!((seen.status(), seen.end), (413, End::Closed)),
            kind::Request::EarlyAnswerReset => assert_eq!((seen.status(), seen.end), (413, End::Reset)),
            kind::Request::Late | kind::Request::Trickle => assert!(seen.status() == 200 && seen.is_whole()),
            kind::Request::ResetMidHead => assert!(cut_head(&seen) && seen.end == End::Reset),
            kind::Request::FinMidHead => assert!(cut_head(&seen) && seen.end == End::Closed),
            kind::Request::StallMidHead => assert!(cut_head(&seen) && seen.end == End::Silent),
            kind::Request::ResetMidBody => assert!(cut_body(&seen) && seen.end == End::Reset),
            kind::Request::FinMidBody => assert!(cut_body(&seen) && seen.end == End::Closed),
            kind::Request::StallMidBody => assert!(cut_body(&seen) && seen.end == End::Silent),
            kind::Request::AnswerTwice => assert_eq!(seen.text().matches("HTTP/1.1 200 OK").count(), 1, "a second one"),
        }
    }
    assert_eq!(Seen::of(&bench.user.credits()).raw, whole.raw, "nothing of it stays");
}

fn cut_head(seen: &Seen) -> bool {
    seen.raw.starts_with(b"HTTP/1.1 200 OK\r\n") && !seen.head().contains("\r\n\r\n")
}

fn cut_body(seen: &Seen) -> bool {
    seen.status() == 200 && !seen.wire_body().is_empty() && !seen.is_whole()
}

#[test]
fn framings() {
    let bench = Bench::new();
    let body = Seen::of(&bench.user.credits()).body();
    let (len, body_text) = (body.len(), String::from_utf8_lossy(&body).into_owned());
    for kind in all_of(|kind| if let Kind::Framing(kind) = kind { Some(kind) } else { None }) {
        let seen = bench.credits(kind);
        let (head, wire) = (seen.head(), String::from_utf8_lossy(seen.wire_body()).into_owned());
        let length = seen.header("content-length").unwrap_or_default();
        match kind {
            kind::Framing::LengthTooLong => assert!(length == (len + 100).to_string() && wire == body_text),
            kind::Framing::LengthTooShort => assert!(length == (len / 2).to_string() && wire == body_text),
            kind::Framing::LengthsContradict => assert_eq!(head.matches("content-length").count(), 2),
            kind::Framing::LengthAndChunks => assert!(head.contains("content-length") && head.contains("chunked")),
            kind::Framing::LengthNegative => assert_eq!(length, "-1"),
            kind::Framing::LengthHuge => assert!(length.parse::<u64>().is_err() && length.len() > 20),
            kind::Framing::UnsizedCut => {
                assert!(length.is_empty() && !head.contains("chunked") && wire.len() == len / 2)
            }
            kind::Framing::ChunkSizeGarbage => assert!(wire.starts_with("zz\r\n")),
            kind::Framing::ChunkSizeOverflow => assert!(wire.starts_with("fffffffffffffffff\r\n")),
            kind::Framing::ChunkTooLong => assert!(wire.starts_with(&format!("{:x}\r\n{body_text}\r\n", len / 2))),
            kind::Framing::ChunksUnended => assert_eq!(wire, format!("{len:x}\r\n{body_text}\r\n")),
            kind::Framing::TrailerGarbage => assert!(wire.contains("\r\n0\r\n\u{1} no trailer")),
            kind::Framing::UnknownCoding => assert!(head.contains("transfer-encoding: rot13")),
        }
        assert_eq!(seen.end, End::Closed, "{kind:?}");
    }
}

#[test]
fn heads() {
    let bench = Bench::new();
    let body = Seen::of(&bench.user.credits()).text();
    for kind in all_of(|kind| if let Kind::Head(kind) = kind { Some(kind) } else { None }) {
        let seen = bench.credits(kind);
        let (head, raw) = (seen.head(), String::from_utf8_lossy(&seen.raw).into_owned());
        match kind {
            kind::Head::Garbage => assert!(seen.raw.starts_with(&[0x16, 3, 3])),
            kind::Head::Http09 => assert_eq!(raw, body),
            kind::Head::StatusLine => assert!(raw.starts_with("HTP/1,1 two hundred\r\n")),
            kind::Head::StatusRange => assert!(raw.starts_with("HTTP/1.1 20000 Very OK\r\n")),
            kind::Head::InterimFlood => assert_eq!(raw.matches("HTTP/1.1 103 Early Hints\r\n").count(), 10_000),
            kind::Head::Upgrade => assert!(raw.starts_with("HTTP/1.1 101 ")),
            kind::Head::HugeHeader => assert!(head.len() > 4 * 1024 * 1024 && seen.status() == 200),
            kind::Head::HeaderFlood => assert_eq!(head.matches("x-flood: water\r\n").count(), 20_000),
            kind::Head::Nul => assert!(head.contains("x-nul: a\0b\r\n")),
            kind::Head::Folded => assert!(head.contains("x-folded: a\r\n b\r\n")),
            kind::Head::NoColon => assert!(head.contains("\r\nno colon here\r\n")),
            kind::Head::BareLf => assert!(raw.starts_with("HTTP/1.1 200 OK\n") && !raw.contains('\r')),
        }
        let has_body = !matches!(kind, kind::Head::Garbage | kind::Head::Upgrade);
        assert!(!has_body || raw.ends_with(&body), "{kind:?}");
    }
}

#[test]
fn bodies() {
    let bench = Bench::new();
    let plain = Seen::of(&bench.user.credits()).body();
    for kind in all_of(|kind| if let Kind::Body(kind) = kind { Some(kind) } else { None }) {
        let seen = bench.credits(kind);
        let (body, text) = (seen.body(), seen.text());
        let json = || serde_json::from_slice::<Value>(&body);
        let field = |name: &str| seen.header(name).unwrap_or_default();
        match kind {
            kind::Body::Page => assert!(field("content-type").contains("text/html") && text.contains("<html>")),
            kind::Body::Empty => assert_eq!((seen.status(), body.len()), (200, 0)),
            kind::Body::NoContent => assert_eq!((seen.status(), body.len()), (204, 0)),
            kind::Body::Giant => assert_eq!((field("content-length").as_str(), seen.end), ("1073741824", End::Enough)),
            kind::Body::Deep => assert_eq!(text.matches('[').count(), 100_000),
            kind::Body::Null => assert_eq!(text, "null"),
            kind::Body::List => assert_eq!(text, "[]"),
            kind::Body::HugeNumbers => assert!(text.contains("\"available\":-1e999999999")),
            kind::Body::Truncated => assert!(body == plain[..plain.len() / 2] && seen.is_whole()),
            kind::Body::PlainType => assert!(body == plain && field("content-type").starts_with("text/plain")),
            kind::Body::Bom => assert_eq!(body, [&b"\xef\xbb\xbf"[..], &plain].concat()),
            kind::Body::Utf16 => assert!(body.starts_with(b"\xff\xfe{\0") && body.len() == plain.len() * 2 + 2),
            kind::Body::BadUtf8 => assert!(std::str::from_utf8(&body).is_err() && body.ends_with(&plain[1..])),
            kind::Body::DuplicateKeys => assert!(text.contains("\"available\":null,\"available\":") && json().is_ok()),
            kind::Body::WrongTypes => assert!(json().unwrap()["data"]["available"].is_array()),
            kind::Body::Doubled => assert!(json().is_err() && body.starts_with(&plain) && body.ends_with(&plain)),
            kind::Body::Controls => assert!(json().unwrap()["message"].as_str().unwrap().contains("\u{1b}[31m")),
            kind::Body::Gzip => assert!(body.starts_with(&[0x1f, 0x8b]) && contains(&body, &plain)),
            kind::Body::GzipBomb => assert!(body.starts_with(&[0x1f, 0x8b]) && body.len() < 450_000),
            kind::Body::GzipLie => assert!(field("content-encoding") == "gzip" && body == plain),
            kind::Body::Cookie => assert!(field("set-cookie").starts_with("nemo_track=") && body == plain),
        }
        if matches!(kind, kind::Body::Gzip | kind::Body::GzipBomb) {
            assert_eq!(field("content-encoding"), "gzip");
        }
    }
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

#[test]
fn redirects() {
    let bench = Bench::new();
    let here = format!("{}/api/credits/balance/simple", bench.backend.url());
    for kind in all_of(|kind| if let Kind::Redirect(kind) = kind { Some(kind) } else { None }) {
        let seen = bench.credits(kind);
        let (status, to) = match kind {
            kind::Redirect::Once => (302, format!("{here}?again=1")),
            kind::Redirect::Loop => (302, here.clone()),
            kind::Redirect::Elsewhere => (307, format!("{}/api/credits/balance/simple", bench.backend.cdn_url())),
            kind::Redirect::Downgrade => (302, "http://example.com/api/credits/balance/simple".to_owned()),
            kind::Redirect::Private => (302, "http://169.254.169.254/latest/meta-data/".to_owned()),
            kind::Redirect::File => (302, "file:///etc/passwd".to_owned()),
            kind::Redirect::Userinfo => (302, here.replacen("://", "://user:secret@", 1)),
            kind::Redirect::Nowhere => (302, String::new()),
            kind::Redirect::SeeOther => (303, here.clone()),
            kind::Redirect::Permanent => (308, here.clone()),
        };
        assert_eq!((seen.status(), seen.header("location").unwrap_or_default()), (status, to), "{kind:?}");
    }
}

#[test]
fn refusals_in_every_shape() {
    let bench = Bench::new();
    for kind in all_of(|kind| if let Kind::Refusal(kind) = kind { Some(kind) } else { None }) {
        let (status, code, retry) = match kind {
            kind::Refusal::BadToken => (401, 1001, None),
            kind::Refusal::NoSession => (404, 1002, None),
            kind::Refusal::NoCredits => (400, 2001, None),
            kind::Refusal::Unsupported => (400, 4001, None),
            kind::Refusal::TooLarge => (413, 4002, None),
            kind::Refusal::Malformed => (400, 400, None),
            kind::Refusal::Plan => (402, 402, None),
            kind::Refusal::Scope => (403, 403, None),
            kind::Refusal::NotFound => (404, 404, None),
            kind::Refusal::Invalid => (422, 422, None),
            kind::Refusal::UnknownCode => (400, 9999, None),
            kind::Refusal::RateLimit => (429, 429, Some("1")),
            kind::Refusal::RateLimitBare => (429, 429, None),
            kind::Refusal::RateLimitGarbage => (429, 429, Some("soon, 1 ;-)")),
            kind::Refusal::RateLimitHuge => (429, 429, Some("999999999999999999999999")),
            kind::Refusal::RateLimitDate => (429, 429, Some("GMT")),
            kind::Refusal::Internal => (500, 500, None),
            kind::Refusal::Unavailable => (503, 503, Some("1")),
            kind::Refusal::BadGateway => (502, 0, None),
            kind::Refusal::GatewayTimeout => (504, 0, None),
            kind::Refusal::EmptyError => (500, 0, None),
        };
        let shapes = Kind::from(kind).shapes();
        assert_eq!(shapes.is_empty(), code == 0, "{kind:?}");
        for shape in shapes {
            let seen = bench.strike(Fault::on(Route::Credits).shape(*shape), kind, &bench.user.credits());
            check_shape(*shape, &seen, status, code);
        }
        let seen = bench.credits(kind);
        assert_eq!(seen.status(), status, "{kind:?}");
        assert!(seen.header("retry-after").unwrap_or_default().ends_with(retry.unwrap_or_default()), "{kind:?}");
        assert_eq!(seen.header("retry-after").is_some(), retry.is_some(), "{kind:?}");
    }
}

fn check_shape(shape: Shape, seen: &Seen, status: u16, code: u64) {
    let body: Value = serde_json::from_str(&seen.text()).expect("JSON");
    match shape {
        Shape::Status => assert_eq!((seen.status(), &body["code"]), (status, &json!(code))),
        Shape::Code => assert_eq!((seen.status(), &body["code"]), (200, &json!(code))),
        Shape::CodeString => assert_eq!((seen.status(), &body["code"]), (200, &json!(code.to_string()))),
        Shape::Success => assert_eq!((seen.status(), &body["success"]), (status, &json!(false))),
        Shape::Detail => assert!(seen.status() == status && body["detail"].is_string()),
        Shape::DetailObject => assert!(seen.status() == status && body["detail"]["message"].is_string()),
        Shape::DetailList => assert!(seen.status() == status && body["detail"][0]["input"].is_object()),
    }
}
