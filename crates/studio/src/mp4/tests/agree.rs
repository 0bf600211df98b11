//! What is said here of a file is what ffprobe says of it, in every field.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{ffprobe, mp4, sniff::Kind};

/// Whether a file is to be known here, or to be left to ffprobe.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Told {
    Here,
    There,
}
use Told::{Here, There};

const PICTURE: &str = "-f lavfi -i testsrc2=s=64x48:r=25:d=0.6";
const SOUND: &str = "-f lavfi -i sine=d=0.7:r=48000";
const X264: &str = "-c:v libx264 -preset veryfast -pix_fmt yuv420p";

/// Encoded by x264: a name, options, and what is expected.
const PICTURES: [(&str, &str, Told); 33] = [
    ("plain.mp4", "", Here),
    ("first.mp4", "-movflags +faststart", Here),
    ("quicktime.mov", "", Here),
    ("no_b.mp4", "-bf 0", Here),
    ("signed.mp4", "-movflags negative_cts_offsets", Here),
    ("no_edits.mp4", "-use_editlist 0", Here),
    ("baseline.mp4", "-profile:v baseline", Here),
    ("main.mp4", "-profile:v main -level 5.1", Here),
    ("one_frame.mp4", "-frames:v 1", Here),
    ("two_frames.mp4", "-frames:v 2", Here),
    ("ntsc.mp4", "-r 30000/1001", Here),
    ("uneven_clock.mp4", "-r 50 -video_track_timescale 90", There),
    ("oblong.mp4", "-vf setsar=4/3", Here),
    ("aspect.mp4", "-aspect 2.35", Here),
    ("wide_sd.mp4", "-vf scale=720:576,setsar=64/45", Here),
    ("cropped.mp4", "-vf scale=98:54", Here),
    ("odd.mp4", "-vf scale=97:53 -pix_fmt yuv444p", Here),
    ("cut_left.mp4", "-bsf:v h264_metadata=crop_left=4", There),
    ("ten_bits.mp4", "-pix_fmt yuv420p10le", Here),
    ("ten_bits_422.mp4", "-pix_fmt yuv422p10le", Here),
    ("full_range.mp4", "-pix_fmt yuvj420p", Here),
    ("grey.mp4", "-pix_fmt gray", There),
    ("bt709.mp4", "-color_primaries bt709 -color_trc bt709 -colorspace bt709 -color_range tv", Here),
    ("hlg.mov", "-color_primaries bt2020 -color_trc arib-std-b67 -colorspace bt2020nc", Here),
    (
        "two_words.mp4",
        "-color_primaries bt709 -color_trc bt709 -colorspace bt709 -movflags write_colr \
         -bsf:v h264_metadata=colour_primaries=6:transfer_characteristics=6:matrix_coefficients=6",
        Here,
    ),
    ("interlaced.mp4", "-flags +ildct+ilme", There),
    ("fields_told.mp4", "-x264-params fake-interlaced=1", There),
    ("frames_told.mp4", "-x264-params pic-struct=1", Here),
    ("buffer_told.mp4", "-x264-params pic-struct=1:nal-hrd=vbr:vbv-maxrate=500:vbv-bufsize=500", Here),
    ("sets_within.mp4", "-bsf:v dump_extra", Here),
    ("delimiters.mp4", "-bsf:v h264_metadata=aud=insert", Here),
    ("fragments.mp4", "-movflags frag_keyframe+empty_moov", There),
    ("hevc.mp4", "-c:v libx265 -x265-params log-level=none", There),
];

/// Sound beside a small picture.
const SOUNDS: [(&str, &str, Told); 13] = [
    ("stereo.mp4", "-c:a aac -ac 2", Here),
    ("stereo.mov", "-c:a aac -ac 2", Here),
    ("mono_441.mp4", "-c:a aac -ac 1 -ar 44100", Here),
    ("surround.mp4", "-c:a aac -ac 6", Here),
    ("surround_8.mp4", "-c:a aac -af pan=7.1|c0=c0|c1=c0|c2=c0|c3=c0|c4=c0|c5=c0|c6=c0|c7=c0", Here),
    ("low.mp4", "-c:a aac -ar 22050", Here),
    ("lowest.mp4", "-c:a aac -ar 8000", Here),
    ("high.mp4", "-c:a aac -ar 96000", Here),
    ("main_profile.mp4", "-c:a aac -profile:a aac_main", There),
    ("no_edits_at_all.mp4", "-c:a aac -use_editlist 0", Here),
    ("mp3.mp4", "-c:a libmp3lame", There),
    ("ac3.mp4", "-c:a ac3", There),
    ("pcm.mov", "-c:a pcm_s16le", There),
];

/// Made of `stereo.mp4`, whose picture is the first input.
const COPIES: [(&str, &str, Told); 16] = [
    ("turned_90.mp4", "-i stereo.mp4 -c copy -metadata:s:v rotate=270", Here),
    ("turned_180.mp4", "-i stereo.mp4 -c copy -metadata:s:v rotate=180", Here),
    ("turned_270.mp4", "-i stereo.mp4 -c copy -metadata:s:v rotate=90", Here),
    ("turned_a_bit.mp4", "-i stereo.mp4 -c copy -metadata:s:v rotate=17", There),
    ("late_sound.mp4", "-i stereo.mp4 -itsoffset 0.4 -i stereo.mp4 -map 0:v -map 1:a -c copy", Here),
    ("late_picture.mp4", "-itsoffset 0.321 -i stereo.mp4 -i stereo.mp4 -map 0:v -map 1:a -c copy", Here),
    ("both_late.mp4", "-i stereo.mp4 -c copy -output_ts_offset 1.5", Here),
    ("cut_in.mp4", "-ss 0.3 -i stereo.mp4 -c copy", Here),
    ("cut_out.mp4", "-t 0.35 -i stereo.mp4 -c copy", Here),
    ("timecode.mov", "-i stereo.mp4 -c copy -timecode 01:00:00:00", Here),
    (
        "two_sounds.mp4",
        "-i stereo.mp4 -i mono_441.mp4 -map 0 -map 1:a -c copy -disposition:a:0 0 -disposition:a:1 default",
        Here,
    ),
    ("chapters.mp4", "-i stereo.mp4 -i chapters.txt -map 0 -map_chapters 1 -c copy", Here),
    ("subtitles.mp4", "-i stereo.mp4 -i words.srt -map 0 -map 1 -c copy -c:s mov_text", Here),
    ("cover.mp4", "-i stereo.mp4 -i cover.png -map 0 -map 1 -c copy -disposition:v:1 attached_pic", There),
    ("two_pictures.mp4", "-i stereo.mp4 -i mono_441.mp4 -map 0 -map 1:v -c copy", There),
    ("uneven.mp4", "-i stereo.mp4 -vf select=not(eq(n\\,5)) -c:v libx264 -fps_mode vfr", There),
];

#[test]
fn every_kind_of_picture_is_told_as_ffprobe_tells_it() {
    let folder = tempfile::tempdir().unwrap();
    agree(folder.path(), PICTURES.map(|(name, args, told)| (name, format!("{PICTURE} {X264} {args}"), told)));
}

#[test]
fn every_kind_of_sound_and_track_is_told_as_ffprobe_tells_it() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::write(folder.join("words.srt"), "1\n00:00:00,100 --> 00:00:00,400\nwords\n").unwrap();
    let chapter = ";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=300\ntitle=one\n";
    fs::write(folder.join("chapters.txt"), chapter).unwrap();
    make(folder, "cover.png", &format!("{PICTURE} -frames:v 1"));
    agree(folder, SOUNDS.map(|(name, args, told)| (name, format!("{PICTURE} {SOUND} {X264} {args}"), told)));
    agree(folder, COPIES.map(|(name, args, told)| (name, args.to_owned(), told)));
}

#[track_caller]
fn agree<const N: usize>(folder: &Path, clips: [(&str, String, Told); N]) {
    let mut wrong = Vec::new();
    for (name, args, told) in clips {
        let file = make(folder, name, &args);
        let (ours, theirs) = (mp4::read(&file).unwrap(), asked(&file));
        let found = if ours.is_some() { Here } else { There };
        if found != told {
            wrong.push(format!("{name}: told {found:?}"));
        }
        if let Some(ours) = ours.filter(|ours| *ours != theirs) {
            wrong.push(format!("{name}:\n{ours:#?}\n{theirs:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn make(folder: &Path, name: &str, args: &str) -> PathBuf {
    let mut command = Command::new("ffmpeg");
    command.current_dir(folder).args(["-nostdin", "-loglevel", "error", "-y"]);
    let output = command.args(args.split_whitespace()).arg(name).output().expect("these tests need ffmpeg on the PATH");
    assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    folder.join(name)
}

/// What ffprobe says, and what the boxes tell beside it.
fn asked(file: &Path) -> crate::MediaFacts {
    let mut command = Command::new("ffprobe");
    command.args(["-loglevel", "error", "-of", "json", "-show_format", "-show_streams"]);
    let answer = command.arg(file).output().expect("these tests need ffprobe on the PATH");
    let bytes = fs::metadata(file).unwrap().len();
    let facts = ffprobe::read(&String::from_utf8_lossy(&answer.stdout), Kind::Mov, bytes).unwrap();
    let (faststart, boxes) = mp4::layout(file).unwrap();
    crate::MediaFacts { faststart, boxes, ..facts }
}
