//! Writing on the picture.

use super::{Clause, Fail, Read, ask};
use crate::{
    interpret::{
        lexicon::W,
        token::{How, T},
    },
    ops::{About, EditOp, Length, Part, Position, Span, TextPlace, TextRole, Track},
};

const NOUNS: &[W] = &[W::Title, W::TextNoun, W::Zi, W::Subtitle, W::Watermark];
/// How long a text stays at the end where no time is said, in ms.
const AT_THE_END: i64 = 3000;

impl Clause<'_, '_> {
    pub(super) fn text(&mut self) -> Read {
        let quoted = self.bag.has_any(|t| matches!(t, T::Quote(_)));
        let noun = self.bag.has(NOUNS);
        if self.subtitles_by_themselves(quoted) {
            return Ok(());
        }
        if quoted && !noun && self.bag.has(&[W::Music, W::Song]) {
            return Ok(());
        }
        if !quoted && !noun {
            return self.same_text();
        }
        if self.bag.has(&[W::Remove, W::TurnOff]) && !self.bag.has(&[W::Change, W::Add]) {
            return self.remove_texts();
        }
        if self.bag.has(&[W::Keep]) && noun && !quoted {
            return Ok(());
        }
        let role = self.role();
        let changes = self.bag.has(&[W::Change, W::Move])
            || self.bag.has(&[W::Into])
            || self.env.text.is_some_and(|(_, edit)| edit && !noun);
        let adds = self.bag.has(&[W::Add, W::Write]);
        if changes && !adds || !quoted && !adds && (self.placed_text() || self.bag.has(&[W::Show])) {
            return self.edit_text(role);
        }
        self.add_text(role)
    }

    /// `the same for 3 seconds`: what belongs to a text is merged with its clause, so there is nothing here.
    fn same_text(&mut self) -> Read {
        let Some((role, edited)) = self.env.text else { return Ok(()) };
        let moves = self.bag.has(&[W::Move, W::Show]) && self.placed_text() && !self.bag.has(&[W::Music, W::Sound]);
        if moves && !edited {
            return ask(About::WhichText);
        }
        if moves && !self.bag.has(&[W::Order]) {
            return self.edit_text(role);
        }
        Ok(())
    }

    fn subtitles_by_themselves(&mut self, quoted: bool) -> bool {
        let auto = self.bag.has(&[W::Auto]) && self.bag.has(&[W::Subtitle, W::TextNoun, W::Auto]);
        let made = self.bag.has(&[W::Generate]) && self.bag.has(&[W::Subtitle]);
        let bare = self.bag.has(&[W::Auto]) && !self.bag.has(&[W::Subtitle, W::TextNoun]);
        if quoted || !(auto || made) || self.bag.has(&[W::Remove, W::Music]) {
            return false;
        }
        if bare && self.bag.has(&[W::Volume, W::Cut, W::CutZh, W::Normalise, W::Better, W::Fix]) {
            return false;
        }
        let at = self.bag.start();
        let words = [
            W::Auto,
            W::Subtitle,
            W::TextNoun,
            W::Generate,
            W::Add,
            W::Voice,
            W::Sound,
            W::Talking,
            W::Zi,
            W::Use,
            W::Show,
            W::Convert,
            W::Turn,
            W::Everything,
            W::Each,
            W::Write,
            W::Into,
        ];
        self.bag.take_all(&words);
        self.push(at, EditOp::AutoSubtitles);
        true
    }

    fn role(&mut self) -> TextRole {
        let before = self.env.text.map_or(TextRole::Title, |(role, _)| role);
        let quoted_only = !self.bag.has(NOUNS);
        let role = if self.bag.has(&[W::Watermark]) {
            TextRole::Watermark
        } else if self.bag.has(&[W::Subtitle]) {
            TextRole::Subtitle
        } else if quoted_only {
            before
        } else {
            TextRole::Title
        };
        self.bag.take_all(NOUNS);
        role
    }

    fn remove_texts(&mut self) -> Read {
        let at = self.bag.take_all(&[W::Remove, W::TurnOff]).unwrap_or(0);
        self.bag.take_all(&[W::Everything, W::Rest, W::Picture, W::On]);
        let nouns = [W::Title, W::Subtitle, W::Watermark].iter().filter(|noun| self.bag.has(&[**noun])).count();
        if self.bag.take_quote().is_some() && nouns > 1 {
            return ask(About::Conflict);
        }
        let named = [
            (W::Title, Track::Title),
            (W::Subtitle, Track::Subtitle),
            (W::Watermark, Track::Watermark),
            (W::TextNoun, Track::Text),
            (W::Zi, Track::Text),
        ];
        let mut any = false;
        for (word, target) in named {
            let Some(place) = self.bag.take_all(&[word]) else { continue };
            // `标题文字` is one thing.
            if target == Track::Text && any {
                continue;
            }
            if self.env.lacks(target) && !self.env.adds_text {
                return ask(About::NoSuchTrack);
            }
            any = true;
            self.push(place, EditOp::RemoveTrack { target });
        }
        if !any {
            self.push(at, EditOp::RemoveTrack { target: Track::Title });
        }
        self.remove_sounds()
    }

    /// Sound that goes with the same verb: `去掉字幕和背景音乐`.
    fn remove_sounds(&mut self) -> Read {
        if let Some(at) = self.bag.take_all(&[W::Music]) {
            if self.env.lacks(Track::Bgm) && !self.env.adds_music {
                return ask(About::NoSuchTrack);
            }
            self.push(at, EditOp::RemoveTrack { target: Track::Bgm });
        }
        let at = self.bag.start();
        if self.bag.has(&[W::Voice, W::Sound])
            && let Some(target) = self.target()
        {
            self.push(at, EditOp::Mute { target, part: Part(None), clip: None });
        }
        Ok(())
    }

    fn placed_text(&self) -> bool {
        self.bag.has(PLACES)
            || self.bag.has(&[W::Whole, W::Middle, W::Start, W::End])
            || self.bag.has_any(|t| matches!(t, T::Span(..) | T::Dur(_) | T::At(_)))
    }

    fn edit_text(&mut self, role: TextRole) -> Read {
        let track = match role {
            TextRole::Title => Track::Title,
            TextRole::Subtitle => Track::Subtitle,
            TextRole::Watermark => Track::Watermark,
        };
        if self.env.lacks(track) && !self.env.adds_text {
            return ask(About::NoSuchTrack);
        }
        let at = self.bag.start();
        self.bag.take_all(&[
            W::LengthNoun,
            W::Change,
            W::Move,
            W::Show,
            W::Into,
            W::Says,
            W::Is,
            W::Each,
            W::Use,
            W::Everything,
            W::Picture,
        ]);
        let mut text = self.bag.take_quote().map(|(text, _)| text);
        while let Some((next, _)) = self.bag.take_quote() {
            text = Some(next);
        }
        let starts = self.bag.has(&[W::Start, W::Whole]) || self.bag.has_any(|t| matches!(t, T::Span(..) | T::At(_)));
        let mut place = self.place()?;
        if !starts && place.start == Some(0) {
            place.start = None;
        }
        if text.is_none() && place == TextPlace::default() {
            return ask(About::WhichText);
        }
        self.env.text = Some((role, true));
        self.push(at, EditOp::EditText { role, text, place });
        Ok(())
    }

    fn add_text(&mut self, role: TextRole) -> Read {
        let at = self.bag.start();
        self.bag.take_all(&[
            W::Add,
            W::Write,
            W::Show,
            W::Generate,
            W::Says,
            W::Is,
            W::Use,
            W::Into,
            W::Picture,
            W::Zi,
        ]);
        let Some((text, _)) = self.bag.take_quote() else {
            let Some(asset) = self.only_subtitles().filter(|_| role == TextRole::Subtitle) else {
                return ask(About::WhichText);
            };
            self.push(at, EditOp::Subtitles { asset });
            return Ok(());
        };
        if self.bag.has_any(|t| matches!(t, T::Quote(_))) {
            return ask(About::Conflict);
        }
        let _ = self.bag.take_map(|t| matches!(t, T::Num(count) if *count < 100.0).then_some(()));
        let place = self.place()?;
        let then = self.env.then && place.start.is_some_and(|start| start > 0);
        self.env.text = Some((role, false));
        self.env.adds_text = true;
        self.push(at, EditOp::Text { role, text, place, then });
        Ok(())
    }

    fn place(&mut self) -> Result<TextPlace, Fail> {
        let (start, dur) = self.when();
        let pos = self.position()?;
        Ok(TextPlace { start, dur, pos })
    }

    fn when(&mut self) -> (Option<i64>, Option<Length>) {
        let length = |ms: i64| u64::try_from(ms).ok().map(Length::Ms);
        if self.bag.take_all(&[W::Whole]).is_some() {
            return (Some(0), Some(Length::ToEnd));
        }
        if let Some((ms, _)) = self.bag.take_at() {
            let dur = self.bag.take_dur().and_then(|(ms, _)| length(ms));
            return (Some(ms), dur);
        }
        if let Some((Span { from, to }, how, _)) = self.bag.take_span() {
            self.bag.take_all(&[W::Start, W::End, W::Part]);
            return match (to, how) {
                (None, How::Starting | How::From | How::Side) => (Some(from), None),
                (None, _) if from < 0 => (Some(from), length(-from)),
                (None, _) => (Some(from), Some(Length::ToEnd)),
                (Some(to), _) => (Some(from), length(to - from)),
            };
        }
        let dur = self.bag.take_dur();
        if self.bag.take_all(&[W::End, W::Last]).is_some() {
            let ms = dur.map_or(AT_THE_END, |(ms, _)| ms);
            return (Some(-ms), length(ms));
        }
        let at_start = self.bag.take_all(&[W::Start, W::First, W::Qian]).is_some();
        if let Some((ms, _)) = dur {
            return (Some(0), length(ms));
        }
        (at_start.then_some(0), None)
    }

    pub(super) fn position(&mut self) -> Result<Option<Position>, Fail> {
        use Position::{Bottom, BottomLeft, BottomRight, Center, Left, Right, Top, TopLeft, TopRight};
        let corners = [
            (W::TopLeft, TopLeft),
            (W::TopRight, TopRight),
            (W::BottomLeft, BottomLeft),
            (W::BottomRight, BottomRight),
        ];
        let corner = corners.iter().find(|(word, _)| self.bag.take_all(&[*word]).is_some()).map(|(_, pos)| *pos);
        let mut took = |words: &[W]| self.bag.take_all(words).is_some();
        let (top, bottom, left, right) = (took(&[W::Top]), took(&[W::Bottom]), took(&[W::Left]), took(&[W::Right]));
        let center = took(&[W::Center, W::Middle]);
        took(&[W::Corner, W::Picture, W::On]);
        let found = match (top, bottom, left, right) {
            (false, false, false, false) if corner.is_some() => corner,
            (false, false, false, false) => center.then_some(Center),
            (true, false, false, false) => Some(Top),
            (false, true, false, false) => Some(Bottom),
            (true, false, true, false) => Some(TopLeft),
            (true, false, false, true) => Some(TopRight),
            (false, true, true, false) => Some(BottomLeft),
            (false, true, false, true) => Some(BottomRight),
            (false, false, true, false) => Some(Left),
            (false, false, false, true) => Some(Right),
            _ => return Err(Fail::Ask(About::Conflict)),
        };
        Ok(found)
    }
}

const PLACES: &[W] = &[
    W::Top,
    W::Bottom,
    W::Left,
    W::Right,
    W::Center,
    W::TopLeft,
    W::TopRight,
    W::BottomLeft,
    W::BottomRight,
    W::Corner,
];
