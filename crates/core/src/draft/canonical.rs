//! Whether two JSON texts mean the same.

use serde_json::value::RawValue;

use crate::json::{Object, items, text};

/// How deep two values are compared by meaning; anything deeper is compared by its text.
const DEPTH: u8 = 32;

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
    let mut members = Object::of(value).map(Object::into_members).unwrap_or_default();
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
    fn depth_is_bounded() {
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        assert!(canonical(raw(&deep)).len() < 300_000);
    }
}
