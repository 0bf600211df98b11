//! What a media file is, in types.

use serde::{Deserialize, Serialize};

use crate::{rational::Rational, subtitles::Cue, verify::Boxes};

/// What a media file is, as far as rendering it needs to know.
///
/// Lengths are in milliseconds (ms) and sizes in bytes. The words for codecs, pixel formats and
/// colours are ffmpeg's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MediaFacts {
    /// The container by its usual extension (`mp4` for the whole QuickTime family, `mkv` also for
    /// WebM), told by the bytes and never by the file's name.
    pub container: String,
    /// How long sound and picture go on, in ms, counted from where the first of them begins; 0
    /// for a still picture or when nothing says it.
    pub duration_ms: u64,
    /// The first moving or still picture that isn't cover art.
    pub video: Option<VideoFacts>,
    /// The sound that a player would choose.
    pub audio: Option<AudioFacts>,
    /// How many streams of all kinds there are: cover art, timecodes and subtitles count too.
    pub streams: u32,
    /// The file's size in bytes.
    pub bytes: u64,
    /// Whether playing can begin before the whole file is there (`moov` before `mdat`); `None`
    /// where the container knows no such difference.
    pub faststart: Option<bool>,
    /// Whether the picture doesn't move (JPEG, PNG, WebP).
    pub still: bool,
    /// What only the boxes of an MP4 tell; `None` for other containers, and where the index is beyond all measure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub boxes: Option<Boxes>,
    /// What a file of subtitles says, in the order of time; then there is neither picture nor sound.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cues: Vec<Cue>,
}

/// What a picture stream is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VideoFacts {
    /// The stream's place in the file, from 0.
    pub index: u32,
    /// The codec: `h264`, `hevc`, `vp9`, `mpeg2video`…
    pub codec: String,
    /// The codec's profile: `High`, `Main 10`…
    pub profile: Option<String>,
    /// The codec's level times ten for H.264 (`40` for 4.0).
    pub level: Option<u32>,
    /// The pixel format: `yuv420p`, `yuv420p10le`…
    pub pixel_format: String,
    /// Bits of one sample of one colour.
    pub bit_depth: u32,
    /// Width of a coded frame in pixels, before rotation.
    pub width: u32,
    /// Height of a coded frame in pixels, before rotation.
    pub height: u32,
    /// Width in square pixels as a player shows it: pixel shape and rotation applied.
    pub display_width: u32,
    /// Height in square pixels as a player shows it.
    pub display_height: u32,
    /// Degrees clockwise by which a player turns the frame: 0, 90, 180 or 270.
    pub rotation: u32,
    /// Whether the file asks players to do more to the frame than to turn it by quarters: to mirror it, say.
    #[serde(default)]
    pub transformed: bool,
    /// The shape of a pixel, width to height.
    pub sample_aspect_ratio: Rational,
    /// Frames a second on average, when known.
    pub frame_rate: Option<Rational>,
    /// The container's base rate (ffprobe's `r_frame_rate`): the rate of a file whose frames are
    /// evenly spaced, a grid they all lie on where they aren't.
    pub nominal_frame_rate: Option<Rational>,
    /// Whether the frames are unevenly spaced, as phones record.
    pub variable: bool,
    /// How the samples become colours.
    pub color: Color,
    /// Whether a frame holds two half pictures of different moments.
    pub interlaced: bool,
    /// When the picture begins, in ms after the start of the file.
    pub start_ms: u64,
    /// How long the picture goes on in ms, when the container says it.
    pub duration_ms: Option<u64>,
    /// How many frames there are, when the container says it.
    pub frames: Option<u64>,
}

/// How samples become colours; `None` where the file doesn't say.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Color {
    /// The primaries: `bt709`, `bt2020`, `smpte432` (Display P3)…
    pub primaries: Option<String>,
    /// The transfer: `bt709`, `smpte2084` (PQ), `arib-std-b67` (HLG)…
    pub transfer: Option<String>,
    /// The matrix: `bt709`, `smpte170m`, `bt2020nc`…
    pub matrix: Option<String>,
    /// The range: `tv` (limited) or `pc` (full).
    pub range: Option<String>,
}

impl Color {
    /// Whether it is high dynamic range (PQ or HLG), which a plain conversion would wash out.
    pub fn is_hdr(&self) -> bool {
        matches!(self.transfer.as_deref(), Some("smpte2084" | "arib-std-b67"))
    }
}

/// What a sound stream is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AudioFacts {
    /// The stream's place in the file, from 0.
    pub index: u32,
    /// The codec: `aac`, `opus`, `ac3`…
    pub codec: String,
    /// The codec's profile: `LC`…
    pub profile: Option<String>,
    /// How many channels; 6 for 5.1.
    pub channels: u32,
    /// Samples a second.
    pub sample_rate: u32,
    /// When the sound begins, in ms after the start of the file.
    pub start_ms: u64,
    /// How long the sound goes on in ms, when the container says it.
    pub duration_ms: Option<u64>,
}
