//! Looks into JSON text without losing a digit of it.
//!
//! A server's JSON may repeat keys, hold half a surrogate pair or numbers no machine type can carry.
//! None of that is a reason to refuse a draft, so values stay text until somebody asks for one.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// How deep two values are compared by meaning; anything deeper is compared by its text.
const DEPTH: u8 = 32;

/// The members of a JSON object in their order. A repeated key counts with its last value.
pub(super) struct Object<'a>(Vec<(String, &'a RawValue)>);

impl<'a> Object<'a> {
    /// `None` when the value is no object.
    pub(super) fn of(value: &'a RawValue) -> Option<Self> {
        value.get().starts_with('{').then(|| serde_json::from_str(value.get()).ok())?
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The value of `key`; a JSON `null` counts as absent.
    pub(super) fn member(&self, key: &str) -> Option<&'a RawValue> {
        let (_, value) = self.0.iter().rev().find(|(name, _)| name == key)?;
        (value.get() != "null").then_some(*value)
    }

    /// The first of `keys` that `read` makes sense of.
    pub(super) fn first<T>(&self, keys: &[&str], read: impl Fn(&'a RawValue) -> Option<T>) -> Option<T> {
        keys.iter().find_map(|key| read(self.member(key)?))
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Object<'a> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(Members).map(Self)
    }
}

struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Vec<(String, &'de RawValue)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some((key, value)) = map.next_entry::<&RawValue, &RawValue>()? {
            members.push((text(key).unwrap_or_default(), value));
        }
        Ok(members)
    }
}

/// The items of an array; of anything else, none.
pub(super) fn items(value: &RawValue) -> Vec<&RawValue> {
    if !value.get().starts_with('[') {
        return Vec::new();
    }
    serde_json::from_str(value.get()).unwrap_or_default()
}

/// The content of a string; half a surrogate pair becomes U+FFFD.
pub(super) fn text(value: &RawValue) -> Option<String> {
    if !value.get().starts_with('"') {
        return None;
    }
    serde_json::from_str::<Wtf8>(value.get()).ok().map(|Wtf8(text)| text)
}

struct Wtf8(String);

impl<'de> Deserialize<'de> for Wtf8 {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_bytes(Wtf8Visitor)
    }
}

struct Wtf8Visitor;

impl Visitor<'_> for Wtf8Visitor {
    type Value = Wtf8;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_bytes<E: serde::de::Error>(self, bytes: &[u8]) -> Result<Wtf8, E> {
        Ok(Wtf8(String::from_utf8_lossy(bytes).into_owned()))
    }
}

/// A finite number, also one written as a string.
pub(super) fn number(value: &RawValue) -> Option<f64> {
    let written = text(value);
    let digits = written.as_deref().unwrap_or_else(|| value.get()).trim();
    let numeric = digits.starts_with(|c: char| c.is_ascii_digit() || c == '-');
    numeric.then(|| digits.parse().ok())?.filter(|n: &f64| n.is_finite())
}

/// One spelling for all JSON texts that mean the same: members sorted, no white space, numbers by
/// their value, strings by their content.
pub(super) fn canonical(value: &RawValue) -> String {
    let mut out = String::with_capacity(value.get().len());
    write_canonical(value, DEPTH, &mut out);
    out
}

fn write_canonical(value: &RawValue, depth: u8, out: &mut String) {
    let Some(deeper) = depth.checked_sub(1) else {
        return out.push_str(value.get());
    };
    match value.get().as_bytes().first() {
        Some(b'{') => write_members(value, deeper, out),
        Some(b'[') => {
            out.push('[');
            for item in items(value) {
                write_canonical(item, deeper, out);
                out.push(',');
            }
            out.push(']');
        }
        Some(b'"') => write_string(&text(value).unwrap_or_default(), out),
        _ => out.push_str(&decimal(value.get()).unwrap_or_else(|| value.get().to_owned())),
    }
}

fn write_members(value: &RawValue, depth: u8, out: &mut String) {
    let mut members = Object::of(value).map(|object| object.0).unwrap_or_default();
    // Stable, so that the last of several equal keys stays the last and can win.
    members.sort_by(|(a, _), (b, _)| a.cmp(b));
    out.push('{');
    for (at, (key, member)) in members.iter().enumerate() {
        if members.get(at + 1).is_some_and(|(next, _)| next == key) {
            continue;
        }
        write_string(key, out);
        out.push(':');
        write_canonical(member, depth, out);
        out.push(',');
    }
    out.push('}');
}

/// Length-prefixed, so that no content can imitate the marks around it.
fn write_string(text: &str, out: &mut String) {
    out.push_str(&format!("{}\"{text}\"", text.len()));
}

/// A number as sign, digits without outer zeros, and a power of ten: `10`, `10.0` and `1e1` are one.
fn decimal(number: &str) -> Option<String> {
    let (mantissa, exponent) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
    let (sign, mantissa) = mantissa.strip_prefix('-').map_or(("", mantissa), |rest| ("-", rest));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    if !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let significant = digits.trim_end_matches('0');
    let dropped = i64::try_from(digits.len() - significant.len()).ok()?;
    let shift = i64::try_from(fraction.len()).ok()?;
    let power = exponent.parse::<i64>().ok()?.checked_sub(shift)?.checked_add(dropped)?;
    match significant.trim_start_matches('0') {
        "" => Some("0".to_owned()),
        significant => Some(format!("{sign}{significant}e{power}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(json: &str) -> &RawValue {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn equal_meaning_has_one_spelling() {
        for (a, b) in [
            (r#"{"a":1,"b":[2,3]}"#, r#"{ "b" : [2, 3], "a" : 1 }"#),
            (r#"[10,1.50,-0]"#, r#"[1e1,15E-1,0.0]"#),
            (r#""\u0041""#, r#""A""#),
            (r#"{"a":1,"a":2}"#, r#"{"a":2}"#),
        ] {
            assert_eq!(canonical(raw(a)), canonical(raw(b)), "{a} {b}");
        }
    }

    #[test]
    fn different_meaning_has_different_spellings() {
        for (a, b) in [
            ("18446744073709551616", "18446744073709551617"),
            (r#"["a,b"]"#, r#"["a","b"]"#),
            (r#"{"a":"1"}"#, r#"{"a":1}"#),
            ("[]", "{}"),
            ("1", "-1"),
            ("null", "false"),
        ] {
            assert_ne!(canonical(raw(a)), canonical(raw(b)), "{a} {b}");
        }
    }

    #[test]
    fn broken_keys_and_strings_are_read_as_far_as_they_go() {
        let object = Object::of(raw(r#"{"\ud800":1,"d":"\ud83d!","n":"12.5","x":null}"#)).unwrap();
        assert_eq!(object.first(&["x", "d"], text).unwrap(), "\u{fffd}\u{fffd}\u{fffd}!");
        assert_eq!(object.first(&["d", "n"], number), Some(12.5));
        assert_eq!(number(raw("1e999")), None);
    }

    #[test]
    fn depth_is_bounded() {
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        assert!(canonical(raw(&deep)).len() < 300_000);
    }
}
