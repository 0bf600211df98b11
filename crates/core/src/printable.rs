//! Makes text from servers, files and media safe to show to a person.
//!
//! Such text may hold terminal escape sequences that move the cursor, bidirectional overrides that
//! turn a file name around, or invisible characters that hide words. All of these are removed, the
//! rest stays word for word, and the length is bounded. Removed are also secrets that a server quotes: its tokens, and the queries
//! of signed URLs.

use crate::planted;
use crate::redact::without_secrets;

/// How far an escape sequence may reach; a longer one is taken for an unfinished one and only its
/// introducer is removed, so that no text can hide behind it.
const SEQUENCE_CHARS: usize = 256;

/// Stands for the text that was cut off.
const ELLIPSIS: char = '…';

/// The zero-width joiner, which builds one emoji out of several.
const JOINER: char = '\u{200d}';

/// Selects the coloured form of the character before it.
const EMOJI_STYLE: char = '\u{fe0f}';

/// `text` as one line of at most `max_chars` characters.
///
/// Control characters, escape sequences, bidirectional and zero-width characters are gone; runs of
/// white space are one space. What is cut off is marked by `…`, which counts as a character.
///
/// ```
/// use weixin_video_core::printable::printable;
///
/// assert_eq!(printable("\x1b[31mUrban\r\nDreams\x1b[0m", 80), "Urban Dreams");
/// assert_eq!(printable("clip\u{202e}4pm.exe", 80), "clip4pm.exe");
/// assert_eq!(printable("a long title", 6), "a lon…");
/// assert_eq!(printable("at https://cdn.example/v?sig=9", 80), "at https://cdn.example/v?…");
/// ```
pub fn printable(text: &str, max_chars: usize) -> String {
    let mut line = String::with_capacity(text.len().min(max_chars.saturating_mul(4)));
    for word in without_secrets(&visible(text)).split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    cut(line, max_chars)
}

/// `text` with its line breaks, at most `max_chars` characters in all.
///
/// Like [`printable`], but lines stay lines and spaces inside a line stay as they are (a tab
/// becomes one space). More than one empty line in a row becomes one.
///
/// ```
/// use weixin_video_core::printable::printable_lines;
///
/// assert_eq!(printable_lines("1. Cut\r\n2. Title\x07\n\n\n\nDone  ", 80), "1. Cut\n2. Title\n\nDone");
/// ```
pub fn printable_lines(text: &str, max_chars: usize) -> String {
    let visible = visible(text);
    let text = without_secrets(&visible);
    let mut lines = String::with_capacity(text.len());
    let mut empty = 0;
    for line in text.split('\n') {
        let line = line.trim_end();
        empty = if line.is_empty() { empty + 1 } else { 0 };
        if empty > 1 || (line.is_empty() && lines.is_empty()) {
            continue;
        }
        if !lines.is_empty() {
            lines.push('\n');
        }
        lines.push_str(line);
    }
    lines.truncate(lines.trim_end().len());
    cut(lines, max_chars)
}

/// `text` without anything that is not meant to be seen; every line break is `\n`.
fn visible(text: &str) -> String {
    planted!(ControlCharactersShown => return text.to_owned());
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        let after = &rest[next.len_utf8()..];
        rest = after;
        match next {
            '\x1b' => rest = &after[escape_sequence(after)..],
            '\u{9b}' => rest = &after[control_sequence(after)..],
            '\u{90}' | '\u{98}' | '\u{9d}'..='\u{9f}' => rest = &after[control_string(after)..],
            '\r' if after.starts_with('\n') => {}
            '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => kept.push('\n'),
            '\t' => kept.push(' '),
            JOINER if joins(&kept, after) => kept.push(JOINER),
            EMOJI_STYLE if kept.ends_with(|c: char| c != EMOJI_STYLE && !c.is_whitespace()) => {
                kept.push(EMOJI_STYLE);
            }
            shown if !is_hidden(shown) => kept.push(shown),
            _ => {}
        }
    }
    kept
}

/// How many bytes after ESC belong to the sequence it opens.
fn escape_sequence(after: &str) -> usize {
    match after.chars().next() {
        Some('[') => 1 + control_sequence(&after[1..]),
        Some(']' | 'P' | 'X' | '^' | '_') => 1 + control_string(&after[1..]),
        // Two-character escapes, with intermediate bytes as in ESC ( B.
        Some(' '..='/') => {
            let body = after.trim_start_matches(|c| matches!(c, ' '..='/'));
            let intermediate = after.len() - body.len();
            let ends = intermediate <= SEQUENCE_CHARS && body.starts_with(|c| matches!(c, '0'..='~'));
            if ends { intermediate + 1 } else { 0 }
        }
        Some('0'..='~') => 1,
        _ => 0,
    }
}

/// How many bytes a control sequence takes: parameters, then one final letter.
fn control_sequence(after: &str) -> usize {
    let parameters = after.bytes().take(SEQUENCE_CHARS).take_while(|byte| matches!(byte, b' '..=b'?')).count();
    match after.as_bytes().get(parameters) {
        Some(b'@'..=b'~') => parameters + 1,
        _ => 0,
    }
}

/// How many bytes a control string (a window title, a link) takes up to its terminator.
fn control_string(after: &str) -> usize {
    let mut bell_or_escape = after.char_indices().take(SEQUENCE_CHARS);
    match bell_or_escape.find(|(_, c)| matches!(c, '\x07' | '\x1b' | '\u{9c}')) {
        Some((at, '\x1b')) if after[at + 1..].starts_with('\\') => at + 2,
        Some((at, '\x1b')) => at,
        Some((at, end)) => at + end.len_utf8(),
        None => 0,
    }
}

/// Whether a joiner between what is kept and what follows builds an emoji.
fn joins(kept: &str, after: &str) -> bool {
    let before = kept.trim_end_matches(EMOJI_STYLE);
    before.ends_with(is_emoji) && after.starts_with(is_emoji)
}

fn is_emoji(c: char) -> bool {
    matches!(c, '\u{2190}'..='\u{21ff}' | '\u{2600}'..='\u{27bf}' | '\u{2b00}'..='\u{2bff}'
        | '\u{1f000}'..='\u{1faff}')
}

/// Controls, bidirectional marks, zero-width characters, tags and other invisible carriers.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}' | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// At most `max_chars` characters of `text`, with an ellipsis in place of the rest.
fn cut(mut text: String, max_chars: usize) -> String {
    if text.char_indices().nth(max_chars).is_none() {
        return text;
    }
    let Some(room) = max_chars.checked_sub(1) else {
        return String::new();
    };
    let end = text.char_indices().nth(room).map_or(text.len(), |(at, _)| at);
    text.truncate(end);
    let whole = text.trim_end_matches(|c: char| c == JOINER || c.is_whitespace()).len();
    text.truncate(whole);
    text.push(ELLIPSIS);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escape_sequences_vanish_whole() {
        for (hostile, plain) in [
            ("\x1b[2J\x1b[1;31mred\x1b[0m", "red"),
            ("\x1b]0;owned\x07title", "title"),
            ("\x1b]8;;https://x.example\x1b\\link\x1b]8;;\x1b\\", "link"),
            ("\u{9b}31mred", "red"),
            ("\u{9d}0;owned\u{9c}title", "title"),
            ("\x1b(Bplain\x1b=", "plain"),
            ("\x1bcreset", "reset"),
        ] {
            assert_eq!(printable(hostile, 99), plain, "{hostile:?}");
        }
    }

    #[test]
    fn an_unfinished_sequence_hides_no_text() {
        let hostile = format!("\x1b]0;{}", "seen ".repeat(100));
        assert!(printable(&hostile, 9999).contains("seen seen"));
        assert_eq!(printable("\x1b[12345", 99), "12345");
    }

    #[test]
    fn emoji_stay_whole_and_joiners_elsewhere_go() {
        let family = "👨\u{200d}👩\u{200d}👧 ❤\u{fe0f}\u{200d}🔥";
        assert_eq!(printable(family, 99), family);
        assert_eq!(printable("pay\u{200d}pal\u{200b}", 99), "paypal");
        assert_eq!(printable("👨\u{200d}", 99), "👨");
    }

    #[test]
    fn bidirectional_marks_and_tags_go() {
        let marks = "a\u{202a}\u{202e}\u{2066}\u{2069}\u{200e}\u{200f}\u{61c}\u{e0041}b";
        assert_eq!(printable(marks, 99), "ab");
        assert_eq!(printable("早安\u{2028}晚安", 99), "早安 晚安");
    }

    #[test]
    fn the_bound_counts_characters() {
        assert_eq!(printable("早安晚安", 4), "早安晚安");
        assert_eq!(printable("早安晚安", 3), "早安…");
        assert_eq!(printable("早安", 0), "");
        assert_eq!(printable_lines("a\nb\nc", 4), "a\nb…");
    }
}
