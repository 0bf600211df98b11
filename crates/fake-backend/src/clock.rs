//! One clock for all that the server does by time, and the calendar it is shown in.

mod manual;

use manual::Manual;
pub(crate) use manual::settle;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// What the server measures time with: heartbeats, stalls, delays, renders, the ends of tokens, the age of sessions.
///
/// What guards the machine itself goes by real time under every clock: how long a peer may take for the head of a request,
/// and how long a stopped server waits for its renders.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Clock {
    /// The machine's own.
    #[default]
    Real,
    /// So many times as fast as the machine's own; 0 counts as 1.
    Scaled(u32),
    /// Stands until [`FakeBackend::advance`](crate::FakeBackend::advance) moves it.
    Manual,
}

/// A running clock. Clones are one clock.
#[derive(Debug, Clone)]
pub(crate) struct Time {
    running: Running,
    /// Milliseconds since 1970 when it began.
    origin_ms: u64,
    /// Whether the calendar stands at the origin while timers run.
    frozen: bool,
}

#[derive(Debug, Clone)]
enum Running {
    Machine { began: Instant, speed: u32 },
    Manual(Arc<Manual>),
}

/// A wait by this clock.
pub(crate) type Sleep = Pin<Box<dyn Future<Output = ()> + Send>>;

impl Time {
    /// `stands_at`: milliseconds since 1970 the calendar begins at, where it also stays unless the clock is manual.
    pub(crate) fn new(clock: Clock, stands_at: Option<u64>) -> Self {
        let running = match clock {
            Clock::Real => Running::Machine { began: Instant::now(), speed: 1 },
            Clock::Scaled(speed) => Running::Machine { began: Instant::now(), speed: speed.max(1) },
            Clock::Manual => Running::Manual(Arc::default()),
        };
        let frozen = stands_at.is_some() && clock != Clock::Manual;
        Self { running, origin_ms: stands_at.unwrap_or_else(machine_ms), frozen }
    }

    /// Time since the clock began.
    pub(crate) fn elapsed(&self) -> Duration {
        match &self.running {
            Running::Machine { began, speed } => began.elapsed().saturating_mul(*speed),
            Running::Manual(manual) => manual.now(),
        }
    }

    /// Milliseconds since the clock began.
    pub(crate) fn elapsed_ms(&self) -> u64 {
        millis(self.elapsed())
    }

    /// Milliseconds since 1970.
    pub(crate) fn now_ms(&self) -> u64 {
        if self.frozen { self.origin_ms } else { self.origin_ms.saturating_add(self.elapsed_ms()) }
    }

    /// The calendar as file times have it.
    pub(crate) fn calendar(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_millis(self.now_ms())
    }

    /// A wait that begins now.
    pub(crate) fn sleep(&self, time: Duration) -> Sleep {
        match &self.running {
            Running::Machine { speed, .. } => Box::pin(tokio::time::sleep(time / *speed)),
            Running::Manual(manual) => Box::pin(Manual::sleep(manual, time)),
        }
    }

    /// Moves a manual clock, timer by timer: each fires at its own time, and what it sets off is done before the next.
    ///
    /// # Panics
    /// If the clock runs by itself.
    pub(crate) fn advance(&self, time: Duration, settle: impl Fn()) {
        match &self.running {
            Running::Manual(manual) => manual.advance(time, settle),
            Running::Machine { .. } => panic!("only a manual clock is advanced; this one runs by itself"),
        }
    }

    /// How long until the next timer of a manual clock fires; `None` where none is set or the clock runs by itself.
    pub(crate) fn next_timer(&self) -> Option<Duration> {
        match &self.running {
            Running::Manual(manual) => manual.next_timer(),
            Running::Machine { .. } => None,
        }
    }
}

fn machine_ms() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, millis)
}

/// In whole milliseconds.
pub(crate) fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// `2026-11-29T06:09:33Z`
pub(crate) fn rfc3339(ms: u64) -> String {
    let seconds = ms / 1000;
    let (year, month, day) = civil(seconds / 86_400);
    let of_day = seconds % 86_400;
    format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", of_day / 3600, of_day / 60 % 60, of_day % 60)
}

/// Days since 1970 to year, month, day; the year is taken to begin in March, so that the leap day comes last.
const fn civil(days: u64) -> (u64, u64, u64) {
    let shifted = days + 719_468;
    let era = shifted / 146_097;
    let of_era = shifted % 146_097;
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = year_of_era + era * 400 + if month <= 2 { 1 } else { 0 };
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_instants() {
        assert_eq!(rfc3339(0), "1970-01-01T00:00:00Z");
        assert_eq!(rfc3339(951_782_400_000), "2000-02-29T00:00:00Z");
        assert_eq!(rfc3339(1_795_327_773_999), "2026-11-22T06:09:33Z");
        assert_eq!(rfc3339(4_107_542_399_000), "2100-02-28T23:59:59Z");
        assert_eq!(rfc3339(4_107_542_400_000), "2100-03-01T00:00:00Z");
    }

    #[test]
    fn a_frozen_calendar_stands_and_a_manual_one_is_moved() {
        assert_eq!(Time::new(Clock::Real, Some(7)).now_ms(), 7);
        let manual = Time::new(Clock::Manual, Some(7));
        assert_eq!(manual.now_ms(), 7);
        manual.advance(Duration::from_secs(2), || {});
        assert_eq!((manual.now_ms(), manual.elapsed_ms()), (2007, 2000));
    }

    #[test]
    #[should_panic(expected = "only a manual clock is advanced")]
    fn a_clock_that_runs_is_not_moved() {
        Time::new(Clock::Scaled(10), None).advance(Duration::from_secs(1), || {});
    }
}
