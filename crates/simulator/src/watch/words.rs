//! What people and logs get to see.

use weixin_video_core::error::Error;
use weixin_video_core::event::Event;

use super::Watch;
use crate::rule::Rule;
use crate::secrets;

/// No word for people is longer, in characters.
const LONGEST: usize = 20_000;

impl Watch {
    pub(super) fn holds_words(&mut self, event: &Event) {
        let shown = format!("{event:?}");
        self.holds_no_secret(&shown, "an event");
        match event {
            Event::Said(text) => self.holds_clean(text, true),
            Event::Note(text) => self.holds_clean(text, false),
            Event::Checkpoint(checkpoint) => {
                let kept = serde_json::to_string(checkpoint).unwrap_or_default();
                self.holds_no_secret(&kept, "a checkpoint");
            }
            _ => {}
        }
    }

    /// What an error says, in every way it can be shown.
    pub(super) fn holds_error(&mut self, error: &Error) {
        let (said, advice, shown) = (error.to_string(), error.advice(), format!("{error:?}"));
        for text in [&said, &advice, &shown] {
            self.holds_no_secret(text, "an error");
        }
        self.holds_clean(&said, false);
        self.holds_clean(&advice, false);
    }

    pub(super) fn holds_no_secret(&mut self, text: &str, place: &str) {
        self.hold(Rule::NoSecretShows, !secrets::is_in(text), || format!("{place}: {text}"));
    }

    pub(super) fn holds_clean(&mut self, text: &str, lines: bool) {
        let is_foul = |c: char| (c.is_control() && !(lines && c == '\n')) || is_invisible(c);
        let clean = !text.chars().any(is_foul) && text.len() <= LONGEST * 4;
        self.hold(Rule::WordsAreClean, clean, || format!("{:.300}", text.escape_debug().to_string()));
    }
}

/// Bidi controls and characters of no width.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}
