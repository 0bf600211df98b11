//! The commands, a file each.

use std::future::Future;

use crate::args::{Args, Command};
use crate::ask::Ask;
use crate::failure::Failure;
use crate::output::Shown;
use crate::places::Places;
use crate::signals::{Going, LastWords, Stopped, until_stopped};
use crate::store;

mod cancel;
mod compare;
mod credits;
mod destinations;
mod doctor;
mod export;
mod forget;
mod format;
mod jobs;
mod resume;
mod say;
mod serve;
mod state;
mod upload;
mod verify;

/// Does what the arguments say. The outer error is the exit code of a program that was stopped and has said so.
pub(crate) fn run(args: Args) -> Result<Result<Shown, Failure>, u8> {
    let going = Going::default();
    let silent = matches!(args.command, Command::Serve(_));
    let words = LastWords { json: args.json, silent, going: going.clone(), said: false.into() };
    let ask = Ask { choice: args.choice, going };
    until_stopped(words, |stopped| match args.command {
        Command::Format(format) => block_on(stopped, format::run(&ask, format)),
        Command::Say(say) => block_on(stopped, say::run(&ask, say)),
        Command::Upload(upload) => block_on(stopped, upload::run(&ask, upload)),
        Command::State(session) => block_on(stopped, state::run(&ask, session)),
        Command::Credits => block_on(stopped, credits::run(&ask)),
        Command::Export(export) => block_on(stopped, export::run(&ask, export)),
        Command::Resume(resume) => block_on(stopped, resume::run(&ask, resume)),
        Command::Cancel(cancel) => block_on(stopped, cancel::run(&ask, cancel)),
        Command::Serve(serve) => block_on(stopped, serve::run(serve, args.json)),
        Command::Jobs => jobs::run(),
        Command::Forget(forget) => forget::run(&forget),
        Command::Compare(compare) => block_on(stopped, compare::run(compare)),
        Command::Verify(verify) => verify::run(&verify),
        Command::Destinations(destinations) => destinations::run(&destinations),
        Command::Doctor => doctor::run(&ask),
    })
}

/// Where no token is had by the client id, and none is kept, another id is used next time.
fn with_another_client_id(failure: Failure) -> Failure {
    let forgotten = failure.no_token && Places::find().is_ok_and(|places| store::forget_client_id(&places));
    if !forgotten {
        return failure;
    }
    Failure { next_step: format!("A new client id is used next time. {}", failure.next_step), ..failure }
}

fn block_on(stopped: Stopped, work: impl Future<Output = Result<Shown, Failure>>) -> Result<Shown, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| {
        let message = format!("the system refuses what a network program needs: {error}");
        Failure::new("no_runtime", message, "Check the limits of this process.")
    })?;
    let result = runtime.block_on(stopped.or(work)).map_err(with_another_client_id);
    // What a thread still does for dropped work, such as looking up a name, is not waited for.
    runtime.shutdown_background();
    result
}
