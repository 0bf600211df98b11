//! What is said to a person whose message came to no edit: one question with choices, or what can't be done.

mod words;

use super::{LONGEST, interpret, lexicon::W, normal::Normal, normal::is_han, token::T};
use crate::{
    error::plain,
    ops::{About, Context, Reading, Span},
};

/// What is said instead of an edit, in the language of the message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// One question, or what can't be done and what can.
    pub text: String,
    /// Two or three messages that [`interpret`] makes edits of, to choose from.
    pub choices: Vec<String>,
}

/// How many words that weren't understood a question names, and how many characters of each.
const NAMED: usize = 3;
const NAME: usize = 24;
/// How many choices there are.
const CHOICES: std::ops::RangeInclusive<usize> = 2..=3;

/// The question or the no for a reading of this text; `None` for edits.
///
/// ```
/// use weixin_video_studio::{Context, answer, interpret};
///
/// let context = Context::default();
/// let text = "cut 0:10-0:20";
/// let answer = answer(&interpret(text, &context), text, &context).unwrap();
/// assert_eq!(answer.choices[..2], ["keep only 0:10 to 0:20", "cut out 0:10 to 0:20"]);
/// ```
#[must_use]
pub fn answer(reading: &Reading, text: &str, context: &Context) -> Option<Answer> {
    let chinese = is_chinese(text);
    let said = Said::of(text, context);
    let (text, choices) = match reading {
        Reading::Edits(_) => return None,
        Reading::Ask(About::UnknownWords) if !said.unknown.is_empty() => {
            (words::unknown(&said.unknown, chinese), words::choices(About::UnknownWords, chinese))
        }
        Reading::Ask(about) => {
            let own = said.choices(*about, chinese);
            let usual = words::choices(*about, chinese).iter().map(|&choice| choice.to_owned());
            let all: Vec<String> = own.into_iter().chain(usual).collect();
            return Some(Answer {
                text: words::question(*about, chinese).to_owned(),
                choices: acceptable(all, context, chinese),
            });
        }
        Reading::Unsupported(what) => (words::refusal(*what, chinese), words::choices(About::WhatChange, chinese)),
    };
    let all = choices.iter().map(|&choice| choice.to_owned()).collect();
    Some(Answer { text, choices: acceptable(all, context, chinese) })
}

/// Those that come to edits as things are, filled up with what always does.
fn acceptable(all: Vec<String>, context: &Context, chinese: bool) -> Vec<String> {
    let mut choices: Vec<String> = Vec::new();
    let edits = |text: &str| matches!(interpret(text, context), Reading::Edits(_));
    for choice in all {
        if choices.len() < *CHOICES.end() && !choices.contains(&choice) && edits(&choice) {
            choices.push(choice);
        }
    }
    for choice in words::choices(About::WhatChange, chinese) {
        if choices.len() < *CHOICES.start() && !choices.iter().any(|other| other == choice) && edits(choice) {
            choices.push((*choice).to_owned());
        }
    }
    choices
}

/// Whether a person who wrote this is answered in Chinese. Text in quotes counts only if there is no other.
#[must_use]
pub fn is_chinese(text: &str) -> bool {
    let start: String = text.chars().take(LONGEST).collect();
    let normal = Normal::new(&start);
    let mut outside = normal.chars.clone();
    for held in super::quote::held(&normal, &Context::default()) {
        outside[held.from..held.to].fill(' ');
    }
    let count = |chars: &[char]| {
        let han = chars.iter().filter(|c| is_han(**c)).count();
        let words = chars.split(|c| !c.is_alphabetic() || is_han(*c)).filter(|word| !word.is_empty()).count();
        (han, words)
    };
    let (han, words) = match count(&outside) {
        (0, 0) => count(&normal.chars),
        some => some,
    };
    han > words || han > 0 && words < 2
}

/// What of a message a question can take up.
struct Said {
    unknown: Vec<String>,
    span: Option<Span>,
    length: Option<u64>,
}

impl Said {
    fn of(text: &str, context: &Context) -> Self {
        let start: String = text.chars().take(LONGEST).collect();
        let normal = Normal::new(&start);
        let tokens = super::understood(&normal, context);
        let unknown = |tok: &super::token::Tok| match &tok.t {
            T::Unknown(word) => Some(plain(word, NAME)),
            T::Word(W::Or | W::Each | W::Mood) => Some(plain(normal.typed(tok.from, tok.to), NAME)),
            _ => None,
        };
        Self {
            unknown: tokens.iter().filter_map(unknown).filter(|word| !word.trim().is_empty()).take(NAMED).collect(),
            span: tokens.iter().find_map(|tok| if let T::Span(span, _) = tok.t { Some(span) } else { None }),
            length: tokens.iter().find_map(|tok| if let T::Dur(ms) = tok.t { Some(ms) } else { None }),
        }
    }

    /// Choices with the person's own times.
    fn choices(&self, about: About, chinese: bool) -> Vec<String> {
        match (about, self.span, self.length) {
            (About::KeepOrRemove, Some(Span { from, to: Some(to) }), _) if from >= 0 && to > from => {
                let (from, to) = (words::clock(from.unsigned_abs()), words::clock(to.unsigned_abs()));
                if chinese {
                    vec![format!("只保留{from}到{to}"), format!("剪掉{from}到{to}")]
                } else {
                    vec![format!("keep only {from} to {to}"), format!("cut out {from} to {to}")]
                }
            }
            (About::ReversedRange, Some(Span { from, to: Some(to) }), _) if to >= 0 && from > to => {
                let (from, to) = (words::clock(to.unsigned_abs()), words::clock(from.unsigned_abs()));
                if chinese {
                    vec![format!("只保留{from}到{to}"), format!("剪掉{from}到{to}")]
                } else {
                    vec![format!("keep only {from} to {to}"), format!("cut out {from} to {to}")]
                }
            }
            (About::StartOrEnd, _, Some(ms)) => {
                let length = words::length(ms, chinese);
                if chinese {
                    vec![format!("剪掉前{length}"), format!("剪掉最后{length}"), format!("剪成{length}")]
                } else {
                    vec![
                        format!("cut the first {length}"),
                        format!("cut the last {length}"),
                        format!("make it {length} long"),
                    ]
                }
            }
            _ => Vec::new(),
        }
    }
}
