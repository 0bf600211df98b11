//! How much of a picture is left: two files measured against each other, frame by frame, and shown side by side.
//!
//! ```text
//! probe A, probe B  →  Course: one size, one rate, so many frames, three moments   pure
//! Course            →  one graph: VMAF, XPSNR, SSIM, and the picture               ffmpeg
//! logs              →  Scores                                                      pure
//! ```
//!
//! Both are brought to the size of A, the original, as a player does that fills the screen: brought to the size of a smaller
//! B, what B has lost would not be seen. Neither name nor word of a person's stands among the arguments.

mod course;
mod scores;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use serde::Serialize;
use tempfile::TempDir;

use self::course::{Course, Measure};
use crate::{
    child::{self, Limits, Seen},
    control::Control,
    error::Error,
    facts::{MediaFacts, VideoFacts},
    plan::canonical,
    probe::{confinement, first_complaint, probe},
    progress::Progress,
    rational::Rational,
    render::{absolute, link},
    sniff::{Kind, file_name},
    tools::{Tools, missing},
};

pub use scores::{Scores, Vmaf};

/// A comparison that hasn't moved for this long never will.
const STALL: Duration = Duration::from_secs(60);

/// Starting and a slow disk, before the length counts.
const WALL_BASE: Duration = Duration::from_secs(60);

/// VMAF on the slowest machine worth waiting for takes forty times as long as the clip plays.
const WALL_FACTOR: u32 = 40;

/// The picture's name in the job folder.
const PICTURE: &str = "look.png";

/// Two files, measured against each other.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Compared {
    /// The original.
    pub a: Side,
    /// What was made of it.
    pub b: Side,
    /// Width and height in pixels at which both were measured.
    pub size: (u32, u32),
    /// Frames a second at which both were measured.
    pub rate: f64,
    /// How many frames were measured, from the beginning.
    pub frames: u64,
    /// What was measured; `None` where the shapes of the pictures differ.
    pub scores: Option<Scores>,
    /// The moments that the picture shows, in ms.
    pub moments_ms: [u64; 3],
    /// What the person should know, a sentence each: what was scaled, what was left out.
    pub notes: Vec<String>,
}

/// One of two files.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Side {
    /// Its size in bytes.
    pub bytes: u64,
    /// How long it is, in ms.
    pub duration_ms: u64,
    /// Bits a second, picture and sound together; 0 when the length isn't known.
    pub bit_rate: u64,
    /// Width in square pixels, as shown.
    pub width: u32,
    /// Height in square pixels, as shown.
    pub height: u32,
    /// Frames a second on average, when known.
    pub rate: Option<f64>,
    /// The picture's codec.
    pub codec: String,
}

impl Side {
    fn of(facts: &MediaFacts, video: &VideoFacts) -> Self {
        let bits = u128::from(facts.bytes) * 8000;
        let bit_rate = bits.checked_div(facts.duration_ms.into()).unwrap_or(0);
        Self {
            bytes: facts.bytes,
            duration_ms: facts.duration_ms,
            bit_rate: u64::try_from(bit_rate).unwrap_or(u64::MAX),
            width: video.display_width,
            height: video.display_height,
            rate: video.frame_rate.map(Rational::value),
            codec: video.codec.clone(),
        }
    }
}

/// Measures `b` against `a`, and writes both side by side at three moments to the PNG `out`, **replacing** a file of that
/// name. Blocks until it is done; the work is done in a hidden folder beside `out`.
///
/// # Errors
/// As [`probe`](crate::probe()) for either file, [`Error::NoVideo`] for one without a moving picture, and as
/// [`render`](crate::render()) for ffmpeg's failures.
pub fn compare(tools: &Tools, a: &Path, b: &Path, out: &Path, control: &Control) -> Result<Compared, Error> {
    let facts = [seen(tools, a)?, seen(tools, b)?];
    let [(a_facts, a_video), (b_facts, b_video)] = &facts;
    let course = Course::of((a_facts, a_video), (b_facts, b_video))
        .ok_or_else(|| Error::Unreadable { name: file_name(b), why: "nothing says how long it is".to_owned() })?;
    let measures = measures(tools, &course)?;
    if [a_video, b_video].iter().any(|video| needs_zscale(video)) && tools.lacks(&["zscale"], &[])?.is_some() {
        return Err(missing("ffmpeg with the zscale filter, which HDR clips need,"));
    }
    let job = Job::new([(a, a_facts), (b, b_facts)], out)?;
    job.run(tools, &course, [a_video, b_video], &measures, control)?;
    let scores = if measures.is_empty() { None } else { Some(scores::read(job.folder.path(), &measures)?) };
    let picture = job.folder.path().join(PICTURE);
    fs::rename(picture, out).map_err(|error| Error::io("write the picture", &error))?;
    control.see(100);
    Ok(Compared {
        a: Side::of(a_facts, a_video),
        b: Side::of(b_facts, b_video),
        size: course.size,
        rate: course.rate.value(),
        frames: course.frames,
        scores,
        moments_ms: course.moments().map(|frame| course.rate.inverse().rounded(frame * 1000)),
        notes: course.notes,
    })
}

/// A file with a moving picture.
fn seen(tools: &Tools, path: &Path) -> Result<(MediaFacts, VideoFacts), Error> {
    let facts = probe(tools, path)?;
    let no_video = |found| Error::NoVideo { name: file_name(path), found };
    match facts.video.clone() {
        Some(_) if facts.still => Err(no_video("it is a still picture")),
        Some(video) => Ok((facts, video)),
        None => Err(no_video("there is only sound in it")),
    }
}

/// What this ffmpeg can measure. SSIM is in every build.
fn measures(tools: &Tools, course: &Course) -> Result<Vec<Measure>, Error> {
    let mut all = Vec::new();
    if course.shapes_differ {
        return Ok(all);
    }
    for measure in [Measure::Vmaf, Measure::Xpsnr] {
        if tools.lacks(&[measure.filter()], &[])?.is_none() {
            all.push(measure);
        }
    }
    all.push(Measure::Ssim);
    Ok(all)
}

fn needs_zscale(video: &VideoFacts) -> bool {
    canonical(video, (2, 2), false).iter().any(|filter| filter.starts_with("zscale"))
}

/// A folder of our own with both files under names of our own.
struct Job {
    folder: TempDir,
    kinds: [Kind; 2],
    /// The names to show when one can't be read.
    shown: [String; 2],
}

impl Job {
    fn new(files: [(&Path, &MediaFacts); 2], out: &Path) -> Result<Self, Error> {
        let parent = out.parent().filter(|parent| !parent.as_os_str().is_empty());
        let folder = tempfile::Builder::new()
            .prefix(".weixin-video-")
            .tempdir_in(parent.unwrap_or_else(|| Path::new(".")))
            .map_err(|error| Error::io("write into the output folder", &error))?;
        let kind = |facts: &MediaFacts| Kind::of_extension(&facts.container).unwrap_or(Kind::Mov);
        let kinds = files.map(|(_, facts)| kind(facts));
        for ((path, _), name) in files.iter().zip(names(kinds)) {
            link(path, &folder.path().join(name))
                .map_err(|error| Error::io("reach the clip from the job folder", &error))?;
        }
        Ok(Self { folder, kinds, shown: files.map(|(path, _)| file_name(path)) })
    }

    fn run(
        &self,
        tools: &Tools,
        course: &Course,
        videos: [&VideoFacts; 2],
        measures: &[Measure],
        control: &Control,
    ) -> Result<(), Error> {
        let mut command = Command::new(absolute(tools.ffmpeg()?));
        command.args(arguments(course, self.kinds, videos, measures)).current_dir(self.folder.path());
        let media = Duration::from_millis(course.rate.inverse().rounded(course.frames * 1000));
        let usual = WALL_BASE.saturating_add(media.saturating_mul(WALL_FACTOR));
        let limits = Limits { control, wall: control.limit_or(usual), stall: STALL };
        let mut progress = Progress::new(control);
        progress.begin(course.frames, (0, 99));
        let mut watch = |chunk: &[u8]| if progress.take(chunk) { Seen::Progress } else { Seen::Nothing };
        let done = child::run(command, "ffmpeg", &limits, &mut watch)?;
        if !done.status.success() {
            return Err(Error::Render { detail: first_complaint(&done.stderr) });
        }
        if !self.folder.path().join(PICTURE).is_file() {
            let name = self.shown.join(" or ");
            return Err(Error::Unreadable { name, why: first_complaint(&done.stderr) });
        }
        Ok(())
    }
}

fn names(kinds: [Kind; 2]) -> [PathBuf; 2] {
    [("a", kinds[0]), ("b", kinds[1])].map(|(name, kind)| PathBuf::from(format!("{name}.{}", kind.extension())))
}

/// All that ffmpeg is told: names of our own, numbers, and filters.
fn arguments(course: &Course, kinds: [Kind; 2], videos: [&VideoFacts; 2], measures: &[Measure]) -> Vec<String> {
    let words = |line: &str| line.split(' ').map(str::to_owned).collect::<Vec<_>>();
    let mut args = words("-nostdin -hide_banner -loglevel error -progress pipe:1 -nostats -y");
    for (kind, name) in kinds.into_iter().zip(names(kinds)) {
        args.extend(confinement(kind));
        args.extend(["-i".to_owned(), format!("file:{}", name.display())]);
    }
    args.extend(["-filter_complex".to_owned(), course.graph(videos, measures)]);
    for measure in measures {
        args.extend(["-map".to_owned(), format!("[{}]", measure.filter())]);
        args.extend(words("-fps_mode passthrough -f null -"));
    }
    args.extend(words("-map [look] -frames:v 1 -fps_mode passthrough -c:v png -update 1 -f image2"));
    args.push(format!("file:{PICTURE}"));
    args
}

#[cfg(test)]
mod tests;
