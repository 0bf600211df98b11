//! Who did what in a space: messages, edits and renders, for the auditor to compare with what is there.

use std::collections::VecDeque;

/// Entries of each kind that are kept. The older go, and are taken for sound.
const KEPT: usize = 10_000;

/// One message that was accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Message {
    pub(crate) number: u64,
    pub(crate) session_id: String,
    pub(crate) text: String,
    /// Whether the work on it is over.
    pub(crate) done: bool,
}

/// Who changed a draft.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hand {
    /// The message with this number.
    Message(u64),
    /// A test, by [`Space::set_draft`](crate::Space::set_draft).
    Test,
}

/// One change of a draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Edit {
    pub(crate) session_id: String,
    pub(crate) by: Hand,
}

/// One render that was accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Job {
    pub(crate) id: String,
    pub(crate) session_id: String,
}

/// The entries of a space, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Book {
    /// The number of the next message.
    pub(crate) next: u64,
    pub(crate) messages: VecDeque<Message>,
    pub(crate) edits: VecDeque<Edit>,
    pub(crate) jobs: VecDeque<Job>,
}

impl Book {
    /// Enters a message and gives its number.
    pub(crate) fn accept(&mut self, session_id: &str, text: &str) -> u64 {
        let number = self.next;
        self.next += 1;
        let (session_id, text) = (session_id.to_owned(), text.to_owned());
        push(&mut self.messages, Message { number, session_id, text, done: false });
        number
    }

    /// Notes that the work on a message is over, however it ended.
    pub(crate) fn close(&mut self, number: u64) {
        if let Some(message) = self.messages.iter_mut().find(|message| message.number == number) {
            message.done = true;
        }
    }

    pub(crate) fn edited(&mut self, session_id: &str, by: Hand) {
        push(&mut self.edits, Edit { session_id: session_id.to_owned(), by });
    }

    pub(crate) fn render(&mut self, id: &str, session_id: &str) {
        push(&mut self.jobs, Job { id: id.to_owned(), session_id: session_id.to_owned() });
    }

    /// Strikes out what belongs to a session that is forgotten; its messages and charges stay.
    pub(crate) fn forget(&mut self, session_id: &str) {
        self.edits.retain(|edit| edit.session_id != session_id);
        self.jobs.retain(|job| job.session_id != session_id);
    }

    /// Whether any message is being worked on.
    pub(crate) fn at_work(&self) -> bool {
        self.messages.iter().any(|message| !message.done)
    }

    /// Whether every edit and every render since the beginning is still here.
    pub(crate) fn is_whole(&self) -> bool {
        self.edits.len() < KEPT && self.jobs.len() < KEPT
    }
}

fn push<T>(entries: &mut VecDeque<T>, entry: T) {
    if entries.len() == KEPT {
        entries.pop_front();
    }
    entries.push_back(entry);
}
