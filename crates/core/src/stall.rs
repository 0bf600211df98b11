//! When a transfer that hardly moves is given up.

use std::time::Duration;

use crate::time::Instant;

/// Whether a stream still gets on. A byte now and then is no progress: it would keep a transfer going for weeks.
///
/// ```
/// use std::time::Duration;
/// use weixin_video_core::stall::Stall;
/// use weixin_video_core::time::Instant;
///
/// let at = |seconds| Instant::after_origin(Duration::from_secs(seconds));
/// let mut stall = Stall::new(Duration::from_secs(60), at(0), 0);
/// stall.moved(at(50), 1);
/// assert_eq!(stall.until(), at(60));
/// stall.moved(at(55), Stall::BYTES);
/// assert_eq!(stall.until(), at(115));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Stall {
    limit: Duration,
    until: Instant,
    mark: u64,
}

impl Stall {
    /// So many bytes within the limit are progress.
    pub const BYTES: u64 = 64 * 1024;

    /// A transfer that stands at byte `from` `now`, and may take `limit` for each [`Self::BYTES`].
    #[must_use]
    pub fn new(limit: Duration, now: Instant, from: u64) -> Self {
        Self { limit, until: now + limit, mark: from }
    }

    /// It stands at byte `bytes` now.
    pub fn moved(&mut self, now: Instant, bytes: u64) {
        if bytes.saturating_sub(self.mark) >= Self::BYTES {
            (self.until, self.mark) = (now + self.limit, bytes);
        }
    }

    /// When to give up.
    #[must_use]
    pub fn until(&self) -> Instant {
        self.until
    }
}
