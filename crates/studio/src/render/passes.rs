//! The runs of ffmpeg that an output takes: one, or more for a loudness or a size that was asked for.

mod kept;

use std::{
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use super::{job::Job, listen, segments};
use crate::{
    child::{self, Limits, Seen},
    confine::{Confined, largest_file},
    control::Control,
    error::Error,
    facts::MediaFacts,
    plan::{Form, Loudness, Pass, Plan},
    probe::{first_complaint, probe},
    progress::Progress,
    tools::Tools,
};

/// A render that hasn't moved for this long never will.
pub(super) const STALL: Duration = Duration::from_secs(60);

/// Starting, probing and a slow disk, before the length of the clip counts.
pub(super) const WALL_BASE: Duration = Duration::from_secs(60);

/// The slowest machine worth waiting for takes twenty times as long as the clip plays.
pub(super) const WALL_FACTOR: u32 = 20;

/// How much of the work listening is, in percent.
pub(super) const LISTENING: u64 = 10;

/// So many frames, two seconds' worth, tell how large the file is going to be.
const ENOUGH_FRAMES: u64 = 60;

/// An output in the job folder.
pub(super) struct Made {
    /// What it was made by: for a size that was asked for, the picture may be smaller than was planned at first.
    pub(super) plan: Plan,
    pub(super) facts: MediaFacts,
    /// How many frames it has.
    pub(super) frames: u64,
    /// Whether its picture was made in segments.
    pub(super) in_segments: bool,
}

/// How a run ended that may have been stopped.
pub(super) enum Ran {
    /// With what it complained of.
    Whole(String),
    /// Beyond the size that was allowed, with so many bytes in so many frames.
    TooLarge { bytes: u64, frames: u64 },
}

/// A run of ffmpeg.
pub(super) struct Errand<'e> {
    pub(super) arguments: Vec<String>,
    /// Where it is run.
    pub(super) folder: &'e Path,
    /// How many frames it makes, or ms of sound.
    pub(super) total: u64,
    /// Whether it says how far it is.
    pub(super) is_told: bool,
    /// From where to where in percent of the whole work it goes.
    pub(super) share: (u64, u64),
    /// Beyond so many bytes it is stopped.
    pub(super) most: Option<u64>,
}

/// One output in the making.
pub(super) struct Work<'a> {
    pub(super) tools: &'a Tools,
    pub(super) job: &'a Job,
    pub(super) control: &'a Control,
    pub(super) progress: Progress<'a>,
    pub(super) started: Instant,
}

impl<'a> Work<'a> {
    pub(super) fn new(tools: &'a Tools, job: &'a Job, control: &'a Control) -> Self {
        Self { tools, job, control, progress: Progress::new(control), started: Instant::now() }
    }

    /// Tells that nothing is done yet, whatever comes first.
    pub(super) fn begin(&mut self) {
        self.progress.begin(1, (0, 100));
    }

    /// Makes the output of a plan, within its size: of what was kept, in segments, or anew.
    pub(super) fn make(&mut self, plan: &Plan) -> Result<Made, Error> {
        segments::make(self, plan, |work| work.anew(plan))
    }

    /// Makes it by one graph.
    fn anew(&mut self, plan: &Plan) -> Result<Made, Error> {
        self.job.write(plan)?;
        let loudness = match plan.lufs() {
            Some(_) => self.listen(plan)?,
            None => None,
        };
        let from = if plan.lufs().is_some() { LISTENING } else { 0 };
        let loudness = loudness.as_ref();
        match plan.max_bytes() {
            None => self.output(plan, &Pass::Quality, loudness, (from, 100)),
            Some(most) if !plan.form().has_picture() => self.sound_within(plan, most, loudness, from),
            Some(most) if plan.form() == Form::Gif => self.gif(plan, most),
            Some(most) => self.within(plan, most, loudness, from),
        }
    }

    fn listen(&mut self, plan: &Plan) -> Result<Option<Loudness>, Error> {
        let ran = self.run(plan, &Pass::Listen, None, (0, LISTENING), None)?;
        Ok(match ran {
            Ran::Whole(stderr) => listen::loudness(&stderr),
            Ran::TooLarge { .. } => None,
        })
    }

    pub(super) fn output(
        &mut self,
        plan: &Plan,
        pass: &Pass,
        loudness: Option<&Loudness>,
        share: (u64, u64),
    ) -> Result<Made, Error> {
        self.run(plan, pass, loudness, share, None)?;
        self.look(plan)
    }

    /// Runs ffmpeg once; beyond `most` bytes it is stopped.
    pub(super) fn run(
        &mut self,
        plan: &Plan,
        pass: &Pass,
        loudness: Option<&Loudness>,
        share: (u64, u64),
        most: Option<u64>,
    ) -> Result<Ran, Error> {
        let moving = plan.form().has_picture() && *pass != Pass::Listen;
        let errand = Errand {
            arguments: plan.arguments_of(pass, loudness),
            folder: self.job.folder(),
            total: if moving { plan.frames() } else { plan.duration_ms() },
            // Newer versions count what is written, and the first pass of VP9 writes nothing.
            is_told: !matches!(pass, Pass::First(..)),
            share,
            most,
        };
        let ran = self.run_errand(plan, errand)?;
        let progress = &self.progress;
        let nothing = if moving { progress.frames() == 0 } else { progress.sound_ms() == 0 };
        match ran {
            Ran::Whole(said) if nothing && !matches!(pass, Pass::First(..)) => {
                Err(self.job.unreadable(first_complaint(&said)))
            }
            Ran::Whole(_) | Ran::TooLarge { .. } => Ok(ran),
        }
    }

    /// Runs ffmpeg for something of a plan.
    pub(super) fn run_errand(&mut self, plan: &Plan, errand: Errand<'_>) -> Result<Ran, Error> {
        let mut command = Command::new(absolute(self.tools.ffmpeg()?));
        command.args(&errand.arguments).current_dir(errand.folder);
        let media = Duration::from_millis(plan.duration_ms());
        let usual = WALL_BASE.saturating_add(media.saturating_mul(WALL_FACTOR));
        // A limit that was set holds for all runs together.
        let left = self.control.limit_or(Duration::MAX).saturating_sub(self.started.elapsed());
        let wall = if left < Duration::MAX / 2 { left } else { usual };
        let limits = Limits { control: self.control, wall, stall: if errand.is_told { STALL } else { wall } };
        let progress = &mut self.progress;
        progress.begin(errand.total, errand.share);
        let confined = Confined::from(command).writing_at_most(largest_file(plan));
        let done = child::run(confined, "ffmpeg", &limits, |chunk| {
            let moved = progress.take(chunk);
            if errand.most.is_some_and(|most| will_be_too_large(progress, plan.frames(), most)) {
                return Seen::Enough;
            }
            if moved { Seen::Progress } else { Seen::Nothing }
        });
        let stopped = errand.most.is_some() && matches!(done, Err(Error::Cancelled));
        if stopped && !self.control.is_cancelled() {
            return Ok(Ran::TooLarge { bytes: self.progress.bytes(), frames: self.progress.frames() });
        }
        let done = done?;
        // A disk that fills up while the file is closed is no failure to ffmpeg.
        if !done.status.success() || names_full_disk(&done.stderr) {
            return Err(failure(&done.stderr));
        }
        Ok(Ran::Whole(done.stderr))
    }

    /// Says what came out.
    pub(super) fn look(&self, plan: &Plan) -> Result<Made, Error> {
        let facts = probe(self.tools, &self.job.folder().join(plan.output_name())).map_err(|error| {
            let as_it_is = matches!(error, Error::MissingTool { .. } | Error::Killed { .. } | Error::TimedOut { .. });
            if as_it_is { error } else { Error::Render { detail: error.to_string() } }
        })?;
        // Not every container says it; then ffmpeg's own count is what there is.
        let counted = facts.video.as_ref().and_then(|video| video.frames);
        let frames = counted.unwrap_or_else(|| self.progress.frames());
        Ok(Made { plan: plan.clone(), frames, facts, in_segments: false })
    }
}

/// Whether a run has made too many bytes, or makes so many that the rest of its time is better spent on two passes.
fn will_be_too_large(progress: &Progress<'_>, frames: u64, most: u64) -> bool {
    let told = progress.frames() >= ENOUGH_FRAMES.max(frames / 8);
    let all = progress.bytes().saturating_mul(frames) / progress.frames().max(1);
    progress.bytes() > most || told && all > most.saturating_add(most / 4)
}

pub(super) fn failure(stderr: &str) -> Error {
    if names_full_disk(stderr) {
        return Error::DiskFull;
    }
    Error::Render { detail: first_complaint(stderr) }
}

pub(super) fn names_full_disk(stderr: &str) -> bool {
    ["No space left on device", "Disk quota exceeded"].iter().any(|said| stderr.contains(said))
}

/// ffmpeg runs in the job folder, from where a relative path would lead elsewhere.
pub(crate) fn absolute(program: &Path) -> PathBuf {
    if program.components().count() > 1 {
        std::path::absolute(program).unwrap_or_else(|_| program.to_owned())
    } else {
        program.to_owned()
    }
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
