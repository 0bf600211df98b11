//! Reading JSON one level at a time, so that nothing is typed that nobody asks for:
//! integers beyond 2^64 inside a draft stay the text they were.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::printable::printable;

/// One JSON object: its keys, and the text of each value.
#[derive(Debug, Default)]
pub(crate) struct Object<'a>(BTreeMap<Cow<'a, str>, &'a RawValue>);

impl<'a> Object<'a> {
    /// Reads an object; `None` for anything else.
    pub(crate) fn parse(text: &'a [u8]) -> Option<Self> {
        #[derive(Deserialize)]
        struct Fields<'a>(#[serde(borrow)] BTreeMap<Cow<'a, str>, &'a RawValue>);
        serde_json::from_slice::<Fields<'a>>(text).ok().map(|fields| Self(fields.0))
    }

    /// The text of the first of `keys` that is there and not null.
    pub(crate) fn raw(&self, keys: &[&str]) -> Option<&'a RawValue> {
        keys.iter().filter_map(|key| self.0.get(*key).copied()).find(|value| value.get() != "null")
    }

    /// The object under the first of `keys` that holds one.
    pub(crate) fn object(&self, keys: &[&str]) -> Option<Self> {
        self.values(keys).find_map(|value| Self::parse(value.get().as_bytes()))
    }

    /// The items of the list under the first of `keys` that holds one.
    pub(crate) fn list(&self, keys: &[&str]) -> Option<Vec<&'a RawValue>> {
        self.values(keys).find_map(|value| serde_json::from_str(value.get()).ok())
    }

    /// The string under the first of `keys` that holds a non-empty one; a number counts as its digits.
    pub(crate) fn text(&self, keys: &[&str]) -> Option<String> {
        self.values(keys).find_map(|value| match serde_json::from_str::<String>(value.get()) {
            Ok(text) => (!text.is_empty()).then_some(text),
            Err(_) => value.get().starts_with(|c: char| c == '-' || c.is_ascii_digit()).then(|| value.get().to_owned()),
        })
    }

    /// The number under the first of `keys` that holds one; a numeric string counts.
    pub(crate) fn number(&self, keys: &[&str]) -> Option<f64> {
        self.values(keys)
            .find_map(|value| value.get().trim_matches('"').trim().parse().ok())
            .filter(|number: &f64| number.is_finite())
    }

    /// How many keys.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// The flag under the first of `keys` that holds one.
    pub(crate) fn flag(&self, keys: &[&str]) -> Option<bool> {
        self.values(keys).find_map(|value| value.get().parse().ok())
    }

    fn values<'k>(&self, keys: &'k [&str]) -> impl Iterator<Item = &'a RawValue> + use<'_, 'a, 'k> {
        keys.iter().filter_map(|key| self.0.get(*key).copied())
    }
}

/// What a server says went wrong, wherever it put it (PROTOCOL.md, "error text"); made printable.
/// Bodies that echo the request (FastAPI's 422) are read for `msg` and `loc` alone.
pub(crate) fn error_text(object: &Object<'_>) -> String {
    const KEYS: [&str; 7] = ["message", "msg", "error", "error_message", "errorMessage", "detail", "reason"];
    let found = KEYS.iter().find_map(|key| object.raw(&[key]).and_then(|raw| error_words(raw.get(), 0)));
    printable(&found.unwrap_or_default(), MAX_MESSAGE_CHARS)
}

const MAX_MESSAGE_CHARS: usize = 300;

fn error_words(text: &str, depth: u8) -> Option<String> {
    if let Ok(words) = serde_json::from_str::<String>(text) {
        return (!words.trim().is_empty()).then_some(words);
    }
    if depth > 2 {
        return None;
    }
    if let Some(object) = Object::parse(text.as_bytes()) {
        let words = ["message", "msg", "error", "detail", "reason"]
            .iter()
            .find_map(|key| object.raw(&[key]).and_then(|raw| error_words(raw.get(), depth + 1)))?;
        let place: Vec<String> = object
            .list(&["loc"])
            .unwrap_or_default()
            .iter()
            .map(|part| part.get().trim_matches('"').to_owned())
            .collect();
        return Some(if place.is_empty() { words } else { format!("{}: {words}", place.join(".")) });
    }
    let items: Vec<&RawValue> = serde_json::from_str(text).ok()?;
    items.first().and_then(|item| error_words(item.get(), depth + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_integer_beyond_every_type_keeps_its_digits() {
        let object = Object::parse(br#"{"id":123456789012345678901234567890}"#).expect("an object");
        assert_eq!(object.text(&["id"]).as_deref(), Some("123456789012345678901234567890"));
    }

    #[test]
    fn null_and_empty_give_way_to_the_next_key() {
        let object = Object::parse(br#"{"a":null,"b":"","c":"x"}"#).expect("an object");
        assert_eq!(object.text(&["a", "b", "c"]).as_deref(), Some("x"));
        assert!(object.raw(&["a"]).is_none());
    }

    #[test]
    fn every_place_of_an_error_text_is_read_and_echoes_are_not() {
        for (body, words) in [
            (r#"{"message":"m"}"#, "m"),
            (r#"{"msg":"m"}"#, "m"),
            (r#"{"error":"m"}"#, "m"),
            (r#"{"error_message":"m"}"#, "m"),
            (r#"{"reason":"m"}"#, "m"),
            (r#"{"detail":"m"}"#, "m"),
            (r#"{"detail":{"message":"m"}}"#, "m"),
            (r#"{"error":{"message":"m"}}"#, "m"),
            (
                r#"{"detail":[{"loc":["body","sessionId"],"msg":"Field required","input":{"text":"secret"}}]}"#,
                "body.sessionId: Field required",
            ),
            (r#"{"input":"secret"}"#, ""),
        ] {
            let object = Object::parse(body.as_bytes()).expect("an object");
            assert_eq!(error_text(&object), words, "{body}");
        }
    }
}
