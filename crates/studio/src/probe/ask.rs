//! Asks a program what a file is: ffprobe where there is one, else ffmpeg.

use std::{ffi::OsString, fs, path::Path, process::Command, time::Duration};

use super::{banner, confinement, first_complaint, level, unreadable};
use crate::{
    child::{self, Finished, Limits, Seen},
    confine::Confined,
    control::Control,
    error::Error,
    facts::MediaFacts,
    ffprobe,
    sniff::{Kind, file_name},
    tools::Tools,
};

/// Probing takes 0.2 s; only a slow disk takes longer.
const PROBE_LIMIT: Duration = Duration::from_secs(30);

/// The headers of a codec come first and are short; in bytes.
const HEADERS: usize = 64 * 1024;

/// All that is asked of a file but how long it is, where its container doesn't say it.
pub(super) fn facts(tools: &Tools, kind: Kind, file: &Path) -> Result<MediaFacts, Error> {
    let bytes = fs::metadata(file).map_err(|error| unreadable(file, &error.to_string()))?.len();
    match tools.ffprobe() {
        Some(ffprobe) => ask_ffprobe(ffprobe, kind, file, bytes),
        None => ask_ffmpeg(tools.ffmpeg()?, kind, file, bytes),
    }
}

fn ask_ffprobe(ffprobe: &Path, kind: Kind, file: &Path, bytes: u64) -> Result<MediaFacts, Error> {
    let mut command = Command::new(ffprobe);
    command.args(["-hide_banner", "-loglevel", "error"]);
    confined(&mut command, kind, file).args(["-of", "json", "-show_format", "-show_streams"]);
    let (done, answer) = child::capture(Confined::reading(command, file), "ffprobe", &limits(&Control::new()))?;
    refused(file, &done)?;
    if !done.status.success() {
        return Err(unreadable(file, &first_complaint(&done.stderr)));
    }
    ffprobe::read(&answer, kind, bytes).map_err(|why| unreadable(file, &why))
}

/// ffmpeg says what it has opened before it complains that it was given nothing to do.
fn ask_ffmpeg(ffmpeg: &Path, kind: Kind, file: &Path, bytes: u64) -> Result<MediaFacts, Error> {
    let mark = banner::mark();
    let mut command = Command::new(ffmpeg);
    command.args(["-nostdin", "-hide_banner", "-loglevel", "info", "-dump_separator", &mark]);
    confined(&mut command, kind, file);
    let (done, _) = child::capture(Confined::reading(command, file), "ffmpeg", &limits(&Control::new()))?;
    refused(file, &done)?;
    let answer = banner::read(&done.stderr, &mark);
    let answer = answer.ok_or_else(|| unreadable(file, &first_complaint(&done.stderr)))?;
    let mut facts = ffprobe::facts(&answer, kind, bytes);
    if let Some(video) = &mut facts.video {
        video.level = match video.codec.as_str() {
            "h264" => level::h264(&headers(ffmpeg, kind, file, (video.index, "h264"))?),
            "hevc" => level::hevc(&headers(ffmpeg, kind, file, (video.index, "hevc"))?),
            _ => None,
        };
    }
    Ok(facts)
}

/// How a stream of this codec begins, as it is, with start codes.
fn headers(ffmpeg: &Path, kind: Kind, file: &Path, (index, codec): (u32, &str)) -> Result<Vec<u8>, Error> {
    let mut command = Command::new(ffmpeg);
    command.args(["-nostdin", "-hide_banner", "-loglevel", "error"]);
    let stream = format!("0:{index}");
    confined(&mut command, kind, file).args(["-map", &stream, "-c", "copy", "-frames:v", "1", "-f", codec, "-"]);
    let mut head = Vec::new();
    let ended = child::run(Confined::reading(command, file), "ffmpeg", &limits(&Control::new()), |chunk| {
        head.extend_from_slice(chunk);
        if head.len() < HEADERS { Seen::Progress } else { Seen::Enough }
    });
    match ended {
        Ok(_) | Err(Error::Cancelled) => Ok(head),
        Err(error) => Err(error),
    }
}

/// Adds a file as the input, and what keeps a program inside it.
pub(crate) fn confined<'a>(command: &'a mut Command, kind: Kind, file: &Path) -> &'a mut Command {
    // The name is given with its protocol, so that nothing in it is taken for another one.
    let mut address = OsString::from("file:");
    address.push(file);
    command.args(confinement(kind)).arg("-i").arg(address)
}

fn limits(control: &Control) -> Limits<'_> {
    Limits { control, wall: PROBE_LIMIT, stall: PROBE_LIMIT }
}

fn refused(file: &Path, done: &Finished) -> Result<(), Error> {
    if done.stderr.contains("Picture size ") {
        return Err(Error::TooManyPixels { name: file_name(file), size: refused_size(&done.stderr) });
    }
    Ok(())
}

/// Reads `Picture size 16000x16000 exceeds…`.
fn refused_size(stderr: &str) -> Option<(u32, u32)> {
    let (_, rest) = stderr.split_once("Picture size ")?;
    let (width, height) = rest.split_whitespace().next()?.split_once('x')?;
    Some((width.parse().ok()?, height.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_size_is_read_from_the_complaint() {
        let said = "[png @ 0x1] [IMGUTILS @ 0x2] Picture size 16000x9000 exceeds specified max";
        assert_eq!(refused_size(said), Some((16_000, 9_000)));
        assert_eq!(refused_size("Picture size huge"), None);
    }
}
