//! The two clocks of a client.

use std::time::{Duration, SystemTime};

use crate::core::time::{Instant, Now};

/// What a client measures its deadlines and pauses with. A test may have one that does not wait.
#[cfg_attr(test, mockall::automock)]
pub trait Clock: Send + Sync {
    /// The time now.
    fn now(&self) -> Now;

    /// When `until` comes, on the machine's own clock, which sockets keep.
    fn deadline(&self, until: Instant) -> std::time::Instant {
        std::time::Instant::now() + (until - self.now().monotonic).min(LONGEST)
    }

    /// Returns when `pause` is over.
    fn sleep(&self, pause: Duration);
}

/// No op waits longer; the machine's own clock can't hold every sum.
const LONGEST: Duration = Duration::from_secs(30 * 24 * 3600);

/// The machine's own clocks; the monotonic one begins when it is made.
#[derive(Clone, Copy, Debug)]
pub struct SystemClock(std::time::Instant);

impl SystemClock {
    /// Begins now.
    #[must_use]
    pub fn new() -> Self {
        Self(std::time::Instant::now())
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Now {
        Now { monotonic: Instant::after_origin(self.0.elapsed()), wall: SystemTime::now() }
    }

    fn sleep(&self, pause: Duration) {
        std::thread::sleep(pause);
    }
}
