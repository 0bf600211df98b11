//! Looking for a secret in whatever form it may have got out.

/// A secret that must be nowhere, in all the forms it is looked for.
#[derive(Clone)]
pub(crate) struct Canary {
    name: &'static str,
    forms: Vec<(&'static str, String)>,
}

impl Canary {
    /// Prepares to look for `secret`, which is visible ASCII; `name` stands for it in a report.
    pub(crate) fn new(name: &'static str, secret: &str) -> Self {
        assert!(secret.len() > 8 && secret.is_ascii(), "a short secret is found where it isn't");
        let forms = forms(secret).into_iter().filter(|(_, form)| form.len() > 8).collect();
        Self { name, forms }
    }

    /// What it is called and in which form it stands in `bytes`, if it does.
    pub(crate) fn found_in(&self, bytes: &[u8]) -> Option<String> {
        let text = String::from_utf8_lossy(bytes);
        let (form, _) = self.forms.iter().find(|(_, form)| text.contains(form.as_str()))?;
        Some(format!("{} {form}", self.name))
    }
}

/// Every form of `secret`, with what it is called.
fn forms(secret: &str) -> Vec<(&'static str, String)> {
    let reversed: String = secret.chars().rev().collect();
    let each = |text: &str, write: fn(u8) -> String| text.bytes().map(write).collect::<String>();
    let bytes: Vec<String> = secret.bytes().map(|byte| byte.to_string()).collect();
    let mut forms = vec![
        ("as it is", secret.to_owned()),
        ("in lower case", secret.to_ascii_lowercase()),
        ("in upper case", secret.to_ascii_uppercase()),
        ("backwards", reversed.clone()),
        ("in hex", each(secret, |byte| format!("{byte:02x}"))),
        ("in upper-case hex", each(secret, |byte| format!("{byte:02X}"))),
        (
            "percent-encoded where it must be",
            each(secret, |byte| if is_unreserved(byte) { char::from(byte).into() } else { format!("%{byte:02X}") }),
        ),
        ("percent-encoded", each(secret, |byte| format!("%{byte:02X}"))),
        ("percent-encoded in lower case", each(secret, |byte| format!("%{byte:02x}"))),
        ("escaped for JSON", each(secret, |byte| format!("\\u{byte:04x}"))),
        ("escaped for JSON in upper case", each(secret, |byte| format!("\\u{byte:04X}"))),
        ("backwards and escaped for JSON", each(&reversed, |byte| format!("\\u{byte:04x}"))),
        ("as a list of bytes", bytes.join(", ")),
    ];
    for offset in 0..3 {
        let form = base64_within(secret.as_bytes(), offset);
        forms.push(("in base64url", form.replace('+', "-").replace('/', "_")));
        forms.push(("in base64", form));
    }
    forms
}

fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~')
}

/// The characters that are the same whatever stands before and behind `secret`, where `offset` bytes of the first group of three
/// come before it.
fn base64_within(secret: &[u8], offset: usize) -> String {
    let text = base64(&[&[0; 3][..offset], secret].concat());
    let (first, end) = ((offset * 8).div_ceil(6), (offset + secret.len()) * 8 / 6);
    text[first..end].to_owned()
}

/// RFC 4648, without padding.
fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let bits = group.iter().fold(0, |bits, byte| bits << 8 | usize::from(*byte)) << (8 * (3 - group.len()));
        let digits = (0..=group.len()).map(|digit| char::from(ALPHABET[bits >> (18 - 6 * digit) & 63]));
        text.extend(digits);
    }
    text
}

/// The search finds what it looks for: a search that finds nothing proves nothing otherwise.
#[test]
fn every_form_is_found() {
    let secret = "Kanari/Vogel+42~x?y";
    let canary = Canary::new("a bird", secret);
    let hex: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
    let mut hidden = vec![
        secret.to_owned(),
        format!("sig={secret}&x=1"),
        secret.to_lowercase(),
        secret.to_uppercase(),
        secret.chars().rev().collect(),
        hex.to_uppercase(),
        format!("{:?}", secret.as_bytes()),
        "Kanari%2FVogel%2B42~x%3Fy".to_owned(),
        "%4B%61%6E%61%72%69%2F%56%6F%67%65%6C%2B%34%32%7E%78%3F%79".to_owned(),
        "%4b%61%6e%61%72%69%2f%56%6f%67%65%6c%2b%34%32%7e%78%3f%79".to_owned(),
        hex,
    ];
    let units: Vec<String> = secret.bytes().map(|byte| format!("\\u00{byte:02x}")).collect();
    hidden.push(units.concat());
    hidden.push(units.concat().to_uppercase().replace("\\U", "\\u"));
    hidden.push(units.iter().rev().map(String::as_str).collect());
    for (before, behind) in [("", ""), ("a", "bc"), ("ab", "c"), ("Bearer ", ""), ("user:", "@host"), ("12345678", "0")]
    {
        let text = base64(format!("{before}{secret}{behind}").as_bytes());
        hidden.push(text.replace('+', "-").replace('/', "_"));
        hidden.push(text);
    }
    for form in hidden {
        let noise = format!("before \u{fffd}\0{form} behind");
        assert!(canary.found_in(noise.as_bytes()).is_some(), "{form}");
        assert_eq!(canary.found_in(&noise.as_bytes()[..noise.len() / 2]), None, "{form}");
    }
    assert_eq!(canary.found_in(b"Kanari Vogel 42"), None);
}

#[test]
fn base64_is_that_of_its_rfc() {
    for (bytes, text) in
        [("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("foobar", "Zm9vYmFy")]
    {
        assert_eq!(base64(bytes.as_bytes()), text);
    }
}
