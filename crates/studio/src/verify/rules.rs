//! The rules: what a file has, held against what is wanted.

use super::{Boxes, Finding, Fix, Inspected, Rule, Standing, TrackKind, bit_rate};
use crate::{
    destination::{Known, Limits},
    facts::{AudioFacts, VideoFacts},
};

/// A length may be beyond its bound by this much, in ms: sound comes in packets, and the last one fills up.
const SLACK_MS: u64 = 100;

/// Rates that are this close are the same: clocks of phones aren't better. A part of the rate.
const SAME_RATE: f64 = 0.005;

/// Untagged pictures of at least so many lines are BT.709 to players and to the encoder here; of smaller ones some of them
/// think otherwise.
const LINES_OF_HD: u32 = 720;

/// What is said of every rule that holds.
pub(super) fn findings(file: &Inspected, limits: &Limits) -> Vec<Finding> {
    let mut all = Findings(Vec::new());
    all.container(file, limits);
    if let Some(video) = &file.facts.video {
        all.coding(file, video, limits);
        all.color(video, limits);
        all.frame(video, limits);
        all.pixels(video, limits);
        all.timing(file, video, limits);
    }
    all.bit_rate(file, limits);
    match &file.facts.audio {
        Some(audio) => all.sound(audio, limits),
        None => all.kept(Rule::AudioCodec, "no sound", "any or none"),
    }
    all.tracks(file, limits);
    all.metadata(file.facts.boxes.as_ref(), limits);
    all.amounts(file, limits);
    all.0
}

const CUT_OFF: &str = "it doesn't end where it says: it is cut off, or something hangs on it";

const FRAGMENTED: &str = "it is in fragments, as streams are kept, which not every phone seeks in";

/// Why a file is of another kind than is taken: container and codecs.
pub(super) fn foreign(file: &Inspected, limits: &Limits) -> Vec<String> {
    let mut reasons = Vec::new();
    let mut look = |list: &Option<Known<Vec<String>>>, what: &str, found: &str| {
        if let Some(list) = list.as_ref().filter(|list| !holds(&list.is, found)) {
            reasons.push(format!("{what} {found} is not {}", list.is.join(" or ")));
        }
    };
    look(&limits.containers, "the container", container(file));
    if let Some(video) = &file.facts.video {
        look(&limits.video_codecs, "the codec", &video.codec);
    }
    if let Some(audio) = &file.facts.audio {
        look(&limits.audio_codecs, "the sound's codec", &audio.codec);
    }
    reasons
}

/// Whether a length in ms is beyond a bound in seconds.
pub(super) fn is_longer(ms: u64, most: u32) -> bool {
    ms > u64::from(most) * 1000 + SLACK_MS
}

/// A length in ms, for people.
pub(super) fn seconds(ms: u64) -> String {
    format!("{}.{} s", ms / 1000, ms % 1000 / 100)
}

/// QuickTime's own files are of the same family, and not taken everywhere.
fn container(file: &Inspected) -> &str {
    let is_mov = file.facts.boxes.as_ref().is_some_and(|boxes| matches!(boxes.brand.as_str(), "qt" | ""));
    if is_mov { "mov" } else { &file.facts.container }
}

fn holds(list: &[String], found: &str) -> bool {
    list.iter().any(|one| one == found)
}

struct Findings(Vec<Finding>);

impl Findings {
    fn kept(&mut self, rule: Rule, found: impl Into<String>, wants: impl Into<String>) {
        let (found, wants) = (found.into(), wants.into());
        self.0.push(Finding { rule, standing: Standing::Ok, found, wants, why: String::new(), fix: None });
    }

    fn note(&mut self, rule: Rule, found: impl Into<String>, wants: impl Into<String>, why: impl Into<String>) {
        let (found, wants, why) = (found.into(), wants.into(), why.into());
        self.0.push(Finding { rule, standing: Standing::Note, found, wants, why, fix: None });
    }

    /// Kept, or broken for this reason and mended so.
    fn judge(&mut self, rule: Rule, kept: bool, (found, wants): (String, String), why: impl Into<String>, fix: Fix) {
        if kept {
            return self.kept(rule, found, wants);
        }
        let (standing, why) = (Standing::FallsShort, why.into());
        self.0.push(Finding { rule, standing, found, wants, why, fix: Some(fix) });
    }

    /// One of a list.
    fn one_of(&mut self, rule: Rule, list: &Option<Known<Vec<String>>>, found: &str, why: &str, fix: Fix) {
        if let Some(list) = list {
            let shown = if found.is_empty() { "nothing tells" } else { found };
            let pair = (shown.to_owned(), list.is.join(" or "));
            self.judge(rule, holds(&list.is, found), pair, format!("{shown}: {why}"), fix);
        }
    }

    fn container(&mut self, file: &Inspected, limits: &Limits) {
        if let Some(list) = &limits.containers {
            let found = container(file);
            let boxes = file.facts.boxes.as_ref();
            let (whole, fragmented) = boxes.map_or((true, false), |boxes| (boxes.whole, boxes.fragmented));
            let (kept, why, fix) = match (holds(&list.is, found), whole, fragmented) {
                (false, _, _) => (false, format!("a {found} file isn't played everywhere"), Fix::Remux),
                (true, false, _) => (false, CUT_OFF.to_owned(), Fix::EncodePicture),
                (true, true, true) => (false, FRAGMENTED.to_owned(), Fix::Remux),
                (true, true, false) => (true, String::new(), Fix::Remux),
            };
            self.judge(Rule::Container, kept, (found.to_owned(), list.is.join(" or ")), why, fix);
        }
        let first = limits.index_first.as_ref().is_some_and(|first| first.is);
        if let Some(found) = file.facts.faststart.filter(|_| first) {
            let shown = if found { "first" } else { "after the pictures" };
            let why = "the index comes last: it plays only when all of it is there";
            self.judge(Rule::Index, found, (shown.to_owned(), "first".to_owned()), why, Fix::Remux);
        }
    }

    fn coding(&mut self, file: &Inspected, video: &VideoFacts, limits: &Limits) {
        let why = "some phones and most PCs don't play it in WeChat";
        let marked = first_video(file.facts.boxes.as_ref()).map(|track| track.entry.as_str());
        let codec_fits = limits.video_codecs.as_ref().is_none_or(|list| holds(&list.is, &video.codec));
        match (marked, &limits.sample_entries) {
            (Some(entry), Some(list)) if codec_fits && !holds(&list.is, entry) => {
                let pair = (format!("{} marked {entry}", video.codec), list.is.join(" or "));
                self.judge(Rule::Codec, false, pair, format!("marked {entry}: iPhones don't play it"), Fix::Remux);
            }
            _ => self.one_of(Rule::Codec, &limits.video_codecs, &video.codec, why, Fix::EncodePicture),
        }
        // Another codec has other profiles and levels, and is to be encoded anew anyway.
        if video.codec == "h264" {
            let profile = video.profile.as_deref().unwrap_or_default();
            let why = "phones' decoders don't take it";
            self.one_of(Rule::Profile, &limits.profiles, profile, why, Fix::EncodePicture);
            if let (Some(most), Some(level)) = (&limits.level, video.level) {
                let tenth = |level: u32| format!("{}.{}", level / 10, level % 10);
                let pair = (tenth(level), format!("at most {}", tenth(most.is)));
                let why = format!("level {} is more than older phones decode", tenth(level));
                self.judge(Rule::Level, level <= most.is, pair, why, Fix::EncodePicture);
            }
        }
        let why = "it shows as a green or black picture where only 8 bits of 4:2:0 are decoded";
        self.one_of(Rule::PixelFormat, &limits.pixel_formats, &video.pixel_format, why, Fix::EncodePicture);
    }

    fn color(&mut self, video: &VideoFacts, limits: &Limits) {
        let Some(list) = &limits.colors else { return };
        let color = &video.color;
        let names =
            [&color.primaries, &color.transfer, &color.matrix].map(|name| name.as_deref().unwrap_or("untagged"));
        let range = color.range.as_deref().unwrap_or("untagged");
        let wants = list.is.join(" or ");
        let found = if names.iter().all(|name| *name == names[0]) { names[0].to_owned() } else { names.join("/") };
        let range_fits = limits.ranges.as_ref().is_none_or(|ranges| color.range.is_none() || holds(&ranges.is, range));
        let foreign = names.iter().any(|name| *name != "untagged" && !holds(&list.is, name));
        let (kept, why, fix) = match () {
            () if color.is_hdr() => {
                let name = if names[1] == "smpte2084" { "PQ" } else { "HLG" };
                (false, format!("HDR ({name}) looks washed out wherever it isn't converted"), Fix::EncodePicture)
            }
            () if foreign => (false, format!("{found} is shown in wrong colours here and there"), Fix::EncodePicture),
            () if !range_fits => {
                (false, format!("the range {range} is shown too dark or too pale"), Fix::EncodePicture)
            }
            () if !names.contains(&"untagged") => (true, String::new(), Fix::Retag),
            () if video.width.min(video.height) >= LINES_OF_HD => {
                (false, "nothing says which colours are meant".to_owned(), Fix::Retag)
            }
            () => (false, "nothing says which colours are meant, and players differ".to_owned(), Fix::EncodePicture),
        };
        self.judge(Rule::Color, kept, (found, wants), why, fix);
    }

    fn frame(&mut self, video: &VideoFacts, limits: &Limits) {
        let wanted = |known: &Option<Known<bool>>| known.as_ref().is_some_and(|known| known.is);
        let (even, square) = (wanted(&limits.even_size), wanted(&limits.square_pixels));
        if even || square {
            let (width, height) = (video.width, video.height);
            let is_even = !even || (width % 2 == 0 && height % 2 == 0);
            let is_square = !square || video.sample_aspect_ratio == crate::Rational::ONE;
            let why = match is_even {
                false => format!("{width}x{height} is odd, and encoders cut or refuse it"),
                true => format!("its pixels are {} wide, and it is shown squeezed", video.sample_aspect_ratio),
            };
            let pair = (format!("{width}x{height}"), "even, of square pixels".to_owned());
            self.judge(Rule::Size, is_even && is_square, pair, why, Fix::EncodePicture);
        }
        if wanted(&limits.upright) {
            let found = if video.transformed { "mirrored".to_owned() } else { format!("{} degrees", video.rotation) };
            let why = "a note says how to turn it, which not every player heeds";
            let upright = video.rotation == 0 && !video.transformed;
            self.judge(Rule::Rotation, upright, (found, "upright".to_owned()), why, Fix::EncodePicture);
        }
        if wanted(&limits.progressive) {
            let shown = if video.interlaced { "interlaced" } else { "progressive" };
            let pair = (shown.to_owned(), "progressive".to_owned());
            let why = "interlaced: whatever moves is shown in combs";
            self.judge(Rule::Scan, !video.interlaced, pair, why, Fix::EncodePicture);
        }
    }

    fn pixels(&mut self, video: &VideoFacts, limits: &Limits) {
        let (width, height) = (video.display_width, video.display_height);
        let (short, long) = (width.min(height), width.max(height));
        let found = format!("{width}x{height}");
        let bound = |known: &Option<Known<u32>>| known.as_ref().map_or(u32::MAX, |known| known.is);
        let (most_short, most_long) = (bound(&limits.short_side), bound(&limits.long_side));
        let least = limits.least_short_side.as_ref().filter(|least| short < least.is);
        let ratio = limits.feed_ratio.as_ref().map(|ratio| ratio.is);
        let ratio = ratio.filter(|(w, h)| u64::from(width) * u64::from(*h) < u64::from(height) * u64::from(*w));
        let wants = match (&limits.short_side, &limits.long_side) {
            (None, None) => "any".to_owned(),
            _ => format!("within {most_short}x{most_long}"),
        };
        if short > most_short || long > most_long {
            let why = format!("{found} is more than is kept, and is scaled down by others");
            self.judge(Rule::Pixels, false, (found, wants), why, Fix::EncodePicture);
        } else if let Some(least) = least {
            let why = format!("at least {} pixels are recommended; scaling up would add nothing", least.is);
            self.note(Rule::Pixels, found, wants, why);
        } else if let Some((w, h)) = ratio {
            self.note(Rule::Pixels, found, wants, format!("the feed shows no more than {w}:{h} of it; the player all"));
        } else {
            self.kept(Rule::Pixels, found, wants);
        }
    }

    fn timing(&mut self, file: &Inspected, video: &VideoFacts, limits: &Limits) {
        if limits.constant_rate.as_ref().is_some_and(|known| known.is) {
            // The index tells exactly; without one, the average and the base rate give it away.
            let told = first_video(file.facts.boxes.as_ref()).and_then(|track| track.even);
            let even = told.unwrap_or(!video.variable);
            let shown = if even { "even" } else { "uneven" };
            let why = "its frames are unevenly spaced, and picture and sound drift apart when it is encoded anew";
            self.judge(Rule::ConstantRate, even, (shown.to_owned(), "even".to_owned()), why, Fix::EncodePicture);
        }
        if let Some(most) = &limits.frame_rate {
            let wants = format!("at most {}", most.is);
            let Some(rate) = video.frame_rate.map(crate::Rational::value) else {
                return self.note(
                    Rule::FrameRate,
                    "nothing tells",
                    wants,
                    "the file doesn't say how many frames it has",
                );
            };
            let kept = rate <= f64::from(most.is) * (1.0 + SAME_RATE);
            let why = format!("{rate:.2} frames a second are more than is kept");
            self.judge(Rule::FrameRate, kept, (format!("{rate:.2}"), wants), why, Fix::EncodePicture);
        }
    }

    fn bit_rate(&mut self, file: &Inspected, limits: &Limits) {
        if let (Some(most), Some(rate)) = (&limits.bit_rate, bit_rate(&file.facts)) {
            let kbit = |rate: u64| format!("{} kb/s", rate / 1000);
            let why = format!("{} are more than the {} that are taken", kbit(rate), kbit(most.is));
            let pair = (kbit(rate), format!("at most {}", kbit(most.is)));
            self.judge(Rule::BitRate, rate <= most.is, pair, why, Fix::EncodePicture);
        }
    }

    fn sound(&mut self, audio: &AudioFacts, limits: &Limits) {
        let why = "the sound isn't played everywhere";
        let profile = audio.profile.as_deref().unwrap_or_default();
        let codec_fits = limits.audio_codecs.as_ref().is_none_or(|list| holds(&list.is, &audio.codec));
        match &limits.audio_profiles {
            Some(list) if codec_fits && !profile.is_empty() && !holds(&list.is, profile) => {
                let pair = (format!("{} {profile}", audio.codec), list.is.join(" or "));
                self.judge(Rule::AudioCodec, false, pair, format!("{profile}: {why}"), Fix::EncodeSound);
            }
            _ => self.one_of(Rule::AudioCodec, &limits.audio_codecs, &audio.codec, why, Fix::EncodeSound),
        }
        if let Some(list) = &limits.sample_rates {
            let wants: Vec<String> = list.is.iter().map(u32::to_string).collect();
            let pair = (audio.sample_rate.to_string(), wants.join(" or "));
            let why = format!("sound of {} samples a second is resampled by others, badly", audio.sample_rate);
            self.judge(Rule::AudioRate, list.is.contains(&audio.sample_rate), pair, why, Fix::EncodeSound);
        }
        if let Some(most) = &limits.channels {
            let pair = (audio.channels.to_string(), format!("at most {}", most.is));
            let why = format!("of {} channels phones drop some, speech first", audio.channels);
            self.judge(Rule::AudioChannels, audio.channels <= most.is, pair, why, Fix::EncodeSound);
        }
    }

    fn tracks(&mut self, file: &Inspected, limits: &Limits) {
        if !limits.one_track_each.as_ref().is_some_and(|known| known.is) {
            return;
        }
        let wants = "one picture, at most one sound";
        let expected = 1 + u32::from(file.facts.audio.is_some());
        let (kept, found) = match &file.facts.boxes {
            Some(boxes) if !boxes.tracks.is_empty() => {
                let count = |kind| boxes.tracks.iter().filter(|track| track.kind == kind).count();
                let (videos, sounds, others) =
                    (count(TrackKind::Video), count(TrackKind::Sound), count(TrackKind::Other));
                (videos == 1 && sounds <= 1 && others == 0, format!("{videos} picture, {sounds} sound, {others} other"))
            }
            _ => (file.facts.streams == expected, format!("{} in all", file.facts.streams)),
        };
        let why = format!("further tracks ({found}) make some players choose the wrong one");
        self.judge(Rule::Tracks, kept, (found, wants.to_owned()), why, Fix::Remux);
    }

    fn metadata(&mut self, boxes: Option<&Boxes>, limits: &Limits) {
        if !limits.clean.as_ref().is_some_and(|known| known.is) {
            return;
        }
        let wants = "no place, no device";
        let Some(boxes) = boxes else {
            return self.note(Rule::Metadata, "not looked at", wants, "only the tags of an MP4 are looked at");
        };
        let day = boxes.dated.then_some("the day it was recorded");
        let tags: Vec<&str> = day.into_iter().chain(boxes.tags.iter().map(String::as_str)).collect();
        let tags = tags.join(", ");
        let (found, why) = match (boxes.located, tags.is_empty()) {
            (false, true) => ("none".to_owned(), String::new()),
            (true, true) => ("a place".to_owned(), "it tells where it was recorded".to_owned()),
            (true, false) => (
                format!("a place, {tags}"),
                format!("it tells where it was recorded, and more about its maker ({tags})"),
            ),
            (false, false) => (tags.clone(), format!("it tells more about its maker than the picture ({tags})")),
        };
        self.judge(Rule::Metadata, why.is_empty(), (found, wants.to_owned()), why, Fix::Remux);
    }

    fn amounts(&mut self, file: &Inspected, limits: &Limits) {
        let (bytes, ms) = (file.facts.bytes, file.facts.duration_ms);
        if let Some(most) = &limits.bytes {
            let pair = (bytes.to_string(), format!("at most {}", most.is));
            let why = format!("{bytes} bytes are more than the {} that are taken", most.is);
            self.judge(Rule::Bytes, bytes <= most.is, pair, why, Fix::EncodePicture);
        }
        if let Some(most) = &limits.seconds {
            let pair = (seconds(ms), format!("at most {} s", most.is));
            let why = format!("{} are more than the {} s that are taken", seconds(ms), most.is);
            self.judge(Rule::Seconds, !is_longer(ms, most.is), pair, why, Fix::Shorten);
        }
        if let Some(most) = &limits.name_bytes {
            let pair = (file.name_bytes.to_string(), format!("at most {} bytes", most.is));
            let why = format!("a name of {} bytes is longer than is taken", file.name_bytes);
            self.judge(Rule::Name, file.name_bytes <= most.is, pair, why, Fix::Rename);
        }
    }
}

fn first_video(boxes: Option<&Boxes>) -> Option<&super::FileTrack> {
    boxes?.tracks.iter().find(|track| track.kind == TrackKind::Video)
}
