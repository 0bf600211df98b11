//! Takes the queries off the URLs in a draft, because they may be signatures.

/// What stands where a query was.
const REMOVED: &str = "?removed";

/// The JSON text without the queries and fragments of http(s) URLs in its strings; all else byte for byte the same.
///
/// ```
/// use weixin_video::journal::unsigned;
///
/// let draft = r#"{"n":18446744073709551617,"src":"https:\/\/cdn.example/a.mp4?sig=1\u0026t=2"}"#;
/// assert_eq!(unsigned(draft), r#"{"n":18446744073709551617,"src":"https://cdn.example/a.mp4?removed"}"#);
/// assert_eq!(unsigned(r#"{"text": "why?"}"#), r#"{"text": "why?"}"#);
/// ```
#[must_use]
pub fn unsigned(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    let mut rest = json;
    while let Some(start) = rest.find('"') {
        let (before, from) = rest.split_at(start);
        let (literal, behind) = from.split_at(literal_length(from));
        out.push_str(before);
        out.push_str(&unsigned_literal(literal).unwrap_or_else(|| literal.to_owned()));
        rest = behind;
    }
    out.push_str(rest);
    out
}

/// Whether something was taken out of the text.
#[must_use]
pub fn was_signed(json: &str) -> bool {
    json.contains(REMOVED)
}

/// Up to and with the closing quote; all of it when there is none.
fn literal_length(text: &str) -> usize {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// The string without its queries, if it has any.
fn unsigned_literal(literal: &str) -> Option<String> {
    let text: String =
        serde_json::from_str(literal).or_else(|_| serde_json::from_str(&without_halves(literal))).ok()?;
    let pieces: Vec<String> = text.split_inclusive(char::is_whitespace).map(unsigned_word).collect();
    let changed = pieces.concat();
    (changed != text).then(|| serde_json::to_string(&changed).expect("a string serializes"))
}

/// Servers cut text in the middle of an emoji. Half of one is no character, so a strict reader refuses the whole string.
fn without_halves(literal: &str) -> String {
    let mut out = String::with_capacity(literal.len());
    let mut rest = literal;
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        out.push_str(before);
        let unit = |text: &str| u32::from_str_radix(text.strip_prefix("\\u")?.get(..4)?, 16).ok();
        let len = match (unit(escape), escape.get(6..).and_then(unit)) {
            (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => 12,
            (Some(0xd800..=0xdfff), _) => {
                out.push('\u{fffd}');
                rest = &escape[6..];
                continue;
            }
            (Some(_), _) => 6,
            (None, _) => escape.len().min(1 + escape[1..].chars().next().map_or(0, char::len_utf8)),
        };
        out.push_str(&escape[..len]);
        rest = &escape[len..];
    }
    out.push_str(rest);
    out
}

fn unsigned_word(word: &str) -> String {
    let lower = word.to_ascii_lowercase();
    let scheme = ["http://", "https://"].iter().filter_map(|scheme| lower.find(scheme)).min();
    let query = scheme.and_then(|at| word[at..].find(['?', '#']).map(|mark| at + mark));
    let Some(query) = query.filter(|at| word[*at..].trim_end() != REMOVED) else {
        return word.to_owned();
    };
    let space = &word[word.trim_end().len()..];
    format!("{}{REMOVED}{space}", &word[..query])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_query_survives_however_it_is_spelled() {
        for draft in [
            r#"{"src":"https://cdn/a?sig=SECRET"}"#,
            r#"{"src":"HTTPS:\/\/cdn\/a?x\u0026sig=SECRET"}"#,
            r#"["see http://a/b?k=SECRET and http://c#SECRET now"]"#,
            r#"{"https://cdn/a?SECRET":1}"#,
            r#"{"a":"\\","b":"https://cdn/\"?SECRET"}"#,
            r#"{"src":"https://cdn/a\u003fSECRET"}"#,
            r#"{"n":"\ud83c https://cdn/a?SECRET \udf00"}"#,
            r#"{"n":"\ud83c\udf00 \\ud83c https://cdn/a?SECRET"}"#,
        ] {
            let without = unsigned(draft);
            assert!(!without.contains("SECRET") && was_signed(&without), "{without}");
            assert!(serde_json::from_str::<serde_json::Value>(&without).is_ok(), "{without}");
            assert_eq!(unsigned(&without), without, "twice is once");
        }
    }

    #[test]
    fn what_has_no_query_stays_byte_for_byte() {
        for draft in [
            r#"{"d" : 1.50, "t":[{"sg":[{"m":{"text":"why? so\u0021"}}]}]}"#,
            r#"{"src":"/srv/a?b","n":123456789012345678901234567890}"#,
            r#"{"src":"https:\/\/cdn\/a.mp4"}"#,
            r#"{"torn": "https://a?b"#,
            "",
            "\"",
        ] {
            assert_eq!(unsigned(draft), draft);
        }
    }
}
