//! A timeline under the hands of a message.

use super::refusal::Refusal;
use super::trace::{self, Link};
use super::words::Language;
use crate::ops::{EditOp, Span};
use crate::source::Source;
use crate::timeline::{Range, Segment, Timeline};

/// More segments than this are no timeline of a person's.
pub(super) const MOST_SEGMENTS: usize = 500;

/// How far beyond the end a time may lie that is taken for the end, in ms: people round.
const ROUNDED_MS: u64 = 500;

/// One message being done.
pub(super) struct Work<'a> {
    pub(super) timeline: Timeline,
    pub(super) sources: &'a [Source],
    pub(super) language: Language,
    /// The timeline before the message and after each step, oldest first.
    states: Vec<State>,
    /// The operation that is being done, by its place in the message.
    op: usize,
    /// With the operation, and whether it is a consequence of it.
    changes: Vec<(usize, bool, String)>,
}

/// A timeline as it was between two steps.
struct State {
    /// Operations from this one on came later.
    before_op: usize,
    total: u64,
    /// The clips in their order, by the numbers that their segments bear, with their places.
    clips: Vec<(u32, Range)>,
    /// What the next step did to it.
    links: Vec<Link>,
}

/// A segment with the part of the timeline that was its own before the step, if it was there.
#[derive(Debug, Clone)]
pub(super) struct Piece {
    pub(super) segment: Segment,
    pub(super) own: Option<Range>,
}

/// Parts of the timeline as it is now.
pub(super) struct Found {
    /// As they are now, in order and apart from each other; empty when they are gone.
    pub(super) now: Vec<Range>,
    /// As they were said, for the person.
    pub(super) said: Range,
}

impl<'a> Work<'a> {
    pub(super) fn new(timeline: Timeline, sources: &'a [Source], language: Language) -> Self {
        let mut work = Self { timeline, sources, language, states: Vec::new(), op: 0, changes: Vec::new() };
        work.renumber();
        work.states.push(work.state(0));
        work
    }

    pub(super) fn at(&mut self, op: usize) {
        self.op = op;
    }

    /// A line about what was changed.
    pub(super) fn tell(&mut self, en: String, zh: String) {
        let line = self.language.pick(en, zh);
        self.changes.push((self.op, false, format!("✅ {line}")));
    }

    /// A line about something that the message changed without saying so.
    pub(super) fn warn(&mut self, en: String, zh: String) {
        let line = self.language.pick(en, zh);
        self.changes.push((self.op, true, format!("⚠️ {line}")));
    }

    /// The timeline, and what was changed in the order of the words.
    pub(super) fn done(mut self) -> (Timeline, Vec<String>) {
        self.changes.sort_by_key(|(op, consequence, _)| (*op, *consequence));
        (self.timeline, self.changes.into_iter().map(|(_, _, line)| line).collect())
    }

    /// Whatever moves time; everything else waits for [`Work::finish`].
    pub(super) fn restructure(&mut self, op: &EditOp) -> Result<(), Refusal> {
        match op {
            EditOp::Keep { parts, clip, then } => self.keep(&parts.0, *clip, *then),
            EditOp::Remove { span, clip, then } => self.remove(*span, *clip, *then),
            EditOp::Speed { factor, part, clip, then } => self.speed(*factor, part.0, *clip, *then),
            EditOp::Merge { clips } => self.merge(clips.as_deref()),
            EditOp::Reorder { order } => self.reorder(order),
            EditOp::RemoveClip { index } => self.remove_clip(*index),
            EditOp::Transition { kind, ms } => self.transition(*kind, *ms),
            EditOp::Text { .. }
            | EditOp::EditText { .. }
            | EditOp::RemoveTrack { .. }
            | EditOp::AutoSubtitles
            | EditOp::Subtitles { .. }
            | EditOp::Bgm { .. }
            | EditOp::Volume { .. }
            | EditOp::Mute { .. }
            | EditOp::Fade { .. }
            | EditOp::Loudness { .. }
            | EditOp::Duck
            | EditOp::Canvas { .. }
            | EditOp::Resolution(_)
            | EditOp::Fps { .. }
            | EditOp::Rotate { .. }
            | EditOp::Flip { .. }
            | EditOp::MaxSize { .. }
            | EditOp::Preset { .. }
            | EditOp::Format { .. }
            | EditOp::Undo { .. }
            | EditOp::Redo
            | EditOp::Export => Ok(()),
        }
    }

    /// Whatever doesn't move time, on the finished timeline.
    pub(super) fn finish(&mut self, op: &EditOp) -> Result<(), Refusal> {
        match op {
            EditOp::Text { role, text, place, then } => self.add_text(*role, text, *place, *then),
            EditOp::EditText { role, text, place } => self.edit_text(*role, text.as_deref(), *place),
            EditOp::RemoveTrack { target } => self.remove_track(*target),
            EditOp::AutoSubtitles => self.auto_subtitles(),
            EditOp::Subtitles { asset } => self.add_subtitles(asset),
            EditOp::Bgm { volume, query, asset, part, then } => {
                self.bgm(*volume, query.as_deref(), asset.as_deref(), part.0, *then)
            }
            EditOp::Volume { target, level } => self.volume(*target, *level),
            EditOp::Mute { target, part, clip } => self.mute(*target, part.0, *clip),
            EditOp::Fade { kind, target, ms } => self.fade(*kind, *target, *ms),
            EditOp::Loudness { lufs } => self.loudness(*lufs),
            EditOp::Duck => self.duck(),
            EditOp::Canvas { ratio, fit } => self.canvas(*ratio, *fit),
            EditOp::Resolution(resolution) => self.resolution(*resolution),
            EditOp::Fps { value } => self.fps(*value),
            EditOp::Rotate { deg, clip } => self.rotate(*deg, *clip),
            EditOp::Flip { axis } => self.flip(*axis),
            EditOp::MaxSize { bytes } => self.max_size(*bytes),
            EditOp::Preset { name } => self.preset(name),
            EditOp::Format { container, codec } => self.format(*container, *codec),
            EditOp::Keep { .. }
            | EditOp::Remove { .. }
            | EditOp::Speed { .. }
            | EditOp::Merge { .. }
            | EditOp::Reorder { .. }
            | EditOp::RemoveClip { .. }
            | EditOp::Transition { .. }
            | EditOp::Undo { .. }
            | EditOp::Redo
            | EditOp::Export => Ok(()),
        }
    }

    /// The state that the times of this operation speak of, by its place.
    fn base(&self, then: bool) -> usize {
        if !then {
            return 0;
        }
        self.states.iter().rposition(|state| state.before_op <= self.op).unwrap_or(0)
    }

    /// How long the timeline was that the times of this operation speak of.
    pub(super) fn total(&self, then: bool) -> u64 {
        self.states[self.base(then)].total
    }

    /// What each step of the message did so far to the parts of the timeline.
    pub(super) fn steps(&self) -> impl Iterator<Item = &[Link]> {
        self.states[..self.states.len() - 1].iter().map(|state| state.links.as_slice())
    }

    /// Where a part of the timeline is now, given in the words of the person, of a clip if one is named.
    pub(super) fn find(&self, span: Span, clip: Option<u32>, then: bool) -> Result<Found, Refusal> {
        let base = self.base(then);
        let state = &self.states[base];
        let within = match clip {
            None => Range { from: 0, to: state.total },
            Some(number) => self.clip_in(state, number)?.1,
        };
        let said = self.resolve(span, within)?;
        let mut now = vec![said];
        for state in &self.states[base..self.states.len() - 1] {
            now = now.into_iter().flat_map(|part| trace::images(&state.links, part)).collect();
            now.sort_unstable();
        }
        Ok(Found { now, said })
    }

    /// Where a moment is now.
    pub(super) fn find_moment(&self, at: u64, then: bool) -> u64 {
        let steps = &self.states[self.base(then)..self.states.len() - 1];
        steps.iter().fold(at, |at, state| trace::moment(&state.links, at))
    }

    /// The number that the segments of a clip bear, by the number that people give it, with its place.
    pub(super) fn clip(&self, number: u32, then: bool) -> Result<(u32, Range), Refusal> {
        self.clip_in(&self.states[self.base(then)], number)
    }

    fn clip_in(&self, state: &State, number: u32) -> Result<(u32, Range), Refusal> {
        let index = usize::try_from(number).ok().and_then(|number| number.checked_sub(1));
        let clip = index.and_then(|index| state.clips.get(index)).copied();
        clip.ok_or_else(|| Refusal::no_such_clip(number, state.clips.len(), self.language))
    }

    fn resolve(&self, Span { from, to }: Span, within: Range) -> Result<Range, Refusal> {
        let total = within.length();
        let beyond = || Refusal::beyond(total, self.language);
        let place = |at: i64| {
            let ms = if at < 0 { total.checked_sub(at.unsigned_abs()) } else { Some(at.unsigned_abs()) };
            ms.filter(|ms| *ms <= total.saturating_add(ROUNDED_MS)).map(|ms| ms.min(total))
        };
        let from = place(from).ok_or_else(beyond)?;
        let to = to.map_or(Some(total), place).ok_or_else(beyond)?;
        if from >= total {
            return Err(beyond());
        }
        Range::new(within.from + from, within.from + to).ok_or_else(|| Refusal::reversed(self.language))
    }

    /// The segments, each with the part of the timeline that is its own: up to where the next one begins.
    pub(super) fn pieces(&self) -> Vec<Piece> {
        let placed = self.timeline.placed();
        let end = |at: usize| placed.get(at + 1).map_or(placed[at].on.to, |next| next.on.from);
        let pieces = placed.iter().enumerate().map(|(at, one)| Piece {
            segment: self.timeline.segments[one.index].clone(),
            own: Range::new(one.on.from, end(at)),
        });
        pieces.collect()
    }

    /// Puts these in the place of all segments; writing and music go with the parts that they lay on.
    pub(super) fn put(&mut self, pieces: Vec<Piece>) -> Result<(), Refusal> {
        let mut pieces = joined(pieces);
        // Played fast enough, nothing is left of a few ms.
        pieces.retain(|piece| piece.segment.length_ms().is_some_and(|length| length > 0));
        if pieces.is_empty() {
            return Err(Refusal::nothing_left(self.language));
        }
        if pieces.len() > MOST_SEGMENTS {
            return Err(Refusal::too_much(self.language));
        }
        let (segments, owns): (Vec<Segment>, Vec<Option<Range>>) =
            pieces.into_iter().map(|piece| (piece.segment, piece.own)).unzip();
        self.timeline.segments = segments;
        if self.timeline.duration_ms() > crate::timeline::LONGEST_MS {
            return Err(Refusal::too_long(self.language));
        }
        self.step(&owns);
        Ok(())
    }

    /// A step is done: `owns` are the parts that the segments had before it.
    fn step(&mut self, owns: &[Option<Range>]) {
        let placed = self.owns();
        let link = |(index, own): (usize, Range)| Some(Link { from: owns[index]?, to: own });
        let mut links: Vec<Link> = placed.into_iter().filter_map(link).collect();
        links.sort_by_key(|link| link.from.from);
        let before = self.states.last().map_or(0, |state| state.total);
        self.follow_texts(&links, before);
        self.follow_subtitles(&links);
        self.follow_music(&links, before);
        if let Some(last) = self.states.last_mut() {
            last.links = links;
        }
        self.states.push(self.state(self.op + 1));
    }

    /// The parts of the timeline that are each segment's own, with the segment's place.
    pub(super) fn owns(&self) -> Vec<(usize, Range)> {
        let indexes = self.timeline.placed().into_iter().map(|placed| placed.index);
        let owns = self.pieces().into_iter().map(|piece| piece.own);
        indexes.zip(owns).filter_map(|(index, own)| Some((index, own?))).collect()
    }

    /// After something changed in how segments lie on each other, but not in the segments.
    pub(super) fn settle(&mut self, before: &[(usize, Range)]) {
        let mut owns = vec![None; self.timeline.segments.len()];
        for (index, own) in before {
            owns[*index] = Some(*own);
        }
        self.step(&owns);
    }

    /// The numbers that the segments of the clips bore before the message, in the order of the clips.
    pub(super) fn clips_before(&self) -> Vec<u32> {
        self.states.first().map_or_else(Vec::new, |state| state.clips.iter().map(|(id, _)| *id).collect())
    }

    /// New clips that joined before the first operation are part of what people speak of.
    pub(super) fn begin_here(&mut self) {
        self.states = vec![self.state(0)];
    }

    fn state(&self, before_op: usize) -> State {
        let owns = self.owns();
        let place = |clip: std::ops::Range<usize>| {
            let mut parts = owns.iter().filter(|(index, _)| clip.contains(index)).map(|(_, own)| *own);
            let first = parts.next()?;
            let to = parts.next_back().map_or(first.to, |last| last.to);
            Some((self.timeline.segments[clip.start].clip, Range { from: first.from, to }))
        };
        let clips = self.timeline.clips().into_iter().filter_map(place).collect();
        State { before_op, total: self.timeline.duration_ms(), clips, links: Vec::new() }
    }

    /// Gives each clip a number of its own, whatever a draft says.
    fn renumber(&mut self) {
        for (number, clip) in (1..).zip(self.timeline.clips()) {
            for segment in &mut self.timeline.segments[clip] {
                segment.clip = number;
            }
        }
    }
}

/// Pieces of one clip that go on where the one before ended, with nothing to tell them apart, made one again.
fn joined(pieces: Vec<Piece>) -> Vec<Piece> {
    let mut joined: Vec<Piece> = Vec::with_capacity(pieces.len());
    for piece in pieces {
        match joined.last_mut() {
            Some(last) if goes_on(last, &piece) => {
                last.segment.to_ms = piece.segment.to_ms;
                last.own = last.own.zip(piece.own).map(|(a, b)| Range { from: a.from, to: b.to });
            }
            _ => joined.push(piece),
        }
    }
    joined
}

fn goes_on(before: &Piece, after: &Piece) -> bool {
    let mut like = after.segment.clone();
    (like.from_ms, like.to_ms) = (before.segment.from_ms, before.segment.to_ms);
    let in_time = match (before.own, after.own) {
        (Some(before), Some(after)) => before.to == after.from,
        (None, None) => true,
        (Some(_), None) | (None, Some(_)) => false,
    };
    in_time && before.segment.to_ms == Some(after.segment.from_ms) && like == before.segment
}
