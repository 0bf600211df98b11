//! A net that can't fail proves nothing: each rule finds what breaks it.

use weixin_video_core::error::Charged;
use weixin_video_fake_backend::{Fault, Route, kind};

use super::case::Case;
use super::path::{Path, Which};
use super::rule::{Rule, judge};
use super::verdict::PATIENT;
use super::walk::{Told, Walked, run, written_down};
use crate::world::WORDS;

/// A case with a good end that nothing stands in the way of, and whose part is not kept.
fn harmless() -> Case {
    let late = |nth| Fault::on(Route::ExportStatus).nth(nth).does(kind::Request::Late);
    let cases = [1, 2].map(|nth| Case { path: Path::Job, program: vec![late(nth)] });
    cases.into_iter().find(|case| !case.replaces() || case.keeps_part()).expect("one of them")
}

fn failed(code: &'static str, charged: Charged) -> Told {
    Told { code, charged, words: String::new() }
}

/// Does to the evidence of a good run what breaks a rule.
type Wrong = fn(&mut Walked);

const WRONGS: [(Rule, Wrong); 14] = [
    (Rule::PaidOnce, |walked| walked.runs[0].charges = 2),
    (Rule::SaidOnce, |walked| {
        let chat = walked.exchanges.iter().find(|it| it.route == Route::Chat).cloned();
        walked.exchanges.extend(chat);
    }),
    (Rule::BooksAddUp, |walked| walked.audit.push("a credit too much".into())),
    (Rule::ClientBehaves, |walked| walked.verdicts.push("a rule".into())),
    (Rule::TokenStays, |walked| walked.violations.push("a token".into())),
    (Rule::NoSecretShows, |walked| walked.told += &walked.secrets[0]),
    (Rule::FaultFires, |walked| walked.unfired.push("a fault".into())),
    (Rule::OutputIsWhole, |walked| walked.runs[0].output = Some(b"half".to_vec())),
    (Rule::DoneIsDone, |walked| walked.runs[0].outcome = Ok(1)),
    (Rule::FailedIsOld, |walked| walked.runs[0].outcome = Err(failed("damaged", Charged::Yes))),
    (Rule::CostIsTold, |walked| walked.runs[0].outcome = Err(failed("unreachable", Charged::No))),
    (Rule::NothingIsLeft, |walked| walked.runs[0].left = vec!["a".into(), "b".into()]),
    (Rule::RequestsEnd, |walked| walked.exchanges = vec![walked.exchanges.clone(); 10].concat()),
    (Rule::SameRequests, |walked| walked.wire.push('!')),
];

#[test]
fn each_rule_finds_what_breaks_it() {
    let case = harmless();
    let walk = |which| case.walk(which, PATIENT);
    let (blocking, asynchronous) = (walk(Which::Blocking), walk(Which::Asynchronous));
    let found = |walked: &Walked| -> Vec<Rule> {
        judge(&case, walked, &asynchronous).into_iter().map(|finding| finding.rule).collect()
    };
    assert_eq!(found(&blocking), [], "with nothing wrong");
    for (rule, wrong) in WRONGS {
        let mut walked = blocking.clone();
        wrong(&mut walked);
        assert!(found(&walked).contains(&rule), "{rule:?} finds nothing");
    }
    let mut walked = blocking;
    walked.runs[0].outcome = Err(failed("damaged", Charged::Yes));
    assert!(found(&walked).contains(&Rule::SameEnd));
    walked.runs.push(walked.runs[0].clone());
    assert!(found(&walked).contains(&Rule::GoesOn));
    assert!(found(&walked).contains(&Rule::OddIsTaken));
}

/// A client that says its message a second time, for real.
#[test]
fn a_message_that_is_said_and_paid_twice_is_found() {
    let case = harmless();
    let twice = |which| {
        let world = case.path.world(&case.program, which, PATIENT);
        let output = world.output();
        let walked = case.path.walk(&world, &output);
        let session = world.checkpoints().pop().expect("a checkpoint").session().clone();
        world.client.chat(&session, WORDS, &mut world.observer()).expect("another answer");
        let runs = vec![run(&world, &output, walked)];
        written_down(&world, runs, Vec::new())
    };
    let found = judge(&case, &twice(Which::Blocking), &twice(Which::Asynchronous));
    for rule in [Rule::PaidOnce, Rule::SaidOnce] {
        assert!(found.iter().any(|finding| finding.rule == rule), "{rule:?} finds nothing");
    }
}

/// The rules that look at some cases only.
#[test]
fn each_rule_about_some_cases_finds_what_breaks_it() {
    let cut = |byte| {
        let cuts = r#" + at="cdn" nth=1 times=3 commit="after" byte=BYTE do="fin-mid-body""#;
        format!(r#"job: at="download" nth=1 do="code-404"{}"#, cuts.replace("BYTE", byte))
    };
    let lines = ["1", "64", "1000", "4000"].map(cut);
    let kept = lines.into_iter().find(|line| line.parse().is_ok_and(|case: Case| case.keeps_part()));
    let occupied = r#"occupied: at="cdn" nth=1 do="late-answer""#;
    let wrongs: [(Rule, &str, Wrong); 2] = [
        (Rule::OthersStay, occupied, |walked| walked.runs[0].outcome = Ok(0)),
        (Rule::PartIsKept, &kept.expect("one of them"), |walked| walked.runs[0].left.clear()),
    ];
    for (rule, line, wrong) in wrongs {
        let case: Case = line.parse().expect("a case");
        let [good, mut bad] = [Which::Asynchronous, Which::Blocking].map(|which| case.walk(which, PATIENT));
        assert!(judge(&case, &bad, &good).is_empty(), "{rule:?} with nothing wrong");
        wrong(&mut bad);
        assert!(judge(&case, &bad, &good).iter().any(|finding| finding.rule == rule), "{rule:?} finds nothing");
    }
}

/// A case is what its name says.
#[test]
fn names_lead_back_to_their_cases() {
    for case in super::case::all() {
        let again: Case = case.to_string().parse().expect("a case");
        assert_eq!(again.to_string(), case.to_string());
    }
}
