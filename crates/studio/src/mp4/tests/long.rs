//! Hours of video, of which only the index is made.

use std::io::Cursor;

use super::super::{
    index::{self, Piece, boxed, full},
    rewrite::{Kept, gather},
    table::Places,
    track::{Movie, Track, UPRIGHT},
    walk::{Kind, Layout},
};

/// x264's for 16x16 pixels.
const PICTURE: &[u8] = b"\x01\x64\x00\x0a\xff\xe1\x00\x17\x67\x64\x00\x0a\xac\xd9\x5e\xc0\x44\x00\x00\x03\x00\
     \x04\x00\x00\x03\x00\xc8\x3c\x48\x96\x58\x01\x00\x04\x68\xef\x8f\xcb\xfd\xf8\xf8\x00";

/// Of AAC-LC, two channels of 48,000 samples a second.
const SOUND: &[u8] = b"\x03\x16\0\0\0\x04\x11\x40\x15\0\0\0\0\0\0\0\0\0\0\0\x05\x02\x11\x90";

const BEGIN: u64 = 1 << 20;

/// A track with as many chunks as samples.
struct Lane {
    handler: &'static Kind,
    scale: u32,
    each: u32,
    size: u32,
    places: Vec<u64>,
}

/// Seconds of 30 frames, each followed by its sound, from `BEGIN` on.
fn lanes(seconds: u64) -> (Vec<Lane>, u64) {
    let (mut pictures, mut sounds, mut at) = (Vec::new(), Vec::new(), BEGIN);
    for _ in 0..seconds * 30 {
        pictures.push(at);
        sounds.push(at + 20_000);
        at += 20_300;
    }
    let picture = Lane { handler: b"vide", scale: 30, each: 1, size: 20_000, places: pictures };
    let sound = Lane { handler: b"soun", scale: 48_000, each: 1600, size: 300, places: sounds };
    (vec![picture, sound], at)
}

fn words(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_be_bytes()).collect()
}

fn made(lanes: &[Lane]) -> Vec<u8> {
    let upright: Vec<u8> = UPRIGHT.iter().flat_map(|cell| cell.to_be_bytes()).collect();
    let header = full(b"mvhd", 0, 0, &[&words(&[0, 0, 1000, 0]), &[0; 16], &upright, &[0; 28]]);
    let tracks: Vec<u8> = lanes.iter().flat_map(track).collect();
    [header, tracks].concat()
}

fn track(lane: &Lane) -> Vec<u8> {
    let count = u32::try_from(lane.places.len()).unwrap();
    let upright: Vec<u8> = UPRIGHT.iter().flat_map(|cell| cell.to_be_bytes()).collect();
    let header = full(b"tkhd", 0, 3, &[&words(&[0, 0, 1, 0, 0]), &[0; 16], &upright, &[0, 16, 0, 0, 0, 16, 0, 0]]);
    let entry = if lane.handler == b"vide" {
        let before = [&[0, 0, 0, 0, 0, 0, 0, 1][..], &[0; 16], &[0, 16, 0, 16], &[0; 50]].concat();
        boxed(b"avc1", &[&before, &boxed(b"avcC", &[PICTURE])])
    } else {
        boxed(b"mp4a", &[&[0, 0, 0, 0, 0, 0, 0, 1], &[0; 20], &full(b"esds", 0, 0, &[SOUND])])
    };
    let sizes: Vec<u8> = lane.places.iter().flat_map(|_| lane.size.to_be_bytes()).collect();
    let places: Vec<u8> = lane.places.iter().flat_map(|place| place.to_be_bytes()).collect();
    let tables = [
        full(b"stsd", 0, 0, &[&words(&[1]), &entry]),
        full(b"stts", 0, 0, &[&words(&[1, count, lane.each])]),
        full(b"stsc", 0, 0, &[&words(&[1, 1, 1, 1])]),
        full(b"stsz", 0, 0, &[&words(&[0, count]), &sizes]),
        full(b"co64", 0, 0, &[&words(&[count]), &places]),
    ];
    let source = boxed(b"dinf", &[&full(b"dref", 0, 0, &[&words(&[1]), &full(b"url ", 0, 1, &[])])]);
    let info = boxed(b"minf", &[&source, &boxed(b"stbl", &[&tables.concat()])]);
    let media = full(b"mdhd", 0, 0, &[&words(&[0, 0, lane.scale, count * lane.each]), &[0x55, 0xc4, 0, 0]]);
    let handler = full(b"hdlr", 0, 0, &[&[0; 4], lane.handler, &[0; 13]]);
    boxed(b"trak", &[&header, &boxed(b"mdia", &[&media, &handler, &info])])
}

/// In how many ranges the data is copied, and the new head; `None` when the index is refused.
fn written(index: &[u8], end: u64) -> Option<(usize, Vec<u8>)> {
    let movie = Movie::read(index)?;
    let tracks: Vec<Track<'_>> = movie.tracks.iter().map(|track| Track::read(track)).collect::<Option<_>>()?;
    let layout = Layout { data: std::iter::once(BEGIN..end).collect(), ..Layout::default() };
    let Kept { ranges, places } = gather(&tracks, &layout).ok()?;
    let pieces: Vec<Piece<'_>> = tracks.iter().zip(places).map(|(track, places)| Piece { track, places }).collect();
    let bytes = ranges.iter().map(|range| range.end - range.start).sum();
    Some((ranges.len(), index::write(&movie, &pieces, bytes).ok()?))
}

/// The new head of a file of so many seconds, with all that it says held against what it was made of.
fn rewritten(seconds: u64) -> Vec<u8> {
    let (lanes, end) = lanes(seconds);
    let index = made(&lanes);
    let (ranges, head) = written(&index, end).unwrap();
    assert_eq!(ranges, 1, "what lies side by side is copied at once");

    let new = Layout::read(&mut Cursor::new(&head)).unwrap().index.unwrap();
    let movie = Movie::read(&new).unwrap();
    for (lane, track) in lanes.iter().zip(&movie.tracks) {
        let track = Track::read(track).unwrap();
        let mut old = lane.places.iter();
        let begin = head.len() as u64;
        let see = |at: u64, length: u64| {
            assert_eq!((at - begin, length), (old.next().unwrap() - BEGIN, lane.size.into()));
            Some(())
        };
        track.table.each_chunk(see).unwrap();
        assert!(old.next().is_none());
        assert_eq!(track.length, seconds * u64::from(lane.scale));
        assert_eq!(matches!(track.table.places, Places::Wide(_)), end - BEGIN > 1 << 32, "as wide as needed");
    }
    head
}

#[test]
fn two_hours_are_written_with_places_as_wide_as_they_need() {
    let head = rewritten(2 * 3600);
    let bytes = 2 * 3600 * 30 * 20_300u64;
    assert!(bytes > 1 << 32);
    let data = [&1u32.to_be_bytes()[..], b"mdat", &(bytes + 16).to_be_bytes()].concat();
    assert!(head.ends_with(&data), "and so is the length of the data");
}

#[test]
fn a_minute_is_written_with_narrow_places() {
    let head = rewritten(60);
    let bytes = 60 * 30 * 20_300u32;
    assert!(head.ends_with(&[&(bytes + 8).to_be_bytes()[..], b"mdat"].concat()));
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(2_000))]
    #[test]
    fn a_broken_index_is_refused_or_written_within_bounds(
        breaks in proptest::collection::vec((proptest::num::usize::ANY, proptest::num::u8::ANY), 1..4),
    ) {
        let (lanes, end) = lanes(1);
        let mut index = made(&lanes);
        for (at, byte) in breaks {
            let at = at % index.len();
            index[at] = byte;
        }
        if let Some((ranges, head)) = written(&index, end) {
            proptest::prop_assert!(ranges <= 60 && head.len() < index.len() + 1024);
        }
    }
}
