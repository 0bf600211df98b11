//! From a draft to the timeline that it says, or the reason why not.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::units::{Fades, Gain, Range, Speed, Turn, name};
use super::{LONGEST_MS, MOST_SUBTITLES, Music, Rest, Segment, Settings, Subtitles, Text, Timeline};
use crate::error::{Error, plain};
use crate::ops::{Position, Resolution, TextRole};

/// More segments or writings than this are no timeline of a person's.
const MOST: usize = 1_000;

/// The longest id of a source, in bytes.
const LONGEST_ID: usize = 200;

/// Sides of a picture that can be asked for, in pixels.
const SIDES: std::ops::RangeInclusive<u32> = 16..=8_192;

impl Timeline {
    /// Reads a draft, and refuses whatever would be left out of the picture or the sound.
    ///
    /// # Errors
    /// [`Error::Draft`] with the reason.
    pub fn read(draft: &Value) -> Result<Self, Error> {
        let own = draft.as_object().ok_or_else(|| no("it is no timeline"))?;
        let tracks = own.get("t").and_then(Value::as_array).ok_or_else(|| no("it has no tracks"))?;
        let mut timeline = Self {
            settings: settings(draft)?,
            rest: rest(own, &["d", "t", "m"], &["width", "height", "edit"]),
            ..Self::default()
        };
        let mut texts = Vec::new();
        for track in tracks.iter().filter(|track| !segments_of(track).is_empty()) {
            timeline.take_track(track, &mut texts)?;
        }
        if timeline.segments.is_empty() {
            return Err(no("no track has a segment"));
        }
        // Writings lie on each other in the order in which they came, whatever track they are on.
        texts.sort_by_key(|(layer, _)| *layer);
        timeline.texts = texts.into_iter().map(|(_, text)| text).collect();
        if timeline.duration_ms() > LONGEST_MS {
            return Err(no("it is longer than a day"));
        }
        Ok(timeline)
    }

    fn take_track(&mut self, track: &Value, texts: &mut Vec<(u64, Text)>) -> Result<(), Error> {
        let segments = segments_of(track);
        if segments.len() > MOST {
            return Err(no("a track has too many segments"));
        }
        match track.get("tt").and_then(Value::as_u64) {
            Some(0) if !self.segments.is_empty() => {
                return Err(no("it has more than one video track, and only one can be rendered here"));
            }
            Some(0) => {
                for (index, segment) in segments.iter().enumerate() {
                    self.segments.push(read_segment(segment, index)?);
                }
            }
            Some(1) => match (segments, &self.music) {
                ([only], None) => self.music = Some(read_music(only)?),
                _ => return Err(no("it has more than one piece of music")),
            },
            Some(7) => self.take_writing(track, texts)?,
            Some(_) | None => return Err(no("it has a track of a kind that is not known here")),
        }
        Ok(())
    }

    fn take_writing(&mut self, track: &Value, texts: &mut Vec<(u64, Text)>) -> Result<(), Error> {
        let role = read_role(track)?;
        let mut end = 0;
        for segment in segments_of(track) {
            if Subtitles::is_one(segment) {
                self.subtitles.push(Subtitles::read(segment)?);
                continue;
            }
            let (layer, text) = read_text(segment, role, end)?;
            end = text.start.unsigned_abs().saturating_add(text.dur.unwrap_or(0));
            texts.push((layer, text));
        }
        if self.subtitles.len() > MOST_SUBTITLES {
            return Err(no("it has too many files of subtitles"));
        }
        Ok(())
    }
}

fn read_segment(value: &Value, index: usize) -> Result<Segment, Error> {
    let own = value.as_object().ok_or_else(|| no("a segment is none"))?;
    let source = read_source(own)?;
    let meta = meta(own);
    let speed = match own.get("speed") {
        None => Speed::NORMAL,
        Some(speed) => speed.as_f64().and_then(Speed::of).ok_or_else(|| no("a segment's speed makes no sense"))?,
    };
    let from_ms = time(own, "in")?.unwrap_or(0);
    // A still picture had no length in older drafts, and they said so with a zero.
    let length = time(own, "d")?.filter(|length| *length > 0);
    let to_ms = time(own, "out")?.or_else(|| length.map(|length| from_ms.saturating_add(speed.covered(length))));
    if to_ms.is_some_and(|to| to <= from_ms || to > LONGEST_MS) {
        return Err(no("a segment ends before it begins"));
    }
    if meta.and_then(|meta| meta.get("text")).is_some_and(|text| !text.is_null()) {
        return Err(no("a segment has its own text, which can't be rendered here"));
    }
    let (volume, muted) = read_gain(meta)?;
    let side = |key| u32::try_from(meta?.get(key)?.as_u64()?).ok();
    let clip = own.get("clip").and_then(Value::as_u64).and_then(|clip| u32::try_from(clip).ok());
    Ok(Segment {
        clip: clip.unwrap_or_else(|| u32::try_from(index + 1).unwrap_or(u32::MAX)),
        name: name_of(meta, &source),
        still: own.get("still").and_then(Value::as_bool).unwrap_or(false),
        source,
        from_ms,
        to_ms,
        speed,
        turn: read_turn(own)?,
        volume,
        muted,
        size: side("width").zip(side("height")),
        rest: rest(own, SEGMENT_KEYS, SEGMENT_META),
    })
}

const SEGMENT_KEYS: &[&str] = &["src", "clip", "s", "d", "in", "out", "still", "speed", "turn", "mirror", "m"];
const SEGMENT_META: &[&str] = &["name", "width", "height", "volume", "sound", "text"];

fn read_turn(own: &Map<String, Value>) -> Result<Turn, Error> {
    let degrees = own.get("turn").map_or(Some(0), Value::as_i64).and_then(|degrees| i32::try_from(degrees).ok());
    let mirrored = own.get("mirror").map_or(Some(false), Value::as_bool);
    let turn = degrees.zip(mirrored).and_then(|(degrees, mirrored)| Turn::new(degrees, mirrored));
    turn.ok_or_else(|| no("a segment is turned by an angle that can't be made"))
}

/// What the music's key of the same name says, where it is there.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Said {
    start: i64,
    dur: Option<u64>,
    looped: bool,
    #[serde(default)]
    skip: u64,
    #[serde(default)]
    fades: Fades,
    #[serde(default)]
    silent: Vec<Range>,
}

fn read_music(value: &Value) -> Result<Music, Error> {
    let own = value.as_object().ok_or_else(|| no("a segment is none"))?;
    let source = read_source(own)?;
    let meta = meta(own);
    let (volume, muted) = read_gain(meta)?;
    let said = match own.get("music") {
        Some(said) => Said::deserialize(said).map_err(|_| no("what it says of the music makes no sense"))?,
        None => Said {
            start: time(own, "s")?.unwrap_or(0).cast_signed(),
            dur: time(own, "d")?.filter(|length| *length > 0),
            looped: true,
            skip: 0,
            fades: Fades::default(),
            silent: Vec::new(),
        },
    };
    let apart = said.silent.windows(2).all(|pair| pair[0].to <= pair[1].from);
    let whole = said.silent.iter().all(|range| range.from < range.to && range.to <= LONGEST_MS);
    if !apart
        || !whole
        || said.skip > LONGEST_MS
        || said.silent.len() > MOST
        || !possible(said.start, said.dur)
        || !bounded(said.fades)
    {
        return Err(no("what it says of the music makes no sense"));
    }
    let Said { start, dur, looped, skip, fades, silent } = said;
    let name = name_of(meta, &source);
    let rest = rest(own, &["src", "s", "d", "music", "m"], &["name", "volume", "sound"]);
    Ok(Music { source, name, start, dur, looped, skip, volume, muted, silent, fades, rest })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct At {
    start: i64,
    dur: Option<u64>,
    #[serde(default)]
    pos: Option<Position>,
    #[serde(default)]
    layer: u64,
}

fn read_text(value: &Value, role: TextRole, follows: u64) -> Result<(u64, Text), Error> {
    let own = value.as_object().ok_or_else(|| no("a segment is none"))?;
    let text = meta(own).and_then(|meta| meta.get("text")).and_then(Value::as_str);
    let text = text.ok_or_else(|| no("a text track has a segment without text"))?;
    if text.chars().nth(Text::LONGEST).is_some() {
        return Err(no("a text is too long"));
    }
    let at = match own.get("at") {
        Some(at) => At::deserialize(at).map_err(|_| no("the place of a text makes no sense"))?,
        None => {
            let start = time(own, "s")?.unwrap_or(follows).cast_signed();
            At { start, dur: time(own, "d")?.filter(|length| *length > 0), pos: None, layer: u64::MAX }
        }
    };
    if !possible(at.start, at.dur) {
        return Err(no("the place of a text makes no sense"));
    }
    let rest = rest(own, &["s", "d", "at", "m"], &["text"]);
    Ok((at.layer, Text { role, text: text.to_owned(), start: at.start, dur: at.dur, pos: at.pos, rest }))
}

/// A track that doesn't say what its writing is for has titles on it.
fn read_role(track: &Value) -> Result<TextRole, Error> {
    match track.get("m").and_then(|meta| meta.get("role")) {
        None | Some(Value::Null) => Ok(TextRole::Title),
        Some(role) => TextRole::deserialize(role).map_err(|_| no("it has writing of a kind that is not known here")),
    }
}

fn settings(draft: &Value) -> Result<Settings, Error> {
    let meta = draft.get("m");
    let settings = match meta.and_then(|meta| meta.get("edit")) {
        None | Some(Value::Null) => Settings::default(),
        Some(said) => Settings::deserialize(said)
            .map_err(|_| no("it asks for something that is not known here; a newer version may have made it"))?,
    };
    if !possible_settings(&settings) {
        return Err(no("it asks for a size, a rate, a level or a time that can't be made"));
    }
    Ok(settings)
}

fn possible_settings(settings: &Settings) -> bool {
    let output = &settings.output;
    let sides = match output.resolution {
        None => true,
        Some(Resolution::Short { short_side }) => SIDES.contains(&short_side),
        Some(Resolution::Exact { w, h }) => SIDES.contains(&w) && SIDES.contains(&h),
    };
    let id = |id: &String| {
        !id.is_empty()
            && id.len() <= 40
            && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    sides
        && output.fps_milli.is_none_or(|fps| (1_000..=240_000).contains(&fps))
        && output.max_bytes.is_none_or(|bytes| bytes > 0)
        && output.destination.as_ref().is_none_or(id)
        && settings.loudness.is_none_or(|lufs| (-7_000..=0).contains(&lufs))
        && settings.transition.is_none_or(|transition| transition.ms <= LONGEST_MS)
        && [settings.picture, settings.sound, settings.original].into_iter().all(bounded)
        && settings.seen.len() <= MOST
}

fn bounded(fades: Fades) -> bool {
    fades.in_ms <= LONGEST_MS && fades.out_ms <= LONGEST_MS
}

fn possible(start: i64, dur: Option<u64>) -> bool {
    start.unsigned_abs() <= LONGEST_MS && dur.is_none_or(|dur| (1..=LONGEST_MS).contains(&dur))
}

pub(super) fn read_source(own: &Map<String, Value>) -> Result<String, Error> {
    let source = own.get("src").and_then(Value::as_str).filter(|id| id.len() <= LONGEST_ID);
    source.map(str::to_owned).ok_or_else(|| no("a segment names no clip of this machine"))
}

fn read_gain(meta: Option<&Map<String, Value>>) -> Result<(Gain, bool), Error> {
    let level = |key| match meta.and_then(|meta| meta.get(key)) {
        None | Some(Value::Null) => Ok(None),
        Some(level) => level.as_f64().and_then(Gain::of).map(Some).ok_or_else(|| no("a volume makes no sense")),
    };
    Ok(match (level("volume")?, level("sound")?) {
        (_, Some(sound)) => (sound, true),
        // What is off without a word of what it was comes back in full.
        (Some(heard), None) if heard.fraction() == 0.0 => (Gain::FULL, true),
        (heard, None) => (heard.unwrap_or(Gain::FULL), false),
    })
}

pub(super) fn name_of(meta: Option<&Map<String, Value>>, source: &str) -> String {
    name(meta.and_then(|meta| meta.get("name")).and_then(Value::as_str).unwrap_or(source))
}

/// A time in ms; hostile numbers are refused, fractions rounded.
fn time(own: &Map<String, Value>, key: &str) -> Result<Option<u64>, Error> {
    let Some(value) = own.get(key).filter(|value| !value.is_null()) else { return Ok(None) };
    let whole = || value.as_f64().filter(|ms| *ms >= 0.0 && *ms <= LONGEST_MS as f64).map(|ms| ms.round() as u64);
    let ms = value.as_u64().or_else(whole).filter(|ms| *ms <= LONGEST_MS);
    ms.map(Some).ok_or_else(|| no("a segment's length makes no sense"))
}

fn segments_of(track: &Value) -> &[Value] {
    track.get("sg").and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

pub(super) fn meta(own: &Map<String, Value>) -> Option<&Map<String, Value>> {
    own.get("m").and_then(Value::as_object)
}

/// All keys but these.
pub(super) fn rest(own: &Map<String, Value>, known: &[&str], known_meta: &[&str]) -> Rest {
    let others = |map: &Map<String, Value>, known: &[&str]| {
        let others = map.iter().filter(|(key, _)| !known.contains(&key.as_str()));
        others.map(|(key, value)| (key.clone(), value.clone())).collect()
    };
    Rest { own: others(own, known), meta: meta(own).map_or_else(Map::new, |meta| others(meta, known_meta)) }
}

pub(super) fn no(why: &str) -> Error {
    Error::Draft { why: plain(why, 200) }
}
