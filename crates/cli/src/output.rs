//! stdout: data for people, or one JSON object for programs.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::{Value, json};

use crate::failure::Failure;

/// What a command has to show.
#[derive(Debug)]
pub(crate) struct Shown {
    /// For people, without a newline at the end; nothing is printed when empty.
    pub(crate) text: String,
    /// For programs.
    pub(crate) data: Value,
    /// Not 0 when some part of the command failed.
    pub(crate) exit: u8,
}

impl Shown {
    pub(crate) fn new(text: impl Into<String>, data: impl Serialize) -> Self {
        let data = serde_json::to_value(data).expect("what is shown has string keys and finite numbers or nulls");
        Self { text: text.into(), data, exit: 0 }
    }
}

/// Prints the end of a command and says its exit code.
pub(crate) fn finish(json: bool, result: Result<Shown, Failure>) -> u8 {
    match (json, result) {
        (true, Ok(shown)) => {
            print(&json!({"ok": true, "data": shown.data}).to_string());
            shown.exit
        }
        (true, Err(failure)) => {
            print(&json!({"ok": false, "error": failure}).to_string());
            failure.exit
        }
        (false, Ok(shown)) => {
            if !shown.text.is_empty() {
                print(&shown.text);
            }
            shown.exit
        }
        (false, Err(failure)) => {
            say(&format!("error: {}", failure.message.trim_start_matches("error: ")));
            if !failure.next_step.is_empty() {
                say(&format!("  next: {}", failure.next_step));
            }
            failure.exit
        }
    }
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
