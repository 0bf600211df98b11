//! Virtual time: what really passes, and what the client's two clocks make of it.

use std::time::{Duration, SystemTime};

use weixin_video_core::time::{Instant, Now};

/// True time since the session began, and how far the client's clocks are off.
#[derive(Clone, Debug, Default)]
pub(crate) struct Clock {
    truth: Duration,
    /// How much of it the monotonic clock did not see.
    asleep: Duration,
    /// What the calendar is ahead, in s.
    ahead: i64,
}

/// The calendar when a session begins: the autumn of 2025, in s since 1970.
const EPOCH: u64 = 1_760_000_000;

impl Clock {
    /// What a machine is told.
    pub(crate) fn now(&self) -> Now {
        let seconds = EPOCH.saturating_add_signed(self.ahead);
        let wall = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds) + self.truth;
        Now { monotonic: Instant::after_origin(self.monotonic()), wall }
    }

    /// What really passed.
    pub(crate) fn truth(&self) -> Duration {
        self.truth
    }

    /// When, in true time, the monotonic clock will show `at`, unless the machine sleeps before.
    pub(crate) fn true_time(&self, at: Instant) -> Duration {
        self.asleep + (at - Instant::ORIGIN)
    }

    /// Moves on to a point in true time; never back.
    pub(crate) fn reach(&mut self, truth: Duration) {
        self.truth = self.truth.max(truth);
    }

    /// The machine sleeps: the world goes on, the monotonic clock stands.
    pub(crate) fn sleep(&mut self, time: Duration) {
        self.truth += time;
        self.asleep += time;
    }

    /// Somebody sets the calendar.
    pub(crate) fn set(&mut self, by_seconds: i64) {
        self.ahead += by_seconds;
    }

    /// A new process: its monotonic clock begins where it likes.
    pub(crate) fn restart(&mut self) {
        self.asleep = self.truth;
    }

    /// Seconds since 1970, in true time: what the server writes into its answers.
    pub(crate) fn calendar(truth: Duration) -> u64 {
        EPOCH + truth.as_secs()
    }

    fn monotonic(&self) -> Duration {
        self.truth.saturating_sub(self.asleep)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sleep_is_seen_by_the_calendar_alone() {
        let mut clock = Clock::default();
        let before = clock.now();
        clock.sleep(Duration::from_secs(60));
        let after = clock.now();
        assert_eq!(after.monotonic, before.monotonic);
        assert_eq!(after.wall.duration_since(before.wall).expect("later"), Duration::from_secs(60));
        clock.reach(clock.true_time(before.monotonic + Duration::from_secs(5)));
        assert_eq!(clock.now().monotonic - before.monotonic, Duration::from_secs(5));
    }
}
