//! Every edit of the picture and of time, rendered for real and read back.

use serde_json::{Value, json};

use crate::bench::{Bench, beep, flash};

/// Ten frames a second for four seconds, each a step brighter than the one before.
const RAMP: &str = "-f lavfi -i color=black:s=160x90:r=10:d=4,geq=lum='30+4*N':cb=128:cr=128 \
     -c:v libx264 -preset ultrafast -qp 0 -pix_fmt yuv420p -g 12 -bf 2";

/// White and a tone from 1.5 to 1.7 s of three.
const CLAP: &str = "-f lavfi -i color=black:s=160x90:r=30:d=3,drawbox=c=white:t=fill:enable='between(t,1.49,1.69)' \
     -f lavfi -i aevalsrc='if(between(t,1.5,1.7),0.5*sin(6283*t),0)':s=48000:d=3 \
     -c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a aac -b:a 128k";

/// Red and green above, blue and white below.
const QUARTERS: &str = "-f lavfi -i color=red:s=80x45:r=10:d=0.5,format=rgb24 \
     -f lavfi -i color=lime:s=80x45:r=10:d=0.5,format=rgb24 \
     -f lavfi -i color=blue:s=80x45:r=10:d=0.5,format=rgb24 \
     -f lavfi -i color=white:s=80x45:r=10:d=0.5,format=rgb24 -filter_complex \
     [0][1]hstack[a];[2][3]hstack[b];[a][b]vstack,scale=out_color_matrix=bt709:out_range=tv,format=yuv420p \
     -c:v libx264 -preset ultrafast -qp 0 -color_primaries bt709 -color_trc bt709 -colorspace bt709";

const RED: [u8; 3] = [255, 0, 0];
const LIME: [u8; 3] = [0, 255, 0];
const BLUE: [u8; 3] = [0, 0, 255];
const WHITE: [u8; 3] = [255, 255, 255];
const BLACK: [u8; 3] = [0, 0, 0];

/// A draft of segments of the clip `a`, with what holds for all of it.
fn cut(segments: &[Value], edit: &Value) -> Value {
    let segments: Vec<Value> = segments
        .iter()
        .map(|segment| {
            let mut segment = segment.clone();
            segment["clip"] = json!(segment.get("clip").and_then(Value::as_u64).unwrap_or(1));
            segment["src"] = json!(segment.get("src").and_then(Value::as_str).unwrap_or("a"));
            segment
        })
        .collect();
    json!({ "m": { "edit": edit }, "t": [{ "tt": 0, "sg": segments }] })
}

/// Which frames of the ramp these are, by how bright they are.
fn frames_of_ramp(bench: &Bench) -> Vec<usize> {
    let source = bench.brightness_of(&bench.path("a.mp4"));
    let nearest = |bright: &u8| (0..source.len()).min_by_key(|n| source[*n].abs_diff(*bright)).unwrap();
    bench.brightness().iter().map(nearest).collect()
}

#[test]
fn parts_are_cut_out_to_the_frame() {
    let bench = Bench::new();
    bench.make("a.mp4", RAMP);
    let draft = cut(&[json!({ "in": 300, "out": 800 }), json!({ "in": 2500, "out": 2800 })], &json!({}));
    let done = bench.render(&draft, &["a.mp4"]).unwrap();
    assert_eq!(done.facts.video.unwrap().frames, Some(8));
    assert_eq!(frames_of_ramp(&bench), [3, 4, 5, 6, 7, 25, 26, 27]);
}

#[test]
fn parts_may_change_their_order_and_repeat() {
    let bench = Bench::new();
    bench.make("a.mp4", RAMP);
    let draft = cut(
        &[json!({ "in": 3700 , "out": 4000}), json!({ "in": 0, "out": 200 }), json!({ "in": 100, "out": 200 })],
        &json!({}),
    );
    bench.render(&draft, &["a.mp4"]).unwrap();
    assert_eq!(frames_of_ramp(&bench), [37, 38, 39, 0, 1, 1]);
}

#[test]
fn other_containers_are_entered_as_exactly() {
    let bench = Bench::new();
    let source = bench.make("a.mp4", RAMP);
    for (name, codec) in
        [("b.mkv", "copy"), ("b.ts", "copy"), ("b.mpg", "mpeg2video -q:v 2 -r 25"), ("b.avi", "mpeg4 -q:v 2")]
    {
        bench.make(name, &format!("-i {} -c:v {codec}", source.display()));
        let draft = cut(&[json!({ "src": "b", "in": 1500, "out": 1900 })], &json!({}));
        bench.render(&draft, &[name]).unwrap();
        let mut seen = frames_of_ramp(&bench);
        // MPEG-2 has no rate as slow as ten.
        seen.dedup();
        assert_eq!(seen, [15, 16, 17, 18], "{name}");
    }
}

#[test]
fn many_parts_are_one_video() {
    let bench = Bench::new();
    bench.make("a.mp4", RAMP);
    let parts: Vec<Value> = (0..20).map(|n| json!({ "in": n * 200, "out": n * 200 + 100 })).collect();
    bench.render(&cut(&parts, &json!({})), &["a.mp4"]).unwrap();
    assert_eq!(frames_of_ramp(&bench), (0..20).map(|n| n * 2).collect::<Vec<usize>>());
}

#[test]
fn speed_takes_the_right_frames() {
    let bench = Bench::new();
    bench.make("a.mp4", RAMP);
    let fast = json!({ "in": 1000, "out": 2000, "speed": 2.0 });
    let slow = json!({ "in": 0, "out": 200, "speed": 0.5 });
    bench.render(&cut(&[fast, slow], &json!({})), &["a.mp4"]).unwrap();
    let seen = frames_of_ramp(&bench);
    assert_eq!(seen.len(), 9);
    // Halves are rounded to either side.
    let expected = [10, 12, 14, 16, 18, 0, 0, 1, 1];
    assert!(seen.iter().zip(expected).all(|(seen, frame)| seen.abs_diff(frame) <= 1), "{seen:?}");
}

#[test]
fn a_clap_is_seen_and_heard_together_whatever_is_cut_and_however_fast() {
    let bench = Bench::new();
    bench.make("a.mp4", CLAP);
    // What is played at another speed is stretched around every moment, which makes the onset of a sound less sharp.
    let cases = [
        (json!([{ "in": 500, "out": 2500 }]), 1.0, 0.02),
        (json!([{ "in": 0, "out": 700 }, { "in": 1333, "out": 3000 }]), 0.867, 0.02),
        (json!([{ "in": 0, "out": 333 }, { "in": 33, "out": 366 }, { "in": 1234, "out": 2345 }]), 0.932, 0.02),
        (json!([{ "in": 0, "out": 3000, "speed": 2.0 }]), 0.75, 0.02),
        (json!([{ "in": 1000, "out": 2000, "speed": 0.5 }]), 1.0, 0.03),
        (json!([{ "in": 0, "out": 3000, "speed": 5.0 }]), 0.3, 0.03),
    ];
    for (segments, at, near) in cases {
        bench.render(&cut(segments.as_array().unwrap(), &json!({})), &["a.mp4"]).unwrap();
        let (seen, heard) = (flash(&bench), beep(&bench));
        assert!((seen - at).abs() <= 0.0171, "{segments}: seen at {seen}, not at {at}");
        assert!((heard - at).abs() <= near, "{segments}: heard at {heard}, not at {at}");
    }
}

#[test]
fn the_pitch_stays_when_the_speed_changes() {
    let bench = Bench::new();
    let tone = "-f lavfi -i color=black:s=64x64:r=10:d=2 -f lavfi -i sine=f=1000:d=2 -c:v libx264 -c:a aac";
    bench.make("a.mp4", tone);
    for speed in [0.25, 0.5, 3.0] {
        let draft = cut(&[json!({ "in": 0, "out": 2000, "speed": speed })], &json!({}));
        let done = bench.render(&draft, &["a.mp4"]).unwrap();
        let expected = (2000.0 / speed) as u64;
        assert!(done.facts.duration_ms.abs_diff(expected) <= 100, "{} for {speed}", done.facts.duration_ms);
        let samples = bench.samples();
        let middle = &samples[samples.len() / 4..samples.len() * 3 / 4];
        let crossings = middle.windows(2).filter(|pair| pair[0] <= 0.0 && pair[1] > 0.0).count();
        let pitch = crossings as f64 * 48_000.0 / middle.len() as f64;
        assert!((pitch - 1000.0).abs() < 30.0, "{pitch} Hz at {speed}");
    }
}

#[test]
fn turns_and_mirrors_move_the_corners() {
    let bench = Bench::new();
    bench.make("a.mp4", QUARTERS);
    // Clockwise from the upper left.
    let cases = [
        (0, false, [RED, LIME, WHITE, BLUE]),
        (90, false, [BLUE, RED, LIME, WHITE]),
        (180, false, [WHITE, BLUE, RED, LIME]),
        (270, false, [LIME, WHITE, BLUE, RED]),
        (0, true, [LIME, RED, BLUE, WHITE]),
        (90, true, [RED, BLUE, WHITE, LIME]),
    ];
    for (turn, mirror, corners) in cases {
        let draft = cut(&[json!({ "in": 0, "out": 500, "turn": turn, "mirror": mirror })], &json!({}));
        let video = bench.render(&draft, &["a.mp4"]).unwrap().facts.video.unwrap();
        let size = if turn % 180 == 0 { (160, 90) } else { (90, 160) };
        assert_eq!((video.width, video.height), size);
        let (right, low) = (size.0 as usize - 10, size.1 as usize - 10);
        let frame = bench.frame(2);
        for (at, color) in [(10, 10), (right, 10), (right, low), (10, low)].iter().zip(corners) {
            frame.assert_near(*at, color, 12);
        }
    }
}

#[test]
fn colours_stay_within_three_steps() {
    let bench = Bench::new();
    let grey = "-f lavfi -i color=0x6e5a8c:s=160x90:r=10:d=0.5,format=rgb24,scale=out_color_matrix=bt709:out_range=tv,\
         format=yuv420p -c:v libx264 -qp 0 -color_primaries bt709 -color_trc bt709 -colorspace bt709";
    bench.make("a.mp4", grey);
    let cases = [
        json!({}),
        json!({ "canvas": { "ratio": "1:1", "fit": "cover" } }),
        json!({ "canvas": { "ratio": "9:16", "fit": "blur" } }),
    ];
    for edit in cases {
        let done = bench.render(&cut(&[json!({ "in": 0, "out": 500 })], &edit), &["a.mp4"]).unwrap();
        let video = done.facts.video.unwrap();
        let middle = (video.width as usize / 2, video.height as usize / 2);
        bench.frame(2).assert_near(middle, [0x6e, 0x5a, 0x8c], 3);
    }
}

#[test]
fn another_shape_is_cut_framed_or_laid_over_a_blur() {
    let bench = Bench::new();
    bench.make("a.mp4", QUARTERS);
    let render = |ratio: &str, fit: &str| {
        let edit =
            json!({ "canvas": { "ratio": ratio, "fit": fit }, "output": { "resolution": { "short_side": 90 } } });
        let video =
            bench.render(&cut(&[json!({ "in": 0, "out": 500 })], &edit), &["a.mp4"]).unwrap().facts.video.unwrap();
        ((video.width, video.height), bench.frame(2))
    };
    let (size, frame) = render("1:1", "cover");
    assert_eq!(size, (90, 90));
    // Cut left and right of the middle: the corners are still those of the quarters.
    frame.assert_near((4, 4), RED, 12);
    frame.assert_near((85, 85), WHITE, 12);
    let (size, frame) = render("9:16", "contain");
    assert_eq!(size, (90, 160));
    frame.assert_near((45, 10), BLACK, 3);
    frame.assert_near((45, 150), BLACK, 3);
    frame.assert_near((20, 65), RED, 12);
    frame.assert_near((70, 95), WHITE, 12);
    let (size, frame) = render("9:16", "blur");
    assert_eq!(size, (90, 160));
    frame.assert_near((20, 65), RED, 12);
    let [red, _, blue] = frame.rgb(4, 4);
    assert!(red > 120 && blue < 100, "the copy behind is of the same colours: {:?}", frame.rgb(4, 4));
    assert!(frame.rgb(85, 155).iter().all(|c| *c > 150), "{:?}", frame.rgb(85, 155));
}

#[test]
fn unlike_clips_follow_each_other() {
    let bench = Bench::new();
    bench.make("a.mp4", "-f lavfi -i color=red:s=160x90:r=30:d=1 -c:v libx264");
    bench.make("b.mkv", "-f lavfi -i color=lime:s=90x160:r=24:d=1 -f lavfi -i sine=d=1 -c:v libx264 -c:a libopus");
    bench.make("c.png", "-f lavfi -i color=blue:s=200x200 -frames:v 1");
    let draft = cut(
        &[
            json!({ "in": 0, "out": 500 }),
            json!({ "src": "b", "clip": 2, "in": 0, "out": 500 }),
            json!({ "src": "c", "clip": 3, "in": 0, "out": 3000 }),
        ],
        &json!({}),
    );
    let video = bench.render(&draft, &["a.mp4", "b.mkv", "c.png"]).unwrap().facts.video.unwrap();
    assert_eq!((video.width, video.height, video.frames), (160, 90, Some(120)));
    bench.frame(7).assert_near((80, 45), [254, 0, 0], 12);
    bench.frame(22).assert_near((80, 45), LIME, 12);
    bench.frame(22).assert_near((5, 45), BLACK, 6);
    bench.frame(119).assert_near((80, 45), BLUE, 12);
    let samples = bench.samples();
    let loud = |from: f64, to: f64| {
        let part = &samples[(from * 48_000.0) as usize..(to * 48_000.0) as usize];
        part.iter().fold(0.0f32, |peak, sample| peak.max(sample.abs()))
    };
    assert!(loud(0.0, 0.45) < 0.01 && loud(0.55, 0.95) > 0.05 && loud(1.1, 3.9) < 0.01);
}

#[test]
fn a_photo_stands_upright_for_its_time() {
    let bench = Bench::new();
    let photo = bench.make(
        "plain.jpg",
        "-f lavfi -i color=red:s=120x80 -f lavfi -i color=blue:s=120x80 \
        -filter_complex [0][1]vstack -frames:v 1 -q:v 2",
    );
    let bytes = std::fs::read(photo).unwrap();
    // Held with the right side up: it has to be turned clockwise, which puts red on the right.
    let exif = b"\xff\xe1\0\x22Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
    std::fs::write(bench.path("a.jpg"), [&bytes[..2], exif, &bytes[2..]].concat()).unwrap();
    let done = bench.render(&cut(&[json!({})], &json!({})), &["a.jpg"]).unwrap();
    let video = done.facts.video.unwrap();
    assert_eq!((video.width, video.height, video.frames), (160, 120, Some(90)));
    for number in [0, 89] {
        bench.frame(number).assert_near((120, 60), RED, 12);
        bench.frame(number).assert_near((40, 60), BLUE, 12);
    }
}

#[test]
fn what_shines_through_a_picture_is_black() {
    let bench = Bench::new();
    bench.make("a.png", "-f lavfi -i color=red@0.0:s=64x64,format=rgba -frames:v 1");
    bench.render(&cut(&[json!({ "in": 0, "out": 200 })], &json!({})), &["a.png"]).unwrap();
    bench.frame(3).assert_near((32, 32), BLACK, 3);
}

#[test]
fn a_crossfade_takes_its_time_from_both_and_black_from_neither() {
    let bench = Bench::new();
    bench.make("a.mp4", "-f lavfi -i color=white:s=160x90:r=10:d=2 -c:v libx264");
    bench.make("b.mp4", "-f lavfi -i color=black:s=160x90:r=10:d=2 -f lavfi -i sine=d=2 -c:v libx264 -c:a aac");
    let segments = [json!({ "in": 0, "out": 2000 }), json!({ "src": "b", "clip": 2, "in": 0, "out": 2000 })];
    let draft = cut(&segments, &json!({ "transition": { "kind": "crossfade", "ms": 1000 } }));
    let done = bench.render(&draft, &["a.mp4", "b.mp4"]).unwrap();
    assert_eq!(done.facts.video.unwrap().frames, Some(30));
    let bright = bench.brightness();
    assert!(bright[9] > 240 && bright[20] < 15 && bright[15].abs_diff(127) < 30, "{bright:?}");
    assert!(bright.windows(2).all(|pair| pair[1] <= pair[0].saturating_add(2)), "{bright:?}");
    let draft = cut(&segments, &json!({ "transition": { "kind": "fade_black", "ms": 1000 } }));
    let draft = json!({ "m": draft["m"], "t": [{ "tt": 0, "sg": [segments_of(&draft)[0], segments_of(&draft)[0]] }] });
    let mut draft = draft;
    draft["t"][0]["sg"][1]["clip"] = json!(2);
    let done = bench.render(&draft, &["a.mp4"]).unwrap();
    assert_eq!(done.facts.video.unwrap().frames, Some(40));
    let bright = bench.brightness();
    assert!(bright[14] > 240 && bright[19] < 60 && bright[20] < 60 && bright[26] > 240, "{bright:?}");
}

#[test]
fn the_picture_comes_out_of_black_and_goes_into_it() {
    let bench = Bench::new();
    bench.make("a.mp4", "-f lavfi -i color=white:s=160x90:r=10:d=3 -c:v libx264");
    let edit = json!({ "picture": { "in_ms": 1000, "out_ms": 500 } });
    bench.render(&cut(&[json!({ "in": 0, "out": 3000 })], &edit), &["a.mp4"]).unwrap();
    let bright = bench.brightness();
    assert!(bright[0] < 10 && bright[5].abs_diff(127) < 40 && bright[11] > 240, "{bright:?}");
    assert!(bright[24] > 240 && bright[29] < 70, "{bright:?}");
}

#[test]
fn rate_and_size_are_as_they_were_asked_for() {
    let bench = Bench::new();
    bench.make("a.mp4", RAMP);
    for (asked, rate, frames) in [(29_970, "30000/1001", 120), (15_000, "15", 60), (5_000, "5", 20)] {
        let edit = json!({ "output": { "fps_milli": asked } });
        let video = bench.render(&cut(&[json!({})], &edit), &["a.mp4"]).unwrap().facts.video.unwrap();
        assert_eq!((video.frame_rate.unwrap().to_string().as_str(), video.frames), (rate, Some(frames)));
    }
    for (resolution, size) in [(json!({ "w": 200, "h": 200 }), (200, 200)), (json!({ "short_side": 60 }), (106, 60))] {
        let edit = json!({ "output": { "resolution": resolution } });
        let video = bench.render(&cut(&[json!({})], &edit), &["a.mp4"]).unwrap().facts.video.unwrap();
        assert_eq!((video.width, video.height), size);
    }
}

fn segments_of(draft: &Value) -> &[Value] {
    draft["t"][0]["sg"].as_array().unwrap()
}
