//! The lines of a labelled file.

use std::fs;
use std::path::Path;

use serde_json::Value;

/// The cases of a file, one JSON object a line.
pub(crate) fn lines(path: &Path) -> Result<Vec<Value>, String> {
    let text = fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let parse = |(at, line): (usize, &str)| {
        serde_json::from_str(line).map_err(|e| format!("{}, line {}: {e}", path.display(), at + 1))
    };
    lines.map(parse).collect()
}

/// A text of a case.
pub(crate) fn text<'a>(case: &'a Value, field: &str) -> Result<&'a str, String> {
    case[field].as_str().ok_or_else(|| format!("case {}: no text \"{field}\"", case["id"]))
}

/// A list of texts of a case; one that is not there is empty.
pub(crate) fn texts<'a>(case: &'a Value, field: &str) -> Vec<&'a str> {
    case[field].as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}
