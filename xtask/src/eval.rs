//! `cargo xtask eval`: the labelled sets of the three small languages. What scores them is a program of its own, so that a
//! task that needs none of it does not build it.

use std::path::Path;

use crate::run::{Result, cargo, run};

/// Scores the sets; files are named from where one stands.
pub(crate) fn eval(args: &[String]) -> Result {
    let here = std::env::current_dir()?;
    run(program().args(from_here(args, &here)))
}

/// The stage of `ci`.
pub(crate) fn ci() -> Result {
    run(&mut program())
}

fn program() -> std::process::Command {
    let mut program = cargo();
    program.args(["run", "--quiet", "--release", "--locked", "--package", "weixin-video-eval", "--"]);
    program
}

/// The program runs at the top of the repo.
fn from_here(args: &[String], here: &Path) -> Vec<String> {
    let mut named = Vec::new();
    let mut option = "";
    for arg in args {
        let path = |file: &str| here.join(file).display().to_string();
        named.push(match (option, arg.split_once('=')) {
            ("--set", Some((kind, file))) => format!("{kind}={}", path(file)),
            ("--predictions", _) => path(arg),
            _ => arg.clone(),
        });
        option = arg;
    }
    named
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_named_from_where_one_stands() {
        let args = ["--set", "gui=a.jsonl", "--predictions", "/out", "--set", "x"].map(str::to_owned);
        let named = from_here(&args, Path::new("/here"));
        assert_eq!(named, ["--set", "gui=/here/a.jsonl", "--predictions", "/out", "--set", "x"]);
    }
}
