//! `format --dry-run`: what would be made of each clip, and nothing else.

use std::path::Path;

use serde_json::{Value, json};
use weixin_video_core::printable::printable;
use weixin_video_studio::{Error, MediaFacts, Plan, Prediction, Run, Tools, predict, probe};

use super::{Clip, failed_at};
use crate::aim::Aim;
use crate::apart::apart;
use crate::args;
use crate::ask::Ask;
use crate::failure::Failure;
use crate::here::Read;
use crate::output::Shown;
use crate::settings::{self, Chosen};
use crate::target::spelled_out;

/// No name and no list of reasons takes more characters than this for people; `--json` has all of it.
const SHOWN: usize = 600;

/// What stands at the end.
const NOTHING: &str = "Nothing was written, sent or charged.";

/// What is told of a clip, for people and for programs.
type Told = (Vec<String>, Value);

pub(super) async fn run(ask: &Ask, format: &args::Format, clips: Vec<Clip>) -> Result<Shown, Failure> {
    let aim = Aim::of(&format.aim)?;
    let chosen = settings::choose(&ask.choice)?;
    let (mut lines, mut told, mut failed) = (Vec::new(), Vec::new(), None);
    let one = clips.len() == 1;
    for Clip { input, output } in clips {
        let result = match output {
            Ok(output) => clip(&chosen, &aim, format, &input, &output.path).await,
            Err(failure) => Err(failure),
        };
        let mut data = match result {
            Err(failure) if one => return Err(failure),
            Err(failure) => failed_at(&input, failure, &mut failed),
            Ok((more, data)) => {
                lines.extend(more);
                data
            }
        };
        data["input"] = json!(input.display().to_string());
        told.push(data);
    }
    lines.push(NOTHING.to_owned());
    Ok(Shown { failed, ..Shown::new(lines.join("\n"), json!({"dry_run": true, "clips": told})) })
}

async fn clip(chosen: &Chosen, aim: &Aim, format: &args::Format, input: &Path, output: &Path) -> Result<Told, Failure> {
    let tools = settings::tools()?;
    let (mut lines, mut data) = match chosen {
        Chosen::Remote { url, .. } => elsewhere(&tools, aim, url, &format.instruct, input)?,
        Chosen::Local => {
            let (aim, input, output) = (aim.clone(), input.to_owned(), spelled_out(output));
            let (words, parts) = (format.instruct.clone(), format.parts);
            let work = move |control: &_| {
                let read = Read::of(&tools, &aim, &input, &words)?;
                if parts {
                    return in_parts(&read, &aim);
                }
                let plan = read.plan(&read.timeline, &aim)?;
                let predicted = predict(&tools, &plan, &read.inputs(), control);
                Ok(here(&read, &aim, &plan, &predicted, &output))
            };
            apart("dry-run", work).await??
        }
    };
    let taken = output.symlink_metadata().is_ok() && !format.force;
    let but = if taken { " (which exists already: choose another name with -o, or pass --force)" } else { "" };
    lines.push(format!("would write: {}{but}", shown(&output.display().to_string())));
    data["output"] = json!(spelled_out(output).display().to_string());
    data["output_exists"] = json!(output.symlink_metadata().is_ok());
    Ok((lines, data))
}

/// What another editor would be sent.
fn elsewhere(tools: &Tools, aim: &Aim, url: &str, words: &str, input: &Path) -> Result<Told, Failure> {
    let (config, told) = (settings::config(url)?, aim.told(words));
    let destination = aim.destination(words);
    // It need not be readable here.
    let facts = probe(tools, input).ok();
    let bytes = input.metadata().map_or(0, |file| file.len());
    let name = shown(&input.display().to_string());
    let lines = vec![
        format!("{name}: {}", facts.as_ref().map_or_else(|| format!("{bytes} bytes"), what)),
        format!("would upload: {bytes} bytes to {}", config.api),
        format!("would say: {}", shown(&told)),
        "would be charged: one message, as the editor takes for it; the render costs nothing".to_owned(),
        format!("then held against {}, and mended here where it falls short", destination.id),
    ];
    let data = json!({
        "backend": config.api.to_string(), "facts": facts, "uploads": bytes, "says": told, "for": destination.id,
    });
    Ok((lines, data))
}

fn in_parts(read: &Read, aim: &Aim) -> Result<Told, Failure> {
    let parts = super::parts::of(read, aim)?;
    let mut lines = read_lines(read, aim);
    let lengths: Vec<u64> = parts.iter().map(|part| part.duration_ms()).collect();
    let shown: Vec<String> = lengths.iter().map(|ms| seconds(*ms)).collect();
    lines.push(format!("parts: {} of {}", parts.len(), shown.join(", ")));
    let mut data = read_data(read, aim);
    data["parts_ms"] = json!(lengths);
    Ok((lines, data))
}

fn here(read: &Read, aim: &Aim, plan: &Plan, predicted: &Result<Prediction, Error>, output: &Path) -> Told {
    let (rung, why) = plan.rung();
    let (runs, rate) = (runs(read, plan, output), plan.frame_rate());
    let mut lines = read_lines(read, aim);
    lines.push(format!("made by: {rung} ({})", shown(&why.join("; "))));
    let most = plan.max_bytes().map(|most| format!(", at most {most} bytes")).unwrap_or_default();
    let (width, height, length) = (plan.width(), plan.height(), seconds(plan.duration_ms()));
    lines.push(format!("to: {width}x{height} at {:.2} frames a second, {length}{most}", rate.value()));
    lines.extend(runs.iter().map(|run| format!("{}:\n  {}", run.what, quoted(&run.arguments))));
    lines.push(match predicted {
        Ok(it) => format!("about {} bytes in {:.1} s ({})", it.bytes, it.seconds, shown(&it.why.join("; "))),
        Err(error) => format!("can't be foretold: {error}; {}", error.advice()),
    });
    let mut data = read_data(read, aim);
    data["rung"] = json!(rung);
    data["why"] = json!(why);
    data["plan"] = json!({
        "width": width, "height": height, "fps": rate.value(), "frames": plan.frames(),
        "duration_ms": plan.duration_ms(), "max_bytes": plan.max_bytes(),
    });
    data["runs"] = json!(runs);
    data["predicted"] = predicted.as_ref().map_or(
        Value::Null,
        |it| json!({"bytes": it.bytes, "seconds": it.seconds, "picture": it.picture, "why": it.why}),
    );
    (lines, data)
}

fn read_lines(read: &Read, aim: &Aim) -> Vec<String> {
    let name = shown(&read.path.display().to_string());
    let goes_to = match read.goes_to(aim) {
        Some(place) => format!("{} ({})", place.id, place.title),
        None => "nowhere in particular, so that it plays everywhere".to_owned(),
    };
    let mut lines = vec![format!("{name}: {}", what(&read.facts))];
    lines.extend(read.ops.iter().map(|op| format!("edit: {}", shown(&json!(op).to_string()))));
    lines.push(format!("for: {goes_to}"));
    lines
}

fn read_data(read: &Read, aim: &Aim) -> Value {
    let place = read.goes_to(aim).map(|place| &place.id);
    json!({"backend": "local", "facts": read.facts, "operations": read.ops, "for": place})
}

/// The runs with the files' own names, so that a shell can be given them.
fn runs(read: &Read, plan: &Plan, output: &Path) -> Vec<Run> {
    let input = format!("file:{}", spelled_out(&read.path).display());
    let names: Vec<String> = plan.inputs().into_iter().map(|(name, _)| format!("file:{name}")).collect();
    let out = format!("file:out.{}", plan.extension());
    let named = |argument: String| match argument {
        argument if names.contains(&argument) => input.clone(),
        argument if argument == out => format!("file:{}", output.display()),
        argument => argument,
    };
    let named = |run: Run| Run { arguments: run.arguments.into_iter().map(named).collect(), ..run };
    plan.runs().into_iter().map(named).collect()
}

/// For a shell to read.
fn quoted(arguments: &[String]) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,+%@".contains(c);
    let quoted = |argument: &String| {
        let is_plain = !argument.is_empty() && argument.chars().all(plain);
        if is_plain { argument.clone() } else { format!("'{}'", argument.replace('\'', "'\\''")) }
    };
    let words: Vec<String> = arguments.iter().map(quoted).collect();
    format!("ffmpeg {}", printable(&words.join(" "), usize::MAX))
}

/// What a clip is, in a line.
fn what(facts: &MediaFacts) -> String {
    let mut words = vec![facts.container.clone(), format!("{} bytes", facts.bytes)];
    if facts.duration_ms > 0 {
        words.push(seconds(facts.duration_ms));
    }
    if let Some(video) = &facts.video {
        words.push(format!("{} {}x{} {}", video.codec, video.display_width, video.display_height, video.pixel_format));
        words.extend(video.frame_rate.map(|rate| format!("{:.2} frames a second", rate.value())));
        words.extend(video.color.transfer.clone());
        let traits =
            [(video.rotation != 0, "turned"), (video.variable, "uneven frames"), (video.interlaced, "interlaced")];
        words.extend(traits.into_iter().filter(|(is, _)| *is).map(|(_, name)| name.to_owned()));
    }
    match &facts.audio {
        Some(audio) => {
            words.push(format!("{} of {} channels at {} Hz", audio.codec, audio.channels, audio.sample_rate))
        }
        None => words.push("no sound".to_owned()),
    }
    printable(&words.join(", "), SHOWN)
}

fn seconds(ms: u64) -> String {
    format!("{}.{} s", ms / 1000, ms % 1000 / 100)
}

fn shown(text: &str) -> String {
    printable(text, SHOWN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_reads_the_same_arguments() {
        let arguments = ["-i", "file:it's a clip;$(x).mp4", "", "a=b,c"].map(str::to_owned);
        assert_eq!(quoted(&arguments), r"ffmpeg -i 'file:it'\''s a clip;$(x).mp4' '' a=b,c");
    }
}
