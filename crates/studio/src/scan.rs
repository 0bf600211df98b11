//! How long the streams of a file go on, when its container does not tell: every packet is looked at.

use std::{collections::BTreeMap, path::Path, process::Command, time::Duration};

use crate::{
    child::{self, Limits, Seen},
    confine::Confined,
    control::Control,
    error::Error,
    facts::MediaFacts,
    ffprobe::differ,
    probe::confined,
    rational::Rational,
    sniff::Kind,
    tools::Tools,
};

/// Reading a whole file of gigabytes from a slow disk takes minutes.
const SCAN_LIMIT: Duration = Duration::from_secs(300);

/// What is read of a packet's line: six short numbers and its flags.
const LINE_MAX: usize = 160;

/// The flag of a packet that a player decodes and doesn't show.
const DISCARDED: u32 = 4;

/// Measures a file that doesn't say how long it is, as browsers record them, by reading the times
/// of all its packets. Nothing is decoded.
pub(crate) fn measure(tools: &Tools, kind: Kind, file: &Path, facts: &mut MediaFacts) -> Result<(), Error> {
    let mut command = Command::new(tools.ffmpeg()?);
    command.args(["-nostdin", "-hide_banner", "-loglevel", "error", "-copyts"]);
    confined(&mut command, kind, file);
    let wanted = [facts.video.as_ref().map(|video| video.index), facts.audio.as_ref().map(|audio| audio.index)];
    for index in wanted.into_iter().flatten() {
        command.args(["-map", &format!("0:{index}")]);
    }
    command.args(["-c", "copy", "-copyinkf", "-avoid_negative_ts", "disabled", "-f", "framecrc", "-"]);
    let control = Control::new();
    let limits = Limits { control: &control, wall: SCAN_LIMIT, stall: SCAN_LIMIT };
    let mut spans = Spans::default();
    let done = child::run(Confined::reading(command, file), "ffmpeg", &limits, |chunk| spans.take(chunk))?;
    let stated = facts.duration_ms;
    spans.apply(facts, matches!(kind, Kind::Mov | Kind::Avi | Kind::Gif));
    if is_cut_off(&done.stderr) && stated > facts.duration_ms {
        keep_stated(facts, stated);
    }
    Ok(())
}

/// Whether ffmpeg found less than the index tells of.
fn is_cut_off(stderr: &str) -> bool {
    ["partial file", "ended prematurely"].iter().any(|said| stderr.contains(said))
}

/// What a file says of itself that is cut off: rendering it then finds less, and tells the person so.
fn keep_stated(facts: &mut MediaFacts, stated: u64) {
    facts.duration_ms = stated;
    if let Some(video) = &mut facts.video {
        (video.duration_ms, video.frames) = (Some(stated.saturating_sub(video.start_ms)), None);
    }
    if let Some(audio) = &mut facts.audio {
        audio.duration_ms = Some(stated.saturating_sub(audio.start_ms));
    }
}

/// The packets of each stream, as ffmpeg's `framecrc` lists them.
#[derive(Default)]
struct Spans {
    line: Vec<u8>,
    of: BTreeMap<u32, Span>,
}

/// The packets of one stream, in ticks of its clock.
#[derive(Debug, Clone, PartialEq)]
struct Span {
    tick: Rational,
    /// From when to when they go on.
    reach: Option<(i64, i64)>,
    packets: u64,
}

impl Spans {
    fn take(&mut self, chunk: &[u8]) -> Seen {
        for byte in chunk {
            if *byte == b'\n' {
                self.line_ended();
                self.line.clear();
            } else if self.line.len() < LINE_MAX {
                self.line.push(*byte);
            }
        }
        Seen::Progress
    }

    fn line_ended(&mut self) -> Option<()> {
        let line = std::str::from_utf8(&self.line).ok()?;
        if let Some(clock) = line.strip_prefix("#tb ") {
            let (stream, tick) = clock.split_once(':')?;
            let tick = Rational::read(tick.trim())?;
            self.of.insert(stream.parse().ok()?, Span { tick, reach: None, packets: 0 });
            return Some(());
        }
        self.packet()
    }

    /// Reads `0, -1024, 0, 512, 8136, 0x3522574f, F=0x0`: stream, when it is decoded, when shown, for how long.
    fn packet(&mut self) -> Option<()> {
        let line = std::str::from_utf8(&self.line).ok()?;
        let mut fields = line.split(',').map(str::trim);
        let span = self.of.get_mut(&fields.next()?.parse().ok()?)?;
        let decoded: i64 = fields.next()?.parse().ok()?;
        let shown: i64 = fields.next()?.parse().ok()?;
        let length = fields.next()?.parse::<i64>().ok()?.max(0);
        let flags = fields.nth(2).and_then(|flags| u32::from_str_radix(flags.strip_prefix("F=0x")?, 16).ok());
        if flags.unwrap_or(0) & DISCARDED != 0 {
            return None;
        }
        // The lowest number stands for none.
        let start = [shown, decoded].into_iter().find(|time| *time != i64::MIN)?;
        let end = start.checked_add(length)?;
        let reach = span.reach.get_or_insert((start, end));
        *reach = (reach.0.min(start), reach.1.max(end));
        span.packets += 1;
        Some(())
    }

    fn apply(&self, facts: &mut MediaFacts, counted: bool) {
        // Only the wanted ones were listed, the picture before the sound.
        let sound_at = u32::from(facts.video.is_some());
        let begin = self.of.values().filter_map(Span::begin).fold(f64::INFINITY, f64::min);
        let ms = |seconds: f64| (seconds.max(0.0) * 1000.0).round() as u64;
        let span =
            |at: u32| self.of.get(&at).and_then(Span::seconds).map(|(from, to)| (ms(from - begin), ms(to - from)));
        let mut end = 0;
        if let Some(video) = &mut facts.video
            && let Some((start, length)) = span(0)
        {
            (video.start_ms, video.duration_ms) = (start, Some(length));
            end = end.max(start + length);
            let packets = &self.of[&0];
            video.frames = video.frames.or_else(|| counted.then_some(packets.packets));
            video.frame_rate = video.frame_rate.or_else(|| packets.rate());
            video.variable = differ(video.frame_rate, video.nominal_frame_rate);
        }
        if let Some(audio) = &mut facts.audio
            && let Some((start, length)) = span(sound_at)
        {
            (audio.start_ms, audio.duration_ms) = (start, Some(length));
            end = end.max(start + length);
        }
        facts.duration_ms = end;
    }
}

impl Span {
    fn begin(&self) -> Option<f64> {
        self.seconds().map(|(from, _)| from)
    }

    fn seconds(&self) -> Option<(f64, f64)> {
        let (from, to) = self.reach?;
        Some((from as f64 * self.tick.value(), to as f64 * self.tick.value()))
    }

    /// Packets a second on average.
    fn rate(&self) -> Option<Rational> {
        // Not each packet's own length: without an index those are guessed.
        let (from, to) = self.reach?;
        let ticks = u64::try_from(to.checked_sub(from)?).ok().filter(|ticks| *ticks > 0)?;
        let up = u128::from(self.packets) * u128::from(self.tick.den());
        let down = u128::from(ticks) * u128::from(self.tick.num());
        let common = gcd(up, down);
        Rational::new(u32::try_from(up / common).ok()?, u32::try_from(down / common).ok()?)
    }
}

fn gcd(a: u128, b: u128) -> u128 {
    if b == 0 { a.max(1) } else { gcd(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_grow_with_every_packet_and_nonsense_is_passed_over() {
        let mut spans = Spans::default();
        spans.take(b"#software: x\n#tb 0: 1/90000\n#tb 1: 1/48000\n#tb 2: 1/0\n#sar 0: 1/1\n");
        spans
            .take(b"0,      -3600,     0,     3600,   51824, 0x957a286a\n0, 0, 7200, 3600, 1, 0x1, F=0x0\n0, 3600, 36");
        spans.take(b"00, 3600, 9, 0x2, F=0x0, S=1, 10\n1, -1024, -1024, 1024, 5, 0x3, F=0x5\n1, 0, 0, 1024, 5, 0x3\n");
        spans.take(b"7, 0, 0, 1, 1, 0x0\n0,x,1\n1, -9223372036854775808, -9223372036854775808, 9, 5, 0x3\n\xff\n");
        spans.take(b"1, 9223372036854775807, 9223372036854775807, 9, 5, 0x3\n");
        let video = spans.of.get(&0).unwrap();
        assert_eq!((video.reach, video.packets), (Some((0, 10_800)), 3));
        assert_eq!(video.rate(), Rational::whole(25));
        assert_eq!(spans.of.get(&1).unwrap().reach, Some((0, 1024)));
        assert_eq!(spans.of.len(), 2);
    }

    #[test]
    fn a_file_that_is_cut_off_keeps_its_word() {
        assert!(is_cut_off("[mov,mp4 @ 0x1] stream 1, offset 0x4c342: partial file\n"));
        assert!(is_cut_off("[matroska,webm @ 0x1] File ended prematurely\n"));
        assert!(!is_cut_off("[h264 @ 0x1] Invalid NAL unit size\n"));
    }
}
