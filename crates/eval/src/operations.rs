//! Whether two lists of operations do the same.
//!
//! Order matters among what moves time, and between turning and mirroring; the rest is a heap. What is kept and removed is
//! compared by what is left of the timeline.

use serde_json::Value;

const MOVES_TIME: &[&str] = &["keep", "remove", "speed", "merge", "reorder", "remove_clip", "undo"];
const TURNS: &[&str] = &["rotate", "flip"];

/// Fractions differ by less than this.
const NEAR: f64 = 0.01;

/// Whether the operations come to the same on a timeline of this length.
pub(crate) fn same(a: &[Value], b: &[Value], dur_ms: u64) -> bool {
    let steps = |ops: &[Value]| steps(&among(ops, MOVES_TIME), dur_ms);
    let rest = |ops: &[Value]| -> Vec<Value> {
        ops.iter().filter(|op| !is_one(op, MOVES_TIME) && !is_one(op, TURNS)).cloned().collect()
    };
    in_order(&steps(a), &steps(b)) && in_order(&among(a, TURNS), &among(b, TURNS)) && as_heap(&rest(a), rest(b))
}

fn is_one(op: &Value, names: &[&str]) -> bool {
    op["op"].as_str().is_some_and(|name| names.contains(&name))
}

fn among(ops: &[Value], names: &[&str]) -> Vec<Value> {
    ops.iter().filter(|op| is_one(op, names)).cloned().collect()
}

fn in_order(a: &[Value], b: &[Value]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| alike(a, b))
}

fn as_heap(a: &[Value], mut b: Vec<Value>) -> bool {
    let mut take = |op: &Value| b.iter().position(|other| alike(op, other)).map(|at| b.swap_remove(at)).is_some();
    a.iter().all(&mut take) && b.is_empty()
}

/// Equal but for small differences of fractions; the reason of a no is only for people.
fn alike(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => {
            a == b || a.as_f64().zip(b.as_f64()).is_some_and(|(a, b)| (a - b).abs() < NEAR)
        }
        (Value::Array(a), Value::Array(b)) => in_order(a, b),
        (Value::Object(a), Value::Object(b)) => {
            let no = a.get("op").is_some_and(|op| op == "unsupported") && b.get("op") == a.get("op");
            no || (a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| alike(a, b))))
        }
        _ => a == b,
    }
}

/// The operations, where each run of cuts is replaced by what it leaves.
fn steps(ops: &[Value], dur_ms: u64) -> Vec<Value> {
    let whole = vec![(0, i64::try_from(dur_ms).unwrap_or(i64::MAX))];
    let mut steps = Vec::new();
    let mut left: Option<Vec<(i64, i64)>> = None;
    for op in ops {
        let after = cut(op, left.as_ref().unwrap_or(&whole), dur_ms);
        match after {
            Some(after) => left = Some(after),
            None => {
                steps.extend(left.take().map(|left| serde_json::json!(left)));
                steps.push(op.clone());
            }
        }
    }
    steps.extend(left.map(|left| serde_json::json!(left)));
    steps
}

/// What a cut leaves of these parts; `None` where it is no cut of the timeline as it was before the message.
fn cut(op: &Value, parts: &[(i64, i64)], dur_ms: u64) -> Option<Vec<(i64, i64)>> {
    let keeps = match op["op"].as_str()? {
        "keep" => true,
        "remove" => false,
        _ => return None,
    };
    if op.get("clip").is_some() || op.get("then").is_some() {
        return None;
    }
    let (from, to) = (places(&op["from"], dur_ms)?, places(&op["to"], dur_ms)?);
    let mut left = if keeps { Vec::new() } else { parts.to_vec() };
    for (from, to) in from.into_iter().zip(to) {
        if keeps {
            left.extend(parts.iter().map(|(start, end)| ((*start).max(from), (*end).min(to))));
        } else {
            left = left.into_iter().flat_map(|(start, end)| [(start, end.min(from)), (start.max(to), end)]).collect();
        }
    }
    left.retain(|(start, end)| start < end);
    Some(left)
}

/// Times from the start; a negative one counts from the end, and none is the end.
fn places(value: &Value, dur_ms: u64) -> Option<Vec<i64>> {
    let dur = i64::try_from(dur_ms).ok()?;
    let place = |value: &Value| {
        let ms = if value.is_null() { Some(dur) } else { value.as_i64() };
        ms.map(|ms| if ms < 0 { dur.saturating_add(ms) } else { ms })
    };
    match value.as_array() {
        Some(values) => values.iter().map(place).collect(),
        None => place(value).map(|place| vec![place]),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(a: Value, b: Value) -> bool {
        same(a.as_array().unwrap(), b.as_array().unwrap(), 120_000)
    }

    #[test]
    fn cuts_are_what_they_leave() {
        let keep = json!([{"op": "keep", "from": 0, "to": 70_000}]);
        assert!(check(keep.clone(), json!([{"op": "remove", "from": 70_000, "to": null}])));
        assert!(check(keep.clone(), json!([{"op": "remove", "from": -50_000, "to": null}])));
        assert!(!check(keep.clone(), json!([{"op": "remove", "from": 60_000, "to": null}])));
        assert!(!check(keep, json!([{"op": "keep", "from": 0, "to": 70_000, "then": true}])));
        let two = json!([{"op": "keep", "from": [0, 50_000], "to": [10_000, null]}]);
        assert!(check(two, json!([{"op": "remove", "from": 10_000, "to": 50_000}])));
    }

    #[test]
    fn order_matters_where_time_moves() {
        let (speed, undo) = (json!({"op": "speed", "factor": 2}), json!({"op": "undo"}));
        assert!(!check(json!([speed, undo]), json!([undo, speed])));
        let (turn, flip, mute) =
            (json!({"op": "rotate", "deg": 90}), json!({"op": "flip", "axis": "h"}), json!({"op": "mute"}));
        assert!(!check(json!([turn, flip]), json!([flip, turn])));
        assert!(check(json!([turn, mute, speed]), json!([mute, speed, turn])));
        assert!(!check(json!([mute, mute]), json!([mute])));
    }

    #[test]
    fn fractions_may_differ_a_little() {
        assert!(check(json!([{"op": "speed", "factor": 0.333}]), json!([{"op": "speed", "factor": 0.334}])));
        assert!(!check(json!([{"op": "fps", "value": 30}]), json!([{"op": "fps", "value": 31}])));
        assert!(!check(json!([{"op": "mute", "target": "all"}]), json!([{"op": "mute"}])));
    }
}
