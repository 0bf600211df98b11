//! Scores where messages go.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Instant;

use serde_json::{Value, json};
use weixin_video_core::intent::route;

use crate::tally::{Tally, hardness, percent};
use crate::{Outcome, baseline, case};

/// The classes, as they are labelled.
const CLASSES: [&str; 5] = ["export", "credits", "state", "upload", "chat"];

/// What is counted over a set.
#[derive(Default)]
struct Score {
    cases: u32,
    exact: u32,
    files: u32,
    /// Messages for which something was done that nobody asked for.
    unasked: u32,
    /// Messages for which the agent is paid without need.
    needless: u32,
    naive: u32,
    naive_unasked: u32,
    groups: Tally,
    /// By the expected and the found first step.
    confusion: BTreeMap<(usize, usize), u32>,
    micros: f64,
    misses: String,
}

pub(crate) fn outcome(title: &str, lines: &[Value]) -> Result<Outcome, String> {
    let mut score = Score::default();
    let predictions = lines.iter().map(|line| score.take(line)).collect::<Result<Vec<_>, _>>()?;
    let figures = vec![
        ("exact", percent(score.exact, score.cases)),
        ("files", percent(score.files, score.cases)),
        ("unasked", percent(score.unasked, score.cases.max(1))),
        ("needless", percent(score.needless, score.cases.max(1))),
    ];
    Ok(Outcome { report: score.report(title), figures, predictions })
}

impl Score {
    fn take(&mut self, line: &Value) -> Result<Value, String> {
        let text = case::text(line, "text")?;
        let expected = case::texts(line, "steps");
        let found = route(text);
        // The quickest of some: what the rules cost, not what else the machine does.
        let timed = || {
            let started = Instant::now();
            std::hint::black_box(route(text));
            started.elapsed()
        };
        self.micros += (0..5).map(|_| timed()).min().unwrap_or_default().as_secs_f64() * 1e6;
        let steps: Vec<&str> = found.steps.iter().map(|step| step.name()).collect();
        let exact = steps == expected;
        let unasked = unasked(&steps, &expected);
        let first = |steps: &[&str]| CLASSES.iter().position(|class| steps.first() == Some(class)).unwrap_or(4);
        self.cases += 1;
        self.exact += u32::from(exact);
        self.unasked += u32::from(unasked);
        self.needless += u32::from(steps.contains(&"chat") && !expected.contains(&"chat"));
        self.files += u32::from(found.files == case::texts(line, "files") && found.urls == case::texts(line, "urls"));
        let naive = [baseline::routed(text).name()];
        self.naive += u32::from(naive[..] == expected[..]);
        self.naive_unasked += u32::from(self::unasked(&naive, &expected));
        let language = line["lang"].as_str().unwrap_or("?");
        self.groups.count(&[expected.first().unwrap_or(&"?"), language, hardness(line)], exact);
        *self.confusion.entry((first(&expected), first(&steps))).or_default() += 1;
        if !exact {
            let mark = if unasked { "!" } else { " " };
            let _ = writeln!(
                self.misses,
                "  {mark} {} {text:?}: {} for {}",
                line["id"],
                steps.join(","),
                expected.join(",")
            );
        }
        Ok(json!({"id": line["id"], "steps": steps, "files": found.files, "urls": found.urls}))
    }

    fn report(&self, title: &str) -> String {
        let share = |part: u32| percent(part, self.cases.max(1));
        let mut text = format!("== routing {title}: {} messages\n", self.cases);
        let _ = writeln!(
            text,
            "  exact steps    {:>6.1} %   (a table of words: {:.1} %)",
            share(self.exact),
            share(self.naive)
        );
        let _ = writeln!(text, "  files, urls    {:>6.1} %", share(self.files));
        let _ = writeln!(
            text,
            "  done unasked   {:>6.1} %   (a table of words: {:.1} %)",
            share(self.unasked),
            share(self.naive_unasked)
        );
        let _ = writeln!(text, "  paid for needlessly {:>1.1} %", share(self.needless));
        let _ = writeln!(text, "  a message took {:>6.1} µs", self.micros / f64::from(self.cases.max(1)));
        text.push_str(&self.groups.table());
        text.push_str(&self.table());
        text.push_str(&self.misses);
        text
    }

    /// The expected first step down, the found one across.
    fn table(&self) -> String {
        let mut text = format!("  {:<10}", "first step");
        CLASSES.iter().for_each(|class| text.push_str(&format!("{class:>9}")));
        text.push('\n');
        for (row, class) in CLASSES.iter().enumerate() {
            let cells = (0..CLASSES.len()).map(|column| self.confusion.get(&(row, column)).copied().unwrap_or(0));
            let cells: String = cells.map(|count| format!("{count:>9}")).collect();
            let _ = writeln!(text, "  {class:<10}{cells}");
        }
        text
    }
}

/// Whether a step is there, besides a chat, that nobody asked for.
fn unasked(found: &[&str], expected: &[&str]) -> bool {
    found.iter().any(|step| *step != "chat" && !expected.contains(step))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_two_costs_are_told_apart() {
        let line = |text: &str, steps: &[&str]| json!({"id": "x", "text": text, "lang": "en", "steps": steps, "files": [], "urls": []});
        let lines = [line("export it", &["export"]), line("export it", &["chat"]), line("make it blue", &["credits"])];
        let outcome = outcome("t", &lines).unwrap();
        let figure = |name: &str| outcome.figures.iter().find(|(figure, _)| *figure == name).unwrap().1.round();
        assert_eq!((figure("exact"), figure("unasked"), figure("needless")), (33.0, 33.0, 33.0));
        assert_eq!(outcome.predictions[0], json!({"id": "x", "steps": ["export"], "files": [], "urls": []}));
        assert!(outcome.report.contains("! \"x\" \"export it\": export for chat"), "{}", outcome.report);
    }

    #[test]
    fn a_case_without_text_is_refused() {
        assert!(outcome("t", &[json!({"id": 7})]).is_err_and(|why| why.contains('7')));
    }
}
