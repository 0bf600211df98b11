//! Clips as wholes: which are there, in which order, and how one becomes the next.

use super::names;
use super::refusal::Refusal;
use super::words::{Language, list, number, quoted};
use super::work::{Piece, Work};
use crate::ops::TransitionKind;
use crate::source::Source;
use crate::timeline::{Segment, Timeline, Transition};

/// How long a transition takes when nobody says it, in ms.
const TRANSITION_MS: u64 = 1_000;

/// How long a transition may take, in ms.
const TRANSITIONS: std::ops::RangeInclusive<u64> = 40..=10_000;

/// Whether a source can stand on a timeline: it has a picture, and it is known how long.
pub(super) fn is_clip(source: &Source) -> bool {
    source.facts.video.is_some() && (source.facts.still || source.facts.duration_ms > 0)
}

/// All clips among the sources, one after the other.
pub(super) fn fresh(sources: &[Source], language: Language) -> Result<Timeline, Refusal> {
    let clips = sources.iter().filter(|source| is_clip(source));
    let segments: Vec<Segment> = (1..).zip(clips).map(|(number, source)| Segment::whole(number, source)).collect();
    if segments.is_empty() {
        let names: Vec<String> = sources.iter().map(|source| source.name.clone()).collect();
        return Err(Refusal::no_clip(&names, language));
    }
    let mut timeline = Timeline::default();
    timeline.segments = segments;
    timeline.settings.seen = timeline.segments.iter().map(|segment| segment.source.clone()).collect();
    Ok(timeline)
}

/// Says where clips end of which the draft doesn't.
pub(super) fn fill(timeline: &mut Timeline, sources: &[Source], language: Language) -> Result<(), Refusal> {
    for segment in timeline.segments.iter_mut().filter(|segment| segment.to_ms.is_none()) {
        let source = sources.iter().find(|source| source.id == segment.source && is_clip(source));
        let source = source.ok_or_else(|| Refusal::clip_gone(&segment.name, language))?;
        let whole = Segment::whole(segment.clip, source);
        segment.still = whole.still;
        segment.to_ms = whole.to_ms.filter(|to| *to > segment.from_ms);
        if segment.to_ms.is_none() {
            return Err(Refusal::clip_gone(&segment.name, language));
        }
    }
    Ok(())
}

/// The clips that have never stood on the timeline.
pub(super) fn new_clips<'a>(timeline: &Timeline, sources: &'a [Source]) -> Vec<&'a Source> {
    let known = |source: &&Source| {
        timeline.settings.seen.contains(&source.id)
            || timeline.segments.iter().any(|segment| segment.source == source.id)
            || timeline.music.as_ref().is_some_and(|music| music.source == source.id)
    };
    sources.iter().filter(|source| is_clip(source)).filter(|source| !known(source)).collect()
}

/// Puts clips at the end. They are as loud as all the others where those agree.
pub(super) fn append(timeline: &mut Timeline, clips: &[&Source]) {
    let loudness = |segment: &Segment| (segment.volume, segment.muted);
    let common = timeline.segments.first().map(loudness);
    let common = common.filter(|common| timeline.segments.iter().all(|segment| loudness(segment) == *common));
    let numbers = timeline.segments.iter().map(|segment| segment.clip).max().unwrap_or(0)..;
    for (number, source) in numbers.skip(1).zip(clips) {
        let mut segment = Segment::whole(number, source);
        if let Some((volume, muted)) = common {
            (segment.volume, segment.muted) = (volume, muted);
        }
        timeline.segments.push(segment);
        timeline.settings.seen.push(source.id.clone());
    }
}

impl Work<'_> {
    /// Clips that were uploaded since the last edit stand at the end before anything else is done.
    pub(super) fn join_new_clips(&mut self) -> Result<(), Refusal> {
        let new = new_clips(&self.timeline, self.sources);
        if new.is_empty() {
            return Ok(());
        }
        append(&mut self.timeline, &new);
        self.begin_here();
        if self.timeline.segments.len() > super::work::MOST_SEGMENTS {
            return Err(Refusal::too_much(self.language));
        }
        for source in new {
            let (name, length) = (quoted(&source.name), self.now_long());
            self.tell(format!("Clip added at the end: {name}; {length}"), format!("已把{name}接在最后，{length}"));
        }
        Ok(())
    }

    /// All clips follow each other already; naming some of them means only those, in that order.
    pub(super) fn merge(&mut self, clips: Option<&[u32]>) -> Result<(), Refusal> {
        if self.timeline.clip_count() < 2 {
            return Err(Refusal::one_clip(self.language));
        }
        if let Some(numbers) = clips {
            let mut ids: Vec<u32> = Vec::with_capacity(numbers.len());
            for number in numbers {
                let (id, _) = self.clip(*number, false)?;
                if !ids.contains(&id) {
                    ids.push(id);
                }
            }
            self.arrange(&ids)?;
        }
        let (names, now) = (self.clip_names(), self.now_long());
        self.tell(format!("Joined: {names}; {now}"), format!("已合并：{names}，{now}"));
        Ok(())
    }

    /// The numbers are those before the message where they name all of its clips, else those that are there now.
    pub(super) fn reorder(&mut self, order: &[u32]) -> Result<(), Refusal> {
        let now: Vec<u32> =
            self.timeline.clips().into_iter().map(|clip| self.timeline.segments[clip.start].clip).collect();
        let before = self.clips_before();
        if now.len() < 2 {
            return Err(Refusal::one_clip(self.language));
        }
        let numbered = if order.len() == before.len() { &before } else { &now };
        let mut sorted = order.to_vec();
        sorted.sort_unstable();
        if !sorted.iter().copied().eq((1..).take(numbered.len())) {
            return Err(Refusal::bad_order(now.len(), self.language));
        }
        let at = |number: &u32| numbered.get(usize::try_from(number - 1).unwrap_or(usize::MAX)).copied();
        let ids: Vec<u32> = order.iter().filter_map(at).filter(|id| now.contains(id)).collect();
        self.arrange(&ids)?;
        let names = self.clip_names();
        self.tell(format!("New order: {names}"), format!("新的顺序：{names}"));
        Ok(())
    }

    pub(super) fn remove_clip(&mut self, index: u32) -> Result<(), Refusal> {
        let (id, _) = self.clip(index, false)?;
        let name = self.timeline.segments.iter().find(|segment| segment.clip == id);
        let name = name.map(|segment| quoted(&segment.name)).unwrap_or_default();
        let mut pieces = self.pieces();
        pieces.retain(|piece| piece.segment.clip != id);
        self.put(pieces)?;
        let now = self.now_long();
        self.tell(format!("Clip {index} removed: {name}; {now}"), format!("已删除第 {index} 段{name}，{now}"));
        Ok(())
    }

    pub(super) fn transition(&mut self, kind: TransitionKind, ms: Option<u64>) -> Result<(), Refusal> {
        if self.timeline.clip_count() < 2 {
            return Err(Refusal::one_clip(self.language));
        }
        let ms = ms.unwrap_or(TRANSITION_MS);
        if !TRANSITIONS.contains(&ms) {
            let (en, zh) = ("A transition takes from 0.04 s to 10 s", "转场时长只能在 0.04 秒到 10 秒之间");
            return Err(Refusal::out_of_range(en, zh, self.language));
        }
        let before = self.owns();
        self.timeline.settings.transition = Some(Transition { kind, ms });
        self.settle(&before);
        let (en, zh) = names::transition(kind);
        let seconds = number(ms as f64 / 1000.0);
        self.tell(format!("Between the clips: {en}, {seconds} s"), format!("片段之间加了{zh}，{seconds} 秒"));
        Ok(())
    }

    /// Only the clips with these numbers, in this order.
    fn arrange(&mut self, ids: &[u32]) -> Result<(), Refusal> {
        let pieces = self.pieces();
        let of = |id: &u32| pieces.iter().filter(|piece| piece.segment.clip == *id).cloned().collect::<Vec<Piece>>();
        self.put(ids.iter().flat_map(of).collect())
    }

    fn clip_names(&self) -> String {
        let first = |clip: std::ops::Range<usize>| self.timeline.segments[clip.start].name.clone();
        let names: Vec<String> = self.timeline.clips().into_iter().map(first).collect();
        list(&names, self.language)
    }
}
