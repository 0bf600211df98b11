//! The sound: that of the pieces, the music under it, levels and fades, in samples.

use std::collections::BTreeMap;

use super::{Piece, SAMPLE_RATE, argv, frames_in, known::no, samples_at};
use crate::{
    error::Error,
    facts::{AudioFacts, MediaFacts},
    rational::Rational,
    sniff::Kind,
    timeline::{Fades, Gain, Settings, Timeline},
};

/// Loudness that can be made, in hundredths of LUFS.
const LUFS: std::ops::RangeInclusive<i32> = -7_000..=-500;

/// The music, in samples of the output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MusicPiece {
    pub(crate) source: String,
    pub(crate) kind: Kind,
    pub(crate) audio: AudioFacts,
    pub(crate) looped: bool,
    /// How many samples of it come before the first that is heard.
    pub(crate) skip: u64,
    pub(crate) gain: Gain,
    /// Where it begins and the first sample after it.
    pub(crate) from: u64,
    pub(crate) to: u64,
    pub(crate) fades: Soft,
    /// Parts of the timeline in which it is silent, in ms.
    pub(crate) silent: Vec<(u64, u64)>,
}

/// How long something comes and goes, in samples.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Soft {
    pub(crate) rise: u64,
    pub(crate) fall: u64,
}

/// What holds for all of the sound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mix {
    pub(crate) original: Soft,
    pub(crate) all: Soft,
    pub(crate) lufs: Option<i32>,
    pub(crate) duck: bool,
}

impl Mix {
    pub(super) fn of(settings: &Settings, rate: Rational, frames: u64) -> Result<Self, Error> {
        if settings.loudness.is_some_and(|lufs| !LUFS.contains(&lufs)) {
            return Err(no("it asks for a loudness beyond -70 to -5 LUFS"));
        }
        let length = samples_at(frames, rate);
        Ok(Self {
            original: Soft::of(settings.original, length),
            all: Soft::of(settings.sound, length),
            lufs: settings.loudness,
            duck: settings.duck,
        })
    }
}

impl Soft {
    fn of(fades: Fades, length: u64) -> Self {
        let samples = |ms: u64| ms.saturating_mul(u64::from(SAMPLE_RATE) / 1000).min(length);
        Self { rise: samples(fades.in_ms), fall: samples(fades.out_ms) }
    }

    /// At the beginning and the end of so many samples.
    pub(super) fn filters(self, length: u64) -> Vec<String> {
        let rise = (self.rise > 0).then(|| format!("afade=t=in:ss=0:ns={}", self.rise));
        let start = length.saturating_sub(self.fall);
        let fall = (self.fall > 0).then(|| format!("afade=t=out:ss={start}:ns={}", self.fall));
        rise.into_iter().chain(fall).collect()
    }
}

/// The music of a timeline; `None` where there is none to be heard.
pub(super) fn music(
    timeline: &Timeline,
    facts: &BTreeMap<String, MediaFacts>,
    rate: Rational,
    frames: u64,
) -> Result<Option<MusicPiece>, Error> {
    let Some(music) = &timeline.music else { return Ok(None) };
    let media = facts.get(&music.source).ok_or_else(|| no("it names music that isn't here"))?;
    let kind = Kind::of_extension(&media.container).ok_or_else(|| no("it names music that isn't here"))?;
    let audio = media.audio.clone().ok_or_else(|| no(&format!("there is no sound in {}, its music", music.name)))?;
    let Some(on) = timeline.music_on().filter(|_| !music.muted && music.volume.fraction() > 0.0) else {
        return Ok(None);
    };
    let end = samples_at(frames, rate);
    let place = |ms| samples_at(frames_in(ms, rate).min(frames), rate).min(end);
    let (from, to) = (place(on.from), place(on.to));
    if from >= to {
        return Ok(None);
    }
    let silent = music.silent.iter().map(|range| (range.from, range.to)).collect();
    let fades = Soft::of(music.fades, to - from);
    let (source, gain) = (music.source.clone(), music.volume);
    let skip = music.skip.saturating_mul(u64::from(SAMPLE_RATE) / 1000);
    Ok(Some(MusicPiece { source, kind, audio, looped: music.looped, skip, gain, from, to, fades, silent }))
}

/// The sound of a piece, in exactly so many samples; `index` is that of the input.
pub(super) fn of_piece(index: usize, piece: &Piece, samples: u64, dark: Soft) -> String {
    let Some(audio) = &piece.audio else {
        return format!("anullsrc=r={SAMPLE_RATE}:cl=stereo,aformat=sample_fmts=fltp,atrim=end_sample={samples}");
    };
    let mut chain = Vec::new();
    if let Some(from) = argv::sought_by_filter(piece) {
        chain.push(format!("atrim=start={from},asetpts=PTS-{from}/TB"));
    }
    // `first_pts=0` keeps sound that starts late as late as it was.
    chain.push(format!("aresample={SAMPLE_RATE}:async=1:first_pts=0"));
    chain.push(stereo(audio).to_owned());
    chain.extend(tempo(piece.speed.factor()));
    chain.extend(gain(piece.gain));
    chain.push(format!("apad,atrim=end_sample={samples}"));
    chain.extend(dark.filters(samples));
    format!("[{index}:{}]{}", audio.index, chain.join(","))
}

/// The music from the beginning of the timeline to its end, in `samples`.
pub(super) fn of_music(index: usize, music: &MusicPiece, samples: u64) -> String {
    let length = music.to - music.from;
    // Its own times count for nothing: where it begins anew they may have holes.
    let mut chain = vec![format!("aresample={SAMPLE_RATE},asetpts=N/SR/TB"), stereo(&music.audio).to_owned()];
    match music.skip {
        0 => chain.push(format!("atrim=end_sample={length}")),
        skip => chain.push(format!("atrim=start_sample={skip}:end_sample={},asetpts=PTS-STARTPTS", skip + length)),
    }
    chain.extend(gain(music.gain));
    chain.extend(music.fades.filters(length));
    if music.from > 0 {
        chain.push(format!("adelay=delays={}S:all=1", music.from));
    }
    for (from, to) in &music.silent {
        let (from, to) = (argv::seconds(*from), argv::seconds(*to));
        chain.push(format!("volume=0:enable='gte(t,{from})*lt(t,{to})'"));
    }
    chain.push(format!("apad,atrim=end_sample={samples}"));
    format!("[{index}:{}]{}", music.audio.index, chain.join(","))
}

/// The mixer takes 3 dB off mono on its way to stereo, so mono is copied to both sides instead.
fn stereo(audio: &AudioFacts) -> &'static str {
    match audio.channels {
        1 => "pan=stereo|c0=c0|c1=c0,aformat=sample_fmts=fltp",
        _ => "aformat=sample_fmts=fltp:channel_layouts=stereo",
    }
}

/// `atempo` puts everything so many samples of its input too early, by the middle of short sounds at any tempo.
const EARLY: u32 = 460;

/// Faster or slower at the same pitch. A stage beyond twice as fast leaves samples out.
fn tempo(factor: f64) -> Vec<String> {
    let (mut rest, mut stages) = (factor, Vec::new());
    while rest > 2.0 {
        stages.push(2.0);
        rest /= 2.0;
    }
    while rest < 0.5 {
        stages.push(0.5);
        rest /= 0.5;
    }
    if (rest - 1.0).abs() > 1e-9 {
        stages.push(rest);
    }
    stages.iter().map(|stage| format!("adelay=delays={EARLY}S:all=1,atempo={stage:.6}")).collect()
}

fn gain(gain: Gain) -> Option<String> {
    (gain != Gain::FULL).then(|| format!("volume={}", gain.fraction()))
}
