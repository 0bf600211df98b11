//! The wait for a render: the core's schedule against "every 30 s, 10 times", over the same renders in virtual time.

use super::Row;
use crate::run::Result;
use crate::simulate;

/// Mean time from the end of a render to the question that sees it, in s.
const WAIT_GOAL: f64 = 3.0;
/// Questions for a render of 90 s.
const POLLS_GOAL: f64 = 10.0;

/// Mean wait, 95th percentile of the wait, mean number of questions, most questions for 90 s.
type Figures = [f64; 4];

/// Both rows of this bench.
pub(super) fn rows() -> Result<Vec<Row>> {
    let printed = simulate::polls()?;
    let paced = figures(&printed, "paced").ok_or("the simulator printed no figures of our schedule")?;
    let fixed = figures(&printed, "fixed").ok_or("the simulator printed no figures of the fixed schedule")?;
    Ok(vec![
        Row {
            what: "polls: from the end of a render to the question that sees it, mean".into(),
            goal: format!("≤ {WAIT_GOAL} s"),
            figure: format!("{:.1} s, p95 {:.1} s (every 30 s: {:.1}, {:.1})", paced[0], paced[1], fixed[0], fixed[1]),
            met: paced[0] <= WAIT_GOAL,
        },
        Row {
            what: "polls: most questions for a render of 90 s".into(),
            goal: format!("≤ {POLLS_GOAL}"),
            figure: format!("{}, mean of all {:.1} (every 30 s: {}, {:.1})", paced[3], paced[2], fixed[3], fixed[2]),
            met: paced[3] <= POLLS_GOAL,
        },
    ])
}

fn figures(printed: &str, name: &str) -> Option<Figures> {
    let line = printed.lines().find_map(|line| line.strip_prefix(name))?;
    let mut numbers = line.split_whitespace().filter_map(|number| number.parse().ok());
    Some([numbers.next()?, numbers.next()?, numbers.next()?, numbers.next()?])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_read_by_name() {
        let printed = "paced 2.10 5.00 7.50 10 0\nfixed 15.00 28.00 3.00 3 0\n";
        assert_eq!(figures(printed, "fixed"), Some([15.0, 28.0, 3.0, 3.0]));
        assert_eq!(figures("paced 1\n", "paced"), None);
    }
}
