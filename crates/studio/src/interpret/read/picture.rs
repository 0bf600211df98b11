//! Shape, size and rate of the picture, turning and mirroring it.

use super::{Alone, Clause, Fail, Read, ask};
use crate::{
    interpret::{
        lexicon::W,
        token::{T, Tok},
    },
    ops::{About, Axis, EditOp, Fit, Ratio, Resolution},
};

impl Clause<'_, '_> {
    pub(super) fn picture(&mut self) -> Read {
        self.flip()?;
        self.rotate()?;
        self.canvas()?;
        self.resolution()?;
        self.rate()
    }

    fn flip(&mut self) -> Read {
        let sides = |tok: &Tok| tok.any(&[W::LeftRight, W::TopBottom]) && tok.to - tok.from >= 4;
        let sides_alone = self.bag.left().any(sides);
        if !sides_alone && !self.bag.has(&[W::Flip, W::Mirror]) {
            return Ok(());
        }
        // `flip it to vertical` is about the shape.
        if self.bag.has(&[W::Into]) || self.bag.has(&[W::To]) && self.bag.has(&[W::Vertical, W::Landscape]) {
            return ask(About::RotateWhich);
        }
        let at = self.bag.start();
        let mirror = self.bag.take_all(&[W::Mirror]).is_some();
        self.bag.take_all(&[W::Flip, W::Picture, W::Add, W::Make, W::Over]);
        let level = self.bag.take_all(&[W::LeftRight, W::Horizontal]).is_some();
        let upright = self.bag.take_all(&[W::TopBottom, W::Vertical, W::UpsideDown]).is_some();
        let axis = match (level, upright) {
            (true, true) => return ask(About::Conflict),
            (false, true) => Axis::V,
            (true, false) => Axis::H,
            (false, false) if mirror => Axis::H,
            (false, false) => return ask(About::RotateWhich),
        };
        self.push(at, EditOp::Flip { axis });
        Ok(())
    }

    fn rotate(&mut self) -> Read {
        let degrees = self.bag.has_any(|t| matches!(t, T::Degrees(_)));
        let way = self.bag.has(&[W::Clockwise, W::Counter, W::UpsideDown, W::Sideways]);
        let verb = self.bag.has(&[W::Rotate]);
        if !verb && !degrees && !way {
            return Ok(());
        }
        if self.bag.has(&[W::Sideways])
            && !verb
            && !degrees
            && !self.bag.has(&[W::Clockwise, W::Counter, W::UpsideDown])
        {
            self.bag.take_all(&[W::Sideways, W::Picture]);
            self.env.alone.push(Alone::Ask(About::RotateWhich));
            return Ok(());
        }
        let at = self.bag.start();
        self.bag.take_all(&[W::Rotate, W::Turn, W::Make, W::By, W::Picture, W::To, W::Into]);
        let right = self.bag.take_all(&[W::Clockwise]).is_some() || self.bag.take_all(&[W::Right]).is_some();
        let left = self.bag.take_all(&[W::Counter]).is_some() || self.bag.take_all(&[W::Left]).is_some();
        let down = self.bag.take_all(&[W::UpsideDown]).is_some();
        let value =
            self.bag.take_map(|t| if let T::Degrees(value) = t { Some(*value) } else { None }).map(|(value, _)| value);
        let clip = self.bag.take_clips().first().copied();
        let turn = match (value, down) {
            (Some(value), _) => value,
            (None, true) => 180.0,
            (None, false) if left || right => 90.0,
            (None, false) => return ask(About::RotateWhich),
        };
        if left && right {
            return ask(About::Conflict);
        }
        let turn = if left { -turn } else { turn };
        let deg = match turn.rem_euclid(360.0) as i32 {
            90 => 90,
            180 => 180,
            270 => -90,
            _ => return ask(About::RotateWhich),
        };
        self.push(at, EditOp::Rotate { deg, clip });
        Ok(())
    }

    fn canvas(&mut self) -> Read {
        let mut ratios = Vec::new();
        let mut at = self.bag.start();
        let ratio = |t: &T| match t {
            T::Ratio(ratio) => Some(*ratio),
            T::Word(W::Vertical) => Some(Ratio::Portrait9x16),
            T::Word(W::Landscape | W::Horizontal) => Some(Ratio::Landscape16x9),
            T::Word(W::Square) => Some(Ratio::Square),
            _ => None,
        };
        while let Some((ratio, place)) = self.bag.take_map(ratio) {
            if ratios.is_empty() {
                at = place;
            }
            ratios.push(ratio);
        }
        let odd = self.bag.has_any(|t| *t == T::OddRatio);
        let fit = self.fit(!ratios.is_empty());
        let noun = self.bag.take_all(&[W::RatioNoun]).is_some();
        if odd {
            return ask(About::WhichRatio);
        }
        if ratios.windows(2).any(|pair| pair[0] != pair[1]) {
            return ask(About::Conflict);
        }
        let Some(ratio) = ratios.first().copied() else {
            let crops = fit.is_some()
                || self.bag.has(&[W::Crop])
                    && !self.bag.has_any(|t| matches!(t, T::Span(..) | T::Dur(_) | T::At(_) | T::Pixels(..)));
            return if noun && !self.bag.has(&[W::TikTok]) || crops { ask(About::WhichRatio) } else { Ok(()) };
        };
        self.bag.take_all(&[
            W::Change,
            W::Into,
            W::To,
            W::Make,
            W::Turn,
            W::Picture,
            W::Use,
            W::SizeNoun,
            W::Convert,
            W::FormatNoun,
            W::Format,
            W::Rotate,
        ]);
        // `a vertical one`
        let one = |at: &usize| {
            self.env.normal.typed(self.bag.toks()[*at].from, self.bag.toks()[*at].to).eq_ignore_ascii_case("one")
        };
        if let Some(at) = (0..self.bag.toks().len()).find(one) {
            self.bag.use_at(at);
        }
        self.push(at, EditOp::Canvas { ratio, fit: fit.flatten() });
        Ok(())
    }

    /// How the picture fits its shape: nothing said, or said.
    fn fit(&mut self, shaped: bool) -> Option<Option<Fit>> {
        let blur = self.bag.take_all(&[W::Blur]).is_some();
        let contain = self.bag.take_all(&[W::NoCrop, W::Contain]).is_some();
        let fill = self.bag.take_all(&[W::Fill]).is_some();
        let timed = self.bag.has_any(|t| matches!(t, T::Span(..) | T::Dur(_) | T::At(_)));
        let crops = shaped && !timed && self.bag.take_all(&[W::Crop, W::Cut, W::CutZh, W::CutTo]).is_some();
        if blur {
            self.bag.take_all(&[
                W::TopBottom,
                W::LeftRight,
                W::Background,
                W::Picture,
                W::Add,
                W::Use,
                W::Each,
                W::Fill,
            ]);
        } else if contain || fill || crops {
            self.bag.take_all(&[
                W::TopBottom,
                W::LeftRight,
                W::Picture,
                W::Show,
                W::Add,
                W::Keep,
                W::Use,
                W::Everything,
            ]);
        } else {
            return None;
        }
        Some(Some(if blur {
            Fit::Blur
        } else if contain {
            Fit::Contain
        } else {
            Fit::Cover
        }))
    }

    fn resolution(&mut self) -> Read {
        let mut found: Option<(Resolution, usize)> = None;
        let read = |t: &T| match t {
            T::Short(short_side) => Some(Resolution::Short { short_side: *short_side }),
            T::Pixels(w, h) => Some(Resolution::Exact { w: *w, h: *h }),
            _ => None,
        };
        while let Some((next, at)) = self.bag.take_map(read) {
            if found.is_some_and(|(before, _)| before != next) {
                return ask(About::Conflict);
            }
            found.get_or_insert((next, at));
        }
        let Some((resolution, at)) = found else { return Ok(()) };
        self.bag.take_all(&[
            W::ResolutionNoun,
            W::Change,
            W::Into,
            W::To,
            W::Make,
            W::Turn,
            W::Convert,
            W::Compress,
            W::Down,
            W::Smaller,
            W::Bigger,
            W::Crop,
            W::SizeNoun,
            W::Max,
            W::Picture,
            W::Export,
            W::FormatNoun,
            W::Use,
            W::Up,
            W::Format,
            W::Keep,
            W::Quality,
        ]);
        self.push(at, EditOp::Resolution(resolution));
        Ok(())
    }

    fn rate(&mut self) -> Read {
        let read = |t: &T| if let T::Fps(value) = t { Some(*value) } else { None };
        let Some((value, at)) = self.bag.take_map(read) else { return Ok(()) };
        while let Some((next, _)) = self.bag.take_map(read) {
            if (next - value).abs() > f64::EPSILON {
                return ask(About::Conflict);
            }
        }
        self.bag.take_all(&[
            W::FpsNoun,
            W::Change,
            W::Into,
            W::To,
            W::Make,
            W::Turn,
            W::Convert,
            W::Down,
            W::Up,
            W::Smaller,
            W::Bigger,
            W::Export,
            W::Keep,
            W::Max,
            W::Use,
        ]);
        if !(1.0..=240.0).contains(&value) {
            return Err(Fail::Ask(About::UnknownWords));
        }
        self.push(at, EditOp::Fps { value });
        Ok(())
    }

    /// Places that no preset is for.
    pub(super) fn purpose(&mut self) {
        if self.bag.take_all(&[W::TikTok]).is_some() {
            self.env.alone.push(Alone::Op(EditOp::Canvas { ratio: Ratio::Portrait9x16, fit: None }));
        } else if self.bag.take_all(&[W::Tube]).is_some() {
            self.env.alone.push(Alone::Ask(About::WhichRatio));
        } else if self.bag.take_all(&[W::ForSharing]).is_some() {
            self.env.alone.push(Alone::Ask(About::WhichPlatform));
        }
    }
}
