mod edits;
mod parts;
mod rungs;

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::{AudioFacts, Color, VideoFacts};

/// A plain 1080p30 clip of two seconds with stereo sound, from which every case differs a little.
pub(crate) fn video() -> VideoFacts {
    VideoFacts {
        index: 0,
        codec: "h264".to_owned(),
        profile: Some("High".to_owned()),
        level: Some(40),
        pixel_format: "yuv420p".to_owned(),
        bit_depth: 8,
        width: 1920,
        height: 1080,
        display_width: 1920,
        display_height: 1080,
        rotation: 0,
        transformed: false,
        sample_aspect_ratio: Rational::ONE,
        frame_rate: Rational::whole(30),
        nominal_frame_rate: Rational::whole(30),
        variable: false,
        color: Color::default(),
        interlaced: false,
        start_ms: 0,
        duration_ms: Some(2000),
        frames: Some(60),
    }
}

fn stereo() -> AudioFacts {
    AudioFacts {
        index: 1,
        codec: "aac".to_owned(),
        profile: Some("LC".to_owned()),
        channels: 2,
        sample_rate: 48_000,
        start_ms: 0,
        duration_ms: Some(2000),
    }
}

fn clip(video: VideoFacts, audio: Option<AudioFacts>) -> MediaFacts {
    MediaFacts {
        container: "mp4".to_owned(),
        duration_ms: 2000,
        video: Some(video),
        audio,
        streams: 2,
        bytes: 1_000_000,
        faststart: Some(true),
        boxes: None,
        cues: Vec::new(),
        still: false,
    }
}

/// Whole clips one after the other, with what is said of the output as on the wire.
fn planned(clips: &[MediaFacts], output: &Value) -> Result<Plan, Error> {
    let facts: BTreeMap<String, MediaFacts> = (0..).map(|n: u32| n.to_string()).zip(clips.iter().cloned()).collect();
    let segments: Vec<Value> = (0..clips.len()).map(|n| json!({ "src": n.to_string(), "clip": n })).collect();
    plan(&json!({ "m": { "edit": { "output": output } }, "t": [{ "tt": 0, "sg": segments }] }), &facts)
}

fn plan_of(video: VideoFacts) -> Plan {
    planned(&[clip(video, Some(stereo()))], &json!({})).unwrap()
}

/// The filter graph, a filter a line.
fn drawn(plan: &Plan) -> String {
    let args = plan.arguments();
    let at = args.iter().position(|arg| arg == "-filter_complex").unwrap();
    args[at + 1].replace(',', "\n").replace(';', "\n;\n")
}

/// Every frame of the timeline belongs to one piece, or to two where one fades into the other, in the order of its segments.
pub(crate) fn pieces_cover_once(plan: &Plan, timeline: &Timeline) {
    let crossfades = timeline.settings.transition.is_some_and(|t| t.kind == crate::ops::TransitionKind::Crossfade);
    let (mut end, mut segments) = (0, timeline.segments.iter());
    for piece in &plan.pieces {
        assert!(piece.frames > 0 && piece.enter < piece.frames && piece.enter <= end);
        assert!(piece.enter == 0 || crossfades);
        assert!(piece.dark.rise + piece.dark.fall <= piece.frames + 1);
        // A segment of less than half a frame has no piece.
        let its_own = |segment: &crate::timeline::Segment| {
            (segment.source.as_str(), segment.from_ms) == (piece.source.as_str(), piece.from_ms)
        };
        assert!(segments.any(its_own), "{piece:?}");
        end = end - piece.enter + piece.frames;
    }
    assert_eq!(end, plan.frames());
    assert_eq!(end, frames_in(timeline.duration_ms(), plan.frame_rate()).max(1));
    let last = format!("atrim=end_sample={}[a]", plan.samples_at(end));
    assert!(!plan.form().has_sound() || plan.arguments().join(" ").contains(&last), "{last}");
}

fn color(names: [&str; 3]) -> Color {
    let [primaries, transfer, matrix] = names.map(|name| Some(name.to_owned()));
    Color { primaries, transfer, matrix, range: Some("tv".to_owned()) }
}

fn rated(num: u32, den: u32) -> VideoFacts {
    let rate = Rational::new(num, den);
    VideoFacts { frame_rate: rate, nominal_frame_rate: rate, ..video() }
}

#[test]
fn a_plain_clip() {
    insta::assert_snapshot!(plan_of(video()).arguments().join("\n"));
}

#[test]
fn sixty_frames_when_asked_for() {
    let wish = json!({ "fps_milli": 60_000, "resolution": { "short_side": 720 } });
    let plan = planned(&[clip(rated(60, 1), Some(stereo()))], &wish).unwrap();
    insta::assert_snapshot!(plan.arguments().join("\n"));
}

#[test]
fn a_phone_clip_held_upright() {
    let turned = VideoFacts {
        rotation: 90,
        display_width: 1080,
        display_height: 1920,
        variable: true,
        frame_rate: Rational::new(369_000, 13_657),
        nominal_frame_rate: Rational::new(90_000, 2999),
        ..video()
    };
    insta::assert_snapshot!(drawn(&plan_of(turned)));
}

#[test]
fn an_odd_size_loses_a_line_and_keeps_the_rest_sharp() {
    let (width, height) = (720, 405);
    let odd = VideoFacts { width, height, display_width: width, display_height: height, ..video() };
    insta::assert_snapshot!(drawn(&plan_of(odd)));
}

#[test]
fn oblong_pixels_become_square() {
    let pal = VideoFacts {
        width: 720,
        height: 576,
        display_width: 768,
        display_height: 576,
        sample_aspect_ratio: Rational::new(16, 15).unwrap(),
        interlaced: true,
        color: color(["bt470bg", "bt470bg", "bt470bg"]),
        ..rated(25, 1)
    };
    insta::assert_snapshot!(drawn(&plan_of(pal)));
}

#[test]
fn hlg_is_tone_mapped_after_scaling() {
    let hlg = VideoFacts {
        width: 3840,
        height: 2160,
        display_width: 3840,
        display_height: 2160,
        pixel_format: "yuv420p10le".to_owned(),
        color: color(["bt2020", "arib-std-b67", "bt2020nc"]),
        ..video()
    };
    let plan = plan_of(hlg);
    assert_eq!(plan.needs().0, ["zscale"]);
    insta::assert_snapshot!(drawn(&plan));
}

#[test]
fn pq_without_primaries_is_taken_for_bt2020() {
    let mut hdr = color(["bt2020", "smpte2084", "bt2020nc"]);
    (hdr.primaries, hdr.matrix) = (None, None);
    insta::assert_snapshot!(drawn(&plan_of(VideoFacts { color: hdr, ..video() })));
}

#[test]
fn a_wide_gamut_is_converted_and_not_relabelled() {
    let p3 = VideoFacts { color: color(["smpte432", "bt709", "bt709"]), ..video() };
    insta::assert_snapshot!(drawn(&plan_of(p3)));
}

#[test]
fn ten_bits_full_range_and_rgb() {
    let deep = VideoFacts { pixel_format: "yuv420p10le".to_owned(), ..video() };
    let full = VideoFacts { pixel_format: "yuvj420p".to_owned(), ..video() };
    let rgb = VideoFacts { pixel_format: "bgra".to_owned(), ..video() };
    let graphs = [deep, full, rgb].map(|video| drawn(&plan_of(video)));
    insta::assert_snapshot!(graphs.join("\n\n"));
}

#[test]
fn silence_mono_and_surround() {
    let sounds = [None, Some(1), Some(6)].map(|channels| {
        let audio = channels.map(|channels| AudioFacts { channels, ..stereo() });
        drawn(&planned(&[clip(video(), audio)], &json!({})).unwrap())
    });
    insta::assert_snapshot!(sounds.join("\n\n"));
}

#[test]
fn two_clips_of_different_shape_are_joined() {
    let square = VideoFacts { display_width: 1080, width: 1080, ..rated(30_000, 1001) };
    let clips = [clip(video(), Some(stereo())), clip(square, None)];
    let plan = planned(&clips, &json!({})).unwrap();
    assert_eq!(plan.sources().collect::<Vec<_>>(), ["0", "1"]);
    insta::assert_snapshot!(drawn(&plan));
}

#[test]
fn a_segment_may_be_the_beginning_of_its_clip() {
    let facts = BTreeMap::from([("a".to_owned(), clip(video(), None))]);
    let of = |ms: u64| plan(&json!({ "t": [{ "tt": 0, "sg": [{ "src": "a", "d": ms }] }] }), &facts);
    assert_eq!(of(500).unwrap().frames(), 15);
    assert_eq!(of(1).unwrap().frames(), 1);
    assert!(matches!(of(9000), Err(Error::Draft { .. })));
}

#[test]
fn what_has_no_moving_picture_is_refused() {
    let mut sound = clip(video(), Some(stereo()));
    sound.video = None;
    let answer = planned(&[sound], &json!({}));
    assert!(matches!(answer, Err(Error::NoVideo { .. })), "{answer:?}");
}

#[test]
fn a_clip_that_is_cut_off_gives_a_shorter_plan() {
    let shorter = plan_of(video()).shortened(35).unwrap();
    assert_eq!((shorter.frames(), shorter.duration_ms()), (20, 667));
    assert_eq!(plan_of(video()).shortened(15), None);
    let two = planned(&[clip(video(), None), clip(video(), None)], &json!({}));
    assert_eq!(two.unwrap().shortened(20), None);
}

prop_compose! {
    fn any_video()(
        (width, height) in (1u32..9000, 1u32..9000),
        (num, den) in (1u32..100_000, 1u32..4000),
        (shape_num, shape_den) in (1u32..20, 1u32..20),
        rotation in prop::sample::select(vec![0, 90, 180, 270]),
        variable: bool,
        duration_ms in 1u64..10_000_000,
    ) -> MediaFacts {
        let shape = Rational::new(shape_num, shape_den).unwrap();
        let wide = u32::try_from(shape.rounded(width.into())).unwrap();
        let turned = rotation == 90 || rotation == 270;
        let (display_width, display_height) = if turned { (height, wide) } else { (wide, height) };
        let video = VideoFacts {
            width, height, display_width, display_height, rotation, variable,
            sample_aspect_ratio: shape, duration_ms: Some(duration_ms), ..rated(num, den)
        };
        MediaFacts { duration_ms, ..clip(video, None) }
    }
}

proptest! {
    #[test]
    fn every_plan_keeps_the_rules(
        facts in any_video(),
        max_fps in 10u32..=60,
        short_side in prop::sample::select(vec![1080, 720, 540, 480, 360]),
    ) {
        let wish = json!({ "fps_milli": max_fps * 1_000, "resolution": { "short_side": short_side } });
        let plan = planned(std::slice::from_ref(&facts), &wish).unwrap();
        let (width, height) = (plan.width(), plan.height());
        prop_assert!(width % 2 == 0 && height % 2 == 0 && width >= 2 && height >= 2);
        prop_assert!(width.min(height) <= short_side);
        prop_assert!(width.max(height) <= short_side * 16 / 9);
        let video = facts.video.as_ref().unwrap();
        prop_assert!(width <= video.display_width.max(2) && height <= video.display_height.max(2));
        let fps = plan.frame_rate().value();
        prop_assert!(fps <= f64::from(max_fps) * 1.001, "{} of {}", fps, max_fps);
        prop_assert!(fps >= 7.9, "{}", fps);
        let padded = drawn(&plan).lines().any(|filter| filter.starts_with("pad="));
        prop_assert!(!padded, "a single clip fills its frame");
        // N frames are T seconds, to half a frame of the clip's own length.
        let length = plan.frames() as f64 / fps * 1000.0;
        prop_assert!((length - facts.duration_ms as f64).abs() <= 501.0 / fps + 1.0 || plan.frames() == 1);
        let samples = plan.samples_at(plan.frames()) as f64;
        prop_assert!((samples - plan.frames() as f64 * 48_000.0 / fps).abs() < 1.0);
    }

    #[test]
    fn any_json_is_answered(text in "\\PC{0,40}", d in any::<i64>(), tt in any::<u8>()) {
        let facts = BTreeMap::from([(text.clone(), clip(video(), None))]);
        let drafts = [json!(text), json!({ "t": text }), json!({ "t": [{ "tt": tt, "sg": [{ "src": text, "d": d }] }] })];
        for draft in drafts {
            if let Ok(plan) = plan(&draft, &facts) {
                let stranger = plan.arguments().into_iter().find(|arg| text.len() > 8 && arg.contains(&text));
                prop_assert_eq!(stranger, None);
            }
        }
    }
}
