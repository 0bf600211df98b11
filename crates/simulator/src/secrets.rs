//! The search for secrets: as they are, percent-encoded, in base64 at any offset.

use std::sync::LazyLock;

use memchr::memmem::Finder;

use crate::server::CANARY;

/// Every spelling of what stands in all secrets of the model server.
static SPELLINGS: LazyLock<Vec<Finder<'static>>> = LazyLock::new(|| {
    let mut spellings = vec![CANARY.to_owned()];
    spellings.push(CANARY.bytes().map(|byte| format!("%{byte:02X}")).collect());
    spellings.push(CANARY.bytes().map(|byte| format!("%{byte:02x}")).collect());
    spellings.push(CANARY.bytes().map(|byte| format!("{byte:02x}")).collect());
    spellings.extend((0..3).map(|offset| base64_at(CANARY.as_bytes(), offset)));
    spellings.iter().map(|spelling| Finder::new(spelling).into_owned()).collect()
});

/// Whether a text holds a secret in any spelling.
pub(crate) fn is_in(text: &str) -> bool {
    SPELLINGS.iter().any(|spelling| spelling.find(text.as_bytes()).is_some())
}

/// The part of the base64 text that does not depend on what stands around, `offset` bytes into a group of three.
fn base64_at(bytes: &[u8], offset: usize) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let whole = bytes.get((3 - offset) % 3..).unwrap_or_default();
    let digit = |bits: u32| char::from(DIGITS[(bits & 63) as usize]);
    whole
        .chunks_exact(3)
        .flat_map(|group| {
            let bits = group.iter().fold(0_u32, |bits, &byte| bits << 8 | u32::from(byte));
            [digit(bits >> 18), digit(bits >> 12), digit(bits >> 6), digit(bits)]
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_found_in_every_spelling() {
        assert!(is_in(&format!("Bearer nmv_{CANARY}+1/k=")));
        assert!(is_in("x=bm12X2NBbkFyWWJJckQrMS9rPQ=="), "base64 of the whole token");
        assert!(is_in("%63%41%6E%41%72%59%62%49%72%44"));
        assert!(!is_in("Token(…) cAnArY"));
    }
}
