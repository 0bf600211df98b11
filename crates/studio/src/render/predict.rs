//! What a render will come to, before it starts.

use std::{
    collections::BTreeMap,
    env,
    path::{Path, PathBuf},
};

use super::{
    job::Job,
    passes::Work,
    survey::{Survey, survey},
    within::is_surely_larger,
};
use crate::{
    control::Control,
    error::Error,
    plan::{Budget, Form, Plan},
    tools::Tools,
};

/// What starting ffmpeg and looking at what it made take, in seconds.
const START: f64 = 0.3;

/// Bytes that are read, written and synced in a second.
const COPIED_A_SECOND: f64 = 300e6;

/// How many seconds of sound are made in one.
const SOUND_SPEED: f64 = 60.0;

/// Two passes take so many times as long as one at constant quality, at the same size: the encoder looks harder.
const TWO_PASSES: f64 = 1.5;

/// What doesn't get quicker with a smaller picture: reading the clip, and making it smaller.
const READING: f64 = 0.35;

/// What a render will come to.
#[derive(Debug, Clone, PartialEq)]
pub struct Prediction {
    /// The file's size in bytes.
    pub bytes: u64,
    /// How long it takes, in seconds of this machine as busy as it is now.
    pub seconds: f64,
    /// Width and height of the picture in pixels; smaller than was planned where a size in bytes asks for it.
    pub picture: Option<(u32, u32)>,
    /// What it is told from, a sentence each.
    pub why: Vec<String>,
}

/// Says what [`render`](crate::render()) will come to, from short samples that take about a tenth of its time. Nothing is left.
///
/// # Errors
/// As [`render`](crate::render()); [`Error::TooSmall`] for a size that nothing worth seeing fits into.
pub fn predict(
    tools: &Tools,
    plan: &Plan,
    inputs: &BTreeMap<String, PathBuf>,
    control: &Control,
) -> Result<Prediction, Error> {
    let (rung, reasons) = plan.rung();
    let source = plan.whole().ok().filter(|_| rung.keeps_picture());
    if let Some(source) = source {
        let picture = Some((plan.width(), plan.height()));
        return Ok(Prediction { bytes: source.bytes, seconds: START + copying(source.bytes), picture, why: reasons });
    }
    match plan.compliant() {
        Some((source, _)) => encoded(tools, &plan.within(source.bytes), inputs, control),
        None => encoded(tools, plan, inputs, control),
    }
}

fn encoded(
    tools: &Tools,
    plan: &Plan,
    inputs: &BTreeMap<String, PathBuf>,
    control: &Control,
) -> Result<Prediction, Error> {
    let Some(sample) = plan.sample(true) else { return of_sound(plan) };
    let nowhere = env::temp_dir().join(Path::new("none"));
    let job = Job::new(plan, inputs, &nowhere)?;
    let mut work = Work::new(tools, &job, control);
    let seen = survey(&mut work, plan, &sample, (0, 100))?;
    let seen = seen.ok_or_else(|| Error::Render { detail: "no part of it could be encoded".to_owned() })?;
    let looked = format!(
        "{} of {} frames were encoded: {} a second at the usual quality",
        sample.plan.frames(),
        plan.frames(),
        rate(seen.demand.bits)
    );
    // A look that a render begins with takes its time, too.
    let look = plan.sample(false).filter(|_| plan.max_bytes().is_some()).map_or(0, |sample| sample.plan.frames());
    let once = seen.seconds_a_frame * plan.frames() as f64;
    let listening = plan.lufs().map_or(0.0, |_| plan.duration_ms() as f64 / 1000.0 / SOUND_SPEED);
    let around = START + listening + seen.seconds_a_frame * look as f64;
    let bytes = plan.bytes_at(seen.demand.bits);
    let mut prediction =
        Prediction { bytes, seconds: around + once, picture: Some((plan.width(), plan.height())), why: vec![looked] };
    if let Some(most) = plan.max_bytes().filter(|most| bytes > *most) {
        bounded(plan, &seen, most, &mut prediction, (around, once))?;
    }
    Ok(prediction)
}

/// What changes where a size in bytes binds.
fn bounded(
    plan: &Plan,
    seen: &Survey,
    most: u64,
    prediction: &mut Prediction,
    (around, once): (f64, f64),
) -> Result<(), Error> {
    prediction.why.push(format!("that would be {}, and {} are allowed", megabytes(prediction.bytes), megabytes(most)));
    if plan.form() == Form::Gif {
        let part = most as f64 / prediction.bytes as f64;
        (prediction.bytes, prediction.seconds) = (most / 10 * 9, around + once * (1.0 + part));
        prediction.picture = None;
        return Ok(());
    }
    let budget = Budget::of(plan, most)?;
    let side = seen.demand.smaller(plan, budget);
    let small = side.map(|side| plan.with_short_side(side)).transpose()?;
    let made = small.as_ref().unwrap_or(plan);
    let pixels = |plan: &Plan| f64::from(plan.width()) * f64::from(plan.height());
    let part = pixels(made) / pixels(plan);
    let tried = if is_surely_larger(plan, seen, most) { 0.0 } else { once };
    prediction.bytes = Budget::aim(most);
    prediction.seconds = around + tried + once * TWO_PASSES * (READING + (1.0 - READING) * part);
    prediction.picture = Some((made.width(), made.height()));
    prediction.why.push(format!("two passes with {} a second for the picture", rate(budget.picture as f64)));
    if small.is_some() {
        let (width, height) = (made.width(), made.height());
        prediction.why.push(format!(
            "at {width}x{height} that looks better than at {}x{}",
            plan.width(),
            plan.height()
        ));
    }
    Ok(())
}

fn of_sound(plan: &Plan) -> Result<Prediction, Error> {
    let (bytes, kbit) = match plan.max_bytes() {
        Some(most) => {
            let kbit = Budget::of(plan, most)?.sound_kbit;
            (plan.sound_bytes(kbit).min(most), kbit)
        }
        None => {
            let kbit = plan.form().usual_sound_kbit().unwrap_or(Budget::WAV_KBIT);
            (plan.sound_bytes(kbit), kbit)
        }
    };
    let seconds = START + plan.duration_ms() as f64 / 1000.0 / SOUND_SPEED;
    Ok(Prediction { bytes, seconds, picture: None, why: vec![format!("{kbit} kbit a second of sound")] })
}

/// What moving so many bytes takes, in seconds.
fn copying(bytes: u64) -> f64 {
    bytes as f64 / COPIED_A_SECOND
}

fn rate(bits: f64) -> String {
    if bits < 1e6 { format!("{:.0} kbit", bits / 1e3) } else { format!("{:.2} Mbit", bits / 1e6) }
}

fn megabytes(bytes: u64) -> String {
    format!("{:.2} MB", bytes as f64 / 1e6)
}
