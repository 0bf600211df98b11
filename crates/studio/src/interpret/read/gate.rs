//! The gate: what nobody understood stops everything.

use super::{Clause, Fail, Read, ask};
use crate::{
    interpret::{lexicon::W, token::T},
    ops::About,
};

/// What says nothing by itself.
const EMPTY: &[W] = &[
    W::Filler,
    W::The,
    W::A,
    W::This,
    W::It,
    W::Ba,
    W::And,
    W::Then,
    W::From,
    W::To,
    W::Until,
    W::Into,
    W::At,
    W::By,
    W::For,
    W::Of,
    W::In,
    W::On,
    W::With,
    W::Make,
    W::Turn,
    W::Degree,
    W::Part,
    W::Video,
    W::Is,
    W::Hello,
    W::Over,
    W::Reason,
    W::When,
    W::Opinion,
    W::Wants,
    W::ToBe,
];

impl Clause<'_, '_> {
    pub(super) fn gate(&mut self) -> Read {
        self.quality();
        if self.bag.has_any(|t| matches!(t, T::Unknown(_))) {
            return ask(About::UnknownWords);
        }
        if self.bag.has(&[W::Better, W::Fix]) {
            return ask(About::WhatChange);
        }
        if !self.ops.is_empty() {
            self.bag.take_all(&[W::Only]);
        }
        let Some(left) = self.bag.left().find(|tok| !tok.any(EMPTY) && !matches!(tok.t, T::Dash)) else {
            return Ok(());
        };
        Err(Fail::Ask(match left.t {
            T::Num(_) if self.bag.has(&[W::Cut, W::CutZh, W::CutTo, W::Keep, W::Remove]) => About::WhichUnit,
            T::Num(_) if self.ops.is_empty() => About::WhichUnit,
            T::Word(W::Cut | W::CutZh) if self.ops.is_empty() => About::WhichTime,
            T::Word(W::Change | W::Convert | W::Format | W::Generate | W::Add) if self.ops.is_empty() => {
                About::WhatChange
            }
            T::Word(W::Sound | W::Volume | W::Voice) if self.ops.is_empty() => About::WhatChange,
            T::Word(W::Remove | W::Keep) if self.ops.is_empty() => About::WhichTime,
            T::Word(W::FpsNoun | W::ResolutionNoun) if self.ops.is_empty() => About::WhatChange,
            T::Word(W::That) if self.env.context.clips > 1 => About::WhichClip,
            _ => About::UnknownWords,
        }))
    }

    /// Wishes for quality add nothing beside an edit.
    fn quality(&mut self) {
        if self.bag.take_all(&[W::Quality]).is_some() {
            self.bag.take_all(&[W::Keep, W::Degree]);
            self.env.quality = true;
        }
    }
}
