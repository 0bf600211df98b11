//! The command line's journal: torn anywhere, edited by anyone.

use serde_json::value::RawValue;
use weixin_video::journal::{Step, first_line, line, read, unsigned};

use crate::judge;

/// What stands behind a URL's question mark in this world.
const QUERY: &str = "sign_77f2";

/// Of what is said about a damaged one, in characters.
const DAMAGE_CHARS: usize = 200;

pub(super) fn check(input: &[u8]) {
    let journal = match read(input) {
        Ok(journal) => journal,
        Err(damage) => {
            judge::line(&damage.to_string(), DAMAGE_CHARS);
            return;
        }
    };
    let whole = usize::try_from(journal.whole).expect("it is a part of the input");
    let kept = &input[..whole];
    assert!(kept.ends_with(b"\n"), "what is appended begins a line");
    let again = read(kept).expect("what is kept can be read");
    assert_eq!((&again.order, again.over, again.whole), (&journal.order, journal.over, journal.whole));

    let mut written = first_line(&journal.order);
    written.extend(journal.last.clone().map(|point| line(&Step::Reached(point))));
    let copy = read(written.as_bytes()).expect("what was written is read");
    assert_eq!((copy.order, copy.whole), (journal.order, written.len() as u64));
    assert_eq!(
        copy.last.map(|point| line(&Step::Reached(point))),
        journal.last.map(|point| line(&Step::Reached(point)))
    );
}

/// The inside of a JSON string, before a signed URL.
pub(super) fn signature(input: &[u8]) {
    let inside = String::from_utf8_lossy(input);
    let draft = format!("{{\"t\":[],\"text\":\"{inside} https://cdn.example/a.mp4?{QUERY}\"}}");
    if inside.contains(QUERY) || serde_json::from_str::<&RawValue>(&draft).is_err() {
        return;
    }
    let without = unsigned(&draft);
    assert!(!without.contains(QUERY), "the query stays in {without}");
    assert!(serde_json::from_str::<&RawValue>(&without).is_ok(), "it is JSON as before");
    assert_eq!(unsigned(&without), without, "twice is once");
}
