//! Plants one bug after the other in the core and asks whether the simulator sees it: the first net of
//! `cargo xtask mutants`.
//!
//! A line for each bug, fields parted by tabs: its name, then the rule that was broken and after how many sessions, or
//! nothing more. `--list` tells the bugs themselves: name, home, words.

#![forbid(unsafe_code)]
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a task speaks to the program that started it")]

use std::process::ExitCode;

use weixin_video_core::planted::{Bug, plant};
use weixin_video_simulator::{Options, run};

const HELP: &str = "usage: mutants --list | mutants [--sessions N] [--seed S] [BUG...]";

struct Wanted {
    sessions: u64,
    seed: u64,
    bugs: Vec<Bug>,
}

fn main() -> ExitCode {
    // A panic of the core is a broken rule like any other.
    std::panic::set_hook(Box::new(|_| {}));
    let args: Vec<String> = std::env::args().skip(1).collect();
    if args == ["--list"] {
        for bug in Bug::ALL {
            println!("{}\t{:?}\t{}", bug.name(), bug.home(), bug.words());
        }
        return ExitCode::SUCCESS;
    }
    let Some(Wanted { sessions, seed, bugs }) = wanted(&args) else {
        eprintln!("{HELP}");
        return ExitCode::from(2);
    };
    let mut options = Options::default();
    options.shrink = false;
    let honest = run(seed, sessions, &options);
    if let Some(failure) = honest.failures.first() {
        eprintln!("the simulator finds something with nothing planted: {failure}");
        return ExitCode::FAILURE;
    }
    for bug in bugs {
        plant(Some(bug));
        let report = run(seed, sessions, &options);
        plant(None);
        match report.failures.first() {
            Some(failure) => println!("{}\t{}\t{}", bug.name(), failure.rule.name(), failure.index + 1),
            None => println!("{}", bug.name()),
        }
    }
    ExitCode::SUCCESS
}

fn wanted(args: &[String]) -> Option<Wanted> {
    let mut wanted = Wanted { sessions: 20_000, seed: 1, bugs: Vec::new() };
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--sessions" => wanted.sessions = args.next()?.parse().ok()?,
            "--seed" => wanted.seed = args.next()?.parse().ok()?,
            name => wanted.bugs.push(Bug::named(name)?),
        }
    }
    if wanted.bugs.is_empty() {
        wanted.bugs.extend(Bug::ALL);
    }
    Some(wanted)
}
