//! The timeline with what only its files and its destination know.

use std::collections::BTreeMap;

use super::{
    Form, rate,
    segment::{MOST_PIECES, MOST_PIXELS},
};
use crate::{
    destination::{Destination, Destinations},
    error::{Error, plain},
    facts::MediaFacts,
    ops::Resolution,
    rational::Rational,
    timeline::{STILL_MS, Segment, Timeline},
};

/// A segment may reach this much beyond its clip, in ms: players and probes disagree by so much.
const BEYOND_MS: u64 = 1_000;

/// What is made where neither the person nor the destination says it.
const USUAL_SHORT_SIDE: u32 = 1080;
const USUAL_FPS: u32 = 30;

/// Of what a destination allows a second, so many bits are for the sound.
const SOUND_BITS: u64 = 130_000;

/// Bits a second say nothing of a shorter video, in ms.
pub(crate) const SHORTEST_RATED_MS: u64 = 1_000;

/// A GIF of more pixels than this, in the short side, is larger than the video it was made of.
const GIF_SHORT_SIDE: u32 = 480;

/// What is asked of the file by where it goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Goal {
    /// `None`: for nowhere in particular.
    pub(super) destination: Option<Destination>,
    /// The longest that it may be, in ms.
    pub(super) max_ms: Option<u64>,
    pub(super) max_bytes: Option<u64>,
    /// The longest the shorter side is made where nobody says it, in pixels.
    short_side: u32,
    /// The most frames a second where nobody says it.
    fps: u32,
    /// The most of the picture, in kbit/s.
    pub(super) max_kbit: Option<u32>,
}

impl Goal {
    fn of(id: Option<&String>, destinations: &Destinations) -> Result<Self, Error> {
        let named =
            |id: &String| destinations.get(id).cloned().ok_or_else(|| no(&format!("no destination is called {id}")));
        let destination = id.map(named).transpose()?;
        // For nowhere in particular it is made so that it plays everywhere.
        let caps = destination.as_ref().map(Destination::caps).unwrap_or_default();
        // The longer side is at most 16:9 of the shorter one.
        let by_long_side = caps.long_side.map_or(u32::MAX, |long| (long.saturating_mul(9) / 16).max(2));
        let kbit = |bits: u64| u32::try_from(bits.saturating_sub(SOUND_BITS) / 1000).unwrap_or(u32::MAX);
        Ok(Self {
            destination,
            max_ms: caps.seconds.map(|seconds| u64::from(seconds) * 1000),
            max_bytes: caps.bytes,
            short_side: caps.short_side.unwrap_or(USUAL_SHORT_SIDE).min(by_long_side).min(USUAL_SHORT_SIDE),
            fps: caps.frame_rate.unwrap_or(USUAL_FPS),
            max_kbit: caps.bit_rate.map(kbit),
        })
    }
}

/// Fills in lengths, sizes and what is a still, and refuses what can't be made. Also says what is asked of the file.
pub(super) fn complete(
    timeline: Timeline,
    facts: &BTreeMap<String, MediaFacts>,
    destinations: &Destinations,
) -> Result<(Timeline, Goal), Error> {
    let (timeline, goal) = filled(timeline, facts, destinations)?;
    refuse_length(&timeline, &goal)?;
    Ok((timeline, goal))
}

/// The same, however long it is.
pub(super) fn filled(
    mut timeline: Timeline,
    facts: &BTreeMap<String, MediaFacts>,
    destinations: &Destinations,
) -> Result<(Timeline, Goal), Error> {
    for segment in &mut timeline.segments {
        complete_segment(segment, facts)?;
    }
    refuse_number(&timeline)?;
    let goal = Goal::of(timeline.settings.output.destination.as_ref(), destinations)?;
    let output = &mut timeline.settings.output;
    if output.resolution.is_none() {
        let gif = Form::of(output)? == Form::Gif;
        let short_side = if gif { goal.short_side.min(GIF_SHORT_SIDE) } else { goal.short_side };
        output.resolution = Some(Resolution::Short { short_side });
    }
    Ok((timeline, goal))
}

/// The output's rate: what was asked for, else that of the fastest clip, so that none of them loses frames.
pub(super) fn frame_rate(
    timeline: &Timeline,
    facts: &BTreeMap<String, MediaFacts>,
    goal: &Goal,
    form: Form,
) -> Rational {
    if let Some(asked) = timeline.settings.output.fps_milli.and_then(of_milli) {
        return asked;
    }
    if form == Form::Gif {
        // A GIF counts in hundredths of a second: eight of them are a rate that comes out even.
        return Rational::new(25, 2).unwrap_or(rate::USUAL);
    }
    let moving = timeline.segments.iter().filter(|segment| !segment.still);
    let videos = moving.filter_map(|segment| facts.get(&segment.source)?.video.as_ref());
    let rates = videos.map(|video| rate::frame_rate(video, goal.fps));
    rates.max_by(|a, b| a.value().total_cmp(&b.value())).unwrap_or(rate::USUAL)
}

fn complete_segment(segment: &mut Segment, facts: &BTreeMap<String, MediaFacts>) -> Result<(), Error> {
    let media = facts.get(&segment.source).ok_or_else(|| no("it names a clip that isn't here"))?;
    let Some(video) = &media.video else {
        return Err(Error::NoVideo { name: segment.name.clone(), found: "there is only sound in it" });
    };
    segment.size = Some((video.display_width, video.display_height));
    segment.still = media.still;
    if media.still {
        segment.to_ms = Some(segment.to_ms.unwrap_or(segment.from_ms + STILL_MS));
        return Ok(());
    }
    if media.duration_ms == 0 {
        let why = "its length is not known".to_owned();
        return Err(Error::Unreadable { name: segment.name.clone(), why });
    }
    let to = segment.to_ms.unwrap_or(media.duration_ms);
    if to > media.duration_ms.saturating_add(BEYOND_MS) {
        return Err(no("a segment is longer than its clip"));
    }
    if to <= segment.from_ms {
        return Err(no("a segment ends before it begins"));
    }
    segment.to_ms = Some(to);
    Ok(())
}

/// All parts of a GIF are open at once, each with a decoder that keeps frames; a video is made in segments then.
fn refuse_number(timeline: &Timeline) -> Result<(), Error> {
    if Form::of(&timeline.settings.output)? != Form::Gif {
        return Ok(());
    }
    if timeline.segments.len() > MOST_PIECES {
        return Err(no(&format!("it has more than {MOST_PIECES} parts, too many for a GIF; make a video of it")));
    }
    let area = |segment: &Segment| segment.size.map_or(0, |(width, height)| u64::from(width) * u64::from(height));
    if timeline.segments.len() > 1 && timeline.segments.iter().map(area).sum::<u64>() > MOST_PIXELS {
        return Err(no("it has too many parts of so large pictures for a GIF; make a video of it, or take fewer"));
    }
    Ok(())
}

fn refuse_length(timeline: &Timeline, goal: &Goal) -> Result<(), Error> {
    let ms = timeline.duration_ms();
    let Some(most_ms) = goal.max_ms.filter(|most| ms > *most) else { return Ok(()) };
    let place = goal.destination.as_ref().map_or("its destination", |destination| &destination.id).to_owned();
    Err(Error::TooLong { ms, most_ms, place })
}

/// What is meant by a rate in thousandths: television's rates are a thousandth below the whole number.
fn of_milli(milli: u32) -> Option<Rational> {
    match milli {
        23_976 => Rational::new(24_000, 1001),
        29_970 => Rational::new(30_000, 1001),
        59_940 => Rational::new(60_000, 1001),
        _ => Rational::new(milli, 1000),
    }
}

pub(super) fn no(why: &str) -> Error {
    Error::Draft { why: plain(why, 200) }
}
