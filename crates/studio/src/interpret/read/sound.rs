//! Levels, silence, fades.

use super::{Clause, Read, ask};
use crate::{
    interpret::{
        lexicon::W,
        token::{How, T},
    },
    ops::{About, Direction, EditOp, FadeKind, FadeTarget, Level, Part, Sound, Track},
};

impl Clause<'_, '_> {
    pub(super) fn sound(&mut self) -> Read {
        self.duck()?;
        self.fades()?;
        self.loudness();
        self.kept_sound();
        self.mute()?;
        self.music()?;
        self.level()
    }

    fn need(&self, target: Sound) -> Read {
        let lacking = target == Sound::Bgm && !self.env.adds_music && self.env.lacks(Track::Bgm);
        if lacking { ask(About::NoSuchTrack) } else { Ok(()) }
    }

    /// Takes the words that name one sound, or two: `原声和音乐`.
    fn targets(&mut self) -> Result<Vec<Sound>, super::Fail> {
        let toks = self.bag.toks();
        let at = |sense: W| (0..toks.len()).find(|at| self.bag.is_free(*at) && toks[*at].is(sense));
        if let (Some(music), Some(other)) = (at(W::Music), at(W::Voice).or_else(|| at(W::Sound))) {
            let between = &toks[music.min(other)..music.max(other)];
            if between.iter().any(|tok| tok.is(W::And)) {
                let voice = at(W::Voice).is_some();
                self.bag.take_all(&[W::Music, W::Voice, W::Volume]);
                return if voice {
                    Ok(vec![Sound::Bgm, Sound::Original])
                } else {
                    Err(super::Fail::Ask(About::UnknownWords))
                };
            }
        }
        Ok(self.target().into_iter().collect())
    }

    /// Takes the words that name a sound.
    pub(super) fn target(&mut self) -> Option<Sound> {
        let music = self.bag.take_all(&[W::Music]).is_some();
        let voice = self.bag.take_all(&[W::Voice]).is_some();
        let sound = self.bag.take_all(&[W::Sound]).is_some();
        let volume = self.bag.take_all(&[W::Volume]).is_some();
        let video = self.bag.said(&[W::Video]) && !self.bag.said(&[W::Into]);
        let found = match (music, voice) {
            (true, _) => Sound::Bgm,
            (false, true) => Sound::Original,
            (false, false) if video && (sound || volume) => Sound::Original,
            (false, false) if sound => Sound::All,
            (false, false) if volume => self.env.sound.unwrap_or(Sound::All),
            (false, false) => return None,
        };
        Some(found)
    }

    fn duck(&mut self) -> Read {
        let music = self.bag.has(&[W::Music]);
        let lowered = self.bag.has(&[W::Quieter, W::Smaller, W::Down, W::Auto, W::FadeOut]);
        if !self.bag.has(&[W::Duck]) && !(self.bag.has(&[W::Talking]) && (music || self.env.adds_music) && lowered) {
            return Ok(());
        }
        let at = self.bag.start();
        let words = [
            W::Duck,
            W::Talking,
            W::Thing,
            W::Music,
            W::Quieter,
            W::Smaller,
            W::Down,
            W::Auto,
            W::When,
            W::Voice,
            W::Sound,
            W::Volume,
            W::Turn,
            W::FadeOut,
            W::Before,
        ];
        self.bag.take_all(&words);
        self.need(Sound::Bgm)?;
        self.push(at, EditOp::Duck);
        Ok(())
    }

    fn fades(&mut self) -> Read {
        let words = [W::Fade, W::FadeIn, W::FadeOut, W::FadeBoth, W::ToBlack, W::FromBlack];
        if !self.bag.has(&words) {
            return Ok(());
        }
        let at = self.bag.start();
        let bare = self.bag.take_all(&[W::Fade]).is_some();
        let black = self.bag.has(&[W::ToBlack, W::FromBlack]);
        let both = self.bag.take_all(&[W::FadeBoth]).is_some();
        let enters = self.bag.take_all(&[W::FadeIn, W::FromBlack]).is_some()
            || both
            || bare && self.bag.take_all(&[W::In]).is_some();
        let leaves = self.bag.take_all(&[W::FadeOut, W::ToBlack]).is_some()
            || both
            || bare && self.bag.take_all(&[W::Out, W::Off, W::Down]).is_some();
        let target = self.faded(black)?;
        let mut ms = self.bag.take_dur().map(|(ms, _)| ms);
        if ms.is_none()
            && let Some((span, How::Edge | How::EdgeZh, _)) = self.bag.clone().take_span()
        {
            let _ = self.bag.take_span();
            ms = Some(span.to.map_or(-span.from, |to| to - span.from));
        }
        self.bag.take_all(&[
            W::Start,
            W::End,
            W::First,
            W::Last,
            W::Add,
            W::Make,
            W::Each,
            W::Over,
            W::Black,
            W::Use,
            W::Hou,
            W::Qian,
            W::Slower,
            W::Out,
        ]);
        if !enters && !leaves {
            return ask(About::WhatChange);
        }
        let ms = ms.and_then(|ms| u64::try_from(ms).ok());
        for (wanted, kind) in [(enters, FadeKind::In), (leaves, FadeKind::Out)] {
            if wanted {
                self.push(at, EditOp::Fade { kind, target, ms });
            }
        }
        Ok(())
    }

    fn faded(&mut self, black: bool) -> Result<FadeTarget, super::Fail> {
        let carried = self.env.sound;
        let picture = self.bag.take_all(&[W::Picture]).is_some();
        let named = self.target();
        if let Some(sound) = named {
            self.need(sound)?;
            self.env.sound = Some(sound);
        }
        let nothing = !picture && !black && !self.bag.said(&[W::Video]);
        let target = match named.or_else(|| carried.filter(|_| nothing)) {
            Some(Sound::Bgm) => FadeTarget::Bgm,
            Some(Sound::Original) => FadeTarget::Original,
            Some(Sound::All) if named.is_some() => FadeTarget::Audio,
            _ if !nothing => FadeTarget::Video,
            _ => self.env.fade.unwrap_or(FadeTarget::All),
        };
        self.env.fade = Some(target);
        if target == FadeTarget::Video {
            self.env.sound = None;
        }
        Ok(target)
    }

    fn loudness(&mut self) {
        let lufs = self.bag.take_map(|t| if let T::Lufs(value) = t { Some(*value) } else { None });
        let sounding = self.bag.has(&[W::Sound, W::Volume, W::Voice]) || self.env.sound.is_some();
        if lufs.is_none()
            && !(self.bag.has(&[W::Normalise])
                && (sounding || self.bag.toks().iter().all(|tok| !matches!(tok.t, T::Word(W::Picture)))))
        {
            return;
        }
        let at = self.bag.start();
        self.bag.take_all(&[
            W::Normalise,
            W::Sound,
            W::Volume,
            W::Voice,
            W::To,
            W::Into,
            W::At,
            W::Make,
            W::Each,
            W::Everything,
            W::TooLoud,
            W::TooQuiet,
            W::Between,
            W::Clip,
            W::Whole,
            W::Over,
        ]);
        self.env.sound = Some(Sound::All);
        self.push(at, EditOp::Loudness { lufs: lufs.map(|(value, _)| value) });
    }

    /// What is to stay as it is needs no edit.
    fn kept_sound(&mut self) {
        let noun = [W::Sound, W::Voice, W::Music, W::Title, W::Subtitle, W::Watermark, W::TextNoun, W::Volume];
        let other = self.bag.has_any(|t| {
            matches!(t, T::Span(..) | T::Pct(_) | T::Db(..) | T::Dur(_) | T::At(_) | T::Clips(_) | T::Factor(_))
        });
        let leveled = self.bag.has(&[
            W::Louder,
            W::Quieter,
            W::Bigger,
            W::Smaller,
            W::Up,
            W::Down,
            W::Half,
            W::Max,
            W::Remove,
            W::Add,
            W::Mute,
            W::Except,
            W::Rest,
            W::Mp3,
            W::M4a,
            W::Wav,
            W::Extract,
            W::Only,
        ]);
        if !self.bag.has(&[W::Keep]) || !self.bag.has(&noun) || other || leveled {
            return;
        }
        self.bag.take_all(&[W::Keep]);
        let tracks = self.bag.take_all(&[W::Title, W::Subtitle, W::Watermark, W::TextNoun]).is_some();
        if let Some(sound) = self.target() {
            self.env.sound = Some(sound);
        } else if !tracks {
            return;
        }
        self.bag.take_all(&[W::In, W::On]);
        self.env.nothing = true;
    }

    fn mute(&mut self) -> Read {
        let muted = self.bag.has(&[W::Mute]);
        let off = self.bag.has(&[W::TurnOff]) || self.bag.has(&[W::Off]) && !self.bag.has(&[W::Cut, W::Fade]);
        let gone = self.bag.has(&[W::Remove]) && !self.bag.has(&[W::Music, W::Song]);
        if !muted && !((off || gone) && self.bag.has(&[W::Sound, W::Voice, W::Volume, W::Music])) {
            return Ok(());
        }
        let at = self.bag.start();
        let whole = self.bag.take_all(&[W::Whole]).is_some();
        self.bag.take_all(&[
            W::Mute,
            W::TurnOff,
            W::Remove,
            W::Off,
            W::Turn,
            W::Make,
            W::Into,
            W::Everything,
            W::Add,
            W::Use,
            W::Only,
        ]);
        let video = self.bag.said(&[W::Video]) && !whole;
        let clip = self.bag.take_clips().first().copied();
        let mut targets = self.targets()?;
        if targets.is_empty() {
            targets.push(if video { Sound::Original } else { Sound::All });
        }
        let part = Part(self.bag.take_span().map(|(span, ..)| span));
        for target in targets {
            self.need(target)?;
            self.env.sound = Some(target);
            self.push(at, EditOp::Mute { target, part, clip });
        }
        Ok(())
    }

    /// Louder, softer, or so loud.
    fn level(&mut self) -> Read {
        let up = self.bag.has(&[W::Louder, W::TooQuiet]);
        let down = self.bag.has(&[W::Quieter, W::TooLoud]);
        let sounding = self.bag.has(&[W::Sound, W::Voice, W::Volume, W::Music])
            || self.env.sound.is_some() && !self.bag.has(&[W::SizeNoun, W::Picture, W::Video]);
        let relative =
            [W::Bigger, W::Smaller, W::Up, W::Down, W::TooBig, W::TooSmall, W::Double, W::Triple, W::HalfOf, W::Half];
        let amount = self.bag.has_any(|t| matches!(t, T::Pct(_) | T::Db(..)))
            && !self.bag.has(&[W::SpeedUp, W::SlowDown, W::Faster, W::Slower, W::SpeedNoun]);
        let decibels = self.bag.has_any(|t| matches!(t, T::Db(..)));
        if !(up || down || decibels || sounding && (self.bag.has(&relative) || amount)) {
            return Ok(());
        }
        let at = self.bag.start();
        let complaint = !self.bag.has(&[W::Louder, W::Quieter, W::Bigger, W::Smaller, W::Up, W::Down])
            && self.bag.has(&[W::TooQuiet, W::TooLoud, W::TooBig, W::TooSmall]);
        let mut targets = self.targets()?;
        if targets.is_empty() {
            let video = self.bag.said(&[W::Video]);
            targets.push(if video { Some(Sound::Original) } else { self.env.sound }.unwrap_or(Sound::All));
        }
        let Some(level) = self.how_loud() else { return ask(About::UnknownWords) };
        for target in targets {
            self.need(target)?;
            self.env.sound = Some(target);
            let op = EditOp::Volume { target, level };
            if complaint {
                self.env.alone.push(super::Alone::Op(op));
            } else {
                self.push(at, op);
            }
        }
        Ok(())
    }

    fn how_loud(&mut self) -> Option<Level> {
        let up = self.bag.take_all(&[W::Louder, W::Bigger, W::Up, W::TooQuiet, W::TooSmall]).is_some();
        let down = self.bag.take_all(&[W::Quieter, W::Smaller, W::Down, W::TooLoud, W::TooBig]).is_some();
        let to = self.bag.take_all(&[W::To, W::Into, W::At]).is_some();
        let by = self.bag.take_all(&[W::By]).is_some();
        self.bag.take_all(&[W::Only, W::Everything, W::Keep, W::Make, W::Turn, W::Change, W::Of, W::Use]);
        if up && down {
            return None;
        }
        let direction = if down { -1.0 } else { 1.0 };
        if let Some((value, signed)) = self
            .bag
            .take_map(|t| if let T::Db(value, signed) = t { Some((*value, *signed)) } else { None })
            .map(|(db, _)| db)
        {
            // `to -6 dB` names a level that isn't known here.
            let known = up || down || signed && !to;
            return known.then_some(Level::Db(if signed && value < 0.0 { value } else { value * direction }));
        }
        let half = self.bag.take_all(&[W::Half]).map(|_| 0.5);
        if let Some(part) = self.bag.take_pct().map(|(part, _)| part).or(half) {
            return match (up || down, to, by) {
                (true, false, _) | (_, false, true) if up || down => {
                    Some(Level::Scale(round(direction.mul_add(part, 1.0))))
                }
                (false, false, true) => None,
                _ => Some(Level::Value(part)),
            };
        }
        if self.bag.take_all(&[W::HalfOf]).is_some() {
            return (!up).then_some(Level::Scale(0.5));
        }
        let times = self.bag.take_map(|t| match t {
            T::Factor(times) if *times > 0.0 => Some(*times),
            T::Word(W::Double) => Some(2.0),
            T::Word(W::Triple) => Some(3.0),
            _ => None,
        });
        if let Some((times, _)) = times {
            return Some(Level::Scale(if down { round(1.0 / times) } else { times }));
        }
        (up != down).then_some(Level::Rel(if up { Direction::Up } else { Direction::Down }))
    }
}

/// Without the dust of binary fractions.
pub(super) fn round(value: f64) -> f64 {
    (value * 1e9).round() / 1e9
}
