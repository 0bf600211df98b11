//! One program's wall time, processor time and peak memory.
//!
//! The system tells the peak of all children that a process has waited for, so each measured program
//! gets a fresh parent: this program again, which runs it and prints what it took.

use std::process::{Command, Stdio};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeVal;

use crate::run::{Result, command, shown};

/// The word that makes this program the parent of a measured one.
pub(super) const SELF: &str = "--measure";

/// What a program took.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Taken {
    /// From its start to its end, in seconds.
    pub(super) wall: f64,
    /// What it and all that it started took of the cores, in seconds.
    pub(super) cpu: f64,
    /// The most memory that it or one of those that it started held at once, in bytes.
    pub(super) peak: u64,
    /// The most that it held itself, in bytes; 0 where the system doesn't tell.
    pub(super) own_peak: u64,
}

/// Runs the program to its end; what it prints is dropped, but for the errors of one that fails.
pub(super) fn measure(program: &Command) -> Result<Taken> {
    let mut parent = command(std::env::current_exe()?);
    parent.args(["bench", SELF]).arg(program.get_program());
    parent.args(program.get_args());
    if let Some(folder) = program.get_current_dir() {
        parent.current_dir(folder);
    }
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
    let mut child = program.spawn()?;
    let watch = watch(child.id());
    let status = child.wait()?;
    let wall = started.elapsed();
    let own_peak = watch.join().unwrap_or(0);
    if !status.success() {
        return Err(format!("`{}` failed ({status})", shown(&program)).into());
    }
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let seconds = |time: TimeVal| time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6;
    let cpu = seconds(usage.user_time()) + seconds(usage.system_time());
    // Linux counts in KiB, macOS in bytes.
    let unit = if cfg!(target_os = "macos") { 1 } else { 1024 };
    let peak = usage.max_rss().saturating_mul(unit);
    println!("{} {cpu} {peak} {own_peak}", wall.as_secs_f64());
    Ok(())
}

/// Looks at what a process itself holds, as long as it is there; those that it starts aren't counted.
fn watch(process: u32) -> JoinHandle<u64> {
    thread::spawn(move || {
        let mut most = 0;
        // It says no more of a process that has ended.
        while let Some(peak) = high_water(process) {
            most = most.max(peak);
            thread::sleep(Duration::from_millis(5));
        }
        most
    })
}

fn high_water(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().strip_suffix(" kB")?.parse::<u64>().ok()?.saturating_mul(1024))
}

fn taken(printed: &str) -> Option<Taken> {
    let mut words = printed.split_whitespace();
    let mut next = || words.next();
    Some(Taken {
        wall: next()?.parse().ok()?,
        cpu: next()?.parse().ok()?,
        peak: next()?.parse().ok()?,
        own_peak: next()?.parse().ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_read_back() {
        let expected = Taken { wall: 0.25, cpu: 0.5, peak: 1024, own_peak: 512 };
        assert_eq!(taken("0.25 0.5 1024 512\n"), Some(expected));
        assert_eq!(taken("finished"), None);
    }

    #[test]
    fn a_failed_program_gives_no_figures() {
        let why = report(&["false".to_owned()]).unwrap_err().to_string();
        assert!(why.starts_with("`false` failed"), "{why}");
    }
}
