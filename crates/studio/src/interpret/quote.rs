//! What stands in a message and is no wording of it: quoted text, names of files, addresses.

use crate::ops::Context;

use super::{
    normal::{Normal, is_han},
    token::T,
};

/// A stretch of characters that is one token as it stands.
pub(super) struct Held {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) inner: T,
}

const PAIRS: &[(char, &[char])] = &[
    ('"', &['"', '\u{201d}', '\u{201c}']),
    ('\u{201c}', &['\u{201d}', '"', '\u{201c}']),
    ('\u{201d}', &['\u{201d}', '"']),
    ('「', &['」']),
    ('『', &['』']),
    ('《', &['》']),
    ('【', &['】']),
    ('«', &['»']),
];

const MEDIA: &[&str] = &[
    "mp3", "m4a", "wav", "aac", "flac", "ogg", "mp4", "mov", "webm", "gif", "avi", "mkv", "jpg", "jpeg", "png", "wma",
    "srt", "vtt",
];

/// All of them, in their order; none lies in another.
pub(super) fn held(normal: &Normal<'_>, context: &Context) -> Vec<Held> {
    let chars = &normal.chars;
    let mut found = Vec::new();
    let mut at = 0;
    // A sign that isn't closed from here on isn't looked for again.
    let mut open: Vec<char> = Vec::new();
    while at < chars.len() {
        let next = quoted(normal, at, &mut open)
            .or_else(|| address(normal, at))
            .or_else(|| named(normal, at, context))
            .or_else(|| file(normal, at));
        if let Some(held) = next {
            at = held.to;
            found.push(held);
        } else {
            at += 1;
        }
    }
    found
}

fn quoted(normal: &Normal<'_>, at: usize, open: &mut Vec<char>) -> Option<Held> {
    let chars = &normal.chars;
    let c = chars[at];
    if open.contains(&c) {
        return None;
    }
    let word = |at: Option<usize>| at.and_then(|at| chars.get(at)).is_some_and(|c| c.is_alphanumeric() && !is_han(*c));
    let end = if c == '\'' {
        if word(at.checked_sub(1)) {
            return None;
        }
        (at + 2..chars.len()).find(|end| chars[*end] == '\'' && !word(Some(end + 1)))
    } else {
        let (_, closing) = PAIRS.iter().find(|(sign, _)| *sign == c)?;
        (at + 1..chars.len()).find(|end| closing.contains(&chars[*end]))
    };
    let Some(end) = end else {
        open.push(c);
        return None;
    };
    let text = normal.typed(at + 1, end).trim().to_owned();
    if text.is_empty() {
        return None;
    }
    let inner = if is_media(&text) { T::File(text) } else { T::Quote(text) };
    Some(Held { from: at, to: end + 1, inner })
}

fn is_media(name: &str) -> bool {
    let extension =
        name.rsplit_once('.').filter(|(stem, _)| !stem.is_empty()).map(|(_, extension)| extension.to_lowercase());
    extension.is_some_and(|extension| MEDIA.contains(&extension.as_str()))
}

fn address(normal: &Normal<'_>, at: usize) -> Option<Held> {
    let chars = &normal.chars;
    let starts = |text: &str| text.chars().enumerate().all(|(more, c)| chars.get(at + more) == Some(&c));
    if !["http://", "https://", "www."].iter().any(|text| starts(text)) {
        return None;
    }
    let to = (at..chars.len())
        .find(|at| chars[*at].is_whitespace() || is_han(chars[*at]) || chars[*at] == ',')
        .unwrap_or(chars.len());
    Some(Held { from: at, to, inner: T::Url })
}

/// A file at hand whose name is typed here.
fn named(normal: &Normal<'_>, at: usize, context: &Context) -> Option<Held> {
    const MOST: usize = 32;
    let rest = normal.typed(at, normal.chars.len());
    let name = context
        .assets
        .iter()
        .take(MOST)
        .filter(|name| is_media(name) && rest.starts_with(name.as_str()))
        .max_by_key(|name| name.len())?;
    Some(Held { from: at, to: at + name.chars().count(), inner: T::File(name.clone()) })
}

/// A name with an ending that media have. A Chinese name starts after the word that leads to it.
fn file(normal: &Normal<'_>, at: usize) -> Option<Held> {
    const LONGEST: usize = 64;
    const LEADS: &str = "用把加成将以为配上放是换和到入";
    let chars = &normal.chars;
    let ascii = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let inner = |c: char| ascii(c) || is_han(c) || c == '.';
    if !inner(chars[at]) || chars[at] == '.' || at > 0 && ascii(chars[at]) && ascii(chars[at - 1]) {
        return None;
    }
    let only_ascii = ascii(chars[at]);
    if !only_ascii && at > 0 && is_han(chars[at - 1]) && !LEADS.contains(chars[at - 1]) {
        return None;
    }
    let run =
        (at..chars.len().min(at + LONGEST)).take_while(|at| inner(chars[*at]) && !(only_ascii && is_han(chars[*at])));
    let dots: Vec<usize> = run.filter(|at| chars[*at] == '.').collect();
    let (_, end) = dots.into_iter().find_map(|dot| {
        let extension: String = chars[dot + 1..].iter().take_while(|c| c.is_ascii_alphanumeric()).collect();
        MEDIA.contains(&extension.as_str()).then_some((dot, dot + 1 + extension.len()))
    })?;
    let lead = |at: &usize| LEADS.contains(chars[*at]);
    let (dot, _) = (chars[..end].iter().rposition(|c| *c == '.').unwrap_or(at), ());
    // A noun stands before a Latin name, a Chinese name is Chinese to its end.
    if !only_ascii && dot > at && !is_han(chars[dot - 1]) || !only_ascii && (at..end).any(|at| lead(&at)) {
        return None;
    }
    Some(Held { from: at, to: end, inner: T::File(normal.typed(at, end).to_owned()) })
}
