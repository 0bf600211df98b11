//! Bits, from the front.

/// A reader of bits that ends where its bytes end.
#[derive(Debug, Clone)]
pub(super) struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Bits<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// How many are left.
    pub(super) fn left(&self) -> usize {
        self.bytes.len() * 8 - self.at
    }

    pub(super) fn bit(&mut self) -> Option<bool> {
        let byte = self.bytes.get(self.at / 8)?;
        let bit = byte >> (7 - self.at % 8) & 1 == 1;
        self.at += 1;
        Some(bit)
    }

    /// A number of so many bits, at most 32.
    pub(super) fn take(&mut self, count: u32) -> Option<u32> {
        (0..count).try_fold(0, |number: u32, _| Some(number << 1 | u32::from(self.bit()?)))
    }

    /// A number of H.264's (`ue`): the more zeros come first, the larger it is.
    pub(super) fn unsigned(&mut self) -> Option<u32> {
        let mut zeros = 0;
        while !self.bit()? {
            zeros += 1;
            if zeros > 31 {
                return None;
            }
        }
        Some((1 << zeros) - 1 + self.take(zeros)?)
    }

    /// The same with a sign (`se`): 0, 1, -1, 2…
    pub(super) fn signed(&mut self) -> Option<i64> {
        let number = i64::from(self.unsigned()?);
        Some(if number % 2 == 1 { number / 2 + 1 } else { -(number / 2) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_and_the_end_is_an_end() {
        // 1, 010, 011, 00100, 00101
        let mut bits = Bits::new(&[0b1010_0110, 0b0100_0010, 0b1000_0000]);
        assert_eq!([bits.unsigned(), bits.unsigned(), bits.unsigned()], [Some(0), Some(1), Some(2)]);
        assert_eq!((bits.unsigned(), bits.signed()), (Some(3), Some(-2)));
        assert_eq!((bits.left(), bits.take(6), bits.take(1)), (7, Some(0), Some(0)));
        assert_eq!(Bits::new(&[0; 16]).unsigned(), None, "more zeros than a number has");
        assert_eq!(Bits::new(&[0, 0, 0, 1, 255, 255, 255, 255]).unsigned(), Some(u32::MAX - 1));
    }
}
