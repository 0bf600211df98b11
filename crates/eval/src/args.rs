//! What the program is asked to do.

use std::path::{Path, PathBuf};

pub(crate) const HELP: &str = "\
usage: cargo xtask eval [--set routing=FILE|gui=FILE|instructions=FILE]... [--predictions OUT.jsonl]

Runs the labelled sets of tests/data, prints how they read, and fails where a figure is below its floor
(tests/data/floors.json). With --set only the named files are run, and nothing is held against a floor.";

/// Which of the languages a set is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Where a message goes.
    Routing,
    /// What the agent's talk of a screen means.
    Gui,
    /// Which edits an instruction asks for.
    Instructions,
}

/// A labelled file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Set {
    pub(crate) kind: Kind,
    pub(crate) path: PathBuf,
}

impl Set {
    /// The file's name.
    pub(crate) fn name(&self) -> String {
        self.path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
    }
}

/// The arguments.
#[derive(Debug, Default)]
pub(crate) struct Args {
    pub(crate) sets: Vec<Set>,
    pub(crate) predictions: Option<PathBuf>,
    /// Whether the sets of the repo are run, which have floors.
    pub(crate) is_default: bool,
    pub(crate) help: bool,
}

impl Args {
    pub(crate) fn read(mut args: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut read = Self::default();
        while let Some(arg) = args.next() {
            let mut value = || args.next().ok_or_else(|| format!("{arg} needs a value\n\n{HELP}"));
            match arg.as_str() {
                "--set" => read.sets.push(set(&value()?)?),
                "--predictions" => read.predictions = Some(value()?.into()),
                "--help" | "-h" | "help" => read.help = true,
                other => return Err(format!("there is no option \"{}\"\n\n{HELP}", other.escape_debug())),
            }
        }
        if read.sets.is_empty() {
            read.is_default = true;
            read.sets = own();
        }
        Ok(read)
    }
}

fn set(text: &str) -> Result<Set, String> {
    let (kind, path) = text.split_once('=').ok_or_else(|| format!("--set takes KIND=FILE\n\n{HELP}"))?;
    let kind = match kind {
        "routing" | "intents" => Kind::Routing,
        "gui" => Kind::Gui,
        "instructions" => Kind::Instructions,
        other => return Err(format!("there is no kind \"{}\"\n\n{HELP}", other.escape_debug())),
    };
    Ok(Set { kind, path: path.into() })
}

/// Where the labelled sets of the repo lie.
pub(crate) fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/data")
}

fn own() -> Vec<Set> {
    let files = [
        (Kind::Routing, "intents.dev.jsonl"),
        (Kind::Routing, "intents.own.jsonl"),
        (Kind::Gui, "gui.dev.jsonl"),
        (Kind::Gui, "gui.own.jsonl"),
        (Kind::Instructions, "instructions.dev.jsonl"),
        (Kind::Instructions, "instructions.own.jsonl"),
    ];
    files.into_iter().map(|(kind, name)| Set { kind, path: data().join(name) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(args: &[&str]) -> Result<Args, String> {
        Args::read(args.iter().map(|arg| (*arg).to_owned()))
    }

    #[test]
    fn without_sets_those_of_the_repo_are_run() {
        let args = read(&["--predictions", "out.jsonl"]).unwrap();
        assert!(args.is_default && args.sets.len() == 6);
        assert_eq!(args.predictions, Some("out.jsonl".into()));
    }

    #[test]
    fn named_sets_are_run_alone() {
        let args = read(&["--set", "gui=a=b.jsonl", "--set", "routing=c.jsonl"]).unwrap();
        assert!(!args.is_default);
        assert_eq!(args.sets[0], Set { kind: Kind::Gui, path: "a=b.jsonl".into() });
        assert_eq!(args.sets[1].kind, Kind::Routing);
    }

    #[test]
    fn anything_else_is_refused() {
        for args in [&["--set"][..], &["--set", "x"], &["--set", "x=y"], &["--fast"]] {
            assert!(read(args).unwrap_err().contains("usage"), "{args:?}");
        }
    }
}
