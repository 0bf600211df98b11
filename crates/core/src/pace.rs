//! When the status of a render is asked for: seldom while it can't be done yet, soon after it is.

use std::time::Duration;

use crate::planted;
use crate::time::Instant;

/// The schedule, as data.
///
/// While the server tells no progress, the questions come at [`looks`](Self::looks), which lie as close together as renders
/// usually end there; behind the last one the pauses grow. Where it tells some, the pause is what is left by that, so that
/// the last question comes right after the end.
///
/// ```
/// use weixin_video_core::pace::Polls;
///
/// let sooner = Polls::CLOUD.looks.iter().filter(|look| look.as_secs() < 90).count();
/// assert!(sooner < 10, "a render of 90 s is asked for ten times at most");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Polls {
    /// When to ask where no progress is told, counted from the start of the wait, in ascending order.
    pub looks: &'static [Duration],
    /// Never asked sooner after the last question than this.
    pub least: Duration,
    /// Never asked later after the last question than this.
    pub most: Duration,
    /// After so long the answer is "still rendering".
    pub patience: Duration,
}

impl Polls {
    /// The service says "usually 30 to 90 s" and asks for a question "every 30 s, 10 times" (PROTOCOL.md, row "export
    /// status"): the same patience and no more than ten questions in the usual time.
    pub const CLOUD: Self = Self {
        looks: &[
            Duration::from_secs(30),
            Duration::from_secs(36),
            Duration::from_secs(42),
            Duration::from_secs(48),
            Duration::from_secs(54),
            Duration::from_secs(60),
            Duration::from_secs(67),
            Duration::from_secs(74),
            Duration::from_secs(82),
            Duration::from_millis(90_500),
        ],
        least: Duration::from_secs(2),
        most: Duration::from_secs(30),
        patience: Duration::from_secs(300),
    };
    /// A renderer on this machine minds no question, and what it only copies is there in no time; an hour covers the longest
    /// clip it takes.
    pub const LOCAL: Self = Self {
        looks: &[
            Duration::from_millis(10),
            Duration::from_millis(25),
            Duration::from_millis(50),
            Duration::from_millis(90),
            Duration::from_millis(150),
        ],
        least: Duration::from_millis(10),
        most: Duration::from_millis(200),
        patience: Duration::from_secs(3600),
    };
}

/// One wait by a schedule.
///
/// ```
/// use std::time::Duration;
/// use weixin_video_core::pace::{Pace, Polls};
/// use weixin_video_core::time::Instant;
///
/// let mut pace = Pace::new(Polls::CLOUD, Instant::ORIGIN);
/// let first = pace.next(Instant::ORIGIN, None).expect("patience has just begun");
/// // Nine tenths are done after 30 s, so about three seconds are left.
/// let second = pace.next(first, Some(90)).expect("patience lasts");
/// assert!(second - first <= Duration::from_secs(3));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    polls: Polls,
    began: Instant,
    last: Option<Instant>,
    gap: Duration,
    /// How often in a row the end seemed near and was not there.
    near: i32,
}

/// Less progress than this says little about when the end comes.
const TELLING_PERCENT: u8 = 5;
/// By then the pauses are longer than any schedule allows.
const MOST_NEAR: i32 = 16;

impl Pace {
    /// Begins to wait.
    #[must_use]
    pub fn new(polls: Polls, began: Instant) -> Self {
        Self { polls, began, last: None, gap: polls.least, near: 0 }
    }

    /// When to ask next, given what the last answer told in percent; `None` when the patience is at its end.
    #[must_use]
    pub fn next(&mut self, now: Instant, percent: Option<u8>) -> Option<Instant> {
        let elapsed = now - self.began;
        if elapsed >= self.polls.patience && !planted!(PatienceIsEndless) {
            return None;
        }
        let told = percent.filter(|percent| self.last.is_some() && (TELLING_PERCENT..=100).contains(percent));
        let wanted = match told {
            Some(percent) => self.left(elapsed, percent),
            None => self.until_the_next_look(elapsed),
        };
        self.gap = wanted.clamp(self.polls.least, self.polls.most);
        self.last = Some(now);
        Some(now + self.gap)
    }

    /// Most of what is left if it goes on as it went, never past two looks. Where the end seemed near and was not there, the
    /// pauses grow: 99 % can last.
    fn left(&mut self, elapsed: Duration, percent: u8) -> Duration {
        let left = elapsed.mul_f64(0.8 * f64::from(100 - percent) / f64::from(percent));
        let at_the_end = self.polls.least.mul_f64(1.35_f64.powi(self.near));
        if left <= at_the_end {
            self.near = (self.near + 1).min(MOST_NEAR);
            return at_the_end;
        }
        self.looks_after(elapsed).nth(1).map_or(left, |look| left.min(look - elapsed))
    }

    fn until_the_next_look(&self, elapsed: Duration) -> Duration {
        self.looks_after(elapsed).next().map_or_else(|| self.gap.mul_f64(1.1), |look| look - elapsed)
    }

    fn looks_after(&self, elapsed: Duration) -> impl Iterator<Item = Duration> {
        let soonest = elapsed + self.polls.least;
        self.polls.looks.iter().copied().filter(move |look| *look >= soonest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// When a render of `length` seconds is seen to be done, and by which question; `percent` is told on the way.
    fn seen(length: f64, percent: impl Fn(f64) -> Option<u8>) -> (f64, u32) {
        let (mut now, mut told, mut asked) = (Instant::ORIGIN, None, 0);
        let mut pace = Pace::new(Polls::CLOUD, now);
        loop {
            now = pace.next(now, told).expect("patience lasts for these");
            asked += 1;
            let elapsed = (now - Instant::ORIGIN).as_secs_f64();
            if elapsed >= length {
                return (elapsed - length, asked);
            }
            told = percent(elapsed);
        }
    }

    fn told(elapsed: f64, length: f64) -> Option<u8> {
        Some((99.0 * elapsed / length) as u8)
    }

    #[test]
    fn the_usual_render_is_asked_for_ten_times_at_most() {
        for length in 30..=90 {
            let length = f64::from(length);
            let (_, silent) = seen(length, |_| None);
            let (_, telling) = seen(length, |elapsed| told(elapsed, length));
            let (_, stuck) = seen(length, |_| Some(99));
            let (_, hasty) = seen(length, |elapsed| Some((2.5 * 99.0 * elapsed / length).min(99.0) as u8));
            assert!(silent.max(telling).max(stuck).max(hasty) <= 10, "{length} s: {silent} {telling} {stuck} {hasty}");
        }
    }

    #[test]
    fn progress_makes_the_last_question_come_soon_after_the_end() {
        let waste = |percent: fn(f64, f64) -> Option<u8>| {
            let all = (30..=90).map(f64::from).map(|length| seen(length, |elapsed| percent(elapsed, length)).0);
            all.sum::<f64>() / 61.0
        };
        let (telling, silent) = (waste(told), waste(|_, _| None));
        assert!(telling < 2.0 && silent < 4.0, "{telling} {silent}");
    }

    #[test]
    fn patience_ends_and_pauses_stay_within_bounds() {
        let (mut now, mut asked) = (Instant::ORIGIN, 0);
        let mut pace = Pace::new(Polls::CLOUD, now);
        while let Some(next) = pace.next(now, Some(100)) {
            let gap = next - now;
            assert!((Polls::CLOUD.least..=Polls::CLOUD.most).contains(&gap), "{gap:?}");
            (now, asked) = (next, asked + 1);
        }
        assert!(now - Instant::ORIGIN >= Polls::CLOUD.patience && asked < 40, "{asked}");
    }
}
