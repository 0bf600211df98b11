//! Where a video goes, what is taken there and what happens to it: data, not code.
//!
//! ```text
//! data/destinations.toml  (built in)  ┐
//! a file of one's own     (optional)  ┴→  Destinations::laid_over  →  Destination { limits, gate, becomes, … }
//! ```
//!
//! **Invariant:** no limit of WeChat's stands in code. Each has its source, its date and how sure it is, and can be
//! replaced without building anything anew: a server may change it any day.

mod limits;
mod read;
mod words;

use std::{fmt, sync::LazyLock};

use serde::{Deserialize, Serialize};

pub use limits::{Confidence, Known, Limits};

/// The table that is built in.
const OWN: &str = include_str!("../data/destinations.toml");

/// Longer files are no table of destinations; in bytes.
const LONGEST_FILE: usize = 256 * 1024;

/// All places where a video can go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destinations(Vec<Destination>);

impl Destinations {
    /// The ones that are built in.
    pub fn built_in() -> &'static Self {
        static BUILT_IN: LazyLock<Destinations> =
            LazyLock::new(|| read::table(&[OWN]).expect("a test reads the table that is built in"));
        &BUILT_IN
    }

    /// The ones that are built in, with a table of one's own laid over them value by value.
    ///
    /// A destination of the same id changes where the table says something; another one is added.
    ///
    /// # Errors
    /// [`DestinationsError`] names the line, if it is one line's fault, and what is wrong with it.
    ///
    /// ```
    /// use weixin_video_studio::Destinations;
    ///
    /// let table = r#"
    ///     [sources]
    ///     seen = "a video that was posted"
    ///
    ///     [[destination]]
    ///     id = "moments"
    ///     [destination.limits]
    ///     seconds = { is = 60, source = "seen", date = "2026-11-26", confidence = "B" }
    /// "#;
    /// let destinations = Destinations::laid_over(table)?;
    /// let moments = destinations.get("moments").expect("it is built in");
    /// assert_eq!(moments.caps().seconds, Some(60));
    /// # Ok::<(), weixin_video_studio::DestinationsError>(())
    /// ```
    pub fn laid_over(table: &str) -> Result<Self, DestinationsError> {
        if table.len() > LONGEST_FILE {
            return Err(DestinationsError::of(format!("it is longer than {LONGEST_FILE} bytes")));
        }
        read::table(&[OWN, table])
    }

    /// The one with this id.
    pub fn get(&self, id: &str) -> Option<&Destination> {
        self.0.iter().find(|destination| destination.id == id)
    }

    /// The one that the words name: an id, a title, or a phrase with one of its words in it, in English or Chinese.
    /// `None` when they name none, or more than one.
    ///
    /// ```
    /// use weixin_video_studio::Destinations;
    ///
    /// let find = |words| Destinations::built_in().find(words).map(|found| found.id.as_str());
    /// assert_eq!(find("发到朋友圈"), Some("moments"));
    /// assert_eq!(find("As a file"), Some("file"));
    /// assert_eq!(find("企业微信"), Some("wecom"));
    /// assert_eq!(find("Vimeo"), None);
    /// ```
    pub fn find(&self, words: &str) -> Option<&Destination> {
        words::find(&self.0, words)
    }

    /// The same places, and nothing is aimed below a gate: for what is mended and not made anew.
    #[must_use]
    pub fn without_gates(&self) -> Self {
        let freed = |destination: &Destination| Destination { aim: None, ..destination.clone() };
        Self(self.0.iter().map(freed).collect())
    }

    /// Where a file goes that is for nowhere in particular: it stays as it is, has to play, and nothing bounds it.
    pub fn anywhere(&self) -> &Destination {
        self.get("file").expect("every table is laid over the one that is built in, which a test reads")
    }

    /// In the order of the table.
    pub fn iter(&self) -> impl Iterator<Item = &Destination> {
        self.0.iter()
    }
}

/// A place where a video can go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Destination {
    /// Its id: small letters, digits and hyphens.
    pub id: String,
    /// What it is, in English.
    pub title: String,
    /// What it is, in Chinese.
    pub title_zh: String,
    /// How people call it; in small letters.
    pub words: Vec<String>,
    /// What a video there has to be like.
    pub limits: Limits,
    /// What is done to a video that keeps to the limits.
    pub does: Known<Does>,
    /// What is done to a file of another container or codec.
    pub misfit: Known<Misfit>,
    /// Below all of this it is left as it is, where [`Destination::does`] says [`Does::Gate`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gate: Option<Gate>,
    /// What a re-encoded video becomes, by rising length; empty where it isn't known.
    pub becomes: Vec<Becomes>,
    /// What a video is made for: the limits, or the gate as well.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aim: Option<Known<Aim>>,
}

impl Destination {
    /// One of the destinations that are built in, by id or by words; see [`Destinations::find`].
    pub fn find(words: &str) -> Option<&'static Self> {
        Destinations::built_in().find(words)
    }

    /// The same place with the limits that a video is made for: those of the gate, where it is aimed for, are added to
    /// its own.
    pub(crate) fn aimed_at(&self) -> Self {
        let mut place = self.clone();
        let aims = self.aim.as_ref().is_some_and(|aim| aim.is == Aim::Gate);
        if let Some(gate) = self.gate.clone().filter(|_| aims) {
            let limits = &mut place.limits;
            limits.short_side = lower(limits.short_side.take(), gate.short_side);
            limits.bit_rate = lower(limits.bit_rate.take(), gate.bit_rate);
            limits.bytes = lower(limits.bytes.take(), gate.bytes);
            limits.seconds = lower(limits.seconds.take(), gate.seconds);
        }
        place
    }

    /// What a video that is made for this place may be at most: the limits, and the gate where it is aimed for.
    pub fn caps(&self) -> Caps {
        let limits = &self.limits;
        let value = |known: &Option<Known<u64>>| known.as_ref().map(|known| known.is);
        let small = |known: &Option<Known<u32>>| known.as_ref().map(|known| known.is);
        let caps = Caps {
            bytes: value(&limits.bytes),
            seconds: small(&limits.seconds),
            short_side: small(&limits.short_side),
            long_side: small(&limits.long_side),
            frame_rate: small(&limits.frame_rate),
            level: small(&limits.level),
            bit_rate: value(&limits.bit_rate),
        };
        let aims = self.aim.as_ref().is_some_and(|aim| aim.is == Aim::Gate);
        match self.gate.as_ref().filter(|_| aims) {
            Some(gate) => Caps {
                bytes: least(caps.bytes, value(&gate.bytes)),
                seconds: least(caps.seconds, small(&gate.seconds)),
                short_side: least(caps.short_side, small(&gate.short_side)),
                bit_rate: least(caps.bit_rate, value(&gate.bit_rate)),
                ..caps
            },
            None => caps,
        }
    }
}

/// What a video that is made for a place may be at most; `None` where nothing bounds it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Caps {
    /// The file's size in bytes.
    pub bytes: Option<u64>,
    /// Its length in seconds.
    pub seconds: Option<u32>,
    /// The shorter side of the picture in pixels.
    pub short_side: Option<u32>,
    /// The longer side of the picture in pixels.
    pub long_side: Option<u32>,
    /// Frames a second.
    pub frame_rate: Option<u32>,
    /// The H.264 level times ten.
    pub level: Option<u32>,
    /// Picture and sound together, in bits a second.
    pub bit_rate: Option<u64>,
}

impl Caps {
    /// The most bytes for a video of this length in ms: the bound on bytes, or what the bit rate comes to in that time.
    ///
    /// An average that is a promise can be kept only as a size: a peak rate is exceeded by what the buffer holds.
    pub fn bytes_within(&self, ms: u64) -> Option<u64> {
        let by_rate = self.bit_rate.map(|rate| {
            let bytes = u128::from(rate) * u128::from(ms) / 8000;
            u64::try_from(bytes).unwrap_or(u64::MAX)
        });
        least(self.bytes, by_rate)
    }
}

/// What is done to a video that keeps to a destination's limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Does {
    /// It stays as it is.
    Passes,
    /// It stays as it is below the gate, and is encoded anew above it.
    Gate,
    /// It is always encoded anew.
    ReEncodes,
    /// It is taken; what happens then isn't known.
    Unknown,
}

/// What is done to a file of another container or codec than a destination takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Misfit {
    /// It stays as it is, and may not play.
    Passes,
    /// It is encoded anew.
    ReEncode,
    /// It isn't taken.
    Refuse,
    /// It isn't known.
    Unknown,
}

/// What a video is made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Aim {
    /// To keep to the limits.
    Limits,
    /// To stay below the gate, so that it isn't encoded anew.
    Gate,
}

/// What a video has to keep to, to be left as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Gate {
    /// The most pixels of the shorter side.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub short_side: Option<Known<u32>>,
    /// The most bits a second, picture and sound together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bit_rate: Option<Known<u64>>,
    /// The most bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes: Option<Known<u64>>,
    /// The most seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seconds: Option<Known<u32>>,
}

/// What a video becomes when it is encoded anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Becomes {
    /// For videos of at most so many seconds.
    pub up_to_seconds: u32,
    /// The shorter side in pixels.
    pub short_side: u32,
    /// The longer side in pixels.
    pub long_side: u32,
    /// Frames a second.
    pub frame_rate: u32,
    /// The picture, in bits a second.
    pub video_bit_rate: u64,
    /// The sound, in bits a second.
    pub audio_bit_rate: u64,
    /// A key of the table's sources, or in [`Destinations`] what stands there.
    pub source: String,
    /// When it was last known to hold: a year, a month or a day.
    pub date: String,
    /// How sure it is.
    pub confidence: Confidence,
}

impl fmt::Display for Becomes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (short, long, rate) = (self.short_side, self.long_side, self.frame_rate);
        let (video, audio) = (self.video_bit_rate / 1000, self.audio_bit_rate / 1000);
        write!(f, "{short}x{long} at {rate} frames a second, {video} kb/s and {audio} kb/s of sound")
    }
}

/// Why a table of destinations can't be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DestinationsError {
    line: Option<usize>,
    why: String,
}

impl DestinationsError {
    fn of(why: impl AsRef<str>) -> Self {
        Self { line: None, why: crate::error::plain(why.as_ref(), 200) }
    }

    /// The line of the table, from 1, where it is one line's fault.
    pub fn line(&self) -> Option<usize> {
        self.line
    }
}

impl fmt::Display for DestinationsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "line {line} of the table of destinations: {}", self.why),
            None => write!(f, "the table of destinations: {}", self.why),
        }
    }
}

impl std::error::Error for DestinationsError {}

/// The lower of two known bounds, where there are any.
fn lower<T: Ord>(a: Option<Known<T>>, b: Option<Known<T>>) -> Option<Known<T>> {
    match (a, b) {
        (Some(a), Some(b)) => Some(if b.is < a.is { b } else { a }),
        (a, b) => a.or(b),
    }
}

/// The lower of two bounds, where there are any.
fn least<T: Ord>(a: Option<T>, b: Option<T>) -> Option<T> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

#[cfg(test)]
mod tests;
