//! From text to words, numbers and the edits they name.

use super::lexicon::{self, Sense};

/// A kind of edit that is recognised so that it can be refused by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Op {
    Cut,
    Text,
    Sound,
    Speed,
    Shape,
    Look,
    Codec,
    Container(&'static str),
    FileSize,
    TooLarge,
    OddSize,
    FrameRate,
    OtherPlatform,
    CappedPlace,
}

/// A piece of the message with its meaning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Token {
    Word(Sense),
    /// Frames a second.
    Fps(u32),
    /// A length of time, such as `30-second`.
    Duration,
    /// A file's own name, such as `clip.mov`.
    File(String),
    Unknown(String),
}

impl Token {
    /// The meaning of a word of the lexicon.
    pub(crate) fn sense(&self) -> Option<Sense> {
        if let Self::Word(sense) = self { Some(*sense) } else { None }
    }

    /// The kind of edit it asks for, if it does and that is known.
    pub(crate) fn op(&self) -> Option<Op> {
        if let Self::Word(Sense::Op(op)) = self { Some(*op) } else { None }
    }
}

/// Splits a message into tokens: spaces and punctuation part English words, the longest entry of
/// the lexicon parts Chinese ones.
pub(crate) fn tokens(text: &str) -> Vec<Token> {
    let pieces = pieces(text);
    let (mut tokens, mut at) = (Vec::new(), 0);
    while let Some(rest) = pieces.get(at..).filter(|rest| !rest.is_empty()) {
        let (token, used) = token_at(rest);
        match (tokens.last_mut(), token) {
            // Strange Chinese characters in a row are one strange word.
            (Some(Token::Unknown(before)), Token::Unknown(more)) if pieces[at - 1].chinese && pieces[at].chinese => {
                before.push_str(&more);
            }
            (_, token) => tokens.push(token),
        }
        at += used;
    }
    tokens
}

/// An English word or number, or one Chinese character.
struct Piece {
    text: String,
    chinese: bool,
}

fn token_at(rest: &[Piece]) -> (Token, usize) {
    if let Some(found) = number_at(rest) {
        return found;
    }
    let longest = (1..=lexicon::LONGEST.min(rest.len())).rev().find_map(|count| {
        let entry = joined(&rest[..count])?;
        Some((Token::Word(lexicon::find(&entry)?), count))
    });
    longest.unwrap_or_else(|| {
        let text = rest[0].text.clone();
        (if is_file_name(&text) { Token::File(text) } else { Token::Unknown(text) }, 1)
    })
}

/// A number with the unit that makes something of it: `30fps`, `60 frames per second`, 25帧.
fn number_at(rest: &[Piece]) -> Option<(Token, usize)> {
    let text = &rest[0].text;
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.').len();
    let (number, unit) = text.split_at(digits);
    let value: f64 = number.parse().ok()?;
    if !unit.is_empty() {
        return if lexicon::find(text).is_some() { None } else { Some((measured(value, unit)?, 1)) };
    }
    (1..=3.min(rest.len() - 1)).rev().find_map(|count| {
        let unit = joined(&rest[1..=count])?;
        Some((measured(value, &unit)?, count + 1))
    })
}

fn measured(value: f64, unit: &str) -> Option<Token> {
    let op = |op| Token::Word(Sense::Op(op));
    let sense = lexicon::find(unit)?;
    if sense == Sense::Frames {
        let whole = value.fract() == 0.0;
        return Some(if whole { Token::Fps(value as u32) } else { op(Op::FrameRate) });
    }
    if sense == Sense::Lines {
        return Some(lexicon::find(&format!("{value}p")).map_or_else(|| op(Op::OddSize), Token::Word));
    }
    if sense == Sense::Seconds {
        return Some(Token::Duration);
    }
    (sense == Sense::Bytes).then(|| op(Op::FileSize))
}

/// Pieces as they stand in the lexicon: English with spaces, Chinese without; never mixed.
fn joined(pieces: &[Piece]) -> Option<String> {
    let chinese = pieces[0].chinese;
    let same = pieces.iter().all(|piece| piece.chinese == chinese);
    let texts: Vec<&str> = pieces.iter().map(|piece| piece.text.as_str()).collect();
    same.then(|| texts.join(if chinese { "" } else { " " }))
}

fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut word = String::new();
    let chars: Vec<char> = text.chars().flat_map(|c| narrow(c).to_lowercase()).collect();
    let end_word = |word: &mut String, pieces: &mut Vec<Piece>| {
        if !word.is_empty() {
            pieces.push(Piece { text: std::mem::take(word), chinese: false });
        }
    };
    for (at, c) in chars.iter().enumerate() {
        let joins = matches!(c, '.' | ':' | '\'')
            && !word.is_empty()
            && chars.get(at + 1).is_some_and(char::is_ascii_alphanumeric);
        if is_chinese(*c) {
            end_word(&mut word, &mut pieces);
            pieces.push(Piece { text: c.to_string(), chinese: true });
        } else if c.is_alphanumeric() || joins {
            word.push(*c);
        } else {
            end_word(&mut word, &mut pieces);
            // What is neither a letter nor punctuation (an emoji) may carry meaning.
            if !c.is_ascii() && !is_punctuation(*c) {
                pieces.push(Piece { text: c.to_string(), chinese: false });
            }
        }
    }
    end_word(&mut word, &mut pieces);
    pieces
}

/// Traditional characters of the lexicon's words, each before its simplified form.
const TRADITIONAL: &str = "這这個个視视頻频壓压縮缩發发轉转換换為为適适優优導导傳传號号幫帮請请製制錄录給给輯辑聲声樂乐\
    標标題题刪删變变碼码幀帧機机謝谢們们將将條条裡里讓让後后內内與与處处檔档橫横豎竖";

/// Full-width forms are the ASCII ones to a reader, and traditional characters the simplified ones.
fn narrow(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '\u{3000}' => ' ',
        _ if is_chinese(c) => {
            let mut pairs = TRADITIONAL.chars().filter(|c| is_chinese(*c));
            let pair = std::iter::from_fn(|| Some((pairs.next()?, pairs.next()?)));
            pair.into_iter().find(|pair| pair.0 == c).map_or(c, |pair| pair.1)
        }
        _ => c,
    }
}

fn is_chinese(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

fn is_punctuation(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{2010}'..='\u{2027}' | '\u{3001}'..='\u{301f}')
}

fn is_file_name(text: &str) -> bool {
    text.rsplit_once('.').is_some_and(|(stem, extension)| {
        let known = extension == "mp4" || lexicon::CONTAINERS.contains(&extension);
        known && !stem.is_empty()
    })
}
