//! What is known of tracks and segments, read under every name seen for it.

use serde_json::value::RawValue;

use super::canonical::canonical;
use crate::json::{self, Object};

/// The longest name or text that is kept for people; the draft itself keeps all of it.
const NAME_CHARS: usize = 200;

/// Times beyond this (about 31 years in ms) are no times.
const LATEST_MS: f64 = 1e12;

/// What a track carries (`tt` in PROTOCOL.md).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TrackKind {
    /// Moving or still pictures, `tt` 0.
    Video,
    /// Music, speech or sounds, `tt` 1.
    Audio,
    /// Titles, subtitles and other writing, `tt` 7.
    Text,
    /// A type this client doesn't know, with its number; -1 when the track doesn't say.
    Other(i64),
}

/// One track of a draft.
#[derive(Clone, Debug, PartialEq)]
pub struct Track {
    /// What it carries.
    pub kind: TrackKind,
    /// Its segments in the server's order.
    pub segments: Vec<Segment>,
    /// The track's own name from its metadata, raw server text of at most 200 characters.
    pub name: Option<String>,
    /// What the metadata says the track is for, such as `voiceover` or `subtitle`; raw server text.
    pub role: Option<String>,
}

/// One piece on a track.
#[derive(Clone, Debug, PartialEq)]
pub struct Segment {
    /// What it shows: for writing its text, else its name; raw server text of at most 200
    /// characters, to be made [printable](crate::printable) before a person sees it.
    pub name: Option<String>,
    /// Where it starts on the timeline, in ms.
    pub start_ms: u64,
    /// Whether the draft said where it starts; otherwise it follows the segment before it.
    pub placed: bool,
    /// How long it lasts, in ms, when the draft says so.
    pub duration_ms: Option<u64>,
    /// Its loudness in percent of the source, when the draft says so.
    pub volume_percent: Option<u32>,
    /// Its JSON in one spelling per meaning; two equal ones are the same segment.
    pub(super) canonical: String,
}

impl Segment {
    /// Where it ends on the timeline, in ms; `None` when its duration is unknown.
    ///
    /// ```
    /// # use weixin_video_core::draft::Draft;
    /// let draft = Draft::parse(r#"{"t":[{"tt":0,"sg":[{"s":500,"d":1500}]}]}"#).unwrap();
    /// assert_eq!(draft.tracks()[0].segments[0].end_ms(), Some(2_000));
    /// ```
    pub fn end_ms(&self) -> Option<u64> {
        self.duration_ms.map(|duration| self.start_ms.saturating_add(duration))
    }
}

/// The tracks of a draft object.
pub(super) fn tracks(draft: &Object<'_>) -> Vec<Track> {
    let list = draft.member("t").map(json::items).unwrap_or_default();
    list.into_iter().filter_map(Object::of).map(|object| track(&object)).collect()
}

/// A time in ms; negative, endless and unreadable ones are none.
pub(super) fn milliseconds(value: &RawValue) -> Option<u64> {
    let written = json::number(value)?;
    (0.0..=LATEST_MS).contains(&written).then(|| written.round() as u64)
}

fn track(object: &Object<'_>) -> Track {
    let metadata = object.member("m").and_then(Object::of);
    let kind = match object.first(&["tt"], json::number) {
        Some(0.0) => TrackKind::Video,
        Some(1.0) => TrackKind::Audio,
        Some(7.0) => TrackKind::Text,
        Some(other) => TrackKind::Other(other as i64),
        None => TrackKind::Other(-1),
    };
    let list = object.member("sg").map(json::items).unwrap_or_default();
    let volume_percent = volume(object, metadata.as_ref());
    let mut segments = Vec::with_capacity(list.len());
    let mut end = 0;
    for raw in list {
        let mut segment = segment(raw, kind, end);
        segment.volume_percent = segment.volume_percent.or(volume_percent);
        end = segment.end_ms().unwrap_or(segment.start_ms);
        segments.push(segment);
    }
    if let [only] = segments.as_mut_slice() {
        only.duration_ms = only.duration_ms.or_else(|| object.first(&["d"], milliseconds));
    }
    Track {
        kind,
        segments,
        name: metadata.as_ref().and_then(|m| m.first(&["name", "title"], name)),
        role: metadata.as_ref().and_then(|m| m.first(&["role", "type", "kind"], name)),
    }
}

/// A segment that would start at `follows_ms` if it doesn't say otherwise.
///
/// Something that is no object still counts as a segment: the server put it there.
fn segment(raw: &RawValue, kind: TrackKind, follows_ms: u64) -> Segment {
    let object = Object::of(raw);
    let metadata = object.as_ref().and_then(|o| o.member("m")).and_then(Object::of);
    let levels = [metadata.as_ref(), object.as_ref()];
    let placed = object.as_ref().and_then(|object| start(object, metadata.as_ref()));
    let names: &[&str] = match kind {
        TrackKind::Text => &["text", "content", "title", "name"],
        TrackKind::Video | TrackKind::Audio | TrackKind::Other(_) => {
            &["title", "name", "text", "description", "filename"]
        }
    };
    Segment {
        name: levels.iter().flatten().find_map(|level| level.first(names, name)),
        start_ms: placed.unwrap_or(follows_ms),
        placed: placed.is_some(),
        duration_ms: object.as_ref().and_then(|object| duration(object, metadata.as_ref())),
        volume_percent: object.as_ref().and_then(|o| volume(o, metadata.as_ref())),
        canonical: canonical(raw),
    }
}

fn start(segment: &Object<'_>, metadata: Option<&Object<'_>>) -> Option<u64> {
    const KEYS: &[&str] = &["start", "start_ms", "startMs", "start_time", "st", "s"];
    segment
        .first(KEYS, milliseconds)
        .or_else(|| range(segment)?.first(KEYS, milliseconds))
        .or_else(|| metadata?.first(KEYS, milliseconds))
}

fn duration(segment: &Object<'_>, metadata: Option<&Object<'_>>) -> Option<u64> {
    const KEYS: &[&str] = &["d", "duration", "duration_ms"];
    segment
        .first(KEYS, milliseconds)
        .or_else(|| range(segment)?.first(KEYS, milliseconds))
        .or_else(|| metadata?.first(KEYS, milliseconds))
}

/// The place on the timeline, where it is an object of its own.
fn range<'a>(segment: &Object<'a>) -> Option<Object<'a>> {
    segment.first(&["target_timerange", "targetTimerange", "target", "tr"], Object::of)
}

/// Loudness in percent. Up to 2 it is a factor (0.35 is 35 %, 2 is twice as loud), above that it is
/// already percent.
fn volume(level: &Object<'_>, metadata: Option<&Object<'_>>) -> Option<u32> {
    const KEYS: &[&str] = &["volume", "vol"];
    let written =
        metadata.and_then(|metadata| metadata.first(KEYS, json::number)).or_else(|| level.first(KEYS, json::number))?;
    let percent = if written <= 2.0 { written * 100.0 } else { written };
    (0.0..=10_000.0).contains(&percent).then(|| percent.round() as u32)
}

/// A name that says something, bounded.
fn name(value: &RawValue) -> Option<String> {
    let text = json::text(value)?;
    let bounded: String = text.trim().chars().take(NAME_CHARS).collect();
    (!bounded.is_empty()).then_some(bounded)
}

#[cfg(test)]
mod tests {
    use super::super::Draft;
    use super::*;

    fn segments(list: &str) -> Vec<Segment> {
        let draft = Draft::parse(&format!(r#"{{"t":[{{"tt":0,"sg":{list}}}]}}"#)).unwrap();
        draft.tracks()[0].segments.clone()
    }

    #[test]
    fn starts_stand_under_many_names() {
        for start in [
            r#""s":2500"#,
            r#""st":"2500""#,
            r#""start":2500.0"#,
            r#""m":{"start_ms":2500}"#,
            r#""target_timerange":{"start":2500,"duration":9}"#,
        ] {
            let [segment] = &segments(&format!(r#"[{{"d":500,{start}}}]"#))[..] else {
                panic!("one segment");
            };
            assert_eq!((segment.start_ms, segment.end_ms()), (2_500, Some(3_000)), "{start}");
        }
    }

    #[test]
    fn segments_without_a_start_follow_each_other() {
        let list = segments(r#"[{"d":1000},{"d":500},{"s":4000,"d":1},{"d":1e99},7]"#);
        let starts: Vec<u64> = list.iter().map(|segment| segment.start_ms).collect();
        assert_eq!(starts, [0, 1_000, 1_500 + 2_500, 4_001, 4_001]);
        assert_eq!(list[3].duration_ms, None);
    }

    #[test]
    fn volume_is_a_factor_or_percent() {
        for (written, percent) in [("0.35", Some(35)), ("35", Some(35)), ("1", Some(100)), ("0", Some(0)), ("-6", None)]
        {
            let list = segments(&format!(r#"[{{"m":{{"volume":{written}}}}}]"#));
            assert_eq!(list[0].volume_percent, percent, "{written}");
        }
    }
}
