//! The sweep: the happy path is recorded and then walked again for every request and every event in it, with each kind of
//! fault at each place, by both adapters over real sockets. Whatever the server does, the [rules](rule::Rule) hold.
//!
//! There are some 9,000 cases. A run takes one of each kind at each route, `SWEEP_SEED=N` takes others, `SWEEP_ALL=1`
//! takes all, and `SWEEP_CASE='…'` takes the one that a finding names:
//!
//! ```text
//! SWEEP_CASE='job: at="chat" nth=1 event=3 do="fin-mid-body"' cargo test -p weixin-video-tests --test it sweep::cases
//! ```
//!
//! [`quick`] is for `cargo xtask mutants`: with the feature `planted` and a bug's name in `WEIXIN_VIDEO_PLANTED` it stops
//! at the first finding.
#![allow(clippy::print_stderr, reason = "a net says what it has caught, and how much it has seen")]

mod case;
mod control;
mod differ;
mod path;
mod rule;
mod telling;
mod verdict;
mod walk;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::env;
use std::num::NonZero;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use weixin_video_fake_backend::{Kind, Route};

use case::Case;
use verdict::Verdict;

/// Cases below which the net has a hole.
const FEWEST: usize = 8_000;
/// The same for a run that takes one of each kind at each route.
const FEWEST_CHOSEN: usize = 1_000;
/// Cases that wait for nothing but a clock: many at once take no longer than one.
const WAITING_AT_ONCE: usize = 24;

/// Each kind of fault at each request and event.
#[test]
fn cases() {
    let cases = match env::var("SWEEP_CASE") {
        Ok(line) => vec![line.parse().expect("a case as a finding names it")],
        Err(_) => chosen(),
    };
    let seen = Mutex::new(Vec::new());
    walk_all(cases, |verdict| {
        tell(&verdict);
        seen.lock().expect("nobody panics with the verdicts in hand").push(verdict);
        true
    });
    let seen = seen.into_inner().expect("nobody panics with the verdicts in hand");
    eprintln!("{}", table(&seen));
    let wrong = seen.iter().filter(|verdict| !verdict.findings.is_empty()).count();
    assert_eq!(wrong, 0, "of {} cases", seen.len());
}

/// A few seconds of it, up to the first finding.
#[test]
fn quick() {
    plant();
    let (count, caught) = (AtomicUsize::new(0), Mutex::new(None));
    walk_all(telling::telling(), |verdict| {
        let after = count.fetch_add(1, Ordering::SeqCst) + 1;
        let Some(finding) = verdict.findings.first() else { return true };
        tell(&verdict);
        caught.lock().expect("nobody panics with it in hand").get_or_insert((finding.rule, after));
        false
    });
    if let Some((rule, after)) = caught.into_inner().expect("nobody panics with it in hand") {
        panic!("caught: {rule:?} after {after} cases");
    }
}

/// The bug that the environment names is at work from now on.
fn plant() {
    #[cfg(feature = "planted")]
    if let Ok(name) = env::var("WEIXIN_VIDEO_PLANTED") {
        use weixin_video_core::planted::{Bug, plant};
        plant(Some(Bug::named(&name).expect("a bug's name")));
    }
}

/// All, or one of each kind at each route of each path.
fn chosen() -> Vec<Case> {
    let all = case::all();
    assert!(all.len() >= FEWEST, "{} cases: what has become of the others?", all.len());
    let kinds: HashSet<Kind> = all.iter().map(Case::kind).collect();
    let missing: Vec<_> = Kind::ALL.iter().filter(|kind| !kinds.contains(kind)).collect();
    assert!(missing.is_empty(), "{missing:?} never happen");
    let routes: HashSet<Route> = all.iter().map(Case::route).collect();
    let missing: Vec<_> = Route::ALL.iter().filter(|route| !routes.contains(route)).collect();
    assert!(missing.is_empty(), "{missing:?} are never disturbed");
    if env::var("SWEEP_ALL").is_ok() {
        return all;
    }
    let seed = env::var("SWEEP_SEED").map_or(0, |seed| seed.parse().expect("a number"));
    let chosen = one_of_each(all, seed);
    assert!(chosen.len() >= FEWEST_CHOSEN, "{} cases are too few", chosen.len());
    chosen
}

/// Of the cases that differ in no more than the place, the shape or whether the work is done, the one that `seed` puts
/// first. What takes seconds is taken on the whole job only.
fn one_of_each(all: Vec<Case>, seed: u64) -> Vec<Case> {
    let mut groups = BTreeMap::new();
    for case in all.into_iter().filter(|case| !case.is_heavy() || case.path == path::Path::Job) {
        let draw = (case.number() ^ seed).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let group = (case.path, case.route().name(), case.kind().name());
        let best = groups.entry(group).or_insert_with(|| (draw, case.clone()));
        if draw < best.0 {
            *best = (draw, case);
        }
    }
    groups.into_values().map(|(_, case)| case).collect()
}

/// Walks all cases, as many at once as there are processors, and hands over each verdict, until one is answered with
/// `false`.
fn walk_all(cases: Vec<Case>, each: impl Fn(Verdict) -> bool + Sync) {
    let (waiting, busy): (Vec<Case>, Vec<Case>) = cases.into_iter().partition(Case::is_slow);
    let processors = std::thread::available_parallelism().map_or(2, NonZero::get);
    let goes_on = AtomicBool::new(true);
    for (cases, at_once) in [(busy, processors), (waiting, WAITING_AT_ONCE)] {
        let next = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for _ in 0..at_once {
                scope.spawn(|| {
                    while let Some(case) = cases.get(next.fetch_add(1, Ordering::SeqCst)) {
                        if !goes_on.load(Ordering::SeqCst) || !each(Verdict::of(case)) {
                            goes_on.store(false, Ordering::SeqCst);
                            return;
                        }
                    }
                });
            }
        });
    }
}

/// One line for each finding, and the line that repeats it.
fn tell(verdict: &Verdict) {
    for finding in &verdict.findings {
        eprintln!("found {finding}\n  {}", verdict.ends.join(" | "));
    }
    if !verdict.findings.is_empty() {
        let case = &verdict.case;
        eprintln!("  again: SWEEP_CASE='{case}' cargo test -p weixin-video-tests --test it sweep::cases");
    }
}

/// How many cases there were, for each route and family of faults, and how they ended.
fn table(seen: &[Verdict]) -> String {
    let (mut counts, mut ends) = (BTreeMap::<_, usize>::new(), BTreeMap::<_, usize>::new());
    for verdict in seen {
        *counts.entry((verdict.case.route().name(), verdict.case.family())).or_default() += 1;
        *ends.entry(verdict.ends[0].as_str()).or_default() += 1;
    }
    let (routes, families): (BTreeSet<_>, BTreeSet<_>) = counts.keys().copied().unzip();
    let mut text = format!("{:>16}", "");
    families.iter().for_each(|family| text += &format!("{family:>11}"));
    for route in routes {
        text += &format!("\n{route:>16}");
        for family in &families {
            text += &format!("{:>11}", counts.get(&(route, *family)).unwrap_or(&0));
        }
    }
    ends.iter().for_each(|(end, count)| text += &format!("\n{count:>6} {end}"));
    text + &format!("\n{:>6} cases through both adapters", seen.len())
}
