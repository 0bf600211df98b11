//! The SSE decoder against other decoders and against a bare scan for line ends, which no decoder can beat.
//!
//! Chunks lie in memory; what counts is the CPU time. A figure is the share of the scan's speed over the same chunks,
//! the median of rounds in which all take turns.

use std::hint::black_box;

use bytes::Bytes;
use eventsource_stream::Eventsource;
use futures_util::{FutureExt, StreamExt, stream};
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;
use sse_core::{SseDecoder, SseEvent};
use sse_stream::SseStream;
use weixin_video_core::sse::Decoder;

use super::{Row, median};
use crate::run::Result;

const ROUNDS: usize = 15;
/// A turn lasts at least so long, in microseconds: the clock's steps must not show.
const TURN: i64 = 4_000;
const STREAM_BYTES: usize = 4 << 20;
/// What one long line in small chunks may take, in microseconds.
const LONG_LINE: f64 = 10_000.0;

/// Reads all chunks and returns how many events they held.
type Reader = fn(&[Bytes]) -> usize;

const SCAN: Reader = scan;
const OURS: Reader = ours;
/// A decoder must scan every byte once and copy once what a chunk border cuts: no decoder beats this by much.
const CEILING: Reader = scan_and_copy;
const PEERS: [(&str, Reader); 3] =
    [("sse-core", sse_core), ("sse-stream", sse_stream), ("eventsource-stream", eventsource_stream)];

/// A stream, how it is cut, and the share of the scan's speed that we want; without one, the best peer's.
struct Contest {
    name: &'static str,
    chunks: Vec<Bytes>,
    goal: Option<f64>,
}

/// Measures every stream in every chunking, and one very long line.
pub(super) fn rows() -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for contest in contests(STREAM_BYTES) {
        rows.push(contest.row()?);
    }
    rows.push(long_line()?);
    Ok(rows)
}

/// All streams in all chunkings, each of about so many bytes.
fn contests(bytes: usize) -> Vec<Contest> {
    let json = |n: usize, len: usize| {
        let head = format!("{{\"author\":\"agent\",\"n\":{n:06},\"text\":\"");
        format!("{head}{}\"}}", "x".repeat(len - head.len() - 2))
    };
    let a1 = |n| format!("data: {}\n\n", json(n, 157));
    let a2 = |n| format!("event: message\nid: {n}\ndata: {}\n\n", json(n, 157));
    let b = |n| format!("data: {}\n\n", json(n, 64 << 10));
    let contest = |name, event: &dyn Fn(usize) -> String, size, goal| {
        let chunks = chunks(event, bytes, size);
        Contest { name, chunks, goal }
    };
    vec![
        contest("a1, 16 KiB", &a1, Some(16 << 10), Some(0.65)),
        contest("a1, an event a chunk", &a1, None, Some(0.70)),
        contest("a1, 64 bytes", &a1, Some(64), Some(0.50)),
        contest("a2, 16 KiB", &a2, Some(16 << 10), Some(0.35)),
        contest("a2, an event a chunk", &a2, None, None),
        contest("a2, 64 bytes", &a2, Some(64), None),
        contest("b, 16 KiB", &b, Some(16 << 10), Some(0.55)),
        contest("b, an event a chunk", &b, None, None),
        contest("b, 64 bytes", &b, Some(64), None),
    ]
}

/// A stream of such events, cut into chunks of `size` bytes or behind each event.
fn chunks(event: &dyn Fn(usize) -> String, bytes: usize, size: Option<usize>) -> Vec<Bytes> {
    let events: Vec<String> = (0..bytes.div_ceil(event(0).len())).map(event).collect();
    match size {
        None => events.into_iter().map(Bytes::from).collect(),
        Some(size) => {
            let stream = Bytes::from(events.concat());
            let starts = (0..stream.len()).step_by(size);
            starts.map(|at| stream.slice(at..stream.len().min(at + size))).collect()
        }
    }
}

impl Contest {
    fn row(&self) -> Result<Row> {
        let events = OURS(&self.chunks);
        let readers: Vec<Reader> = [SCAN, CEILING, OURS].into_iter().chain(PEERS.map(|peer| peer.1)).collect();
        for (name, peer) in PEERS {
            if peer(&self.chunks) != events {
                return Err(format!("{name} sees other events than we do in {}", self.name).into());
            }
        }
        let turns = readers.iter().map(|reader| self.turns(*reader)).collect::<Result<Vec<_>>>()?;
        let mut shares = vec![Vec::new(); readers.len()];
        for _ in 0..ROUNDS {
            let times = readers.iter().zip(&turns).map(|(reader, turns)| self.time(*reader, *turns));
            let times = times.collect::<Result<Vec<f64>>>()?;
            for (share, time) in shares.iter_mut().zip(&times) {
                share.push(times[0] / time);
            }
        }
        let shares: Vec<f64> = shares.into_iter().map(median).collect();
        let [_, ceiling, ours, peers @ ..] = shares.as_slice() else {
            unreachable!("each reader has its share");
        };
        Ok(self.judged(*ceiling, *ours, peers))
    }

    fn judged(&self, ceiling: f64, ours: f64, peers: &[f64]) -> Row {
        let best = peers.iter().copied().fold(0.0, f64::max);
        let others = PEERS.iter().zip(peers).map(|((name, _), share)| format!("{name} {share:.2}"));
        Row {
            what: format!("SSE decoder, {}: share of a bare scan", self.name),
            goal: self.goal.map_or_else(|| "the best".to_owned(), |goal| format!("≥ {goal:.2}")),
            figure: format!("{ours:.2} (scan and copy {ceiling:.2}, {})", others.collect::<Vec<_>>().join(", ")),
            met: ours >= self.goal.unwrap_or(0.0).max(best),
        }
    }

    /// How often a reader must run to fill a turn.
    fn turns(&self, reader: Reader) -> Result<usize> {
        let mut turns = 1;
        while self.time(reader, turns)? * (turns as f64) < TURN as f64 {
            turns *= 2;
        }
        Ok(turns)
    }

    /// Microseconds of CPU for one run.
    fn time(&self, reader: Reader, turns: usize) -> Result<f64> {
        let began = cpu_time()?;
        for _ in 0..turns {
            black_box(reader(black_box(&self.chunks)));
        }
        Ok((cpu_time()? - began) as f64 / turns as f64)
    }
}

/// A line of 4 MiB in chunks of 1 KiB: a decoder that looks at the start again with each chunk takes forever.
fn long_line() -> Result<Row> {
    let line = |_: usize| format!("data: {}\n\n", "x".repeat(4 << 20));
    let stream = Bytes::from(line(0));
    let starts = (0..stream.len()).step_by(1 << 10);
    let chunks = starts.map(|at| stream.slice(at..stream.len().min(at + (1 << 10)))).collect();
    let contest = Contest { name: "", chunks, goal: None };
    let times = (0..ROUNDS).map(|_| contest.time(OURS, 1)).collect::<Result<Vec<_>>>()?;
    let time = median(times);
    Ok(Row {
        what: "SSE decoder, a line of 4 MiB in chunks of 1 KiB".to_owned(),
        goal: format!("≤ {:.0} ms", LONG_LINE / 1e3),
        figure: format!("{:.1} ms", time / 1e3),
        met: time <= LONG_LINE,
    })
}

/// Microseconds of CPU that this process has used. It has one thread.
fn cpu_time() -> Result<i64> {
    let used = getrusage(UsageWho::RUSAGE_SELF)?;
    Ok((used.user_time() + used.system_time()).num_microseconds())
}

fn scan(chunks: &[Bytes]) -> usize {
    chunks.iter().map(|chunk| memchr::memchr2_iter(b'\n', b'\r', chunk).count()).sum()
}

fn scan_and_copy(chunks: &[Bytes]) -> usize {
    let mut cut = Vec::new();
    let mut lines = 0;
    for chunk in chunks {
        let mut rest = &chunk[..];
        while let Some(end) = memchr::memchr2(b'\n', b'\r', rest) {
            if !cut.is_empty() {
                cut.extend_from_slice(&rest[..end]);
                black_box(&cut);
                cut.clear();
            }
            lines += 1;
            rest = &rest[end + 1..];
        }
        cut.extend_from_slice(rest);
    }
    lines
}

fn ours(chunks: &[Bytes]) -> usize {
    let mut decoder = Decoder::new();
    let mut events = 0;
    for chunk in chunks {
        let mut rest = &chunk[..];
        while let Ok(Some(event)) = decoder.next(&mut rest) {
            black_box(event.data());
            events += 1;
        }
    }
    events
}

fn sse_core(chunks: &[Bytes]) -> usize {
    let mut decoder = SseDecoder::new();
    let mut events = 0;
    for chunk in chunks {
        let mut rest = &chunk[..];
        while let Some(Ok(SseEvent::Message(event))) = decoder.next(&mut rest) {
            black_box(event.data.as_bytes());
            events += 1;
        }
    }
    events
}

fn sse_stream(chunks: &[Bytes]) -> usize {
    let chunks = chunks.iter().cloned().map(Ok::<_, std::convert::Infallible>);
    let events = SseStream::from_bytes_stream(stream::iter(chunks));
    counted(events.map(|event| event.map(|event| event.data.map(|data| black_box(data).len()))))
}

fn eventsource_stream(chunks: &[Bytes]) -> usize {
    let chunks = chunks.iter().map(Ok::<_, std::convert::Infallible>);
    let events = stream::iter(chunks).eventsource();
    counted(events.map(|event| event.map(|event| black_box(event.data).len())))
}

/// Runs a stream that never waits to its end.
fn counted<T, E>(events: impl stream::Stream<Item = std::result::Result<T, E>>) -> usize {
    let good = events.filter(|event| std::future::ready(event.is_ok()));
    good.count().now_or_never().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_see_the_same_events() {
        for contest in contests(1 << 16) {
            let events = ours(&contest.chunks);
            assert!(events >= 1, "{}", contest.name);
            for (name, peer) in PEERS {
                assert_eq!(peer(&contest.chunks), events, "{name}, {}", contest.name);
            }
        }
    }

    #[test]
    fn a_goal_is_missed_below_it_and_below_a_peer() {
        let contest = |goal| Contest { name: "x", chunks: Vec::new(), goal };
        assert!(contest(Some(0.5)).judged(1.0, 0.5, &[0.4, 0.1, 0.1]).met);
        assert!(!contest(Some(0.5)).judged(1.0, 0.49, &[0.4, 0.1, 0.1]).met);
        assert!(!contest(Some(0.5)).judged(1.0, 0.55, &[0.6, 0.1, 0.1]).met);
        assert!(!contest(None).judged(1.0, 0.3, &[0.4, 0.1, 0.1]).met);
    }
}
