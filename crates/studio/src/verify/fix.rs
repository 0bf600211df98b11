//! What mends a file that falls short.

use std::fmt;

use serde::Serialize;

/// The work that mends a broken rule. A later one costs more, and does what the earlier ones do as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Fix {
    /// Give it another name.
    Rename,
    /// Write the container anew: index first, no tags, no other tracks. Nothing is encoded.
    Remux,
    /// The same, with the colours' names written into the picture's headers.
    Retag,
    /// Copy the picture, encode the sound.
    EncodeSound,
    /// Encode the picture anew.
    EncodePicture,
    /// Cut something away: somebody has to say what.
    Shorten,
}

impl fmt::Display for Fix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Rename => "give it a shorter name",
            Self::Remux => "write the container anew; nothing is encoded",
            Self::Retag => "write the container and the colour tags anew; nothing is encoded",
            Self::EncodeSound => "encode the sound, copy the picture",
            Self::EncodePicture => "encode the picture anew",
            Self::Shorten => "trim it, or send it in numbered parts",
        })
    }
}
