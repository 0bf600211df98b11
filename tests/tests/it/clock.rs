//! A clock for tests that sleeps for no long pause and gives up on silence early.

use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use weixin_video_core::time::{Instant, Now};

/// Silence of this length stands for silence until the deadline. A server in the same process speaks sooner.
const PATIENCE: Duration = Duration::from_millis(800);

/// A pause this short is a glance at what somebody else is doing, who needs real time for it.
const GLANCE: Duration = Duration::from_millis(50);

/// Pauses take no time, but for glances: the clock jumps to their end. A deadline comes after some patience at the latest,
/// however often it is waited for, and when it has come, the clock jumps there too: minutes of silence, or of heartbeats,
/// pass in a second.
#[derive(Debug)]
pub(crate) struct Impatient {
    began: std::time::Instant,
    patience: Duration,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    jumped: Duration,
    awaited: Option<(std::time::Instant, Instant)>,
}

impl Default for Impatient {
    fn default() -> Self {
        Self::with_patience(PATIENCE)
    }
}

impl Impatient {
    pub(crate) fn with_patience(patience: Duration) -> Self {
        Self { began: std::time::Instant::now(), patience, state: Mutex::default() }
    }

    fn time(&self) -> Now {
        let mut state = self.state();
        let elapsed = self.began.elapsed();
        if let Some((comes, until)) = state.awaited.filter(|(comes, _)| *comes <= std::time::Instant::now()) {
            let left = until - Instant::after_origin(elapsed + state.jumped);
            state.jumped += left;
            state.awaited = state.awaited.filter(|(other, _)| *other != comes);
        }
        Now { monotonic: Instant::after_origin(elapsed + state.jumped), wall: SystemTime::now() + state.jumped }
    }

    fn comes(&self, until: Instant) -> std::time::Instant {
        let left = until - self.time().monotonic;
        let mut state = self.state();
        let again = state.awaited.filter(|(_, awaited)| *awaited == until);
        let (comes, _) = *state.awaited.insert(match again {
            Some(awaited) => awaited,
            None => (std::time::Instant::now() + left.min(self.patience), until),
        });
        comes
    }

    fn jump(&self, pause: Duration) {
        self.state().jumped += pause;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no test panics with the clock in hand")
    }
}

impl weixin_video_blocking::Clock for Impatient {
    fn now(&self) -> Now {
        self.time()
    }

    fn deadline(&self, until: Instant) -> std::time::Instant {
        self.comes(until)
    }

    fn sleep(&self, pause: Duration) {
        if pause > GLANCE { self.jump(pause) } else { std::thread::sleep(pause) }
    }
}

#[async_trait]
impl weixin_video_async::Clock for Impatient {
    fn now(&self) -> Now {
        self.time()
    }

    fn deadline(&self, until: Instant) -> std::time::Instant {
        self.comes(until)
    }

    async fn sleep(&self, pause: Duration) {
        if pause > GLANCE { self.jump(pause) } else { tokio::time::sleep(pause).await }
    }
}
