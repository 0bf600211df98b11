//! Numbers in digits and in words.

use crate::ops::Ratio;

use super::token::{Piece, T};

/// The number that the pieces start with, and how many pieces it has.
pub(super) fn parse(pieces: &[Piece]) -> Option<(T, usize)> {
    let first = pieces.first()?.text.as_str();
    if first == "第" {
        let (value, length) = plain(&pieces[1..])?;
        return Some((T::Ord(whole(value)?), length + 1));
    }
    if let Some(times) =
        first.strip_prefix('x').filter(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit()))
    {
        return Some((T::Factor(times.parse().ok()?), 1));
    }
    if first.starts_with(|c: char| c.is_ascii_digit()) {
        return digits(first).map(|t| chinese_part(pieces, t, 1));
    }
    if let Some(order) = ORDINALS.iter().position(|word| *word == first) {
        return Some((T::Ord(u32::try_from(order).ok()? + 3), 1));
    }
    let (value, length) = plain(pieces)?;
    Some(chinese_part(pieces, T::Num(value), length))
}

const ORDINALS: &[&str] = &["third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"];

/// `三分之一`, `百分之三十`; else what there is.
fn chinese_part(pieces: &[Piece], t: T, length: usize) -> (T, usize) {
    let T::Num(whole) = t else { return (t, length) };
    let divides = ["分", "之"].iter().enumerate().all(|(at, c)| pieces.get(length + at).is_some_and(|p| p.text == *c));
    let part = if divides { plain(&pieces[length + 2..]) } else { None };
    let Some((part, more)) = part else { return (t, length) };
    let length = length + 2 + more;
    #[expect(clippy::float_cmp, reason = "both are whole")]
    let percent = whole == 100.0;
    (if percent { T::Pct(part / 100.0) } else { T::Frac(part / whole.max(1.0)) }, length)
}

fn whole(value: f64) -> Option<u32> {
    (value.fract() == 0.0 && (0.0..1e9).contains(&value)).then_some(value as u32)
}

/// A number without any sign in it.
fn plain(pieces: &[Piece]) -> Option<(f64, usize)> {
    let first = pieces.first()?.text.as_str();
    if first.starts_with(|c: char| c.is_ascii_digit()) {
        let T::Num(value) = digits(first)? else { return None };
        return Some((value, 1));
    }
    english(pieces).or_else(|| chinese(pieces))
}

/// `12`, `1.5`, `1:30`, `9:16`, `1/3`.
fn digits(text: &str) -> Option<T> {
    const LONGEST: usize = 12;
    if text.len() > LONGEST {
        return None;
    }
    if text.contains(':') {
        return Some(colons(text));
    }
    if let Some((a, b)) = text.split_once('/') {
        let (a, b): (f64, f64) = (a.parse().ok()?, b.parse().ok()?);
        return (b > a && a > 0.0).then_some(T::Frac(a / b));
    }
    text.parse().ok().map(T::Num)
}

fn colons(text: &str) -> T {
    if let Some(ratio) = ratio(text) {
        return T::Ratio(ratio);
    }
    let parts: Vec<&str> = text.split(':').collect();
    let seconds = parts.last().copied().unwrap_or_default();
    let is_clock = parts.len() <= 3 && (seconds.split('.').next().is_some_and(|s| s.len() == 2) || parts[0] == "0");
    let value = parts.iter().try_fold(0.0, |sum, part| Some(sum * 60.0 + part.parse::<f64>().ok()?));
    let below_sixty = parts.iter().skip(1).all(|part| part.parse::<f64>().is_ok_and(|part| part < 60.0));
    match value {
        Some(value) if is_clock && below_sixty => T::Clock((value * 1000.0).round() as u64),
        _ => T::OddRatio,
    }
}

/// One of the shapes that a picture can have.
pub(super) fn ratio(text: &str) -> Option<Ratio> {
    let same = |ratio: &&Ratio| serde_json::to_value(ratio).is_ok_and(|name| name == text);
    Ratio::ALL.iter().find(same).copied()
}

const UNITS: &[&str] = &[
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
const TENS: &[&str] = &["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

fn english(pieces: &[Piece]) -> Option<(f64, usize)> {
    let word = |at: usize| pieces.get(at).map_or("", |piece| piece.text.as_str());
    let unit = |at: usize| UNITS.iter().position(|unit| *unit == word(at)).map(|value| value as f64);
    let ten = |at: usize| TENS.iter().position(|ten| *ten == word(at)).map(|value| value as f64 * 10.0 + 20.0);
    if word(0) == "couple" || word(0) == "a" && word(1) == "couple" {
        let length = if word(0) == "a" { 2 } else { 1 };
        return Some((2.0, length + usize::from(word(length) == "of")));
    }
    let (mut value, mut length) = match (ten(0), unit(0)) {
        (Some(tens), _) => unit(1).filter(|unit| (1.0..10.0).contains(unit)).map_or((tens, 1), |unit| (tens + unit, 2)),
        (None, Some(unit)) => (unit, 1),
        (None, None) if word(0) == "a" && word(1) == "hundred" => (1.0, 1),
        (None, None) => return None,
    };
    if word(length) == "hundred" {
        value *= 100.0;
        length += 1;
        let and = usize::from(word(length) == "and");
        if let Some((rest, more)) =
            english(&pieces[(length + and).min(pieces.len())..]).filter(|(rest, _)| *rest < 100.0)
        {
            return Some((value + rest, length + and + more));
        }
    }
    if word(length) == "point" {
        let digit = |at: usize| unit(at).filter(|digit| *digit < 10.0);
        let (mut scale, mut at) = (0.1, length + 1);
        while let Some(digit) = digit(at) {
            value += digit * scale;
            (scale, at) = (scale / 10.0, at + 1);
            length = at;
        }
    }
    Some((value, length))
}

const HAN: &str = "零一二三四五六七八九";

fn chinese(pieces: &[Piece]) -> Option<(f64, usize)> {
    let digit = |at: usize| {
        let text = pieces.get(at)?.text.as_str();
        match text {
            "两" | "俩" => Some(2.0),
            "〇" => Some(0.0),
            _ => HAN.chars().position(|c| text.chars().eq([c])).map(|value| value as f64),
        }
    };
    let scale = |at: usize| match pieces.get(at)?.text.as_str() {
        "十" => Some(10.0),
        "百" => Some(100.0),
        "千" => Some(1000.0),
        _ => None,
    };
    let (mut total, mut digits, mut at) = (0.0, None, 0);
    while let Some(next) = scale(at).map(Err).or_else(|| digit(at).map(Ok)) {
        match next {
            Err(scale) => total += digits.take().unwrap_or(1.0) * scale,
            // `二五` reads as 25, and the zero of `一百零五` is silent.
            Ok(digit) => digits = Some(digits.unwrap_or(0.0) * 10.0 + digit),
        }
        at += 1;
    }
    if at == 0 || at > 8 {
        return None;
    }
    let mut value = total + digits.unwrap_or(0.0);
    if pieces.get(at).is_some_and(|piece| piece.text == "点") {
        let mut scale = 0.1;
        let mut end = at + 1;
        while let Some(digit) = digit(end) {
            value += digit * scale;
            (scale, end) = (scale / 10.0, end + 1);
            at = end;
        }
    }
    Some(((value * 1e6).round() / 1e6, at))
}
