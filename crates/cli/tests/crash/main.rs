//! The crash sweep: the program is killed by SIGKILL at every point at which it writes something down, asks for something or
//! has got something, also while it goes on from an earlier kill; and whenever it is left alone at last, it comes to the
//! end that it would have come to, paid once.
//!
//! | variable | what is run |
//! |---|---|
//! | none | what fits into a CI run |
//! | `CRASH_ALL=1` | every point, every pair of points, every byte of a torn line |
//! | `CRASH_CASE="format: at op.chat:1"` | this case alone, told in full |
//! | `WEIXIN_VIDEO_PLANTED=BUG` | `quick` and `CRASH_CASE` with this bug in the program |
//!
//! `quick` is what `cargo xtask mutants` asks: a few cases that see most, up to the first finding.
#![cfg(unix)]
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod case;
#[path = "../it/desk.rs"]
#[allow(dead_code, reason = "the tests of the binary `it` use the rest of it")]
mod desk;
mod ending;
mod net;
mod plan;
mod rule;
mod scene;
mod walk;

/// What `quick` goes through: first what sees most.
const QUICK: [&str; 26] = [
    "format: at op.read:2",
    "format: at journal.torn:5, at op.status:1",
    "format: at op.publish:1",
    "format: rival byte 5000",
    "format: at op.chat:1",
    "format: overtaken byte 100000",
    "format: at part.block:3, at part.block:1",
    "format force: at publish.renamed:1",
    "format: at token.kept:2",
    "format: at op.upload:1",
    "format: at op.status:1",
    "format: silent done upload:1",
    "format: silent done export:1",
    "format: silent asked export:1",
    "format: silent byte 5000",
    "format: silent done session:1",
    "format: silent asked chat:1",
    "format: at part.synced:1",
    "format: at op.download:1",
    "say: at op.read:2, at op.status:2",
    "export force: at part.block:2, at publish.begun:1",
    "chat: at op.state:1, at journal.written:1",
    "format: at op.answered:3, at op.state:2",
    "chat: at op.chat:1",
    "format: at publish.done:1",
    "format force: at publish.begun:1",
];

#[test]
fn kills() {
    if let Ok(line) = std::env::var("CRASH_CASE") {
        let bug = std::env::var("WEIXIN_VIDEO_PLANTED").ok();
        let walked = net::one(&line.parse().unwrap(), bug.as_deref());
        eprintln!("{walked:#?}");
        assert!(walked.findings.is_empty(), "{:#?}", walked.findings);
        return;
    }
    let haul = net::Net::new(std::env::var_os("CRASH_ALL").is_some()).cast();
    println!("{}", haul.report());
    assert!(haul.findings.is_empty(), "the report stands above");
    // A list that became empty would find nothing either.
    assert!(haul.count() >= 500, "{:#?}", haul.cases);
}

#[test]
fn quick() {
    let bug = std::env::var("WEIXIN_VIDEO_PLANTED").ok();
    let cases: Vec<case::Case> = QUICK.iter().map(|line| line.parse().unwrap()).collect();
    if let Some((case, finding, count)) = net::first(&cases, bug.as_deref()) {
        panic!("caught: {:?} after {count} cases\n{finding}\n{}", finding.rule, net::repeat(&case));
    }
}

#[test]
fn a_net_that_can_fail() {
    for (line, bug, rule) in [
        ("format: at op.chat:2", None, rule::Rule::IsKilled),
        ("format: at op.read:2", Some("JournalLags"), rule::Rule::SaidOnce),
        ("format: at op.publish:1", Some("DoneBeforePublish"), rule::Rule::JobIsKept),
        ("format: rival byte 5000", Some("LockNotTaken"), rule::Rule::OneAtATime),
        ("format: at publish.renamed:1", Some("PublishedByCopy"), rule::Rule::OutputIsWhole),
    ] {
        let walked = net::one(&line.parse().unwrap(), bug);
        let found: Vec<rule::Rule> = walked.findings.iter().map(|finding| finding.rule).collect();
        assert!(found.contains(&rule), "{line} with {bug:?}: {walked:#?}");
    }
}
