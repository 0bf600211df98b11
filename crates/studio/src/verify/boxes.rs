//! What only the boxes of an MP4 tell: its brand, every track, how evenly frames are spaced, and who could learn what from
//! it. Nothing is decoded, and nothing that a file says is believed without bounds.

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    path::Path,
};

use serde::{Deserialize, Serialize};

use crate::error::plain;

/// A file has a handful of boxes at its top, a fragmented one some per second.
const MOST_BOXES: u32 = 100_000;

/// A longer index isn't read into memory; eight hours of 30 frames a second have half of it. In bytes.
const LONGEST_INDEX: u64 = 32 * 1024 * 1024;

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

/// Reads the boxes of the file; `None` when the index is too long or isn't there.
pub(crate) fn scan(path: &Path) -> io::Result<Option<Boxes>> {
    let mut file = File::open(path)?;
    let bytes = file.metadata()?.len();
    walk(&mut file, bytes)
}

fn walk(file: &mut (impl Read + Seek), bytes: u64) -> io::Result<Option<Boxes>> {
    let (mut found, mut at, mut has_index) = (Boxes::default(), 0, false);
    for _ in 0..MOST_BOXES {
        if at >= bytes {
            break;
        }
        let Some((kind, header, length)) = head(file, at, bytes)? else { break };
        match &kind {
            b"ftyp" => found.brand = brand(file)?,
            b"moov" if length > LONGEST_INDEX => return Ok(None),
            b"moov" if !has_index => {
                let mut index = Vec::new();
                file.take(length - header).read_to_end(&mut index)?;
                found.index(&index);
                has_index = true;
            }
            b"moof" => found.fragmented = true,
            b"uuid" | b"meta" | b"udta" | b"sefd" => found.tag(&name(kind)),
            _ => {}
        }
        at += length;
        found.whole = at == bytes;
    }
    Ok(has_index.then_some(found))
}

/// The type of the box at `at`, the length of its header, and its own; `None` when it doesn't fit into the file.
fn head(file: &mut (impl Read + Seek), at: u64, bytes: u64) -> io::Result<Option<([u8; 4], u64, u64)>> {
    let left = bytes - at;
    if left < 8 {
        return Ok(None);
    }
    file.seek(SeekFrom::Start(at))?;
    let [mut size, mut kind] = [[0; 4]; 2];
    file.read_exact(&mut size)?;
    file.read_exact(&mut kind)?;
    let (header, length) = match u32::from_be_bytes(size) {
        0 => (8, left),
        1 if left < 16 => return Ok(None),
        1 => {
            let mut long = [0; 8];
            file.read_exact(&mut long)?;
            (16, u64::from_be_bytes(long))
        }
        short => (8, u64::from(short)),
    };
    Ok((header..=left).contains(&length).then_some((kind, header, length)))
}

fn brand(file: &mut impl Read) -> io::Result<String> {
    let mut brand = [0; 4];
    let mut read = 0;
    while read < brand.len() {
        match file.read(&mut brand[read..])? {
            0 => return Ok(String::new()),
            more => read += more,
        }
    }
    Ok(name(brand).trim().to_owned())
}

impl Boxes {
    fn index(&mut self, index: &[u8]) {
        for (kind, content) in children(index) {
            match &kind {
                b"trak" => self.track(content),
                b"mvex" => self.fragmented = true,
                _ => self.about(kind, content),
            }
        }
    }

    fn track(&mut self, track: &[u8]) {
        for (kind, content) in children(track) {
            self.about(kind, content);
        }
        let Some(media) = child(track, *b"mdia") else { return };
        let handler = child(media, *b"hdlr").and_then(|content| content.get(8..12)).unwrap_or_default();
        let table = child(media, *b"minf").and_then(|content| child(content, *b"stbl")).unwrap_or_default();
        let entry = child(table, *b"stsd").and_then(|content| content.get(12..16)?.try_into().ok()).map(name);
        let kind = match handler {
            b"vide" => TrackKind::Video,
            b"soun" => TrackKind::Sound,
            _ => TrackKind::Other,
        };
        if self.tracks.len() < MOST_NAMED {
            let even = child(table, *b"stts").and_then(even);
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
        match child(content, *b"keys") {
            Some(keys) => self.keys(keys.get(8..).unwrap_or_default()),
            None => {
                let list = child(content, *b"ilst").unwrap_or_default();
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

fn child(content: &[u8], wanted: [u8; 4]) -> Option<&[u8]> {
    children(content).find(|(kind, _)| *kind == wanted).map(|(_, content)| content)
}

/// The boxes within a box, until one doesn't fit.
fn children(mut rest: &[u8]) -> impl Iterator<Item = ([u8; 4], &[u8])> {
    std::iter::from_fn(move || {
        let size = u32::from_be_bytes(rest.get(..4)?.try_into().ok()?);
        let kind = rest.get(4..8)?.try_into().ok()?;
        let (header, length) = match size {
            0 => (8, rest.len()),
            1 => (16, usize::try_from(u64::from_be_bytes(rest.get(8..16)?.try_into().ok()?)).ok()?),
            short => (8, usize::try_from(short).ok()?),
        };
        let content = rest.get(header..length)?;
        rest = &rest[length..];
        Some((kind, content))
    })
}

/// Four letters as people write them; `©` is one byte in a box.
fn name(kind: [u8; 4]) -> String {
    kind.iter()
        .map(|byte| if byte.is_ascii_graphic() || matches!(byte, b' ' | 0xa9) { char::from(*byte) } else { '?' })
        .collect()
}

#[cfg(test)]
mod tests;
