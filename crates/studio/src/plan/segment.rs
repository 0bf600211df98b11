//! A plan in segments: windows of its frames, each of which is a plan of its own, and the sound for itself.
//!
//! ```text
//! pieces     |----a----|-------------b-------------><------c------|--d--|
//! windows    |----0----|------1------|--------2--------|----3-----------|
//! ```
//!
//! A window shows exactly the frames that the whole would show there: it begins at a piece, or inside of one where a clip
//! can be entered and nothing is under way, and what is drawn over all of it is drawn as far on as it would be. Windows hold
//! what is in them and not where they stand, so that one that only moved is the same.

mod cut;
mod sound;

use std::ops::Range;

use super::{Form, Piece, Plan, argv, frames_in, text::Caption};
use crate::rational::Rational;

pub(crate) use sound::{LIST, Stretch, window_name};

/// More pieces than this in one filter graph take more memory than a small machine has: each has a decoder that keeps
/// frames.
pub(super) const MOST_PIECES: usize = 60;

/// More pixels than this in the frames of all its pieces together take gigabytes: 30 pieces of a 4K clip.
pub(super) const MOST_PIXELS: u64 = 250_000_000;

/// From this length on, in ms, a picture takes longer to make than the two more starts of ffmpeg that joining takes.
const WORTH_MS: u64 = 4_000;

/// Writing on a clock that is this many frames ahead, for the sake of roundings alone, is worth it.
const MOST_LEAD: u64 = 60;

/// Where a window lies in the whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Window {
    /// How many frames lie before it.
    from: u64,
    /// How many frames the whole has.
    of: u64,
    /// By how many frames the clock of its writing is ahead, for writing that was coming already.
    lead: u64,
}

/// Whether a plan is made in segments: when one graph of it would take too much memory, or when what it is made of may be
/// kept, and making it takes long enough to be worth keeping.
///
/// Where nothing is kept, one graph is a little quicker.
pub(crate) fn wanted(plan: &Plan, has_cache: bool) -> bool {
    let joins = match plan.form {
        Form::Mp4(_) | Form::Mov(_) | Form::Webm => true,
        Form::Gif | Form::Mp3 | Form::M4a | Form::Wav => false,
    };
    needed(plan) || has_cache && joins && plan.duration_ms() >= WORTH_MS
}

/// Whether one graph would take too much memory.
pub(crate) fn needed(plan: &Plan) -> bool {
    if !plan.form.has_picture() {
        return sound::is_stretched(plan);
    }
    let areas = plan.pieces.iter().map(Piece::area);
    plan.pieces.len() > MOST_PIECES || plan.pieces.len() > 1 && areas.sum::<u64>() > MOST_PIXELS
}

impl Plan {
    /// From which frame to which each window goes. They cover the plan from its first frame to its last.
    pub(crate) fn windows(&self) -> Vec<Range<u64>> {
        cut::windows(self)
    }

    /// The picture of one of its windows.
    pub(crate) fn window(&self, window: &Range<u64>) -> Self {
        let lead = self.lead(window);
        let captions = self.captions.iter().filter_map(|caption| self.shown(caption, window, lead)).collect();
        let place = Window { from: window.start, of: self.frames(), lead };
        Self { pieces: self.inside(window), music: None, captions, window: Some(place), ..self.clone() }
    }

    /// The same without a size that it has to keep.
    pub(crate) fn boundless(&self) -> Self {
        let most = super::form::Most { bytes: None, ..self.most };
        Self { most, ..self.clone() }
    }

    fn inside(&self, window: &Range<u64>) -> Vec<Piece> {
        let (mut pieces, mut end) = (Vec::new(), 0);
        for piece in &self.pieces {
            let begin = end - piece.enter;
            end = begin + piece.frames;
            let (from, to) = (begin.max(window.start), end.min(window.end));
            if from < to {
                pieces.push(piece.part(from - begin, to - begin));
            }
        }
        pieces
    }

    /// How far back the clock of the writing has to begin: to where the first begins that is still coming, and a frame more,
    /// as what begins at a frame is written down to begin just before it. It begins where roundings are those of the whole.
    fn lead(&self, window: &Range<u64>) -> u64 {
        let seen = self.captions.iter().filter(|caption| caption.from < window.end && caption.to > window.start);
        let soft = seen.filter(|caption| !caption.soft.is_none());
        let back = soft.map(|caption| match is_coming(caption, window.start, self.frame_rate) {
            true => window.start - caption.from + 1,
            false => 1,
        });
        let Some(back) = back.max() else { return 0 };
        let step = cut::even_hundredths(self.frame_rate);
        let origin = window.start.saturating_sub(back);
        window.start - if step <= MOST_LEAD { origin / step * step } else { origin }
    }

    /// A writing as it stands in a window, on its clock; `None` when it isn't seen there.
    fn shown(&self, caption: &Caption, window: &Range<u64>, lead: u64) -> Option<Caption> {
        if caption.to <= window.start || caption.from >= window.end {
            return None;
        }
        let mut shown = caption.clone();
        if caption.from < window.start && !is_coming(caption, window.start, self.frame_rate) {
            (shown.from, shown.soft.in_ms) = (window.start, 0);
        }
        let going = if caption.soft.out_ms > 0 { frames_in(caption.soft.out_ms, self.frame_rate) + 1 } else { 0 };
        if caption.to.saturating_sub(going) >= window.end {
            (shown.to, shown.soft.out_ms) = (window.end, 0);
        }
        let origin = window.start - lead;
        (shown.from, shown.to) = (shown.from - origin, shown.to - origin);
        Some(shown)
    }

    /// What ffmpeg is told to make a window's picture, in a pass.
    pub(crate) fn window_arguments(&self, pass: &argv::Pass) -> Vec<String> {
        argv::picture_alone(self, pass)
    }

    /// The end of the chain that draws over a window: writing on its own clock, and fades that are under way.
    pub(super) fn drawn_over(&self, frames: u64) -> Vec<String> {
        let mut chain = Vec::new();
        let place = self.window.unwrap_or(Window { from: 0, of: frames, lead: 0 });
        if !self.captions.is_empty() {
            let write = format!("ass={}:fontsdir={}", argv::TEXT_FILE, argv::FONTS_FOLDER);
            chain.push(match place.lead {
                0 => write,
                lead => format!("setpts=PTS+{lead},{write},setpts=PTS-{lead}"),
            });
        }
        let (begin, end) = (place.from, place.from + frames);
        if begin < self.picture.rise {
            chain.push(self.under_way(begin, &format!("fade=t=in:start_frame=0:nb_frames={}", self.picture.rise)));
        }
        let falls = place.of.saturating_sub(self.picture.fall);
        if self.picture.fall > 0 && end > falls {
            let (before, from) = (begin.saturating_sub(falls), falls.saturating_sub(begin));
            chain.push(
                self.under_way(before, &format!("fade=t=out:start_frame={from}:nb_frames={}", self.picture.fall)),
            );
        }
        chain
    }

    /// A filter that counts frames, after so many of them.
    fn under_way(&self, before: u64, filter: &str) -> String {
        let rate = self.frame_rate;
        match before {
            0 => filter.to_owned(),
            _ => format!("fps={rate},tpad=start={before},{filter},trim=start_frame={before},setpts=PTS-{before}"),
        }
    }
}

impl Piece {
    /// Some of its frames.
    fn part(&self, from: u64, to: u64) -> Self {
        let (first, last) = (from == 0, to == self.frames);
        let mut part = self.clone();
        part.frames = to - from;
        part.enter = if first { self.enter } else { 0 };
        part.dark.rise = if first { self.dark.rise } else { 0 };
        part.dark.fall = if last { self.dark.fall } else { 0 };
        if !self.still {
            part.skip = self.skip + from;
            part.sure = self.sure.saturating_sub(from);
            part.hold = if last { self.hold } else { 0 };
            // How far it is read decides nothing then: it ends when it has its frames.
            part.plays_ms = self.plays_ms.filter(|_| last);
        }
        part
    }

    fn area(&self) -> u64 {
        u64::from(self.video.display_width) * u64::from(self.video.display_height)
    }
}

/// Whether a writing is still coming at a frame.
fn is_coming(caption: &Caption, frame: u64, rate: Rational) -> bool {
    let soft = (caption.soft.in_ms > 0).then(|| frames_in(caption.soft.in_ms, rate) + 1);
    (caption.from..caption.from + soft.unwrap_or(0)).contains(&frame) && caption.to > frame
}

#[cfg(test)]
mod tests;
