//! The event that is being read: what chunk borders left behind of it, and the ids.

use super::line::Field;
use super::{Event, TooLarge};

/// Values of the event in hand that lie whole in the chunk in hand, and so need no copy.
#[derive(Default)]
pub(super) struct Fresh<'i> {
    data: Option<&'i [u8]>,
    event_type: Option<&'i [u8]>,
}

/// The values of the event in hand that had to be copied. While there is data here, no `Fresh` has any.
#[derive(Clone, Debug)]
pub(super) struct Block {
    limit: usize,
    data: Vec<u8>,
    has_data: bool,
    event_type: Vec<u8>,
    /// The value of a cut `event` or `id` line, until the line ends.
    cut: Vec<u8>,
    id: Vec<u8>,
    has_id: bool,
    last_event_id: Vec<u8>,
    /// The event went beyond the limit: nothing counts until the blank line.
    discarding: bool,
    /// The values were handed out and are cleared before the next byte.
    delivered: bool,
}

impl Block {
    pub(super) fn new(limit: usize) -> Self {
        Self {
            limit,
            data: Vec::new(),
            has_data: false,
            event_type: Vec::new(),
            cut: Vec::new(),
            id: Vec::new(),
            has_id: false,
            last_event_id: Vec::new(),
            discarding: false,
            delivered: false,
        }
    }

    pub(super) fn seed_id(&mut self, id: Vec<u8>) {
        self.last_event_id = id;
    }

    pub(super) fn last_event_id(&self) -> &[u8] {
        &self.last_event_id
    }

    pub(super) fn capacity(&self) -> usize {
        [&self.data, &self.event_type, &self.cut, &self.id, &self.last_event_id].map(Vec::capacity).iter().sum()
    }

    /// Something of an event came, and its blank line did not.
    pub(super) fn is_open(&self) -> bool {
        !self.delivered && (self.has_data || self.has_id || self.discarding || !self.event_type.is_empty())
    }

    // Whole lines.

    #[inline]
    pub(super) fn data_line<'i>(&mut self, fresh: &mut Fresh<'i>, value: &'i [u8]) -> Result<(), TooLarge> {
        if self.discarding {
            return Ok(());
        }
        if fresh.data.is_none() && !self.has_data {
            self.check(value.len())?;
            fresh.data = Some(value);
            return Ok(());
        }
        self.keep_data(fresh.data.take());
        self.begin(Field::Data)?;
        self.extend(Field::Data, value)
    }

    pub(super) fn event_line<'i>(&mut self, fresh: &mut Fresh<'i>, value: &'i [u8]) -> Result<(), TooLarge> {
        if !self.discarding {
            self.check(value.len())?;
            fresh.event_type = Some(value);
        }
        Ok(())
    }

    pub(super) fn id_line(&mut self, value: &[u8]) -> Result<(), TooLarge> {
        if !self.discarding {
            self.check(value.len())?;
            if memchr::memchr(0, value).is_none() {
                self.id.clear();
                self.id.extend_from_slice(value);
                self.has_id = true;
            }
        }
        Ok(())
    }

    /// Copies what the end of the chunk would take away.
    #[inline]
    pub(super) fn keep(&mut self, fresh: Fresh<'_>) {
        self.keep_data(fresh.data);
        if let Some(value) = fresh.event_type.filter(|_| !self.discarding) {
            self.event_type.clear();
            self.event_type.extend_from_slice(value);
        }
    }

    fn keep_data(&mut self, data: Option<&[u8]>) {
        if let Some(value) = data.filter(|_| !self.discarding) {
            self.data.extend_from_slice(value);
            self.has_data = true;
        }
    }

    // Cut lines: `begin`, any number of `extend` unless the field is ignored, `end`.

    pub(super) fn ignores(&self, field: Field) -> bool {
        self.discarding && field != Field::Retry
    }

    pub(super) fn begin(&mut self, field: Field) -> Result<(), TooLarge> {
        self.cut.clear();
        if field == Field::Data && !self.discarding {
            if self.has_data {
                self.check(self.data.len() + 1)?;
                self.data.push(b'\n');
            }
            self.has_data = true;
        }
        Ok(())
    }

    #[inline]
    pub(super) fn extend(&mut self, field: Field, piece: &[u8]) -> Result<(), TooLarge> {
        let have = if field == Field::Data { self.data.len() } else { self.cut.len() };
        self.check(have + piece.len())?;
        let value = if field == Field::Data { &mut self.data } else { &mut self.cut };
        value.extend_from_slice(piece);
        Ok(())
    }

    pub(super) fn end(&mut self, field: Field) {
        if self.discarding {
            return;
        }
        match field {
            Field::Event => std::mem::swap(&mut self.event_type, &mut self.cut),
            Field::Id if memchr::memchr(0, &self.cut).is_none() => {
                std::mem::swap(&mut self.id, &mut self.cut);
                self.has_id = true;
            }
            Field::Id | Field::Data | Field::Retry => {}
        }
    }

    // The blank line.

    #[inline]
    pub(super) fn is_event(&self, fresh: &Fresh<'_>) -> bool {
        (self.has_data || fresh.data.is_some()) && !self.discarding
    }

    #[inline]
    pub(super) fn deliver<'d>(&'d mut self, fresh: Fresh<'d>) -> Event<'d> {
        self.commit_id();
        self.delivered = true;
        Event {
            data: fresh.data.unwrap_or(&self.data),
            event_type: fresh.event_type.unwrap_or(&self.event_type),
            last_event_id: &self.last_event_id,
        }
    }

    pub(super) fn end_without_event(&mut self) {
        self.commit_id();
        self.clear();
        self.discarding = false;
    }

    #[inline]
    pub(super) fn forget_delivered(&mut self) {
        if self.delivered {
            self.clear();
        }
    }

    #[inline]
    fn commit_id(&mut self) {
        if std::mem::take(&mut self.has_id) {
            std::mem::swap(&mut self.id, &mut self.last_event_id);
        }
    }

    #[inline]
    fn clear(&mut self) {
        self.data.clear();
        self.has_data = false;
        self.event_type.clear();
        self.delivered = false;
    }

    #[inline]
    fn check(&mut self, len: usize) -> Result<(), TooLarge> {
        if len <= self.limit { Ok(()) } else { Err(self.discard()) }
    }

    #[cold]
    fn discard(&mut self) -> TooLarge {
        self.clear();
        self.has_id = false;
        self.discarding = true;
        TooLarge { limit: self.limit }
    }
}
