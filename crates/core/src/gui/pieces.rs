//! Cuts a reply into lines, sentences and clauses without losing a character.

use std::ops::Range;

use crate::language::simplified;

/// Stands for each character inside a quotation.
pub(super) const QUOTED: char = '\u{e001}';

/// A reply, character by character: as it is, folded for reading, and with quotations masked.
pub(super) struct Text {
    original: Vec<char>,
    folded: Vec<char>,
    masked: Vec<char>,
    /// How many brackets are open around each character.
    nested: Vec<bool>,
}

/// A line of a reply.
pub(super) struct Line {
    /// What stands before the first word: a list mark, an emoji, white space.
    pub(super) bullet: Range<usize>,
    pub(super) sentences: Vec<Sentence>,
}

/// A sentence with the white space after it.
pub(super) struct Sentence {
    pub(super) span: Range<usize>,
    /// Its closing signs and the white space after them.
    pub(super) end: Range<usize>,
    pub(super) is_question: bool,
}

/// A part of a sentence.
pub(super) struct Clause {
    pub(super) span: Range<usize>,
    /// The sign or word between it and the next.
    pub(super) separator: Range<usize>,
}

impl Text {
    pub(super) fn new(reply: &str) -> Self {
        let original: Vec<char> = reply.chars().collect();
        let folded: Vec<char> = original.iter().map(|c| fold(*c)).collect();
        let mut masked = folded.clone();
        let mut nested = vec![false; original.len()];
        let mut at = 0;
        while at < original.len() {
            let Some(end) = quotation(&original, at) else {
                at += 1;
                continue;
            };
            nested[at..=end].fill(true);
            if !matches!(original[at], '(' | '（') {
                masked[at + 1..end].fill(QUOTED);
            }
            at = end + 1;
        }
        Self { original, folded, masked, nested }
    }

    pub(super) fn original(&self, span: Range<usize>) -> String {
        self.original[span].iter().collect()
    }

    /// Small letters, half-width forms, simplified characters.
    pub(super) fn folded(&self, span: Range<usize>) -> String {
        self.folded[span].iter().collect()
    }

    /// Folded, and with quotations masked.
    pub(super) fn masked(&self, span: Range<usize>) -> String {
        self.masked[span].iter().collect()
    }

    pub(super) fn lines(&self) -> Vec<Line> {
        let mut lines = Vec::new();
        let mut start = 0;
        for end in 0..=self.original.len() {
            if self.original.get(end).is_none_or(|c| *c == '\n') {
                lines.push(self.line(start..end));
                start = end + 1;
            }
        }
        lines
    }

    fn line(&self, span: Range<usize>) -> Line {
        let words = span.clone().find(|at| is_word_start(self.original[*at]));
        // A list number is part of the mark: "1. Click".
        let digits = |at: usize| (at..span.end).find(|at| !self.original[*at].is_ascii_digit());
        let first = words.map_or(span.end, |at| match digits(at) {
            Some(dot) if dot > at && matches!(self.folded[dot], '.' | ')' | '、') => {
                let after = (dot + 1..span.end).find(|at| !self.original[*at].is_whitespace());
                after.filter(|after| *after > dot + 1 || self.folded[dot] == '、').unwrap_or(at)
            }
            _ => at,
        });
        Line { bullet: span.start..first, sentences: self.sentences(first..span.end) }
    }

    fn sentences(&self, span: Range<usize>) -> Vec<Sentence> {
        let mut sentences = Vec::new();
        let mut start = span.start;
        let mut at = span.start;
        while at < span.end {
            if !self.ends_sentence(at, span.end) {
                at += 1;
                continue;
            }
            let closing = at;
            at += 1;
            while at < span.end && is_closing(self.folded[at]) {
                at += 1;
            }
            let is_question = self.folded[closing..at].contains(&'?');
            while at < span.end && self.original[at].is_whitespace() {
                at += 1;
            }
            sentences.push(Sentence { span: start..at, end: closing..at, is_question });
            start = at;
        }
        if start < span.end {
            sentences.push(Sentence { span: start..span.end, end: span.end..span.end, is_question: false });
        }
        sentences
    }

    /// A full stop counts where white space follows it: not in 1.5 or clip.mp4.
    fn ends_sentence(&self, at: usize, end: usize) -> bool {
        match self.folded[at] {
            _ if self.nested[at] => false,
            '。' | '!' | '?' | ';' => true,
            // A row of eight signs ends a sentence in any case; this keeps long rows cheap.
            '.' => (at + 1..end)
                .take(8)
                .find(|at| !is_closing(self.folded[*at]))
                .is_none_or(|next| self.original[next].is_whitespace()),
            _ => false,
        }
    }
}

impl Line {
    /// A step of a numbered list.
    pub(super) fn is_numbered(&self, text: &Text) -> bool {
        text.original(self.bullet.clone()).contains(|c: char| c.is_ascii_digit())
    }

    /// A line of a list.
    pub(super) fn is_listed(&self, text: &Text) -> bool {
        text.original(self.bullet.clone()).contains(|c: char| c.is_ascii_digit() || matches!(c, '-' | '*' | '•'))
    }

    /// A line that announces a list: bold, a Markdown heading, or with a colon at its end.
    pub(super) fn is_heading(&self, text: &Text) -> bool {
        let (Some(first), Some(last)) = (self.sentences.first(), self.sentences.last()) else {
            return false;
        };
        let words = text.folded(first.span.start..last.span.end);
        let mark = text.folded(self.bullet.clone());
        words.trim_end().ends_with(':')
            || mark.contains('#')
            || (mark.contains("**") && words.trim_end().ends_with("**"))
    }
}

impl Sentence {
    /// The clauses between commas, joining words and the end.
    pub(super) fn clauses(&self, text: &Text) -> Vec<Clause> {
        let end = self.end.start;
        let mut clauses = Vec::new();
        let mut start = self.span.start;
        let mut at = start;
        while at < end {
            let length = if text.nested[at] { 0 } else { separator(&text.folded[at..end], &text.original[at..end]) };
            if length == 0 {
                at += 1;
                continue;
            }
            clauses.push(Clause { span: start..at, separator: at..at + length });
            at += length;
            start = at;
        }
        clauses.push(Clause { span: start..end, separator: end..end });
        clauses
    }
}

/// How many characters at the start of `rest` separate clauses.
fn separator(rest: &[char], original: &[char]) -> usize {
    let spaces = |from: usize| rest[from..].iter().take_while(|c| c.is_whitespace()).count();
    match rest.first() {
        Some(',') if original[0] == '，' || rest.get(1).is_some_and(|c| !c.is_ascii_digit()) => 1 + spaces(1),
        Some('—' | '–') => 1 + spaces(1),
        // A colon in 0:15 or https:// separates nothing.
        Some(':') if original[0] == '：' && rest.get(1).is_some_and(|c| !c.is_ascii_digit()) => 1 + spaces(1),
        Some('后') if ["后点击", "后点", "后按", "后拖"].iter().any(|word| starts(rest, word)) => 1,
        Some(':') if rest.get(1).is_some_and(|c| c.is_whitespace() || matches!(c, '\u{4e00}'..='\u{9fff}')) => {
            1 + spaces(1)
        }
        Some(' ') => {
            [" and then ", " and ", " or ", " but "].iter().find(|word| starts(rest, word)).map_or(0, |word| {
                // "drag and drop" is one act.
                if starts(&rest[word.len()..], "drop") { 0 } else { word.len() }
            })
        }
        _ => 0,
    }
}

fn starts(rest: &[char], word: &str) -> bool {
    word.chars().enumerate().all(|(at, c)| rest.get(at) == Some(&c))
}

/// The longest quotation or bracket in characters; beyond it the opening sign stands for itself.
const QUOTED_CHARS: usize = 300;

/// Where a quotation or bracket that opens at `at` closes; on the same line.
fn quotation(text: &[char], at: usize) -> Option<usize> {
    let close = match text[at] {
        '“' => '”',
        '「' => '」',
        '『' => '』',
        '《' => '》',
        '‘' => '’',
        '(' => ')',
        '（' => '）',
        '"' => '"',
        '\'' if at == 0 || !text[at - 1].is_alphanumeric() => '\'',
        _ => return None,
    };
    let ends =
        |end: usize| text[end] == close && (close != '\'' || !text.get(end + 1).is_some_and(|c| c.is_alphanumeric()));
    let limit = text.len().min(at + QUOTED_CHARS);
    let line_end = (at..limit).find(|at| text[*at] == '\n').unwrap_or(limit);
    (at + 1..line_end).find(|end| ends(*end))
}

fn is_word_start(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '“' | '「' | '《' | '"' | '\'' | '(' | '（' | '‘' | '『')
}

fn is_closing(folded: char) -> bool {
    matches!(folded, '。' | '!' | '?' | ';' | '.' | '…' | '*' | '_')
}

/// One character for one character, so that places stay the same.
fn fold(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c).to_ascii_lowercase(),
        '’' => '\'',
        _ => simplified(c).to_lowercase().next().unwrap_or(c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(reply: &str) -> Vec<String> {
        let text = Text::new(reply);
        let lines = text.lines();
        let sentences = lines.iter().flat_map(|line| &line.sentences);
        sentences.map(|sentence| text.original(sentence.span.clone())).collect()
    }

    #[test]
    fn sentences_keep_every_character() {
        assert_eq!(cut("One is 1.5 s. Two!  三。四"), ["One is 1.5 s. ", "Two!  ", "三。", "四"]);
        assert_eq!(cut("一．二． 三！"), ["一．二． ", "三！"]);
        assert_eq!(cut("It says \"Go. Now.\" at 0:20."), ["It says \"Go. Now.\" at 0:20."]);
        assert_eq!(cut("1. Click it\n- **Save**"), ["Click it", "Save**"]);
    }

    #[test]
    fn clauses_end_at_commas_and_joining_words() {
        let text = Text::new("Drag and drop it, or click (here, now) and wait");
        let lines = text.lines();
        let clauses = lines[0].sentences[0].clauses(&text);
        let words: Vec<String> = clauses.iter().map(|clause| text.original(clause.span.clone())).collect();
        assert_eq!(words, ["Drag and drop it", "or click (here, now)", "wait"]);
    }
}
