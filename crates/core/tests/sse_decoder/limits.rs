//! What is too large costs one error and nothing else.

use std::time::Duration;

use weixin_video_core::sse::{Decoder, Ending, TooLarge};

use crate::trace::{Trace, every_chunking, trace_with};

fn check(limit: usize, input: &[u8], data: &[&str], too_large: usize, id: &str) {
    every_chunking(input, |chunks| {
        let seen = trace_with(Decoder::with_limit(limit), chunks);
        let texts: Vec<_> = seen.events.iter().map(|event| String::from_utf8_lossy(&event.1).into_owned()).collect();
        assert_eq!(
            (texts.as_slice(), seen.too_large),
            (&*data.iter().map(|data| (*data).to_owned()).collect::<Vec<_>>(), too_large),
            "{chunks:?}"
        );
        assert_eq!(seen.id, id.as_bytes(), "{chunks:?}");
    });
}

#[test]
fn one_error_then_the_next_event_intact() {
    check(4, b"data: 12345\n\ndata: ok\n\n", &["ok"], 1, "");
    check(4, b"data: 1234\n\ndata: ok\n\n", &["1234", "ok"], 0, "");
    check(4, b"data: 12345\ndata: 67890\r\n\r\ndata: ok\n\n", &["ok"], 1, "");
    check(4, b"data: 12345\r\rdata: 12345\r\rdata: ok\r\r", &["ok"], 2, "");
    check(0, b"data: 1\n\ndata:\n\n", &[""], 1, "");
}

#[test]
fn the_limit_is_on_the_event_not_on_its_lines() {
    check(5, b"data: 12\ndata: 34\n\ndata: ok\n\n", &["12\n34", "ok"], 0, "");
    check(5, b"data: 12\ndata: 345\n\ndata: ok\n\n", &["ok"], 1, "");
    check(2, b"data: 12\ndata\n\ndata: ok\n\n", &["ok"], 1, "");
    check(2, b"data\ndata\ndata\n\n", &["\n\n"], 0, "");
    check(1, b"data\ndata\ndata\n\n", &[], 1, "");
}

#[test]
fn types_and_ids_are_limited_too() {
    check(4, b"event: 12345\ndata: a\n\ndata: ok\n\n", &["ok"], 1, "");
    check(4, b"id: 12345\ndata: a\n\ndata: ok\n\n", &["ok"], 1, "");
    check(4, b"id: 1\x002345\ndata: a\n\ndata: ok\n\n", &["ok"], 1, "");
}

#[test]
fn a_dropped_event_leaves_no_id_and_no_type() {
    check(4, b"id: 1\ndata: a\n\nid: 2\ndata: 12345\nid: 3\n\n", &["a"], 1, "1");
    every_chunking(b"event: x\ndata: 12345\nevent: y\nretry: 9\n\ndata: ok\n\n", |chunks| {
        let seen = trace_with(Decoder::with_limit(4), chunks);
        let event = ("message".to_owned(), b"ok".to_vec(), Vec::new());
        assert_eq!(
            seen,
            Trace { events: vec![event], too_large: 1, retry_ms: Some(9), complete: true, ..Trace::default() }
        );
    });
}

#[test]
fn lines_that_mean_nothing_hold_no_byte() {
    let mut decoder = Decoder::with_limit(16);
    for start in [&b": "[..], b"unknown: ", b"an unknown line without a colon ", b"retry: "] {
        for mut chunk in [start, &[b'7'; 100_000], &[b'7'; 100_000], b"\n"] {
            assert_eq!(decoder.next(&mut chunk), Ok(None));
        }
    }
    assert_eq!((decoder.capacity(), decoder.comments_seen(), decoder.retry()), (0, 1, None));
}

#[test]
fn a_value_beyond_the_limit_is_never_held() {
    let mut decoder = Decoder::with_limit(1000);
    let mut errors = 0;
    for _ in 0..1000 {
        let mut chunk = &b"data: 0123456789012345678901234567890123456789"[..];
        errors += usize::from(decoder.next(&mut chunk) == Err(TooLarge { limit: 1000 }));
    }
    assert_eq!(errors, 1);
    assert!(decoder.capacity() <= 2048, "{} bytes held", decoder.capacity());
    assert_eq!(decoder.finish(), Ending::Truncated);
}

#[test]
fn seeds_are_in_force_until_the_stream_says_otherwise() {
    let mut decoder = Decoder::new().with_last_event_id("seven").with_retry(Duration::from_millis(1500));
    let mut input = &b"data: a\n\nid: 8\nretry: 2\ndata: b\n\n"[..];
    let first = decoder.next(&mut input).expect("no limit is reached").expect("the first event");
    assert_eq!(first.last_event_id(), b"seven");
    assert_eq!((decoder.last_event_id(), decoder.retry()), (&b"seven"[..], Some(Duration::from_millis(1500))));
    let second = decoder.next(&mut input).expect("no limit is reached").expect("the second event");
    assert_eq!(second.last_event_id(), b"8");
    assert_eq!((decoder.last_event_id(), decoder.retry()), (&b"8"[..], Some(Duration::from_millis(2))));
}

#[test]
fn an_event_is_out_at_its_last_cr() {
    let mut decoder = Decoder::new();
    let mut input = &b"data: a\r\n\r"[..];
    assert!(decoder.next(&mut input).expect("no limit is reached").is_some());
    let mut input = &b"\ndata: b\n\n"[..];
    assert_eq!(
        decoder.next(&mut input).expect("no limit is reached").map(|event| event.data().to_vec()),
        Some(b"b".to_vec())
    );
}
