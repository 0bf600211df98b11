//! Whether the values of an operation make sense on a timeline.

use std::ops::RangeInclusive;

use crate::destination::Destinations;
use crate::ops::{Context, EditOp, Length, Level, Part, Parts, Resolution, Span, Steps, TextPlace, Track};
use crate::timeline::Speed;

/// No timeline is longer, in ms: a day.
const LONGEST_MS: i64 = 24 * 60 * 60 * 1000;
/// The longest writing in characters.
const LONGEST_TEXT: usize = 200;
/// Fractions of full level; beyond twice that nothing but noise is left.
const LEVELS: RangeInclusive<f64> = 0.0..=2.0;
/// dB, up or down.
const DECIBELS: RangeInclusive<f64> = -60.0..=30.0;
/// What loudness can be brought to.
const LUFS: RangeInclusive<f64> = -70.0..=-5.0;
/// Frames a second.
const RATES: RangeInclusive<f64> = 1.0..=120.0;
/// Pixels of a side.
const SIDES: RangeInclusive<u32> = 16..=7680;
/// Bytes: a file of less holds no picture.
const SIZES: RangeInclusive<u64> = 10_000..=100_000_000_000;
/// Whether all of it is in range.
pub(super) fn fits(op: &EditOp, context: &Context) -> bool {
    match op {
        EditOp::Keep { parts: Parts(spans), clip, then } => {
            clip_fits(*clip, context) && spans.len() <= 100 && spans.iter().all(|span| span_fits(*span, *then, context))
        }
        EditOp::Remove { span, clip, then } => clip_fits(*clip, context) && span_fits(*span, *then, context),
        EditOp::Speed { factor, part, clip, then } => {
            Speed::of(*factor).is_some() && clip_fits(*clip, context) && part_fits(*part, *then, context)
        }
        EditOp::Text { text, place, then, .. } => text_fits(text) && place_fits(*place, *then, context),
        EditOp::EditText { role: _, text, place } => {
            let says = text.is_some() || place.start.is_some() || place.dur.is_some() || place.pos.is_some();
            says && text.as_deref().is_none_or(text_fits) && place_fits(*place, false, context)
        }
        EditOp::RemoveTrack { target } => is_there(*target, context),
        EditOp::Bgm { volume, query, asset, part, then } => {
            let says = volume.is_some() || query.is_some() || asset.is_some();
            let words = query.iter().chain(asset).all(|words| text_fits(words));
            says && words && in_range(&LEVELS, *volume) && part_fits(*part, *then, context)
        }
        EditOp::Volume { level, .. } => match level {
            Level::Value(value) => LEVELS.contains(value),
            Level::Scale(factor) => (0.0..=10.0).contains(factor),
            Level::Db(db) => DECIBELS.contains(db),
            Level::Rel(_) => true,
        },
        EditOp::Mute { part, clip, .. } => clip_fits(*clip, context) && part_fits(*part, false, context),
        EditOp::Fade { ms, .. } | EditOp::Transition { ms, .. } => {
            ms.is_none_or(|ms| (1..=context.dur_ms).contains(&ms))
        }
        EditOp::Loudness { lufs } => in_range(&LUFS, *lufs),
        EditOp::Resolution(Resolution::Short { short_side }) => SIDES.contains(short_side),
        EditOp::Resolution(Resolution::Exact { w, h }) => SIDES.contains(w) && SIDES.contains(h),
        EditOp::Fps { value } => RATES.contains(value),
        EditOp::Rotate { deg, clip } => matches!(deg, 90 | -90 | 180) && clip_fits(*clip, context),
        EditOp::MaxSize { bytes } => SIZES.contains(bytes),
        EditOp::Preset { name } => Destinations::built_in().get(name).is_some(),
        EditOp::Format { container, codec } => container.is_some() || codec.is_some(),
        EditOp::Merge { clips: Some(clips) } => clips.len() > 1 && each_once(clips, context),
        EditOp::Merge { clips: None } => context.clips > 1,
        EditOp::Reorder { order } => {
            order.len() > 1 && u32::try_from(order.len()) == Ok(context.clips) && each_once(order, context)
        }
        EditOp::RemoveClip { index } => context.clips > 1 && (1..=context.clips).contains(index),
        EditOp::Undo { steps: Some(Steps::Some(steps)) } => (1..=100).contains(steps),
        EditOp::Subtitles { asset } => text_fits(asset),
        EditOp::AutoSubtitles
        | EditOp::Duck
        | EditOp::Canvas { .. }
        | EditOp::Flip { .. }
        | EditOp::Undo { steps: Some(Steps::All) | None }
        | EditOp::Redo => true,
        // The client decides whether a file is wished for, not whoever is asked what the words mean.
        EditOp::Export => false,
    }
}

fn in_range(range: &RangeInclusive<f64>, value: Option<f64>) -> bool {
    value.is_none_or(|value| range.contains(&value))
}

fn clip_fits(clip: Option<u32>, context: &Context) -> bool {
    clip.is_none_or(|clip| (1..=context.clips).contains(&clip))
}

fn part_fits(Part(span): Part, then: bool, context: &Context) -> bool {
    span.is_none_or(|span| span_fits(span, then, context))
}

/// Something is left of the span on the timeline; after other operations it is not known how long that is.
fn span_fits(Span { from, to }: Span, then: bool, context: &Context) -> bool {
    let dur = if then { LONGEST_MS } else { duration(context) };
    let inside = |ms: i64| (-dur..=dur).contains(&ms);
    let from_start = |ms: i64| if ms < 0 { dur + ms } else { ms };
    let to_ms = to.unwrap_or(dur);
    // Between a time from the start and one from the end nothing is known of a timeline that is still to come.
    let in_order = (then && to.is_some_and(|to| (from < 0) != (to < 0))) || from_start(from) < from_start(to_ms);
    inside(from) && inside(to_ms) && in_order
}

fn place_fits(TextPlace { start, dur, pos: _ }: TextPlace, then: bool, context: &Context) -> bool {
    let limit = if then { LONGEST_MS } else { duration(context) };
    let start_fits = start.is_none_or(|start| (-limit..limit).contains(&start));
    let dur_fits = match dur {
        Some(Length::Ms(ms)) => ms > 0 && i64::try_from(ms).is_ok_and(|ms| ms <= limit),
        Some(Length::ToEnd) | None => true,
    };
    start_fits && dur_fits
}

fn duration(context: &Context) -> i64 {
    i64::try_from(context.dur_ms).unwrap_or(LONGEST_MS).min(LONGEST_MS)
}

/// No control characters: what is shown is text.
fn text_fits(text: &str) -> bool {
    let breaks = |c: char| c.is_control() && c != '\n';
    !text.trim().is_empty() && text.chars().nth(LONGEST_TEXT).is_none() && !text.contains(breaks)
}

fn is_there(target: Track, context: &Context) -> bool {
    let written = [Track::Title, Track::Subtitle, Track::Watermark, Track::Text];
    context.tracks.as_ref().is_none_or(|tracks| match target {
        Track::Text => tracks.iter().any(|track| written.contains(track)),
        Track::Title | Track::Subtitle | Track::Watermark | Track::Bgm => tracks.contains(&target),
    })
}

fn each_once(clips: &[u32], context: &Context) -> bool {
    let mut sorted = clips.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    sorted.len() == clips.len() && sorted.iter().all(|clip| (1..=context.clips).contains(clip))
}
