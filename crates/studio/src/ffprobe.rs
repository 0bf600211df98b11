//! From ffprobe's JSON to facts.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::{
    error::plain,
    facts::{AudioFacts, Color, MediaFacts, VideoFacts},
    rational::Rational,
    sniff::Kind,
};

/// Two rates that differ by less than this part are the same rate: the time bases of phones and
/// of MPEG-TS don't hit the nominal rate exactly.
const SAME_RATE: f64 = 0.005;

/// Reads ffprobe's JSON answer.
pub(crate) fn read(json: &str, kind: Kind, bytes: u64) -> Result<MediaFacts, String> {
    let answer = serde_json::from_str(json).map_err(|_| "ffprobe's answer makes no sense".to_owned())?;
    Ok(facts(&answer, kind, bytes))
}

/// What an answer says, in whichever way it was asked for.
pub(crate) fn facts(answer: &Answer, kind: Kind, bytes: u64) -> MediaFacts {
    let begin = answer.format.start_time.as_deref().and_then(seconds).unwrap_or(0.0);
    let video = choose(&answer.streams, Stream::is_picture).map(|s| s.video(begin));
    let audio = choose(&answer.streams, Stream::is_sound).map(|s| s.audio(begin));
    let still = kind.is_still();
    MediaFacts {
        container: kind.extension().to_owned(),
        duration_ms: if still { 0 } else { duration(answer, video.as_ref(), audio.as_ref()) },
        video,
        audio,
        streams: u32::try_from(answer.streams.len()).unwrap_or(u32::MAX),
        bytes,
        faststart: None,
        boxes: None,
        cues: Vec::new(),
        still,
    }
}

/// The streams say how long they are in most containers. Where they don't, the container's own
/// word counts, which a long timecode or subtitle track may have stretched.
fn duration(answer: &Answer, video: Option<&VideoFacts>, audio: Option<&AudioFacts>) -> u64 {
    let end = |start: u64, length: Option<u64>| length.map(|length| start + length);
    let video_end = video.map(|v| end(v.start_ms, v.duration_ms));
    let audio_end = audio.map(|a| end(a.start_ms, a.duration_ms));
    match (video_end, audio_end) {
        (Some(Some(video)), Some(Some(audio))) => video.max(audio),
        (Some(Some(only)), None) | (None, Some(Some(only))) => only,
        _ => answer.format.duration.as_deref().and_then(milliseconds).unwrap_or(0),
    }
}

/// The stream marked as the default one, else the first.
fn choose(streams: &[Stream], wanted: fn(&Stream) -> bool) -> Option<&Stream> {
    let mut candidates = streams.iter().filter(|stream| wanted(stream));
    let first = candidates.next()?;
    let is_default = |stream: &&Stream| stream.has("default");
    Some(Some(first).filter(is_default).or_else(|| candidates.find(is_default)).unwrap_or(first))
}

/// What ffprobe answers; what else is asked is put into its words.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Answer {
    pub(crate) streams: Vec<Stream>,
    pub(crate) format: Format,
}

#[derive(Deserialize, Default)]
pub(crate) struct Format {
    pub(crate) start_time: Option<String>,
    pub(crate) duration: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Stream {
    pub(crate) index: u32,
    pub(crate) codec_type: String,
    pub(crate) codec_name: Option<String>,
    pub(crate) profile: Option<String>,
    pub(crate) level: Option<i64>,
    pub(crate) pix_fmt: Option<String>,
    pub(crate) bits_per_raw_sample: Option<String>,
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) sample_aspect_ratio: Option<String>,
    pub(crate) avg_frame_rate: Option<String>,
    pub(crate) r_frame_rate: Option<String>,
    pub(crate) color_primaries: Option<String>,
    pub(crate) color_transfer: Option<String>,
    pub(crate) color_space: Option<String>,
    pub(crate) color_range: Option<String>,
    pub(crate) field_order: Option<String>,
    pub(crate) start_time: Option<String>,
    pub(crate) duration: Option<String>,
    pub(crate) nb_frames: Option<String>,
    pub(crate) channels: u32,
    pub(crate) sample_rate: Option<String>,
    pub(crate) disposition: BTreeMap<String, i64>,
    pub(crate) side_data_list: Vec<SideData>,
    pub(crate) tags: BTreeMap<String, String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct SideData {
    /// Degrees counter-clockwise; ffmpeg before 6 and after write it as a number.
    pub(crate) rotation: Option<f64>,
}

impl Stream {
    fn has(&self, disposition: &str) -> bool {
        self.disposition.get(disposition).is_some_and(|set| *set != 0)
    }

    /// Cover art and thumbnails are video streams to ffmpeg.
    fn is_picture(&self) -> bool {
        let art = self.has("attached_pic") || self.has("timed_thumbnails");
        self.codec_type == "video" && !art
    }

    /// A sound without a codec or channels can't be decoded (an iPhone's spatial track).
    fn is_sound(&self) -> bool {
        self.codec_type == "audio" && self.channels > 0 && self.codec_name.is_some()
    }

    fn video(&self, begin: f64) -> VideoFacts {
        let pixel_format = word(self.pix_fmt.as_deref()).unwrap_or_default();
        let sample_aspect_ratio = self.pixel_shape();
        let rotation = self.rotation();
        let (display_width, display_height) = self.display_size(sample_aspect_ratio, rotation);
        let frame_rate = self.avg_frame_rate.as_deref().and_then(Rational::read);
        let nominal_frame_rate = self.r_frame_rate.as_deref().and_then(Rational::read);
        VideoFacts {
            index: self.index,
            codec: word(self.codec_name.as_deref()).unwrap_or_default(),
            // One without a name is told as a number.
            profile: word(self.profile.as_deref()).filter(|name| name.parse::<u32>().is_err()),
            level: self.level(),
            bit_depth: self.bit_depth(&pixel_format),
            pixel_format,
            width: self.width,
            height: self.height,
            display_width,
            display_height,
            rotation,
            // No file says by a matrix that nothing is to be done.
            transformed: rotation == 0 && self.side_data_list.iter().any(|data| data.rotation.is_some()),
            sample_aspect_ratio,
            frame_rate,
            nominal_frame_rate,
            variable: differ(frame_rate, nominal_frame_rate),
            color: self.color(),
            interlaced: matches!(self.field_order.as_deref(), Some("tt" | "bb" | "tb" | "bt")),
            start_ms: self.start_ms(begin),
            duration_ms: self.duration_ms(),
            frames: self.nb_frames.as_deref().and_then(|count| count.parse().ok()),
        }
    }

    fn audio(&self, begin: f64) -> AudioFacts {
        AudioFacts {
            index: self.index,
            codec: word(self.codec_name.as_deref()).unwrap_or_default(),
            profile: word(self.profile.as_deref()),
            channels: self.channels,
            sample_rate: self.sample_rate.as_deref().and_then(|r| r.parse().ok()).unwrap_or(0),
            start_ms: self.start_ms(begin),
            duration_ms: self.duration_ms(),
        }
    }

    fn color(&self) -> Color {
        Color {
            primaries: word(self.color_primaries.as_deref()),
            transfer: word(self.color_transfer.as_deref()),
            // RGB has none.
            matrix: word(self.color_space.as_deref()).filter(|name| name != "gbr"),
            range: word(self.color_range.as_deref()),
        }
    }

    /// A shape beyond 10 to 1 is a broken header, not a lens.
    fn pixel_shape(&self) -> Rational {
        self.sample_aspect_ratio
            .as_deref()
            .and_then(Rational::read)
            .filter(|shape| (0.1..=10.0).contains(&shape.value()))
            .unwrap_or(Rational::ONE)
    }

    /// Other codecs' numbers mean nothing to anybody who asks.
    fn level(&self) -> Option<u32> {
        let leveled = matches!(self.codec_name.as_deref(), Some("h264" | "hevc"));
        self.level.filter(|level| leveled && *level > 0).and_then(|level| u32::try_from(level).ok())
    }

    /// Clockwise, in quarter turns: a display matrix at another angle is shown upright.
    fn rotation(&self) -> u32 {
        let counter_clockwise = self.side_data_list.iter().find_map(|data| data.rotation);
        match counter_clockwise.map(|degrees| (-degrees).rem_euclid(360.0)) {
            Some(turn) if (turn - 90.0).abs() < 1.0 => 90,
            Some(turn) if (turn - 180.0).abs() < 1.0 => 180,
            Some(turn) if (turn - 270.0).abs() < 1.0 => 270,
            Some(_) | None => 0,
        }
    }

    fn display_size(&self, shape: Rational, rotation: u32) -> (u32, u32) {
        let wide = u32::try_from(shape.rounded(self.width.into())).unwrap_or(u32::MAX);
        match rotation {
            90 | 270 => (self.height, wide),
            _ => (wide, self.height),
        }
    }

    fn bit_depth(&self, pixel_format: &str) -> u32 {
        let stated = self.bits_per_raw_sample.as_deref().and_then(|bits| bits.parse().ok());
        let named = || {
            let name = pixel_format.trim_end_matches("le").trim_end_matches("be");
            [16, 14, 12, 10, 9].into_iter().find(|bits| name.ends_with(&format!("p{bits}")))
        };
        stated.or_else(named).unwrap_or(8)
    }

    fn start_ms(&self, begin: f64) -> u64 {
        let start = self.start_time.as_deref().and_then(seconds).unwrap_or(begin);
        ((start - begin).max(0.0) * 1000.0).round() as u64
    }

    /// Matroska has the end in a tag, as `00:00:05.312000000`, counted from zero.
    fn duration_ms(&self) -> Option<u64> {
        let tagged = || {
            let mut parts = self.tags.get("DURATION")?.splitn(3, ':');
            let hours: f64 = parts.next()?.parse().ok()?;
            let minutes: f64 = parts.next()?.parse().ok()?;
            let end = hours.mul_add(3600.0, minutes * 60.0) + seconds(parts.next()?)?;
            let total = end - self.start_time.as_deref().and_then(seconds).unwrap_or(0.0);
            (total.is_finite() && total >= 0.0).then(|| (total * 1000.0).round() as u64)
        };
        self.duration.as_deref().and_then(milliseconds).or_else(tagged)
    }
}

/// Whether frames that come so often on average lie unevenly on a grid of this rate.
pub(crate) fn differ(average: Option<Rational>, nominal: Option<Rational>) -> bool {
    let (Some(average), Some(nominal)) = (average, nominal) else {
        return true;
    };
    let ratio = nominal.value() / average.value();
    // A codec that counts fields has a base of twice the rate.
    [1.0, 2.0].iter().all(|even| (ratio / even - 1.0).abs() > SAME_RATE)
}

/// A word of ffmpeg's, where `unknown` and friends are none.
fn word(text: Option<&str>) -> Option<String> {
    let known = text.filter(|text| !matches!(*text, "" | "unknown" | "unspecified" | "reserved"))?;
    Some(plain(known, 40))
}

fn seconds(text: &str) -> Option<f64> {
    text.parse().ok().filter(|value: &f64| value.is_finite())
}

fn milliseconds(text: &str) -> Option<u64> {
    seconds(text).filter(|value| *value >= 0.0).map(|value| (value * 1000.0).round() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(json: &str) -> MediaFacts {
        read(json, Kind::Mov, 1).unwrap()
    }

    fn video(fields: &str) -> VideoFacts {
        facts(&format!(r#"{{"streams":[{{"codec_type":"video","width":720,"height":576{fields}}}]}}"#)).video.unwrap()
    }

    #[test]
    fn rotation_and_pixel_shape_make_the_display_size() {
        let anamorphic = video(r#","sample_aspect_ratio":"16:15""#);
        assert_eq!((anamorphic.display_width, anamorphic.display_height), (768, 576));
        let turned = video(r#","sample_aspect_ratio":"16:15","side_data_list":[{"rotation":-90}]"#);
        assert_eq!((turned.rotation, turned.display_width, turned.display_height), (90, 576, 768));
        assert_eq!(video(r#","side_data_list":[{"rotation":90}]"#).rotation, 270);
        assert_eq!(video(r#","side_data_list":[{"rotation":-180}]"#).rotation, 180);
        let askew = video(r#","side_data_list":[{"rotation":17}]"#);
        assert_eq!((askew.rotation, askew.transformed), (0, true));
        assert!(
            video(r#","side_data_list":[{"rotation":0}]"#).transformed
                && !turned.transformed
                && !anamorphic.transformed
        );
        assert_eq!(video(r#","sample_aspect_ratio":"1000:1""#).display_width, 720);
    }

    #[test]
    fn cover_art_is_no_video_and_the_default_stream_wins() {
        let facts = facts(
            r#"{"streams":[
                {"index":0,"codec_type":"video","disposition":{"attached_pic":1}},
                {"index":1,"codec_type":"audio","codec_name":"aac","channels":1},
                {"index":2,"codec_type":"audio","codec_name":"aac","channels":2,"disposition":{"default":1}},
                {"index":3,"codec_type":"audio","channels":0,"disposition":{"default":1}}
            ]}"#,
        );
        assert_eq!(facts.video, None);
        assert_eq!(facts.audio.unwrap().index, 2);
        assert_eq!(facts.streams, 4);
    }

    #[test]
    fn frames_are_variable_when_average_and_base_rate_differ() {
        let phone = r#","avg_frame_rate":"369000/13657","r_frame_rate":"90000/2999""#;
        assert!(video(phone).variable);
        assert!(!video(r#","avg_frame_rate":"30000/1001","r_frame_rate":"30/1""#).variable);
        assert!(!video(r#","avg_frame_rate":"25/1","r_frame_rate":"50/1""#).variable);
        assert!(video(r#","avg_frame_rate":"0/0","r_frame_rate":"90000/1""#).variable);
    }

    #[test]
    fn bit_depth_comes_from_the_header_or_the_pixel_format() {
        assert_eq!(video(r#","pix_fmt":"yuv420p10le""#).bit_depth, 10);
        assert_eq!(video(r#","pix_fmt":"yuv444p12be""#).bit_depth, 12);
        assert_eq!(video(r#","pix_fmt":"yuv420p","bits_per_raw_sample":"8""#).bit_depth, 8);
        assert_eq!(video(r#","pix_fmt":"yuvj420p""#).bit_depth, 8);
    }

    #[test]
    fn the_length_is_that_of_the_longest_stream_counted_from_the_first() {
        let late = facts(
            r#"{"format":{"start_time":"1.4","duration":"99"},"streams":[
                {"codec_type":"video","start_time":"1.4","duration":"2.0"},
                {"codec_type":"audio","codec_name":"aac","channels":2,"start_time":"2.4","duration":"1.5"}
            ]}"#,
        );
        assert_eq!((late.duration_ms, late.audio.unwrap().start_ms), (2500, 1000));
        let tagged = video(r#","tags":{"DURATION":"00:01:05.312000000"}"#);
        assert_eq!(tagged.duration_ms, Some(65_312));
        let late = video(r#","start_time":"0.3","tags":{"DURATION":"00:00:05.300000000"}"#);
        assert_eq!(late.duration_ms, Some(5000));
    }

    #[test]
    fn nonsense_is_an_error_or_nothing_and_never_a_panic() {
        assert!(read("", Kind::Mov, 1).is_err());
        assert!(read("[]", Kind::Mov, 1).is_ok_and(|facts| facts.video.is_none()));
        let odd = video(r#","duration":"inf","start_time":"-5","nb_frames":"N/A","tags":{"DURATION":"a:b"}"#);
        assert_eq!((odd.duration_ms, odd.start_ms, odd.frames), (None, 0, None));
    }
}
