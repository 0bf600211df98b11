//! The two clocks of a client.

use std::time::{Duration, SystemTime};

use async_trait::async_trait;

use crate::core::time::{Instant, Now};

/// What a client measures its deadlines and pauses with.
///
/// Deadlines on sockets run on the runtime's own timer, whatever a clock of this kind says: it tells how long they are,
/// and it alone decides how long a pause between two requests lasts.
#[cfg_attr(test, mockall::automock)]
#[async_trait]
pub trait Clock: Send + Sync {
    /// The time now.
    fn now(&self) -> Now;

    /// Returns when `pause` is over.
    async fn sleep(&self, pause: Duration);
}

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

#[async_trait]
impl Clock for SystemClock {
    fn now(&self) -> Now {
        Now { monotonic: Instant::after_origin(self.0.elapsed()), wall: SystemTime::now() }
    }

    async fn sleep(&self, pause: Duration) {
        tokio::time::sleep(pause).await;
    }
}
