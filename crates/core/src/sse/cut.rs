//! Lines that chunk borders cut.

use memchr::memchr2;

use super::line::{self, At, Digits, Field, Name};
use super::{Decoder, TooLarge};

impl Decoder {
    /// Goes on where the last chunk ended; `false` if this one ends before the next line begins.
    #[inline]
    pub(super) fn resume(&mut self, input: &mut &[u8]) -> Result<bool, TooLarge> {
        if self.at != At::Value(Field::Data) {
            return self.resume_other(input);
        }
        let line = *input;
        let Some(end) = memchr2(b'\n', b'\r', line) else {
            *input = &[];
            return self.push_value(Field::Data, line).map(|()| false);
        };
        self.at = At::Line;
        *input = self.past_line_end(&line[end..]);
        self.block.extend(Field::Data, &line[..end]).map(|()| true)
    }

    fn resume_other(&mut self, input: &mut &[u8]) -> Result<bool, TooLarge> {
        self.at.skip_bom(input);
        self.at.skip_lf(input);
        if !self.at.is_inside_line() || input.is_empty() {
            return Ok(!input.is_empty());
        }
        let end = memchr2(b'\n', b'\r', input);
        let (piece, rest) = input.split_at(end.unwrap_or(input.len()));
        *input = rest;
        let pushed = self.push(piece);
        if end.is_none() {
            return pushed.map(|()| false);
        }
        let at = std::mem::replace(&mut self.at, At::Line);
        *input = self.past_line_end(rest);
        pushed?;
        self.end_line(at).map(|()| true)
    }

    pub(super) fn begin_line(&mut self) {
        self.at = At::Name;
        self.name = Name::default();
    }

    /// Takes a piece of a line.
    pub(super) fn push(&mut self, mut piece: &[u8]) -> Result<(), TooLarge> {
        if self.at == At::Name {
            let Some((field, value)) = self.name.push(piece) else {
                return Ok(());
            };
            piece = value;
            self.comments += u64::from(self.name.is_empty());
            match field {
                Some(field) => self.begin_value(field)?,
                None => self.at = At::Ignored,
            }
        }
        match self.at {
            At::ValueStart(field) | At::Value(field) => self.push_value(field, piece),
            At::Bom { .. } | At::Line | At::AfterCr | At::Name | At::Ignored => Ok(()),
        }
    }

    pub(super) fn begin_value(&mut self, field: Field) -> Result<(), TooLarge> {
        self.at = if self.block.ignores(field) { At::Ignored } else { At::ValueStart(field) };
        self.digits = Digits::default();
        self.block.begin(field).inspect_err(|_| self.at = At::Ignored)
    }

    #[inline]
    pub(super) fn push_value(&mut self, field: Field, mut piece: &[u8]) -> Result<(), TooLarge> {
        if self.at == At::ValueStart(field) && !piece.is_empty() {
            piece = line::without_space(piece);
            self.at = At::Value(field);
        }
        match field {
            Field::Retry => self.digits.push(piece),
            Field::Data | Field::Event | Field::Id => {
                self.block.extend(field, piece).inspect_err(|_| self.at = At::Ignored)?;
            }
        }
        Ok(())
    }

    fn end_line(&mut self, at: At) -> Result<(), TooLarge> {
        match at {
            At::Name => {
                if let Some(field) = self.name.field() {
                    self.block.begin(field)?;
                    self.block.end(field);
                }
            }
            At::ValueStart(Field::Retry) | At::Value(Field::Retry) => self.take_retry(self.digits),
            At::ValueStart(field) | At::Value(field) => self.block.end(field),
            At::Bom { .. } | At::Line | At::AfterCr | At::Ignored => {}
        }
        Ok(())
    }
}
