//! The cheapest work that makes a plan's file, and what of a file may differ from what is wanted because somebody asked
//! for it.
//!
//! ```text
//! Copy → Remux → Retag → Encode     each in turn, when the one before turns out not to do
//! EncodeSound → Encode
//! ```

mod wished;

use std::fmt;

use serde::Serialize;

pub(crate) use wished::{asked, warning};

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

impl Rung {
    /// What is done when this doesn't do.
    pub(crate) fn dearer(self) -> Option<Self> {
        match self {
            Self::Copy => Some(Self::Remux),
            Self::Remux => Some(Self::Retag),
            Self::Retag | Self::EncodeSound => Some(Self::Encode),
            Self::Encode | Self::Segments => None,
        }
    }

    /// Whether the picture stays as it was encoded before.
    pub fn keeps_picture(self) -> bool {
        match self {
            Self::Copy | Self::Remux | Self::Retag | Self::EncodeSound => true,
            Self::Encode | Self::Segments => false,
        }
    }
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
