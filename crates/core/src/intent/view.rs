//! A clause as the rules look at it.

use super::lexicon::*;

/// The words of a clause, or a part of them.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    pub(super) folded: &'a str,
    pub(super) words: &'a [Token],
    pub(super) asked: bool,
}

impl<'a> View<'a> {
    /// Whether one of the words has one of these meanings.
    pub(super) fn any(&self, class: Class) -> bool {
        self.words.iter().any(|token| token.class.is(class))
    }

    /// Where the first word with one of these meanings is.
    pub(super) fn find(&self, class: Class) -> Option<usize> {
        self.words.iter().position(|token| token.class.is(class))
    }

    /// Whether the word at `at` has one of these meanings.
    pub(super) fn is(&self, at: usize, class: Class) -> bool {
        self.words.get(at).is_some_and(|token| token.class.is(class))
    }

    /// The word at `at`; empty beyond the end.
    pub(super) fn text(&self, at: usize) -> &'a str {
        self.words.get(at).map_or("", |token| &self.folded[token.start..token.end])
    }

    /// Whether the word at `at` is in the list, which is separated by `|`.
    pub(super) fn one(&self, at: usize, list: &str) -> bool {
        let word = self.text(at);
        list.split('|').any(|entry| entry == word)
    }

    /// Whether one of the words is in the list, which is separated by spaces.
    pub(super) fn word(&self, list: &str) -> bool {
        (0..self.words.len()).any(|at| list.split(' ').any(|word| word == self.text(at)))
    }

    /// The clause from `at` on.
    pub(super) fn from(&self, at: usize) -> Self {
        Self { words: &self.words[at.min(self.words.len())..], ..*self }
    }

    /// The clause up to `at`.
    pub(super) fn until(&self, at: usize) -> Self {
        Self { words: &self.words[..at.min(self.words.len())], ..*self }
    }

    /// The clause without the words at its head that change nothing.
    pub(super) fn order(&self) -> Self {
        let polite = |token: &Token| token.class.is(POLITE | CANYOU) || self.folded[token.start..token.end] == *"i";
        self.from(self.words.iter().position(|token| !polite(token)).unwrap_or(self.words.len()))
    }

    /// How many words say something.
    pub(super) fn content(&self) -> usize {
        self.words.iter().filter(|token| !token.class.is(POLITE | CANYOU)).count()
    }

    /// How many characters it has.
    pub(super) fn chars(&self) -> usize {
        match (self.words.first(), self.words.last()) {
            (Some(first), Some(last)) => self.folded[first.start..last.end].chars().count(),
            _ => 0,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.words.is_empty()
    }
}
