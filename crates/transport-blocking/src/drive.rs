//! The driver loop: the machine decides, the port performs.

use std::time::Duration;

use crate::clock::Clock;
use crate::core::error::Error;
use crate::core::event::Observer;
use crate::core::machine::{Machine, Op, Step};
use crate::core::planted;
use crate::port::Port;
use crate::stop::{self, Stop};

/// Runs `machine` to its end: every op is performed once, in order, none after the end.
///
/// Once `stop` is set nothing more is performed: requests are not sent, pauses take no time. The machine still ends by
/// itself, because it alone knows what was charged; that takes no time either.
///
/// # Errors
/// What the machine ends with.
pub(crate) fn drive<M: Machine>(
    mut machine: M,
    port: &mut dyn Port,
    clock: &dyn Clock,
    stop: &Stop,
    observer: &mut dyn Observer,
) -> Result<M::Output, Error> {
    let mut skipped = Duration::ZERO;
    loop {
        let now = clock.now().later(skipped);
        match machine.poll(now) {
            Step::Emit(event) if !stop.is_set() || stop::matters(&event) => observer.see(event),
            Step::Emit(_) => {}
            Step::Do(op) => {
                planted::op(&op);
                let input = if stop.is_set() {
                    if let Op::Wait { until } = &op {
                        skipped += *until - now.monotonic;
                    }
                    stop::refuse(op).unwrap_or_else(|sink| port.perform(Op::Publish(sink), observer))
                } else {
                    port.perform(op, observer)
                };
                planted::reach("op.answered");
                machine.handle(clock.now().later(skipped), input);
            }
            Step::Done(result) => return result,
        }
    }
}

#[cfg(test)]
mod tests;
