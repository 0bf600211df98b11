//! The renderer for people: real clips, real ffmpeg, honest about what it can't do.
//!
//! ```text
//! message → context (draft, uploads) → interpreter → edits    → apply → draft, a tool call an edit, a line a change
//!                                                  → question → its choices
//!                                                  → no       → why, and what can be done
//! ```

use crate::journal::lock;
use crate::renderer::{Control, MediaInfo, Refusal, RenderJob, Renderer, Scene, Source};
use crate::reply::AgentReply;
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use weixin_video_studio::timeline::Timeline;
use weixin_video_studio::{
    self as studio, Container, EditOp, Edited, Language, MediaFacts, Plan, Reading, Transcriber,
};

mod workshop;

pub use workshop::{Finished, Told, Workshop};

/// Formats that the studio reads and the service does not list.
const MORE_FORMATS: [&str; 10] = ["m4v", "3gp", "mpg", "mpeg", "ts", "mts", "m2ts", "jpeg", "srt", "vtt"];

/// The renderer of [`Builder::studio`](crate::Builder::studio).
pub(crate) struct Studio {
    workshop: Workshop,
    /// What `inspect` found, so that a clip is probed once.
    facts: Mutex<HashMap<PathBuf, MediaFacts>>,
}

impl Studio {
    fn new(workshop: Workshop) -> Self {
        Self { workshop, facts: Mutex::default() }
    }

    fn facts(&self, path: &Path, name: &str) -> Result<MediaFacts, Refusal> {
        if let Some(facts) = lock(&self.facts).get(path) {
            return Ok(facts.clone());
        }
        let facts = studio::probe(&self.workshop.tools, path).map_err(|error| {
            self.workshop.tell(Err(&error));
            refusal(&error, path, name)
        })?;
        lock(&self.facts).insert(path.to_owned(), facts.clone());
        Ok(facts)
    }

    /// The uploads that can be read: clips, stills, sounds and subtitles.
    fn sources(&self, sources: &[Source]) -> Vec<studio::Source> {
        let known = |source: &Source| {
            let facts = self.facts(&source.path, &source.name).ok()?;
            Some(studio::Source { id: source.id.clone(), name: source.name.clone(), facts })
        };
        sources.iter().filter_map(known).collect()
    }
}

impl Renderer for Studio {
    fn inspect(&self, path: &Path, name: &str) -> Result<MediaInfo, Refusal> {
        let facts = self.facts(path, name)?;
        let seconds = (facts.duration_ms > 0).then(|| seconds(facts.duration_ms));
        let Some(video) = facts.video else {
            let file_type = if facts.cues.is_empty() { "audio" } else { "subtitle" };
            return Ok(MediaInfo { file_type: file_type.to_owned(), duration_s: seconds, ..MediaInfo::default() });
        };
        let (width, height) = (Some(video.display_width), Some(video.display_height));
        if facts.still {
            return Ok(MediaInfo { file_type: "image".to_owned(), width, height, ..MediaInfo::default() });
        }
        let fps = video.frame_rate.map(studio::Rational::value);
        Ok(MediaInfo { file_type: "video".to_owned(), duration_s: seconds, width, height, fps })
    }

    fn agent(&self, text: &str, scene: &Scene<'_>) -> AgentReply {
        let sources = self.sources(scene.sources);
        let context = studio::context(scene.draft, &sources);
        let reading = self.workshop.interpreter.interpret(text, &context);
        let answer = studio::answer(&reading, text, &context);
        match &reading {
            Reading::Edits(ops) => match undeliverable(ops) {
                Some(container) => AgentReply::new().say(only_mp4(container, Language::of(text))),
                None => edit(&self.workshop, &self.workshop.aimed(ops), text, scene.draft, &sources),
            },
            Reading::Ask(_) => answer.map_or_else(AgentReply::new, |answer| asked(&answer.text, &answer.choices)),
            // A no is no question, though it comes with what can be done.
            Reading::Unsupported(_) => answer.map_or_else(AgentReply::new, |answer| AgentReply::new().say(answer.text)),
        }
    }

    fn render(&self, job: &RenderJob<'_>, control: &Control) -> Result<(), Refusal> {
        if let Some(container) = container_of(job.draft).filter(|container| *container != Container::Mp4) {
            return Err(Refusal::new(only_mp4(container, Language::English)));
        }
        let mut facts = BTreeMap::new();
        let mut inputs = BTreeMap::new();
        for source in job.sources.iter().filter(|source| stands_in(job.draft, &source.id)) {
            facts.insert(source.id.clone(), self.facts(&source.path, &source.name)?);
            inputs.insert(source.id.clone(), source.path.clone());
        }
        let refuse = |error: studio::Error| {
            self.workshop.tell(Err(&error));
            match job.sources.iter().find(|source| inputs.contains_key(&source.id)) {
                Some(source) => refusal(&error, &source.path, &source.name),
                None => Refusal::new(error.to_string()),
            }
        };
        let plan = self.workshop.plan(job.draft, &facts).map_err(refuse)?;
        let seen = control.clone();
        let mut ours = studio::Control::new().on_progress(move |percent| seen.progress(percent));
        if let Some(transcriber) = &self.workshop.transcriber {
            ours = ours.transcriber(transcriber.clone());
        }
        let theirs = ours.clone();
        control.on_cancel(move || theirs.cancel());
        let (_, why) = plan.rung();
        let rendered = studio::render(&self.workshop.tools, &plan, &inputs, job.out, &ours).map_err(refuse)?;
        self.workshop.tell(Ok(&Finished { rendered, why }));
        Ok(())
    }

    fn costs_credits(&self) -> bool {
        false
    }
}

impl Workshop {
    /// The operations, with the destination that holds here in place of one that was said. One of the user's own needs none:
    /// the plan is told.
    fn aimed(&self, ops: &[EditOp]) -> Vec<EditOp> {
        let Some(id) = &self.goes_to else { return ops.to_vec() };
        let known = studio::Destinations::built_in().get(id).map(|_| EditOp::Preset { name: id.clone() });
        let aimed = |op: &EditOp| if let EditOp::Preset { .. } = op { known.clone() } else { Some(op.clone()) };
        ops.iter().filter_map(aimed).collect()
    }

    /// How a draft becomes a file that goes where it has to.
    fn plan(&self, draft: &Value, facts: &BTreeMap<String, MediaFacts>) -> Result<Plan, studio::Error> {
        let mut timeline = Timeline::read(draft)?;
        if let Some(id) = &self.goes_to {
            timeline.settings.output.destination = Some(id.clone());
        }
        Plan::of(timeline, facts, &self.destinations)
    }
}

/// Does what was understood: all of it, or nothing with the reason.
fn edit(workshop: &Workshop, ops: &[EditOp], text: &str, draft: &Value, sources: &[studio::Source]) -> AgentReply {
    let language = Language::of(text);
    let edited = match studio::apply(draft, ops, sources, language) {
        Ok(edited) => edited,
        Err(no) => return asked(&no.text, &no.choices),
    };
    let mut reply = AgentReply::new();
    for op in ops.iter().filter(|op| **op != EditOp::Export) {
        reply = reply.tool("edit_multitrack", arguments(op), json!({"status": "success"}));
    }
    let mut words = words(&edited, language);
    if let Some(warning) = not_yet(workshop, &edited.draft, sources, language) {
        words.push_str(&warning);
    }
    if edited.draft != *draft {
        reply = reply.draft(edited.draft);
    }
    reply.say(words)
}

fn words(edited: &Edited, language: Language) -> String {
    let only = match (edited.changes.is_empty(), edited.export, language) {
        (false, _, _) => return edited.changes.join("\n"),
        (true, true, Language::English) => "The timeline is ready: the export makes the file of it.",
        (true, true, Language::Chinese) => "时间线已经准备好，导出就能得到文件。",
        (true, false, Language::English) => "It is like that already; nothing was changed.",
        (true, false, Language::Chinese) => "已经是这样了，没有改动。",
    };
    only.to_owned()
}

/// What stands in the way of the export, while there is time to do something about it.
fn not_yet(workshop: &Workshop, draft: &Value, sources: &[studio::Source], language: Language) -> Option<String> {
    let facts = sources.iter().map(|source| (source.id.clone(), source.facts.clone())).collect();
    let error = match workshop.plan(draft, &facts) {
        Ok(plan) if plan.awaits_speech() && workshop.transcriber.is_none() => Transcriber::missing(),
        Ok(_) => return None,
        Err(error) => error,
    };
    Some(match language {
        Language::English => format!("\n⚠️ It can't be exported like this: {error}; {}", error.advice()),
        Language::Chinese => format!("\n⚠️ 这样还不能导出：{error}；{}", error.advice()),
    })
}

/// The container that an operation asks for, where an export can't hand it over: PROTOCOL.md knows MP4 alone.
fn undeliverable(ops: &[EditOp]) -> Option<Container> {
    let asked = |op: &EditOp| if let EditOp::Format { container, .. } = op { *container } else { None };
    ops.iter().filter_map(asked).find(|container| *container != Container::Mp4)
}

fn container_of(draft: &Value) -> Option<Container> {
    serde_json::from_value(draft["m"]["edit"]["output"]["container"].clone()).ok()
}

fn only_mp4(container: Container, language: Language) -> String {
    let name = format!("{container:?}").to_uppercase();
    match language {
        Language::English => format!("An export is always an MP4, so there is no {name} to be had."),
        Language::Chinese => format!("导出的文件只能是 MP4，没法给你 {name}。"),
    }
}

/// A question where there is something to choose from, else plain words.
fn asked(text: &str, choices: &[String]) -> AgentReply {
    if choices.is_empty() {
        return AgentReply::new().say(text);
    }
    let ids: Vec<String> = (1..=choices.len()).map(|number| number.to_string()).collect();
    let options: Vec<(&str, &str)> = ids.iter().zip(choices).map(|(id, label)| (id.as_str(), label.as_str())).collect();
    AgentReply::new().ask(text, &options)
}

/// The operation as the arguments of a tool call.
fn arguments(op: &EditOp) -> Value {
    let mut arguments = json!(op);
    if let Some(object) = arguments.as_object_mut() {
        let name = object.remove("op").unwrap_or_default();
        object.insert("operation".to_owned(), name);
    }
    arguments
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

#[expect(clippy::cast_precision_loss, reason = "a clip is shorter than 2^53 ms")]
fn seconds(ms: u64) -> f64 {
    ms as f64 / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reply::Step;

    fn here() -> Workshop {
        Workshop::new(studio::Tools::find())
    }

    fn clip() -> studio::Source {
        let video = json!({
            "index": 0, "codec": "h264", "profile": null, "level": null, "pixel_format": "yuv420p", "bit_depth": 8,
            "width": 640, "height": 360, "display_width": 640, "display_height": 360, "rotation": 0,
            "sample_aspect_ratio": [1, 1], "frame_rate": null, "nominal_frame_rate": null, "variable": false,
            "color": {"primaries": null, "transfer": null, "matrix": null, "range": null}, "interlaced": false,
            "start_ms": 0, "duration_ms": null, "frames": null,
        });
        let facts = json!({
            "container": "mp4", "duration_ms": 8000, "video": video, "audio": null, "streams": 1, "bytes": 1,
            "faststart": null, "still": false,
        });
        studio::Source { id: "a".into(), name: "a.mp4".into(), facts: serde_json::from_value(facts).unwrap() }
    }

    #[test]
    fn an_edit_is_a_tool_call_with_its_arguments_and_a_line() {
        let ops: Vec<EditOp> = serde_json::from_value(json!([
            {"op": "remove", "from": 0, "to": 3000}, {"op": "text", "role": "title", "text": "早安"}
        ]))
        .unwrap();
        let reply = edit(&here(), &ops, "剪掉前三秒，加标题「早安」", &Value::Null, &[clip()]);
        let [Step::Tool { args: first, .. }, Step::Tool { args: second, .. }, Step::Say(words)] = &reply.steps[..]
        else {
            panic!("{:?}", reply.steps)
        };
        assert_eq!(*first, json!({"operation": "remove", "from": 0, "to": 3000}));
        assert_eq!(*second, json!({"operation": "text", "role": "title", "text": "早安"}));
        assert_eq!(words, "✅ 已去掉：0–3 秒，现在共 5 秒\n✅ 标题已添加：「早安」，0–3 秒");
        assert_eq!(reply.draft.unwrap()["d"], 5000);
    }

    #[test]
    fn what_is_refused_leaves_the_draft_and_is_said() {
        let reply = edit(&here(), &[EditOp::Duck], "duck the music", &Value::Null, &[clip()]);
        assert!(reply.draft.is_none());
        assert!(matches!(&reply.steps[..], [Step::Say(no)] if no == "There is no music on the timeline."));
        let reply = edit(&here(), &[EditOp::Duck], "音乐避让人声", &Value::Null, &[]);
        assert!(matches!(&reply.steps[..], [Step::Say(no)] if no == "请先上传一段视频。"));
    }

    #[test]
    fn what_no_export_can_hand_over_is_said_before_anything_is_done() {
        let gif: Vec<EditOp> =
            serde_json::from_value(json!([{"op": "mute", "target": "all"}, {"op": "format", "container": "gif"}]))
                .unwrap();
        assert_eq!(undeliverable(&gif), Some(Container::Gif));
        assert_eq!(only_mp4(Container::Gif, Language::Chinese), "导出的文件只能是 MP4，没法给你 GIF。");
        let mp4: Vec<EditOp> = serde_json::from_value(json!([{"op": "format", "container": "mp4"}])).unwrap();
        assert_eq!(undeliverable(&mp4), None);
        assert_eq!(container_of(&json!({"m": {"edit": {"output": {"container": "webm"}}}})), Some(Container::Webm));
    }

    #[test]
    fn what_stands_in_the_way_of_the_export_is_said_at_once() {
        let long = studio::Source { facts: MediaFacts { duration_ms: 90_000, ..clip().facts }, ..clip() };
        let preset = EditOp::Preset { name: "moments".into() };
        let reply = edit(&here(), &[preset], "for Moments", &Value::Null, &[long]);
        let Some(Step::Say(words)) = reply.steps.last() else { panic!("{:?}", reply.steps) };
        assert!(words.contains("✅ Made for: Moments\n⚠️ It can't be exported like this: "), "{words}");
    }

    #[test]
    fn nothing_to_do_puts_the_clips_there_all_the_same() {
        let reply = edit(&here(), &[], "不超过 30 秒", &Value::Null, &[clip()]);
        assert!(matches!(&reply.steps[..], [Step::Say(words)] if words == "已经是这样了，没有改动。"));
        let draft = reply.draft.unwrap();
        assert!(edit(&here(), &[], "30 s max", &draft, &[clip()]).draft.is_none());
        let ready = edit(&here(), &[EditOp::Export], "export", &draft, &[clip()]);
        assert!(matches!(&ready.steps[..], [Step::Say(words)] if words.starts_with("The timeline is ready")));
    }
}
