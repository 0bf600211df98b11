//! Reads plain values out of the YAML block at the top of a Markdown file.
//!
//! Only `key: value` at the left edge is read. That is all the attribution needs, and it spares a
//! YAML library.

/// A frontmatter longer than this is none.
const LINES: usize = 1_000;

/// The lines between the two `---` at the top, if the file begins so.
pub(super) fn block(text: &str) -> Option<Vec<&str>> {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let mut lines = text.lines();
    if lines.next()?.trim_end() != "---" {
        return None;
    }
    let mut block = Vec::new();
    for line in lines.take(LINES) {
        let line = line.trim_end();
        if matches!(line, "---" | "...") {
            return Some(block);
        }
        block.push(line);
    }
    None
}

/// The text under `key`; the last one if it stands there twice. Lists, maps, blocks and empty values
/// are no text.
pub(super) fn scalar(block: &[&str], key: &str) -> Option<String> {
    let value = block.iter().rev().find_map(|line| after_key(line, key))?;
    let rest = value.get(1..).unwrap_or_default();
    match value.chars().next()? {
        '"' => double_quoted(rest),
        '\'' => single_quoted(rest),
        '[' | '{' | '|' | '>' | '&' | '*' | '!' | '#' => None,
        _ => Some(without_comment(value).to_owned()),
    }
}

/// What follows `key:` at the left edge of a line; the key may be quoted.
fn after_key<'a>(line: &'a str, key: &str) -> Option<&'a str> {
    let quoted = |quote: char| line.strip_prefix(quote)?.strip_prefix(key)?.strip_prefix(quote);
    let rest = line.strip_prefix(key).or_else(|| quoted('"')).or_else(|| quoted('\''))?;
    let value = rest.trim_start().strip_prefix(':')?;
    (value.is_empty() || value.starts_with([' ', '\t'])).then(|| value.trim())
}

/// A plain value ends where a comment begins: at a `#` after white space.
fn without_comment(value: &str) -> &str {
    let comment = value.match_indices('#').map(|(at, _)| at).find(|at| value[..*at].ends_with([' ', '\t']));
    value[..comment.unwrap_or(value.len())].trim_end()
}

/// The content up to the closing quote; a doubled quote is one.
fn single_quoted(rest: &str) -> Option<String> {
    let mut content = String::new();
    let mut chars = rest.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\'' if chars.next_if_eq(&'\'').is_some() => content.push('\''),
            '\'' => return Some(content),
            _ => content.push(c),
        }
    }
    None
}

/// The content up to the closing quote, with the escapes that occur in names and versions.
fn double_quoted(rest: &str) -> Option<String> {
    let mut content = String::new();
    let mut chars = rest.chars();
    while let Some(c) = chars.next() {
        match c {
            '"' => return Some(content),
            '\\' => content.push(match chars.next()? {
                same @ ('"' | '\\' | '/') => same,
                'n' => '\n',
                't' => '\t',
                _ => return None,
            }),
            _ => content.push(c),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Option<String> {
        scalar(&block(&format!("---\n{line}\n---\n"))?, "version")
    }

    #[test]
    fn every_way_to_write_a_value() {
        for (line, value) in [
            ("version: 1.2.0", Some("1.2.0")),
            ("version:   1.2.0   # the skill", Some("1.2.0")),
            ("version: 1#2", Some("1#2")),
            ("version: \"1.2.0\" # the skill", Some("1.2.0")),
            ("version: '1''2'", Some("1'2")),
            ("\"version\": \"a\\\"b\"", Some("a\"b")),
            ("version : 3", Some("3")),
            ("version: 1\nversion: 2", Some("2")),
            ("  version: 1", None),
            ("versions: 1", None),
            ("version:1", None),
            ("version:", None),
            ("version: # none", None),
            ("version: [1, 2]", None),
            ("version: >-\n  1", None),
            ("version: \"open", None),
            ("version: 早", Some("早")),
        ] {
            assert_eq!(read(line).as_deref(), value, "{line}");
        }
    }

    #[test]
    fn the_block_must_open_and_close() {
        assert_eq!(block("\u{feff}---\r\nname: a\r\n---\r\nname: b"), Some(vec!["name: a"]));
        assert_eq!(block("---\nname: a\n...\n"), Some(vec!["name: a"]));
        assert_eq!(block("---\nname: a\n"), None);
        assert_eq!(block("name: a\n---\n"), None);
        assert_eq!(block(""), None);
    }
}
