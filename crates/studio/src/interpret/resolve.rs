//! What was read, held against what is there: times beyond the end, parts the wrong way round, wishes that differ.

use crate::ops::{About, Context, EditOp, Length, Level, Part, Span};

/// The first thing that can't be so.
pub(super) fn check(ops: &[EditOp], context: &Context) -> Option<About> {
    #[expect(clippy::cast_possible_wrap, reason = "bounded before")]
    let dur = context.dur_ms.min(i64::MAX as u64 / 4) as i64;
    let mut left = Left { whole: dur, parts: vec![(0, dur)] };
    for op in ops {
        let (spans, then) = spans(op);
        if then {
            left.settle();
        }
        let whole = if then { left.whole } else { dur };
        for span in &spans {
            if let Some(about) = wrong(*span, whole) {
                return Some(about);
            }
        }
        left.apply(op, &spans, whole);
        if left.length() <= 0 {
            return Some(About::BeyondDuration);
        }
    }
    conflict(ops).then_some(About::Conflict)
}

/// What is left of a timeline.
struct Left {
    whole: i64,
    parts: Vec<(i64, i64)>,
}

impl Left {
    fn length(&self) -> i64 {
        self.parts.iter().map(|(from, to)| to - from).sum()
    }

    /// What is left becomes the timeline.
    fn settle(&mut self) {
        self.whole = self.length();
        self.parts = vec![(0, self.whole)];
    }

    fn apply(&mut self, op: &EditOp, spans: &[Span], whole: i64) {
        let bounds = |span: &Span| (place(span.from, whole), span.to.map_or(whole, |to| place(to, whole)));
        let old = std::mem::take(&mut self.parts);
        self.parts = match op {
            EditOp::Keep { clip: None, .. } => {
                let meet = |(a, b): (i64, i64)| old.iter().map(move |(from, to)| (a.max(*from), b.min(*to)));
                spans.iter().map(bounds).flat_map(meet).collect()
            }
            EditOp::Remove { clip: None, .. } => {
                let Some((a, b)) = spans.first().map(bounds) else { return };
                old.iter().flat_map(|(from, to)| [(*from, a.min(*to)), (b.max(*from), *to)]).collect()
            }
            EditOp::Speed { factor, part: Part(None), clip: None, .. } => {
                let length: i64 = old.iter().map(|(from, to)| to - from).sum();
                self.whole = (length as f64 / factor) as i64;
                vec![(0, self.whole)]
            }
            _ => old,
        };
        self.parts.retain(|(from, to)| from < to);
        self.parts.sort_unstable();
        self.parts.dedup_by(|next, last| {
            let meets = next.0 <= last.1;
            if meets {
                last.1 = last.1.max(next.1);
            }
            meets
        });
    }
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
