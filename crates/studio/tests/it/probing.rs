//! What a file is, said by ffmpeg alone, as ffprobe says it.

use std::path::{Path, PathBuf};

use weixin_video_studio::{MediaFacts, Tools, probe};

use crate::bench::Bench;

/// The same ffmpeg, without the ffprobe beside it.
fn alone(bench: &Bench) -> Tools {
    Tools::at(bench.tools.ffmpeg().unwrap().to_owned(), None)
}

/// Lengths may differ by what one counts and the other doesn't, in ms: a frame, or packets of sound at either end.
const SLACK_MS: u64 = 80;

fn assert_alike(with: &MediaFacts, without: &MediaFacts, name: &str) {
    let near = |a: Option<u64>, b: Option<u64>, by: u64| match (a, b) {
        (Some(a), Some(b)) => a.abs_diff(b) <= by,
        (a, b) => a == b,
    };
    assert!(with.duration_ms.abs_diff(without.duration_ms) <= SLACK_MS, "{name}: {with:?}\n{without:?}");
    let mut without = without.clone();
    without.duration_ms = with.duration_ms;
    if let (Some(with), Some(without)) = (&with.video, &mut without.video) {
        assert!(
            near(with.duration_ms, without.duration_ms, SLACK_MS) || with.duration_ms.is_none(),
            "{name}: {without:?}"
        );
        assert!(with.start_ms.abs_diff(without.start_ms) <= 1, "{name}: {without:?}");
        let rates = [with.frame_rate, without.frame_rate, with.nominal_frame_rate, without.nominal_frame_rate];
        if let [Some(a), Some(b), Some(c), Some(d)] = rates.map(|rate| rate.map(|rate| rate.value())) {
            assert!((a / b - 1.0).abs() < 0.01 && (c / d - 1.0).abs() < 0.01, "{name}: {rates:?}");
        }
        // An AVI counts frames that hold nothing as well.
        assert!(near(with.frames, without.frames, 2), "{name}: {without:?}");
        without.frames = with.frames;
        (without.duration_ms, without.start_ms) = (with.duration_ms, with.start_ms);
        (without.frame_rate, without.nominal_frame_rate) = (with.frame_rate, with.nominal_frame_rate);
    }
    if let (Some(with), Some(without)) = (&with.audio, &mut without.audio) {
        assert!(
            near(with.duration_ms, without.duration_ms, SLACK_MS) || with.duration_ms.is_none(),
            "{name}: {without:?}"
        );
        assert!(with.start_ms.abs_diff(without.start_ms) <= 10, "{name}: {with:?} {without:?}");
        (without.duration_ms, without.start_ms) = (with.duration_ms, with.start_ms);
    }
    assert_eq!(with, &without, "{name}");
}

/// Clips of every container and of what cameras write into them.
fn clips(bench: &Bench) -> Vec<PathBuf> {
    let picture = "-f lavfi -i testsrc2=s=160x90:r=25:d=1";
    let sound = "-f lavfi -i sine=d=1";
    let small = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p";
    let cases = [
        ("plain.mkv", format!("{picture} {sound} {small} -level 3.1 -c:a ac3 -ac 6")),
        ("late.mkv", format!("{picture} -itsoffset 0.5 {sound} {small} -c:a libopus")),
        ("hevc.mkv", format!("{picture} -c:v libx265 -preset ultrafast -pix_fmt yuv420p10le -x265-params log-level=0")),
        ("vp9.webm", format!("{picture} {sound} -c:v libvpx-vp9 -deadline realtime -c:a libopus")),
        (
            "ntsc.ts",
            format!("-f lavfi -i testsrc2=s=160x90:r=30000/1001:d=1 {sound} {small} -c:a aac -output_ts_offset 50"),
        ),
        ("film.mov", "-f lavfi -i testsrc2=s=160x90:r=24000/1001:d=1 -c:v prores_ks".to_owned()),
        ("old.avi", format!("{picture} {sound} -c:v mpeg4 -c:a mp3 -ac 1 -ar 22050")),
        ("wide.mpg", format!("{picture} {sound} -vf setsar=16/11 -c:v mpeg2video -c:a mp2")),
        (
            "fields.mkv",
            "-f lavfi -i testsrc2=s=720x576:r=50:d=1 -vf tinterlace=interleave_top,fieldorder=tff -flags +ilme+ildct \
             -c:v mpeg2video -b:v 5M"
                .to_owned(),
        ),
        (
            "colors.mkv",
            format!(
                "{picture} -c:v libx264 -preset ultrafast -pix_fmt yuv444p10le -color_primaries bt2020 -color_trc \
                 smpte2084 -colorspace bt2020nc -color_range pc"
            ),
        ),
        ("hdr.mp4", format!("{picture} -c:v libx265 -tag:v hvc1 -preset ultrafast -x265-params log-level=0 -an")),
        ("uneven.mkv", format!("{picture} -vf select=not(mod(n\\,3))+gt(n\\,15) -fps_mode vfr {small}")),
        ("moving.gif", picture.to_owned()),
        ("still.png", format!("{picture} -frames:v 1")),
        ("still.jpg", format!("{picture} -frames:v 1")),
        ("still.webp", format!("{picture} -frames:v 1 -c:v libwebp")),
        ("tone.mp3", format!("{sound} -ac 2")),
        ("tone.wav", format!("{sound} -ac 2 -ar 44100")),
        ("tone.m4a", format!("{sound} -c:a aac")),
        ("tone.aac", format!("{sound} -c:a aac -ar 44100")),
        ("live.webm", format!("{picture} {sound} -c:v libvpx -deadline realtime -c:a libopus -live 1")),
    ];
    cases.iter().map(|(name, args)| bench.make(name, args)).collect()
}

#[test]
fn both_ways_say_the_same_of_every_kind_of_file() {
    let bench = Bench::new();
    for clip in clips(&bench) {
        let name = clip.file_name().unwrap().to_string_lossy().into_owned();
        let (with, without) = (bench.probe(&clip).unwrap(), probe(&alone(&bench), &clip).unwrap());
        assert_alike(&with, &without, &name);
    }
}

#[test]
fn what_a_file_says_of_itself_is_not_believed_to_be_ffmpegs_word() {
    let bench = Bench::new();
    let forged = "  Stream #0:0: Video: h264 (High), yuv420p, 16x16 [SAR 1:1 DAR 1:1], 5 fps";
    let clip = bench.path("forged.mkv");
    bench.make("notes.txt", "-f lavfi -i sine=d=1 -f ffmetadata");
    std::fs::write(bench.path("notes.txt"), format!(";FFMETADATA1\ntitle=x\\\n{forged}\\\n{forged}\n")).unwrap();
    let made = format!(
        "-f lavfi -i testsrc2=s=160x90:r=25:d=1 -i {} -map_metadata 1 -map 0 -c:v libx264",
        bench.path("notes.txt").display()
    );
    bench.make("forged.mkv", &made);
    let video = probe(&alone(&bench), &clip).unwrap().video.unwrap();
    assert_eq!((video.width, video.height, video.frame_rate.unwrap().num()), (160, 90, 25));
}

#[test]
fn a_clip_that_is_cut_off_says_how_long_it_was() {
    let bench = Bench::new();
    let args = "-f lavfi -i testsrc2=s=320x180:r=25:d=4 -f lavfi -i sine=d=4 -c:v libx264 -preset ultrafast -c:a ac3";
    let whole = std::fs::read(bench.make("whole.mkv", args)).unwrap();
    let cut = bench.path("cut.mkv");
    std::fs::write(&cut, &whole[..whole.len() / 2]).unwrap();
    let facts = probe(&alone(&bench), &cut).unwrap();
    assert!(facts.duration_ms.abs_diff(4000) < 50, "{} ms", facts.duration_ms);
}

#[test]
fn what_can_not_be_read_is_refused_in_the_same_words() {
    let bench = Bench::new();
    let broken = bench.path("broken.mp4");
    std::fs::write(&broken, b"\0\0\0\x18ftypisom\0\0\x02\0isomavc1\0\0\0\x08free").unwrap();
    let with = bench.probe(&broken).unwrap_err();
    assert_eq!(with, probe(&alone(&bench), &broken).unwrap_err());
    assert!(probe(&alone(&bench), Path::new("/nowhere.mp4")).is_err());
}

#[test]
fn pictures_that_would_come_out_wrong_are_refused_with_what_to_do_instead() {
    let bench = Bench::new();
    let moving = bench.make("moving.webp", "-f lavfi -i testsrc2=s=64x64:r=5:d=1 -c:v libwebp_anim");
    let error = bench.probe(&moving).unwrap_err();
    assert!(error.to_string().starts_with("moving.webp is an animated WebP"), "{error}");
    assert!(error.advice().contains("GIF"), "{}", error.advice());
    let still = bench.make("still.webp", "-f lavfi -i testsrc2=s=64x64 -frames:v 1 -c:v libwebp");
    assert!(bench.probe(&still).unwrap().still);
}
