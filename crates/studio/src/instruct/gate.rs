//! Decides whether every word was understood and they agree with each other.

use super::{
    lexicon::Sense,
    token::{Op, Token},
};
use crate::wish::FormatWish;

/// Why nothing is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// Understood, and not done here.
    Unsupported(Op),
    /// These words were not understood.
    Unknown(Vec<String>),
    /// Each word was understood, but not what is wanted.
    Unclear(Unclear),
}

/// What is not clear.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unclear {
    /// Nothing to do was named.
    What,
    /// `compress` or `convert`, and neither a place nor a size.
    HowFar,
    /// Two different sizes or rates.
    Conflict,
    /// A length of time that may be the clip's or the wish.
    Length,
}

/// Reads the tokens of a message.
pub(crate) fn read(tokens: &[Token]) -> Result<FormatWish, Refusal> {
    let message = Message { tokens, target: target(tokens) };
    message.refuse_other_edits()?;
    message.refuse_unknown()?;
    message.refuse_unclear()?;
    message.wish()
}

/// The place from which on the message says what is wanted, not what there is: `convert a MOV
/// **to** a 720p MP4`.
fn target(tokens: &[Token]) -> Option<usize> {
    let shape_follows =
        |at: usize| tokens[at + 1..].iter().any(|token| is_shape(token) || token.op() == Some(Op::Codec));
    let is_target = |at: usize| {
        // `I want to share` names no target.
        let verb = [Sense::Format, Sense::Change, Sense::Send, Sense::Make].map(Token::Word);
        let infinitive = tokens.get(at + 1).is_some_and(|next| verb.contains(next));
        tokens[at] == Token::Word(Sense::Target) && !infinitive
    };
    (0..tokens.len()).find(|at| is_target(*at) && shape_follows(*at))
}

struct Message<'a> {
    tokens: &'a [Token],
    target: Option<usize>,
}

impl Message<'_> {
    fn refuse_other_edits(&self) -> Result<(), Refusal> {
        let edit = (0..self.tokens.len()).find_map(|at| self.other_edit(at));
        edit.map_or(Ok(()), |op| Err(Refusal::Unsupported(op)))
    }

    fn other_edit(&self, at: usize) -> Option<Op> {
        let token = &self.tokens[at];
        if let Some(op) = token.op() {
            return (op != Op::Codec || !self.describes(at)).then_some(op);
        }
        let op = match *token {
            Token::Word(Sense::Container(name)) => Op::Container(name),
            Token::Word(Sense::Resolution(1081..)) => Op::TooLarge,
            Token::Fps(fps) if !FormatWish::FPS.contains(&fps) => Op::FrameRate,
            Token::Word(_) | Token::Fps(_) | Token::Duration | Token::File(_) | Token::Unknown(_) => return None,
        };
        (!self.describes(at)).then_some(op)
    }

    fn refuse_unknown(&self) -> Result<(), Refusal> {
        let mut words = Vec::new();
        for (at, token) in self.tokens.iter().enumerate() {
            if let Token::Unknown(text) = token {
                words.push(text.clone());
            }
            // A name after `as` is that of the output, which isn't chosen here.
            if let Token::File(name) = token
                && self.has_before(at, Sense::Target)
            {
                words.push(name.clone());
            }
        }
        if words.is_empty() { Ok(()) } else { Err(Refusal::Unknown(words)) }
    }

    fn refuse_unclear(&self) -> Result<(), Refusal> {
        let length = (0..self.tokens.len()).any(|at| self.tokens[at] == Token::Duration && !self.describes_length(at));
        if length {
            return Err(Refusal::Unclear(Unclear::Length));
        }
        if self.makes_a_new_video() {
            return Err(Refusal::Unclear(Unclear::What));
        }
        let place_or_shape = self.has(|sense| matches!(sense, Sense::Place)) || self.has_shape();
        if place_or_shape || self.has(|sense| matches!(sense, Sense::Format)) {
            return Ok(());
        }
        let change = self.has(|sense| matches!(sense, Sense::Change));
        Err(Refusal::Unclear(if change { Unclear::HowFar } else { Unclear::What }))
    }

    fn wish(&self) -> Result<FormatWish, Refusal> {
        // A unit without its number says nothing.
        let unit = |sense: &Sense| matches!(sense, Sense::Frames | Sense::Seconds | Sense::Bytes | Sense::Lines);
        if self.has(unit) {
            return Err(Refusal::Unclear(Unclear::What));
        }
        let (mut sides, mut rates) = (Vec::new(), Vec::new());
        for (_, token) in self.tokens.iter().enumerate().filter(|(at, _)| !self.describes(*at)) {
            if let Token::Fps(fps) = token {
                rates.push(*fps);
            }
            if let Some(Sense::Resolution(lines)) = token.sense() {
                sides.push(lines);
            }
        }
        let usual = FormatWish::default();
        Ok(FormatWish {
            max_fps: the_only(&rates)?.unwrap_or(usual.max_fps),
            short_side: the_only(&sides)?.unwrap_or(usual.short_side),
        })
    }

    /// Whether a shape says what the clip is and not what it should become: it stands before the
    /// target, or as in `format this 4K video`.
    fn describes(&self, at: usize) -> bool {
        self.target.is_some_and(|target| at < target) && !self.made_before(at)
            || self.qualifies_clip(at, &[Sense::Definite])
    }

    /// A length describes only in the narrow form `convert a 30-second MP4`.
    fn describes_length(&self, at: usize) -> bool {
        self.qualifies_clip(at, &[Sense::Definite, Sense::Indefinite, Sense::Ba])
    }

    /// Whether it stands between a determiner and the clip, after a verb that takes a clip, with
    /// nothing before it that says what is wanted.
    fn qualifies_clip(&self, at: usize, determiners: &[Sense]) -> bool {
        // `this 4k 60fps video`: other shapes may stand between.
        let between = |token: &Token| is_shape(token) || *token == Token::Duration;
        let led_by = self.tokens[..at].iter().rfind(|token| !between(token)).and_then(Token::sense);
        let led = led_by.is_some_and(|sense| determiners.contains(&sense));
        let mut after = self.tokens[at + 1..].iter();
        let next = after.find(|token| token.sense() != Some(Sense::Filler) && !is_number(token));
        let names_clip = is_clip(&self.tokens[at]) || next.is_some_and(is_clip);
        let verbs = [Sense::Format, Sense::Change, Sense::Send, Sense::Ba];
        let verb = verbs.into_iter().any(|verb| self.has_before(at, verb));
        let wanted = self.target.is_some_and(|target| target < at) || self.made_before(at);
        led && names_clip && verb && !wanted
    }

    /// `make a video for WeChat` asks for one that isn't there yet; `make it a video` doesn't.
    fn makes_a_new_video(&self) -> bool {
        let made = [Sense::Make, Sense::Indefinite].map(Token::Word);
        (0..self.tokens.len()).any(|at| {
            self.tokens[at..].strip_prefix(made.as_slice()).is_some_and(|rest| {
                let thing = rest.iter().find(|token| !is_number(token));
                thing == Some(&Token::Word(Sense::Clip))
            })
        })
    }

    fn made_before(&self, at: usize) -> bool {
        self.has_before(at, Sense::Make)
    }

    fn has_shape(&self) -> bool {
        (0..self.tokens.len()).any(|at| is_shape(&self.tokens[at]) && !self.describes(at))
    }

    fn has_before(&self, at: usize, sense: Sense) -> bool {
        self.tokens[..at].contains(&Token::Word(sense))
    }

    fn has(&self, wanted: impl Fn(&Sense) -> bool) -> bool {
        self.tokens.iter().filter_map(Token::sense).any(|sense| wanted(&sense))
    }
}

/// A size or a rate.
fn is_number(token: &Token) -> bool {
    matches!(token, Token::Fps(_) | Token::Word(Sense::Resolution(_)))
}

/// Anything that says what a file is made of.
fn is_shape(token: &Token) -> bool {
    is_number(token) || matches!(token, Token::Word(Sense::Mp4 | Sense::Container(_)))
}

/// A word for the clip itself.
fn is_clip(token: &Token) -> bool {
    matches!(token, Token::Word(Sense::Clip | Sense::Mp4 | Sense::Container(_)))
}

fn the_only(values: &[u32]) -> Result<Option<u32>, Refusal> {
    match values {
        [] => Ok(None),
        [first, rest @ ..] if rest.iter().all(|value| value == first) => Ok(Some(*first)),
        _ => Err(Refusal::Unclear(Unclear::Conflict)),
    }
}
