//! Frame rates and pixel shapes as exact fractions.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A ratio of two whole numbers, as containers state frame rates and pixel shapes.
///
/// Always in lowest terms, and neither part is ever zero: a container's `0/0` is no ratio at all
/// and becomes `None` where it is read.
///
/// ```
/// use weixin_video_studio::Rational;
/// let ntsc = Rational::new(60_000, 2_002).expect("not zero");
/// assert_eq!(ntsc.to_string(), "30000/1001");
/// assert_eq!(ntsc.rounded(90), 90 * 30_000 / 1001);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "(u32, u32)", into = "(u32, u32)")]
pub struct Rational {
    num: u32,
    den: u32,
}

impl Rational {
    /// One to one.
    pub const ONE: Self = Self { num: 1, den: 1 };

    /// The ratio in lowest terms, or `None` when either part is zero.
    pub fn new(num: u32, den: u32) -> Option<Self> {
        if num == 0 || den == 0 {
            return None;
        }
        let common = gcd(num, den);
        Some(Self { num: num / common, den: den / common })
    }

    /// A whole number, or `None` for zero.
    pub fn whole(value: u32) -> Option<Self> {
        Self::new(value, 1)
    }

    /// A whole number that is known not to be zero.
    pub(crate) const fn of(value: std::num::NonZeroU32) -> Self {
        Self { num: value.get(), den: 1 }
    }

    /// The upper part.
    pub fn num(self) -> u32 {
        self.num
    }

    /// The lower part.
    pub fn den(self) -> u32 {
        self.den
    }

    /// The nearest floating-point value, for comparing and for showing.
    pub fn value(self) -> f64 {
        f64::from(self.num) / f64::from(self.den)
    }

    /// `count` times this ratio, to the nearest whole number; halves go up.
    pub fn rounded(self, count: u64) -> u64 {
        let (num, den) = (u128::from(self.num), u128::from(self.den));
        let value = (u128::from(count) * num * 2 + den) / (den * 2);
        u64::try_from(value).unwrap_or(u64::MAX)
    }

    /// The ratio upside down.
    #[must_use]
    pub fn inverse(self) -> Self {
        Self { num: self.den, den: self.num }
    }

    /// Reads `30000/1001`, `16:15` or `25`; `None` for anything else, `0/0` and `N/A` included.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let (num, den) = text.split_once(['/', ':']).unwrap_or((text, "1"));
        Self::new(num.parse().ok()?, den.parse().ok()?)
    }
}

impl fmt::Display for Rational {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.den {
            1 => write!(f, "{}", self.num),
            den => write!(f, "{}/{den}", self.num),
        }
    }
}

impl TryFrom<(u32, u32)> for Rational {
    type Error = &'static str;

    fn try_from((num, den): (u32, u32)) -> Result<Self, Self::Error> {
        Self::new(num, den).ok_or("a ratio with a zero in it")
    }
}

impl From<Rational> for (u32, u32) {
    fn from(ratio: Rational) -> Self {
        (ratio.num, ratio.den)
    }
}

fn gcd(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { gcd(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_ways_ffprobe_writes_a_ratio() {
        assert_eq!(Rational::read("30000/1001"), Rational::new(30_000, 1001));
        assert_eq!(Rational::read("16:15"), Rational::new(16, 15));
        assert_eq!(Rational::read("25"), Rational::whole(25));
        for nothing in ["0/0", "0:1", "1/0", "N/A", "", "-5/1", "99999999999/1"] {
            assert_eq!(Rational::read(nothing), None, "{nothing}");
        }
    }

    #[test]
    fn rounds_to_the_nearest_and_never_overflows() {
        let half = Rational::new(1, 2).unwrap();
        assert_eq!(half.rounded(3), 2);
        assert_eq!(half.rounded(2), 1);
        assert_eq!(Rational::whole(u32::MAX).unwrap().rounded(u64::MAX), u64::MAX);
    }
}
