//! `cargo xtask fuzz`: the targets of crates/fuzz under libFuzzer, led by coverage, on the stable compiler.
//!
//! The engine comes with the crate bolero and is built here; the compiler's own coverage pass guides it. Targets run
//! side by side, one a core. First the planted target: a run that doesn't find what is there proves nothing.

mod args;
mod engine;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

use crate::run::{Result, cargo, output, root, run, short};
use args::Wanted;
use engine::Outcome;

/// The short run of `ci`: this long for each target.
const SHORT: Duration = Duration::from_secs(4);

/// Where inputs are kept for good, below the repo.
const CORPUS: &str = "crates/fuzz/corpus";

/// A short run, or what the arguments say.
pub(crate) fn fuzz(args: &[String]) -> Result {
    match Wanted::of(args)? {
        Wanted::Replay(files) => replay(&files),
        Wanted::Run { minutes, targets } => {
            let program = engine::build(minutes.is_some())?;
            let known = known(&program)?;
            let targets = if targets.is_empty() { known.clone() } else { targets };
            if let Some(name) = targets.iter().find(|name| !known.contains(name)) {
                return Err(
                    format!("there is no target \"{}\"; there are: {}", name.escape_debug(), known.join(" ")).into()
                );
            }
            control(&program)?;
            let lanes = std::thread::available_parallelism().map_or(1, usize::from).min(targets.len());
            run_all(&program, &targets, lanes, each(minutes, targets.len(), lanes))
        }
    }
}

/// One input, with a backtrace, without an engine.
fn replay(files: &[String]) -> Result {
    let mut replay = cargo();
    replay.env("RUST_BACKTRACE", "1");
    replay.args(["run", "--quiet", "--locked", "--package", "weixin-video-fuzz", "--", "replay"]);
    let here = std::env::current_dir()?;
    run(replay.args(files.iter().map(|file| here.join(file))))
}

/// The names of all targets.
fn known(program: &Path) -> Result<Vec<String>> {
    let list = output(crate::run::command(program).arg("targets"))?;
    Ok(list.lines().filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect())
}

/// The engine finds the planted failure, or nothing it says counts.
fn control(program: &Path) -> Result {
    match engine::run(program, "planted", Duration::from_secs(60))? {
        Outcome::Broken { .. } => {
            eprintln!("control: the planted failure was found");
            Ok(())
        }
        Outcome::Held(figures) => Err(format!("the planted failure was not found in {} runs", figures.runs).into()),
    }
}

fn run_all(program: &Path, targets: &[String], lanes: usize, each: Duration) -> Result {
    let queue = Mutex::new(targets.iter());
    let table = Mutex::new(String::from("\n| target | runs | a second | coverage | inputs |\n|---|---|---|---|---|\n"));
    let lane = || -> std::result::Result<Vec<String>, String> {
        let mut broken = Vec::new();
        loop {
            let Some(name) = queue.lock().map_err(|_| "another lane failed")?.next() else {
                return Ok(broken);
            };
            match engine::run(program, name, each).map_err(|why| format!("{name}: {why}"))? {
                Outcome::Held(figures) => table.lock().map_err(|_| "another lane failed")?.push_str(&figures.row(name)),
                Outcome::Broken { input, words } => broken.push(kept(name, &input, &words).map_err(|e| e.to_string())?),
            }
        }
    };
    let mut broken = Vec::new();
    std::thread::scope(|scope| -> Result {
        let lanes: Vec<_> = (0..lanes).map(|_| scope.spawn(lane)).collect();
        for lane in lanes {
            broken.extend(lane.join().map_err(|_| "a lane panicked")??);
        }
        Ok(())
    })?;
    print!("{}", table.into_inner().map_err(|_| "a lane failed")?);
    if broken.is_empty() {
        println!("fuzz: {} targets held for {:.0} s each", targets.len(), each.as_secs_f64());
        return Ok(());
    }
    Err(format!("broken promises: {}; replay with\n  {}", broken.len(), broken.join("\n  ")).into())
}

/// Puts an input that broke a promise into the corpus, and answers the line that replays it.
fn kept(target: &str, input: &Path, words: &str) -> Result<String> {
    let name = input.file_name().ok_or("the engine wrote a file without a name")?;
    let place: PathBuf = root().join(CORPUS).join(target).join(name);
    fs::copy(input, &place)?;
    let line = format!("cargo xtask fuzz --replay {}", short(&place).display());
    eprintln!("\n{target}: {words}\n{line}\n");
    Ok(line)
}

/// How long each target runs, so that all of them take `minutes` together.
fn each(minutes: Option<u32>, targets: usize, lanes: usize) -> Duration {
    let Some(minutes) = minutes else {
        return SHORT;
    };
    let all = Duration::from_secs(u64::from(minutes) * 60).as_secs_f64();
    let rounds = targets.div_ceil(lanes.max(1)).max(1);
    Duration::from_secs((all / rounds as f64).max(1.0) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_minutes_are_shared_among_the_rounds() {
        assert_eq!(each(None, 16, 2), SHORT);
        assert_eq!(each(Some(8), 16, 2), Duration::from_secs(60));
        assert_eq!(each(Some(1), 1, 1), Duration::from_secs(60));
        assert_eq!(each(Some(1), 500, 1), Duration::from_secs(1), "no target is left out");
    }

    #[test]
    fn a_target_nobody_knows_is_no_folder() {
        let here = root().join(CORPUS);
        assert!(here.join("sse").is_dir() && here.join("planted").is_dir());
    }
}
