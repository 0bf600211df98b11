//! Outputs made window by window, and what is kept of them: the same to the frame as by one graph, and made once.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

use serde_json::{Value, json};
use weixin_video_studio::{Cache, Control, Error, Rung, Tools};

use crate::bench::{Bench, beep, flash, level};

/// Frames that tell their number: ten blocks, each a bit of it, and a tone in every other second.
const COUNTED: &str = "-f lavfi -i color=black:s=160x90:r=10:d=32,geq=lum='16+220*mod(floor(N/pow(2,floor(X/16))),2)':\
     cb=128:cr=128 -f lavfi -i aevalsrc='if(mod(floor(t),2),0.4*sin(2*PI*1000*t),0)':s=48000:d=32 \
     -c:v libx264 -preset ultrafast -qp 0 -pix_fmt yuv420p -g 25 -bf 2 -c:a aac -b:a 128k";

/// White and a tone from 10 to 10.2 s of 24: where a window begins.
const CLAP: &str = "-f lavfi -i color=black:s=160x90:r=30:d=24,drawbox=c=white:t=fill:enable='between(t,9.99,10.19)' \
     -f lavfi -i aevalsrc='if(between(t,10,10.2),0.5*sin(6283*t),0)':s=48000:d=24 \
     -c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a aac -b:a 128k";

/// A bench whose tools keep what they make, and where.
fn keeping() -> (Bench, PathBuf) {
    let mut bench = Bench::new();
    let folder = bench.path("cache");
    bench.tools = bench.tools.clone().with_cache(Cache::open(&folder, Cache::USUAL_BYTES).unwrap());
    (bench, folder)
}

/// A draft of parts of clips, with writing.
fn draft(parts: &[(&str, u64, u64)], edit: &Value, title: Option<(&str, u64)>) -> Value {
    let segment = |(clip, (source, from, to)): (u64, &(&str, u64, u64))| json!({ "clip": clip, "src": source, "in": from, "out": to });
    let segments: Vec<Value> = (1..).zip(parts).map(segment).collect();
    let mut tracks = vec![json!({ "tt": 0, "sg": segments })];
    tracks.extend(title.map(|(text, start)| {
        let at = json!({ "start": start, "dur": 2000 });
        json!({ "tt": 7, "m": { "role": "title" }, "sg": [{ "m": { "text": text }, "at": at }] })
    }));
    json!({ "m": { "edit": edit }, "t": tracks })
}

/// The numbers that the frames of the output tell.
fn numbers(bench: &Bench) -> Vec<usize> {
    let number =
        |frame: &crate::bench::Frame| (0..10).map(|bit| usize::from(frame.rgb(bit * 16 + 8, 80)[0] > 128) << bit).sum();
    bench.frames().iter().map(number).collect()
}

/// What is kept of pictures and sound: all that is larger than a word.
fn entries(folder: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(folder.join("v1")).unwrap().map(|file| file.unwrap().path());
    let mut files: Vec<PathBuf> = files.filter(|file| fs::metadata(file).unwrap().len() > 1_000).collect();
    files.sort();
    files
}

/// Makes it by one graph.
fn anew(bench: &Bench, draft: &Value, files: &[&str]) {
    let other = Bench::new();
    for name in files {
        fs::copy(bench.path(name), other.path(name)).unwrap();
    }
    let done = other.render(draft, files).unwrap();
    assert_eq!(done.rung, Rung::Encode);
    fs::copy(other.out(), bench.out()).unwrap();
}

#[test]
fn windows_make_the_same_frames_as_one_graph() {
    let (bench, _) = keeping();
    bench.make("a.mp4", COUNTED);
    // From within a frame and a group of pictures, in another order, and longer than a window.
    let parts = [("a", 15_050, 32_000), ("a", 0, 13_000), ("a", 14_000, 14_500), ("a", 3_300, 3_900)];
    let draft = draft(&parts, &json!({}), None);
    let done = bench.render(&draft, &["a.mp4"]).unwrap();
    assert_eq!(done.rung, Rung::Segments);
    assert_eq!(done.facts.video.unwrap().frames, Some(311));
    let (seen, heard) = (numbers(&bench), bench.samples());
    anew(&bench, &draft, &["a.mp4"]);
    assert_eq!(seen, numbers(&bench));
    assert_eq!(heard, bench.samples(), "the sound is made once over all of it");
}

#[test]
fn what_lies_over_windows_goes_on_from_one_to_the_next() {
    let (bench, _) = keeping();
    bench.make("a.mp4", "-f lavfi -i color=0x306090:s=320x180:r=30:d=26 -c:v libx264 -preset ultrafast");
    bench.make("b.mp4", "-f lavfi -i color=0xa08020:s=320x180:r=24:d=17 -c:v libx264 -preset ultrafast");
    let parts = [("a", 0, 25_000), ("b", 2_000, 16_000)];
    // The transition, the writing and the fades are under way where a window begins.
    let edit =
        json!({ "transition": { "kind": "crossfade", "ms": 1000 }, "picture": { "in_ms": 12_000, "out_ms": 9_000 } });
    let draft = draft(&parts, &edit, Some(("早安 HELLO", 9_900)));
    let done = bench.render(&draft, &["a.mp4", "b.mp4"]).unwrap();
    assert_eq!(done.rung, Rung::Segments);
    let seen = bench.frames();
    anew(&bench, &draft, &["a.mp4", "b.mp4"]);
    let expected = bench.frames();
    assert_eq!(seen.len(), expected.len());
    for (number, (seen, expected)) in seen.iter().zip(&expected).enumerate() {
        let differs = seen.differs(expected);
        // Coding moves a plain surface by a step; missing writing moves the whole by four.
        assert!(differs < 2.5, "frame {number} by {differs}");
    }
}

#[test]
fn a_clap_at_the_edge_of_a_window_is_seen_and_heard_together() {
    let (bench, _) = keeping();
    bench.make("a.mp4", CLAP);
    for (from, at) in [(0, 10.0), (1_234, 8.766)] {
        let done = bench.render(&draft(&[("a", from, 23_000)], &json!({}), None), &["a.mp4"]).unwrap();
        assert_eq!(done.rung, Rung::Segments);
        let (seen, heard) = (flash(&bench), beep(&bench));
        assert!((seen - at).abs() < 0.034 && (seen - heard).abs() <= 0.02, "{from}: {seen} {heard}");
    }
}

/// With `done` beside it, this program makes no more pictures.
#[cfg(unix)]
#[test]
fn only_what_changes_is_made_again() {
    use std::os::unix::fs::PermissionsExt as _;
    let (mut bench, folder) = keeping();
    bench.make("a.mp4", COUNTED);
    bench.make("m.mp3", "-f lavfi -i sine=220:d=5");
    let (program, done) = (bench.path("ffmpeg"), bench.path("done"));
    let script = "case \"$*\" in *libx264*) [ -e DONE ] && exit 9;; esac\nexec ffmpeg \"$@\"\n";
    fs::write(&program, format!("#!/bin/sh\n{}", script.replace("DONE", done.to_str().unwrap()))).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    bench.tools = Tools::at(program, Some(crate::faults::real_ffprobe()));
    bench.tools = bench.tools.with_cache(Cache::open(&folder, Cache::USUAL_BYTES).unwrap());
    let parts = [("a", 0, 32_000)];
    let titled = |title| draft(&parts, &json!({}), Some((title, 12_000)));
    bench.render(&titled("One"), &["a.mp4"]).unwrap();
    let (first, seen) = (fs::read(bench.out()).unwrap(), entries(&folder).len());
    assert_eq!(seen, 4, "three windows, and the sound");
    bench.render(&titled("Two"), &["a.mp4"]).unwrap();
    assert_eq!(entries(&folder).len(), seen + 1, "the title is seen in one window");

    fs::write(&done, "").unwrap();
    bench.render(&titled("One"), &["a.mp4"]).unwrap();
    assert_eq!(fs::read(bench.out()).unwrap(), first);
    let mut sounds = titled("One");
    sounds["t"].as_array_mut().unwrap().push(json!({ "tt": 1, "sg": [{ "src": "m", "m": { "volume": 0.5 } }] }));
    bench.render(&sounds, &["a.mp4", "m.mp3"]).unwrap();
    sounds["m"]["edit"] = json!({ "loudness": -1600 });
    bench.render(&sounds, &["a.mp4", "m.mp3"]).unwrap();
    assert!(bench.render(&titled("Three"), &["a.mp4"]).is_err(), "the program does refuse");
    // The same name, other bytes.
    fs::copy(bench.out(), bench.path("a.mp4")).unwrap();
    assert!(bench.render(&titled("One"), &["a.mp4"]).is_err());
}

#[test]
fn what_is_kept_may_be_damaged_or_gone() {
    let (bench, folder) = keeping();
    bench.make("a.mp4", COUNTED);
    let draft = draft(&[("a", 0, 32_000)], &json!({ "loudness": -1800 }), None);
    bench.render(&draft, &["a.mp4"]).unwrap();
    let expected = numbers(&bench);
    let damages: [fn(&PathBuf); 3] = [
        |file| {
            let mut bytes = fs::read(file).unwrap();
            let middle = bytes.len() / 2;
            bytes[middle] ^= 0x10;
            fs::write(file, bytes).unwrap();
        },
        |file| fs::File::options().write(true).open(file).unwrap().set_len(700).unwrap(),
        |file| fs::remove_file(file).unwrap(),
    ];
    for damage in damages {
        entries(&folder).iter().for_each(damage);
        bench.render(&draft, &["a.mp4"]).unwrap();
        assert_eq!(numbers(&bench), expected);
    }
    fs::remove_dir_all(&folder).unwrap();
    bench.render(&draft, &["a.mp4"]).unwrap();
    assert_eq!(numbers(&bench), expected);
}

#[test]
fn more_parts_than_one_graph_holds_are_one_video() {
    let bench = Bench::new();
    bench.make("a.mp4", COUNTED);
    // Every fourth tenth of a second: silence and tone change every fifth part.
    let parts: Vec<(&str, u64, u64)> = (0..75).map(|n| ("a", n * 400, n * 400 + 200)).collect();
    let done = bench.render(&draft(&parts, &json!({}), None), &["a.mp4"]).unwrap();
    assert_eq!(done.rung, Rung::Segments);
    let expected: Vec<usize> = (0..75).flat_map(|n| [n * 4, n * 4 + 1]).collect();
    assert_eq!(numbers(&bench), expected);
    let samples = bench.samples();
    for n in 0..75 {
        let middle = (n * 200 + 50) * 48;
        let heard = level(&samples[middle..middle + 100 * 48], 1000.0) > 0.2;
        // Parts that reach across a second have some of both.
        let (from, to) = (n * 400 + 50, n * 400 + 150);
        assert!(from / 1000 != to / 1000 || heard == (from / 1000 % 2 == 1), "part {n}");
    }
}

#[test]
fn many_crossfades_are_cut_between_them() {
    let bench = Bench::new();
    bench.make("a.mp4", COUNTED);
    let parts: Vec<(&str, u64, u64)> = (0..62).map(|n| ("a", n * 500, n * 500 + 900)).collect();
    let edit = json!({ "transition": { "kind": "crossfade", "ms": 300 } });
    let done = bench.render(&draft(&parts, &edit, None), &["a.mp4"]).unwrap();
    assert_eq!(done.rung, Rung::Segments);
    assert_eq!(done.facts.video.unwrap().frames, Some(62 * 9 - 61 * 3));
    // In the middle of each there is nothing of the others.
    let seen = numbers(&bench);
    let alone: Vec<usize> = (0..62).map(|n| seen[n * 6 + 4]).collect();
    assert_eq!(alone, (0..62).map(|n| n * 5 + 4).collect::<Vec<usize>>());
}

#[test]
fn a_size_holds_for_the_sum_of_many_parts() {
    let bench = Bench::new();
    bench.make(
        "a.mp4",
        "-f lavfi -i testsrc2=s=320x180:r=15:d=32,noise=alls=12:allf=t -f lavfi -i sine=d=32 \
         -c:v libx264 -preset ultrafast -crf 26 -g 15 -c:a aac",
    );
    let parts: Vec<(&str, u64, u64)> = (0..62).map(|n| ("a", n * 500, n * 500 + 400)).collect();
    let most = 750_000;
    let draft = draft(&parts, &json!({ "output": { "max_bytes": most } }), None);
    let done = bench.render(&draft, &["a.mp4"]).unwrap();
    assert_eq!(done.rung, Rung::Segments);
    assert!((most * 96 / 100..=most).contains(&done.facts.bytes), "{} of {most}", done.facts.bytes);
}

#[test]
fn a_size_that_takes_two_passes_is_kept_as_a_whole() {
    let (bench, folder) = keeping();
    bench.make(
        "a.mp4",
        "-f lavfi -i testsrc2=s=640x360:r=30:d=8,noise=alls=40:allf=t -c:v libx264 -preset ultrafast -crf 20",
    );
    let most = 700_000;
    let draft = draft(&[("a", 0, 8_000)], &json!({ "output": { "max_bytes": most } }), None);
    let done = bench.render(&draft, &["a.mp4"]).unwrap();
    assert!(done.rung == Rung::Encode && done.facts.bytes <= most, "{:?} {}", done.rung, done.facts.bytes);
    let (first, kept) = (fs::read(bench.out()).unwrap(), entries(&folder));
    bench.render(&draft, &["a.mp4"]).unwrap();
    assert_eq!((fs::read(bench.out()).unwrap() == first, entries(&folder)), (true, kept));
}

#[test]
fn progress_rises_and_what_was_made_before_a_stop_is_kept() {
    let (bench, folder) = keeping();
    bench.make("a.mp4", COUNTED);
    let draft = draft(&[("a", 0, 32_000)], &json!({}), None);
    let control = Control::new();
    let stop = control.clone();
    let stopping = control.on_progress(move |percent| {
        if percent >= 60 {
            stop.cancel()
        }
    });
    let error = bench.render_watched(&draft, &["a.mp4"], &stopping).unwrap_err();
    assert_eq!(error, Error::Cancelled);
    assert_eq!(bench.names(), ["a.mp4", "cache"]);
    assert!((2..4).contains(&entries(&folder).len()), "{:?}", entries(&folder));
    let seen = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&seen);
    let control = Control::new().on_progress(move |percent| sink.lock().unwrap().push(percent));
    bench.render_watched(&draft, &["a.mp4"], &control).unwrap();
    let seen = seen.lock().unwrap();
    assert!(seen.is_sorted() && seen.last() == Some(&100), "{seen:?}");
}

#[test]
fn a_clip_that_is_cut_off_is_told_and_not_kept_as_whole() {
    let (bench, _) = keeping();
    let clip = bench.make("a.mp4", &format!("{COUNTED} -movflags +faststart"));
    let bytes = fs::read(&clip).unwrap();
    fs::write(&clip, &bytes[..bytes.len() * 2 / 3]).unwrap();
    for _ in 0..2 {
        let done = bench.render(&draft(&[("a", 0, 32_000)], &json!({}), None), &["a.mp4"]).unwrap();
        assert!(done.warnings.iter().any(|warning| warning.contains("cut off")), "{:?}", done.warnings);
        let frames = numbers(&bench);
        assert!((150..300).contains(&frames.len()) && frames[120] == 120, "{}", frames.len());
    }
}
