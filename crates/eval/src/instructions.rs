//! Scores which edits instructions come to.

use std::fmt::Write as _;

use serde_json::{Value, json};
use weixin_video_studio::{Context, Track, interpret};

use crate::operations::same;
use crate::tally::{Tally, percent};
use crate::{Outcome, case};

/// How an answer stands to the label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Exact,
    /// It was clear what to do, and a question came.
    Needless,
    /// An edit that differs: the one that matters most.
    Wrong,
    /// A question or a no was right, and it is about something else.
    About,
}

#[derive(Default)]
struct Score {
    cases: u32,
    exact: u32,
    needless: u32,
    wrong: u32,
    about: u32,
    groups: Tally,
    misses: String,
}

pub(crate) fn outcome(title: &str, lines: &[Value]) -> Result<Outcome, String> {
    let mut score = Score::default();
    let predictions = lines.iter().map(|line| score.take(line)).collect::<Result<Vec<_>, _>>()?;
    let all = score.cases.max(1);
    let figures = vec![
        ("exact", percent(score.exact, score.cases)),
        ("needless", percent(score.needless, all)),
        ("wrong", percent(score.wrong, all)),
        ("about", percent(score.about, all)),
    ];
    Ok(Outcome { report: score.report(title), figures, predictions })
}

impl Score {
    fn take(&mut self, line: &Value) -> Result<Value, String> {
        let text = case::text(line, "text")?;
        let expected = line["expect"].as_array().ok_or_else(|| format!("case {}: no list \"expect\"", line["id"]))?;
        let context = context(&line["ctx"])?;
        let found = interpret(text, &context).to_json();
        let operations = found.as_array().cloned().unwrap_or_default();
        let verdict = verdict(expected, &operations, context.dur_ms);
        self.cases += 1;
        match verdict {
            Verdict::Exact => self.exact += 1,
            Verdict::Needless => self.needless += 1,
            Verdict::Wrong => self.wrong += 1,
            Verdict::About => self.about += 1,
        }
        let class = expected.first().and_then(|op| op["op"].as_str()).unwrap_or("nothing");
        let language = line["lang"].as_str().unwrap_or("?");
        self.groups.count(&[class, language], verdict == Verdict::Exact);
        if verdict != Verdict::Exact {
            let _ = writeln!(
                self.misses,
                "    {verdict:?} {} {text:?}\n      -> {found} for {}",
                line["id"], line["expect"]
            );
        }
        Ok(json!({"id": line["id"], "operations": operations}))
    }

    fn report(&self, title: &str) -> String {
        let share = |part: u32| percent(part, self.cases.max(1));
        let mut text = format!("== instructions {title}: {} instructions\n", self.cases);
        let _ = writeln!(text, "  exact          {:>6.1} %", share(self.exact));
        let _ = writeln!(text, "  asked needlessly {:>4.1} %", share(self.needless));
        let _ = writeln!(text, "  wrong edit     {:>6.1} %", share(self.wrong));
        let _ = writeln!(text, "  about differs  {:>6.1} %", share(self.about));
        text.push_str(&self.groups.table());
        text.push_str(&self.misses);
        text
    }
}

fn verdict(expected: &[Value], found: &[Value], dur_ms: u64) -> Verdict {
    let passes =
        |ops: &[Value]| matches!(ops.first().and_then(|op| op["op"].as_str()), None | Some("ask" | "unsupported"));
    match (passes(expected), passes(found)) {
        _ if same(expected, found, dur_ms) => Verdict::Exact,
        (_, false) => Verdict::Wrong,
        (false, true) => Verdict::Needless,
        (true, true) => Verdict::About,
    }
}

/// What the label says of the timeline; the rest is as usual.
fn context(ctx: &Value) -> Result<Context, String> {
    let mut context = Context::default();
    if let Some(dur_ms) = ctx["dur_ms"].as_u64() {
        context.dur_ms = dur_ms;
    }
    if let Some(clips) = ctx["clips"].as_u64() {
        context.clips = u32::try_from(clips).map_err(|e| e.to_string())?;
    }
    if ctx["tracks"].is_array() {
        context.tracks = Some(case::texts(ctx, "tracks").into_iter().map(track).collect::<Result<_, _>>()?);
    }
    context.assets = case::texts(ctx, "assets").into_iter().map(str::to_owned).collect();
    Ok(context)
}

fn track(name: &str) -> Result<Track, String> {
    match name {
        "title" => Ok(Track::Title),
        "subtitle" => Ok(Track::Subtitle),
        "bgm" => Ok(Track::Bgm),
        "watermark" => Ok(Track::Watermark),
        other => Err(format!("there is no track \"{}\"", other.escape_debug())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_edit_is_told_from_a_needless_question() {
        let mute = json!([{"op": "mute", "target": "all"}]);
        let bgm = json!([{"op": "mute", "target": "bgm"}]);
        let ask = json!([{"op": "ask", "about": "how_fast"}]);
        let other = json!([{"op": "ask", "about": "which_clip"}]);
        let no = json!([{"op": "unsupported", "what": "split"}]);
        let reason = json!([{"op": "unsupported", "what": "cover"}]);
        let nothing = json!([]);
        for (expected, found, right) in [
            (&mute, &mute, Verdict::Exact),
            (&mute, &bgm, Verdict::Wrong),
            (&mute, &ask, Verdict::Needless),
            (&mute, &nothing, Verdict::Needless),
            (&ask, &mute, Verdict::Wrong),
            (&ask, &other, Verdict::About),
            (&ask, &no, Verdict::About),
            (&no, &reason, Verdict::Exact),
        ] {
            let ops = |ops: &Value| ops.as_array().cloned().unwrap();
            assert_eq!(verdict(&ops(expected), &ops(found), 1_000), right, "{expected} {found}");
        }
    }

    #[test]
    fn the_label_sets_the_timeline() {
        let known = context(&json!({"dur_ms": 5, "clips": 3, "tracks": ["bgm"], "assets": ["a.mp3"]})).unwrap();
        assert_eq!((known.dur_ms, known.clips, known.tracks), (5, 3, Some(vec![Track::Bgm])));
        assert_eq!(known.assets, ["a.mp3"]);
        assert_eq!(context(&Value::Null).unwrap(), Context::default());
        assert!(context(&json!({"tracks": ["x"]})).is_err());
    }
}
