//! The renderer for people: real clips, real ffmpeg, honest about what it can't do.

use crate::builder::Builder;
use crate::journal::lock;
use crate::renderer::{Control, MediaInfo, Refusal, RenderJob, Renderer, Scene, Source};
use crate::reply::AgentReply;
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use weixin_video_studio::{self as studio, FormatWish, Instruction, MediaFacts, Tools};

/// Formats that the studio reads and the service does not list.
const MORE_FORMATS: [&str; 8] = ["m4v", "3gp", "mpg", "mpeg", "ts", "mts", "m2ts", "jpeg"];

impl Builder {
    /// Renders for real, with ffmpeg, and serves people: [`Builder::local`], free of charge, more formats than the service.
    pub fn studio(self, tools: Tools) -> Self {
        self.local().accept_formats(&MORE_FORMATS).renderer(Arc::new(Studio::new(tools)))
    }
}

/// The renderer of [`Builder::studio`].
pub(crate) struct Studio {
    tools: Tools,
    /// What `inspect` found, so that a clip is probed once.
    facts: Mutex<HashMap<PathBuf, MediaFacts>>,
}

impl Studio {
    pub(crate) fn new(tools: Tools) -> Self {
        Self { tools, facts: Mutex::default() }
    }

    fn facts(&self, path: &Path, name: &str) -> Result<MediaFacts, Refusal> {
        if let Some(facts) = lock(&self.facts).get(path) {
            return Ok(facts.clone());
        }
        let facts = studio::probe(&self.tools, path).map_err(|error| refusal(&error, path, name))?;
        lock(&self.facts).insert(path.to_owned(), facts.clone());
        Ok(facts)
    }

    /// The clips with a moving picture: what can stand on the timeline.
    fn clips(&self, sources: &[Source]) -> Vec<studio::Source> {
        let clip = |source: &Source| {
            let facts = self.facts(&source.path, &source.name).ok()?;
            let moving = facts.video.is_some() && !facts.still;
            moving.then(|| studio::Source { id: source.id.clone(), name: source.name.clone(), facts })
        };
        sources.iter().filter_map(clip).collect()
    }

    fn format(&self, wish: &FormatWish, text: &str, scene: &Scene<'_>) -> AgentReply {
        let clips = self.clips(scene.sources);
        let chinese = is_chinese(text);
        if clips.is_empty() {
            return AgentReply::new().say(no_clip(scene.sources, chinese));
        }
        let draft = if clips.iter().all(|clip| stands_in(scene.draft, &clip.id)) {
            studio::reformat(scene.draft, wish)
        } else {
            studio::draft(&clips, wish)
        };
        let FormatWish { max_fps, short_side } = *wish;
        let done = if chinese {
            format!("已按微信排好：短边不超过 {short_side} 像素，每秒不超过 {max_fps} 帧。")
        } else {
            format!(
                "Laid out for WeChat: the short side at most {short_side} pixels, at most {max_fps} frames a second."
            )
        };
        let args = json!({"operation": "format", "clips": clips.len(), "short_side": short_side, "max_fps": max_fps});
        AgentReply::new().tool("edit_multitrack", args, json!({"status": "success"})).say(done).draft(draft)
    }
}

impl Renderer for Studio {
    fn inspect(&self, path: &Path, name: &str) -> Result<MediaInfo, Refusal> {
        let facts = self.facts(path, name)?;
        let seconds = (facts.duration_ms > 0).then(|| seconds(facts.duration_ms));
        let Some(video) = facts.video else {
            return Ok(MediaInfo { file_type: "audio".to_owned(), duration_s: seconds, ..MediaInfo::default() });
        };
        let (width, height) = (Some(video.display_width), Some(video.display_height));
        if facts.still {
            return Ok(MediaInfo { file_type: "image".to_owned(), width, height, ..MediaInfo::default() });
        }
        let fps = video.frame_rate.map(studio::Rational::value);
        Ok(MediaInfo { file_type: "video".to_owned(), duration_s: seconds, width, height, fps })
    }

    fn agent(&self, text: &str, scene: &Scene<'_>) -> AgentReply {
        match studio::instruct(text) {
            Instruction::Format(wish) => self.format(&wish, text, scene),
            Instruction::Unsupported { what, offer } => {
                AgentReply::new().say(format!("{}{}", sentence(&what), sentence(&offer)))
            }
            Instruction::Question { text, choices } => {
                let ids: Vec<String> = (1..=choices.len()).map(|number| number.to_string()).collect();
                let options: Vec<(&str, &str)> =
                    ids.iter().zip(&choices).map(|(id, label)| (id.as_str(), label.as_str())).collect();
                AgentReply::new().ask(&text, &options)
            }
        }
    }

    fn render(&self, job: &RenderJob<'_>, control: &Control) -> Result<(), Refusal> {
        let mut facts = BTreeMap::new();
        let mut inputs = BTreeMap::new();
        for source in job.sources.iter().filter(|source| stands_in(job.draft, &source.id)) {
            facts.insert(source.id.clone(), self.facts(&source.path, &source.name)?);
            inputs.insert(source.id.clone(), source.path.clone());
        }
        let refuse = |error: studio::Error| match job.sources.iter().find(|source| inputs.contains_key(&source.id)) {
            Some(source) => refusal(&error, &source.path, &source.name),
            None => Refusal::new(error.to_string()),
        };
        let plan = studio::plan(job.draft, &facts).map_err(refuse)?;
        let seen = control.clone();
        let ours = studio::Control::new().on_progress(move |percent| seen.progress(percent));
        let theirs = ours.clone();
        control.on_cancel(move || theirs.cancel());
        studio::render(&self.tools, &plan, &inputs, job.out, &ours).map_err(refuse)?;
        Ok(())
    }

    fn costs_credits(&self) -> bool {
        false
    }
}

/// Why there is nothing to format: nothing was uploaded, or nothing that moves.
fn no_clip(sources: &[Source], chinese: bool) -> String {
    let names: Vec<&str> = sources.iter().map(|source| source.name.as_str()).take(3).collect();
    match (names.is_empty(), chinese) {
        (true, true) => "请先上传一段视频。".to_owned(),
        (true, false) => "Please upload a video clip first.".to_owned(),
        (false, true) => format!("{}里没有动态画面，请上传一段视频。", names.join("、")),
        (false, false) => format!("There is no moving picture in {}. Please upload a video.", names.join(", ")),
    }
}

/// With a capital and a full stop, in the punctuation of its language.
fn sentence(clause: &str) -> String {
    let mut letters = clause.chars();
    let first: String = letters.next().map(|letter| letter.to_uppercase().collect()).unwrap_or_default();
    let end = if clause.is_ascii() { ". " } else { "。" };
    format!("{first}{}{end}", letters.as_str())
}

/// The error with what to do next, and the name the client knows the file by.
fn refusal(error: &studio::Error, path: &Path, name: &str) -> Refusal {
    let own = path.file_name().map_or_else(String::new, |own| own.to_string_lossy().into_owned());
    Refusal::new(format!("{}; {}", error.to_string().replace(&own, name), error.advice()))
}

/// Whether a segment of the draft names the source.
fn stands_in(draft: &Value, id: &str) -> bool {
    let tracks = draft["t"].as_array().into_iter().flatten();
    tracks.flat_map(|track| track["sg"].as_array().into_iter().flatten()).any(|segment| segment["src"] == id)
}

fn is_chinese(text: &str) -> bool {
    text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c))
}

#[expect(clippy::cast_precision_loss, reason = "a clip is shorter than 2^53 ms")]
fn seconds(ms: u64) -> f64 {
    ms as f64 / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(name: &str) -> Source {
        Source { id: "a".into(), name: name.into(), path: PathBuf::new(), info: MediaInfo::default() }
    }

    #[test]
    fn nothing_and_nothing_that_moves_are_told_apart() {
        assert_eq!(no_clip(&[], false), "Please upload a video clip first.");
        assert_eq!(no_clip(&[], true), "请先上传一段视频。");
        let still = [source("a.jpg"), source("b.mp3")];
        assert_eq!(no_clip(&still, false), "There is no moving picture in a.jpg, b.mp3. Please upload a video.");
        assert_eq!(no_clip(&still, true), "a.jpg、b.mp3里没有动态画面，请上传一段视频。");
    }
}
