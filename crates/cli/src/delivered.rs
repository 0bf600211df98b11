//! What is told of a video that was delivered: what it is, how it was made, how it stands to where it goes.

use std::path::Path;

use serde_json::{Value, json};
use weixin_video_core::files::Output;
use weixin_video_core::printable::printable;
use weixin_video_fake_backend::Finished;
use weixin_video_studio::{Rendered, Verdict};

use crate::backend::{Backend, LOCAL};
use crate::facts::Facts;
use crate::failure::Failure;
use crate::jobs::Job;
use crate::mend;
use crate::output::say;

/// What is told of a video that was delivered.
pub(crate) struct Video {
    facts: Facts,
    /// How it was made, where that was on this machine.
    made: Value,
    /// How it stands to where it goes.
    verdict: Value,
    /// What was mended of a video that came from elsewhere.
    mended: Value,
}

/// No line of this is longer, in characters.
const SHOWN: usize = 600;

impl Video {
    /// Looks at a video that has its name now, mends what came from elsewhere and falls short, and tells people about it.
    ///
    /// # Errors
    /// The system refuses to start work. Whatever stands in the way of mending is a warning: the video is there.
    pub(crate) async fn of(backend: &Backend, job: &mut Job, output: &Output, bytes: u64) -> Result<Self, Failure> {
        match backend.heard.finished().filter(|_| backend.kind == LOCAL) {
            Some(Finished { rendered, why }) => Ok(Self::made_here(&output.path, &rendered, &why)),
            None => Self::from_elsewhere(backend, job, output, bytes).await,
        }
    }

    /// Adds its fields to what `--json` prints.
    pub(crate) fn put_into(self, data: &mut Value) {
        data["output"] = json!(self.facts);
        data["made"] = self.made;
        data["verdict"] = self.verdict;
        data["mended"] = self.mended;
    }

    /// One that was made here, under this name; tells people about it.
    pub(crate) fn made_here(path: &Path, rendered: &Rendered, why: &[String]) -> Self {
        line("made", &how(rendered, why));
        rendered.warnings.iter().for_each(|warning| line("warning", warning));
        told(&rendered.verdict);
        Self {
            facts: Facts::of(path, rendered.facts.bytes, Some(&rendered.facts)),
            made: made(rendered, why),
            verdict: verdict(&rendered.verdict),
            mended: Value::Null,
        }
    }

    async fn from_elsewhere(backend: &Backend, job: &mut Job, output: &Output, bytes: u64) -> Result<Self, Failure> {
        let looked = mend::look(backend, job, output).await?;
        if let Some(mended) = &looked.mended {
            line("note", &format!("what came falls short: {}", mended.broken.join("; ")));
            line("mended", &how(&mended.rendered, &mended.why));
        }
        looked.warnings.iter().for_each(|warning| line("warning", warning));
        looked.verdict.iter().for_each(told);
        let bytes = looked.facts.as_ref().map_or(bytes, |facts| facts.bytes);
        Ok(Self {
            facts: Facts::of(&output.path, bytes, looked.facts.as_ref()),
            made: Value::Null,
            verdict: looked.verdict.as_ref().map_or(Value::Null, verdict),
            mended: looked.mended.map_or(Value::Null, |mended| {
                let mut data = made(&mended.rendered, &mended.why);
                data["broken"] = json!(mended.broken);
                data
            }),
        })
    }
}

fn made(rendered: &Rendered, why: &[String]) -> Value {
    json!({"rung": rendered.rung, "why": why, "warnings": rendered.warnings})
}

fn how(rendered: &Rendered, why: &[String]) -> String {
    if why.is_empty() { rendered.rung.to_string() } else { format!("{} ({})", rendered.rung, why.join("; ")) }
}

/// As `verify --json` names things, without the rules that are kept.
fn verdict(verdict: &Verdict) -> Value {
    json!({
        "for": verdict.destination,
        "passes": verdict.passes(),
        "short": verdict.short().collect::<Vec<_>>(),
        "fix": verdict.fix(),
        "wechat": verdict.fate,
        "wechat_says": verdict.fate.to_string(),
    })
}

fn told(verdict: &Verdict) {
    line("WeChat", &format!("({}) {}", verdict.destination, verdict.fate));
}

fn line(what: &str, words: &str) {
    say(&format!("{what}: {}", printable(words, SHOWN)));
}
