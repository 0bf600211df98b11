//! The tokens of one clause, and which of them have been understood.

use crate::ops::Span;

use super::{
    lexicon::W,
    token::{How, T, Tok},
};

/// Tokens that are taken one after the other by those who understand them.
#[derive(Debug, Clone)]
pub(super) struct Bag {
    toks: Vec<Tok>,
    used: Vec<bool>,
}

impl Bag {
    pub(super) fn new(toks: Vec<Tok>) -> Self {
        let used = vec![false; toks.len()];
        Self { toks, used }
    }

    fn free(&self) -> impl Iterator<Item = (usize, &Tok)> {
        self.toks.iter().enumerate().filter(|(at, _)| !self.used[*at])
    }

    pub(super) fn has(&self, senses: &[W]) -> bool {
        self.free().any(|(_, tok)| tok.any(senses))
    }

    pub(super) fn has_any(&self, test: impl Fn(&T) -> bool) -> bool {
        self.free().any(|(_, tok)| test(&tok.t))
    }

    /// Whether it has the word, taken or not.
    pub(super) fn said(&self, senses: &[W]) -> bool {
        self.toks.iter().any(|tok| tok.any(senses))
    }

    /// Takes the first of these words; where it was typed.
    pub(super) fn take(&mut self, senses: &[W]) -> Option<usize> {
        let at = self.free().find(|(_, tok)| tok.any(senses))?.0;
        self.used[at] = true;
        Some(self.toks[at].from)
    }

    /// Takes all of these words; where the first was typed.
    pub(super) fn take_all(&mut self, senses: &[W]) -> Option<usize> {
        let first = self.take(senses);
        while self.take(senses).is_some() {}
        first
    }

    /// Takes the first that the test makes something of.
    pub(super) fn take_map<X>(&mut self, test: impl Fn(&T) -> Option<X>) -> Option<(X, usize)> {
        let (at, made) = self.free().find_map(|(at, tok)| Some((at, test(&tok.t)?)))?;
        self.used[at] = true;
        Some((made, self.toks[at].from))
    }

    pub(super) fn take_span(&mut self) -> Option<(Span, How, usize)> {
        let found = self.take_map(|t| if let T::Span(span, how) = t { Some((*span, *how)) } else { None });
        if let Some(((span, how), from)) = found {
            return Some((span, how, from));
        }
        // `at 0:10 for 5 seconds`
        let both = self.has_any(|t| matches!(t, T::At(_))) && self.has_any(|t| matches!(t, T::Dur(_)));
        if !both {
            return None;
        }
        let (from, place) = self.take_at()?;
        let (ms, _) = self.take_dur()?;
        Some((Span { from, to: Some(from + ms) }, How::FromTo, place))
    }

    pub(super) fn take_at(&mut self) -> Option<(i64, usize)> {
        self.take_map(|t| if let T::At(ms) = t { Some(*ms) } else { None })
    }

    pub(super) fn take_dur(&mut self) -> Option<(i64, usize)> {
        self.take_map(|t| if let T::Dur(ms) = t { i64::try_from(*ms).ok() } else { None })
    }

    pub(super) fn take_clips(&mut self) -> Vec<u32> {
        let mut all = Vec::new();
        while let Some((clips, _)) = self.take_map(|t| if let T::Clips(clips) = t { Some(clips.clone()) } else { None })
        {
            all.extend(clips);
        }
        all
    }

    pub(super) fn take_pct(&mut self) -> Option<(f64, usize)> {
        self.take_map(|t| if let T::Pct(part) = t { Some(*part) } else { None })
    }

    pub(super) fn take_quote(&mut self) -> Option<(String, usize)> {
        self.take_map(|t| if let T::Quote(text) = t { Some(text.clone()) } else { None })
    }

    pub(super) fn toks(&self) -> &[Tok] {
        &self.toks
    }

    pub(super) fn use_at(&mut self, at: usize) {
        self.used[at] = true;
    }

    pub(super) fn is_free(&self, at: usize) -> bool {
        !self.used[at]
    }

    pub(super) fn set(&mut self, at: usize, sense: W) {
        self.toks[at].t = T::Word(sense);
    }

    pub(super) fn use_all(&mut self) {
        self.used.fill(true);
    }

    /// What nobody understood.
    pub(super) fn left(&self) -> impl Iterator<Item = &Tok> {
        self.free().map(|(_, tok)| tok)
    }

    /// Where the first was typed.
    pub(super) fn start(&self) -> usize {
        self.toks.first().map_or(0, |tok| tok.from)
    }
}
