//! The draft: it goes back as it came, and what is said of it is printable and bounded.

use weixin_video_core::draft::{Changes, Draft, diff};

use crate::judge;

/// Lines in a report on what changed, and characters in one of them.
const LINES: usize = 13;
const LINE_CHARS: usize = 1_000;

/// One draft, or two with an empty line between.
pub(super) fn check(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let (first, second) = text.split_once("\n\n").unwrap_or((&text, ""));
    let (first, second) = (parsed(first), parsed(second));
    if let (Some(first), Some(second)) = (&first, &second) {
        let (there, back) = (diff(Some(first), second), diff(Some(second), first));
        assert_eq!(there.is_empty(), back.is_empty());
        reported(&there);
        reported(&back);
    }
}

fn parsed(text: &str) -> Option<Draft> {
    let draft = Draft::parse(text)?;
    let white = |c: char| matches!(c, ' ' | '\t' | '\n' | '\r');
    assert_eq!(draft.raw().get(), text.trim_matches(white), "it goes back as it came");
    judged(&draft);
    Some(draft)
}

/// What holds for any draft, wherever it came from.
pub(super) fn judged(draft: &Draft) {
    let written = serde_json::to_string(draft).expect("a draft is JSON");
    assert_eq!(written, draft.raw().get());
    let again = Draft::parse(&written).expect("what was a draft is one");
    assert_eq!(again.tracks(), draft.tracks());
    assert_eq!((again.duration_ms(), again.frame()), (draft.duration_ms(), draft.frame()));
    assert_eq!(draft.can_export(), draft.tracks().iter().any(|track| !track.segments.is_empty()));
    let summary = draft.summary();
    assert!(summary.starts_with("Timeline ("), "{summary}");
    judge::line(&summary, Draft::SUMMARY_CHARS);
    assert!(diff(Some(draft), &again).is_empty(), "a draft does not differ from itself");
    let made = diff(None, draft);
    assert!(!made.is_empty(), "what was made is told");
    reported(&made);
}

fn reported(changes: &Changes) {
    assert!(changes.lines().len() <= LINES, "{} lines", changes.lines().len());
    assert_eq!(changes.is_empty(), changes.lines().is_empty());
    for line in changes.lines() {
        judge::line(line, LINE_CHARS);
    }
    judge::lines(&changes.to_string(), LINES * LINE_CHARS);
}
