//! A size is a promise: kept, used, said beforehand, and where it can't be kept the one that is named can.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use serde_json::{Value, json};
use weixin_video_studio::{Control, Error, Prediction, plan, predict};

use crate::bench::Bench;

/// Long enough to be looked at before it is made: noise, motion, and a change half way.
const LONG: &str = "-f lavfi -i testsrc2=s=320x180:r=25:d=4,noise=alls=12:allf=t -f lavfi -i mandelbrot=s=320x180:r=25 \
     -f lavfi -i sine=d=8 -filter_complex [1]trim=end_frame=100[m];[0][m]concat=n=2[v] -map [v] -map 2:a \
     -c:v libx264 -preset ultrafast -crf 12 -g 25 -pix_fmt yuv420p -c:a aac";

/// Too short for that.
const SHORT: &str = "-f lavfi -i testsrc2=s=320x180:r=30:d=3,noise=alls=20:allf=t -f lavfi -i sine=d=3 \
     -c:v libx264 -preset ultrafast -crf 12 -pix_fmt yuv420p -c:a aac";

fn output(output: &Value) -> Value {
    json!({ "m": { "edit": { "output": output } }, "t": [{ "tt": 0, "sg": [{ "src": "a" }] }] })
}

fn predicted(bench: &Bench, draft: &Value) -> Prediction {
    let clip = bench.path("a.mp4");
    let facts = BTreeMap::from([("a".to_owned(), bench.probe(&clip).unwrap())]);
    let plan = plan(draft, &facts).unwrap();
    predict(&bench.tools, &plan, &BTreeMap::from([("a".to_owned(), clip)]), &Control::new()).unwrap()
}

#[test]
fn a_size_that_binds_is_kept_and_used_whatever_the_clip() {
    let bench = Bench::new();
    for (clip, caps) in [(LONG, [450_000, 300_000, 200_000]), (SHORT, [250_000, 180_000, 120_000])] {
        bench.make("a.mp4", clip);
        for cap in caps {
            let done = bench.render(&output(&json!({ "max_bytes": cap })), &["a.mp4"]).unwrap();
            let bytes = done.facts.bytes;
            assert!(bytes <= cap && bytes * 1000 >= cap * 975, "{bytes} of {cap}");
        }
    }
}

#[test]
fn the_smallest_size_that_is_named_is_enough() {
    let bench = Bench::new();
    bench.make("a.mp4", SHORT);
    for wish in [
        json!({}),
        json!({ "resolution": { "short_side": 180 } }),
        json!({ "codec": "h265" }),
        json!({ "container": "webm" }),
        json!({ "container": "gif" }),
        json!({ "container": "mp3" }),
        json!({ "container": "m4a" }),
        json!({ "container": "wav" }),
    ] {
        let with = |bytes: u64| {
            let mut wish = wish.clone();
            wish["max_bytes"] = json!(bytes);
            bench.render(&output(&wish), &["a.mp4"])
        };
        let Err(Error::TooSmall { asked: 9_000, least }) = with(9_000) else { panic!("{wish}") };
        let done = with(least).unwrap_or_else(|error| panic!("{wish} with {least}: {error}"));
        assert!(done.facts.bytes <= least, "{wish}: {} of {least}", done.facts.bytes);
    }
}

#[test]
fn what_it_comes_to_is_said_before_and_nothing_is_left() {
    let bench = Bench::new();
    bench.make("a.mp4", LONG);
    let free = output(&json!({ "fps_milli": 12_500 }));
    let said = predicted(&bench, &free);
    assert_eq!(bench.names(), ["a.mp4"]);
    let made = bench.render(&free, &["a.mp4"]).unwrap().facts;
    let part = said.bytes as f64 / made.bytes as f64;
    assert!((0.8..1.2).contains(&part), "{said:?}, and it was {}", made.bytes);
    assert!(said.seconds > 0.0 && !said.why.is_empty());
    let bound = output(&json!({ "max_bytes": 300_000 }));
    let said = predicted(&bench, &bound);
    let made = bench.render(&bound, &["a.mp4"]).unwrap().facts;
    assert!(said.bytes <= 300_000 && said.bytes.abs_diff(made.bytes) < 9_000, "{said:?}, and it was {}", made.bytes);
    let video = made.video.unwrap();
    assert_eq!(said.picture, Some((video.width, video.height)));
    assert!(said.why.iter().any(|why| why.contains("0.30 MB are allowed")), "{said:?}");
}

#[test]
fn looking_first_is_part_of_the_work_and_can_be_stopped_too() {
    let bench = Bench::new();
    bench.make("a.mp4", LONG);
    let draft = output(&json!({ "max_bytes": 300_000 }));
    for at in [0, 3, 30, 80] {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (own, watch) = (Arc::new(Mutex::new(None::<Control>)), Arc::clone(&seen));
        let inner = Arc::clone(&own);
        let control = Control::new().on_progress(move |percent| {
            watch.lock().unwrap().push(percent);
            if percent >= at {
                inner.lock().unwrap().as_ref().unwrap().cancel();
            }
        });
        *own.lock().unwrap() = Some(control.clone());
        assert_eq!(bench.render_watched(&draft, &["a.mp4"], &control).unwrap_err(), Error::Cancelled);
        assert_eq!(bench.names(), ["a.mp4"]);
        let seen = seen.lock().unwrap();
        assert!(seen.windows(2).all(|pair| pair[0] < pair[1]), "{seen:?}");
    }
}
