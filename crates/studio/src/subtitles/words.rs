//! What is to be read of a cue: without tags, without marks of other formats.

/// The names of tags; what stands between angles and begins otherwise is text.
const TAGS: [&str; 15] =
    ["i", "b", "u", "s", "c", "v", "font", "span", "em", "strong", "ruby", "rt", "lang", "p", "br"];

/// No tag is longer than this, in bytes.
const LONGEST_TAG: usize = 200;

/// Signs that HTML can't have as they are.
const NAMED: [(&str, char); 8] = [
    ("&amp;", '&'),
    ("&lt;", '<'),
    ("&gt;", '>'),
    ("&nbsp;", ' '),
    ("&quot;", '"'),
    ("&#39;", '\''),
    ("&lrm;", '\u{200e}'),
    ("&rlm;", '\u{200f}'),
];

/// The words of a cue in its own lines, none of them empty.
pub(super) fn words(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let taken = match c {
            '<' => tag(rest),
            '{' => block(rest),
            '\\' => escape(rest),
            '&' => named(rest),
            _ => None,
        };
        let (len, put) = taken.unwrap_or_else(|| (c.len_utf8(), Some(c)));
        shown.extend(put);
        rest = &rest[len..];
    }
    let lines = shown.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.collect::<Vec<&str>>().join("\n")
}

/// `<i>`, `</font>`, `<v Bob>`, and WebVTT's `<00:00:01.000>`: how long it is, and what stands for it.
fn tag(rest: &str) -> Option<(usize, Option<char>)> {
    let end = rest.bytes().take(LONGEST_TAG).position(|byte| byte == b'>')?;
    let inner = rest[1..end].trim_start_matches('/');
    let name = inner.split(|c: char| !c.is_ascii_alphanumeric()).next()?.to_ascii_lowercase();
    let time = !inner.is_empty() && inner.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b':' | b'.'));
    let clock = time && inner.contains(':');
    (clock || TAGS.contains(&name.as_str())).then_some((end + 1, (name == "br").then_some('\n')))
}

/// `{\an8}`: how SubStation says places and colours.
fn block(rest: &str) -> Option<(usize, Option<char>)> {
    let end = rest.bytes().take(LONGEST_TAG).position(|byte| byte == b'}')?;
    rest.starts_with("{\\").then_some((end + 1, None))
}

/// `\N`: how SubStation says a new line.
fn escape(rest: &str) -> Option<(usize, Option<char>)> {
    match rest.as_bytes().get(1)? {
        b'N' | b'n' => Some((2, Some('\n'))),
        b'h' => Some((2, Some(' '))),
        _ => None,
    }
}

fn named(rest: &str) -> Option<(usize, Option<char>)> {
    NAMED.iter().find(|(name, _)| rest.starts_with(name)).map(|(name, sign)| (name.len(), Some(*sign)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_go_and_everything_else_stays() {
        let cases = [
            ("<i>Hello</i> <font color=\"#ff0000\">red</font>", "Hello red"),
            ("{\\an8}up here{\\i1}", "up here"),
            ("<v Bob>Hi</v> <c.yellow>there</c><00:00:01.500> now", "Hi there now"),
            ("one<br/>two\\Nthree", "one\ntwo\nthree"),
            ("I <3 you, a < b > c {really}", "I <3 you, a < b > c {really}"),
            ("Tom &amp; Jerry &lt;3", "Tom & Jerry <3"),
            ("  a \n\n \n b ", "a\nb"),
            ("<unknown>x", "<unknown>x"),
            ("<i", "<i"),
            ("{\\an8", "{\\an8"),
            ("", ""),
        ];
        for (typed, shown) in cases {
            assert_eq!(words(typed), shown, "{typed}");
        }
    }
}
