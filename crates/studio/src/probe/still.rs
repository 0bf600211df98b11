//! Pictures that ffmpeg opens and gets wrong, or not at all: told by their heads, and refused with what to do instead.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

use crate::sniff::Kind;

/// What tells comes before the picture itself; in bytes.
const HEAD: u64 = 4096;

/// Why a file isn't taken, and what would be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Refused {
    pub(super) what: &'static str,
    pub(super) next: &'static str,
}

const MOVING_WEBP: Refused =
    Refused { what: "an animated WebP, which ffmpeg doesn't decode", next: "save it as GIF or MP4 and give that" };

const PHOTO: Refused = Refused {
    what: "a photo in HEIC or AVIF",
    next: "save it as JPEG, as a phone does when it shares one, and give that",
};

const HDR_PNG: Refused = Refused {
    what: "a PNG in HDR, whose colours would come out wrong",
    next: "save it as an ordinary PNG or JPEG and give that",
};

/// Looks at the head of a file of this kind.
pub(super) fn refused(kind: Kind, path: &Path) -> io::Result<Option<Refused>> {
    if !matches!(kind, Kind::Webp | Kind::Mov | Kind::Png) {
        return Ok(None);
    }
    let mut head = Vec::new();
    File::open(path)?.take(HEAD).read_to_end(&mut head)?;
    Ok(of_head(kind, &head))
}

fn of_head(kind: Kind, head: &[u8]) -> Option<Refused> {
    let at = |from: usize, length: usize| head.get(from..from + length).unwrap_or_default();
    if kind == Kind::Webp {
        // The flag stands in the header of the extended form.
        return (at(12, 4) == b"VP8X" && at(20, 1).first()? & 2 != 0).then_some(MOVING_WEBP);
    }
    if kind == Kind::Mov {
        let photos: [&[u8]; 7] = [b"heic", b"heix", b"heim", b"heis", b"mif1", b"avif", b"avis"];
        return (at(4, 4) == b"ftyp" && photos.contains(&at(8, 4))).then_some(PHOTO);
    }
    (kind == Kind::Png && is_hdr(head)).then_some(HDR_PNG)
}

/// Whether a PNG's chunk of coding-independent code points names PQ or HLG.
fn is_hdr(png: &[u8]) -> bool {
    let mut rest = png.get(8..).unwrap_or_default();
    while let [a, b, c, d, kind @ ..] = rest {
        let length = u32::from_be_bytes([*a, *b, *c, *d]) as usize;
        let Some((name, data)) = kind.split_at_checked(4) else { return false };
        if name == b"cICP" {
            return matches!(data.get(1), Some(16 | 18));
        }
        // The picture begins, and this would have come before it.
        if name == b"IDAT" {
            return false;
        }
        rest = length.checked_add(4).and_then(|end| data.get(end..)).unwrap_or_default();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn pictures_that_would_come_out_wrong_are_told_by_their_heads() {
        let webp = |flags: u8| [b"RIFF\x44\x67\x01\0WEBPVP8X\x0a\0\0\0", &[flags, 0, 0, 0][..]].concat();
        assert_eq!(of_head(Kind::Webp, &webp(0x12)), Some(MOVING_WEBP));
        assert_eq!(of_head(Kind::Webp, &webp(0x10)), None);
        assert_eq!(of_head(Kind::Webp, b"RIFF\0\0\0\0WEBPVP8 \0\0\0\0\x02"), None);
        assert_eq!(of_head(Kind::Mov, b"\0\0\0\x18ftypheic\0\0\0\0"), Some(PHOTO));
        assert_eq!(of_head(Kind::Mov, b"\0\0\0\x18ftypisom\0\0\0\0"), None);
        let png = |transfer: u8| {
            let start = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR0123456789012crc!\0\0\0\x04cICP\x09";
            [&start[..], &[transfer, 0, 1][..], b"crc!\0\0\0\0IDAT"].concat()
        };
        assert_eq!(of_head(Kind::Png, &png(16)), Some(HDR_PNG));
        assert_eq!(of_head(Kind::Png, &png(1)), None);
    }

    proptest! {
        #[test]
        fn any_head_is_answered(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
            for kind in [Kind::Webp, Kind::Mov, Kind::Png] {
                of_head(kind, &bytes);
                of_head(kind, &[b"\x89PNG\r\n\x1a\n", &bytes[..]].concat());
            }
        }
    }
}
