//! What of a file is there already, and whether what comes is the rest of the same file.

use http::{HeaderValue, header};

use crate::call::{Call, Head};
use crate::planted;

/// The beginning of a file, as it lies in the part file, and what is on its way into it.
#[derive(Debug, Default)]
pub(super) struct Part {
    /// The length of the part file in bytes.
    held: u64,
    /// The version that it is of. Without one nobody can tell whether a rest fits.
    etag: Option<String>,
    /// The version that comes.
    coming: Option<String>,
    /// Whether the last byte is asked for again: once is enough.
    overlaps: bool,
}

/// Bytes that are on their way.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece {
    /// Where in the file they begin.
    pub(super) from: u64,
    /// The length of the whole file, when the server said so.
    pub(super) total: Option<u64>,
}

/// No version's name is longer.
const MAX_ETAG_CHARS: usize = 256;

impl Part {
    /// Of this version, so long as it turns out to be.
    pub(super) fn of(etag: Option<String>) -> Self {
        Self { held: 0, etag: etag.filter(|etag| is_strong(etag)), coming: None, overlaps: false }
    }

    /// The version that may be told to whoever resumes. So long as the bytes of another one lie in the part file, none: a
    /// process that dies before they are cut off would leave them under the wrong name.
    pub(super) fn tellable(&self) -> Option<&str> {
        self.coming.as_deref().filter(|coming| self.held == 0 || self.etag.as_deref() == Some(*coming))
    }

    /// So many bytes were there before the first request.
    pub(super) fn measured(&mut self, bytes: u64) {
        self.held = bytes;
    }

    /// So many bytes of what came are there now.
    pub(super) fn holds(&mut self, bytes: u64) {
        (self.held, self.etag) = (bytes, self.coming.clone());
    }

    /// What is there is of no use.
    pub(super) fn forget(&mut self) {
        self.etag = None;
    }

    /// Asks for what is missing, if the server still has the same version; for everything otherwise.
    pub(super) fn ask_for_the_rest(&self, call: &mut Call) {
        let Some(etag) = self.etag.as_deref().filter(|_| self.held > 0) else { return };
        let range = HeaderValue::from_str(&format!("bytes={}-", self.held)).expect("digits are a header value");
        let same = HeaderValue::from_str(etag).expect("a version's name is visible ASCII");
        let headers = call.request.headers_mut();
        headers.insert(header::RANGE, range);
        if !planted!(IfRangeMissing) {
            headers.insert(header::IF_RANGE, same);
        }
    }

    /// The whole file comes, from its beginning.
    pub(super) fn whole(&mut self, head: &Head) -> Piece {
        let from = if planted!(WholeAppended) { self.held } else { 0 };
        self.coming = version(head);
        Piece { from, total: head.content_length() }
    }

    /// The rest comes: exactly from where it was cut off to the end, and of the same version, which has to be named again
    /// (RFC 9110, 15.3.7).
    pub(super) fn rest(&mut self, head: &Head) -> Option<Piece> {
        let piece = self.exact_rest(head)?;
        self.coming.clone_from(&self.etag);
        Some(piece)
    }

    /// All of it is there already, by a 416 that tells the same length. The last byte is asked for again, so that version,
    /// length and kind are judged as with any rest.
    pub(super) fn was_whole(&mut self, head: &Head) -> bool {
        let total = head.headers.get(header::CONTENT_RANGE).and_then(|range| range.to_str().ok());
        let total = total.and_then(|range| number(range.trim().strip_prefix("bytes */")?));
        let whole = total == Some(self.held) && self.held > 1 && self.etag.is_some() && !self.overlaps;
        if whole {
            (self.held, self.overlaps) = (self.held - 1, true);
        }
        whole
    }

    fn exact_rest(&self, head: &Head) -> Option<Piece> {
        let etag = self.etag.as_deref()?;
        let is_same = version(head).as_deref() == Some(etag) || planted!(RestOfAnotherVersion);
        if head.status != 206 || self.held == 0 || !is_same {
            return None;
        }
        let range = head.headers.get(header::CONTENT_RANGE)?.to_str().ok()?.trim();
        let (first, rest) = range.strip_prefix("bytes ")?.split_once('-')?;
        let (last, total) = rest.split_once('/')?;
        let (first, last, total) = (number(first)?, number(last)?, number(total)?);
        let exact = first == self.held && last.checked_add(1) == Some(total) && first <= last;
        let exact = exact || planted!(RangeUnchecked);
        let announced = head.content_length().is_none_or(|length| Some(length) == total.checked_sub(first));
        (exact && announced).then_some(Piece { from: first, total: Some(total) })
    }

    /// How the next try begins, for a note.
    pub(super) fn next_try(&self) -> &'static str {
        if self.held > 0 && self.etag.is_some() { "fetching the rest" } else { "downloading again" }
    }
}

/// Digits only: `parse` alone would take a plus sign.
fn number(text: &str) -> Option<u64> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

fn version(head: &Head) -> Option<String> {
    let etag = head.headers.get(header::ETAG)?.to_str().ok()?;
    is_strong(etag).then(|| etag.to_owned())
}

/// A weak name (`W/"…"`) says that two versions look alike, not that their bytes do.
fn is_strong(etag: &str) -> bool {
    let etag = if planted!(WeakTagTrusted) { etag.trim_start_matches("W/") } else { etag };
    let quoted = etag.len() > 2 && etag.starts_with('"') && etag.ends_with('"');
    quoted && etag.len() <= MAX_ETAG_CHARS && etag.bytes().all(|byte| byte.is_ascii_graphic())
}
