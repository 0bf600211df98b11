//! The labelled sets, scored as their rules say.

use serde_json::{Value, json};

use super::interpret;
use crate::ops::{Context, Track};

#[derive(Debug, Default)]
struct Score {
    lines: usize,
    exact: usize,
    /// A question where an edit was expected, or another question.
    asked: usize,
    wrong: Vec<String>,
}

fn score(name: &str) -> Score {
    let path = format!("{}/../../tests/data/{name}", env!("CARGO_MANIFEST_DIR"));
    let lines = std::fs::read_to_string(&path).unwrap_or_else(|why| panic!("{path}: {why}"));
    let mut score = Score::default();
    for line in lines.lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        let text = case["text"].as_str().unwrap();
        let context = context(&case["ctx"]);
        let found = interpret(text, &context).to_json();
        score.lines += 1;
        if exact(&case["expect"], &found, &context) {
            score.exact += 1;
            continue;
        }
        let is_edit = !matches!(found[0]["op"].as_str(), Some("ask" | "unsupported"));
        if is_edit { score.wrong.push(format!("{text}: {found}")) } else { score.asked += 1 }
    }
    score
}

fn context(ctx: &Value) -> Context {
    let usual = Context::default();
    let names = |value: &Value| {
        value.as_array().map(|all| all.iter().map(|name| name.as_str().unwrap().to_owned()).collect::<Vec<_>>())
    };
    let track = |name: &String| serde_json::from_value::<Track>(json!(name)).unwrap();
    Context {
        dur_ms: ctx["dur_ms"].as_u64().unwrap_or(usual.dur_ms),
        clips: ctx["clips"].as_u64().map_or(usual.clips, |clips| u32::try_from(clips).unwrap()),
        tracks: names(&ctx["tracks"]).map(|all| all.iter().map(track).collect()),
        assets: names(&ctx["assets"]).unwrap_or_default(),
    }
}

fn exact(expected: &Value, found: &Value, context: &Context) -> bool {
    let (expected, found) = (expected.as_array().unwrap(), found.as_array().unwrap());
    if expected.first().is_some_and(|op| op["op"] == "unsupported") {
        return found.len() == 1 && found[0]["op"] == "unsupported";
    }
    let ordered = |ops: &[Value]| -> Vec<Value> {
        let names = ["keep", "remove", "speed", "merge", "reorder", "remove_clip", "undo"];
        ops.iter().filter(|op| names.contains(&op["op"].as_str().unwrap())).cloned().collect()
    };
    let turned = |ops: &[Value]| -> Vec<Value> {
        ops.iter().filter(|op| op["op"] == "rotate" || op["op"] == "flip").cloned().collect()
    };
    let (a, b) = (ordered(expected), ordered(found));
    let in_order = same_list(&a, &b) || intervals(&a, context).is_some_and(|left| Some(left) == intervals(&b, context));
    in_order && same_list(&turned(expected), &turned(found)) && same_rest(expected, found, &a, &b)
}

fn same_list(a: &[Value], b: &[Value]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
}

fn same_rest(expected: &[Value], found: &[Value], a: &[Value], b: &[Value]) -> bool {
    let rest = |ops: &[Value], ordered: &[Value]| -> Vec<Value> {
        ops.iter().filter(|op| !ordered.contains(op)).cloned().collect()
    };
    let (expected, mut found) = (rest(expected, a), rest(found, b));
    expected.iter().all(|op| found.iter().position(|other| same(op, other)).map(|at| found.remove(at)).is_some())
        && found.is_empty()
}

fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => (a.as_f64().unwrap() - b.as_f64().unwrap()).abs() < 0.01,
        (Value::Array(a), Value::Array(b)) => same_list(a, b),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, value)| b.get(key).is_some_and(|other| same(value, other)))
        }
        _ => a == b,
    }
}

/// What is left of the timeline, where only parts of it are kept or go.
fn intervals(ops: &[Value], context: &Context) -> Option<Vec<(i64, i64)>> {
    let dur = i64::try_from(context.dur_ms).unwrap();
    let mut left = vec![(0, dur)];
    let list = |value: &Value| value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]);
    let place = |value: &Value| value.as_i64().map_or(dur, |ms| if ms < 0 { dur + ms } else { ms });
    for op in ops {
        if op.get("clip").is_some() || op.get("then").is_some() {
            return None;
        }
        let parts: Vec<_> = list(&op["from"]).iter().map(place).zip(list(&op["to"]).iter().map(place)).collect();
        left = match op["op"].as_str()? {
            "keep" => parts.iter().flat_map(|part| left.iter().map(|l| (l.0.max(part.0), l.1.min(part.1)))).collect(),
            "remove" => left.iter().flat_map(|l| [(l.0, l.1.min(parts[0].0)), (l.0.max(parts[0].1), l.1)]).collect(),
            _ => return None,
        };
        left.retain(|part| part.0 < part.1);
    }
    (!ops.is_empty()).then_some(left)
}

/// What was reached; a change that reads fewer of them is a step back.
const FLOORS: &[(&str, usize)] = &[("instructions.dev.jsonl", 126), ("instructions.own.jsonl", 1124)];

#[test]
fn the_labelled_sets_are_read_and_no_edit_is_wrong() {
    for (name, floor) in FLOORS {
        let score = score(name);
        assert!(score.wrong.is_empty(), "{name}: {:#?}", score.wrong);
        assert!(score.exact >= *floor, "{name}: {} of {} exact", score.exact, score.lines);
    }
}

mod answers;
mod promises;
mod subtitles;
