//! Server-sent events from chunks of bytes, to the letter of the WHATWG rules ("Interpreting an event stream").
//!
//! ```
//! use weixin_video_core::sse::{Decoder, Ending};
//!
//! let mut decoder = Decoder::new();
//! let mut seen = Vec::new();
//! for chunk in [&b"data: {\"a\":1}\n\ndata: two\nda"[..], b"ta: lines\n", b"\n"] {
//!     let mut rest = chunk;
//!     while let Some(event) = decoder.next(&mut rest)? {
//!         seen.push(event.data_str().into_owned());
//!     }
//! }
//! assert_eq!(seen, ["{\"a\":1}", "two\nlines"]);
//! assert_eq!(decoder.finish(), Ending::Complete);
//! # Ok::<(), weixin_video_core::sse::TooLarge>(())
//! ```
//!
//! - The events do not depend on where the chunks are cut, and an event is out at its last CR or LF.
//! - An event borrows from its chunk; only what a chunk border cut is copied, once. After the first few events nothing is allocated.
//! - Everything is bytes. Bad UTF-8 is no error: [`Event::data_str`] puts U+FFFD in its place.
//! - An event of more than the limit costs one [`TooLarge`], and the next event is intact.
//!
//! Left out: reconnecting, `Content-Type`, HTTP.

mod block;
mod cut;
mod line;

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use memchr::memchr2;

use block::{Block, Fresh};
use line::{At, Digits, Field, Name};

use crate::planted;

/// The most bytes that the data, the type or the id of one event may have, unless told otherwise: 8 MiB.
/// Not less, because a state delta can carry a whole draft, and inline media comes in megabytes.
pub const DEFAULT_LIMIT: usize = 8 << 20;

/// Cuts a stream of bytes into events.
#[derive(Clone, Debug)]
pub struct Decoder {
    at: At,
    /// Of the cut line, as far as it came.
    name: Name,
    digits: Digits,
    block: Block,
    retry_ms: Option<u64>,
    comments: u64,
}

impl Decoder {
    /// A decoder at the start of a stream, with [`DEFAULT_LIMIT`].
    #[must_use]
    pub fn new() -> Self {
        Self::with_limit(DEFAULT_LIMIT)
    }

    /// The same, with another limit in bytes for each value of an event.
    #[must_use]
    pub fn with_limit(limit: usize) -> Self {
        Self {
            at: At::Bom { matched: 0 },
            name: Name::default(),
            digits: Digits::default(),
            block: Block::new(limit),
            retry_ms: None,
            comments: 0,
        }
    }

    /// Starts with the id that an earlier stream ended with.
    #[must_use]
    pub fn with_last_event_id(mut self, id: impl Into<Vec<u8>>) -> Self {
        self.block.seed_id(id.into());
        self
    }

    /// Starts with the reconnection time that an earlier stream told (whole milliseconds).
    #[must_use]
    pub fn with_retry(mut self, retry: Duration) -> Self {
        self.retry_ms = u64::try_from(retry.as_millis()).ok();
        self
    }

    /// The next event of `input`, which is moved on past it; `None` when the chunk is used up.
    ///
    /// # Errors
    /// [`TooLarge`] once for each event with a value beyond the limit. That event is dropped whole, its id too;
    /// calling again goes on behind what was read.
    #[inline]
    pub fn next<'d, 'i: 'd>(&'d mut self, input: &mut &'i [u8]) -> Result<Option<Event<'d>>, TooLarge> {
        self.block.forget_delivered();
        if self.at != At::Line && !self.resume(input)? {
            return Ok(None);
        }
        let mut fresh = Fresh::default();
        while let Some(first) = input.first() {
            if matches!(first, b'\n' | b'\r') {
                *input = self.past_line_end(input);
                if self.block.is_event(&fresh) {
                    return Ok(Some(self.block.deliver(fresh)));
                }
                self.block.end_without_event();
                fresh = Fresh::default();
            } else if !self.read_line(input, &mut fresh)? {
                return Ok(None);
            }
        }
        self.block.keep(fresh);
        Ok(None)
    }

    /// The id to send as `Last-Event-ID`: the last one that a blank line made good. Any bytes but NUL, CR and LF; may be empty.
    #[must_use]
    pub fn last_event_id(&self) -> &[u8] {
        self.block.last_event_id()
    }

    /// The reconnection time the server asked for.
    #[must_use]
    pub fn retry(&self) -> Option<Duration> {
        self.retry_ms.map(Duration::from_millis)
    }

    /// How many comment lines have begun. They carry nothing, but they prove that the server lives.
    #[must_use]
    pub fn comments_seen(&self) -> u64 {
        self.comments
    }

    /// Bytes set aside for values that chunk borders cut; they stay for the next ones.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.block.capacity()
    }

    /// Says whether a stream that ends here ended between two events, or broke off inside one.
    #[must_use]
    pub fn finish(&self) -> Ending {
        if self.at.is_inside_line() || self.block.is_open() { Ending::Truncated } else { Ending::Complete }
    }

    /// Reads one line that begins here; `false` if the chunk ends first.
    #[inline]
    fn read_line<'i>(&mut self, input: &mut &'i [u8], fresh: &mut Fresh<'i>) -> Result<bool, TooLarge> {
        let line = *input;
        let Some(value) = line.strip_prefix(b"data:") else {
            return self.read_other_line(input, fresh);
        };
        let Some(end) = memchr2(b'\n', b'\r', value) else {
            *input = &[];
            self.block.keep(std::mem::take(fresh));
            self.begin_value(Field::Data)?;
            planted!(ChunkBorderLost => return Ok(false));
            return self.push(value).map(|()| false);
        };
        *input = self.past_line_end(&value[end..]);
        self.block.data_line(fresh, line::without_space(&value[..end]))?;
        Ok(true)
    }

    fn read_other_line<'i>(&mut self, input: &mut &'i [u8], fresh: &mut Fresh<'i>) -> Result<bool, TooLarge> {
        let line = *input;
        let Some(end) = memchr2(b'\n', b'\r', line) else {
            *input = &[];
            self.block.keep(std::mem::take(fresh));
            self.begin_line();
            return self.push(line).map(|()| false);
        };
        *input = self.past_line_end(&line[end..]);
        match line::split(&line[..end]) {
            Some((Field::Data, value)) => self.block.data_line(fresh, value)?,
            Some((Field::Event, value)) => self.block.event_line(fresh, value)?,
            Some((Field::Id, value)) => self.block.id_line(value)?,
            Some((Field::Retry, value)) => self.take_retry(Digits::of(value)),
            None => self.comments += u64::from(line[0] == b':'),
        }
        Ok(true)
    }

    fn take_retry(&mut self, digits: Digits) {
        if let Some(ms) = digits.value() {
            self.retry_ms = Some(ms);
        }
    }

    /// Steps over the line end that `bytes` begins with. A CR that ends the chunk ends the line too: an LF may follow.
    #[inline]
    fn past_line_end<'i>(&mut self, bytes: &'i [u8]) -> &'i [u8] {
        match bytes {
            [b'\n', rest @ ..] | [b'\r', b'\n', rest @ ..] => rest,
            [b'\r'] => {
                self.at = At::AfterCr;
                &[]
            }
            [_, rest @ ..] => rest,
            [] => &[],
        }
    }
}

impl Default for Decoder {
    fn default() -> Self {
        Self::new()
    }
}

/// One event. It borrows from the chunk or from the decoder: keep what you need before asking for the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event<'d> {
    data: &'d [u8],
    event_type: &'d [u8],
    last_event_id: &'d [u8],
}

impl<'d> Event<'d> {
    /// The data lines, joined by LF, as they came; may be empty (a bare `data:` is an event).
    #[must_use]
    pub fn data(&self) -> &'d [u8] {
        self.data
    }

    /// The data as text, U+FFFD in place of bad UTF-8.
    #[must_use]
    pub fn data_str(&self) -> Cow<'d, str> {
        String::from_utf8_lossy(self.data)
    }

    /// The type: what `event:` said, else `message`.
    #[must_use]
    pub fn event_type(&self) -> Cow<'d, str> {
        if self.event_type.is_empty() { Cow::Borrowed("message") } else { String::from_utf8_lossy(self.event_type) }
    }

    /// The last id in force when the event was sent, its own or an earlier one's.
    #[must_use]
    pub fn last_event_id(&self) -> &'d [u8] {
        self.last_event_id
    }
}

/// A value of an event was beyond the limit; the event is lost, the stream goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLarge {
    /// The limit, in bytes.
    pub limit: usize,
}

impl fmt::Display for TooLarge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an event of the stream is larger than {} bytes", self.limit)
    }
}

impl std::error::Error for TooLarge {}

/// How a stream ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Between two events.
    Complete,
    /// Inside a line or an event: what was begun is lost, and more may have been meant to follow.
    Truncated,
}
