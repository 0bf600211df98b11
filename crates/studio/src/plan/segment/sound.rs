//! The sound for itself: in one graph, or first in stretches of pieces where there are many.

use std::ops::Range;

use super::super::{Form, Plan, argv, graph, graph::Span, words};

/// So many pieces are heard at once; each is a file with a decoder and takes 2 MB.
const MOST_PIECES: usize = 32;

/// The samples of a stretch as ffmpeg calls them, as they are between its filters.
const SAMPLES: &str = "f32le";

/// Some pieces in a row whose sound is made by itself, as bare samples that are as good as what they are made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stretch {
    pieces: Range<usize>,
    /// The frame of the timeline at which the piece before it ends.
    before: u64,
    span: Span,
}

/// Whether there are so many pieces that their sound is made in stretches.
pub(super) fn is_stretched(plan: &Plan) -> bool {
    plan.form.has_sound() && plan.pieces.len() > MOST_PIECES
}

impl Stretch {
    /// The name of its samples in the job folder.
    pub(crate) fn name(number: usize) -> String {
        format!("stretch{number}.{SAMPLES}")
    }

    /// How long it is, in frames.
    pub(crate) fn frames(&self) -> u64 {
        self.span.frames
    }
}

impl Plan {
    /// The stretches of its sound; none where one graph does it.
    pub(crate) fn stretches(&self) -> Vec<Stretch> {
        if !is_stretched(self) {
            return Vec::new();
        }
        let (mut stretches, mut before) = (Vec::new(), 0);
        for (number, pieces) in self.pieces.chunks(MOST_PIECES).enumerate() {
            let first = number * MOST_PIECES;
            let own: u64 = pieces.iter().map(|piece| piece.frames - piece.enter).sum();
            let enter = pieces.first().map_or(0, |piece| piece.enter);
            let span = Span { frames: own + enter, enter };
            stretches.push(Stretch { pieces: first..first + pieces.len(), before, span });
            before += own;
        }
        stretches
    }

    /// What ffmpeg is told to make the samples of a stretch.
    pub(crate) fn stretch_arguments(&self, number: usize, stretch: &Stretch) -> Vec<String> {
        let mut args = opening("error");
        args.extend(argv::heard(self, stretch.pieces.clone()));
        let mut graph = Vec::new();
        let pad = graph::pieces_sound(self, stretch.pieces.clone(), stretch.before, &mut graph);
        graph.push(format!("{pad}aformat=sample_fmts=flt:channel_layouts=stereo[a]"));
        args.extend(["-filter_complex".to_owned(), graph.join(";")]);
        args.extend(words(&format!("-map [a] -c:a pcm_{SAMPLES} -f {SAMPLES}")));
        args.push(format!("file:{}", Stretch::name(number)));
        args
    }

    /// What ffmpeg is told to make the whole sound by itself, of its stretches where there are any: at so many thousand
    /// bits a second, or else only to say how loud it is.
    pub(crate) fn sound_arguments(
        &self,
        stretches: &[Stretch],
        kbit: Option<u32>,
        loudness: Option<&graph::Loudness>,
    ) -> Vec<String> {
        let mut args = opening(if kbit.is_some() { "error" } else { "info" });
        let mut graph = Vec::new();
        let (pad, music) = if stretches.is_empty() {
            args.extend(argv::heard(self, 0..self.pieces.len()));
            let heard = self.pieces.iter().filter(|piece| piece.audio.is_some()).count();
            (graph::pieces_sound(self, 0..self.pieces.len(), 0, &mut graph), heard)
        } else {
            args.extend((0..stretches.len()).flat_map(stretch_input));
            let spans: Vec<Span> = stretches.iter().map(|stretch| stretch.span).collect();
            for number in 0..spans.len() {
                graph.push(format!("[{number}:0]aformat=sample_fmts=fltp:channel_layouts=stereo[a{number}]"));
            }
            (graph::joined(self, &spans, 0, &mut graph), spans.len())
        };
        args.extend(argv::music(self));
        let normal = self.lufs().filter(|_| kbit.is_none() || loudness.is_some());
        let normal = normal.map(|lufs| graph::loudnorm(lufs, loudness));
        graph::mixed(self, pad, music, normal.as_deref(), &mut graph);
        args.extend(["-filter_complex".to_owned(), graph.join(";")]);
        args.extend(words("-map [a] -map_metadata -1 -map_chapters -1 -sn -dn"));
        match kbit {
            Some(kbit) => args.extend(argv::ending(self, Some(kbit), &self.sound_name())),
            None => args.extend(words("-f null -")),
        }
        args
    }

    /// The sources whose bytes the sound is made of, in order.
    pub(crate) fn heard(&self) -> impl Iterator<Item = &str> {
        let pieces = self.pieces.iter().filter(|piece| piece.audio.is_some()).map(|piece| piece.source.as_str());
        pieces.chain(self.music.as_ref().map(|music| music.source.as_str()))
    }

    /// What ffmpeg is told to put windows and sound together without encoding them again. The windows stand in a list, in
    /// which each has its exact length.
    pub(crate) fn join_arguments(&self) -> Vec<String> {
        let mut args = opening("error");
        // The list is ours and names files of ours; nothing else can be in it.
        args.extend(words("-protocol_whitelist file -format_whitelist concat,mov -f concat"));
        args.extend(["-i".to_owned(), format!("file:{LIST}")]);
        if self.form.has_sound() {
            let demuxer = if self.form == Form::Webm { "matroska" } else { "mov" };
            args.extend(words(&format!("-protocol_whitelist file -format_whitelist {demuxer} -f {demuxer}")));
            args.extend(["-i".to_owned(), format!("file:{}", self.sound_name())]);
        }
        args.extend(words("-map 0:v"));
        args.extend(self.form.has_sound().then(|| words("-map 1:a")).into_iter().flatten());
        args.extend(words("-c copy -map_metadata -1 -map_chapters -1 -sn -dn -fflags +bitexact"));
        args.extend(self.form.container_arguments());
        args.push(format!("file:{}", self.output_name()));
        args
    }

    /// The list of windows in the order of their numbers. Lengths are in µs, rounded so that they don't add up.
    pub(crate) fn join_list(&self, windows: &[Range<u64>]) -> String {
        let at = |frame: u64| self.frame_rate.inverse().rounded(frame.saturating_mul(1_000_000));
        let entry = |(number, window): (usize, &Range<u64>)| {
            let long = at(window.end) - at(window.start);
            let name = window_name(number);
            format!("file '{name}'\nduration {}.{:06}\n", long / 1_000_000, long % 1_000_000)
        };
        let entries: String = windows.iter().enumerate().map(entry).collect();
        format!("ffconcat version 1.0\n{entries}")
    }
}

/// The name of the list of windows in the job folder.
pub(crate) const LIST: &str = "windows.txt";

/// The name of a window's picture in the job folder.
pub(crate) fn window_name(number: usize) -> String {
    format!("window{number}.mp4")
}

fn opening(level: &str) -> Vec<String> {
    words(&format!("-nostdin -hide_banner -loglevel {level} -progress pipe:1 -nostats -y"))
}

fn stretch_input(number: usize) -> Vec<String> {
    let rate = super::super::SAMPLE_RATE;
    let how = format!("-protocol_whitelist file -format_whitelist {SAMPLES} -f {SAMPLES} -ar {rate} -ac 2 -i");
    let mut args = words(&how);
    args.push(format!("file:{}", Stretch::name(number)));
    args
}
