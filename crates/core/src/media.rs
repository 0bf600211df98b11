//! Which files may be uploaded, judged before any byte is sent.

use std::fmt;

use crate::printable::printable;

/// The largest file an upload may carry, in bytes: the service refuses more with error 4002
/// (PROTOCOL.md, row "upload"). It says "200 MB", and MB is a million bytes wherever nobody says MiB.
pub const MAX_UPLOAD_BYTES: u64 = 200_000_000;

/// How much of a file's beginning [`check`] makes use of, in bytes; less is fine.
pub const HEAD_BYTES: usize = 4_096;

/// The longest extension that is repeated to the user.
const EXTENSION_CHARS: usize = 16;

/// What a format carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Moving pictures, with or without sound.
    Video,
    /// A still picture, or a GIF.
    Image,
    /// Sound alone.
    Audio,
    /// Subtitles: words, and when they are read.
    Text,
}

/// Where the file goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Accept {
    /// The video API, which names its formats.
    Cloud,
    /// The renderer on this machine, which opens a few more.
    Local,
}

/// A file format, known by the extension of a file's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Format {
    /// In small letters, without the dot.
    pub extension: &'static str,
    /// The media type for an upload's part.
    pub content_type: &'static str,
    /// What it carries.
    pub kind: Kind,
    /// Whether the video API takes it; all others are for the renderer on this machine.
    pub cloud: bool,
}

const fn format(extension: &'static str, content_type: &'static str, kind: Kind, cloud: bool) -> Format {
    Format { extension, content_type, kind, cloud }
}

/// Every known format; the API's own first, in the order of PROTOCOL.md.
///
/// The others are further names of what the local renderer opens: MP4's family, MPEG program and
/// transport streams, and files of subtitles.
pub const FORMATS: &[Format] = &[
    format("mp4", "video/mp4", Kind::Video, true),
    format("mov", "video/quicktime", Kind::Video, true),
    format("avi", "video/x-msvideo", Kind::Video, true),
    format("webm", "video/webm", Kind::Video, true),
    format("mkv", "video/x-matroska", Kind::Video, true),
    format("jpg", "image/jpeg", Kind::Image, true),
    format("png", "image/png", Kind::Image, true),
    format("gif", "image/gif", Kind::Image, true),
    format("webp", "image/webp", Kind::Image, true),
    format("mp3", "audio/mpeg", Kind::Audio, true),
    format("wav", "audio/wav", Kind::Audio, true),
    format("m4a", "audio/mp4", Kind::Audio, true),
    format("aac", "audio/aac", Kind::Audio, true),
    format("m4v", "video/x-m4v", Kind::Video, false),
    format("3gp", "video/3gpp", Kind::Video, false),
    format("mpg", "video/mpeg", Kind::Video, false),
    format("mpeg", "video/mpeg", Kind::Video, false),
    format("ts", "video/mp2t", Kind::Video, false),
    format("mts", "video/mp2t", Kind::Video, false),
    format("m2ts", "video/mp2t", Kind::Video, false),
    format("jpeg", "image/jpeg", Kind::Image, false),
    format("srt", "application/x-subrip", Kind::Text, false),
    format("vtt", "text/vtt", Kind::Text, false),
];

/// The API's own formats for a person, as row 4001 of PROTOCOL.md asks for.
pub const CLOUD_FORMATS: &str = "mp4, mov, avi, webm, mkv, jpg, png, gif, webp, mp3, wav, m4a, aac";

/// Why a file is not uploaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The file has no bytes.
    Empty,
    /// The name's extension is none of the accepted formats.
    Unsupported {
        /// The extension as far as it can be shown, in small letters; empty when there is none.
        extension: String,
        /// The extensions that would do.
        accepted: Vec<&'static str>,
    },
    /// The name promises media, but the content is clearly something else.
    NotMedia {
        /// What it looks like, such as `text`.
        looks_like: &'static str,
    },
    /// The file is larger than an upload may be.
    TooLarge {
        /// The size of the file in bytes.
        bytes: u64,
        /// The limit in bytes.
        limit: u64,
    },
}

impl Refusal {
    /// What the user does next, as one sentence.
    ///
    /// ```
    /// use weixin_video_core::media::Refusal;
    ///
    /// let refusal = Refusal::TooLarge { bytes: 300_000_000, limit: 200_000_000 };
    /// assert_eq!(refusal.advice(), "Compress or trim it to at most 200 MB.");
    /// ```
    pub fn advice(&self) -> String {
        match self {
            Self::Empty => "Check that the recording or copy of the file is complete.".to_owned(),
            Self::Unsupported { accepted, .. } => format!("Use one of: {}.", accepted.join(", ")),
            Self::NotMedia { .. } => {
                "Choose the video, picture or sound file itself; renaming doesn't convert it.".to_owned()
            }
            Self::TooLarge { limit, .. } => {
                format!("Compress or trim it to at most {} MB.", limit / 1_000_000)
            }
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the file is empty"),
            Self::Unsupported { extension, .. } if extension.is_empty() => {
                f.write_str("the file's name has no extension")
            }
            Self::Unsupported { extension, .. } => {
                write!(f, ".{extension} files are not supported")
            }
            Self::NotMedia { looks_like } => {
                write!(f, "the file is no video, picture or sound: it looks like {looks_like}")
            }
            Self::TooLarge { bytes, limit } => {
                let mb = |bytes: u64| bytes.div_ceil(1_000_000);
                write!(f, "the file is too large: {} MB of at most {} MB", mb(*bytes), mb(*limit))
            }
        }
    }
}

impl std::error::Error for Refusal {}

/// Whether a file may be uploaded, by its name, its size and its first bytes.
///
/// `head` holds the beginning of the file, at best [`HEAD_BYTES`] of it; with an empty `head` the
/// content isn't judged. Only what is clearly no media is refused for its content: decoding tells the
/// rest.
///
/// # Errors
/// The [`Refusal`], in the order empty, unsupported, too large, no media; rows 4001 and 4002 of
/// PROTOCOL.md.
///
/// ```
/// use weixin_video_core::media::{Accept, Refusal, check};
///
/// assert_eq!(check("clip.MP4", 9, b"\0\0\0\x18ftypmp42", Accept::Cloud), Ok(()));
/// assert!(matches!(check("notes.txt", 9, b"", Accept::Cloud), Err(Refusal::Unsupported { .. })));
/// assert!(matches!(check("notes.mp4", 9, b"Hello all", Accept::Cloud), Err(Refusal::NotMedia { .. })));
/// assert!(matches!(check("tv.ts", 9, b"", Accept::Cloud), Err(Refusal::Unsupported { .. })));
/// assert_eq!(check("tv.ts", 9, b"", Accept::Local), Ok(()));
/// ```
pub fn check(name: &str, bytes: u64, head: &[u8], accept: Accept) -> Result<(), Refusal> {
    if bytes == 0 {
        return Err(Refusal::Empty);
    }
    let format = by_name(name).filter(|format| accepts(accept, format));
    let Some(format) = format else {
        let accepted = FORMATS.iter().filter(|format| accepts(accept, format));
        return Err(Refusal::Unsupported {
            extension: printable(&extension(name), EXTENSION_CHARS),
            accepted: accepted.map(|format| format.extension).collect(),
        });
    };
    if bytes > MAX_UPLOAD_BYTES {
        return Err(Refusal::TooLarge { bytes, limit: MAX_UPLOAD_BYTES });
    }
    let head = &head[..head.len().min(HEAD_BYTES)];
    let other = looks_like(head).filter(|what| format.kind != Kind::Text || *what != "text");
    other.map_or(Ok(()), |looks_like| Err(Refusal::NotMedia { looks_like }))
}

/// The format a file's name promises; folders in front of the name don't matter.
///
/// ```
/// use weixin_video_core::media::{Kind, by_name};
///
/// assert_eq!(by_name("C:\\clips\\song.M4A").map(|format| format.kind), Some(Kind::Audio));
/// assert_eq!(by_name(".mp4"), None);
/// ```
pub fn by_name(name: &str) -> Option<Format> {
    let extension = extension(name);
    FORMATS.iter().copied().find(|format| format.extension == extension)
}

/// The media type for the part of an upload that carries this file.
///
/// ```
/// use weixin_video_core::media::content_type;
///
/// assert_eq!(content_type("clip.mov"), "video/quicktime");
/// assert_eq!(content_type("clip"), "application/octet-stream");
/// ```
pub fn content_type(name: &str) -> &'static str {
    by_name(name).map_or("application/octet-stream", |format| format.content_type)
}

/// Whether these first bytes begin an MP4 (or MOV) file: the box type `ftyp` at byte 4.
///
/// ```
/// use weixin_video_core::media::is_mp4;
///
/// assert!(is_mp4(b"\0\0\0\x20ftypisom"));
/// assert!(!is_mp4(b"<html>"));
/// ```
pub fn is_mp4(head: &[u8]) -> bool {
    head.get(4..8) == Some(b"ftyp")
}

fn accepts(accept: Accept, format: &Format) -> bool {
    match accept {
        Accept::Cloud => format.cloud,
        Accept::Local => true,
    }
}

/// What stands after the last dot of the last part of a path, in small letters.
fn extension(name: &str) -> String {
    let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
    match file.rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() => extension.to_lowercase(),
        _ => String::new(),
    }
}

/// Beginnings of media files that could be taken for text when little of them is known.
const MEDIA: &[&[u8]] = &[b"GIF8", b"RIFF", b"ID3", b"OggS", b"fLaC", b"FORM", b"\x89PNG"];

/// Beginnings that are certainly something else.
const OTHER: &[(&[u8], &str)] = &[
    (b"%PDF", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive or an office document"),
    (b"\x1f\x8b", "a compressed archive"),
    (b"7z\xbc\xaf\x27\x1c", "a compressed archive"),
    (b"Rar!", "a compressed archive"),
    (b"MZ", "a program"),
    (b"\x7fELF", "a program"),
    (b"SQLite format 3", "a database"),
    (b"\xff\xfe", "text"),
    (b"\xfe\xff", "text"),
];

/// What the content clearly is, when it clearly is no media.
fn looks_like(head: &[u8]) -> Option<&'static str> {
    if head.is_empty() || is_mp4(head) || MEDIA.iter().any(|magic| head.starts_with(magic)) {
        return None;
    }
    if head.iter().all(|byte| *byte == 0) {
        return Some("nothing but zeros");
    }
    if let Some((_, what)) = OTHER.iter().find(|(magic, _)| head.starts_with(magic)) {
        return Some(what);
    }
    let text = as_text(head)?.trim_start_matches('\u{feff}').trim_start();
    let start: String = text.chars().take(9).collect::<String>().to_lowercase();
    let page = start.starts_with("<!doctype") || start.starts_with("<html");
    Some(if page { "a web page" } else { "text" })
}

/// The bytes as text, if they are: UTF-8 without control characters; the end may cut a character.
fn as_text(head: &[u8]) -> Option<&str> {
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => std::str::from_utf8(&head[..error.valid_up_to()]).ok()?,
        Err(_) => return None,
    };
    let is_plain = |c: char| !c.is_control() || matches!(c, '\n' | '\r' | '\t' | '\u{c}');
    (!text.is_empty() && text.chars().all(is_plain)).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_decide_first() {
        for name in ["a.mp4", "/tmp/x.y/A.JPG", "C:\\v\\b.Webm", "一 二.mkv"] {
            assert_eq!(check(name, 1, b"", Accept::Cloud), Ok(()), "{name}");
        }
        for name in ["a", "a.mp4/b", "a.mp4.exe", "a.", ".mp4", "m4v", "a.m4v"] {
            let refusal = check(name, 1, b"", Accept::Cloud).unwrap_err();
            assert!(matches!(refusal, Refusal::Unsupported { .. }), "{name}");
        }
    }

    #[test]
    fn both_lists_are_as_documented() {
        let cloud: Vec<&str> = FORMATS.iter().filter(|f| f.cloud).map(|format| format.extension).collect();
        assert_eq!(cloud.join(", "), CLOUD_FORMATS);
        assert!(FORMATS.iter().all(|format| accepts(Accept::Local, format)));
    }

    #[test]
    fn the_size_limit_is_inclusive() {
        assert_eq!(check("a.mp4", MAX_UPLOAD_BYTES, b"", Accept::Cloud), Ok(()));
        let refusal = check("a.mp4", MAX_UPLOAD_BYTES + 1, b"", Accept::Cloud).unwrap_err();
        assert_eq!(refusal.to_string(), "the file is too large: 201 MB of at most 200 MB");
        assert_eq!(check("a.mp4", 0, b"", Accept::Cloud), Err(Refusal::Empty));
    }

    #[test]
    fn renamed_files_are_seen_through() {
        for (head, what) in [
            (&b"hello world\n"[..], "text"),
            (b"#EXTM3U\n#EXT-X-VERSION:3\n", "text"),
            ("早安".as_bytes(), "text"),
            (&"早安".as_bytes()[..5], "text"),
            (b"<!DOCTYPE html><html>", "a web page"),
            (b"\xef\xbb\xbf  <HTML>", "a web page"),
            (&[0; 64], "nothing but zeros"),
            (b"PK\x03\x04\x14\0", "a ZIP archive or an office document"),
        ] {
            let refusal = check("a.mp4", 64, head, Accept::Local);
            assert_eq!(refusal, Err(Refusal::NotMedia { looks_like: what }), "{head:?}");
        }
    }

    #[test]
    fn subtitles_are_text_and_for_this_machine() {
        let head = "1\n00:00:01,000 --> 00:00:02,000\n早安\n".as_bytes();
        assert_eq!(check("talk.SRT", 64, head, Accept::Local), Ok(()));
        assert_eq!(check("talk.vtt", 64, b"\xff\xfeW\0E\0", Accept::Local), Ok(()));
        assert!(matches!(check("talk.srt", 64, head, Accept::Cloud), Err(Refusal::Unsupported { .. })));
        let page = check("talk.srt", 64, b"<html>", Accept::Local);
        assert_eq!(page, Err(Refusal::NotMedia { looks_like: "a web page" }));
    }

    #[test]
    fn media_is_let_through_also_when_it_is_odd() {
        for head in [
            &b"GIF89a"[..],
            b"RIFF",
            b"\0\0\x01\xba\x44",
            b"\x1a\x45\xdf\xa3",
            b"G\x40\0\x10\0",
            b"\xff\xfb\x90\x64",
            b"\xff\xf1\x50\x80",
            b"\0\0\0\x08wide\0\0\0\0mdat",
        ] {
            assert_eq!(check("a.mp4", 64, head, Accept::Local), Ok(()), "{head:?}");
        }
    }

    #[test]
    fn a_hostile_extension_is_shown_harmlessly() {
        let refusal = check("a.\u{202e}\x1b[2Jxxxxxxxxxxxxxxxxxxxxxxxxx", 1, b"", Accept::Cloud);
        let line = refusal.unwrap_err().to_string();
        assert_eq!(line, ".xxxxxxxxxxxxxxx… files are not supported");
    }
}
