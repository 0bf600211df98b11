//! Finds out what a file is, without trusting it.

mod ask;
mod banner;
mod exif;
mod level;
mod still;

use std::{fs, path::Path};

use crate::{
    error::{Error, plain},
    facts::MediaFacts,
    mp4, scan,
    sniff::{self, Kind, file_name},
    subtitles,
    tools::Tools,
};

pub(crate) use ask::confined;

/// More pixels than any camera's frame (8K has 33 million); a small PNG can claim any number.
pub(crate) const MAX_PIXELS: u32 = 50_000_000;

/// Says what a media file is, from its bytes and not from its name.
///
/// Plain MP4 files are read in this process. For others the demuxer is chosen here by the first bytes, and
/// ffprobe, or ffmpeg where there is no ffprobe, may open no other file and no network address, whatever the
/// file says.
///
/// # Errors
/// [`Error::NotMedia`] for an empty file, text or unknown bytes, [`Error::Unreadable`] for a file
/// that can't be opened or decoded, [`Error::Unsupported`] for an animated WebP and photos in HEIC or HDR,
/// [`Error::TooManyPixels`] for a frame beyond 50 million pixels,
/// [`Error::MissingTool`] when neither ffprobe nor ffmpeg is there.
pub fn probe(tools: &Tools, path: &Path) -> Result<MediaFacts, Error> {
    if let Some(facts) = subtitles::facts(path)? {
        return Ok(facts);
    }
    let kind = sniff::sniff(path)?;
    let file = fs::canonicalize(path).map_err(|error| unreadable(path, &error.to_string()))?;
    if let Some(still::Refused { what, next }) =
        still::refused(kind, &file).map_err(|error| unreadable(path, &error.to_string()))?
    {
        return Err(Error::Unsupported { name: file_name(path), what, next });
    }
    if kind == Kind::Mov
        && let Some(facts) = mp4::read(&file).map_err(|error| unreadable(path, &error.to_string()))?
    {
        check(path, &facts)?;
        return Ok(facts);
    }
    let mut facts = ask::facts(tools, kind, &file)?;
    check(path, &facts)?;
    let sound_ms = facts.audio.as_ref().and_then(|audio| audio.duration_ms);
    let measured = facts.video.as_ref().map_or(sound_ms, |video| video.duration_ms).is_some();
    if !facts.still && (facts.duration_ms == 0 || !measured) {
        scan::measure(tools, kind, &file, &mut facts)?;
    }
    if kind == Kind::Jpeg {
        let rotation = exif::rotation(&file).map_err(|error| unreadable(path, &error.to_string()))?;
        turn(&mut facts, rotation);
    }
    if kind == Kind::Mov {
        let layout = mp4::layout(&file).map_err(|error| unreadable(path, &error.to_string()))?;
        (facts.faststart, facts.boxes) = layout;
    }
    Ok(facts)
}

fn turn(facts: &mut MediaFacts, rotation: u32) {
    let Some(video) = facts.video.as_mut().filter(|video| video.rotation == 0) else { return };
    video.rotation = rotation;
    if rotation % 180 == 90 {
        (video.display_width, video.display_height) = (video.display_height, video.display_width);
    }
}

fn check(file: &Path, facts: &MediaFacts) -> Result<(), Error> {
    let Some(video) = &facts.video else {
        let silent = facts.audio.is_none();
        let nothing = || unreadable(file, "there is neither picture nor sound in it");
        return if silent { Err(nothing()) } else { Ok(()) };
    };
    let size = (video.width, video.height);
    if u64::from(size.0) * u64::from(size.1) > u64::from(MAX_PIXELS) {
        return Err(Error::TooManyPixels { name: file_name(file), size: Some(size) });
    }
    if size.0 == 0 || size.1 == 0 {
        return Err(unreadable(file, "its picture can't be decoded here"));
    }
    Ok(())
}

fn unreadable(file: &Path, why: &str) -> Error {
    Error::Unreadable { name: file_name(file), why: plain(why, 200) }
}

/// The arguments that keep ffmpeg and ffprobe inside the one file they are given.
pub(crate) fn confinement(kind: Kind) -> [String; 8] {
    let demuxer = kind.demuxer().to_owned();
    [
        "-protocol_whitelist".to_owned(),
        "file".to_owned(),
        "-format_whitelist".to_owned(),
        demuxer.clone(),
        "-max_pixels".to_owned(),
        MAX_PIXELS.to_string(),
        "-f".to_owned(),
        demuxer,
    ]
}

/// The part of ffmpeg's complaints that says what is wrong, without addresses in memory.
pub(crate) fn first_complaint(stderr: &str) -> String {
    let line = stderr.lines().find(|line| !line.trim().is_empty()).unwrap_or("no reason given");
    let said = match line.split_once("] ") {
        Some((source, said)) if source.starts_with('[') && source.contains(" @ 0x") => said,
        Some(_) | None => line,
    };
    // Paths of this machine are of no use to the person, and none of anybody else's business.
    let said = said
        .rsplit_once("file:")
        .map_or(said, |(_, end)| end.split_once(": ").map_or("the input", |(_, reason)| reason));
    plain(said, 300)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_complaint_is_one_line_without_addresses_and_paths() {
        let cases = [
            ("[mov,mp4 @ 0x55d0] moov atom not found\nfile:/home/me/x.mp4: Invalid", "moov atom not found"),
            (
                "file:/home/me/x.mp4: Invalid data found when processing input\n",
                "Invalid data found when processing input",
            ),
            ("\n", "no reason given"),
        ];
        for (stderr, line) in cases {
            assert_eq!(first_complaint(stderr), line);
        }
    }
}
