//! Numbers with units.

use super::{
    lexicon::W,
    number,
    token::{T, Tok},
};

/// Replaces what a rule reads at a place by what it came to.
pub(super) fn rewrite(tokens: &[Tok], rule: impl Fn(&[Tok]) -> Option<(Vec<T>, usize)>) -> Vec<Tok> {
    let mut out = Vec::with_capacity(tokens.len());
    let mut at = 0;
    while at < tokens.len() {
        let Some((made, length)) = rule(&tokens[at..]) else {
            out.push(tokens[at].clone());
            at += 1;
            continue;
        };
        let (first, last) = (&tokens[at], &tokens[at + length - 1]);
        let han = tokens[at..at + length].iter().any(|tok| tok.han);
        out.extend(made.into_iter().map(|t| Tok { t, from: first.from, to: last.to, han }));
        at += length;
    }
    out
}

/// Reads all units.
pub(super) fn measure(tokens: &[Tok], typed: &dyn Fn(&Tok) -> String) -> Vec<Tok> {
    let sizes = tokens.iter().any(|tok| tok.any(&[W::Compress, W::SizeNoun]));
    let is_mega = |tok: &Tok| sizes || tok.han || typed(tok) == "M";
    rewrite(tokens, |rest| {
        if let Some((t, length)) = one_unit(rest) {
            return Some((vec![rest[0].t.clone(), t], length));
        }
        let read = shape(rest).or_else(|| signed(rest)).or_else(|| duration(rest, &is_mega)).or_else(|| unit(rest));
        read.map(|(t, length)| (vec![t], length))
    })
    .into_iter()
    .map(into)
    .collect()
}

/// `成` after no number is `into`.
fn into(mut tok: Tok) -> Tok {
    if tok.is(W::Cheng) {
        tok.t = T::Word(W::Into);
    }
    tok
}

struct At<'a>(&'a [Tok]);

impl At<'_> {
    fn num(&self, at: usize) -> Option<f64> {
        if let T::Num(value) = self.0.get(at)?.t { Some(value) } else { None }
    }

    fn word(&self, at: usize) -> Option<W> {
        self.0.get(at)?.word()
    }

    fn is(&self, at: usize, sense: W) -> bool {
        self.word(at) == Some(sense)
    }
}

/// `1080x1920`, `16 by 9`, `3比4`.
fn shape(rest: &[Tok]) -> Option<(T, usize)> {
    let at = At(rest);
    let a = at.num(0)?;
    let (b, length) = match rest.get(1)?.t {
        T::Factor(b) => (b, 2),
        T::Word(W::Times | W::By | W::Bi) | T::Colon => (at.num(2)?, 3),
        _ => return None,
    };
    let whole = |value: f64| value.fract() == 0.0 && (1.0..=16_384.0).contains(&value);
    if !whole(a) || !whole(b) {
        return None;
    }
    const SMALLEST: f64 = 100.0;
    let length = length + usize::from(at.is(length, W::ResolutionNoun));
    if a >= SMALLEST && b >= SMALLEST {
        return Some((T::Pixels(a as u32, b as u32), length));
    }
    let ratio = number::ratio(&format!("{a}:{b}"));
    if ratio.is_none() && !matches!(rest[1].t, T::Word(W::Bi) | T::Colon) {
        return None;
    }
    Some((ratio.map_or(T::OddRatio, T::Ratio), length))
}

/// Levels, which may stand below zero.
fn signed(rest: &[Tok]) -> Option<(T, usize)> {
    let minus = rest.first()?.t == T::Dash;
    let plus = rest[0].is(W::And);
    let start = usize::from(minus || plus);
    let at = At(rest);
    let value = at.num(start)? * if minus { -1.0 } else { 1.0 };
    let t = match at.word(start + 1)? {
        W::Decibel => T::Db(value, start == 1),
        W::Lufs => T::Lufs(value),
        W::Degrees if !plus => T::Degrees(value),
        _ => return None,
    };
    Some((t, start + 2))
}

fn unit(rest: &[Tok]) -> Option<(T, usize)> {
    let at = At(rest);
    if at.is(0, W::FullHd) {
        return Some((T::Short(1080), 1));
    }
    if let Some(found) = after_noun(&at) {
        return Some(found);
    }
    // `倍速1.5`
    if let Some(times) =
        at.num(1).filter(|_| at.is(0, W::Times) && rest[0].han && rest.get(2).is_none_or(|tok| tok.word().is_none()))
    {
        return Some((T::Factor(times), 2));
    }
    let value = at.num(0)?;
    let size =
        |scale: f64| ((0.0..1e15).contains(&(value * scale))).then_some(T::Bytes((value * scale).round() as u64));
    let t = match at.word(1)? {
        W::Percent => T::Pct(value / 100.0),
        W::Cheng if value <= 10.0 => T::Pct(value / 10.0),
        W::Kb => size(1e3)?,
        W::Mb | W::M => size(1e6)?,
        W::Gb => size(1e9)?,
        W::Kib => size(1024.0)?,
        W::Mib => size(1_048_576.0)?,
        W::Gib => size(1_073_741_824.0)?,
        W::K => kilo(value).map_or_else(|| size(1e3), Some)?,
        W::Times if at.is(2, W::Half) => return Some((T::Factor(value + 0.5), 3)),
        W::Times => T::Factor(value),
        W::Fps => T::Fps(value),
        W::P if (100.0..=4320.0).contains(&value) && value.fract() == 0.0 => T::Short(value as u32),
        W::Nth => T::Ord(value as u32),
        _ => return None,
    };
    Some((t, 2))
}

fn kilo(value: f64) -> Option<T> {
    [(2.0, 1440), (4.0, 2160), (8.0, 4320)]
        .into_iter()
        .find(|(k, _)| (k - value).abs() < f64::EPSILON)
        .map(|(_, side)| T::Short(side))
}

/// `帧率改成25`, `resolution 720`.
fn after_noun(at: &At<'_>) -> Option<(T, usize)> {
    const SIDES: &[f64] = &[240.0, 360.0, 480.0, 540.0, 720.0, 1080.0, 1440.0, 2160.0];
    let noun = at.word(0)?;
    let lead = [W::To, W::Into, W::At, W::Of, W::Filler, W::Is, W::The, W::Change, W::Make, W::Down, W::Up];
    let mut place = 1;
    while place < 5 && at.word(place).is_some_and(|word| lead.contains(&word)) {
        place += 1;
    }
    let value = at.num(place)?;
    let unit_follows =
        at.word(place + 1).is_some_and(|word| matches!(word, W::Fps | W::P | W::K | W::Times | W::By | W::Percent))
            || matches!(at.0.get(place + 1).map(|tok| &tok.t), Some(T::Factor(_)));
    match noun {
        W::FpsNoun if !unit_follows && value <= 240.0 => Some((T::Fps(value), place + 1)),
        W::ResolutionNoun if !unit_follows && SIDES.contains(&value) => Some((T::Short(value as u32), place + 1)),
        _ => None,
    }
}

/// The ms of a unit of time, largest first in `rank`.
fn time_unit(tok: Option<&Tok>, is_mega: &dyn Fn(&Tok) -> bool) -> Option<(u8, f64)> {
    let tok = tok?;
    match tok.word()? {
        W::Hour => Some((3, 3_600_000.0)),
        W::Minute => Some((2, 60_000.0)),
        W::M if !is_mega(tok) => Some((2, 60_000.0)),
        W::Sec | W::SecondWord => Some((1, 1000.0)),
        W::Ms => Some((0, 1.0)),
        _ => None,
    }
}

/// `the last minute`, `the first minute and a half`.
fn one_unit(rest: &[Tok]) -> Option<(T, usize)> {
    let edge = rest.first()?.any(&[W::First, W::Last, W::Middle]) && !rest[0].han;
    let ms = match rest.get(1)?.word()? {
        W::Minute => 60_000,
        W::Hour => 3_600_000,
        W::SecondWord if !rest.get(2).is_some_and(|tok| tok.any(&[W::Half, W::Clip, W::Video, W::And, W::Part])) => {
            1000
        }
        _ => return None,
    };
    let half = rest.get(2).is_some_and(|tok| tok.is(W::And)) && rest.get(3).is_some_and(|tok| tok.is(W::Half));
    edge.then(|| if half { (T::Dur(ms + ms / 2), 4) } else { (T::Dur(ms), 2) })
}

/// `1m30s`, `两分半`, `a minute and a half`, `half a minute`, `第5秒`.
fn duration(rest: &[Tok], is_mega: &dyn Fn(&Tok) -> bool) -> Option<(T, usize)> {
    let at = At(rest);
    let point = if let T::Ord(order) = rest.first()?.t { Some(f64::from(order)) } else { None };
    let unit = |place: usize| time_unit(rest.get(place), is_mega);
    if at.is(0, W::Half) {
        let place = 1 + usize::from(at.is(1, W::A));
        let (_, ms) = unit(place)?;
        return Some((time(ms / 2.0)?, place + 1));
    }
    let and_half = |place: usize| at.is(place, W::And) && at.is(place + 1, W::Half);
    let first = point.or_else(|| at.num(0)).or_else(|| at.is(0, W::A).then_some(1.0))?;
    if at.is(0, W::A) && and_half(1) {
        return None;
    }
    // `two and a half minutes`
    if and_half(1) && unit(3).is_some() {
        return Some((time((first + 0.5) * unit(3)?.1)?, 4));
    }
    let minute_then_second = |place: usize| {
        rest.get(place).is_some_and(|tok| tok.is(W::M)) && at.num(place + 1).is_some() && unit(place + 2).is_some()
    };
    let (mut rank, ms) = if minute_then_second(1) { (2, 60_000.0) } else { unit(1)? };
    // `a second clip` is no time.
    if at.is(0, W::A)
        && at.is(1, W::SecondWord)
        && rest.get(2).is_some_and(|tok| tok.any(&[W::Video, W::Clip, W::Music, W::Title]))
    {
        return None;
    }
    let (mut total, mut length) = (first * ms, 2);
    if (1..3).contains(&rank) && at.is(2, W::Half) && rest[1].han {
        (total, length) = (total + ms / 2.0, 3);
    } else if and_half(2) && unit(4).is_none() {
        (total, length) = (total + ms / 2.0, 4);
    }
    loop {
        let and = usize::from(at.is(length, W::And));
        let (Some(more), Some((less, ms))) = (at.num(length + and), unit(length + and + 1)) else { break };
        if less >= rank {
            break;
        }
        (total, rank, length) = (total + more * ms, less, length + and + 2);
    }
    // `1分30`
    if let Some(seconds) =
        at.num(length).filter(|value| rank == 2 && *value < 60.0 && rest[length - 1].to == rest[length].from)
        && at.word(length + 1).is_none_or(|word| !matches!(word, W::Sec | W::Fps | W::Times | W::Percent | W::Mb))
    {
        (total, length) = (total + seconds * 1000.0, length + 1);
    }
    let t = time(total)?;
    let T::Dur(ms) = t else { return None };
    Some((if point.is_some() { T::At(i64::try_from(ms).ok()?) } else { t }, length))
}

fn time(ms: f64) -> Option<T> {
    const LONGEST: f64 = 1e12;
    (ms <= LONGEST).then_some(T::Dur(ms.round() as u64))
}
