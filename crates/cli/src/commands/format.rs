//! `weixin-video format`: the main job, clip by clip.

use std::path::{Path, PathBuf};

use serde::Serialize;
use serde_json::{Value, json};
use weixin_video_core::files::Output;
use weixin_video_studio::{MediaFacts, Tools, probe};

use super::Ask;
use crate::args;
use crate::backend::Backend;
use crate::failure::Failure;
use crate::output::{Shown, say};
use crate::target;

pub(super) async fn run(ask: &Ask, format: args::Format) -> Result<Shown, Failure> {
    let several = format.inputs.len() > 1;
    let accept = crate::settings::accept(&ask.choice)?;
    let jobs: Vec<Result<Job, (PathBuf, Failure)>> =
        format.inputs.iter().map(|input| job(input, &format, several, accept)).collect();
    if !several {
        let job = jobs.into_iter().next().expect("clap asks for at least one input");
        let job = job.map_err(|(_, failure)| failure)?;
        let (text, data) = deliver(&Backend::open(ask)?, &job, &format.instruct).await?;
        return Ok(Shown::new(text, data));
    }
    batch(ask, jobs, &format.instruct).await
}

/// One clip and where its video goes.
struct Job {
    input: PathBuf,
    output: Output,
}

fn job(
    input: &Path,
    format: &args::Format,
    several: bool,
    accept: weixin_video_core::media::Accept,
) -> Result<Job, (PathBuf, Failure)> {
    let checked = target::check_input(input, accept)
        .and_then(|()| target::beside(input, format.output.as_deref(), several, format.force));
    match checked {
        Ok(output) => Ok(Job { input: input.to_path_buf(), output }),
        Err(failure) => Err((input.to_path_buf(), failure)),
    }
}

/// Every clip gets its own session and its own render; one that fails does not stop the others.
async fn batch(ask: &Ask, jobs: Vec<Result<Job, (PathBuf, Failure)>>, words: &str) -> Result<Shown, Failure> {
    let backend = Backend::open(ask)?;
    let mut lines = Vec::new();
    let mut outputs = Vec::new();
    let mut exit = 0;
    for job in jobs {
        let (input, result) = match job {
            Ok(job) => {
                let result = deliver(&backend, &job, words).await;
                (job.input, result)
            }
            Err((input, failure)) => (input, Err(failure)),
        };
        let mut data = match result {
            Ok((line, data)) => {
                lines.push(line);
                data
            }
            Err(failure) => {
                say(&format!("error: {}: {}\n  next: {}", input.display(), failure.message, failure.next_step));
                exit = if exit == 0 { failure.exit } else { exit };
                json!({"error": failure})
            }
        };
        data["input"] = json!(input.display().to_string());
        outputs.push(data);
    }
    let shown = Shown::new(lines.join("\n"), json!({"backend": backend.kind, "outputs": outputs}));
    Ok(Shown { exit, ..shown })
}

async fn deliver(backend: &Backend, job: &Job, words: &str) -> Result<(String, Value), Failure> {
    let name = job.input.file_name().unwrap_or_default().to_string_lossy();
    let mut progress = backend.progress(&name, false);
    let delivered = backend.client.format(&job.input, words, &job.output, &mut progress).await?;
    backend.settled();
    drop(progress);
    delivered.said.iter().for_each(|words| say(words));
    if let Some(session) = &delivered.session {
        backend.remember(session);
    }
    let data = json!({
        "backend": backend.kind,
        "output": Facts::of(&job.output.path, delivered.bytes),
        "session_id": delivered.session.as_ref().map(|id| id.as_str()),
        "render_id": delivered.render.as_ref().map(|id| id.as_str()),
        "summary": delivered.summary,
        "credits": delivered.credits.map(|credits| credits.available),
    });
    Ok((job.output.path.display().to_string(), data))
}

/// What the written file is. Without ffprobe on this machine only its path and size are known.
#[derive(Debug, Serialize)]
pub(super) struct Facts {
    path: String,
    bytes: u64,
    width: Option<u32>,
    height: Option<u32>,
    duration_ms: Option<u64>,
    fps: Option<f64>,
    video_codec: Option<String>,
    audio_codec: Option<String>,
    faststart: Option<bool>,
}

impl Facts {
    /// Looks at the file at `path`, which is `bytes` long.
    pub(super) fn of(path: &Path, bytes: u64) -> Self {
        let facts = Tools::find().and_then(|tools| probe(&tools, path)).ok();
        let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
        let video = facts.as_ref().and_then(|facts| facts.video.as_ref());
        Self {
            path: absolute.display().to_string(),
            bytes,
            width: video.map(|video| video.display_width),
            height: video.map(|video| video.display_height),
            duration_ms: facts.as_ref().map(|facts| facts.duration_ms),
            fps: video.and_then(|video| video.frame_rate).map(|rate| rate.value()),
            video_codec: video.map(|video| video.codec.clone()),
            audio_codec: facts.as_ref().and_then(|facts| facts.audio.as_ref()).map(|audio| audio.codec.clone()),
            faststart: facts.as_ref().and_then(|facts: &MediaFacts| facts.faststart),
        }
    }
}
