//! What stays and what goes.

use super::{Clause, Read, ask};
use crate::{
    interpret::{
        lexicon::W,
        token::{How, T, Tok},
    },
    ops::{About, EditOp, Parts, Span},
};

/// A part, how it was said and where.
type Named = (Span, How, usize);

/// What is said of a part.
#[expect(clippy::struct_excessive_bools, reason = "each is a word that was said or wasn't")]
#[derive(Debug, Clone, Copy)]
struct Verbs {
    removes: bool,
    keeps: bool,
    /// A verb that says to what it is cut.
    to: bool,
    cut: bool,
    /// A Chinese verb that may mean either.
    zh: bool,
    off: bool,
    into: bool,
    except: bool,
    everything: bool,
    rest: bool,
}

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
        if self.nested() {
            return ask(About::WhichTime);
        }
        if self.bag.has(&[W::Each]) && self.bag.said(&[W::Clip, W::Video]) && self.env.context.clips > 1 {
            return ask(About::WhichClip);
        }
        let clip = self.whole_clips();
        let spans = self.spans();
        if !spans.is_empty() {
            return self.parts(&spans, clip);
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

    /// `the first 5 seconds of the second half`: a part of a part.
    fn nested(&self) -> bool {
        let part = |tok: &Tok| matches!(tok.t, T::Span(..));
        let of: Vec<&Tok> = self.bag.toks().iter().filter(|tok| !tok.is(W::Of)).collect();
        of.windows(2).any(|pair| part(pair[0]) && part(pair[1]) && pair[0].from != pair[1].from)
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
        self.env.alone.push(super::Alone::Ask(About::WhichTime));
        true
    }

    fn vague(&mut self) -> Read {
        let verb = self.bag.has(&[W::Remove, W::Cut, W::CutZh, W::Keep, W::Only, W::CutTo, W::SpeedUp, W::SlowDown]);
        let no_time = !self.bag.has_any(|t| matches!(t, T::Span(..) | T::Dur(_) | T::At(_)));
        let edge = self.bag.has(&[W::Middle, W::Start, W::End, W::Few, W::Qian, W::Hou])
            || self.bag.has(&[W::Last, W::First]) && self.bag.has(&[W::Part, W::Few]);
        if no_time && (self.bag.has(&[W::Vague]) || verb && edge) {
            return ask(About::WhichTime);
        }
        self.bag.take_all(&[W::Vague]);
        Ok(())
    }

    /// Whether these parts stay or go.
    fn parts(&mut self, spans: &[Named], clip: Option<u32>) -> Read {
        let Some((first, how, at)) = spans.first().copied() else { return Ok(()) };
        let verbs = self.verbs();
        let all: Vec<Span> = spans.iter().map(|(span, ..)| *span).collect();
        let Verbs { removes, keeps, cut, zh, into, .. } = verbs;
        if verbs.except {
            return self.except(at, &all, removes || cut, keeps, clip);
        }
        if verbs.rest && removes && !keeps {
            return ask(About::UnknownWords);
        }
        if keeps && removes {
            return ask(About::Conflict);
        }
        let goes = removes || cut && (verbs.off || how == How::Edge && !into || verbs.everything);
        let stays = keeps || verbs.to || (cut || zh) && into && how != How::FromTo;
        if goes && !keeps && !verbs.to {
            return self.remove(spans, clip);
        }
        // `cut from A to B`, `cut it so it starts at A`.
        let english = cut && !zh && matches!(how, How::FromTo | How::Starting | How::Ending);
        let bounded = matches!(how, How::Starting | How::Ending) && first.to.is_none_or(|to| to > 0);
        if stays || english || !cut && !zh && bounded {
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

    /// Takes the words that say what is done with a part.
    fn verbs(&mut self) -> Verbs {
        let toks = self.bag.toks();
        let removes = self.bag.has(&[W::Remove]);
        // `just trim …` is no wish to keep, `trim … only` is.
        let verb = toks.iter().position(|tok| tok.any(&[W::Cut, W::CutZh, W::Shorten, W::Remove]));
        let only = toks.iter().rposition(|tok| tok.is(W::Only));
        let only = only.is_some_and(|only| verb.is_none_or(|verb| verb < only && !removes));
        let mut took = |senses: &[W]| self.bag.take_all(senses).is_some();
        took(&[W::Only, W::Remove]);
        let into = took(&[W::To, W::Into]);
        let verbs = Verbs {
            removes,
            keeps: took(&[W::Keep]) || only,
            to: took(&[W::CutTo]),
            cut: took(&[W::Cut, W::Shorten]),
            zh: took(&[W::CutZh]),
            off: took(&[W::Off, W::Out]),
            into,
            except: took(&[W::Except]),
            everything: took(&[W::Everything]),
            rest: took(&[W::Rest]),
        };
        if verbs.cut && into {
            took(&[W::Down]);
        }
        took(&[
            W::That,
            W::Whole,
            W::Part,
            W::Between,
            W::LengthNoun,
            W::Add,
            W::Use,
            W::Picture,
            W::Start,
            W::End,
            W::Each,
        ]);
        took(&[W::Over, W::Make, W::Middle, W::TooLong]);
        verbs
    }

    fn except(&mut self, at: usize, all: &[Span], removes: bool, keeps: bool, clip: Option<u32>) -> Read {
        match (removes, keeps) {
            (true, false) => self.keep(at, all.to_vec(), clip),
            (false, true) => {
                let spans: Vec<Named> = all.iter().map(|span| (*span, How::Bare, at)).collect();
                self.remove(&spans, clip)
            }
            _ => ask(About::KeepOrRemove),
        }
    }

    #[expect(clippy::unnecessary_wraps, reason = "ends a reader")]
    fn keep(&mut self, at: usize, all: Vec<Span>, clip: Option<u32>) -> Read {
        let then = self.env.then;
        self.push(at, EditOp::Keep { parts: Parts(all), clip, then });
        Ok(())
    }

    #[expect(clippy::unnecessary_wraps, reason = "ends a reader")]
    fn remove(&mut self, spans: &[Named], clip: Option<u32>) -> Read {
        for (span, _, at) in spans {
            self.push(*at, EditOp::Remove { span: *span, clip, then: self.env.then });
        }
        Ok(())
    }

    /// What a length leaves open: which seconds stay, or whether it is played faster.
    fn unsaid(&self, target: bool) -> Option<About> {
        let said = |tok: &Tok| self.env.normal.typed(tok.from, tok.to).to_lowercase();
        let typed = |words: &[&str], sense: W| {
            self.bag.toks().iter().any(|tok| tok.is(sense) && words.iter().any(|word| said(tok).starts_with(word)))
        };
        if typed(&["keep", "save", "保留", "留"], W::Keep) && !target {
            return Some(About::StartOrEnd);
        }
        if typed(&["压", "壓"], W::Into) {
            return Some(About::HowLong);
        }
        typed(&["加", "放慢", "减慢", "減慢", "减速", "減速", "提", "放大"], W::Into).then_some(About::HowFast)
    }

    /// A length without a place.
    fn length(&mut self) -> Read {
        let shorter = self.bag.has(&[W::Shorter, W::Longer]);
        let removes = self.bag.has(&[W::Remove]) || shorter;
        let cuts = self.bag.has(&[W::Cut, W::CutZh, W::Shorten]);
        let target = self.bag.has(&[W::CutTo, W::To, W::Into, W::LengthNoun, W::ToBe]);
        let edges = (self.bag.has(&[W::Start, W::Qian]), self.bag.has(&[W::End, W::Hou]));
        let shaves = removes || self.bag.has(&[W::Cut]) && self.bag.has(&[W::By]);
        if shaves && (edges.0 != edges.1 || edges.0 && self.bag.has(&[W::Each])) {
            return self.edge();
        }
        if let Some(about) = self.unsaid(target) {
            return ask(about);
        }
        let only_to = target
            && !cuts
            && !self.bag.has(&[
                W::CutTo,
                W::Into,
                W::LengthNoun,
                W::ToBe,
                W::Make,
                W::Turn,
                W::Keep,
                W::Only,
                W::Generate,
            ]);
        if only_to {
            return ask(About::WhatChange);
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
        self.bag.take_all(&[W::Remove, W::Cut, W::By, W::LengthNoun, W::Off, W::Out, W::Each]);
        for span in start.into_iter().chain(end) {
            self.push(at, EditOp::Remove { span, clip: None, then: self.env.then });
        }
        Ok(())
    }

    fn nothing_named(&mut self) -> Read {
        if self.bag.has(&[W::Shorter, W::Longer, W::Shorten]) {
            return ask(About::HowLong);
        }
        let exceeds =
            self.bag.has(&[W::Exceeds]) && self.bag.take_dur().is_some() && self.bag.take_all(&[W::Exceeds]).is_some();
        if self.bag.take_all(&[W::TooLong]).is_some() || exceeds {
            self.bag.take_all(&[W::LengthNoun]);
            self.env.alone.push(super::Alone::Ask(About::HowLong));
        }
        Ok(())
    }
}
