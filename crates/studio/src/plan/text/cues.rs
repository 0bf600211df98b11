//! Subtitles: cues from files and from speech, each in two lines where that can be, and never more at once than can be read.

use std::collections::BTreeMap;

use super::{Caption, HEIGHT, LINE, SMALLEST, Screen, drawn, loses, measure, no, size_of, wrap};
use crate::{
    error::Error,
    facts::MediaFacts,
    ops::{Position, TextRole},
    plan::frames_in,
    subtitles::Cue,
    timeline::{Fades, Range, Timeline},
};

/// The size of subtitles in parts of the short side, and what it may come down to for two lines, or three.
const OWN: f64 = 0.055;
const LEAST_FOR_FEW: f64 = 0.042;

/// What of the frame's height subtitles should leave to the picture, as long as they can be read.
const HALF: f64 = 0.5;

/// More of them at once than this nobody reads; the oldest gives way.
const MOST_AT_ONCE: usize = 4;

/// What begins the words of one of two speakers.
const DASHES: &str = "-–—";

/// The subtitles of a timeline in the order of their beginnings.
pub(super) fn captions(
    timeline: &Timeline,
    facts: &BTreeMap<String, MediaFacts>,
    heard: &[Cue],
    screen: Screen,
) -> Result<Vec<Caption>, Error> {
    let mut captions = Vec::new();
    for file in &timeline.subtitles {
        let cues = &facts.get(&file.source).ok_or_else(|| no("it names subtitles that aren't here"))?.cues;
        for cue in cues {
            for on in file.shows(cue) {
                captions.push(caption(cue, on, file.pos, screen)?);
            }
        }
    }
    for cue in heard {
        captions.extend(Range::new(cue.from_ms, cue.to_ms).map(|on| caption(cue, on, None, screen)).transpose()?);
    }
    let lost = captions.iter().any(|caption| caption.lost);
    captions.retain(|caption| !caption.lines.is_empty() && caption.from < screen.frames);
    captions.sort_by_key(|caption| caption.from);
    captions.iter_mut().take(1).for_each(|caption| caption.lost |= lost);
    Ok(thinned(captions))
}

fn caption(cue: &Cue, on: Range, pos: Option<Position>, screen: Screen) -> Result<Caption, Error> {
    let (from, to) = (frames_in(on.from, screen.rate), frames_in(on.to, screen.rate));
    let words = drawn(&cue.text);
    let too_long = || {
        let seconds = cue.from_ms / 1000;
        no(&format!("the subtitle at {}:{:02} is too long for the picture; shorten it", seconds / 60, seconds % 60))
    };
    let (size, lines) = laid_out(words.trim(), screen.size).ok_or_else(too_long)?;
    Ok(Caption {
        role: TextRole::Subtitle,
        place: pos.unwrap_or(Position::Bottom),
        lines,
        size,
        from,
        to: to.min(screen.frames).max(from + 1),
        soft: Fades::default(),
        lost: loses(&cue.text),
    })
}

/// The size, and the lines: two where a size that is not much smaller makes that possible, else three.
fn laid_out(words: &str, (width, height): (u32, u32)) -> Option<(u32, Vec<String>)> {
    if words.is_empty() {
        return Some((size_of(0.0), Vec::new()));
    }
    let short = f64::from(width.min(height));
    let all = f64::from(wrap::width(words));
    // The largest size down to `least` at which it takes no more lines than `most` says for that size.
    let fit = |least: f64, most: &dyn Fn(f64) -> f64| {
        let parts = std::iter::successors(Some(OWN), |part| Some(part * 0.93)).take_while(|part| *part >= least);
        let sizes = parts.map(|part| size_of(short * part));
        // Breaking is dear, and most sizes are too large at a glance.
        let possible = sizes.filter(|size| all / f64::from(measure(width, *size)) <= most(f64::from(*size)));
        let broken = possible.map(|size| (size, broken(words, measure(width, size))));
        broken.into_iter().find(|(size, lines)| lines.len() as f64 <= most(f64::from(*size)))
    };
    let high = |part: f64| move |size: f64| part * f64::from(height) / (size * LINE);
    let few = fit(LEAST_FOR_FEW, &|_| 2.0).or_else(|| fit(LEAST_FOR_FEW, &|size| high(HALF)(size).min(3.0)));
    few.or_else(|| fit(SMALLEST, &high(HALF))).or_else(|| fit(SMALLEST, &high(HEIGHT)))
}

/// Lines as they were written where they fit, two at most; else the words anew, those of each speaker by themselves.
fn broken(words: &str, most: u32) -> Vec<String> {
    let written: Vec<&str> = words.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let speakers = written.len() > 1 && written.iter().all(|line| line.starts_with(|c| DASHES.contains(c)));
    let fits = written.len() <= 2 && written.iter().all(|line| wrap::width(line) <= most);
    if speakers || fits { wrap::lines(&written.join("\n"), most) } else { wrap::lines(&written.join(" "), most) }
}

/// Where too many stand at once, those that have stood longest go.
fn thinned(mut captions: Vec<Caption>) -> Vec<Caption> {
    let mut standing: Vec<usize> = Vec::new();
    for index in 0..captions.len() {
        let from = captions[index].from;
        standing.retain(|at| captions[*at].to > from);
        if standing.len() == MOST_AT_ONCE {
            let oldest = standing.remove(0);
            captions[oldest].to = from;
        }
        standing.push(index);
    }
    captions.retain(|caption| caption.to > caption.from);
    captions
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rational::Rational;

    const SCREEN: (u32, u32) = (1920, 1080);

    fn cue(from_ms: u64, to_ms: u64, text: &str) -> Cue {
        Cue { from_ms, to_ms, text: text.to_owned() }
    }

    fn of(heard: &[Cue], seconds: u64) -> Vec<Caption> {
        let screen = Screen { size: SCREEN, rate: Rational::whole(10).unwrap(), frames: seconds * 10 };
        captions(&Timeline::default(), &BTreeMap::new(), heard, screen).unwrap()
    }

    #[test]
    fn lines_stay_as_they_were_written_where_they_fit_and_are_two_at_most() {
        let (size, lines) = laid_out("今天天气很好\n我们去公园", SCREEN).unwrap();
        assert_eq!((size, lines), (59, vec!["今天天气很好".to_owned(), "我们去公园".to_owned()]));
        let three = "今天天气很好\n我们去公园\n还要放风筝";
        assert_eq!(laid_out(three, SCREEN).unwrap().1, ["今天天气很好 我们去公园 还要放风筝"]);
        let long = "今天是宝宝的生日，我们全家一起去公园野餐，放风筝，还吃了一个很大的草莓蛋糕，晚上看了烟花。";
        let (size, lines) = laid_out(long, SCREEN).unwrap();
        assert_eq!((size, lines.len()), (59, 2), "{lines:?}");
        let (size, lines) = laid_out(long, (540, 960)).unwrap();
        assert_eq!((size, lines.len()), (30, 3), "{lines:?}");
        let talk = format!("- {}\n- {}", "Where are you going so early in the morning, my dear old friend", "Out");
        assert_eq!(laid_out(&talk, (1080, 1920)).unwrap().1.last().unwrap(), "- Out");
    }

    #[test]
    fn a_little_smaller_is_better_than_a_third_line() {
        let words = "一".repeat(60);
        let (size, lines) = laid_out(&words, SCREEN).unwrap();
        assert!(size < 59 && lines.len() == 2, "{size} {lines:?}");
        let (size, lines) = laid_out(&"一".repeat(90), SCREEN).unwrap();
        assert_eq!((size, lines.len()), (55, 3));
        assert!(laid_out(&"一".repeat(1_900), (1080, 1920)).is_none());
    }

    #[test]
    fn what_can_not_be_seen_is_left_out_and_no_more_stand_at_once_than_can_be_read() {
        let heard =
            [cue(0, 1_000, "🎉"), cue(500, 99_000, "to the end"), cue(60_000, 61_000, "beyond"), cue(5, 5, "none")];
        let shown = of(&heard, 10);
        assert_eq!((shown.len(), shown[0].from, shown[0].to), (1, 5, 100));
        let crowd: Vec<Cue> = (0..10_000).map(|n| cue(n / 100, 10_000, "x")).collect();
        let shown = of(&crowd, 10);
        let at = |frame: u64| shown.iter().filter(|caption| caption.from <= frame && frame < caption.to).count();
        assert!((0..100).all(|frame| at(frame) <= MOST_AT_ONCE) && at(50) == MOST_AT_ONCE);
    }
}
