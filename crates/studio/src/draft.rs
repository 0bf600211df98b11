//! Timelines in the short keys of the wire: PROTOCOL.md, "Draft: short keys".

use serde_json::{Map, Value, json};

use crate::{
    error::{Error, plain},
    facts::MediaFacts,
    plan::frame_size,
    wish::FormatWish,
};

/// Key of the wish in the draft's metadata; opaque to everybody else.
const WISH: &str = "format";

/// Key of a segment's source; opaque to everybody else.
const SOURCE: &str = "src";

/// The longest timeline in ms: a day, beyond what any destination takes.
const LONGEST_MS: u64 = 24 * 60 * 60 * 1000;

/// A clip that may stand on a timeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Any string that the caller knows the clip by. It is never opened as a path.
    pub id: String,
    /// The file's name as the person knows it.
    pub name: String,
    /// What [`probe`](crate::probe()) said about it.
    pub facts: MediaFacts,
}

/// Puts clips on one video track, one after the other, to be formatted as wished.
///
/// The answer is the draft as it goes over the wire (PROTOCOL.md, "Draft: short keys"): `t`
/// tracks, `tt` 0 for video, `sg` segments, `d` in ms, `m` metadata. Each segment names its
/// source in `src`, and the wish lies in `m.format`, so that the draft alone tells
/// [`plan`](crate::plan()) what to make.
pub fn draft(sources: &[Source], wish: &FormatWish) -> Value {
    let segments: Vec<Value> = sources.iter().map(segment).collect();
    let total = sources.iter().fold(0, |sum: u64, s| sum.saturating_add(s.facts.duration_ms));
    let draft = json!({ "d": total, "m": {}, "t": [{ "tt": 0, "sg": segments }] });
    let size = sources.iter().find_map(|source| source.facts.video.as_ref()).map(|video| frame_size(video, wish));
    let mut draft = reformat(&draft, wish);
    if let (Some((width, height)), Some(meta)) = (size, metadata(&mut draft)) {
        meta.insert("width".into(), width.into());
        meta.insert("height".into(), height.into());
    }
    draft
}

/// The same draft with another wish. All other keys stay as they are, known or not.
pub fn reformat(draft: &Value, wish: &FormatWish) -> Value {
    let mut draft = draft.clone();
    if let Some(meta) = metadata(&mut draft) {
        meta.insert(WISH.into(), json!({ "max_fps": wish.max_fps, "short_side": wish.short_side }));
    }
    draft
}

/// The part of a draft that the renderer understands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Timeline {
    pub(crate) wish: FormatWish,
    pub(crate) segments: Vec<Segment>,
}

/// A clip on the timeline, or its first `length_ms`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Segment {
    pub(crate) source: String,
    /// The clip's name as the person knows it, else the source's id; safe to show.
    pub(crate) name: String,
    /// `None` when the draft doesn't say it: all of the clip.
    pub(crate) length_ms: Option<u64>,
}

impl Timeline {
    /// Reads a draft, and refuses whatever would be left out of the picture or the sound.
    pub(crate) fn read(draft: &Value) -> Result<Self, Error> {
        let tracks = draft.get("t").and_then(Value::as_array).ok_or_else(|| no("it has no tracks"))?;
        let mut filled = tracks.iter().filter(|track| !segments_of(track).is_empty());
        let track = filled.next().ok_or_else(|| no("no track has a segment"))?;
        for track in std::iter::once(track).chain(filled.clone()) {
            check_type(track)?;
        }
        if filled.next().is_some() {
            return Err(no("it has more than one video track, and only one can be rendered here"));
        }
        let segments = segments_of(track).iter().map(read_segment).collect::<Result<_, _>>()?;
        Ok(Self { wish: read_wish(draft)?, segments })
    }
}

fn segment(source: &Source) -> Value {
    let mut meta = Map::new();
    meta.insert("name".into(), source.name.as_str().into());
    if let Some(video) = &source.facts.video {
        meta.insert("width".into(), video.display_width.into());
        meta.insert("height".into(), video.display_height.into());
    }
    json!({ "d": source.facts.duration_ms, SOURCE: source.id, "m": meta })
}

/// The draft's metadata, made when it isn't there; `None` for a value that is no draft.
fn metadata(draft: &mut Value) -> Option<&mut Map<String, Value>> {
    let meta = draft.as_object_mut()?.entry("m").or_insert(Value::Null);
    if meta.is_null() {
        *meta = json!({});
    }
    meta.as_object_mut()
}

fn segments_of(track: &Value) -> &[Value] {
    track.get("sg").and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn check_type(track: &Value) -> Result<(), Error> {
    let what = match track.get("tt").and_then(Value::as_u64) {
        Some(0) => return Ok(()),
        Some(1) => "it has a sound track, which can't be rendered here yet",
        Some(7) => "it has a text track, which can't be rendered here yet",
        Some(_) | None => "it has a track of a kind that is not known here",
    };
    Err(no(what))
}

fn read_segment(segment: &Value) -> Result<Segment, Error> {
    let source = segment.get(SOURCE).and_then(Value::as_str);
    let source = source.ok_or_else(|| no("a segment names no clip of this machine"))?;
    let meta = segment.get("m").and_then(Value::as_object);
    // Rendering without these would be an edit that silently got lost.
    let unheeded = ["volume", "text"].into_iter().find(|key| {
        let value = meta.and_then(|meta| meta.get(*key));
        value.is_some_and(|value| !value.is_null() && value.as_f64() != Some(1.0))
    });
    if let Some(key) = unheeded {
        return Err(no(&format!("a segment has its own {key}, which can't be rendered here yet")));
    }
    let length_ms = match segment.get("d") {
        None | Some(Value::Null) => None,
        // A still picture has no length, and the draft says so with a zero.
        Some(length) => Some(read_length(length)?).filter(|length| *length > 0),
    };
    let name = meta.and_then(|meta| meta.get("name")).and_then(Value::as_str);
    let name = plain(name.unwrap_or(source), 80);
    Ok(Segment { source: source.to_owned(), name, length_ms })
}

fn read_length(length: &Value) -> Result<u64, Error> {
    let whole = length
        .as_u64()
        .or_else(|| length.as_f64().filter(|ms| *ms >= 0.0 && *ms <= LONGEST_MS as f64).map(|ms| ms.round() as u64));
    whole.filter(|ms| *ms <= LONGEST_MS).ok_or_else(|| no("a segment's length makes no sense"))
}

fn read_wish(draft: &Value) -> Result<FormatWish, Error> {
    let wish = match draft.get("m").and_then(|meta| meta.get(WISH)) {
        None | Some(Value::Null) => return Ok(FormatWish::default()),
        Some(wish) => serde_json::from_value::<FormatWish>(wish.clone()),
    };
    wish.ok().filter(FormatWish::is_possible).ok_or_else(|| no("its wished format is none that can be made here"))
}

fn no(why: &str) -> Error {
    Error::Draft { why: plain(why, 200) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(draft: &Value) -> String {
        match Timeline::read(draft) {
            Err(Error::Draft { why }) => why,
            other => panic!("expected a refusal, got {other:?}"),
        }
    }

    fn on_track(segment: &Value) -> Value {
        json!({ "t": [{ "tt": 0, "sg": [segment] }] })
    }

    #[test]
    fn a_new_wish_changes_nothing_else() {
        let before = json!({
            "d": 3, "m": { "title": "假日", "x": [1, { "y": null }] }, "zz": 1e300,
            "t": [{ "tt": 9, "sg": [], "q": {} }]
        });
        let wish = FormatWish { max_fps: 60, short_side: 720 };
        let mut after = reformat(&before, &wish);
        assert_eq!(after["m"]["format"], json!({ "max_fps": 60, "short_side": 720 }));
        after["m"].as_object_mut().unwrap().remove("format");
        assert_eq!(after, before);
    }

    #[test]
    fn unknown_keys_and_empty_tracks_are_no_obstacle() {
        let draft = json!({
            "new": true,
            "t": [{ "tt": 7, "sg": [] }, { "tt": 0, "sg": [{ "src": "a", "d": 1500.4, "k": 1 }] }]
        });
        let timeline = Timeline::read(&draft).unwrap();
        assert_eq!(timeline.wish, FormatWish::default());
        assert_eq!(
            timeline.segments,
            [Segment { source: "a".to_owned(), name: "a".to_owned(), length_ms: Some(1500) }]
        );
    }

    #[test]
    fn what_would_be_lost_is_refused() {
        let video = json!({ "tt": 0, "sg": [{ "src": "a" }] });
        let with = |other: Value| json!({ "t": [video, other] });
        let cases = [
            (json!({}), "no tracks"),
            (json!({ "t": [{ "tt": 0, "sg": [] }] }), "no track has a segment"),
            (with(json!({ "tt": 7, "sg": [{ "d": 1 }] })), "text track"),
            (with(json!({ "tt": 1, "sg": [{ "d": 1 }] })), "sound track"),
            (with(video.clone()), "more than one video track"),
            (with(json!({ "tt": 33, "sg": [{}] })), "not known here"),
            (on_track(&json!({ "d": 1 })), "names no clip"),
            (on_track(&json!({ "src": "a", "d": -1 })), "length"),
            (on_track(&json!({ "src": "a", "d": u64::MAX })), "length"),
            (on_track(&json!({ "src": "a", "d": "1" })), "length"),
            (on_track(&json!({ "src": "a", "m": { "volume": 0.5 } })), "own volume"),
        ];
        for (draft, why) in cases {
            let said = refusal(&draft);
            assert!(said.contains(why), "{draft} gave: {said}");
        }
    }

    #[test]
    fn a_wish_from_outside_is_checked() {
        for wish in [json!({ "max_fps": 0 }), json!({ "short_side": 9000 }), json!("4k")] {
            let mut draft = on_track(&json!({ "src": "a" }));
            draft["m"] = json!({ "format": wish });
            assert!(refusal(&draft).contains("wished format"), "{draft}");
        }
    }
}
