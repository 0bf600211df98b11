//! What a media file is, in the words of the demo's table: ffprobe's answer and the order of the
//! MP4's boxes.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use serde_json::Value;

use crate::run::{Result, command, output};

/// One file's facts.
pub(crate) struct Facts {
    probe: Value,
    moov_first: Option<bool>,
}

impl Facts {
    /// Probes the file.
    pub(crate) fn of(path: &Path) -> Result<Self> {
        let mut probe = command("ffprobe");
        probe.args(["-v", "error", "-of", "json"]);
        probe.args(["-show_format", "-show_streams"]).arg(path);
        Ok(Self { probe: serde_json::from_str(&output(&mut probe)?)?, moov_first: moov_first(&mut File::open(path)?)? })
    }

    /// The rows of the table, in order; always the same names.
    pub(crate) fn rows(&self) -> Vec<(&'static str, String)> {
        let video = self.stream("video");
        vec![
            ("container", self.container()),
            ("video", codec(video)),
            ("picture", picture(video)),
            ("colour", colour(video)),
            ("frames a second", rate(video)),
            ("sound", sound(self.stream("audio"))),
            ("starts while loading", self.faststart()),
            ("length", self.length()),
            ("bytes", text(&self.probe["format"]["size"])),
            ("place of recording", self.place()),
        ]
    }

    fn stream(&self, kind: &str) -> &Value {
        self.probe["streams"]
            .as_array()
            .and_then(|all| all.iter().find(|one| one["codec_type"] == kind))
            .unwrap_or(&Value::Null)
    }

    fn container(&self) -> String {
        let format = &self.probe["format"];
        match format["tags"]["major_brand"].as_str() {
            Some("qt  ") => "QuickTime (mov)".to_owned(),
            Some(brand) => format!("MP4 ({})", clean(brand)),
            None => text(&format["format_name"]),
        }
    }

    fn faststart(&self) -> String {
        match self.moov_first {
            Some(true) => "yes".to_owned(),
            Some(false) => "no (index at the end)".to_owned(),
            None => "–".to_owned(),
        }
    }

    fn length(&self) -> String {
        let seconds = self.probe["format"]["duration"].as_str();
        seconds
            .and_then(|text| text.parse::<f64>().ok())
            .map_or_else(|| "–".to_owned(), |seconds| format!("{seconds:.2} s"))
    }

    fn place(&self) -> String {
        let tags = &self.probe["format"]["tags"];
        ["location", "com.apple.quicktime.location.ISO6709"]
            .iter()
            .find_map(|key| tags[key].as_str())
            .map_or_else(|| "none".to_owned(), clean)
    }
}

fn codec(video: &Value) -> String {
    format!("{} {}", text(&video["codec_name"]), text(&video["profile"]))
}

/// As it is seen: after the display matrix, with a word on how it is stored.
fn picture(video: &Value) -> String {
    let (Some(width), Some(height)) = (video["width"].as_u64(), video["height"].as_u64()) else {
        return "none".to_owned();
    };
    let turn = video["side_data_list"]
        .as_array()
        .and_then(|all| all.iter().find_map(|one| one["rotation"].as_i64()))
        .unwrap_or(0)
        .rem_euclid(360);
    match turn {
        0 => format!("{width}x{height}"),
        90 | 270 => format!("{height}x{width}, stored turned by {turn}°"),
        _ => format!("{width}x{height}, stored turned by {turn}°"),
    }
}

fn colour(video: &Value) -> String {
    let range = match video["color_transfer"].as_str() {
        Some("arib-std-b67") => "HDR (HLG)",
        Some("smpte2084") => "HDR (PQ)",
        Some("bt709") => "BT.709",
        Some(_) | None => "not said",
    };
    format!("{range}, {}", text(&video["pix_fmt"]))
}

/// The average; "variable" when frames come further apart than the shortest gap says.
fn rate(video: &Value) -> String {
    let Some(average) = fraction(&video["avg_frame_rate"]) else {
        return "–".to_owned();
    };
    let shortest = fraction(&video["r_frame_rate"]).unwrap_or(average);
    if (shortest - average).abs() > 0.01 * average {
        format!("{average:.2}, variable")
    } else {
        format!("{average:.2}")
    }
}

fn fraction(value: &Value) -> Option<f64> {
    let (over, under) = value.as_str()?.split_once('/')?;
    let (over, under): (f64, f64) = (over.parse().ok()?, under.parse().ok()?);
    (under != 0.0).then(|| over / under)
}

fn sound(audio: &Value) -> String {
    if audio.is_null() {
        return "none".to_owned();
    }
    format!(
        "{} {}, {} Hz, {} channels",
        text(&audio["codec_name"]),
        text(&audio["profile"]),
        text(&audio["sample_rate"]),
        text(&audio["channels"])
    )
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => clean(text),
        Value::Number(number) => number.to_string(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => "–".to_owned(),
    }
}

/// A file's own words, short and without anything that a terminal would obey.
fn clean(words: &str) -> String {
    let printable = words.chars().filter(|c| !c.is_control());
    printable.take(40).collect::<String>().trim().to_owned()
}

/// Whether the index (`moov`) of an MP4 or MOV stands before the media (`mdat`); `None` for a file
/// that has no such boxes.
fn moov_first(file: &mut (impl Read + Seek)) -> std::io::Result<Option<bool>> {
    let mut at = 0;
    loop {
        file.seek(SeekFrom::Start(at))?;
        let mut head = Vec::new();
        file.take(16).read_to_end(&mut head)?;
        let Some((size, kind)) = head.first_chunk::<8>().map(|head| head.split_at(4)) else {
            return Ok(None);
        };
        match kind {
            b"moov" => return Ok(Some(true)),
            b"mdat" => return Ok(Some(false)),
            _ => {}
        }
        let long = head.get(8..16).unwrap_or_default();
        let size = match number(size) {
            1 => number(long),
            size => size,
        };
        at = match at.checked_add(size) {
            Some(next) if size >= 8 => next,
            Some(_) | None => return Ok(None),
        };
    }
}

fn number(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |sum, byte| (sum << 8) | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::io::Cursor;

    fn order(boxes: &[(&[u8], usize)]) -> Option<bool> {
        let mut file = Vec::new();
        for (kind, size) in boxes {
            file.extend(u32::try_from(*size).unwrap().to_be_bytes());
            file.extend(*kind);
            file.resize(file.len() + size.saturating_sub(8), 0);
        }
        moov_first(&mut Cursor::new(file)).unwrap()
    }

    #[test]
    fn the_order_of_boxes_is_read() {
        assert_eq!(order(&[(b"ftyp", 24), (b"moov", 99), (b"mdat", 8)]), Some(true));
        assert_eq!(order(&[(b"ftyp", 24), (b"free", 8), (b"mdat", 50)]), Some(false));
        assert_eq!(order(&[(b"RIFF", 0)]), None);
        assert_eq!(order(&[]), None);
    }

    #[test]
    fn a_box_with_a_long_size_is_passed_over() {
        let mut file = [&1u32.to_be_bytes()[..], b"wide", &24u64.to_be_bytes()].concat();
        file.resize(24, 0);
        file.extend([0, 0, 0, 8]);
        file.extend(b"moov");
        assert_eq!(moov_first(&mut Cursor::new(file)).unwrap(), Some(true));
    }

    #[test]
    fn a_turned_variable_hdr_stream_is_told_as_such() {
        let video = json!({
            "width": 1080, "height": 810, "pix_fmt": "yuv420p10le",
            "color_transfer": "arib-std-b67", "avg_frame_rate": "5535000/218341",
            "r_frame_rate": "60/1", "side_data_list": [{"rotation": -90}],
        });
        assert_eq!(picture(&video), "810x1080, stored turned by 270°");
        assert_eq!(colour(&video), "HDR (HLG), yuv420p10le");
        assert_eq!(rate(&video), "25.35, variable");
        assert_eq!(rate(&json!({"avg_frame_rate": "0/0"})), "–");
    }

    #[test]
    fn a_files_words_cannot_steer_the_terminal() {
        assert_eq!(clean("\u{1b}[2Jhere\n"), "[2Jhere");
        assert_eq!(clean(&"x".repeat(99)).len(), 40);
    }
}
