//! Writing as a file for libass.

use super::{Caption, Font};
use crate::{
    ops::{Position, TextRole},
    rational::Rational,
    timeline::Fades,
};

/// A twentieth of the frame stays free at its edges.
const MARGIN: u32 = 20;

/// How much shows through writing as it comes and goes, of 255.
const PALE: u8 = 80;

/// The file for libass.
pub(in crate::plan) fn ass(captions: &[Caption], font: &Font, (width, height): (u32, u32), rate: Rational) -> String {
    let mut file = format!(
        "[Script Info]\nScriptType: v4.00+\nPlayResX: {width}\nPlayResY: {height}\nWrapStyle: 2\n\
         ScaledBorderAndShadow: yes\nYCbCr Matrix: TV.709\n\n[V4+ Styles]\n\
         Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, \
         Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, \
         MarginR, MarginV, Encoding\n"
    );
    let looks = looks(captions);
    for (number, look) in looks.iter().enumerate() {
        file.push_str(&style(number, *look, font, (width, height)));
    }
    file.push_str("\n[Events]\nFormat: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n");
    for caption in captions {
        let lines: Vec<String> = caption.lines.iter().map(|line| escaped(line)).collect();
        let (from, to) = (clock(caption.from, rate), clock(caption.to, rate));
        let number = looks.iter().position(|look| *look == Look::of(caption)).unwrap_or(0);
        let soft = softened(caption, rate);
        file.push_str(&format!("Dialogue: 0,{from},{to},S{number},,0,0,0,,{soft}{}\n", lines.join("\\N")));
    }
    file
}

/// What writings have in common that look alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Look {
    role: TextRole,
    place: Position,
    size: u32,
}

impl Look {
    fn of(caption: &Caption) -> Self {
        Self { role: caption.role, place: caption.place, size: caption.size }
    }
}

/// Each of them once: thousands of lines of subtitles have a handful.
fn looks(captions: &[Caption]) -> Vec<Look> {
    let mut looks = Vec::new();
    for look in captions.iter().map(Look::of) {
        if !looks.contains(&look) {
            looks.push(look);
        }
    }
    looks
}

/// How it comes and goes: from and to a paleness in which it can be read, so that no frame is without it.
fn softened(caption: &Caption, rate: Rational) -> String {
    let Fades { in_ms, out_ms } = caption.soft;
    if caption.soft.is_none() {
        return String::new();
    }
    let length = rate.inverse().rounded((caption.to - caption.from).saturating_mul(1000));
    let pale = |ms| if ms > 0 { PALE } else { 0 };
    let (first, last, falls) = (pale(in_ms), pale(out_ms), length.saturating_sub(out_ms));
    format!("{{\\fade({first},0,{last},0,{in_ms},{falls},{length})}}")
}

fn style(number: usize, look: Look, font: &Font, (width, height): (u32, u32)) -> String {
    let size = f64::from(look.size) * f64::from(font.line) / 1000.0;
    let (outline, shadow) = (f64::from(look.size) * 0.07, f64::from(look.size) * 0.03);
    // A watermark lets through what is behind it.
    let (ink, edge) = match look.role {
        TextRole::Watermark => ("&H60FFFFFF", "&H90000000"),
        TextRole::Title | TextRole::Subtitle => ("&H00FFFFFF", "&H20000000"),
    };
    format!(
        "Style: S{number},{},{size:.1},{ink},{ink},{edge},&H90000000,0,0,0,0,100,100,0,0,1,{outline:.1},{shadow:.1},\
         {},{},{},{},1\n",
        font.family,
        corner(look.place),
        width / MARGIN,
        width / MARGIN,
        height / MARGIN
    )
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

#[cfg(test)]
mod tests {
    use super::super::{drawn, laid_out};
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_a_person_typed_is_never_an_instruction() {
        assert_eq!(escaped(r"{\b1}a\Nb"), "\\{\\\u{2060}b1\\}a\\\u{2060}Nb");
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

    fn caption(lines: Vec<String>, size: u32, soft: Fades) -> Caption {
        let (role, place) = (TextRole::Title, Position::Center);
        Caption { role, place, lines, size, from: 30, to: 90, soft, lost: false }
    }

    const FONT: Font = Font { file: "f", family: "F", line: 1_000, chinese: true };

    #[test]
    fn writings_that_look_alike_share_a_style_and_soft_ones_come_and_go() {
        let soft = Fades { in_ms: 200, out_ms: 0 };
        let captions = [("a", 20, Fades::default()), ("b", 20, soft), ("c", 30, Fades::default())];
        let captions = captions.map(|(text, size, soft)| caption(vec![text.to_owned()], size, soft));
        let file = ass(&captions, &FONT, (640, 360), Rational::whole(30).unwrap());
        let ends = file.lines().filter(|line| line.starts_with("Dialogue:")).map(|line| line.split_at(34).1);
        assert_eq!(
            ends.collect::<Vec<_>>(),
            ["S0,,0,0,0,,a", "S0,,0,0,0,,{\\fade(80,0,0,0,200,2000,2000)}b", "S1,,0,0,0,,c"]
        );
        assert_eq!(file.lines().filter(|line| line.starts_with("Style:")).count(), 2);
    }

    proptest! {
        #[test]
        fn a_file_has_as_many_lines_as_writings_whatever_they_say(text in "\\PC{1,40}|[\\\\{}nN,\n\r\t:a]{1,20}") {
            let words = drawn(&text);
            prop_assume!(!words.trim().is_empty());
            let (size, lines) = laid_out(words.trim(), TextRole::Title, (640, 360)).unwrap();
            let file = ass(&[caption(lines, size, Fades::default())], &FONT, (640, 360), Rational::whole(30).unwrap());
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
