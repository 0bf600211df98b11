//! Background music.

use super::{Clause, Read, ask};
use crate::{
    interpret::{
        lexicon::W,
        token::{How, T, Tok},
    },
    ops::{About, Direction, EditOp, Level, Part, Sound, Track, What},
};

const ADDS: &[W] = &[W::Add, W::Use, W::With, W::Change, W::Into, W::Generate];
const LEVELS: &[W] = &[
    W::Louder,
    W::Bigger,
    W::Smaller,
    W::Up,
    W::Down,
    W::TooLoud,
    W::TooQuiet,
    W::TooBig,
    W::TooSmall,
    W::HalfOf,
    W::Double,
    W::Triple,
];

/// What stands around music that is added, and says no more than that.
const AROUND: &[W] = &[
    W::Music,
    W::Add,
    W::Use,
    W::With,
    W::Change,
    W::Into,
    W::Volume,
    W::Sound,
    W::Make,
    W::At,
    W::By,
    W::Over,
    W::Clip,
    W::Whole,
    W::Start,
    W::Generate,
    W::Only,
    W::Each,
];

impl Clause<'_, '_> {
    pub(super) fn music(&mut self) -> Read {
        let named = self.bag.has(&[W::Music, W::Song]);
        let audio = self.bag.has_any(|t| matches!(t, T::File(name) if is_audio(name)));
        let added = named || self.bag.has(ADDS);
        if !named && !audio || !added {
            return Ok(());
        }
        if self.bag.has(&[W::Remove, W::TurnOff]) && !audio {
            return self.remove_music();
        }
        let adds = self.bag.has(ADDS) || audio;
        let level = self.bag.has_any(|t| matches!(t, T::Pct(_) | T::Db(..) | T::Factor(_))) || self.bag.has(&[W::Half]);
        let moved = self.bag.has(LEVELS) || self.bag.has(&[W::Quieter]) && !self.describes_music();
        let leads = self.bag.has(&[W::To, W::Into, W::Make, W::Turn, W::At])
            && level
            && !self.bag.has(&[W::Add, W::Use, W::With])
            && !audio;
        if !self.bag.has(&[W::Song])
            && !audio
            && !self.bag.has(&[W::Add, W::Use, W::With])
            && (moved || leads && !self.bag.has(&[W::At]))
        {
            return Ok(());
        }
        if self.bag.has(&[W::Only, W::Keep]) && !adds {
            return Ok(());
        }
        let starts = |tok: &Tok| matches!(tok.t, T::Span(_, How::Starting | How::Onwards));
        let timed = self.bag.left().any(starts);
        self.add_music(adds || level || timed)
    }

    /// `quiet music`: an adjective and no verb of change.
    fn describes_music(&self) -> bool {
        let toks = self.bag.toks();
        let quiet = toks.iter().position(|tok| tok.is(W::Quieter));
        let music = toks.iter().position(|tok| tok.is(W::Music));
        let led = self.bag.has(&[W::Make, W::Turn, W::Ba]);
        matches!((quiet, music), (Some(quiet), Some(music)) if quiet < music) && !led
    }

    fn remove_music(&mut self) -> Read {
        let at = self.bag.take_all(&[W::Remove, W::TurnOff]).unwrap_or(0);
        self.bag.take_all(&[W::Music, W::Song, W::Sound, W::Everything, W::Volume]);
        if self.env.lacks(Track::Bgm) && !self.env.adds_music {
            return ask(About::NoSuchTrack);
        }
        self.push(at, EditOp::RemoveTrack { target: Track::Bgm });
        Ok(())
    }

    fn add_music(&mut self, meant: bool) -> Read {
        let at = self.bag.start();
        let query = self.query();
        let quiet = self.bag.take_all(&[W::Quieter]).is_some();
        let song = self.bag.take_all(&[W::Song]).is_some();
        let bare = query.is_none() && !quiet && !song && !meant;
        let only_noun = self.bag.left().all(|tok| tok.any(&[W::Music, W::It, W::This]));
        if bare && !only_noun {
            return Ok(());
        }
        self.bag.take_all(AROUND);
        if !self.bag.has_any(|t| matches!(t, T::Dur(_) | T::Bytes(_))) {
            // `music under it`
            self.bag.take_all(&[W::Max]);
        }
        let mut asset =
            self.bag.take_map(|t| if let T::File(name) = t { Some(name.clone()) } else { None }).map(|(name, _)| name);
        if song && asset.is_none() {
            asset = Some(self.only_song()?);
        }
        let known = |name: &String| self.env.context.assets.is_empty() || self.env.context.assets.contains(name);
        if asset.as_ref().is_some_and(|name| !known(name)) {
            return ask(About::WhichFile);
        }
        let half = self.bag.take_all(&[W::Half]).map(|_| 0.5);
        let volume = self.bag.take_pct().map(|(part, _)| part).or(half);
        self.bag.take_all(&[W::To, W::Down, W::Up]);
        let span = self
            .bag
            .take_span()
            .or_else(|| self.bag.take_at().map(|(from, at)| (crate::ops::Span { from, to: None }, How::Starting, at)));
        let part = Part(span.map(|(span, ..)| span));
        let quoted = self.bag.take_quote().map(|(text, _)| text);
        let query = query.or(quoted);
        let then = self.env.then && part.0.is_some();
        self.env.adds_music = true;
        self.env.sound = Some(Sound::Bgm);
        self.push(at, EditOp::Bgm { volume, query, asset, part, then });
        if quiet && volume.is_none() {
            self.push(at, EditOp::Volume { target: Sound::Bgm, level: Level::Rel(Direction::Down) });
        }
        Ok(())
    }

    /// `this song`, where there is one.
    fn only_song(&self) -> Result<String, super::Fail> {
        let mut songs = self.env.context.assets.iter().filter(|name| is_audio(name));
        match (songs.next(), songs.next()) {
            (Some(song), None) => Ok(song.clone()),
            _ => Err(super::Fail::Ask(About::WhichFile)),
        }
    }

    /// The words before the noun that describe the music, as typed.
    fn query(&mut self) -> Option<String> {
        const MOST: usize = 5;
        let toks = self.bag.toks();
        let noun = toks.iter().position(|tok| tok.is(W::Music))?;
        let describes = |at: usize| {
            let tok = &toks[at];
            self.bag.is_free(at) && is_mood(tok)
        };
        let joins = |at: usize| toks[at].any(&[W::And]) && at > 0 && describes(at - 1);
        let mut first = noun;
        while first > 0 && noun - first < MOST && (describes(first - 1) || joins(first - 1)) {
            first -= 1;
        }
        while first < noun && toks[first].is(W::Degree) {
            first += 1;
        }
        if first == noun || !self.leads_query(first) {
            return None;
        }
        // `钢琴曲` is one word.
        let whole = toks[noun].han
            && toks[noun].to - toks[noun].from == 1
            && toks[noun].from == toks[noun - 1].to
            && self.env.normal.chars[toks[noun].from] == '曲';
        let (from, to) = (toks[first].from, if whole { toks[noun].to } else { toks[noun - 1].to });
        for at in first..noun {
            self.bag.use_at(at);
        }
        Some(self.env.normal.typed(from, to).trim().to_owned())
    }

    /// Unknown words describe music only where a verb or nothing stands before them.
    fn leads_query(&self, first: usize) -> bool {
        let Some(before) = first.checked_sub(1) else { return true };
        let tok = &self.bag.toks()[before];
        tok.any(&[
            W::Add,
            W::Use,
            W::With,
            W::Change,
            W::Into,
            W::And,
            W::Make,
            W::Turn,
            W::Quieter,
            W::Degree,
            W::Then,
            W::For,
            W::Video,
            W::It,
            W::Ba,
        ])
    }
}

/// Words that may describe music where they stand before it.
fn is_mood(tok: &Tok) -> bool {
    matches!(tok.t, T::Unknown(_) | T::Word(W::Cannot(What::Filter | What::Voice | What::Translation)))
        || tok.any(&[W::Mood, W::Better, W::Faster, W::Slower, W::Degree, W::Quality, W::Thing])
}

/// Whether the token at this place describes the music that is named behind it.
pub(super) fn describes_music(toks: &[Tok], at: usize) -> bool {
    let rest = toks[at..].iter().find(|tok| !is_mood(tok) && !tok.is(W::And));
    is_mood(&toks[at]) && rest.is_some_and(|tok| tok.is(W::Music))
}

fn is_audio(name: &str) -> bool {
    let extension = name.rsplit('.').next().unwrap_or_default().to_lowercase();
    ["mp3", "m4a", "wav", "aac", "flac", "ogg", "wma"].contains(&extension.as_str())
}
