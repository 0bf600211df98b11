//! The renderer for tests: understands a little, knows no ffmpeg, and always renders the same small MP4.

use crate::renderer::{Control, MediaInfo, Refusal, RenderJob, Renderer, Scene, Source};
use crate::reply::AgentReply;
use serde_json::{Value, json};
use std::path::Path;

/// The file every canned render gives: 2 s of H.264 and AAC at 540x960 and 30 fps, `moov` first. `assets/README.md` says how it was made.
pub const CANNED_MP4: &[u8] = include_bytes!("../assets/canned.mp4");

/// What an edit costs, about what the service takes.
const EDIT: u64 = 50;
/// What making a video from words costs.
const GENERATION: u64 = 100;
/// How long every canned upload lasts, in milliseconds.
const DURATION_MS: u64 = 8000;
/// How long a title stands, in milliseconds.
const TITLE_MS: u64 = 3000;

const FORMAT_WORDS: [&str; 17] = [
    "format",
    "compress",
    "convert",
    "optimi",
    "wechat",
    "weixin",
    "share",
    "mp4",
    "1080",
    "720",
    "微信",
    "压缩",
    "格式",
    "转成",
    "转换",
    "朋友圈",
    "剪辑",
];
const GENERATE_WORDS: [&str; 4] = ["generate", "create a video", "make a video", "生成"];
const TITLE_WORDS: [&str; 4] = ["title", "caption", "标题", "字幕"];
const QUOTES: [(char, char); 6] = [('\'', '\''), ('"', '"'), ('「', '」'), ('“', '”'), ('‘', '’'), ('《', '》')];

/// The renderer of [`FakeBackend::start`](crate::FakeBackend::start).
#[derive(Debug, Clone, Copy, Default)]
pub struct Canned;

impl Renderer for Canned {
    fn inspect(&self, path: &Path, name: &str) -> Result<MediaInfo, Refusal> {
        let bytes = std::fs::metadata(path).map_err(|_| Refusal::new("the upload is gone"))?.len();
        if bytes == 0 {
            return Err(Refusal::new("the file is empty"));
        }
        let extension = name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
        Ok(match extension.as_str() {
            "jpg" | "png" | "gif" | "webp" => MediaInfo {
                file_type: "image".to_owned(),
                width: Some(1080),
                height: Some(1920),
                ..MediaInfo::default()
            },
            "mp3" | "wav" | "m4a" | "aac" => {
                MediaInfo { file_type: "audio".to_owned(), duration_s: Some(8.0), ..MediaInfo::default() }
            }
            _ => MediaInfo {
                file_type: "video".to_owned(),
                duration_s: Some(8.0),
                width: Some(1080),
                height: Some(1920),
                fps: Some(30.0),
            },
        })
    }

    fn agent(&self, text: &str, scene: &Scene<'_>) -> AgentReply {
        let lower = text.to_lowercase();
        let has = |words: &[&str]| words.iter().any(|word| lower.contains(word));
        if has(&TITLE_WORDS) && quoted(text).is_some() {
            return titled(quoted(text).unwrap_or_default(), scene);
        }
        if has(&GENERATE_WORDS) {
            return generated(text);
        }
        if has(&FORMAT_WORDS) {
            return formatted(scene);
        }
        AgentReply::new().say("I can format a clip for WeChat, add a title, or generate a video. What would you like?")
    }

    fn render(&self, job: &RenderJob<'_>, control: &Control) -> Result<(), Refusal> {
        std::fs::write(job.out, CANNED_MP4)
            .map_err(|error| Refusal::new(format!("cannot write the render: {}", error.kind())))?;
        control.progress(100);
        Ok(())
    }
}

fn formatted(scene: &Scene<'_>) -> AgentReply {
    let segments: Vec<Value> =
        scene.sources.iter().filter(|source| source.info.file_type != "audio").map(segment).collect();
    if segments.is_empty() {
        return AgentReply::new().say("Please upload a clip first.");
    }
    let draft = draft(&segments);
    AgentReply::new()
        .say("Laying out your clip for WeChat.")
        .tool(
            "edit_multitrack",
            json!({"operation": "format", "clips": segments.len()}),
            json!({"status": "success", "tracks": 1}),
        )
        .say("Done: your clip is ready to export.")
        .draft(draft)
        .charge(EDIT)
}

fn titled(title: &str, scene: &Scene<'_>) -> AgentReply {
    let segments: Vec<Value> = scene.sources.iter().map(segment).collect();
    let mut draft = if scene.draft.is_null() { draft(&segments) } else { scene.draft.clone() };
    let track = json!({"tt": 7, "sg": [{"d": TITLE_MS, "m": {"text": title}}]});
    if let Some(tracks) = draft.get_mut("t").and_then(Value::as_array_mut) {
        tracks.push(track);
    }
    AgentReply::new()
        .tool("edit_multitrack", json!({"operation": "add_text", "text": title}), json!({"status": "success"}))
        .say(format!("Title added: \"{title}\"."))
        .draft(draft)
        .charge(EDIT)
}

fn generated(prompt: &str) -> AgentReply {
    let segments = [json!({"d": 10_000, "m": {"name": "generated"}})];
    AgentReply::new()
        .say("I'll generate your video now.")
        .tool(
            "generate_video_with_seedance",
            json!({"prompt": prompt, "duration": 10}),
            json!({"status": "success", "duration": 10}),
        )
        .say("Your video is ready.")
        .draft(draft(&segments))
        .charge(GENERATION)
}

fn segment(source: &Source) -> Value {
    json!({"d": DURATION_MS, "m": {"name": source.name}, "src": source.id})
}

fn draft(segments: &[Value]) -> Value {
    let total: u64 = segments.iter().filter_map(|segment| segment["d"].as_u64()).sum();
    let tracks: Vec<Value> = if segments.is_empty() { vec![] } else { vec![json!({"tt": 0, "sg": segments})] };
    json!({"d": total, "m": {"width": 1080, "height": 1920}, "t": tracks})
}

/// The first quoted piece of a text.
fn quoted(text: &str) -> Option<&str> {
    QUOTES.iter().find_map(|(open, close)| {
        let start = text.find(*open)? + open.len_utf8();
        let end = text[start..].find(*close)? + start;
        (end > start).then(|| &text[start..end])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTHING: Scene<'_> = Scene { draft: &Value::Null, sources: &[] };

    #[test]
    fn quotes_of_both_languages() {
        for text in
            ["add title 'Hello'", "add title \"Hello\"", "加个标题「Hello」", "加标题“Hello”然后导出", "字幕《Hello》"]
        {
            assert_eq!(quoted(text), Some("Hello"), "{text}");
        }
        assert_eq!(quoted("add a title"), None);
        assert_eq!(quoted("don't"), None);
    }

    #[test]
    fn without_a_clip_nothing_is_done_and_nothing_charged() {
        let reply = Canned.agent("format this for WeChat", &NOTHING);
        assert_eq!((reply.charge, reply.draft), (0, None));
    }

    #[test]
    fn a_title_keeps_what_the_draft_had() {
        let before = json!({"d": 8000, "x": {"unknown": 1}, "t": [{"tt": 0, "sg": [{"d": 8000}]}]});
        let reply = Canned.agent("加个标题「早安」", &Scene { draft: &before, sources: &[] });
        let after = reply.draft.expect("an edit");
        assert_eq!(after["x"], before["x"]);
        assert_eq!(after["t"][0], before["t"][0]);
        assert_eq!(after["t"][1]["sg"][0]["m"]["text"], "早安");
    }

    #[test]
    fn the_asset_is_an_mp4_with_its_index_first() {
        assert_eq!(&CANNED_MP4[4..12], b"ftypisom");
        let at = |name: &[u8]| CANNED_MP4.windows(4).position(|window| window == name);
        assert!(at(b"moov") < at(b"mdat"));
    }
}
