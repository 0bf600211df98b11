//! From a timeline and facts to every argument for ffmpeg, without touching the machine.

mod filters;
mod rate;
mod size;

use std::collections::BTreeMap;

use serde_json::Value;

use crate::{
    draft::{Segment, Timeline},
    error::Error,
    facts::{AudioFacts, MediaFacts, VideoFacts},
    probe::confinement,
    rational::Rational,
    sniff::Kind,
    wish::FormatWish,
};

pub(crate) use size::{bounds, fit, frame_size};

/// More clips than this in one filter graph take a gigabyte of memory and more.
const MOST_SEGMENTS: usize = 8;

/// Samples a second of the output's sound.
pub(crate) const SAMPLE_RATE: u32 = 48_000;

/// A clip's picture may end this much before its stated end, in ms, and its last frame is held.
/// Beyond it the clip is cut off, and the person hears of it.
const SLACK_MS: u64 = 500;

/// The output's name in the job folder.
pub(crate) const OUTPUT: &str = "out.mp4";

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
}

/// A segment, in the units of the output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Piece {
    pub(crate) source: String,
    pub(crate) kind: Kind,
    pub(crate) video: VideoFacts,
    pub(crate) audio: Option<AudioFacts>,
    /// Width and height in pixels at which it is shown, black around it where the frame is larger.
    pub(crate) size: (u32, u32),
    pub(crate) frames: u64,
    /// How many times the last frame may be repeated to fill `frames`.
    pub(crate) hold: u64,
}

/// Says how a draft becomes a file, given what each of its sources is.
///
/// `facts` are by source id, as they stand in the draft's segments.
///
/// # Errors
/// [`Error::Draft`] when the draft asks for something that can't be rendered here, or names a
/// source without facts; [`Error::NoVideo`] when a source is a still picture or sound alone,
/// [`Error::Unreadable`] when nothing says how long it is.
pub fn plan(draft: &Value, facts: &BTreeMap<String, MediaFacts>) -> Result<Plan, Error> {
    let timeline = Timeline::read(draft)?;
    if timeline.segments.len() > MOST_SEGMENTS {
        let why = format!("it has more than {MOST_SEGMENTS} segments");
        return Err(Error::Draft { why });
    }
    let clips = timeline.segments.iter().map(|segment| Clip::of(segment, facts)).collect::<Result<Vec<_>, _>>()?;
    let first = clips.first().ok_or_else(|| Error::Draft { why: "it is empty".to_owned() })?;
    let wish = &timeline.wish;
    let (width, height) = frame_size(first.video, wish);
    let frame_rate = fastest(&clips, wish);
    let place = |clip: Clip<'_>| {
        let own = frame_size(clip.video, wish);
        let shown = (clip.video.display_width, clip.video.display_height);
        let fills = own == (width, height);
        let size = if fills { own } else { fit(shown, (width, height)) };
        clip.piece(frame_rate, size)
    };
    let pieces = clips.into_iter().map(place).collect();
    Ok(Plan { width, height, frame_rate, pieces })
}

impl Plan {
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

    /// How many frames the output will have.
    pub fn frames(&self) -> u64 {
        self.pieces.iter().map(|piece| piece.frames).sum()
    }

    /// How long the output will be, in ms.
    pub fn duration_ms(&self) -> u64 {
        self.frame_rate.inverse().rounded(self.frames().saturating_mul(1000))
    }

    /// The ids of the sources, in the order of ffmpeg's inputs.
    pub fn sources(&self) -> impl Iterator<Item = &str> {
        self.pieces.iter().map(|piece| piece.source.as_str())
    }

    /// The arguments for ffmpeg. Inputs and output are names inside the job folder, so that no
    /// word of a person's ever stands among them.
    pub fn arguments(&self) -> Vec<String> {
        let mut args = words("-nostdin -hide_banner -loglevel error -progress pipe:1 -nostats -y");
        for (index, piece) in self.pieces.iter().enumerate() {
            args.extend(confinement(piece.kind));
            args.extend(["-i".to_owned(), format!("file:{}", piece.file_name(index))]);
        }
        args.extend(["-filter_complex".to_owned(), filters::graph(self)]);
        args.extend(words("-map [v] -map [a] -map_metadata -1 -map_chapters -1 -sn -dn"));
        args.extend(self.video_arguments());
        args.extend(words("-c:a aac -profile:a aac_low -b:a 128k -ar 48000 -ac 2"));
        // Bit-exact muxing leaves the writing program out of the file.
        args.extend(words("-fflags +bitexact -movflags +faststart -f mp4"));
        args.push(format!("file:{OUTPUT}"));
        args
    }

    /// The names under which ffmpeg sees the inputs, in order, with the ids of their sources.
    pub(crate) fn links(&self) -> impl Iterator<Item = (String, &Piece)> {
        self.pieces.iter().enumerate().map(|(index, piece)| (piece.file_name(index), piece))
    }

    pub(crate) fn needs_zscale(&self) -> bool {
        self.pieces.iter().any(|piece| filters::needs_zscale(&piece.video.color))
    }

    /// The same plan for a clip that turned out to be cut off, given how many frames this plan
    /// made of it; `None` when there are several clips, as it isn't known which of them it was,
    /// or when nothing of the clip was there.
    pub(crate) fn shortened(&self, made: u64) -> Option<Self> {
        let [piece] = self.pieces.as_slice() else { return None };
        // The last frame that could be read was held as often as this plan allows.
        let frames = made.checked_sub(piece.hold).filter(|frames| *frames > 0)?;
        let piece = Piece { frames, hold: 0, ..piece.clone() };
        Some(Self { pieces: vec![piece], ..self.clone() })
    }

    /// The place in the sound, in samples, of a place in the picture, in frames.
    pub(crate) fn samples_at(&self, frame: u64) -> u64 {
        self.frame_rate.inverse().rounded(frame.saturating_mul(u64::from(SAMPLE_RATE)))
    }

    fn video_arguments(&self) -> Vec<String> {
        let fps = self.frame_rate.value();
        // 4.2 is the first level that allows 60 frames a second of 1080p.
        let level = if fps > 30.5 { "4.2" } else { "4.0" };
        let pixels = f64::from(self.width) * f64::from(self.height) * fps;
        let cap = vbv_kbit(pixels);
        let mut args = words("-c:v libx264 -preset faster -crf 23 -profile:v high -level:v");
        args.push(level.to_owned());
        args.extend(words("-pix_fmt yuv420p -x264-params aq-mode=2:aq-strength=0.8"));
        args.extend(["-maxrate".to_owned(), format!("{cap}k")]);
        args.extend(["-bufsize".to_owned(), format!("{}k", cap * 2)]);
        // Five seconds between key frames keep seeking quick at no cost in size.
        args.extend(["-g".to_owned(), self.frame_rate.rounded(5).to_string()]);
        args.extend(words("-color_primaries bt709 -color_trc bt709 -colorspace bt709"));
        // The graph has made every frame; none may be doubled or dropped after it.
        args.extend(words("-color_range tv -fps_mode passthrough"));
        args
    }
}

impl Piece {
    fn file_name(&self, index: usize) -> String {
        format!("in{index}.{}", self.kind.extension())
    }
}

/// The peak rate in kbit/s: 0.13 bit a pixel is 8 Mbit/s for 1080p30, within every destination's
/// limit, and is only reached where CRF 23 would go far beyond it.
fn vbv_kbit(pixels_a_second: f64) -> u64 {
    ((pixels_a_second * 0.13 / 1000.0).round() as u64).max(500)
}

/// A segment with what is known of its source.
struct Clip<'a> {
    source: &'a str,
    kind: Kind,
    video: &'a VideoFacts,
    audio: Option<&'a AudioFacts>,
    length_ms: u64,
    picture_end_ms: u64,
}

impl<'a> Clip<'a> {
    fn of(segment: &'a Segment, facts: &'a BTreeMap<String, MediaFacts>) -> Result<Self, Error> {
        let unknown = || Error::Draft { why: "it names a clip that isn't here".to_owned() };
        let media = facts.get(&segment.source).ok_or_else(unknown)?;
        let kind = Kind::of_extension(&media.container).ok_or_else(unknown)?;
        let no_video = |found| Error::NoVideo { name: segment.name.clone(), found };
        let video = media.video.as_ref().ok_or_else(|| no_video("there is only sound in it"))?;
        if media.still {
            return Err(no_video("it is a still picture"));
        }
        if media.duration_ms == 0 {
            let why = "its length is not known".to_owned();
            return Err(Error::Unreadable { name: segment.name.clone(), why });
        }
        let length_ms = segment.length_ms.unwrap_or(media.duration_ms);
        if length_ms > media.duration_ms.saturating_add(1000) {
            return Err(Error::Draft { why: "a segment is longer than its clip".to_owned() });
        }
        let picture_end_ms = video.duration_ms.map_or(media.duration_ms, |length| video.start_ms + length);
        let audio = media.audio.as_ref();
        Ok(Self { source: &segment.source, kind, video, audio, length_ms, picture_end_ms })
    }

    fn piece(self, rate: Rational, size: (u32, u32)) -> Piece {
        let frames = frames_in(self.length_ms, rate).max(1);
        let own = frames_in(self.picture_end_ms, rate);
        Piece {
            source: self.source.to_owned(),
            kind: self.kind,
            video: self.video.clone(),
            audio: self.audio.cloned(),
            size,
            frames,
            hold: frames.saturating_sub(own) + frames_in(SLACK_MS, rate),
        }
    }
}

/// The timeline runs at the rate of its fastest clip, so that none of them loses frames.
fn fastest(clips: &[Clip<'_>], wish: &FormatWish) -> Rational {
    clips
        .iter()
        .map(|clip| rate::frame_rate(clip.video, wish))
        .max_by(|a, b| a.value().total_cmp(&b.value()))
        .unwrap_or(rate::USUAL)
}

fn frames_in(ms: u64, rate: Rational) -> u64 {
    let per_ms = u128::from(rate.num()) * u128::from(ms);
    let den = u128::from(rate.den()) * 1000;
    u64::try_from((per_ms * 2 + den) / (den * 2)).unwrap_or(u64::MAX)
}

#[cfg(test)]
pub(crate) mod tests;

fn words(line: &str) -> Vec<String> {
    line.split(' ').map(str::to_owned).collect()
}
