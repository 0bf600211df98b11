//! What only the boxes of an MP4 tell: its brand, every track, how evenly frames are spaced, and who could learn what from
//! it. Nothing is decoded, and nothing that a file says is believed without bounds.

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    path::Path,
};

use serde::Serialize;

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
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FileTrack {
    /// What it holds.
    pub kind: TrackKind,
    /// How its codec is marked: `avc1`, `hvc1`, `mp4a`…
    pub entry: String,
    /// Whether its samples are evenly spaced, when the index tells.
    pub even: Option<bool>,
}

/// What a track holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
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
pub(super) fn scan(path: &Path) -> io::Result<Option<Boxes>> {
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
mod tests {
    use std::io::Cursor;

    use super::*;

    fn boxed(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
        let size = u32::try_from(content.len() + 8).unwrap();
        [&size.to_be_bytes()[..], kind, content].concat()
    }

    fn stts(rows: &[(u32, u32)]) -> Vec<u8> {
        let words =
            [0, u32::try_from(rows.len()).unwrap()].into_iter().chain(rows.iter().flat_map(|row| [row.0, row.1]));
        words.flat_map(u32::to_be_bytes).collect()
    }

    fn track(handler: &[u8; 4], entry: &[u8; 4], rows: &[(u32, u32)]) -> Vec<u8> {
        let stsd = [&[0; 12][..], entry].concat();
        let stbl = [boxed(b"stsd", &stsd), boxed(b"stts", &stts(rows))].concat();
        let hdlr = [&[0; 8][..], handler, &[0; 12]].concat();
        boxed(b"trak", &boxed(b"mdia", &[boxed(b"hdlr", &hdlr), boxed(b"minf", &boxed(b"stbl", &stbl))].concat()))
    }

    fn file(index: &[u8]) -> Vec<u8> {
        [boxed(b"ftyp", b"isom\0\0\0\0"), boxed(b"moov", index), boxed(b"mdat", b"x")].concat()
    }

    fn scanned(bytes: &[u8]) -> Option<Boxes> {
        walk(&mut Cursor::new(bytes), bytes.len() as u64).unwrap()
    }

    #[test]
    fn tracks_are_told_with_their_marks() {
        let index = [track(b"vide", b"avc1", &[(9, 512)]), track(b"soun", b"mp4a", &[(9, 1024)])].concat();
        let found = scanned(&file(&[index, track(b"tmcd", b"tmcd", &[])].concat())).unwrap();
        let tracks: Vec<_> = found.tracks.iter().map(|track| (track.kind, track.entry.as_str(), track.even)).collect();
        let expected = [
            (TrackKind::Video, "avc1", Some(true)),
            (TrackKind::Sound, "mp4a", Some(true)),
            (TrackKind::Other, "tmcd", None),
        ];
        assert_eq!(tracks, expected);
        assert_eq!((found.brand.as_str(), found.whole, found.fragmented), ("isom", true, false));
        assert!(!found.located && found.tags.is_empty(), "{found:?}");
    }

    #[test]
    fn even_frames_alternate_by_one_at_most_and_the_last_counts_for_nothing() {
        type Rows = &'static [(u32, u32)];
        let cases: [(Rows, Option<bool>); 8] = [
            (&[(300, 512)], Some(true)),
            (&[(1, 640), (1, 641), (1, 640), (1, 641)], Some(true)),
            (&[(99, 512), (1, 9000)], Some(true)),
            (&[(100, 2990), (100, 3010)], Some(true)),
            (&[(100, 3000), (1, 6000), (99, 3000)], Some(false)),
            (&[(50, 3000), (50, 3600)], Some(false)),
            (&[(1, 512)], Some(true)),
            (&[], None),
        ];
        for (rows, expected) in cases {
            assert_eq!(even(&stts(rows)), expected, "{rows:?}");
        }
    }

    #[test]
    fn places_and_devices_are_found_wherever_they_stand() {
        let keys = |name: &[u8]| {
            let keys = [&[0; 4][..], &1u32.to_be_bytes(), &boxed(b"mdta", name)].concat();
            boxed(b"meta", &[boxed(b"hdlr", &[0; 24]), boxed(b"keys", &keys)].concat())
        };
        let list = |kind: &[u8; 4]| {
            let meta = [&[0; 4][..], &boxed(b"hdlr", &[0; 24]), &boxed(b"ilst", &boxed(kind, b"x"))].concat();
            boxed(b"udta", &boxed(b"meta", &meta))
        };
        let cases = [
            (boxed(b"udta", &boxed(b"\xa9xyz", b"+27.5+086.9/")), true, vec![]),
            (boxed(b"udta", &boxed(b"loci", b"x")), true, vec![]),
            (keys(b"com.apple.quicktime.location.ISO6709"), true, vec![]),
            (keys(b"com.apple.quicktime.make"), false, vec!["com.apple.quicktime.make"]),
            (boxed(b"trak", &keys(b"com.android.version")), false, vec!["com.android.version"]),
            (boxed(b"udta", &boxed(b"\xa9mod", b"x")), false, vec!["©mod"]),
            (list(b"\xa9too"), false, vec![]),
            (list(b"\xa9day"), false, vec!["©day"]),
            (keys(b"a\nb\x1b[2J"), false, vec!["a b [2J"]),
        ];
        for (index, located, tags) in cases {
            let found = scanned(&file(&index)).unwrap();
            assert_eq!(
                (found.located, found.tags),
                (located, tags.into_iter().map(str::to_owned).collect()),
                "{index:?}"
            );
        }
        let samsung = [file(&[]), boxed(b"sefd", b"x")].concat();
        assert_eq!(scanned(&samsung).unwrap().tags, ["sefd"]);
    }

    #[test]
    fn a_file_that_is_cut_off_isnt_whole_and_nonsense_never_panics() {
        let good = file(&track(b"vide", b"avc1", &[(9, 512)]));
        for cut in 0..good.len() {
            let whole = scanned(&good[..cut]).is_some_and(|found| found.whole);
            assert_eq!(whole, cut == good.len() - 9, "{cut}: only between two boxes nothing tells");
        }
        for at in 0..good.len() {
            for byte in [0, 1, 0x7f, 0xff] {
                let mut broken = good.clone();
                broken[at] = byte;
                let _ = scanned(&broken);
            }
        }
        assert_eq!(scanned(b"\0\0\0\x01moov\xff\xff\xff\xff\xff\xff\xff\xff"), None);
        assert_eq!(scanned(&boxed(b"free", b"").repeat(10)), None);
    }
}
