//! Files of subtitles on the timeline: which of a file's times are shown when.
//!
//! The words stay in the file, so that a draft, which travels with every message, stays small, and an edit loses none of
//! them: it only says anew where the file's times lie.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::read::{meta, name_of, no, read_source, rest};
use super::{LONGEST_MS, Range, Rest, units};
use crate::{error::Error, ops::Position, subtitles::Cue};

/// More files than this nobody can read at once.
pub(crate) const MOST_FILES: usize = 8;

/// A file whose times are scattered over more parts than this is no work of a person's.
const MOST_PARTS: usize = 1_000;

/// Less of a cue than this, in ms, that a cut has left can't be read.
const SLIVER_MS: u64 = 200;

/// A file of subtitles, and when its words are shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subtitles {
    /// The source's id, never a path.
    pub source: String,
    /// The file's name as the person knows it; bounded, on one line.
    pub name: String,
    /// Where the file's times lie on the timeline: in its order, and apart from each other on it.
    pub shown: Vec<Shown>,
    /// Where they stand on the picture; `None`: where subtitles usually do.
    pub pos: Option<Position>,
    /// Keys that are not known here.
    rest: Rest,
}

/// A part of a file's time, and the part of the timeline on which it is shown, evenly stretched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shown {
    /// In the time of the file.
    pub file: Range,
    /// On the timeline.
    pub on: Range,
}

/// On the wire, beside the source and the name.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Said {
    shown: Vec<Shown>,
    #[serde(default)]
    pos: Option<Position>,
}

impl Subtitles {
    pub(crate) fn new(source: &crate::Source, shown: Vec<Shown>) -> Self {
        let (source, name) = (source.id.clone(), units::name(&source.name));
        Self { source, name, shown: joined(shown), pos: None, rest: Rest::default() }
    }

    /// When a cue is shown: more than once where its part of the picture is there more than once, never where nothing is
    /// left of that but a moment.
    pub fn shows(&self, cue: &Cue) -> Vec<Range> {
        let Some(time) = Range::new(cue.from_ms, cue.to_ms) else { return Vec::new() };
        let parts = self.shown.iter().filter_map(|shown| carried(time, shown.file, shown.on));
        let mut ranges: Vec<Range> = Vec::new();
        for part in parts {
            match ranges.last_mut() {
                Some(last) if last.to == part.from => last.to = part.to,
                _ => ranges.push(part),
            }
        }
        let least = SLIVER_MS.min(time.length());
        // What is played faster is all there all the same.
        let whole = |range: &Range| ranges.len() == 1 && self.is_whole(time, *range);
        ranges.iter().copied().filter(|range| range.length() >= least || whole(range)).collect()
    }

    /// Carries the times along when parts of the timeline move; whether any of them is left.
    pub(crate) fn follow(&mut self, moves: impl Iterator<Item = (Range, Range)> + Clone) -> bool {
        let mut shown = Vec::with_capacity(self.shown.len());
        for part in &self.shown {
            for (from, to) in moves.clone() {
                let Some(kept) = part.on.meet(from) else { continue };
                let moved = carried(kept, part.on, part.file).zip(carried(kept, from, to));
                shown.extend(moved.map(|(file, on)| Shown { file, on }));
            }
        }
        self.shown = joined(shown);
        !self.shown.is_empty()
    }

    fn is_whole(&self, time: Range, on: Range) -> bool {
        let part = self.shown.iter().find(|shown| shown.on.meet(on).is_some());
        part.is_some_and(|part| part.file.meet(time) == Some(time))
    }

    /// Whether a segment of a track of writing is a file.
    pub(super) fn is_one(segment: &Value) -> bool {
        segment.get("cues").is_some()
    }

    pub(super) fn read(segment: &Value) -> Result<Self, Error> {
        let own = segment.as_object().ok_or_else(|| no("a segment is none"))?;
        let source = read_source(own)?;
        let said = own.get("cues").map(Said::deserialize).and_then(Result::ok);
        let Said { shown, pos } = said.filter(|said| possible(&said.shown)).ok_or_else(|| no(NO_SENSE))?;
        let name = name_of(meta(own), &source);
        Ok(Self { source, name, shown, pos, rest: rest(own, &["src", "s", "d", "cues", "m"], &["name"]) })
    }

    pub(super) fn write(&self) -> Map<String, Value> {
        let (mut own, mut meta) = self.rest.begin();
        meta.insert("name".to_owned(), self.name.as_str().into());
        own.insert("src".to_owned(), self.source.as_str().into());
        if let (Some(first), Some(last)) = (self.shown.first(), self.shown.last()) {
            own.insert("s".to_owned(), first.on.from.into());
            own.insert("d".to_owned(), (last.on.to - first.on.from).into());
        }
        let mut said = json!({ "shown": self.shown });
        if let Some(pos) = self.pos {
            said["pos"] = json!(pos);
        }
        own.insert("cues".to_owned(), said);
        own.insert("m".to_owned(), meta.into());
        own
    }
}

const NO_SENSE: &str = "what it says of a file of subtitles makes no sense";

fn possible(shown: &[Shown]) -> bool {
    let apart = shown.windows(2).all(|pair| pair[0].on.to <= pair[1].on.from);
    let whole = |range: Range| range.from < range.to && range.to <= LONGEST_MS;
    apart && !shown.is_empty() && shown.len() <= MOST_PARTS && shown.iter().all(|one| whole(one.file) && whole(one.on))
}

/// Where a part of `from` comes to lie when all of `from` becomes all of `to`; `None` where nothing is left of it.
fn carried(part: Range, from: Range, to: Range) -> Option<Range> {
    let part = from.meet(part)?;
    let place = |ms: u64| {
        let into = u128::from(ms - from.from) * u128::from(to.length());
        let len = u128::from(from.length());
        to.from + u64::try_from((into * 2 + len) / (len * 2)).unwrap_or(u64::MAX)
    };
    Range::new(place(part.from), place(part.to))
}

/// In the order of the timeline, with those made one that go on as the one before them.
fn joined(mut shown: Vec<Shown>) -> Vec<Shown> {
    shown.sort_by_key(|one| one.on);
    let mut joined: Vec<Shown> = Vec::with_capacity(shown.len());
    for next in shown {
        match joined.last_mut() {
            Some(last) if goes_on(*last, next) => (last.file.to, last.on.to) = (next.file.to, next.on.to),
            _ => joined.push(next),
        }
    }
    joined
}

fn goes_on(last: Shown, next: Shown) -> bool {
    let both = Shown {
        file: Range { from: last.file.from, to: next.file.to.max(last.file.to) },
        on: Range { from: last.on.from, to: next.on.to },
    };
    let meets = last.file.to == next.file.from && last.on.to == next.on.from;
    // Where they met is where they would, to the ms of rounding.
    meets && carried(last.file, both.file, both.on).is_some_and(|on| on.to.abs_diff(last.on.to) <= 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(from: u64, to: u64) -> Range {
        Range { from, to }
    }

    fn subtitles(shown: &[(Range, Range)]) -> Subtitles {
        let shown = shown.iter().map(|(file, on)| Shown { file: *file, on: *on }).collect();
        Subtitles { source: "s".into(), name: "s.srt".into(), shown, pos: None, rest: Rest::default() }
    }

    fn cue(from_ms: u64, to_ms: u64) -> Cue {
        Cue { from_ms, to_ms, text: "x".into() }
    }

    #[test]
    fn words_go_with_the_picture_that_they_were_said_under() {
        let mut subtitles = subtitles(&[(range(0, 20_000), range(0, 20_000))]);
        // 5 to 8 s are cut out, and what follows 12 s is played twice as fast.
        let moves = [
            (range(0, 5_000), range(0, 5_000)),
            (range(8_000, 12_000), range(5_000, 9_000)),
            (range(12_000, 20_000), range(9_000, 13_000)),
        ];
        assert!(subtitles.follow(moves.into_iter()));
        assert_eq!(subtitles.shown.len(), 3);
        assert_eq!(subtitles.shows(&cue(1_000, 2_000)), [range(1_000, 2_000)]);
        assert_eq!(subtitles.shows(&cue(4_000, 9_000)), [range(4_000, 6_000)]);
        assert_eq!(subtitles.shows(&cue(5_500, 7_000)), []);
        assert_eq!(subtitles.shows(&cue(4_900, 7_000)), [], "a tenth of a second can't be read");
        assert_eq!(subtitles.shows(&cue(14_000, 16_000)), [range(10_000, 11_000)]);
        assert_eq!(subtitles.shows(&cue(14_000, 14_200)), [range(10_000, 10_100)], "short, but whole");
        assert_eq!(subtitles.shows(&cue(30_000, 31_000)), []);
    }

    #[test]
    fn parts_that_go_on_are_one_again() {
        let mut subtitles = subtitles(&[(range(0, 10_000), range(0, 10_000))]);
        let swap = [(range(0, 4_000), range(6_000, 10_000)), (range(4_000, 10_000), range(0, 6_000))];
        assert!(subtitles.follow(swap.into_iter()));
        assert_eq!(subtitles.shows(&cue(3_000, 5_000)), [range(0, 1_000), range(9_000, 10_000)]);
        let back = [(range(0, 6_000), range(4_000, 10_000)), (range(6_000, 10_000), range(0, 4_000))];
        assert!(subtitles.follow(back.into_iter()));
        assert_eq!(subtitles.shown, [Shown { file: range(0, 10_000), on: range(0, 10_000) }]);
        assert!(!subtitles.follow([(range(10_000, 11_000), range(0, 1_000))].into_iter()));
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        let good = json!({ "src": "s", "x": 1, "cues": { "pos": "top",
            "shown": [{ "file": { "from": 0, "to": 9 }, "on": { "from": 0, "to": 9 } }] }, "m": { "name": "a.srt" } });
        let read = Subtitles::read(&good).unwrap();
        assert_eq!((read.pos, read.name.as_str()), (Some(Position::Top), "a.srt"));
        let written = Value::from(read.write());
        assert_eq!((&written["x"], &written["cues"], &written["d"]), (&json!(1), &good["cues"], &json!(9)));
        let part = |from: u64, to: u64| json!({ "file": { "from": 0, "to": 9 }, "on": { "from": from, "to": to } });
        for shown in [
            json!([]),
            json!([part(5, 5)]),
            json!([part(9, 5)]),
            json!([part(0, 5), part(4, 9)]),
            json!([part(0, u64::MAX)]),
            json!(vec![part(0, 5); 1_001]),
            json!([{ "file": { "from": 0, "to": 9 } }]),
            json!("all"),
        ] {
            let mut bad = good.clone();
            bad["cues"]["shown"] = shown;
            assert!(Subtitles::read(&bad).is_err(), "{bad}");
        }
    }
}
