//! One walk over the boxes of a file, and the boxes within a box.

use std::{
    io::{self, Read, Seek, SeekFrom},
    ops::Range,
};

/// A file has a handful of boxes at its top, a fragmented one some per second.
const MOST_BOXES: u32 = 100_000;

/// A longer index isn't read into memory; eight hours of 30 frames a second have half of it. In bytes.
const LONGEST_INDEX: u64 = 32 * 1024 * 1024;

/// A box's type.
pub(super) type Kind = [u8; 4];

/// What lies at the top of a file.
#[derive(Debug, Default)]
pub(super) struct Layout {
    /// The file's length in bytes.
    pub(super) bytes: u64,
    /// The main brand; `None` in files older than brands.
    pub(super) brand: Option<Kind>,
    /// Whether the last box ends where the file ends.
    pub(super) whole: bool,
    /// Whether the index comes before the data; `None` when neither was found.
    pub(super) index_first: Option<bool>,
    /// The content of the first `moov`; `None` when there is none or it is too long.
    pub(super) index: Option<Vec<u8>>,
    /// How many `moov` there are.
    pub(super) indexes: u32,
    /// Whether there are fragments (`moof`).
    pub(super) fragments: bool,
    /// Where the content of each `mdat` lies.
    pub(super) data: Vec<Range<u64>>,
    /// The boxes beside index and data that hold something, without repetition.
    pub(super) beside: Vec<Kind>,
}

impl Layout {
    pub(super) fn read(file: &mut (impl Read + Seek)) -> io::Result<Self> {
        let bytes = file.seek(SeekFrom::End(0))?;
        let (mut found, mut at) = (Self { bytes, ..Self::default() }, 0);
        for _ in 0..MOST_BOXES {
            if at >= bytes {
                break;
            }
            let Some((kind, header, length)) = head(file, at, bytes)? else { break };
            found.take(file, kind, at + header..at + length)?;
            at += length;
            found.whole = at == bytes;
        }
        Ok(found)
    }

    /// Whether the data of one `mdat` has all of it.
    pub(super) fn holds(&self, range: &Range<u64>) -> bool {
        // They stand in the order of the file.
        let next = self.data.partition_point(|data| data.start <= range.start);
        next.checked_sub(1).and_then(|at| self.data.get(at)).is_some_and(|data| range.end <= data.end)
    }

    /// `file` stands at the beginning of the box's content.
    fn take(&mut self, file: &mut impl Read, kind: Kind, content: Range<u64>) -> io::Result<()> {
        let length = content.end - content.start;
        match &kind {
            b"ftyp" => self.brand = brand(file, length)?,
            b"moov" => {
                self.index_first.get_or_insert(true);
                if self.indexes == 0 && length <= LONGEST_INDEX {
                    let mut index = Vec::new();
                    file.take(length).read_to_end(&mut index)?;
                    self.index = Some(index);
                }
                self.indexes = self.indexes.saturating_add(1);
            }
            b"mdat" => {
                self.index_first.get_or_insert(false);
                self.data.push(content);
            }
            b"moof" => self.fragments = true,
            b"free" | b"skip" | b"wide" => {}
            _ if self.beside.len() < 64 && !self.beside.contains(&kind) => self.beside.push(kind),
            _ => {}
        }
        Ok(())
    }
}

/// The type of the box at `at`, the length of its header, and its own; `None` when it doesn't fit into the file.
fn head(file: &mut (impl Read + Seek), at: u64, bytes: u64) -> io::Result<Option<(Kind, u64, u64)>> {
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

fn brand(file: &mut impl Read, length: u64) -> io::Result<Option<Kind>> {
    let mut brand = [0; 4];
    if length < 4 {
        return Ok(None);
    }
    file.read_exact(&mut brand)?;
    Ok(Some(brand))
}

/// The boxes within a box, until one doesn't fit.
pub(super) fn children(mut rest: &[u8]) -> impl Iterator<Item = (Kind, &[u8])> {
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

/// Whether the boxes within a box end where it ends: readers differ in what they make of others. A few zeros at the end
/// are QuickTime's way to say that there are no more.
pub(super) fn is_tidy(content: &[u8]) -> bool {
    let mut rest = content;
    while rest.len() >= 8 {
        let length = u32::from_be_bytes([rest[0], rest[1], rest[2], rest[3]]);
        match usize::try_from(length).ok().filter(|length| *length >= 8).and_then(|length| rest.get(length..)) {
            Some(after) => rest = after,
            None => return false,
        }
    }
    rest.iter().all(|byte| *byte == 0)
}

/// The first box of this type.
pub(super) fn child<'a>(content: &'a [u8], wanted: &Kind) -> Option<&'a [u8]> {
    children(content).find(|(kind, _)| kind == wanted).map(|(_, content)| content)
}

/// The box of this type, where there must not be two.
pub(super) fn only<'a>(content: &'a [u8], wanted: &Kind) -> Option<&'a [u8]> {
    let mut all = children(content).filter(|(kind, _)| kind == wanted);
    all.next().filter(|_| all.next().is_none()).map(|(_, content)| content)
}

/// A box from its front, field by field.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fields<'a>(pub(super) &'a [u8]);

impl<'a> Fields<'a> {
    pub(super) fn bytes<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (front, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*front)
    }

    pub(super) fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (front, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(front)
    }

    pub(super) fn u8(&mut self) -> Option<u8> {
        self.bytes().map(u8::from_be_bytes)
    }

    pub(super) fn u16(&mut self) -> Option<u16> {
        self.bytes().map(u16::from_be_bytes)
    }

    pub(super) fn u32(&mut self) -> Option<u32> {
        self.bytes().map(u32::from_be_bytes)
    }

    /// A number of 32 bits in the first version of a box, of 64 in the second.
    pub(super) fn wide(&mut self, version: u8) -> Option<u64> {
        if version == 1 { self.bytes().map(u64::from_be_bytes) } else { self.u32().map(u64::from) }
    }

    /// The version of a box, which none beyond 1 is known of, and its flags.
    pub(super) fn version(&mut self) -> Option<(u8, u32)> {
        let word = self.u32()?;
        let version = u8::try_from(word >> 24).ok().filter(|version| *version <= 1)?;
        Some((version, word & 0x00ff_ffff))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn index_first(bytes: &[u8]) -> Option<bool> {
        Layout::read(&mut Cursor::new(bytes)).unwrap().index_first
    }

    #[test]
    fn the_first_of_the_two_boxes_decides() {
        let ftyp = b"\0\0\0\x0cftypisom";
        assert_eq!(index_first(&[&ftyp[..], b"\0\0\0\x08moov\0\0\0\x08mdat"].concat()), Some(true));
        assert_eq!(index_first(&[&ftyp[..], b"\0\0\0\x08mdat\0\0\0\x08moov"].concat()), Some(false));
    }

    #[test]
    fn long_sizes_are_read_and_impossible_ones_end_the_walk() {
        let long = b"\0\0\0\x01free\0\0\0\0\0\0\0\x12xx\0\0\0\x08moov";
        assert_eq!(index_first(long), Some(true));
        for broken in [&b"\0\0\0\x03free"[..], b"\0\0\0\0free", b"\0\0\0\x01free\xff\xff", b""] {
            assert_eq!(index_first(broken), None, "{broken:02x?}");
        }
        assert_eq!(index_first(b"\0\0\0\x01free\xff\xff\xff\xff\xff\xff\xff\xff\0\0\0\x08moov"), None);
    }

    #[test]
    fn a_file_of_empty_boxes_ends_the_walk() {
        assert_eq!(index_first(&b"\0\0\0\x08free".repeat(200_000)), None);
    }

    #[test]
    fn boxes_are_tidy_when_they_end_with_what_they_are_in() {
        for tidy in [&b""[..], b"\0\0\0\x09free1", b"\0\0\0\x08free\0\0\0\x09free1\0\0\0\0"] {
            assert!(is_tidy(tidy), "{tidy:?}");
        }
        for untidy in [&b"\0\0\0\x0afree1"[..], b"\0\0\0\x07free", b"\0\0\0\0free", b"\0\0\0\x08free\0\x01"] {
            assert!(!is_tidy(untidy), "{untidy:?}");
        }
    }

    #[test]
    fn a_box_that_is_there_twice_is_not_the_only_one() {
        let twice = b"\0\0\0\x09tkhd1\0\0\0\x09tkhd2\0\0\0\x09mdia3";
        assert_eq!((only(twice, b"tkhd"), child(twice, b"tkhd")), (None, Some(&b"1"[..])));
        assert_eq!(only(twice, b"mdia"), Some(&b"3"[..]));
    }
}
