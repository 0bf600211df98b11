//! Music, levels and fades.

use super::cut::{lies_in, split};
use super::refusal::Refusal;
use super::trace::{self, Link};
use super::words::{Language, number, quoted};
use super::work::Work;
use super::writing::follow;
use crate::ops::{Direction, FadeKind, FadeTarget, Level, Sound, Span};
use crate::source::Source;
use crate::timeline::{Fades, Gain, Music, Range};

/// How much louder "louder" is, and softer "softer": a step that is heard, and that the other takes back.
const STEP: f64 = 1.5;

/// How long a fade takes when nobody says it, in ms.
const FADE_MS: u64 = 1_000;

/// How loud the sound comes out when nobody says it, in LUFS: what phones and players are made for.
const USUAL_LUFS: f64 = -16.0;

impl Work<'_> {
    pub(super) fn bgm(
        &mut self,
        volume: Option<f64>,
        query: Option<&str>,
        asset: Option<&str>,
        part: Option<Span>,
        then: bool,
    ) -> Result<(), Refusal> {
        let volume = volume.map(|volume| self.gain(Gain::of(volume))).transpose()?;
        let unnamed = query.is_none() && asset.is_none();
        let present = self.timeline.music.clone();
        // With nothing but a level or a time it speaks of the music that is there.
        let same = present.clone().filter(|_| unnamed && (volume.is_some() || part.is_some()));
        let changed = same.is_some();
        let mut music = match same {
            Some(music) => music,
            None => self.new_music(query, asset, present.as_ref())?,
        };
        if let Some(volume) = volume {
            (music.volume, music.muted) = leveled(volume, music.volume);
        }
        if let Some(part) = part {
            (music.start, music.dur) = self.place(part, then)?;
        }
        self.timeline.music = Some(music);
        self.tell_music(changed);
        Ok(())
    }

    /// Another song is as loud as the one before it and fades like it.
    fn new_music(&self, query: Option<&str>, asset: Option<&str>, present: Option<&Music>) -> Result<Music, Refusal> {
        let source = song(self.sources, query, asset, self.language)?;
        let mut music = Music::under_all(source);
        if let Some(present) = present {
            (music.volume, music.fades) = (present.volume, present.fades);
        }
        Ok(music)
    }

    fn tell_music(&mut self, changed: bool) {
        let Some(music) = &self.timeline.music else { return };
        let mut facts = vec![quoted(&music.name)];
        facts.extend(self.timeline.music_on().map(|on| self.language.range(on)));
        facts.push(format!("{}%", if music.muted { 0 } else { music.volume.percent() }));
        let facts = facts.join(&self.language.pick(", ".into(), "，".into()));
        if changed {
            self.tell(format!("Music: {facts}"), format!("音乐：{facts}"));
        } else {
            self.tell(format!("Music added: {facts}"), format!("音乐已添加：{facts}"));
        }
    }

    /// A start and a length on the finished timeline.
    fn place(&self, part: Span, then: bool) -> Result<(i64, Option<u64>), Refusal> {
        // It says what is wrong with a part that isn't there.
        let said = self.find(part, None, then)?.said;
        let start = if part.from <= 0 { part.from } else { self.find_moment(said.from, then).cast_signed() };
        let Some(to) = part.to else { return Ok((start, None)) };
        let total = self.timeline.duration_ms();
        let from = if start < 0 { total.saturating_sub(start.unsigned_abs()) } else { start.unsigned_abs() };
        // What begins with the timeline is as long as it was said.
        let to = if part.from == 0 && to > 0 { said.to } else { self.find_moment(said.to, then) };
        let dur = Range::new(from, to.min(total)).ok_or_else(|| Refusal::part_gone(self.language))?;
        Ok((start, Some(dur.length())))
    }

    pub(super) fn volume(&mut self, target: Sound, level: Level) -> Result<(), Refusal> {
        match target {
            Sound::Bgm => self.volume_music(level)?,
            Sound::Original => self.volume_original(level)?,
            Sound::All => self.volume_all(level)?,
        }
        let original = self.original_words();
        let music = self.timeline.music.as_ref().map(|music| if music.muted { 0 } else { music.volume.percent() });
        let line = match (target, music) {
            (Sound::Bgm, Some(music)) => (format!("Music: {music}%"), format!("音乐音量：{music}%")),
            (Sound::All, Some(music)) => {
                (format!("Original sound: {original}, music: {music}%"), format!("原声：{original}，音乐：{music}%"))
            }
            (Sound::All, None) => (format!("Volume: {original}"), format!("音量：{original}")),
            (Sound::Original | Sound::Bgm, _) => {
                (format!("Original sound: {original}"), format!("原声音量：{original}"))
            }
        };
        self.tell(line.0, line.1);
        Ok(())
    }

    fn volume_music(&mut self, level: Level) -> Result<(), Refusal> {
        let music = self.timeline.music.as_ref().ok_or_else(|| Refusal::no_music(self.language))?;
        let gain = self.gain(applied(music.volume, level))?;
        if let Some(music) = &mut self.timeline.music {
            let (volume, off) = leveled(gain, music.volume);
            music.muted = off || music.muted && !raises(level);
            music.volume = volume;
        }
        Ok(())
    }

    fn volume_original(&mut self, level: Level) -> Result<(), Refusal> {
        let gains = self.timeline.segments.iter().map(|segment| self.gain(applied(segment.volume, level)));
        let gains = gains.collect::<Result<Vec<Gain>, Refusal>>()?;
        for (segment, gain) in self.timeline.segments.iter_mut().zip(gains) {
            let (volume, off) = leveled(gain, segment.volume);
            segment.muted = off || segment.muted && !raises(level);
            segment.volume = volume;
        }
        Ok(())
    }

    /// The original sound and the music keep their balance; what is off stays off unless everything is.
    fn volume_all(&mut self, level: Level) -> Result<(), Refusal> {
        let heard = self.timeline.segments.iter().filter(|segment| !segment.muted).map(|segment| segment.volume).max();
        let music = self.timeline.music.as_ref().filter(|music| !music.muted).map(|music| music.volume);
        let silent = heard.or(music).is_none();
        let loudest = heard.or(music).or_else(|| self.timeline.segments.iter().map(|segment| segment.volume).max());
        let loudest = loudest.map_or(1.0, Gain::fraction);
        let level = match level {
            Level::Value(value) if value > 0.0 && loudest > 0.0 => Level::Scale(value / loudest),
            Level::Value(_) | Level::Scale(_) | Level::Db(_) | Level::Rel(_) => level,
        };
        let off: Vec<bool> = self.timeline.segments.iter().map(|segment| segment.muted).collect();
        self.volume_original(level)?;
        let music_off = self.timeline.music.as_ref().map(|music| music.muted);
        if music_off.is_some() {
            self.volume_music(level)?;
        }
        if silent && (raises(level) || matches!(level, Level::Scale(scale) if scale > 0.0)) {
            self.timeline.segments.iter_mut().for_each(|segment| segment.muted = false);
            self.timeline.music.iter_mut().for_each(|music| music.muted = false);
        } else if !silent {
            self.timeline.segments.iter_mut().zip(off).for_each(|(segment, off)| segment.muted |= off);
            self.timeline.music.iter_mut().zip(music_off).for_each(|(music, off)| music.muted |= off);
        }
        Ok(())
    }

    pub(super) fn mute(&mut self, target: Sound, part: Option<Span>, clip: Option<u32>) -> Result<(), Refusal> {
        let some = part.is_some() || clip.is_some();
        let found = self.find(part.unwrap_or(Span { from: 0, to: None }), clip, false)?;
        if found.now.is_empty() {
            return Err(Refusal::part_gone(self.language));
        }
        if target == Sound::Bgm && self.timeline.music.is_none() {
            return Err(Refusal::no_music(self.language));
        }
        if target != Sound::Bgm {
            let mut pieces = if some { split(self.pieces(), &found.now) } else { self.pieces() };
            let meant = pieces.iter_mut().filter(|piece| !some || lies_in(piece, &found.now));
            meant.for_each(|piece| piece.segment.muted = true);
            self.put(pieces)?;
        }
        if let Some(music) = self.timeline.music.as_mut().filter(|_| target != Sound::Original) {
            music.muted |= !some;
            if some {
                music.silent.extend(found.now);
                music.silent = united(std::mem::take(&mut music.silent));
            }
        }
        let (en, zh) = match target {
            Sound::All => ("Sound off", "已静音"),
            Sound::Original => ("Original sound off", "原声已关闭"),
            Sound::Bgm => ("Music off", "音乐已静音"),
        };
        let when = self.language.range(found.said);
        let which = clip.map_or_else(String::new, |number| {
            self.language.pick(format!(", clip {number}"), format!("，第 {number} 段"))
        });
        if part.is_some() {
            self.tell(format!("{en}{which}: {when}"), format!("{zh}{which}：{when}"));
        } else {
            self.tell(format!("{en}{which}"), format!("{zh}{which}"));
        }
        Ok(())
    }

    pub(super) fn fade(&mut self, kind: FadeKind, target: FadeTarget, ms: Option<u64>) -> Result<(), Refusal> {
        let ms = ms.unwrap_or(FADE_MS);
        let total = self.timeline.duration_ms();
        if ms > total {
            return Err(Refusal::beyond(total, self.language));
        }
        let set = |fades: &mut Fades| match kind {
            FadeKind::In => fades.in_ms = ms,
            FadeKind::Out => fades.out_ms = ms,
        };
        let settings = &mut self.timeline.settings;
        let (en, zh) = match target {
            FadeTarget::Bgm => {
                let music = self.timeline.music.as_mut().ok_or_else(|| Refusal::no_music(self.language))?;
                set(&mut music.fades);
                ("Music", "音乐")
            }
            FadeTarget::Original => {
                set(&mut settings.original);
                ("Original sound", "原声")
            }
            FadeTarget::Audio => {
                set(&mut settings.sound);
                ("Sound", "声音")
            }
            FadeTarget::Video => {
                set(&mut settings.picture);
                ("Picture", "画面")
            }
            FadeTarget::All => {
                set(&mut settings.picture);
                set(&mut settings.sound);
                ("Picture and sound", "画面和声音")
            }
        };
        let (way_en, way_zh) = match kind {
            FadeKind::In => ("fade in", "淡入"),
            FadeKind::Out => ("fade out", "淡出"),
        };
        let length = self.language.length(ms);
        self.tell(format!("{en}: {way_en}, {length}"), format!("{zh}{way_zh}：{length}"));
        Ok(())
    }

    pub(super) fn loudness(&mut self, lufs: Option<f64>) -> Result<(), Refusal> {
        let lufs = lufs.unwrap_or(USUAL_LUFS);
        if !(-40.0..=-5.0).contains(&lufs) {
            let (en, zh) = ("Loudness can be from -40 to -5 LUFS", "响度只能在 -40 到 -5 LUFS 之间");
            return Err(Refusal::out_of_range(en, zh, self.language));
        }
        self.timeline.settings.loudness = Some((lufs * 100.0).round() as i32);
        let lufs = number(lufs);
        self.tell(format!("Loudness evened out: {lufs} LUFS"), format!("音量已统一：{lufs} LUFS"));
        Ok(())
    }

    pub(super) fn duck(&mut self) -> Result<(), Refusal> {
        if self.timeline.music.is_none() {
            return Err(Refusal::no_music(self.language));
        }
        self.timeline.settings.duck = true;
        self.tell("The music goes down while someone speaks".to_owned(), "有人说话时音乐自动变小".to_owned());
        Ok(())
    }

    /// Music goes with the part of the picture that it lay under, and so do the parts in which it is silent.
    pub(super) fn follow_music(&mut self, links: &[Link], before: u64) {
        let Some(music) = &mut self.timeline.music else { return };
        let silent = std::mem::take(&mut music.silent);
        music.silent = united(silent.into_iter().flat_map(|part| trace::images(links, part)).collect());
        if follow(&mut music.start, &mut music.dur, links, before) {
            return;
        }
        let name = quoted(&music.name);
        self.timeline.music = None;
        self.warn(
            format!("Music {name} went with the part that it lay under"),
            format!("音乐{name}随所在的部分一起去掉了"),
        );
    }

    fn gain(&self, gain: Option<Gain>) -> Result<Gain, Refusal> {
        let (en, zh) = ("A volume can be from 0 to 1000%", "音量只能在 0 到 1000% 之间");
        gain.ok_or_else(|| Refusal::out_of_range(en, zh, self.language))
    }

    /// `50%`, or a range where the clips differ.
    fn original_words(&self) -> String {
        let segments = &self.timeline.segments;
        let percents = segments.iter().map(|segment| if segment.muted { 0 } else { segment.volume.percent() });
        let (low, high) = (percents.clone().min().unwrap_or(0), percents.max().unwrap_or(0));
        if low == high { format!("{low}%") } else { format!("{low}-{high}%") }
    }
}

/// The file that is meant to be the music.
fn song<'a>(
    sources: &'a [Source],
    query: Option<&str>,
    asset: Option<&str>,
    language: Language,
) -> Result<&'a Source, Refusal> {
    let heard = || sources.iter().filter(|source| source.facts.audio.is_some());
    let songs: Vec<&Source> = heard().filter(|source| source.facts.video.is_none()).collect();
    let names: Vec<String> = songs.iter().rev().map(|source| source.name.clone()).collect();
    if let Some(asset) = asset {
        let named: Vec<&Source> = heard().collect();
        return best(&named, |source| nearness(&source.name, asset))
            .ok_or_else(|| Refusal::no_such_file(asset, &names, language));
    }
    if let Some(query) = query {
        let words: Vec<String> = query.split_whitespace().map(str::to_lowercase).collect();
        let hits = |source: &Source| {
            let name = source.name.to_lowercase();
            words.iter().filter(|word| word.chars().nth(1).is_some() && name.contains(word.as_str())).count()
        };
        return best(&songs, |source| Some(hits(source)).filter(|hits| *hits > 0))
            .ok_or_else(|| Refusal::no_library(Some(query), &names, language));
    }
    songs.last().copied().ok_or_else(|| Refusal::no_library(None, &[], language))
}

/// The one with the highest value, the last of several.
pub(super) fn best<'a>(sources: &[&'a Source], value: impl Fn(&Source) -> Option<usize>) -> Option<&'a Source> {
    let valued = sources.iter().filter_map(|source| Some((value(source)?, *source)));
    valued.max_by_key(|(value, _)| *value).map(|(_, source)| source)
}

/// How well a file's name is what was typed: as it is, without its ending, or in part.
pub(super) fn nearness(name: &str, typed: &str) -> Option<usize> {
    let (name, typed) = (name.to_lowercase(), typed.trim().to_lowercase());
    let stem = |name: &str| name.rsplit_once('.').map_or(name, |(stem, _)| stem).to_owned();
    match () {
        () if typed.is_empty() => None,
        () if name == typed => Some(3),
        () if stem(&name) == typed || stem(&name) == stem(&typed) => Some(2),
        () if name.contains(&typed) => Some(1),
        () => None,
    }
}

/// `None` beyond what can be made.
fn applied(gain: Gain, level: Level) -> Option<Gain> {
    let now = gain.fraction();
    Gain::of(match level {
        Level::Value(value) => value,
        Level::Scale(scale) => now * scale,
        Level::Db(db) => now * 10_f64.powf(db / 20.0),
        Level::Rel(Direction::Up) => now * STEP,
        Level::Rel(Direction::Down) => now / STEP,
    })
}

fn raises(level: Level) -> bool {
    match level {
        Level::Value(value) => value > 0.0,
        Level::Scale(scale) => scale > 1.0,
        Level::Db(db) => db > 0.0,
        Level::Rel(direction) => direction == Direction::Up,
    }
}

/// A level, and whether it is off: one that is nothing keeps the level before it, to come back to.
fn leveled(gain: Gain, before: Gain) -> (Gain, bool) {
    if gain.percent() == 0 && gain.fraction() == 0.0 { (before, true) } else { (gain, false) }
}

/// Parts in order, those that touch made one.
fn united(mut parts: Vec<Range>) -> Vec<Range> {
    parts.sort_unstable();
    let mut united: Vec<Range> = Vec::with_capacity(parts.len());
    for part in parts {
        match united.last_mut() {
            Some(last) if part.from <= last.to => last.to = last.to.max(part.to),
            _ => united.push(part),
        }
    }
    united
}
