//! What an edit changed, in words: about three edits in ten come back without any.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::fmt;
use std::hash::Hash;

use crate::printable::printable;

use super::canonical::canonical;
use super::summary::{label, seconds};
use super::{Draft, Segment, TrackKind};

/// More changes than this are counted, not listed.
const LINES: usize = 12;

/// More moved segments than this are one line: cutting the first one moves all the others.
const MOVES: usize = 2;

/// The longest name in a report.
const NAME_CHARS: usize = 60;

/// What differs between two drafts, as lines for a person; empty when they mean the same.
///
/// The lines hold server text and are made [printable](crate::printable); there are at most
/// thirteen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    lines: Vec<String>,
}

impl Changes {
    /// Whether the two drafts mean the same.
    ///
    /// ```
    /// use weixin_video_core::draft::{Draft, diff};
    ///
    /// let a = Draft::parse(r#"{"d":10,"t":[]}"#).unwrap();
    /// let b = Draft::parse(r#"{ "t": [], "d": 1e1 }"#).unwrap();
    /// assert!(diff(Some(&a), &b).is_empty());
    /// ```
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// One line per change, without a full stop.
    ///
    /// ```
    /// use weixin_video_core::draft::{Draft, diff};
    ///
    /// let after = Draft::parse(r#"{"t":[{"tt":7,"sg":[{"d":3000,"m":{"text":"Hi"}}]}]}"#).unwrap();
    /// assert_eq!(diff(None, &after).lines(), ["Title added: 'Hi', 0-3 s", "Length: 3 s"]);
    /// ```
    pub fn lines(&self) -> &[String] {
        &self.lines
    }
}

/// The lines, each on its own; nothing when there is no change.
impl fmt::Display for Changes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.lines.join("\n"))
    }
}

/// What `after` has that `before` has not, and the other way round.
///
/// Without a draft before, everything in `after` was added. Order of keys, white space and the
/// spelling of numbers don't count; a difference in keys nobody knows is told as such.
///
/// ```
/// use weixin_video_core::draft::{Draft, diff};
///
/// let before = Draft::parse(r#"{"t":[{"tt":0,"sg":[{"d":10000,"m":{"name":"city"}}]}]}"#).unwrap();
/// let after = Draft::parse(r#"{"t":[{"tt":0,"sg":[{"d":8000,"m":{"name":"city"}}]},
///     {"tt":7,"sg":[{"d":3000,"m":{"text":"Paradise Found"}}]}]}"#).unwrap();
/// assert_eq!(
///     diff(Some(&before), &after).to_string(),
///     "Title added: 'Paradise Found', 0-3 s\nVideo changed: city, now 8 s (was 10 s)\nLength: 8 s (was 10 s)",
/// );
/// ```
pub fn diff(before: Option<&Draft>, after: &Draft) -> Changes {
    if before.is_some_and(|before| same_meaning(before, after)) {
        return Changes::default();
    }
    let pieces = Pieces::match_up(before.map(pieces).unwrap_or_default(), pieces(after));
    let mut lines = pieces.lines();
    lines.extend(whole_draft_lines(before, after));
    if lines.is_empty() {
        lines.push("Details changed that this client does not know".to_owned());
    }
    if let Some(more) = lines.len().checked_sub(LINES).filter(|more| *more > 0) {
        lines.truncate(LINES);
        lines.push(format!("and {more} more changes"));
    }
    Changes { lines }
}

fn same_meaning(before: &Draft, after: &Draft) -> bool {
    before.raw().get() == after.raw().get() || canonical(before.raw()) == canonical(after.raw())
}

/// A segment with what is needed to speak of it.
#[derive(Clone)]
struct Piece<'a> {
    label: String,
    kind: TrackKind,
    track: usize,
    segment: &'a Segment,
    name: Option<&'a str>,
}

fn pieces(draft: &Draft) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    for (at, track) in draft.tracks().iter().enumerate() {
        let label = label(track);
        for segment in &track.segments {
            let name = segment.name.as_deref().or(track.name.as_deref());
            let label = label.clone();
            pieces.push(Piece { label, kind: track.kind, track: at, segment, name });
        }
    }
    pieces
}

/// Segments of two drafts, brought together.
struct Pieces<'a> {
    added: Vec<Piece<'a>>,
    removed: Vec<Piece<'a>>,
    changed: Vec<(Piece<'a>, Piece<'a>)>,
}

impl<'a> Pieces<'a> {
    /// First equal ones, then equally named ones, then what stood at the same time, then what is
    /// left of each kind in order.
    fn match_up(before: Vec<Piece<'a>>, after: Vec<Piece<'a>>) -> Self {
        let mut pieces = Self { added: after, removed: before, changed: Vec::new() };
        pieces.pair_by(|p| Some((p.kind, p.segment.start_ms, p.segment.canonical.as_str())));
        pieces.pair_by(|p| Some((p.kind, p.segment.canonical.as_str())));
        pieces.pair_by(|p| p.name.map(|name| (p.kind, name)));
        pieces.pair_by(|p| Some((p.kind, p.segment.start_ms)));
        pieces.pair_by(|p| Some(p.kind));
        pieces
    }

    /// Pairs what has the same key, first come first served; all else stays.
    fn pair_by<K: Eq + Hash>(&mut self, key: impl Fn(&Piece<'a>) -> Option<K>) {
        let mut waiting: HashMap<K, VecDeque<Piece<'a>>> = HashMap::new();
        for piece in &self.removed {
            if let Some(key) = key(piece) {
                waiting.entry(key).or_default().push_back(piece.clone());
            }
        }
        let mut paired: HashSet<*const Segment> = HashSet::new();
        self.added.retain(|piece| {
            let old = key(piece).and_then(|key| waiting.get_mut(&key)?.pop_front());
            let Some(old) = old else { return true };
            paired.insert(std::ptr::from_ref(old.segment));
            self.changed.push((old, piece.clone()));
            false
        });
        self.removed.retain(|piece| !paired.contains(&std::ptr::from_ref(piece.segment)));
    }

    fn lines(&self) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        lines.extend(self.added.iter().map(|piece| presence(piece, "added")));
        lines.extend(self.removed.iter().map(|piece| presence(piece, "removed")));
        lines.extend(self.changed.iter().filter_map(|(old, new)| change(old, new)));
        let moved: Vec<String> = self.changed.iter().filter_map(|(old, new)| movement(old, new)).collect();
        if moved.len() > MOVES {
            lines.push(format!("{} segments moved", moved.len()));
        } else {
            lines.extend(moved);
        }
        lines.extend(self.reordered());
        lines
    }

    /// Segments that follow each other and now do so in another order.
    fn reordered(&self) -> Vec<String> {
        let mut tracks: BTreeMap<(usize, usize), Vec<Starts<'_>>> = BTreeMap::new();
        for (old, new) in self.changed.iter().filter(|(_, new)| !new.segment.placed) {
            let starts = (new.segment.start_ms, old.segment.start_ms, new.label.as_str());
            tracks.entry((old.track, new.track)).or_default().push(starts);
        }
        let mut lines = Vec::new();
        for mut starts in tracks.into_values() {
            starts.sort_unstable();
            if let Some((_, _, label)) = starts.first().filter(|_| !starts.is_sorted_by_key(|s| s.1)) {
                lines.push(format!("{label}: another order of the segments"));
            }
        }
        lines
    }
}

/// The start now, the start before, and the label of the track.
type Starts<'a> = (u64, u64, &'a str);

/// `Title added: 'Paradise Found', 0-3 s`
fn presence(piece: &Piece<'_>, what: &str) -> String {
    let start = seconds(piece.segment.start_ms);
    let end = piece.segment.end_ms().map(|end| format!("{start}-{} s", seconds(end)));
    let volume = piece.segment.volume_percent.map(|percent| format!("{percent}%"));
    let facts: Vec<String> = named(piece).into_iter().chain(end).chain(volume).collect();
    let colon = if facts.is_empty() { "" } else { ": " };
    format!("{} {what}{colon}{}", piece.label, facts.join(", "))
}

/// `BGM changed: Lo-fi, now 35% (was 100%)`
fn change(old: &Piece<'_>, new: &Piece<'_>) -> Option<String> {
    let mut facts = Vec::new();
    if old.name != new.name {
        let was = named(old).map_or(String::new(), |was| format!(" (was {was})"));
        facts.push(format!("now {}{was}", named(new).unwrap_or_else(|| "unnamed".to_owned())));
    }
    let (was, now) = (old.segment.duration_ms, new.segment.duration_ms);
    facts.extend(now_was(was.map(in_seconds), now.map(in_seconds)));
    let (was, now) = (old.segment.volume_percent, new.segment.volume_percent);
    facts.extend(now_was(was.map(|p| format!("{p}%")), now.map(|p| format!("{p}%"))));
    let moved = old.segment.start_ms != new.segment.start_ms;
    if facts.is_empty() && !moved && old.segment.canonical != new.segment.canonical {
        facts.push("other details".to_owned());
    }
    let name = named(new).filter(|_| old.name == new.name);
    let facts: Vec<String> = name.into_iter().chain(facts).collect();
    let says_more = facts.len() > usize::from(old.name == new.name && named(new).is_some());
    says_more.then(|| format!("{} changed: {}", new.label, facts.join(", ")))
}

/// `Title moved: 'Hi', now at 2 s (was at 0 s)`; only where the draft itself says the new place.
fn movement(old: &Piece<'_>, new: &Piece<'_>) -> Option<String> {
    let (was, now) = (old.segment.start_ms, new.segment.start_ms);
    if was == now || !new.segment.placed {
        return None;
    }
    let name = named(new).map_or(String::new(), |name| format!("{name}, "));
    let (was, now) = (seconds(was), seconds(now));
    Some(format!("{} moved: {name}now at {now} s (was at {was} s)", new.label))
}

/// `now 8 s (was 10 s)`, when that is a difference.
fn now_was(was: Option<String>, now: Option<String>) -> Option<String> {
    match (was, now) {
        (was, now) if was == now => None,
        (Some(was), Some(now)) => Some(format!("now {now} (was {was})")),
        (None, Some(now)) => Some(format!("now {now}")),
        (Some(was), None) => Some(format!("no longer {was}")),
        (None, None) => None,
    }
}

/// What is said of the draft itself rather than of a segment.
fn whole_draft_lines(before: Option<&Draft>, after: &Draft) -> Vec<String> {
    let mut lines = Vec::new();
    let frame = |draft: &Draft| draft.frame().map(|(width, height)| format!("{width}x{height}"));
    let length = |draft: &Draft| draft.duration_ms().map(in_seconds);
    lines.extend(fact("Frame", before.and_then(frame), frame(after)));
    lines.extend(fact("Length", before.and_then(length), length(after)));
    let count = |draft: &Draft| draft.tracks().len();
    let (was, now) = (before.map_or(0, count), count(after));
    let empty = |draft: &Draft| draft.tracks().iter().filter(|t| t.segments.is_empty()).count();
    if was != now && before.map_or(0, empty) != empty(after) {
        lines.push(format!("Tracks: {now} (were {was})"));
    }
    lines
}

fn fact(what: &str, was: Option<String>, now: Option<String>) -> Option<String> {
    let now = now.filter(|now| was.as_ref() != Some(now))?;
    let was = was.map_or(String::new(), |was| format!(" (was {was})"));
    Some(format!("{what}: {now}{was}"))
}

fn in_seconds(ms: u64) -> String {
    format!("{} s", seconds(ms))
}

/// The name made safe to show; writing in quotes.
fn named(piece: &Piece<'_>) -> Option<String> {
    let name = printable(piece.name?, NAME_CHARS);
    match piece.kind {
        _ if name.is_empty() => None,
        TrackKind::Text => Some(format!("'{name}'")),
        TrackKind::Video | TrackKind::Audio | TrackKind::Other(_) => Some(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(tracks: &str) -> Draft {
        Draft::parse(&format!(r#"{{"t":{tracks}}}"#)).unwrap()
    }

    fn report(before: &str, after: &str) -> Vec<String> {
        diff(Some(&draft(before)), &draft(after)).lines().to_vec()
    }

    const CITY: &str = r#"{"tt":0,"sg":[{"d":10000,"m":{"name":"city"}}]}"#;

    #[test]
    fn what_came_and_what_went() {
        let title = r#"{"tt":7,"sg":[{"d":3000,"m":{"text":"Paradise Found"}}]}"#;
        let (without, with) = (format!("[{CITY}]"), format!("[{title},{CITY}]"));
        assert_eq!(report(&without, &with), ["Title added: 'Paradise Found', 0-3 s"]);
        assert_eq!(report(&with, &without), ["Title removed: 'Paradise Found', 0-3 s"]);
    }

    #[test]
    fn what_changed() {
        let bgm = |facts: &str| format!(r#"[{CITY},{{"tt":1,"sg":[{{{facts}}}]}}]"#);
        let before = bgm(r#""d":10000,"m":{"name":"Lo-fi","volume":1}"#);
        let after = |facts: &str| report(&before, &bgm(facts));
        assert_eq!(
            after(r#""d":10000,"m":{"name":"Lo-fi","volume":0.35}"#),
            ["BGM changed: Lo-fi, now 35% (was 100%)"],
        );
        assert_eq!(after(r#""d":10000,"m":{"name":"Jazz","volume":1}"#), ["BGM changed: now Jazz (was Lo-fi)"],);
        assert_eq!(
            after(r#""d":10000,"s":2000,"m":{"name":"Lo-fi","volume":1}"#),
            ["BGM moved: Lo-fi, now at 2 s (was at 0 s)", "Length: 12 s (was 10 s)"],
        );
        assert_eq!(after(r#""d":10000,"x":1,"m":{"name":"Lo-fi","volume":1}"#), ["BGM changed: Lo-fi, other details"],);
    }

    #[test]
    fn cutting_the_first_segment_is_one_change() {
        let clips = |first: u32| {
            let rest = r#",{"d":2000,"m":{"name":"b"}},{"d":2000,"m":{"name":"c"}}"#;
            format!(r#"[{{"tt":0,"sg":[{{"d":{first},"m":{{"name":"a"}}}}{rest}]}}]"#)
        };
        assert_eq!(
            report(&clips(5_000), &clips(1_000)),
            ["Video changed: a, now 1 s (was 5 s)", "Length: 5 s (was 9 s)"],
        );
    }

    #[test]
    fn another_order_is_told() {
        let clip = |name: &str| format!(r#"{{"d":2000,"m":{{"name":"{name}"}}}}"#);
        let (a, b) = (clip("a"), clip("b"));
        let (ab, ba) = (format!("{a},{b}"), format!("{b},{a}"));
        let track = |list: &str| format!(r#"[{{"tt":0,"sg":[{list}]}}]"#);
        assert_eq!(report(&track(&ab), &track(&ba)), ["Video: another order of the segments"]);
    }

    #[test]
    fn unknown_keys_and_empty_tracks_are_no_silence() {
        assert_eq!(report("[]", r#"[{"tt":0,"sg":[]}]"#), ["Tracks: 1 (were 0)"]);
        let a = Draft::parse(r#"{"t":[],"zoom":1}"#).unwrap();
        let b = Draft::parse(r#"{"t":[],"zoom":2}"#).unwrap();
        assert_eq!(diff(Some(&a), &b).lines().len(), 1);
    }

    #[test]
    fn a_long_report_is_cut() {
        let many = format!("[{}]", vec![CITY; 500].join(","));
        let lines = report("[]", &many);
        assert_eq!(lines.len(), LINES + 1);
        assert_eq!(lines[LINES], "and 489 more changes");
    }
}
