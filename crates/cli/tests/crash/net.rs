//! Many cases at once, and what they found.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use crate::case::{Case, Kind};
use crate::plan::{self, Recording};
use crate::rule::{Counts, Finding, Rule};
use crate::walk::{Walked, lines, walk};

/// Cases at once: most of their time the programs wait.
const WORKERS: usize = 8;

/// The net: what runs without a crash ask for, and how much is cast.
pub(crate) struct Net {
    happy: BTreeMap<Kind, Counts>,
    recordings: Vec<Recording>,
    /// Every case there is, or what fits into a CI run.
    all: bool,
}

/// What came of all cases.
pub(crate) struct Haul {
    /// How many cases of each sort.
    pub(crate) cases: BTreeMap<String, usize>,
    pub(crate) findings: Vec<(Case, Walked)>,
}

/// One case, with the same command without a crash to compare with.
pub(crate) fn one(case: &Case, bug: Option<&str>) -> Walked {
    let happy = walk(&Case { kind: case.kind, force: false, cuts: Vec::new() }, None, bug);
    if happy.findings.is_empty() { walk(case, Some(&happy.counts), bug) } else { happy }
}

/// Goes through cases up to the first finding: what it is, and how many cases there were.
pub(crate) fn first(cases: &[Case], bug: Option<&str>) -> Option<(Case, Finding, usize)> {
    let mut happy = BTreeMap::new();
    for kind in Kind::ALL {
        let case = Case { kind, force: false, cuts: Vec::new() };
        let walked = walk(&case, None, bug);
        if let Some(finding) = walked.findings.into_iter().next() {
            return Some((case, finding, happy.len() + 1));
        }
        happy.insert(kind, walked.counts);
    }
    let stop = AtomicBool::new(false);
    let walked = walk_all(cases, &stop, |case| {
        let walked = walk(case, happy.get(&case.kind), bug);
        stop.fetch_or(!walked.findings.is_empty(), Ordering::Relaxed);
        walked
    });
    let count = happy.len() + walked.len();
    let found = walked.into_iter().find_map(|(case, walked)| Some((case, walked.findings.into_iter().next()?)));
    found.map(|(case, finding)| (case, finding, count))
}

impl Net {
    /// Records each command.
    pub(crate) fn new(all: bool) -> Self {
        let mut net = Self { happy: BTreeMap::new(), recordings: Vec::new(), all };
        for kind in Kind::ALL {
            let Walked { findings, reached, routes, counts, .. } =
                walk(&Case { kind, force: false, cuts: Vec::new() }, None, None);
            assert!(findings.is_empty(), "{kind:?} without a crash: {findings:#?}");
            net.happy.insert(kind, counts);
            net.recordings.push(Recording { kind, points: reached, routes, lines: lines(kind) });
        }
        net
    }

    /// Casts it.
    pub(crate) fn cast(&self) -> Haul {
        let stages: Vec<Case> = Kind::ALL.into_iter().flat_map(plan::stages).collect();
        let resumed = self.walk(&stages);
        let again =
            resumed.iter().flat_map(|(case, walked)| plan::again(case, &walked.reached, (!self.all).then_some(3)));
        let mut sorts = vec![("by hand".to_owned(), plan::by_hand())];
        sorts.push(("killed again in the resume".to_owned(), again.collect()));
        sorts.extend(self.recordings.iter().flat_map(|recording| self.of_one(recording)));
        let count = |(sort, cases): &(String, Vec<Case>)| (sort.clone(), cases.len());
        let mut cases: BTreeMap<String, usize> = sorts.iter().map(count).collect();
        cases.insert("a kill at each checkpoint".to_owned(), resumed.len());
        // All at once: some wait for long, and others can go on meanwhile.
        let walked = self.walk(&sorts.into_iter().flat_map(|(_, cases)| cases).collect::<Vec<_>>());
        let findings = resumed.into_iter().chain(walked).filter(|(_, walked)| !walked.findings.is_empty()).collect();
        Haul { cases, findings }
    }

    fn of_one(&self, recording: &Recording) -> Vec<(String, Vec<Case>)> {
        let kills = plan::kills(recording);
        let turned = if self.all { plan::turned(&kills) } else { Vec::new() };
        let torn = plan::torn(recording, if self.all { 1 } else { 23 });
        let sorts = [
            ("one kill", kills),
            ("one kill, the other output", turned),
            ("the server is silent", plan::silences(recording)),
            ("a torn line", torn),
        ];
        sorts.into_iter().map(|(sort, cases)| (format!("{}: {sort}", recording.kind.name()), cases)).collect()
    }

    /// A long run says what it finds when it finds it, and how far it is.
    #[allow(clippy::print_stderr, reason = "in a test that passes nobody sees it")]
    fn walk(&self, cases: &[Case]) -> Vec<(Case, Walked)> {
        let count = AtomicUsize::new(0);
        walk_all(cases, &AtomicBool::new(false), |case| {
            let walked = walk(case, self.happy.get(&case.kind), None);
            walked.findings.iter().for_each(|finding| eprintln!("{case}\n    {finding}"));
            let count = count.fetch_add(1, Ordering::Relaxed) + 1;
            if count.is_multiple_of(250) {
                eprintln!("{count} of {} cases", cases.len());
            }
            walked
        })
    }
}

impl Haul {
    pub(crate) fn count(&self) -> usize {
        self.cases.values().sum()
    }

    /// All there is to know about what was found, each with the line that repeats it.
    pub(crate) fn report(&self) -> String {
        let mut text = String::new();
        let mut rules: BTreeMap<Rule, usize> = BTreeMap::new();
        for (case, walked) in &self.findings {
            for finding in &walked.findings {
                *rules.entry(finding.rule).or_default() += 1;
                let _ = writeln!(text, "{finding}\n    {}\n    {:?}", repeat(case), walked.ends);
            }
        }
        format!("{text}{rules:?}, {} of {} cases: {:#?}", self.findings.len(), self.count(), self.cases)
    }
}

/// The command that runs one case alone.
pub(crate) fn repeat(case: &Case) -> String {
    format!("CRASH_CASE=\"{case}\" cargo test -p weixin-video --all-features --test crash -- --exact kills")
}

fn walk_all(cases: &[Case], stop: &AtomicBool, walk: impl Fn(&Case) -> Walked + Sync) -> Vec<(Case, Walked)> {
    let (next, done) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..WORKERS.min(cases.len()) {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if stop.load(Ordering::Relaxed) {
                        return;
                    }
                    let walked = walk(case);
                    done.lock().unwrap().push((case.clone(), walked));
                }
            });
        }
    });
    done.into_inner().unwrap()
}
