//! `weixin-video say`: the words are routed before anything is sent to the paid agent, then done, step by step.

use serde_json::{Value, json};
use weixin_video_core::intent::{self, Action};

use super::{credits, export, state, upload};
use crate::args;
use crate::ask::Ask;
use crate::backend::Backend;
use crate::failure::Failure;
use crate::output::Shown;
use crate::target;

pub(super) async fn run(ask: &Ask, say: args::Say) -> Result<Shown, Failure> {
    let route = intent::route(&say.text);
    let exports = route.steps.contains(&Action::Export);
    // A name that is taken shows before anything is done.
    let output = exports.then(|| target::named(say.target.output.as_deref(), say.target.force)).transpose()?;
    let backend = Backend::open(ask)?;
    let named = say.session.session.as_deref();
    let mut done = Vec::new();
    for step in &route.steps {
        let shown = match step {
            Action::Upload => upload_all(&backend, named, &route, &say.text).await?,
            Action::Chat => chat(&backend, named, &say.text).await?,
            Action::Export => {
                let output = output.as_ref().expect("an output was named when a step exports");
                export::to(&backend, &backend.session(named)?, output).await?
            }
            Action::State => state::shown(&backend, &backend.session(named)?).await?,
            Action::Credits => credits::shown(&backend).await?,
        };
        done.push((step, shown));
    }
    let text: Vec<&str> = done.iter().map(|(_, shown)| shown.text.as_str()).filter(|text| !text.is_empty()).collect();
    let steps: Vec<Value> =
        done.iter().map(|(step, shown)| json!({"step": name(**step), "data": shown.data})).collect();
    Ok(Shown::new(text.join("\n"), json!({"backend": backend.kind, "steps": steps})))
}

/// The step's name in JSON.
fn name(action: Action) -> &'static str {
    match action {
        Action::Export => "export",
        Action::Credits => "credits",
        Action::State => "state",
        Action::Upload => "upload",
        Action::Chat => "chat",
    }
}

async fn upload_all(
    backend: &Backend,
    named: Option<&str>,
    route: &intent::Route,
    words: &str,
) -> Result<Shown, Failure> {
    let media: Vec<&String> = route.files.iter().chain(&route.urls).collect();
    if media.is_empty() {
        let next = "Name the file, such as: weixin-video say \"upload clip.mp4\".";
        return Err(Failure::new("question", "which file is to be uploaded?", next));
    }
    let mut lines = Vec::new();
    let mut data = Vec::new();
    for what in media {
        let session = match named {
            Some(_) => Some(backend.session(named)?),
            None => backend.last_session(),
        };
        let shown = upload::shown(backend, session, what, words).await?;
        lines.push(shown.text);
        data.push(shown.data);
    }
    Ok(Shown::new(lines.join("\n"), data))
}

async fn chat(backend: &Backend, named: Option<&str>, words: &str) -> Result<Shown, Failure> {
    let session = backend.session(named)?;
    let answer = backend.client.chat(&session, words, &mut backend.progress("say")).await?;
    let changes = answer.changes.as_ref().map(ToString::to_string).filter(|changes| !changes.is_empty());
    let mut lines = answer.said.clone();
    lines.extend(answer.questions.iter().cloned());
    lines.extend(changes.clone());
    if lines.is_empty() {
        lines.push("The editor answered nothing, and the timeline is as it was.".into());
    }
    let data = json!({
        "session_id": session.as_str(),
        "said": answer.said,
        "questions": answer.questions,
        "changes": changes,
    });
    Ok(Shown::new(lines.join("\n"), data))
}
