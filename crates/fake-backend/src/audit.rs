//! The auditor: whether the server's own books agree with what is there. It judges the server, not the client.

use crate::book::Hand;
use crate::tenant::{Stage, Tenant};
use crate::world::World;
use std::collections::HashSet;
use std::fmt;

#[cfg(test)]
mod tests;

/// Something in the books that doesn't add up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What was looked for.
    pub check: Check,
    /// What was found, in words.
    pub what: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.check.name(), self.what)
    }
}

/// What the auditor looks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Check {
    /// A charge that names no message which was accepted.
    ChargeWithoutMessage,
    /// A charge whose session or words are not those of its message.
    ChargeOfOtherWords,
    /// A message that was charged more than once.
    ChargedTwice,
    /// Credits still held although no message is being worked on.
    FrozenLeft,
    /// More was taken than was ever there.
    CreditsNegative,
    /// What is free, held and taken is not what was put in.
    SumsDiffer,
    /// A draft that changed without a message or a test.
    EditWithoutMessage,
    /// A render id that was accepted twice.
    RenderTwice,
    /// A render that nobody asked for.
    RenderUnasked,
    /// A finished render that nobody ever asked about nor fetched.
    RenderOrphaned,
    /// A file on the CDN that belongs to no session.
    FileWithoutSession,
    /// An upload of a session that is not on the CDN.
    UploadWithoutFile,
}

impl Check {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::ChargeWithoutMessage,
        Self::ChargeOfOtherWords,
        Self::ChargedTwice,
        Self::FrozenLeft,
        Self::CreditsNegative,
        Self::SumsDiffer,
        Self::EditWithoutMessage,
        Self::RenderTwice,
        Self::RenderUnasked,
        Self::RenderOrphaned,
        Self::FileWithoutSession,
        Self::UploadWithoutFile,
    ];

    /// Its name in kebab-case, which stays.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ChargeWithoutMessage => "charge-without-message",
            Self::ChargeOfOtherWords => "charge-of-other-words",
            Self::ChargedTwice => "charged-twice",
            Self::FrozenLeft => "frozen-left",
            Self::CreditsNegative => "credits-negative",
            Self::SumsDiffer => "sums-differ",
            Self::EditWithoutMessage => "edit-without-message",
            Self::RenderTwice => "render-twice",
            Self::RenderUnasked => "render-unasked",
            Self::RenderOrphaned => "render-orphaned",
            Self::FileWithoutSession => "file-without-session",
            Self::UploadWithoutFile => "upload-without-file",
        }
    }
}

/// Everything that doesn't add up in a world.
pub(crate) fn audit(world: &World) -> Vec<Finding> {
    let mut findings = Vec::new();
    for space in &world.spaces {
        let mut find = |check, what: String| {
            findings.push(Finding { check, what: format!("space {}: {what}", space.number) });
        };
        charges(space, &mut find);
        sums(space, &mut find);
        edits(space, &mut find);
        renders(space, &mut find);
        uploads(world, space, &mut find);
    }
    findings.extend(files(world));
    findings
}

fn charges(space: &Tenant, find: &mut impl FnMut(Check, String)) {
    let mut charged = HashSet::new();
    for charge in &space.ledger.charges {
        let number = charge.message;
        if number >= space.book.next {
            find(Check::ChargeWithoutMessage, format!("{} credits for message {number}", charge.credits));
        }
        let message = space.book.messages.iter().find(|message| message.number == number);
        if message.is_some_and(|own| own.session_id != charge.session_id || own.text != charge.text) {
            find(Check::ChargeOfOtherWords, format!("message {number} was charged as \"{}\"", charge.text));
        }
        if !charged.insert(number) {
            find(Check::ChargedTwice, format!("message {number}"));
        }
    }
}

fn sums(space: &Tenant, find: &mut impl FnMut(Check, String)) {
    let ledger = &space.ledger;
    let charged = ledger.charged();
    if !space.book.at_work() && ledger.frozen != ledger.set_aside {
        find(Check::FrozenLeft, format!("{} credits", ledger.frozen.abs_diff(ledger.set_aside)));
    }
    if charged > ledger.granted {
        find(Check::CreditsNegative, format!("{charged} credits taken of {}", ledger.granted));
    } else if ledger.available.saturating_add(ledger.frozen).saturating_add(charged) != ledger.granted {
        let (available, frozen) = (ledger.available, ledger.frozen);
        find(Check::SumsDiffer, format!("{available} + {frozen} + {charged} credits of {}", ledger.granted));
    }
}

fn edits(space: &Tenant, find: &mut impl FnMut(Check, String)) {
    if !space.book.is_whole() {
        return;
    }
    for (id, session) in &space.sessions {
        let entered = space.book.edits.iter().filter(|edit| edit.session_id == *id);
        let own = entered.filter(|edit| match edit.by {
            Hand::Test => true,
            Hand::Message(number) => {
                space.book.messages.iter().any(|message| message.number == number && message.session_id == *id)
            }
        });
        let own = own.count() as u64;
        if own != session.changes {
            find(Check::EditWithoutMessage, format!("{} changes of {id}, {own} of them asked for", session.changes));
        }
    }
}

fn renders(space: &Tenant, find: &mut impl FnMut(Check, String)) {
    let mut asked = HashSet::new();
    for job in &space.book.jobs {
        if !asked.insert(job.id.as_str()) {
            find(Check::RenderTwice, job.id.clone());
        }
    }
    for (id, render) in &space.renders {
        if space.book.is_whole() && !asked.contains(id.as_str()) {
            find(Check::RenderUnasked, id.clone());
        }
        let finished = matches!(*render.stage.borrow(), Stage::Done { .. }) && !render.control.is_cancelled();
        if finished && render.queries == 0 && !render.fetched {
            find(Check::RenderOrphaned, id.clone());
        }
    }
}

fn uploads(world: &World, space: &Tenant, find: &mut impl FnMut(Check, String)) {
    for (id, session) in &space.sessions {
        for upload in session.uploads.iter().filter(|upload| !world.assets.contains_key(&upload.key)) {
            find(Check::UploadWithoutFile, format!("{} of {id}", upload.key));
        }
    }
}

fn files(world: &World) -> Vec<Finding> {
    let uploaded = world.spaces.iter().flat_map(|space| space.sessions.values()).flat_map(|session| &session.uploads);
    let owned: HashSet<&str> = uploaded.map(|upload| upload.key.as_str()).collect();
    let strays = world.assets.keys().filter(|key| key.starts_with("u/") && !owned.contains(key.as_str()));
    strays.map(|key| Finding { check: Check::FileWithoutSession, what: key.clone() }).collect()
}
