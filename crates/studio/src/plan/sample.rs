//! A few windows of a plan's picture, from which all of it is judged before it is made.
//!
//! Two things are told apart there that look the same in the size of a file: detail, which is lost for good in a smaller
//! picture, and noise and motion, which only take bits. The first is seen by making a frame smaller and larger again, the
//! second by encoding.

use std::ops::Range;

use super::{Form, Piece, Plan, Ramp, argv, graph, size, words};

/// What the encoder says of each frame, in the folder of the sample.
pub(crate) const SIZES_FILE: &str = "sizes.txt";

/// A clip that is shorter than this is made sooner than it is looked at, in ms.
const WORTH_MS: u64 = 6_000;

/// Of all frames, one in so many is looked at.
const PART: u64 = 10;

/// A window of fewer frames says nothing of those that follow a key frame; of more ms, nothing new.
const LEAST_FRAMES: u64 = 24;
const LONGEST_MS: u64 = 2_000;

/// From how many ms on there is another window. Each is an input of its own, with a decoder.
const WINDOWS_MS: [u64; 3] = [12_000, 30_000, 60_000];

/// Of the frames of a window one in so many is made smaller.
const EVERY: u64 = 8;

/// Short sides that a picture is made smaller to, in pixels.
const SHORT_SIDES: [u32; 4] = [720, 540, 480, 360];

/// Windows of a plan, to be encoded one after the other as if they were a video.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sample {
    /// The windows as a plan: the picture without writing, fades and sound.
    pub(crate) plan: Plan,
    /// How many frames each window has. Its first is a key frame.
    pub(crate) length: u64,
    /// For each of its inputs, the name of ours and that of the whole plan's.
    pub(crate) links: Vec<(String, String)>,
    /// Where the whole plan and the windows lie in the one source, and its track; `None` where there are several.
    pub(crate) within: Option<Within>,
    /// Smaller short sides, in pixels, of which it is measured what they lose.
    pub(crate) sides: Vec<u32>,
}

/// Parts of a source, in µs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Within {
    pub(crate) track: u32,
    pub(crate) whole: Vec<Range<u64>>,
    pub(crate) windows: Vec<Range<u64>>,
}

impl Plan {
    /// The windows that tell what it takes; `None` where there is no picture. They are a small part of making all of it,
    /// or `None`, unless it has to be known in any case.
    pub(crate) fn sample(&self, in_any_case: bool) -> Option<Sample> {
        let pays = self.duration_ms() >= WORTH_MS && self.form != Form::Gif;
        if !self.form.has_picture() || !(pays || in_any_case) {
            return None;
        }
        let count = 1 + WINDOWS_MS.iter().filter(|from| self.duration_ms() >= **from).count() as u64;
        let longest = super::frames_in(LONGEST_MS, self.frame_rate).max(LEAST_FRAMES);
        let length = (self.frames() / (PART * count)).clamp(LEAST_FRAMES, longest).min(self.frames());
        let pieces: Vec<Piece> = (0..count).filter_map(|number| self.window_at(number, count, length)).collect();
        if pieces.is_empty() {
            return None;
        }
        let links = pieces.iter().enumerate().filter_map(|(index, piece)| self.link(index, piece)).collect();
        let sides = if self.most.size_is_wished { Vec::new() } else { self.smaller_sides() };
        let plain = Self { captions: Vec::new(), music: None, picture: Ramp::default(), window: None, ..self.clone() };
        let within = self.one_source(&pieces);
        Some(Sample { plan: Self { pieces, ..plain }, length, links, within, sides })
    }

    fn one_source(&self, windows: &[Piece]) -> Option<Within> {
        let first = self.pieces.first()?;
        let is_one = self.pieces.iter().all(|piece| piece.source == first.source && !piece.still);
        let ranges = |pieces: &[Piece]| pieces.iter().map(|piece| self.in_source(piece)).collect();
        is_one.then(|| Within { track: first.video.index, whole: ranges(&self.pieces), windows: ranges(windows) })
    }

    fn in_source(&self, piece: &Piece) -> Range<u64> {
        let at = |frame| piece.entry_us(self.frame_rate, frame);
        at(piece.skip)..at(piece.skip + piece.frames)
    }

    /// The short sides below its own that it may be made smaller to, from the largest to the smallest.
    pub(crate) fn smaller_sides(&self) -> Vec<u32> {
        let now = self.width.min(self.height);
        SHORT_SIDES.into_iter().filter(|side| *side < now).collect()
    }

    /// A window in the middle of one of as many equal parts of the plan, when it lies in one piece.
    fn window_at(&self, number: u64, count: u64, length: u64) -> Option<Piece> {
        let middle = self.frames() * (2 * number + 1) / (2 * count);
        let from = middle.saturating_sub(length / 2);
        let mut window = self.window(&(from..from + length));
        let piece = window.pieces.pop().filter(|piece| window.pieces.is_empty() && piece.frames == length)?;
        // What can't be entered is read from its beginning, which takes as long as making it.
        let is_near = !graph::is_read_through(piece.kind) || from < length;
        is_near.then_some(Piece { enter: 0, dark: Ramp::default(), ..piece })
    }

    fn link(&self, index: usize, piece: &Piece) -> Option<(String, String)> {
        let mut links = self.links();
        let (name, ..) = links.find(|(_, source, kind)| *source == piece.source && *kind == piece.kind)?;
        Some((argv::input_name(index, piece.kind), name))
    }
}

impl Sample {
    /// What ffmpeg is told to encode the windows and to measure what smaller pictures of them lose.
    pub(crate) fn arguments(&self) -> Vec<String> {
        let mut args = words("-nostdin -hide_banner -loglevel error -progress pipe:1 -nostats -y");
        args.extend(argv::inputs(&self.plan));
        let mut graph = graph::picture(&self.plan);
        let pad = if self.sides.is_empty() { "[v]" } else { "[e]" };
        if !self.sides.is_empty() {
            graph.push_str(&self.losses());
        }
        args.extend(["-filter_complex".to_owned(), graph]);
        args.extend(["-map".to_owned(), pad.to_owned()]);
        args.extend(argv::picture_arguments(&self.plan, &argv::Pass::Quality));
        // The encoder must not take one window for what the next is made of.
        args.extend(["-force_key_frames".to_owned(), format!("expr:eq(mod(n,{}),0)", self.length)]);
        args.extend(words("-f framecrc"));
        args.push(format!("file:{SIZES_FILE}"));
        args
    }

    /// The name of the file that says what a smaller picture loses.
    pub(crate) fn loss_file(index: usize) -> String {
        format!("loss{index}.txt")
    }

    /// Frames made smaller and larger again, held against what they were.
    fn losses(&self) -> String {
        let (frame, count) = ((self.plan.width, self.plan.height), self.sides.len());
        let pads = |name: char| (0..count).map(|index| format!("[{name}{index}]")).collect::<String>();
        let mut graph =
            format!(";[v]split[e][l];[l]select=not(mod(n\\,{EVERY})),split={}{}{}", count * 2, pads('r'), pads('s'));
        for (index, side) in self.sides.iter().enumerate() {
            let (width, height) = size::fit(frame, size::bounds(frame, *side));
            graph.push_str(&format!(
                ";[s{index}]scale={width}:{height}:flags=lanczos,scale={}:{}:flags=bicubic[b{index}];\
                 [b{index}][r{index}]psnr=stats_file={},nullsink",
                frame.0,
                frame.1,
                Self::loss_file(index)
            ));
        }
        graph
    }
}
