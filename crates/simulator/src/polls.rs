//! The core's schedule for asking how a render is doing, against the fixed one of the service's documents.

use std::time::Duration;

use weixin_video_core::pace::{Pace, Polls};
use weixin_video_core::time::Instant;

use crate::fate::Dice;

/// How a schedule did over many renders.
#[derive(Clone, Copy, Debug)]
pub struct Schedule {
    /// From the end of a render to the question that sees it, in s: the mean.
    pub wait_mean_s: f64,
    /// The same: 95 of 100 renders wait no longer.
    pub wait_p95_s: f64,
    /// Questions for a render: the mean.
    pub polls_mean: f64,
    /// Questions for a render of 90 s: the most.
    pub polls_of_90_s: u32,
    /// Renders that were still going when the patience ended.
    pub unseen: u32,
}

/// Both schedules over the same renders.
#[derive(Clone, Copy, Debug)]
pub struct Comparison {
    /// The core's.
    pub paced: Schedule,
    /// "Every 30 s, 10 times".
    pub fixed: Schedule,
}

/// What a server tells of a render on its way.
#[derive(Clone, Copy)]
enum Progress {
    /// The truth, in percent.
    Told,
    Untold,
    /// The truth, more or less, and never backwards.
    Noisy,
    /// It is at 99 soon and stays there.
    Hasty,
}

/// As often as servers are taken to be of each kind.
const KINDS: [Progress; 10] = [
    Progress::Told,
    Progress::Told,
    Progress::Told,
    Progress::Told,
    Progress::Untold,
    Progress::Untold,
    Progress::Untold,
    Progress::Noisy,
    Progress::Noisy,
    Progress::Hasty,
];

/// Compares the schedules over so many renders: nine in ten take the usual 30 to 90 s, one in ten up to minutes more. Of
/// ten servers four tell the truth about the progress, three tell nothing, two tell it roughly, and one is at 99 % too
/// soon.
#[must_use]
pub fn compare(seed: u64, renders: u32) -> Comparison {
    let mut dice = Dice::new(seed, 0);
    let all: Vec<(f64, Progress, u64)> =
        (0..renders).map(|_| (length(&mut dice), KINDS[dice.below(10) as usize], dice.next())).collect();
    Comparison { paced: schedule(&all, paced), fixed: schedule(&all, fixed) }
}

/// When a render of `length` s was seen to be done, in s, and by which question; none if it never was.
type Seen = (Option<f64>, u32);

fn schedule(renders: &[(f64, Progress, u64)], seen: fn(f64, Progress, u64) -> Seen) -> Schedule {
    let (mut waits, mut polls, mut unseen) = (Vec::new(), 0_u64, 0);
    for &(length, progress, noise) in renders {
        let (at, asked) = seen(length, progress, noise);
        polls += u64::from(asked);
        match at {
            Some(at) => waits.push(at - length),
            None => unseen += 1,
        }
    }
    waits.sort_by(f64::total_cmp);
    let mean = |sum: f64, count: usize| sum / count.max(1) as f64;
    Schedule {
        wait_mean_s: mean(waits.iter().sum(), waits.len()),
        wait_p95_s: waits.get(waits.len() * 95 / 100).copied().unwrap_or(0.0),
        polls_mean: mean(polls as f64, renders.len()),
        polls_of_90_s: (0..250).flat_map(|noise| KINDS.map(|kind| seen(90.0, kind, noise).1)).max().unwrap_or(0),
        unseen,
    }
}

/// Most around a minute; one in ten takes a minute and a half and then some.
fn length(dice: &mut Dice) -> f64 {
    let unit = |dice: &mut Dice| f64::from(dice.below(1_000_000)) / 1e6;
    if dice.below(10) > 0 {
        return 30.0 + 30.0 * (unit(dice) + unit(dice));
    }
    (90.0 - 60.0 * unit(dice).max(1e-6).ln()).min(290.0)
}

fn paced(length: f64, progress: Progress, noise: u64) -> Seen {
    let mut dice = Dice::new(noise, 1);
    let (mut now, mut told, mut asked) = (Instant::ORIGIN, None, 0);
    let mut pace = Pace::new(Polls::CLOUD, now);
    while let Some(next) = pace.next(now, told) {
        (now, asked) = (next, asked + 1);
        let elapsed = (now - Instant::ORIGIN).as_secs_f64();
        if elapsed >= length {
            return (Some(elapsed), asked);
        }
        told = percent(progress, elapsed / length, told, &mut dice);
    }
    (None, asked)
}

fn fixed(length: f64, _: Progress, _: u64) -> Seen {
    const EVERY: Duration = Duration::from_secs(30);
    let asked = (1..=10).find(|asked| (EVERY * *asked).as_secs_f64() >= length);
    asked.map_or((None, 10), |asked| (Some((EVERY * asked).as_secs_f64()), asked))
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 99")]
fn percent(progress: Progress, part: f64, before: Option<u8>, dice: &mut Dice) -> Option<u8> {
    let told = |part: f64| (99.0 * part).clamp(0.0, 99.0) as u8;
    match progress {
        Progress::Told => Some(told(part)),
        Progress::Untold => None,
        Progress::Noisy => Some(told(part + f64::from(dice.below(200)) / 1_000.0 - 0.1).max(before.unwrap_or(0))),
        Progress::Hasty => Some(told(part * 2.5)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_paced_schedule_wastes_little_and_asks_seldom() {
        let Comparison { paced, fixed } = compare(1, 20_000);
        assert!(paced.wait_mean_s <= 3.0, "{paced:?}");
        assert!(paced.polls_of_90_s <= 11, "{paced:?}");
        assert!(fixed.wait_mean_s > 10.0 && fixed.polls_of_90_s == 3, "{fixed:?}");
        assert_eq!(paced.unseen, fixed.unseen, "both have the patience for every render there is");
    }
}
