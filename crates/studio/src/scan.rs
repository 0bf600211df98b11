//! How long the streams of a file go on, when its container does not tell: every packet is looked at.

use std::{collections::BTreeMap, path::Path, time::Duration};

use crate::{
    child::{self, Limits, Seen},
    confine::Confined,
    control::Control,
    error::Error,
    facts::MediaFacts,
    probe::confined,
    sniff::Kind,
    tools::Tools,
};

/// Reading a whole file of gigabytes from a slow disk takes minutes.
const SCAN_LIMIT: Duration = Duration::from_secs(300);

/// A packet's line is three short numbers.
const LINE_MAX: usize = 128;

/// Measures a file that doesn't say how long it is, as browsers record them, by reading the times
/// of all its packets. Nothing is decoded.
pub(crate) fn measure(tools: &Tools, kind: Kind, file: &Path, facts: &mut MediaFacts) -> Result<(), Error> {
    let mut command = confined(tools, kind, file)?;
    command.args(["-show_entries", "packet=stream_index,pts_time,duration_time"]);
    command.args(["-of", "csv=print_section=0"]);
    let control = Control::new();
    let limits = Limits { control: &control, wall: SCAN_LIMIT, stall: SCAN_LIMIT };
    let mut spans = Spans::default();
    child::run(Confined::reading(command, file), "ffprobe", &limits, |chunk| spans.take(chunk))?;
    spans.apply(facts);
    Ok(())
}

/// From when to when each stream goes on, in seconds.
#[derive(Default)]
struct Spans {
    line: Vec<u8>,
    of: BTreeMap<u32, (f64, f64)>,
}

impl Spans {
    fn take(&mut self, chunk: &[u8]) -> Seen {
        for byte in chunk {
            if *byte == b'\n' {
                self.packet();
                self.line.clear();
            } else if self.line.len() < LINE_MAX {
                self.line.push(*byte);
            }
        }
        Seen::Progress
    }

    /// Reads `0,1.234000,0.040000`; a missing length is `N/A`.
    fn packet(&mut self) -> Option<()> {
        let line = std::str::from_utf8(&self.line).ok()?;
        let mut fields = line.trim().split(',');
        let stream: u32 = fields.next()?.parse().ok()?;
        let start: f64 = fields.next()?.parse().ok().filter(|s: &f64| s.is_finite())?;
        let length: f64 = fields.next().and_then(|field| field.parse().ok()).unwrap_or(0.0);
        let span = self.of.entry(stream).or_insert((start, start));
        *span = (span.0.min(start), span.1.max(start + length.max(0.0)));
        Some(())
    }

    fn apply(&self, facts: &mut MediaFacts) {
        let begin = self.of.values().map(|span| span.0).fold(f64::INFINITY, f64::min);
        let ms = |seconds: f64| (seconds.max(0.0) * 1000.0).round() as u64;
        let span = |index: u32| self.of.get(&index).map(|s| (ms(s.0 - begin), ms(s.1 - s.0)));
        let mut end = 0;
        if let Some(video) = &mut facts.video
            && let Some((start, length)) = span(video.index)
        {
            (video.start_ms, video.duration_ms) = (start, Some(length));
            end = end.max(start + length);
        }
        if let Some(audio) = &mut facts.audio
            && let Some((start, length)) = span(audio.index)
        {
            (audio.start_ms, audio.duration_ms) = (start, Some(length));
            end = end.max(start + length);
        }
        facts.duration_ms = end;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_grow_with_every_packet_and_nonsense_is_passed_over() {
        let mut spans = Spans::default();
        spans.take(b"0,0.500000,0.040000\n1,0.1,N/A\nx,1,1\n0,N/A,1\n0,0.46,0.0");
        spans.take(b"4\n1,inf,1\n\n1,2.5,-7\n");
        assert_eq!(spans.of.get(&0), Some(&(0.46, 0.54)));
        assert_eq!(spans.of.get(&1), Some(&(0.1, 2.5)));
    }
}
