//! Scores what is left of the agent's talk of a screen.

use std::fmt::Write as _;

use serde_json::{Value, json};
use weixin_video_core::gui::translate;

use crate::tally::{Tally, hardness, percent};
use crate::{Outcome, baseline, case};

#[derive(Default)]
struct Score {
    cases: u32,
    actions: u32,
    kept: u32,
    stripped: u32,
    all: u32,
    naive: u32,
    groups: Tally,
    misses: String,
}

pub(crate) fn outcome(title: &str, lines: &[Value]) -> Result<Outcome, String> {
    let mut score = Score::default();
    let predictions = lines.iter().map(|line| score.take(line)).collect::<Result<Vec<_>, _>>()?;
    let figures = vec![
        ("actions", percent(score.actions, score.cases)),
        ("kept", percent(score.kept, score.cases)),
        ("stripped", percent(score.stripped, score.cases)),
        ("all", percent(score.all, score.cases)),
    ];
    Ok(Outcome { report: score.report(title), figures, predictions })
}

impl Score {
    fn take(&mut self, line: &Value) -> Result<Value, String> {
        let text = case::text(line, "text")?;
        let found = translate(text);
        let actions: Vec<&str> = found.actions.iter().map(|action| action.name()).collect();
        let marks = marks(line, &found.text, &actions);
        let (naive_text, naive_actions) = baseline::translated(text);
        let naive: Vec<&str> = naive_actions.iter().map(|action| action.name()).collect();
        let right = marks.actions && marks.kept && marks.stripped;
        let naive = self::marks(line, &naive_text, &naive);
        self.cases += 1;
        self.actions += u32::from(marks.actions);
        self.kept += u32::from(marks.kept);
        self.stripped += u32::from(marks.stripped);
        self.all += u32::from(right);
        self.naive += u32::from(naive.actions && naive.kept && naive.stripped);
        let expected = case::texts(line, "actions");
        let language = line["lang"].as_str().unwrap_or("?");
        self.groups.count(&[expected.first().unwrap_or(&"no action"), language, hardness(line)], right);
        if !right {
            let _ = writeln!(
                self.misses,
                "    {} {text:?}\n      -> {:?} {actions:?} for {expected:?}",
                line["id"], found.text
            );
        }
        Ok(json!({"id": line["id"], "text": found.text, "actions": actions}))
    }

    fn report(&self, title: &str) -> String {
        let share = |part: u32| percent(part, self.cases);
        let mut text = format!("== gui {title}: {} replies\n", self.cases);
        let _ = writeln!(text, "  actions        {:>6.1} %", share(self.actions));
        let _ = writeln!(text, "  kept           {:>6.1} %", share(self.kept));
        let _ = writeln!(text, "  stripped       {:>6.1} %", share(self.stripped));
        let _ = writeln!(
            text,
            "  all three      {:>6.1} %   (a table of words: {:.1} %)",
            share(self.all),
            share(self.naive)
        );
        text.push_str(&self.groups.table());
        text.push_str(&self.misses);
        text
    }
}

/// What is right about a translation.
struct Marks {
    actions: bool,
    kept: bool,
    stripped: bool,
}

/// Texts are compared as they are, and once more without asterisks on both sides.
fn marks(line: &Value, text: &str, actions: &[&str]) -> Marks {
    let bare = |text: &str| text.replace('*', "");
    let plain = bare(text);
    let holds = |part: &&str| text.contains(*part) || plain.contains(&bare(part));
    Marks {
        actions: actions == case::texts(line, "actions"),
        kept: case::texts(line, "must_keep").iter().all(holds),
        stripped: !case::texts(line, "must_strip").iter().any(holds),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_translation_is_held_against_its_label() {
        let line = |keep: &str, strip: &str, actions: &[&str]| json!({"id": 1, "text": "Cut. Click **Export** now.", "lang": "en", "actions": actions, "must_keep": [keep], "must_strip": [strip]});
        let lines =
            [line("Cut.", "Export", &["export"]), line("**Cut.**", "now", &["state"]), line("x", "Cut", &["export"])];
        let outcome = outcome("t", &lines).unwrap();
        let figures: Vec<f64> = outcome.figures.iter().map(|(_, value)| value.round()).collect();
        assert_eq!(figures, [67.0, 67.0, 67.0, 33.0]);
        assert_eq!(outcome.predictions[0], json!({"id": 1, "text": "Cut.", "actions": ["export"]}));
    }
}
