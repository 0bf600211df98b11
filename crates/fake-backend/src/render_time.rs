//! How long a render takes by the clock, and how far it says it is.

use crate::app::App;
use crate::builder::RenderPace;
use crate::clock::millis;
use std::time::Duration;

/// Progress over time, both in thousandths: a queue first, then the frames, then the last touches.
const CURVE: [(u64, u64); 6] = [(0, 0), (80, 0), (200, 120), (600, 700), (850, 940), (1000, 990)];

/// The time of one render, counted from when the server began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Due {
    begins: Duration,
    takes: Duration,
}

impl Due {
    /// For a render that begins now, where renders go by the clock.
    pub(crate) fn of(app: &App, render_id: &str) -> Option<Self> {
        let RenderPace::Timed { shortest, longest } = app.settings.render_pace else {
            return None;
        };
        Some(Self { begins: app.clock.elapsed(), takes: between(shortest, longest, render_id) })
    }

    pub(crate) fn is_over(self, elapsed: Duration) -> bool {
        elapsed >= self.begins + self.takes
    }

    pub(crate) fn takes_ms(self) -> u64 {
        millis(self.takes)
    }

    /// 0 to 99.
    pub(crate) fn percent(self, elapsed: Duration) -> u32 {
        let passed = millis(elapsed.saturating_sub(self.begins)).saturating_mul(1000);
        let at = passed.checked_div(self.takes_ms()).unwrap_or(1000).min(1000);
        let after = CURVE.iter().position(|(time, _)| *time >= at).unwrap_or(CURVE.len() - 1).max(1);
        let ((from, low), (to, high)) = (CURVE[after - 1], CURVE[after]);
        let percent = (low + (high - low) * (at - from) / (to - from)) / 10;
        u32::try_from(percent).unwrap_or(99)
    }
}

/// The same for the same name, spread evenly over many.
fn between(shortest: Duration, longest: Duration, name: &str) -> Duration {
    const STEPS: u32 = 1 << 16;
    // FNV-1a, folded: short names that differ in a digit must not lie together.
    let hash = name
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    let step = u32::from(u16::try_from((hash ^ (hash >> 32)) >> 8 & 0xffff).unwrap_or_default());
    shortest + longest.saturating_sub(shortest) / STEPS * step
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_begins_late_never_falls_and_creeps_to_99() {
        let due = Due { begins: Duration::from_secs(5), takes: Duration::from_secs(100) };
        let percents: Vec<u32> = (0..=110).map(|s| due.percent(Duration::from_secs(s))).collect();
        assert!(percents.is_sorted());
        assert_eq!((percents[0], percents[13], percents[25], percents[65], percents[110]), (0, 0, 12, 70, 99));
        assert!(!due.is_over(Duration::from_millis(104_999)) && due.is_over(Duration::from_secs(105)));
    }

    #[test]
    fn times_spread_over_the_whole_range() {
        let (shortest, longest) = (Duration::from_secs(30), Duration::from_secs(90));
        let times: Vec<Duration> = (0..1000).map(|n| between(shortest, longest, &format!("render_{n}"))).collect();
        assert!(times.iter().all(|time| (shortest..=longest).contains(time)));
        for tenth in 0..10 {
            let (from, to) = (shortest + Duration::from_secs(6 * tenth), shortest + Duration::from_secs(6 * tenth + 6));
            let inside = times.iter().filter(|time| (from..to).contains(time)).count();
            assert!((50..200).contains(&inside), "{inside} in tenth {tenth}");
        }
    }
}
