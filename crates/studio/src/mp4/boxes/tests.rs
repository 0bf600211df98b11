use std::io::Cursor;

use super::*;

fn boxed(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let size = u32::try_from(content.len() + 8).unwrap();
    [&size.to_be_bytes()[..], kind, content].concat()
}

fn stts(rows: &[(u32, u32)]) -> Vec<u8> {
    let words = [0, u32::try_from(rows.len()).unwrap()].into_iter().chain(rows.iter().flat_map(|row| [row.0, row.1]));
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
    Boxes::of(&Layout::read(&mut Cursor::new(bytes)).unwrap())
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
        assert_eq!((found.located, found.tags), (located, tags.into_iter().map(str::to_owned).collect()), "{index:?}");
    }
    let samsung = [file(&[]), boxed(b"sefd", b"x")].concat();
    assert_eq!(scanned(&samsung).unwrap().tags, ["sefd"]);
}

#[test]
fn a_day_is_found_in_any_header_of_either_version() {
    let header = |version: u8, day: usize| {
        let mut header = [&[version, 0, 0, 0][..], &[0; 32]].concat();
        header[day] = 1;
        header
    };
    for (version, day, told) in
        [(0, 4, true), (0, 11, true), (0, 12, false), (1, 19, true), (1, 20, false), (2, 4, false)]
    {
        let header = header(version, day);
        let of_track = |kind: &[u8; 4]| boxed(b"trak", &boxed(kind, &header));
        for index in
            [boxed(b"mvhd", &header), of_track(b"tkhd"), boxed(b"trak", &boxed(b"mdia", &boxed(b"mdhd", &header)))]
        {
            assert_eq!(scanned(&file(&index)).unwrap().dated, told, "{version} {day}");
        }
        assert!(!scanned(&file(&of_track(b"free"))).unwrap().dated);
    }
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

proptest::proptest! {
    #[test]
    fn any_bytes_are_scanned(index in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
        for kind in [b"trak", b"udta", b"meta", b"stts"] {
            let found = scanned(&file(&boxed(kind, &index))).unwrap();
            proptest::prop_assert!(found.tracks.len() <= MOST_NAMED && found.tags.len() <= MOST_NAMED);
        }
        let _ = even(&index);
        let _ = scanned(&index);
    }
}
