//! The two clocks a machine is told about. It never asks for one itself.

use std::ops::{Add, Sub};
use std::time::{Duration, SystemTime};

/// A point on the driver's monotonic clock, counted from an origin the driver picks.
///
/// `std::time::Instant` can't be made from a number, so a simulator could not jump in time
/// with it; this one can.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(Duration);

impl Instant {
    /// The driver's origin.
    pub const ORIGIN: Self = Self(Duration::ZERO);

    /// The point `elapsed` after the driver's origin.
    #[must_use]
    pub const fn after_origin(elapsed: Duration) -> Self {
        Self(elapsed)
    }

    /// Time from `earlier` to this point; zero when `earlier` is later.
    #[must_use]
    pub const fn saturating_since(self, earlier: Self) -> Duration {
        self.0.saturating_sub(earlier.0)
    }
}

impl Add<Duration> for Instant {
    type Output = Self;

    fn add(self, more: Duration) -> Self {
        Self(self.0.saturating_add(more))
    }
}

impl Sub<Self> for Instant {
    type Output = Duration;

    fn sub(self, earlier: Self) -> Duration {
        self.saturating_since(earlier)
    }
}

/// What the driver's clocks say: monotonic for deadlines, wall for expiry.
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use weixin_video_core::time::{Instant, Now};
///
/// let now = Now { monotonic: Instant::ORIGIN, wall: SystemTime::UNIX_EPOCH };
/// assert_eq!(now.later(Duration::from_secs(3)).monotonic - now.monotonic, Duration::from_secs(3));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now {
    /// Never goes back; may stand still while the machine sleeps.
    pub monotonic: Instant,
    /// The calendar's time; jumps when a laptop wakes or a clock is set.
    pub wall: SystemTime,
}

impl Now {
    /// Both clocks, moved on by the same amount.
    #[must_use]
    pub fn later(self, by: Duration) -> Self {
        Self { monotonic: self.monotonic + by, wall: self.wall + by }
    }

    /// How long ago `earlier` was, by whichever clock says more: the monotonic one stands still while a laptop sleeps,
    /// the other may be set back.
    ///
    /// ```
    /// use std::time::{Duration, SystemTime};
    /// use weixin_video_core::time::{Instant, Now};
    ///
    /// let before = Now { monotonic: Instant::ORIGIN, wall: SystemTime::UNIX_EPOCH };
    /// let after_a_nap = Now { wall: before.wall + Duration::from_secs(3600), ..before.later(Duration::from_secs(1)) };
    /// assert_eq!(after_a_nap.since(before), Duration::from_secs(3600));
    /// ```
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        let wall = self.wall.duration_since(earlier.wall).unwrap_or_default();
        wall.max(self.monotonic - earlier.monotonic)
    }

    /// The wall clock in ms since 1970.
    #[must_use]
    pub fn wall_ms(self) -> u64 {
        let since = self.wall.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
    }
}
