//! What only the boxes of an MP4 tell: its brand, every track, how evenly frames are spaced, and who could learn what from
//! it. Nothing is decoded, and nothing that a file says is believed without bounds.

use serde::{Deserialize, Serialize};

use super::walk::{Fields, Layout, child, children};
use crate::error::plain;

/// More tracks or tags than this are named by nobody.
const MOST_NAMED: usize = 16;

/// Frames whose spacing differs from the mean by this part are uneven: clocks of phones are this steady.
const STEADY: f64 = 0.01;

/// What the boxes of an MP4 tell.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Boxes {
    /// The main brand, such as `isom`; QuickTime's is `qt`. Empty in files older than brands.
    pub brand: String,
    /// Whether the last box ends where the file ends.
    pub whole: bool,
    /// Whether pictures lie in fragments, as streams are kept.
    pub fragmented: bool,
    /// The tracks, of every kind; at most 16.
    pub tracks: Vec<FileTrack>,
    /// Whether it is told where it was recorded.
    pub located: bool,
    /// Whether the index tells when it was recorded or changed.
    #[serde(default)]
    pub dated: bool,
    /// The names of tags that tell of a person, a device or a day; at most 16.
    pub tags: Vec<String>,
}

/// A track of an MP4.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileTrack {
    /// What it holds.
    pub kind: TrackKind,
    /// How its codec is marked: `avc1`, `hvc1`, `mp4a`…
    pub entry: String,
    /// Whether its samples are evenly spaced, when the index tells.
    pub even: Option<bool>,
}

/// What a track holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum TrackKind {
    /// Pictures.
    Video,
    /// Sound.
    Sound,
    /// Timecodes, a camera's notes, subtitles and the like.
    Other,
}

impl Boxes {
    /// `None` when the index is too long or isn't there.
    pub(super) fn of(layout: &Layout) -> Option<Self> {
        let index = layout.index.as_deref()?;
        let brand = layout.brand.map(|brand| name(brand).trim().to_owned()).unwrap_or_default();
        let mut found = Self { brand, whole: layout.whole, fragmented: layout.fragments, ..Self::default() };
        found.index(index);
        for kind in layout.beside.iter().filter(|kind| [b"uuid", b"meta", b"udta", b"sefd"].contains(kind)) {
            found.tag(&name(*kind));
        }
        Some(found)
    }

    fn index(&mut self, index: &[u8]) {
        for (kind, content) in children(index) {
            match &kind {
                b"trak" => self.track(content),
                b"mvex" => self.fragmented = true,
                b"mvhd" => self.dated |= dated(content),
                _ => self.about(kind, content),
            }
        }
    }

    fn track(&mut self, track: &[u8]) {
        for (kind, content) in children(track) {
            self.about(kind, content);
        }
        self.dated |= child(track, b"tkhd").is_some_and(dated);
        let Some(media) = child(track, b"mdia") else { return };
        self.dated |= child(media, b"mdhd").is_some_and(dated);
        let handler = child(media, b"hdlr").and_then(|content| content.get(8..12)).unwrap_or_default();
        let table = child(media, b"minf").and_then(|content| child(content, b"stbl")).unwrap_or_default();
        let entry = child(table, b"stsd").and_then(|content| content.get(12..16)?.try_into().ok()).map(name);
        let kind = match handler {
            b"vide" => TrackKind::Video,
            b"soun" => TrackKind::Sound,
            _ => TrackKind::Other,
        };
        if self.tracks.len() < MOST_NAMED {
            let even = child(table, b"stts").and_then(even);
            self.tracks.push(FileTrack { kind, entry: entry.unwrap_or_default(), even });
        }
    }

    /// Looks for tags in the boxes that may hold some.
    fn about(&mut self, kind: [u8; 4], content: &[u8]) {
        match &kind {
            b"udta" => {
                for (kind, content) in children(content) {
                    match &kind {
                        b"meta" => self.about(kind, content),
                        _ => self.tag(&name(kind)),
                    }
                }
            }
            b"meta" => self.meta(content),
            b"uuid" => self.tag("uuid"),
            _ => {}
        }
    }

    /// `keys` name the tags in files of Apple's and Android's cameras; elsewhere they are named by their boxes.
    fn meta(&mut self, content: &[u8]) {
        // An MP4 has a version here, QuickTime hasn't.
        let plain = content.get(4..8) == Some(b"hdlr");
        let content = if plain { content } else { content.get(4..).unwrap_or_default() };
        match child(content, b"keys") {
            Some(keys) => self.keys(keys.get(8..).unwrap_or_default()),
            None => {
                let list = child(content, b"ilst").unwrap_or_default();
                children(list).for_each(|(kind, _)| self.tag(&name(kind)));
            }
        }
    }

    fn keys(&mut self, keys: &[u8]) {
        // A key is laid out as a box whose type is its namespace.
        children(keys).for_each(|(_, key)| self.tag(&plain(&String::from_utf8_lossy(key), 60)));
    }

    fn tag(&mut self, name: &str) {
        let place = ["©xyz", "loci"].contains(&name) || name.to_ascii_lowercase().contains("location");
        self.located |= place;
        if !place
            && !HARMLESS.contains(&name)
            && self.tags.len() < MOST_NAMED
            && !self.tags.iter().any(|known| known == name)
        {
            self.tags.push(name.to_owned());
        }
    }
}

/// Tags that players show or that name the program that wrote the file, padding, and what copies of other tags repeat.
const HARMLESS: [&str; 15] = [
    "©too",
    "©enc",
    "©nam",
    "©gen",
    "©cmt",
    "desc",
    "name",
    "free",
    "skip",
    "encoder",
    "title",
    "comment",
    "major_brand",
    "minor_version",
    "compatible_brands",
];

/// The first second of 1970, counted from that of 1904: what programs write that mean to say nothing.
const NO_DAY: u64 = 2_082_844_800;

/// Whether a header holds a day: of its making, or of its last change.
fn dated(header: &[u8]) -> bool {
    let mut fields = Fields(header);
    let Some((version, _)) = fields.version() else { return false };
    let mut day = || fields.wide(version).is_some_and(|seconds| ![0, NO_DAY].contains(&seconds));
    day() || day()
}

/// Whether samples are evenly spaced, by the table of their lengths. The last one's length says nothing.
fn even(content: &[u8]) -> Option<bool> {
    let word = |bytes: &[u8], at: usize| Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    let rows = content.get(8..)?.chunks_exact(8).map(|row| (word(row, 0).unwrap_or(0), word(row, 4).unwrap_or(0)));
    let count = rows.len();
    let rows =
        rows.enumerate().filter(|(at, (samples, _))| *samples > 0 && (at + 1 < count || *samples > 1 || count == 1));
    let (samples, units) = rows.clone().fold((0u64, 0f64), |(samples, units), (_, (more, length))| {
        (samples + u64::from(more), f64::from(more).mul_add(f64::from(length), units))
    });
    if samples == 0 {
        return None;
    }
    let mean = units / samples as f64;
    // A rate that the clock doesn't divide is kept by lengths that alternate by one.
    let allowed = (mean * STEADY).max(1.0);
    Some(rows.map(|(_, (_, length))| f64::from(length)).all(|length| (length - mean).abs() <= allowed))
}

/// Four letters as people write them; `©` is one byte in a box.
fn name(kind: [u8; 4]) -> String {
    kind.iter()
        .map(|byte| if byte.is_ascii_graphic() || matches!(byte, b' ' | 0xa9) { char::from(*byte) } else { '?' })
        .collect()
}

#[cfg(test)]
mod tests;
