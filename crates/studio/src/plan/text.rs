//! Writing on the picture: broken into lines, sized, placed, and written down for libass.
//!
//! A person's words go nowhere but into the event lines of a file of our own, where nothing they may hold is taken for
//! an instruction: control characters are dropped, braces are escaped, and what follows a backslash is kept apart from
//! it by a character that isn't seen.

use super::{frames_in, known::no, wrap};
use crate::{
    error::Error,
    ops::{Position, TextRole},
    rational::Rational,
    timeline::{Text, Timeline},
};

/// The height of a line in sizes of the writing.
const LINE: f64 = 1.35;

/// What of the frame writing may take, in hundredths of its width and height.
const WIDTH: u32 = 86;
const HEIGHT: f64 = 0.84;

/// A twentieth of the frame stays free at its edges.
const MARGIN: u32 = 20;

/// Smaller than this part of the short side nobody reads it on a phone.
const SMALLEST: f64 = 0.022;

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
    /// Whether it had characters that no font here can draw.
    pub(crate) lost: bool,
}

/// The writings of a complete timeline.
pub(super) fn captions(timeline: &Timeline, rate: Rational, frame: (u32, u32)) -> Result<Vec<Caption>, Error> {
    let mut captions = Vec::new();
    for text in &timeline.texts {
        let Some(on) = timeline.text_on(text) else { continue };
        let (from, to) = (frames_in(on.from, rate), frames_in(on.to, rate));
        let words: String = text.text.chars().filter(|c| can_be_drawn(*c)).collect();
        if words.trim().is_empty() {
            return Err(no("a text has nothing in it that can be drawn"));
        }
        let (size, lines) = laid_out(words.trim(), text.role, frame)
            .ok_or_else(|| no("a text is too long for the picture; make it shorter"))?;
        let lost = words.chars().count() < text.text.chars().filter(|c| !is_joiner(*c)).count();
        let place = text.pos.unwrap_or_else(|| usual_place(text));
        captions.push(Caption { role: text.role, place, lines, size, from, to: to.max(from + 1), lost });
    }
    Ok(captions)
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

/// The file for libass.
pub(super) fn ass(captions: &[Caption], font: &Font, (width, height): (u32, u32), rate: Rational) -> String {
    let mut file = format!(
        "[Script Info]\nScriptType: v4.00+\nPlayResX: {width}\nPlayResY: {height}\nWrapStyle: 2\n\
         ScaledBorderAndShadow: yes\nYCbCr Matrix: TV.709\n\n[V4+ Styles]\n\
         Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, \
         Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, \
         MarginR, MarginV, Encoding\n"
    );
    for (number, caption) in captions.iter().enumerate() {
        file.push_str(&style(number, caption, font, (width, height)));
    }
    file.push_str("\n[Events]\nFormat: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n");
    for (number, caption) in captions.iter().enumerate() {
        let lines: Vec<String> = caption.lines.iter().map(|line| escaped(line)).collect();
        let (from, to) = (clock(caption.from, rate), clock(caption.to, rate));
        file.push_str(&format!("Dialogue: 0,{from},{to},S{number},,0,0,0,,{}\n", lines.join("\\N")));
    }
    file
}

fn style(number: usize, caption: &Caption, font: &Font, (width, height): (u32, u32)) -> String {
    let size = f64::from(caption.size) * f64::from(font.line) / 1000.0;
    let (outline, shadow) = (f64::from(caption.size) * 0.07, f64::from(caption.size) * 0.03);
    // A watermark lets through what is behind it.
    let (ink, edge) = match caption.role {
        TextRole::Watermark => ("&H60FFFFFF", "&H90000000"),
        TextRole::Title | TextRole::Subtitle => ("&H00FFFFFF", "&H20000000"),
    };
    format!(
        "Style: S{number},{},{size:.1},{ink},{ink},{edge},&H90000000,0,0,0,0,100,100,0,0,1,{outline:.1},{shadow:.1},\
         {},{},{},{},1\n",
        font.family,
        corner(caption.place),
        width / MARGIN,
        width / MARGIN,
        height / MARGIN
    )
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
        let size = ((short * part).round() as u32).max(6);
        let most = width * WIDTH * 10 / size;
        let lines = wrap::lines(words, most);
        if lines.len() as f64 * f64::from(size) * LINE <= f64::from(height) * HEIGHT {
            return Some((size, lines));
        }
        part *= 0.9;
    }
    None
}

fn usual_place(text: &Text) -> Position {
    match text.role {
        TextRole::Title => Position::Center,
        TextRole::Subtitle => Position::Bottom,
        TextRole::Watermark => Position::TopRight,
    }
}

/// As on the keys of a calculator.
fn corner(place: Position) -> u8 {
    match place {
        Position::BottomLeft => 1,
        Position::Bottom => 2,
        Position::BottomRight => 3,
        Position::Left => 4,
        Position::Center => 5,
        Position::Right => 6,
        Position::TopLeft => 7,
        Position::Top => 8,
        Position::TopRight => 9,
    }
}

/// The beginning of a frame. libass counts in hundredths of a second, so it is put halfway between this frame and the
/// one before, where no rounding takes it beyond either.
fn clock(frame: u64, rate: Rational) -> String {
    let halves = u128::from(frame.saturating_mul(2).saturating_sub(1)) * 100 * u128::from(rate.den());
    let whole = u128::from(rate.num()) * 2;
    let hundredths = ((halves + whole / 2) / whole) as u64;
    let (seconds, rest) = (hundredths / 100, hundredths % 100);
    format!("{}:{:02}:{:02}.{rest:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

fn escaped(line: &str) -> String {
    let mut safe = String::with_capacity(line.len());
    for c in line.chars() {
        match c {
            '\\' => safe.push_str("\\\u{2060}"),
            '{' => safe.push_str("\\{"),
            '}' => safe.push_str("\\}"),
            _ => safe.push(c),
        }
    }
    safe
}

/// Colour emoji are pictures, which libass doesn't draw; control and direction characters would act on other text.
fn can_be_drawn(c: char) -> bool {
    let acts =
        c.is_control() && c != '\n' || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
    !acts && !is_joiner(c) && !matches!(u32::from(c), 0x1f000..=0x1faff | 0xe_0000..=0xe_ffff)
}

fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200d}' | '\u{fe0e}' | '\u{fe0f}') || c == '\r'
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_a_person_typed_is_never_an_instruction() {
        assert_eq!(escaped(r"{\b1}a\Nb"), "\\{\\\u{2060}b1\\}a\\\u{2060}Nb");
        let drawn = |text: &str| text.chars().filter(|c| can_be_drawn(*c)).collect::<String>();
        assert_eq!(drawn("a\u{7}b\u{202e}c🎉d"), "abcd");
    }

    #[test]
    fn a_frame_begins_after_the_one_before_it() {
        for rate in [Rational::new(30, 1), Rational::new(30_000, 1001), Rational::new(60, 1), Rational::new(25, 2)] {
            let rate = rate.unwrap();
            for frame in [1u64, 2, 3, 7, 100, 4_567, 100_001] {
                let shown = clock(frame, rate);
                let parts: Vec<f64> = shown.split(':').map(|part| part.parse().unwrap()).collect();
                let at = parts[0] * 3600.0 + parts[1] * 60.0 + parts[2];
                let time = |frame: u64| frame as f64 / rate.value();
                assert!(time(frame - 1) + 0.001 < at && at < time(frame), "{frame} at {rate}: {shown}");
            }
            assert_eq!(clock(0, rate), "0:00:00.00");
        }
    }

    #[test]
    fn long_writing_gets_smaller_and_too_much_is_refused() {
        let (large, one) = laid_out("早安", TextRole::Title, (1920, 1080)).unwrap();
        assert_eq!((large, one.len()), (97, 1));
        let (small, many) = laid_out(&"很长的一段话".repeat(60), TextRole::Title, (1920, 1080)).unwrap();
        assert!(small < large && many.len() > 5);
        assert_eq!(laid_out(&"很长的一段话".repeat(300), TextRole::Title, (1920, 1080)), None);
    }

    proptest! {
        #[test]
        fn a_file_has_as_many_lines_as_writings_whatever_they_say(text in "\\PC{1,40}|[\\\\{}nN,\n\r\t:a]{1,20}") {
            let words: String = text.chars().filter(|c| can_be_drawn(*c)).collect();
            prop_assume!(!words.trim().is_empty());
            let (size, lines) = laid_out(words.trim(), TextRole::Title, (640, 360)).unwrap();
            let place = Position::Center;
            let caption = Caption { role: TextRole::Title, place, lines, size, from: 0, to: 9, lost: false };
            let font = Font { file: "f", family: "F", line: 1_000, chinese: true };
            let file = ass(&[caption], &font, (640, 360), Rational::whole(30).unwrap());
            prop_assert_eq!(file.lines().filter(|line| line.starts_with("Dialogue:")).count(), 1);
            prop_assert_eq!(file.lines().filter(|line| line.starts_with("Style:")).count(), 1);
            let event = file.lines().last().unwrap();
            // Every brace is escaped, so there is no block of instructions.
            let bare = event.replace("\\{", "").replace("\\}", "").contains(['{', '}']);
            prop_assert!(!bare, "{}", event);
            prop_assert_eq!(file.lines().count(), 15);
        }
    }
}
