//! ffmpeg exits with success on much that is none, so the result is held against the plan.

use crate::{
    error::Error,
    facts::{AudioFacts, MediaFacts, VideoFacts},
    plan::{Form, Plan, SAMPLE_RATE},
};

/// How far the sound may end from where it was planned to, in ms: a packet and what encoders put before the first.
const SOUND_SLACK_MS: u64 = 100;

/// Refuses a result that is not as planned; `frames` is how many were made.
pub(super) fn check(plan: &Plan, facts: &MediaFacts, frames: u64) -> Result<(), Error> {
    let form = plan.form();
    let streams = u32::from(form.has_picture()) + u32::from(form.has_sound());
    let expected = [
        (facts.streams == streams, "the number of streams"),
        (!form.has_index() || facts.faststart == Some(true), "the place of the index"),
        (!form.has_picture() || frames == plan.frames(), "the number of frames"),
        (!form.has_picture() || facts.video.as_ref().is_some_and(|video| picture(plan, video)), "the picture"),
        (!form.has_sound() || facts.audio.as_ref().is_some_and(|audio| sound(plan, audio)), "the sound"),
        (plan.max_bytes().is_none_or(|most| facts.bytes <= most), "the size of the file"),
    ];
    match expected.iter().find(|(holds, _)| !holds) {
        Some((_, what)) => Err(Error::Render { detail: format!("{what} is not as planned") }),
        None => Ok(()),
    }
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
