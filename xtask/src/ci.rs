//! `cargo xtask ci`: what a change has to pass, cheapest stage first, each with the time it took.

use std::time::{Duration, Instant};

use crate::run::{Result, cargo, found, run};

type Stage = (&'static str, fn() -> Result);

const STAGES: [Stage; 12] = [
    ("fmt", fmt),
    ("tidy", crate::tidy::tidy),
    ("msrv", crate::msrv::msrv),
    ("purity", crate::purity::purity),
    ("clippy", clippy),
    ("doc", doc),
    ("deny", deny),
    ("test", || test(&[])),
    ("eval", crate::eval::ci),
    ("simulate", crate::simulate::ci),
    ("mutants", || crate::mutants::mutants(&[])),
    ("demo", crate::demo::demo),
];

/// Runs the named stages, or all, and stops at the first that fails.
pub(crate) fn ci(names: &[String]) -> Result {
    stages(&chosen(names)?)
}

fn stages(stages: &[Stage]) -> Result {
    let mut times = Vec::new();
    for (name, stage) in stages {
        eprintln!("\n== {name}");
        let started = Instant::now();
        let done = stage();
        times.push((*name, started.elapsed()));
        if let Err(why) = done {
            eprint!("{}", table(&times));
            return Err(format!("stage {name} failed: {why}\nrepeat it with: cargo xtask ci {name}").into());
        }
    }
    eprint!("{}", table(&times));
    Ok(())
}

/// Every test of the workspace, doctests and examples included.
pub(crate) fn test(args: &[String]) -> Result {
    crate::ffmpeg::ensure_for_tests()?;
    let mut test = cargo();
    test.args(["test", "--workspace", "--all-features", "--locked"]);
    run(test.args(args))
}

fn chosen(names: &[String]) -> Result<Vec<Stage>> {
    if names.is_empty() {
        return Ok(STAGES.to_vec());
    }
    let stage = |name: &String| {
        let found = STAGES.iter().find(|(stage, _)| stage == name).copied();
        found.ok_or_else(|| format!("there is no stage \"{}\"", name.escape_debug()).into())
    };
    names.iter().map(stage).collect()
}

fn fmt() -> Result {
    run(cargo().args(["fmt", "--all", "--", "--check"]))
}

fn clippy() -> Result {
    let mut clippy = cargo();
    clippy.args(["clippy", "--workspace", "--all-targets", "--all-features"]);
    clippy.args(["--locked", "--", "-D", "warnings"]);
    // The limit stands in clippy.toml.
    run(clippy.args(["-D", "clippy::too_many_lines"]))
}

fn doc() -> Result {
    let mut doc = cargo();
    doc.env("RUSTDOCFLAGS", "-D warnings");
    doc.args(["doc", "--workspace", "--all-features", "--no-deps"]);
    run(doc.args(["--document-private-items", "--locked"]))
}

/// Licences, bans and sources; advisories need a database from the network and are left to who has
/// one.
fn deny() -> Result {
    if !found("cargo-deny") {
        return Err("cargo-deny is missing: cargo install --locked cargo-deny".into());
    }
    let mut deny = cargo();
    deny.args(["deny", "--workspace", "--all-features", "--locked"]);
    deny.args(["check", "--hide-inclusion-graph"]);
    run(deny.args(["bans", "licenses", "sources"]))
}

fn table(times: &[(&str, Duration)]) -> String {
    let mut text = String::from("\n");
    let mut total = Duration::ZERO;
    for (name, time) in times {
        total += *time;
        text.push_str(&format!("{name:>8} {:>7.1} s\n", time.as_secs_f64()));
    }
    text.push_str(&format!("{:>8} {:>7.1} s\n", "total", total.as_secs_f64()));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stages_are_chosen_by_name_in_the_order_given() {
        let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
        let some = chosen(&names(&["doc", "fmt"])).unwrap();
        let some: Vec<&str> = some.iter().map(|(name, _)| *name).collect();
        assert_eq!(some, ["doc", "fmt"]);
        assert_eq!(chosen(&[]).unwrap().len(), STAGES.len());
        let why = chosen(&names(&["lint"])).unwrap_err().to_string();
        assert_eq!(why, "there is no stage \"lint\"");
    }

    #[test]
    fn a_failed_stage_says_how_to_repeat_it() {
        let list: [Stage; 3] = [
            ("one", || Ok(())),
            ("two", || Err("two is wrong".into())),
            ("three", || panic!("a stage after a failed one")),
        ];
        let why = stages(&list).unwrap_err().to_string();
        assert_eq!(why, "stage two failed: two is wrong\nrepeat it with: cargo xtask ci two");
    }

    #[test]
    fn the_table_adds_up() {
        let times = [("fmt", Duration::from_millis(1_500)), ("doc", Duration::from_secs(60))];
        let text = table(&times);
        assert!(text.ends_with("   total    61.5 s\n"), "{text}");
    }
}
