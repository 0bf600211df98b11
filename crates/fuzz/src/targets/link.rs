//! Addresses from a server: a finished render's link, and where redirects lead.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use http::{HeaderMap, HeaderValue, Uri, header};
use weixin_video_core::api::Link;
use weixin_video_core::call::{Call, Head, Origin, Receive, Reply, SinkId};
use weixin_video_core::config::Config;
use weixin_video_core::download::Download;
use weixin_video_core::export::Rendered;
use weixin_video_core::machine::{Input, Machine, Op, Step};

use crate::{drive, server};

/// An address a line: the link, then where each redirect leads.
pub(super) fn check(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let mut lines = text.split('\n');
    let first = lines.next().unwrap_or_default();
    if let Ok(origin) = Origin::parse(first) {
        assert_eq!(Origin::parse(&origin.to_string()).as_ref(), Ok(&origin), "an origin is written as it is read");
        assert!(origin.is_https() || origin.is_loopback(), "{origin}: a token would travel in the clear");
    }
    let Some(link) = server::link(first) else {
        return;
    };
    assert!(!format!("{link:?}").contains('?'), "a signature shows: {link:?}");
    let hops: Vec<&str> = lines.collect();
    for api in ["https://api.example", "http://127.0.0.1:8080"] {
        followed(&Config::new(api).expect("an origin"), link.clone(), &hops);
    }
}

fn followed(config: &Config, link: Link, hops: &[&str]) {
    let rendered = Rendered { session: server::session(), render: server::render(), link: Some(link) };
    let mut download = Download::new(Arc::new(config.clone()), rendered, SinkId(0));
    let mut hops = hops.iter();
    let mut now = drive::start();
    for _ in 0..1_000 {
        let input = match download.poll(now) {
            Step::Emit(_) => continue,
            Step::Done(_) => return,
            Step::Do(Op::Send(call)) => {
                allowed(config, &call);
                answer(&call, hops.next().copied())
            }
            Step::Do(Op::Measure(_)) => Input::Measured { part: 0, output: None },
            Step::Do(Op::Save { .. }) => Input::Saved { bytes: 99, start: b"\0\0\0\x18ftypmp42".to_vec(), whole: true },
            Step::Do(Op::Publish(_)) => Input::Published,
            Step::Do(Op::Read { .. }) => Input::End,
            Step::Do(Op::Wait { until }) => {
                now = now.later(until - now.monotonic);
                Input::Elapsed
            }
        };
        download.handle(now, input);
    }
    panic!("a chain of redirects without an end");
}

fn answer(call: &Call, hop: Option<&str>) -> Input {
    let mut headers = HeaderMap::new();
    let status = match hop.map(HeaderValue::from_str) {
        Some(Ok(location)) => {
            headers.insert(header::LOCATION, location);
            302
        }
        Some(Err(_)) | None => 200,
    };
    let head = Head { status, headers };
    match call.receive() {
        Receive::Stream => Input::Head(head),
        Receive::Whole { .. } => Input::Reply(Reply { head, body: Vec::new() }),
    }
}

/// What may be asked at all, in this reader's own words.
fn allowed(config: &Config, call: &Call) {
    let uri = call.request().uri();
    assert!(!call.request().headers().contains_key(header::AUTHORIZATION), "only what stands outside adds a token");
    let origin = Origin::of(uri).unwrap_or_else(|| panic!("asked without an origin: {uri}"));
    if origin == config.api {
        return;
    }
    assert!(!uri.authority().is_some_and(|authority| authority.as_str().contains('@')), "a user name in {uri}");
    let host = host(uri);
    let here = host == "localhost" || address(&host).is_some_and(|ip| ip.is_loopback());
    if here {
        assert!(config.api.is_loopback(), "{uri} leads to this machine");
        return;
    }
    assert_eq!(uri.scheme_str(), Some("https"), "{uri} is not encrypted");
    assert!(!address(&host).is_some_and(is_private), "{uri} leads into a private net");
}

/// The host without brackets, capitals and the dot that ends a full name.
fn host(uri: &Uri) -> String {
    let host = uri.host().unwrap_or_default().to_ascii_lowercase();
    host.trim_matches(['[', ']']).trim_end_matches('.').to_owned()
}

/// An address in any spelling that resolvers take: also `127.1`, `0x7f000001` and `2130706433`.
fn address(host: &str) -> Option<IpAddr> {
    if let Ok(ip) = host.parse() {
        return Some(ip);
    }
    let parts: Vec<u64> = host.split('.').map(number).collect::<Option<_>>()?;
    let (last, front) = parts.split_last()?;
    let room = 4_u32.checked_sub(u32::try_from(front.len()).ok()?).filter(|room| *room > 0)?;
    if front.iter().any(|part| *part > 255) || *last >= 1_u64 << (8 * room) {
        return None;
    }
    let front = front.iter().fold(0, |sum, part| (sum << 8) | part);
    let all = (front << (8 * room)) | last;
    Some(IpAddr::V4(Ipv4Addr::from(u32::try_from(all).ok()?)))
}

fn number(part: &str) -> Option<u64> {
    match part.strip_prefix("0x") {
        Some("") => Some(0),
        Some(hex) => u64::from_str_radix(hex, 16).ok(),
        None if part.len() > 1 && part.starts_with('0') => u64::from_str_radix(part, 8).ok(),
        None => part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse().ok())?,
    }
}

fn is_private(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => ip.is_private() || ip.is_link_local() || ip.is_unspecified() || ip.is_broadcast(),
        IpAddr::V6(ip) => match ip.to_ipv4_mapped() {
            Some(ip) => ip.is_loopback() || is_private(IpAddr::V4(ip)),
            None => ip.is_unique_local() || ip.is_unicast_link_local() || ip.is_unspecified(),
        },
    }
}
