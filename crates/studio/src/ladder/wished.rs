//! What of a file differs from what a destination wants because somebody asked for it.

use crate::{
    destination::{Aim, Destination},
    ops::{Codec, Container},
    plan::Plan,
    verify::{Fate, Finding, Rule, Verdict},
};

/// Whether breaking a rule follows from what was asked for outright.
pub(crate) fn asked(rule: Rule, plan: &Plan) -> bool {
    let wishes = plan.wishes();
    let container = wishes.container.unwrap_or(Container::Mp4);
    if !plan.form().has_picture() {
        return !rule.concerns_sound_alone();
    }
    let gif = container == Container::Gif;
    let webm = container == Container::Webm;
    match rule {
        Rule::Container => container != Container::Mp4,
        Rule::Codec => gif || webm || wishes.codec == Some(Codec::H265),
        Rule::AudioCodec => webm,
        Rule::PixelFormat | Rule::Color | Rule::ConstantRate => gif,
        Rule::Pixels => wishes.resolution.is_some() || plan.has_canvas(),
        Rule::FrameRate => wishes.fps_milli.is_some(),
        Rule::Level => wishes.fps_milli.is_some() || wishes.resolution.is_some(),
        Rule::Bytes | Rule::BitRate => wishes.max_bytes.is_some(),
        // What the output is called is for whoever asks for it to say.
        Rule::Name => true,
        Rule::Index
        | Rule::Profile
        | Rule::Size
        | Rule::Rotation
        | Rule::Scan
        | Rule::AudioRate
        | Rule::AudioChannels
        | Rule::Tracks
        | Rule::Metadata
        | Rule::Seconds => false,
    }
}

/// What to tell the person of a file that isn't what its destination wants, though nothing about it went wrong.
pub(crate) fn warning(verdict: &Verdict, destination: &Destination, plan: &Plan) -> Option<String> {
    let broken: Vec<&Finding> = verdict.short().filter(|finding| asked(finding.rule, plan)).collect();
    let aims = destination.aim.as_ref().is_some_and(|aim| aim.is == Aim::Gate);
    let above = aims && matches!(verdict.fate, Fate::ReEncodes { .. });
    let fate = format!("WeChat ({}): {}", destination.id, verdict.fate);
    if broken.is_empty() {
        return above.then_some(fate);
    }
    let why: Vec<&str> = broken.iter().map(|finding| finding.why.as_str()).collect();
    let said = format!("as it was asked for: {}", why.join("; "));
    // For nowhere in particular nothing is done to it.
    Some(if plan.destination().is_some() { format!("{said}. {fate}") } else { said })
}
