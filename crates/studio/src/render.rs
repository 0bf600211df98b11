//! Runs a plan: a job folder, ffmpeg as often as it takes, a check, and the file under its name.

mod check;
pub(crate) mod fonts;
mod job;
mod listen;
mod passes;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use self::{job::Job, passes::Work};
pub(crate) use self::{job::link, passes::absolute};
use crate::{
    control::Control,
    destination::{Destination, Destinations},
    error::Error,
    facts::MediaFacts,
    ladder::Rung,
    plan::Plan,
    tools::{Tools, missing},
    verify::{Inspected, Verdict, verify},
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
/// after all, [`Error::TooSmall`] for a size that nothing worth seeing fits into,
/// [`Error::MissingTool`] for a font or a part of ffmpeg that isn't there, [`Error::Render`] for the rest of
/// ffmpeg's failures.
pub fn render(
    tools: &Tools,
    plan: &Plan,
    inputs: &BTreeMap<String, PathBuf>,
    out: &Path,
    control: &Control,
) -> Result<Rendered, Error> {
    let (filters, encoders) = plan.needs();
    if let Some(lacking) = tools.lacks(&filters, &encoders)? {
        return Err(missing(what_lacks(lacking)));
    }
    let job = Job::new(plan, inputs, out)?;
    let mut work = Work::new(tools, &job, control);
    let mut warnings: Vec<String> = plan.left_out().into_iter().collect();
    let mut made = work.make(plan)?;
    if made.frames < plan.frames() && plan.form().has_picture() {
        let shorter = plan.shortened(made.frames).ok_or_else(|| job.unreadable(CUT_OFF.to_owned()))?;
        made = work.make(&shorter)?;
        warnings.push(cut_off(plan, &shorter));
    }
    check::check(&made.plan, &made.facts, made.frames)?;
    if control.is_cancelled() {
        return Err(Error::Cancelled);
    }
    job.publish(&plan.output_name(), out)?;
    control.see(100);
    let verdict = verdict(plan, &made.facts, out);
    Ok(Rendered { facts: made.facts, rung: Rung::Encode, verdict, warnings })
}

/// How the file stands to where it goes; one for nowhere in particular has to play everywhere, as files do.
fn verdict(plan: &Plan, facts: &MediaFacts, out: &Path) -> Verdict {
    let name_bytes = out.file_name().map_or(0, |name| name.as_encoded_bytes().len());
    let file = Inspected { facts: facts.clone(), name_bytes: u32::try_from(name_bytes).unwrap_or(u32::MAX) };
    let anywhere = || Destinations::built_in().get("file").expect("a test reads the table that is built in");
    let destination: &Destination = plan.destination().unwrap_or_else(anywhere);
    verify(&file, destination)
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
