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
    let text: String = serde_json::from_str(literal).ok()?;
    let pieces: Vec<String> = text.split_inclusive(char::is_whitespace).map(unsigned_word).collect();
    let changed = pieces.concat();
    (changed != text).then(|| serde_json::to_string(&changed).expect("a string serializes"))
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
