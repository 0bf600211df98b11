//! What can be done to a video, as data: what words come to, and what is applied to a draft.
//!
//! As JSON an operation is one object with its name in `op`; a field that the words did not say is left out. Times are
//! whole ms, levels and factors fractions (35 % is 0.35), sizes bytes (MB = 1,000,000), clips counted from 1. `then` says
//! that the times refer to the timeline as the operations before it leave it, and not as it was before the message.
#![expect(missing_docs, reason = "a field or a word that says what it is by its name has no more to say")]

mod wire;
mod words;

use serde::{Deserialize, Serialize};

pub use words::{
    About, Axis, Codec, Container, Direction, FadeKind, FadeTarget, Fit, Position, Ratio, Sound, TextRole, Track,
    TransitionKind, What,
};

/// One edit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "op", rename_all = "snake_case", deny_unknown_fields)]
pub enum EditOp {
    /// Only these parts stay, in this order.
    Keep {
        #[serde(flatten)]
        parts: Parts,
        /// Of this clip, counted from 1, in its own time.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        clip: Option<u32>,
        #[serde(default, skip_serializing_if = "is_false")]
        then: bool,
    },
    /// This part goes.
    Remove {
        #[serde(flatten)]
        span: Span,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        clip: Option<u32>,
        #[serde(default, skip_serializing_if = "is_false")]
        then: bool,
    },
    /// Plays this many times as fast; the pitch stays.
    Speed {
        factor: f64,
        #[serde(flatten)]
        part: Part,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        clip: Option<u32>,
        #[serde(default, skip_serializing_if = "is_false")]
        then: bool,
    },
    /// Writing on the picture.
    Text {
        role: TextRole,
        text: String,
        #[serde(flatten)]
        place: TextPlace,
        #[serde(default, skip_serializing_if = "is_false")]
        then: bool,
    },
    /// Changes what is said of a writing that is there; at least one field is.
    EditText {
        role: TextRole,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<String>,
        #[serde(flatten)]
        place: TextPlace,
    },
    RemoveTrack {
        target: Track,
    },
    /// Speech becomes subtitles.
    AutoSubtitles,
    /// Subtitles from a file of them. Its times are those of the clip of the same name, where there is one, and else those
    /// of the timeline; from then on each line goes with the part of the picture that it stands on.
    Subtitles {
        /// The file's name, as typed.
        asset: String,
    },
    /// Music is added, or replaces what is there; with a volume alone it sets the level of what is there.
    Bgm {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        volume: Option<f64>,
        /// The words that describe the music, as typed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        query: Option<String>,
        /// A file's name, as typed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        asset: Option<String>,
        #[serde(flatten)]
        part: Part,
        #[serde(default, skip_serializing_if = "is_false")]
        then: bool,
    },
    Volume {
        target: Sound,
        #[serde(flatten)]
        level: Level,
    },
    Mute {
        target: Sound,
        #[serde(flatten)]
        part: Part,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        clip: Option<u32>,
    },
    Fade {
        kind: FadeKind,
        target: FadeTarget,
        /// 1,000 ms where it is not said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ms: Option<u64>,
    },
    /// All of the sound equally loud.
    Loudness {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        lufs: Option<f64>,
    },
    /// The music goes down while someone speaks.
    Duck,
    /// The shape of the picture.
    Canvas {
        ratio: Ratio,
        /// Blur where it is not said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        fit: Option<Fit>,
    },
    Resolution(Resolution),
    Fps {
        value: f64,
    },
    /// Clockwise: 90, -90 or 180.
    Rotate {
        deg: i32,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        clip: Option<u32>,
    },
    Flip {
        axis: Axis,
    },
    MaxSize {
        bytes: u64,
    },
    /// All that a destination asks for.
    Preset {
        /// Its id, as in `--for`.
        name: String,
    },
    Format {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        container: Option<Container>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        codec: Option<Codec>,
    },
    /// Clips one after the other: all, or these, counted from 1.
    Merge {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        clips: Option<Vec<u32>>,
    },
    /// `order[i]` is the old number of the clip that now stands at place i, counted from 1.
    Reorder {
        order: Vec<u32>,
    },
    RemoveClip {
        index: u32,
    },
    /// Between all clips.
    Transition {
        kind: TransitionKind,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ms: Option<u64>,
    },
    Undo {
        /// One where it is not said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        steps: Option<Steps>,
    },
    Redo,
    /// Nothing but the wish for the file.
    Export,
}

/// A part of a timeline, in ms. Below 0 it is counted from the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    pub from: i64,
    /// `None` is the end.
    pub to: Option<i64>,
}

/// A part, or all where it is `None`. As JSON `from` and `to`, both or neither.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "wire::Part", try_from = "wire::Part")]
pub struct Part(pub Option<Span>);

/// One part or more, in the order of the words. As JSON numbers for one, arrays for several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "wire::Parts", try_from = "wire::Parts")]
pub struct Parts(pub Vec<Span>);

/// When and where a writing stands; what was not said is `None`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextPlace {
    /// In ms; below 0 counted from the end of the finished timeline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none", with = "wire::dur")]
    pub dur: Option<Length>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pos: Option<Position>,
}

/// How long; as JSON ms, or null for "to the end".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Length {
    Ms(u64),
    ToEnd,
}

/// How loud.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// A fraction of full level.
    Value(f64),
    /// A factor on the present level.
    Scale(f64),
    /// Louder or softer by so many dB.
    Db(f64),
    /// No amount was said.
    Rel(Direction),
}

/// Pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Resolution {
    Short { short_side: u32 },
    Exact { w: u32, h: u32 },
}

/// How many edits are taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "wire::Steps", try_from = "wire::Steps")]
pub enum Steps {
    Some(u32),
    All,
}

/// What a message came to.
#[derive(Debug, Clone, PartialEq)]
pub enum Reading {
    /// Every word was understood. In the order of the words; empty where what is wished is so already.
    Edits(Vec<EditOp>),
    /// One question; nothing may be edited.
    Ask(About),
    /// It was understood and can't be done; nothing may be edited.
    Unsupported(What),
}

/// What is known of the timeline before the message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Context {
    /// How long it is, in ms.
    pub dur_ms: u64,
    pub clips: u32,
    /// What is there beside the clips; `None`: not known, so everything may be.
    pub tracks: Option<Vec<Track>>,
    /// The names of files at hand.
    pub assets: Vec<String>,
}

impl Reading {
    /// As a list of operations, where a question is `{"op":"ask","about":…}` and a no `{"op":"unsupported","what":…}`.
    ///
    /// ```
    /// use weixin_video_studio::{About, EditOp, Reading, Span};
    ///
    /// let remove = EditOp::Remove { span: Span { from: 0, to: Some(3_000) }, clip: None, then: false };
    /// assert_eq!(Reading::Edits(vec![remove]).to_json().to_string(), r#"[{"from":0,"op":"remove","to":3000}]"#);
    /// assert_eq!(Reading::Ask(About::HowFast).to_json().to_string(), r#"[{"about":"how_fast","op":"ask"}]"#);
    /// ```
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        match self {
            Self::Edits(ops) => serde_json::json!(ops),
            Self::Ask(about) => serde_json::json!([{ "op": "ask", "about": about }]),
            Self::Unsupported(what) => serde_json::json!([{ "op": "unsupported", "what": what }]),
        }
    }
}

impl Default for Context {
    fn default() -> Self {
        Self { dur_ms: 120_000, clips: 1, tracks: None, assets: Vec::new() }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_false(flag: &bool) -> bool {
    !flag
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(json: &str) -> EditOp {
        let op: EditOp = serde_json::from_str(json).unwrap_or_else(|why| panic!("{json}: {why}"));
        let back = serde_json::to_value(&op).unwrap();
        assert_eq!(back, serde_json::from_str::<serde_json::Value>(json).unwrap());
        op
    }

    #[test]
    fn every_shape_comes_back_as_it_was() {
        for json in [
            r#"{"op":"keep","from":-5000,"to":null}"#,
            r#"{"op":"keep","from":[0,60000],"to":[10000,null]}"#,
            r#"{"op":"remove","from":0,"to":3000,"clip":2,"then":true}"#,
            r#"{"op":"speed","factor":2.0}"#,
            r#"{"op":"speed","factor":0.5,"from":1000,"to":null}"#,
            r#"{"op":"text","role":"title","text":"早安","start":0,"dur":3000,"pos":"top_left"}"#,
            r#"{"op":"text","role":"watermark","text":"me","dur":null}"#,
            r#"{"op":"edit_text","role":"title","pos":"center"}"#,
            r#"{"op":"remove_track","target":"text"}"#,
            r#"{"op":"auto_subtitles"}"#,
            r#"{"op":"subtitles","asset":"talk.srt"}"#,
            r#"{"op":"bgm","volume":0.35,"query":"calm piano"}"#,
            r#"{"op":"bgm","asset":"song.mp3","from":0,"to":5000}"#,
            r#"{"op":"volume","target":"bgm","rel":"down"}"#,
            r#"{"op":"volume","target":"all","db":-6.0}"#,
            r#"{"op":"mute","target":"original"}"#,
            r#"{"op":"fade","kind":"in","target":"video","ms":2000}"#,
            r#"{"op":"loudness"}"#,
            r#"{"op":"duck"}"#,
            r#"{"op":"canvas","ratio":"9:16","fit":"cover"}"#,
            r#"{"op":"resolution","short_side":720}"#,
            r#"{"op":"resolution","w":1280,"h":720}"#,
            r#"{"op":"rotate","deg":-90}"#,
            r#"{"op":"flip","axis":"h"}"#,
            r#"{"op":"max_size","bytes":10000000}"#,
            r#"{"op":"preset","name":"moments"}"#,
            r#"{"op":"format","container":"mp3"}"#,
            r#"{"op":"merge"}"#,
            r#"{"op":"merge","clips":[1,3]}"#,
            r#"{"op":"reorder","order":[2,1]}"#,
            r#"{"op":"remove_clip","index":2}"#,
            r#"{"op":"transition","kind":"fade_black"}"#,
            r#"{"op":"undo"}"#,
            r#"{"op":"undo","steps":"all"}"#,
            r#"{"op":"undo","steps":2}"#,
            r#"{"op":"redo"}"#,
            r#"{"op":"export"}"#,
        ] {
            same(json);
        }
    }

    #[test]
    fn half_a_part_is_none() {
        for json in [
            r#"{"op":"speed","factor":2,"from":1}"#,
            r#"{"op":"keep","from":[1],"to":[2,3]}"#,
            r#"{"op":"keep","from":[],"to":[]}"#,
            r#"{"op":"undo","steps":"some"}"#,
            r#"{"op":"paint"}"#,
        ] {
            assert!(serde_json::from_str::<EditOp>(json).is_err(), "{json}");
        }
    }
}
