//! Where a picture lies in the frame.

use super::size::{fill, fit};
use crate::{facts::VideoFacts, ops::Fit, timeline::Turn};

/// What is shown of a picture and where, in pixels.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Look {
    /// Width and height that are cut out of the middle, in pixels of the file as a player turns it.
    pub(crate) crop: Option<(u32, u32)>,
    /// Width and height to which it is scaled, before it is turned.
    pub(crate) size: (u32, u32),
    /// What is around it.
    pub(crate) around: Around,
}

/// What is around a picture that doesn't fill the frame.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) enum Around {
    #[default]
    Nothing,
    Black,
    /// A blurred copy of its middle, of which this width and height are taken.
    Blur((u32, u32)),
}

impl Look {
    /// `fit` is what was asked for; without it a picture of another shape gets bars.
    pub(super) fn new(video: &VideoFacts, turn: Turn, fit: Option<Fit>, frame: (u32, u32)) -> Self {
        let shown = turned((video.display_width.max(2), video.display_height.max(2)), turn);
        // A side that is odd or rounded by the scaling makes no bar of a line's width.
        if same_shape(shown, frame) {
            return Self { crop: None, size: turned(frame, turn), around: Around::Nothing };
        }
        match fit.unwrap_or(Fit::Contain) {
            Fit::Cover => {
                Self { crop: Some(cover(video, turn, frame)), size: turned(frame, turn), around: Around::Nothing }
            }
            Fit::Contain => Self { crop: None, size: turned(fill(shown, frame), turn), around: Around::Black },
            Fit::Blur => {
                let size = fill(shown, frame);
                let around = Around::Blur(fit_shape(frame, size));
                Self { crop: None, size: turned(size, turn), around }
            }
        }
    }
}

/// Whether a picture fills the frame but for what evening out its sides takes.
fn same_shape(shown: (u32, u32), frame: (u32, u32)) -> bool {
    let near = |of: u32, by: u32, to: u32, side: u32| {
        let exact = f64::from(of) * f64::from(by) / f64::from(to);
        (exact - f64::from(side)).abs() <= 2.0
    };
    near(shown.1, frame.0, shown.0, frame.1) || near(shown.0, frame.1, shown.1, frame.0)
}

/// The largest part of a picture of this size that has the frame's shape; even.
fn fit_shape(frame: (u32, u32), size: (u32, u32)) -> (u32, u32) {
    let large = (frame.0.saturating_mul(64), frame.1.saturating_mul(64));
    fit(large, size)
}

/// The part to be cut out, in the file's own pixels after a player's turn and before ours.
fn cover(video: &VideoFacts, turn: Turn, frame: (u32, u32)) -> (u32, u32) {
    let display = (video.display_width.max(2), video.display_height.max(2));
    let part = fit_shape(turned(frame, turn), display);
    let stored = if video.rotation % 180 == 90 { (video.height, video.width) } else { (video.width, video.height) };
    let scaled = |part: u32, display: u32, stored: u32| {
        let exact = u64::from(part) * u64::from(stored) / u64::from(display);
        (u32::try_from(exact).unwrap_or(stored) & !1).clamp(2, stored.max(2))
    };
    (scaled(part.0, display.0, stored.0), scaled(part.1, display.1, stored.1))
}

fn turned((width, height): (u32, u32), turn: Turn) -> (u32, u32) {
    if turn.is_sideways() { (height, width) } else { (width, height) }
}
