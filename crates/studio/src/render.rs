//! Runs a plan: a job folder, the cheapest work that does, a check, and the file under its name.

mod check;
pub(crate) mod fonts;
mod job;
mod listen;
mod passes;
mod predict;
mod segments;
mod speech;
mod survey;
mod within;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

pub use self::predict::{Prediction, predict};
use self::{
    job::Job,
    passes::{Made, Work},
};
pub(crate) use self::{job::link, passes::absolute};
use crate::{
    control::Control,
    error::Error,
    facts::MediaFacts,
    ladder::Rung,
    plan::Plan,
    tools::{Tools, missing},
    verify::Verdict,
};

/// A finished output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// What the output is, by probing it.
    pub facts: MediaFacts,
    /// How it was made.
    pub rung: Rung,
    /// How it stands to where it goes.
    pub verdict: Verdict,
    /// What the person should know about it, a sentence each: a clip that was cut off, emoji that were left out.
    pub warnings: Vec<String>,
}

/// Makes the file that a plan describes, by the cheapest work that does: [`Plan::rung`] says which that should be. Blocks
/// until it is done.
///
/// `inputs` are the files by source id. The work is done in a hidden folder beside `out`; the
/// result is probed against the plan and verified against its destination, synced, and only then given its name, **replacing** a file
/// of that name. Whatever goes wrong, no part of an output is left.
///
/// On Linux ffmpeg ends with the thread that called this, however that one ends.
///
/// # Errors
/// [`Error::Cancelled`] and [`Error::TimedOut`] by `control`, [`Error::Killed`] when somebody else
/// ended ffmpeg, [`Error::DiskFull`], [`Error::Unreadable`] for a clip that holds no picture
/// after all, [`Error::TooSmall`] for a size that nothing worth seeing fits into,
/// [`Error::NotHere`] and [`Error::Speech`] for subtitles from speech without a transcriber that makes them,
/// [`Error::MissingTool`] for a font or a part of ffmpeg that isn't there, [`Error::Render`] for the rest of
/// ffmpeg's failures, and for a result that falls short of its destination though nobody asked for that.
pub fn render(
    tools: &Tools,
    plan: &Plan,
    inputs: &BTreeMap<String, PathBuf>,
    out: &Path,
    control: &Control,
) -> Result<Rendered, Error> {
    let heard = speech::heard(tools, plan, inputs, out, control)?;
    let plan = heard.as_ref().map_or(plan, |heard| &heard.plan);
    let job = Job::new(plan, inputs, out)?;
    let warnings = heard.as_ref().and_then(|heard| heard.warning.clone()).into_iter().collect();
    let mut climb = Climb { tools, plan, job: &job, out, work: Work::new(tools, &job, control), warnings };
    climb.work.begin();
    let (mut rung, _) = plan.rung();
    let done = loop {
        match climb.attempt(rung) {
            Ok(done) => break done,
            Err(error) => rung = climb.next(rung, error)?,
        }
    };
    if control.is_cancelled() {
        return Err(Error::Cancelled);
    }
    job.publish(&plan.output_name(), out)?;
    control.see(100);
    Ok(done)
}

/// One output on its way from the cheapest work to what really does.
struct Climb<'a> {
    tools: &'a Tools,
    plan: &'a Plan,
    job: &'a Job,
    out: &'a Path,
    work: Work<'a>,
    warnings: Vec<String>,
}

impl Climb<'_> {
    /// A checked output in the job folder, made in this way.
    fn attempt(&mut self, rung: Rung) -> Result<Rendered, Error> {
        if rung.keeps_picture() {
            return self.keep(rung);
        }
        let Some((source, cheaper)) = self.plan.compliant() else { return self.encode(self.plan) };
        // What is as good already isn't made larger.
        let bytes = source.bytes;
        match self.encode(&self.plan.within(bytes)) {
            Err(Error::TooSmall { .. }) => {
                self.warnings
                    .push(format!("it stays as it was encoded: anew it would have more than its {bytes} bytes"));
                self.keep(cheaper)
            }
            done => done,
        }
    }

    /// The next work when this one didn't do, or the reason to give up.
    fn next(&mut self, rung: Rung, error: Error) -> Result<Rung, Error> {
        let Some(dearer) = rung.dearer() else { return Err(error) };
        let (Error::Render { detail: why } | Error::Unreadable { why, .. }) = &error else { return Err(error) };
        self.warnings.push(format!("tried first: {rung}; that did not do: {why}"));
        Ok(dearer)
    }

    fn keep(&mut self, rung: Rung) -> Result<Rendered, Error> {
        if rung == Rung::EncodeSound && self.plan.lufs().is_some() {
            self.demand(&["loudnorm"], &[])?;
        }
        let made = self.work.keep(self.plan, rung)?;
        self.finished(&made, rung, Vec::new())
    }

    fn encode(&mut self, plan: &Plan) -> Result<Rendered, Error> {
        let (filters, encoders) = plan.needs();
        self.demand(&filters, &encoders)?;
        let mut warnings: Vec<String> = plan.left_out().into_iter().collect();
        let mut made = self.work.make(plan)?;
        if made.frames < plan.frames() && plan.form().has_picture() {
            let shorter = plan.shortened(made.frames).ok_or_else(|| self.job.unreadable(CUT_OFF.to_owned()))?;
            made = self.work.make(&shorter)?;
            warnings.push(cut_off(plan, &shorter));
        }
        let rung = if made.in_segments { Rung::Segments } else { Rung::Encode };
        self.finished(&made, rung, warnings)
    }

    fn demand(&self, filters: &[&str], encoders: &[&str]) -> Result<(), Error> {
        match self.tools.lacks(filters, encoders)? {
            Some(lacking) => Err(missing(what_lacks(lacking))),
            None => Ok(()),
        }
    }

    /// Held against the plan and against where it goes.
    fn finished(&mut self, made: &Made, rung: Rung, mut warnings: Vec<String>) -> Result<Rendered, Error> {
        check::check(made, rung)?;
        let (verdict, said) = check::judge(self.plan, &made.facts, self.out)?;
        warnings.splice(0..0, self.warnings.drain(..));
        warnings.extend(said);
        Ok(Rendered { facts: made.facts.clone(), rung, verdict, warnings })
    }
}

const CUT_OFF: &str = "it, or one of the clips beside it, is cut off before its stated end";

fn what_lacks(name: &str) -> &'static str {
    match name {
        "zscale" => "ffmpeg with the zscale filter, which HDR clips need,",
        "ass" => "ffmpeg with libass, which writing needs,",
        "loudnorm" => "ffmpeg with the loudnorm filter, which evening out the sound needs,",
        "libx265" => "ffmpeg with libx265, which H.265 needs,",
        "libmp3lame" => "ffmpeg with libmp3lame, which MP3 needs,",
        _ => "ffmpeg with libvpx-vp9 and libopus, which WebM needs,",
    }
}

fn cut_off(plan: &Plan, shorter: &Plan) -> String {
    let seconds = |ms: u64| format!("{}.{} s", ms / 1000, ms % 1000 / 100);
    format!(
        "the clip is cut off: it says {}, but only {} of it could be read and are in the output",
        seconds(plan.duration_ms()),
        seconds(shorter.duration_ms())
    )
}
