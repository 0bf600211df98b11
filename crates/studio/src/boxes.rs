//! Where the boxes of an MP4 lie: whether it can be played before all of it is there.

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    path::Path,
};

/// More boxes than this on the top level is no file of a camera or an editor (fragments of a
/// stream aside, whose `moov` comes first anyway).
const MOST_BOXES: usize = 64;

/// Whether `moov` comes before `mdat` in an MP4 or QuickTime file; `None` when neither is found.
pub(crate) fn faststart(path: &Path) -> io::Result<Option<bool>> {
    walk(&mut File::open(path)?)
}

fn walk(file: &mut (impl Read + Seek)) -> io::Result<Option<bool>> {
    for _ in 0..MOST_BOXES {
        let Some((kind, rest)) = header(file)? else {
            return Ok(None);
        };
        match &kind {
            b"moov" => return Ok(Some(true)),
            b"mdat" => return Ok(Some(false)),
            _ => {}
        }
        // A size of 0 means "to the end of the file": nothing comes after it.
        let Some(rest) = rest.and_then(|rest| i64::try_from(rest).ok()) else {
            return Ok(None);
        };
        file.seek(SeekFrom::Current(rest))?;
    }
    Ok(None)
}

/// The type of the box that begins here, and how many bytes of it follow the header.
fn header(file: &mut impl Read) -> io::Result<Option<([u8; 4], Option<u64>)>> {
    let (mut size, mut kind) = ([0; 4], [0; 4]);
    if !fill(file, &mut size)? || !fill(file, &mut kind)? {
        return Ok(None);
    }
    let rest = match u32::from_be_bytes(size) {
        0 => None,
        1 => {
            let mut long = [0; 8];
            if !fill(file, &mut long)? {
                return Ok(None);
            }
            u64::from_be_bytes(long).checked_sub(16)
        }
        short => u64::from(short).checked_sub(8),
    };
    Ok(Some((kind, rest)))
}

fn fill(file: &mut impl Read, buffer: &mut [u8]) -> io::Result<bool> {
    match file.read_exact(buffer) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn answer(bytes: &[u8]) -> Option<bool> {
        walk(&mut Cursor::new(bytes)).unwrap()
    }

    #[test]
    fn the_first_of_the_two_boxes_decides() {
        let ftyp = b"\0\0\0\x0cftypisom";
        assert_eq!(answer(&[&ftyp[..], b"\0\0\0\x08moov\0\0\0\x08mdat"].concat()), Some(true));
        assert_eq!(answer(&[&ftyp[..], b"\0\0\0\x08mdat\0\0\0\x08moov"].concat()), Some(false));
    }

    #[test]
    fn long_sizes_are_read_and_impossible_ones_end_the_walk() {
        let long = b"\0\0\0\x01free\0\0\0\0\0\0\0\x12xx\0\0\0\x08moov";
        assert_eq!(answer(long), Some(true));
        for broken in [&b"\0\0\0\x03free"[..], b"\0\0\0\0free", b"\0\0\0\x01free\xff\xff", b""] {
            assert_eq!(answer(broken), None, "{broken:02x?}");
        }
        assert_eq!(answer(b"\0\0\0\x01free\xff\xff\xff\xff\xff\xff\xff\xff\0\0\0\x08moov"), None);
    }

    #[test]
    fn a_file_of_empty_boxes_ends_the_walk() {
        assert_eq!(answer(&b"\0\0\0\x08free".repeat(10_000)), None);
    }
}
