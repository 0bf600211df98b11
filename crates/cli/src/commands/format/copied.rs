//! What is right already, or only in the wrong container: nothing is encoded, so nothing is asked of the local server, which
//! would take the file in and give it out again for the time of three copies.

use std::path::Path;

use serde_json::{Value, json};
use weixin_video_core::files::Output;
use weixin_video_studio::{Rung, mp4};

use super::parts::{made, read};
use crate::aim::Aim;
use crate::delivered::Video;
use crate::failure::Failure;
use crate::output::say;
use crate::settings;

/// Copies a clip that needs no more than that by its words; `None` for any other, of which nothing is told yet.
///
/// # Errors
/// The copy fails where another way would fail too: a full disk, a stop, a folder that takes no files.
pub(super) async fn deliver(
    aim: &Aim,
    words: &str,
    input: &Path,
    output: &Output,
) -> Result<Option<(String, Value)>, Failure> {
    // Whatever this process doesn't know by itself isn't copied by it, and looking at it twice takes longer.
    if !matches!(mp4::read(input), Ok(Some(_))) {
        return Ok(None);
    }
    let tools = settings::tools()?;
    let Ok(read) = read(tools.clone(), aim, words, input).await else { return Ok(None) };
    let Ok(plan) = read.plan(&read.timeline, aim) else { return Ok(None) };
    if !matches!(plan.rung().0, Rung::Copy | Rung::Remux) {
        return Ok(None);
    }
    read.changes.iter().for_each(|change| say(change));
    let (rendered, why) = made(tools, &read, plan, output.path.clone()).await?;
    let mut data = json!({
        "backend": "local",
        "job_id": null,
        "session_id": null,
        "render_id": null,
        "summary": read.changes.join("\n"),
        "credits": null,
    });
    Video::made_here(&output.path, &rendered, &why).put_into(&mut data);
    Ok(Some((output.path.display().to_string(), data)))
}
