//! What a message does to a draft, from the outside.

mod any;
mod sounds;
mod subtitles;
mod texts;
mod times;
mod undoing;

use serde_json::{Value, json};

use super::*;
use crate::facts::{AudioFacts, MediaFacts};
use crate::ops::About;
use crate::plan::tests::video;
use crate::subtitles::Cue;

fn audio() -> AudioFacts {
    AudioFacts {
        index: 1,
        codec: "aac".into(),
        profile: None,
        channels: 2,
        sample_rate: 48_000,
        start_ms: 0,
        duration_ms: None,
    }
}

/// A clip, a still, a song or subtitles, by the ending of its name; the id is what stands before it, but for subtitles.
pub(crate) fn source(name: &str, duration_ms: u64) -> Source {
    let (stem, ending) = name.split_once('.').unwrap();
    let (still, song, words) = (ending == "jpg", ending == "mp3", ending == "srt");
    let facts = MediaFacts {
        container: ending.to_owned(),
        duration_ms: if still { 0 } else { duration_ms },
        video: (!song && !words).then(video),
        audio: (!still && !words).then(audio),
        streams: 2,
        bytes: 1,
        faststart: None,
        boxes: None,
        cues: if words { cues(duration_ms) } else { Vec::new() },
        still,
    };
    // A clip and its subtitles are called the same.
    let id = if words { name } else { stem };
    Source { id: id.to_owned(), name: name.to_owned(), facts }
}

/// A line for the first half of every second.
fn cues(duration_ms: u64) -> Vec<Cue> {
    let starts = (0..duration_ms / 1_000).map(|second| second * 1_000);
    starts.map(|from_ms| Cue { from_ms, to_ms: from_ms + 500, text: format!("at {from_ms}") }).collect()
}

fn read(ops: Value) -> Vec<EditOp> {
    serde_json::from_value(ops).unwrap()
}

/// A session: what was uploaded, and the draft as it stands.
struct Session {
    sources: Vec<Source>,
    draft: Value,
}

impl Session {
    fn with(sources: &[(&str, u64)]) -> Self {
        let sources = sources.iter().map(|(name, length)| source(name, *length)).collect();
        Self { sources, draft: Value::Null }
    }

    /// A clip `a` of 20 s, a clip `b` of 10 s, and a song.
    fn usual() -> Self {
        Self::with(&[("a.mp4", 20_000), ("b.mp4", 10_000), ("song.mp3", 60_000)])
    }

    fn try_say(&mut self, ops: Value, language: Language) -> Result<Vec<String>, Refusal> {
        let edited = apply(&self.draft, &read(ops), &self.sources, language)?;
        self.draft = edited.draft;
        Ok(edited.changes)
    }

    fn say(&mut self, ops: Value) -> Vec<String> {
        self.try_say(ops, Language::English).unwrap_or_else(|refusal| panic!("{}", refusal.text))
    }

    fn refuses(&mut self, ops: Value) -> Refusal {
        let before = self.draft.clone();
        let refusal = self.try_say(ops, Language::English).expect_err("a refusal");
        assert_eq!(self.draft, before);
        refusal
    }

    fn timeline(&self) -> Timeline {
        Timeline::read(&self.draft).unwrap()
    }

    /// Source and source times of each segment, as `a 0-5000`.
    fn parts(&self) -> Vec<String> {
        let part = |segment: &crate::timeline::Segment| {
            format!("{} {}-{}", segment.source, segment.from_ms, segment.to_ms.unwrap())
        };
        self.timeline().segments.iter().map(part).collect()
    }

    fn total(&self) -> u64 {
        self.timeline().duration_ms()
    }
}

#[test]
fn a_first_message_finds_all_clips_on_the_timeline_and_a_later_one_joins() {
    let mut session = Session::with(&[("a.mp4", 20_000), ("still.jpg", 0), ("song.mp3", 60_000)]);
    session.say(json!([{ "op": "fps", "value": 25 }]));
    assert_eq!(session.parts(), ["a 0-20000", "still 0-3000"]);
    session.sources.push(source("c.mp4", 4_000));
    let said = session.say(json!([{ "op": "bgm" }, { "op": "mute", "target": "bgm" }]));
    assert_eq!(said[0], "✅ Clip added at the end: 「c.mp4」; the video is now 27 s");
    session.say(json!([{ "op": "remove_clip", "index": 3 }]));
    // One that was taken off doesn't come back by itself.
    session.say(json!([{ "op": "fps", "value": 30 }]));
    assert_eq!(session.parts(), ["a 0-20000", "still 0-3000"]);
}

#[test]
fn without_a_clip_nothing_is_done() {
    assert_eq!(Session::with(&[]).refuses(json!([{ "op": "fps", "value": 25 }])).about, About::WhichFile);
    let refusal = Session::with(&[("song.mp3", 1)]).refuses(json!([{ "op": "undo" }]));
    assert_eq!(refusal.text, "There is no picture in song.mp3. Please upload a video.");
}

#[test]
fn a_message_is_done_as_a_whole_or_not_at_all() {
    let mut session = Session::usual();
    session.say(json!([{ "op": "fps", "value": 25 }]));
    let refusal = session.refuses(json!([
        { "op": "remove", "from": 0, "to": 1000 },
        { "op": "edit_text", "role": "title", "text": "x" }
    ]));
    assert_eq!((refusal.about, refusal.text.as_str()), (About::NoSuchTrack, "There is no title on the timeline."));
}

#[test]
fn a_draft_that_can_not_be_read_is_left_alone() {
    let sources = [source("a.mp4", 20_000)];
    let draft = json!({ "t": [{ "tt": 33, "sg": [{}] }] });
    let ops = [EditOp::Duck];
    let refusal = apply(&draft, &ops, &sources, Language::Chinese).unwrap_err();
    assert!(refusal.text.contains("没有做任何修改"), "{}", refusal.text);
    assert_eq!(context(&draft, &sources).clips, 1);
}

#[test]
fn the_context_is_the_timeline_as_the_message_will_find_it() {
    let mut session = Session::usual();
    let now = context(&session.draft, &session.sources);
    assert_eq!((now.dur_ms, now.clips, now.tracks), (30_000, 2, Some(vec![])));
    assert_eq!(now.assets, ["song.mp3", "b.mp4", "a.mp4"]);
    session.say(json!([{ "op": "bgm" }, { "op": "text", "role": "title", "text": "x" }]));
    session.sources.push(source("c.mp4", 5_000));
    let now = context(&session.draft, &session.sources);
    assert_eq!((now.dur_ms, now.clips), (35_000, 3));
    use crate::ops::Track;
    assert_eq!(now.tracks, Some(vec![Track::Title, Track::Bgm, Track::Text]));
    assert_eq!(context(&Value::Null, &[]), crate::ops::Context { assets: vec![], ..Default::default() });
}

#[test]
fn what_a_file_should_be_like_adds_up_and_a_destination_leaves_it() {
    let mut session = Session::usual();
    let said = session.say(json!([
        { "op": "resolution", "short_side": 720 },
        { "op": "max_size", "bytes": 10_000_000 },
        { "op": "canvas", "ratio": "9:16" },
        { "op": "rotate", "deg": -90 }, { "op": "flip", "axis": "h" },
        { "op": "format", "container": "mov", "codec": "h264" },
        { "op": "preset", "name": "moments" }
    ]));
    let timeline = session.timeline();
    let output = &timeline.settings.output;
    assert_eq!((output.max_bytes, output.destination.as_deref()), (Some(10_000_000), Some("moments")));
    assert_eq!(timeline.frame(), Some((720, 1280)));
    assert!(timeline.segments.iter().all(|segment| segment.turn.degrees() == 270 && segment.turn.mirrored()));
    assert_eq!(
        said,
        [
            "✅ Size: 720p (1280x720)",
            "✅ File size: at most 10 MB",
            "✅ Shape: 9:16, over a blurred background (720x1280)",
            "✅ Turned 90° to the left",
            "✅ Mirrored left to right",
            "✅ Format: MOV, H.264",
            "✅ Made for: Moments",
        ]
    );
    session.refuses(json!([{ "op": "rotate", "deg": 45 }]));
    session.refuses(json!([{ "op": "fps", "value": 1000 }]));
    session.refuses(json!([{ "op": "preset", "name": "../x" }]));
    session.refuses(json!([{ "op": "max_size", "bytes": 0 }]));
    session.refuses(json!([{ "op": "resolution", "w": 1, "h": 99_999 }]));
}

#[test]
fn it_answers_in_chinese() {
    let mut session = Session::usual();
    let ops = json!([
        { "op": "remove", "from": 0, "to": 3000 },
        { "op": "text", "role": "title", "text": "早安", "start": 0, "dur": 3000 },
        { "op": "bgm", "volume": 0.35 }
    ]);
    let said = session.try_say(ops, Language::of("加标题「早安」")).unwrap();
    assert_eq!(
        said,
        [
            "✅ 已去掉：0–3 秒，现在共 27 秒",
            "✅ 标题已添加：「早安」，0–3 秒",
            "✅ 音乐已添加：「song.mp3」，0–27 秒，35%",
        ]
    );
}
