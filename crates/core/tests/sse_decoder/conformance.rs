//! The WHATWG rules for event streams, case by case, each under every chunking: whole, byte by byte, cut once anywhere.

use crate::trace::{Trace, every_chunking, trace};

struct Case {
    input: &'static [u8],
    trace: Trace,
}

impl Case {
    /// `(type, data, last event id)` of each event; the last id is that of the last event unless told.
    fn new(input: &'static [u8], events: &[(&str, &str, &str)]) -> Self {
        let owned = events
            .iter()
            .map(|(kind, data, id)| ((*kind).to_owned(), data.as_bytes().to_vec(), id.as_bytes().to_vec()))
            .collect();
        let id = events.last().map(|event| event.2.as_bytes().to_vec()).unwrap_or_default();
        Self { input, trace: Trace { events: owned, id, complete: true, ..Trace::default() } }
    }

    fn data(input: &'static [u8], data: &[&str]) -> Self {
        let events: Vec<_> = data.iter().map(|data| ("message", *data, "")).collect();
        Self::new(input, &events)
    }

    fn bytes(input: &'static [u8], data: &'static [u8]) -> Self {
        let mut case = Self::new(input, &[]);
        case.trace.events.push(("message".to_owned(), data.to_vec(), Vec::new()));
        case
    }

    fn id(mut self, id: &'static [u8]) -> Self {
        self.trace.id = id.to_vec();
        self
    }

    fn retry(mut self, ms: u64) -> Self {
        self.trace.retry_ms = Some(ms);
        self
    }

    fn comments(mut self, count: u64) -> Self {
        self.trace.comments = count;
        self
    }

    fn truncated(mut self) -> Self {
        self.trace.complete = false;
        self
    }
}

fn check(cases: &[Case]) {
    for case in cases {
        every_chunking(case.input, |chunks| {
            assert_eq!(trace(chunks), case.trace, "{:?} as {:?}", String::from_utf8_lossy(case.input), chunks);
        });
    }
}

#[test]
fn line_ends() {
    check(&[
        Case::data(b"", &[]),
        Case::data(b"\n", &[]),
        Case::data(b"\r\n\r\n\r\r\n\n", &[]),
        Case::data(b"data: a\n\n", &["a"]),
        Case::data(b"data: a\r\r", &["a"]),
        Case::data(b"data: a\r\n\r\n", &["a"]),
        Case::data(b"data: a\n\r", &["a"]),
        Case::data(b"data: a\r\n\n", &["a"]),
        Case::data(b"data: a\n\r\n", &["a"]),
        Case::data(b"data: a\r\n\r", &["a"]),
        Case::data(b"data: a\r\r\n", &["a"]),
        Case::data(b"data: a\r\rdata: b\r\r", &["a", "b"]),
        Case::data(b"data: a\r\n\r\ndata: b\r\n\r\n", &["a", "b"]),
        Case::data(b"data: a\n\n\n\ndata: b\n\n", &["a", "b"]),
        Case::data(b"\n\ndata: a\n\n", &["a"]),
        Case::data(b"\r\ndata: a\n\n", &["a"]),
        Case::data(b"data: a\rdata: b\ndata: c\r\n\n", &["a\nb\nc"]),
        Case::data(
            "data: a\u{2028}b\u{2029}c\u{85}d\u{b}e\u{c}f\n\n".as_bytes(),
            &["a\u{2028}b\u{2029}c\u{85}d\u{b}e\u{c}f"],
        ),
        Case::data(b"data: a\\n\n\n", &["a\\n"]),
        Case::data(b"data: a\n\ndata: b\r\n\r\ndata: c\r\r", &["a", "b", "c"]),
    ]);
}

#[test]
fn byte_order_mark() {
    check(&[
        Case::data(b"\xEF\xBB\xBFdata: a\n\n", &["a"]),
        Case::data(b"\xEF\xBB\xBF", &[]),
        Case::data(b"\xEF\xBB\xBF\n", &[]),
        Case::data(b"\xEF\xBB\xBF\xEF\xBB\xBFdata: a\n\n", &[]),
        Case::data(b"\xEF\xBB\xBF\xEF\xBB\xBFdata: a\ndata: b\n\n", &["b"]),
        Case::data(b"\n\xEF\xBB\xBFdata: a\n\n", &[]),
        Case::data(b"data: a\n\n\xEF\xBB\xBFdata: b\n\n", &["a"]),
        Case::data(b"\xEF\xBBdata: a\n\n", &[]),
        Case::data(b"\xEFdata: a\ndata: b\n\n", &["b"]),
        Case::data(b"\xEF\xBB\ndata: b\n\n", &["b"]),
        Case::data(b"\xEF\xBB", &[]).truncated(),
        Case::data(b"\xEF", &[]).truncated(),
        Case::data(b"\xEF\xBB\xBF: c\ndata: a\n\n", &["a"]).comments(1),
        Case::data("data: \u{feff}a\n\n".as_bytes(), &["\u{feff}a"]),
        Case::data(b"\xFE\xFFdata: a\n\n", &[]),
    ]);
}

#[test]
fn data() {
    check(&[
        Case::data(b"data\n\n", &[""]),
        Case::data(b"data:\n\n", &[""]),
        Case::data(b"data: \n\n", &[""]),
        Case::data(b"data:  \n\n", &[" "]),
        Case::data(b"data:a\n\n", &["a"]),
        Case::data(b"data:  a\n\n", &[" a"]),
        Case::data(b"data:\ta\n\n", &["\ta"]),
        Case::data(b"data: a \n\n", &["a "]),
        Case::data(b"data:a:b\n\n", &["a:b"]),
        Case::data(b"data::a\n\n", &[":a"]),
        Case::data(b"data: :\n\n", &[":"]),
        Case::data(b"data: data: a\n\n", &["data: a"]),
        Case::data(b"data\ndata\n\n", &["\n"]),
        Case::data(b"data:\ndata:\ndata:\n\n", &["\n\n"]),
        Case::data(b"data: a\ndata: b\n\n", &["a\nb"]),
        Case::data(b"data: a\ndata\ndata: b\n\n", &["a\n\nb"]),
        Case::data(b"data\ndata: a\n\n", &["\na"]),
        Case::data(b"data: a\ndata:\n\n", &["a\n"]),
        Case::data(b"data: a\n\ndata\n\ndata:b\n\n", &["a", "", "b"]),
        Case::data(b"data: a\x00b\n\n", &["a\0b"]),
        Case::data("data: 标题 👩‍👩‍👧‍👦 é\n\n".as_bytes(), &["标题 👩‍👩‍👧‍👦 é"]),
        Case::bytes(b"data: a\xFFb\xC3\n\n", b"a\xFFb\xC3"),
        Case::bytes(b"data: \xE6\xA0\ndata: \x87\n\n", b"\xE6\xA0\n\x87"),
        Case::data(b"data: a\ndata: b\r\n\r\ndata: c\n\n", &["a\nb", "c"]),
    ]);
}

#[test]
fn names_that_mean_nothing() {
    check(&[
        Case::data(b"Data: a\n\n", &[]),
        Case::data(b"DATA: a\n\n", &[]),
        Case::data(b" data: a\n\n", &[]),
        Case::data(b"data : a\n\n", &[]),
        Case::data(b"dat: a\n\n", &[]),
        Case::data(b"dataa: a\n\n", &[]),
        Case::data(b"datas\n\n", &[]),
        Case::data(b"datadata: a\n\n", &[]),
        Case::data(b"d\n\n", &[]),
        Case::data(b"events: a\ndata: b\n\n", &["b"]),
        Case::data(b"event \ndata: b\n\n", &["b"]),
        Case::data(b"even\ndata: b\n\n", &["b"]),
        Case::data(b"ids: a\ndata: b\n\n", &["b"]),
        Case::data(b"i: a\ndata: b\n\n", &["b"]),
        Case::data(b"retryy: 5\ndata: b\n\n", &["b"]),
        Case::data(b"foo: bar\ndata: a\n\n", &["a"]),
        Case::data(b"a line without a colon\ndata: a\n\n", &["a"]),
        Case::data(b"data: a\nsecond line\"}\n\n", &["a"]),
        Case::data(b"\x00data: a\n\n", &[]),
        Case::data(b"data\x00: a\n\n", &[]),
        Case::data(b"{\"error\": \"x\"}\n\n", &[]),
    ]);
}

#[test]
fn comments() {
    check(&[
        Case::data(b":\n\n", &[]).comments(1),
        Case::data(b": ping\n\n", &[]).comments(1),
        Case::data(b":data: a\n\n", &[]).comments(1),
        Case::data(b"::\n:\n", &[]).comments(2),
        Case::data(b": a\ndata: b\n: c\ndata: d\n:\n\n", &["b\nd"]).comments(3),
        Case::data(b"data: a\n:\n\n", &["a"]).comments(1),
        Case::data(b":\r:\r\n:\n", &[]).comments(3),
        Case::data(b"foo: :\n", &[]),
        Case::data(b": broken o", &[]).comments(1).truncated(),
        Case::data(b": at an end\n", &[]).comments(1),
    ]);
}

#[test]
fn event_types() {
    check(&[
        Case::new(b"event: x\ndata: a\n\n", &[("x", "a", "")]),
        Case::new(b"event:x\ndata: a\n\n", &[("x", "a", "")]),
        Case::new(b"event:  x\ndata: a\n\n", &[(" x", "a", "")]),
        Case::new(b"data: a\nevent: x\n\n", &[("x", "a", "")]),
        Case::new(b"event: x\nevent: y\ndata: a\n\n", &[("y", "a", "")]),
        Case::new(b"event: x\nevent\ndata: a\n\n", &[("message", "a", "")]),
        Case::new(b"event: x\nevent:\ndata: a\n\n", &[("message", "a", "")]),
        Case::new(b"event: x\nevent: \ndata: a\n\n", &[("message", "a", "")]),
        Case::new(b"event: x\n\ndata: a\n\n", &[("message", "a", "")]),
        Case::new(b"event: x\ndata: a\n\ndata: b\n\n", &[("x", "a", ""), ("message", "b", "")]),
        Case::new(b"event: x\n\n", &[]),
        Case::new(b"event: heartbeat\ndata\n\n", &[("heartbeat", "", "")]),
        Case::new(b"event: a:b\ndata\n\n", &[("a:b", "", "")]),
        Case::new(b"event: \x00\ndata\n\n", &[("\0", "", "")]),
        Case::new(b"event: \xFF\ndata\n\n", &[("\u{fffd}", "", "")]),
        Case::new(b"event: x\r\ndata: a\r\n\r\nevent: y\rdata: b\r\r", &[("x", "a", ""), ("y", "b", "")]),
    ]);
}

#[test]
fn ids() {
    check(&[
        Case::new(b"id: 1\ndata: a\n\n", &[("message", "a", "1")]),
        Case::new(b"data: a\nid: 1\n\n", &[("message", "a", "1")]),
        Case::new(b"id: 1\ndata: a\n\ndata: b\n\n", &[("message", "a", "1"), ("message", "b", "1")]),
        Case::new(b"id: 1\n\n", &[]).id(b"1"),
        Case::new(b"id: 1\n\ndata: a\n\n", &[("message", "a", "1")]),
        Case::new(b"id: 1\ndata: a\n\nid: 2\n\n", &[("message", "a", "1")]).id(b"2"),
        Case::new(b"id: 1\ndata: a\n\nid\ndata: b\n\n", &[("message", "a", "1"), ("message", "b", "")]),
        Case::new(b"id: 1\n\nid:\n\n", &[]),
        Case::new(b"id: 1\nid: 2\ndata: a\n\n", &[("message", "a", "2")]),
        Case::new(b"id: 1\nid: 2\x003\ndata: a\n\n", &[("message", "a", "1")]),
        Case::new(b"id: 1\n\nid: \x00\n\n", &[]).id(b"1"),
        Case::new(b"id: 1\n\nid: 2\n", &[]).id(b"1").truncated(),
        Case::new(b"id: 1\ndata: a\n\nid: 2\ndata: b\n", &[("message", "a", "1")]).truncated(),
        Case::new(b"id:  1\n\n", &[]).id(b" 1"),
        Case::new(b"id: \xFF\n\n", &[]).id(b"\xFF"),
        Case::new("id: …\ndata\n\n".as_bytes(), &[("message", "", "…")]),
        Case::new(b"id: a:b\n\n", &[]).id(b"a:b"),
        Case::new(b"event: x\nid: 1\n\ndata: a\n\n", &[("message", "a", "1")]),
        Case::new(b"id: 11\n\nid: 2\n\n", &[]).id(b"2"),
    ]);
}

#[test]
fn reconnection_times() {
    check(&[
        Case::new(b"retry: 5\n\n", &[]).retry(5),
        Case::new(b"retry:5\n", &[]).retry(5),
        Case::new(b"retry: 5", &[]).truncated(),
        Case::new(b"retry: 007\r", &[]).retry(7),
        Case::new(b"retry: 0\n", &[]).retry(0),
        Case::new(b"retry: +5\n", &[]),
        Case::new(b"retry: -5\n", &[]),
        Case::new(b"retry: 5.0\n", &[]),
        Case::new(b"retry: 5 \n", &[]),
        Case::new(b"retry:  5\n", &[]),
        Case::new(b"retry: 0x5\n", &[]),
        Case::new(b"retry: \n", &[]),
        Case::new(b"retry\n", &[]),
        Case::new("retry: ٥\n".as_bytes(), &[]),
        Case::new(b"retry: 5\nretry: 6\n", &[]).retry(6),
        Case::new(b"retry: 5\nretry: x\n", &[]).retry(5),
        Case::new(b"retry: 5\ndata: a", &[]).retry(5).truncated(),
        Case::new(b"retry: 18446744073709551615\n", &[]).retry(u64::MAX),
        Case::new(b"retry: 18446744073709551616\n", &[]),
        Case::new(b"retry: 00000000000000000000000000000000000000000000000007\n", &[]).retry(7),
        Case::data(b"data: a\nretry: 9\n\n", &["a"]).retry(9),
    ]);
}

#[test]
fn the_end_of_the_stream() {
    check(&[
        Case::data(b"data: a", &[]).truncated(),
        Case::data(b"data: a\n", &[]).truncated(),
        Case::data(b"data: a\r", &[]).truncated(),
        Case::data(b"data: a\r\n", &[]).truncated(),
        Case::data(b"data", &[]).truncated(),
        Case::data(b"data\n", &[]).truncated(),
        Case::data(b"event: x\n", &[]).truncated(),
        Case::data(b"x", &[]).truncated(),
        Case::data(b"x\n", &[]),
        Case::data(b"data: a\n\ndata: b", &["a"]).truncated(),
        Case::data(b"data: a\n\ndata: b\n", &["a"]).truncated(),
        Case::data(b"data: a\n\n: c\n", &["a"]).comments(1),
        Case::data(b"data: a\r\n\r", &["a"]),
    ]);
}
