//! The renderer of this machine: real clips, and ffmpeg missing, killed, or refusing.

use std::fs;

use weixin_video_fake_backend::CANNED_MP4;

use crate::desk::Desk;
use crate::refusal::refused;
use crate::tools::on_path;

#[test]
fn a_clip_becomes_a_video_for_wechat_on_this_machine() {
    let desk = Desk::new();
    desk.footage("bbb_vp9_opus.webm");
    let ran = desk.done(&["format", "bbb_vp9_opus.webm", "--instruct", "压缩成720p发微信", "--json"]);
    let data = ran.data();
    assert_eq!((&data["backend"], &data["credits"]), (&"local".into(), &100.0.into()));
    let output = &data["output"];
    assert_eq!((&output["width"], &output["height"]), (&1280.into(), &720.into()), "{output}");
    assert_eq!((&output["video_codec"], &output["audio_codec"]), (&"h264".into(), &"aac".into()));
    assert_eq!(output["faststart"], true);
    let path = desk.work().join("bbb_vp9_opus-wechat.mp4");
    assert_eq!(output["path"], path.display().to_string());
    assert_eq!(output["bytes"], fs::metadata(path).unwrap().len());
    assert_eq!(ran.stderr.lines().next(), Some("backend: local; nothing leaves this machine, nothing costs credits"));
    assert_eq!(desk.names(), ["bbb_vp9_opus-wechat.mp4", "bbb_vp9_opus.webm"]);
    assert!(desk.leftovers().is_empty());
}

#[test]
fn what_it_cannot_do_is_answered_with_an_honest_no() {
    let desk = Desk::new();
    desk.footage("bbb_vp9_opus.webm");
    let format = |words| ["format", "bbb_vp9_opus.webm", "--instruct", words];
    let refusal = refused(&desk, &format("add background music"), 1, "nothing_to_export");
    refusal.is_final().says(&["no music file", "Upload a song", "editor can do"]);
    let refusal = refused(&desk, &format("给我换脸"), 1, "nothing_to_export");
    refusal.is_final().says(&["我不能换脸", "标题", "editor can do"]);
    let refusal = refused(&desk, &format("format it with frobnitz"), 1, "question");
    refusal.is_final().says(&["not understand", "frobnitz", "answers the question"]);
}

#[test]
fn without_ffmpeg_it_says_how_to_install_it_here() {
    let desk = Desk::new().without_ffmpeg();
    desk.footage("bbb_vp9_opus.webm");
    for args in [&["format", "bbb_vp9_opus.webm"][..], &["upload", "bbb_vp9_opus.webm"]] {
        refused(&desk, args, 1, "ffmpeg_missing").is_final().says(&["is not installed", "install"]);
    }
    // What is right already needs none.
    desk.clip();
    let data = desk.data(&["format", "clip.mp4", "-o", "out.mp4"]);
    assert_eq!((&data["made"]["rung"], &data["verdict"]["passes"]), (&"copy".into(), &true.into()), "{data}");
    assert_eq!(fs::read(desk.work().join("out.mp4")).unwrap(), CANNED_MP4);
    assert!(data["session_id"].is_null(), "no server took it in: {data}");
    refused(&desk, &["format", "clip.mp4", "--instruct", "rotate by 90 degrees"], 1, "ffmpeg_missing");
    let doctor = desk.run(&["doctor"]);
    assert_eq!(doctor.code, 1);
    assert!(doctor.stdout.contains("FAIL ffmpeg: ffmpeg is not installed"), "{doctor:#?}");
}

#[test]
fn ffmpeg_killed_half_way_leaves_nothing() {
    // It has begun to write its output when it dies.
    let half = "for last; do :; done; head -c 5000 /dev/zero > \"$last\"; kill -KILL $$";
    let desk = Desk::new().with_ffmpeg(half);
    desk.footage("bbb_vp9_opus.webm");
    let refusal = refused(&desk, &["format", "bbb_vp9_opus.webm"], 1, "render_failed");
    assert_eq!(refusal.charged, Some(false));
    refusal.says(&["ended by signal 9", "memory"]);
}

#[test]
fn ffmpeg_that_fails_is_quoted_and_leaves_nothing() {
    let desk = Desk::new().with_ffmpeg("printf 'no \\033[31mluck\\nat all\\n' >&2; exit 1");
    desk.footage("bbb_vp9_opus.webm");
    let refusal = refused(&desk, &["format", "bbb_vp9_opus.webm"], 1, "render_failed");
    refusal.says(&["luck"]);
    assert!(!refusal.message.contains('\x1b'), "{refusal:?}");
}

#[test]
fn programs_elsewhere_are_named() {
    let (ffmpeg, ffprobe) = (on_path("ffmpeg"), on_path("ffprobe"));
    let desk = Desk::new().without_ffmpeg();
    desk.footage("bbb_vp9_opus.webm");
    let desk = desk.with("WEIXIN_VIDEO_FFMPEG", ffmpeg.display().to_string());
    let doctor = desk.run(&["doctor"]).stdout;
    assert!(doctor.contains(&format!("({})", ffmpeg.display())), "{doctor}");
    assert_eq!(desk.data(&["format", "bbb_vp9_opus.webm", "-o", "out.mp4"])["verdict"]["passes"], true);
    let desk = desk.with("WEIXIN_VIDEO_FFPROBE", ffprobe.display().to_string());
    assert!(desk.run(&["doctor"]).stdout.contains(&format!("ffprobe: {}", ffprobe.display())));
    let desk = desk.with("WEIXIN_VIDEO_FFPROBE", "/nowhere/ffprobe");
    refused(&desk, &["format", "bbb_vp9_opus.webm"], 2, "usage").says(&["WEIXIN_VIDEO_FFPROBE", "/nowhere/ffprobe"]);
}

#[test]
fn speech_is_written_down_by_the_program_that_was_named() {
    let desk = Desk::new();
    desk.footage("bbb_720p25_aac51_moovend.mp4");
    desk.done(&["upload", "bbb_720p25_aac51_moovend.mp4"]);
    let said = desk.done(&["say", "add subtitles from the speech"]).stdout;
    assert!(said.contains("WEIXIN_VIDEO_TRANSCRIBER"), "it says what that takes: {said}");
    let hears = desk.aside("hears");
    fs::write(&hears, "#!/bin/sh\nprintf '1\\n00:00:00,500 --> 00:00:02,000\\nhello\\n' > \"$2\"\n").unwrap();
    fs::set_permissions(&hears, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let desk = desk.with("WEIXIN_VIDEO_TRANSCRIBER", format!("'{}' {{wav}} {{srt}}", hears.display()));
    let data = desk.data(&["export", "-o", "out.mp4"]);
    assert!(data["made"]["why"].to_string().contains("written on the picture"), "{data}");
    let desk = desk.with("WEIXIN_VIDEO_TRANSCRIBER", "whisper 'open");
    refused(&desk, &["export", "-o", "no.mp4"], 2, "usage").says(&["WEIXIN_VIDEO_TRANSCRIBER", "whisper-cli"]);
}

#[test]
fn what_was_made_for_a_session_is_kept_and_may_be_deleted() {
    let desk = Desk::new();
    let cache = desk.aside("cache");
    let desk = desk.with("XDG_CACHE_HOME", cache.display().to_string());
    desk.footage("bbb_vp9_opus.webm");
    desk.data(&["format", "bbb_vp9_opus.webm", "-o", "once.mp4"]);
    assert!(!cache.exists(), "one video keeps nothing");
    desk.done(&["upload", "bbb_vp9_opus.webm"]);
    desk.done(&["say", "compress it for WeChat"]);
    desk.data(&["export", "-o", "a.mp4"]);
    assert!(cache.join("weixin-video").is_dir());
    assert!(desk.run(&["doctor"]).stdout.contains("it may be deleted at any time"));
    fs::remove_dir_all(&cache).unwrap();
    assert_eq!(desk.data(&["export", "-o", "b.mp4"])["verdict"]["passes"], true);
}
