//! Whether a file is what a destination wants, rule by rule, and what becomes of it there.
//!
//! ```text
//! inspect  file                      →  Inspected: facts, and what only the boxes of an MP4 tell     ffprobe
//! verify   Inspected + Destination   →  Verdict: a finding a rule, with why and the fix; a fate      pure
//! ```
//!
//! A rule that is broken makes the file fall short, whatever WeChat would do with it: such a file plays badly or not at all
//! somewhere, or tells more than its sender meant to.

mod fate;
mod fix;
mod rules;

use std::path::Path;

use serde::Serialize;

use crate::{
    destination::Destination, error::Error, facts::MediaFacts, plan::SHORTEST_RATED_MS, probe::probe, sniff::file_name,
    tools::Tools,
};

pub use crate::mp4::{Boxes, FileTrack, TrackKind};
pub use fate::Fate;
pub use fix::Fix;

/// All that [`verify`] needs to know of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Inspected {
    /// What it is.
    pub facts: MediaFacts,
    /// How long its name is, in bytes.
    pub name_bytes: u32,
}

/// Looks at a file for [`verify`].
///
/// # Errors
/// As [`probe`](crate::probe()); and [`Error::NoVideo`] when it is a still picture or sound alone.
pub fn inspect(tools: &Tools, path: &Path) -> Result<Inspected, Error> {
    let facts = probe(tools, path)?;
    let no_video = |found| Error::NoVideo { name: file_name(path), found };
    if facts.still {
        return Err(no_video("it is a still picture"));
    }
    if facts.video.is_none() {
        return Err(no_video("there is only sound in it"));
    }
    let name_bytes = path.file_name().map_or(0, |name| name.as_encoded_bytes().len());
    Ok(Inspected { facts, name_bytes: u32::try_from(name_bytes).unwrap_or(u32::MAX) })
}

/// Holds a file against what a destination wants. Nothing is read and nothing is started.
pub fn verify(file: &Inspected, destination: &Destination) -> Verdict {
    Verdict {
        destination: destination.id.clone(),
        findings: rules::findings(file, &destination.limits),
        fate: fate::fate(file, destination),
    }
}

/// What is to be said of a file on its way to a destination.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// The destination's id.
    pub destination: String,
    /// A finding for every rule that holds there, in the order of [`Rule`].
    pub findings: Vec<Finding>,
    /// What WeChat will do with it as it is.
    pub fate: Fate,
}

impl Verdict {
    /// Whether no rule is broken.
    pub fn passes(&self) -> bool {
        self.short().next().is_none()
    }

    /// The rules that are broken.
    pub fn short(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.standing == Standing::FallsShort)
    }

    /// The cheapest work that mends everything: the dearest of the fixes. `None` when nothing is broken.
    pub fn fix(&self) -> Option<Fix> {
        self.short().filter_map(|finding| finding.fix).max()
    }

    /// All that is broken, in one line.
    pub fn summary(&self) -> String {
        let broken: Vec<&str> = self.short().map(|finding| finding.why.as_str()).collect();
        if broken.is_empty() { "nothing falls short".to_owned() } else { broken.join("; ") }
    }
}

/// How a file stands to one rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Which rule.
    pub rule: Rule,
    /// Whether it is kept.
    pub standing: Standing,
    /// What the file has.
    pub found: String,
    /// What the rule wants.
    pub wants: String,
    /// What is wrong, and what that does; empty where the rule is kept.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub why: String,
    /// The work that mends it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fix: Option<Fix>,
}

/// Whether a rule is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Standing {
    /// It is kept.
    Ok,
    /// It is advice that isn't followed, or nothing tells.
    Note,
    /// It is broken.
    FallsShort,
}

/// What is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Rule {
    /// The container, whole and in one piece.
    Container,
    /// The index comes first.
    Index,
    /// The picture's codec, and how it is marked.
    Codec,
    /// The codec's profile.
    Profile,
    /// The codec's level.
    Level,
    /// How samples are kept.
    PixelFormat,
    /// What the colours are tagged as.
    Color,
    /// Width and height are even, pixels are square.
    Size,
    /// How many pixels there are.
    Pixels,
    /// Frames are stored as they are shown.
    Rotation,
    /// Frames are whole pictures.
    Scan,
    /// Frames are evenly spaced.
    ConstantRate,
    /// Frames a second.
    FrameRate,
    /// Bits a second.
    BitRate,
    /// The sound's codec.
    AudioCodec,
    /// Samples a second.
    AudioRate,
    /// Channels.
    AudioChannels,
    /// One picture, at most one sound, nothing else.
    Tracks,
    /// Nothing tells where and with what it was recorded.
    Metadata,
    /// The file's size.
    Bytes,
    /// Its length.
    Seconds,
    /// The length of its name.
    Name,
}

impl Rule {
    /// Its name for people: small letters and spaces.
    pub fn name(self) -> &'static str {
        match self {
            Self::Container => "container",
            Self::Index => "index first",
            Self::Codec => "codec",
            Self::Profile => "profile",
            Self::Level => "level",
            Self::PixelFormat => "pixel format",
            Self::Color => "colours",
            Self::Size => "size",
            Self::Pixels => "pixels",
            Self::Rotation => "rotation",
            Self::Scan => "scan",
            Self::ConstantRate => "even frames",
            Self::FrameRate => "frame rate",
            Self::BitRate => "bit rate",
            Self::AudioCodec => "sound codec",
            Self::AudioRate => "sound rate",
            Self::AudioChannels => "sound channels",
            Self::Tracks => "tracks",
            Self::Metadata => "metadata",
            Self::Bytes => "bytes",
            Self::Seconds => "seconds",
            Self::Name => "name",
        }
    }
}

/// Bits a second, picture and sound together; `None` when the length isn't known, or so short that it says nothing.
fn bit_rate(facts: &MediaFacts) -> Option<u64> {
    if facts.duration_ms < SHORTEST_RATED_MS {
        return None;
    }
    let bits = u128::from(facts.bytes) * 8000;
    bits.checked_div(facts.duration_ms.into()).map(|rate| u64::try_from(rate).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests;
