//! The runs of ffmpeg that an output takes: one, or more for a loudness or a size that was asked for.

mod kept;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use super::{job::Job, listen};
use crate::{
    child::{self, Limits, Seen},
    confine::{Confined, largest_file},
    control::Control,
    error::Error,
    facts::MediaFacts,
    plan::{Budget, Form, Loudness, Pass, Plan, smaller},
    probe::{first_complaint, probe},
    progress::Progress,
    tools::Tools,
};

/// A render that hasn't moved for this long never will.
const STALL: Duration = Duration::from_secs(60);

/// Starting, probing and a slow disk, before the length of the clip counts.
const WALL_BASE: Duration = Duration::from_secs(60);

/// The slowest machine worth waiting for takes twenty times as long as the clip plays.
const WALL_FACTOR: u32 = 20;

/// How much of the work listening is, in percent.
const LISTENING: u64 = 10;

/// So many frames, two seconds' worth, tell how large the file is going to be.
const ENOUGH_FRAMES: u64 = 60;

/// How often a GIF is made smaller before that is given up.
const GIF_TRIES: u32 = 3;

/// An output in the job folder.
pub(super) struct Made {
    /// What it was made by: for a size that was asked for, the picture may be smaller than was planned at first.
    pub(super) plan: Plan,
    pub(super) facts: MediaFacts,
    /// How many frames it has.
    pub(super) frames: u64,
}

/// How a run ended that may have been stopped.
enum Ran {
    /// With what it complained of.
    Whole(String),
    /// Beyond the size that was allowed.
    TooLarge,
}

/// One output in the making.
pub(super) struct Work<'a> {
    tools: &'a Tools,
    job: &'a Job,
    control: &'a Control,
    progress: Progress<'a>,
    started: Instant,
}

impl<'a> Work<'a> {
    pub(super) fn new(tools: &'a Tools, job: &'a Job, control: &'a Control) -> Self {
        Self { tools, job, control, progress: Progress::new(control), started: Instant::now() }
    }

    /// Makes the output of a plan, within its size.
    pub(super) fn make(&mut self, plan: &Plan) -> Result<Made, Error> {
        self.job.write(plan)?;
        let loudness = match plan.lufs() {
            Some(_) => self.listen(plan)?,
            None => None,
        };
        let from = if plan.lufs().is_some() { LISTENING } else { 0 };
        let loudness = loudness.as_ref();
        match plan.max_bytes() {
            None => self.output(plan, &Pass::Quality, loudness, (from, 100)),
            Some(most) if !plan.form().has_picture() => {
                let kbit = Budget::of(plan, most)?.sound_kbit;
                self.output(plan, &Pass::Sound(kbit), loudness, (from, 100))
            }
            Some(most) if plan.form() == Form::Gif => self.gif(plan, most),
            Some(most) => self.within(plan, most, loudness, from),
        }
    }

    /// Constant quality where that is small enough, else two passes.
    fn within(&mut self, plan: &Plan, most: u64, loudness: Option<&Loudness>, from: u64) -> Result<Made, Error> {
        let half = from + (100 - from) * 2 / 5;
        if let Ran::Whole(_) = self.run(plan, &Pass::Quality, loudness, (from, half), Some(most))? {
            let made = self.look(plan)?;
            if made.facts.bytes <= most {
                return Ok(made);
            }
        }
        let mut budget = Budget::of(plan, most)?;
        let mut plan = plan.clone();
        if let Some(side) = smaller(&plan, budget) {
            plan = plan.with_short_side(side)?;
            self.job.write(&plan)?;
        }
        let between = half + (100 - half) * 2 / 5;
        self.run(&plan, &Pass::First(budget.picture, budget.sound_kbit), loudness, (half, between), None)?;
        if let Ok(sound) = fs::metadata(self.job.folder().join(plan.sound_name())) {
            budget = budget.with_sound(&plan, most, sound.len());
        }
        for _ in 0..2 {
            let pass = Pass::Second(budget.picture, budget.sound_kbit);
            let made = self.output(&plan, &pass, loudness, (between, 100))?;
            if made.facts.bytes <= most {
                return Ok(made);
            }
            budget = budget.corrected(made.facts.bytes, most);
        }
        // Promised is promised: a file that is too large is none.
        Err(Error::TooSmall { asked: most, least: most.saturating_add(most / 10) })
    }

    /// A GIF has no rate to set, only fewer pixels to have.
    fn gif(&mut self, plan: &Plan, most: u64) -> Result<Made, Error> {
        let mut plan = plan.clone();
        let mut least = most;
        for _ in 0..GIF_TRIES {
            let made = self.output(&plan, &Pass::Quality, None, (0, 100))?;
            if made.facts.bytes <= most {
                return Ok(made);
            }
            least = made.facts.bytes;
            let scale = (most as f64 / made.facts.bytes as f64).sqrt() * 0.95;
            let side = f64::from(plan.width().min(plan.height())) * scale;
            if side < 64.0 {
                break;
            }
            plan = plan.with_short_side((side as u32) & !1)?;
            self.job.write(&plan)?;
        }
        Err(Error::TooSmall { asked: most, least })
    }

    fn listen(&mut self, plan: &Plan) -> Result<Option<Loudness>, Error> {
        let ran = self.run(plan, &Pass::Listen, None, (0, LISTENING), None)?;
        Ok(match ran {
            Ran::Whole(stderr) => listen::loudness(&stderr),
            Ran::TooLarge => None,
        })
    }

    fn output(
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
    fn run(
        &mut self,
        plan: &Plan,
        pass: &Pass,
        loudness: Option<&Loudness>,
        share: (u64, u64),
        most: Option<u64>,
    ) -> Result<Ran, Error> {
        let mut command = Command::new(absolute(self.tools.ffmpeg()?));
        command.args(plan.arguments_of(pass, loudness)).current_dir(self.job.folder());
        let media = Duration::from_millis(plan.duration_ms());
        let usual = WALL_BASE.saturating_add(media.saturating_mul(WALL_FACTOR));
        // A limit that was set holds for all runs together.
        let left = self.control.limit_or(Duration::MAX).saturating_sub(self.started.elapsed());
        let wall = if left < Duration::MAX / 2 { left } else { usual };
        // Newer versions count what is written, and the first pass of VP9 writes nothing.
        let is_told = !matches!(pass, Pass::First(..));
        let limits = Limits { control: self.control, wall, stall: if is_told { STALL } else { wall } };
        let moving = plan.form().has_picture() && *pass != Pass::Listen;
        let progress = &mut self.progress;
        progress.begin(if moving { plan.frames() } else { plan.duration_ms() }, share);
        let confined = Confined::from(command).writing_at_most(largest_file(plan));
        let done = child::run(confined, "ffmpeg", &limits, |chunk| {
            let moved = progress.take(chunk);
            if most.is_some_and(|most| will_be_too_large(progress, plan.frames(), most)) {
                return Seen::Enough;
            }
            if moved { Seen::Progress } else { Seen::Nothing }
        });
        let stopped = most.is_some() && matches!(done, Err(Error::Cancelled));
        if stopped && !self.control.is_cancelled() {
            return Ok(Ran::TooLarge);
        }
        let done = done?;
        // A disk that fills up while the file is closed is no failure to ffmpeg.
        if !done.status.success() || names_full_disk(&done.stderr) {
            return Err(failure(&done.stderr));
        }
        let nothing = if moving { progress.frames() == 0 } else { progress.sound_ms() == 0 };
        if nothing && is_told {
            return Err(self.job.unreadable(first_complaint(&done.stderr)));
        }
        Ok(Ran::Whole(done.stderr))
    }

    /// Says what came out.
    fn look(&self, plan: &Plan) -> Result<Made, Error> {
        let facts = probe(self.tools, &self.job.folder().join(plan.output_name())).map_err(|error| {
            let as_it_is = matches!(error, Error::MissingTool { .. } | Error::Killed { .. } | Error::TimedOut { .. });
            if as_it_is { error } else { Error::Render { detail: error.to_string() } }
        })?;
        // Not every container says it; then ffmpeg's own count is what there is.
        let counted = facts.video.as_ref().and_then(|video| video.frames);
        Ok(Made { plan: plan.clone(), frames: counted.unwrap_or_else(|| self.progress.frames()), facts })
    }
}

/// Whether a run has made too many bytes, or makes so many that the rest of its time is better spent on two passes.
fn will_be_too_large(progress: &Progress<'_>, frames: u64, most: u64) -> bool {
    let told = progress.frames() >= ENOUGH_FRAMES.max(frames / 8);
    let all = progress.bytes().saturating_mul(frames) / progress.frames().max(1);
    progress.bytes() > most || told && all > most.saturating_add(most / 4)
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
