//! Many sessions: on all cores, stopping at the first that breaks a rule.

use std::any::Any;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;

use weixin_video_core::config::Config;

use crate::fate::Fate;
use crate::life::{Life, Tamper};
use crate::rule::Rule;
use crate::shrink::shrunk;
use crate::stats::Stats;
use crate::watch::Broken;
use crate::world::World;

/// How to run.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Threads; 0 is one for each core.
    pub threads: usize,
    /// Whether a session that fails is made smaller.
    pub shrink: bool,
    /// Whether to go on after a failure, and tell the first of each rule.
    pub keep_going: bool,
    pub(crate) tamper: Option<Tamper>,
}

impl Default for Options {
    fn default() -> Self {
        Self { threads: 0, shrink: true, keep_going: false, tamper: None }
    }
}

/// What came of a run.
#[derive(Debug)]
pub struct Report {
    /// What happened, and how often.
    pub stats: Stats,
    /// The session that broke a rule, if one did; one for each rule when the run kept going.
    pub failures: Vec<Failure>,
}

/// A session that broke a rule.
#[derive(Debug)]
pub struct Failure {
    /// The rule.
    pub rule: Rule,
    /// How, in one line.
    pub why: String,
    /// The seed of the run.
    pub seed: u64,
    /// Which session of the seed.
    pub index: u64,
    /// The decisions that lead there, as few as were found.
    pub decisions: Vec<u32>,
    /// Step by step.
    pub story: Vec<String>,
}

/// One session, told.
#[derive(Debug)]
pub struct Story {
    /// The rule that was broken, and how.
    pub broken: Option<(Rule, String)>,
    /// Step by step.
    pub lines: Vec<String>,
}

/// Sessions that a thread takes at once.
const BATCH: u64 = 256;

/// Lives the sessions 0 to `sessions` of `seed`; stops at the first that breaks a rule, unless told to go on.
#[must_use]
pub fn run(seed: u64, sessions: u64, options: &Options) -> Report {
    let (next, stop) = (AtomicU64::new(0), AtomicBool::new(false));
    let threads = match options.threads {
        0 => thread::available_parallelism().map_or(1, usize::from),
        threads => threads,
    };
    let work = || worked(seed, sessions, options, &next, &stop);
    let done: Vec<(Stats, Vec<Found>)> = thread::scope(|scope| {
        let all: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        all.into_iter().filter_map(|thread| thread.join().ok()).collect()
    });
    let mut stats = Stats::default();
    done.iter().for_each(|(part, _)| stats.add(part));
    let found = done.into_iter().flat_map(|(_, found)| found).collect();
    let failures = firsts(found, options).into_iter().map(|found| failure(seed, found, options)).collect();
    Report { stats, failures }
}

/// The first session of each rule, or the first of all.
fn firsts(mut found: Vec<Found>, options: &Options) -> Vec<Found> {
    found.sort_by_key(|found| found.index);
    let mut firsts: Vec<Found> = Vec::new();
    for one in found {
        let is_new = firsts.iter().all(|known| known.broken.rule != one.broken.rule);
        if is_new && (options.keep_going || firsts.is_empty()) {
            firsts.push(one);
        }
    }
    firsts
}

/// Lives the session that these decisions make, and tells it.
#[must_use]
pub fn replay(decisions: &[u32]) -> Story {
    told(Fate::given(decisions.to_vec()), None)
}

/// Lives one session of a seed, and tells it.
#[must_use]
pub fn replay_index(seed: u64, index: u64) -> Story {
    told(Fate::drawn(seed, index), None)
}

impl Failure {
    /// The decisions as text, for [`Failure::parse`].
    #[must_use]
    pub fn code(&self) -> String {
        self.decisions.iter().map(|decision| format!("{decision:x}")).collect::<Vec<_>>().join(".")
    }

    /// Reads what [`Failure::code`] wrote; `None` if it is something else.
    #[must_use]
    pub fn parse(code: &str) -> Option<Vec<u32>> {
        code.split('.').map(|decision| u32::from_str_radix(decision, 16).ok()).collect()
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "broken: {}: {}", self.rule.name(), self.rule.words())?;
        writeln!(f, "        {}", self.why)?;
        for line in &self.story {
            writeln!(f, "{line}")?;
        }
        writeln!(f, "replay the whole: cargo xtask simulate --replay {}:{}", self.seed, self.index)?;
        write!(f, "replay this:      cargo xtask simulate --replay {}", self.code())
    }
}

/// A session that broke a rule, as it was drawn.
struct Found {
    index: u64,
    broken: Broken,
    decisions: Vec<u32>,
}

fn worked(seed: u64, sessions: u64, options: &Options, next: &AtomicU64, stop: &AtomicBool) -> (Stats, Vec<Found>) {
    let config = config();
    let (mut stats, mut found) = (Stats::default(), Vec::<Found>::new());
    while !stop.load(Ordering::Relaxed) {
        let from = next.fetch_add(BATCH, Ordering::Relaxed);
        if from >= sessions {
            break;
        }
        for index in from..sessions.min(from + BATCH) {
            let lived = live(Fate::drawn(seed, index), &config, options.tamper);
            stats.add(&lived.fate.stats);
            let Some(broken) = lived.broken else { continue };
            if found.iter().all(|known| known.broken.rule != broken.rule) {
                found.push(Found { index, broken, decisions: lived.fate.taken().to_vec() });
            }
            if !options.keep_going {
                stop.store(true, Ordering::Relaxed);
                return (stats, found);
            }
        }
    }
    (stats, found)
}

fn failure(seed: u64, found: Found, options: &Options) -> Failure {
    let Found { index, broken, decisions } = found;
    let (decisions, broken) = if options.shrink {
        let config = config();
        let mut breaks = |decisions: &[u32]| {
            let lived = live(Fate::given(decisions.to_vec()), &config, options.tamper);
            lived.broken.filter(|found| found.rule == broken.rule)
        };
        shrunk(decisions, broken.clone(), &mut breaks)
    } else {
        (decisions, broken)
    };
    let story = told(Fate::given(decisions.clone()), options.tamper).lines;
    Failure { rule: broken.rule, why: broken.why, seed, index, decisions, story }
}

fn told(fate: Fate, tamper: Option<Tamper>) -> Story {
    let mut lived = live(fate.telling(), &config(), tamper);
    Story { broken: lived.broken.map(|broken| (broken.rule, broken.why)), lines: lived.fate.story() }
}

struct Lived {
    fate: Fate,
    broken: Option<Broken>,
}

/// One session. A panic of the core is a broken rule like any other.
fn live(fate: Fate, config: &Arc<Config>, tamper: Option<Tamper>) -> Lived {
    let mut life = Life::new(World::new(fate), config.clone(), tamper);
    let outcome = catch_unwind(AssertUnwindSafe(|| life.live()));
    let World { mut fate, watch, .. } = life.world;
    fate.stats.close();
    let broken = match outcome {
        Ok(()) => watch.broken,
        Err(panic) => Some(Broken { rule: Rule::NeverPanics, why: said(&*panic) }),
    };
    Lived { fate, broken }
}

fn said(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("a panic without words").to_owned()
}

fn config() -> Arc<Config> {
    Arc::new(Config::new("https://api.example").expect("a plain https URL is an API address"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fault::Fault;
    use crate::stats::Mark;

    /// What has no name in the list of ends must not happen; everything else must.
    #[test]
    fn every_fault_and_every_end_happens() {
        let report = run(5, 20_000, &Options::default());
        assert!(report.failures.is_empty(), "{}", report.failures[0]);
        let faults = Fault::ALL.iter().filter(|&&fault| report.stats.of_fault(fault) == 0).map(|fault| fault.name());
        assert_eq!(faults.collect::<Vec<_>>(), [""; 0], "faults that never struck");
        let marks = Mark::ALL.iter().filter(|&&mark| report.stats.of_mark(mark) == 0).map(|mark| mark.name());
        assert_eq!(marks.collect::<Vec<_>>(), ["OtherEnd"], "ends that were never reached");
    }

    #[test]
    fn a_session_is_its_decisions() {
        let config = config();
        for index in 0..300 {
            let drawn = live(Fate::drawn(3, index).telling(), &config, None);
            let mut given = live(Fate::given(drawn.fate.taken().to_vec()).telling(), &config, None);
            let mut drawn = drawn;
            assert_eq!(given.fate.story(), drawn.fate.story(), "session {index}");
        }
    }

    #[test]
    fn decisions_survive_their_code() {
        let failure = Failure {
            rule: Rule::ChargedOnce,
            why: String::new(),
            seed: 1,
            index: 2,
            decisions: vec![0, 10, 4_294_967_295],
            story: Vec::new(),
        };
        assert_eq!(Failure::parse(&failure.code()), Some(failure.decisions));
        assert_eq!(Failure::parse("1.x"), None);
    }
}
