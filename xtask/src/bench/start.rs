//! How long the program takes to be there: `weixin-video --version`, with `curl --version` and
//! `true` beside it in turns.

use std::process::{Command, Stdio};
use std::time::Instant;

use super::{Row, median};
use crate::cli::{self, Profile};
use crate::run::{Result, command};

const ROUNDS: usize = 50;

/// Milliseconds.
const GOAL: f64 = 10.0;

/// The one row of this bench.
pub(super) fn rows() -> Result<Vec<Row>> {
    let cli = cli::build(Profile::Release)?;
    let mut ours = command(cli);
    let mut curl = command("curl");
    let mut nothing = command("true");
    ours.arg("--version");
    curl.arg("--version");
    let mut times = [vec![], vec![], vec![]];
    for _ in 0..ROUNDS {
        for (program, times) in [&mut ours, &mut curl, &mut nothing].into_iter().zip(&mut times) {
            times.push(milliseconds(program)?);
        }
    }
    let [ours, curl, nothing] = times.map(median);
    Ok(vec![Row {
        what: format!("start: `weixin-video --version`, median of {ROUNDS}"),
        goal: format!("< {GOAL} ms"),
        figure: format!("{ours:.1} ms (`curl --version` {curl:.1}, `true` {nothing:.1})"),
        met: ours < GOAL,
    }])
}

fn milliseconds(program: &mut Command) -> Result<f64> {
    program.stdout(Stdio::null());
    let started = Instant::now();
    let status = program.status()?;
    let taken = started.elapsed();
    if status.success() {
        Ok(taken.as_secs_f64() * 1_000.0)
    } else {
        Err(format!("`{}` failed ({status})", crate::run::shown(program)).into())
    }
}
