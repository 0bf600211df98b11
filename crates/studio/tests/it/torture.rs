//! What cameras, television, editors and broken tools leave behind, made for real and held against every rule.

use serde_json::{Value, json};
use weixin_video_studio::{MediaFacts, Rendered};

use crate::bench::{Bench, Frame, beep, display};

/// Red, green, blue and white quarters, one second of 25 frames, as BT.709.
const QUARTERS: &str = "-f lavfi -i color=red:s=160x90:r=25:d=1,format=rgb24 \
     -f lavfi -i color=lime:s=160x90:r=25:d=1,format=rgb24 \
     -f lavfi -i color=blue:s=160x90:r=25:d=1,format=rgb24 \
     -f lavfi -i color=white:s=160x90:r=25:d=1,format=rgb24 \
     -filter_complex [0][1]hstack[a];[2][3]hstack[b];[a][b]vstack,scale=flags=accurate_rnd:out_color_matrix=bt709:out_range=tv";

const TAGS: &str = "-color_primaries bt709 -color_trc bt709 -colorspace bt709 -color_range tv";

const RED: [u8; 3] = [255, 0, 0];
const LIME: [u8; 3] = [0, 255, 0];
const BLUE: [u8; 3] = [0, 0, 255];
const WHITE: [u8; 3] = [255, 255, 255];

/// A white flash and a beep, both from 1.5 s to 1.7 s of 3 s.
fn clap(rate: &str, samples: &str) -> String {
    format!(
        "-f lavfi -i color=black:s=160x90:r={rate}:d=3,drawbox=c=white:t=fill:enable='between(t,1.499,1.7)' \
         -f lavfi -i aevalsrc='if(between(t,1.5,1.7),0.5*sin(6283*t),0)':s={samples}:d=3"
    )
}

/// A draft of all of a file, for a destination.
fn whole(destination: &str) -> Value {
    json!({ "m": { "edit": { "output": { "destination": destination } } }, "t": [{ "tt": 0, "sg": [{ "src": "a" }] }] })
}

/// Makes `a.EXT` fit for a destination and holds the output against every rule there, and against what ffmpeg itself says
/// of it, which shares nothing with our own reading.
#[track_caller]
fn fit(bench: &Bench, file: &str, destination: &str) -> Rendered {
    let done = bench.render(&whole(destination), &[file]);
    let done = done.unwrap_or_else(|error| panic!("{file} for {destination}: {error}"));
    assert!(done.verdict.passes(), "{file} for {destination}: {}", done.verdict.summary());
    let said = bench.described();
    let line = |kind: &str| said.lines().filter(|line| line.contains(kind)).collect::<Vec<_>>();
    let (pictures, sounds) = (line(": Video: "), line(": Audio: "));
    // A clip that is copied stays silent where it was.
    let copied = done.rung.keeps_picture();
    assert!(pictures.len() == 1 && (sounds.len() == 1 || copied && sounds.is_empty()), "{said}");
    let profile = if copied { "(avc1 /" } else { "h264 (High) (avc1 /" };
    for fact in [profile, "yuv420p(tv, bt709, progressive)", "[SAR 1:1 "] {
        assert!(pictures[0].contains(fact), "{file} for {destination}: no {fact} in {}", pictures[0]);
    }
    assert!(sounds.iter().all(|sound| sound.contains("aac (LC) (mp4a /")), "{sounds:?}");
    for secret in ["rotation of", "location", "Data:", "creation_time"] {
        assert!(!said.contains(secret), "{file} for {destination}: {secret} in {said}");
    }
    let bytes = std::fs::read(bench.out()).unwrap();
    let at = |name: &[u8]| bytes.windows(4).position(|found| found == name);
    assert!(at(b"moov") < at(b"mdat"), "{file} for {destination}: the index comes last");
    done
}

/// When the output turns white for the first time, in seconds.
fn seen(bench: &Bench, facts: &MediaFacts) -> f64 {
    let frame = bench.brightness().iter().position(|bright| *bright > 128).expect("a flash");
    frame as f64 / facts.video.as_ref().unwrap().frame_rate.unwrap().value()
}

/// How long the output is, against how long it should be; a frame may be missing or too much.
#[track_caller]
fn assert_long(facts: &MediaFacts, ms: u64) {
    let video = facts.video.as_ref().unwrap();
    let frame = (1000.0 / video.frame_rate.unwrap().value()).ceil() as u64;
    let found = video.duration_ms.unwrap();
    assert!(found.abs_diff(ms) <= frame, "{found} ms, not {ms}");
}

#[test]
fn every_depth_sampling_and_range_comes_out_in_its_colours() {
    let bench = Bench::new();
    let old = QUARTERS.replace("matrix=bt709", "matrix=bt601");
    let cases = [
        ("422p10", format!("{QUARTERS},format=yuv422p10le -c:v libx264 -preset ultrafast {TAGS}")),
        ("444p", format!("{QUARTERS},format=yuv444p -c:v libx264 -preset ultrafast {TAGS}")),
        ("rgb", format!("{QUARTERS},format=gbrp -c:v libx264rgb -preset ultrafast")),
        (
            "prores",
            format!(
                "{QUARTERS},format=yuv422p10le -c:v prores_ks {TAGS} -bsf:v \
                 prores_metadata=color_primaries=bt709:color_trc=bt709:colorspace=bt709"
            ),
        ),
        // JPEG is of standard definition and full range by its own definition.
        ("mjpeg", format!("{},format=yuvj422p -c:v mjpeg -q:v 2", old.replace("out_range=tv", "out_range=pc"))),
        ("untagged", format!("{old} -c:v libx264 -preset ultrafast -pix_fmt yuv420p")),
    ];
    for (name, args) in cases {
        bench.make("a.mov", &args.replace("-c:v", "-an -c:v"));
        let done = fit(&bench, "a.mov", "chat");
        assert_long(&done.facts, 1000);
        let frame = bench.frame(12);
        for (at, color) in [((80, 45), RED), ((240, 45), LIME), ((80, 135), BLUE), ((240, 135), WHITE)] {
            let found = frame.rgb(at.0, at.1);
            // From one matrix to another in 8 bits is rounded once more.
            let tolerance = if ["mjpeg", "untagged"].contains(&name) { 5 } else { 3 };
            let near = found.iter().zip(color).all(|(found, color)| found.abs_diff(color) <= tolerance);
            assert!(near, "{name}: {found:?}, not {color:?}");
        }
    }
}

#[test]
fn a_mirrored_picture_is_shown_as_a_player_shows_it() {
    let bench = Bench::new();
    bench.make("a.mp4", &format!("{QUARTERS},format=yuv420p -c:v libx264 -preset ultrafast {TAGS}"));
    let flat = std::fs::read(bench.path("a.mp4")).unwrap();
    let cases = [
        ([-1, 0, 0, 1], [LIME, RED, WHITE, BLUE]),
        ([1, 0, 0, -1], [BLUE, WHITE, RED, LIME]),
        ([0, 1, 1, 0], [RED, BLUE, LIME, WHITE]),
        ([0, -1, -1, 0], [WHITE, LIME, BLUE, RED]),
    ];
    for (matrix, corners) in cases {
        std::fs::write(bench.path("a.mp4"), &flat).unwrap();
        display(&bench.path("a.mp4"), matrix);
        let video = fit(&bench, "a.mp4", "channels").facts.video.unwrap();
        let (right, low) = (video.width as usize - 20, video.height as usize - 20);
        let frame = bench.frame(12);
        for (at, color) in [(20, 20), (right, 20), (20, low), (right, low)].into_iter().zip(corners) {
            let found = frame.rgb(at.0, at.1);
            let near = found.iter().zip(color).all(|(found, color)| found.abs_diff(color) <= 12);
            assert!(near, "{matrix:?} at {at:?}: {found:?}, not {color:?}");
        }
    }
}

#[test]
fn television_of_old_is_square_progressive_and_as_wide_as_it_was() {
    let bench = Bench::new();
    let fields = "-vf interlace=scan=tff,setsar=64/45 -flags +ilme+ildct -pix_fmt yuv420p -c:v mpeg2video -b:v 6M";
    let pal = format!("-f lavfi -i testsrc2=s=720x576:r=50:d=1 -f lavfi -i sine=d=1 {fields} -c:a mp2 -ar 48000");
    bench.make("a.mpg", &pal);
    assert!(bench.probe(&bench.path("a.mpg")).unwrap().video.unwrap().interlaced);
    for (destination, size) in [("chat", (960, 540)), ("channels", (1024, 576))] {
        let done = fit(&bench, "a.mpg", destination);
        let video = done.facts.video.as_ref().unwrap();
        assert_eq!((video.width, video.height), size);
        assert_eq!(video.frame_rate.unwrap().to_string(), "25");
        assert_long(&done.facts, 1000);
    }
}

/// Two fields of different moments show as combs: lines that differ from those above and below, which are alike.
#[test]
fn no_comb_is_left_of_fields() {
    let bench = Bench::new();
    // A white bar that moves 16 pixels a field.
    let bar = "-f lavfi -i color=black:s=320x180:r=50:d=1,format=gray,geq=lum='if(between(mod(X-N*16\\,320)\\,0\\,63)\\,235\\,16)'";
    let fields = "-vf interlace=scan=tff:lowpass=off -flags +ilme+ildct -pix_fmt yuv420p -c:v mpeg2video -q:v 2";
    bench.make("a.mkv", &format!("{bar} {fields}"));
    fit(&bench, "a.mkv", "channels");
    let combs = |frame: &Frame| {
        let light = |x: usize, y: usize| i32::from(frame.rgb(x, y)[1]);
        let rows = (40..140).flat_map(|y| (0..320).map(move |x| (x, y)));
        let is_comb = |&(x, y): &(usize, usize)| {
            let (above, here, below) = (light(x, y - 1), light(x, y), light(x, y + 1));
            (above - below).abs() < 30 && (here - above).abs() > 90
        };
        rows.filter(is_comb).count()
    };
    for number in [5, 12, 20] {
        let found = combs(&bench.frame(number));
        assert!(found < 320, "{found} combs in frame {number}");
    }
}

#[test]
fn sound_of_every_rate_stays_with_its_picture() {
    let bench = Bench::new();
    let picture = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p";
    let cases = [
        ("mono, 8 kHz", "a.mov", "30", "8000", "-c:a pcm_s16le -ac 1"),
        ("96 kHz", "a.mov", "30", "96000", "-c:a pcm_s24le -ac 2"),
        ("5.1", "a.mkv", "30000/1001", "48000", "-c:a ac3 -ac 6"),
        ("a film", "a.mkv", "24000/1001", "44100", "-c:a flac"),
        ("slow motion", "a.mp4", "120", "44100", "-c:a aac"),
        ("a screen", "a.webm", "60", "48000", "-c:v libvpx -deadline realtime -c:a libopus"),
    ];
    for (name, file, rate, samples, args) in cases {
        bench.make(file, &format!("{} {picture} {args}", clap(rate, samples)));
        for destination in ["chat", "channels"] {
            let long = bench.probe(&bench.path(file)).unwrap().duration_ms;
            assert!(long.abs_diff(3000) < 60, "{name}: {long} ms");
            let done = fit(&bench, file, destination);
            assert_long(&done.facts, long);
            let (flash, beep) = (seen(&bench, &done.facts), beep(&bench));
            // What is seen is known to a frame of the clip and of the output, the slower of them.
            let frame = 1.0 / done.facts.video.as_ref().unwrap().frame_rate.unwrap().value();
            assert!((beep - 1.5).abs() < 0.02, "{name} for {destination}: beep at {beep}");
            assert!((flash - 1.5).abs() <= frame + 0.001, "{name} for {destination}: flash at {flash}");
        }
        std::fs::remove_file(bench.path(file)).unwrap();
    }
}

#[test]
fn what_an_editor_hid_before_the_beginning_stays_hidden() {
    let bench = Bench::new();
    let keys = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -g 15 -bf 2 -c:a aac";
    let whole = bench.make("whole.mp4", &format!("{} {keys}", clap("30", "48000")));
    // Copied from between two key frames: an edit list hides what stands before 0.8 s.
    bench.make("cut.mp4", &format!("-ss 0.8 -i {} -c copy", whole.display()));
    std::fs::rename(bench.path("cut.mp4"), bench.path("a.mp4")).unwrap();
    for destination in ["chat", "file"] {
        let done = fit(&bench, "a.mp4", destination);
        let (flash, beep) = (seen(&bench, &done.facts), beep(&bench));
        assert!((flash - beep).abs() < 0.034, "{destination}: flash at {flash}, beep at {beep}");
        assert!((beep - 0.7).abs() < 0.034, "{destination}: beep at {beep}");
    }
}

#[test]
fn a_picture_that_begins_late_waits_for_its_time() {
    let bench = Bench::new();
    let sound = "-f lavfi -i aevalsrc='if(between(t,1.5,1.7),0.5*sin(6283*t),0)':s=48000:d=3";
    let picture =
        "-itsoffset 1 -f lavfi -i color=black:s=160x90:r=30:d=2,drawbox=c=white:t=fill:enable='between(t,0.499,0.7)'";
    bench.make("a.mkv", &format!("{sound} {picture} -map 1:v -map 0:a -c:v libx264 -preset ultrafast -c:a aac"));
    let done = fit(&bench, "a.mkv", "chat");
    let (flash, beep) = (seen(&bench, &done.facts), beep(&bench));
    assert!((flash - beep).abs() < 0.02, "flash at {flash}, beep at {beep}");
}

#[test]
fn slow_fast_short_and_tiny_clips_come_out_whole() {
    let bench = Bench::new();
    let h264 = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p";
    let cases = [
        ("one frame a second", "a.mp4", format!("-f lavfi -i testsrc2=s=160x90:r=1:d=4 {h264}"), 4000),
        ("120 frames a second", "a.mp4", format!("-f lavfi -i testsrc2=s=160x90:r=120:d=1 {h264}"), 1000),
        ("one frame", "a.mp4", format!("-f lavfi -i testsrc2=s=160x90:r=25 -frames:v 1 {h264}"), 40),
        (
            "a tenth of a second",
            "a.mp4",
            format!("-f lavfi -i testsrc2=s=160x90:r=30:d=0.1 -f lavfi -i sine=d=0.1 {h264}"),
            100,
        ),
        ("two pixels", "a.mp4", format!("-f lavfi -i color=red:s=2x2:r=25:d=1 {h264}"), 1000),
        ("one pixel", "a.mkv", "-f lavfi -i color=red:s=2x2:r=25:d=1,format=rgb24,crop=1:1 -c:v ffv1".to_owned(), 1000),
        ("a strip", "a.mkv", format!("-f lavfi -i testsrc2=s=1000x10:r=25:d=1 {h264}"), 1000),
        ("a tower", "a.mkv", format!("-f lavfi -i testsrc2=s=10x1000:r=25:d=1 {h264}"), 1000),
    ];
    for (name, file, args, ms) in cases {
        bench.make(file, &args);
        for destination in ["chat", "channels"] {
            let done = fit(&bench, file, destination);
            let video = done.facts.video.as_ref().unwrap();
            assert!(video.frames.unwrap() >= 1, "{name} for {destination}");
            assert_long(&done.facts, ms);
        }
        std::fs::remove_file(bench.path(file)).unwrap();
    }
}

#[test]
fn a_huge_photo_becomes_a_clip() {
    let bench = Bench::new();
    bench.make("a.jpg", "-f lavfi -i testsrc2=s=7680x4320 -frames:v 1 -pix_fmt yuvj420p");
    let video = fit(&bench, "a.jpg", "chat").facts.video.unwrap();
    assert_eq!((video.width, video.height), (960, 540));
}

#[test]
fn wide_gamut_and_high_range_come_out_as_ordinary_colours() {
    let bench = Bench::new();
    // White and a middle grey keep their place whatever the primaries.
    let greys = "-f lavfi -i color=black:s=320x180:r=25:d=0.5,format=yuv420p10le,\
        geq=lum='if(lt(X,160),64+876*0.5,64+876)':cb=512:cr=512";
    let hevc = "-c:v libx265 -preset ultrafast -x265-params log-level=none -tag:v hvc1 -color_range tv";
    let p3 = format!("{greys} {hevc} -color_primaries smpte432 -color_trc bt709 -colorspace bt709");
    bench.make("a.mov", &p3);
    fit(&bench, "a.mov", "moments");
    assert_grey(&bench, (80, 90), 128, 4);
    assert_grey(&bench, (240, 90), 255, 4);
}

#[track_caller]
fn assert_grey(bench: &Bench, (x, y): (usize, usize), level: u8, tolerance: u8) {
    bench.frame(5).assert_near((x, y), [level; 3], tolerance);
}

#[test]
fn every_destination_gets_what_it_wants_of_a_phones_clip() {
    let bench = Bench::new();
    let args = "-f lavfi -i testsrc2=s=1280x720:r=60:d=1 -f lavfi -i sine=d=1 -c:v libx265 -preset ultrafast \
        -x265-params log-level=none -tag:v hvc1 -c:a aac -metadata location=+31.23+121.47/ -movflags use_metadata_tags";
    let clip = bench.make("a.mov", args);
    display(&clip, [0, 1, -1, 0]);
    for (destination, size, rate) in [
        ("chat", (540, 960), "30"),
        ("moments", (720, 1280), "30"),
        ("channels", (720, 1280), "60"),
        ("file", (720, 1280), "30"),
    ] {
        let done = fit(&bench, "a.mov", destination);
        let video = done.facts.video.as_ref().unwrap();
        assert_eq!((video.width, video.height), size, "{destination}");
        assert_eq!(video.frame_rate.unwrap().to_string(), rate, "{destination}");
        assert_long(&done.facts, 1000);
    }
}
