//! Sizes and formats: a size that was promised is kept, and every format is what it says.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use weixin_video_studio::{Control, Error};

use crate::bench::Bench;

/// Noise that no encoder makes small, with a tone.
const NOISE: &str = "-f lavfi -i testsrc2=s=320x180:r=30:d=4,noise=alls=30:allf=t -f lavfi -i sine=d=4 \
     -c:v libx264 -preset ultrafast -crf 12 -pix_fmt yuv420p -c:a aac";

const PLAIN: &str =
    "-f lavfi -i testsrc2=s=160x90:r=25:d=2 -f lavfi -i sine=d=2 -c:v libx264 -preset ultrafast -c:a aac";

fn output(output: &Value) -> Value {
    json!({ "m": { "edit": { "output": output } }, "t": [{ "tt": 0, "sg": [{ "src": "a" }] }] })
}

#[test]
fn a_size_is_kept_and_used() {
    let bench = Bench::new();
    bench.make("a.mp4", NOISE);
    for cap in [300_000, 200_000] {
        let done = bench.render(&output(&json!({ "max_bytes": cap })), &["a.mp4"]).unwrap();
        assert_eq!(done.facts.bytes, std::fs::metadata(bench.out()).unwrap().len());
        assert!(done.facts.bytes <= cap, "{} of {cap}", done.facts.bytes);
        assert!(done.facts.bytes * 100 >= cap * 95, "{} of {cap}", done.facts.bytes);
        assert_eq!(done.facts.video.unwrap().frames, Some(120));
    }
}

#[test]
fn a_size_that_does_not_press_changes_nothing() {
    let bench = Bench::new();
    bench.make("a.mp4", PLAIN);
    bench.render(&output(&json!({})), &["a.mp4"]).unwrap();
    let free = std::fs::read(bench.out()).unwrap();
    bench.render(&output(&json!({ "max_bytes": 10_000_000 })), &["a.mp4"]).unwrap();
    assert!(std::fs::read(bench.out()).unwrap() == free);
}

#[test]
fn too_small_a_size_is_answered_with_one_that_is_enough() {
    let bench = Bench::new();
    bench.make("a.mp4", NOISE);
    let error = bench.render(&output(&json!({ "max_bytes": 40_000 })), &["a.mp4"]).unwrap_err();
    let Error::TooSmall { asked: 40_000, least } = error else { panic!("{error}") };
    assert!(error.to_string().contains("40 kB") && error.advice().contains("at least"), "{error}");
    assert!(!bench.out().exists());
    let done = bench.render(&output(&json!({ "max_bytes": least })), &["a.mp4"]).unwrap();
    assert!(done.facts.bytes <= least);
}

#[test]
fn where_it_goes_decides_what_nobody_said() {
    let bench = Bench::new();
    bench.make("a.mp4", "-f lavfi -i testsrc2=s=1280x720:r=60:d=0.5 -c:v libx264 -preset ultrafast");
    let done = bench.render(&output(&json!({ "destination": "chat" })), &["a.mp4"]).unwrap();
    let video = done.facts.video.unwrap();
    assert_eq!((video.width, video.height, video.frame_rate.unwrap().to_string().as_str()), (960, 540, "30"));
    let said = json!({ "destination": "chat", "resolution": { "short_side": 720 } });
    let video = bench.render(&output(&said), &["a.mp4"]).unwrap().facts.video.unwrap();
    assert_eq!((video.width, video.height), (1280, 720));
    let error = bench.render(&output(&json!({ "destination": "nowhere" })), &["a.mp4"]).unwrap_err();
    assert!(error.to_string().contains("nowhere"), "{error}");
    bench.make("a.mp4", "-f lavfi -i color=red:s=64x64:r=10:d=31 -c:v libx264 -preset ultrafast");
    let error = bench.render(&output(&json!({ "destination": "moments" })), &["a.mp4"]).unwrap_err();
    assert!(error.to_string().contains("31 s long") && error.to_string().contains("30 s"), "{error}");
}

#[test]
fn the_work_of_all_passes_is_one_and_can_be_stopped_in_any() {
    let bench = Bench::new();
    bench.make("a.mp4", NOISE);
    let draft = output(&json!({ "max_bytes": 200_000 }));
    let (seen, sink) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Mutex::new(Vec::new())));
    let watch = Arc::clone(&seen);
    let control = Control::new().on_progress(move |percent| watch.lock().unwrap().push(percent));
    bench.render_watched(&draft, &["a.mp4"], &control).unwrap();
    let seen = seen.lock().unwrap().clone();
    assert_eq!((seen.first(), seen.last()), (Some(&0), Some(&100)));
    assert!(seen.windows(2).all(|pair| pair[0] < pair[1]), "{seen:?}");
    std::fs::remove_file(bench.out()).unwrap();
    let (inner, watch) = (Arc::new(Mutex::new(None::<Control>)), Arc::clone(&sink));
    let own = Arc::clone(&inner);
    let control = Control::new().on_progress(move |percent| {
        watch.lock().unwrap().push(percent);
        if percent >= 70 {
            own.lock().unwrap().as_ref().unwrap().cancel();
        }
    });
    *inner.lock().unwrap() = Some(control.clone());
    assert_eq!(bench.render_watched(&draft, &["a.mp4"], &control).unwrap_err(), Error::Cancelled);
    assert_eq!(bench.names(), ["a.mp4"]);
}

#[test]
fn a_clip_that_is_cut_off_keeps_its_edits() {
    let bench = Bench::new();
    let args = "-f lavfi -i color=0x203040:s=320x180:r=25:d=4 -f lavfi -i testsrc2=s=320x180:r=25:d=4 -f lavfi -i sine=d=4 \
        -filter_complex [0][1]blend=all_opacity=0.9 -map 2:a -c:v libx264 -preset ultrafast -c:a aac -movflags +faststart";
    let whole = bench.make("whole.mp4", args);
    let bytes = std::fs::read(&whole).unwrap();
    std::fs::write(bench.path("a.mp4"), &bytes[..bytes.len() / 2]).unwrap();
    let draft = json!({ "m": { "edit": { "picture": { "in_ms": 0, "out_ms": 400 } } }, "t": [
        { "tt": 0, "sg": [{ "src": "a" }] },
        { "tt": 7, "m": { "role": "title" }, "sg": [{ "m": { "text": "End" }, "at": { "start": -500, "dur": null } }] },
    ] });
    let done = bench.render(&draft, &["a.mp4"]).unwrap();
    assert_eq!(done.warnings.len(), 1, "{:?}", done.warnings);
    let bright = bench.brightness();
    assert!(bright.len() < 80 && *bright.last().unwrap() < 30, "it goes dark where it ends now: {bright:?}");
}

#[test]
fn every_format_is_what_it_says() {
    let bench = Bench::new();
    bench.make("a.mp4", PLAIN);
    let cases = [
        ("mov", None, "mp4", Some("h264"), Some("aac")),
        ("mp4", Some("h265"), "mp4", Some("hevc"), Some("aac")),
        ("webm", None, "mkv", Some("vp9"), Some("opus")),
        ("gif", None, "gif", Some("gif"), None),
        ("mp3", None, "mp3", None, Some("mp3")),
        ("m4a", None, "mp4", None, Some("aac")),
        ("wav", None, "wav", None, Some("pcm_s16le")),
    ];
    for (container, codec, found, picture, sound) in cases {
        let mut wish = json!({ "container": container });
        if let Some(codec) = codec {
            wish["codec"] = json!(codec);
        }
        let facts = bench.render(&output(&wish), &["a.mp4"]).unwrap().facts;
        assert_eq!(facts.container, found, "{container}");
        assert_eq!(facts.video.as_ref().map(|video| video.codec.as_str()), picture, "{container}");
        assert_eq!(facts.audio.as_ref().map(|audio| audio.codec.as_str()), sound, "{container}");
        assert!(facts.duration_ms.abs_diff(2000) <= 100, "{container}: {} ms", facts.duration_ms);
    }
    let error = bench.render(&output(&json!({ "container": "gif", "codec": "h265" })), &["a.mp4"]).unwrap_err();
    assert!(matches!(error, Error::Draft { .. }), "{error}");
}

#[test]
fn sizes_hold_for_other_formats() {
    let bench = Bench::new();
    bench.make("a.mp4", NOISE);
    for (wish, most) in [
        (json!({ "codec": "h265", "max_bytes": 200_000 }), 200_000),
        (json!({ "container": "webm", "max_bytes": 200_000 }), 200_000),
        (json!({ "container": "gif", "max_bytes": 600_000 }), 600_000),
        (json!({ "container": "mp3", "max_bytes": 40_000 }), 40_000),
    ] {
        let done = bench.render(&output(&wish), &["a.mp4"]).unwrap();
        assert!(done.facts.bytes <= most, "{wish}: {}", done.facts.bytes);
    }
    let error = bench.render(&output(&json!({ "container": "wav", "max_bytes": 40_000 })), &["a.mp4"]).unwrap_err();
    assert!(matches!(error, Error::TooSmall { .. }), "{error}");
}

#[test]
fn what_is_not_here_is_refused_before_anything_starts() {
    let bench = Bench::new();
    bench.make("a.mp4", PLAIN);
    let draft = json!({ "m": { "edit": { "speech_subtitles": true } }, "t": [{ "tt": 0, "sg": [{ "src": "a" }] }] });
    let error = bench.render(&draft, &["a.mp4"]).unwrap_err();
    assert!(matches!(error, Error::NotHere { .. }), "{error}");
    assert!(error.advice().contains("WEIXIN_VIDEO_TRANSCRIBER"), "{}", error.advice());
    let beyond = json!({ "t": [{ "tt": 0, "sg": [{ "src": "a", "in": 60_000 }] }] });
    assert!(matches!(bench.render(&beyond, &["a.mp4"]).unwrap_err(), Error::Draft { .. }));
    assert!(!bench.out().exists());
}
