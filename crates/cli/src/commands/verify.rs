//! `weixin-video verify`: is this file what its destination wants, and what becomes of it there?

use serde_json::json;
use weixin_video_core::media::Accept;
use weixin_video_core::printable::printable;
use weixin_video_studio::{Finding, Standing, Verdict, inspect, verify};

use crate::args::look;
use crate::destinations;
use crate::failure::Failure;
use crate::output::Shown;
use crate::settings;
use crate::target;

/// How much of a path is repeated to the user.
const CHARS: usize = 300;

pub(super) fn run(args: &look::Verify) -> Result<Shown, Failure> {
    let (all, _) = destinations::load(&args.table)?;
    let destination = destinations::find(&all, &args.destination)?;
    target::check_input(&args.file, Accept::Local)?;
    let verdict = verify(&inspect(&settings::tools()?, &args.file)?, destination);
    let path = target::spelled_out(&args.file).display().to_string();
    let passes = verdict.passes();
    let fate = serde_json::to_value(&verdict.fate).unwrap_or_default();
    let data = json!({
        "file": path,
        "for": destination.id,
        "passes": passes,
        "rules": verdict.findings,
        "fix": verdict.fix(),
        "wechat": fate,
        "wechat_says": verdict.fate.to_string(),
    });
    let failed = (!passes).then(|| failure(&verdict, &args.file.display().to_string()));
    Ok(Shown { failed, ..Shown::new(text(&verdict), data) })
}

fn failure(verdict: &Verdict, file: &str) -> Failure {
    let message = format!("{}: {}", printable(file, CHARS), verdict.summary());
    let fix = verdict.fix().map(|fix| fix.to_string()).unwrap_or_default();
    Failure::new("falls_short", message, format!("For {}: {fix}.", verdict.destination))
}

/// A line a rule, then what WeChat does, then what to do.
fn text(verdict: &Verdict) -> String {
    let mut lines: Vec<String> = verdict.findings.iter().map(line).collect();
    lines.push(format!("WeChat ({}) {}.", verdict.destination, verdict.fate));
    lines.push(match verdict.fix() {
        None => "It keeps every rule.".to_owned(),
        Some(fix) => format!("It falls short. To mend it: {fix}."),
    });
    lines.join("\n")
}

fn line(finding: &Finding) -> String {
    let mark = match finding.standing {
        Standing::Ok => "ok  ",
        Standing::FallsShort => "FAIL",
        Standing::Note | _ => "note",
    };
    let name = finding.rule.name();
    let head = format!("{mark} {name:<15}");
    let fix = finding.fix.map(|fix| format!(" ({fix})")).unwrap_or_default();
    if finding.standing == Standing::Ok {
        return format!("{head} {}", finding.found);
    }
    format!("{head} {}; wanted: {}{fix}", finding.why, finding.wants)
}
