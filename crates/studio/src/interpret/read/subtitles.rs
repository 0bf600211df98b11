//! Subtitles from a file.

use super::{Clause, Read, ask};
use crate::{
    interpret::{lexicon::W, token::T},
    ops::{About, EditOp, TextPlace, TextRole},
};

/// What says that a file is to be used.
const ADDS: &[W] = &[W::Add, W::Use, W::With, W::Show, W::Write, W::Into, W::Change, W::Convert, W::Generate, W::Make];

/// What stands around the file's name, and says no more than that.
const AROUND: &[W] = &[
    W::Add,
    W::Use,
    W::With,
    W::Show,
    W::Write,
    W::Into,
    W::Change,
    W::Generate,
    W::Make,
    W::Subtitle,
    W::TextNoun,
    W::Zi,
    W::Whole,
    W::Over,
    W::Is,
    W::That,
];

/// What such a file can't be used for, or is not to be.
const ELSE: &[W] =
    &[W::Remove, W::TurnOff, W::Neg, W::Music, W::Song, W::Sound, W::Voice, W::Title, W::Watermark, W::Extract];

/// Words that mean something only beside such a file.
const BESIDE: &[&str] = &[
    "file", "files", "as", "import", "load", "attach", "burn", "srt", "vtt", "sub", "subs", "my", "own", "加载", "载",
    "导入", "作为", "当", "当作", "外挂", "载入", "嵌入", "烧录", "里的", "里", "档",
];

impl Clause<'_, '_> {
    pub(super) fn subtitles_from_file(&mut self) -> Read {
        let named = self.bag.has_any(|t| matches!(t, T::File(name) if is_subtitles(name)));
        let meant = self.bag.has(&[W::Subtitle]) || self.bag.has(ADDS) || self.has_beside();
        let other = self.bag.has_any(|t| matches!(t, T::Quote(_))) || self.bag.has(ELSE);
        if !named || !meant || other {
            return Ok(());
        }
        let at = self.bag.start();
        let file = self.bag.take_map(|t| match t {
            T::File(name) if is_subtitles(name) => Some(name.clone()),
            _ => None,
        });
        let Some((asset, _)) = file else { return Ok(()) };
        let assets = &self.env.context.assets;
        if !assets.is_empty() && !assets.iter().any(|name| name.eq_ignore_ascii_case(&asset)) {
            return ask(About::WhichFile);
        }
        self.bag.take_all(AROUND);
        if !self.bag.has_any(|t| matches!(t, T::Bytes(_))) {
            // `字幕文件`
            self.bag.take_all(&[W::SizeNoun]);
        }
        for place in 0..self.bag.toks().len() {
            if self.is_beside(place) {
                self.bag.use_at(place);
            }
        }
        self.push(at, EditOp::Subtitles { asset });
        if let Some(pos) = self.position()? {
            let place = TextPlace { pos: Some(pos), ..TextPlace::default() };
            self.push(at, EditOp::EditText { role: TextRole::Subtitle, text: None, place });
        }
        Ok(())
    }

    /// `add the subtitles`, where there is one file of them.
    pub(super) fn only_subtitles(&self) -> Option<String> {
        let mut files = self.env.context.assets.iter().filter(|name| is_subtitles(name));
        files.next().filter(|_| files.next().is_none()).cloned()
    }

    fn has_beside(&self) -> bool {
        (0..self.bag.toks().len()).any(|place| self.is_beside(place))
    }

    fn is_beside(&self, place: usize) -> bool {
        let tok = &self.bag.toks()[place];
        let typed = self.env.normal.typed(tok.from, tok.to).to_lowercase();
        matches!(tok.t, T::Unknown(_)) && BESIDE.contains(&typed.trim())
    }
}

fn is_subtitles(name: &str) -> bool {
    let ending = name.rsplit('.').next().unwrap_or_default().to_lowercase();
    ["srt", "vtt"].contains(&ending.as_str())
}
