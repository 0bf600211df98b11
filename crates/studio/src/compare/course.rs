//! What two files have in common: one size, one rate, so many frames; and the graph that brings them there.

use crate::{
    facts::{MediaFacts, VideoFacts},
    plan::{bounds, canonical, fit},
    rational::Rational,
};

/// Larger pictures are measured at this short side in pixels: VMAF knows how people see 1080 lines.
const MOST_SHORT: u32 = 1080;

/// A picture's place in the PNG fits into this short side, in pixels.
const CELL_SHORT: u32 = 540;

/// Between the pictures of the PNG, in pixels.
const GAP: u32 = 8;

/// What comes later isn't measured, in ms: it would take an hour and say the same.
const MOST_MS: u64 = 300_000;

/// Pictures whose ratio differs by more than this part show different things.
const SAME_SHAPE: f64 = 0.02;

/// Lengths that differ by less than this are the same, in ms: a frame or two, or the end of the sound.
const SAME_LENGTH_MS: u64 = 100;

/// A way to measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Measure {
    Vmaf,
    Xpsnr,
    Ssim,
}

impl Measure {
    /// ffmpeg's name of the filter, which is that of its pad as well.
    pub(super) fn filter(self) -> &'static str {
        match self {
            Self::Vmaf => "libvmaf",
            Self::Xpsnr => "xpsnr",
            Self::Ssim => "ssim",
        }
    }

    /// What it writes into the job folder.
    pub(super) fn log(self) -> &'static str {
        match self {
            Self::Vmaf => "vmaf.json",
            Self::Xpsnr => "xpsnr.log",
            Self::Ssim => "ssim.log",
        }
    }

    /// The filter between its pads: VMAF takes what is judged first, the others the original.
    fn chain(self, at: usize) -> String {
        let (filter, log) = (self.filter(), self.log());
        match self {
            Self::Vmaf => {
                let threads = std::thread::available_parallelism().map_or(1, usize::from).min(16);
                format!("[b{at}][a{at}]{filter}=log_fmt=json:log_path={log}:n_threads={threads}:shortest=1[{filter}]")
            }
            Self::Xpsnr | Self::Ssim => format!("[a{at}][b{at}]{filter}=stats_file={log}:shortest=1[{filter}]"),
        }
    }
}

/// What both are brought to.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Course {
    pub(super) size: (u32, u32),
    pub(super) rate: Rational,
    pub(super) frames: u64,
    pub(super) shapes_differ: bool,
    pub(super) notes: Vec<String>,
}

impl Course {
    /// `None` when nothing says how long one of them is.
    pub(super) fn of(a: (&MediaFacts, &VideoFacts), b: (&MediaFacts, &VideoFacts)) -> Option<Self> {
        let shown = [a, b].map(|(_, video)| (video.display_width.max(2), video.display_height.max(2)));
        let size = fit(shown[0], bounds(shown[0], MOST_SHORT));
        let ratio = |(width, height): (u32, u32)| f64::from(width) / f64::from(height);
        let shapes_differ = (ratio(shown[0]) / ratio(shown[1]) - 1.0).abs() > SAME_SHAPE;
        let rate = rate(a.1, b.1);
        let ends = [a, b].map(|(facts, video)| picture_end(facts, video));
        let end = ends[0].min(ends[1]).min(MOST_MS);
        let frames = rate.rounded(end) / 1000;
        let mut notes = Vec::new();
        if shapes_differ {
            notes.push("The shapes of the pictures differ, so nothing is measured; the picture shows both.".to_owned());
        }
        for (name, shown) in ["A", "B"].into_iter().zip(shown) {
            if shown != size && !shapes_differ {
                let ((width, height), (from_width, from_height)) = (size, shown);
                notes.push(format!("{name} is scaled from {from_width}x{from_height} to {width}x{height}."));
            }
        }
        if ends[0].abs_diff(ends[1]) > SAME_LENGTH_MS {
            let seconds = ends.map(|end| format!("{:.1}", end as f64 / 1000.0));
            notes.push(format!("A's picture is {} s long and B's {} s; both begin together.", seconds[0], seconds[1]));
        }
        if end == MOST_MS {
            notes.push(format!("The first {} s are measured.", MOST_MS / 1000));
        }
        (frames > 0).then_some(Self { size, rate, frames, shapes_differ, notes })
    }

    /// The frames that the picture shows: in the middle of each third.
    pub(super) fn moments(&self) -> [u64; 3] {
        [1, 3, 5].map(|sixth| (self.frames - 1) * sixth / 6)
    }

    pub(super) fn graph(&self, videos: [&VideoFacts; 2], measures: &[Measure]) -> String {
        let cell = fit(self.size, bounds(self.size, CELL_SHORT));
        let mut chains: Vec<String> = Vec::new();
        for (index, (name, video)) in ["a", "b"].into_iter().zip(videos).enumerate() {
            chains.push(self.side(index, name, video, measures.len()));
            chains.push(self.strip(name, measures.len(), cell));
        }
        chains.extend(measures.iter().enumerate().map(|(at, measure)| measure.chain(at)));
        chains.push("[sa][sb]hstack,scale=in_color_matrix=bt709:in_range=tv,format=rgb24[look]".to_owned());
        chains.join(";")
    }

    /// A file's frames in the common form, as often as they are measured and once more for the picture.
    fn side(&self, index: usize, name: &str, video: &VideoFacts, measures: usize) -> String {
        let (rate, frames) = (self.rate, self.frames);
        let mut chain = Vec::new();
        if video.interlaced {
            chain.push("bwdif=mode=send_frame:deint=interlaced".to_owned());
        }
        chain.push(format!("fps={rate}:start_time=0"));
        // The last frame is held where the picture ends before its stated end.
        chain.push(format!("tpad=stop_mode=clone:stop={},trim=end_frame={frames}", rate.rounded(1).max(1)));
        let shown = (video.display_width.max(2), video.display_height.max(2));
        let size = if self.shapes_differ { fit(shown, bounds(shown, CELL_SHORT)) } else { self.size };
        chain.extend(canonical(video, size, false));
        chain.push("setsar=1".to_owned());
        chain.push("setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709".to_owned());
        let pads: String = (0..=measures).map(|at| format!("[{name}{at}]")).collect();
        format!("[{index}:{}]{},split={}{pads}", video.index, chain.join(","), measures + 1)
    }

    /// Three moments below each other.
    fn strip(&self, name: &str, at: usize, (width, height): (u32, u32)) -> String {
        let [first, second, third] = self.moments();
        let margin = if name == "a" { GAP } else { 0 };
        format!(
            "[{name}{at}]select='eq(n,{first})+eq(n,{second})+eq(n,{third})',\
             scale={width}:{height}:force_original_aspect_ratio=decrease:force_divisible_by=2:flags=lanczos,\
             pad={width}:{height}:(ow-iw)/2:(oh-ih)/2:gray,tile=1x3:padding={GAP}:color=white,\
             pad=iw+{margin}:ih:0:0:white[s{name}]"
        )
    }
}

/// The rate of frames that both have: the lower one, of those whose frames are evenly spaced.
fn rate(a: &VideoFacts, b: &VideoFacts) -> Rational {
    let even = [a, b].into_iter().filter(|video| !video.variable).filter_map(|video| video.frame_rate);
    even.min_by(|x, y| x.value().total_cmp(&y.value())).or_else(|| Rational::whole(30)).unwrap_or(Rational::ONE)
}

fn picture_end(facts: &MediaFacts, video: &VideoFacts) -> u64 {
    video.duration_ms.map_or(facts.duration_ms, |length| video.start_ms + length)
}
