//! The vocabulary: which words have which sense.

mod chinese;
mod english;

use std::{collections::HashMap, sync::LazyLock};

use crate::ops::What;

use super::token;

/// What a word says. What is only polite, or only grammar, is `Filler`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum W {
    // Grammar.
    Filler,
    The,
    A,
    This,
    That,
    It,
    Ba,
    And,
    Or,
    Then,
    From,
    To,
    Until,
    Into,
    At,
    By,
    For,
    Of,
    In,
    On,
    Onwards,
    With,
    Between,
    After,
    Before,
    Over,
    Qian,
    Hou,
    First,
    Last,
    Middle,
    Start,
    End,
    Starting,
    Ending,
    Off,
    Out,
    Up,
    Down,
    Degree,
    Part,
    Everything,
    Rest,
    Except,
    Only,
    Each,
    When,
    // Openers: verbs that say nothing by themselves.
    Make,
    Turn,
    // Denial, correction, limits.
    Neg,
    NoWant,
    Correct,
    Max,
    MaxNeg,
    // Verbs.
    Remove,
    Cut,
    CutZh,
    CutTo,
    Keep,
    Shorten,
    Add,
    Use,
    Write,
    Change,
    Move,
    Show,
    SpeedUp,
    SlowDown,
    Mute,
    TurnOff,
    FadeIn,
    FadeOut,
    FadeBoth,
    Fade,
    ToBlack,
    FromBlack,
    Normalise,
    Duck,
    Rotate,
    Flip,
    Crop,
    Merge,
    Swap,
    Reorder,
    ReverseOrder,
    Undo,
    Redo,
    AllSteps,
    Steps,
    Recent,
    Export,
    Send,
    Publish,
    Format,
    Compress,
    Convert,
    Extract,
    Generate,
    Auto,
    Says,
    Fix,
    // Things.
    Title,
    TextNoun,
    Zi,
    Subtitle,
    Watermark,
    Music,
    Song,
    Voice,
    Sound,
    Volume,
    Noise,
    Video,
    Clip,
    Picture,
    Background,
    RatioNoun,
    ResolutionNoun,
    FpsNoun,
    SizeNoun,
    LengthNoun,
    SpeedNoun,
    Style,
    Vague,
    Thing,
    Talking,
    Transition,
    Black,
    OddTransition,
    Order,
    // Qualities.
    Faster,
    Slower,
    SlowMotion,
    HalfSpeed,
    Louder,
    Quieter,
    Bigger,
    Smaller,
    Shorter,
    Longer,
    Double,
    Triple,
    HalfOf,
    Half,
    Third,
    Quarter,
    SecondWord,
    Quality,
    Better,
    Vertical,
    Horizontal,
    Landscape,
    Square,
    Fill,
    Contain,
    NoCrop,
    Blur,
    Clockwise,
    Counter,
    Left,
    Right,
    Top,
    Bottom,
    Center,
    Corner,
    Whole,
    UpsideDown,
    Sideways,
    Mirror,
    LeftRight,
    TopBottom,
    FullHd,
    TwiceAsFast,
    // Places.
    WeChat,
    Moments,
    Channels,
    Article,
    Wecom,
    WecomMoments,
    Service,
    Store,
    MiniProgram,
    AsFile,
    Friends,
    TikTok,
    Tube,
    ForSharing,
    // Formats.
    Mp4,
    Mov,
    Webm,
    Gif,
    Mp3,
    M4a,
    Wav,
    H264,
    H265,
    OtherFormat,
    FormatNoun,
    // Units.
    Ms,
    Sec,
    Minute,
    Hour,
    M,
    K,
    Kb,
    Mb,
    Gb,
    Kib,
    Mib,
    Gib,
    Percent,
    Decibel,
    Lufs,
    Degrees,
    Times,
    Fps,
    P,
    Nth,
    Cheng,
    TopLeft,
    TopRight,
    BottomLeft,
    BottomRight,
    TooQuiet,
    TooLoud,
    TooLong,
    TooFast,
    TooSlow,
    TooBig,
    TooSmall,
    Mood,
    Exceeds,
    Opinion,
    FirstHalf,
    LastHalf,
    LastClip,
    RemoveTo,
    Is,
    Bi,
    Few,
    // Talk.
    Hello,
    Question,
    Reason,
    No,
    // What can't be done.
    Cannot(What),
}

/// How many pieces the longest phrase has.
const LONGEST: usize = 8;

struct Lexicon {
    phrases: HashMap<String, W>,
    /// English words that stand alone, for inflections and slips of the finger.
    words: HashMap<String, W>,
}

static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    let mut phrases = HashMap::new();
    for (sense, list) in english::WORDS.iter().chain(chinese::WORDS) {
        for phrase in list.split('|') {
            let pieces = token::pieces(&phrase.chars().collect::<Vec<_>>());
            let texts: Vec<&str> = pieces.iter().map(|piece| piece.text.as_str()).collect();
            let before = phrases.insert(texts.join("\n"), *sense);
            debug_assert!(before.is_none_or(|before| before == *sense), "{phrase}: {before:?} and {sense:?}");
        }
    }
    let alone = |(phrase, _): &(&String, &W)| phrase.chars().all(|c| c.is_ascii_alphabetic());
    let words = phrases.iter().filter(alone).map(|(phrase, sense)| (phrase.clone(), *sense)).collect();
    Lexicon { phrases, words }
});

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
