//! What goes wrong with files, disks and processes: one clear error, and nothing left behind.

use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use crate::bench::{Bench, finished};
use serde_json::json;
use weixin_video_studio::{Control, Error, Tools, plan, probe, render};

const CLIP: &str = "-f lavfi -i testsrc2=s=160x90:r=25:d=1 -c:v libx264 -preset ultrafast";

/// Long and large enough that it can't be done before somebody has reacted.
const LONG_CLIP: &str = "-f lavfi -i testsrc2=s=640x360:r=30:d=30 -c:v libx264 -preset ultrafast";

/// A program of our own in ffmpeg's place; ffprobe stays the real one.
fn impostor(bench: &Bench, script: &str) -> Tools {
    let file = bench.path("impostor");
    fs::write(&file, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
    Tools::at(file, Some(real_ffprobe()))
}

pub(crate) fn real_ffprobe() -> PathBuf {
    let mut which = Command::new("sh");
    let found = finished(which.args(["-c", "command -v ffprobe"])).stdout;
    PathBuf::from(String::from_utf8(found).unwrap().trim())
}

/// Renders with `ffmpeg` replaced by a script; the error, and the names left in the folder.
fn render_with_impostor(script: &str) -> (Error, Vec<String>) {
    let mut bench = Bench::new();
    let clip = bench.make("clip.mp4", CLIP);
    bench.tools = impostor(&bench, script);
    let error = bench.render_with(&clip, &Control::new()).unwrap_err();
    (error, bench.names())
}

#[test]
fn a_playlist_reads_no_file_and_no_script_runs() {
    let bench = Bench::new();
    let secret = bench.make("secret.mp4", CLIP);
    let texts = [
        format!("#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\n{}\n#EXT-X-ENDLIST\n", secret.display()),
        format!("ffconcat version 1.0\nfile '{}'\n", secret.display()),
        "<svg xmlns='http://www.w3.org/2000/svg'><image href='file:///etc/hostname'/></svg>".into(),
        "just words".into(),
        String::new(),
        "\0".repeat(4096),
    ];
    for text in texts {
        let file = bench.path("clip.mp4");
        fs::write(&file, &text).unwrap();
        let error = bench.probe(&file).unwrap_err();
        assert!(matches!(error, Error::NotMedia { .. }), "{text:?}: {error}");
        assert_eq!(error.to_string().lines().count(), 1);
    }
}

#[test]
fn a_playlist_inside_a_container_opens_no_other_file() {
    let bench = Bench::new();
    // A transport stream's sync bytes, and a playlist behind them for a prober to find.
    let mut bytes = vec![0x47; 600];
    bytes.extend_from_slice(b"\n#EXTM3U\n#EXTINF:5,\nfile:/etc/hostname\n");
    let file = bench.path("clip.ts");
    fs::write(&file, bytes).unwrap();
    let error = bench.probe(&file).unwrap_err();
    assert!(matches!(error, Error::Unreadable { .. } | Error::NotMedia { .. }), "{error}");
}

#[test]
fn a_header_without_content_is_unreadable() {
    let bench = Bench::new();
    let file = bench.path("clip.mp4");
    fs::write(&file, b"\0\0\0\x18ftypisom\0\0\0\0isommp42").unwrap();
    let error = bench.probe(&file).unwrap_err();
    assert!(matches!(error, Error::Unreadable { .. }), "{error}");
    let shown = error.to_string();
    assert!(shown.starts_with("clip.mp4 can't be read") && !shown.contains("/tmp"), "{shown}");
}

#[test]
fn folders_missing_files_and_giant_pictures_are_refused() {
    let bench = Bench::new();
    let folder = bench.probe(bench.folder.path()).unwrap_err();
    assert!(matches!(folder, Error::NotMedia { why: "it is a folder", .. }), "{folder}");
    let missing = bench.probe(&bench.path("none.mp4")).unwrap_err();
    assert!(matches!(missing, Error::Unreadable { .. }), "{missing}");
    let bomb = bench.make("bomb.png", "-f lavfi -i color=black:s=9000x9000 -frames:v 1 -pix_fmt gray");
    let bomb = bench.probe(&bomb).unwrap_err();
    assert!(matches!(bomb, Error::TooManyPixels { size: Some((9000, 9000)), .. }), "{bomb}");
}

#[test]
fn sound_has_no_video() {
    let bench = Bench::new();
    let sound = bench.make("a.mp3", "-f lavfi -i sine=d=1");
    let error = bench.render_with(&sound, &Control::new()).unwrap_err();
    assert!(matches!(error, Error::NoVideo { .. }), "{error}");
    assert!(error.to_string().contains("only sound"), "{error}");
}

#[test]
fn a_clip_that_is_cut_off_gives_what_there_is_and_a_warning() {
    let bench = Bench::new();
    let args = "-f lavfi -i testsrc2=s=320x180:r=25:d=4 -f lavfi -i sine=d=4 \
        -c:v libx264 -preset ultrafast -c:a aac -movflags +faststart";
    let whole = bench.make("whole.mp4", args);
    let bytes = fs::read(&whole).unwrap();
    let clip = bench.path("cut.mp4");
    fs::write(&clip, &bytes[..bytes.len() / 2]).unwrap();
    let done = bench.format(&clip);
    let video = done.facts.video.unwrap();
    assert!((20..80).contains(&video.frames.unwrap()), "{:?}", video.frames);
    assert_eq!(done.warnings.len(), 1);
    assert!(done.warnings[0].contains("it says 4.0 s"), "{:?}", done.warnings);
    // No frame is held to fill the rest.
    let (sound, picture) = (done.facts.audio.unwrap().duration_ms, video.duration_ms);
    assert!(sound.unwrap().abs_diff(picture.unwrap()) < 45);
}

#[test]
fn cancelling_leaves_nothing() {
    let bench = Bench::new();
    let clip = bench.make("clip.mp4", LONG_CLIP);
    let (sender, receiver) = std::sync::mpsc::channel();
    let control = Control::new().on_progress(move |percent| {
        let _ = sender.send(percent);
    });
    let other = control.clone();
    let canceller = std::thread::spawn(move || {
        // The first report comes before ffmpeg starts, the second from its work.
        let seen: Vec<u8> = receiver.iter().take(2).collect();
        other.cancel();
        seen
    });
    assert_eq!(bench.render_with(&clip, &control).unwrap_err(), Error::Cancelled);
    drop(control);
    let seen = canceller.join().unwrap();
    assert!(seen[0] == 0 && seen[1] < 100, "{seen:?}");
    assert_eq!(bench.names(), ["clip.mp4"]);
}

#[test]
fn a_time_limit_ends_the_render() {
    let bench = Bench::new();
    let clip = bench.make("clip.mp4", LONG_CLIP);
    let control = Control::new().limit(Duration::from_millis(300));
    let error = bench.render_with(&clip, &control).unwrap_err();
    assert!(matches!(error, Error::TimedOut { .. }), "{error}");
    assert_eq!(bench.names(), ["clip.mp4"]);
}

#[test]
fn a_killed_ffmpeg_is_told_from_a_failing_one() {
    let half = "echo half > out.mp4; echo frame=3;";
    let (error, left) = render_with_impostor(&format!("{half} kill -KILL $$"));
    assert_eq!(error, Error::Killed { signal: 9 });
    assert_eq!(left, ["clip.mp4", "impostor"]);
    let (error, left) = render_with_impostor(&format!("{half} echo 'oh no' >&2; exit 1"));
    assert_eq!(error, Error::Render { detail: "oh no".into() });
    assert_eq!(left, ["clip.mp4", "impostor"]);
}

#[test]
fn a_full_disk_is_named_even_when_ffmpeg_calls_it_success() {
    for code in [0, 228] {
        let (error, left) = render_with_impostor(&format!(
            "echo half > out.mp4; echo frame=25
            echo 'av_interleaved_write_frame(): No space left on device' >&2; exit {code}"
        ));
        assert_eq!(error, Error::DiskFull, "with exit code {code}");
        assert_eq!(left, ["clip.mp4", "impostor"]);
    }
}

#[test]
fn success_without_a_proper_output_is_no_success() {
    let scripts = ["true", "echo frame=9; echo progress=end", "echo frame=25; echo junk > out.mp4"];
    for script in scripts {
        let (error, left) = render_with_impostor(script);
        assert!(matches!(error, Error::Render { .. } | Error::Unreadable { .. }), "{script}: {error}");
        assert_eq!(left, ["clip.mp4", "impostor"]);
    }
}

#[test]
fn an_older_output_survives_a_failure_and_is_replaced_by_success() {
    let bench = Bench::new();
    let clip = bench.make("clip.mp4", CLIP);
    fs::write(bench.out(), "older").unwrap();
    let control = Control::new();
    control.cancel();
    assert_eq!(bench.render_with(&clip, &control).unwrap_err(), Error::Cancelled);
    assert_eq!(fs::read(bench.out()).unwrap(), b"older");
    bench.format(&clip);
    assert_eq!(bench.names(), ["clip.mp4", "out.mp4"]);
}

#[test]
fn a_missing_output_folder_is_named() {
    let bench = Bench::new();
    let clip = bench.make("clip.mp4", CLIP);
    let plan = bench.plan(&clip).unwrap();
    let inputs = BTreeMap::from([("a".into(), clip)]);
    let out = bench.path("none/out.mp4");
    let error = render(&bench.tools, &plan, &inputs, &out, &Control::new()).unwrap_err();
    assert!(matches!(error, Error::Io { .. }), "{error}");
    assert!(error.to_string().starts_with("could not write into the output folder"), "{error}");
}

#[test]
fn a_file_that_changed_its_kind_after_planning_is_refused() {
    let bench = Bench::new();
    let clip = bench.make("clip.mp4", CLIP);
    let plan = bench.plan(&clip).unwrap();
    bench.make("other.mkv", CLIP);
    let inputs = BTreeMap::from([("a".into(), bench.path("other.mkv"))]);
    let error = render(&bench.tools, &plan, &inputs, &bench.out(), &Control::new()).unwrap_err();
    assert!(matches!(error, Error::Unreadable { .. }), "{error}");
    assert_eq!(bench.names(), ["clip.mp4", "other.mkv"]);
}

#[test]
fn missing_tools_say_how_to_get_them() {
    let nowhere = Tools::at("/nowhere/ffmpeg".into(), Some("/nowhere/ffprobe".into()));
    let bench = Bench::new();
    // Of an MP4 this process knows by itself what it is.
    let clip = bench.make("clip.mkv", CLIP);
    for error in [nowhere.report().unwrap_err(), probe(&nowhere, &clip).unwrap_err()] {
        assert!(matches!(error, Error::MissingTool { .. }), "{error}");
        assert!(error.advice().contains("install"), "{}", error.advice());
    }
    let report = bench.tools.report().unwrap();
    assert!(report.version.starts_with("ffmpeg version"), "{report:?}");
    assert!(report.libx264 && report.aac, "{report:?}");
}

#[test]
fn two_clips_become_one_video_in_their_order() {
    let bench = Bench::new();
    let red = bench.make("red.mp4", "-f lavfi -i color=red:s=160x90:r=30:d=1 -c:v libx264");
    let tall = "-f lavfi -i color=blue:s=90x160:r=25:d=1 -f lavfi -i sine=d=0.9 -c:v libx264 -c:a aac";
    let blue = bench.make("blue.mp4", tall);
    let files = [("r", red), ("b", blue)];
    let facts: BTreeMap<_, _> = files.iter().map(|(id, file)| ((*id).to_owned(), bench.probe(file).unwrap())).collect();
    let draft = json!({ "t": [{ "tt": 0, "sg": [{ "src": "r", "clip": 1 }, { "src": "b", "clip": 2 }] }] });
    let plan = plan(&draft, &facts).unwrap();
    let inputs = files.map(|(id, file)| (id.to_owned(), file)).into();
    let done = render(&bench.tools, &plan, &inputs, &bench.out(), &Control::new()).unwrap();
    let video = done.facts.video.unwrap();
    assert_eq!((video.width, video.height, video.frames), (160, 90, Some(60)));
    assert!(bench.frame(10).rgb(80, 45)[0] > 200);
    let second = bench.frame(45);
    assert!(second.rgb(80, 45)[2] > 200 && second.rgb(5, 45).iter().all(|c| *c < 20));
}

/// Who kills us must not leave an ffmpeg behind that goes on for hours.
#[cfg(target_os = "linux")]
#[test]
fn ffmpeg_ends_when_the_thread_that_waits_for_it_is_gone() {
    // The test starts itself once more, as a process that can be killed.
    const CHILD: &str = "STUDIO_TEST_ORPHAN";
    if let Some(folder) = std::env::var_os(CHILD) {
        render_for_ever(Path::new(&folder));
    }
    let bench = Bench::new();
    bench.make("clip.mp4", CLIP);
    impostor(&bench, "echo $$ > pid; exec sleep 600");
    let mut parent = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "faults::ffmpeg_ends_when_the_thread_that_waits_for_it_is_gone"])
        .env(CHILD, bench.folder.path())
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let pid = poll(|| {
        let job = bench.names().into_iter().find(|name| name.starts_with(".weixin-video-"))?;
        fs::read_to_string(bench.path(&job).join("pid")).ok().filter(|pid| pid.ends_with('\n'))
    });
    parent.kill().unwrap();
    parent.wait().unwrap();
    let stat = format!("/proc/{}/stat", pid.unwrap().trim());
    let gone = poll(|| match fs::read_to_string(&stat) {
        Ok(stat) => stat.contains(") Z ").then_some(()),
        Err(_) => Some(()),
    });
    assert_eq!(gone, Some(()), "{stat} is still there");
}

fn render_for_ever(folder: &Path) -> ! {
    let mut bench = Bench::new();
    bench.tools = Tools::at(folder.join("impostor"), Some(real_ffprobe()));
    let clip = folder.join("clip.mp4");
    let plan = bench.plan(&clip).unwrap();
    // Into the folder that the test looks at: the program may write nowhere else.
    let inputs = BTreeMap::from([("a".into(), clip)]);
    let _ = render(&bench.tools, &plan, &inputs, &folder.join("out.mp4"), &Control::new());
    unreachable!("the program in ffmpeg's place never ends");
}

/// Asks again and again for up to ten seconds.
fn poll<T>(mut ask: impl FnMut() -> Option<T>) -> Option<T> {
    (0..1000).find_map(|_| {
        std::thread::sleep(Duration::from_millis(10));
        ask()
    })
}
