//! The commands, a file each.

use std::future::Future;

use crate::args::{Args, Command};
use crate::ask::Ask;
use crate::failure::Failure;
use crate::output::Shown;
use crate::signals::{Going, until_stopped};

mod credits;
mod doctor;
mod export;
mod format;
mod say;
mod serve;
mod state;
mod upload;

/// Does what the arguments say.
pub(crate) fn run(args: Args) -> Result<Shown, Failure> {
    let ask = Ask { choice: args.choice, going: Going::default() };
    match args.command {
        Command::Format(format) => block_on(&ask, format::run(&ask, format)),
        Command::Say(say) => block_on(&ask, say::run(&ask, say)),
        Command::Upload(upload) => block_on(&ask, upload::run(&ask, upload)),
        Command::State(session) => block_on(&ask, state::run(&ask, session)),
        Command::Credits => block_on(&ask, credits::run(&ask)),
        Command::Export(export) => block_on(&ask, export::run(&ask, export)),
        Command::Serve(serve) => block_on(&ask, serve::run(serve, args.json)).or_else(served),
        Command::Doctor => doctor::run(&ask),
    }
}

/// A signal is how serving ends; all there was to show has been shown since its start.
fn served(end: Failure) -> Result<Shown, Failure> {
    if end.is_signal() { Ok(Shown { failed: Some(end), ..Shown::new("", ()) }) } else { Err(end) }
}

fn block_on(ask: &Ask, work: impl Future<Output = Result<Shown, Failure>>) -> Result<Shown, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| {
        let message = format!("the system refuses what a network program needs: {error}");
        Failure::new("no_runtime", message, "Check the limits of this process.")
    })?;
    runtime.block_on(until_stopped(&ask.going, work))
}
