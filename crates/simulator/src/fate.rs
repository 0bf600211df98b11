//! What decides: a list of numbers. Drawn from a seed at first, read back when a session is replayed or shrunk.
//!
//! Zero is always the plain thing: no fault, the first shape, the usual time. A list that ends early goes on with
//! zeros, so that every list of numbers is a session, and a shorter one a simpler session.

use crate::fault::Fault;
use crate::stats::Stats;

/// Where the numbers come from, and who keeps count of what they led to.
#[derive(Debug)]
pub(crate) struct Fate {
    given: Vec<u32>,
    dice: Option<Dice>,
    taken: Vec<u32>,
    /// Faults in ten thousand chances.
    pub(crate) rate: u32,
    pub(crate) stats: Stats,
    story: Option<Vec<String>>,
}

/// Out of this many chances.
const CHANCES: u32 = 10_000;
/// A session that decides more often than this runs in a circle.
const MOST: usize = 200_000;

impl Fate {
    /// The session `index` of `seed`.
    pub(crate) fn drawn(seed: u64, index: u64) -> Self {
        Self::new(Vec::new(), Some(Dice::new(seed, index)))
    }

    /// The session these decisions make.
    pub(crate) fn given(decisions: Vec<u32>) -> Self {
        Self::new(decisions, None)
    }

    fn new(given: Vec<u32>, dice: Option<Dice>) -> Self {
        Self { given, dice, taken: Vec::new(), rate: 0, stats: Stats::default(), story: None }
    }

    /// Keeps the story from now on.
    pub(crate) fn telling(mut self) -> Self {
        self.story = Some(Vec::new());
        self
    }

    /// A number below `n`; 0 is the plain choice.
    pub(crate) fn below(&mut self, n: u32) -> u32 {
        let number = match (self.given.get(self.taken.len()), &mut self.dice) {
            (Some(&given), _) => given.min(n.saturating_sub(1)),
            (None, Some(dice)) if self.taken.len() < MOST => dice.below(n),
            (None, _) => 0,
        };
        self.taken.push(number);
        number
    }

    /// True in `in_ten_thousand` of ten thousand cases.
    pub(crate) fn odds(&mut self, in_ten_thousand: u32) -> bool {
        self.below(CHANCES) >= CHANCES - in_ten_thousand.min(CHANCES)
    }

    /// One of these, all as likely.
    pub(crate) fn of<T: Copy>(&mut self, choices: &[T]) -> T {
        let most = u32::try_from(choices.len()).expect("no list of choices is that long");
        choices[self.below(most) as usize]
    }

    /// A number from `low` to `high`.
    pub(crate) fn between(&mut self, low: u64, high: u64) -> u64 {
        let width = u32::try_from(high - low + 1).expect("no range of choices is that wide");
        low + u64::from(self.below(width))
    }

    /// One of these faults, as often as the session's rate says.
    pub(crate) fn strikes(&mut self, faults: &[Fault]) -> Option<Fault> {
        let rate = self.rate;
        self.strikes_at(rate, faults)
    }

    /// One of these faults, at a rate of its own.
    pub(crate) fn strikes_at(&mut self, rate: u32, faults: &[Fault]) -> Option<Fault> {
        if rate == 0 || faults.is_empty() || !self.odds(rate) {
            return None;
        }
        let fault = self.of(faults);
        self.stats.fault(fault);
        self.tell(|| format!("  !! {}: {}", fault.name(), fault.words()));
        Some(fault)
    }

    /// Whether this fault strikes.
    pub(crate) fn is_struck(&mut self, fault: Fault) -> bool {
        self.strikes(&[fault]).is_some()
    }

    /// A line of the story, made only if it is kept.
    pub(crate) fn tell(&mut self, line: impl FnOnce() -> String) {
        if let Some(story) = &mut self.story {
            story.push(line());
        }
    }

    /// All decisions so far.
    pub(crate) fn taken(&self) -> &[u32] {
        &self.taken
    }

    /// The story so far.
    pub(crate) fn story(&mut self) -> Vec<String> {
        self.story.take().unwrap_or_default()
    }
}

/// Splitmix64: small, fast, and the same everywhere.
#[derive(Debug)]
pub(crate) struct Dice(u64);

impl Dice {
    /// The `index`th stream of `seed`.
    pub(crate) fn new(seed: u64, index: u64) -> Self {
        let mut dice = Self(seed ^ index.wrapping_mul(0xd6e8_feb8_6659_fd93));
        Self(dice.next())
    }

    /// 64 random bits.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let x = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    }

    /// A number below `n`.
    pub(crate) fn below(&mut self, n: u32) -> u32 {
        let wide = (self.next() >> 32) * u64::from(n);
        u32::try_from(wide >> 32).expect("the upper half of a product of 32-bit numbers has 32 bits")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_drawn_can_be_given() {
        let mut drawn = Fate::drawn(1, 2);
        let numbers: Vec<u32> = (1..50).map(|n| drawn.below(n)).collect();
        let mut given = Fate::given(drawn.taken().to_vec());
        assert_eq!((1..50).map(|n| given.below(n)).collect::<Vec<_>>(), numbers);
        assert_eq!(given.below(10), 0, "a list that ends early goes on with zeros");
    }

    #[test]
    fn zero_is_no_fault() {
        let mut fate = Fate::given(vec![0]);
        fate.rate = 9_999;
        assert_eq!(fate.strikes(&[Fault::NotSent]), None);
    }
}
