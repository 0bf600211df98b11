//! H.264 as it is described in a file: what its parameter sets say of size, samples and colours.

use super::{bits::Bits, walk::Fields};

/// The configuration of a decoder (`avcC`) with one set of each kind, as cameras and encoders write it.
#[derive(Debug)]
pub(super) struct Config<'a> {
    /// Bytes before each unit of a sample that tell its length.
    pub(super) length_bytes: usize,
    /// The sequence parameter set, with its header.
    pub(super) sequence: &'a [u8],
    /// The picture parameter set, with its header.
    pub(super) picture: &'a [u8],
}

/// What a sequence parameter set says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sequence {
    pub(super) id: u32,
    pub(super) profile: u8,
    /// Constraint flags, the first one the highest bit.
    pub(super) constraints: u8,
    pub(super) level: u8,
    /// 0 for grey, 1 for 4:2:0, 2 for 4:2:2, 3 for 4:4:4.
    pub(super) chroma: u32,
    pub(super) depth: u32,
    /// Pixels of a frame, what is cut off aside.
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) usage: Usage,
}

/// How the pictures are meant to be shown (VUI).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Usage {
    /// The shape of a pixel, width to height, where it is told.
    pub(super) shape: Option<(u32, u32)>,
    /// Whether samples use their full range, where it is told.
    pub(super) full_range: Option<bool>,
    /// Primaries, transfer and matrix, where they are told.
    pub(super) color: Option<[u8; 3]>,
    /// Where each picture may say how its fields are shown: the bits that come before that.
    pub(super) before_fields: Option<u32>,
}

impl<'a> Config<'a> {
    pub(super) fn read(content: &'a [u8]) -> Option<Self> {
        let mut fields = Fields(content);
        if fields.u8()? != 1 {
            return None;
        }
        fields.take(3)?;
        let length_bytes = usize::from(fields.u8()? & 3) + 1;
        let one = fields.u8()? & 0x1f == 1;
        let length = fields.u16()?;
        let sequence =
            fields.take(length.into()).filter(|set| one && set.first().is_some_and(|head| head & 0x1f == 7))?;
        let one = fields.u8()? == 1;
        let length = fields.u16()?;
        let picture =
            fields.take(length.into()).filter(|set| one && set.first().is_some_and(|head| head & 0x1f == 8))?;
        (length_bytes != 3).then_some(Self { length_bytes, sequence, picture })
    }

    /// What the sequence says; `None` for anything that isn't known or where the picture's set isn't for it.
    pub(super) fn sequence(&self) -> Option<Sequence> {
        let unescaped = unescaped(self.sequence.get(1..)?);
        let found = sequence(&mut Bits::new(&unescaped))?;
        let (_, of, fields_apart) = self.picture()?;
        (of == found.id && !fields_apart).then_some(found)
    }

    /// The picture set's number, that of its sequence, and whether fields of a frame may be of different moments.
    fn picture(&self) -> Option<(u32, u32, bool)> {
        let unescaped = unescaped(self.picture.get(1..)?);
        let mut bits = Bits::new(&unescaped);
        let (id, of) = (bits.unsigned()?, bits.unsigned()?);
        bits.bit()?;
        Some((id, of, bits.bit()?))
    }

    /// Whether a sample begins with a slice of a picture that goes by these sets and by no other, and is shown as a whole.
    pub(super) fn opens(&self, sample: &[u8], sequence: &Sequence) -> bool {
        let mut rest = Fields(sample);
        while let Some(unit) = self.unit(&mut rest) {
            let goes_on = match unit.first().map(|head| head & 0x1f) {
                Some(1 | 5) => return self.is_slice(unit),
                Some(6) => shown_whole(unit, sequence),
                Some(7) => unit == self.sequence,
                Some(8) => unit == self.picture,
                Some(9 | 12) => true,
                _ => false,
            };
            if !goes_on {
                return false;
            }
        }
        false
    }

    /// The next unit of a sample; the last one may be cut off, as only the front of a sample is looked at.
    fn unit<'u>(&self, rest: &mut Fields<'u>) -> Option<&'u [u8]> {
        let length = rest.take(self.length_bytes)?.iter().fold(0, |length, byte| length << 8 | usize::from(*byte));
        rest.take(length.min(rest.0.len())).filter(|unit| !unit.is_empty())
    }

    fn is_slice(&self, unit: &[u8]) -> bool {
        let read = || {
            let unescaped = unescaped(unit.get(1..unit.len().min(32))?);
            let mut bits = Bits::new(&unescaped);
            let (first, kind, set) = (bits.unsigned()?, bits.unsigned()?, bits.unsigned()?);
            Some(unit.first()? & 0x80 == 0 && first == 0 && kind < 10 && set == self.picture()?.0)
        };
        read().unwrap_or(false)
    }
}

/// Whether nothing in a unit of notes (SEI) says that frames are shown as two fields, or in other colours.
fn shown_whole(unit: &[u8], sequence: &Sequence) -> bool {
    const TIMING: usize = 1;
    const OTHER_TRANSFER: usize = 147;
    let unescaped = unescaped(unit.get(1..).unwrap_or_default());
    let mut rest = Fields(&unescaped);
    // What is left at the end is a stop bit.
    while rest.0.len() > 2 {
        let (Some(kind), Some(length)) = (number(&mut rest), number(&mut rest)) else { return false };
        let Some(note) = rest.take(length) else { return false };
        let whole = match (kind, sequence.usage.before_fields) {
            (TIMING, Some(before)) => fields(note, before) == Some(0),
            (OTHER_TRANSFER, _) => false,
            _ => true,
        };
        if !whole {
            return false;
        }
    }
    true
}

/// A number of notes: 255 and more are told by as many bytes of 255.
fn number(rest: &mut Fields<'_>) -> Option<usize> {
    let mut number = 0;
    loop {
        let byte = rest.u8()?;
        number += usize::from(byte);
        if byte != 255 {
            return Some(number);
        }
    }
}

/// How the fields are shown: 0 for a whole frame.
fn fields(note: &[u8], before: u32) -> Option<u32> {
    let mut bits = Bits::new(note);
    for _ in 0..before {
        bits.bit()?;
    }
    bits.take(4)
}

/// Without the bytes that keep three zeros from standing together.
fn unescaped(unit: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(unit.len());
    let mut zeros = 0;
    for byte in unit {
        if zeros >= 2 && *byte == 3 {
            zeros = 0;
            continue;
        }
        zeros = if *byte == 0 { zeros + 1 } else { 0 };
        bytes.push(*byte);
    }
    bytes
}

fn sequence(bits: &mut Bits<'_>) -> Option<Sequence> {
    let byte = |bits: &mut Bits<'_>| u8::try_from(bits.take(8)?).ok();
    let (profile, constraints, level) = (byte(bits)?, byte(bits)?, byte(bits)?);
    let id = bits.unsigned()?;
    let (chroma, depth) = samples(bits, profile)?;
    skip_order(bits)?;
    bits.unsigned()?;
    bits.bit()?;
    let (width, height) = (blocks(bits)?, blocks(bits)?);
    // Fields are for somebody who decodes.
    if !bits.bit()? {
        return None;
    }
    bits.bit()?;
    let (width, height) = cropped(bits, (width, height), chroma)?;
    let usage = if bits.bit()? { usage(bits)? } else { Usage::default() };
    Some(Sequence { id, profile, constraints, level, chroma, depth, width, height, usage })
}

/// Chroma and depth of the samples.
fn samples(bits: &mut Bits<'_>, profile: u8) -> Option<(u32, u32)> {
    if !matches!(profile, 100 | 110 | 122 | 244 | 44 | 83 | 86 | 118 | 128) {
        return Some((1, 8));
    }
    let chroma = bits.unsigned().filter(|chroma| *chroma <= 3)?;
    let planes_apart = chroma == 3 && bits.bit()?;
    let (luma, color) = (bits.unsigned()?, bits.unsigned()?);
    let lossless = bits.bit()?;
    if planes_apart || lossless || luma != color || luma > 6 {
        return None;
    }
    if bits.bit()? {
        let lists = if chroma == 3 { 12 } else { 8 };
        for list in 0..lists {
            if bits.bit()? {
                skip_list(bits, if list < 6 { 16 } else { 64 })?;
            }
        }
    }
    Some((chroma, 8 + luma))
}

fn skip_list(bits: &mut Bits<'_>, size: u32) -> Option<()> {
    let (mut last, mut next) = (8i64, 8i64);
    for _ in 0..size {
        if next != 0 {
            next = (last + bits.signed()?).rem_euclid(256);
        }
        last = if next == 0 { last } else { next };
    }
    Some(())
}

/// How pictures are numbered and ordered.
fn skip_order(bits: &mut Bits<'_>) -> Option<()> {
    bits.unsigned()?;
    match bits.unsigned()? {
        0 => {
            bits.unsigned()?;
        }
        1 => {
            bits.bit()?;
            bits.signed()?;
            bits.signed()?;
            for _ in 0..bits.unsigned().filter(|count| *count < 256)? {
                bits.signed()?;
            }
        }
        2 => {}
        _ => return None,
    }
    Some(())
}

/// A length in blocks of 16 pixels.
fn blocks(bits: &mut Bits<'_>) -> Option<u32> {
    bits.unsigned().filter(|count| *count < 4096).map(|count| (count + 1) * 16)
}

/// Decoders differ in what they do with what is cut off above and on the left.
fn cropped(bits: &mut Bits<'_>, (width, height): (u32, u32), chroma: u32) -> Option<(u32, u32)> {
    if !bits.bit()? {
        return Some((width, height));
    }
    let (left, right, top, bottom) = (bits.unsigned()?, bits.unsigned()?, bits.unsigned()?, bits.unsigned()?);
    let across = if matches!(chroma, 1 | 2) { 2 } else { 1 };
    let down = if chroma == 1 { 2 } else { 1 };
    let width = width.checked_sub(right.checked_mul(across)?).filter(|width| *width > 0)?;
    let height = height.checked_sub(bottom.checked_mul(down)?).filter(|height| *height > 0)?;
    (left == 0 && top == 0).then_some((width, height))
}

fn usage(bits: &mut Bits<'_>) -> Option<Usage> {
    let mut usage = Usage::default();
    if bits.bit()? {
        usage.shape = shape(bits)?;
    }
    if bits.bit()? {
        bits.bit()?;
    }
    if bits.bit()? {
        bits.take(3)?;
        usage.full_range = Some(bits.bit()?);
        if bits.bit()? {
            let colors = bits.take(24)?.to_be_bytes();
            usage.color = Some([colors[1], colors[2], colors[3]]);
        }
    }
    if bits.bit()? {
        bits.unsigned()?;
        bits.unsigned()?;
    }
    if bits.bit()? {
        bits.take(32)?;
        bits.take(32)?;
        bits.bit()?;
    }
    let delays = buffers(bits)?;
    usage.before_fields = bits.bit()?.then_some(delays);
    Some(usage)
}

/// The shape of a pixel; the inner `None` where it is said that it isn't known.
fn shape(bits: &mut Bits<'_>) -> Option<Option<(u32, u32)>> {
    const SHAPES: [(u32, u32); 17] = [
        (0, 1),
        (1, 1),
        (12, 11),
        (10, 11),
        (16, 11),
        (40, 33),
        (24, 11),
        (20, 11),
        (32, 11),
        (80, 33),
        (18, 11),
        (15, 11),
        (64, 33),
        (160, 99),
        (4, 3),
        (3, 2),
        (2, 1),
    ];
    let shape = match bits.take(8)? {
        255 => (bits.take(16)?, bits.take(16)?),
        known => *SHAPES.get(usize::try_from(known).ok()?)?,
    };
    Some((shape.0 > 0 && shape.1 > 0).then_some(shape))
}

/// How a decoder's buffer is filled; the result is how many bits of each picture's timing that takes.
fn buffers(bits: &mut Bits<'_>) -> Option<u32> {
    let mut delays = 0;
    let mut told = false;
    for _ in 0..2 {
        if bits.bit()? {
            told = true;
            let count = bits.unsigned().filter(|count| *count < 32)? + 1;
            bits.take(8)?;
            for _ in 0..count {
                bits.unsigned()?;
                bits.unsigned()?;
                bits.bit()?;
            }
            bits.take(5)?;
            delays = bits.take(5)? + 1 + bits.take(5)? + 1;
            bits.take(5)?;
        }
    }
    if told {
        bits.bit()?;
    }
    Some(delays)
}
