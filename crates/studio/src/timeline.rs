//! A timeline as one type: what an edit changes, what a plan is made of, and what a draft says on the wire.
//!
//! ```text
//! draft (PROTOCOL.md, "Draft: short keys")  → Timeline::read → Timeline → Timeline::write →  draft
//!
//! t  tt 0  the picture   sg: src clip d in out speed turn mirror · m: name width height volume sound
//!    tt 1  the music     sg: src s d · m: name volume sound · music: start dur looped skip fades silent
//!    tt 7  writing, a track a role (m.role)   sg: s d · m: text · at: start dur pos
//!          a file of subtitles               sg: src s d · m: name · cues: shown pos
//! m  width height, edit: the Settings, and whatever else stood there
//! ```
//!
//! `d` of the draft, `d` and `s` of music and writing, and `m.width` and `m.height` are there for others to show; they are
//! worked out anew on every write. Keys that are not known here stay as they are; a track or a setting that is not known
//! is refused, because a file made without it would silently lack an edit.
//!
//! Times are whole ms, source time is counted from the beginning of the file, and timeline time is that of the finished
//! output. Nothing in here knows a file: whether a source is there and long enough is for the plan to check.

mod frame;
mod parts;
mod place;
mod read;
mod subtitles;
mod units;
mod write;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::ops::{Codec, Container, Fit, Position, Ratio, Resolution, TextRole, TransitionKind};

pub use place::Placed;
pub(crate) use place::span;
pub(crate) use subtitles::MOST_FILES as MOST_SUBTITLES;
pub use subtitles::{Shown, Subtitles};
pub use units::{Fades, Gain, Range, Speed, Turn};

/// The longest timeline in ms: a day, beyond what any destination takes.
pub(crate) const LONGEST_MS: u64 = 24 * 60 * 60 * 1000;

/// How long a still picture stands when nobody says it, in ms.
pub(crate) const STILL_MS: u64 = 3_000;

/// All that the output is made of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Timeline {
    /// The picture, with the sound that was recorded with it, in the order of playing.
    pub segments: Vec<Segment>,
    /// The one piece of music under it.
    pub music: Option<Music>,
    /// Writing on the picture; later ones lie above earlier ones.
    pub texts: Vec<Text>,
    /// Files of subtitles, below all other writing.
    pub subtitles: Vec<Subtitles>,
    /// What holds for the output as a whole.
    pub settings: Settings,
    /// Keys of the draft and of its metadata that are not known here.
    rest: Rest,
}

/// A part of a clip, as it stands on the timeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// Parts with the same number that follow each other are one clip to people: one that was cut in the middle still is.
    pub clip: u32,
    /// The source's id, never a path.
    pub source: String,
    /// The clip's name as the person knows it; bounded, on one line.
    pub name: String,
    /// Whether the source is a still picture. Its source time is made up: it only says how long the picture stands.
    pub still: bool,
    /// Where it begins in the source, in ms.
    pub from_ms: u64,
    /// Where it ends in the source, in ms; beyond `from_ms`. `None` only in a draft that doesn't say: all of the clip.
    pub to_ms: Option<u64>,
    /// How fast it is played; the pitch stays.
    pub speed: Speed,
    /// How it is turned, on top of what the file itself says of its orientation.
    pub turn: Turn,
    /// How loud its own sound is.
    pub volume: Gain,
    /// Whether its own sound is off; `volume` is what it comes back to.
    pub muted: bool,
    /// Width and height as a player shows the source, in square pixels, before `turn`; where the draft says it.
    pub size: Option<(u32, u32)>,
    /// Keys that are not known here.
    rest: Rest,
}

/// The music under the picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Music {
    /// The source's id, never a path.
    pub source: String,
    /// The file's name as the person knows it; bounded, on one line.
    pub name: String,
    /// Where it begins on the timeline, in ms; below 0 counted from the end.
    pub start: i64,
    /// How long it plays, in ms; `None`: to the end of the timeline. It never plays beyond that.
    pub dur: Option<u64>,
    /// Whether it begins anew when it is over before `dur`.
    pub looped: bool,
    /// How much of it, begun anew as often as it takes, is left out before what is played, in ms.
    pub skip: u64,
    /// How loud it is.
    pub volume: Gain,
    /// Whether it is off; `volume` is what it comes back to.
    pub muted: bool,
    /// Parts of the timeline in which it is silent, in order and apart from each other.
    pub silent: Vec<Range>,
    /// At its own beginning and end.
    pub fades: Fades,
    /// Keys that are not known here.
    rest: Rest,
}

/// Writing on the picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// What it is for.
    pub role: TextRole,
    /// As the person typed it: any character may stand in it. At most [`Text::LONGEST`] of them.
    pub text: String,
    /// Where it begins on the timeline, in ms; below 0 counted from the end.
    pub start: i64,
    /// How long it stands, in ms; `None`: to the end of the timeline.
    pub dur: Option<u64>,
    /// Where it stands on the picture; `None`: where its role usually does.
    pub pos: Option<Position>,
    /// Keys that are not known here.
    rest: Rest,
}

/// What holds for the output as a whole. On the wire `m.edit`, where what is as usual is left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The shape of the picture; `None`: that of the first segment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub canvas: Option<Canvas>,
    /// Between clips, not between the parts of one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transition: Option<Transition>,
    /// From and to black, at the beginning and the end of the timeline.
    #[serde(skip_serializing_if = "Fades::is_none")]
    pub picture: Fades,
    /// Of all the sound.
    #[serde(skip_serializing_if = "Fades::is_none")]
    pub sound: Fades,
    /// Of the sound that was recorded with the picture.
    #[serde(skip_serializing_if = "Fades::is_none")]
    pub original: Fades,
    /// How loud all of the sound should come out, in hundredths of LUFS: -1600 is -16 LUFS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub loudness: Option<i32>,
    /// Whether the music goes down while someone speaks.
    #[serde(skip_serializing_if = "is_false")]
    pub duck: bool,
    /// Whether speech is to become subtitles.
    #[serde(skip_serializing_if = "is_false")]
    pub speech_subtitles: bool,
    /// What the file should be like.
    #[serde(skip_serializing_if = "Output::is_usual")]
    pub output: Output,
    /// The ids of clips that have stood on the timeline: one that was taken off doesn't come back by itself.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub seen: Vec<String>,
}

/// A shape, and what becomes of a picture of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Canvas {
    /// Width to height.
    pub ratio: Ratio,
    /// Cut off, with bars, or over a blurred copy of itself.
    pub fit: Fit,
}

/// How one clip becomes the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transition {
    /// A crossfade takes its time from both clips, so that the timeline gets shorter; over black it doesn't.
    pub kind: TransitionKind,
    /// How long it takes where the clips are long enough, in ms: [`Placed`] says what it comes to.
    pub ms: u64,
}

/// What was said of the file; what wasn't is for the destination to say.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Output {
    /// The id of the destination, as in `--for`: lower-case letters, digits and `-`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub destination: Option<String>,
    /// The most the file may have, in bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_bytes: Option<u64>,
    /// Its pixels; no picture grows for it unless both sides are given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resolution: Option<Resolution>,
    /// Frames a second, in thousandths; 29970 and 23976 are meant as 30000/1001 and 24000/1001.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fps_milli: Option<u32>,
    /// `None` is an MP4.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container: Option<Container>,
    /// `None` is what goes into the container.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub codec: Option<Codec>,
}

/// Keys of others, beside ours and in the metadata beside ours.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Rest {
    own: Map<String, Value>,
    meta: Map<String, Value>,
}

impl Segment {
    /// All of a source from its beginning, as it is.
    pub(crate) fn whole(clip: u32, source: &crate::Source) -> Self {
        let facts = &source.facts;
        let length = if facts.still { STILL_MS } else { facts.duration_ms };
        Self {
            clip,
            source: source.id.clone(),
            name: units::name(&source.name),
            still: facts.still,
            from_ms: 0,
            to_ms: Some(length).filter(|length| *length > 0),
            speed: Speed::NORMAL,
            turn: Turn::default(),
            volume: Gain::FULL,
            muted: false,
            size: facts.video.as_ref().map(|video| (video.display_width, video.display_height)),
            rest: Rest::default(),
        }
    }

    /// How long it stands on the timeline, in ms; `None` when the draft doesn't say where it ends.
    pub fn length_ms(&self) -> Option<u64> {
        self.to_ms.map(|to| self.speed.played(to.saturating_sub(self.from_ms)))
    }
}

impl Music {
    /// All of a source, as often as it takes, under the whole timeline.
    pub(crate) fn under_all(source: &crate::Source) -> Self {
        Self {
            source: source.id.clone(),
            name: units::name(&source.name),
            start: 0,
            dur: None,
            looped: true,
            skip: 0,
            volume: Gain::FULL,
            muted: false,
            silent: Vec::new(),
            fades: Fades::default(),
            rest: Rest::default(),
        }
    }
}

impl Text {
    /// The longest writing, in characters.
    pub const LONGEST: usize = 2_000;

    pub(crate) fn new(role: TextRole, text: String, start: i64, dur: Option<u64>, pos: Option<Position>) -> Self {
        Self { role, text, start, dur, pos, rest: Rest::default() }
    }
}

impl Output {
    fn is_usual(&self) -> bool {
        *self == Self::default()
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_false(flag: &bool) -> bool {
    !flag
}

#[cfg(test)]
mod tests;
