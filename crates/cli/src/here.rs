//! What this machine makes of a clip and some words: the studio's steps, without a server between them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;
use weixin_video_studio::timeline::Timeline;
use weixin_video_studio::{
    Destination, EditOp, Error, Language, MediaFacts, Plan, Reading, Source, Tools, answer, apply, context, interpret,
    probe,
};

use crate::aim::Aim;
use crate::failure::Failure;

/// The id of the one clip.
const CLIP: &str = "clip";

/// A clip with what its words ask for.
#[derive(Debug)]
pub(crate) struct Read {
    /// Where it is.
    pub(crate) path: PathBuf,
    /// What it is.
    pub(crate) facts: MediaFacts,
    /// What the words came to.
    pub(crate) ops: Vec<EditOp>,
    /// The same in a line each, in the language of the words.
    pub(crate) changes: Vec<String>,
    /// What is to be rendered.
    pub(crate) timeline: Timeline,
}

impl Read {
    /// Looks at a clip and reads the words. Nothing is asked of anybody, and nothing is written.
    ///
    /// # Errors
    /// The clip can't be read, or the words can't be done as they are.
    pub(crate) fn of(tools: &Tools, aim: &Aim, path: &Path, words: &str) -> Result<Self, Failure> {
        let facts = probe(tools, path)?;
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let sources = [Source { id: CLIP.to_owned(), name, facts: facts.clone() }];
        let known = context(&Value::Null, &sources);
        let reading = interpret(words, &known);
        let Reading::Edits(ops) = reading else {
            let said = answer(&reading, words, &known);
            let (text, choices) = said.map_or_else(Default::default, |said| (said.text, said.choices));
            return Err(unclear(&text, &choices));
        };
        // What is named apart from the words is asked for in their place.
        let ops: Vec<EditOp> = ops.into_iter().filter(|op| aim.named.is_none() || !is_preset(op)).collect();
        let edited = apply(&Value::Null, &ops, &sources, Language::of(words));
        let edited = edited.map_err(|refusal| unclear(&refusal.text, &refusal.choices))?;
        let mut timeline = Timeline::read(&edited.draft)?;
        if let Some(id) = &aim.named {
            timeline.settings.output.destination = Some(id.clone());
        }
        Ok(Self { path: path.to_owned(), facts, ops, changes: edited.changes, timeline })
    }

    /// By source id, as the studio takes them.
    pub(crate) fn known(&self) -> BTreeMap<String, MediaFacts> {
        BTreeMap::from([(CLIP.to_owned(), self.facts.clone())])
    }

    /// The file by source id.
    pub(crate) fn inputs(&self) -> BTreeMap<String, PathBuf> {
        BTreeMap::from([(CLIP.to_owned(), self.path.clone())])
    }

    /// How a timeline of this clip becomes a file.
    pub(crate) fn plan(&self, timeline: &Timeline, aim: &Aim) -> Result<Plan, Error> {
        Plan::of(timeline.clone(), &self.known(), &aim.destinations)
    }

    /// Where it goes; `None` for nowhere in particular.
    pub(crate) fn goes_to<'a>(&self, aim: &'a Aim) -> Option<&'a Destination> {
        aim.destinations.get(self.timeline.settings.output.destination.as_ref()?)
    }
}

fn is_preset(op: &EditOp) -> bool {
    matches!(op, EditOp::Preset { .. })
}

/// A question or a no, with what could be said instead.
fn unclear(text: &str, choices: &[String]) -> Failure {
    let next = match choices {
        [] => "Say it another way, with --instruct.".to_owned(),
        choices => format!("Say with --instruct what is meant, such as: {}.", choices.join(" / ")),
    };
    Failure::new("question", text, next)
}
