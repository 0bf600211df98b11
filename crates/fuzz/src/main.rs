//! Runs fuzz targets: `targets` lists them, `inputs TARGET` what one starts from, `replay FILE...` runs inputs, and
//! `run TARGET` hands over to libFuzzer.
//!
//! The last one works in the build of `cargo xtask fuzz` alone, which knows how it is made.

#![forbid(unsafe_code)]
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "it speaks to the person who started it")]
#![allow(unexpected_cfgs, reason = "the name of the cfg is bolero's")]

use std::path::Path;
use std::process::ExitCode;

use weixin_video_fuzz::{TARGETS, Target, inputs, named, target_of};

const USAGE: &str = "usage: weixin-video-fuzz targets | inputs TARGET | replay FILE... | run TARGET";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let done = match args[..] {
        ["targets"] => {
            TARGETS.iter().for_each(|target| println!("{:<12} {}", target.name, target.promise));
            Ok(())
        }
        ["replay", ref files @ ..] if !files.is_empty() => files.iter().try_for_each(|file| replay(file)),
        ["inputs", name] => target(name).and_then(list),
        ["run", name] => target(name).and_then(guided),
        _ => Err(USAGE.to_owned()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

fn target(name: &str) -> Result<&'static Target, String> {
    named(name).ok_or_else(|| format!("there is no target \"{name}\""))
}

fn list(target: &Target) -> Result<(), String> {
    for file in inputs(target).map_err(|error| format!("{}: {error}", target.name))? {
        println!("{}", file.display());
    }
    Ok(())
}

/// The folder that a file lies in says which target it is for.
fn replay(file: &str) -> Result<(), String> {
    let target = target_of(Path::new(file)).ok_or_else(|| format!("{file}: it lies in no target's folder"))?;
    let input = std::fs::read(file).map_err(|error| format!("{file}: {error}"))?;
    println!("{}: {} bytes of {file}", target.name, input.len());
    (target.check)(&input);
    println!("the promise holds: {}", target.promise);
    Ok(())
}

/// Never comes back: libFuzzer ends the process.
#[cfg(fuzzing_libfuzzer)]
fn guided(target: &'static Target) -> Result<(), String> {
    let check = target.check;
    let engine = bolero::test(bolero::TargetLocation {
        package_name: env!("CARGO_PKG_NAME"),
        manifest_dir: env!("CARGO_MANIFEST_DIR"),
        module_path: module_path!(),
        file: file!(),
        line: line!(),
        item_path: target.name,
        test_name: None,
    });
    engine.with_shrink_time(std::time::Duration::ZERO).for_each(|input: &[u8]| check(input));
    Ok(())
}

#[cfg(not(fuzzing_libfuzzer))]
fn guided(_: &'static Target) -> Result<(), String> {
    Err("this build has no engine: start it with `cargo xtask fuzz`".to_owned())
}
