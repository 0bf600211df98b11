//! How a camera was held: ffprobe says it of videos, of a JPEG only its Exif block does.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

/// The Exif block comes first and is at most 64 kB; what comes before it is short.
const HEAD: u64 = 192 * 1024;

/// The tag of the orientation.
const ORIENTATION: u16 = 0x0112;

/// More entries than this are in no camera's directory.
const MOST_ENTRIES: usize = 200;

/// Degrees clockwise by which a JPEG has to be turned; 0 where it doesn't say it.
pub(super) fn rotation(path: &Path) -> io::Result<u32> {
    let mut head = Vec::new();
    File::open(path)?.take(HEAD).read_to_end(&mut head)?;
    Ok(match orientation(&head) {
        Some(3 | 4) => 180,
        // 5 and 7 are mirrored as well, which changes nothing about the shape.
        Some(5 | 6) => 90,
        Some(7 | 8) => 270,
        Some(_) | None => 0,
    })
}

/// The orientation as Exif counts it, 1 to 8.
fn orientation(jpeg: &[u8]) -> Option<u16> {
    let mut rest = jpeg.strip_prefix(b"\xff\xd8")?;
    while let [0xff, marker, high, low, after @ ..] = rest {
        let length = usize::from(u16::from_be_bytes([*high, *low])).checked_sub(2)?;
        let segment = after.get(..length)?;
        if *marker == 0xe1
            && let Some(tiff) = segment.strip_prefix(b"Exif\0\0")
        {
            return of_tiff(tiff);
        }
        // The picture itself begins; nothing of this comes after it.
        if *marker == 0xda {
            return None;
        }
        rest = &after[length..];
    }
    None
}

fn of_tiff(tiff: &[u8]) -> Option<u16> {
    let big = match tiff.get(..4)? {
        b"MM\0\x2a" => true,
        b"II\x2a\0" => false,
        _ => return None,
    };
    let bytes = |at: usize, len: usize| tiff.get(at..at.checked_add(len)?);
    let short = |at: usize| {
        let pair: [u8; 2] = bytes(at, 2)?.try_into().ok()?;
        Some(if big { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) })
    };
    let four: [u8; 4] = bytes(4, 4)?.try_into().ok()?;
    let start = if big { u32::from_be_bytes(four) } else { u32::from_le_bytes(four) };
    let start = usize::try_from(start).ok()?;
    let count = usize::from(short(start)?).min(MOST_ENTRIES);
    let mut entries = (0..count).map(|number| start.saturating_add(2 + number * 12));
    let entry = entries.find(|at| short(*at) == Some(ORIENTATION))?;
    short(entry.checked_add(8)?).filter(|value| (1..=8).contains(value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn jpeg(tiff: &[u8]) -> Vec<u8> {
        let length = u16::try_from(tiff.len() + 8).unwrap().to_be_bytes();
        [b"\xff\xd8\xff\xe0\0\x04ab\xff\xe1", &length[..], b"Exif\0\0", tiff, b"\xff\xda\0\x02"].concat()
    }

    #[test]
    fn both_byte_orders_are_read() {
        let big = b"MM\0\x2a\0\0\0\x08\0\x02\x01\x0f\0\x02\0\0\0\x01a\0\0\0\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
        assert_eq!(orientation(&jpeg(big)), Some(6));
        let little = b"II\x2a\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x08\0\0\0\0\0\0\0";
        assert_eq!(orientation(&jpeg(little)), Some(8));
        assert_eq!(orientation(&jpeg(b"II\x2a\0\xff\xff\xff\xff")), None);
        assert_eq!(orientation(b"\xff\xd8\xff\xda\0\x02"), None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_answered(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            orientation(&bytes);
            orientation(&jpeg(&bytes));
            orientation(&jpeg(&[b"MM\0\x2a", &bytes[..]].concat()));
        }
    }
}
