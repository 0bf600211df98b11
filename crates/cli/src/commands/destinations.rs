//! `weixin-video destinations`: where videos go, and what holds there.

use serde_json::{Value, json};
use weixin_video_core::printable::printable;
use weixin_video_studio::{Destination, Does};

use crate::args::look;
use crate::destinations;
use crate::failure::Failure;
use crate::output::Shown;

pub(super) fn run(args: &look::Destinations) -> Result<Shown, Failure> {
    let (all, file) = destinations::load(&args.table)?;
    let file = file.map(|file| file.display().to_string());
    if !args.words.is_empty() {
        let one = destinations::find(&all, &args.words.join(" "))?;
        return Ok(Shown::new(details(one), json!({"destination": one, "table": file})));
    }
    let mut lines =
        vec![line(["id", "seconds", "bytes", "pixels", "fps", "what WeChat does", "name"].map(str::to_owned))];
    lines.extend(all.iter().map(row));
    if let Some(file) = &file {
        lines.push(format!("with {} laid over", printable(file, 300)));
    }
    lines.push("Where each value is from: weixin-video destinations ID".to_owned());
    let data: Vec<&Destination> = all.iter().collect();
    Ok(Shown::new(lines.join("\n"), json!({"destinations": data, "table": file})))
}

fn row(one: &Destination) -> String {
    let caps = one.caps();
    let number = |value: Option<u64>| value.map_or_else(|| "-".to_owned(), grouped);
    let pixels = match (caps.short_side, caps.long_side) {
        (Some(short), Some(long)) => format!("{short}x{}", long.min(short * 16 / 9)),
        (Some(short), None) => short.to_string(),
        (None, _) => "-".to_owned(),
    };
    let does = match one.does.is {
        Does::Passes => "leaves it as it is",
        Does::Gate => "leaves small ones as they are",
        Does::ReEncodes => "encodes it anew",
        Does::Unknown | _ => "takes it",
    };
    let name = format!("{} {}", one.title_zh, one.title);
    let fps = number(caps.frame_rate.map(u64::from));
    line([one.id.clone(), number(caps.seconds.map(u64::from)), number(caps.bytes), pixels, fps, does.to_owned(), name])
}

/// Numbers to the right, words to the left; what is wide in Chinese comes last.
fn line([id, seconds, bytes, pixels, fps, does, name]: [String; 7]) -> String {
    format!("{id:<13} {seconds:>7} {bytes:>15} {pixels:>9} {fps:>4}  {does:<29}  {name}")
}

/// Every value with where it is from.
fn details(one: &Destination) -> String {
    let mut lines =
        vec![format!("{}: {}, {}", one.id, one.title, one.title_zh), format!("words: {}", one.words.join(", "))];
    let mut value = serde_json::to_value(one).unwrap_or_default();
    let mut limits = value["limits"].take();
    for (name, known) in limits.as_object_mut().into_iter().flatten() {
        lines.push(detail(name, known));
    }
    for name in ["does", "misfit", "aim"] {
        if value[name].is_object() {
            lines.push(detail(name, &value[name]));
        }
    }
    for (name, known) in value["gate"].as_object().into_iter().flatten() {
        lines.push(detail(&format!("left as it is up to {name}"), known));
    }
    lines.extend(one.becomes.iter().map(|step| {
        let (seconds, sure) = (step.up_to_seconds, serde_json::to_value(step.confidence).unwrap_or_default());
        format!("becomes, up to {seconds} s: {step}  [{}; {}; {}]", text(&sure), step.date, step.source)
    }));
    lines.join("\n")
}

fn detail(name: &str, known: &Value) -> String {
    let note = known["note"].as_str().map(|note| format!(" ({note})")).unwrap_or_default();
    let own = known["confidence"] == "own";
    let origin = if own {
        "own rule".to_owned()
    } else {
        ["confidence", "date", "source"].map(|key| text(&known[key])).join("; ")
    };
    format!("{}: {}{note}  [{origin}]", name.replace('_', " "), text(&known["is"]))
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        // In a list the commas stand between the numbers.
        Value::Array(all) => all.iter().map(|one| text(one).replace(',', "")).collect::<Vec<_>>().join(", "),
        Value::Number(number) => number.as_u64().map_or_else(|| number.to_string(), grouped),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::Null | Value::Object(_) => String::new(),
    }
}

/// 26,214,400; short numbers stay as they are.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let first = digits.len() % 3;
    let head = digits.get(..first).filter(|head| !head.is_empty());
    let rest = (first..digits.len()).step_by(3).filter_map(|at| digits.get(at..at + 3));
    if digits.len() < 5 { digits.clone() } else { head.into_iter().chain(rest).collect::<Vec<_>>().join(",") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_numbers_are_grouped() {
        let cases = [(0, "0"), (1080, "1080"), (26_214_400, "26,214,400"), (100_000, "100,000"), (12_345, "12,345")];
        for (number, shown) in cases {
            assert_eq!(grouped(number), shown);
        }
    }
}
