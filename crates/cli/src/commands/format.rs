//! `weixin-video format`: the main job, clip by clip.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use weixin_video_core::files::Output;
use weixin_video_core::media::Accept;

use crate::args;
use crate::ask::Ask;
use crate::backend::Backend;
use crate::facts::Facts;
use crate::failure::Failure;
use crate::output::{Shown, say, tell};
use crate::target;

pub(super) async fn run(ask: &Ask, format: args::Format) -> Result<Shown, Failure> {
    let several = format.inputs.len() > 1;
    if several {
        target::room_for_all(&format.inputs, format.output.as_deref())?;
    }
    let accept = crate::settings::accept(&ask.choice)?;
    let mut jobs: Vec<Job> = format.inputs.iter().map(|input| Job::new(input, &format, accept)).collect();
    if several {
        return batch(ask, jobs, &format.instruct).await;
    }
    let Job { input, output } = jobs.pop().expect("clap asks for at least one input");
    let output = output?;
    let (text, data) = deliver(&Backend::for_one_job(ask)?, &input, &output, &format.instruct).await?;
    Ok(Shown::new(text, data))
}

/// One clip, and where its video goes if it can be had.
struct Job {
    input: PathBuf,
    output: Result<Output, Failure>,
}

impl Job {
    fn new(input: &Path, format: &args::Format, accept: Accept) -> Self {
        let checked = target::check_input(input, accept);
        let output = checked.and_then(|()| target::beside(input, format.output.as_deref(), format.force));
        Self { input: input.to_path_buf(), output }
    }
}

/// Every clip gets its own session and its own render; one that fails does not stop the others.
async fn batch(ask: &Ask, jobs: Vec<Job>, words: &str) -> Result<Shown, Failure> {
    let backend = Backend::for_one_job(ask)?;
    let mut lines = Vec::new();
    let mut outputs = Vec::new();
    let mut failed = None;
    for Job { input, output } in jobs {
        let result = match output {
            Ok(output) => deliver(&backend, &input, &output, words).await,
            Err(failure) => Err(failure),
        };
        let mut data = match result {
            Ok((line, data)) => {
                lines.push(line);
                data
            }
            Err(failure) => {
                let failure = failure.about(&input);
                tell(&failure);
                let data = json!({"error": failure});
                failed.get_or_insert(failure);
                data
            }
        };
        data["input"] = json!(input.display().to_string());
        outputs.push(data);
    }
    let shown = Shown::new(lines.join("\n"), json!({"backend": backend.kind, "outputs": outputs}));
    Ok(Shown { failed, ..shown })
}

async fn deliver(backend: &Backend, input: &Path, output: &Output, words: &str) -> Result<(String, Value), Failure> {
    let name = input.file_name().unwrap_or_default().to_string_lossy();
    let mut progress = backend.progress(&name);
    let delivered = backend.client.format(input, words, output, &mut progress).await?;
    backend.settled();
    drop(progress);
    delivered.said.iter().for_each(|words| say(words));
    if let Some(session) = &delivered.session {
        backend.remember(session);
    }
    let data = json!({
        "backend": backend.kind,
        "output": Facts::of(&output.path, delivered.bytes),
        "session_id": delivered.session.as_ref().map(|id| id.as_str()),
        "render_id": delivered.render.as_ref().map(|id| id.as_str()),
        "summary": delivered.summary,
        "credits": delivered.credits.map(|credits| credits.available),
    });
    Ok((output.path.display().to_string(), data))
}
