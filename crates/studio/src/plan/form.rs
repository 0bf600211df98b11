//! Containers and codecs: what they are called and how they are set.

use super::{
    known::{Goal, no},
    words,
};
use crate::{
    destination::Destination,
    error::Error,
    ops::{Codec, Container},
    rational::Rational,
    timeline::Output,
};

/// What kind of file is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Mp4(Codec),
    Mov(Codec),
    Webm,
    Gif,
    Mp3,
    M4a,
    Wav,
}

/// The most that the file may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Most {
    pub(crate) bytes: Option<u64>,
    /// Of the picture, in kbit/s.
    pub(crate) kbit: Option<u32>,
    /// Whether the picture's size was somebody's wish and has to stay.
    pub(crate) size_is_wished: bool,
}

impl Most {
    /// What was said outright goes before what the destination asks for.
    ///
    /// A rate that a destination allows is one on average, and is kept as a size: peaks may go beyond it. Only where
    /// another size was wished for it bounds the peaks.
    pub(super) fn of(wishes: &Output, goal: &Goal, duration_ms: u64) -> Self {
        let caps = goal.destination.as_ref().map(Destination::caps).unwrap_or_default();
        let bytes = wishes.max_bytes.or_else(|| caps.bytes_within(duration_ms));
        let kbit = goal.max_kbit.filter(|_| wishes.max_bytes.is_some());
        Self { bytes, kbit, size_is_wished: wishes.resolution.is_some() }
    }
}

impl Form {
    pub(super) fn of(output: &Output) -> Result<Self, Error> {
        let codec = output.codec;
        let form = match output.container.unwrap_or(Container::Mp4) {
            Container::Mp4 => return Ok(Self::Mp4(codec.unwrap_or(Codec::H264))),
            Container::Mov => return Ok(Self::Mov(codec.unwrap_or(Codec::H264))),
            Container::Webm => Self::Webm,
            Container::Gif => Self::Gif,
            Container::Mp3 => Self::Mp3,
            Container::M4a => Self::M4a,
            Container::Wav => Self::Wav,
        };
        match codec {
            Some(_) => Err(no("H.264 and H.265 go into mp4 and mov, and another format was asked for")),
            None => Ok(form),
        }
    }

    pub(crate) fn extension(self) -> &'static str {
        match self {
            Self::Mp4(_) => "mp4",
            Self::Mov(_) => "mov",
            Self::Webm => "webm",
            Self::Gif => "gif",
            Self::Mp3 => "mp3",
            Self::M4a => "m4a",
            Self::Wav => "wav",
        }
    }

    pub(crate) fn has_picture(self) -> bool {
        match self {
            Self::Mp4(_) | Self::Mov(_) | Self::Webm | Self::Gif => true,
            Self::Mp3 | Self::M4a | Self::Wav => false,
        }
    }

    pub(crate) fn has_sound(self) -> bool {
        self != Self::Gif
    }

    /// Whether the index of the file stands before its content, and has to.
    pub(crate) fn has_index(self) -> bool {
        matches!(self, Self::Mp4(_) | Self::Mov(_) | Self::M4a)
    }

    /// Encoders that are not in every ffmpeg.
    pub(super) fn encoders(self) -> Vec<&'static str> {
        match self {
            Self::Mp4(Codec::H265) | Self::Mov(Codec::H265) => vec!["libx265"],
            Self::Webm => vec!["libvpx-vp9", "libopus"],
            Self::Mp3 => vec!["libmp3lame"],
            Self::Mp4(Codec::H264) | Self::Mov(Codec::H264) | Self::Gif | Self::M4a | Self::Wav => Vec::new(),
        }
    }

    /// The picture's codec, as a probe calls it.
    pub(crate) fn picture_codec(self) -> Option<&'static str> {
        match self {
            Self::Mp4(Codec::H264) | Self::Mov(Codec::H264) => Some("h264"),
            Self::Mp4(Codec::H265) | Self::Mov(Codec::H265) => Some("hevc"),
            Self::Webm => Some("vp9"),
            Self::Gif => Some("gif"),
            Self::Mp3 | Self::M4a | Self::Wav => None,
        }
    }

    /// The sound's codec, as a probe calls it.
    pub(crate) fn sound_codec(self) -> Option<&'static str> {
        match self {
            Self::Mp4(_) | Self::Mov(_) | Self::M4a => Some("aac"),
            Self::Webm => Some("opus"),
            Self::Mp3 => Some("mp3"),
            Self::Wav => Some("pcm_s16le"),
            Self::Gif => None,
        }
    }

    /// Bits a second of the sound where nothing presses, in thousands; `None` where it isn't for us to choose.
    pub(crate) fn usual_sound_kbit(self) -> Option<u32> {
        match self {
            Self::Mp4(_) | Self::Mov(_) | Self::Webm => Some(128),
            Self::Mp3 | Self::M4a => Some(192),
            Self::Wav | Self::Gif => None,
        }
    }

    pub(super) fn sound_arguments(self, kbit: Option<u32>) -> Vec<String> {
        let mut args = match self {
            Self::Mp4(_) | Self::Mov(_) | Self::M4a => words("-c:a aac -profile:a aac_low"),
            Self::Webm => words("-c:a libopus"),
            Self::Mp3 => words("-c:a libmp3lame"),
            Self::Wav => words("-c:a pcm_s16le"),
            Self::Gif => return words("-an"),
        };
        if let Some(kbit) = kbit.or_else(|| self.usual_sound_kbit()) {
            args.extend(["-b:a".to_owned(), format!("{kbit}k")]);
        }
        args.extend(words("-ar 48000 -ac 2"));
        args
    }

    pub(super) fn container_arguments(self) -> Vec<String> {
        match self {
            Self::Mp4(_) => words("-movflags +faststart -f mp4"),
            Self::Mov(_) => words("-movflags +faststart -f mov"),
            Self::M4a => words("-movflags +faststart -f ipod"),
            Self::Webm => words("-f webm"),
            Self::Gif => words("-loop 0 -f gif"),
            Self::Mp3 => words("-write_xing 1 -id3v2_version 0 -f mp3"),
            Self::Wav => words("-f wav"),
        }
    }

    /// The encoder and what of its settings doesn't depend on the rate.
    pub(super) fn picture_arguments(self, frame: (u32, u32), rate: Rational, thorough: bool) -> Vec<String> {
        let preset = if thorough { "medium" } else { "faster" };
        let mut args = match self {
            Self::Mp4(Codec::H264) | Self::Mov(Codec::H264) => {
                let mut args = words(&format!("-c:v libx264 -preset {preset} -profile:v high"));
                args.extend(level(frame, rate).into_iter().flat_map(|level| ["-level:v".to_owned(), level.to_owned()]));
                args
            }
            Self::Mp4(Codec::H265) | Self::Mov(Codec::H265) => {
                // Players of Apple's take only this tag for HEVC.
                words(&format!("-c:v libx265 -preset {preset} -tag:v hvc1"))
            }
            Self::Webm => words("-c:v libvpx-vp9 -deadline good -cpu-used 4 -row-mt 1"),
            Self::Gif => return words("-c:v gif"),
            Self::Mp3 | Self::M4a | Self::Wav => return words("-vn"),
        };
        args.extend(words("-pix_fmt yuv420p"));
        args
    }
}

/// The lowest level from 4.0 on that allows so many blocks a frame and a second; none for a picture beyond all of them.
fn level((width, height): (u32, u32), rate: Rational) -> Option<&'static str> {
    let blocks = f64::from(width.div_ceil(16)) * f64::from(height.div_ceil(16));
    // A rate snapped from a measured one may lie a hair above the whole number.
    let a_second = blocks * rate.value() / 1.002;
    let levels = [("4.0", 8_192.0, 245_760.0), ("4.2", 8_704.0, 522_240.0), ("5.1", 36_864.0, 983_040.0)];
    let more = [("5.2", 36_864.0, 2_073_600.0)];
    let fits = |(_, frame, second): &(&str, f64, f64)| blocks <= *frame && a_second <= *second;
    levels.into_iter().chain(more).find(fits).map(|(name, ..)| name)
}
