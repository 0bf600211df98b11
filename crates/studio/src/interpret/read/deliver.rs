//! Where the video goes: place, size, format.

use super::{Alone, Clause, Fail, Read};
use crate::{
    interpret::{lexicon::W, token::T},
    ops::{About, Codec, Container, EditOp},
};

const PLACES: &[(W, &str)] = &[
    (W::WecomMoments, "wecom-moments"),
    (W::Wecom, "wecom"),
    (W::MiniProgram, "mini-program"),
    (W::Store, "store"),
    (W::Service, "service"),
    (W::AsFile, "file"),
    (W::Article, "article"),
    (W::Channels, "channels"),
    (W::Moments, "moments"),
    (W::WeChat, "chat"),
];

const DELIVERY: &[W] =
    &[W::Format, W::Compress, W::Convert, W::Send, W::Export, W::Publish, W::ForSharing, W::Generate, W::Fix];

impl Clause<'_, '_> {
    pub(super) fn deliver(&mut self) -> Read {
        let sized = self.size()?;
        let formatted = self.format()?;
        let placed = self.preset()?;
        let other = sized || formatted || !self.ops.is_empty();
        if placed {
            self.bag.take_all(DELIVERY);
            self.bag.take_all(&[
                W::Friends,
                W::Make,
                W::Turn,
                W::Into,
                W::FormatNoun,
                W::SizeNoun,
                W::Picture,
                W::Smaller,
                W::TooBig,
                W::Shorten,
            ]);
            return Ok(());
        }
        let purpose = self.bag.has(&[W::TikTok, W::Tube, W::ForSharing]);
        self.purpose();
        if other || purpose {
            self.bag.take_all(DELIVERY);
            self.bag.take_all(&[W::Friends, W::FormatNoun, W::Into, W::To, W::Change, W::Make, W::Turn]);
            return Ok(());
        }
        self.bare()
    }

    /// A verb of delivery, and nothing that says what for.
    fn bare(&mut self) -> Read {
        let busy = self.bag.has_any(|t| matches!(t, T::Span(..) | T::Dur(_) | T::At(_) | T::Unknown(_) | T::Num(_)));
        if busy || self.bag.has(&[W::Cut, W::CutZh, W::CutTo, W::Keep, W::Remove, W::Fix, W::Better, W::Max]) {
            return Ok(());
        }
        let formats = self.bag.toks().iter().any(|tok| {
            tok.is(W::Format)
                && ["format", "格式化"].contains(&self.env.normal.typed(tok.from, tok.to).to_lowercase().as_str())
        });
        let alone = if self.bag.has(&[W::Compress]) {
            Alone::Ask(About::HowSmall)
        } else if formats
            && self.bag.left().all(|tok| tok.any(&[W::Format, W::Video, W::This, W::It, W::Ba, W::Make, W::And]))
        {
            Alone::Op(EditOp::Preset { name: "chat".into() })
        } else if self.bag.has(&[W::Send]) || self.bag.has(&[W::Friends]) {
            Alone::Ask(About::WhichPlatform)
        } else if self.bag.has(&[W::Export]) {
            Alone::Op(EditOp::Export)
        } else if self.bag.has(&[W::Format]) {
            Alone::Ask(About::WhatChange)
        } else {
            return Ok(());
        };
        self.bag.take_all(DELIVERY);
        self.bag.take_all(&[W::Friends, W::Degree, W::To, W::SizeNoun, W::Smaller]);
        self.env.alone.push(alone);
        Ok(())
    }

    fn size(&mut self) -> Result<bool, Fail> {
        let read = |t: &T| if let T::Bytes(bytes) = t { Some(*bytes) } else { None };
        if let Some((bytes, at)) = self.bag.take_map(read) {
            while let Some((next, _)) = self.bag.take_map(read) {
                if next != bytes {
                    return Err(Fail::Ask(About::Conflict));
                }
            }
            if bytes == 0 {
                return Err(Fail::Ask(About::HowSmall));
            }
            self.bag.take_all(&[
                W::Max,
                W::SizeNoun,
                W::Compress,
                W::Until,
                W::To,
                W::Into,
                W::Keep,
                W::Make,
                W::Smaller,
                W::Down,
                W::Change,
                W::Turn,
                W::Before,
                W::Send,
                W::Export,
                W::TooBig,
                W::Each,
                W::Shorten,
                W::Only,
                W::Quality,
                W::Format,
            ]);
            self.push(at, EditOp::MaxSize { bytes });
            return Ok(true);
        }
        let about_size =
            self.bag.has(&[W::SizeNoun]) || !self.bag.has(&[W::Sound, W::Volume, W::Music, W::Voice, W::Picture]);
        let complaint = self.bag.has(&[W::TooBig, W::TooSmall]) && about_size;
        if complaint && !self.bag.has(&[W::Bigger, W::Smaller]) {
            self.bag.take_all(&[W::TooBig, W::TooSmall, W::SizeNoun]);
            self.env.alone.push(Alone::Ask(About::SizeOrResolution));
            return Ok(false);
        }
        if self.bag.has(&[W::Bigger, W::Smaller, W::HalfOf]) && about_size && self.ops.is_empty() {
            return Err(Fail::Ask(About::SizeOrResolution));
        }
        Ok(false)
    }

    fn format(&mut self) -> Result<bool, Fail> {
        let container = self.bag.take_map(|t| {
            Some(match t {
                T::Word(W::Mp4) => Container::Mp4,
                T::Word(W::Mov) => Container::Mov,
                T::Word(W::Webm) => Container::Webm,
                T::Word(W::Gif) => Container::Gif,
                T::Word(W::Mp3) => Container::Mp3,
                T::Word(W::M4a) => Container::M4a,
                T::Word(W::Wav) => Container::Wav,
                _ => return None,
            })
        });
        let codec = self.bag.take_map(|t| match t {
            T::Word(W::H264) => Some(Codec::H264),
            T::Word(W::H265) => Some(Codec::H265),
            _ => None,
        });
        let Some(at) = container.as_ref().map(|(_, at)| *at).or_else(|| codec.as_ref().map(|(_, at)| *at)) else {
            if self.bag.has(&[W::Extract]) {
                return Err(Fail::Ask(About::WhatChange));
            }
            return Ok(false);
        };
        if self.bag.has(&[W::Mp4, W::Mov, W::Webm, W::Gif, W::Mp3, W::M4a, W::Wav, W::H264, W::H265]) {
            return Err(Fail::Ask(About::Conflict));
        }
        let audio = container
            .as_ref()
            .is_some_and(|(container, _)| matches!(container, Container::Mp3 | Container::M4a | Container::Wav));
        if audio {
            self.bag.take_all(&[W::Extract, W::Sound, W::Voice, W::Music, W::Keep, W::Only, W::Remove]);
        }
        self.bag.take_all(&[
            W::FormatNoun,
            W::SizeNoun,
            W::Convert,
            W::Into,
            W::To,
            W::Change,
            W::Make,
            W::Turn,
            W::Export,
            W::With,
            W::Use,
            W::Extract,
            W::Generate,
            W::Add,
            W::Keep,
        ]);
        self.push(at, EditOp::Format { container: container.map(|(x, _)| x), codec: codec.map(|(x, _)| x) });
        Ok(true)
    }

    fn preset(&mut self) -> Result<bool, Fail> {
        let mut found: Option<(&str, usize)> = None;
        for (word, name) in PLACES {
            let Some(at) = self.bag.take_all(&[*word]) else { continue };
            if found.is_some() {
                return Err(Fail::Ask(About::Conflict));
            }
            found = Some((name, at));
        }
        let Some((name, at)) = found else { return Ok(false) };
        self.push(at, EditOp::Preset { name: name.to_owned() });
        Ok(true)
    }
}
