//! Faster and slower.

use super::{Clause, Read, ask, sound::round};
use crate::{
    interpret::{
        lexicon::W,
        token::{T, Tok},
    },
    ops::{About, EditOp, Part},
};

const FAST: &[W] = &[W::SpeedUp, W::Faster, W::TwiceAsFast, W::TooSlow];
const SLOW: &[W] = &[W::SlowDown, W::Slower, W::SlowMotion, W::HalfSpeed, W::TooFast];

impl Clause<'_, '_> {
    pub(super) fn speed(&mut self) -> Read {
        let named = self.bag.has(FAST) || self.bag.has(SLOW) || self.bag.has(&[W::SpeedNoun]);
        let times = self.bag.has_any(|t| matches!(t, T::Factor(_)));
        if !named && !times {
            return Ok(());
        }
        let at = self.bag.start();
        let complaint = self.bag.has(&[W::TooSlow, W::TooFast])
            && !self.bag.has(&[W::SpeedUp, W::SlowDown, W::Faster, W::Slower])
            && !times;
        if complaint {
            self.bag.take_all(&[W::TooSlow, W::TooFast, W::SpeedNoun]);
            self.env.alone.push(super::Alone::Ask(About::HowFast));
            return Ok(());
        }
        let Some(factor) = self.factor() else { return ask(About::HowFast) };
        if !(0.01..=100.0).contains(&factor) {
            return ask(About::HowFast);
        }
        let cuts = self.bag.has(&[W::Cut, W::CutZh, W::CutTo, W::Keep, W::Remove, W::Only, W::Shorten]);
        let span = if cuts { None } else { self.bag.take_span() };
        let clip = if cuts { None } else { self.bag.take_clips().first().copied() };
        let part = Part(span.map(|(span, ..)| span));
        let then = self.env.then && part.0.is_some();
        self.bag.take_all(&[W::Whole, W::Over]);
        self.push(at, EditOp::Speed { factor: round(factor), part, clip, then });
        Ok(())
    }

    /// `at 80 % speed` says nothing of faster.
    fn tell_noun_from_verb(&mut self) {
        if self.bag.said(&[W::Up]) {
            return;
        }
        for at in 0..self.bag.toks().len() {
            let tok = &self.bag.toks()[at];
            if tok.is(W::SpeedUp) && self.env.normal.typed(tok.from, tok.to).eq_ignore_ascii_case("speed") {
                self.bag.set(at, W::SpeedNoun);
            }
        }
    }

    fn factor(&mut self) -> Option<f64> {
        let half = self.bag.take_all(&[W::HalfSpeed]).is_some();
        let twice = self.bag.take_all(&[W::TwiceAsFast]).is_some();
        self.tell_noun_from_verb();
        let fast = self.bag.take_all(FAST).is_some();
        let slow = self.bag.take_all(SLOW).is_some();
        // `play it twice` says nothing of how fast.
        let pace = |tok: &Tok| {
            tok.is(W::SpeedNoun) && self.env.normal.typed(tok.from, tok.to).to_lowercase().contains(['d', '速'])
        };
        let pace = self.bag.toks().iter().any(pace);
        if slow || fast {
            self.bag.take_all(&[W::Add]);
        }
        self.bag.take_all(&[W::SpeedNoun]);
        let to = self.bag.take_all(&[W::To, W::Into, W::At]).is_some();
        let by = self.bag.take_all(&[W::By]).is_some();
        self.bag.take_all(&[W::Up, W::Down, W::Make, W::Turn, W::Use, W::Change, W::Only]);
        let doubles = fast || slow || half || twice || pace;
        let times = self.bag.take_map(|t| match t {
            T::Factor(times) => Some(*times),
            T::Word(W::Double) if doubles => Some(2.0),
            T::Word(W::Triple) if doubles => Some(3.0),
            _ => None,
        });
        if let Some((times, _)) = times {
            let consistent = (!half || (times - 0.5).abs() < 1e-9 || (times - 2.0).abs() < 1e-9)
                && (!twice || (times - 2.0).abs() < 1e-9);
            return consistent.then(|| if (slow || half) && times >= 1.0 { 1.0 / times } else { times });
        }
        if half {
            return (!twice).then_some(0.5);
        }
        if twice {
            return Some(2.0);
        }
        if let Some((part, _)) = self.bag.take_pct() {
            return match (fast, slow, to && !by) {
                (true, false, false) => Some(1.0 + part),
                (false, true, false) => Some(1.0 - part),
                _ => Some(part),
            };
        }
        let part = self.bag.take_map(|t| match t {
            T::Frac(part) => Some(*part),
            T::Word(W::Half | W::HalfOf) => Some(0.5),
            T::Word(W::Third) => Some(1.0 / 3.0),
            T::Word(W::Quarter) => Some(0.25),
            _ => None,
        })?;
        // `half faster` may be 1.5 or 2.
        (!fast).then_some(part.0)
    }
}
