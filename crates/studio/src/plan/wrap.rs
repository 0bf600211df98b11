//! Breaks writing into lines: Chinese anywhere but before what closes and after what opens, other scripts at spaces.

/// The width of a wide character in thousandths of the size of the writing.
const WIDE: u32 = 1_000;

/// What may not begin a line.
const CLOSING: &str = "、。，．,.;:：；!！?？)）]］】」』〉》〕〗’”…—～·%％°℃ー々";

/// What may not end a line.
const OPENING: &str = "(（[［【「『〈《〔〖‘“￥$";

/// The lines of a text, none wider than `most` where a break is to be found, in thousandths of the size of the writing.
///
/// Lines of a text that takes several are about equally long.
pub(super) fn lines(text: &str, most: u32) -> Vec<String> {
    text.split('\n').flat_map(|paragraph| balanced(paragraph.trim(), most)).collect()
}

/// How wide a line is, in thousandths of the size of the writing.
pub(super) fn width(line: &str) -> u32 {
    line.chars().map(width_of).fold(0, u32::saturating_add)
}

/// Whether a character is as wide as it is high: Chinese, Japanese, Korean and their punctuation.
pub(super) fn is_wide(c: char) -> bool {
    matches!(u32::from(c),
        0x1100..=0x115f | 0x2e80..=0x303e | 0x3041..=0xa4cf | 0xac00..=0xd7a3 | 0xf900..=0xfaff
        | 0xfe30..=0xfe6f | 0xff00..=0xff60 | 0xffe0..=0xffe6 | 0x1f000..=0x1faff | 0x2_0000..=0x3_fffd)
}

fn balanced(paragraph: &str, most: u32) -> Vec<String> {
    let (lines, cuts) = greedy(paragraph, most);
    if lines.len() < 2 {
        return lines;
    }
    let count = lines.len();
    let even = width(paragraph) / u32::try_from(count).unwrap_or(1);
    // Measures that take no more lines and cut no more words, in steps of a twentieth: best the one whose lines end
    // where the sense does, then the narrowest.
    let measures = (0..=20).map(|step| greedy(paragraph, even + most.saturating_sub(even) * step / 20));
    let possible = measures.filter(|narrower| narrower.0.len() <= count && narrower.1 <= cuts);
    possible.min_by_key(|narrower| torn(&narrower.0)).map_or(lines, |narrower| narrower.0)
}

/// How many of these lines end amid a phrase.
fn torn(lines: &[String]) -> usize {
    let amid = |line: &&String| line.chars().last().is_some_and(|c| is_wide(c) && !CLOSING.contains(c));
    lines.iter().rev().skip(1).filter(amid).count()
}

/// As much as goes into each line, and how many words had to be cut.
fn greedy(paragraph: &str, most: u32) -> (Vec<String>, usize) {
    let chars: Vec<char> = paragraph.chars().collect();
    let (mut lines, mut cuts, mut start, mut at, mut filled) = (Vec::new(), 0, 0, 0, 0);
    let mut last = None;
    while let Some(c) = chars.get(at) {
        if at > start && may_break(chars[at - 1], *c) {
            last = Some(at);
        }
        filled += width_of(*c);
        if filled > most && at > start && *c != ' ' {
            // Where no break is allowed, a word is cut rather than lost.
            cuts += usize::from(last.is_none());
            let end = last.take().unwrap_or(at);
            lines.push(trimmed(&chars[start..end]));
            (start, at, filled) = (end, end, 0);
            continue;
        }
        at += 1;
    }
    lines.push(trimmed(&chars[start..]));
    (lines, cuts)
}

fn may_break(before: char, after: char) -> bool {
    if before == ' ' {
        return after != ' ';
    }
    let allowed = is_wide(before) || is_wide(after);
    allowed && after != ' ' && !CLOSING.contains(after) && !OPENING.contains(before)
}

/// Close to what fonts without a fixed width have, and rather too wide.
fn width_of(c: char) -> u32 {
    match c {
        '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{fe00}'..='\u{fe0f}' => 0,
        c if is_wide(c) => WIDE,
        'i' | 'j' | 'l' | 'I' | '.' | ',' | ':' | ';' | '!' | '\'' | '|' | ' ' => 350,
        'f' | 't' | 'r' | '(' | ')' | '-' | '"' => 430,
        's' | 'c' | 'z' => 560,
        'm' | 'w' | 'M' | 'W' | '@' | '%' => 950,
        'A'..='Z' => 720,
        _ => 620,
    }
}

fn trimmed(chars: &[char]) -> String {
    chars.iter().collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn chinese_is_broken_between_characters_and_not_before_a_comma() {
        assert_eq!(lines("今天天气很好，我们去公园玩", 7_000), ["今天天气很好，", "我们去公园玩"]);
        assert_eq!(lines("一二三四五，六七", 5_000), ["一二三四", "五，六七"]);
        assert_eq!(lines("宝宝的第一个生日，快乐每一天！", 10_000), ["宝宝的第一个生日，", "快乐每一天！"]);
        assert_eq!(lines("他说：「好」", 4_000), ["他说：", "「好」"]);
    }

    #[test]
    fn words_stay_whole_and_lines_are_even() {
        assert_eq!(lines("a birthday party", 8_000), ["a birthday", "party"]);
        assert_eq!(lines("one two three four", 7_000), ["one two", "three four"]);
        assert_eq!(lines("用iPhone拍的", 4_000), ["用", "iPhone", "拍的"]);
        assert_eq!(lines("first\nsecond", 50_000), ["first", "second"]);
    }

    #[test]
    fn a_word_longer_than_a_line_is_cut() {
        let cut = lines(&"x".repeat(20), 3_100);
        assert!(cut.len() >= 4 && cut.iter().all(|line| width(line) <= 3_100), "{cut:?}");
    }

    proptest! {
        #[test]
        fn nothing_but_spaces_is_lost(text in "[a-c ,。一二三（）\u{0}-\u{ff}]{0,60}", most in 0u32..20_000) {
            let text = text.replace('\n', " ");
            let kept = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            prop_assert_eq!(kept(&lines(&text, most).concat()), kept(&text));
        }
    }
}
