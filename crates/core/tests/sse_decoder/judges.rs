//! Two other decoders that keep the rules judge ours over random streams.
//! `SSE_STREAMS=1000000` makes the run long; the default is what a test can take.

use std::sync::Arc;

use sse_core::{SseDecoder, SseEvent};
use sse_parse::SseParser;

use crate::trace::{TOKENS, cut, trace};

type Event = (String, String, String);

#[test]
fn other_decoders_see_the_same_events() {
    let streams = std::env::var("SSE_STREAMS").ok().and_then(|count| count.parse().ok()).unwrap_or(20_000_u64);
    let mut events = 0;
    for seed in 1..=streams {
        let mut random = Random(seed);
        let stream: Vec<u8> = (0..random.below(40)).flat_map(|_| TOKENS[random.below(TOKENS.len())]).copied().collect();
        let places: Vec<usize> = (0..random.below(6)).map(|_| random.below(stream.len() + 1)).collect();
        let chunks = cut(&stream, &places);

        let ours = trace(&chunks);
        assert_eq!(ours, trace(&[&stream]), "seed {seed}: the cut changes nothing");
        let seen: Vec<Event> =
            ours.events.iter().map(|(kind, data, id)| (kind.clone(), text(data), text(id))).collect();
        events += seen.len();
        let (theirs, id) = by_sse_core(&chunks);
        assert_eq!((&seen, text(&ours.id)), (&theirs, id), "seed {seed}: sse-core on {}", stream.escape_ascii());
        let (theirs, id, retry_ms) = by_sse_parse(&chunks);
        assert_eq!(
            (&seen, text(&ours.id), ours.retry_ms),
            (&theirs, id, retry_ms),
            "seed {seed}: sse-parse on {}",
            stream.escape_ascii()
        );
    }
    assert!(events as u64 > streams / 2, "the streams hold events: {events}");
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn by_sse_core(chunks: &[&[u8]]) -> (Vec<Event>, String) {
    let mut decoder = SseDecoder::new();
    let mut events = Vec::new();
    let id = |id: Option<&Arc<str>>| id.map(|id| id.to_string()).unwrap_or_default();
    for chunk in chunks {
        let mut rest = *chunk;
        while let Some(event) = decoder.next(&mut rest) {
            if let SseEvent::Message(message) = event.expect("no limit is reached") {
                events.push((message.event.into_owned(), message.data, id(message.last_event_id.as_ref())));
            }
        }
    }
    let last = id(decoder.last_event_id());
    (events, last)
}

fn by_sse_parse(chunks: &[&[u8]]) -> (Vec<Event>, String, Option<u64>) {
    let mut parser = SseParser::new();
    let mut events = Vec::new();
    for chunk in chunks {
        parser.feed(chunk);
    }
    parser.finish();
    while let Some(event) = parser.next_event() {
        events.push((event.event, event.data, event.id));
    }
    let retry = parser.retry().map(|retry| u64::try_from(retry.as_millis()).expect("it was a u64"));
    (events, parser.last_event_id().to_owned(), retry)
}

/// SplitMix64: the same streams on every machine.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((mixed ^ (mixed >> 31)) % bound.max(1) as u64).expect("it is below a usize")
    }
}
