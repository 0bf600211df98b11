//! Hostile files, made on the spot.

use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use super::CLIP;
use crate::bench::Bench;

/// A file that wants another one opened.
pub(super) struct Reaching {
    pub(super) file: PathBuf,
    /// What an ffmpeg has to be told to do what the file wants, each line for other versions.
    pub(super) unwatched: [&'static str; 2],
}

/// Newer versions look at the names of playlists and of what stands in them.
const LISTS: [&str; 2] = [
    "-protocol_whitelist file,http,tcp,crypto,data",
    "-f hls -extension_picky 0 -allowed_extensions ALL -protocol_whitelist file,http,tcp,crypto,data",
];

const SCRIPTS: [&str; 2] = ["-protocol_whitelist file,http,tcp,crypto,data -safe 0"; 2];

/// Files that want the canary read, or the port called. The first four are shown to succeed with an ffmpeg that is unwatched.
pub(super) fn reaching(bench: &Bench, canary: &Path, port: SocketAddr) -> Vec<Reaching> {
    let (near, far) = (canary.display().to_string(), format!("http://{port}/x.ts"));
    let list = |of: &str| format!("#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\n{of}\n#EXT-X-ENDLIST\n");
    let image = |of: &str| {
        format!(
            "<svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink' width='9' height='9'>\
             <image xlink:href='{of}' width='9' height='9'/></svg>"
        )
    };
    let texts = [
        ("list.mp4", list(&format!("file:{near}"))),
        ("script.mp4", "ffconcat version 1.0\nfile 'canary.ts'\n".to_owned()),
        ("far.mp4", list(&far)),
        ("list.mov", list(&near)),
        ("far.mp3", list(&far)),
        ("far.webm", list(&far)),
        ("script.mkv", format!("ffconcat version 1.0\nfile '{far}'\n")),
        ("drawing.png", image(&format!("file://{near}"))),
        ("drawing.jpg", image(&far)),
        (
            "stream.mp4",
            format!("v=0\no=- 0 0 IN IP4 127.0.0.1\nc=IN IP4 127.0.0.1\nm=video {} RTP/AVP 96\n", port.port()),
        ),
        ("sheet.mp4", format!("<MPD><Period><AdaptationSet><BaseURL>{far}</BaseURL></AdaptationSet></Period></MPD>")),
        ("styled.mp4", format!("[Script Info]\nScriptType: v4.00+\n[Fonts]\nfontname: {near}\n[Events]\n")),
        ("effects.avi", format!("AviSource(\"{near}\")\n")),
    ];
    let put = |(name, text): &(&str, String)| {
        let file = bench.path(name);
        fs::write(&file, text).unwrap();
        let unwatched = if text.starts_with('#') { LISTS } else { SCRIPTS };
        Reaching { file, unwatched }
    };
    let mut all: Vec<Reaching> = texts.iter().map(put).collect();
    let unwatched = ["-enable_drefs 1 -use_absolute_path 1"; 2];
    all.insert(3, Reaching { file: referring(bench, &near), unwatched });
    all.push(Reaching { file: disguised(bench, &list(&near)), unwatched: LISTS });
    all
}

/// A movie whose pictures lie in another file.
fn referring(bench: &Bench, to: &str) -> PathBuf {
    let clip = bench.make("referring.mov", CLIP);
    let mut alias = vec![0; 10];
    alias.extend([&[0; 28][..], &[0; 12], &[0; 64], &[0; 36]].concat());
    alias.extend([&2u16.to_be_bytes()[..], &u16::try_from(to.len()).unwrap().to_be_bytes(), to.as_bytes()].concat());
    alias.extend(vec![0; to.len() % 2]);
    alias.extend([0xff, 0xff, 0, 0]);
    let entry = [&u32::try_from(alias.len() + 12).unwrap().to_be_bytes()[..], b"alis\0\0\0\0", &alias].concat();
    let bytes = fs::read(&clip).unwrap();
    fs::write(&clip, with_reference(&bytes, &entry)).unwrap();
    clip
}

/// Puts another entry in place of the one that says "in this file".
fn with_reference(movie: &[u8], entry: &[u8]) -> Vec<u8> {
    let mut movie = movie.to_vec();
    let index = find(&movie, b"moov", 0);
    let video = find(&movie, b"vmhd", index);
    let dref = find(&movie, b"dref", video);
    let old = number(&movie, dref + 12);
    movie.splice(dref + 12..dref + 12 + old, entry.iter().copied());
    let parents = [
        index,
        find(&movie, b"trak", index),
        find(&movie, b"mdia", index),
        find(&movie, b"minf", index),
        find(&movie, b"dinf", video),
        dref,
    ];
    for parent in parents {
        let length = number(&movie, parent - 4) + entry.len() - old;
        set(&mut movie, parent - 4, u32::try_from(length).unwrap());
    }
    movie
}

/// A playlist behind the head of a transport stream, for one who looks further.
fn disguised(bench: &Bench, list: &str) -> PathBuf {
    let file = bench.path("disguised.ts");
    fs::write(&file, [&[0x47; 600][..], b"\n", list.as_bytes()].concat()).unwrap();
    file
}

/// Files that are broken, or want more than there is.
pub(super) fn bombs(bench: &Bench) -> Vec<PathBuf> {
    let clip = fs::read(bench.make("clip.mov", CLIP)).unwrap();
    let raw = fs::read(bench.make("raw.mov", "-f lavfi -i testsrc2=s=16x16:r=25:d=0.1 -c:v rawvideo")).unwrap();
    let files: [(&str, Vec<u8>); 11] = [
        ("empty.mp4", Vec::new()),
        ("byte.mp4", vec![0]),
        ("head.mp4", clip[..32].to_vec()),
        ("wide.png", png(30_000, 30_000)),
        ("endless.png", png(0x7fff_ffff, 0x7fff_ffff)),
        ("wide.gif", gif(65_535, 65_535, 1)),
        ("deep.mp4", nested(20_000)),
        ("uncounted.mov", uncounted(&clip)),
        ("huge.mov", huge(&raw)),
        ("packed.mov", packed()),
        ("noise.mkv", [&b"\x1a\x45\xdf\xa3"[..], &noise(100_000)].concat()),
    ];
    let put = |(name, bytes): &(&str, Vec<u8>)| {
        let file = bench.path(name);
        fs::write(&file, bytes).unwrap();
        file
    };
    files.iter().map(put).collect()
}

/// A small GIF that is as large as a frame may be, thousands of times.
pub(super) fn endless(bench: &Bench) -> PathBuf {
    let file = bench.path("endless.gif");
    fs::write(&file, gif(7_000, 7_000, 20_000)).unwrap();
    file
}

/// The head of a PNG of so many pixels, and a scrap of them.
fn png(width: u32, height: u32) -> Vec<u8> {
    let head = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, 2, 0, 0, 0]].concat();
    let pixels = b"\x78\x01\x63\x60\x60\x60\x00\x00\x00\x04\x00\x01";
    let chunks = [chunk(b"IHDR", &head), chunk(b"IDAT", pixels), chunk(b"IEND", b"")].concat();
    [&b"\x89PNG\r\n\x1a\n"[..], &chunks].concat()
}

fn chunk(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let named = [&kind[..], content].concat();
    let mut sum = u32::MAX;
    for byte in &named {
        sum ^= u32::from(*byte);
        for _ in 0..8 {
            sum = if sum & 1 == 1 { sum >> 1 ^ 0xedb8_8320 } else { sum >> 1 };
        }
    }
    let length = u32::try_from(content.len()).unwrap();
    [&length.to_be_bytes()[..], &named, &(!sum).to_be_bytes()].concat()
}

/// A GIF of this size with frames of one pixel.
fn gif(width: u16, height: u16, frames: usize) -> Vec<u8> {
    let size = [width.to_le_bytes(), height.to_le_bytes()].concat();
    let head = [&b"GIF89a"[..], &size, b"\x80\0\0\0\0\0\xff\xff\xff"].concat();
    let frame = b"!\xf9\x04\0\x04\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0";
    [&head[..], &frame.repeat(frames), b";"].concat()
}

/// Boxes in boxes in boxes.
fn nested(depth: u32) -> Vec<u8> {
    let box_of = |left: u32| [&(left * 8).to_be_bytes()[..], b"moov"].concat();
    let boxes: Vec<u8> = (1..=depth).rev().flat_map(box_of).collect();
    [&b"\0\0\0\x10ftypisom\0\0\0\0"[..], &boxes].concat()
}

/// A movie that claims four billion pictures of one byte each, far behind its end.
fn uncounted(movie: &[u8]) -> Vec<u8> {
    let mut movie = movie.to_vec();
    let index = find(&movie, b"moov", 0);
    let sizes = find(&movie, b"stsz", index);
    set(&mut movie, sizes + 8, 1);
    set(&mut movie, sizes + 12, u32::MAX);
    let places = find(&movie, b"stco", index);
    set(&mut movie, places + 12, u32::MAX - 1);
    let times = find(&movie, b"stts", index);
    set(&mut movie, times + 12, u32::MAX);
    movie
}

/// A movie of raw pictures that claims to be 65,535 pixels wide and high.
fn huge(movie: &[u8]) -> Vec<u8> {
    let mut movie = movie.to_vec();
    let entry = find(&movie, b"stsd", 0) + 12;
    set(&mut movie, entry + 32, u32::MAX);
    movie
}

/// A packed index that claims to be two gigabytes when unpacked.
fn packed() -> Vec<u8> {
    let content = [&0x7fff_fff0u32.to_be_bytes()[..], b"\x78\x9c\x03\0\0\0\0\x01"].concat();
    let boxed = |kind: &[u8; 4], content: &[u8]| {
        [&u32::try_from(content.len() + 8).unwrap().to_be_bytes()[..], kind, content].concat()
    };
    let cmov = [boxed(b"dcom", b"zlib"), boxed(b"cmvd", &content)].concat();
    [&b"\0\0\0\x10ftypqt  \0\0\0\0"[..], &boxed(b"moov", &boxed(b"cmov", &cmov))].concat()
}

fn noise(length: usize) -> Vec<u8> {
    let mut state = 1u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    };
    (0..length).map(|_| next()).collect()
}

/// Where a box's name stands.
fn find(bytes: &[u8], name: &[u8; 4], from: usize) -> usize {
    from + bytes[from..].windows(4).position(|four| four == name).unwrap()
}

fn number(bytes: &[u8], at: usize) -> usize {
    u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap()).try_into().unwrap()
}

fn set(bytes: &mut [u8], at: usize, value: u32) {
    bytes[at..at + 4].copy_from_slice(&value.to_be_bytes());
}
