//! The level of a picture's codec, from the first headers in the stream: ffmpeg doesn't say it of what it opens.

/// Reads the level of an H.264 stream with start codes: times ten, as its headers have it.
pub(super) fn h264(stream: &[u8]) -> Option<u32> {
    let parameters = units(stream).find(|unit| unit.first().is_some_and(|head| head & 0x1f == 7))?;
    // Profile, constraints, level.
    unescaped(parameters).nth(3).map(u32::from).filter(|level| *level > 0)
}

/// Reads the level of an H.265 stream with start codes: times thirty.
pub(super) fn hevc(stream: &[u8]) -> Option<u32> {
    let parameters = units(stream).find(|unit| unit.first().is_some_and(|head| head >> 1 & 0x3f == 33))?;
    // Two bytes of head, ids, the profile, four bytes that it fits to, six of constraints.
    unescaped(parameters).nth(14).map(u32::from).filter(|level| *level > 0)
}

/// What stands between start codes.
fn units(stream: &[u8]) -> impl Iterator<Item = &[u8]> {
    let starts = (0..stream.len()).filter(|at| stream[*at..].starts_with(&[0, 0, 1])).map(|at| &stream[at + 3..]);
    starts.map(|unit| {
        let end = (0..unit.len()).find(|at| unit[*at..].starts_with(&[0, 0, 1])).unwrap_or(unit.len());
        &unit[..end]
    })
}

/// Without the bytes that keep a start code from standing by chance.
fn unescaped(unit: &[u8]) -> impl Iterator<Item = u8> {
    let is_added = |at: usize| at >= 2 && unit[at] == 3 && unit[at - 2..at] == [0, 0];
    unit.iter().enumerate().filter(move |(at, _)| !is_added(*at)).map(|(_, byte)| *byte)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn levels_are_read_from_the_parameters() {
        let avc = [&[0u8, 0, 0, 1, 9, 240, 0, 0, 0, 1, 0x67, 100, 0, 31, 0xac][..], &[0, 0, 1, 0x68, 1, 2]].concat();
        assert_eq!(h264(&avc), Some(31));
        let sps = [0x42, 1, 1, 2, 0x20, 0, 0, 3, 0, 0xb0, 0, 0, 3, 0, 0, 3, 0, 120, 0xa0];
        let stream = [&[0u8, 0, 0, 1, 0x40, 1, 12, 1][..], &[0, 0, 1], &sps].concat();
        assert_eq!(hevc(&stream), Some(120));
        assert_eq!((h264(&stream[..8]), hevc(&avc)), (None, None));
    }

    proptest! {
        #[test]
        fn any_bytes_are_answered(bytes in prop::collection::vec(prop_oneof![Just(0u8), Just(1), Just(3), any::<u8>()], 0..80)) {
            h264(&bytes);
            hevc(&bytes);
        }
    }
}
