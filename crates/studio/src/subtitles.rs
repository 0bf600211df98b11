//! Subtitle files, SubRip and WebVTT: words and when they are to be read, from bytes that nobody can be trusted for.
//!
//! ```text
//! decode  bytes  →  text: UTF-8, UTF-16, GB 18030 and whatever else a file is found to be in
//! cues    text   →  cues, each from when to when, or the line that makes no sense
//! words   a cue's lines  →  what is to be read of them, without tags
//! ```

mod cues;
mod decode;
mod words;

use std::{fs::File, io::Read, path::Path};

use serde::{Deserialize, Serialize};

use crate::{
    error::{Error, plain},
    facts::MediaFacts,
    sniff::file_name,
};

/// The largest file of subtitles, in bytes; those of a long film have 200,000.
pub(crate) const MOST_BYTES: u64 = 5_000_000;

/// So many bytes tell whether a file is one of subtitles.
const HEAD: usize = 4_096;

/// Words on the picture, and when they stand there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cue {
    /// When they appear, in ms.
    pub from_ms: u64,
    /// The first ms at which they are gone; beyond `from_ms`.
    pub to_ms: u64,
    /// The words, in lines as they were written. At most 2,000 characters, none of them a tag.
    pub text: String,
}

/// What a file is, if it is one of subtitles by its bytes; `None` for any other file, and for what is no file.
pub(crate) fn facts(path: &Path) -> Result<Option<MediaFacts>, Error> {
    let unreadable = |why: &str| Error::Unreadable { name: file_name(path), why: plain(why, 200) };
    // A pipe or a device could block for ever, so it is not opened.
    let Some(meta) = std::fs::metadata(path).ok().filter(std::fs::Metadata::is_file) else { return Ok(None) };
    let broken = |error: std::io::Error| unreadable(&error.to_string());
    let mut file = File::open(path).map_err(broken)?;
    let mut bytes = Vec::new();
    file.by_ref().take(HEAD as u64).read_to_end(&mut bytes).map_err(broken)?;
    let Some(container) = kind_of(&bytes) else { return Ok(None) };
    file.take(MOST_BYTES + 1 - bytes.len() as u64).read_to_end(&mut bytes).map_err(broken)?;
    let cues = read(&bytes).map_err(|why| unreadable(&why))?;
    let Some(duration_ms) = cues.iter().map(|cue| cue.to_ms).max() else {
        return Err(unreadable("there are no words in it"));
    };
    Ok(Some(MediaFacts {
        container: container.to_owned(),
        duration_ms,
        video: None,
        audio: None,
        streams: 1,
        bytes: meta.len(),
        faststart: None,
        still: false,
        boxes: None,
        cues,
    }))
}

/// The cues of a file in the order of their beginnings, or why it can't be read, in a line; none for an empty file.
pub(crate) fn read(bytes: &[u8]) -> Result<Vec<Cue>, String> {
    if bytes.len() as u64 > MOST_BYTES {
        return Err(format!("subtitles take at most {} MB", MOST_BYTES / 1_000_000));
    }
    let mut cues = cues::cues(&decode::text(bytes)?)?;
    cues.sort_by_key(|cue| cue.from_ms);
    Ok(cues)
}

/// Told by the first lines and never by the name.
fn kind_of(head: &[u8]) -> Option<&'static str> {
    let text = decode::text(head).ok()?;
    if cues::is_web(&text) {
        return Some("vtt");
    }
    cues::begins_like(&text).then_some("srt")
}

#[cfg(test)]
mod tests;
