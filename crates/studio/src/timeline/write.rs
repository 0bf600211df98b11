//! From a timeline to the draft that says the same.

use serde_json::{Map, Value, json};

use super::{Gain, Music, Placed, Rest, Segment, Settings, Text, Timeline, Turn};
use crate::ops::{TextRole, TransitionKind};

impl Timeline {
    /// The draft as it goes over the wire (PROTOCOL.md, "Draft: short keys"), which [`Timeline::read`] reads again.
    pub fn write(&self) -> Value {
        let total = self.duration_ms();
        let mut tracks = vec![json!({ "tt": 0, "sg": self.picture() })];
        tracks.extend(self.music.as_ref().map(|music| self.music_track(music)));
        let roles = TextRole::ALL.iter().filter_map(|role| self.text_track(*role));
        tracks.extend(roles);
        let mut meta = self.rest.meta.clone();
        if let Some((width, height)) = self.frame() {
            meta.insert("width".to_owned(), width.into());
            meta.insert("height".to_owned(), height.into());
        }
        if self.settings != Settings::default() {
            meta.insert("edit".to_owned(), json!(self.settings));
        }
        let mut draft = self.rest.own.clone();
        draft.insert("d".to_owned(), total.into());
        draft.insert("m".to_owned(), meta.into());
        draft.insert("t".to_owned(), tracks.into());
        draft.into()
    }

    fn picture(&self) -> Vec<Value> {
        // Only a crossfade moves a segment from where it would follow the one before.
        let crossfade = self.settings.transition.is_some_and(|t| t.kind == TransitionKind::Crossfade);
        let placed: Vec<Placed> = if crossfade { self.placed() } else { Vec::new() };
        let start = |index| placed.iter().find(|placed| placed.index == index).map(|placed| placed.on.from);
        self.segments.iter().enumerate().map(|(index, segment)| segment.written(start(index))).collect()
    }

    fn music_track(&self, music: &Music) -> Value {
        let (mut own, mut meta) = music.rest.begin();
        meta.insert("name".to_owned(), music.name.as_str().into());
        write_gain(&mut meta, music.volume, music.muted);
        own.insert("src".to_owned(), music.source.as_str().into());
        if let Some(on) = self.music_on() {
            own.insert("s".to_owned(), on.from.into());
            own.insert("d".to_owned(), on.length().into());
        }
        let mut said = json!({
            "start": music.start, "dur": music.dur, "looped": music.looped,
            "fades": music.fades, "silent": music.silent,
        });
        if music.skip > 0 {
            said["skip"] = music.skip.into();
        }
        own.insert("music".to_owned(), said);
        own.insert("m".to_owned(), meta.into());
        json!({ "tt": 1, "m": { "role": "bgm" }, "sg": [own] })
    }

    fn text_track(&self, role: TextRole) -> Option<Value> {
        let texts = self.texts.iter().enumerate().filter(|(_, text)| text.role == role);
        let segments: Vec<Value> = texts.map(|(layer, text)| self.text_segment(layer, text)).collect();
        let files = self.subtitles.iter().filter(|_| role == TextRole::Subtitle);
        let segments: Vec<Value> = files.map(|file| file.write().into()).chain(segments).collect();
        (!segments.is_empty()).then(|| json!({ "tt": 7, "m": { "role": role }, "sg": segments }))
    }

    fn text_segment(&self, layer: usize, text: &Text) -> Value {
        let (mut own, mut meta) = text.rest.begin();
        meta.insert("text".to_owned(), text.text.as_str().into());
        let on = self.text_on(text);
        own.insert("s".to_owned(), on.map_or_else(|| self.duration_ms(), |on| on.from).into());
        own.insert("d".to_owned(), on.map_or(0, |on| on.length()).into());
        let mut at = json!({ "start": text.start, "dur": text.dur, "layer": layer });
        if let Some(pos) = text.pos {
            at["pos"] = json!(pos);
        }
        own.insert("at".to_owned(), at);
        own.insert("m".to_owned(), meta.into());
        own.into()
    }
}

impl Segment {
    fn written(&self, start: Option<u64>) -> Value {
        let (mut own, mut meta) = self.rest.begin();
        meta.insert("name".to_owned(), self.name.as_str().into());
        if let Some((width, height)) = self.size {
            meta.insert("width".to_owned(), width.into());
            meta.insert("height".to_owned(), height.into());
        }
        write_gain(&mut meta, self.volume, self.muted);
        own.insert("src".to_owned(), self.source.as_str().into());
        own.insert("clip".to_owned(), self.clip.into());
        let times = [("s", start), ("d", self.length_ms()), ("in", Some(self.from_ms)), ("out", self.to_ms)];
        own.extend(times.into_iter().filter_map(|(key, ms)| Some((key.to_owned(), ms?.into()))));
        if self.still {
            own.insert("still".to_owned(), true.into());
        }
        if self.speed != super::Speed::NORMAL {
            own.insert("speed".to_owned(), self.speed.factor().into());
        }
        if self.turn != Turn::default() {
            own.insert("turn".to_owned(), self.turn.degrees().into());
            own.insert("mirror".to_owned(), self.turn.mirrored().into());
        }
        own.insert("m".to_owned(), meta.into());
        own.into()
    }
}

impl Rest {
    pub(super) fn begin(&self) -> (Map<String, Value>, Map<String, Value>) {
        (self.own.clone(), self.meta.clone())
    }
}

/// `volume` is what is heard; `sound` what it comes back to when it is off.
fn write_gain(meta: &mut Map<String, Value>, gain: Gain, muted: bool) {
    let heard = if muted { 0.0 } else { gain.fraction() };
    if muted || gain != Gain::FULL {
        meta.insert("volume".to_owned(), heard.into());
    }
    if muted {
        meta.insert("sound".to_owned(), gain.fraction().into());
    }
}
