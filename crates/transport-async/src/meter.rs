//! Bytes moved, told often enough for a progress bar and seldom enough for a log.

use std::time::{Duration, Instant};

use crate::core::event::{Direction, Event, Observer};

/// Time between two reports.
pub(crate) const EVERY: Duration = Duration::from_millis(100);

#[derive(Debug)]
pub(crate) struct Meter {
    direction: Direction,
    total: Option<u64>,
    told: Option<(Instant, u64)>,
}

impl Meter {
    pub(crate) fn new(direction: Direction, total: Option<u64>) -> Self {
        Self { direction, total, told: None }
    }

    /// Tells how far it is, if there is news and the last report is old enough.
    pub(crate) fn at(&mut self, bytes: u64, observer: &mut dyn Observer) {
        if self.told.is_none_or(|(when, _)| when.elapsed() >= EVERY) {
            self.last(bytes, observer);
        }
    }

    /// Tells how far it came, if there is news.
    pub(crate) fn last(&mut self, bytes: u64, observer: &mut dyn Observer) {
        if self.told.is_none_or(|(_, told)| told != bytes) {
            self.told = Some((Instant::now(), bytes));
            observer.see(Event::Moved { direction: self.direction, bytes, total: self.total });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn news_only_and_always_the_last() {
        let mut told = Vec::new();
        let mut observer = |event| {
            if let Event::Moved { bytes, total: Some(9), .. } = event {
                told.push(bytes);
            }
        };
        let mut meter = Meter::new(Direction::Up, Some(9));
        meter.at(1, &mut observer);
        meter.last(9, &mut observer);
        meter.last(9, &mut observer);
        assert_eq!(told, [1, 9]);
    }
}
