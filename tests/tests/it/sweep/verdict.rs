//! What came of a case.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::time::Duration;

use super::case::Case;
use super::path::Which;
use super::rule::{Finding, Rule, judge};
use super::walk::Walked;

/// Silence that stands for silence without end, where the fault is silence.
const SHORT: Duration = Duration::from_millis(700);
/// The same, for a second look.
const LONGER: Duration = Duration::from_secs(3);
/// Where it is not, a busy machine alone is silent for longer.
pub(crate) const PATIENT: Duration = Duration::from_secs(20);

/// A case, what is wrong with it, and how each adapter ended.
pub(crate) struct Verdict {
    pub(crate) case: Case,
    pub(crate) findings: Vec<Finding>,
    pub(crate) ends: [String; 2],
}

impl Verdict {
    /// Walks it with both adapters at once.
    pub(crate) fn of(case: &Case) -> Self {
        let walked = |patience| catch_unwind(AssertUnwindSafe(|| Self::walked(case, patience)));
        Self::looked_twice(case, walked).unwrap_or_else(|_| Self {
            case: case.clone(),
            findings: vec![Finding { rule: Rule::NobodyPanics, why: "what it said stands above".into() }],
            ends: Default::default(),
        })
    }

    /// A busy machine is silent too: who takes that for the server's silence asks once more than the other. Where lateness
    /// is all there is to see, longer patience would not see it.
    fn looked_twice<E>(case: &Case, walked: impl Fn(Duration) -> Result<Self, E>) -> Result<Self, E> {
        let first = walked(if case.is_slow() { SHORT } else { PATIENT })?;
        if !case.is_slow() || case.is_harmless() || first.findings.is_empty() {
            return Ok(first);
        }
        let mut again = walked(LONGER)?;
        again.findings.extend(first.findings.into_iter().filter(|finding| finding.rule.is_about_money()));
        Ok(again)
    }

    fn walked(case: &Case, patience: Duration) -> Self {
        let both = std::thread::scope(|scope| {
            let walks = [Which::Blocking, Which::Asynchronous];
            let walks = walks.map(|which| scope.spawn(move || case.walk(which, patience)));
            walks.map(|walk| walk.join().unwrap_or_else(|panic| resume_unwind(panic)))
        });
        let [blocking, asynchronous] = &both;
        let findings = judge(case, blocking, asynchronous);
        Self { case: case.clone(), findings, ends: both.each_ref().map(Walked::ends) }
    }
}
