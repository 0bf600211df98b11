//! The draft: the timeline as the server keeps it (PROTOCOL.md, "Draft: short keys").
//!
//! A draft is the server's property. It goes back in the export request exactly as it came, byte for
//! byte, so [`Draft`] keeps the JSON text and only looks at it: unknown keys, integers beyond 64
//! bits and the spelling of floats survive. What people need of it is a [summary](Draft::summary)
//! and, when an edit came back without a word, a [`diff()`].
//!
//! Only five keys are known: `t` tracks, `tt` track type, `sg` segments, `d` duration, `m` metadata.
//! Where a segment starts, how loud it is and what it is called stand under several names, which are
//! all tried; a segment without a start follows the one before it.

mod canonical;
mod diff;
mod summary;
mod track;

use std::fmt;

use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

pub use diff::{Changes, diff};
pub use track::{Segment, Track, TrackKind};

use crate::json::{self, Object};

/// A timeline: the server's JSON text, and what is known of its meaning.
///
/// Serialising it with `serde_json` writes the text it was made of.
#[derive(Clone)]
pub struct Draft {
    text: Box<RawValue>,
    tracks: Vec<Track>,
    duration_ms: Option<u64>,
    frame: Option<(u32, u32)>,
}

impl Draft {
    /// Reads a draft from JSON text; white space around it is not kept.
    ///
    /// `None` when there is no draft: text that is no JSON object, `null`, or `{}`, which servers
    /// answer before the first edit.
    ///
    /// ```
    /// use weixin_video_core::draft::Draft;
    ///
    /// let draft = Draft::parse(r#"{"t":[{"tt":0,"sg":[{"d":1e4}]}],"big":18446744073709551616}"#).unwrap();
    /// assert!(draft.can_export());
    /// assert!(draft.raw().get().ends_with(r#""big":18446744073709551616}"#));
    /// assert!(Draft::parse("{}").is_none());
    /// ```
    pub fn parse(text: &str) -> Option<Self> {
        Self::from_raw(serde_json::from_str(text).ok()?)
    }

    /// Reads a draft that stands inside a larger answer. `None` as in [`parse`](Self::parse).
    ///
    /// ```
    /// use weixin_video_core::draft::Draft;
    ///
    /// let state: std::collections::BTreeMap<&str, &serde_json::value::RawValue> =
    ///     serde_json::from_str(r#"{"draft":{"t":[]},"video_infos":[]}"#).unwrap();
    /// assert!(!Draft::from_raw(state["draft"]).unwrap().can_export());
    /// assert!(Draft::from_raw(state["video_infos"]).is_none());
    /// ```
    pub fn from_raw(raw: &RawValue) -> Option<Self> {
        let object = Object::of(raw).filter(|object| !object.is_empty())?;
        let metadata = object.member("m").and_then(Object::of);
        let side = |key| {
            let written = metadata.as_ref()?.first(&[key], json::number)?;
            (1.0..=100_000.0).contains(&written).then_some(written as u32)
        };
        Some(Self {
            tracks: track::tracks(&object),
            duration_ms: object.first(&["d"], track::milliseconds),
            frame: side("width").zip(side("height")),
            text: raw.to_owned(),
        })
    }

    /// The JSON text as the server wrote it.
    ///
    /// ```
    /// # use weixin_video_core::draft::Draft;
    /// let text = r#"{"t" : [], "zoom":1.50}"#;
    /// assert_eq!(Draft::parse(text).unwrap().raw().get(), text);
    /// ```
    pub fn raw(&self) -> &RawValue {
        &self.text
    }

    /// Whether there is something to render: some track has a segment.
    ///
    /// ```
    /// # use weixin_video_core::draft::Draft;
    /// assert!(!Draft::parse(r#"{"t":[{"tt":0,"sg":[]}]}"#).unwrap().can_export());
    /// assert!(Draft::parse(r#"{"t":[{"tt":7,"sg":[{"d":3000}]}]}"#).unwrap().can_export());
    /// ```
    pub fn can_export(&self) -> bool {
        self.tracks.iter().any(|track| !track.segments.is_empty())
    }

    /// The tracks in the server's order.
    ///
    /// ```
    /// # use weixin_video_core::draft::{Draft, TrackKind};
    /// let draft = Draft::parse(r#"{"t":[{"tt":1,"sg":[]},{"tt":9}]}"#).unwrap();
    /// assert_eq!(draft.tracks()[0].kind, TrackKind::Audio);
    /// assert_eq!(draft.tracks()[1].kind, TrackKind::Other(9));
    /// ```
    pub fn tracks(&self) -> &[Track] {
        &self.tracks
    }

    /// How long the timeline is, in ms: what the draft says, else the end of its last segment.
    ///
    /// ```
    /// # use weixin_video_core::draft::Draft;
    /// let draft = Draft::parse(r#"{"t":[{"tt":0,"sg":[{"d":4000},{"d":1500}]}]}"#).unwrap();
    /// assert_eq!(draft.duration_ms(), Some(5_500));
    /// ```
    pub fn duration_ms(&self) -> Option<u64> {
        let segments = self.tracks.iter().flat_map(|track| &track.segments);
        self.duration_ms.or_else(|| segments.filter_map(Segment::end_ms).max())
    }

    /// Width and height of the picture in pixels, when the metadata says so.
    ///
    /// ```
    /// # use weixin_video_core::draft::Draft;
    /// let draft = Draft::parse(r#"{"m":{"width":1080,"height":1920}}"#).unwrap();
    /// assert_eq!(draft.frame(), Some((1080, 1920)));
    /// ```
    pub fn frame(&self) -> Option<(u32, u32)> {
        self.frame
    }

    /// The timeline in one line for people; at most [`SUMMARY_CHARS`](Self::SUMMARY_CHARS)
    /// characters, none of them invisible.
    ///
    /// ```
    /// # use weixin_video_core::draft::Draft;
    /// let draft = Draft::parse(r#"{"t":[
    ///     {"tt":0,"sg":[{"d":10000,"m":{"name":"city timelapse"}}]},
    ///     {"tt":1,"sg":[{"d":10000,"m":{"name":"Lo-fi","volume":0.35}}]},
    ///     {"tt":7,"sg":[{"d":3000,"m":{"text":"Urban Dreams"}}]}]}"#).unwrap();
    /// assert_eq!(draft.summary(), "Timeline (3 tracks): 1. Video: city timelapse (0-10s) \
    ///     2. BGM: Lo-fi (0-10s, 35%) 3. Title: \"Urban Dreams\" (0-3s)");
    /// ```
    pub fn summary(&self) -> String {
        summary::summary(self)
    }

    /// The bound of a [`summary`](Self::summary): long enough for twenty busy tracks, short enough
    /// for one message of a chat.
    pub const SUMMARY_CHARS: usize = 4_000;
}

impl Serialize for Draft {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.text.serialize(to)
    }
}

/// Shows the summary: the JSON text may be megabytes of somebody's project.
impl fmt::Debug for Draft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Draft({} bytes, {})", self.text.get().len(), self.summary())
    }
}
