//! The figures of all runs, as a table, and the goals that they meet or don't.

use super::super::Row;
use super::judge::{Measure, Score};

/// What the product is called in the tables.
pub(super) const US: &str = "weixin-video";

/// Against HandBrake's usual preset, and against its two passes.
const FAST_GOAL: f64 = 0.65;
const TWO_PASS_GOAL: f64 = 0.75;

/// How much less of the picture may be left than HandBrake leaves.
const LESS_GOAL: f64 = 0.5;

/// How far the worst frames may lie below the mean.
const SPREAD_GOAL: f64 = 3.5;

/// A size that presses is used to this part.
const FILL_GOAL: f64 = 0.975;

/// What the library may take beyond ffmpeg with the same arguments: a part, or seconds.
const OVERHEAD_PART: f64 = 0.02;
const OVERHEAD_SECONDS: f64 = 0.06;

/// MB.
const PEAK_GOAL: f64 = 20.0;

/// What was to be made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Task {
    /// As good as it is, at up to 1080 lines.
    Quality,
    /// At most so many bytes.
    Size(u64),
    /// Small enough for a chat to let it pass.
    Chat,
    /// The library's arguments, by the library and by hand.
    Arguments,
}

/// How one of those who made a file came out.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Figure {
    pub(super) clip: String,
    pub(super) task: Task,
    pub(super) who: &'static str,
    /// Seconds.
    pub(super) wall: f64,
    /// Seconds of all cores together.
    pub(super) cpu: f64,
    /// The most memory that the program itself held, without those that it started, in bytes.
    pub(super) own_peak: u64,
    pub(super) bytes: u64,
    pub(super) score: Option<Score>,
    /// Whether the picture was left as it was, which takes no time and loses nothing.
    pub(super) copied: bool,
    /// Our time to theirs.
    pub(super) ratio: Option<f64>,
}

impl Figure {
    /// How much more than was allowed, as a part; below 0 where some was left.
    fn over(&self) -> Option<f64> {
        match self.task {
            Task::Size(most) => Some(self.bytes as f64 / most as f64 - 1.0),
            Task::Quality | Task::Chat | Task::Arguments => None,
        }
    }

    pub(super) fn line(&self) -> String {
        let task = match self.task {
            Task::Quality => "1080p".to_owned(),
            Task::Size(most) => format!("{:.2} MB", most as f64 / 1e6),
            Task::Chat => "chat".to_owned(),
            Task::Arguments => "same arguments".to_owned(),
        };
        let task = if self.copied { format!("{task}, copied") } else { task };
        let or_dash = |text: Option<String>| text.unwrap_or_else(|| "–".to_owned());
        format!(
            "| {} | {task} | {} | {:.2} | {:.2} | {} | {} | {} | {} | {} |",
            self.clip,
            self.who,
            self.wall,
            self.cpu,
            self.bytes,
            or_dash(self.over().map(|over| format!("{:+.1} %", over * 100.0))),
            or_dash(self.score.map(|score| shown(score.mean))),
            or_dash(self.score.and_then(|score| score.p5).map(shown)),
            or_dash(self.ratio.map(|ratio| format!("{ratio:.2}"))),
        )
    }
}

/// VMAF goes to 100, SSIM to 1.
fn shown(score: f64) -> String {
    if score > 1.5 { format!("{score:.1}") } else { format!("{score:.4}") }
}

/// All figures, a line each.
pub(super) fn table(figures: &[Figure], measure: Measure) -> String {
    let mut text = format!(
        "\n| clip | task | by | wall s | CPU s | bytes | of the size | {} | 5 % | our wall to theirs |\n\
         |---|---|---|--:|--:|--:|--:|--:|--:|--:|\n",
        measure.name()
    );
    for figure in figures {
        text.push_str(&figure.line());
        text.push('\n');
    }
    text
}

/// The goals.
pub(super) fn rows(figures: &[Figure], measure: Measure) -> Vec<Row> {
    let mut rows = vec![sizes(figures)];
    rows.extend(against(figures, "HandBrake Fast 1080p30", FAST_GOAL, measure));
    rows.extend(against(figures, "HandBrake, two passes", TWO_PASS_GOAL, measure));
    rows.extend(left_at_a_size(figures, measure));
    rows.extend(spread(figures, measure));
    rows.extend(overhead(figures));
    rows
}

fn sizes(figures: &[Figure]) -> Row {
    let ours: Vec<f64> = figures.iter().filter(|figure| figure.who == US).filter_map(Figure::over).collect();
    let over = ours.iter().filter(|over| **over > 0.0).count();
    let (least, most) = range(ours.iter().map(|over| 1.0 + over));
    Row {
        what: "a size is kept, and used".to_owned(),
        goal: format!("none over, ≥ {:.1} % used", FILL_GOAL * 100.0),
        figure: format!("{over} of {} over; {:.1} to {:.1} % used", ours.len(), least * 100.0, most * 100.0),
        met: over == 0 && least >= FILL_GOAL,
    }
}

/// Our figures beside theirs on the same task, where both encoded.
fn pairs<'a>(figures: &'a [Figure], who: &'a str) -> impl Iterator<Item = (&'a Figure, &'a Figure)> {
    figures.iter().filter(move |theirs| theirs.who == who).filter_map(|theirs| {
        let same =
            |ours: &&Figure| ours.who == US && ours.clip == theirs.clip && ours.task == theirs.task && !ours.copied;
        Some((figures.iter().find(same)?, theirs))
    })
}

fn against(figures: &[Figure], who: &'static str, goal: f64, measure: Measure) -> Option<Row> {
    let (least, most) = range(pairs(figures, who).filter_map(|(_, theirs)| theirs.ratio));
    if !least.is_finite() {
        return None;
    }
    let middle = super::super::median(pairs(figures, who).filter_map(|(_, theirs)| theirs.ratio).collect());
    let differences = pairs(figures, who).filter_map(|(ours, theirs)| Some(ours.score?.mean - theirs.score?.mean));
    let (worse, better) = range(differences);
    let allowed = if measure == Measure::Vmaf { LESS_GOAL } else { LESS_GOAL / 100.0 };
    let name = measure.name();
    Some(Row {
        what: format!("wall time to that of {who}, every clip"),
        goal: format!("≤ {goal}, {name} ≥ its − {allowed}"),
        figure: format!("{middle:.2} ({least:.2} to {most:.2}); {name} {worse:+.2} to {better:+.2}"),
        met: most <= goal && worse >= -allowed,
    })
}

/// What is left of the picture at the same size, to the better of the others. One that is larger than allowed counts too.
fn left_at_a_size(figures: &[Figure], measure: Measure) -> Option<Row> {
    let ours = figures.iter().filter(|figure| figure.who == US && figure.over().is_some());
    let more = ours.filter_map(|ours| {
        let others = figures.iter().filter(|figure| figure.who != US);
        let others = others.filter(|theirs| theirs.clip == ours.clip && theirs.task == ours.task);
        let best = others.filter_map(|theirs| Some(theirs.score?.mean)).fold(f64::NEG_INFINITY, f64::max);
        ours.score.filter(|_| best.is_finite()).map(|score| score.mean - best)
    });
    let (least, most) = range(more);
    least.is_finite().then(|| Row {
        what: format!("{} at a size, to the best of the others", measure.name()),
        goal: "≥ 0".to_owned(),
        figure: format!("{least:+.2} to {most:+.2}"),
        met: least >= 0.0,
    })
}

fn spread(figures: &[Figure], measure: Measure) -> Option<Row> {
    let ours = figures.iter().filter(|figure| figure.who == US && figure.over().is_some());
    let (_, most) = range(ours.filter_map(|figure| Some(figure.score?.mean - figure.score?.p5?)));
    most.is_finite().then(|| Row {
        what: format!("{} at a size: the 5th percentile below the mean", measure.name()),
        goal: format!("≤ {SPREAD_GOAL}"),
        figure: format!("at most {most:.1}"),
        met: most <= SPREAD_GOAL,
    })
}

fn overhead(figures: &[Figure]) -> Vec<Row> {
    let pairs: Vec<_> = figures
        .iter()
        .filter(|figure| figure.task == Task::Arguments && figure.who != US)
        .filter_map(|plain| {
            let ours = |figure: &&Figure| figure.clip == plain.clip && figure.task == plain.task && figure.who == US;
            Some((figures.iter().find(ours)?, plain, plain.ratio?))
        })
        // Where the library found cheaper work than those arguments, there is nothing to compare.
        .filter(|(ours, plain, _)| ours.bytes == plain.bytes)
        .collect();
    let beyond = |(_, plain, ratio): &(&Figure, &Figure, f64)| (ratio - 1.0, (ratio - 1.0) * plain.wall);
    let met = pairs.iter().map(beyond).all(|(part, seconds)| part <= OVERHEAD_PART || seconds <= OVERHEAD_SECONDS);
    let (least, most) = range(pairs.iter().map(|pair| beyond(pair).1 * 1000.0));
    let peak = pairs.iter().map(|(ours, ..)| ours.own_peak).max().unwrap_or(0) as f64 / 1e6;
    if pairs.is_empty() {
        return Vec::new();
    }
    let mut rows = vec![Row {
        what: "beyond ffmpeg with the same arguments, every clip".to_owned(),
        goal: format!("≤ {} % or {:.0} ms", OVERHEAD_PART * 100.0, OVERHEAD_SECONDS * 1000.0),
        figure: format!("{least:+.0} to {most:+.0} ms"),
        met,
    }];
    // Only Linux tells it of one process.
    if peak > 0.0 {
        rows.push(Row {
            what: "our own process beside ffmpeg".to_owned(),
            goal: format!("≤ {PEAK_GOAL} MB"),
            figure: format!("{peak:.1} MB"),
            met: peak <= PEAK_GOAL,
        });
    }
    rows
}

fn range(values: impl Iterator<Item = f64>) -> (f64, f64) {
    values.fold((f64::INFINITY, f64::NEG_INFINITY), |(least, most), value| (least.min(value), most.max(value)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(task: Task, who: &'static str, bytes: u64, mean: f64, ratio: Option<f64>) -> Figure {
        let score = Some(Score { mean, p5: Some(mean - 2.0) });
        Figure {
            clip: "a".into(),
            task,
            who,
            wall: 10.0,
            cpu: 20.0,
            own_peak: 9_000_000,
            bytes,
            score,
            copied: false,
            ratio,
        }
    }

    #[test]
    fn a_file_that_is_too_large_or_a_picture_that_is_worse_misses_the_goal() {
        let figures = |bytes, mean| {
            let size = Task::Size(1000);
            vec![
                figure(size, US, bytes, mean, None),
                figure(size, "HandBrake, two passes", 1019, 90.0, Some(0.6)),
                figure(size, "plain two passes", 1019, 91.0, Some(0.9)),
            ]
        };
        let good = rows(&figures(990, 91.5), Measure::Vmaf);
        assert!(good.iter().all(|row| row.met), "{:?}", good.iter().map(|row| &row.figure).collect::<Vec<_>>());
        assert_eq!(good.len(), 4);
        assert!(!rows(&figures(1001, 91.5), Measure::Vmaf)[0].met);
        assert!(!rows(&figures(970, 91.5), Measure::Vmaf)[0].met);
        assert!(!rows(&figures(990, 89.0), Measure::Vmaf)[1].met);
        assert!(!rows(&figures(990, 90.5), Measure::Vmaf)[2].met);
    }

    #[test]
    fn little_beyond_plain_ffmpeg_is_well() {
        let figures = |ratio| {
            let task = Task::Arguments;
            vec![figure(task, US, 1, 0.0, None), figure(task, "ffmpeg, our arguments", 1, 0.0, Some(ratio))]
        };
        assert!(overhead(&figures(1.019))[0].met);
        assert!(!overhead(&figures(1.03))[0].met);
        assert!(overhead(&figures(1.0))[1].met);
    }

    #[test]
    fn a_line_says_how_far_a_size_was_missed() {
        let line = figure(Task::Size(2_500_000), "plain two passes", 2_547_500, 89.87, Some(0.5)).line();
        assert_eq!(line, "| a | 2.50 MB | plain two passes | 10.00 | 20.00 | 2547500 | +1.9 % | 89.9 | 87.9 | 0.50 |");
    }
}
