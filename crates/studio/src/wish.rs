//! What an output should be like.

use serde::{Deserialize, Serialize};

/// How the output should be, where the clip allows it: nothing is ever scaled up and no frames
/// are made up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FormatWish {
    /// The most frames a second: 30 unless more (up to 60) or fewer were asked for.
    pub max_fps: u32,
    /// The longest the shorter side may be, in pixels: 1080 unless less was asked for. The longer
    /// side is at most 16:9 of it.
    pub short_side: u32,
}

impl FormatWish {
    /// The frame rates that can be asked for.
    pub const FPS: std::ops::RangeInclusive<u32> = 10..=60;

    /// The short sides that can be asked for, in pixels.
    pub const SHORT_SIDES: [u32; 5] = [1080, 720, 540, 480, 360];

    /// Whether both values are ones that can be asked for.
    pub(crate) fn is_possible(&self) -> bool {
        Self::FPS.contains(&self.max_fps) && Self::SHORT_SIDES.contains(&self.short_side)
    }
}

impl Default for FormatWish {
    fn default() -> Self {
        Self { max_fps: 30, short_side: 1080 }
    }
}
