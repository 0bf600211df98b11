//! What no honest client has: the charged call kept, and sent again.

use std::cell::RefCell;

use super::patience::Patience;
use super::{Chat, State};
use crate::call::Call;
use crate::time::Now;

/// A second one of the call that must leave once.
#[derive(Debug, Default)]
pub(super) struct Copy(RefCell<Option<Call>>);

impl Copy {
    pub(super) fn keep(&self, call: &Call) {
        self.0.replace(Some(call.copied()));
    }
}

impl Chat {
    /// Sends the charged call once more.
    pub(super) fn again(&self, now: Now) -> Option<State> {
        self.copy.0.take().map(|call| State::Unsent { call, patience: Patience::new(now) })
    }
}
