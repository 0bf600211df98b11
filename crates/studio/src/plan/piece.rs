//! Segments in frames of the output: they cover it from its first frame to its last.

use std::collections::BTreeMap;

use super::{frames_in, known::no, look::Look};
use crate::{
    error::Error,
    facts::{AudioFacts, MediaFacts, VideoFacts},
    ops::TransitionKind,
    rational::Rational,
    sniff::Kind,
    timeline::{Gain, Segment, Speed, Timeline, Turn},
};

/// A clip's picture may end this much before its stated end, in ms, and its last frame is held.
/// Beyond it the clip is cut off, and the person hears of it.
const SLACK_MS: u64 = 500;

/// A segment, in the units of the output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Piece {
    pub(crate) source: String,
    pub(crate) kind: Kind,
    pub(crate) video: VideoFacts,
    /// `None` where there is no sound, or none is to be heard.
    pub(crate) audio: Option<AudioFacts>,
    pub(crate) still: bool,
    /// Where it begins in the source, in ms.
    pub(crate) from_ms: u64,
    /// How much of the source it plays, in ms; `None`: all that follows.
    pub(crate) plays_ms: Option<u64>,
    pub(crate) speed: Speed,
    pub(crate) turn: Turn,
    pub(crate) gain: Gain,
    pub(crate) look: Look,
    /// How long it stands, from its first frame to the first after it.
    pub(crate) frames: u64,
    /// How many of its first frames lie over the last of the piece before.
    pub(crate) enter: u64,
    /// How many frames it takes to come out of black, and to go into it.
    pub(crate) dark: super::Ramp,
    /// How many times the last frame may be repeated to fill `frames`.
    pub(crate) hold: u64,
    /// How many frames lie between `from_ms` and the first that is shown; 0 but in a part of it.
    pub(crate) skip: u64,
    /// How many frames its source is sure to have from the first that is shown.
    pub(crate) sure: u64,
}

/// How many frames they are together.
pub(super) fn total(pieces: &[Piece]) -> u64 {
    pieces.iter().map(|piece| piece.frames - piece.enter).sum()
}

/// The segments of a complete timeline. Rounded on the timeline and not one by one, so that roundings don't add up.
pub(super) fn pieces(
    timeline: &Timeline,
    facts: &BTreeMap<String, MediaFacts>,
    rate: Rational,
    frame: (u32, u32),
) -> Result<Vec<Piece>, Error> {
    let fit = timeline.settings.canvas.map(|canvas| canvas.fit);
    let kind = timeline.settings.transition.map(|transition| transition.kind);
    let mut pieces: Vec<Piece> = Vec::new();
    let mut end = 0;
    for placed in timeline.placed() {
        let segment = &timeline.segments[placed.index];
        let to = frames_in(placed.on.to, rate).max(u64::from(pieces.is_empty()));
        let overlap = end - frames_in(placed.on.from, rate).min(end);
        // A transition leaves a frame of its own to each side, however short they are.
        let before = pieces.last().map_or(0, |before| before.frames - before.enter);
        let overlap = overlap.min(before.saturating_sub(1)).min((to.max(end) - end).saturating_sub(1));
        let frames = to.max(end) - end + overlap;
        if frames == 0 {
            continue;
        }
        let mut piece = piece(segment, facts, rate, frames)?;
        piece.look = Look::new(&piece.video, segment.turn, fit, frame);
        piece.enter = overlap;
        if kind == Some(TransitionKind::FadeBlack) {
            darken(pieces.last_mut(), &mut piece, frames_in(placed.enter_ms, rate) / 2);
        }
        end = to.max(end);
        pieces.push(piece);
    }
    if pieces.is_empty() { Err(no("it is empty")) } else { Ok(pieces) }
}

fn darken(before: Option<&mut Piece>, piece: &mut Piece, half: u64) {
    let Some(before) = before else { return };
    before.dark.fall = half.min(before.frames);
    piece.dark.rise = half.min(piece.frames);
}

fn piece(segment: &Segment, facts: &BTreeMap<String, MediaFacts>, rate: Rational, frames: u64) -> Result<Piece, Error> {
    let unknown = || no("it names a clip that isn't here");
    let media = facts.get(&segment.source).ok_or_else(unknown)?;
    let kind = Kind::of_extension(&media.container).ok_or_else(unknown)?;
    let video = media.video.clone().ok_or_else(unknown)?;
    let to_ms = segment.to_ms.unwrap_or(media.duration_ms);
    let picture_end = video.duration_ms.map_or(media.duration_ms, |length| video.start_ms + length);
    let own = frames_in(segment.speed.played(picture_end.saturating_sub(segment.from_ms)), rate);
    let slack = frames_in(SLACK_MS, rate);
    let hold = if media.still { 0 } else { frames.saturating_sub(own) + slack };
    let heard = !segment.muted && segment.volume.fraction() > 0.0 && !media.still;
    Ok(Piece {
        source: segment.source.clone(),
        kind,
        video,
        audio: media.audio.clone().filter(|_| heard),
        still: media.still,
        from_ms: segment.from_ms,
        plays_ms: (to_ms < media.duration_ms).then(|| to_ms - segment.from_ms),
        speed: segment.speed,
        turn: segment.turn,
        gain: segment.volume,
        look: Look::default(),
        frames,
        enter: 0,
        dark: super::Ramp::default(),
        hold,
        skip: 0,
        sure: if media.still { u64::MAX } else { own.saturating_sub(slack) },
    })
}

impl Piece {
    /// Where a frame of it lies in the source, in µs.
    pub(super) fn entry_us(&self, rate: Rational, frame: u64) -> u64 {
        self.from_ms * 1_000 + self.speed.covered(rate.inverse().rounded(frame.saturating_mul(1_000_000)))
    }
}
