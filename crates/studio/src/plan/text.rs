//! Writing on the picture: broken into lines, sized, placed, and written down for libass.
//!
//! A person's words go nowhere but into the event lines of a file of our own, where nothing they may hold is taken for
//! an instruction: control characters are dropped, braces are escaped, and what follows a backslash is kept apart from
//! it by a character that isn't seen.

mod ass;
mod cues;

use std::collections::BTreeMap;

use super::{frames_in, known::no, wrap};
use crate::{
    error::Error,
    facts::MediaFacts,
    ops::{Position, TextRole},
    rational::Rational,
    subtitles::Cue,
    timeline::{Fades, Timeline},
};

pub(super) use ass::ass;

/// The height of a line in sizes of the writing.
const LINE: f64 = 1.35;

/// What of the frame writing may take, in hundredths of its width and height.
const WIDTH: u32 = 86;
const HEIGHT: f64 = 0.84;

/// Smaller than this part of the short side nobody reads it on a phone.
const SMALLEST: f64 = 0.022;

/// How long a title takes to come and to go, in ms, and the most of its time that each may take.
const SOFT_MS: u64 = 200;
const SOFT_PART: u64 = 4;

/// What writing stands on: width and height in pixels, the rate, and how many frames there are.
#[derive(Debug, Clone, Copy)]
pub(super) struct Screen {
    pub(super) size: (u32, u32),
    pub(super) rate: Rational,
    pub(super) frames: u64,
}

/// A font that writing may be drawn in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Font {
    /// The file's name, wherever it lies.
    pub(crate) file: &'static str,
    /// What it is called inside of the file.
    pub(crate) family: &'static str,
    /// From the highest to the lowest point that its makers planned for, in thousandths of its size: libass takes a
    /// size for that.
    pub(crate) line: u32,
    /// Whether Chinese characters are in it.
    pub(crate) chinese: bool,
}

/// Which characters a font has to have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Script {
    Latin,
    Chinese,
}

/// One writing, ready to be drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Caption {
    pub(crate) role: TextRole,
    pub(crate) place: Position,
    pub(crate) lines: Vec<String>,
    /// The size of the writing in pixels: the width of a Chinese character.
    pub(crate) size: u32,
    /// Its first frame and the first after it.
    pub(crate) from: u64,
    pub(crate) to: u64,
    /// How it comes and goes.
    pub(crate) soft: Fades,
    /// Whether it had characters that no font here can draw.
    pub(crate) lost: bool,
}

/// The writings of a complete timeline, and of what was heard in it.
pub(super) fn captions(
    timeline: &Timeline,
    facts: &BTreeMap<String, MediaFacts>,
    heard: &[Cue],
    screen: Screen,
) -> Result<Vec<Caption>, Error> {
    // What is read in passing lies below what was put there by name.
    let mut captions = cues::captions(timeline, facts, heard, screen)?;
    for text in &timeline.texts {
        let Some(on) = timeline.text_on(text) else { continue };
        let (from, to) = (frames_in(on.from, screen.rate), frames_in(on.to, screen.rate));
        let words = drawn(&text.text);
        if words.trim().is_empty() {
            return Err(no("a text has nothing in it that can be drawn"));
        }
        let (size, lines) = laid_out(words.trim(), text.role, screen.size)
            .ok_or_else(|| no("a text is too long for the picture; make it shorter"))?;
        let lost = loses(&text.text);
        let (place, to) = (text.pos.unwrap_or_else(|| usual_place(text.role)), to.max(from + 1));
        let soft = soft(text.role, (from, to), screen);
        captions.push(Caption { role: text.role, place, lines, size, from, to, soft, lost });
    }
    Ok(captions)
}

/// Titles come and go softly amid the video. At its first frame, which others show for all of it, and at its last, where
/// it stays, they stand as they are.
fn soft(role: TextRole, (from, to): (u64, u64), screen: Screen) -> Fades {
    if role != TextRole::Title {
        return Fades::default();
    }
    let length = screen.rate.inverse().rounded((to - from).saturating_mul(1000));
    let ms = SOFT_MS.min(length / SOFT_PART);
    Fades { in_ms: if from == 0 { 0 } else { ms }, out_ms: if to >= screen.frames { 0 } else { ms } }
}

/// Which font it takes; `None` where there is nothing to write.
pub(super) fn script(captions: &[Caption]) -> Option<Script> {
    let wide = captions.iter().flat_map(|caption| &caption.lines).any(|line| line.chars().any(wrap::is_wide));
    let script = if wide { Script::Chinese } else { Script::Latin };
    (!captions.is_empty()).then_some(script)
}

/// What the person should know of characters that were left out.
pub(super) fn left_out(captions: &[Caption]) -> Option<String> {
    let lost = captions.iter().any(|caption| caption.lost);
    lost.then(|| "emoji can't be drawn here, so the text is without them".to_owned())
}

/// The largest size up to the role's own at which it fits, with its lines.
fn laid_out(words: &str, role: TextRole, (width, height): (u32, u32)) -> Option<(u32, Vec<String>)> {
    let short = f64::from(width.min(height));
    let own = match role {
        TextRole::Title => 0.09,
        TextRole::Subtitle => 0.055,
        TextRole::Watermark => 0.04,
    };
    let mut part = own;
    while part >= SMALLEST {
        let size = size_of(short * part);
        let lines = wrap::lines(words, measure(width, size));
        if lines.len() as f64 * f64::from(size) * LINE <= f64::from(height) * HEIGHT {
            return Some((size, lines));
        }
        part *= 0.9;
    }
    None
}

/// In whole pixels, and never so few that nothing is left.
fn size_of(pixels: f64) -> u32 {
    (pixels.round() as u32).max(6)
}

/// How wide a line may be, in thousandths of the size of the writing.
fn measure(width: u32, size: u32) -> u32 {
    width * WIDTH * 10 / size
}

fn usual_place(role: TextRole) -> Position {
    match role {
        TextRole::Title => Position::Center,
        TextRole::Subtitle => Position::Bottom,
        TextRole::Watermark => Position::TopRight,
    }
}

/// What of a text can be drawn.
pub(crate) fn drawn(text: &str) -> String {
    text.chars().filter(|c| can_be_drawn(*c)).collect()
}

/// Whether something of it can't be drawn that was meant to be seen.
fn loses(text: &str) -> bool {
    text.chars().any(is_picture)
}

/// Control and direction characters would act on other text.
fn can_be_drawn(c: char) -> bool {
    let acts =
        c.is_control() && c != '\n' || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
    !acts && !is_joiner(c) && !is_picture(c) && !matches!(c, '\u{e0000}'..='\u{effff}')
}

/// Colour emoji, which libass doesn't draw.
fn is_picture(c: char) -> bool {
    matches!(c, '\u{1f000}'..='\u{1faff}')
}

fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200d}' | '\u{fe0e}' | '\u{fe0f}') || c == '\r'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_act_on_other_text_is_not_drawn() {
        assert_eq!(drawn("a\u{7}b\u{202e}c🎉d"), "abcd");
        assert!(loses("a🎉") && !loses("a\r\n\u{fe0f}\u{feff}"));
    }

    #[test]
    fn long_writing_gets_smaller_and_too_much_is_refused() {
        let (large, one) = laid_out("早安", TextRole::Title, (1920, 1080)).unwrap();
        assert_eq!((large, one.len()), (97, 1));
        let (small, many) = laid_out(&"很长的一段话".repeat(60), TextRole::Title, (1920, 1080)).unwrap();
        assert!(small < large && many.len() > 5);
        assert_eq!(laid_out(&"很长的一段话".repeat(300), TextRole::Title, (1920, 1080)), None);
    }

    #[test]
    fn titles_come_and_go_softly_but_not_at_the_ends_of_the_video() {
        let screen = Screen { size: (640, 360), rate: Rational::whole(30).unwrap(), frames: 300 };
        let both = |role, from, to| {
            let soft = soft(role, (from, to), screen);
            (soft.in_ms, soft.out_ms)
        };
        assert_eq!(both(TextRole::Title, 30, 120), (200, 200));
        assert_eq!(both(TextRole::Title, 30, 42), (100, 100));
        assert_eq!(both(TextRole::Title, 30, 31), (8, 8));
        assert_eq!(both(TextRole::Title, 0, 90), (0, 200));
        assert_eq!(both(TextRole::Title, 210, 300), (200, 0));
        assert_eq!(both(TextRole::Subtitle, 30, 120), (0, 0));
    }
}
