//! The decoder of event streams: where the chunks are cut never shows, and what is held has a bound.

use weixin_video_core::sse::{Decoder, Ending};

use crate::steer::Tail;

/// Limits in bytes for the values of an event: none, hardly any, and more than most inputs have.
const LIMITS: [usize; 5] = [0, 1, 7, 64, 1 << 16];

pub(super) fn check(input: &[u8]) {
    let mut tail = Tail::of(input);
    let limit = LIMITS[tail.below(LIMITS.len())];
    let whole = read(limit, &[input]);
    assert_eq!(read(limit, &input.chunks(1).collect::<Vec<_>>()), whole, "byte by byte");
    for _ in 0..4 {
        let chunks = cut(input, &mut tail);
        assert_eq!(read(limit, &chunks), whole, "cut as {chunks:?}");
    }
    for event in &whole.events {
        // A byte that is no UTF-8 is shown by a character of three.
        assert!(event.data.len() <= limit && (event.kind.len() <= 3 * limit || event.kind == "message"));
        assert!(event.id.len() <= limit && !event.id.contains(&0));
    }
}

/// All that a decoder says of a stream.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Seen {
    pub(super) events: Vec<Event>,
    too_large: usize,
    id: Vec<u8>,
    retry_ms: Option<u128>,
    comments: u64,
    complete: bool,
}

#[derive(Debug, PartialEq)]
pub(super) struct Event {
    pub(super) kind: String,
    pub(super) data: Vec<u8>,
    id: Vec<u8>,
}

pub(super) fn read(limit: usize, chunks: &[&[u8]]) -> Seen {
    let mut decoder = Decoder::with_limit(limit);
    let mut seen = Seen::default();
    for chunk in chunks {
        let mut rest = *chunk;
        loop {
            match decoder.next(&mut rest) {
                Ok(Some(event)) => seen.events.push(Event {
                    kind: event.event_type().into_owned(),
                    data: event.data().to_vec(),
                    id: event.last_event_id().to_vec(),
                }),
                Ok(None) => break,
                Err(_) => seen.too_large += 1,
            }
        }
        assert!(rest.is_empty(), "a chunk is used up");
        // Five values are held, and a growing `Vec` takes at most twice what it holds, but no less than 8.
        let most = 5 * 2 * (limit + 8);
        assert!(decoder.capacity() <= most, "{} bytes held with a limit of {limit}", decoder.capacity());
    }
    seen.id = decoder.last_event_id().to_vec();
    seen.retry_ms = decoder.retry().map(|retry| retry.as_millis());
    seen.comments = decoder.comments_seen();
    seen.complete = decoder.finish() == Ending::Complete;
    seen
}

fn cut<'a>(input: &'a [u8], tail: &mut Tail) -> Vec<&'a [u8]> {
    let mut places: Vec<usize> = (0..tail.below(6)).map(|_| tail.below(input.len() + 1)).collect();
    places.sort_unstable();
    let mut from = 0;
    let mut chunks = Vec::new();
    for to in places.into_iter().chain([input.len()]) {
        chunks.push(&input[from..to]);
        from = to;
    }
    chunks
}
