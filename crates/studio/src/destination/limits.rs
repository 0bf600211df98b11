//! The values of the table, each with where it is from.

use serde::{Deserialize, Serialize};

/// A value, and why it is believed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Known<T> {
    /// The value.
    pub is: T,
    /// Where it is from: a key of the table's sources, or in [`Destinations`](super::Destinations) what stands there.
    pub source: String,
    /// When it was last known to hold: a year, a month or a day.
    pub date: String,
    /// How sure it is.
    pub confidence: Confidence,
    /// What else there is to say about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// How sure a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Confidence {
    /// An official document, or the text of an official page.
    A,
    /// Constants read from clients, or a measurement by somebody else.
    B,
    /// Several users agree.
    C,
    /// A rule of this program's.
    #[serde(rename = "own")]
    Own,
}

/// Where a value is from, whatever its type.
pub(super) struct Origin<'a> {
    pub(super) source: &'a mut String,
    pub(super) date: &'a str,
    pub(super) note: Option<&'a str>,
}

impl<T> Known<T> {
    pub(super) fn origin(&mut self) -> Origin<'_> {
        Origin { source: &mut self.source, date: &self.date, note: self.note.as_deref() }
    }
}

/// Declares the limits once: the fields, how one table lies over another, and where each value is from.
macro_rules! limits {
    ($($(#[$doc:meta])* $name:ident: $type:ty,)*) => {
        /// What a video has to be like; `None` where anything goes.
        ///
        /// The words for containers, codecs, profiles, pixel formats and colours are those of
        /// [`MediaFacts`](crate::MediaFacts).
        #[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct Limits {
            $($(#[$doc])*
            #[serde(skip_serializing_if = "Option::is_none")]
            pub $name: Option<Known<$type>>,)*
        }

        impl Limits {
            /// These, and the others where these say nothing.
            pub(super) fn or(self, other: Self) -> Self {
                Self { $($name: self.$name.or(other.$name),)* }
            }

            /// Where each value is from, with its name.
            pub(super) fn origins(&mut self) -> Vec<(&'static str, Origin<'_>)> {
                let mut all = Vec::new();
                $(all.extend(self.$name.as_mut().map(|known| (stringify!($name), known.origin())));)*
                all
            }
        }
    };
}

limits! {
    /// The containers that are taken.
    containers: Vec<String>,
    /// Whether the index (`moov`) has to come before the pictures.
    index_first: bool,
    /// The codecs of the picture.
    video_codecs: Vec<String>,
    /// How the picture's codec is marked in an MP4: `avc1`.
    sample_entries: Vec<String>,
    /// The codec's profiles.
    profiles: Vec<String>,
    /// The highest H.264 level, times ten.
    level: u32,
    /// How samples are kept.
    pixel_formats: Vec<String>,
    /// What primaries, transfer and matrix may be tagged as.
    colors: Vec<String>,
    /// Which range of values samples may be tagged to have.
    ranges: Vec<String>,
    /// Whether width and height have to be even.
    even_size: bool,
    /// The most pixels of the shorter side, as shown.
    short_side: u32,
    /// The most pixels of the longer side, as shown.
    long_side: u32,
    /// The fewest pixels of the shorter side that are recommended.
    least_short_side: u32,
    /// Width to height of the tallest picture that is shown whole in a feed.
    feed_ratio: (u32, u32),
    /// Whether pixels have to be square.
    square_pixels: bool,
    /// Whether frames have to be stored as they are shown, without a note to turn them.
    upright: bool,
    /// Whether frames have to be whole pictures, not interlaced halves.
    progressive: bool,
    /// Whether frames have to be evenly spaced.
    constant_rate: bool,
    /// The most frames a second.
    frame_rate: u32,
    /// The most bits a second, picture and sound together.
    bit_rate: u64,
    /// The codecs of the sound.
    audio_codecs: Vec<String>,
    /// The profiles of the sound's codec.
    audio_profiles: Vec<String>,
    /// Samples of sound a second.
    sample_rates: Vec<u32>,
    /// The most channels of sound.
    channels: u32,
    /// Whether there has to be one picture track, at most one sound track, and no other.
    one_track_each: bool,
    /// Whether nothing may tell where and with what it was recorded.
    clean: bool,
    /// The most bytes.
    bytes: u64,
    /// The most seconds.
    seconds: u32,
    /// The most bytes of the file's name.
    name_bytes: u32,
}
