//! Runs a plan: a job folder, one ffmpeg, a check, and the file under its name.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use tempfile::TempDir;

use crate::{
    child::{self, Limits},
    control::Control,
    error::Error,
    facts::MediaFacts,
    plan::{OUTPUT, Plan, SAMPLE_RATE},
    probe::{first_complaint, probe},
    progress::Progress,
    sniff::{file_name, sniff},
    tools::{Tools, missing},
};

/// A render that hasn't moved for this long never will.
const STALL: Duration = Duration::from_secs(60);

/// Starting, probing and a slow disk, before the length of the clip counts.
const WALL_BASE: Duration = Duration::from_secs(60);

/// The slowest machine worth waiting for takes twenty times as long as the clip plays.
const WALL_FACTOR: u32 = 20;

/// A finished output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// What the output is, by probing it.
    pub facts: MediaFacts,
    /// What the person should know about it, a sentence each: a clip that was cut off.
    pub warnings: Vec<String>,
}

/// Makes the file that a plan describes. Blocks until it is done.
///
/// `inputs` are the files by source id. The work is done in a hidden folder beside `out`; the
/// result is probed against the plan, synced, and only then given its name, **replacing** a file
/// of that name. Whatever goes wrong, no part of an output is left.
///
/// On Linux ffmpeg ends with the thread that called this, however that one ends.
///
/// # Errors
/// [`Error::Cancelled`] and [`Error::TimedOut`] by `control`, [`Error::Killed`] when somebody else
/// ended ffmpeg, [`Error::DiskFull`], [`Error::Unreadable`] for a clip that holds no picture
/// after all, [`Error::Render`] for the rest of ffmpeg's failures.
pub fn render(
    tools: &Tools,
    plan: &Plan,
    inputs: &BTreeMap<String, PathBuf>,
    out: &Path,
    control: &Control,
) -> Result<Rendered, Error> {
    if plan.needs_zscale() && !tools.has_filter("zscale")? {
        return Err(missing("ffmpeg with the zscale filter, which HDR clips need,"));
    }
    let job = Job::new(plan, inputs, out)?;
    let mut progress = Progress::new(plan.frames(), control);
    let mut warnings = Vec::new();
    let mut facts = job.encode(tools, plan, control, &mut progress)?;
    if frames_of(&facts) < plan.frames() {
        let shorter = plan.shortened(frames_of(&facts)).ok_or_else(|| job.cut_off())?;
        facts = job.encode(tools, &shorter, control, &mut progress)?;
        check(&shorter, &facts)?;
        warnings.push(cut_off(plan, &shorter));
    } else {
        check(plan, &facts)?;
    }
    if control.is_cancelled() {
        return Err(Error::Cancelled);
    }
    job.publish(out)?;
    control.see(100);
    Ok(Rendered { facts, warnings })
}

/// A folder of our own with the inputs under names of our own.
struct Job {
    folder: TempDir,
    /// The name to show when the clip can't be read.
    shown: String,
}

impl Job {
    fn new(plan: &Plan, inputs: &BTreeMap<String, PathBuf>, out: &Path) -> Result<Self, Error> {
        let parent = out.parent().filter(|parent| !parent.as_os_str().is_empty());
        let folder = tempfile::Builder::new()
            .prefix(".weixin-video-")
            .tempdir_in(parent.unwrap_or_else(|| Path::new(".")))
            .map_err(|error| Error::io("write into the output folder", &error))?;
        let mut shown = "the clip".to_owned();
        for (name, piece) in plan.links() {
            let absent = || Error::Draft { why: "it names a clip that isn't here".to_owned() };
            let input = inputs.get(&piece.source).ok_or_else(absent)?;
            shown = file_name(input);
            // The plan was made for what the file was then; the demuxer must fit what it is now.
            if sniff(input)? != piece.kind {
                let why = "it has changed since it was looked at".to_owned();
                return Err(Error::Unreadable { name: shown, why });
            }
            link(input, &folder.path().join(name))
                .map_err(|error| Error::io("reach the clip from the job folder", &error))?;
        }
        Ok(Self { folder, shown })
    }

    /// Runs ffmpeg once and says what came out.
    fn encode(
        &self,
        tools: &Tools,
        plan: &Plan,
        control: &Control,
        progress: &mut Progress<'_>,
    ) -> Result<MediaFacts, Error> {
        let mut command = Command::new(absolute(&tools.ffmpeg));
        command.args(plan.arguments()).current_dir(self.folder.path());
        let media = Duration::from_millis(plan.duration_ms());
        let usual = WALL_BASE.saturating_add(media.saturating_mul(WALL_FACTOR));
        let limits = Limits { control, wall: control.limit_or(usual), stall: STALL };
        progress.restart();
        let done = child::run(command, "ffmpeg", &limits, |chunk| progress.take(chunk))?;
        // A disk that fills up while the file is closed is no failure to ffmpeg.
        if !done.status.success() || names_full_disk(&done.stderr) {
            return Err(failure(&done.stderr));
        }
        if progress.frames() == 0 {
            let why = first_complaint(&done.stderr);
            return Err(Error::Unreadable { name: self.shown.clone(), why });
        }
        probe(tools, &self.output()).map_err(|error| {
            let as_it_is = matches!(error, Error::MissingTool { .. } | Error::Killed { .. } | Error::TimedOut { .. });
            if as_it_is { error } else { Error::Render { detail: error.to_string() } }
        })
    }

    fn cut_off(&self) -> Error {
        let why = "it, or one of the clips beside it, is cut off before its stated end".to_owned();
        Error::Unreadable { name: self.shown.clone(), why }
    }

    fn publish(&self, out: &Path) -> Result<(), Error> {
        let save = || -> io::Result<()> {
            File::open(self.output())?.sync_all()?;
            fs::rename(self.output(), out)?;
            sync_folder(self.folder.path().parent())
        };
        save().map_err(|error| Error::io("write the output", &error))
    }

    fn output(&self) -> PathBuf {
        self.folder.path().join(OUTPUT)
    }
}

/// ffmpeg exits with success on much that is none, so the result is held against the plan.
fn check(plan: &Plan, facts: &MediaFacts) -> Result<(), Error> {
    let video = facts.video.as_ref();
    let audio = facts.audio.as_ref();
    let expected = [
        (frames_of(facts) == plan.frames(), "the number of frames"),
        (facts.streams == 2, "the number of streams"),
        (facts.faststart == Some(true), "the place of the index"),
        (video.is_some_and(|v| (v.width, v.height) == (plan.width(), plan.height())), "the size"),
        (video.is_some_and(|v| v.codec == "h264" && v.pixel_format == "yuv420p"), "the codec"),
        (video.is_some_and(|v| v.rotation == 0), "the rotation"),
        (audio.is_some_and(|a| a.codec == "aac" && a.sample_rate == SAMPLE_RATE), "the sound"),
    ];
    match expected.iter().find(|(holds, _)| !holds) {
        Some((_, what)) => Err(Error::Render { detail: format!("{what} is not as planned") }),
        None => Ok(()),
    }
}

fn frames_of(facts: &MediaFacts) -> u64 {
    facts.video.as_ref().and_then(|video| video.frames).unwrap_or(0)
}

fn cut_off(plan: &Plan, shorter: &Plan) -> String {
    let seconds = |ms: u64| format!("{}.{} s", ms / 1000, ms % 1000 / 100);
    format!(
        "the clip is cut off: it says {}, but only {} of it could be read and are in the output",
        seconds(plan.duration_ms()),
        seconds(shorter.duration_ms())
    )
}

fn failure(stderr: &str) -> Error {
    if names_full_disk(stderr) {
        return Error::DiskFull;
    }
    Error::Render { detail: first_complaint(stderr) }
}

fn names_full_disk(stderr: &str) -> bool {
    ["No space left on device", "Disk quota exceeded"].iter().any(|said| stderr.contains(said))
}

/// ffmpeg runs in the job folder, from where a relative path would lead elsewhere.
fn absolute(program: &Path) -> PathBuf {
    if program.components().count() > 1 {
        std::path::absolute(program).unwrap_or_else(|_| program.to_owned())
    } else {
        program.to_owned()
    }
}

#[cfg(unix)]
fn link(input: &Path, name: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(fs::canonicalize(input)?, name)
}

/// Symbolic links need a privilege elsewhere; a hard link or else a copy doesn't.
#[cfg(not(unix))]
fn link(input: &Path, name: &Path) -> io::Result<()> {
    fs::hard_link(input, name).or_else(|_| fs::copy(input, name).map(drop))
}

#[cfg(unix)]
fn sync_folder(folder: Option<&Path>) -> io::Result<()> {
    folder.map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}

#[cfg(not(unix))]
fn sync_folder(_folder: Option<&Path>) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_read_from_the_complaint() {
        let said = "av_interleaved_write_frame(): No space left on device\nError writing trailer";
        assert_eq!(failure(said), Error::DiskFull);
        let detail = "Invalid data found".to_owned();
        assert_eq!(failure("[aac @ 0x1] Invalid data found\n"), Error::Render { detail });
    }
}
