//! A command line as words, and the names in braces that stand for something.

/// The words of a line: parted by white space, except between quotation marks. `None` when one of those is not closed.
pub(super) fn words(line: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut mark = None;
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match (mark, c) {
            (Some(open), c) if c == open => mark = None,
            (Some('"') | None, '\\') if escapes() => word.get_or_insert_default().push(chars.next()?),
            (None, '"' | '\'') => {
                mark = Some(c);
                word.get_or_insert_default();
            }
            (None, c) if c.is_whitespace() => words.extend(word.take()),
            (_, c) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    mark.is_none().then_some(words)
}

/// Where it parts folders it is a sign like any other.
fn escapes() -> bool {
    !cfg!(windows)
}

/// The names in braces in a word.
pub(super) fn names(word: &str) -> Vec<&str> {
    let mut names = Vec::new();
    let mut rest = word;
    while let Some((_, name, after)) = next(rest) {
        names.push(name);
        rest = after;
    }
    names
}

/// A word with what the names in it stand for.
pub(super) fn filled(word: &str, value: impl Fn(&str) -> String) -> String {
    let mut filled = String::new();
    let mut rest = word;
    while let Some((before, name, after)) = next(rest) {
        filled.push_str(before);
        filled.push_str(&value(name));
        rest = after;
    }
    filled + rest
}

/// What stands before the first name, the name, and the rest. Braces around anything but small letters are text.
fn next(text: &str) -> Option<(&str, &str, &str)> {
    let mut from = 0;
    while let Some(open) = text[from..].find('{').map(|at| from + at) {
        let inner = &text[open + 1..];
        let end = inner.find(|c: char| !c.is_ascii_lowercase()).unwrap_or(inner.len());
        if end > 0 && inner[end..].starts_with('}') {
            return Some((&text[..open], &inner[..end], &inner[end + 1..]));
        }
        from = open + 1;
    }
    None
}
