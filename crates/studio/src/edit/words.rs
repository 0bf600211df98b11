//! What is said to people, in English or Chinese.

use crate::error::plain;
use crate::interpret::is_chinese;
use crate::timeline::Range;

/// The longest piece of a person's own words in a line, in characters.
const QUOTED: usize = 60;

/// The language in which a person is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// English.
    English,
    /// Simplified Chinese.
    Chinese,
}

impl Language {
    /// That of a message.
    #[must_use]
    pub fn of(text: &str) -> Self {
        if is_chinese(text) { Self::Chinese } else { Self::English }
    }

    /// One of two.
    pub(super) fn pick(self, en: String, zh: String) -> String {
        match self {
            Self::English => en,
            Self::Chinese => zh,
        }
    }

    /// A part of the timeline: `0-3 s`, `0–3 秒`.
    pub(super) fn range(self, range: Range) -> String {
        let (from, to) = (seconds(range.from), seconds(range.to));
        self.pick(format!("{from}-{to} s"), format!("{from}–{to} 秒"))
    }

    pub(super) fn ranges(self, ranges: &[Range]) -> String {
        let shown: Vec<String> = ranges.iter().take(5).map(|range| self.range(*range)).collect();
        let more = if ranges.len() > shown.len() { "…" } else { "" };
        shown.join(self.comma()) + more
    }

    /// A length: `3 s`, `3 秒`.
    pub(super) fn length(self, ms: u64) -> String {
        self.pick(format!("{} s", seconds(ms)), format!("{} 秒", seconds(ms)))
    }

    /// Between the items of a list.
    pub(super) fn comma(self) -> &'static str {
        match self {
            Self::English => ", ",
            Self::Chinese => "、",
        }
    }
}

/// A person's own words, or a file's name: bounded, on one line, and between marks that both languages know.
pub(super) fn quoted(text: &str) -> String {
    format!("「{}」", plain(text, QUOTED))
}

pub(super) fn list(names: &[String], language: Language) -> String {
    let shown: Vec<String> = names.iter().take(3).map(|name| plain(name, QUOTED)).collect();
    let more = if names.len() > shown.len() { "…" } else { "" };
    shown.join(language.comma()) + more
}

/// Milliseconds in seconds, to the hundredth, without idle zeros: `0`, `2.5`, `0.04`.
pub(super) fn seconds(ms: u64) -> String {
    let hundredths = ms.saturating_add(5) / 10;
    decimal(&format!("{}.{:02}", hundredths / 100, hundredths % 100))
}

/// A number without idle zeros.
pub(super) fn number(value: f64) -> String {
    decimal(&format!("{value:.2}"))
}

fn decimal(written: &str) -> String {
    written.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Bytes as people say them, in powers of a thousand.
pub(super) fn size(bytes: u64) -> String {
    let shown = |unit: u64| number(bytes as f64 / unit as f64);
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{} KB", shown(1_000)),
        1_000_000..1_000_000_000 => format!("{} MB", shown(1_000_000)),
        _ => format!("{} GB", shown(1_000_000_000)),
    }
}
