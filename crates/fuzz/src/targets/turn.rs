//! Both dialects of the agent: each text is told once, and what is kept has a bound.

use weixin_video_core::dialect::{Note, Piece, TEXT_LIMIT, Turn};

use super::sse;
use crate::steer::Tail;

const LIMITS: [usize; 4] = [0, 10, 200, TEXT_LIMIT];

/// Of each list in a summary, and of the words of one entry in bytes.
const ITEMS: usize = 1_000;
const WORDS: usize = 4_096;

/// The input is a stream of events.
pub(super) fn check(input: &[u8]) {
    let limit = LIMITS[Tail::of(input).below(LIMITS.len())];
    let mut turn = Turn::with_text_limit(limit);
    let mut pieces = Vec::new();
    let mut taken = 0;
    for event in &sse::read(1 << 16, &[input]).events {
        pieces.extend(turn.take(&event.kind, &event.data));
        taken += 1;
    }
    pieces.extend(turn.close());
    let seen = turn.finish();

    assert_eq!(seen.events + seen.heartbeats, taken);
    let told: Vec<&String> = pieces.iter().filter_map(|piece| as_text(piece)).collect();
    assert_eq!(told, seen.texts.iter().collect::<Vec<_>>(), "each text once");
    assert!(seen.texts.iter().all(|text| !text.trim().is_empty() || seen.notes.contains(&Note::Dropped)));
    let kept: usize = seen.texts.iter().chain(&seen.thoughts).map(String::len).sum();
    assert!(kept <= limit, "{kept} bytes of text kept of {limit}");
    for entries in [seen.tool_calls.len(), seen.tool_results.len(), seen.questions.len(), seen.errors.len()] {
        assert!(entries <= ITEMS);
    }
    assert!(seen.state_keys.len() <= ITEMS && seen.errors.iter().all(|error| error.message.len() <= WORDS));
    let done = !seen.tool_results.is_empty() || !seen.state_keys.is_empty();
    assert_eq!(seen.silent_edit, done && seen.texts.is_empty() && seen.errors.is_empty());
}

fn as_text(piece: &Piece) -> Option<&String> {
    if let Piece::Text(text) = piece { Some(text) } else { None }
}
