//! `weixin-video jobs`.

use serde_json::{Value, json};
use weixin_video::journal::{Journal, Kind};
use weixin_video_core::event::Checkpoint;
use weixin_video_core::printable::printable;

use crate::failure::Failure;
use crate::jobs::{Found, Jobs, Standing, forget_line, resume_line};
use crate::output::{Shown, tell};
use crate::places::Places;

/// The longest part of a line that comes from a journal.
const CHARS: usize = 200;

pub(super) fn run() -> Result<Shown, Failure> {
    Ok(listed(&Jobs::of(&Places::find()?).list()))
}

/// The job that is named, or the only one that nobody is at; else what there is to choose from.
pub(super) fn chosen(jobs: &Jobs, named: Option<&str>) -> Result<Result<Found, Shown>, Failure> {
    if let Some(named) = named {
        return jobs.find(named).map(Ok);
    }
    let found = jobs.list();
    let idle = found.iter().filter(|found| !found.running).count();
    match idle {
        0 => Err(Failure::new("no_job", "there is no unfinished job", "See what there is: weixin-video jobs.")),
        1 => Ok(Ok(found.into_iter().find(|found| !found.running).expect("one was counted"))),
        _ => {
            let failure =
                Failure::usage(format!("there are {idle} unfinished jobs")).then("Name one of them by its id.");
            tell(&failure);
            Ok(Err(Shown { failed: Some(failure), ..listed(&found) }))
        }
    }
}

fn listed(jobs: &[Found]) -> Shown {
    let lines: Vec<String> = jobs.iter().map(lines).collect();
    let text = if lines.is_empty() { "There are no unfinished jobs.".to_owned() } else { lines.join("\n") };
    Shown::new(text, json!({"jobs": jobs.iter().map(object).collect::<Vec<_>>()}))
}

/// One job in three lines: which, where it stands, how to go on.
fn lines(found: &Found) -> String {
    let id = &found.id;
    let journal = match &found.journal {
        Ok(journal) => journal,
        Err(why) => return format!("{id}  its journal can't be used: {why}\n    {}", forget_line(id)),
    };
    let standing = standing(journal);
    let next = if found.running { "another process is at it right now".to_owned() } else { resume_line(id) };
    let age = age(journal.order.made_ms);
    format!("{id}  {age}  {}\n    {}. {}\n    {next}", what(journal), standing.doing(), standing.words())
}

fn object(found: &Found) -> Value {
    let id = found.id.to_string();
    let journal = match &found.journal {
        Ok(journal) => journal,
        Err(why) => return json!({"job_id": id, "running": found.running, "damaged": why, "charged": null}),
    };
    let (order, standing) = (&journal.order, standing(journal));
    let session = journal.last.as_ref().map(Checkpoint::session).or(order.session.as_ref());
    json!({
        "job_id": id,
        "kind": order.kind,
        "backend": order.backend,
        "clip": order.clip.as_ref().map(|clip| clip.path.display().to_string()),
        "words": order.words,
        "output": order.output.as_ref().map(|output| output.display().to_string()),
        "made_ms": order.made_ms,
        "stage": standing.name(),
        "charged": standing.charged_as_told(),
        "running": found.running,
        "session_id": session.map(ToString::to_string),
        "render_id": journal.last.as_ref().and_then(Checkpoint::render).map(ToString::to_string),
        "resume": resume_line(&found.id),
    })
}

fn standing(journal: &Journal) -> Standing {
    Standing::of(&journal.order, journal.last.as_ref())
}

/// What was ordered, on one line.
fn what(journal: &Journal) -> String {
    let order = &journal.order;
    let output = order.output.as_ref().map(|output| format!(" → {}", output.display())).unwrap_or_default();
    let from = match (order.kind, &order.clip) {
        (_, Some(clip)) => clip.path.display().to_string(),
        (Kind::Chat, None) => format!("\"{}\"", printable(&order.words, CHARS)),
        (Kind::Format | Kind::Export, None) => "the timeline".to_owned(),
    };
    printable(&format!("{from}{output}"), 2 * CHARS)
}

/// How long ago, in the largest unit that fits.
fn age(made_ms: u64) -> String {
    let made = std::time::UNIX_EPOCH + std::time::Duration::from_millis(made_ms.min(u64::from(u32::MAX) * 1_000_000));
    let minutes = made.elapsed().unwrap_or_default().as_secs() / 60;
    match minutes {
        0 => "just now".to_owned(),
        1..120 => format!("{minutes} min ago"),
        120..2_880 => format!("{} h ago", minutes / 60),
        _ => format!("{} days ago", minutes / (24 * 60)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_is_told_in_the_largest_unit_that_fits() {
        let ago = |minutes: u64| {
            let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970");
            age(u64::try_from(since.as_millis()).expect("it fits") - minutes * 60_000)
        };
        let ages = [0, 1, 119, 120, 2_879, 2_880].map(ago);
        assert_eq!(ages, ["just now", "1 min ago", "119 min ago", "2 h ago", "47 h ago", "2 days ago"]);
        assert_eq!(age(u64::MAX), "just now", "a clock that was wrong");
    }
}
