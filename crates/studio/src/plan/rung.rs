//! The cheapest work that makes a plan's file, and why no cheaper one does.

use super::{Form, Plan, Ramp, segment, sound::Soft};
use crate::{
    destination::Destination,
    facts::{MediaFacts, VideoFacts},
    ladder::{Rung, asked},
    ops::Container,
    rational::Rational,
    sniff::Kind,
    timeline::{Canvas, Gain, Segment, Speed, Turn},
    verify::{Finding, Fix, Inspected, Rule, verify},
};

/// Two rates this close are one: what a picture's own clock says is rarely exact. A part of the rate.
const SAME_RATE: f64 = 0.003;

/// Where picture and sound are copied and encoded side by side, they may end this far from each other, in ms: as far as
/// they do in what cameras write.
const ENDS_APART_MS: u64 = 500;

/// Where packets come from another container, the picture may begin this long after the sound, in ms: what an encoder of
/// sound puts before the first sample isn't hidden there.
const LATE_MS: u64 = 50;

/// Samples of sound a second that play everywhere.
const SAMPLE_RATES: [u32; 2] = [44_100, 48_000];

impl Plan {
    /// The cheapest work that makes the file, and why it takes no less: a reason a sentence.
    ///
    /// When that work turns out not to do, a dearer one is done in its place.
    pub fn rung(&self) -> (Rung, Vec<String>) {
        let (source, mut why) = match self.whole() {
            Ok(source) => (source, self.edits_of_picture()),
            Err(why) => return self.encoded(vec![why]),
        };
        let Some(video) = source.video.as_ref().filter(|_| why.is_empty()) else { return self.encoded(why) };
        let (mut short, edits) = (self.short_of_aim(source), self.edits_of_sound(source));
        why.extend(self.other_than_planned(video, source));
        if why.is_empty() && !source_is_copied(source, video) {
            why.push(format!("pictures of a {} file can't be taken over as they are", source.container));
        }
        let fix = short.iter().filter_map(|finding| finding.fix).max();
        let dear = fix.is_some_and(|fix| fix >= Fix::EncodePicture);
        if dear || !why.is_empty() {
            short.retain(|finding| finding.fix >= Some(Fix::EncodePicture));
            why.extend(short.into_iter().map(|finding| finding.why));
            return self.encoded(why);
        }
        let reasons = short.into_iter().map(|finding| finding.why).chain(edits.iter().cloned()).collect();
        let sound = fix == Some(Fix::EncodeSound) || !edits.is_empty();
        match fix {
            _ if sound && !self.keeps_step(source, video) => {
                let apart = "picture and sound don't begin and end together, so that they are encoded together";
                self.encoded([reasons, vec![apart.to_owned()]].concat())
            }
            _ if sound => (Rung::EncodeSound, reasons),
            Some(Fix::Retag) => (Rung::Retag, reasons),
            Some(_) => (rewritten(source), reasons),
            None => (Rung::Copy, vec!["it is as it has to be already".to_owned()]),
        }
    }

    fn encoded(&self, mut why: Vec<String>) -> (Rung, Vec<String>) {
        if !segment::needed(self) {
            return (Rung::Encode, why);
        }
        why.push("one graph of all of it would take too much memory".to_owned());
        (Rung::Segments, why)
    }

    /// A source that is as good as the output without being encoded, which the output must not be larger than; and the
    /// work that makes it one.
    ///
    /// That is one of which all is wanted as it is, and that keeps the limits of where it goes, though it may be above what
    /// is aimed at there.
    pub(crate) fn compliant(&self) -> Option<(&MediaFacts, Rung)> {
        let source = self.whole().ok().filter(|source| self.edits_of_sound(source).is_empty())?;
        let video = source.video.as_ref().filter(|video| source_is_copied(source, video))?;
        let is_wished = self.edits_of_picture().is_empty() && self.other_than_planned(video, source).is_empty();
        let destination = self.destination.as_ref().filter(|_| is_wished)?;
        let fix = self.short_of(source, destination).iter().filter_map(|finding| finding.fix).max();
        match fix {
            None => Some((source, Rung::Copy)),
            Some(Fix::Rename | Fix::Remux) => Some((source, rewritten(source))),
            Some(Fix::Retag) => Some((source, Rung::Retag)),
            Some(Fix::EncodeSound | Fix::EncodePicture | Fix::Shorten) => None,
        }
    }

    /// The same plan for a file of at most so many bytes.
    pub(crate) fn within(&self, bytes: u64) -> Self {
        let mut plan = self.clone();
        plan.most.bytes = Some(plan.most.bytes.map_or(bytes, |most| most.min(bytes)));
        plan
    }

    /// The one source of which all is wanted, or why there is none.
    pub(crate) fn whole(&self) -> Result<&MediaFacts, String> {
        let ([segment], [piece]) = (self.origin.timeline.segments.as_slice(), self.pieces.as_slice()) else {
            return Err(format!("it is put together from {} parts", self.origin.timeline.segments.len()));
        };
        if piece.still {
            return Err("it is made of a still picture".to_owned());
        }
        if piece.from_ms > 0 || piece.plays_ms.is_some() {
            return Err("only a part of the clip is wanted".to_owned());
        }
        self.origin.facts.get(&segment.source).ok_or_else(|| "its clip isn't known".to_owned())
    }

    /// Whether the picture's headers lack the names of its colours.
    pub(super) fn lacks_tags(&self) -> bool {
        let color = self.pieces.first().map(|piece| &piece.video.color);
        color.is_some_and(|color| {
            [&color.primaries, &color.transfer, &color.matrix, &color.range].iter().any(|name| name.is_none())
        })
    }

    /// What is done to the picture of the one clip.
    fn edits_of_picture(&self) -> Vec<String> {
        let Some(segment) = self.origin.timeline.segments.first() else { return Vec::new() };
        let Segment { speed, turn, .. } = segment;
        let done = [
            (!self.form.has_picture(), "only the sound is wanted"),
            (self.form.has_picture() && !matches!(self.form, Form::Mp4(_)), "another format than MP4 is asked for"),
            (*speed != Speed::NORMAL, "its speed is changed"),
            (*turn != Turn::default(), "the picture is turned or mirrored"),
            (self.writes(), "something is written on the picture"),
            (self.picture != Ramp::default(), "the picture comes out of black or goes into it"),
            (self.another_shape(), "another shape is asked for"),
        ];
        done.into_iter().filter(|(is_done, _)| *is_done).map(|(_, what)| what.to_owned()).collect()
    }

    /// Whether a shape was asked for.
    pub(crate) fn has_canvas(&self) -> bool {
        self.origin.timeline.settings.canvas.is_some()
    }

    /// A shape that the picture has already changes nothing.
    fn another_shape(&self) -> bool {
        let Some(Canvas { ratio, .. }) = self.origin.timeline.settings.canvas else { return false };
        let (wide, high) = ratio.sides();
        self.pieces.first().is_some_and(|piece| {
            let (width, height) = (piece.video.display_width, piece.video.display_height);
            u64::from(width) * u64::from(high) != u64::from(height) * u64::from(wide)
        })
    }

    /// What is done to the sound, where there is any; for nowhere in particular also what makes it play everywhere.
    fn edits_of_sound(&self, source: &MediaFacts) -> Vec<String> {
        let Some(piece) = self.pieces.first() else { return Vec::new() };
        let has_own = source.audio.is_some();
        let is_heard = piece.audio.is_some();
        let quiet = Soft::default();
        let unusual = source.audio.as_ref().is_some_and(|audio| !SAMPLE_RATES.contains(&audio.sample_rate));
        let done = [
            (unusual && self.destination.is_none(), "the sound has a rate that isn't played everywhere"),
            (self.music.is_some(), "music is laid under it"),
            (has_own && !is_heard, "the sound is taken off"),
            (is_heard && piece.gain != Gain::FULL, "its sound is made louder or softer"),
            (is_heard && self.sound.original != quiet || has_own && self.sound.all != quiet, "the sound fades"),
            (is_heard && self.lufs().is_some(), "the sound is brought to a loudness"),
        ];
        done.into_iter().filter(|(is_done, _)| *is_done).map(|(_, what)| what.to_owned()).collect()
    }

    /// Where the source isn't what was wished outright; for nowhere in particular also where it isn't what plays
    /// everywhere, which is what a plan makes then.
    fn other_than_planned(&self, video: &VideoFacts, source: &MediaFacts) -> Vec<String> {
        let (wishes, anywhere) = (self.wishes(), self.destination.is_none());
        let mut why = Vec::new();
        let (width, height) = (video.display_width, video.display_height);
        if (wishes.resolution.is_some() || anywhere) && (width, height) != (self.width, self.height) {
            why.push(format!("its picture of {width}x{height} becomes one of {}x{}", self.width, self.height));
        }
        let same = |rate: Rational| (rate.value() / self.frame_rate.value() - 1.0).abs() < SAME_RATE;
        if (wishes.fps_milli.is_some() || anywhere) && !video.frame_rate.is_some_and(same) {
            why.push(format!("it gets {} frames a second", self.frame_rate));
        }
        if (wishes.fps_milli.is_some() || anywhere) && !is_even(source, video) {
            why.push("its frames are unevenly spaced".to_owned());
        }
        if anywhere && (video.rotation != 0 || video.transformed || video.sample_aspect_ratio != Rational::ONE) {
            why.push("a note in it says how to turn or stretch it".to_owned());
        }
        if wishes.codec.is_some() && Some(video.codec.as_str()) != self.form.picture_codec() {
            why.push(format!("the picture is {}, and another codec is asked for", video.codec));
        }
        if wishes.container == Some(Container::Mp4) && source.container != Kind::Mov.extension() {
            why.push(format!("it is a {} file", source.container));
        }
        if let Some(most) = wishes.max_bytes.filter(|most| source.bytes > *most) {
            why.push(format!("it has {} bytes, more than the {most} that were asked for", source.bytes));
        }
        why
    }

    /// What of a source falls short of what is aimed at where it goes, but for what was asked for.
    fn short_of_aim(&self, source: &MediaFacts) -> Vec<Finding> {
        let aim = match &self.destination {
            Some(destination) => destination.aimed_at(),
            None => self.anywhere().clone(),
        };
        self.short_of(source, &aim)
    }

    fn short_of(&self, source: &MediaFacts, destination: &Destination) -> Vec<Finding> {
        let file = Inspected { facts: source.clone(), name_bytes: 0 };
        let findings = verify(&file, destination).findings;
        findings.into_iter().filter(|finding| finding.fix.is_some() && !asked(finding.rule, self)).collect()
    }

    /// Where the file goes if it goes nowhere in particular, by the table of this plan.
    pub(crate) fn anywhere(&self) -> &Destination {
        self.origin.destinations.anywhere()
    }

    /// Whether sound that is encoded by itself stays with a picture that isn't: the picture begins with the file, its frames
    /// follow evenly, and none of them is hidden by the container.
    fn keeps_step(&self, source: &MediaFacts, video: &VideoFacts) -> bool {
        let Some((rate, frames)) = video.frame_rate.zip(video.frames) else { return false };
        let picture_ms = rate.inverse().rounded(frames.saturating_mul(1000));
        let frame_ms = rate.inverse().rounded(1000).max(1);
        source.container == Kind::Mov.extension()
            && video.start_ms == 0
            && is_even(source, video)
            && video.duration_ms.is_some_and(|ms| ms.abs_diff(picture_ms) <= frame_ms)
            && picture_ms.abs_diff(self.duration_ms()) <= ENDS_APART_MS
    }
}

/// Who writes the container anew: fragments, and pictures that are marked another way, are left to ffmpeg.
fn rewritten(source: &MediaFacts) -> Rung {
    let plain = |boxes: &crate::Boxes| !boxes.fragmented && !boxes.tracks.iter().any(|track| track.entry == "avc3");
    let is_plain = source.container == Kind::Mov.extension() && source.boxes.as_ref().is_some_and(plain);
    if is_plain { Rung::Remux } else { Rung::Retag }
}

/// Whether the frames follow each other evenly: by the index, else by the rates.
fn is_even(source: &MediaFacts, video: &VideoFacts) -> bool {
    let tracks = source.boxes.iter().flat_map(|boxes| &boxes.tracks);
    let told = tracks.filter(|track| track.kind == crate::TrackKind::Video).find_map(|track| track.even);
    told.unwrap_or(!video.variable)
}

/// Whether packets of this file can go into an MP4 as they are, at their times. Matroska counts in whole ms, which makes
/// frames uneven whose length isn't one.
fn source_is_copied(source: &MediaFacts, video: &VideoFacts) -> bool {
    match Kind::of_extension(&source.container) {
        Some(Kind::Mov) => true,
        Some(Kind::MpegTs) => video.start_ms <= LATE_MS,
        Some(Kind::Matroska) => {
            let whole = video.frame_rate.is_some_and(|rate| u64::from(rate.den()) * 1000 % u64::from(rate.num()) == 0);
            whole && video.start_ms <= LATE_MS
        }
        Some(
            Kind::Avi
            | Kind::MpegPs
            | Kind::Gif
            | Kind::Png
            | Kind::Jpeg
            | Kind::Webp
            | Kind::Mp3
            | Kind::Wav
            | Kind::Aac,
        )
        | None => false,
    }
}

impl Rule {
    /// Whether it says something of a file without a picture.
    pub(crate) fn concerns_sound_alone(self) -> bool {
        matches!(self, Self::Bytes | Self::Seconds | Self::Name | Self::Metadata)
    }
}
