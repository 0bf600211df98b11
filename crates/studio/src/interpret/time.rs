//! Parts of the timeline and points on it.

use crate::ops::{Context, Span};

use super::{
    lexicon::W,
    measure::rewrite,
    token::{How, T, Tok},
};

/// What a rule read: the tokens it came to, and how many it read.
type Read = Option<(Vec<T>, usize)>;

/// Reads all parts and points. `minutes` tells whether a token was typed with minutes.
pub(super) fn spans(tokens: &[Tok], context: &Context, minutes: &dyn Fn(&Tok) -> bool) -> Vec<Tok> {
    let dur = i64::try_from(context.dur_ms).unwrap_or(i64::MAX / 4).min(i64::MAX / 4);
    rewrite(tokens, |rest| {
        let at = Reader { rest, minutes };
        at.between()
            .or_else(|| at.cut_between())
            .or_else(|| at.range())
            .or_else(|| at.both_edges())
            .or_else(|| at.edge(dur))
            .or_else(|| at.fraction(dur))
            .or_else(|| at.off_an_edge())
            .or_else(|| at.starting())
            .or_else(|| at.ending())
            .or_else(|| at.side())
            .or_else(|| at.point_in_time())
    })
}

#[derive(Clone, Copy, PartialEq)]
enum Point {
    Ms(i64),
    Start,
    End,
    /// A number without a unit.
    Bare(f64),
}

struct Reader<'a> {
    rest: &'a [Tok],
    minutes: &'a dyn Fn(&Tok) -> bool,
}

fn span(from: i64, to: Option<i64>, how: How) -> T {
    T::Span(Span { from, to }, how)
}

const FIRST: &[W] = &[W::First, W::Qian, W::Start];
const LAST: &[W] = &[W::Last, W::Hou, W::End];
const TO: &[W] = &[W::To, W::Until];

impl Reader<'_> {
    fn any(&self, at: usize, senses: &[W]) -> bool {
        self.rest.get(at).is_some_and(|tok| tok.any(senses))
    }

    /// How many tokens from here have one of these senses.
    fn skip(&self, at: usize, senses: &[W]) -> usize {
        at + self.rest[at.min(self.rest.len())..].iter().take_while(|tok| tok.any(senses)).count()
    }

    fn dur(&self, at: usize) -> Option<i64> {
        if let T::Dur(ms) = self.rest.get(at)?.t { i64::try_from(ms).ok() } else { None }
    }

    fn point(&self, at: usize) -> Option<(Point, usize)> {
        let point = match self.rest.get(at)?.t {
            T::Dur(ms) if self.any(at + 1, &[W::Before]) && self.any(at + 2, &[W::End]) => {
                return Some((Point::Ms(-i64::try_from(ms).ok()?), at + 3));
            }
            T::Dur(ms) | T::Clock(ms) => Point::Ms(i64::try_from(ms).ok()?),
            T::At(ms) => Point::Ms(ms),
            T::Word(W::Last) if matches!(self.rest.get(at + 1).map(|tok| &tok.t), Some(T::At(_))) => {
                let T::At(ms) = self.rest[at + 1].t else { return None };
                return Some((Point::Ms(-ms), at + 2));
            }
            T::Word(W::Start) => Point::Start,
            T::Word(W::Qian) if self.any(at + 1, TO) => Point::Start,
            T::Word(W::End) => Point::End,
            T::Word(W::Last) if self.rest[at].han && self.dur(at + 1).is_none() => Point::End,
            T::Num(value) => Point::Bare(value),
            T::Ord(value) => Point::Bare(f64::from(value)),
            _ => return None,
        };
        let mark = self.any(at + 1, &[W::Part]) && !self.rest[at + 1].han && matches!(point, Point::Ms(_));
        Some((point, at + 1 + usize::from(mark)))
    }

    fn between(&self) -> Read {
        if !self.any(0, &[W::Between]) {
            return None;
        }
        let (a, at) = self.point(1)?;
        if !self.any(at, &[W::And, W::To]) && !self.dash(at) {
            return None;
        }
        let (b, end) = self.point(at + 1)?;
        self.made(a, b, end, How::Bare)
    }

    fn dash(&self, at: usize) -> bool {
        self.rest.get(at).is_some_and(|tok| tok.t == T::Dash)
    }

    /// `从A剪到B`, `从A删到B`.
    fn cut_between(&self) -> Read {
        let led = usize::from(self.any(0, &[W::From]));
        let (a, at) = self.point(led)?;
        let at = self.skip(at, &[W::Start, W::Starting]);
        let verb = match self.rest.get(at)?.word()? {
            W::CutTo => W::Keep,
            W::RemoveTo => W::Remove,
            _ => return None,
        };
        let (b, end) = self.point(at + 1)?;
        let (made, end) = self.made(a, b, end, How::FromTo)?;
        (led == 1).then(|| ([T::Word(verb)].into_iter().chain(made).collect(), end))
    }

    fn range(&self) -> Read {
        if let Some(found) = self.unit_first() {
            return Some(found);
        }
        let led = usize::from(self.any(0, &[W::From, W::Starting, W::Between]));
        let led = led + usize::from(led == 1 && self.any(1, &[W::At]));
        let (a, mut at) = self.point(led)?;
        if matches!(a, Point::Ms(_)) && self.any(at, &[W::Start, W::Starting]) && self.rest[at].han {
            at += 1;
        }
        if a == Point::End || a == Point::Start && !self.any(at, TO) {
            return None;
        }
        if !self.any(at, TO) && !self.dash(at) {
            return None;
        }
        let at = at + 1 + usize::from(self.any(at + 1, &[W::At]));
        let (b, end) = self.point(at)?;
        let end = if b == Point::End { end } else { self.skip(end, &[W::Ending]) };
        let end =
            if self.rest.get(end).is_some_and(|tok| tok.han) { self.skip(end, &[W::Between, W::Part]) } else { end };
        self.made(a, b, end, if led > 0 { How::FromTo } else { How::Bare })
    }

    /// `seconds 5 to 10`.
    fn unit_first(&self) -> Read {
        let led = usize::from(self.any(0, &[W::From]));
        let scale = if self.any(led, &[W::Sec, W::SecondWord]) {
            1000.0
        } else if self.any(led, &[W::Minute]) {
            60_000.0
        } else {
            return None;
        };
        let (Point::Bare(a), at) = self.point(led + 1)? else { return None };
        if !self.any(at, TO) && !self.dash(at) {
            return None;
        }
        let again = usize::from(self.any(at + 1, &[W::Sec, W::SecondWord, W::Minute]));
        let (Point::Bare(b), end) = self.point(at + 1 + again)? else { return None };
        Some((vec![span((a * scale) as i64, Some((b * scale) as i64), How::FromTo)], end))
    }

    /// Gives a number without a unit that of its partner, or of the next part: `10-20 and 30-40 s`.
    fn made(&self, a: Point, b: Point, end: usize, how: How) -> Read {
        let scale = |tok: Option<&Tok>| tok.map_or(1000.0, |tok| if (self.minutes)(tok) { 60_000.0 } else { 1000.0 });
        let ms = |value: f64, scale: f64| Point::Ms((value * scale) as i64);
        let (a, b) = match (a, b) {
            (Point::Bare(a), Point::Bare(b)) => {
                let Some(later) = self.later_unit(end) else { return Some((vec![T::NoUnit], end)) };
                (ms(a, scale(Some(later))), ms(b, scale(Some(later))))
            }
            (Point::Bare(a), b @ Point::Ms(_)) => (ms(a, scale(self.rest.get(end - 1))), b),
            (a @ Point::Ms(_), Point::Bare(_)) => {
                let _ = a;
                return Some((vec![T::NoUnit], end));
            }
            (a, b) => (a, b),
        };
        let from = match a {
            Point::Ms(ms) => ms,
            Point::Start => 0,
            Point::End | Point::Bare(_) => return None,
        };
        let to = match b {
            Point::Ms(ms) => Some(ms),
            Point::End => None,
            Point::Start | Point::Bare(_) => return None,
        };
        Some((vec![span(from, to, how)], end))
    }

    fn later_unit(&self, at: usize) -> Option<&Tok> {
        const FAR: usize = 12;
        let joins = |tok: &&Tok| {
            matches!(tok.t, T::Num(_) | T::Dash | T::Comma | T::Ord(_)) || tok.any(&[W::And, W::To, W::From])
        };
        let rest = self.rest.get(at..)?;
        let skipped = rest.iter().take(FAR).take_while(joins).count();
        rest.get(skipped).filter(|tok| skipped > 0 && matches!(tok.t, T::Dur(_)))
    }

    /// `the first 5 and the last 10 seconds`, `开头和结尾各3秒`, `5 seconds off both ends`.
    fn both_edges(&self) -> Read {
        let edges = |a: i64, b: i64| vec![span(0, Some(a), How::EdgeZh), span(-b, None, How::EdgeZh)];
        if let Some(ms) = self.dur(0) {
            let at = self.skip(1, &[W::From, W::Off, W::At, W::Of, W::Out, W::On]);
            let both = at > 1 && self.any(at, &[W::Each]) && self.any(at + 1, &[W::End]);
            return both.then(|| (vec![span(0, Some(ms), How::Edge), span(-ms, None, How::Edge)], at + 2));
        }
        if !self.any(0, FIRST) {
            return None;
        }
        let number =
            if let Some(T::Num(value)) = self.rest.get(1).map(|tok| tok.t.clone()) { Some(value) } else { None };
        let at = self.skip(1 + usize::from(number.is_some()), &[W::And]);
        if !self.any(at, LAST) {
            return None;
        }
        let at = self.skip(at + 1, &[W::Each, W::Part]);
        let ms = self.dur(at)?;
        let scale = if (self.minutes)(&self.rest[at]) { 60_000.0 } else { 1000.0 };
        let first = number.map_or(ms, |value| (value * scale) as i64);
        let mut made = edges(first, ms);
        if !self.rest[0].han {
            made = vec![span(0, Some(first), How::Edge), span(-ms, None, How::Edge)];
        }
        Some((made, at + 1))
    }

    /// `the first 10 s`, `后5秒`, `the middle 20 s`.
    fn edge(&self, dur: i64) -> Read {
        let word = self.rest.first()?.word()?;
        let how = if self.rest[0].han { How::EdgeZh } else { How::Edge };
        if matches!(word, W::FirstHalf | W::LastHalf) && self.any(1, &[W::Minute]) {
            let made = if word == W::FirstHalf { span(0, Some(30_000), how) } else { span(-30_000, None, how) };
            return Some((vec![made], 2));
        }
        let at = self.skip(1, &[W::Part]);
        let comma =
            usize::from(matches!(word, W::Start | W::End) && self.rest.get(at).is_some_and(|tok| tok.t == T::Comma));
        let ms = self.dur(at + comma)?;
        let word = if word == W::After && self.rest[0].han { W::Hou } else { word };
        let end = at + comma + 1;
        let closed = self.rest.get(end).is_none_or(|tok| matches!(tok.t, T::Comma | T::Stop));
        if comma == 1 && !closed {
            return None;
        }
        let made = if FIRST.contains(&word) {
            span(0, Some(ms), how)
        } else if LAST.contains(&word) {
            span(-ms, None, how)
        } else if word == W::Middle {
            let from = (dur - ms).max(0) / 2;
            span(from, Some(from + ms), how)
        } else {
            return None;
        };
        let end = if self.rest[0].han { self.skip(end, &[W::Part]) } else { end };
        Some((vec![made], end))
    }

    /// `the first half`, `后三分之一`, `the last 20 %`.
    fn fraction(&self, dur: i64) -> Read {
        let word = self.rest.first()?.word()?;
        let how = if self.rest[0].han { How::EdgeZh } else { How::Edge };
        let (word, part, end) = match word {
            W::FirstHalf => (W::First, 0.5, 1),
            W::LastHalf => (W::Last, 0.5, 1),
            _ => {
                let part = match self.rest.get(1)?.t {
                    T::Word(W::Half) => 0.5,
                    T::Word(W::Third) | T::Ord(3) => 1.0 / 3.0,
                    T::Word(W::Quarter) => 0.25,
                    T::Frac(part) | T::Pct(part) if part <= 1.0 => part,
                    _ => return None,
                };
                (word, part, 2)
            }
        };
        let ms = (dur as f64 * part).round() as i64;
        let made = if FIRST.contains(&word) {
            span(0, Some(ms), how)
        } else if LAST.contains(&word) {
            span(dur - ms, None, how)
        } else if word == W::Middle {
            span((dur - ms) / 2, Some((dur - ms) / 2 + ms), how)
        } else {
            return None;
        };
        Some((vec![made], self.skip(end, &[W::Part])))
    }

    /// `10 s off the end`, `5 seconds at the start`, `5 seconds from 0:10`.
    fn off_an_edge(&self) -> Read {
        let ms = self.dur(0)?;
        let at = self.skip(1, &[W::From, W::Off, W::At, W::Of, W::In, W::On, W::Out, W::Starting, W::Start]);
        let start_verb = at > 1 && self.any(at - 1, &[W::Start]);
        if at > 1 && !start_verb && self.any(at, &[W::End]) {
            return Some((vec![span(-ms, None, How::Edge)], at + 1));
        }
        if at > 2 && start_verb && self.any(at - 2, &[W::From, W::Off, W::At, W::Of, W::In, W::On, W::Out]) {
            return Some((vec![span(0, Some(ms), How::Edge)], at));
        }
        let led = self.any(1, &[W::Start, W::Starting, W::From]) && at <= 3;
        let T::Clock(from) = lift(self.rest.get(at)) else { return None };
        let from = i64::try_from(from).ok()?;
        led.then(|| (vec![span(from, Some(from + ms), How::FromTo)], at + 1))
    }

    /// `start at 0:05`, `从第5秒开始`, `from 0:30 on`, `from 0:10 for 5 seconds`.
    fn starting(&self) -> Read {
        let verb = usize::from(self.any(0, &[W::Start, W::Starting]));
        let at = if verb == 1 { self.skip(1, &[W::It, W::Video, W::This]) } else { 0 };
        let led = usize::from(self.any(at, &[W::From, W::At, W::After]));
        let (point, end) = self.point(at + led)?;
        let Point::Ms(from) = point else { return None };
        let from_word = self.any(at, &[W::From]);
        if self.any(end, &[W::For]) && led == 1 && from_word {
            let ms = self.dur(end + 1)?;
            return Some((vec![span(from, Some(from + ms), How::FromTo)], end + 2));
        }
        let on = self.any(end, &[W::On]) && !self.rest[end].han && from_word;
        if (self.any(end, &[W::Onwards]) || on) && (led == 1 || !matches!(self.rest[0].t, T::Dur(_))) {
            return Some((vec![span(from, None, How::Onwards)], end + 1));
        }
        if verb == 1 && led == 1 {
            return Some((vec![span(from, None, How::Starting)], end));
        }
        let after_part = self.skip(end, &[W::Part]);
        let end = if self.any(after_part, &[W::Start, W::Starting]) { after_part } else { end };
        if self.any(end, &[W::Starting]) || self.any(end, &[W::Start]) && self.rest[end].han {
            let how = if self.any(end, &[W::Starting]) { How::Onwards } else { How::Starting };
            return Some((vec![span(from, None, how)], end + 1));
        }
        if from_word && self.any(end, &[W::After, W::Hou]) {
            return Some((vec![span(from, None, How::Onwards)], end + 1));
        }
        from_word.then(|| (vec![span(from, None, How::From)], end))
    }

    /// `end at 0:20`, `到50秒结束`.
    fn ending(&self) -> Read {
        if self.any(0, &[W::End, W::Ending]) {
            let at = self.skip(1, &[W::It, W::Video, W::This]);
            let (Point::Ms(to), end) = self.point(self.skip(at, &[W::At]))? else { return None };
            return (self.any(at, &[W::At])).then(|| (vec![span(0, Some(to), How::Ending)], end));
        }
        let led = usize::from(self.any(0, &[W::At, W::To, W::Until]));
        let (Point::Ms(to), end) = self.point(led)? else { return None };
        let ends = self.any(end, &[W::Ending]) || self.any(end, &[W::End]) && self.rest[end].han && led == 1;
        ends.then(|| (vec![span(0, Some(to), How::Ending)], end + 1))
    }

    /// `after 0:30`, `40秒之前`.
    fn side(&self) -> Read {
        let after = |from: i64| span(from, None, How::Side);
        let before = |to: i64| span(0, Some(to), How::Side);
        if self.any(0, &[W::After, W::Before, W::Until]) && !self.rest[0].han {
            let (Point::Ms(ms), end) = self.point(1)? else { return None };
            return Some((vec![if self.any(0, &[W::After]) { after(ms) } else { before(ms) }], end));
        }
        let led = usize::from(self.any(0, &[W::At]));
        let (Point::Ms(ms), end) = self.point(led)? else { return None };
        let made = match self.rest.get(end)?.word()? {
            W::After | W::Hou => after(ms),
            W::Before => before(ms),
            W::Qian if self.dur(end + 1).is_none() => before(ms),
            _ => return None,
        };
        let end = end + 1;
        Some((vec![made], if self.rest[end - 1].han { self.skip(end, &[W::Part]) } else { end }))
    }

    fn point_in_time(&self) -> Read {
        let led = usize::from(self.any(0, &[W::At]));
        let (Point::Ms(ms), end) = self.point(led)? else { return None };
        let timed = led == 1 || !matches!(self.rest[0].t, T::Dur(_));
        let end = if self.rest.get(end).is_some_and(|tok| tok.han) { self.skip(end, &[W::Part]) } else { end };
        timed.then(|| (vec![T::At(ms)], end))
    }
}

/// A point that is no length.
fn lift(tok: Option<&Tok>) -> T {
    match tok.map(|tok| &tok.t) {
        Some(T::At(ms)) => u64::try_from(*ms).map_or(T::NoUnit, T::Clock),
        Some(T::Clock(ms)) => T::Clock(*ms),
        _ => T::NoUnit,
    }
}
