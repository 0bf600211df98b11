//! The vocabulary: which words have which sense.

use std::{collections::HashMap, sync::LazyLock};

use crate::ops::What;

use super::token;

/// Makes the enum of senses, and finds each by its name in the word lists.
macro_rules! senses {
    ($($name:ident),+ $(,)?) => {
        /// What a word says. What is only polite, or only grammar, is `Filler`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub(super) enum W {
            $($name,)+
            /// It is asked for, and can't be done.
            Cannot(What),
        }

        fn named(name: &str) -> Option<W> {
            if let Some(what) = name.strip_prefix("Cannot ") {
                return What::ALL.iter().find(|known| serde_json::json!(known) == *what).map(|what| W::Cannot(*what));
            }
            match name {
                $(stringify!($name) => Some(W::$name),)+
                _ => None,
            }
        }
    };
}

senses! {
    Filler, Wants, The, A, This, That, It, Ba, And, Or, Then, From, To, Until, Into, At, By, For, Of, In, On,
    Onwards, With, Between, After, Before, Over, Qian, Hou, First, Last, Middle, Start, End, Starting,
    Ending, Off, Out, Up, Down, Degree, Part, Everything, Rest, Except, Only, Each, When, Make, Turn, Neg,
    NoWant, Correct, Max, MaxNeg, Remove, Cut, CutZh, CutTo, Keep, Shorten, Add, Use, Write, Change, Move,
    Show, SpeedUp, SlowDown, Mute, TurnOff, FadeIn, FadeOut, FadeBoth, Fade, ToBlack, FromBlack, Normalise,
    Duck, Rotate, Flip, Crop, Merge, Swap, Reorder, ReverseOrder, Undo, Redo, AllSteps, Steps, Recent,
    Export, Send, Publish, Format, Compress, Convert, Extract, Generate, Auto, Says, Fix, Title, TextNoun,
    Zi, Subtitle, Watermark, Music, Song, Voice, Sound, Volume, Noise, Video, Clip, Picture, Background,
    RatioNoun, ResolutionNoun, FpsNoun, SizeNoun, LengthNoun, SpeedNoun, Style, Vague, Thing, Talking,
    Transition, Black, OddTransition, Order, Faster, Slower, SlowMotion, HalfSpeed, Louder, Quieter, Bigger,
    Smaller, Shorter, Longer, Double, Triple, HalfOf, Half, Third, Quarter, SecondWord, Quality, Better,
    Vertical, Horizontal, Landscape, Square, Fill, Contain, NoCrop, Blur, Clockwise, Counter, Left, Right,
    Top, Bottom, Center, Corner, Whole, UpsideDown, Sideways, Mirror, LeftRight, TopBottom, FullHd,
    TwiceAsFast, WeChat, Moments, Channels, Article, Wecom, WecomMoments, Service, Store, MiniProgram,
    AsFile, Friends, TikTok, Tube, ForSharing, Mp4, Mov, Webm, Gif, Mp3, M4a, Wav, H264, H265, OtherFormat,
    FormatNoun, Ms, Sec, Minute, Hour, M, K, Kb, Mb, Gb, Kib, Mib, Gib, Percent, Decibel, Lufs, Degrees,
    Times, Fps, P, Nth, Cheng, TopLeft, TopRight, BottomLeft, BottomRight, TooQuiet, TooLoud, TooLong,
    TooFast, TooSlow, TooBig, TooSmall, Mood, ToBe, Exceeds, Opinion, FirstHalf, LastHalf, LastClip,
    RemoveTo, Is, Bi, Few, Hello, Question, Reason, No,
}

/// Senses that a message about something else may have too.
pub(super) const TALK: &[W] = &[
    W::Filler,
    W::The,
    W::A,
    W::This,
    W::That,
    W::It,
    W::Ba,
    W::And,
    W::Or,
    W::Then,
    W::From,
    W::To,
    W::Into,
    W::At,
    W::By,
    W::For,
    W::Of,
    W::In,
    W::On,
    W::With,
    W::Degree,
    W::Hello,
    W::Question,
    W::Reason,
    W::Wants,
    W::Friends,
    W::Is,
    W::Over,
    W::Neg,
    W::No,
    W::NoWant,
    W::When,
    W::Make,
    W::Everything,
    W::First,
    W::Correct,
    W::Thing,
    W::Part,
    W::After,
    W::Before,
    W::Up,
    W::Down,
    W::Off,
    W::Out,
    W::Only,
    W::Each,
    W::Few,
    W::Bi,
    W::Talking,
    W::Rest,
    W::Qian,
    W::Hou,
    W::Last,
    W::M,
    W::K,
    W::P,
];

/// How many pieces the longest phrase has.
const LONGEST: usize = 8;

/// `Sense: phrase | phrase`, going on in indented lines.
const LISTS: [&str; 2] = [include_str!("lexicon/en.txt"), include_str!("lexicon/zh.txt")];

struct Lexicon {
    phrases: HashMap<String, W>,
    /// English words that stand alone, for inflections and slips of the finger.
    words: HashMap<String, W>,
}

static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    let mut phrases = HashMap::new();
    for (sense, phrase) in LISTS.iter().flat_map(|list| entries(list)) {
        let pieces = token::pieces(&phrase.chars().collect::<Vec<_>>());
        let texts: Vec<&str> = pieces.iter().map(|piece| piece.text.as_str()).collect();
        phrases.insert(texts.join("\n"), sense);
    }
    let alone = |(phrase, _): &(&String, &W)| phrase.chars().all(|c| c.is_ascii_alphabetic());
    let words = phrases.iter().filter(alone).map(|(phrase, sense)| (phrase.clone(), *sense)).collect();
    Lexicon { phrases, words }
});

/// Every phrase of a list with its sense. A test says that each line is read.
fn entries(list: &str) -> Vec<(W, &str)> {
    let mut sense = None;
    let mut found = Vec::new();
    for line in list.lines().filter(|line| !line.starts_with('#')) {
        let phrases = match line.split_once(": ") {
            Some((name, phrases)) if !line.starts_with(' ') => {
                sense = named(name);
                phrases
            }
            _ => line,
        };
        let phrases = phrases.split('|').map(str::trim).filter(|phrase| !phrase.is_empty());
        found.extend(sense.iter().flat_map(|sense| phrases.clone().map(|phrase| (*sense, phrase))));
    }
    found
}

/// The longest phrase that starts the pieces: its sense and how many pieces it has.
pub(super) fn longest(pieces: &[token::Piece]) -> Option<(W, usize)> {
    let lexicon = &*LEXICON;
    let mut raw = String::new();
    let mut base = String::new();
    let mut best = None;
    for (at, piece) in pieces.iter().take(LONGEST).enumerate() {
        if at > 0 {
            raw.push('\n');
            base.push('\n');
        }
        raw.push_str(&piece.text);
        base.push_str(piece.base.as_deref().unwrap_or(&piece.text));
        if let Some(sense) = lexicon.phrases.get(&raw).or_else(|| lexicon.phrases.get(&base)) {
            best = Some((*sense, at + 1));
        }
    }
    best
}

/// The form in the vocabulary of an inflected or slightly misspelt English word, if it isn't there itself.
pub(super) fn base(word: &str) -> Option<String> {
    let words = &LEXICON.words;
    if words.contains_key(word) {
        return None;
    }
    inflections(word).into_iter().find(|form| words.contains_key(form.as_str())).or_else(|| slip(word))
}

fn inflections(word: &str) -> Vec<String> {
    let mut forms = Vec::new();
    let cut = |end: &str| word.strip_suffix(end).filter(|stem| stem.len() >= 2);
    for (end, instead) in
        [("'s", ""), ("s'", ""), ("s", ""), ("es", ""), ("ies", "y"), ("ing", ""), ("ing", "e"), ("ed", ""), ("d", "")]
    {
        if let Some(stem) = cut(end) {
            forms.push(format!("{stem}{instead}"));
            let mut doubled = stem.chars().rev();
            let twice = doubled.next().is_some_and(|last| doubled.next() == Some(last));
            if twice && instead.is_empty() && end.len() > 1 {
                forms.push(stem[..stem.len() - 1].to_owned());
            }
        }
    }
    forms
}

/// Only two neighbours that changed places, or one letter too many or too few, in a long word, and only one such word.
fn slip(word: &str) -> Option<String> {
    const SHORTEST: usize = 6;
    if word.len() < SHORTEST || !word.is_ascii() {
        return None;
    }
    let near = |known: &str| {
        known.len() >= SHORTEST
            && known.as_bytes()[0] == word.as_bytes()[0]
            && is_slip(word.as_bytes(), known.as_bytes())
    };
    let mut meant: Vec<_> = LEXICON.words.iter().filter(|(known, _)| near(known)).collect();
    meant.sort_unstable_by_key(|(known, _)| known.as_str());
    let first = meant.first()?;
    meant.iter().all(|other| other.1 == first.1).then(|| first.0.clone())
}

fn is_slip(typed: &[u8], meant: &[u8]) -> bool {
    let same = typed.iter().zip(meant).take_while(|(a, b)| a == b).count();
    let (a, b) = (&typed[same..], &meant[same..]);
    match a.len() as isize - b.len() as isize {
        0 => a.len() >= 2 && a[0] == b[1] && a[1] == b[0] && a[2..] == b[2..],
        1 => a[1..] == *b,
        -1 => *a == b[1..],
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_has_a_sense_and_every_phrase_one_only() {
        let mut seen = HashMap::new();
        for list in LISTS {
            for line in list.lines().filter(|line| !line.starts_with([' ', '#'])) {
                let name = line.split_once(": ").map(|(name, _)| name).unwrap_or_default();
                assert!(named(name).is_some(), "{line}");
            }
            for (sense, phrase) in entries(list) {
                let before = seen.insert(phrase, sense);
                assert!(before.is_none_or(|before| before == sense), "{phrase}: {before:?} and {sense:?}");
                assert_eq!(phrase, phrase.to_lowercase());
            }
        }
    }

    #[test]
    fn inflections_and_slips_are_found() {
        for (typed, meant) in [
            ("trimmed", "trim"),
            ("cutting", "cut"),
            ("removes", "remove"),
            ("subtitels", "subtitles"),
            ("vertcial", "vertical"),
        ] {
            assert_eq!(base(typed).as_deref(), Some(meant), "{typed}");
        }
        for strange in ["qwertyu", "zebra", "shower", "vertigo"] {
            assert_eq!(base(strange), None, "{strange}");
        }
    }
}
