//! What ffmpeg is told, a list of arguments a pass.

use std::ops::Range;

use super::{Form, Loudness, Piece, Plan, graph, kept, words};
use crate::{probe::confinement, rational::Rational, sniff::Kind};

/// The name of the writing in the job folder.
pub(crate) const TEXT_FILE: &str = "text.ass";

/// The name of the picture of a window, in its own folder.
pub(crate) const WINDOW_FILE: &str = "window.mp4";

/// The folder of its font, in the job folder.
pub(crate) const FONTS_FOLDER: &str = "fonts";

/// Where the first of two passes leaves its notes, in the job folder.
const NOTES: &str = "notes";

/// More inputs than this decode in a thread each: every thread keeps frames in memory.
const MANY_INPUTS: usize = 4;

/// How much beyond its end a clip is read, in ms, so that its last frames are decoded whatever the rate.
const READ_BEYOND_MS: u64 = 1_000;

/// What ffmpeg is run for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Pass {
    /// The output, at the quality that looks right.
    Quality,
    /// How loud the sound is; no output.
    Listen,
    /// Where bits are needed, for this many a second of the picture, and the sound by itself, with so many thousand.
    First(u64, u32),
    /// The output, with this many bits a second of the picture, and of the sound in thousands.
    Second(u64, u32),
    /// The output without a picture, with this many thousand bits a second.
    Sound(u32),
    /// The output with picture and sound as they are in the source.
    Retag,
    /// The output with the picture as it is in the source.
    KeepPicture,
}

/// All arguments of a pass. Inputs and output are names in the job folder.
pub(super) fn arguments(plan: &Plan, pass: &Pass, loudness: Option<&Loudness>) -> Vec<String> {
    let level = if *pass == Pass::Listen { "info" } else { "error" };
    let mut args = words(&format!("-nostdin -hide_banner -loglevel {level} -progress pipe:1 -nostats -y"));
    args.extend(inputs(plan));
    if matches!(pass, Pass::Retag | Pass::KeepPicture) {
        args.extend(kept::arguments(plan, pass, loudness));
        return args;
    }
    let picture = plan.form.has_picture() && *pass != Pass::Listen;
    let sound = plan.form.has_sound();
    let normal = plan.lufs().filter(|_| *pass == Pass::Listen || loudness.is_some());
    let normal = normal.map(|lufs| graph::loudnorm(lufs, loudness));
    let graphs = [picture.then(|| graph::picture(plan)), sound.then(|| graph::sound(plan, normal.as_deref()))];
    let graph: Vec<String> = graphs.into_iter().flatten().collect();
    args.extend(["-filter_complex".to_owned(), graph.join(";")]);
    args.extend(picture.then(|| words("-map [v]")).into_iter().flatten());
    if let Pass::First(_, kbit) = pass {
        args.extend(picture_arguments(plan, pass));
        args.extend(words("-f null -"));
        if sound {
            args.extend(words("-map [a]"));
            args.extend(ending(plan, Some(*kbit), &plan.sound_name()));
        }
        return args;
    }
    args.extend(sound.then(|| words("-map [a]")).into_iter().flatten());
    args.extend(words("-map_metadata -1 -map_chapters -1 -sn -dn"));
    args.extend(picture.then(|| picture_arguments(plan, pass)).into_iter().flatten());
    match pass {
        Pass::Listen | Pass::First(..) => args.extend(words("-f null -")),
        Pass::Quality | Pass::Retag | Pass::KeepPicture => args.extend(ending(plan, None, &plan.output_name())),
        Pass::Second(_, kbit) | Pass::Sound(kbit) => args.extend(ending(plan, Some(*kbit), &plan.output_name())),
    }
    args
}

/// All arguments of a pass over the picture of a window.
pub(super) fn picture_alone(plan: &Plan, pass: &Pass) -> Vec<String> {
    let mut args = words("-nostdin -hide_banner -loglevel error -progress pipe:1 -nostats -y");
    args.extend(inputs(plan));
    args.extend(["-filter_complex".to_owned(), graph::picture(plan)]);
    args.extend(words("-map [v] -map_metadata -1 -map_chapters -1 -sn -dn"));
    args.extend(picture_arguments(plan, pass));
    if matches!(pass, Pass::First(..)) {
        args.extend(words("-f null -"));
    } else {
        args.extend(words("-fflags +bitexact -movflags +faststart -f mp4"));
        args.push(format!("file:{WINDOW_FILE}"));
    }
    args
}

/// The sound's encoder, the container, and the file.
pub(super) fn ending(plan: &Plan, kbit: Option<u32>, name: &str) -> Vec<String> {
    let mut args = plan.form.sound_arguments(kbit);
    // Bit-exact muxing leaves the writing program out of the file.
    args.extend(words("-fflags +bitexact"));
    args.extend(plan.form.container_arguments());
    args.push(format!("file:{name}"));
    args
}

impl Plan {
    /// How many frames lie from one key frame to the next. Five seconds keep seeking quick at no cost in size.
    pub(crate) fn key_frames_apart(&self) -> u64 {
        self.frame_rate.rounded(5).max(1)
    }

    /// The name of the sound by itself, whose size says what is left for the picture.
    pub(crate) fn sound_name(&self) -> String {
        format!("sound.{}", self.form.extension())
    }

    /// The output's name in the job folder.
    pub(crate) fn output_name(&self) -> String {
        format!("out.{}", self.form.extension())
    }
}

/// The name of an input in the job folder.
pub(super) fn input_name(index: usize, kind: Kind) -> String {
    format!("in{index}.{}", kind.extension())
}

/// Where a piece begins in its source, in seconds, when that has to be found by reading all before it.
pub(super) fn sought_by_filter(piece: &Piece) -> Option<String> {
    (piece.from_ms > 0 && graph::is_read_through(piece.kind)).then(|| seconds(piece.from_ms))
}

/// Milliseconds as seconds.
pub(super) fn seconds(ms: u64) -> String {
    format!("{}.{:03}", ms / 1000, ms % 1000)
}

/// A frame as seconds, near enough to be told from its neighbours.
pub(super) fn at(frame: u64, rate: Rational) -> String {
    micros(rate.inverse().rounded(frame.saturating_mul(1_000_000)))
}

/// Microseconds as seconds.
pub(super) fn micros(micros: u64) -> String {
    format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000)
}

pub(super) fn inputs(plan: &Plan) -> Vec<String> {
    let mut args = Vec::new();
    let many = plan.pieces.len() > MANY_INPUTS;
    for (index, piece) in plan.pieces.iter().enumerate() {
        args.extend(input(index, piece, plan.frame_rate, many));
    }
    args.extend(music(plan));
    args
}

/// Those of some pieces in which something is heard.
pub(super) fn heard(plan: &Plan, pieces: Range<usize>) -> Vec<String> {
    let many = pieces.len() > MANY_INPUTS;
    let pieces = plan.pieces.iter().enumerate().take(pieces.end).skip(pieces.start);
    let heard = pieces.filter(|(_, piece)| piece.audio.is_some());
    heard.flat_map(|(index, piece)| input(index, piece, plan.frame_rate, many)).collect()
}

/// That of the music.
pub(super) fn music(plan: &Plan) -> Vec<String> {
    let Some(music) = &plan.music else { return Vec::new() };
    let mut args = if music.looped { words("-stream_loop -1") } else { Vec::new() };
    args.extend(confinement(music.kind));
    args.extend(["-i".to_owned(), format!("file:{}", input_name(plan.pieces.len(), music.kind))]);
    args
}

fn input(index: usize, piece: &Piece, rate: Rational, many: bool) -> Vec<String> {
    let mut args = if many { words("-threads 1") } else { Vec::new() };
    args.extend(confinement(piece.kind));
    if !piece.still {
        args.extend(window(piece, rate));
    }
    args.extend(["-i".to_owned(), format!("file:{}", input_name(index, piece.kind))]);
    args
}

/// From where to where a source is read.
fn window(piece: &Piece, rate: Rational) -> Vec<String> {
    if piece.skip > 0 {
        // The frame that is shown at first may begin earlier, so nothing is thrown away before it is known which that is.
        let entry = micros(piece.entry_us(rate, piece.skip));
        return ["-noaccurate_seek", "-ss", &entry].map(str::to_owned).to_vec();
    }
    let mut args = Vec::new();
    let mut before = 0;
    if piece.from_ms > 0 && sought_by_filter(piece).is_none() {
        args.extend(["-ss".to_owned(), seconds(piece.from_ms)]);
    } else {
        before = piece.from_ms;
    }
    if let Some(plays) = piece.plays_ms {
        args.extend(["-t".to_owned(), seconds(before + plays + READ_BEYOND_MS)]);
    }
    args
}

pub(super) fn picture_arguments(plan: &Plan, pass: &Pass) -> Vec<String> {
    let thorough = matches!(pass, Pass::First(..) | Pass::Second(..));
    let mut args = plan.form.picture_arguments((plan.width, plan.height), plan.frame_rate, thorough);
    if plan.form == Form::Gif {
        return args;
    }
    args.extend(rate_arguments(plan, pass));
    args.extend(["-g".to_owned(), plan.key_frames_apart().to_string()]);
    args.extend(words("-color_primaries bt709 -color_trc bt709 -colorspace bt709"));
    // The graph has made every frame; none may be doubled or dropped after it.
    args.extend(words("-color_range tv -fps_mode passthrough"));
    args
}

/// How many bits the picture gets, in the words of its encoder.
fn rate_arguments(plan: &Plan, pass: &Pass) -> Vec<String> {
    let (number, bits) = match pass {
        Pass::First(bits, _) => (1, *bits),
        Pass::Second(bits, _) => (2, *bits),
        Pass::Quality | Pass::Listen | Pass::Sound(_) | Pass::Retag | Pass::KeepPicture => (0, 0),
    };
    let codec = plan.form.picture_codec();
    let mut args = match (number, codec) {
        (0, Some("vp9")) => words("-crf 33 -b:v 0"),
        (0, Some("hevc")) => words("-crf 25"),
        (0, _) => words("-crf 23"),
        _ => words(&format!("-b:v {bits}")),
    };
    // x265 takes what concerns two passes only among its own parameters.
    match (number, codec) {
        (0, Some("hevc")) => args.extend(words("-x265-params log-level=error")),
        (_, Some("hevc")) => {
            args.extend(words(&format!("-x265-params log-level=error:pass={number}:stats={NOTES}.log")));
        }
        (0, _) => {}
        _ => args.extend(words(&format!("-pass {number} -passlogfile {NOTES}"))),
    }
    if codec == Some("h264") {
        args.extend(words("-x264-params aq-mode=2:aq-strength=0.8"));
    }
    if plan.form != Form::Webm {
        let cap = vbv_kbit(plan, bits);
        args.extend(words(&format!("-maxrate {cap}k -bufsize {}k", cap * 2)));
    }
    args
}

/// The peak rate in kbit/s: 0.13 bit a pixel is 8 Mbit/s for 1080p30, within every destination's
/// limit, and is only reached where CRF 23 would go far beyond it.
fn vbv_kbit(plan: &Plan, bits: u64) -> u64 {
    let pixels = f64::from(plan.width) * f64::from(plan.height) * plan.frame_rate.value();
    // A size that leaves more than that may be used.
    let usual = ((pixels * 0.13 / 1000.0).round() as u64).max(500).max(bits / 500);
    plan.most.kbit.map_or(usual, |most| usual.min(u64::from(most)))
}
