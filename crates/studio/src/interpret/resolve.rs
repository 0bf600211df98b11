//! What was read, held against what is there: times beyond the end, parts the wrong way round, wishes that differ.

use crate::ops::{About, Context, EditOp, Length, Level, Part, Span};

/// The first thing that can't be so.
pub(super) fn check(ops: &[EditOp], context: &Context) -> Option<About> {
    #[expect(clippy::cast_possible_wrap, reason = "bounded before")]
    let dur = context.dur_ms.min(i64::MAX as u64 / 4) as i64;
    let mut after = dur;
    let mut removed: Vec<(i64, i64)> = Vec::new();
    for op in ops {
        let (spans, then) = spans(op);
        let whole = if then { after } else { dur };
        for span in &spans {
            if let Some(about) = wrong(*span, whole) {
                return Some(about);
            }
        }
        after = left(op, &spans, whole, after, &mut removed);
        if after <= 0 {
            return Some(About::BeyondDuration);
        }
    }
    conflict(ops).then_some(About::Conflict)
}

/// The parts of a timeline that an operation names, and whether they are those of the timeline before it.
fn spans(op: &EditOp) -> (Vec<Span>, bool) {
    match op {
        EditOp::Keep { parts, then, .. } => (parts.0.clone(), *then),
        EditOp::Remove { span, then, .. } => (vec![*span], *then),
        EditOp::Speed { part, then, .. } | EditOp::Bgm { part, then, .. } => (part.0.into_iter().collect(), *then),
        EditOp::Mute { part: Part(Some(span)), .. } => (vec![*span], false),
        EditOp::Text { place, then, .. } => {
            (place.start.map(|from| text_span(from, place.dur)).into_iter().collect(), *then)
        }
        EditOp::EditText { place, .. } => {
            (place.start.map(|from| text_span(from, place.dur)).into_iter().collect(), false)
        }
        _ => (Vec::new(), false),
    }
}

/// Only where a text starts is held against the timeline; at the end of it a text may be cut short.
fn text_span(from: i64, dur: Option<Length>) -> Span {
    let zero = matches!(dur, Some(Length::Ms(0)));
    Span { from, to: if zero { Some(from) } else { None } }
}

fn place(ms: i64, whole: i64) -> i64 {
    if ms < 0 { whole + ms } else { ms }
}

fn wrong(span: Span, whole: i64) -> Option<About> {
    let from = place(span.from, whole);
    let to = span.to.map(|to| place(to, whole));
    if to.is_some_and(|to| to <= from) {
        return Some(About::ReversedRange);
    }
    let beyond = from < 0 || from >= whole || to.is_some_and(|to| to > whole);
    beyond.then_some(About::BeyondDuration)
}

/// How long the timeline is after the operation.
fn left(op: &EditOp, spans: &[Span], whole: i64, after: i64, removed: &mut Vec<(i64, i64)>) -> i64 {
    let bounds = |span: &Span| (place(span.from, whole), span.to.map_or(whole, |to| place(to, whole)).min(whole));
    match op {
        EditOp::Keep { clip: None, .. } => spans.iter().map(bounds).map(|(from, to)| to - from).sum::<i64>().min(after),
        EditOp::Remove { clip: None, .. } => {
            let Some((from, to)) = spans.first().map(bounds) else { return after };
            let new = uncovered(from, to, removed);
            removed.push((from, to));
            after - new
        }
        EditOp::Speed { factor, part: Part(None), clip: None, .. } => (after as f64 / factor) as i64,
        _ => after,
    }
}

/// How much of a part no earlier one took away.
fn uncovered(from: i64, to: i64, removed: &[(i64, i64)]) -> i64 {
    let mut sorted: Vec<_> = removed.iter().filter(|(a, b)| *a < to && *b > from).copied().collect();
    sorted.sort_unstable();
    let (mut at, mut free) = (from, 0);
    for (a, b) in sorted {
        free += (a - at).max(0);
        at = at.max(b);
    }
    free + (to - at).max(0)
}

/// Whether two wishes of one kind differ.
fn conflict(ops: &[EditOp]) -> bool {
    let different = |same: &dyn Fn(&EditOp, &EditOp) -> bool| {
        ops.iter().enumerate().any(|(at, op)| ops[at + 1..].iter().any(|other| same(op, other) && op != other))
    };
    let opposite = |a: &EditOp, b: &EditOp| match (a, b) {
        (EditOp::Volume { target: x, level: Level::Rel(_) }, EditOp::Volume { target: y, level: Level::Rel(_) }) => {
            x == y
        }
        (EditOp::Canvas { .. }, EditOp::Canvas { .. })
        | (EditOp::Resolution(_), EditOp::Resolution(_))
        | (EditOp::Fps { .. }, EditOp::Fps { .. })
        | (EditOp::MaxSize { .. }, EditOp::MaxSize { .. })
        | (EditOp::Preset { .. }, EditOp::Preset { .. })
        | (EditOp::Format { .. }, EditOp::Format { .. }) => true,
        (
            EditOp::Speed { part: Part(None), clip: None, .. },
            EditOp::Speed { part: Part(None), clip: None, then: false, .. },
        ) => true,
        (EditOp::Keep { clip: None, .. }, EditOp::Keep { clip: None, then: false, .. }) => true,
        _ => false,
    };
    different(&opposite)
}
