//! One program's wall time and peak memory.
//!
//! The system tells the peak of all children that a process has waited for, so each measured program
//! gets a fresh parent: this program again, which runs it and prints what it took.

use std::process::{Command, Stdio};
use std::time::Instant;

use nix::sys::resource::{UsageWho, getrusage};

use crate::run::{Result, command, shown};

/// The word that makes this program the parent of a measured one.
pub(super) const SELF: &str = "--measure";

/// What a program took.
#[derive(Debug, PartialEq)]
pub(super) struct Taken {
    /// From its start to its end, in seconds.
    pub(super) wall: f64,
    /// The most memory it held at once, in bytes.
    pub(super) peak: u64,
}

/// Runs the program to its end; what it prints is dropped, but for the errors of one that fails.
pub(super) fn measure(program: &Command) -> Result<Taken> {
    let mut parent = command(std::env::current_exe()?);
    parent.args(["bench", SELF]).arg(program.get_program());
    parent.args(program.get_args());
    for (name, value) in program.get_envs() {
        match value {
            Some(value) => parent.env(name, value),
            None => parent.env_remove(name),
        };
    }
    let done = parent.output()?;
    let figures = taken(&String::from_utf8_lossy(&done.stdout));
    figures.ok_or_else(|| format!("{}\n{}", shown(program), String::from_utf8_lossy(&done.stderr)).into())
}

/// The parent's part: runs the program and prints its figures.
pub(super) fn report(words: &[String]) -> Result {
    let [program, args @ ..] = words else {
        return Err("no program to measure".into());
    };
    let mut program = Command::new(program);
    program.args(args).stdin(Stdio::null()).stdout(Stdio::null());
    let started = Instant::now();
    let status = program.status()?;
    let wall = started.elapsed();
    if !status.success() {
        return Err(format!("`{}` failed ({status})", shown(&program)).into());
    }
    let peak = getrusage(UsageWho::RUSAGE_CHILDREN)?.max_rss();
    // Linux counts in KiB, macOS in bytes.
    let unit = if cfg!(target_os = "macos") { 1 } else { 1024 };
    println!("{} {}", wall.as_secs_f64(), peak.saturating_mul(unit));
    Ok(())
}

fn taken(printed: &str) -> Option<Taken> {
    let (wall, peak) = printed.trim().split_once(' ')?;
    Some(Taken { wall: wall.parse().ok()?, peak: peak.parse().ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_read_back() {
        let expected = Taken { wall: 0.25, peak: 1024 };
        assert_eq!(taken("0.25 1024\n"), Some(expected));
        assert_eq!(taken("finished"), None);
    }

    #[test]
    fn a_failed_program_gives_no_figures() {
        let why = report(&["false".to_owned()]).unwrap_err().to_string();
        assert!(why.starts_with("`false` failed"), "{why}");
    }
}
