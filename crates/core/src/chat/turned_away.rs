//! A message that nobody heard, or may not have: refused, never sent, or broken off.

use super::patience::Patience;
use super::{Chat, State};
use crate::api::CHAT;
use crate::call::{Call, Head};
use crate::envelope;
use crate::error::{Charged, Error, Fault, Row, What};
use crate::event::{Checkpoint, Event};
use crate::json::Object;
use crate::planted;
use crate::time::Now;

impl Chat {
    /// A refusal costs nothing; a server in trouble may have begun the work.
    pub(super) fn refused(&mut self, now: Now, head: &Head, body: &[u8]) -> State {
        let object = Object::parse(body);
        match envelope::refusal(CHAT, head, object.as_ref()) {
            Some(refusal) if refusal.row != Row::Server => self.turned_away(Error::refused(refusal)),
            _ => {
                planted!(SendAgainOnServerTrouble => if let Some(state) = self.again(now) { return state; });
                self.lost(now, "the server's answer says nothing about the edit")
            }
        }
    }

    pub(super) fn not_sent(&mut self, resent: bool, call: Call, patience: Patience, fault: Fault) -> State {
        if resent {
            return self.turned_away(What::Transport { endpoint: CHAT, fault }.into());
        }
        self.events.push_back(Event::Note("chat: can't connect; trying once more".into()));
        State::Unsent { call, patience }
    }

    pub(super) fn broke(&mut self, now: Now) -> State {
        planted!(BreakIsNotSent => return self.fail(What::TimedOut { endpoint: CHAT }.into(), Charged::No));
        planted!(SendAgainOnBreak => if let Some(state) = self.again(now) { return state; });
        self.lost(now, "the connection broke")
    }

    /// The message did not get through: it is where it was before it left.
    fn turned_away(&mut self, error: Error) -> State {
        planted!(RefusalIsPaid => return self.fail(error, Charged::Yes));
        planted!(RefusalStaysCharging => return self.fail(error, Charged::No));
        let (session, words) = (self.session.clone(), self.words.clone());
        self.events.push_back(Event::Checkpoint(Checkpoint::Uploaded { session, words }));
        self.fail(error, Charged::No)
    }
}
