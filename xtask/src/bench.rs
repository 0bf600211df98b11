//! `cargo xtask bench`: the goals, measured against peers in the same run, as a Markdown table.

#[cfg(feature = "bench")]
mod measure;
#[cfg(feature = "bench")]
mod polls;
#[cfg(feature = "bench")]
mod render;
#[cfg(feature = "bench")]
mod sse;
#[cfg(feature = "bench")]
mod start;
#[cfg(feature = "bench")]
mod upload;

use crate::run::Result;

/// Builds this program again, in release and with what the measuring needs, and hands over to it.
#[cfg(not(feature = "bench"))]
pub(crate) fn bench(parts: &[String]) -> Result {
    let mut again = crate::run::cargo();
    again.args(["run", "--quiet", "--release", "--locked"]);
    again.args(["--package", "xtask", "--features", "bench"]);
    crate::run::run(again.args(["--", "bench"]).args(parts))
}

/// One goal and how it came out.
#[cfg(feature = "bench")]
struct Row {
    what: String,
    goal: String,
    figure: String,
    met: bool,
}

#[cfg(feature = "bench")]
type Part = (&'static str, fn() -> Result<Vec<Row>>);

#[cfg(feature = "bench")]
const PARTS: [Part; 4] = [("sse", sse::rows), ("upload", upload::rows), ("start", start::rows), ("polls", polls::rows)];

/// Measures the named parts, or all, and prints the table.
#[cfg(feature = "bench")]
pub(crate) fn bench(parts: &[String]) -> Result {
    if let [first, command @ ..] = parts
        && first == measure::SELF
    {
        return measure::report(command);
    }
    if let [first, rest @ ..] = parts {
        match first.as_str() {
            render::SELF => return render::render_alone(rest),
            // It takes an hour and words of its own, so it isn't among those that run when none is named.
            "render" => return render::render(rest),
            _ => {}
        }
    }
    for name in parts {
        if !PARTS.iter().any(|(part, _)| part == name) {
            return Err(format!("there is no bench \"{}\"", name.escape_debug()).into());
        }
    }
    let wanted = |part: &&Part| parts.is_empty() || parts.iter().any(|name| name == part.0);
    let mut rows = Vec::new();
    for (name, part) in PARTS.iter().filter(wanted) {
        eprintln!("\n== {name}");
        rows.extend(part()?);
    }
    print!("{}", table(&rows));
    Ok(())
}

#[cfg(feature = "bench")]
fn table(rows: &[Row]) -> String {
    let mut text = String::from("\n| what | goal | figure | |\n|---|---|---|---|\n");
    for row in rows {
        let met = if row.met { "met" } else { "**not met**" };
        let Row { what, goal, figure, .. } = row;
        text.push_str(&format!("| {what} | {goal} | {figure} | {met} |\n"));
    }
    text
}

/// The middle of the values; of an even number of them, the upper of the two.
#[cfg(feature = "bench")]
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

#[cfg(all(test, feature = "bench"))]
mod tests {
    use super::*;

    #[test]
    fn a_missed_goal_stands_out() {
        let row = |met| Row { what: "start".into(), goal: "< 10 ms".into(), figure: "11 ms".into(), met };
        assert!(table(&[row(true)]).ends_with("| start | < 10 ms | 11 ms | met |\n"));
        assert!(table(&[row(false)]).ends_with("| **not met** |\n"));
    }

    #[test]
    fn the_median_is_in_the_middle() {
        assert_eq!(median(vec![9.0, 1.0, 5.0]), 5.0);
        assert!(median(vec![]).is_nan());
    }

    #[test]
    fn an_unknown_part_is_refused_before_anything_is_measured() {
        let why = bench(&["uplaod".to_owned()]).unwrap_err().to_string();
        assert_eq!(why, "there is no bench \"uplaod\"");
    }
}
