//! From a timeline and facts to every argument for ffmpeg, without touching the machine.
//!
//! ```text
//! known   the timeline with what only the files know: lengths, sizes, what the destination asks for
//! piece   a segment in frames of the output; the pieces cover it from its first frame to its last
//! look    where a picture lies in the frame: crop, size, bars or a blurred copy behind it
//! sound   the sound of the pieces, the music, levels and fades, in samples
//! speech  the sound to find out what is said
//! text    writing, broken into lines and placed, in pixels
//! graph   all of it as one filter graph
//! segment the same in windows, each with a graph of its own, and the sound for itself
//! form    the container, the codecs and their settings
//! budget  what a size in bytes leaves for the picture
//! sample  windows of the picture, from which it is told what all of it takes
//! demand  what was told from them: the size at constant quality, and the height that a size is best spent on
//! argv    what ffmpeg is told, a list a pass
//! kept    the same where the picture isn't encoded
//! parts   what is too long for where it goes, in numbered parts
//! rung    the cheapest work that makes the file, and why no cheaper one does
//! ```

mod argv;
mod budget;
mod demand;
mod filters;
mod form;
mod graph;
mod kept;
mod known;
mod look;
mod parts;
mod piece;
mod rate;
mod rung;
mod sample;
pub(crate) mod segment;
mod size;
mod sound;
mod speech;
mod text;
mod told;
mod wrap;

use std::collections::BTreeMap;

use serde_json::Value;

use crate::{
    destination::{Destination, Destinations},
    error::Error,
    facts::MediaFacts,
    rational::Rational,
    subtitles::Cue,
    timeline::{Output, Timeline},
};

pub(crate) use argv::{FONTS_FOLDER, Pass, TEXT_FILE, WINDOW_FILE};
pub(crate) use budget::{Budget, is_full};
pub(crate) use demand::Demand;
pub(crate) use filters::canonical;
pub(crate) use form::Form;
pub(crate) use graph::Loudness;
pub(crate) use known::SHORTEST_RATED_MS;
pub use parts::parts;
pub(crate) use piece::Piece;
pub(crate) use sample::{SIZES_FILE, Sample, Within};
pub(crate) use size::{bounds, fit};
pub(crate) use sound::MusicPiece;
pub(crate) use text::{Font, Script, drawn};
pub use told::Run;

/// Samples a second of the output's sound.
pub(crate) const SAMPLE_RATE: u32 = 48_000;

/// Everything that ffmpeg is told to make one output, in whole frames, samples and pixels.
///
/// A value and nothing else: making it touches no file and starts no process. The same draft and
/// facts give the same plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    width: u32,
    height: u32,
    frame_rate: Rational,
    pieces: Vec<Piece>,
    music: Option<MusicPiece>,
    captions: Vec<text::Caption>,
    /// Of the whole picture, in frames.
    picture: Ramp,
    sound: sound::Mix,
    form: Form,
    most: form::Most,
    /// Where it goes; `None`: nowhere in particular.
    destination: Option<Destination>,
    /// Where it lies in a longer one; `None` for one that is whole.
    window: Option<segment::Window>,
    /// What it was made of, for making it again a little different.
    origin: Origin,
}

/// How long something comes and goes, in frames.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Ramp {
    pub(crate) rise: u64,
    pub(crate) fall: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Origin {
    timeline: Timeline,
    /// What was said of the file outright, before the destination filled in the rest.
    wishes: Output,
    facts: BTreeMap<String, MediaFacts>,
    destinations: Destinations,
    /// What was said in it, once that is known; only where it is to be written on the picture.
    heard: Option<Vec<Cue>>,
}

/// Says how a draft becomes a file, given what each of its sources is.
///
/// `facts` are by source id, as they stand in the draft's segments. Destinations are those that are built in;
/// [`Plan::of`] takes others.
///
/// # Errors
/// [`Error::Draft`] when the draft asks for something that can't be rendered, or names a source without facts;
/// [`Error::NotHere`] for what this machine lacks; [`Error::NoVideo`] when a source is sound alone,
/// [`Error::Unreadable`] when nothing says how long it is.
pub fn plan(draft: &Value, facts: &BTreeMap<String, MediaFacts>) -> Result<Plan, Error> {
    Plan::of(Timeline::read(draft)?, facts, Destinations::built_in())
}

impl Plan {
    /// Says how a timeline becomes a file, given what each of its sources is, by source id.
    ///
    /// # Errors
    /// As [`plan`].
    pub fn of(
        timeline: Timeline,
        facts: &BTreeMap<String, MediaFacts>,
        destinations: &Destinations,
    ) -> Result<Self, Error> {
        Self::with(timeline, facts, destinations, None)
    }

    /// The same, when it is known what was heard.
    fn with(
        timeline: Timeline,
        facts: &BTreeMap<String, MediaFacts>,
        destinations: &Destinations,
        heard: Option<Vec<Cue>>,
    ) -> Result<Self, Error> {
        let wishes = timeline.settings.output.clone();
        let (timeline, goal) = known::complete(timeline, facts, destinations)?;
        let form = Form::of(&timeline.settings.output)?;
        let (width, height) = timeline.frame().ok_or_else(|| Error::Draft { why: "it is empty".to_owned() })?;
        let frame_rate = known::frame_rate(&timeline, facts, &goal, form);
        let pieces = piece::pieces(&timeline, facts, frame_rate, (width, height))?;
        let frames = piece::total(&pieces);
        let music = sound::music(&timeline, facts, frame_rate, frames)?;
        let screen = text::Screen { size: (width, height), rate: frame_rate, frames };
        let captions = text::captions(&timeline, facts, heard.as_deref().unwrap_or_default(), screen)?;
        let settings = &timeline.settings;
        Ok(Self {
            width,
            height,
            frame_rate,
            pieces,
            music,
            captions,
            picture: Ramp::of(settings.picture, frame_rate, frames),
            sound: sound::Mix::of(settings, frame_rate, frames)?,
            form,
            // What a rate comes to in a moment is too little for any file.
            most: form::Most::of(&wishes, &goal, timeline.duration_ms().max(SHORTEST_RATED_MS)),
            destination: goal.destination,
            window: None,
            origin: Origin { timeline, wishes, facts: facts.clone(), destinations: destinations.clone(), heard },
        })
    }

    /// Width of the output in pixels; even.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Height of the output in pixels; even.
    pub fn height(&self) -> u32 {
        self.height
    }

    /// Frames a second of the output; constant.
    pub fn frame_rate(&self) -> Rational {
        self.frame_rate
    }

    /// How many frames the output will have. Where it has no picture, how many it would have.
    pub fn frames(&self) -> u64 {
        piece::total(&self.pieces)
    }

    /// How long the output will be, in ms.
    pub fn duration_ms(&self) -> u64 {
        self.frame_rate.inverse().rounded(self.frames().saturating_mul(1000))
    }

    /// The usual extension of the output's container, without a dot: `mp4` unless another was asked for.
    pub fn extension(&self) -> &'static str {
        self.form.extension()
    }

    /// The most bytes that the output may have, where there is such a limit.
    pub fn max_bytes(&self) -> Option<u64> {
        self.most.bytes
    }

    /// Where the output goes; `None` for nowhere in particular.
    pub fn destination(&self) -> Option<&Destination> {
        self.destination.as_ref()
    }

    /// What was said of the file outright; the destination filled in the rest.
    pub fn wishes(&self) -> &Output {
        &self.origin.wishes
    }

    /// The ids of the sources, in the order of ffmpeg's inputs.
    pub fn sources(&self) -> impl Iterator<Item = &str> {
        let music = self.music.as_ref().map(|music| music.source.as_str());
        self.pieces.iter().map(|piece| piece.source.as_str()).chain(music)
    }

    /// The arguments for ffmpeg in a pass that makes the output at constant quality. Inputs and output are names
    /// inside the job folder, so that no word of a person's ever stands among them.
    pub fn arguments(&self) -> Vec<String> {
        argv::arguments(self, &Pass::Quality, None)
    }

    /// What the timeline and the files came to, for a pass of another kind.
    pub(crate) fn arguments_of(&self, pass: &Pass, loudness: Option<&Loudness>) -> Vec<String> {
        argv::arguments(self, pass, loudness)
    }

    /// The names under which ffmpeg sees the inputs, in order, with the id of the source and what it was planned as.
    pub(crate) fn links(&self) -> impl Iterator<Item = (String, &str, crate::sniff::Kind)> {
        let pieces = self.pieces.iter().map(|piece| (piece.source.as_str(), piece.kind));
        let music = self.music.as_ref().map(|music| (music.source.as_str(), music.kind));
        let inputs = pieces.chain(music).enumerate();
        inputs.map(|(index, (source, kind))| (argv::input_name(index, kind), source, kind))
    }

    /// What ffmpeg has to be able to do for it beside the usual: filters, then encoders.
    pub(crate) fn needs(&self) -> (Vec<&'static str>, Vec<&'static str>) {
        let hdr = self.form.has_picture() && self.pieces.iter().any(|p| filters::needs_zscale(&p.video.color));
        let filters = [(hdr, "zscale"), (self.writes(), "ass"), (self.sound.lufs.is_some(), "loudnorm")];
        let filters = filters.into_iter().filter(|(needed, _)| *needed).map(|(_, name)| name).collect();
        (filters, self.form.encoders())
    }

    /// What stands on the picture as a file for libass, drawn in this font.
    pub(crate) fn ass(&self, font: &Font) -> String {
        text::ass(&self.captions, font, (self.width, self.height), self.frame_rate)
    }

    /// Whether there is writing on the picture, and whether it takes a font with Chinese characters.
    pub(crate) fn writing(&self) -> Option<Script> {
        self.form.has_picture().then(|| text::script(&self.captions)).flatten()
    }

    /// What has to be known to the person about the writing.
    pub(crate) fn left_out(&self) -> Option<String> {
        text::left_out(&self.captions)
    }

    pub(crate) fn form(&self) -> Form {
        self.form
    }

    /// How loud the sound is to come out, in hundredths of LUFS.
    pub(crate) fn lufs(&self) -> Option<i32> {
        self.sound.lufs.filter(|_| self.form.has_sound())
    }

    /// The same plan for a clip that turned out to be cut off, given how many frames this plan made of it; `None`
    /// when there are several, as it isn't known which of them it was, or when nothing of the clip was there.
    pub(crate) fn shortened(&self, made: u64) -> Option<Self> {
        let [piece] = self.pieces.as_slice() else { return None };
        // The last frame that could be read was held as often as this plan allows.
        let frames = made.checked_sub(piece.hold).filter(|frames| *frames > 0)?;
        let mut timeline = self.origin.timeline.clone();
        let segment = timeline.segments.first_mut()?;
        let played = self.frame_rate.inverse().rounded(frames.saturating_mul(1000));
        segment.to_ms = Some(segment.from_ms + segment.speed.covered(played).max(1));
        let plan = self.again(timeline).ok()?;
        Some(plan).filter(|plan| plan.frames() < self.frames())
    }

    /// The same plan with a smaller picture, where its size was nobody's wish.
    pub(crate) fn with_short_side(&self, short_side: u32) -> Result<Self, Error> {
        let mut timeline = self.origin.timeline.clone();
        timeline.settings.output.resolution = Some(crate::ops::Resolution::Short { short_side });
        self.again(timeline)
    }

    /// The same wishes for another timeline.
    fn again(&self, timeline: Timeline) -> Result<Self, Error> {
        let Origin { wishes, facts, destinations, heard, .. } = &self.origin;
        let plan = Self::with(timeline, facts, destinations, heard.clone())?;
        let origin = Origin { wishes: wishes.clone(), ..plan.origin };
        Ok(Self { most: self.most, origin, ..plan })
    }

    /// The place in the sound, in samples, of a place in the picture, in frames.
    pub(crate) fn samples_at(&self, frame: u64) -> u64 {
        samples_at(frame, self.frame_rate)
    }
}

impl Ramp {
    fn of(fades: crate::timeline::Fades, rate: Rational, frames: u64) -> Self {
        let within = |ms| frames_in(ms, rate).min(frames);
        Self { rise: within(fades.in_ms), fall: within(fades.out_ms) }
    }
}

pub(crate) fn samples_at(frame: u64, rate: Rational) -> u64 {
    rate.inverse().rounded(frame.saturating_mul(u64::from(SAMPLE_RATE)))
}

pub(crate) fn frames_in(ms: u64, rate: Rational) -> u64 {
    let per_ms = u128::from(rate.num()) * u128::from(ms);
    let den = u128::from(rate.den()) * 1000;
    u64::try_from((per_ms * 2 + den) / (den * 2)).unwrap_or(u64::MAX)
}

fn words(line: &str) -> Vec<String> {
    line.split(' ').map(str::to_owned).collect()
}

#[cfg(test)]
pub(crate) mod tests;
