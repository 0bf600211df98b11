//! From characters to words with a sense, numbers, quotes and names.

use crate::ops::{Context, Ratio};

use super::{
    lexicon::{self, W},
    normal::{Normal, is_han},
    number,
    quote::{self, Held},
};

/// A word, a number, a Chinese character or a sign.
#[derive(Debug, Clone)]
pub(super) struct Piece {
    pub(super) text: String,
    /// The form of an English word that is in the vocabulary.
    pub(super) base: Option<String>,
    pub(super) from: usize,
    pub(super) to: usize,
}

/// What a message is made of, at any stage of being understood.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum T {
    Word(W),
    Num(f64),
    Ord(u32),
    Frac(f64),
    Pct(f64),
    /// Whether a sign was typed.
    Db(f64, bool),
    Lufs(f64),
    Bytes(u64),
    Degrees(f64),
    Factor(f64),
    Fps(f64),
    Short(u32),
    Pixels(u32, u32),
    Ratio(Ratio),
    /// A shape that is none of ours.
    OddRatio,
    Dur(u64),
    Clock(u64),
    /// A part of the timeline, and how it was said.
    Span(crate::ops::Span, How),
    /// A part whose numbers have no unit.
    NoUnit,
    At(i64),
    Clips(Vec<u32>),
    /// The first or last so many clips, all of them, or one that isn't named.
    AllClips(Option<u32>),
    Quote(String),
    File(String),
    Url,
    Comma,
    Stop,
    Colon,
    Dash,
    Unknown(String),
}

/// How a part was said, where it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    /// `from A to B`.
    FromTo,
    /// `A-B`.
    Bare,
    /// The first, the last, the middle of so much.
    Edge,
    /// An edge in Chinese words.
    EdgeZh,
    /// After, or before, a point.
    Side,
    /// `from A on`.
    Onwards,
    /// `start at A`.
    Starting,
    /// `from A`.
    From,
    /// `end at B`.
    Ending,
}

/// A token and where it was typed.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Tok {
    pub(super) t: T,
    pub(super) from: usize,
    pub(super) to: usize,
    /// Whether it was typed in Chinese.
    pub(super) han: bool,
}

impl Tok {
    pub(super) fn is(&self, sense: W) -> bool {
        self.t == T::Word(sense)
    }

    pub(super) fn any(&self, senses: &[W]) -> bool {
        self.word().is_some_and(|word| senses.contains(&word))
    }

    pub(super) fn word(&self) -> Option<W> {
        if let T::Word(word) = self.t { Some(word) } else { None }
    }
}

/// Cuts characters into pieces; spaces go, and so do hyphens inside words.
pub(super) fn pieces(chars: &[char]) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let length = piece_length(chars, at);
        let hyphen = chars[at] == '-' && at > 0 && joins_words(chars, at);
        let space = chars[at].is_whitespace() && chars[at] != '\n';
        if !hyphen && !space {
            let text = chars[at..at + length].iter().collect();
            pieces.push(Piece { text, base: None, from: at, to: at + length });
        }
        at += length;
    }
    pieces
}

fn joins_words(chars: &[char], at: usize) -> bool {
    let next_is_letter = chars.get(at + 1).is_some_and(|c| c.is_alphabetic() && !is_han(*c));
    next_is_letter && chars[at - 1].is_alphanumeric() && !is_han(chars[at - 1])
}

fn piece_length(chars: &[char], at: usize) -> usize {
    let c = chars[at];
    let is_letter = |c: char| c.is_alphabetic() && !is_han(c);
    let run = |more: &dyn Fn(usize) -> bool| (at + 1..chars.len()).take_while(|at| more(*at)).count() + 1;
    if c.is_ascii_digit() {
        let digit = |at: usize| chars.get(at).is_some_and(char::is_ascii_digit);
        run(&|at| digit(at) || matches!(chars[at], '.' | ':' | '/') && digit(at - 1) && digit(at + 1))
    } else if is_letter(c) {
        let inner = |at: usize| {
            chars[at] == '\'' && is_letter(chars[at - 1]) && chars.get(at + 1).is_some_and(|c| is_letter(*c))
        };
        // `1m30s` is two numbers, `h264` is one word.
        let unit = at > 0 && chars[at - 1].is_ascii_digit();
        run(&|at| is_letter(chars[at]) || chars[at].is_ascii_digit() && !unit || inner(at))
    } else {
        1
    }
}

/// The tokens of a message.
pub(super) fn tokens(normal: &Normal<'_>, context: &Context) -> Vec<Tok> {
    let held = quote::held(normal, context);
    let mut tokens = Vec::new();
    let mut at = 0;
    for Held { from, to, inner } in held {
        if from >= at {
            words(normal, at, from, &mut tokens);
            tokens.push(Tok { t: inner, from, to, han: false });
            at = to;
        }
    }
    words(normal, at, normal.chars.len(), &mut tokens);
    merge_unknown(normal, tokens)
}

fn words(normal: &Normal<'_>, from: usize, to: usize, tokens: &mut Vec<Tok>) {
    let mut pieces = pieces(&normal.chars[from..to]);
    for piece in &mut pieces {
        piece.from += from;
        piece.to += from;
        if piece.text.starts_with(|c: char| c.is_ascii_alphabetic()) {
            piece.base = lexicon::base(&piece.text);
        }
    }
    let mut at = 0;
    while at < pieces.len() {
        let (t, length) = word(&pieces[at..]);
        if let Some(t) = t {
            let (from, to) = (pieces[at].from, pieces[at + length - 1].to);
            tokens.push(Tok { t, from, to, han: normal.chars[from..to].iter().any(|c| is_han(*c)) });
        }
        at += length;
    }
}

/// The token that the pieces start with, if it says anything, and how many pieces it has.
fn word(pieces: &[Piece]) -> (Option<T>, usize) {
    let phrase = lexicon::longest(pieces);
    let number = number::parse(pieces);
    match (number, phrase) {
        (Some((t, length)), None) => (Some(t), length),
        (Some((t, length)), Some((_, other))) if length > other => (Some(t), length),
        (_, Some((sense, length))) => (Some(T::Word(sense)), length),
        (None, None) => (sign(&pieces[0]), 1),
    }
}

fn sign(piece: &Piece) -> Option<T> {
    let c = piece.text.chars().next()?;
    Some(match c {
        ',' | '/' | '(' | ')' | '|' | '[' | ']' | '·' | '=' => T::Comma,
        '*' => T::Word(W::Times),
        '→' | '>' => T::Word(W::Into),
        '.' | ';' | '!' | '?' | '\n' => T::Stop,
        ':' => T::Colon,
        '-' => T::Dash,
        '\'' | '\u{fe0f}' | '\u{200d}' | '\u{1f3fb}'..='\u{1f3ff}' => return None,
        _ => T::Unknown(piece.text.clone()),
    })
}

/// Neighbours that aren't known are one unknown word; signs of feeling at the edges of a sentence say nothing.
fn merge_unknown(normal: &Normal<'_>, tokens: Vec<Tok>) -> Vec<Tok> {
    let mut merged: Vec<Tok> = Vec::new();
    for token in tokens {
        let han = |tok: &Tok| is_han(normal.chars[tok.from]);
        if let (T::Unknown(_), Some(last)) = (&token.t, merged.last_mut())
            && matches!(last.t, T::Unknown(_))
            && last.to == token.from
            && han(last) == han(&token)
        {
            last.to = token.to;
            last.t = T::Unknown(normal.typed(last.from, last.to).to_owned());
            continue;
        }
        merged.push(token);
    }
    let plain = |token: &Tok| matches!(token.t, T::Stop | T::Comma) || is_feeling(normal, token);
    let keep: Vec<bool> = (0..merged.len())
        .map(|at| {
            let edge = merged[at + 1..].first().is_none_or(plain) || merged[..at].last().is_none_or(plain);
            !(edge && is_feeling(normal, &merged[at]))
        })
        .collect();
    let mut keep = keep.into_iter();
    merged.retain(|_| keep.next().unwrap_or(true));
    merged
}

fn is_feeling(normal: &Normal<'_>, token: &Tok) -> bool {
    let sign = |c: &char| matches!(c, '\u{2600}'..='\u{27bf}' | '\u{1f300}'..='\u{1faff}' | '\u{fe0f}' | '\u{200d}');
    matches!(token.t, T::Unknown(_)) && normal.chars[token.from..token.to].iter().all(sign)
}
