//! Reading JSON that may hold anything: one object at a time, only the fields asked for, and no wrong type is an error.

use std::fmt;

use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::json::{Words, text_or_digits};
use crate::planted;

/// The most items that are read from a list, and keys from a map.
pub(super) const MAX_ITEMS: usize = 1000;

/// Some fields of an object. Names are asked for in camel case and found in snake case too; null is absence.
pub(super) struct Fields<'a, const N: usize> {
    names: [&'static str; N],
    values: [Option<&'a RawValue>; N],
}

impl<'a, const N: usize> Fields<'a, N> {
    /// Reads the fields of that name; `None` if `text` is not an object.
    pub(super) fn read(text: &'a str, names: [&'static str; N]) -> Option<Self> {
        let mut json = serde_json::Deserializer::from_str(text);
        let fields = json.deserialize_map(Wanted(names)).ok()?;
        json.end().ok().map(|()| fields)
    }

    /// The JSON text of a field.
    pub(super) fn raw(&self, name: &str) -> Option<&'a str> {
        let at = self.names.iter().position(|known| *known == name);
        debug_assert!(at.is_some(), "{name} was not asked for");
        self.values[at?].map(RawValue::get)
    }

    /// A string; a number counts as its digits.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.raw(name).and_then(text_or_digits)
    }

    /// The first of several names that holds a string.
    pub(super) fn first_text(&self, names: &[&str]) -> Option<String> {
        names.iter().find_map(|name| self.text(name))
    }

    pub(super) fn is_true(&self, name: &str) -> bool {
        self.raw(name) == Some("true")
    }

    /// The items of a list; none if it is none.
    pub(super) fn items(&self, name: &str) -> Vec<&'a str> {
        self.raw(name).map(items).unwrap_or_default()
    }
}

/// The JSON texts of the items of a list; none if it is none.
pub(super) fn items(json: &str) -> Vec<&str> {
    serde_json::Deserializer::from_str(json).deserialize_seq(Items).unwrap_or_default()
}

/// The keys of an object; none if it is none.
pub(super) fn keys(json: &str) -> Vec<String> {
    serde_json::Deserializer::from_str(json).deserialize_map(Keys).unwrap_or_default()
}

/// What an error says, wherever it says it.
pub(super) fn error_words(json: &str) -> String {
    const NAMES: [&str; 6] = ["message", "msg", "error", "errorMessage", "detail", "reason"];
    text_or_digits(json).or_else(|| Fields::read(json, NAMES)?.first_text(&NAMES)).unwrap_or_else(|| json.to_owned())
}

fn is_same_name(camel: &str, key: &str) -> bool {
    planted!(CamelCaseUnread => if key.bytes().any(|byte| byte.is_ascii_uppercase()) { return false; });
    let mut key = key.bytes();
    camel.bytes().all(|byte| match key.next() {
        Some(b'_') if byte.is_ascii_uppercase() => key.next() == Some(byte.to_ascii_lowercase()),
        next => next == Some(byte),
    }) && key.next().is_none()
}

struct Wanted<const N: usize>([&'static str; N]);

impl<'de, const N: usize> Visitor<'de> for Wanted<N> {
    type Value = Fields<'de, N>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut fields = Fields { names: self.0, values: [None; N] };
        while let Some(Words(key)) = map.next_key()? {
            match fields.names.iter().position(|name| is_same_name(name, &key)) {
                Some(at) => {
                    let value: &'de RawValue = map.next_value()?;
                    fields.values[at] = Some(value).filter(|value| value.get() != "null").or(fields.values[at]);
                }
                None => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(fields)
    }
}

struct Items;

impl<'de> Visitor<'de> for Items {
    type Value = Vec<&'de str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element::<&RawValue>()? {
            if items.len() < MAX_ITEMS {
                items.push(item.get());
            }
        }
        Ok(items)
    }
}

struct Keys;

impl<'de> Visitor<'de> for Keys {
    type Value = Vec<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut keys = Vec::new();
        while let Some((Words(key), IgnoredAny)) = map.next_entry()? {
            if keys.len() < MAX_ITEMS {
                keys.push(key);
            }
        }
        Ok(keys)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_key_cases_nulls_and_odd_types() {
        let json = r#"{"x":[{"y":1}],"error_code":null,"errorCode":"A","error_code":null,"isIt":"true","list":[1,"b",{"c":[]}],"n":123456789012345678901234567890}"#;
        let fields = Fields::read(json, ["errorCode", "isIt", "list", "n", "none"]).expect("an object");
        assert_eq!(fields.text("errorCode").as_deref(), Some("A"));
        assert!(!fields.is_true("isIt"));
        assert_eq!(fields.items("list"), ["1", "\"b\"", "{\"c\":[]}"]);
        assert_eq!(fields.text("n").as_deref(), Some("123456789012345678901234567890"));
        assert_eq!(fields.text("none"), None);
    }

    #[test]
    fn only_a_whole_object_is_one() {
        for json in ["", "null", "[]", "\"{}\"", "{", "{} x", "{\"a\":}", "{\"a\" 1}"] {
            assert!(Fields::read(json, ["a"]).is_none(), "{json}");
        }
    }

    #[test]
    fn lone_surrogates_cost_themselves_only() {
        let json = r#"{"\ud83c":1,"text":"a\ud83cb","emoji":"\ud83c\udf89"}"#;
        let fields = Fields::read(json, ["text", "emoji"]).expect("an object");
        let text = fields.text("text").expect("a string");
        assert!(text.starts_with('a') && text.ends_with('b') && text.contains('\u{fffd}'), "{text}");
        assert_eq!(fields.text("emoji").as_deref(), Some("🎉"));
    }

    #[test]
    fn names_match_in_both_cases_and_no_other() {
        for key in ["errorCode", "error_code"] {
            assert!(is_same_name("errorCode", key), "{key}");
        }
        for key in ["errorcode", "error_Code", "errorCodes", "error_cod", "error__code", "ErrorCode", ""] {
            assert!(!is_same_name("errorCode", key), "{key}");
        }
    }
}
