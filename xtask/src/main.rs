//! The project's tasks, as `cargo xtask TASK`: no tool to install, one place to look.
//!
//! `demo` and `test` are for everyone and bring what the machine lacks; `ci` is what a change has to
//! pass, stage by stage; `bench` measures the goals. The rest are stages of `ci` under their own name.
//!
//! Invariant: a task that needs nothing but cargo depends on nothing but serde_json, so that
//! `cargo xtask demo` on a fresh machine spends its time on the product and not on its own tools.

#![forbid(unsafe_code)]
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a task speaks to the person who started it")]

mod bench;
mod ci;
mod cli;
mod demo;
mod eval;
mod ffmpeg;
mod fuzz;
mod msrv;
mod mutants;
mod purity;
mod run;
mod simulate;
mod tidy;

use std::process::ExitCode;

const HELP: &str = "\
usage: cargo xtask TASK

  demo                  format a real clip on this machine and show what changed
  test [ARGS...]        every test; ARGS go to `cargo test`
  ci [STAGE...]         what a change has to pass: fmt tidy msrv purity clippy doc deny test
                        eval simulate mutants demo
  bench [sse|upload|start|polls]...
                        measure the goals against peers, in release
  bench render [--quick] [FOLDER...]
                        what is made of clips against HandBrake, plain ffmpeg and cp: time, size, VMAF
  fuzz [--minutes N] [TARGET...]
                        bytes nobody wrote, led by coverage; a few seconds for each target without N
  fuzz --replay FILE... the same inputs once more, with a backtrace
  eval [--set routing=FILE|gui=FILE|instructions=FILE]... [--predictions OUT.jsonl]
                        labelled messages, replies and instructions: how well they are understood
  simulate [ARGS...]    the core against a model of the server, in virtual time; --help says more
  mutants [--bug NAME]... [--net simulate|sweep|crash]... [--all-nets]
                        bugs planted on purpose, and which net catches each
  tidy                  file lengths, module docs, marks of unfinished work
  purity                what each crate may depend on
  msrv                  no dependency asks for a newer Rust than we declare
  help                  this text

`demo` and `test` install ffmpeg where it is missing (Debian and Ubuntu, macOS with Homebrew).";

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let task = args.next().unwrap_or_default();
    let rest: Vec<String> = args.collect();
    let done = match task.as_str() {
        "demo" => demo::demo(),
        "test" => ci::test(&rest),
        "ci" => ci::ci(&rest),
        "bench" => bench::bench(&rest),
        "eval" => eval::eval(&rest),
        "fuzz" => fuzz::fuzz(&rest),
        "simulate" => simulate::simulate(&rest),
        "mutants" => mutants::mutants(&rest),
        "tidy" => tidy::tidy(),
        "purity" => purity::purity(),
        "msrv" => msrv::msrv(),
        "help" | "-h" | "--help" => {
            println!("{HELP}");
            return ExitCode::SUCCESS;
        }
        "" => return usage("no task given"),
        other => return usage(&format!("there is no task \"{}\"", other.escape_debug())),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("xtask {task}: {why}");
            ExitCode::FAILURE
        }
    }
}

fn usage(what: &str) -> ExitCode {
    eprintln!("xtask: {what}\n\n{HELP}");
    ExitCode::from(2)
}
