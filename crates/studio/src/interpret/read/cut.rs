//! What stays and what goes.

use super::{Clause, Fail, Read, ask};
use crate::{
    interpret::{
        lexicon::W,
        token::{How, T},
    },
    ops::{About, EditOp, Parts, Span},
};

impl Clause<'_, '_> {
    pub(super) fn cut(&mut self) -> Read {
        if self.bag.has_any(|t| *t == T::NoUnit) {
            return ask(About::WhichUnit);
        }
        if self.bag.has_any(|t| matches!(t, T::Span(..) | T::Dur(_))) && self.bag.has(&[W::Crop]) {
            let crops = self.bag.toks().iter().position(|tok| tok.is(W::Crop));
            crops.into_iter().for_each(|at| self.bag.set(at, W::Cut));
        }
        self.limit()?;
        if self.rest_goes() {
            return Ok(());
        }
        self.vague()?;
        if self.bag.has(&[W::Cut, W::CutZh, W::CutTo]) && self.bag.has_any(|t| matches!(t, T::Num(_))) {
            return ask(About::WhichUnit);
        }
        let clip = self.whole_clips();
        let spans = self.spans();
        if let Some((first, how, at)) = spans.first().copied() {
            return self.parts(first, how, at, &spans, clip);
        }
        if self.bag.has_any(|t| matches!(t, T::Dur(_))) && !self.bag.has(&[W::Exceeds]) {
            return self.length();
        }
        if self.bag.has_any(|t| matches!(t, T::At(_))) && self.bag.has(&[W::Cut, W::CutZh, W::CutTo, W::Remove]) {
            return self.at_a_point();
        }
        self.nothing_named()
    }

    /// `cut at 0:30`, `cut to 0:30`.
    fn at_a_point(&mut self) -> Read {
        let to = self.bag.has(&[W::CutTo]) || self.bag.has(&[W::Cut]) && self.bag.has(&[W::To]);
        let Some((to, at)) = to.then(|| self.bag.take_at()).flatten() else { return ask(About::KeepOrRemove) };
        self.bag.take_all(&[W::CutTo, W::Cut, W::To, W::Down]);
        self.keep(at, vec![Span { from: 0, to: Some(to) }], None)
    }

    fn whole_clips(&mut self) -> Option<u32> {
        let spans = self.bag.has_any(|t| matches!(t, T::Span(..)));
        if spans { self.bag.take_clips().first().copied() } else { None }
    }

    fn spans(&mut self) -> Vec<(Span, How, usize)> {
        let mut all = Vec::new();
        while let Some(span) = self.bag.take_span() {
            all.push(span);
        }
        if let [(a, How::Starting, at), (b, How::Ending, _)] = all[..]
            && a.from >= 0
            && a.to.is_none()
        {
            return vec![(Span { from: a.from, to: b.to }, How::Starting, at)];
        }
        all
    }

    /// `30 s max`.
    fn limit(&mut self) -> Read {
        let limited = self.bag.has(&[W::Max]) || self.bag.has(&[W::Until]);
        if !limited || !self.bag.has_any(|t| matches!(t, T::Dur(_))) || self.bag.has_any(|t| matches!(t, T::Span(..))) {
            return Ok(());
        }
        let Some((to, at)) = self.bag.take_dur() else { return Ok(()) };
        self.bag.take_all(&[
            W::Max,
            W::Until,
            W::LengthNoun,
            W::Keep,
            W::Cut,
            W::CutZh,
            W::CutTo,
            W::Shorten,
            W::To,
            W::Into,
            W::Make,
            W::Each,
            W::TooLong,
            W::Shorter,
            W::Compress,
            W::Only,
            W::Change,
        ]);
        let fits = i64::try_from(self.env.context.dur_ms).is_ok_and(|dur| dur <= to);
        if fits {
            self.env.nothing = true;
            return Ok(());
        }
        self.keep(at, vec![Span { from: 0, to: Some(to) }], None)
    }

    /// `delete the rest` after a part that is kept says it twice.
    fn rest_goes(&mut self) -> bool {
        let spans = self.bag.has_any(|t| matches!(t, T::Span(..)));
        if spans || !self.bag.has(&[W::Rest]) || !self.bag.has(&[W::Remove]) {
            return false;
        }
        self.bag.take_all(&[W::Rest, W::Remove, W::Everything]);
        self.env.alone = Some(super::Alone::Fail(Fail::Ask(About::WhichTime)));
        true
    }

    fn vague(&mut self) -> Read {
        let verb = self.bag.has(&[W::Remove, W::Cut, W::CutZh, W::Keep, W::Only, W::CutTo, W::SpeedUp, W::SlowDown]);
        let no_time = !self.bag.has_any(|t| matches!(t, T::Span(..) | T::Dur(_) | T::At(_)));
        let edge = self.bag.has(&[W::Middle, W::Start, W::End, W::Few, W::Qian, W::Hou])
            || self.bag.has(&[W::Last, W::First]) && self.bag.has(&[W::Part, W::Few]);
        if self.bag.has(&[W::Vague]) && (verb || no_time) && no_time || verb && no_time && edge {
            return ask(About::WhichTime);
        }
        self.bag.take_all(&[W::Vague]);
        Ok(())
    }

    fn parts(&mut self, first: Span, how: How, at: usize, spans: &[(Span, How, usize)], clip: Option<u32>) -> Read {
        let except = self.bag.take_all(&[W::Except]).is_some();
        let removes = self.bag.take_all(&[W::Remove]).is_some();
        // `just trim …` is no wish to keep.
        let toks = self.bag.toks();
        let verb = toks.iter().position(|tok| tok.any(&[W::Cut, W::CutZh, W::Shorten, W::Remove]));
        let only = toks
            .iter()
            .rposition(|tok| tok.is(W::Only))
            .is_some_and(|only| verb.is_none_or(|verb| verb < only && !removes));
        self.bag.take_all(&[W::Only]);
        let keeps = self.bag.take_all(&[W::Keep]).is_some() || only;
        let to = self.bag.take_all(&[W::CutTo]).is_some();
        let cut = self.bag.take_all(&[W::Cut, W::Shorten]).is_some();
        let zh = self.bag.take_all(&[W::CutZh]).is_some();
        let off = self.bag.take_all(&[W::Off, W::Out]).is_some();
        let into = self.bag.has(&[W::To, W::Into]);
        if cut && into {
            self.bag.take_all(&[W::Down]);
        }
        self.bag.take_all(&[W::That, W::Whole]);
        let everything = self.bag.take_all(&[W::Everything]).is_some();
        let rest = self.bag.take_all(&[W::Rest]).is_some();
        self.bag.take_all(&[
            W::Part,
            W::Between,
            W::LengthNoun,
            W::Add,
            W::Use,
            W::Picture,
            W::Start,
            W::End,
            W::Each,
            W::Over,
            W::To,
            W::Into,
            W::Make,
            W::Middle,
            W::TooLong,
        ]);
        let all: Vec<Span> = spans.iter().map(|(span, ..)| *span).collect();
        if except {
            return self.except(at, &all, removes, keeps, clip);
        }
        if rest && removes && !keeps {
            return ask(About::UnknownWords);
        }
        if removes && !keeps || off && cut {
            return self.remove(&all, spans, clip);
        }
        if keeps && removes {
            return ask(About::Conflict);
        }
        if keeps || to || (cut || zh) && into && !matches!(how, How::FromTo) {
            return self.keep(at, all, clip);
        }
        if cut && matches!(how, How::Edge) || cut && everything {
            return self.remove(&all, spans, clip);
        }
        let english_part = cut && how == How::FromTo || zh && how == How::FromTo && false;
        if english_part || !cut && !zh && matches!(how, How::Starting | How::Ending) && first.to.is_none_or(|to| to > 0)
        {
            return self.keep(at, all, clip);
        }
        if cut || zh {
            return ask(About::KeepOrRemove);
        }
        if how == How::FromTo && self.bag.take(&[W::Video, W::Clip]).is_some() {
            return self.keep(at, all, clip);
        }
        ask(About::WhatChange)
    }

    fn except(&mut self, at: usize, all: &[Span], removes: bool, keeps: bool, clip: Option<u32>) -> Read {
        match (removes, keeps) {
            (true, false) => self.keep(at, all.to_vec(), clip),
            (false, true) => {
                let spans: Vec<_> = all.iter().map(|span| (*span, How::Bare, at)).collect();
                self.remove(all, &spans, clip)
            }
            _ => ask(About::KeepOrRemove),
        }
    }

    fn keep(&mut self, at: usize, all: Vec<Span>, clip: Option<u32>) -> Read {
        let then = self.env.then;
        self.push(at, EditOp::Keep { parts: Parts(all), clip, then });
        Ok(())
    }

    fn remove(&mut self, all: &[Span], spans: &[(Span, How, usize)], clip: Option<u32>) -> Read {
        for (span, (_, _, at)) in all.iter().zip(spans) {
            self.push(*at, EditOp::Remove { span: *span, clip, then: self.env.then });
        }
        Ok(())
    }

    /// A length without a place.
    fn length(&mut self) -> Read {
        let shorter = self.bag.has(&[W::Shorter, W::Longer]);
        let removes = self.bag.has(&[W::Remove]) || shorter;
        let cuts = self.bag.has(&[W::Cut, W::CutZh, W::Shorten]);
        let target = self.bag.has(&[W::CutTo, W::To, W::Into, W::LengthNoun]);
        let edges = (self.bag.has(&[W::Start, W::Qian]), self.bag.has(&[W::End, W::Hou]));
        if removes && (edges.0 != edges.1 || edges.0 && self.bag.has(&[W::Each])) {
            return self.edge();
        }
        let made = self.bag.has(&[W::Make, W::Turn, W::Keep, W::Only, W::Generate, W::Shorten]);
        if removes && !target || cuts && !target && !self.bag.has(&[W::Down]) {
            return ask(About::StartOrEnd);
        }
        let bare = !self.bag.has(&[W::Remove, W::Compress, W::SpeedUp, W::SlowDown, W::Add]);
        if !bare || !(target || made) || shorter {
            return ask(if self.bag.has(&[W::Compress]) { About::HowLong } else { About::WhatChange });
        }
        let Some((to, at)) = self.bag.take_dur() else { return Ok(()) };
        if self.bag.has_any(|t| matches!(t, T::Dur(_))) {
            return ask(About::Conflict);
        }
        self.bag.take_all(&[
            W::CutTo,
            W::To,
            W::Into,
            W::LengthNoun,
            W::Cut,
            W::CutZh,
            W::Shorten,
            W::Keep,
            W::Only,
            W::Down,
            W::Generate,
            W::Change,
            W::TooLong,
            W::Smaller,
        ]);
        self.keep(at, vec![Span { from: 0, to: Some(to) }], None)
    }

    /// `the black part at the start, 3 s`.
    fn edge(&mut self) -> Read {
        let Some((ms, at)) = self.bag.take_dur() else { return Ok(()) };
        let start = self.bag.take_all(&[W::Start, W::Qian]).map(|_| Span { from: 0, to: Some(ms) });
        let end = self.bag.take_all(&[W::End, W::Hou]).map(|_| Span { from: -ms, to: None });
        self.bag.take_all(&[W::Remove, W::LengthNoun, W::Off, W::Out, W::Each]);
        for span in start.into_iter().chain(end) {
            self.push(at, EditOp::Remove { span, clip: None, then: self.env.then });
        }
        Ok(())
    }

    fn nothing_named(&mut self) -> Read {
        if self.bag.has(&[W::Shorter, W::Longer, W::Shorten]) {
            return ask(About::HowLong);
        }
        let exceeds = self.bag.has(&[W::Exceeds]) && self.bag.take_dur().is_some() && self.bag.take_all(&[W::Exceeds]).is_some();
        if self.bag.take_all(&[W::TooLong]).is_some() || exceeds {
            self.bag.take_all(&[W::LengthNoun]);
            self.env.alone = Some(super::Alone::Fail(Fail::Ask(About::HowLong)));
        }
        Ok(())
    }
}
