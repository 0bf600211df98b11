//! What is understood and can't be done.

use super::{Clause, Fail, Read};
use crate::{
    interpret::{lexicon::W, token::T},
    ops::What,
};

impl Clause<'_, '_> {
    pub(super) fn unsupported(&self) -> Read {
        let no = |what| Err(Fail::No(what));
        let bag = &self.bag;
        if bag.has_any(|t| *t == T::Url) {
            return no(What::StreamingUrl);
        }
        for (at, tok) in bag.toks().iter().enumerate() {
            if let T::Word(W::Cannot(what)) = tok.t
                && bag.is_free(at)
                && !super::music::describes_music(bag.toks(), at)
            {
                return no(what);
            }
        }
        let quoted = bag.has_any(|t| matches!(t, T::Quote(_)));
        let writing = quoted || bag.has(&[W::Title, W::TextNoun, W::Zi, W::Subtitle, W::Watermark]);
        if bag.has(&[W::Style]) {
            return no(if writing || self.env.text.is_some() { What::TextStyle } else { What::Filter });
        }
        if writing
            && !quoted
            && bag.has(&[W::Bigger, W::Smaller, W::TooBig, W::TooSmall, W::FadeIn, W::FadeOut, W::FadeBoth])
            && !bag.has(&[W::Music, W::Sound, W::Voice, W::Volume])
        {
            return no(What::TextStyle);
        }
        let fades = bag.has(&[W::FadeIn, W::FadeOut, W::FadeBoth, W::Fade]);
        if writing && fades && !bag.has(&[W::Music, W::Sound, W::Voice, W::Volume, W::Picture, W::Video]) {
            return no(What::TextStyle);
        }
        if bag.has(&[W::OddTransition]) {
            return no(What::Transition);
        }
        if bag.has(&[W::Noise]) {
            return no(What::Denoise);
        }
        if bag.has(&[W::Thing]) && bag.has(&[W::Remove, W::Change, W::Add, W::Blur, W::Move]) && !quoted {
            return no(What::ObjectEdit);
        }
        if bag.has(&[W::Background]) && bag.has(&[W::Remove, W::Change, W::Into, W::Blur, W::Add]) && !writing {
            return no(What::BackgroundRemoval);
        }
        if bag.has(&[W::OtherFormat]) {
            return no(What::Other);
        }
        self.generated(writing)
    }

    fn generated(&self, writing: bool) -> Read {
        let bag = &self.bag;
        let made = bag.has(&[W::Generate])
            && !writing
            && !bag.has(&[W::Auto, W::Gif, W::Mp4, W::Mov, W::Mp3, W::Only, W::Keep]);
        let about =
            bag.has(&[W::Music, W::Picture, W::Background, W::Thing]) || bag.has_any(|t| matches!(t, T::Unknown(_)));
        if made && about {
            return Err(Fail::No(What::Generate));
        }
        Ok(())
    }
}
