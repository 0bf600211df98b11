//! Subtitles from speech: the sound of the video, what is said in it, and the plan with that written on the picture.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use super::{job::Job, passes::absolute};
use crate::{
    child::{self, Limits, Seen},
    control::Control,
    error::Error,
    plan::Plan,
    probe::first_complaint,
    subtitles::Cue,
    tools::Tools,
    transcribe::Transcriber,
};

/// The folder in the job folder that is the transcriber's own, and the sound in it.
const FOLDER: &str = "speech";
const SOUND: &str = "speech/speech.wav";

/// Reading the sound takes a hundredth of the time that it plays.
const SOUND_BASE: Duration = Duration::from_secs(60);

/// A plan whose words are known, and what the person should know of them.
pub(super) struct Heard {
    pub(super) plan: Plan,
    pub(super) warning: Option<String>,
}

/// Finds out what is said; `None` where nobody asked for it.
pub(super) fn heard(
    tools: &Tools,
    plan: &Plan,
    inputs: &BTreeMap<String, PathBuf>,
    out: &Path,
    control: &Control,
) -> Result<Option<Heard>, Error> {
    if !plan.awaits_speech() {
        return Ok(None);
    }
    let transcriber = control.transcriber_if_any().ok_or_else(Transcriber::missing)?;
    let (cues, warning) = match plan.speech() {
        None => (Vec::new(), Some("there is no sound in it, so there are no subtitles from speech")),
        Some(sound) => {
            let cues = listen(tools, transcriber, &sound, inputs, out, control)?;
            let silent = cues.is_empty().then_some("no speech was heard in it, so there are no subtitles");
            (cues, silent)
        }
    };
    Ok(Some(Heard { plan: plan.with_speech(cues)?, warning: warning.map(str::to_owned) }))
}

fn listen(
    tools: &Tools,
    transcriber: &Transcriber,
    sound: &Plan,
    inputs: &BTreeMap<String, PathBuf>,
    out: &Path,
    control: &Control,
) -> Result<Vec<Cue>, Error> {
    let job = Job::new(sound, inputs, out)?;
    fs::create_dir(job.folder().join(FOLDER)).map_err(|error| Error::io("write into the job folder", &error))?;
    let started = Instant::now();
    let length = Duration::from_millis(sound.duration_ms());
    let mut command = Command::new(absolute(tools.ffmpeg()?));
    command.args(sound.speech_arguments(SOUND)).current_dir(job.folder());
    let wall = control.limit_or(SOUND_BASE.saturating_add(length));
    let done = child::run(command, "ffmpeg", &Limits { control, wall, stall: wall }, |_| Seen::Progress)?;
    if !done.status.success() {
        return Err(Error::Render { detail: first_complaint(&done.stderr) });
    }
    // A limit that was set holds for both together.
    let left = control.limit_or(Duration::MAX).saturating_sub(started.elapsed());
    let control = if left < Duration::MAX / 2 { control.clone().limit(left) } else { control.clone() };
    let folder = fs::canonicalize(job.folder()).map_err(|error| Error::io("find the job folder", &error))?;
    transcriber.hear(&folder.join(SOUND), length, &control)
}
