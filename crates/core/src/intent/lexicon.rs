//! The words that decide, with what they mean, and how they are found in a text.
//!
//! At every place the longest entry wins. So 领导 is a person and no 导, `status bar` is no status, and a phrase such as
//! `hold off on` is one word.

mod chinese;
mod chinese_facts;
mod english;
mod english_facts;
mod spelling;

use std::collections::HashMap;
use std::ops::BitOr;
use std::sync::LazyLock;

use super::message::{ITEM, QUOTE, is_number};

/// What a word may mean; a word may mean several things.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Class(u128);

impl Class {
    /// Both meanings, in a constant.
    pub(super) const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether one of the meanings is among these.
    pub(super) fn is(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

impl BitOr for Class {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        self.or(other)
    }
}

macro_rules! classes {
    ($($(#[doc = $doc:literal])* $name:ident)*) => {
        classes!(@ 0, $($(#[doc = $doc])* $name)*);
    };
    (@ $bit:expr, $(#[doc = $doc:literal])* $name:ident $($rest:tt)*) => {
        $(#[doc = $doc])*
        pub(super) const $name: Class = Class(1 << $bit);
        classes!(@ $bit + 1, $($rest)*);
    };
    (@ $bit:expr,) => {};
}

classes! {
    /// Turns down what follows.
    NEG
    /// Opens an order and changes nothing: please, can you, 麻烦.
    POLITE
    /// Orders the file by itself: export, 导出.
    EXPORT
    /// Hands over; who receives decides: send, 发.
    SEND
    /// Keeps on a device: save, 保存.
    SAVE
    /// Looks at something: watch, 看.
    WATCH
    /// Has or wants something: get, need, 要.
    GET
    /// The video: video, 片子.
    FILM
    /// The video as a file: mp4, download link.
    FILE
    /// The finished video: final, 成片.
    FINAL
    /// The user.
    ME
    /// The other side: you, 你.
    YOU
    /// Where a user keeps files: phone, 相册.
    DEVICE
    /// Takes material in: upload, 导入.
    UPLOAD
    /// What a user has shot: footage, 素材.
    MATERIAL
    /// The account for certain: credits, 余额.
    MONEY
    /// The account, if the rest fits: points, plan, 账户.
    POINTS
    /// What remains: left, 还剩.
    LEFT
    /// Price: cost, 多少钱.
    COST
    /// Spends: use up, 花.
    SPEND
    /// Was spent: charged, 扣了.
    USED
    /// Adds to the account: top up, 充值.
    TOPUP
    /// Orders facts: show, tell me, 查.
    CHECK
    /// Asks: what, how many, 多少.
    WHAT
    /// Asks for yes or no: is, did, 吗.
    YESNO
    /// Asks for the way: how do I, 怎么.
    HOWTO
    /// Asks for what the agent thinks or can: why, should, 支持.
    ADVICE
    /// How far the work is: status, 进度.
    STATUS
    /// A question for progress by itself: eta, 还要多久.
    PROGRESS
    /// What the project as a whole is or has: timeline, length, 时长.
    CORE
    /// What may be in the project: subtitles, logo, 字幕.
    PART
    /// Ready: done, finished, 好了.
    READY
    /// Is shown as a small version: preview, 预览.
    PREVIEW
    /// Changes the video: cut, 剪.
    EDIT
    /// Begins a further step: then, 然后.
    THEN
    /// Begins a condition or a time: if, once, before.
    WHEN
    /// Put off: later, 回头.
    LATER
    /// Long ago: yesterday, 上次.
    PAST
    /// Another place to publish: youtube, 抖音.
    ELSEWHERE
    /// A rule and no order: always, 默认.
    SETTING
    /// Something seen in the video: scene, 镜头.
    SCENE
    /// What follows is shown or spoken in the video: says, 写着.
    SAYS
    /// Somebody who is not the user: he, 主角.
    OTHER
    /// And.
    AND
    /// What follows is taken as a model: like, 参考.
    MODEL
    /// Names the file to be written: save as, 命名为.
    OUTPUT
    /// Gives material a role or a place: as background music, 片头.
    PLACE
    /// Where material is kept before it has a place: project, library, 素材库.
    INTO
    /// Hands over a named file: use, add, 这是.
    GIVE
    /// Something went wrong: failed, 失败.
    FAIL
    /// The user's own: my, 我的.
    MY
    /// Refers to what is spoken of: it, this, 这个.
    IT
    /// A or some: what follows is not yet there.
    NEW
    /// A number.
    NUMBER
    /// An address or a file that the message names.
    MEDIA
    /// A quotation.
    QUOTED
    /// Ends a clause.
    STOP
    /// Ends a clause that asks.
    ASKED
    /// A text in the video: title, 字幕.
    TEXT
    /// Announces a text in front of a colon: script, 台词.
    ANNOUNCE
    /// Opens a request that may be a question of ability: can you.
    CANYOU
    /// Finds fault, which asks for an edit: too loud, a typo.
    COMPLAINT
    /// Opens an order that begins with the user: I want to, can I.
    WISH
    /// A Chinese word in Latin letters.
    PINYIN
    /// White space in front of a Chinese word.
    SPACE
}

/// Nothing that decides.
pub(super) const NOTHING: Class = Class(0);

/// A word and where it stands in the folded text, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) class: Class,
}

/// Lists of words of one meaning, separated by `|`.
type Table = &'static [(Class, &'static str)];

const TABLES: [Table; 4] = [chinese::WORDS, chinese_facts::WORDS, english::WORDS, english_facts::WORDS];

/// The entries by their first character, longest first.
static ENTRIES: LazyLock<HashMap<char, Vec<(&'static str, Class)>>> = LazyLock::new(|| {
    let mut classes: HashMap<&str, Class> = HashMap::new();
    for (class, words) in TABLES.iter().flat_map(|table| table.iter()) {
        for word in words.split('|') {
            let known = classes.entry(word).or_default();
            *known = *known | *class;
        }
    }
    let mut entries: HashMap<char, Vec<(&str, Class)>> = HashMap::new();
    for (word, class) in classes {
        if let Some(first) = word.chars().next() {
            entries.entry(first).or_default().push((word, class));
        }
    }
    entries.values_mut().for_each(|list| list.sort_by_key(|(word, _)| std::cmp::Reverse(word.len())));
    entries
});

/// The words of a folded text, without white space.
pub(super) fn tokens(folded: &str) -> Vec<Token> {
    let mut tokens = Vec::with_capacity(folded.len() / 3 + 1);
    let mut at = 0;
    while let Some(c) = folded[at..].chars().next() {
        let (length, class) = token(&folded[at..], c);
        if !c.is_whitespace() || c == '\n' || class.is(SPACE) {
            tokens.push(Token { start: at, end: at + length, class });
        }
        at += length;
    }
    tokens
}

/// The word at the start of `rest`: its bytes and what it means.
fn token(rest: &str, first: char) -> (usize, Class) {
    if let Some(class) = sign(rest, first) {
        let number =
            if first == ITEM { rest[first.len_utf8()..].chars().next().filter(|c| is_number(*c)) } else { None };
        return (first.len_utf8() + number.map_or(0, char::len_utf8), class);
    }
    if let Some((word, class)) = entry(rest, first) {
        return (word.len(), class);
    }
    if !is_letter(first) {
        return (first.len_utf8(), NOTHING);
    }
    let length = rest.find(|c| !is_letter(c)).unwrap_or(rest.len());
    let word = &rest[..length];
    let class = match word.bytes().all(|byte| byte.is_ascii_digit()) {
        true => NUMBER,
        false => spelling::meant(word).and_then(|meant| entry(meant, meant.chars().next()?)).map_or(NOTHING, |e| e.1),
    };
    (length, class)
}

fn sign(rest: &str, first: char) -> Option<Class> {
    Some(match first {
        ITEM => MEDIA,
        QUOTE => QUOTED,
        '?' => STOP | ASKED,
        '—' | '–' => STOP,
        '-' if rest[1..].starts_with(' ') => STOP,
        ' ' if rest[1..].starts_with(is_han) => SPACE,
        ',' | ';' | '!' | '。' | '、' | '…' | '¿' | '¡' | '\n' => STOP,
        // A point inside 1.5 or at the head of a list (1.导出) is no end of a sentence.
        '.' if rest[1..].chars().next().is_none_or(char::is_whitespace) => STOP,
        _ => return None,
    })
}

/// The longest entry at the start of `rest`; Latin letters are not cut.
fn entry(rest: &str, first: char) -> Option<(&'static str, Class)> {
    let fits = |word: &str| {
        let cut = word.ends_with(is_letter) && rest[word.len()..].starts_with(is_letter);
        rest.starts_with(word) && !cut
    };
    ENTRIES.get(&first)?.iter().copied().find(|(word, _)| rest.starts_with(word) && fits(word))
}

/// Whether a character is Chinese.
pub(super) fn is_han(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fff}')
}

/// Whether a character belongs to a word that is written with spaces around it.
fn is_letter(c: char) -> bool {
    c == '\'' || (c.is_alphanumeric() && c < '\u{2e80}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::simplified;

    fn class(folded: &str) -> Vec<Class> {
        tokens(folded).into_iter().map(|token| token.class).collect()
    }

    #[test]
    fn every_entry_is_spelled_as_messages_are_folded() {
        for (_, words) in TABLES.iter().flat_map(|table| table.iter()) {
            for word in words.split('|') {
                let folded: String = word.chars().flat_map(|c| simplified(c).to_lowercase()).collect();
                assert!(word == folded && word == word.trim() && !word.is_empty(), "{word:?} is never found");
            }
        }
    }

    #[test]
    fn the_longest_entry_wins_and_no_latin_word_is_cut() {
        assert!(!class("领导出场").iter().any(|class| class.is(EXPORT)));
        assert!(!class("status bar").iter().any(|class| class.is(STATUS)));
        assert!(class("推导出").iter().all(|class| !class.is(EXPORT)));
        assert!(class("estate credited").iter().all(|class| !class.is(STATUS | MONEY)));
        assert!(class("导出mp4").iter().any(|class| class.is(EXPORT)));
    }

    #[test]
    fn points_end_clauses_but_not_numbers() {
        let stops = |folded: &str| class(folded).iter().filter(|class| class.is(STOP)).count();
        assert_eq!((stops("1.5 s. done"), stops("a - b"), stops("a-b"), stops("好,行?")), (1, 1, 0, 2));
    }
}
