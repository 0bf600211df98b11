//! A file within a size: constant quality where that is small enough, else two passes at the size that looks best.
//!
//! ```text
//! survey ── fits, or nobody knows ──→ constant quality ── small enough ──→ done
//!    └───────── too large ──────────────→ two passes ←──── too large ─────────┘
//!                                            └─ again, with what is known by then, when too large or too small
//! ```

use std::fs;

use super::{
    passes::{Made, Ran, Work},
    survey::{Survey, survey},
};
use crate::{
    error::Error,
    plan::{Budget, Demand, Form, Loudness, Pass, Plan, is_full},
};

/// From so much of what is allowed on, in hundredths, constant quality isn't tried: a survey misses by more, but a try in
/// vain takes longer than two passes that weren't needed, and those look no worse.
const SURELY: u64 = 102;

/// How often an output that missed its size is made again.
pub(super) const AGAIN: u32 = 2;

/// Under this name an output is kept that fits, while a better one is tried.
pub(super) const KEPT_FILE: &str = "kept";

/// How often a GIF is made smaller, and its smallest short side in pixels.
const GIF_TRIES: u32 = 3;
const GIF_LEAST_SIDE: u32 = 64;

/// What listening, looking and trying take of the work, in percent.
struct Shares {
    surveyed: u64,
    tried: u64,
    first: u64,
}

impl Shares {
    fn after(from: u64) -> Self {
        let left = 100 - from;
        Self { surveyed: from + left * 6 / 100, tried: from + left * 40 / 100, first: from + left * 64 / 100 }
    }
}

impl Work<'_> {
    /// An output of at most so many bytes.
    pub(super) fn within(
        &mut self,
        plan: &Plan,
        most: u64,
        loudness: Option<&Loudness>,
        from: u64,
    ) -> Result<Made, Error> {
        let shares = Shares::after(from);
        let (seen, looked) = match plan.sample(false) {
            Some(sample) => (survey(self, plan, &sample, (from, shares.surveyed))?, shares.surveyed),
            None => (None, from),
        };
        let binds = seen.as_ref().is_some_and(|seen| is_surely_larger(plan, seen, most));
        let mut demand = seen.map(|seen| seen.demand);
        let mut tried = looked;
        if !binds {
            tried = shares.tried;
            match self.run(plan, &Pass::Quality, loudness, (looked, tried), Some(most))? {
                Ran::Whole(_) => {
                    let made = self.look(plan)?;
                    if made.facts.bytes <= most {
                        return Ok(made);
                    }
                    demand = demand.or_else(|| plan.demand_of(made.facts.bytes, made.frames));
                }
                Ran::TooLarge { bytes, frames } => demand = demand.or_else(|| plan.demand_of(bytes, frames)),
            }
        }
        self.two_passes(plan, most, demand.as_ref(), loudness, (tried, shares.first))
    }

    fn two_passes(
        &mut self,
        plan: &Plan,
        most: u64,
        demand: Option<&Demand>,
        loudness: Option<&Loudness>,
        (from, between): (u64, u64),
    ) -> Result<Made, Error> {
        let mut plan = plan.clone();
        let mut budget = Budget::of(&plan, most)?;
        if let Some(side) = demand.and_then(|demand| demand.smaller(&plan, budget)) {
            plan = plan.with_short_side(side)?;
            self.job.write(&plan)?;
        }
        self.run(&plan, &Pass::First(budget.picture, budget.sound_kbit), loudness, (from, between), None)?;
        if let Ok(sound) = fs::metadata(self.job.folder().join(plan.sound_name())) {
            budget = budget.with_sound(&plan, most, sound.len());
        }
        let (mut kept, mut smallest) = (None, u64::MAX);
        for again in 0..=AGAIN {
            let pass = Pass::Second(budget.picture, budget.sound_kbit);
            let made = self.output(&plan, &pass, loudness, (between, 100))?;
            let bytes = made.facts.bytes;
            smallest = smallest.min(bytes);
            if bytes <= most && (again == AGAIN || is_full(bytes, most) || plan.is_held_back(budget)) {
                return Ok(made);
            }
            if bytes <= most {
                self.rename(&plan.output_name(), KEPT_FILE)?;
                kept = Some(made);
            } else if again == AGAIN
                && let Some(kept) = kept
            {
                self.rename(KEPT_FILE, &plan.output_name())?;
                return Ok(kept);
            }
            budget = budget.corrected(&plan, bytes, most);
        }
        // Promised is promised: a file that is too large is none.
        Err(Error::TooSmall { asked: most, least: enough_for(smallest) })
    }

    /// A GIF has no rate to set, only fewer pixels to have.
    pub(super) fn gif(&mut self, plan: &Plan, most: u64) -> Result<Made, Error> {
        let mut plan = plan.clone();
        for again in 0..=GIF_TRIES {
            let made = self.output(&plan, &Pass::Quality, None, (0, 100))?;
            let (bytes, own) = (made.facts.bytes, plan.width().min(plan.height()));
            if bytes <= most {
                return Ok(made);
            }
            if own <= GIF_LEAST_SIDE || again == GIF_TRIES {
                return Err(Error::TooSmall { asked: most, least: enough_for(bytes) });
            }
            let scale = (most as f64 / bytes as f64).sqrt() * 0.96;
            let side = ((f64::from(own) * scale) as u32 & !1).max(GIF_LEAST_SIDE);
            // The last try is the smallest there is, so that what is said to be enough is.
            let side = if again + 1 == GIF_TRIES { GIF_LEAST_SIDE } else { side };
            plan = plan.with_short_side(side)?;
            self.job.write(&plan)?;
        }
        Err(Error::TooSmall { asked: most, least: most.saturating_mul(2) })
    }

    /// Sound alone, at a lower rate where the first came out too large.
    pub(super) fn sound_within(
        &mut self,
        plan: &Plan,
        most: u64,
        loudness: Option<&Loudness>,
        from: u64,
    ) -> Result<Made, Error> {
        let mut budget = Budget::of(plan, most)?;
        loop {
            let made = self.output(plan, &Pass::Sound(budget.sound_kbit), loudness, (from, 100))?;
            if made.facts.bytes <= most {
                return Ok(made);
            }
            let next = Budget::next_sound(budget.sound_kbit).filter(|_| plan.form() != Form::Wav);
            let too_small = Error::TooSmall { asked: most, least: enough_for(made.facts.bytes) };
            budget.sound_kbit = next.ok_or(too_small)?;
        }
    }

    fn rename(&self, from: &str, to: &str) -> Result<(), Error> {
        let folder = self.job.folder();
        fs::rename(folder.join(from), folder.join(to)).map_err(|error| Error::io("write into the job folder", &error))
    }
}

/// Whether trying constant quality would be for nothing.
pub(super) fn is_surely_larger(plan: &Plan, seen: &Survey, most: u64) -> bool {
    u128::from(plan.bytes_at(seen.demand.bits)) * 100 > u128::from(most) * u128::from(SURELY)
}

/// A size that an output of so many bytes fits into for certain, to the next ten thousand so that it can be said in a word.
pub(super) fn enough_for(bytes: u64) -> u64 {
    bytes.saturating_add(bytes / 25).div_ceil(10_000).saturating_mul(10_000)
}
