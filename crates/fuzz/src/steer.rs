//! Decisions out of an input: read from its front byte by byte, or made from its end.

/// Decisions, one a byte. After the last there are none.
#[derive(Debug)]
pub(crate) struct Steer<'a>(&'a [u8]);

impl<'a> Steer<'a> {
    pub(crate) fn new(input: &'a [u8]) -> Self {
        Self(input)
    }

    pub(crate) fn next(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    /// The next bytes as they are: as many as the byte before them says, or as are there.
    pub(crate) fn bytes(&mut self) -> &'a [u8] {
        let wanted = usize::from(self.next().unwrap_or(0));
        let (bytes, rest) = self.0.split_at(wanted.min(self.0.len()));
        self.0 = rest;
        bytes
    }
}

/// Numbers made from the last bytes of an input, which stays an input as a whole: a capture needs no decisions
/// written into it, and a change of its end changes them.
#[derive(Debug)]
pub(crate) struct Tail(u64);

impl Tail {
    pub(crate) fn of(input: &[u8]) -> Self {
        let end = &input[input.len().saturating_sub(8)..];
        Self(end.iter().fold(input.len() as u64, |sum, byte| (sum << 8) ^ (sum >> 56) ^ u64::from(*byte)))
    }

    /// A number below `end`, which is not 0. The generator is splitmix64.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((x ^ (x >> 31)) % end as u64).expect("it is below a usize")
    }
}

/// The parts of an input between NUL bytes, as text; parts that are missing are empty.
pub(crate) fn parts<const N: usize>(input: &[u8]) -> [String; N] {
    let mut parts = input.splitn(N, |byte| *byte == 0);
    std::array::from_fn(|_| String::from_utf8_lossy(parts.next().unwrap_or_default()).into_owned())
}
