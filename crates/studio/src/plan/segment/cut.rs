//! Where a plan is cut into windows.

use std::ops::Range;

use super::super::{Piece, Plan};
use crate::{rational::Rational, sniff::Kind, timeline::Speed};

/// How long a window is inside of a long piece, in seconds. Each has a key frame every five seconds anyway, and the start
/// of an encoder costs as much as a tenth of a second of its picture.
const SECONDS: u64 = 10;

/// What is shorter than this, in seconds, is joined with what comes next.
const SHORT: u64 = 5;

/// No window is left at either end of a piece that is shorter than this, in seconds, for the sake of a cut inside of it.
const SLIVER: u64 = 3;

/// How many pieces a window holds, and how many pixels in all their frames, if it can be cut at all.
const MOST_PIECES: usize = 8;
const MOST_PIXELS: u64 = 100_000_000;

/// Beyond so many seconds an even step is none: the rates fit each other badly.
const LONGEST_STEP: u64 = 20;

/// What lies between two places where the plan may be cut.
struct Atom {
    frames: Range<u64>,
    pieces: usize,
    pixels: u64,
}

/// The windows of a plan.
pub(super) fn windows(plan: &Plan) -> Vec<Range<u64>> {
    let second = plan.frame_rate.rounded(1).max(1);
    let mut windows: Vec<Atom> = Vec::new();
    for atom in atoms(plan) {
        match windows.last_mut().filter(|last| joins(last, &atom, second * SHORT)) {
            Some(last) => {
                last.frames.end = atom.frames.end;
                last.pieces += atom.pieces;
                last.pixels += atom.pixels;
            }
            None => windows.push(atom),
        }
    }
    windows.into_iter().map(|window| window.frames).collect()
}

/// Whether two neighbours are short enough to be one window, and don't take too much memory together.
fn joins(window: &Atom, next: &Atom, short: u64) -> bool {
    let length = |atom: &Atom| atom.frames.end - atom.frames.start;
    length(window) < short
        && length(next) < short
        && window.pieces + next.pieces <= MOST_PIECES
        && window.pixels + next.pixels <= MOST_PIXELS
}

/// All that lies between places where the plan may be cut, in order.
fn atoms(plan: &Plan) -> Vec<Atom> {
    let mut end = 0;
    let places: Vec<(Range<u64>, u64)> = plan
        .pieces
        .iter()
        .map(|piece| {
            let begin = end - piece.enter;
            end = begin + piece.frames;
            (begin..end, piece.area())
        })
        .collect();
    let cuts = cuts(plan);
    let ends = cuts.iter().copied().skip(1).chain([plan.frames()]);
    let atom = |frames: Range<u64>| {
        // They begin one after the other, and end so.
        let first = places.partition_point(|(place, _)| place.end <= frames.start);
        let seen: Vec<u64> =
            places[first..].iter().take_while(|(place, _)| place.start < frames.end).map(|(_, area)| *area).collect();
        Atom { frames, pieces: seen.len(), pixels: seen.iter().sum() }
    };
    cuts.iter().zip(ends).map(|(begin, end)| atom(*begin..end)).collect()
}

/// The places where the plan may be cut, from its first frame on.
fn cuts(plan: &Plan) -> Vec<u64> {
    let (mut cuts, mut end, is_needed) = (vec![0], 0, super::needed(plan));
    for (index, piece) in plan.pieces.iter().enumerate() {
        let begin = end - piece.enter;
        end = begin + piece.frames;
        if index > 0 && piece.enter == 0 {
            cuts.push(begin);
        }
        let leave = plan.pieces.get(index + 1).map_or(0, |next| next.enter);
        let first = piece.enter.max(piece.dark.rise);
        let last = (piece.frames - leave.max(piece.dark.fall)).min(piece.sure);
        let inside = inside(piece, first..last, plan.frame_rate, piece.enter > 0 || leave > 0, is_needed);
        cuts.extend(inside.into_iter().map(|frame| begin + frame));
    }
    cuts.dedup();
    cuts
}

/// The frames of a piece at which it may be cut, from the first to the last that is possible. They are tied to the source and
/// not to the piece, so that one that begins a little later is still cut at the same pictures.
fn inside(piece: &Piece, possible: Range<u64>, rate: Rational, overlaps: bool, is_needed: bool) -> Vec<u64> {
    // The frame of an uneven clip that is shown somewhere may begin long before and not be found; one graph finds it.
    let uneven = piece.video.variable && !overlaps && is_needed;
    if !piece.still && (!can_be_entered(piece) || uneven) || possible.is_empty() {
        return Vec::new();
    }
    let second = rate.rounded(1).max(1);
    let even = if piece.still { 1 } else { even_step(rate, piece.speed) };
    let step = second.div_ceil(even) * even;
    let sliver = second * SLIVER;
    let roomy = possible.start.max(sliver)..possible.end.min(piece.frames.saturating_sub(sliver) + 1);
    let part = |frame: u64| (piece.entry_us(rate, frame) as f64 / (SECONDS as f64 * 1e6 * piece.speed.factor())) as u64;
    let mut cuts: Vec<u64> = Vec::new();
    if step <= second * LONGEST_STEP {
        let places = (1..).map(|number| number * step).take_while(|frame| *frame < roomy.end);
        cuts.extend(places.filter(|frame| *frame >= roomy.start && part(*frame) != part(frame - step)));
    }
    if cuts.is_empty() && overlaps {
        cuts.push(middle(&possible, step, even));
    }
    cuts
}

/// The frame nearest to the middle at which the clocks of source and output meet; without one, any: then a frame of a clip
/// with another rate may come a frame early.
fn middle(possible: &Range<u64>, step: u64, even: u64) -> u64 {
    let middle = possible.start + (possible.end - possible.start) / 2;
    let near =
        |step: u64| [middle / step * step, (middle / step + 1) * step].into_iter().find(|f| possible.contains(f));
    near(step).or_else(|| near(even)).unwrap_or(middle)
}

/// After how many frames the clocks of source and output meet again at a whole ms.
fn even_step(rate: Rational, speed: Speed) -> u64 {
    let (num, den) = (u64::from(rate.num()), u64::from(rate.den()));
    let micros = speed.covered(1_000_000);
    let of_output = num / gcd(num, den * 1_000);
    let of_source = num * 1_000 / gcd(num * 1_000, den.saturating_mul(micros));
    of_output / gcd(of_output, of_source) * of_source
}

/// After how many frames their clock meets that of libass, which counts in hundredths of a second.
pub(super) fn even_hundredths(rate: Rational) -> u64 {
    u64::from(rate.num()) / gcd(u64::from(rate.num()), u64::from(rate.den()) * 100)
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a.max(1) } else { gcd(b, a % b) }
}

/// Whether a clip can be read from inside of it as if it had been read from its beginning. The frames of interlaced ones are
/// made of their neighbours too.
fn can_be_entered(piece: &Piece) -> bool {
    matches!(piece.kind, Kind::Mov | Kind::Matroska | Kind::Avi) && !piece.video.interlaced
}
