//! A timeline in parts that follow each other, each a timeline of its own.
//!
//! Every ms of every source that is on the timeline is in exactly one part. Writing, music, silences and fades are where they
//! were; what holds for all of the timeline holds for each part.

use super::{Fades, Music, Placed, Range, Segment, Text, Timeline};

/// A place between two parts: before the first ms of a segment, or amid one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Cut {
    /// When it is, in ms.
    at: u64,
    /// The first segment after it.
    index: usize,
    /// How much of that segment lies before it, in ms of the timeline.
    played: u64,
}

/// How well a place suits, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Suits {
    /// Nothing is lost or moved.
    Well,
    /// A frame of what is played faster or slower may be shown a little earlier or later.
    Nearly,
    /// A transition between two clips falls away.
    AtTransition,
}

impl Timeline {
    /// As few parts as it takes for none to be longer than `most` ms, about equally long. `grid` is a time in ms that is a
    /// whole number of frames: they begin at multiples of it, so that no frame is lost or doubled.
    ///
    /// Every segment has to say where it ends. `None` when it can't be cut so short.
    pub(crate) fn parts(&self, most: u64, grid: u64) -> Option<Vec<Self>> {
        let total = self.duration_ms();
        let fewest = total.div_ceil(most.max(1)).max(1);
        // Where nothing suits, more and shorter parts leave more places to choose from.
        (fewest..fewest.saturating_mul(2) + 2).find_map(|count| self.in_parts(count, most, grid.max(1)))
    }

    fn in_parts(&self, count: u64, most: u64, grid: u64) -> Option<Vec<Self>> {
        let total = self.duration_ms();
        let placed = self.placed();
        let mut cuts = vec![Cut { at: 0, index: 0, played: 0 }];
        for number in 1..count {
            let before = cuts.last()?.at;
            let target = u64::try_from(u128::from(total) * u128::from(number) / u128::from(count)).ok()?;
            cuts.push(self.cut_near(&placed, target, Range::new(before, before.saturating_add(most))?, grid)?);
        }
        cuts.push(Cut { at: total, index: self.segments.len(), played: 0 });
        let parts: Vec<Self> = cuts.windows(2).map(|pair| self.between(pair[0], pair[1])).collect();
        parts.iter().all(|part| (1..=most).contains(&part.duration_ms())).then_some(parts)
    }

    /// The best place near this one that lies after the beginning of `within` and not beyond its end.
    fn cut_near(&self, placed: &[Placed], target: u64, within: Range, grid: u64) -> Option<Cut> {
        let amid = placed.iter().flat_map(|place| {
            let nearest = target.clamp(place.on.from, place.on.to) / grid * grid;
            // Farther from where it should be than this it is another segment's turn.
            let steps = (0..=200u64).flat_map(move |step| [nearest.saturating_sub(step * grid), nearest + step * grid]);
            steps.filter_map(|at| self.cut_amid(placed, place, at))
        });
        let edges = placed.iter().map(|place| {
            let suits = match (place.enter_ms, place.on.from % grid) {
                (0, 0) => Suits::Well,
                (0, _) => Suits::Nearly,
                _ => Suits::AtTransition,
            };
            (suits, Cut { at: place.on.from, index: place.index, played: 0 })
        });
        let all = amid.chain(edges).filter(|(_, cut)| cut.at > within.from && cut.at <= within.to);
        all.min_by_key(|(suits, cut)| (*suits, cut.at.abs_diff(target))).map(|(_, cut)| cut)
    }

    /// A place amid a segment, so far from its transitions that they stay as they are.
    fn cut_amid(&self, placed: &[Placed], place: &Placed, at: u64) -> Option<(Suits, Cut)> {
        let after = placed.iter().find(|after| after.index > place.index).map_or(0, |after| after.enter_ms);
        let segment = &self.segments[place.index];
        let played = at.checked_sub(place.on.from).filter(|played| *played > place.enter_ms.saturating_mul(2))?;
        let rest = place.on.to.checked_sub(at).filter(|rest| *rest > after.saturating_mul(2))?;
        let (first, second) = segment.cut(played)?;
        let exact = (first.length_ms(), second.length_ms()) == (Some(played), Some(rest));
        let cut = Cut { at, index: place.index, played };
        Some((if exact { Suits::Well } else { Suits::Nearly }, cut))
    }

    fn between(&self, from: Cut, to: Cut) -> Self {
        let mut part = Self { settings: self.settings.clone(), rest: self.rest.clone(), ..Self::default() };
        for (index, segment) in self.segments.iter().enumerate().take(to.index + 1).skip(from.index) {
            let mut kept = Some(segment.clone());
            if index == to.index {
                kept = segment.cut(to.played).map(|(first, _)| first);
            }
            if index == from.index && from.played > 0 {
                let end = kept.as_ref().and_then(|kept| kept.to_ms);
                kept = segment.cut(from.played).map(|(_, second)| Segment { to_ms: end, ..second });
            }
            part.segments.extend(kept);
        }
        let total = self.duration_ms();
        let (is_first, is_last) = (from.at == 0, to.at == total);
        let on = Range { from: from.at, to: from.at + part.duration_ms() };
        for fades in [&mut part.settings.picture, &mut part.settings.sound, &mut part.settings.original] {
            *fades = of_part(*fades, is_first, is_last);
        }
        part.music = self.music.as_ref().and_then(|music| music.in_part(self.music_on()?, on));
        part.texts = self.texts.iter().filter_map(|text| text.in_part(self.text_on(text)?, on)).collect();
        part.subtitles = self.subtitles.clone();
        let moved = Range { from: 0, to: on.length() };
        part.subtitles.retain_mut(|file| file.follow(std::iter::once((on, moved))));
        part
    }
}

impl Segment {
    /// Its first so many ms of the timeline, and the rest; `None` when one of them would be nothing.
    fn cut(&self, played: u64) -> Option<(Self, Self)> {
        let at = self.from_ms + self.speed.covered(played);
        let both = played > 0 && at > self.from_ms && self.to_ms.is_some_and(|to| at < to);
        both.then(|| (Self { to_ms: Some(at), ..self.clone() }, Self { from_ms: at, ..self.clone() }))
    }
}

impl Music {
    /// `on` is when it plays on the whole timeline.
    fn in_part(&self, on: Range, part: Range) -> Option<Self> {
        let kept = on.meet(part)?;
        let silent = self.silent.iter().filter_map(|range| Some(moved(range.meet(part)?, part.from)));
        Some(Self {
            start: (kept.from - part.from).cast_signed(),
            dur: Some(kept.length()),
            skip: self.skip + (kept.from - on.from),
            silent: silent.collect(),
            fades: of_part(self.fades, kept.from == on.from, kept.to == on.to),
            ..self.clone()
        })
    }
}

impl Text {
    /// `on` is when it stands on the whole timeline.
    fn in_part(&self, on: Range, part: Range) -> Option<Self> {
        let kept = on.meet(part)?;
        Some(Self { start: (kept.from - part.from).cast_signed(), dur: Some(kept.length()), ..self.clone() })
    }
}

fn moved(range: Range, begin: u64) -> Range {
    Range { from: range.from - begin, to: range.to - begin }
}

fn of_part(fades: Fades, is_first: bool, is_last: bool) -> Fades {
    Fades { in_ms: if is_first { fades.in_ms } else { 0 }, out_ms: if is_last { fades.out_ms } else { 0 } }
}
