//! Every edit of the sound, rendered for real and listened to.

use serde_json::{Value, json};

use crate::bench::{Bench, level};

/// Four seconds of a low tone under a dark picture.
const SPEECH: &str = "-f lavfi -i color=black:s=64x64:r=10:d=4 -f lavfi -i aevalsrc=0.4*sin(1256.637*t):s=48000:d=4 \
     -c:v libx264 -preset ultrafast -c:a aac -b:a 192k";

/// One second of a high tone.
const SONG: &str = "-f lavfi -i aevalsrc=0.4*sin(18849.556*t):s=44100:d=1 -c:a libmp3lame -b:a 192k";

fn draft(segment: &Value, music: Option<Value>, edit: &Value) -> Value {
    let mut segment = segment.clone();
    segment["src"] = json!("a");
    let mut tracks = vec![json!({ "tt": 0, "sg": [segment] })];
    tracks.extend(music.map(|music| json!({ "tt": 1, "sg": [music] })));
    json!({ "m": { "edit": edit }, "t": tracks })
}

fn song(said: &Value, volume: f64) -> Option<Value> {
    let mut music = json!({ "start": 0, "dur": null, "looped": true });
    for (key, value) in said.as_object().into_iter().flatten() {
        music[key] = value.clone();
    }
    Some(json!({ "src": "m", "music": music, "m": { "volume": volume } }))
}

fn bench() -> Bench {
    let bench = Bench::new();
    bench.make("a.mp4", SPEECH);
    bench.make("m.mp3", SONG);
    bench
}

/// How loud the low and the high tone are in a part of the output, in seconds; 0.4 is as they were made.
fn tones(bench: &Bench, from: f64, to: f64) -> (f64, f64) {
    let samples = bench.samples();
    let part = &samples[(from * 48_000.0) as usize..(to * 48_000.0) as usize];
    (level(part, 200.0), level(part, 3000.0))
}

#[track_caller]
fn near(found: f64, expected: f64, tolerance: f64) {
    assert!((found - expected).abs() <= tolerance, "{found}, not {expected}");
}

#[test]
fn music_begins_anew_and_is_as_loud_as_asked_for() {
    let bench = bench();
    bench.render(&draft(&json!({}), song(&json!({}), 0.35), &json!({})), &["a.mp4", "m.mp3"]).unwrap();
    for from in [0.2, 1.3, 2.4, 3.5] {
        let (speech, music) = tones(&bench, from, from + 0.4);
        near(speech, 0.4, 0.03);
        near(music, 0.14, 0.02);
    }
}

#[test]
fn music_keeps_to_its_time_fades_and_pauses() {
    let bench = bench();
    let said = json!({ "start": 1000, "dur": 2000, "fades": { "in_ms": 500, "out_ms": 500 },
        "silent": [{ "from": 1800, "to": 2200 }] });
    bench.render(&draft(&json!({}), song(&said, 1.0), &json!({})), &["a.mp4", "m.mp3"]).unwrap();
    near(tones(&bench, 0.5, 0.95).1, 0.0, 0.01);
    near(tones(&bench, 1.2, 1.3).1, 0.2, 0.05);
    near(tones(&bench, 1.6, 1.75).1, 0.4, 0.04);
    near(tones(&bench, 1.85, 2.15).1, 0.0, 0.01);
    near(tones(&bench, 2.3, 2.45).1, 0.4, 0.04);
    near(tones(&bench, 2.7, 2.8).1, 0.2, 0.05);
    near(tones(&bench, 3.1, 3.9).1, 0.0, 0.01);
    near(tones(&bench, 3.1, 3.9).0, 0.4, 0.03);
}

#[test]
fn music_counted_from_the_end_and_played_once() {
    let bench = bench();
    let said = json!({ "start": -2000, "looped": false });
    bench.render(&draft(&json!({}), song(&said, 1.0), &json!({})), &["a.mp4", "m.mp3"]).unwrap();
    near(tones(&bench, 1.0, 1.9).1, 0.0, 0.01);
    near(tones(&bench, 2.2, 2.9).1, 0.4, 0.04);
    near(tones(&bench, 3.2, 3.9).1, 0.0, 0.01);
}

#[test]
fn levels_and_silence_of_the_clip() {
    let bench = bench();
    bench.render(&draft(&json!({ "m": { "volume": 0.25 } }), None, &json!({})), &["a.mp4"]).unwrap();
    near(tones(&bench, 1.0, 3.0).0, 0.1, 0.01);
    bench.render(&draft(&json!({ "m": { "volume": 0, "sound": 0.5 } }), None, &json!({})), &["a.mp4"]).unwrap();
    assert!(bench.samples().iter().all(|sample| *sample == 0.0));
    let both = draft(&json!({ "m": { "volume": 0, "sound": 1.0 } }), song(&json!({}), 1.0), &json!({}));
    bench.render(&both, &["a.mp4", "m.mp3"]).unwrap();
    let (speech, music) = tones(&bench, 1.0, 3.0);
    near(speech, 0.0, 0.01);
    near(music, 0.4, 0.04);
    // Louder than there is room for is limited and not cut off.
    bench.render(&draft(&json!({ "m": { "volume": 5.0 } }), None, &json!({})), &["a.mp4"]).unwrap();
    assert!(bench.samples().iter().all(|sample| sample.abs() < 1.1));
    assert!(tones(&bench, 1.0, 3.0).0 > 0.7);
}

#[test]
fn a_part_may_be_silent() {
    let bench = bench();
    let parts = json!([
        { "src": "a", "clip": 1, "in": 0, "out": 1000 },
        { "src": "a", "clip": 1, "in": 1000, "out": 2000, "m": { "volume": 0, "sound": 1.0 } },
        { "src": "a", "clip": 1, "in": 2000, "out": 4000 },
    ]);
    bench.render(&json!({ "t": [{ "tt": 0, "sg": parts }] }), &["a.mp4"]).unwrap();
    near(tones(&bench, 0.2, 0.9).0, 0.4, 0.03);
    near(tones(&bench, 1.1, 1.9).0, 0.0, 0.01);
    near(tones(&bench, 2.1, 3.9).0, 0.4, 0.03);
}

#[test]
fn fades_of_all_and_of_the_clip_alone() {
    let bench = bench();
    let edit = json!({ "sound": { "in_ms": 2000, "out_ms": 1000 } });
    bench.render(&draft(&json!({}), song(&json!({}), 0.5), &edit), &["a.mp4", "m.mp3"]).unwrap();
    let (speech, music) = tones(&bench, 0.9, 1.1);
    near(speech, 0.2, 0.04);
    near(music, 0.1, 0.03);
    near(tones(&bench, 3.45, 3.55).0, 0.2, 0.04);
    let edit = json!({ "original": { "in_ms": 0, "out_ms": 2000 } });
    bench.render(&draft(&json!({}), song(&json!({}), 0.5), &edit), &["a.mp4", "m.mp3"]).unwrap();
    let (speech, music) = tones(&bench, 2.9, 3.1);
    near(speech, 0.2, 0.04);
    near(music, 0.2, 0.03);
}

#[test]
fn music_makes_way_for_speech() {
    let bench = bench();
    let speech = "-f lavfi -i color=black:s=64x64:r=10:d=4 \
         -f lavfi -i aevalsrc='if(lt(t,2),0.4*sin(1256.637*t),0)':s=48000:d=4 -c:v libx264 -c:a aac -b:a 192k";
    bench.make("a.mp4", speech);
    bench.render(&draft(&json!({}), song(&json!({}), 0.5), &json!({ "duck": true })), &["a.mp4", "m.mp3"]).unwrap();
    let (under, free) = (tones(&bench, 1.0, 1.8).1, tones(&bench, 3.2, 3.9).1);
    assert!(under < 0.09, "{under}");
    near(free, 0.2, 0.03);
}

#[test]
fn loudness_is_met_and_silence_stays_silent() {
    let bench = bench();
    for lufs in [-1600, -2400] {
        let edit = json!({ "loudness": lufs });
        bench.render(&draft(&json!({}), song(&json!({}), 0.5), &edit), &["a.mp4", "m.mp3"]).unwrap();
        near(bench.lufs(), f64::from(lufs) / 100.0, 1.0);
    }
    bench.make("a.mp4", "-f lavfi -i color=black:s=64x64:r=10:d=4 -c:v libx264");
    bench.render(&draft(&json!({}), None, &json!({ "loudness": -1600 })), &["a.mp4"]).unwrap();
    assert!(bench.samples().iter().all(|sample| *sample == 0.0));
}

#[test]
fn a_crossfade_of_sound_is_as_long_as_that_of_the_picture() {
    let bench = bench();
    bench.make(
        "b.mp4",
        "-f lavfi -i color=white:s=64x64:r=10:d=2 -f lavfi -i aevalsrc=0.4*sin(18849.556*t):s=48000:d=2 \
        -c:v libx264 -c:a aac -b:a 192k",
    );
    let parts = json!([{ "src": "a", "in": 0, "out": 2000 }, { "src": "b", "in": 0, "out": 2000 }]);
    let edit = json!({ "transition": { "kind": "crossfade", "ms": 1000 } });
    let done = bench.render(&json!({ "m": { "edit": edit }, "t": [{ "tt": 0, "sg": parts }] }), &["a.mp4", "b.mp4"]);
    assert_eq!(done.unwrap().facts.duration_ms, 3000);
    let (low, high) = tones(&bench, 1.45, 1.55);
    near(low, 0.2, 0.04);
    near(high, 0.2, 0.04);
    near(tones(&bench, 0.2, 0.9).1, 0.0, 0.01);
    near(tones(&bench, 2.1, 2.8).0, 0.0, 0.01);
}
