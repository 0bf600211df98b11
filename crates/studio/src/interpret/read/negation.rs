//! `don't`, `no`, `without`, `不要`: what is denied is not done, and never its opposite.

use super::{Clause, Fail, Read};
use crate::{
    interpret::{lexicon::W, token::T},
    ops::What,
};

const TRACKS: &[W] = &[W::Music, W::Song, W::Title, W::TextNoun, W::Subtitle, W::Watermark, W::Zi];
const SOUNDS: &[W] = &[W::Sound, W::Voice, W::Volume];

impl Clause<'_, '_> {
    pub(super) fn negation(&mut self) -> Read {
        if self.bag.said(&[W::Neg]) {
            return self.denied();
        }
        let Some(at) = self.bag.toks().iter().position(|tok| tok.any(&[W::NoWant, W::No])) else { return Ok(()) };
        let toks = self.bag.toks();
        let after = toks[at + 1..].iter().any(|tok| {
            tok.any(TRACKS) || tok.any(SOUNDS) || matches!(tok.t, T::Span(..) | T::Clips(_)) || tok.any(&[W::Rest])
        });
        let before = toks[..at].iter().any(|tok| {
            tok.any(TRACKS)
                || tok.any(SOUNDS)
                || matches!(tok.t, T::Span(..) | T::Clips(_))
                || tok.any(&[W::Rest, W::Start, W::End, W::Vague, W::LastClip])
        });
        let blocked = toks[at + 1..]
            .iter()
            .take_while(|tok| !tok.any(TRACKS) && !tok.any(SOUNDS) && !matches!(tok.t, T::Span(..)))
            .any(|tok| tok.any(DENIABLE) || matches!(tok.t, T::Word(W::Cannot(_))));
        if (after || before) && !blocked {
            // Without the thing is to take it away; where there is none, nothing is to be done.
            let vague = !after && !toks[..at].iter().any(|tok| tok.any(TRACKS) || tok.any(SOUNDS));
            let _ = vague;
            self.bag.set(at, W::Remove);
            self.nothing_if_lacking();
            return Ok(());
        }
        self.denied()
    }

    fn nothing_if_lacking(&mut self) {
        use crate::ops::Track;
        let all = [
            (W::Music, Track::Bgm),
            (W::Title, Track::Title),
            (W::TextNoun, Track::Text),
            (W::Subtitle, Track::Subtitle),
            (W::Watermark, Track::Watermark),
        ];
        let named: Vec<Track> =
            all.iter().filter(|(word, _)| self.bag.has(&[*word])).map(|(_, track)| *track).collect();
        if !named.is_empty() && named.iter().all(|track| self.env.lacks(*track)) {
            self.bag.use_all();
            self.env.nothing = true;
        }
    }

    /// All of the clause is denied. What is denied must be understood too.
    fn denied(&mut self) -> Read {
        if self.bag.has_any(|t| matches!(t, T::Unknown(_))) {
            return Err(Fail::Ask(crate::ops::About::UnknownWords));
        }
        if self.bag.has(&[W::MaxNeg]) {
            self.bag.take_all(&[W::Neg]);
            let at = self.bag.toks().iter().position(|tok| tok.is(W::MaxNeg));
            if let Some(at) = at {
                self.bag.set(at, W::Max);
            }
            return Ok(());
        }
        if self.bag.has_any(|t| matches!(t, T::Url)) {
            return Err(Fail::No(What::StreamingUrl));
        }
        self.bag.use_all();
        self.env.nothing = true;
        Ok(())
    }
}

/// What a `no` before it denies as a deed.
const DENIABLE: &[W] = &[
    W::Mute,
    W::Rotate,
    W::Flip,
    W::Mirror,
    W::FadeIn,
    W::FadeOut,
    W::FadeBoth,
    W::Fade,
    W::Transition,
    W::SpeedUp,
    W::SlowDown,
    W::Crop,
    W::Normalise,
    W::Remove,
    W::Cut,
    W::CutZh,
    W::Add,
    W::Change,
    W::Compress,
    W::Keep,
    W::TurnOff,
    W::SlowMotion,
    W::Merge,
    W::Duck,
    W::Generate,
    W::Auto,
];
