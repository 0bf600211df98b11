//! Bytes moved, told by an adapter often enough for a progress bar and seldom enough for a log.

use std::time::{Duration, Instant};

use crate::event::{Direction, Event, Observer};

/// Time between two reports.
pub const EVERY: Duration = Duration::from_millis(100);

/// Tells an [`Observer`] how far a transfer is. The clock is the caller's.
#[derive(Debug)]
pub struct Meter {
    direction: Direction,
    total: Option<u64>,
    told: Option<(Instant, u64)>,
}

impl Meter {
    /// For one transfer; `total` is its length in bytes, when known.
    #[must_use]
    pub fn new(direction: Direction, total: Option<u64>) -> Self {
        Self { direction, total, told: None }
    }

    /// Tells how far it is, if there is news and the last report is old enough.
    pub fn at(&mut self, now: Instant, bytes: u64, observer: &mut dyn Observer) {
        if self.told.is_none_or(|(when, _)| now.saturating_duration_since(when) >= EVERY) {
            self.last(now, bytes, observer);
        }
    }

    /// Tells how far it came, if there is news.
    pub fn last(&mut self, now: Instant, bytes: u64, observer: &mut dyn Observer) {
        if self.told.is_none_or(|(_, told)| told != bytes) {
            self.told = Some((now, bytes));
            observer.see(Event::Moved { direction: self.direction, bytes, total: self.total });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn news_only_now_and_then_and_always_the_last() {
        let mut told = Vec::new();
        let mut observer = |event| {
            if let Event::Moved { bytes, total: Some(9), .. } = event {
                told.push(bytes);
            }
        };
        let mut meter = Meter::new(Direction::Up, Some(9));
        let start = Instant::now();
        meter.at(start, 1, &mut observer);
        meter.at(start + EVERY / 2, 2, &mut observer);
        meter.at(start + EVERY, 3, &mut observer);
        meter.at(start + EVERY * 2, 3, &mut observer);
        meter.last(start + EVERY * 2, 9, &mut observer);
        meter.last(start + EVERY * 3, 9, &mut observer);
        assert_eq!(told, [1, 3, 9]);
    }
}
