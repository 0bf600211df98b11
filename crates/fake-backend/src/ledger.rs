//! Credits: where they are, where they went, and which message took them.

/// One message that cost something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charge {
    /// The message's number in its space, counted from 0 over all that were accepted.
    pub message: u64,
    /// The session it was sent in.
    pub session_id: String,
    /// The message.
    pub text: String,
    /// Credits taken.
    pub credits: u64,
}

/// The credits of a space, and where they went.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ledger {
    /// Free to use.
    pub available: u64,
    /// Held for work in progress.
    pub frozen: u64,
    /// Every charge, oldest first.
    pub charges: Vec<Charge>,
    /// All that was ever put in.
    pub(crate) granted: u64,
    /// What a test put aside as frozen: nothing of the server's sets it free.
    pub(crate) set_aside: u64,
}

impl Ledger {
    pub(crate) fn opened(available: u64, frozen: u64) -> Self {
        let mut ledger = Self::default();
        ledger.set(available, frozen);
        ledger
    }

    /// Credits taken in total.
    pub fn charged(&self) -> u64 {
        self.charges.iter().map(|charge| charge.credits).sum()
    }

    pub(crate) fn set(&mut self, available: u64, frozen: u64) {
        (self.available, self.frozen, self.set_aside) = (available, frozen, frozen);
        self.granted = available.saturating_add(frozen).saturating_add(self.charged());
    }

    /// Holds what is there, at most: a balance never falls below nothing. What is held is settled or released.
    pub(crate) fn hold(&mut self, credits: u64) -> u64 {
        let held = credits.min(self.available);
        self.available -= held;
        self.frozen += held;
        held
    }

    /// Takes what is held for a message.
    pub(crate) fn settle(&mut self, held: u64, (message, session_id, text): (u64, &str, &str)) {
        self.frozen -= held;
        if held > 0 {
            let (session_id, text) = (session_id.to_owned(), text.to_owned());
            self.charges.push(Charge { message, session_id, text, credits: held });
        }
    }

    /// Gives back what is held for a message that came to nothing.
    pub(crate) const fn release(&mut self, held: u64) {
        self.frozen -= held;
        self.available += held;
    }

    /// Available and frozen as they would be without the work in progress: it dies with the server.
    pub(crate) const fn at_rest(&self) -> (u64, u64) {
        (self.available + (self.frozen - self.set_aside), self.set_aside)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_balance_never_falls_below_nothing() {
        let mut ledger = Ledger::opened(60, 0);
        let charged = [50, 50, 50].map(|credits| {
            let held = ledger.hold(credits);
            ledger.settle(held, (0, "s", "t"));
            held
        });
        assert_eq!(charged, [50, 10, 0]);
        assert_eq!((ledger.available, ledger.charged(), ledger.charges.len()), (0, 60, 2));
    }

    #[test]
    fn what_is_held_comes_back_and_is_not_kept_as_held() {
        let mut ledger = Ledger::opened(60, 5);
        let held = ledger.hold(50);
        assert_eq!((ledger.available, ledger.frozen, ledger.at_rest()), (10, 55, (60, 5)));
        ledger.release(held);
        assert_eq!((ledger.available, ledger.frozen), (60, 5));
    }
}
