//! What is said to a person whose message came to no edit.

use crate::ops::{Context, Reading};

/// What is said instead of an edit, in the language of the message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// One question, or what can't be done and what can.
    pub text: String,
    /// Messages that would be understood, to choose from.
    pub choices: Vec<String>,
}

/// The question or the no for a reading of this text; `None` for edits.
#[must_use]
pub fn answer(reading: &Reading, text: &str, context: &Context) -> Option<Answer> {
    let _ = context;
    match reading {
        Reading::Edits(_) => None,
        Reading::Ask(_) | Reading::Unsupported(_) => {
            let text = if is_chinese(text) { "我没看懂。" } else { "I did not understand that." };
            Some(Answer { text: text.into(), choices: Vec::new() })
        }
    }
}

/// Whether a person who wrote this is answered in Chinese.
#[must_use]
pub fn is_chinese(text: &str) -> bool {
    text.chars().any(|c| matches!(c, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}'))
}
