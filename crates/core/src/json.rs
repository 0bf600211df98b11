//! Looks into JSON text without losing a digit of it.
//!
//! A server's JSON may repeat keys, hold half a surrogate pair or numbers no machine type can carry. None of that is a
//! reason to refuse an answer, so values stay text until somebody asks for one, one level at a time.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::printable::printable;

/// The members of a JSON object in their order. A repeated key counts with its last value.
#[derive(Debug, Default)]
pub(crate) struct Object<'a>(Vec<(String, &'a RawValue)>);

impl<'a> Object<'a> {
    /// Reads an object; `None` for anything else.
    pub(crate) fn parse(text: &'a [u8]) -> Option<Self> {
        serde_json::from_slice(text).ok()
    }

    /// The same, of a value that stands in another.
    pub(crate) fn of(value: &'a RawValue) -> Option<Self> {
        value.get().starts_with('{').then(|| Self::parse(value.get().as_bytes()))?
    }

    /// How many members.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no member.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The members in their order, repeated ones and all.
    pub(crate) fn into_members(self) -> Vec<(String, &'a RawValue)> {
        self.0
    }

    /// Whether `key` is there at all, be it with `null`.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.0.iter().any(|(name, _)| name == key)
    }

    /// The value of `key`; a JSON `null` counts as absent.
    pub(crate) fn member(&self, key: &str) -> Option<&'a RawValue> {
        let (_, value) = self.0.iter().rev().find(|(name, _)| name == key)?;
        (value.get() != "null").then_some(*value)
    }

    /// The first of `keys` that `read` makes sense of.
    pub(crate) fn first<T>(&self, keys: &[&str], read: impl Fn(&'a RawValue) -> Option<T>) -> Option<T> {
        keys.iter().find_map(|key| read(self.member(key)?))
    }

    /// The value of the first of `keys` that is there.
    pub(crate) fn raw(&self, keys: &[&str]) -> Option<&'a RawValue> {
        self.first(keys, Some)
    }

    /// The object under the first of `keys` that holds one.
    pub(crate) fn object(&self, keys: &[&str]) -> Option<Self> {
        self.first(keys, Self::of)
    }

    /// The items of the list under the first of `keys` that holds one.
    pub(crate) fn list(&self, keys: &[&str]) -> Option<Vec<&'a RawValue>> {
        self.first(keys, |value| value.get().starts_with('[').then(|| items(value)))
    }

    /// The string under the first of `keys` that holds a non-empty one; a number counts as its digits.
    pub(crate) fn text(&self, keys: &[&str]) -> Option<String> {
        self.first(keys, |value| text_or_digits(value.get()).filter(|text| !text.is_empty()))
    }

    /// The number under the first of `keys` that holds one.
    pub(crate) fn number(&self, keys: &[&str]) -> Option<f64> {
        self.first(keys, number)
    }

    /// The flag under the first of `keys` that holds one.
    pub(crate) fn flag(&self, keys: &[&str]) -> Option<bool> {
        self.first(keys, |value| value.get().parse().ok())
    }
}

/// The items of a list; of anything else, none.
pub(crate) fn items(value: &RawValue) -> Vec<&RawValue> {
    if !value.get().starts_with('[') {
        return Vec::new();
    }
    serde_json::from_str(value.get()).unwrap_or_default()
}

/// The content of a string; half a surrogate pair becomes U+FFFD.
pub(crate) fn text(value: &RawValue) -> Option<String> {
    string(value.get())
}

/// The content of a string, or the digits of a number.
pub(crate) fn text_or_digits(json: &str) -> Option<String> {
    match json.as_bytes().first()? {
        b'"' => string(json),
        b'-' | b'0'..=b'9' => Some(json.to_owned()),
        _ => None,
    }
}

/// A finite number, also one written as a string.
pub(crate) fn number(value: &RawValue) -> Option<f64> {
    let written = text_or_digits(value.get())?;
    let numeric = written.trim().starts_with(|c: char| c.is_ascii_digit() || c == '-');
    numeric.then(|| written.trim().parse().ok())?.filter(|number: &f64| number.is_finite())
}

fn string(json: &str) -> Option<String> {
    json.starts_with('"').then(|| serde_json::from_str::<Words>(json).ok())?.map(|Words(text)| text)
}

/// A string that may hold half a surrogate pair: servers in JavaScript cut emoji in two.
pub(crate) struct Words(pub(crate) String);

impl<'de> Deserialize<'de> for Words {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        struct Bytes;
        impl Visitor<'_> for Bytes {
            type Value = Words;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Words, E> {
                Ok(Words(String::from_utf8_lossy(bytes).into_owned()))
            }
        }
        json.deserialize_bytes(Bytes)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Object<'a> {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Vec<(String, &'de RawValue)>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some((Words(key), value)) = map.next_entry()? {
                    members.push((key, value));
                }
                Ok(members)
            }
        }
        json.deserialize_map(Members).map(Self)
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
    if text.starts_with('"') {
        return string(text).filter(|words| !words.trim().is_empty());
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
    fn broken_keys_and_strings_are_read_as_far_as_they_go() {
        let object = Object::parse(r#"{"\ud800":1,"d":"\ud83d!","n":"12.5","x":null}"#.as_bytes()).expect("an object");
        assert_eq!(object.first(&["x", "d"], text).as_deref(), Some("\u{fffd}\u{fffd}\u{fffd}!"));
        assert_eq!(object.first(&["d", "n"], number), Some(12.5));
        assert_eq!(Object::parse(br#"{"n":1e999}"#).expect("an object").number(&["n"]), None);
    }

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
