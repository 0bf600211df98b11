//! Where one wish ends and the next begins.

use super::{
    lexicon::W,
    token::{T, Tok},
};

/// A stretch of a message that holds one verb, or none.
#[derive(Debug, Clone)]
pub(super) struct Clause {
    pub(super) toks: Vec<Tok>,
    /// Introduced by `then`.
    pub(super) then: bool,
    /// Whether there is a verb in it.
    pub(super) headed: bool,
}

const HEADS: &[W] = &[
    W::Remove,
    W::Cut,
    W::CutZh,
    W::CutTo,
    W::RemoveTo,
    W::Keep,
    W::Shorten,
    W::Add,
    W::Use,
    W::Write,
    W::Change,
    W::Move,
    W::SpeedUp,
    W::Faster,
    W::SlowDown,
    W::Slower,
    W::SlowMotion,
    W::HalfSpeed,
    W::TwiceAsFast,
    W::Mute,
    W::TurnOff,
    W::FadeIn,
    W::FadeOut,
    W::FadeBoth,
    W::Fade,
    W::ToBlack,
    W::FromBlack,
    W::Normalise,
    W::Duck,
    W::Rotate,
    W::Flip,
    W::Mirror,
    W::Merge,
    W::Swap,
    W::Reorder,
    W::ReverseOrder,
    W::Undo,
    W::Redo,
    W::Louder,
    W::Quieter,
    W::Shorter,
    W::Longer,
    W::NoWant,
    W::No,
    W::TooQuiet,
    W::TooLoud,
    W::TooLong,
    W::TooFast,
    W::TooSlow,
    W::TooBig,
    W::TooSmall,
    W::Bigger,
    W::Smaller,
    W::Crop,
];

const DELIVERY: &[W] = &[W::Export, W::Send, W::Format, W::Compress, W::Convert, W::Extract, W::Publish, W::Generate];

/// English verbs that stand before what they are about; all others may stand behind it.
const BEHIND: &[W] = &[
    W::Faster,
    W::Slower,
    W::SlowMotion,
    W::HalfSpeed,
    W::TwiceAsFast,
    W::Louder,
    W::Quieter,
    W::Shorter,
    W::Longer,
    W::TooQuiet,
    W::TooLoud,
    W::TooLong,
    W::TooFast,
    W::TooSlow,
    W::TooBig,
    W::TooSmall,
    W::Bigger,
    W::Smaller,
];

const OBJECTS: &[W] = &[
    W::Music,
    W::Song,
    W::Voice,
    W::Sound,
    W::Volume,
    W::Video,
    W::Title,
    W::TextNoun,
    W::Subtitle,
    W::Watermark,
    W::Picture,
    W::This,
    W::Start,
    W::End,
];

fn object(tok: &Tok) -> bool {
    matches!(tok.t, T::Span(..) | T::Clips(_) | T::Quote(_)) || tok.any(OBJECTS)
}

/// Cuts a message into its clauses.
pub(super) fn clauses(tokens: Vec<Tok>) -> Vec<Clause> {
    let mut cutter = Cutter { done: Vec::new(), toks: Vec::new(), head: None, then: false };
    for (at, tok) in tokens.iter().enumerate() {
        match tok.t {
            T::Comma | T::Stop | T::Colon => cutter.end(),
            T::Word(word) => cutter.word(word, tok, &tokens[at + 1..]),
            T::Quote(_) => cutter.quote(tok),
            _ => cutter.toks.push(tok.clone()),
        }
    }
    cutter.end();
    cutter.done
}

struct Cutter {
    done: Vec<Clause>,
    toks: Vec<Tok>,
    /// Where the verb stands in `toks`.
    head: Option<usize>,
    then: bool,
}

impl Cutter {
    fn end(&mut self) {
        let toks = std::mem::take(&mut self.toks);
        let headed = self.head.take().is_some();
        if toks.is_empty() {
            return;
        }
        self.done.push(Clause { toks, then: std::mem::take(&mut self.then), headed });
    }

    fn has_content(&self) -> bool {
        self.toks.iter().any(|tok| !tok.any(&[W::And, W::It, W::This, W::Ba, W::Video, W::Make]))
    }

    fn word(&mut self, word: W, tok: &Tok, rest: &[Tok]) {
        match word {
            // `first mute it`, `最后静音`
            W::First | W::Last
                if self.toks.is_empty() && rest.first().is_some_and(|next| next.any(HEADS) && !next.any(BEHIND)) => {}
            W::Then => {
                if self.has_content() {
                    self.end();
                }
                self.then = true;
            }
            W::Make | W::Turn | W::Ba if self.head.is_some() && !self.light(rest) => {
                self.end();
                self.toks.push(tok.clone());
            }
            W::Neg => {
                if self.has_content() {
                    self.end();
                }
                self.toks.push(tok.clone());
            }
            W::Up | W::Down if !tok.han => self.particle(tok),
            _ if DELIVERY.contains(&word) => self.delivery(tok),
            _ if HEADS.contains(&word) => self.verb(word, tok),
            W::Title | W::TextNoun | W::Subtitle | W::Watermark => self.noun(tok),
            _ => self.toks.push(tok.clone()),
        }
    }

    /// `make` and the like that end nothing: nothing follows them in the clause.
    fn light(&self, rest: &[Tok]) -> bool {
        rest.first().is_none_or(|tok| matches!(tok.t, T::Comma | T::Stop))
    }

    fn particle(&mut self, tok: &Tok) {
        if self.toks.iter().any(|tok| tok.any(&[W::Up, W::Down])) {
            self.head = self.toks.iter().position(|tok| tok.any(&[W::Up, W::Down]));
            self.split_for(true);
            self.head = Some(self.toks.len());
        }
        self.toks.push(tok.clone());
    }

    fn delivery(&mut self, tok: &Tok) {
        let before = self.head.map(|at| self.toks[at].clone());
        match before {
            None => self.head = Some(self.toks.len()),
            Some(head) if head.any(DELIVERY) => {}
            Some(_) => {
                self.split_for(false);
                self.head = Some(self.toks.len());
            }
        }
        self.toks.push(tok.clone());
    }

    fn verb(&mut self, word: W, tok: &Tok) {
        let behind = BEHIND.contains(&word) || tok.han && !matches!(word, W::Add | W::Use | W::Write);
        // `5 seconds of silence` is no wish for it.
        if word == W::Mute && self.toks.last().is_some_and(|tok| tok.is(W::Of)) {
            self.toks.push(Tok { t: T::Word(W::Vague), ..tok.clone() });
            return;
        }
        // `只要静音` keeps nothing.
        if self.head.is_some_and(|at| at + 1 == self.toks.len() && self.toks[at].is(W::Keep) && self.toks[at].han) {
            self.toks.pop();
            self.head = None;
        }
        if self.goes_on(word) {
            self.toks.push(tok.clone());
            return;
        }
        if self.head.is_some() {
            self.split_for(behind);
        }
        self.head = Some(self.toks.len());
        self.toks.push(tok.clone());
    }

    /// Whether a second verb only says more of the first.
    fn goes_on(&self, word: W) -> bool {
        let Some(at) = self.head else { return false };
        let head = &self.toks[at];
        let since = &self.toks[at + 1..];
        let speed = [W::SpeedUp, W::Faster, W::SlowDown, W::Slower, W::SlowMotion, W::HalfSpeed, W::TwiceAsFast];
        match word {
            // `a title with fade in`
            W::Fade | W::FadeIn | W::FadeOut | W::FadeBoth if since.last().is_some_and(|tok| tok.is(W::With)) => true,
            W::Fade | W::FadeIn | W::FadeOut | W::FadeBoth | W::SlowMotion | W::Mirror | W::Duck
                if head.any(&[W::Add, W::Use]) =>
            {
                !since.iter().any(object)
            }
            W::Mute if head.is(W::Keep) => {
                since.iter().any(object) && !head.han && !since.iter().any(|tok| tok.is(W::And))
            }
            _ if head.any(&[W::Undo, W::Redo]) => !since.iter().any(|tok| tok.is(W::And)),
            W::ToBlack | W::FromBlack => head.any(&[W::Fade, W::FadeIn, W::FadeOut]),
            W::HalfSpeed | W::TwiceAsFast | W::SlowMotion | W::Faster | W::Slower => {
                head.any(&speed) && !since.iter().any(|tok| tok.is(W::And))
            }
            _ => head.any(&[W::NoWant, W::No]) && !since.iter().any(object),
        }
    }

    /// Ends the clause before a second verb, and before what belongs to it where it may stand behind that.
    fn split_for(&mut self, behind: bool) {
        let head = self.head.unwrap_or(0);
        let objects: Vec<usize> = (head + 1..self.toks.len()).filter(|at| object(&self.toks[*at])).collect();
        let and = (head + 1..self.toks.len()).rev().find(|at| self.toks[*at].is(W::And));
        let before_head = self.toks[..head].iter().any(object);
        let mut at = self.toks.len();
        if behind {
            let after_and = and.filter(|and| objects.iter().any(|object| object > and));
            at = match (after_and, objects.as_slice()) {
                (Some(and), _) => and + 1,
                (None, [first, ..]) if before_head => *first,
                (None, [.., last]) if objects.len() > 1 && self.pair(&objects) => *last,
                _ => at,
            };
        }
        let rest = self.toks.split_off(at);
        self.end();
        self.toks = rest;
    }

    /// Whether the last two objects are two things, and not one that is named by two words.
    fn pair(&self, objects: &[usize]) -> bool {
        let [.., first, last] = objects else { return false };
        let span = |at: usize| matches!(self.toks[at].t, T::Span(..) | T::Clips(_));
        span(*last) && span(*first) || !span(*last) && last - first > 1
    }

    /// A second text noun after a text is about a second text.
    fn noun(&mut self, tok: &Tok) {
        let noun = [W::Title, W::TextNoun, W::Subtitle, W::Watermark];
        let quoted = self.toks.iter().any(|tok| matches!(tok.t, T::Quote(_)));
        if quoted && self.toks.iter().any(|tok| tok.any(&noun)) && self.toks.last().is_some_and(|tok| tok.is(W::And)) {
            self.end();
        }
        self.toks.push(tok.clone());
    }

    fn quote(&mut self, tok: &Tok) {
        let quoted = self.toks.iter().any(|tok| matches!(tok.t, T::Quote(_)));
        if quoted && self.toks.last().is_some_and(|tok| tok.is(W::And)) {
            self.end();
        }
        self.toks.push(tok.clone());
    }
}
