//! From the text of a file to its cues, or the line that makes no sense.

use super::{Cue, words::words};
use crate::{error::plain, timeline::LONGEST_MS};

/// More than a film of three hours has.
const MOST_CUES: usize = 10_000;

/// The longest cue, in characters.
const LONGEST: usize = 2_000;

/// What a line says from when to when with.
const ARROW: &str = "-->";

/// So many lines of a file tell whether it is one of subtitles.
const FIRST_LINES: usize = 20;

/// A line that was begun, and what was read under it.
struct Open<'a> {
    from_ms: u64,
    to_ms: u64,
    /// Counted from 1.
    line: usize,
    lines: Vec<&'a str>,
}

/// A file in the reading.
#[derive(Default)]
struct Reader<'a> {
    cues: Vec<Cue>,
    open: Option<Open<'a>>,
    /// How many lines with times there were.
    timed: usize,
    /// Inside of a comment or a style sheet of WebVTT.
    aside: bool,
    web: bool,
}

/// Whether it is WebVTT.
pub(super) fn is_web(text: &str) -> bool {
    text.trim_start().starts_with("WEBVTT")
}

/// Whether a line among the first ones is meant to say from when to when.
pub(super) fn begins_like(text: &str) -> bool {
    lines(text).map(str::trim).filter(|line| !line.is_empty()).take(FIRST_LINES).any(is_meant_as_time)
}

/// The cues in the order of the file.
pub(super) fn cues(text: &str) -> Result<Vec<Cue>, String> {
    let mut reader = Reader { web: is_web(text), ..Reader::default() };
    let mut after_blank = true;
    for (number, line) in (1..).zip(lines(text)) {
        reader.take(line.trim(), number, after_blank)?;
        after_blank = line.trim().is_empty();
    }
    reader.close(false)?;
    if reader.timed == 0 && !reader.web && !text.trim().is_empty() {
        return Err("no line of it says from when to when, like 00:00:01,000 --> 00:00:03,500".to_owned());
    }
    Ok(reader.cues)
}

impl<'a> Reader<'a> {
    fn take(&mut self, line: &'a str, number: usize, after_blank: bool) -> Result<(), String> {
        if line.is_empty() {
            self.aside = false;
            if self.web {
                return self.close(false);
            }
        }
        let opens_aside = || ["NOTE", "STYLE", "REGION"].iter().any(|word| line.split(' ').next() == Some(word));
        self.aside |= self.web && after_blank && opens_aside();
        if self.aside {
            return Ok(());
        }
        match times(line) {
            Some((from_ms, to_ms)) => self.begin(from_ms, to_ms, number),
            None if is_meant_as_time(line) && self.is_between(after_blank) => {
                Err(format!("line {number} says no time that can be read: {}", plain(line, 60)))
            }
            None => {
                self.open.iter_mut().for_each(|open| open.lines.push(line));
                Ok(())
            }
        }
    }

    fn begin(&mut self, from_ms: u64, to_ms: u64, line: usize) -> Result<(), String> {
        self.close(true)?;
        if to_ms < from_ms {
            return Err(format!("line {line} ends before it begins"));
        }
        if to_ms > LONGEST_MS {
            return Err(format!("line {line} is later than a day"));
        }
        self.timed += 1;
        if self.timed > MOST_CUES {
            return Err(format!("it has more than {MOST_CUES} subtitles"));
        }
        self.open = Some(Open { from_ms, to_ms, line, lines: Vec::new() });
        Ok(())
    }

    /// Whether the next line can only be the head of a cue: nothing is open, or what is has its number below it.
    fn is_between(&self, after_blank: bool) -> bool {
        self.open.as_ref().is_none_or(|open| after_blank || open.lines.last().is_some_and(|line| is_number(line)))
    }

    /// What was read is a cue; `numbered`: the last line may be the number of the next one.
    fn close(&mut self, numbered: bool) -> Result<(), String> {
        let Some(mut open) = self.open.take() else { return Ok(()) };
        let next = self.timed + 1;
        if let [before @ .., last] = open.lines.as_slice()
            && numbered
            && is_number(last)
            && (before.last().is_some_and(|line| line.is_empty()) || last.parse() == Ok(next))
        {
            open.lines.pop();
        }
        let text = words(&open.lines.join("\n"));
        if text.chars().nth(LONGEST).is_some() {
            return Err(format!("line {} has more than {LONGEST} characters below it", open.line));
        }
        // What stands for no time at all is not seen.
        if !text.is_empty() && open.to_ms > open.from_ms {
            self.cues.push(Cue { from_ms: open.from_ms, to_ms: open.to_ms, text });
        }
        Ok(())
    }
}

/// Lines that end as on any system.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.split('\n').flat_map(|line| line.strip_suffix('\r').unwrap_or(line).split('\r'))
}

fn is_number(line: &str) -> bool {
    !line.is_empty() && line.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_meant_as_time(line: &str) -> bool {
    line.starts_with(|c: char| c.is_ascii_digit() || c == '-') && line.contains(ARROW)
}

/// `00:00:01,000 --> 00:00:03,500`, with or without hours, and with whatever WebVTT says of the place behind it.
fn times(line: &str) -> Option<(u64, u64)> {
    let (from, rest) = line.split_once(ARROW)?;
    let to = rest.split_whitespace().next()?;
    Some((clock(from.trim())?, clock(to)?))
}

/// In ms. Chinese editors leave full-width signs behind.
fn clock(written: &str) -> Option<u64> {
    let mut parts = written.rsplit([':', '：']);
    let (seconds, fraction) = match parts.next()?.split_once([',', '.', '，', '。']) {
        Some((seconds, fraction)) => (seconds, fraction),
        None => (written.rsplit([':', '：']).next()?, "0"),
    };
    let (minutes, hours) = (parts.next()?, parts.next().unwrap_or("0"));
    if parts.next().is_some() || fraction.is_empty() || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let thousandths = format!("{fraction:0<3}").get(..3)?.parse::<u64>().ok()?;
    let sixtieth = |part: &str| whole(part).filter(|value| *value < 60);
    Some(((whole(hours)? * 60 + sixtieth(minutes)?) * 60 + sixtieth(seconds)?) * 1000 + thousandths)
}

/// Of at most four digits.
fn whole(part: &str) -> Option<u64> {
    (is_number(part) && part.len() <= 4).then(|| part.parse().ok()).flatten()
}
