//! ffmpeg exits with success on much that is none, so the result is held against the plan, and against where it goes.

use std::path::Path;

use super::passes::Made;
use crate::{
    error::Error,
    facts::{AudioFacts, MediaFacts, VideoFacts},
    ladder::{Rung, asked, warning},
    plan::{Form, Plan, SAMPLE_RATE},
    verify::{Finding, Inspected, Verdict, verify},
};

/// How far the sound may end from where it was planned to, in ms: a packet and what encoders put before the first.
const SOUND_SLACK_MS: u64 = 100;

/// How far what is copied may be from where it was in time, in ms: clocks of containers are rounded.
const KEPT_SLACK_MS: u64 = 10;

/// Refuses a result that is not as planned.
pub(super) fn check(made: &Made, rung: Rung) -> Result<(), Error> {
    let (plan, facts) = (&made.plan, &made.facts);
    let form = plan.form();
    let mut expected = vec![
        (!form.has_index() || facts.faststart == Some(true), "the place of the index"),
        (plan.max_bytes().is_none_or(|most| facts.bytes <= most), "the size of the file"),
    ];
    let source = if rung.keeps_picture() { plan.whole().ok() } else { None };
    match source {
        Some(source) => expected.extend(as_in_source(plan, source, facts, rung)),
        None => expected.extend(as_planned(plan, facts, made.frames)),
    }
    match expected.iter().find(|(holds, _)| !holds) {
        Some((_, what)) => Err(Error::Render { detail: format!("{what} is not as planned") }),
        None => Ok(()),
    }
}

/// How the result stands to where it goes, and what the person should know of that. One for nowhere in particular has to
/// play everywhere, as files do.
///
/// A rule that is broken though nobody asked for it refuses the result.
pub(super) fn judge(plan: &Plan, facts: &MediaFacts, out: &Path) -> Result<(Verdict, Option<String>), Error> {
    let name_bytes = out.file_name().map_or(0, |name| name.as_encoded_bytes().len());
    let file = Inspected { facts: facts.clone(), name_bytes: u32::try_from(name_bytes).unwrap_or(u32::MAX) };
    let destination = plan.destination().unwrap_or_else(|| plan.anywhere());
    let verdict = verify(&file, destination);
    let wrong: Vec<&Finding> = verdict.short().filter(|finding| !asked(finding.rule, plan)).collect();
    if !wrong.is_empty() {
        let why: Vec<&str> = wrong.iter().map(|finding| finding.why.as_str()).collect();
        let detail = format!("what came out falls short of {}: {}", destination.id, why.join("; "));
        return Err(Error::Render { detail });
    }
    let said = warning(&verdict, destination, plan);
    Ok((verdict, said))
}

type Expected = (bool, &'static str);

/// What was made has to be what the plan says.
fn as_planned(plan: &Plan, facts: &MediaFacts, frames: u64) -> Vec<Expected> {
    let form = plan.form();
    let streams = u32::from(form.has_picture()) + u32::from(form.has_sound());
    vec![
        (facts.streams == streams, "the number of streams"),
        (!form.has_picture() || frames == plan.frames(), "the number of frames"),
        (!form.has_picture() || facts.video.as_ref().is_some_and(|video| picture(plan, video)), "the picture"),
        (!form.has_sound() || facts.audio.as_ref().is_some_and(|audio| sound(plan, audio)), "the sound"),
    ]
}

fn picture(plan: &Plan, video: &VideoFacts) -> bool {
    let pixels = plan.form() == Form::Gif || video.pixel_format == "yuv420p";
    (video.width, video.height) == (plan.width(), plan.height())
        && Some(video.codec.as_str()) == plan.form().picture_codec()
        && pixels
        && video.rotation == 0
}

fn sound(plan: &Plan, audio: &AudioFacts) -> bool {
    let long = audio.duration_ms.is_none_or(|ms| ms.abs_diff(plan.duration_ms()) <= SOUND_SLACK_MS);
    Some(audio.codec.as_str()) == plan.form().sound_codec() && audio.sample_rate == SAMPLE_RATE && long
}

/// What was copied has to be what it was in the source, at its times.
fn as_in_source(plan: &Plan, source: &MediaFacts, facts: &MediaFacts, rung: Rung) -> Vec<Expected> {
    let same_picture = source.video.as_ref().zip(facts.video.as_ref()).is_some_and(|(was, is)| same_picture(was, is));
    let same_sound = match (&source.audio, &facts.audio) {
        _ if rung == Rung::EncodeSound => facts.audio.as_ref().is_some_and(|audio| sound(plan, audio)),
        (Some(was), Some(is)) => same_sound(was, is),
        (None, None) => true,
        (Some(_), None) | (None, Some(_)) => false,
    };
    vec![(same_picture, "the picture that was copied"), (same_sound, "the sound")]
}

fn same_picture(was: &VideoFacts, is: &VideoFacts) -> bool {
    (&was.codec, was.width, was.height, was.rotation) == (&is.codec, is.width, is.height, is.rotation)
        && was.frames.zip(is.frames).is_none_or(|(was, is)| was == is)
        && at(was.start_ms, is.start_ms)
        && was.duration_ms.zip(is.duration_ms).is_none_or(|(was, is)| was.abs_diff(is) <= SOUND_SLACK_MS)
}

fn same_sound(was: &AudioFacts, is: &AudioFacts) -> bool {
    (&was.codec, was.channels, was.sample_rate) == (&is.codec, is.channels, is.sample_rate)
        && at(was.start_ms, is.start_ms)
        && was.duration_ms.zip(is.duration_ms).is_none_or(|(was, is)| was.abs_diff(is) <= SOUND_SLACK_MS)
}

fn at(was: u64, is: u64) -> bool {
    was.abs_diff(is) <= KEPT_SLACK_MS
}
