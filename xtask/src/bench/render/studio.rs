//! The library alone, without the command line: this program again, which makes one file and says what it took itself.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use weixin_video_studio::{Control, Plan, Tools, plan, probe, render};

use crate::run::{Result, command};

/// The word that makes this program render.
pub(in crate::bench) const SELF: &str = "--render";

/// A file as large as the clip, without any destination.
pub(super) fn as_it_is() -> Value {
    json!({ "container": "mp4" })
}

/// The whole clip, for a chat as a file: what is right already stays.
pub(super) fn for_file() -> Value {
    json!({ "destination": "file" })
}

/// The command that makes `out` of a clip by the library alone.
pub(super) fn alone(clip: &Path, out: &Path, output: &Value) -> Result<Vec<Command>> {
    let mut again = command(std::env::current_exe()?);
    again.args(["bench", SELF]).arg(clip).arg(out).arg(output.to_string());
    Ok(vec![again])
}

/// What that command does.
pub(in crate::bench) fn render_alone(words: &[String]) -> Result {
    let [clip, out, output] = words else {
        return Err("a clip, an output and what is wanted of it".into());
    };
    let (clip, out) = (PathBuf::from(clip), PathBuf::from(out));
    let tools = Tools::find();
    let plan = planned(&tools, &clip, &serde_json::from_str(output)?)?;
    let inputs = BTreeMap::from([("a".to_owned(), clip)]);
    let done = render(&tools, &plan, &inputs, &out, &Control::new())?;
    eprintln!("{}", done.rung);
    Ok(())
}

pub(super) fn planned(tools: &Tools, clip: &Path, output: &Value) -> Result<Plan> {
    let facts = BTreeMap::from([("a".to_owned(), probe(tools, clip)?)]);
    let draft = json!({ "m": { "edit": { "output": output } }, "t": [{ "tt": 0, "sg": [{ "src": "a" }] }] });
    Ok(plan(&draft, &facts)?)
}

/// Plain ffmpeg with exactly the library's arguments, in a folder like the library's own.
pub(super) fn plain(clip: &Path, folder: &Path, output: &Value) -> Result<(Vec<Command>, PathBuf)> {
    let plan = planned(&Tools::find(), clip, output)?;
    let arguments = plan.arguments();
    let made = arguments.last().and_then(|last| last.strip_prefix("file:")).ok_or("the plan names no output")?;
    let input = arguments.iter().find_map(|word| word.strip_prefix("file:")).ok_or("the plan names no input")?;
    let link = folder.join(input);
    if link.exists() {
        std::fs::remove_file(&link)?;
    }
    link_to(clip, &link)?;
    let mut ffmpeg = command("ffmpeg");
    ffmpeg.args(&arguments).current_dir(folder);
    Ok((vec![ffmpeg], folder.join(made)))
}

#[cfg(unix)]
fn link_to(clip: &Path, link: &Path) -> std::io::Result<()> {
    std::os::unix::fs::symlink(clip, link)
}

#[cfg(not(unix))]
fn link_to(clip: &Path, link: &Path) -> std::io::Result<()> {
    std::fs::copy(clip, link).map(drop)
}
