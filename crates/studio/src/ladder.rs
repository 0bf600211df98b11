//! The cheapest work that makes a plan's file.

use std::fmt;

use serde::Serialize;

/// How a file was made, from the cheapest to the dearest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Rung {
    /// It was right already: copied byte for byte.
    Copy,
    /// The container was written anew in this process: index first, no tags, no other tracks.
    Remux,
    /// The same by ffmpeg, with the colours' names written into the picture's headers.
    Retag,
    /// The picture was copied, the sound encoded.
    EncodeSound,
    /// Everything was encoded by one graph.
    Encode,
    /// The picture was encoded in segments, joined without encoding them again, and the sound once over all of it.
    Segments,
}

impl fmt::Display for Rung {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Copy => "copied as it is",
            Self::Remux => "the container written anew, nothing encoded",
            Self::Retag => "container and colour tags written anew, nothing encoded",
            Self::EncodeSound => "the picture copied, the sound encoded",
            Self::Encode => "encoded",
            Self::Segments => "encoded in segments",
        })
    }
}
