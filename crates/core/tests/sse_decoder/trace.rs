//! What a decoder makes of a stream, and the ways to cut one.

use weixin_video_core::sse::{Decoder, Ending};

/// An event as `(type, data, last event id)`.
pub(crate) type Event = (String, Vec<u8>, Vec<u8>);

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Trace {
    pub(crate) events: Vec<Event>,
    pub(crate) too_large: usize,
    pub(crate) id: Vec<u8>,
    pub(crate) retry_ms: Option<u64>,
    pub(crate) comments: u64,
    pub(crate) complete: bool,
}

pub(crate) fn trace(chunks: &[&[u8]]) -> Trace {
    trace_with(Decoder::new(), chunks)
}

pub(crate) fn trace_with(mut decoder: Decoder, chunks: &[&[u8]]) -> Trace {
    let mut trace = Trace::default();
    for chunk in chunks {
        let mut rest = *chunk;
        loop {
            match decoder.next(&mut rest) {
                Ok(Some(event)) => {
                    let id = event.last_event_id().to_vec();
                    trace.events.push((event.event_type().into_owned(), event.data().to_vec(), id));
                }
                Ok(None) => break,
                Err(_) => trace.too_large += 1,
            }
        }
        assert!(rest.is_empty(), "the chunk is used up");
    }
    trace.id = decoder.last_event_id().to_vec();
    trace.retry_ms = decoder.retry().map(|retry| u64::try_from(retry.as_millis()).expect("it was a u64"));
    trace.comments = decoder.comments_seen();
    trace.complete = decoder.finish() == Ending::Complete;
    trace
}

/// Whole, byte by byte, with empty chunks between, and cut once at every place.
pub(crate) fn every_chunking(input: &[u8], mut check: impl FnMut(&[&[u8]])) {
    check(&[input]);
    check(&input.chunks(1).collect::<Vec<_>>());
    check(&input.chunks(1).flat_map(|byte| [byte, &[]]).collect::<Vec<_>>());
    for at in 0..=input.len() {
        let (left, right) = input.split_at(at);
        check(&[left, right]);
    }
}

/// Cuts `input` at the given places, taken modulo its length.
pub(crate) fn cut<'i>(input: &'i [u8], places: &[usize]) -> Vec<&'i [u8]> {
    let mut places: Vec<usize> = places.iter().map(|place| place % (input.len() + 1)).collect();
    places.sort_unstable();
    let mut from = 0;
    let mut chunks = Vec::new();
    for to in places.into_iter().chain([input.len()]) {
        chunks.push(&input[from..to]);
        from = to;
    }
    chunks
}

/// Pieces that meet in ways a plain run of random bytes never would.
pub(crate) const TOKENS: [&[u8]; 32] = [
    b"data",
    b"data:",
    b"data: ",
    b"data: {\"a\":1}\n\n",
    b"event",
    b"event: ",
    b"event:x\n",
    b"id",
    b"id:",
    b"id: 7\n",
    b"retry",
    b"retry: ",
    b"retry: 3000\r\n",
    b"12",
    b"+",
    b":",
    b": ping\n",
    b" ",
    b"\n",
    b"\n",
    b"\r",
    b"\r\n",
    b"\n\n",
    b"\r\n\r\n",
    b"\0",
    b"x",
    b"\xEF\xBB\xBF",
    b"\xEF",
    b"\xBB",
    b"\xFF",
    b"\xE6\xA0\x87",
    b"dat",
];
