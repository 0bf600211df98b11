//! A clock that stands until it is moved.

use crate::journal::lock;
use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, mpsc};
use std::task::{Context, Poll, Waker};
use std::time::Duration;
use tokio::runtime::Handle;

/// Rounds of the server's own scheduler after a timer fired: what a timer sets off passes from task to task to socket.
const ROUNDS: u32 = 32;
/// Real time after which a server that doesn't come to rest is taken for one that has stopped.
const REST: Duration = Duration::from_secs(5);

#[derive(Debug, Default)]
pub(super) struct Manual(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    now: Duration,
    next: u64,
    /// By when they fire, then by who came first.
    timers: BTreeMap<(Duration, u64), Waker>,
}

impl Manual {
    pub(super) fn now(&self) -> Duration {
        lock(&self.0).now
    }

    pub(super) fn next_timer(&self) -> Option<Duration> {
        let state = lock(&self.0);
        let ((at, _), _) = state.timers.first_key_value()?;
        Some(at.saturating_sub(state.now))
    }

    pub(super) fn sleep(clock: &Arc<Self>, time: Duration) -> Sleeping {
        let mut state = lock(&clock.0);
        state.next += 1;
        let key = (state.now.saturating_add(time), state.next);
        drop(state);
        Sleeping { clock: Arc::clone(clock), key }
    }

    pub(super) fn advance(&self, time: Duration, settle: impl Fn()) {
        settle();
        let target = self.now().saturating_add(time);
        while let Some(due) = self.fire_next(target) {
            due.into_iter().for_each(Waker::wake);
            settle();
        }
        lock(&self.0).now = target;
        settle();
    }

    /// Moves to the next timer up to `target` and takes out all that are due then.
    fn fire_next(&self, target: Duration) -> Option<Vec<Waker>> {
        let mut state = lock(&self.0);
        let at = state.timers.first_key_value().map(|((at, _), _)| *at).filter(|at| *at <= target)?;
        state.now = state.now.max(at);
        let later = state.timers.split_off(&(at, u64::MAX));
        Some(std::mem::replace(&mut state.timers, later).into_values().collect())
    }
}

/// A wait by a manual clock.
#[derive(Debug)]
pub(super) struct Sleeping {
    clock: Arc<Manual>,
    key: (Duration, u64),
}

impl Future for Sleeping {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut state = lock(&self.clock.0);
        if state.now >= self.key.0 {
            return Poll::Ready(());
        }
        state.timers.insert(self.key, cx.waker().clone());
        Poll::Pending
    }
}

impl Drop for Sleeping {
    fn drop(&mut self) {
        lock(&self.clock.0).timers.remove(&self.key);
    }
}

/// Waits until the tasks of a server have done what they can do now.
pub(crate) fn settle(server: &Handle) {
    let (done, rested) = mpsc::channel();
    server.spawn(async move {
        for _ in 0..ROUNDS {
            tokio::task::yield_now().await;
        }
        // Nobody waits any more when it took too long.
        let _ = done.send(());
    });
    let _ = rested.recv_timeout(REST);
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::task::noop_waker;

    fn poll(sleep: &mut Pin<Box<Sleeping>>) -> Poll<()> {
        sleep.as_mut().poll(&mut Context::from_waker(&noop_waker()))
    }

    #[test]
    fn timers_fire_one_after_the_other_and_see_their_own_time() {
        let clock = Arc::new(Manual::default());
        let mut sleeps = [30, 10, 20].map(|s| Box::pin(Manual::sleep(&clock, Duration::from_secs(s))));
        sleeps.iter_mut().for_each(|sleep| assert!(poll(sleep).is_pending()));
        assert_eq!(clock.next_timer(), Some(Duration::from_secs(10)));
        let seen = Mutex::new(Vec::new());
        clock.advance(Duration::from_secs(25), || lock(&seen).push(clock.now().as_secs()));
        assert_eq!(*lock(&seen), [0, 10, 20, 25]);
        assert_eq!(sleeps.each_mut().map(|sleep| poll(sleep).is_ready()), [false, true, true]);
    }

    #[test]
    fn a_wait_that_was_given_up_is_no_timer() {
        let clock = Arc::new(Manual::default());
        let mut sleep = Box::pin(Manual::sleep(&clock, Duration::from_secs(1)));
        assert!(poll(&mut sleep).is_pending());
        drop(sleep);
        assert_eq!(clock.next_timer(), None);
    }
}
