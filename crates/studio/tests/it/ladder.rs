//! The cheapest work that does: each rung for real, with what was copied held against the source.

use std::{collections::BTreeMap, fs, path::Path, process::Command};

use serde_json::{Value, json};
use weixin_video_studio::{
    Control, Destinations, Error, Fate, Plan, Rendered, Rung, Tools, parts, render, timeline::Timeline,
};

use crate::bench::{Bench, beep, finished, flash, level};

/// Two seconds that are right everywhere, with a tone. Some versions of ffmpeg take the colours' names from the frames, others
/// from the options.
const RIGHT: &str = "-f lavfi -i testsrc2=s=640x360:r=30:d=2,format=yuv420p,\
     setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709 -f lavfi -i sine=f=600:d=2 \
     -c:v libx264 -preset ultrafast -bf 2 -c:a aac -b:a 64k \
     -color_primaries bt709 -color_trc bt709 -colorspace bt709 -color_range tv";

/// White and a tone from 1.5 to 1.7 s of three, with B-frames.
const CLAP: &str = "-f lavfi -i color=black:s=320x180:r=30:d=3,drawbox=c=white:t=fill:enable='between(t,1.49,1.69)',\
     format=yuv420p,setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709 -f lavfi \
     -i aevalsrc='if(between(t,1.5,1.7),0.5*sin(6283*t),0)':s=48000:d=3 -c:v libx264 -bf 3 \
     -color_primaries bt709 -color_trc bt709 -colorspace bt709 -color_range tv";

const FIRST: &str = "-movflags +faststart";

fn draft(segment: &Value, edit: &Value) -> Value {
    let mut segment = segment.clone();
    segment["src"] = json!("a");
    json!({ "m": { "edit": edit }, "t": [{ "tt": 0, "sg": [segment] }] })
}

fn to(id: &str) -> Value {
    draft(&json!({}), &json!({ "output": { "destination": id } }))
}

/// Whole clips for nowhere in particular.
fn as_it_is() -> Value {
    draft(&json!({}), &json!({}))
}

/// Hashes of the packets of a kind of stream: equal when they were copied.
fn packets(clip: &Path, kind: char) -> String {
    let mut command = Command::new("ffmpeg");
    command.args(["-nostdin", "-loglevel", "error", "-i"]).arg(clip);
    command.args(["-map", &format!("0:{kind}"), "-c", "copy", "-f", "streamhash", "-"]);
    String::from_utf8(finished(&mut command).stdout).unwrap()
}

#[track_caller]
fn is_copied(bench: &Bench, name: &str, kinds: &str) {
    for kind in kinds.chars() {
        assert_eq!(packets(&bench.path(name), kind), packets(&bench.out(), kind), "{name}: {kind}");
    }
}

#[track_caller]
fn made_by(bench: &Bench, draft: &Value, files: &[&str], rung: Rung) -> Rendered {
    let done = bench.render(draft, files).unwrap();
    assert_eq!(done.rung, rung, "{:?}", done.warnings);
    done
}

/// Nothing in place of ffmpeg and ffprobe.
fn without_ffmpeg(bench: &mut Bench) {
    bench.tools = Tools::at("/nowhere/ffmpeg".into(), Some("/nowhere/ffprobe".into()));
}

#[test]
fn what_is_right_is_copied_without_ffmpeg() {
    let mut bench = Bench::new();
    bench.make("a.mp4", &format!("{RIGHT} {FIRST}"));
    without_ffmpeg(&mut bench);
    for draft in
        [as_it_is(), to("channels"), to("file"), draft(&json!({}), &json!({ "output": { "fps_milli": 30_000 } }))]
    {
        let done = made_by(&bench, &draft, &["a.mp4"], Rung::Copy);
        assert!(fs::read(bench.out()).unwrap() == fs::read(bench.path("a.mp4")).unwrap());
        assert!(done.verdict.passes() && done.warnings.is_empty(), "{:?}", done.warnings);
        fs::remove_file(bench.out()).unwrap();
    }
    let missing = bench.render(&draft(&json!({ "turn": 90 }), &json!({})), &["a.mp4"]).unwrap_err();
    assert!(matches!(missing, Error::MissingTool { .. }), "{missing}");
}

#[test]
fn a_container_that_is_wrong_is_written_anew_without_ffmpeg() {
    let mut bench = Bench::new();
    let cases = [
        ("end.mp4", ""),
        ("place.mp4", " -metadata location=+31.2304+121.4737/ -movflags +faststart+use_metadata_tags"),
        ("brand.mov", " -movflags +faststart"),
        ("tracks.mp4", " -timecode 01:00:00:00 -movflags +faststart"),
    ];
    for (name, more) in cases {
        bench.make(name, &format!("{RIGHT}{more}"));
    }
    without_ffmpeg(&mut bench);
    for (name, _) in cases {
        let extension = name.rsplit('.').next().unwrap();
        fs::copy(bench.path(name), bench.path(&format!("a.{extension}"))).unwrap();
        let done = made_by(&bench, &as_it_is(), &[&format!("a.{extension}")], Rung::Remux);
        assert!(done.verdict.passes() && done.warnings.is_empty(), "{name}: {:?}", done.warnings);
        assert!(done.facts.boxes.as_ref().is_some_and(|boxes| !boxes.located && boxes.tracks.len() == 2), "{name}");
        is_copied(&bench, name, "va");
        assert!(!String::from_utf8_lossy(&fs::read(bench.out()).unwrap()).contains("31.2304"), "{name}");
    }
}

#[test]
fn colours_of_high_definition_get_their_names() {
    let bench = Bench::new();
    let plain = "-f lavfi -i testsrc2=s=1280x720:r=30:d=1 -f lavfi -i sine=d=1 -c:v libx264 -preset ultrafast \
         -pix_fmt yuv420p -c:a aac";
    bench.make("a.mp4", plain);
    let done = made_by(&bench, &as_it_is(), &["a.mp4"], Rung::Retag);
    let color = done.facts.video.unwrap().color;
    let names = [&color.primaries, &color.transfer, &color.matrix].map(|name| name.as_deref());
    assert_eq!((names, color.range.as_deref()), ([Some("bt709"); 3], Some("tv")));
    is_copied(&bench, "a.mp4", "va");
}

#[test]
fn fragments_are_put_together_by_ffmpeg() {
    let bench = Bench::new();
    bench.make("a.mp4", &format!("{RIGHT} -movflags frag_keyframe+empty_moov"));
    let done = made_by(&bench, &as_it_is(), &["a.mp4"], Rung::Retag);
    assert!(done.verdict.passes() && done.warnings.is_empty(), "{:?}", done.warnings);
    is_copied(&bench, "a.mp4", "va");
}

#[test]
fn other_containers_are_left_behind_where_their_clock_allows() {
    let bench = Bench::new();
    let source = bench.make("right.mp4", &RIGHT.replace("r=30", "r=25"));
    for name in ["a.mkv", "a.ts"] {
        bench.make(name, &format!("-i {} -c copy", source.display()));
        let done = bench.render(&as_it_is(), &[name]).unwrap();
        let rung = done.rung;
        // A transport stream begins its picture when its first frame is shown, after the sound.
        assert!(rung == Rung::Retag || name == "a.ts" && rung == Rung::Encode, "{name}: {rung} {:?}", done.warnings);
        if rung == Rung::Retag {
            is_copied(&bench, name, "v");
        }
    }
}

#[test]
fn sound_that_is_wrong_is_encoded_beside_its_picture() {
    let bench = Bench::new();
    for (codec, more) in [("libmp3lame", ""), ("ac3", ""), ("aac", " -ac 6"), ("aac", " -ar 96000")] {
        let args = RIGHT.replace("-c:a aac -b:a 64k", &format!("-c:a {codec}{more}"));
        bench.make("a.mp4", &format!("{args} {FIRST}"));
        let done = made_by(&bench, &as_it_is(), &["a.mp4"], Rung::EncodeSound);
        assert!(done.verdict.passes(), "{}", done.verdict.summary());
        let audio = done.facts.audio.unwrap();
        assert_eq!((audio.codec.as_str(), audio.channels, audio.sample_rate), ("aac", 2, 48_000));
        is_copied(&bench, "a.mp4", "v");
    }
}

#[test]
fn edits_of_the_sound_leave_the_picture_as_it_was() {
    let bench = Bench::new();
    bench.make("a.mp4", RIGHT);
    bench.make("m.mp3", "-f lavfi -i sine=f=3000:d=1 -c:a libmp3lame");
    let half = draft(&json!({ "m": { "volume": 0.5 } }), &json!({}));
    let silent = draft(&json!({ "m": { "volume": 0, "sound": 1.0 } }), &json!({}));
    let loud = draft(&json!({}), &json!({ "loudness": -2000, "sound": { "in_ms": 100, "out_ms": 300 } }));
    let mut music = draft(&json!({}), &json!({ "duck": true }));
    let song = json!({ "tt": 1, "sg": [{ "src": "m", "music": { "start": 0, "dur": null, "looped": true } }] });
    music["t"].as_array_mut().unwrap().push(song);
    let tones = |bench: &Bench| {
        let samples = bench.samples();
        (level(&samples[24_000..72_000], 600.0), level(&samples[24_000..72_000], 3000.0))
    };
    bench.render(&draft(&json!({ "turn": 180 }), &json!({})), &["a.mp4"]).unwrap();
    let usual = tones(&bench).0;
    for (draft, own, song) in [(half, 0.5, 0.0), (silent, 0.0, 0.0), (music, 1.0, 0.1)] {
        let done = made_by(&bench, &draft, &["a.mp4", "m.mp3"], Rung::EncodeSound);
        assert!(done.verdict.passes() && done.warnings.is_empty(), "{:?}", done.warnings);
        is_copied(&bench, "a.mp4", "v");
        let heard = tones(&bench);
        assert!((heard.0 / usual - own).abs() < 0.06, "{draft}: {heard:?} of {usual}");
        assert!(heard.1 >= song * usual, "{draft}: {heard:?}");
    }
    made_by(&bench, &loud, &["a.mp4"], Rung::EncodeSound);
    is_copied(&bench, "a.mp4", "v");
    assert!((bench.lufs() + 20.0).abs() < 1.5, "{}", bench.lufs());
}

#[test]
fn sound_that_is_encoded_stays_with_a_picture_that_is_not() {
    let bench = Bench::new();
    let late = CLAP.replace(
        "-f lavfi -i aevalsrc='if(between(t,1.5,1.7)",
        "-itsoffset 1 -f lavfi -i aevalsrc='if(between(t,0.5,0.7)",
    );
    let cases = [
        ("plain", format!("{CLAP} -c:a aac")),
        ("mp3", format!("{CLAP} -c:a libmp3lame")),
        ("late", format!("{late} -c:a aac").replace("s=48000:d=3", "s=48000:d=2")),
        ("44100", format!("{CLAP} -c:a aac -ar 44100")),
    ];
    for (what, args) in cases {
        bench.make("a.mp4", &args);
        let half = draft(&json!({ "m": { "volume": 0.8 } }), &json!({}));
        made_by(&bench, &half, &["a.mp4"], Rung::EncodeSound);
        is_copied(&bench, "a.mp4", "v");
        let (seen, heard) = (flash(&bench), beep(&bench));
        assert!((seen - 1.5).abs() < 0.001 && (heard - 1.5).abs() <= 0.02, "{what}: seen {seen}, heard {heard}");
    }
}

#[test]
fn a_picture_that_begins_late_or_is_partly_hidden_is_encoded_with_its_sound() {
    let bench = Bench::new();
    let source = bench.make("whole.mp4", &format!("{CLAP} -c:a aac -g 30"));
    let hidden = format!("-ss 0.5 -i {} -c copy", source.display());
    let late = format!("-i {0} -itsoffset 0.4 -i {0} -map 1:v -map 0:a -c copy", source.display());
    for (args, at) in [(hidden, 1.0), (late, 1.9)] {
        bench.make("a.mp4", &args);
        let half = draft(&json!({ "m": { "volume": 0.8 } }), &json!({}));
        made_by(&bench, &half, &["a.mp4"], Rung::Encode);
        assert!((flash(&bench) - at).abs() < 0.034, "{args}: {}", flash(&bench));
    }
}

#[test]
fn what_no_copy_mends_is_encoded() {
    let bench = Bench::new();
    let hevc = RIGHT.replace(
        "libx264 -preset ultrafast -bf 2",
        "libx265 -preset ultrafast -x265-params log-level=none -tag:v hvc1",
    );
    let fast = RIGHT.replace("r=30", "r=60");
    for args in [hevc, fast, format!("{RIGHT} -vf setsar=2")] {
        bench.make("a.mp4", &args);
        let done = made_by(&bench, &as_it_is(), &["a.mp4"], Rung::Encode);
        assert!(done.verdict.passes(), "{}", done.verdict.summary());
    }
    bench.make("a.mp4", RIGHT);
    for segment in [json!({ "in": 100 }), json!({ "out": 1500 }), json!({ "speed": 2.0 }), json!({ "mirror": true })] {
        made_by(&bench, &draft(&segment, &json!({})), &["a.mp4"], Rung::Encode);
    }
}

#[test]
fn what_was_asked_for_is_warned_of_and_never_refused() {
    let bench = Bench::new();
    bench.make("a.mp4", &RIGHT.replace("r=30", "r=60"));
    let cases = [
        (json!({ "destination": "chat", "fps_milli": 60_000 }), "60.00 frames a second"),
        (json!({ "destination": "chat", "codec": "h265" }), "hevc"),
        (json!({ "destination": "chat", "container": "mov" }), "mov"),
        (json!({ "destination": "chat", "container": "webm" }), "vp9"),
        (json!({ "destination": "moments", "container": "gif" }), "gif"),
        (json!({ "destination": "moments", "resolution": { "w": 2000, "h": 1200 } }), "2000x1200"),
    ];
    for (output, word) in cases {
        let done = bench.render(&draft(&json!({}), &json!({ "output": output })), &["a.mp4"]).unwrap();
        assert!(!done.verdict.passes(), "{output}");
        let said = done.warnings.join("\n");
        assert!(said.contains(word) && said.contains("asked for") && said.contains("WeChat"), "{output}: {said}");
    }
    let mp3 = bench.render(&draft(&json!({}), &json!({ "output": { "container": "mp3" } })), &["a.mp4"]).unwrap();
    assert_eq!(mp3.rung, Rung::Encode);
}

#[test]
fn an_output_above_its_gate_is_told_of() {
    let bench = Bench::new();
    bench.make("a.mp4", &RIGHT.replace("640x360", "1280x720"));
    let large = json!({ "output": { "destination": "chat", "resolution": { "short_side": 720 } } });
    let done = bench.render(&draft(&json!({}), &large), &["a.mp4"]).unwrap();
    assert!(done.verdict.passes() && matches!(done.verdict.fate, Fate::ReEncodes { .. }));
    assert!(done.warnings.iter().any(|warning| warning.contains("720 pixels, above 540")), "{:?}", done.warnings);
}

#[test]
fn what_is_good_already_never_grows() {
    let bench = Bench::new();
    // Nothing moves: so few bits that a smaller picture can't be had for fewer.
    let still = "-f lavfi -i color=0x336699:s=1280x720:r=30:d=4 -f lavfi -i anullsrc=r=48000:d=4 -c:v libx264 \
         -preset slow -pix_fmt yuv420p -color_primaries bt709 -color_trc bt709 -colorspace bt709 -color_range tv -c:a aac";
    let source = bench.make("a.mp4", still);
    let bytes = fs::metadata(source).unwrap().len();
    let done = bench.render(&to("chat"), &["a.mp4"]).unwrap();
    assert!(done.facts.bytes <= bytes, "{} of {bytes}", done.facts.bytes);
    if done.rung != Rung::Encode {
        assert!(done.warnings.iter().any(|warning| warning.contains("stays as it was")), "{:?}", done.warnings);
    }
    // One that takes its bits comes out below the gate.
    bench.make("a.mp4", &RIGHT.replace("640x360", "1280x720"));
    let source = fs::metadata(bench.path("a.mp4")).unwrap().len();
    let done = made_by(&bench, &to("chat"), &["a.mp4"], Rung::Encode);
    assert!(done.facts.bytes <= source && matches!(done.verdict.fate, Fate::Passes { .. }), "{}", done.verdict.fate);
}

/// A table with one destination, `club`, of these limits.
fn club(limits: &[(&str, &str)]) -> Destinations {
    let value = |is: &str| format!("{{ is = {is}, source = \"own\", date = \"2026\", confidence = \"own\" }}");
    let limits: Vec<String> = limits.iter().map(|(name, is)| format!("{name} = {}\n", value(is))).collect();
    let table = format!(
        "[[destination]]\nid = \"club\"\nform = \"wechat\"\ntitle = \"a club\"\ntitle_zh = \"俱乐部\"\nwords = [\"club\"]\n\
         does = {}\nmisfit = {}\n[destination.limits]\n{}",
        value("\"passes\""),
        value("\"refuse\""),
        limits.concat(),
    );
    Destinations::laid_over(&table).unwrap()
}

/// Renders a timeline of the clip `a` for destinations of one's own.
fn render_there(bench: &Bench, timeline: Timeline, destinations: &Destinations) -> Result<Rendered, Error> {
    let facts = BTreeMap::from([("a".to_owned(), bench.probe(&bench.path("a.mp4"))?)]);
    let inputs = BTreeMap::from([("a".to_owned(), bench.path("a.mp4"))]);
    render(&bench.tools, &Plan::of(timeline, &facts, destinations)?, &inputs, &bench.out(), &Control::new())
}

#[test]
fn destinations_of_ones_own_are_kept_to() {
    let bench = Bench::new();
    bench.make("a.mp4", &format!("{RIGHT} {FIRST}"));
    let timeline = || Timeline::read(&to("club")).unwrap();
    let small = club(&[("bytes", "90_000"), ("short_side", "240"), ("long_side", "400")]);
    let done = render_there(&bench, timeline(), &small).unwrap();
    let video = done.facts.video.as_ref().unwrap();
    assert!(video.width <= 400 && video.height <= 240 && done.facts.bytes <= 90_000, "{:?}", done.facts);
    assert!(done.verdict.passes() && done.verdict.destination == "club");
    // What can't be kept to isn't published, whatever was there before stays.
    fs::write(bench.out(), "older").unwrap();
    let error = render_there(&bench, timeline(), &club(&[("profiles", "[\"Baseline\"]")])).unwrap_err();
    assert!(matches!(error, Error::Render { .. }) && error.to_string().contains("club: High"), "{error}");
    assert_eq!((fs::read(bench.out()).unwrap(), bench.names().len()), (b"older".to_vec(), 2));
}

#[test]
fn parts_are_the_whole_frame_by_frame() {
    let bench = Bench::new();
    // Every frame is a step brighter than the one before; a tone begins at two seconds.
    bench.make(
        "a.mp4",
        "-f lavfi -i color=black:s=160x90:r=10:d=5,geq=lum='30+4*N':cb=128:cr=128 \
         -f lavfi -i aevalsrc='if(gt(t,2),0.5*sin(3770*t),0)':s=48000:d=5 \
         -c:v libx264 -preset ultrafast -qp 0 -pix_fmt yuv420p -g 12 -bf 2 -c:a aac",
    );
    let source = bench.brightness_of(&bench.path("a.mp4"));
    let facts = BTreeMap::from([("a".to_owned(), bench.probe(&bench.path("a.mp4")).unwrap())]);
    let whole = Timeline::read(&as_it_is()).unwrap();
    let numbered = parts(whole, &facts, Destinations::built_in(), Some(1_700)).unwrap();
    let (mut frames, mut loud) = (Vec::new(), Vec::new());
    for part in numbered {
        assert_eq!(render_there(&bench, part, Destinations::built_in()).unwrap().rung, Rung::Encode);
        frames.extend(bench.brightness());
        let samples = bench.samples();
        loud.push((level(&samples[2_400..12_000], 600.0) > 0.3, level(&samples[60_000..69_600], 600.0) > 0.3));
    }
    assert!(frames.len() == 50 && frames.iter().zip(&source).all(|(made, was)| made.abs_diff(*was) <= 2), "{frames:?}");
    assert_eq!(loud, [(false, false), (false, true), (true, true)]);
}
