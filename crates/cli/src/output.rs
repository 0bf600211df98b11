//! stdout: data for people, or one JSON object for programs.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::Value;

use crate::failure::Failure;

/// What a command has to show.
#[derive(Debug)]
pub(crate) struct Shown {
    /// For people, without a newline at the end; nothing is printed when empty.
    pub(crate) text: String,
    /// For programs; null when it has been printed already.
    pub(crate) data: Value,
    /// Why not everything that was asked for was done; in text it has been told already.
    pub(crate) failed: Option<Failure>,
}

impl Shown {
    pub(crate) fn new(text: impl Into<String>, data: impl Serialize) -> Self {
        let data = serde_json::to_value(data).expect("what is shown has string keys and finite numbers or nulls");
        Self { text: text.into(), data, failed: None }
    }
}

/// The one object on stdout.
#[derive(Serialize)]
struct Object<'a> {
    ok: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a Failure>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'a Value>,
}

/// Prints the end of a command and says its exit code.
pub(crate) fn finish(json: bool, result: Result<Shown, Failure>) -> u8 {
    let (error, shown) = match &result {
        Ok(shown) => (shown.failed.as_ref(), Some(shown)),
        Err(failure) => (Some(failure), None),
    };
    match (json, shown) {
        (true, Some(shown)) if shown.data.is_null() => {}
        (true, shown) => print_object(error, shown.map(|shown| &shown.data)),
        (false, Some(shown)) if !shown.text.is_empty() => print(&shown.text),
        (false, Some(_)) => {}
        (false, None) => error.into_iter().for_each(tell),
    }
    error.map_or(0, |failure| failure.exit)
}

/// Prints the one object: what was done, what was not, or some of both.
pub(crate) fn print_object(error: Option<&Failure>, data: Option<&Value>) {
    let object = Object { ok: error.is_none(), error, data };
    print(&serde_json::to_string(&object).expect("what is shown has string keys and finite numbers or nulls"));
}

/// What went wrong and what to do about it, a line each.
pub(crate) fn tell(failure: &Failure) {
    say(&format!("error: {}", failure.message));
    say(&format!("  next: {}", failure.next_step));
}

/// One line on stderr. A closed stderr is the reader's decision.
pub(crate) fn say(line: &str) {
    let _ = writeln!(io::stderr().lock(), "{line}");
}

/// One line on stdout; a closed pipe ends the output, not the program with a panic.
pub(crate) fn print(line: &str) {
    let mut stdout = io::stdout().lock();
    let _ = writeln!(stdout, "{line}").and_then(|()| stdout.flush());
}
