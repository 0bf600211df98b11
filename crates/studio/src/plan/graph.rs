//! All of a plan as one filter graph.

use std::ops::Range;

use super::{Piece, Plan, Ramp, SAMPLE_RATE, argv, filters, sound, sound::Soft};
use crate::sniff::Kind;

/// How long something stands, and how much of it lies over what comes before, in frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) frames: u64,
    pub(crate) enter: u64,
}

/// How loud the sound was found to be, in the words of ffmpeg's `loudnorm`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Loudness {
    /// LUFS of all of it.
    pub(crate) integrated: f64,
    /// The highest peak between samples, in dB.
    pub(crate) peak: f64,
    /// How far soft and loud parts lie apart, in LU.
    pub(crate) range: f64,
    /// LUFS below which it counts as silence.
    pub(crate) threshold: f64,
    /// What is left to add in dB.
    pub(crate) offset: f64,
}

/// The highest peak that is left, in dB: coding raises it a little.
const PEAK_DB: f64 = -1.5;

/// The picture of the whole timeline, from the inputs to the pad `[v]`.
pub(super) fn picture(plan: &Plan) -> String {
    let mut graph = Vec::new();
    let spans: Vec<Span> = plan.pieces.iter().map(|piece| Span { frames: piece.frames, enter: piece.enter }).collect();
    let runs = runs(&spans);
    for (index, piece) in plan.pieces.iter().enumerate() {
        graph.push(format!("{}[v{index}]", filters::picture(plan, index, piece)));
    }
    let mut frames = 0;
    let mut pad = String::new();
    for (number, run) in runs.iter().enumerate() {
        let length: u64 = run.clone().map(|index| plan.pieces[index].frames).sum();
        let mut own = format!("[v{}]", run.start);
        if run.len() > 1 {
            let pads: String = run.clone().map(|index| format!("[v{index}]")).collect();
            own = format!("[r{number}]");
            // Joining counts in microseconds, what follows in frames.
            let tick = plan.frame_rate.inverse();
            graph.push(format!("{pads}concat=n={}:v=1:a=0,settb={tick},setpts=N{own}", run.len()));
        }
        let enter = plan.pieces[run.start].enter;
        if number > 0 {
            let (at, long) = (argv::at(frames - enter, plan.frame_rate), argv::at(enter, plan.frame_rate));
            graph.push(format!("{pad}{own}xfade=transition=fade:duration={long}:offset={at}[x{number}]"));
            own = format!("[x{number}]");
        }
        frames += length - enter;
        pad = own;
    }
    graph.push(format!("{pad}{}[v]", finish(plan, frames)));
    graph.join(";")
}

/// What is done to the picture as a whole.
fn finish(plan: &Plan, frames: u64) -> String {
    let mut chain = plan.drawn_over(frames);
    if plan.form == super::Form::Gif {
        // A palette a frame: one for all of them would keep every frame in memory.
        chain.push("split[g0][g1];[g0]palettegen=stats_mode=single[p];[g1][p]paletteuse=new=1:dither=bayer".to_owned());
    } else {
        chain.push("format=yuv420p".to_owned());
    }
    chain.join(",")
}

/// The sound of the whole timeline, from the inputs to the pad `[a]`.
pub(super) fn sound(plan: &Plan, loudness: Option<&str>) -> String {
    let mut graph = Vec::new();
    let all = plan.pieces.iter().enumerate();
    let pad = heard(plan, all, 0, &mut graph);
    mixed(plan, pad, plan.pieces.len(), loudness, &mut graph);
    graph.join(";")
}

/// The sound of some pieces in a row, of inputs for those alone in which something is heard; `before` is the frame at which
/// the piece before them ends. Answers with the pad.
pub(super) fn pieces_sound(plan: &Plan, pieces: Range<usize>, before: u64, graph: &mut Vec<String>) -> String {
    let mut input = 0;
    let inputs = plan.pieces[pieces].iter().map(|piece| {
        let index = input;
        input += usize::from(piece.audio.is_some());
        (index, piece)
    });
    heard(plan, inputs, before, graph)
}

fn heard<'a>(
    plan: &Plan,
    pieces: impl Iterator<Item = (usize, &'a Piece)>,
    before: u64,
    graph: &mut Vec<String>,
) -> String {
    let (mut frame, mut spans) = (before, Vec::new());
    for (number, (input, piece)) in pieces.enumerate() {
        // Counted from the start of the timeline, so that roundings don't add up.
        let begin = plan.samples_at(frame - piece.enter);
        let end = plan.samples_at(frame - piece.enter + piece.frames);
        frame = frame - piece.enter + piece.frames;
        let dark = dark(plan, piece.dark);
        graph.push(format!("{}[a{number}]", sound::of_piece(input, piece, end - begin, dark)));
        spans.push(Span { frames: piece.frames, enter: piece.enter });
    }
    joined(plan, &spans, before, graph)
}

/// What lies over the sound as a whole, to the pad `[a]`; `music` is the number of its input.
pub(super) fn mixed(plan: &Plan, mut pad: String, music: usize, loudness: Option<&str>, graph: &mut Vec<String>) {
    let total = plan.samples_at(plan.frames());
    let fades = plan.sound.original.filters(total);
    if !fades.is_empty() {
        graph.push(format!("{pad}{}[o]", fades.join(",")));
        pad = "[o]".to_owned();
    }
    if let Some(piece) = &plan.music {
        graph.push(format!("{}[m]", sound::of_music(music, piece, total)));
        let music = if plan.sound.duck {
            graph.push(format!("{pad}asplit[k0][k1]"));
            pad = "[k0]".to_owned();
            graph.push("[m][k1]sidechaincompress=threshold=0.03:ratio=8:attack=20:release=400[d]".to_owned());
            "[d]"
        } else {
            "[m]"
        };
        graph.push(format!("{pad}{music}amix=normalize=0:duration=first[x]"));
        pad = "[x]".to_owned();
    }
    let mut chain = Vec::new();
    if plan.can_clip() {
        chain.push("alimiter=level=disabled".to_owned());
    }
    if let Some(loudness) = loudness {
        chain.push(format!("{loudness},aresample={SAMPLE_RATE}"));
    }
    chain.extend(plan.sound.all.filters(total));
    chain.push(format!("aformat=sample_fmts=fltp:channel_layouts=stereo,apad,atrim=end_sample={total}"));
    graph.push(format!("{pad}{}[a]", chain.join(",")));
}

/// The filter that measures, and the one that then brings it to what was asked for.
pub(super) fn loudnorm(lufs: i32, measured: Option<&Loudness>) -> String {
    let target = f64::from(lufs) / 100.0;
    let Some(m) = measured else {
        return format!("loudnorm=I={target}:TP={PEAK_DB}:LRA=11:print_format=json");
    };
    // With less room than the sound has by itself it would be squeezed instead of turned up or down.
    let range = m.range.ceil().clamp(11.0, 50.0);
    format!(
        "loudnorm=I={target}:TP={PEAK_DB}:LRA={range}:measured_I={}:measured_TP={}:measured_LRA={}:\
         measured_thresh={}:offset={}:linear=true",
        m.integrated, m.peak, m.range, m.threshold, m.offset
    )
}

/// Those that follow each other without a crossfade.
fn runs(spans: &[Span]) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    for (index, span) in spans.iter().enumerate() {
        match runs.last_mut() {
            Some(run) if span.enter == 0 => run.end = index + 1,
            _ => runs.push(index..index + 1),
        }
    }
    runs
}

/// The sounds `[a0]`, `[a1]`… one after the other, the first of which begins where something ended at a frame.
pub(super) fn joined(plan: &Plan, spans: &[Span], before: u64, graph: &mut Vec<String>) -> String {
    let (mut frames, mut pad) = (before, String::new());
    for (number, run) in runs(spans).into_iter().enumerate() {
        let mut own = format!("[a{}]", run.start);
        if run.len() > 1 {
            let pads: String = run.clone().map(|index| format!("[a{index}]")).collect();
            own = format!("[q{number}]");
            graph.push(format!("{pads}concat=n={}:v=0:a=1{own}", run.len()));
        }
        let enter = spans[run.start].enter;
        if number > 0 {
            let samples = plan.samples_at(frames) - plan.samples_at(frames - enter);
            graph.push(format!("{pad}{own}acrossfade=ns={samples}:c1=tri:c2=tri[y{number}]"));
            own = format!("[y{number}]");
        }
        frames += spans[run].iter().map(|span| span.frames).sum::<u64>() - enter;
        pad = own;
    }
    pad
}

fn dark(plan: &Plan, ramp: Ramp) -> Soft {
    Soft { rise: plan.samples_at(ramp.rise), fall: plan.samples_at(ramp.fall) }
}

impl Plan {
    /// Whether there is nothing to be heard.
    pub(super) fn is_silent(&self) -> bool {
        self.music.is_none() && self.pieces.iter().all(|piece| piece.audio.is_none())
    }

    /// Whether sounds are added to each other or made louder, so that the sum may be more than there is room for.
    fn can_clip(&self) -> bool {
        let louder = |gain: crate::timeline::Gain| gain > crate::timeline::Gain::FULL;
        self.music.is_some() || self.pieces.iter().any(|piece| piece.audio.is_some() && louder(piece.gain))
    }
}

/// Whether a container can't be entered at a moment, only read from its beginning: its packets have no index.
pub(super) fn is_read_through(kind: Kind) -> bool {
    matches!(kind, Kind::MpegPs | Kind::MpegTs)
}
