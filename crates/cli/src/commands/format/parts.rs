//! `format --parts`: what is too long for where it goes becomes numbered files, each made by itself on this machine.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use weixin_video_core::files::Output;
use weixin_video_studio::timeline::Timeline;
use weixin_video_studio::{Plan, Rendered, Tools, parts, render};

use crate::aim::Aim;
use crate::apart::apart;
use crate::delivered::Video;
use crate::failure::Failure;
use crate::here::Read;
use crate::output::say;
use crate::{settings, target};

/// The parts of what the words make of a clip.
pub(super) fn of(read: &Read, aim: &Aim) -> Result<Vec<Timeline>, Failure> {
    Ok(parts(read.timeline.clone(), &read.known(), &aim.destinations, None)?)
}

/// Makes them, and says what for people and for programs.
pub(super) async fn deliver(aim: &Aim, words: &str, input: &Path, output: &Output) -> Result<(String, Value), Failure> {
    let tools = settings::tools()?;
    let read = read(tools.clone(), aim, words, input).await?;
    let parts = of(&read, aim)?;
    let number = parts.len();
    let places: Vec<PathBuf> = (1..=number).map(|part| numbered(&output.path, part, number)).collect();
    for place in &places {
        target::checked(place.clone(), output.replace)?;
    }
    let (mut lines, mut data) = (Vec::new(), Vec::new());
    for (timeline, place) in parts.into_iter().zip(places) {
        say(&format!("{}: part {} of {number}…", input.display(), lines.len() + 1));
        let plan = read.plan(&timeline, aim)?;
        let (rendered, why) = made(tools.clone(), &read, plan, place.clone()).await?;
        let mut part = json!({});
        Video::made_here(&place, &rendered, &why).put_into(&mut part);
        lines.push(place.display().to_string());
        data.push(part);
    }
    Ok((lines.join("\n"), json!({"backend": "local", "parts": data})))
}

/// Looks at a clip and reads the words.
pub(super) async fn read(tools: Tools, aim: &Aim, words: &str, input: &Path) -> Result<Read, Failure> {
    let (aim, words, input) = (aim.clone(), words.to_owned(), input.to_owned());
    apart("look", move |_| Read::of(&tools, &aim, &input, &words)).await?
}

/// Makes the file of a plan of a clip; also why it takes the work that it takes.
pub(super) async fn made(
    tools: Tools,
    read: &Read,
    plan: Plan,
    place: PathBuf,
) -> Result<(Rendered, Vec<String>), Failure> {
    let ((_, why), inputs) = (plan.rung(), read.inputs());
    let transcriber = settings::transcriber()?;
    let work = move |control: &weixin_video_studio::Control| {
        let control = transcriber.into_iter().fold(control.clone(), weixin_video_studio::Control::transcriber);
        render(&tools, &plan, &inputs, &place, &control)
    };
    Ok((apart("render", work).await??, why))
}

/// NAME-1.mp4 for NAME.mp4; what is in one part keeps its name.
fn numbered(path: &Path, part: usize, of: usize) -> PathBuf {
    if of == 1 {
        return path.to_owned();
    }
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let extension = path.extension().map(|extension| format!(".{}", extension.to_string_lossy())).unwrap_or_default();
    let digits = of.to_string().len();
    path.with_file_name(format!("{stem}-{part:0digits$}{extension}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_numbered_so_that_they_sort() {
        let name = |part, of| numbered(Path::new("a/b.c-wechat.mp4"), part, of).display().to_string();
        assert_eq!((name(1, 1), name(2, 3)), ("a/b.c-wechat.mp4".into(), "a/b.c-wechat-2.mp4".into()));
        assert_eq!(name(2, 12), "a/b.c-wechat-02.mp4");
    }
}
