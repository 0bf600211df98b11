//! What a server may answer, right and wrong, to whatever is asked of it. The first of each list is how it should go.

use std::time::SystemTime;

use http::{HeaderMap, HeaderName, HeaderValue, header};
use weixin_video_core::api::{Endpoint, Link, ReadExport, RenderStatus};
use weixin_video_core::call::{Call, Head, Reply};
use weixin_video_core::ids::{Grant, RenderId, SessionId, Token};

pub(crate) const API: &str = "https://api.example";

/// The secrets of this world. They show nowhere.
pub(crate) const TOKEN: &str = "nmv_usr_CANARY5a1d";
pub(crate) const SIGNATURE: &str = "CANARY77f2";

/// So many bytes of one in a row are no chance.
const SECRET_PART: usize = 4;

pub(crate) const DRAFT: &str = r#"{"t":[{"tt":0,"sg":[{"d":10000}]}]}"#;

/// Where the finished video is.
pub(crate) const VIDEO: &str = "https://cdn.example/v.mp4?sign=CANARY77f2";

/// The length of the finished video in bytes.
pub(crate) const VIDEO_BYTES: u64 = 1_000;

const TOKENS: [&str; 3] = [
    "200\n\n{\"code\":0,\"data\":{\"token\":\"nmv_usr_CANARY5a1d\",\"user_id\":\"anon_1\",\"credits\":100}}",
    "200\n\n{\"token\":\"nmv_usr_CANARY5a1d\",\"expires_at\":\"2020-01-01T00:00:00Z\"}",
    "400\n\n{\"detail\":\"X-Client-Id is required\"}",
];
const SESSIONS: [&str; 2] = [
    "200\n\n{\"code\":0,\"data\":{\"task_id\":\"t1\",\"session_id\":\"1234567890123456789\"}}",
    "200\n\n{\"session_id\":1234567890123456789,\"user_id\":\"anon_1\"}",
];
const UPLOADS: [&str; 3] = [
    "200\n\n{\"code\":0,\"data\":{\"files\":[{\"filename\":\"a.mp4\",\"duration\":10.0}],\"session_state_applied\":true}}",
    "413\n\n{\"code\":4002,\"message\":\"too large\"}",
    "200\n\n{\"code\":4001,\"message\":\"unsupported\"}",
];
const CREDITS: [&str; 2] =
    ["200\n\n{\"code\":0,\"data\":{\"available\":50.5,\"frozen\":0}}", "200\n\n{\"balance\":\"7\"}"];
const STATES: [&str; 5] = [
    "200\n\n{\"data\":{\"state\":{\"draft\":{\"t\":[{\"tt\":0,\"sg\":[{\"d\":10000}]}]}},\"user_id\":\"anon_1\"}}",
    "200\n\n{\"data\":{\"state\":{\"draft\":{\"t\":[{\"tt\":0,\"sg\":[{\"d\":10000}]},{\"tt\":7,\"sg\":[{\"d\":3000,\"m\":{\"text\":\"Dawn\"}}]}]}}}}",
    "200\n\n{\"data\":{\"state\":{\"draft\":null,\"video_infos\":[{\"filename\":\"a.mp4\"}]}}}",
    "200\n\n{\"state\":{\"timeline_draft\":{\"t\":[]}}}",
    "404\n\n{\"code\":1002,\"message\":\"no such session\"}",
];
const STARTS: [&str; 3] = [
    "200\n\n{\"id\":\"render_1\",\"status\":\"pending\"}",
    "409\n\n{\"error\":\"id was used\"}",
    "402\n\n{\"code\":402}",
];
const STATUSES: [&str; 8] = [
    "200\n\n{\"status\":\"completed\",\"progress\":100,\"outputUrl\":\"https://cdn.example/v.mp4?sign=CANARY77f2\"}",
    "200\n\n{\"status\":\"processing\",\"progress\":40}",
    "200\n\n{\"data\":{\"status\":\"rendering\",\"progress\":\"0.4\"}}",
    "200\n\n{\"status\":\"failed\",\"error\":\"out of memory\"}",
    "200\n\n{\"data\":{\"data\":{\"status\":\"COMPLETED\"}}}",
    "200\n\n{\"status\":\"completed\",\"url\":\"http://169.254.169.254/v\"}",
    "404\n\n{\"detail\":\"Not Found\"}",
    "200\n\n{\"status\":\"paused\"}",
];
const STREAMS: [&str; 9] = [
    "200\ncontent-type: text/event-stream\n\ndata: {\"type\":\"text\",\"content\":\"Title added.\"}\n\n",
    "200\ncontent-type: text/event-stream\n\ndata: {\"author\":\"a\",\"content\":{\"parts\":[{\"functionResponse\":{\"name\":\"edit\",\"response\":{}}}]}}\n\n",
    "200\ncontent-type: text/event-stream\n\ndata: {\"type\":\"ask_question\",\"questions\":[{\"prompt\":\"Which \\u001b[1mcolour?\"}]}\n\n",
    "200\n\n: ping\n\ndata: {\"errorCode\":\"STOP\"}\n\nevent: heartbeat\n\ndata:\n\n",
    "200\ncontent-type: text/event-stream\n\ndata: {\"error\":\"boom\"}\n\nda",
    "200\ncontent-type: application/json\n\n{\"code\":2001,\"message\":\"no credits\"}",
    "502\ncontent-type: text/html\n\n<html>",
    "404\n\n{\"code\":1002}",
    "200\ncontent-type: text/event-stream\n\n",
];
const FILES: [&str; 10] = [
    "200\ncontent-type: video/mp4\ncontent-length: 1000\netag: \"v1\"\n\n",
    "200\ncontent-length: 1000\n\n",
    "200\ncontent-type: video/mp4\n\n",
    "302\nlocation: https://cdn2.example/v.mp4?sign=CANARY77f2\n\n",
    "302\nlocation: http://10.0.0.1/v\n\n",
    "200\ncontent-type: application/json\n\n{\"data\":{\"url\":\"https://cdn.example/w.mp4?sign=CANARY77f2\"}}",
    "403\ncontent-type: application/xml\n\n<Error>Expired</Error>",
    "206\ncontent-range: bytes 0-9/1000\ncontent-length: 10\netag: \"v2\"\n\n",
    "416\ncontent-range: bytes */1000\n\n",
    "206\ncontent-range: bytes 500-999/1000\ncontent-length: 500\n\n",
];

/// A "no" in each envelope, and answers that are none.
const TROUBLE: [&str; 16] = [
    "401\n\n{\"code\":1001,\"message\":\"expired\"}",
    "200\n\n{\"code\":1001}",
    "200\n\n{\"code\":\"1002\",\"msg\":\"gone\"}",
    "200\n\n{\"code\":2001,\"message\":\"no credits\"}",
    "402\n\n{\"code\":402}",
    "403\n\n{\"detail\":\"scope\"}",
    "429\nretry-after: 3\n\n",
    "429\nretry-after: 99999\n\n{\"code\":429}",
    "422\n\n{\"detail\":[{\"loc\":[\"body\",0],\"msg\":\"missing\",\"input\":{\"a\":1}}]}",
    "500\n\n{\"error\":{\"message\":\"\\u001b[2J\"}}",
    "503\nretry-after: 1\n\n<html>",
    "507\n\n{\"success\":false,\"error\":\"full\"}",
    "200\n\n",
    "200\n\nnull",
    "200\n\n{\"success\":false}",
    "302\nlocation: /elsewhere\n\n",
];

/// Events that may come in the midst of any stream.
const EVENTS: [&str; 8] = [
    ": ping\n\n",
    "data: {\"type\":\"heartbeat\"}\n\n",
    "data: {\"type\":\"tool_call\",\"tool\":\"edit\"}\n\n",
    "data: {\"type\":\"chunk\",\"content\":\"Ti\"}\n\n",
    "data: {\"author\":\"a\",\"actions\":{\"stateDelta\":{\"draft\":{}}}}\n\n",
    "data: {\"errorCode\":\"RESOURCE_EXHAUSTED\",\"errorMessage\":\"quota\"}\n\n",
    "data: not json\n\n",
    "data: {\"type\":\"do",
];

/// The `variant`th answer to this call.
pub(crate) fn answer(call: &Call, variant: usize) -> Reply {
    let (uri, get) = (call.request().uri(), call.request().method() == http::Method::GET);
    let list: &[&str] = match uri.path() {
        _ if uri.host() != Some("api.example") => return file(call, variant),
        "/api/auth/anonymous-token" => &TOKENS,
        "/run_sse" => &STREAMS,
        "/api/render/proxy/lambda" => &STARTS,
        "/api/credits/balance/simple" => &CREDITS,
        path if path.ends_with("/download") => return file(call, variant),
        path if path.starts_with("/api/tasks/") => &SESSIONS,
        path if path.starts_with("/api/upload-video/") => &UPLOADS,
        path if path.starts_with("/api/state/") => &STATES,
        path if path.starts_with("/api/render/") && get => &STATUSES,
        _ => &["200\n\n{}"],
    };
    exchange(list[variant % list.len()].as_bytes())
}

pub(crate) fn trouble(variant: usize) -> Reply {
    exchange(TROUBLE[variant % TROUBLE.len()].as_bytes())
}

pub(crate) fn event(variant: usize) -> Vec<u8> {
    EVENTS[variant % EVENTS.len()].as_bytes().to_vec()
}

/// The video, or the part of it that is asked for.
fn file(call: &Call, variant: usize) -> Reply {
    let range = call.request().headers().get(header::RANGE).and_then(|range| range.to_str().ok());
    let from = range.and_then(|range| range.strip_prefix("bytes=")?.strip_suffix('-')?.parse::<u64>().ok());
    match from.filter(|from| variant == 0 && *from < VIDEO_BYTES) {
        Some(from) => {
            let (last, left) = (VIDEO_BYTES - 1, VIDEO_BYTES - from);
            let range = format!("content-range: bytes {from}-{last}/{VIDEO_BYTES}\ncontent-length: {left}");
            exchange(format!("206\ncontent-type: video/mp4\netag: \"v1\"\n{range}\n\n").as_bytes())
        }
        None => exchange(FILES[variant % FILES.len()].as_bytes()),
    }
}

/// The link as the status of a render brings it.
pub(crate) fn link(url: &str) -> Option<Link> {
    let body = serde_json::json!({"status": "completed", "outputUrl": url}).to_string();
    let status = ReadExport { render: render() }.reply(&Reply::new(200, body)).ok()?.status;
    if let RenderStatus::Completed { url } = status { url } else { None }
}

pub(crate) fn session() -> SessionId {
    SessionId::new("1234567890123456789").expect("an id")
}

pub(crate) fn render() -> RenderId {
    RenderId::new("render_1").expect("an id")
}

/// A token that was kept, and has run out.
pub(crate) fn old_grant() -> Grant {
    let token = Token::new("nmv_usr_CANARY_old").expect("a token");
    Grant { token, user_id: None, expires_at: SystemTime::UNIX_EPOCH }
}

/// Whether a part of a secret stands in these bytes.
pub(crate) fn names_a_secret(bytes: &[u8]) -> bool {
    let parts = [TOKEN, SIGNATURE].iter().flat_map(|secret| secret.as_bytes().windows(SECRET_PART));
    let mut parts = parts.filter(|part| !b"nmv_usr_".windows(SECRET_PART).any(|known| known == *part));
    parts.any(|part| bytes.windows(SECRET_PART).any(|window| window == part))
}

/// Reads an exchange as HTTP writes it: a status, header lines, an empty line, the body. Leniently: what is no status
/// is 200, what is no header is left out.
pub(crate) fn exchange(text: &[u8]) -> Reply {
    let (head, body) = split(text, b"\n\n").unwrap_or((text, &[]));
    let mut lines = head.split(|byte| *byte == b'\n');
    let status = lines.next().and_then(|line| std::str::from_utf8(line).ok()?.trim().parse().ok());
    let mut headers = HeaderMap::new();
    for (name, value) in lines.filter_map(|line| split(line, b": ")) {
        if let (Ok(name), Ok(value)) = (HeaderName::from_bytes(name), HeaderValue::from_bytes(value)) {
            headers.append(name, value);
        }
    }
    Reply { head: Head { status: status.unwrap_or(200), headers }, body: body.to_vec() }
}

fn split<'a>(bytes: &'a [u8], sign: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let at = bytes.windows(sign.len()).position(|window| window == sign)?;
    Some((&bytes[..at], &bytes[at + sign.len()..]))
}
