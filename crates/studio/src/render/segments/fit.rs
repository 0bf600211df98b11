//! A size that was asked for, shared among windows.

use super::{
    super::{
        passes::Made,
        within::{AGAIN, KEPT_FILE, enough_for},
    },
    Segments, size,
};
use crate::{
    error::Error,
    plan::{Budget, Loudness, Pass, is_full},
};

/// From where in percent the passes begin that keep the size. What came before told how the bits are to be shared.
const PASSES: (u64, u64) = (40, 98);

impl Segments<'_, '_> {
    /// Two passes over each window, each with as large a part of the bits as it took of all bytes at constant quality.
    pub(super) fn within(&mut self, most: u64, sizes: &[u64], loudness: Option<&Loudness>) -> Result<Made, Error> {
        let mut budget = Budget::of(&self.plan, most)?;
        let demand = self.plan.demand_of(sizes.iter().sum(), self.plan.frames());
        if let Some(side) = demand.and_then(|demand| demand.smaller(&self.plan, budget)) {
            self.plan = self.plan.with_short_side(side)?;
        }
        self.sound(budget.sound_kbit, loudness, PASSES.0)?;
        let sound = size(&self.work.job.folder().join(self.plan.sound_name()))?;
        budget = budget.with_sound(&self.plan, most, sound);
        let (mut kept, mut smallest) = (None, u64::MAX);
        for again in 0..=AGAIN {
            self.passes(budget, sizes, again == 0)?;
            let made = self.join()?;
            let bytes = made.facts.bytes;
            smallest = smallest.min(bytes);
            if bytes <= most && (again > 0 || is_full(bytes, most) || self.plan.is_held_back(budget)) {
                return Ok(made);
            }
            if bytes <= most {
                self.rename(&self.plan.output_name(), KEPT_FILE)?;
                kept = Some(made);
            } else if let Some(kept) = kept {
                self.rename(KEPT_FILE, &self.plan.output_name())?;
                return Ok(kept);
            }
            budget = budget.corrected(&self.plan, bytes, most);
        }
        // Promised is promised: a file that is too large is none.
        Err(Error::TooSmall { asked: most, least: enough_for(smallest) })
    }

    fn passes(&mut self, budget: Budget, sizes: &[u64], first: bool) -> Result<(), Error> {
        let all = self.plan.frames();
        let total: u64 = sizes.iter().sum();
        let at = |frames: u64| PASSES.0 + (PASSES.1 - PASSES.0) * frames / all.max(1);
        for (number, own) in sizes.iter().enumerate() {
            let window = self.windows[number].clone();
            let frames = (window.end - window.start).max(1);
            let part = *own as f64 / total.max(1) as f64 * (all as f64 / frames as f64);
            let bits = (budget.picture as f64 * part) as u64;
            let half = at(window.start + frames / 2);
            if first {
                self.enter(number)?;
                self.pass(number, &Pass::First(bits, budget.sound_kbit), (at(window.start), half))?;
            }
            self.pass(number, &Pass::Second(bits, budget.sound_kbit), (half, at(window.end)))?;
            self.take(number)?;
        }
        Ok(())
    }
}
