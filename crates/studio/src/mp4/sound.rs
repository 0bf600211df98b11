//! AAC as it is described in a file.

use super::{
    bits::Bits,
    walk::{Fields, is_tidy, only},
};

/// The sample entry of AAC (`mp4a`).
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Sound<'a> {
    /// As the entry says; players go by the configuration.
    pub(super) channels: u16,
    /// As the entry says, in 65536ths.
    pub(super) rate: u32,
    /// What a decoder needs to buffer, in bytes.
    pub(super) buffer: [u8; 3],
    /// Bits a second at most, and on average.
    pub(super) bit_rates: [[u8; 4]; 2],
    /// The configuration for the decoder.
    pub(super) config: &'a [u8],
}

/// What a configuration says of plain AAC-LC.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Plain {
    /// Samples a second.
    pub(super) rate: u32,
    pub(super) channels: u32,
}

impl<'a> Sound<'a> {
    /// Reads an entry of any of the layouts in use; `None` for another codec than MPEG-4 audio, and for encrypted sound.
    pub(super) fn read(entry: &'a [u8]) -> Option<Self> {
        let mut fields = Fields(entry);
        fields.take(6)?;
        if fields.u16()? != 1 {
            return None;
        }
        let version = fields.u16()?;
        fields.take(6)?;
        let channels = fields.u16()?;
        fields.take(6)?;
        let rate = fields.u32()?;
        let boxes = match version {
            0 => fields.0,
            // QuickTime's, where the description may stand within another box.
            1 => fields.0.get(16..)?,
            _ => return None,
        };
        let within = only(boxes, b"wave").unwrap_or(boxes);
        let described = described(only(within, b"esds").filter(|_| is_tidy(boxes) && is_tidy(within))?)?;
        Some(Self { channels, rate, ..described })
    }

    /// `None` when it isn't plain AAC-LC for sure: a decoder may double the rate of sound that doesn't say it won't.
    pub(super) fn plain(&self) -> Option<Plain> {
        /// Nobody doubles rates from here on.
        const HIGH: u32 = 32_000;
        const RATES: [u32; 13] =
            [96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350];
        let mut bits = Bits::new(self.config);
        let (object, rate, layout) = (bits.take(5)?, bits.take(4)?, bits.take(4)?);
        let rate = *RATES.get(usize::try_from(rate).ok()?)?;
        let channels = match layout {
            1..=6 => layout,
            7 => 8,
            _ => return None,
        };
        // Frames of 1024 samples, no core coder, no extension of this part.
        if object != 2 || bits.take(3)? != 0 {
            return None;
        }
        let doubles = match bits.left() {
            0..16 => rate < HIGH,
            _ => bits.take(11)? != 0x2b7 || bits.take(5)? != 5 || bits.take(1)? != 0,
        };
        (!doubles).then_some(Plain { rate, channels })
    }
}

/// Reads `esds`: descriptors within descriptors.
fn described(content: &[u8]) -> Option<Sound<'_>> {
    let mut fields = Fields(content);
    fields.version()?;
    let (mut stream, _) = descriptor(fields, 3)?;
    stream.u16()?;
    // Sound that depends on another stream, or lies elsewhere.
    if stream.u8()? & 0xe0 != 0 {
        return None;
    }
    let (mut decoder, _) = descriptor(stream, 4)?;
    // MPEG-4 audio, in a stream of sound that flows downwards.
    if decoder.u8()? != 0x40 || decoder.u8()? >> 1 != 0x15 >> 1 {
        return None;
    }
    let buffer = decoder.bytes()?;
    let bit_rates = [decoder.bytes()?, decoder.bytes()?];
    let (config, _) = descriptor(decoder, 5)?;
    let config = (2..=64).contains(&config.0.len()).then_some(config.0)?;
    Some(Sound { channels: 0, rate: 0, buffer, bit_rates, config })
}

/// The content of the descriptor that stands here, and what follows it.
fn descriptor(mut fields: Fields<'_>, tag: u8) -> Option<(Fields<'_>, Fields<'_>)> {
    if fields.u8()? != tag {
        return None;
    }
    let mut length = 0;
    for _ in 0..4 {
        let byte = fields.u8()?;
        length = length << 7 | usize::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return Some((Fields(fields.take(length)?), fields));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(config: &[u8]) -> Option<(u32, u32)> {
        let sound = Sound { channels: 2, rate: 0, buffer: [0; 3], bit_rates: [[0; 4]; 2], config };
        sound.plain().map(|plain| (plain.rate, plain.channels))
    }

    type Case = (&'static [u8], Option<(u32, u32)>);

    #[test]
    fn only_sound_that_no_decoder_doubles_is_plain() {
        let cases: [Case; 9] = [
            (b"\x11\x90", Some((48_000, 2))),
            (b"\x12\x10", Some((44_100, 2))),
            (b"\x11\xb0", Some((48_000, 6))),
            // Low rates may be doubled, unless it is said that they aren't.
            (b"\x14\x08", None),
            (b"\x14\x08\x56\xe5\x00", Some((16_000, 1))),
            (b"\x14\x08\x56\xe5\x80", None),
            (b"\x2b\x11\x88\x00", None),
            (b"\x09\x90", None),
            (b"\x11", None),
        ];
        for (config, expected) in cases {
            assert_eq!(plain(config), expected, "{config:02x?}");
        }
    }

    #[test]
    fn descriptions_that_lead_elsewhere_or_dont_end_are_no_descriptions() {
        let good = b"\0\0\0\0\x03\x16\0\0\0\x04\x11\x40\x15\0\0\0\0\0\0\0\0\0\0\0\x05\x02\x11\x90";
        assert_eq!(described(good).map(|sound| sound.config), Some(&b"\x11\x90"[..]));
        for (at, byte) in [(5, 0x17), (8, 0x40), (8, 0x80), (11, 0x69), (12, 0x11), (25, 3), (25, 1)] {
            let mut broken = good.to_vec();
            broken[at] = byte;
            assert_eq!(described(&broken), None, "{at}");
        }
        assert_eq!(described(b"\0\0\0\0\x03\xff\xff\xff\xff\x16"), None);
    }
}
