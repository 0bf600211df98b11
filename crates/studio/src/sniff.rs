//! What the first bytes of a file say it is, before any decoder sees it.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read},
    path::Path,
};

use crate::error::{Error, plain};

/// How many bytes decide what a file is: three packets of a transport stream with timecodes.
const HEAD: u64 = 600;

/// A kind of file the studio opens, told by its first bytes and never by its name.
///
/// ffmpeg is then told which demuxer to use, so that a playlist or a script named `.mp4` never
/// reaches one that opens other files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Mov,
    Matroska,
    Avi,
    MpegPs,
    MpegTs,
    Gif,
    Png,
    Jpeg,
    Webp,
    Mp3,
    Wav,
    Aac,
}

impl Kind {
    /// ffmpeg's name of the demuxer.
    pub(crate) fn demuxer(self) -> &'static str {
        match self {
            Self::Mov => "mov",
            Self::Matroska => "matroska",
            Self::Avi => "avi",
            Self::MpegPs => "mpeg",
            Self::MpegTs => "mpegts",
            Self::Gif => "gif",
            Self::Png => "png_pipe",
            Self::Jpeg => "jpeg_pipe",
            Self::Webp => "webp_pipe",
            Self::Mp3 => "mp3",
            Self::Wav => "wav",
            Self::Aac => "aac",
        }
    }

    /// What the container is called in [`MediaFacts`](crate::MediaFacts), and the extension of
    /// the name under which ffmpeg sees the file.
    pub(crate) fn extension(self) -> &'static str {
        match self {
            Self::Mov => "mp4",
            Self::Matroska => "mkv",
            Self::Avi => "avi",
            Self::MpegPs => "mpg",
            Self::MpegTs => "ts",
            Self::Gif => "gif",
            Self::Png => "png",
            Self::Jpeg => "jpg",
            Self::Webp => "webp",
            Self::Mp3 => "mp3",
            Self::Wav => "wav",
            Self::Aac => "aac",
        }
    }

    /// The kind whose [`Kind::extension`] this is.
    pub(crate) fn of_extension(extension: &str) -> Option<Self> {
        const ALL: [Kind; 12] = [
            Kind::Mov,
            Kind::Matroska,
            Kind::Avi,
            Kind::MpegPs,
            Kind::MpegTs,
            Kind::Gif,
            Kind::Png,
            Kind::Jpeg,
            Kind::Webp,
            Kind::Mp3,
            Kind::Wav,
            Kind::Aac,
        ];
        ALL.into_iter().find(|kind| kind.extension() == extension)
    }

    /// Whether it holds one picture that doesn't move.
    pub(crate) fn is_still(self) -> bool {
        matches!(self, Self::Png | Self::Jpeg | Self::Webp)
    }
}

/// Reads the head of a file and says what it is.
pub(crate) fn sniff(path: &Path) -> Result<Kind, Error> {
    let name = || file_name(path);
    let unreadable = |error: io::Error| Error::Unreadable { name: name(), why: plain(&error.to_string(), 200) };
    let not_media = |why| Error::NotMedia { name: name(), why };
    // A pipe or a device could block for ever, so it is refused before it is opened.
    if let Some(why) = no_file(&fs::metadata(path).map_err(unreadable)?) {
        return Err(not_media(why));
    }
    let file = open(path).map_err(unreadable)?;
    // And once more, since another may lie there by now.
    if let Some(why) = no_file(&file.metadata().map_err(unreadable)?) {
        return Err(not_media(why));
    }
    let mut head = Vec::new();
    file.take(HEAD).read_to_end(&mut head).map_err(unreadable)?;
    kind_of(&head).ok_or_else(|| not_media(describe(&head)))
}

fn no_file(meta: &fs::Metadata) -> Option<&'static str> {
    match meta.file_type() {
        kind if kind.is_file() => None,
        kind if kind.is_dir() => Some("it is a folder"),
        _ => Some("it is not a regular file"),
    }
}

/// Opens a file without waiting for anybody at the other end of a pipe.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, rustix::fs::OFlags::NONBLOCK.bits().cast_signed());
    options.read(true).open(path)
}

/// The last part of a path, safe to show.
pub(crate) fn file_name(path: &Path) -> String {
    path.file_name().map_or_else(|| "the input".to_owned(), |name| plain(&name.to_string_lossy(), 80))
}

fn kind_of(head: &[u8]) -> Option<Kind> {
    let at = |from: usize, len: usize| head.get(from..from + len).unwrap_or_default();
    let kind = match (at(0, 4), at(8, 4)) {
        (b"\x1a\x45\xdf\xa3", _) => Kind::Matroska,
        (b"RIFF", b"AVI ") => Kind::Avi,
        (b"RIFF", b"WAVE") => Kind::Wav,
        (b"RIFF", b"WEBP") => Kind::Webp,
        (b"GIF8", _) => Kind::Gif,
        (b"\x89PNG", _) => Kind::Png,
        (b"\0\0\x01\xba", _) => Kind::MpegPs,
        _ => return iso_kind(at(4, 4)).or_else(|| stream_kind(head)),
    };
    Some(kind)
}

/// QuickTime files from before `ftyp` open with any of these boxes.
fn iso_kind(first_box: &[u8]) -> Option<Kind> {
    let first_boxes: [&[u8]; 7] = [b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"];
    first_boxes.contains(&first_box).then_some(Kind::Mov)
}

fn stream_kind(head: &[u8]) -> Option<Kind> {
    let synced = |offset: usize, packet: usize| (0..3).all(|n| head.get(offset + n * packet) == Some(&0x47));
    match head {
        _ if synced(0, 188) || synced(4, 192) => Some(Kind::MpegTs),
        [0xff, 0xd8, 0xff, ..] => Some(Kind::Jpeg),
        [b'I', b'D', b'3', ..] => Some(Kind::Mp3),
        // Both open with the MPEG audio sync word; layer 0 is how ADTS marks itself.
        [0xff, second, ..] if second & 0xf6 == 0xf0 => Some(Kind::Aac),
        [0xff, second, ..] if second & 0xe0 == 0xe0 && second & 0x06 != 0 => Some(Kind::Mp3),
        _ => None,
    }
}

fn describe(head: &[u8]) -> &'static str {
    if head.is_empty() {
        return "it is empty";
    }
    if head.iter().all(|byte| *byte == 0) {
        return "it begins with nothing but zeros";
    }
    let text = head.iter().all(|byte| *byte >= 0x20 || matches!(byte, b'\t' | b'\n' | b'\r'));
    match head.trim_ascii_start() {
        [b'<', ..] if text => "it is a web page or other markup",
        [b'#', b'E', b'X', b'T', ..] if text => "it is a playlist",
        _ if text => "it is text",
        _ => "its first bytes are of no video, picture or sound format known here",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ts(offset: usize, packet: usize) -> Vec<u8> {
        let mut bytes = vec![0; 600];
        (0..3).for_each(|n| bytes[offset + n * packet] = 0x47);
        bytes
    }

    #[test]
    fn tells_kinds_by_their_first_bytes() {
        let cases: [(&[u8], Kind); 16] = [
            (b"\0\0\0\x20ftypisom\0\0\0\0", Kind::Mov),
            (b"\0\0\0\x08wide\0\0\0\0mdat", Kind::Mov),
            (b"\x1a\x45\xdf\xa3\x01\0\0\0", Kind::Matroska),
            (b"RIFF\0\0\0\0AVI LIST", Kind::Avi),
            (b"RIFF\0\0\0\0WAVEfmt ", Kind::Wav),
            (b"RIFF\0\0\0\0WEBPVP8 ", Kind::Webp),
            (b"GIF89a", Kind::Gif),
            (b"\x89PNG\r\n\x1a\n", Kind::Png),
            (b"\xff\xd8\xff\xe0", Kind::Jpeg),
            (b"\0\0\x01\xba\x44\0\0\0", Kind::MpegPs),
            (b"ID3\x04\0\0\0\0\0\0", Kind::Mp3),
            (b"\xff\xfb\x90\x00", Kind::Mp3),
            (b"\xff\xf1\x50\x80", Kind::Aac),
            (b"\xff\xf9\x50\x80", Kind::Aac),
            (&ts(0, 188), Kind::MpegTs),
            (&ts(4, 192), Kind::MpegTs),
        ];
        for (head, kind) in cases {
            assert_eq!(kind_of(head), Some(kind), "{head:02x?}");
        }
    }

    #[test]
    fn tells_what_is_no_media() {
        let cases: [(&[u8], &str); 6] = [
            (b"", "it is empty"),
            (b"#EXTM3U\n#EXTINF:5,\nfile:/etc/passwd\n", "it is a playlist"),
            (b"ffconcat version 1.0\nfile x.mp4\n", "it is text"),
            (b"<svg xmlns=\"x\"></svg>", "it is a web page or other markup"),
            (&[0; 600], "it begins with nothing but zeros"),
            (b"\x7fELF\x02\x01\x01", describe(b"\x7fELF\x02")),
        ];
        for (head, why) in cases {
            assert_eq!(kind_of(head), None, "{why}");
            assert_eq!(describe(head), why);
        }
    }

    #[test]
    fn every_extension_leads_back_to_its_kind() {
        assert_eq!(Kind::of_extension("mkv"), Some(Kind::Matroska));
        assert_eq!(Kind::of_extension("mp4"), Some(Kind::Mov));
        assert_eq!(Kind::of_extension("m3u8"), None);
    }
}
