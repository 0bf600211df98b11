//! The name of what is made of something.

use std::fmt;

use sha2::{Digest as _, Sha256};

/// What a file's bytes are, as a hash of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Digest(pub(super) [u8; 32]);

/// What something is made of, as a hash of all of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Key([u8; 32]);

/// A key in the making. Each part goes in with its length, so that no two lists of parts read the same.
pub(crate) struct KeyOf(Sha256);

impl KeyOf {
    /// For something of this kind. What changes the result without being among the parts gets another kind.
    pub(crate) fn kind(kind: &str) -> Self {
        Self(Sha256::new()).word(kind)
    }

    #[must_use]
    pub(crate) fn word(self, word: &str) -> Self {
        self.bytes(word.as_bytes())
    }

    #[must_use]
    pub(crate) fn words(self, words: &[String]) -> Self {
        words.iter().fold(self.bytes(&words.len().to_le_bytes()), |key, word| key.word(word))
    }

    #[must_use]
    pub(crate) fn digest(self, digest: &Digest) -> Self {
        self.bytes(&digest.0)
    }

    #[must_use]
    pub(crate) fn bytes(mut self, bytes: &[u8]) -> Self {
        self.0.update((bytes.len() as u64).to_le_bytes());
        self.0.update(bytes);
        self
    }

    pub(crate) fn done(self) -> Key {
        Key(self.0.finalize().into())
    }
}

impl Key {
    /// For what is kept under this key: under another it isn't whole.
    pub(super) fn hash(&self) -> Sha256 {
        let mut hash = Sha256::new();
        hash.update(self.0);
        hash
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}
