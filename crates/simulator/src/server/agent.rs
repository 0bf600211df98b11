//! A run of the paid agent: what it does to the timeline, and what it says about it.

use std::time::Duration;

use super::sessions::Edit;
use crate::fate::Fate;
use crate::fault::Fault;

/// What a run will do and say.
#[derive(Debug)]
pub(crate) struct Run {
    /// With the time since the line before.
    pub(crate) lines: Vec<(Duration, Line)>,
    /// What happens to the timeline, and how long after the beginning.
    pub(crate) edit: Option<(Duration, Edit)>,
    /// Whether it ends when its client has gone.
    pub(crate) ends_with_client: bool,
    /// Whether the credits are given back when nothing was done.
    pub(crate) is_given_back: bool,
}

/// One thing said in the stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Line {
    Text(&'static str),
    Delta(&'static str),
    Thought,
    Call,
    Result,
    Heartbeat,
    Status,
    Ask,
    Error,
    /// An error line that is no valid JSON.
    BrokenError,
    NoContent,
    OutOfTokens,
    Done,
    /// Words that would take over a terminal.
    Hostile,
    Deep,
    Giant,
    Garbage,
}

const SCRIPTS: [Fault; 16] = [
    Fault::SaysNothing,
    Fault::DoesNothing,
    Fault::EditsOpaquely,
    Fault::FailsAfterWork,
    Fault::FailsWithoutWork,
    Fault::BrokenErrorLine,
    Fault::Asks,
    Fault::Apologises,
    Fault::OutOfTokens,
    Fault::NoContent,
    Fault::DeltasOnly,
    Fault::TwoStages,
    Fault::EmptyStream,
    Fault::OnlyHeartbeats,
    Fault::NeverEnds,
    Fault::LongRunning,
];

const INSERTS: [Fault; 4] = [Fault::HostileEvent, Fault::DeepEvent, Fault::GarbageEvent, Fault::GiantEvent];

impl Run {
    /// Fate writes the script.
    pub(crate) fn new(fate: &mut Fate) -> Self {
        let fault = fate.strikes_at(fate.rate.saturating_mul(4).min(6_000), &SCRIPTS);
        let mut lines = opening(fate);
        lines.extend(script(fault).iter().map(|&line| (gap(fate), line)));
        if let Some(insert) = fate.strikes_at(fate.rate / 2, &INSERTS) {
            let at = fate.below(u32::try_from(lines.len()).unwrap_or(1) + 1) as usize;
            lines.insert(at, (Duration::from_millis(50), inserted(fate, insert)));
        }
        let end: Duration = lines.iter().map(|(gap, _)| *gap).sum();
        let edit = edit(fault).map(|edit| (due(fate, end), edit));
        Self { lines, edit, ends_with_client: fate.is_struck(Fault::RunAborted), is_given_back: fate.odds(5_000) }
    }
}

fn opening(fate: &mut Fate) -> Vec<(Duration, Line)> {
    let lines: &[Line] = match fate.below(4) {
        0 => &[],
        1 => &[Line::Status, Line::Heartbeat],
        2 => &[Line::Thought],
        _ => &[Line::Heartbeat, Line::Heartbeat, Line::Status],
    };
    lines.iter().map(|&line| (gap(fate), line)).collect()
}

fn gap(fate: &mut Fate) -> Duration {
    Duration::from_millis(fate.of(&[200, 900, 4_000, 15_000, 40_000]))
}

/// When the edit is done: mostly before the stream ends.
fn due(fate: &mut Fate, end: Duration) -> Duration {
    if fate.strikes_at(fate.rate / 2, &[Fault::LateEdit]).is_some() {
        return end + Duration::from_secs(fate.of(&[1, 20, 50, 100, 250, 3_600]));
    }
    end * fate.of(&[5, 9, 1]) / 10
}

fn edit(fault: Option<Fault>) -> Option<Edit> {
    match fault {
        Some(Fault::DoesNothing | Fault::FailsWithoutWork | Fault::Asks | Fault::EmptyStream) => None,
        Some(Fault::EditsOpaquely) => Some(Edit::Opaque),
        _ => Some(Edit::Title),
    }
}

fn inserted(fate: &mut Fate, insert: Fault) -> Line {
    match insert {
        Fault::HostileEvent => Line::Hostile,
        Fault::DeepEvent => Line::Deep,
        // Megabytes cost time: now and then is enough.
        Fault::GiantEvent if fate.odds(200) => Line::Giant,
        _ => Line::Garbage,
    }
}

fn script(fault: Option<Fault>) -> &'static [Line] {
    use Line::*;
    match fault {
        None | Some(Fault::EditsOpaquely) => {
            &[Call, Result, Delta("Title "), Delta("added."), Text("Title added."), Done]
        }
        Some(Fault::SaysNothing) => &[Call, Result, Call, Result, Done],
        Some(Fault::DoesNothing) => &[Text("That can't be done here."), Done],
        Some(Fault::FailsAfterWork) => &[Call, Result, Error],
        Some(Fault::FailsWithoutWork) => &[Status, Error],
        Some(Fault::BrokenErrorLine) => &[Call, Result, BrokenError],
        Some(Fault::Asks) => &[Ask, Done],
        Some(Fault::Apologises) => &[Call, Result, Text("Done."), Text("I encountered a temporary issue"), Done],
        Some(Fault::OutOfTokens) => &[Call, Result, OutOfTokens],
        Some(Fault::NoContent) => &[Call, Result, NoContent],
        Some(Fault::DeltasOnly) => &[Delta("All "), Call, Result, Delta("done.")],
        Some(Fault::TwoStages) => {
            &[Call, Result, Text("Stage 1 is done."), Call, Result, Text("Stage 2 is done."), Text("Stage 2 is done.")]
        }
        Some(Fault::EmptyStream) => &[],
        Some(Fault::OnlyHeartbeats) => &[Heartbeat; 70],
        Some(Fault::NeverEnds) => &[Text("Still at it."); 90],
        Some(_) => &[Call, Text("It goes on."), Done],
    }
}
