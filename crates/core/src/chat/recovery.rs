//! Finding out what came of a message whose answer broke off: by looking at the timeline, never by asking again.

use super::listening::Heard;
use super::{Answer, Chat, State};
use crate::api::State as Latest;
use crate::config::CHAT_TOTAL;
use crate::error::{Charged, Error, What};
use crate::event::Event;
use crate::planted;
use crate::time::Now;

impl Chat {
    pub(super) fn lost(&mut self, now: Now, why: &str) -> State {
        self.events.push_back(Event::Note(format!("{why}; looking at the timeline to see whether the edit was done")));
        planted!(NoPauseAfterBreak => return State::Asking { polls: 0, call: self.look() });
        State::Lost { polls: 0, until: now.monotonic + self.config.recovery.first }
    }

    /// An agent that began so long ago has ended: one look tells all there is to know.
    pub(super) fn first_look(&self, now: Now, since_ms: u64) -> State {
        let total = u64::try_from(CHAT_TOTAL.as_millis()).unwrap_or(u64::MAX);
        let over = now.wall_ms() >= since_ms.saturating_add(total);
        let polls = if over { self.config.recovery.most.saturating_sub(1) } else { 0 };
        State::Asking { polls, call: self.look() }
    }

    pub(super) fn recovered(&self, now: Now, polls: u32, result: Result<Latest, Error>) -> State {
        let polls = polls + 1;
        let last = polls >= self.config.recovery.most;
        let mut pause = self.config.recovery.every;
        match result {
            Ok(latest) => {
                let changes = self.changes(latest.draft.as_ref());
                let is_done = !changes.is_empty() || planted!(NoChangeIsSuccess);
                if is_done && !planted!(ChangeIsNoSuccess) {
                    let answer = Answer { changes: Some(changes), draft: latest.draft, ..Answer::default() };
                    return State::Finished(Some(Ok(answer)));
                }
                planted!(SendAgainAfterSilence => if let Some(state) = self.again(now) { return state; });
                if last {
                    return self.fail(What::Unconfirmed { polls }.into(), Charged::Unknown);
                }
            }
            // A server that can't be asked may be asked by a later run.
            Err(error) if last || !error.is_transient() || error.pause() > CHAT_TOTAL => {
                return self.fail(error, Charged::Unknown);
            }
            Err(error) => pause = pause.max(error.pause()),
        }
        planted!(NoPauseBetweenLooks => return State::Asking { polls, call: self.look() });
        State::Lost { polls, until: now.monotonic + pause }
    }

    /// The timeline after a stream that ended in silence, or in an error.
    pub(super) fn verified(&mut self, result: Result<Latest, Error>, heard: Heard) -> State {
        let latest = match result {
            Ok(latest) => latest,
            Err(error) => return self.fail(error, Charged::Unknown),
        };
        let changes = self.changes(latest.draft.as_ref());
        match heard.failure {
            Some(said) if changes.is_empty() => self.fail(What::Agent { said }.into(), Charged::Unknown),
            failure => {
                if let Some(said) = failure {
                    self.events.push_back(Event::Note(format!(
                        "the editor reported a failure ({said}), but the timeline changed"
                    )));
                }
                State::Finished(Some(Ok(Answer { changes: Some(changes), draft: latest.draft, ..heard.answer })))
            }
        }
    }
}
