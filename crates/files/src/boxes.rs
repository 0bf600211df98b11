//! Whether an MP4 ends where it says.

use std::io::{self, Read, Seek, SeekFrom};

/// A file has a handful of boxes at its top; a fragmented one some per second.
const MOST_BOXES: u32 = 100_000;

/// Whether `file` is a chain of boxes that ends exactly at `bytes`, with the index (`moov`) among them.
pub(crate) fn is_chain(file: &mut (impl Read + Seek), bytes: u64) -> io::Result<bool> {
    let (mut at, mut has_index) = (0, false);
    for _ in 0..MOST_BOXES {
        if at == bytes {
            return Ok(has_index);
        }
        let Some((kind, length)) = header(file, at, bytes)? else { return Ok(false) };
        has_index |= kind == *b"moov";
        at += length;
    }
    Ok(false)
}

/// Type and length of the box at `at`; `None` when it does not fit into the file.
fn header(file: &mut (impl Read + Seek), at: u64, bytes: u64) -> io::Result<Option<([u8; 4], u64)>> {
    let left = bytes - at;
    if left < 8 {
        return Ok(None);
    }
    file.seek(SeekFrom::Start(at))?;
    let [mut short, mut kind] = [[0; 4]; 2];
    file.read_exact(&mut short)?;
    file.read_exact(&mut kind)?;
    let length = match u32::from_be_bytes(short) {
        // To the end of the file.
        0 => left,
        1 if left < 16 => return Ok(None),
        1 => {
            let mut long = [0; 8];
            file.read_exact(&mut long)?;
            u64::from_be_bytes(long)
        }
        short => u64::from(short),
    };
    Ok((8..=left).contains(&length).then_some((kind, length)))
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn is_whole(bytes: &[u8]) -> bool {
        is_chain(&mut Cursor::new(bytes), bytes.len() as u64).expect("memory can be read")
    }

    const CHAIN: &[u8] = b"\0\0\0\x0cftypmp42\0\0\0\x09moovx\0\0\0\x0amdatxy";

    #[test]
    fn a_file_that_was_cut_anywhere_is_not_whole() {
        assert!(is_whole(CHAIN));
        for len in 0..CHAIN.len() {
            // At the end of a box that is not the last the chain still fits: nothing says that another should follow.
            assert_eq!(is_whole(&CHAIN[..len]), len == 21, "{len}");
        }
    }

    #[test]
    fn long_boxes_boxes_to_the_end_and_nonsense() {
        assert!(is_whole(b"\0\0\0\x08moov\0\0\0\x01mdat\0\0\0\0\0\0\0\x11x"));
        assert!(is_whole(b"\0\0\0\x08moov\0\0\0\0mdat and all the rest"));
        for nonsense in [
            &b"\0\0\0\x07moov"[..],
            b"\0\0\0\x01moov",
            b"\0\0\0\x01moov\0\0\0\0\0\0\0\x01",
            b"\xff\xff\xff\xffmoov",
            b"\0\0\0\x01moov\xff\xff\xff\xff\xff\xff\xff\xff",
            b"\0\0\0\x08mdat",
            b"<html><body>moov</body></html>",
        ] {
            assert!(!is_whole(nonsense), "{nonsense:?}");
        }
    }
}
