//! What the words of a message may speak of.

use serde_json::Value;

use super::{clips, has_segments};
use crate::ops::{Context, TextRole, Track};
use crate::source::Source;
use crate::timeline::Timeline;

/// More file names than this are not looked at.
const MOST_ASSETS: usize = 200;

/// What is known of the timeline before a message: as [`apply`](crate::apply) will find it, so with the clips that are
/// about to join it. Where there is no clip yet, nothing is known.
#[must_use]
pub fn context(draft: &Value, sources: &[Source]) -> Context {
    let assets = sources.iter().rev().take(MOST_ASSETS).map(|source| source.name.clone()).collect();
    let unknown = Context { assets, ..Context::default() };
    let Some(timeline) = before(draft, sources) else { return unknown };
    let clips = u32::try_from(timeline.clip_count()).unwrap_or(u32::MAX);
    Context { dur_ms: timeline.duration_ms(), clips, tracks: Some(tracks(&timeline)), ..unknown }
}

fn before(draft: &Value, sources: &[Source]) -> Option<Timeline> {
    // The language of a refusal that nobody reads.
    let language = super::Language::English;
    if !has_segments(draft) {
        return clips::fresh(sources, language).ok();
    }
    let mut timeline = Timeline::read(draft).ok()?;
    clips::fill(&mut timeline, sources, language).ok()?;
    let new = clips::new_clips(&timeline, sources);
    clips::append(&mut timeline, &new);
    Some(timeline)
}

fn tracks(timeline: &Timeline) -> Vec<Track> {
    let has = |role| timeline.texts.iter().any(|text| text.role == role);
    let subtitled = timeline.settings.speech_subtitles || !timeline.subtitles.is_empty();
    let there = |track: &Track| match track {
        Track::Title => has(TextRole::Title),
        Track::Subtitle => has(TextRole::Subtitle) || subtitled,
        Track::Watermark => has(TextRole::Watermark),
        Track::Bgm => timeline.music.is_some(),
        Track::Text => !timeline.texts.is_empty() || subtitled,
    };
    Track::ALL.iter().copied().filter(there).collect()
}
