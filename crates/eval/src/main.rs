//! Labelled sets for the three small languages: where a message goes, what the agent's talk of a screen means, and which
//! edits an instruction asks for.
//!
//! ```text
//! tests/data/*.jsonl ──► the language ──► tables for people, predictions for other tools, and whether the figures hold
//! ```
//!
//! Invariant: nothing is asked but the languages themselves, so that a figure can be repeated on any machine.
#![forbid(unsafe_code)]
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program for the person at the terminal")]

mod args;
mod baseline;
mod case;
mod floors;
mod gui;
mod instructions;
mod operations;
mod routing;
mod tally;

use std::fmt::Write as _;
use std::fs;
use std::process::ExitCode;

use args::{Args, Kind, Set};
use floors::Floors;

/// A figure of a set, in percent, by its name.
type Figures = Vec<(&'static str, f64)>;

/// What came of a set.
struct Outcome {
    report: String,
    figures: Figures,
    /// A line of JSON for each case.
    predictions: Vec<serde_json::Value>,
}

fn main() -> ExitCode {
    match Args::read(std::env::args().skip(1)).and_then(|args| run(&args)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(why) => {
            eprintln!("eval: {why}");
            ExitCode::from(2)
        }
    }
}

/// Says whether all figures reach their floors.
fn run(args: &Args) -> Result<bool, String> {
    if args.help {
        println!("{}", args::HELP);
        return Ok(true);
    }
    let floors = if args.is_default { Floors::read()? } else { Floors::default() };
    let mut predictions = String::new();
    let mut below = Vec::new();
    for set in &args.sets {
        let outcome = outcome(set)?;
        println!("{}", outcome.report);
        for line in &outcome.predictions {
            writeln!(predictions, "{line}").map_err(|e| e.to_string())?;
        }
        below.extend(floors.below(set.kind, &set.name(), &outcome.figures));
    }
    if let Some(path) = &args.predictions {
        fs::write(path, predictions).map_err(|e| format!("{}: {e}", path.display()))?;
    }
    for line in &below {
        println!("BELOW THE FLOOR: {line}");
    }
    Ok(below.is_empty())
}

fn outcome(set: &Set) -> Result<Outcome, String> {
    let lines = case::lines(&set.path)?;
    let title = set.name();
    match set.kind {
        Kind::Routing => routing::outcome(&title, &lines),
        Kind::Gui => gui::outcome(&title, &lines),
        Kind::Instructions => instructions::outcome(&title, &lines),
    }
    .map_err(|why| format!("{}: {why}", set.path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_and_replies_are_understood_as_well_as_committed() {
        let floors = Floors::read().unwrap();
        let sets = Args::read(std::iter::empty()).unwrap().sets;
        for set in sets.iter().filter(|set| set.kind != Kind::Instructions) {
            let outcome = outcome(set).unwrap();
            let below = floors.below(set.kind, &set.name(), &outcome.figures);
            assert!(below.is_empty(), "{below:?}\n{}", outcome.report);
        }
    }
}
