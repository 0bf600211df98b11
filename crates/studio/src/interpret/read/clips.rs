//! Undoing, and what is done to whole clips.

use super::{Clause, Fail, Read, ask};
use crate::{
    interpret::{
        lexicon::W,
        token::{T, Tok},
    },
    ops::{About, EditOp, Steps, TransitionKind},
};

impl Clause<'_, '_> {
    pub(super) fn history(&mut self) {
        if let Some(at) = self.bag.take_all(&[W::Redo]) {
            self.bag.take_all(&[W::Undo, W::Recent, W::Steps, W::Last, W::That, W::Change]);
            self.push(at, EditOp::Redo);
            return;
        }
        let bare_all = self.bag.toks().iter().any(|tok| tok.is(W::AllSteps) && tok.han && tok.to - tok.from >= 4);
        if !self.bag.has(&[W::Undo]) && !bare_all {
            return;
        }
        let at = self.bag.start();
        self.bag.take_all(&[W::Undo]);
        let mut steps = None;
        if self.bag.take_all(&[W::AllSteps, W::Everything]).is_some() {
            steps = Some(Steps::All);
        }
        // `back to the original`
        let original = |tok: &Tok| tok.is(W::Voice) && !tok.han && tok.to - tok.from == "original".len();
        if steps.is_none() && self.bag.toks().iter().any(original) && self.bag.take(&[W::Voice]).is_some() {
            steps = Some(Steps::All);
        }
        self.bag.take_all(&[W::Recent, W::Last, W::That, W::Into]);
        let count = self.bag.take_map(|t| match t {
            T::Num(value) | T::Factor(value) if value.fract() == 0.0 && (1.0..1000.0).contains(value) => {
                Some(*value as u32)
            }
            T::Word(W::Double) => Some(2),
            _ => None,
        });
        self.bag.take_all(&[W::Steps, W::Change, W::First, W::Format]);
        if steps.is_none() {
            steps = count.map(|(count, _)| count).filter(|count| *count > 1).map(Steps::Some);
        }
        self.push(at, EditOp::Undo { steps });
    }

    pub(super) fn clips(&mut self) -> Read {
        self.known_clips()?;
        self.transition();
        if self.bag.has(&[W::ReverseOrder]) || self.bag.has(&[W::Swap, W::Reorder, W::Order]) || self.placed() {
            return self.reorder();
        }
        if self.bag.has(&[W::Merge]) && !self.bag.has(&[W::Music]) {
            return self.merge();
        }
        self.remove_clips()
    }

    fn known_clips(&self) -> Read {
        let most = self.env.context.clips;
        let beyond = |t: &T| matches!(t, T::Clips(clips) if clips.iter().any(|clip| *clip > most || *clip == 0));
        if self.bag.has_any(beyond) { ask(About::NoSuchClip) } else { Ok(()) }
    }

    fn transition(&mut self) {
        let between = self.bag.has(&[W::Between]);
        let fades =
            self.bag.has(&[W::Fade, W::FadeOut, W::FadeBoth, W::FadeIn]) && (between || self.bag.has(&[W::Transition]));
        let black =
            self.bag.has(&[W::Black]) || (fades || self.bag.has(&[W::Transition])) && self.bag.has(&[W::ToBlack]);
        if !black && !fades && !self.bag.has(&[W::Transition]) {
            return;
        }
        let at = self.bag.start();
        let all = [
            W::Transition,
            W::Black,
            W::ToBlack,
            W::Fade,
            W::FadeOut,
            W::FadeIn,
            W::FadeBoth,
            W::Between,
            W::Clip,
            W::Add,
            W::Use,
            W::Each,
            W::Everything,
            W::Make,
            W::And,
            W::Change,
        ];
        self.bag.take_all(&all);
        let _ = self.bag.take_map(|t| matches!(t, T::AllClips(_)).then_some(()));
        let ms = self.bag.take_dur().and_then(|(ms, _)| u64::try_from(ms).ok());
        let kind = if black { TransitionKind::FadeBlack } else { TransitionKind::Crossfade };
        self.push(at, EditOp::Transition { kind, ms });
    }

    /// `move clip 3 to the front`, `put the last clip first`.
    fn placed(&self) -> bool {
        let clip = self.bag.has_any(|t| matches!(t, T::Clips(_))) || self.bag.has(&[W::That]);
        let timed = self.bag.has_any(|t| matches!(t, T::Span(..) | T::Dur(_) | T::At(_) | T::Quote(_)));
        clip && !timed
            && self.bag.has(&[W::Move, W::Add, W::On, W::Qian])
            && self.bag.has(&[W::First, W::Last, W::Start, W::End, W::Before, W::After, W::Qian, W::Hou, W::Between])
    }

    fn reorder(&mut self) -> Read {
        let clips = self.env.context.clips;
        if clips == 1 {
            return ask(About::NoSuchClip);
        }
        let at = self.bag.start();
        let words = [
            W::Swap,
            W::Reorder,
            W::Order,
            W::Move,
            W::Add,
            W::On,
            W::Clip,
            W::Into,
            W::To,
            W::Change,
            W::With,
            W::Part,
            W::Each,
            W::Everything,
            W::Make,
            W::Use,
        ];
        let order = if self.bag.take_all(&[W::ReverseOrder]).is_some() {
            (1..=clips).rev().collect()
        } else if self.bag.has(&[W::Swap]) {
            self.swapped(clips)?
        } else if let Some(order) = self.full_order(clips) {
            order
        } else {
            self.moved(clips)?
        };
        self.bag.take_all(&words);
        let _ = self.bag.take_map(|t| matches!(t, T::AllClips(_)).then_some(()));
        self.push(at, EditOp::Reorder { order });
        Ok(())
    }

    fn swapped(&mut self, clips: u32) -> Result<Vec<u32>, Fail> {
        let mut named = self.bag.take_clips();
        if named.len() < 2 {
            named.extend(self.numbers());
        }
        if named.is_empty() && clips == 2 {
            named = vec![1, 2];
        }
        let [a, b] = named[..] else { return Err(Fail::Ask(About::WhichClip)) };
        if a == b || a == 0 || b == 0 || a > clips || b > clips {
            return Err(Fail::Ask(About::NoSuchClip));
        }
        Ok((1..=clips)
            .map(|clip| {
                if clip == a {
                    b
                } else if clip == b {
                    a
                } else {
                    clip
                }
            })
            .collect())
    }

    fn numbers(&mut self) -> Vec<u32> {
        let mut all = Vec::new();
        let number = |t: &T| match t {
            T::Num(value) if value.fract() == 0.0 && (1.0..1e6).contains(value) => Some(*value as u32),
            T::Ord(value) => Some(*value),
            _ => None,
        };
        while let Some((value, _)) = self.bag.take_map(number) {
            all.push(value);
        }
        all
    }

    /// `in the order 3, 1, 2`.
    fn full_order(&mut self, clips: u32) -> Option<Vec<u32>> {
        let mut trial = self.bag.clone();
        let mut named = trial.take_clips();
        std::mem::swap(&mut self.bag, &mut trial);
        named.extend(self.numbers());
        let mut sorted = named.clone();
        sorted.sort_unstable();
        if sorted == (1..=clips).collect::<Vec<_>>() {
            while self.bag.take_map(|t| matches!(t, T::Dash | T::Comma).then_some(())).is_some() {}
            return Some(named);
        }
        self.bag = trial;
        None
    }

    fn moved(&mut self, clips: u32) -> Result<Vec<u32>, Fail> {
        let mut named = self.bag.take_clips();
        if named.len() == 1 {
            named.extend(self.numbers());
        }
        if named.iter().any(|clip| *clip > clips) {
            return Err(Fail::Ask(About::NoSuchClip));
        }
        let first = self.bag.toks().iter().any(|tok| tok.any(&[W::First, W::Start, W::Qian]))
            || self.bag.toks().iter().any(|tok| tok.is(W::Order) && tok.han && tok.to - tok.from > 2);
        let last = self.bag.said(&[W::Last, W::End, W::Hou]);
        let (before, after) = (self.bag.said(&[W::Before]), self.bag.said(&[W::After]));
        self.bag.take_all(&[W::First, W::Start, W::Qian, W::Last, W::End, W::Hou, W::Before, W::After]);
        let (clip, place) = match named[..] {
            [clip] if first && !last => (clip, 0),
            [clip] if last && !first => (clip, clips as usize - 1),
            [clip, other] if clip != other && (before || first) != (after || last) => {
                let others: Vec<u32> = (1..=clips).filter(|other| *other != clip).collect();
                let at = others.iter().position(|at| *at == other).unwrap_or(0);
                (clip, at + usize::from(after || last))
            }
            _ => return Err(Fail::Ask(About::WhichClip)),
        };
        let mut order: Vec<u32> = (1..=clips).filter(|other| *other != clip).collect();
        order.insert(place.min(order.len()), clip);
        Ok(order)
    }

    fn merge(&mut self) -> Read {
        let clips = self.env.context.clips;
        if clips == 1 {
            return ask(About::NoSuchClip);
        }
        let at = self.bag.start();
        let words = [
            W::Merge,
            W::Clip,
            W::Everything,
            W::Rest,
            W::Into,
            W::To,
            W::With,
            W::Order,
            W::Each,
            W::Add,
            W::Make,
            W::Turn,
        ];
        self.bag.take_all(&words);
        let mut named = self.bag.take_clips();
        if let Some((Some(count), _)) =
            self.bag.take_map(|t| if let T::AllClips(count) = t { Some(*count) } else { None })
        {
            if count > clips {
                return ask(About::NoSuchClip);
            }
            if count < clips && named.is_empty() {
                return ask(About::WhichClip);
            }
        }
        let _ = self.bag.take_map(|t| matches!(t, T::Num(one) if (*one - 1.0).abs() < f64::EPSILON).then_some(()));
        named.dedup();
        let all = named.is_empty() || named == (1..=clips).collect::<Vec<_>>();
        self.push(at, EditOp::Merge { clips: (!all).then_some(named) });
        Ok(())
    }

    fn remove_clips(&mut self) -> Read {
        let removes = self.bag.has(&[W::Remove]);
        let other = self.bag.has_any(|t| matches!(t, T::Span(..) | T::Dur(_) | T::At(_)));
        let sound = self.bag.has(&[
            W::Sound,
            W::Voice,
            W::Music,
            W::Volume,
            W::Title,
            W::Subtitle,
            W::TextNoun,
            W::Watermark,
            W::Start,
            W::End,
            W::Middle,
        ]);
        if !removes || other || sound {
            return Ok(());
        }
        if self.bag.has_any(|t| matches!(t, T::Clips(_))) {
            let at = self.bag.start();
            self.bag.take_all(&[W::Remove, W::Out, W::Off]);
            for index in self.bag.take_clips() {
                self.push(at, EditOp::RemoveClip { index });
            }
            return Ok(());
        }
        let some_clip =
            self.bag.has(&[W::That]) || self.bag.has(&[W::Clip]) || self.bag.has_any(|t| matches!(t, T::AllClips(_)));
        if some_clip && self.env.context.clips > 1 {
            return ask(About::WhichClip);
        }
        if some_clip || self.bag.has(&[W::That]) {
            return ask(About::WhichTime);
        }
        Ok(())
    }
}
