//! Makes a list of decisions smaller while it still leads to the same broken rule.
//!
//! Pieces are cut out, pieces become zero, single numbers get smaller; again until nothing helps. Zero is always the
//! plain choice, so that what is left is what matters.

use crate::watch::Broken;

/// Lives a session; tells how it breaks the rule, if it does.
pub(crate) type Breaks<'a> = &'a mut dyn FnMut(&[u32]) -> Option<Broken>;

/// Sessions that are lived to find a smaller one.
const TRIES: u32 = 6_000;

/// The smallest list that was found, and how it breaks the rule.
pub(crate) fn shrunk(decisions: Vec<u32>, broken: Broken, breaks: Breaks<'_>) -> (Vec<u32>, Broken) {
    let mut best = Best { decisions, broken, breaks, tries: 0 };
    best.trim();
    loop {
        let before = best.decisions.clone();
        best.pieces(|list, at, length| {
            let end = (at + length).min(list.len());
            list.drain(at..end);
        });
        best.pieces(|list, at, length| {
            let end = (at + length).min(list.len());
            list[at..end].fill(0);
        });
        best.numbers();
        if best.decisions == before || best.tries >= TRIES {
            return (best.decisions, best.broken);
        }
    }
}

struct Best<'a> {
    decisions: Vec<u32>,
    broken: Broken,
    breaks: Breaks<'a>,
    tries: u32,
}

impl Best<'_> {
    /// Takes the list if it still breaks the rule and is smaller.
    fn is_taken(&mut self, list: &[u32]) -> bool {
        if self.tries >= TRIES || list == self.decisions {
            return false;
        }
        self.tries += 1;
        let Some(broken) = (self.breaks)(list) else { return false };
        self.decisions = list.to_vec();
        self.broken = broken;
        self.trim();
        true
    }

    /// Zeros at the end say nothing.
    fn trim(&mut self) {
        while self.decisions.last() == Some(&0) {
            self.decisions.pop();
        }
    }

    fn pieces(&mut self, change: impl Fn(&mut Vec<u32>, usize, usize)) {
        let mut length = (self.decisions.len() / 2).max(1);
        loop {
            let mut at = 0;
            while at < self.decisions.len() {
                let before = self.decisions.len();
                let mut list = self.decisions.clone();
                change(&mut list, at, length);
                // A piece that was cut out has another behind it.
                let is_cut = self.is_taken(&list) && list.len() < before;
                if !is_cut {
                    at += length;
                }
            }
            if length == 1 {
                return;
            }
            length /= 2;
        }
    }

    fn numbers(&mut self) {
        let mut at = 0;
        while at < self.decisions.len() {
            let mut low = 0;
            while low < self.decisions.get(at).copied().unwrap_or(0) {
                let high = self.decisions[at];
                let middle = low + (high - low) / 2;
                let mut list = self.decisions.clone();
                list[at] = middle;
                if !self.is_taken(&list) {
                    low = middle + 1;
                }
            }
            at += 1;
        }
    }
}
