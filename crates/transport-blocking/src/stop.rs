//! Ending an operation from another thread.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::core::call::SinkId;
use crate::core::error::{Fault, Phase};
use crate::core::event::Event;
use crate::core::machine::{Input, Op};

/// How often a wait looks whether it should end: soon enough for a person who pressed Ctrl-C.
pub(crate) const TICK: Duration = Duration::from_millis(100);

/// A flag that every wait looks at. Once set, it stays.
#[derive(Clone, Debug, Default)]
pub(crate) struct Stop(Arc<AtomicBool>);

impl Stop {
    pub(crate) fn set(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    pub(crate) fn is_set(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

/// Why an op was not performed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stopped;

impl fmt::Display for Stopped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("stopped by the user")
    }
}

impl std::error::Error for Stopped {}

/// What happens to an op that comes after the stop: nothing, and the machine is told so. Only a
/// complete file is still moved into place, which is quick.
pub(crate) fn refuse(op: Op) -> Result<Input, SinkId> {
    match op {
        Op::Send(call) => Ok(Input::NotSent { call, why: Box::new(Stopped) }),
        Op::Read { .. } | Op::Save { .. } | Op::Measure(_) => {
            Ok(Input::Failed(Fault { phase: Phase::Receiving, source: Box::new(Stopped) }))
        }
        Op::Wait { .. } => Ok(Input::Elapsed),
        Op::Publish(sink) => Err(sink),
    }
}

/// Whether whoever watches still wants to know: what is needed to resume, but no news of tries that are none.
pub(crate) fn matters(event: &Event) -> bool {
    matches!(event, Event::Checkpoint(_) | Event::Granted(_))
}
