//! `cargo xtask simulate`: sessions by the million, or one of them told.

#![forbid(unsafe_code)]
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a task speaks to the person who started it")]

use std::process::ExitCode;
use std::time::Instant;

use weixin_video_simulator::polls::{Schedule, compare};
use weixin_video_simulator::{Failure, Options, Rule, Story, replay, replay_index, run};

const HELP: &str = "\
usage: cargo xtask simulate [--sessions N] [--seed S] [--threads N] [--stats] [--keep-going] [--no-shrink]
       cargo xtask simulate --replay SEED:INDEX | --replay DECISIONS
       cargo xtask simulate --list

  --sessions N   how many sessions, 200000 unless told
  --seed S       where the decisions come from, 1 unless told
  --threads N    one for each core unless told
  --stats        how often each fault struck and each end was reached
  --keep-going   tells the first failure of each rule instead of the first of all
  --no-shrink    a failing session is told as it is
  --replay       one session, step by step
  --list         the rules that every session is held to";

struct Wanted {
    sessions: u64,
    seed: u64,
    stats: bool,
    options: Options,
}

fn main() -> ExitCode {
    // A panic of the core is a broken rule, told with its story; the default hook would tell it a thousand times.
    std::panic::set_hook(Box::new(|_| {}));
    let args: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["--list"] => listed(),
        ["polls"] => polls(),
        ["--replay", code] => replayed(code),
        ["--help" | "-h"] => {
            println!("{HELP}");
            ExitCode::SUCCESS
        }
        words => match wanted(words) {
            Some(wanted) => simulated(&wanted),
            None => {
                eprintln!("{HELP}");
                ExitCode::from(2)
            }
        },
    }
}

fn wanted(words: &[&str]) -> Option<Wanted> {
    let mut wanted = Wanted { sessions: 200_000, seed: 1, stats: false, options: Options::default() };
    let mut words = words.iter();
    while let Some(&word) = words.next() {
        match word {
            "--stats" => wanted.stats = true,
            "--keep-going" => wanted.options.keep_going = true,
            "--no-shrink" => wanted.options.shrink = false,
            "--sessions" => wanted.sessions = words.next()?.parse().ok()?,
            "--seed" => wanted.seed = words.next()?.parse().ok()?,
            "--threads" => wanted.options.threads = words.next()?.parse().ok()?,
            _ => return None,
        }
    }
    Some(wanted)
}

fn simulated(wanted: &Wanted) -> ExitCode {
    let started = Instant::now();
    let report = run(wanted.seed, wanted.sessions, &wanted.options);
    let seconds = started.elapsed().as_secs_f64();
    let stats = &report.stats;
    if wanted.stats {
        println!("{stats}");
    }
    println!(
        "simulate: seed {}, {} sessions ({} with faults) in {seconds:.1} s, {:.0} a second; {} requests, {} deaths, {} virtual days",
        wanted.seed,
        stats.sessions,
        stats.faulted,
        stats.sessions as f64 / seconds,
        stats.requests,
        stats.crashes,
        stats.seconds / 86_400,
    );
    for failure in &report.failures {
        println!("\n{failure}");
    }
    if report.failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Two lines of figures, the core's schedule and the fixed one, for `cargo xtask bench polls`.
fn polls() -> ExitCode {
    let both = compare(1, 200_000);
    for (name, Schedule { wait_mean_s, wait_p95_s, polls_mean, polls_of_90_s, unseen }) in
        [("paced", both.paced), ("fixed", both.fixed)]
    {
        println!("{name} {wait_mean_s:.2} {wait_p95_s:.2} {polls_mean:.2} {polls_of_90_s} {unseen}");
    }
    ExitCode::SUCCESS
}

fn listed() -> ExitCode {
    for rule in Rule::ALL {
        println!("{:<20} {}", rule.name(), rule.words());
    }
    ExitCode::SUCCESS
}

fn replayed(code: &str) -> ExitCode {
    let Some(story) = story(code) else {
        eprintln!("{HELP}");
        return ExitCode::from(2);
    };
    for line in &story.lines {
        println!("{line}");
    }
    match story.broken {
        None => {
            println!("no rule is broken");
            ExitCode::SUCCESS
        }
        Some((rule, why)) => {
            println!("broken: {}: {}\n        {why}", rule.name(), rule.words());
            ExitCode::FAILURE
        }
    }
}

fn story(code: &str) -> Option<Story> {
    if let Some((seed, index)) = code.split_once(':') {
        return Some(replay_index(seed.parse().ok()?, index.parse().ok()?));
    }
    Failure::parse(code).map(|decisions| replay(&decisions))
}
