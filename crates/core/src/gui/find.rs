//! A clause of a reply as the rules look at it, and how they look for words.

use super::pieces::{Clause, QUOTED, Text};

/// The words of a clause as the rules look at them.
pub(super) struct Words {
    /// Folded, and with quotations masked.
    pub(super) masked: String,
    /// Folded.
    pub(super) labels: String,
    /// As the agent wrote them.
    original: String,
    /// Where the clause begins in the reply, in characters.
    pub(super) start: usize,
}

impl Words {
    pub(super) fn new(text: &Text, clause: &Clause) -> Self {
        Self {
            masked: text.masked(clause.span.clone()),
            labels: text.folded(clause.span.clone()),
            original: text.original(clause.span.clone()),
            start: clause.span.start,
        }
    }

    /// The place in the reply of a byte of the masked words.
    pub(super) fn at(&self, byte: usize) -> usize {
        self.start + self.masked[..byte].chars().count()
    }

    pub(super) fn end(&self) -> usize {
        self.at(self.masked.len())
    }

    /// How many words it has.
    pub(super) fn words(&self) -> usize {
        self.masked.split_whitespace().count()
    }

    /// Whether a part of it holds a quotation.
    pub(super) fn quotes(&self, part: &str) -> bool {
        part.contains(QUOTED)
    }

    /// Whether it has a word in bold type.
    pub(super) fn labelled(&self) -> bool {
        self.original.contains("**")
    }

    /// `click Apply`, `hit **Export**`: a label follows the verb.
    pub(super) fn labels_after(&self, verb: &str) -> bool {
        let words: Vec<&str> = self.original.split_whitespace().collect();
        let bare = |word: &str| word.trim_matches(|c: char| !c.is_alphanumeric() && c != '-').to_lowercase();
        let at = words.iter().position(|word| !verb.is_empty() && bare(word) == verb);
        let label = |word: &&str| {
            let first = word.chars().find(|c| !matches!(c, '*' | '_' | '`'));
            first.is_some_and(|c| c.is_uppercase() || matches!(c, '"' | '“' | '\'' | '‘'))
        };
        let rest = at.map_or(&[][..], |at| &words[at + 1..]);
        rest.iter()
            .take(if rest.first().is_some_and(|word| *word == "the" || *word == "on") { 2 } else { 1 })
            .any(label)
    }

    /// `opens onto the sea`: tells what the video shows.
    pub(super) fn narrates(&self) -> bool {
        has(&self.masked, " onto | scene | in the last shot| the footage")
    }
}

/// The first of the `words` in a text, and where it is; of those at one place, the longest.
pub(super) fn first<'a>(text: &str, words: &'a str) -> Option<(usize, &'a str)> {
    let found = words.split('|').filter_map(|word| Some((text.find(word)?, word)));
    found.min_by_key(|(at, word)| (*at, std::cmp::Reverse(word.len())))
}

/// Whether `text` begins with one of the `words`.
pub(super) fn begins(text: &str, words: &str) -> bool {
    words.split('|').any(|word| text.starts_with(word))
}

/// Whether `word` is one of the `words`.
pub(super) fn listed(words: &str, word: &str) -> bool {
    words.split('|').any(|entry| entry == word)
}

/// A clause without the marks of Markdown and of quotations.
pub(super) fn plain(masked: &str) -> String {
    masked.replace(['*', '_', '`', '>', '#', QUOTED], "")
}

/// Whether `text` contains one of the `words`, which are separated by `|`.
pub(super) fn has(text: &str, words: &str) -> bool {
    words.split('|').any(|word| text.contains(word))
}
