//! Parts that stay, go, or are played at another speed.

use super::refusal::Refusal;
use super::words::number;
use super::work::{Piece, Work};
use crate::ops::Span;
use crate::timeline::{Range, Speed};

impl Work<'_> {
    /// Only these parts stay, in the order of the timeline; with a clip, the other clips stay whole.
    pub(super) fn keep(&mut self, spans: &[Span], clip: Option<u32>, then: bool) -> Result<(), Refusal> {
        let id = clip.map(|number| self.clip(number, then)).transpose()?.map(|(id, _)| id);
        let (mut stays, mut said) = (Vec::new(), Vec::new());
        for span in spans {
            let found = self.find(*span, clip, then)?;
            stays.extend(found.now);
            said.push(found.said);
        }
        if stays.is_empty() {
            return Err(Refusal::part_gone(self.language));
        }
        let mut pieces = split(self.pieces(), &stays);
        pieces.retain(|piece| id.is_some_and(|id| piece.segment.clip != id) || lies_in(piece, &stays));
        self.put(pieces)?;
        let (parts, now) = (self.language.ranges(&said), self.now_long());
        self.tell(format!("Kept: {parts}; {now}"), format!("已保留：{parts}，{now}"));
        Ok(())
    }

    pub(super) fn remove(&mut self, span: Span, clip: Option<u32>, then: bool) -> Result<(), Refusal> {
        let found = self.find(span, clip, then)?;
        let mut pieces = split(self.pieces(), &found.now);
        pieces.retain(|piece| !lies_in(piece, &found.now));
        self.put(pieces)?;
        let (part, now) = (self.language.range(found.said), self.now_long());
        self.tell(format!("Removed: {part}; {now}"), format!("已去掉：{part}，{now}"));
        Ok(())
    }

    pub(super) fn speed(
        &mut self,
        factor: f64,
        part: Option<Span>,
        clip: Option<u32>,
        then: bool,
    ) -> Result<(), Refusal> {
        let all = Span { from: 0, to: None };
        let found = self.find(part.unwrap_or(all), clip, then)?;
        if found.now.is_empty() {
            return Err(Refusal::part_gone(self.language));
        }
        // Clips that joined in this message are meant when no part is named.
        let everything = part.is_none() && clip.is_none();
        let mut pieces = if everything { self.pieces() } else { split(self.pieces(), &found.now) };
        for piece in pieces.iter_mut().filter(|piece| everything || lies_in(piece, &found.now)) {
            let speed = Speed::of(piece.segment.speed.factor() * factor);
            piece.segment.speed = speed.ok_or_else(|| self.bad_speed())?;
        }
        self.put(pieces)?;
        let (part, now) = (self.language.range(found.said), self.now_long());
        let times = number(factor);
        if everything {
            self.tell(format!("Speed: {times}x; {now}"), format!("速度：{times} 倍，{now}"));
        } else {
            self.tell(format!("Speed: {times}x for {part}; {now}"), format!("速度：{part}为 {times} 倍，{now}"));
        }
        Ok(())
    }

    fn bad_speed(&self) -> Refusal {
        let (en, zh) = ("Videos can be played from 0.05x to 100x", "播放速度只能在 0.05 倍到 100 倍之间");
        Refusal::out_of_range(en, zh, self.language)
    }

    /// `the video is now 5 s`
    pub(super) fn now_long(&self) -> String {
        let length = self.language.length(self.timeline.duration_ms());
        self.language.pick(format!("the video is now {length}"), format!("现在共 {length}"))
    }
}

/// Cuts pieces wherever a part begins or ends, so that each lies within a part or beside it.
pub(super) fn split(pieces: Vec<Piece>, parts: &[Range]) -> Vec<Piece> {
    let mut borders: Vec<u64> = parts.iter().flat_map(|part| [part.from, part.to]).collect();
    borders.sort_unstable();
    borders.dedup();
    let mut cut = Vec::with_capacity(pieces.len());
    for mut piece in pieces {
        for border in &borders {
            if let Some(before) = cut_off(&mut piece, *border) {
                cut.push(before);
            }
        }
        cut.push(piece);
    }
    cut
}

/// Takes off what lies before a moment; `None` when nothing does, or all of it, or less than there is a ms of in the source.
fn cut_off(piece: &mut Piece, at: u64) -> Option<Piece> {
    let own = piece.own?;
    let (before, after) = (Range::new(own.from, at)?, Range::new(at, own.to)?);
    let segment = &mut piece.segment;
    let source = segment.from_ms.saturating_add(segment.speed.covered(before.length()));
    if source <= segment.from_ms || segment.to_ms.is_none_or(|to| source >= to) {
        return None;
    }
    let mut first = Piece { own: Some(before), segment: segment.clone() };
    first.segment.to_ms = Some(source);
    segment.from_ms = source;
    piece.own = Some(after);
    Some(first)
}

/// Whether the middle of a piece is in one of the parts; after [`split`] all of it is, or nothing.
pub(super) fn lies_in(piece: &Piece, parts: &[Range]) -> bool {
    let middle = piece.own.map(|own| own.from + own.length() / 2);
    middle.is_some_and(|middle| parts.iter().any(|part| part.from <= middle && middle < part.to))
}
