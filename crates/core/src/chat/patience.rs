//! The three clocks of a message that has left: a word every two minutes, silence, and the whole.

use crate::config::{CHAT_IDLE, CHAT_TOTAL, CHAT_WORD};
use crate::event::Event;
use crate::planted;
use crate::time::{Instant, Now};

/// How long an answer is still hoped for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    began: Now,
    /// When something last came that was no heartbeat: heartbeats prove life, not progress.
    progress: Now,
    next_word: Instant,
}

impl Patience {
    pub(super) fn new(now: Now) -> Self {
        Self { began: now, progress: now, next_word: now.monotonic + CHAT_WORD }
    }

    /// Something came.
    pub(super) fn got_on(&mut self, now: Now) {
        self.progress = now;
    }

    /// When to speak up or to give up, whichever comes first.
    pub(super) fn until(&self) -> Instant {
        self.next_word.min(self.progress.monotonic + CHAT_IDLE).min(self.began.monotonic + CHAT_TOTAL)
    }

    /// Silence counts by both clocks: no connection outlives a night that the laptop slept through. The whole counts by the
    /// one that stands still meanwhile.
    pub(super) fn is_over(&self, now: Now) -> bool {
        planted!(IdleByMonotonicClock => return now.monotonic - self.progress.monotonic >= CHAT_IDLE);
        now.since(self.progress) >= CHAT_IDLE || now.monotonic - self.began.monotonic >= CHAT_TOTAL
    }

    /// A word that it still works, when it is time for one.
    pub(super) fn word(&mut self, now: Now) -> Option<Event> {
        if now.monotonic < self.next_word {
            return None;
        }
        self.next_word = now.monotonic + CHAT_WORD;
        planted!(NeverSaysStillWorking => return None);
        Some(Event::StillWorking(now.since(self.began)))
    }
}
