//! The nets as programs: built once, with all bugs in them and none at work.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::Bug;
use crate::run::{Result, cargo, command, output};

/// Something that a bug can be caught in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Net {
    /// The core against a model of the server.
    Simulate,
    /// Each fault at each place, through both adapters.
    Sweep,
    /// The command line, killed.
    Crash,
}

/// How a bug was caught.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Catch {
    pub(super) rule: String,
    /// How many sessions or cases it took.
    pub(super) after: u64,
}

/// The programs that were built.
pub(super) struct Nets {
    simulator: PathBuf,
    sweep: Option<PathBuf>,
    crash: Option<PathBuf>,
}

/// What a net says when it found something.
const CAUGHT: &str = "caught: ";

/// A net that takes longer with one bug has caught it: an honest client ends.
const PATIENCE: Duration = Duration::from_secs(90);

impl Net {
    pub(super) const ALL: [Self; 3] = [Self::Simulate, Self::Sweep, Self::Crash];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Simulate => "simulate",
            Self::Sweep => "sweep",
            Self::Crash => "crash",
        }
    }

    pub(super) fn named(name: &str) -> Result<Self> {
        let found = Self::ALL.into_iter().find(|net| net.name() == name);
        found.ok_or_else(|| format!("there is no net \"{}\"", name.escape_debug()).into())
    }

    /// The test that is the short run of it.
    fn test(self) -> &'static str {
        if self == Self::Sweep { "sweep::quick" } else { "quick" }
    }
}

impl Nets {
    /// Builds the simulator, which knows the bugs, and the test programs of these nets: with the flags of `test`, so that
    /// whoever ran that has them already.
    pub(super) fn build(nets: &[Net]) -> Result<Self> {
        let mut simulator = cargo();
        simulator.args(["build", "--release", "--locked", "--package", "weixin-video-simulator"]);
        simulator.args(["--features", "planted", "--bin", "mutants", "--message-format", "json"]);
        let simulator = executable(&output(&mut simulator)?, "weixin-video-simulator", "mutants")?;
        let mut built = Self { simulator, sweep: None, crash: None };
        if nets.iter().any(|net| *net != Net::Simulate) {
            let mut tests = cargo();
            tests.args(["test", "--workspace", "--all-features", "--locked", "--no-run", "--message-format", "json"]);
            let tests = output(&mut tests)?;
            built.sweep = Some(executable(&tests, "weixin-video-tests", "it")?);
            if nets.contains(&Net::Crash) {
                built.crash = Some(executable(&tests, "weixin-video", "crash")?);
            }
        }
        Ok(built)
    }

    /// All bugs.
    pub(super) fn bugs(&self) -> Result<Vec<Bug>> {
        let list = output(command(&self.simulator).arg("--list"))?;
        let bug = |line: &str| match line.split('\t').collect::<Vec<_>>().as_slice() {
            [name, home, words] => Ok(Bug { name: (*name).into(), home: (*home).into(), words: (*words).into() }),
            _ => Err(format!("the list of bugs holds {line:?}").into()),
        };
        list.lines().map(bug).collect()
    }

    /// Shows these bugs to a net, one at a time; tells which it caught.
    pub(super) fn show(&self, net: Net, bugs: &[&str]) -> Result<Vec<(String, Catch)>> {
        match net {
            Net::Simulate => simulated(&output(command(&self.simulator).args(bugs))?),
            Net::Sweep => tested(net, self.sweep.as_deref().ok_or("the sweep was not built")?, bugs),
            Net::Crash => tested(net, self.crash.as_deref().ok_or("the crash sweep was not built")?, bugs),
        }
    }
}

/// Reads the simulator's lines: name, rule, sessions; the name alone where nothing was found.
fn simulated(lines: &str) -> Result<Vec<(String, Catch)>> {
    let mut caught = Vec::new();
    for line in lines.lines() {
        match line.split('\t').collect::<Vec<_>>().as_slice() {
            [name, rule, after] => caught.push(((*name).into(), Catch { rule: (*rule).into(), after: after.parse()? })),
            [_] => {}
            _ => return Err(format!("the simulator says {line:?}").into()),
        }
    }
    Ok(caught)
}

/// Runs a test program for each bug, one on each core; first with none, when it has to pass.
fn tested(net: Net, program: &Path, bugs: &[&str]) -> Result<Vec<(String, Catch)>> {
    match ran(net, program, None)? {
        Ran::Passed => {}
        Ran::Caught(catch) => return Err(format!("{} finds {} with nothing planted", net.name(), catch.rule).into()),
    }
    let (queue, caught) = (Mutex::new(bugs.iter()), Mutex::new(Vec::new()));
    let lane = || -> std::result::Result<(), String> {
        loop {
            let Some(bug) = queue.lock().map_err(|_| "another lane failed")?.next() else {
                return Ok(());
            };
            match ran(net, program, Some(bug)).map_err(|why| format!("{bug}: {why}"))? {
                Ran::Passed => eprintln!("  {bug}: not seen"),
                Ran::Caught(catch) => {
                    eprintln!("  {bug}: {} after {}", catch.rule, catch.after);
                    caught.lock().map_err(|_| "another lane failed")?.push(((*bug).to_owned(), catch));
                }
            }
        }
    };
    let lanes = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| -> Result {
        let lanes: Vec<_> = (0..lanes).map(|_| scope.spawn(lane)).collect();
        for lane in lanes {
            lane.join().map_err(|_| "a lane panicked")??;
        }
        Ok(())
    })?;
    Ok(caught.into_inner().map_err(|_| "a lane failed")?)
}

enum Ran {
    Passed,
    Caught(Catch),
}

fn ran(net: Net, program: &Path, bug: Option<&str>) -> Result<Ran> {
    let mut test = command(program);
    test.args(["--exact", net.test(), "--nocapture"]).stdout(Stdio::piped()).stderr(Stdio::piped());
    test.env("SWEEP_QUICK", "1");
    if let Some(bug) = bug {
        test.env("WEIXIN_VIDEO_PLANTED", bug);
    }
    let Some((passed, said)) = within(&mut test, PATIENCE)? else {
        return Ok(Ran::Caught(Catch { rule: "it never ends".into(), after: 1 }));
    };
    match (passed, catch(&said)) {
        (true, None) if said.contains("1 passed") => Ok(Ran::Passed),
        (true, None) => Err(format!("{} has no test {}", program.display(), net.test()).into()),
        (false, Some(catch)) => Ok(Ran::Caught(catch)),
        (_, _) => Err(format!("{} ended with neither a pass nor a catch:\n{said}", net.name()).into()),
    }
}

/// Runs a program to its end: whether it passed, and all it said. `None` when it had to be stopped.
fn within(command: &mut Command, patience: Duration) -> Result<Option<(bool, String)>> {
    let mut child = command.spawn()?;
    let (mut out, mut err) = (child.stdout.take().ok_or("no stdout")?, child.stderr.take().ok_or("no stderr")?);
    std::thread::scope(|scope| {
        let out = scope.spawn(move || read(&mut out));
        let err = scope.spawn(move || read(&mut err));
        let started = Instant::now();
        let status = loop {
            match child.try_wait()? {
                Some(status) => break Some(status),
                None if started.elapsed() > patience => {
                    child.kill()?;
                    child.wait()?;
                    break None;
                }
                None => std::thread::sleep(Duration::from_millis(20)),
            }
        };
        let said = out.join().map_err(|_| "a reader panicked")? + &err.join().map_err(|_| "a reader panicked")?;
        Ok(status.map(|status| (status.success(), said)))
    })
}

fn read(pipe: &mut dyn std::io::Read) -> String {
    let mut bytes = Vec::new();
    // What a killed program leaves unsaid is of no interest.
    let _ = pipe.read_to_end(&mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}

/// `… caught: RULE after N cases …`, wherever it stands.
fn catch(said: &str) -> Option<Catch> {
    let (_, line) = said.split_once(CAUGHT)?;
    let line = line.lines().next()?;
    let (rule, rest) = line.split_once(" after ")?;
    let after = rest.split_whitespace().next()?.parse().ok()?;
    Some(Catch { rule: rule.trim().to_owned(), after })
}

/// The program of a target, from what cargo says while it builds.
fn executable(messages: &str, package: &str, target: &str) -> Result<PathBuf> {
    let found = messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok()).find_map(|message| {
        let is_it = message["target"]["name"] == target && is_of(&message, package);
        is_it.then(|| message["executable"].as_str().map(PathBuf::from))?
    });
    found.ok_or_else(|| format!("cargo built no program {target} of {package}").into())
}

/// A package id ends in `…/FOLDER#NAME@VERSION`, or in `…/NAME#VERSION` where folder and name are the same.
fn is_of(message: &Value, package: &str) -> bool {
    let id = message["package_id"].as_str().unwrap_or_default();
    let (path, rest) = id.rsplit_once('#').unwrap_or_default();
    match rest.split_once('@') {
        Some((name, _)) => name == package,
        None => path.rsplit('/').next() == Some(package),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_catch_is_found_wherever_it_is_said() {
        let said = "running 1 test\nthread panicked at x:\ncaught: ChargedOnce after 17 cases (seed 3)\nnote: …\n";
        assert_eq!(catch(said), Some(Catch { rule: "ChargedOnce".into(), after: 17 }));
        for silent in ["", "caught: nothing", "caught: R after many cases"] {
            assert_eq!(catch(silent), None, "{silent}");
        }
    }

    #[test]
    fn the_simulators_lines_are_read() {
        let caught = simulated("A\tR\t3\nB\n").expect("both are known");
        assert_eq!(caught, [("A".to_owned(), Catch { rule: "R".into(), after: 3 })]);
        assert!(simulated("A\tR\n").is_err());
    }

    #[test]
    fn programs_are_told_apart_by_package_and_target() {
        let messages = r#"{"reason":"compiler-artifact","package_id":"path+file:///r/cli#weixin-video@0.0.0","target":{"name":"it"},"executable":"/t/a"}
{"reason":"compiler-artifact","package_id":"path+file:///r/tests#weixin-video-tests@0.0.0","target":{"name":"it"},"executable":"/t/b"}
{"reason":"compiler-artifact","package_id":"path+file:///r/crates/x#0.0.0","target":{"name":"it"},"executable":"/t/c"}"#;
        let program = |package| executable(messages, package, "it").map_err(|why| why.to_string());
        assert_eq!(program("weixin-video-tests"), Ok(PathBuf::from("/t/b")));
        assert_eq!(program("x"), Ok(PathBuf::from("/t/c")));
        assert!(program("y").is_err());
    }

    #[test]
    fn a_program_that_never_ends_is_stopped() {
        let mut command = command("sleep");
        command.arg("600").stdout(Stdio::piped()).stderr(Stdio::piped());
        assert!(within(&mut command, Duration::from_millis(50)).expect("it is stopped").is_none());
        let mut command = crate::run::command("false");
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let (passed, said) = within(&mut command, PATIENCE).expect("it ran").expect("it ended");
        assert!(!passed && said.is_empty());
    }
}
