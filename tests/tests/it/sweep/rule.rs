//! What holds however the server misbehaves.

use std::fmt;

use weixin_video_core::error::Charged;
use weixin_video_fake_backend::{Ending, Exchange, Kind, Route, kind};

use super::case::Case;
use super::differ;
use super::path::Path;
use super::walk::{OLD, Run, Walked, is_served};

/// Requests of one case, both runs together: far more than any honest way needs.
const MOST_REQUESTS: usize = 60;

/// An invariant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Rule {
    /// No message is paid for twice.
    PaidOnce,
    /// A message that may have been heard is not said again.
    SaidOnce,
    /// The server's books add up.
    BooksAddUp,
    /// The client breaks no rule of PROTOCOL.md that the server can see.
    ClientBehaves,
    /// No token goes where it must not.
    TokenStays,
    /// No token and no signed address is in an error or an event.
    NoSecretShows,
    /// The fault has happened.
    FaultFires,
    /// The output is what stood there, nothing, or the whole file.
    OutputIsWhole,
    /// Whoever says that it is there, is right, down to its length.
    DoneIsDone,
    /// Whoever says that it failed has put nothing under the output's name.
    FailedIsOld,
    /// What an error says about the cost agrees with the books.
    CostIsTold,
    /// Nobody else's file is replaced.
    OthersStay,
    /// Nothing is left beside the output but a part that is to be kept.
    NothingIsLeft,
    /// There is an end to asking.
    RequestsEnd,
    /// What is odd and harmless is taken as it is.
    OddIsTaken,
    /// The part of a download that is to be kept is kept, and gone on from.
    PartIsKept,
    /// After an error the rest is done without paying again, or it is said why not.
    GoesOn,
    /// No input makes a client panic.
    NobodyPanics,
    /// Both adapters end alike.
    SameEnd,
    /// Both adapters ask for the same.
    SameRequests,
}

impl Rule {
    pub(crate) const fn is_about_money(self) -> bool {
        matches!(self, Self::PaidOnce | Self::SaidOnce | Self::CostIsTold)
    }
}

/// A rule that was broken, and how.
#[derive(Debug, Clone)]
pub(crate) struct Finding {
    pub(crate) rule: Rule,
    pub(crate) why: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.rule, self.why)
    }
}

/// Everything wrong with a case, by how both adapters went through it.
pub(crate) fn judge(case: &Case, blocking: &Walked, asynchronous: &Walked) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (name, walked) in [("blocking", blocking), ("asynchronous", asynchronous)] {
        let mut broken = |rule, why: String| findings.push(Finding { rule, why: format!("{name}: {why}") });
        alone(case, walked, &mut broken);
    }
    if differ::reason(case).is_none() {
        together(case, blocking, asynchronous, &mut |rule, why| findings.push(Finding { rule, why }));
    }
    findings
}

fn alone(case: &Case, walked: &Walked, broken: &mut impl FnMut(Rule, String)) {
    money(case, walked, broken);
    for (rule, whys) in [
        (Rule::BooksAddUp, &walked.audit),
        (Rule::ClientBehaves, &walked.verdicts),
        (Rule::TokenStays, &walked.violations),
        (Rule::FaultFires, &walked.unfired),
    ] {
        whys.iter().for_each(|why| broken(rule, why.clone()));
    }
    if let Some(secret) = walked.secrets.iter().find(|secret| walked.told.contains(*secret)) {
        broken(Rule::NoSecretShows, format!("{secret} in {}", walked.told));
    }
    if walked.exchanges.len() > MOST_REQUESTS {
        broken(Rule::RequestsEnd, format!("{} requests", walked.exchanges.len()));
    }
    let first = &walked.runs[0];
    if case.path == Path::Occupied && (first.outcome.is_ok() || first.output.as_deref() != Some(OLD)) {
        broken(Rule::OthersStay, first.code().to_owned());
    }
    for run in &walked.runs {
        output(case, run, &walked.exchanges, broken);
        cost(case, walked, run, broken);
    }
    if let [first, again] = &walked.runs[..] {
        going_on(case, walked, again, broken);
        part(case, first, &walked.exchanges, broken);
        if case.is_harmless() && case.path != Path::Occupied {
            broken(Rule::OddIsTaken, first.code().to_owned());
        }
    }
}

fn money(case: &Case, walked: &Walked, broken: &mut impl FnMut(Rule, String)) {
    for run in &walked.runs {
        if run.charges > 1 {
            broken(Rule::PaidOnce, format!("{} charges", run.charges));
        }
    }
    let said = |run| {
        let chat = |exchange: &&Exchange| exchange.route == Route::Chat && exchange.run == run;
        walked.exchanges.iter().filter(chat).count()
    };
    let (first, again) = (said(0), said(1));
    if first > 1 || again > 1 || first == 1 && again == 1 && !case.refuses_message() {
        broken(Rule::SaidOnce, format!("{first} times, then {again} times"));
    }
}

fn output(case: &Case, run: &Run, exchanges: &[Exchange], broken: &mut impl FnMut(Rule, String)) {
    let stood = case.replaces() || case.path == Path::Occupied && run.outcome.is_err();
    let before = stood.then_some(OLD);
    let now = run.output.as_deref();
    let served = |bytes: &[u8]| case.is_served_wrong() && bytes != OLD || is_served(bytes, exchanges);
    let is_file = now.is_some_and(served);
    if now != before && !is_file {
        broken(Rule::OutputIsWhole, format!("{:?} bytes of something", now.map(<[u8]>::len)));
    }
    match &run.outcome {
        Ok(bytes) => {
            if !is_file || now.map(<[u8]>::len) != usize::try_from(*bytes).ok() {
                broken(Rule::DoneIsDone, format!("{bytes} bytes told, {:?} there", now.map(<[u8]>::len)));
            }
        }
        Err(told) if now != before => broken(Rule::FailedIsOld, format!("{} although there is a file", told.code)),
        Err(_) => {}
    }
    let most = usize::from(case.keeps_part() && run.outcome.is_err());
    if run.left.len() > most {
        broken(Rule::NothingIsLeft, format!("{:?} after {}", run.left, run.code()));
    }
}

fn cost(case: &Case, walked: &Walked, run: &Run, broken: &mut impl FnMut(Rule, String)) {
    // By hand each operation tells what it cost by itself, and nothing but the message costs anything.
    let behind = |exchange: &Exchange| matches!(exchange.route, Route::Export | Route::CancelExport);
    if case.path == Path::Parts && (run.code() == "nothing_to_export" || walked.exchanges.iter().any(behind)) {
        return;
    }
    // An answer that came to its end is all that a client can know: who did nothing for it took nothing.
    let heard = |exchange: &Exchange| exchange.route == Route::Chat && exchange.ending == Ending::Whole;
    let seems = walked.exchanges.iter().any(heard);
    let (told, right) = match &run.outcome {
        Ok(_) => ("a video".to_owned(), run.charges == 1 || seems),
        Err(told) => {
            let right = match told.charged {
                Charged::No => run.charges == 0,
                Charged::Unknown => true,
                Charged::Yes => run.charges == 1 || seems,
            };
            (format!("{} ({:?})", told.code, told.charged), right)
        }
    };
    if !right {
        broken(Rule::CostIsTold, format!("{told} at {}, {} charges", run.checkpoint, run.charges));
    }
}

/// The server is well again, except for what it did.
fn going_on(case: &Case, walked: &Walked, again: &Run, broken: &mut impl FnMut(Rule, String)) {
    let first = &walked.runs[0];
    let Err(told) = &again.outcome else { return };
    let unknown = told.code == "unconfirmed" && first.checkpoint == "charging" && again.charges == 0;
    // The token went out and was not heard: there is no other for its time.
    let no_token = case.route() == Route::AnonymousToken && matches!(told.code, "rate_limited" | "bad_token");
    let nothing = told.code == "nothing_to_export" && case.route() == Route::Chat;
    if !(unknown || no_token || nothing) {
        let words = told.words.lines().next().unwrap_or_default();
        broken(Rule::GoesOn, format!("{} at {}, then {}: {words}", first.code(), first.checkpoint, told.code));
    }
}

/// Only where bytes came at all, of a version that has a name.
fn part(case: &Case, first: &Run, exchanges: &[Exchange], broken: &mut impl FnMut(Rule, String)) {
    let cut = Kind::from(kind::Request::FinMidBody);
    let is_cut = case.program.iter().any(|fault| fault.route() == Route::Cdn && fault.kind() == Some(cut));
    if !is_cut || !case.keeps_part() || first.checkpoint != "downloading" {
        return;
    }
    let asked = exchanges.iter().find(|exchange| exchange.route == Route::Cdn && exchange.run == 1);
    if first.left.len() != 1 || asked.is_some_and(|exchange| exchange.header("range").is_none()) {
        broken(Rule::PartIsKept, format!("{:?}", first.left));
    }
}

fn together(case: &Case, blocking: &Walked, asynchronous: &Walked, broken: &mut impl FnMut(Rule, String)) {
    let ends = |walked: &Walked| {
        let end = |run: &Run| (run.code(), run.outcome.as_ref().err().map(|told| told.charged));
        walked.runs.iter().map(end).collect::<Vec<_>>()
    };
    let (one, other) = (ends(blocking), ends(asynchronous));
    if one != other {
        broken(Rule::SameEnd, format!("{one:?} and {other:?}"));
        return;
    }
    let asked = |walked: &Walked| walked.exchanges.iter().map(|it| it.route.name()).collect::<Vec<_>>().join(" ");
    let (one, other) = (asked(blocking), asked(asynchronous));
    // How much of a request has come when it is cut is a matter of time.
    let same_bytes = blocking.wire == asynchronous.wire || case.kind() == kind::Request::CutRequest.into();
    if one != other || !same_bytes {
        broken(Rule::SameRequests, format!("{one} | {other}"));
    }
}
