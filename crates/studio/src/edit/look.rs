//! The shape of the picture, and what the file should be like.

use super::names;
use super::refusal::Refusal;
use super::words::{number, size};
use super::work::Work;
use crate::destination::{Destination, Destinations};
use crate::error::plain;
use crate::ops::{Axis, Codec, Container, Fit, Ratio, Resolution};
use crate::timeline::{Canvas, Segment};

/// Sides of a picture that can be asked for, in pixels.
const SIDES: std::ops::RangeInclusive<u32> = 16..=8_192;

impl Work<'_> {
    pub(super) fn canvas(&mut self, ratio: Ratio, fit: Option<Fit>) -> Result<(), Refusal> {
        let fit = fit.unwrap_or(Fit::Blur);
        self.timeline.settings.canvas = Some(Canvas { ratio, fit });
        // An exact size of another shape was for the shape before.
        if let Some(Resolution::Exact { w, h }) = self.timeline.settings.output.resolution {
            let (wide, high) = ratio.sides();
            if u64::from(w) * u64::from(high) != u64::from(h) * u64::from(wide) {
                self.timeline.settings.output.resolution = Some(Resolution::Short { short_side: w.min(h) });
            }
        }
        let (en, zh) = names::fit(fit);
        let (ratio, frame) = (names::ratio(ratio), self.frame_words());
        self.tell(format!("Shape: {ratio}, {en}{frame}"), format!("画幅：{ratio}，{zh}{frame}"));
        Ok(())
    }

    pub(super) fn resolution(&mut self, resolution: Resolution) -> Result<(), Refusal> {
        let (fine, shown) = match resolution {
            Resolution::Short { short_side } => (SIDES.contains(&short_side), format!("{short_side}p")),
            Resolution::Exact { w, h } => (SIDES.contains(&w) && SIDES.contains(&h), format!("{w}x{h}")),
        };
        if !fine {
            let (en, zh) = ("A picture can have from 16 to 8192 pixels a side", "画面每边只能是 16 到 8192 像素");
            return Err(Refusal::out_of_range(en, zh, self.language));
        }
        self.timeline.settings.output.resolution = Some(resolution);
        let frame = self.frame_words();
        self.tell(format!("Size: {shown}{frame}"), format!("分辨率：{shown}{frame}"));
        Ok(())
    }

    /// ` (720x1280)`, where it is known.
    fn frame_words(&self) -> String {
        self.timeline.frame().map_or_else(String::new, |(width, height)| format!(" ({width}x{height})"))
    }

    pub(super) fn fps(&mut self, value: f64) -> Result<(), Refusal> {
        if !(1.0..=240.0).contains(&value) {
            let (en, zh) = ("The frame rate can be from 1 to 240 a second", "帧率只能在每秒 1 到 240 帧之间");
            return Err(Refusal::out_of_range(en, zh, self.language));
        }
        self.timeline.settings.output.fps_milli = Some((value * 1000.0).round() as u32);
        let rate = number(value);
        self.tell(format!("Frame rate: {rate} a second"), format!("帧率：每秒 {rate} 帧"));
        Ok(())
    }

    pub(super) fn rotate(&mut self, deg: i32, clip: Option<u32>) -> Result<(), Refusal> {
        let id = clip.map(|number| self.clip(number, false)).transpose()?.map(|(id, _)| id);
        let segments = self.timeline.segments.iter_mut();
        for segment in segments.filter(|segment| id.is_none_or(|id| segment.clip == id)) {
            let Some(turn) = segment.turn.turned(deg) else {
                let (en, zh) =
                    ("A picture can only be turned by 90, 180 or 270 degrees", "画面只能旋转 90、180 或 270 度");
                return Err(Refusal::out_of_range(en, zh, self.language));
            };
            segment.turn = turn;
        }
        let (degrees, way) =
            (deg.unsigned_abs(), if deg < 0 { ("to the left", "向左") } else { ("to the right", "向右") });
        let which = clip.map_or_else(
            || ("Turned".to_owned(), "已".to_owned()),
            |number| (format!("Clip {number} turned"), format!("第 {number} 段已")),
        );
        self.tell(format!("{} {degrees}° {}", which.0, way.0), format!("{}{}旋转 {degrees}°", which.1, way.1));
        Ok(())
    }

    pub(super) fn flip(&mut self, axis: Axis) -> Result<(), Refusal> {
        for Segment { turn, .. } in &mut self.timeline.segments {
            *turn = turn.flipped(axis);
        }
        let (en, zh) = match axis {
            Axis::H => ("Mirrored left to right", "已左右翻转"),
            Axis::V => ("Flipped upside down", "已上下翻转"),
        };
        self.tell(en.to_owned(), zh.to_owned());
        Ok(())
    }

    pub(super) fn max_size(&mut self, bytes: u64) -> Result<(), Refusal> {
        if bytes == 0 {
            let (en, zh) = ("A file can't be empty", "文件大小不能为 0");
            return Err(Refusal::out_of_range(en, zh, self.language));
        }
        self.timeline.settings.output.max_bytes = Some(bytes);
        let shown = size(bytes);
        self.tell(format!("File size: at most {shown}"), format!("文件大小：不超过 {shown}"));
        Ok(())
    }

    /// What was said of the file before stays: it is meant for this destination too.
    pub(super) fn preset(&mut self, name: &str) -> Result<(), Refusal> {
        let Some(destination) = Destinations::built_in().get(name) else {
            let shown = plain(name, 40);
            let (en, zh) = (format!("I know no destination 「{shown}」"), format!("不认识「{shown}」这个去处"));
            return Err(Refusal::out_of_range(&en, &zh, self.language));
        };
        self.timeline.settings.output.destination = Some(name.to_owned());
        let Destination { title, title_zh, .. } = destination;
        self.tell(format!("Made for: {title}"), format!("用途：{title_zh}"));
        Ok(())
    }

    pub(super) fn format(&mut self, container: Option<Container>, codec: Option<Codec>) -> Result<(), Refusal> {
        let output = &mut self.timeline.settings.output;
        output.container = container.or(output.container);
        output.codec = codec.or(output.codec);
        let shown = [container.map(names::container), codec.map(names::codec)];
        let shown = shown.into_iter().flatten().collect::<Vec<_>>().join(", ");
        self.tell(format!("Format: {shown}"), format!("格式：{shown}"));
        Ok(())
    }
}
