//! Building a target with its engine, and running it in a folder of its own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::Value;

use crate::run::{Result, cargo, command, found, output, root, shown};

/// The compiler's coverage pass and the engine's name; all of it is in the stable compiler. Sanitizers are not, and
/// nothing here is unsafe.
const FLAGS: [&str; 9] = [
    "--cfg=fuzzing",
    "--cfg=fuzzing_libfuzzer",
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "-Cllvm-args=-simplifycfg-branch-fold-threshold=0",
    "-Ccodegen-units=1",
];

/// An input is at most this long, takes at most so long, and the process at most so much memory.
const LIMITS: [&str; 3] = ["-max_len=2048", "-timeout=10", "-rss_limit_mb=1024"];

/// What a run came to.
#[derive(Debug)]
pub(super) enum Outcome {
    Held(Figures),
    /// A promise was broken, by the input in this file; the words are the panic's.
    Broken {
        input: PathBuf,
        words: String,
    },
}

/// What the engine says of a run that found nothing.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Figures {
    pub(super) runs: u64,
    a_second: u64,
    coverage: u64,
    inputs: u64,
}

impl Figures {
    pub(super) fn row(&self, target: &str) -> String {
        let Self { runs, a_second, coverage, inputs } = self;
        format!("| {target} | {runs} | {a_second} | {coverage} | {inputs} |\n")
    }

    /// Reads the engine's last lines: `#123 DONE cov: 45 ft: 67 corp: 8/90b exec/s: 12 …`.
    fn of(log: &str) -> Self {
        let done = log.lines().rev().find(|line| line.starts_with('#') && line.contains(" cov: "));
        let words: Vec<&str> = done.unwrap_or_default().split_whitespace().collect();
        let after = |name: &str| words.iter().position(|word| *word == name).and_then(|at| words.get(at + 1));
        let number = |text: Option<&&str>| {
            let digits: String =
                text.map(|text| text.chars().take_while(char::is_ascii_digit).collect()).unwrap_or_default();
            digits.parse().unwrap_or(0)
        };
        let runs = words.first().map(|word| word.trim_start_matches('#'));
        Self {
            runs: number(runs.as_ref()),
            a_second: number(after("exec/s:")),
            coverage: number(after("cov:")),
            inputs: number(after("corp:")),
        }
    }
}

/// Builds the targets with the engine, and answers where the program lies. With those of the command line's `journal`
/// it takes minutes, so the short run leaves them to the replay of `cargo test --all-features`.
pub(super) fn build(journal: bool) -> Result<PathBuf> {
    if !["c++", "g++", "clang++"].iter().any(|compiler| found(compiler)) {
        return Err("the engine is C++ and needs a compiler: apt-get install g++".into());
    }
    let mut build = cargo();
    build.env("RUSTFLAGS", FLAGS.join(" "));
    build.env("CARGO_PROFILE_RELEASE_LTO", "off").env("CARGO_PROFILE_RELEASE_STRIP", "none");
    build.env("CARGO_PROFILE_RELEASE_DEBUG_ASSERTIONS", "true").env("CARGO_PROFILE_RELEASE_OVERFLOW_CHECKS", "true");
    // With a target named, the flags are for it alone and not for build scripts.
    build.args(["build", "--release", "--locked", "--package", "weixin-video-fuzz", "--target", &host()?]);
    if journal {
        build.args(["--features", "journal"]);
    }
    build.arg("--target-dir").arg(folder()?.join("build"));
    build.arg("--message-format=json-render-diagnostics");
    eprintln!("$ {}", shown(&build));
    let messages = output(&mut build)?;
    executable(&messages).ok_or_else(|| "cargo built no program weixin-video-fuzz".into())
}

/// Runs a target from its corpus and from what earlier runs found here.
pub(super) fn run(program: &Path, target: &str, time: Duration) -> Result<Outcome> {
    let scratch = folder()?.join(target);
    for folder in ["found", "seeds", "broken"] {
        fs::create_dir_all(scratch.join(folder))?;
    }
    empty(&scratch.join("broken"))?;
    empty(&scratch.join("seeds"))?;
    if target == "planted" {
        empty(&scratch.join("found"))?;
    }
    let seeds = output(command(program).args(["inputs", target]))?;
    for (at, seed) in seeds.lines().enumerate() {
        fs::copy(seed, scratch.join("seeds").join(at.to_string()))?;
    }
    let mut run = command(program);
    run.args(["run", target]).current_dir(&scratch).env("BOLERO_LIBFUZZER_ARGS", options(time));
    observed(run, &scratch)
}

/// The engine splits them at spaces, so every path is a word.
fn options(time: Duration) -> String {
    let time = format!("-max_total_time={}", time.as_secs());
    let own = ["found", "seeds", &time, "-artifact_prefix=broken/", "-print_final_stats=1", "-verbosity=1"];
    own.into_iter().chain(LIMITS).collect::<Vec<_>>().join(" ")
}

fn observed(mut run: Command, scratch: &Path) -> Result<Outcome> {
    let log_file = scratch.join("log");
    let log = fs::File::create(&log_file)?;
    let status = run.stdout(Stdio::null()).stderr(log).status()?;
    let log = String::from_utf8_lossy(&fs::read(&log_file)?).into_owned();
    let broken = fs::read_dir(scratch.join("broken"))?.next();
    match broken {
        Some(input) => Ok(Outcome::Broken { input: input?.path(), words: words(&log) }),
        None if status.success() => Ok(Outcome::Held(Figures::of(&log))),
        None => Err(format!("the engine failed ({status}): {}", words(&log)).into()),
    }
}

/// What the panic said, or else what the engine did.
fn words(log: &str) -> String {
    let lines: Vec<&str> = log.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let panic = lines.iter().position(|line| line.contains("panicked at"));
    let engine = lines.iter().position(|line| line.contains("ERROR: libFuzzer"));
    let from = panic.or(engine).unwrap_or_else(|| lines.len().saturating_sub(3));
    let said = lines.iter().skip(from).take_while(|line| !line.starts_with("0: ")).take(8);
    said.copied().collect::<Vec<_>>().join("\n")
}

fn empty(folder: &Path) -> Result {
    for entry in fs::read_dir(folder)? {
        fs::remove_file(entry?.path())?;
    }
    Ok(())
}

/// Where runs keep what they find; cargo's folder, so that it is never committed.
fn folder() -> Result<PathBuf> {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    Ok(std::path::absolute(target)?.join("fuzz"))
}

fn host() -> Result<String> {
    let version = output(command("rustc").arg("-vV"))?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).ok_or_else(|| "rustc names no host".into())
}

fn executable(messages: &str) -> Option<PathBuf> {
    messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|message| message["target"]["name"] == "weixin-video-fuzz")
        .find_map(|message| message["executable"].as_str().map(PathBuf::from))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_engines_last_word_is_read() {
        let log = "#2\tINITED cov: 1 ft: 1 corp: 1/1b exec/s: 0 rss: 40Mb\n\
            #66101\tDONE   cov: 45 ft: 67 corp: 8/90b lim: 4096 exec/s: 13220 rss: 62Mb\nDone 66101 runs\n";
        assert_eq!(Figures::of(log), Figures { runs: 66_101, a_second: 13_220, coverage: 45, inputs: 8 });
        assert_eq!(Figures::of(""), Figures::default());
    }

    #[test]
    fn the_panic_is_what_is_told() {
        let log = "#7 NEW cov: 1\ntest failed; shrinking input...\nthread 'main' panicked at a.rs:1:2:\nit broke\n\n==5== ERROR: libFuzzer: deadly signal\n";
        assert!(words(log).starts_with("thread 'main' panicked at a.rs:1:2:\nit broke"));
        assert!(words("a\n==5== ERROR: libFuzzer: timeout after 10 seconds\n").starts_with("==5== ERROR"));
    }

    #[test]
    fn every_option_is_one_word() {
        assert!(
            options(SHORT).split(' ').all(|word| !word.is_empty() && !word.contains('/') || word.ends_with("broken/"))
        );
        assert!(options(SHORT).contains(" -max_total_time=4 "));
    }

    const SHORT: Duration = Duration::from_secs(4);
}
