//! Names of things: tokens, clients, sessions, renders; and the seed that ids are made from.

use std::fmt;
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use crate::planted;

/// Longest id accepted from a server; the longest seen has 36 characters.
const MAX_ID_CHARS: usize = 128;

/// A bearer token. It never shows: not in `Debug`, and there is no `Display`.
///
/// ```
/// use weixin_video_core::ids::Token;
///
/// let token = Token::new("nmv_usr_secret").expect("printable ASCII");
/// assert_eq!(format!("{token:?}"), "Token(…)");
/// assert!(Token::new("two words\n").is_none());
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Token(String);

impl Token {
    /// Takes a token as given; `None` if it is empty, over 4,096 bytes, or has anything but visible ASCII.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Option<Self> {
        let text = text.into();
        let fits = (1..=4096).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
        fits.then_some(Self(text))
    }

    /// The secret itself: for the `Authorization` header and for a token file of mode 0600, nothing else.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        planted!(TokenInDebug => return f.write_str(&self.0));
        f.write_str("Token(…)")
    }
}

impl TryFrom<String> for Token {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::new(text).ok_or("not a token: it must be visible ASCII")
    }
}

impl From<Token> for String {
    fn from(token: Token) -> Self {
        token.0
    }
}

/// What the anonymous-token endpoint granted (PROTOCOL.md, row "anonymous token").
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// The bearer token.
    pub token: Token,
    /// `anon_…`, when the server said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
    /// When it stops working; 7 days after the grant when the server did not say.
    pub expires_at: SystemTime,
}

/// Who the client says it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Credential {
    /// A token the user gave. It is never replaced silently.
    Given(Token),
    /// An anonymous account, renewed with the same client id.
    Anonymous {
        /// Kept between runs, so that a renewal finds the same account.
        client: ClientId,
        /// The last grant, if one is kept.
        grant: Option<Grant>,
    },
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Takes an id of 1 to 128 ASCII letters, digits, `-`, `_`, `.`; `None` for anything else,
            /// because ids become parts of URLs.
            #[must_use]
            pub fn new(text: impl Into<String>) -> Option<Self> {
                let text = text.into();
                is_id(&text).then_some(Self(text))
            }

            /// The id's text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = &'static str;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                Self::new(text).ok_or("not an id: letters, digits, '-', '_' and '.' only, at most 128")
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }
    };
}

id! {
    /// A UUID that stands for this installation when it asks for anonymous tokens. Whoever knows it can have them, so it does
    /// not show in `Debug`.
    ClientId
}
id! {
    #[derive(Debug)]
    /// A session: long digits, beyond 2^53, so text for us.
    SessionId
}
id! {
    #[derive(Debug)]
    /// A render: `render_<unique>`, made by the client.
    RenderId
}

impl fmt::Debug for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClientId(…)")
    }
}

fn is_id(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    (1..=MAX_ID_CHARS).contains(&text.len()) && text.bytes().all(plain) && !text.bytes().all(|b| b == b'.')
}

/// 128 bits of randomness, handed in by the caller; every id and jitter of a job comes from it.
///
/// ```
/// use weixin_video_core::ids::Seed;
///
/// let seed = Seed::new(7);
/// assert_eq!(seed.uuid("client").len(), 36);
/// assert_eq!(seed.uuid("client"), Seed::new(7).uuid("client"));
/// assert_ne!(seed.uuid("client"), seed.uuid("render"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seed(u128);

impl Seed {
    /// Takes the caller's randomness.
    #[must_use]
    pub const fn new(bits: u128) -> Self {
        Self(bits)
    }

    /// A version-4 UUID for `purpose`; the same purpose gives the same UUID.
    #[must_use]
    pub fn uuid(self, purpose: &str) -> String {
        let bits = self.bits(purpose);
        let bits = (bits & !(0xf << 76) & !(0b11 << 62)) | (0x4 << 76) | (0b10 << 62);
        let hex = format!("{bits:032x}");
        let [a, b, c, d, e] = [0..8, 8..12, 12..16, 16..20, 20..32].map(|range| &hex[range]);
        format!("{a}-{b}-{c}-{d}-{e}")
    }

    /// The client id for a new installation.
    #[must_use]
    pub fn client_id(self) -> ClientId {
        ClientId(self.uuid("client"))
    }

    /// The id of the `nth` render of a job. A failed id is never used again.
    #[must_use]
    pub fn render_id(self, nth: u32) -> RenderId {
        RenderId(format!("render_{:032x}", self.bits(&format!("render {nth}"))))
    }

    /// A multipart boundary that no file holds but by a chance of 2^-128.
    #[must_use]
    pub fn boundary(self) -> String {
        format!("weixin-video-{:032x}", self.bits("boundary"))
    }

    /// A number in `0..=most` for jitter.
    #[must_use]
    pub fn up_to(self, purpose: &str, most: u64) -> u64 {
        let bits = u64::try_from(self.bits(purpose) >> 64).expect("the upper half of 128 bits is 64 bits");
        most.checked_add(1).map_or(bits, |n| bits % n)
    }

    /// FNV-1a over the purpose, stirred into both halves of the seed by splitmix64's finaliser.
    fn bits(self, purpose: &str) -> u128 {
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        for byte in purpose.bytes() {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        let halves = self.0.to_be_bytes();
        let (high, low) = halves.split_at(8);
        let half = |bytes: &[u8]| bytes.iter().fold(0_u64, |sum, &b| (sum << 8) | u64::from(b));
        let first = stir(half(high) ^ hash);
        let second = stir(half(low) ^ first.rotate_left(17) ^ hash);
        (u128::from(stir(first ^ second)) << 64) | u128::from(second)
    }
}

const fn stir(x: u64) -> u64 {
    let x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_can_not_leave_its_place_in_a_path() {
        for hostile in ["", "..", "a/b", "a?b", "a b", "é", "a\n", &"x".repeat(129)] {
            assert_eq!(SessionId::new(hostile), None, "{hostile:?}");
        }
        assert!(SessionId::new("1234567890123456789").is_some());
    }

    #[test]
    fn a_uuid_has_version_and_variant() {
        let uuid = Seed::new(u128::MAX).uuid("x");
        assert_eq!(uuid.as_bytes()[14], b'4');
        assert!(matches!(uuid.as_bytes()[19], b'8' | b'9' | b'a' | b'b'));
    }

    #[test]
    fn a_second_render_has_another_id() {
        let seed = Seed::new(1);
        assert_ne!(seed.render_id(0), seed.render_id(1));
        assert_eq!(seed.render_id(0), seed.render_id(0));
    }
}
