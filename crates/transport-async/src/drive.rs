//! The driver loop: the machine decides, the port performs.

use crate::clock::Clock;
use crate::core::error::Error;
use crate::core::event::Observer;
use crate::core::machine::{Machine, Step};
use crate::core::planted;
use crate::port::Port;

/// Runs `machine` to its end: every op is performed once, in order, none after the end.
///
/// # Errors
/// What the machine ends with.
pub(crate) async fn drive<M: Machine>(
    mut machine: M,
    port: &mut dyn Port,
    clock: &dyn Clock,
    observer: &mut dyn Observer,
) -> Result<M::Output, Error> {
    loop {
        match machine.poll(clock.now()) {
            Step::Emit(event) => observer.see(event),
            Step::Do(op) => {
                planted::op(&op);
                let input = port.perform(op, observer).await;
                planted::reach("op.answered");
                machine.handle(clock.now(), input);
            }
            Step::Done(result) => return result,
        }
    }
}

#[cfg(test)]
mod tests;
