//! `weixin-video`: a clip goes in, words say what is wanted, and a video comes out that WeChat plays sharply.
//!
//! stdout carries data and nothing else; progress and words go to stderr. Exit codes: 0 done, 1 failed, 2 usage, 3 not
//! found, 4 auth, 5 credits or plan, 6 unsupported or too large, 7 still running, begun before, or outcome unknown, 75
//! transient, 130 and 143 signals.
//!
//! **Invariant:** this is the only place that reads the environment and the arguments, makes ids, keeps tokens, and
//! talks to a terminal.

#![forbid(unsafe_code)]

use std::process::ExitCode;

use clap::Parser as _;

mod aim;
mod apart;
mod args;
mod ask;
mod backend;
mod claim;
mod clip;
mod commands;
mod delivered;
mod destinations;
#[cfg(feature = "interpreter")]
mod endpoint;
mod facts;
mod failure;
mod heard;
mod here;
mod jobs;
mod local;
mod mend;
mod output;
mod places;
#[cfg(all(unix, feature = "planted"))]
mod planted;
mod progress;
mod settings;
mod signals;
mod store;
mod target;

fn main() -> ExitCode {
    #[cfg(all(unix, feature = "planted"))]
    planted::begin();
    let args = match args::Args::try_parse() {
        Ok(args) => args,
        Err(error) => return usage(&error),
    };
    let json = args.json;
    match commands::run(args) {
        Ok(result) => ExitCode::from(output::finish(json, result)),
        Err(exit) => ExitCode::from(exit),
    }
}

/// Help and version are no errors; a wrong argument is one, told like every other.
fn usage(error: &clap::Error) -> ExitCode {
    let wants_json = std::env::args_os().any(|arg| arg == "--json");
    let asks_for_help = error.kind() == clap::error::ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand;
    if error.use_stderr() && (wants_json || !asks_for_help) {
        return ExitCode::from(output::finish(wants_json, Err(failure::Failure::from(error))));
    }
    // A closed pipe is the reader's decision.
    let _ = error.print();
    ExitCode::from(if error.use_stderr() { 2 } else { 0 })
}
