//! `cargo xtask simulate`: the core against a model of the server, in virtual time. The simulator is a program of its
//! own, so that a task that needs none of it does not build it.

use crate::run::{Result, cargo, output, run};

/// Sessions that a change has to get through.
const CI: &str = "200000";

/// Runs the simulator with these arguments.
pub(crate) fn simulate(args: &[String]) -> Result {
    run(simulator().args(args))
}

/// The stage of `ci`.
pub(crate) fn ci() -> Result {
    run(simulator().args(["--sessions", CI]))
}

/// What its subcommand `polls` prints.
#[cfg_attr(not(feature = "bench"), expect(dead_code, reason = "only the benches ask"))]
pub(crate) fn polls() -> Result<String> {
    output(simulator().arg("polls"))
}

fn simulator() -> std::process::Command {
    let mut simulator = cargo();
    simulator.args(["run", "--quiet", "--release", "--locked", "--package", "weixin-video-simulator", "--"]);
    simulator
}
