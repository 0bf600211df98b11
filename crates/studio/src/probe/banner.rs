//! From what ffmpeg says of a file that it opens to facts, for machines without ffprobe.
//!
//! What a file says of itself stands between the lines that are read, and could look like one. So ffmpeg is given a mark of
//! our own to put between the words of a stream, which no file can know; a line without it is none.

use std::{
    collections::BTreeMap,
    hash::{BuildHasher, Hasher, RandomState},
};

use crate::ffprobe::{Answer, Format, SideData, Stream};

/// More streams than this are in no clip.
const MOST_STREAMS: u32 = 1000;

/// A mark that a file can't know.
pub(super) fn mark() -> String {
    format!("|{:016x}|", RandomState::new().build_hasher().finish())
}

/// Reads what ffmpeg wrote to stderr with this mark; `None` when it has not opened the file.
pub(super) fn read(stderr: &str, mark: &str) -> Option<Answer> {
    let mut streams: Vec<Stream> = Vec::new();
    let mut stated = None;
    for line in stderr.lines() {
        let next = u32::try_from(streams.len()).ok().filter(|next| *next < MOST_STREAMS)?;
        if let Some(stream) = stream(line, next, mark) {
            streams.push(stream);
        } else if let (Some(turn), Some(last)) = (rotation(line), streams.last_mut())
            && last.side_data_list.is_empty()
        {
            last.side_data_list.push(SideData { rotation: Some(turn) });
        } else if streams.is_empty() {
            stated = duration(line).or(stated);
        }
    }
    let format = Format { duration: stated, ..Format::default() };
    (!streams.is_empty()).then_some(Answer { streams, format })
}

/// Reads `  Duration: 00:00:05.32, start: 0.540000, bitrate: 4813 kb/s` as `5.32`.
fn duration(line: &str) -> Option<String> {
    let clock = line.strip_prefix("  Duration: ")?.split(',').next()?;
    let mut parts = clock.splitn(3, ':').map(|part| part.parse::<f64>().ok().filter(|part| *part >= 0.0));
    let (hours, minutes, seconds) = (parts.next()??, parts.next()??, parts.next()??);
    Some(format!("{:.2}", hours * 3600.0 + minutes * 60.0 + seconds))
}

/// Reads `  Stream #0:1[0x2](eng): Audio: aac (LC) (mp4a / 0x6134706D), 48000 Hz, stereo, fltp (default)`.
fn stream(line: &str, index: u32, mark: &str) -> Option<Stream> {
    let place = format!("  Stream #0:{index}");
    let rest = line.strip_prefix(&place).filter(|rest| rest.starts_with([':', '[', '(']))?;
    let (_, rest) = rest.split_once(": ")?;
    let (kind, rest) = rest.split_once(": ").unwrap_or((rest, ""));
    let mut stream = Stream { index, codec_type: kind.to_ascii_lowercase(), ..Stream::default() };
    if !matches!(stream.codec_type.as_str(), "video" | "audio") {
        return Some(stream);
    }
    let (codec, rest) = rest.split_once(mark)?;
    stream.named(codec);
    let rest = rest.replace(mark, ", ");
    let dispositions =
        [("default", "default"), ("attached pic", "attached_pic"), ("timed thumbnails", "timed_thumbnails")];
    let set = dispositions.iter().filter(|(said, _)| rest.contains(&format!(" ({said})")));
    stream.disposition = set.map(|(_, name)| ((*name).to_owned(), 1)).collect::<BTreeMap<_, _>>();
    let fields = fields(&rest);
    if stream.codec_type == "video" {
        stream.pictured(&fields)
    } else {
        stream.sounded(&fields)
    }
    Some(stream)
}

impl Stream {
    /// Reads `vp9 (libvpx-vp9) (Profile 0) (vp09 / 0x39307076)`: the decoder, the profile, the tag; each may be missing.
    fn named(&mut self, words: &str) {
        let (codec, rest) = words.split_once(' ').unwrap_or((words, ""));
        self.codec_name = Some(codec.to_owned()).filter(|codec| codec != "none");
        let groups = rest.split('(').filter_map(|group| group.split_once(')')).map(|(group, _)| group);
        let is_profile =
            |group: &&str| !group.starts_with(|c: char| c.is_ascii_lowercase()) && !group.contains(" / 0x");
        self.profile = groups.into_iter().find(is_profile).map(str::to_owned);
    }

    /// Reads `yuv420p(tv, bt709, progressive)`, `720x576 [SAR 16:15 DAR 4:3]`, `25 fps`, `25 tbr`.
    fn pictured(&mut self, fields: &[&str]) {
        let Some((first, others)) = fields.split_first() else { return };
        self.pixels(first);
        for field in others {
            let (size, shape) = field.split_once(" [").unwrap_or((field, field));
            if let Some((width, height)) = size.split_once('x')
                && let (Ok(width), Ok(height)) = (width.parse(), height.parse())
            {
                (self.width, self.height) = (width, height);
            }
            // The container's word comes after the codec's, and counts.
            if let Some(shape) = shape.strip_prefix("SAR ") {
                self.sample_aspect_ratio = shape.split_whitespace().next().map(str::to_owned);
            }
            let field = field.split(" (").next().unwrap_or(field);
            if let Some(rate) = field.strip_suffix(" fps") {
                self.avg_frame_rate = usual_rate(rate);
            } else if let Some(rate) = field.strip_suffix(" tbr") {
                self.r_frame_rate = usual_rate(rate).or_else(|| decimal(rate));
            }
        }
    }

    fn pixels(&mut self, words: &str) {
        let (format, rest) = words.split_once('(').unwrap_or((words, ""));
        self.pix_fmt = Some(format.to_owned()).filter(|format| format != "none");
        for word in rest.trim_end_matches(')').split(", ") {
            let order = match word {
                "progressive" => "progressive",
                "top first" => "tt",
                "bottom first" => "bb",
                "top coded first (swapped" | "top coded first (swapped)" => "tb",
                "bottom coded first (swapped" | "bottom coded first (swapped)" => "bt",
                _ => "",
            };
            if !order.is_empty() {
                self.field_order = Some(order.to_owned());
            } else if let Some(bits) = word.strip_suffix(" bpc") {
                self.bits_per_raw_sample = Some(bits.to_owned());
            } else if matches!(word, "tv" | "pc") {
                self.color_range = Some(word.to_owned());
            } else {
                self.colors(word);
            }
        }
    }

    /// Reads `bt2020nc/bt2020/arib-std-b67`, or one name for all three.
    fn colors(&mut self, word: &str) {
        let named = |name: &str| Some(name.to_owned());
        let mut names = word.split('/');
        match (names.next(), names.next(), names.next(), names.next()) {
            (Some(matrix), Some(primaries), Some(transfer), None) => {
                self.color_space = named(matrix);
                self.color_primaries = named(primaries);
                self.color_transfer = named(transfer);
            }
            (Some(all @ ("bt709" | "smpte170m" | "smpte240m")), None, ..) => {
                self.color_space = named(all);
                self.color_primaries = named(all);
                self.color_transfer = named(all);
            }
            _ => {}
        }
    }

    /// Reads `48000 Hz`, `5.1(side)`, `fltp`.
    fn sounded(&mut self, fields: &[&str]) {
        self.sample_rate = fields.iter().find_map(|field| field.strip_suffix(" Hz")).map(str::to_owned);
        let after = fields.iter().position(|field| field.ends_with(" Hz")).map_or(0, |at| at + 1);
        self.channels = fields.get(after).and_then(|layout| channels(layout)).unwrap_or(0);
    }
}

/// A rate as ffmpeg rounds it to two places, where it is one that cameras have: `29.97` is 30000/1001.
fn usual_rate(said: &str) -> Option<String> {
    if let Ok(whole) = said.parse::<u32>() {
        return Some(format!("{whole}/1"));
    }
    let television = [24_000u32, 30_000, 48_000, 60_000, 120_000];
    let is_said = |rate: &&u32| format!("{:.2}", f64::from(**rate) / 1001.0) == said;
    television.iter().find(is_said).map(|rate| format!("{rate}/1001"))
}

/// `30.01` as 3001/100, `90k` as 90000/1.
fn decimal(said: &str) -> Option<String> {
    if let Some(thousands) = said.strip_suffix('k') {
        return thousands.parse::<u32>().ok().map(|thousands| format!("{}/1", u64::from(thousands) * 1000));
    }
    let value: f64 = said.parse().ok().filter(|value: &f64| (0.0..1e7).contains(value))?;
    Some(format!("{}/100", (value * 100.0).round() as u32))
}

/// How many channels a layout of this name has.
fn channels(layout: &str) -> Option<u32> {
    let layout = layout.split('(').next().unwrap_or(layout).trim();
    let named = match layout {
        "mono" => 1,
        "stereo" | "downmix" | "binaural" => 2,
        "quad" => 4,
        "hexagonal" => 6,
        "octagonal" | "cube" => 8,
        "hexadecagonal" => 16,
        _ => 0,
    };
    if named > 0 {
        return Some(named);
    }
    if let Some(count) = layout.strip_suffix(" channels") {
        return count.parse().ok();
    }
    // `5.1` and `7.1.4` are counted by those who named them.
    layout.split('.').map(|part| part.parse::<u32>().ok().filter(|count| *count < 100)).sum()
}

/// Reads `      Display Matrix: rotation of -90.00 degrees`; older versions write `displaymatrix`.
fn rotation(line: &str) -> Option<f64> {
    let (what, rest) = line.strip_prefix("      ")?.split_once(": rotation of ")?;
    let is_matrix = matches!(what, "displaymatrix" | "Display Matrix");
    rest.strip_suffix(" degrees").filter(|_| is_matrix)?.parse().ok().filter(|turn: &f64| turn.is_finite())
}

/// What stands between commas, outside brackets.
fn fields(text: &str) -> Vec<&str> {
    let (mut depth, mut from, mut found) = (0u32, 0, Vec::new());
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'(' | b'[' => depth += 1,
            b')' | b']' => depth = depth.saturating_sub(1),
            b',' if depth == 0 => {
                found.push(text[from..at].trim());
                from = at + 1;
            }
            _ => {}
        }
    }
    found.push(text[from..].trim());
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{MediaFacts, ffprobe, sniff::Kind};

    fn facts(stderr: &str) -> MediaFacts {
        ffprobe::facts(&read(stderr, "|x|").unwrap(), Kind::Matroska, 1)
    }

    #[test]
    fn a_phones_clip_is_read() {
        let said = "Input #0, mov, from 'x':\n  Metadata:\n    encoder         : x\n  Duration: 00:00:04.00, start: 0.000000\n  \
            Stream #0:0[0x1](eng): Video: hevc (Main 10) (hvc1 / 0x31637668)|x|yuv420p10le(tv, bt2020nc/bt2020/arib-std-b67, \
            progressive), 1920x1080 [SAR 1:1 DAR 16:9], 953 kb/s|x|29.97 fps, 30 tbr, 15360 tbn (default)\n    Side data:\n      \
            Display Matrix: rotation of -90.00 degrees\n  Stream #0:1[0x2](und): Audio: aac (LC) (mp4a / 0x6134706D)|x|48000 Hz, \
            5.1(side), fltp, 110 kb/s, start 0.978000 (default)\n  Stream #0:2[0x3]: Data: none (mebx / 0x7862656D), 0 kb/s\n\
            At least one output file must be specified\n";
        let facts = facts(said);
        let (video, audio) = (facts.video.unwrap(), facts.audio.unwrap());
        assert_eq!(facts.streams, 3);
        assert_eq!((video.codec.as_str(), video.profile.as_deref()), ("hevc", Some("Main 10")));
        assert_eq!(facts.duration_ms, 4000);
        assert_eq!((video.display_width, video.display_height, video.rotation), (1080, 1920, 90));
        assert_eq!((video.bit_depth, video.color.is_hdr(), video.interlaced), (10, true, false));
        assert_eq!(video.frame_rate.unwrap().to_string(), "30000/1001");
        assert_eq!((audio.codec.as_str(), audio.channels, audio.sample_rate), ("aac", 6, 48_000));
    }

    #[test]
    fn an_older_versions_words_are_read() {
        let said = "  Stream #0:0: Video: mpeg2video (Main)|x|yuv420p(tv, smpte170m, top coded first (swapped)), 720x576 [SAR \
            64:45 DAR 16:9], SAR 16:15 DAR 4:3|x|27.02 fps, 30.01 tbr, 90k tbn\n    Side data:\n      displaymatrix: rotation \
            of 180.00 degrees\n  Stream #0:1: Video: mjpeg (Baseline), none(pc)|x|64x64|x|90k tbr (attached pic)\n  \
            Stream #0:2: Audio: none (apac / 0x63617061)|x|48000 Hz, 4 channels\n";
        let facts = facts(said);
        let video = facts.video.unwrap();
        assert_eq!((video.display_width, video.rotation, video.interlaced), (768, 180, true));
        assert_eq!(video.color.matrix.as_deref(), Some("smpte170m"));
        assert_eq!((video.frame_rate, video.nominal_frame_rate.unwrap().to_string()), (None, "3001/100".to_owned()));
        assert_eq!((facts.audio, facts.streams), (None, 3));
    }

    #[test]
    fn channels_are_counted() {
        let cases =
            [("mono", 1), ("5.1", 6), ("7.1(wide)", 8), ("22.2", 24), ("3 channels (FL+FR+LFE)", 3), ("5.1.2", 8)];
        for (layout, count) in cases {
            assert_eq!(channels(layout), Some(count), "{layout}");
        }
        for nothing in ["", "fltp", "-1", "99999999999", "4294967295.4294967295"] {
            assert_eq!(channels(nothing), None, "{nothing}");
        }
    }

    #[test]
    fn what_a_file_says_of_itself_is_no_stream() {
        let forged = "  Stream #0:0: Video: h264 (High)|y|yuv420p, 16x16|y|25 fps\n";
        assert!(read(forged, "|x|").is_none());
        let real = "  Stream #0:0: Audio: mp3 (mp3float)|x|44100 Hz, stereo, fltp\n";
        let facts = facts(&format!("{forged}{real}{forged}"));
        assert_eq!((facts.video, facts.streams, facts.audio.unwrap().profile), (None, 1, None));
        assert_ne!(mark(), mark());
    }

    proptest! {
        #[test]
        fn any_text_is_answered(text in r"(  Stream #0:0|: |Video|Audio|\|x\||[()\[\], x0-9a-zé/.:-]| fps|SAR |\n){0,60}") {
            read(&text, "|x|");
        }
    }
}
