//! Where a decoder stands, and what a line says.

/// Where in the stream the next byte falls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum At {
    /// At the very start, with so many bytes of a byte order mark behind.
    Bom { matched: u8 },
    /// At the start of a line.
    Line,
    /// The same, but an LF would still belong to the CR before it.
    AfterCr,
    /// Inside the name of a field.
    Name,
    /// Behind the colon, where one space may be dropped.
    ValueStart(Field),
    /// Inside the value.
    Value(Field),
    /// Inside a line that means nothing: a comment, an unknown field, an event beyond the limit.
    Ignored,
}

const BOM: [u8; 3] = *b"\xEF\xBB\xBF";

impl At {
    pub(super) fn is_inside_line(self) -> bool {
        match self {
            Self::Bom { matched } => matched > 0,
            Self::Line | Self::AfterCr => false,
            Self::Name | Self::ValueStart(_) | Self::Value(_) | Self::Ignored => true,
        }
    }

    /// Drops a byte order mark. One that breaks off is content: the start of a name that no field has.
    pub(super) fn skip_bom(&mut self, input: &mut &[u8]) {
        while let (Self::Bom { matched }, Some((byte, rest))) = (*self, input.split_first()) {
            if *byte != BOM[usize::from(matched)] {
                *self = if matched == 0 { Self::Line } else { Self::Ignored };
                return;
            }
            *input = rest;
            *self = if usize::from(matched) + 1 == BOM.len() { Self::Line } else { Self::Bom { matched: matched + 1 } };
        }
    }

    pub(super) fn skip_lf(&mut self, input: &mut &[u8]) {
        if *self == Self::AfterCr && !input.is_empty() {
            *input = input.strip_prefix(b"\n").unwrap_or(input);
            *self = Self::Line;
        }
    }
}

/// A field that means something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    Data,
    Event,
    Id,
    Retry,
}

impl Field {
    fn named(name: &[u8]) -> Option<Self> {
        match name {
            b"data" => Some(Self::Data),
            b"event" => Some(Self::Event),
            b"id" => Some(Self::Id),
            b"retry" => Some(Self::Retry),
            _ => None,
        }
    }
}

/// The field and the value of a whole line; `None` for a comment or an unknown field.
pub(super) fn split(line: &[u8]) -> Option<(Field, &[u8])> {
    let mut name = Name::default();
    match name.push(line) {
        Some((field, value)) => field.map(|field| (field, without_space(value))),
        None => name.field().map(|field| (field, &line[line.len()..])),
    }
}

/// One space behind the colon is not part of the value.
#[inline]
pub(super) fn without_space(value: &[u8]) -> &[u8] {
    value.strip_prefix(b" ").unwrap_or(value)
}

const LONGEST_NAME: usize = 5;

/// The name of a field as far as it came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Name {
    bytes: [u8; LONGEST_NAME],
    len: usize,
}

impl Name {
    /// Takes bytes up to the colon. `Some` once the name is settled: its field if it has one, and what follows the colon.
    pub(super) fn push<'i>(&mut self, piece: &'i [u8]) -> Option<(Option<Field>, &'i [u8])> {
        for (at, byte) in piece.iter().enumerate() {
            if *byte == b':' {
                return Some((self.field(), &piece[at + 1..]));
            }
            let Some(free) = self.bytes.get_mut(self.len) else {
                return Some((None, &[]));
            };
            *free = *byte;
            self.len += 1;
        }
        None
    }

    pub(super) fn field(&self) -> Option<Field> {
        Field::named(&self.bytes[..self.len])
    }

    pub(super) fn is_empty(&self) -> bool {
        self.len == 0
    }
}

/// A number read digit by digit, so that a value of any length holds no byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Digits {
    value: Option<u64>,
    any: bool,
}

impl Default for Digits {
    fn default() -> Self {
        Self { value: Some(0), any: false }
    }
}

impl Digits {
    pub(super) fn of(value: &[u8]) -> Self {
        let mut digits = Self::default();
        digits.push(value);
        digits
    }

    pub(super) fn push(&mut self, piece: &[u8]) {
        for byte in piece {
            let digit = byte.is_ascii_digit().then(|| u64::from(byte - b'0'));
            self.value = self.value.and_then(|value| value.checked_mul(10)?.checked_add(digit?));
            self.any = true;
        }
    }

    /// The number, if there were digits, nothing but digits, and not too many for 64 bits.
    pub(super) fn value(self) -> Option<u64> {
        self.value.filter(|_| self.any)
    }
}
