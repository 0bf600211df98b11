//! Every kind of clip that phones, cameras and the web make, formatted for real and read back.

use crate::bench::{Bench, display};

/// Four coloured quarters: red and green above, blue and white below. Colours are made as BT.709.
const QUARTERS: &str = "-f lavfi -i color=red:s=160x90:r=25:d=1,format=rgb24 \
     -f lavfi -i color=lime:s=160x90:r=25:d=1,format=rgb24 \
     -f lavfi -i color=blue:s=160x90:r=25:d=1,format=rgb24 \
     -f lavfi -i color=white:s=160x90:r=25:d=1,format=rgb24 \
     -filter_complex \
     [0][1]hstack[a];[2][3]hstack[b];[a][b]vstack,scale=out_color_matrix=bt709:out_range=tv,format=yuv420p";

const RED: [u8; 3] = [255, 0, 0];
const LIME: [u8; 3] = [0, 255, 0];
const BLUE: [u8; 3] = [0, 0, 255];
const WHITE: [u8; 3] = [255, 255, 255];

/// A clip of moving bars; `more` goes before the output.
fn bars(size: &str, rate: &str, more: &str) -> String {
    format!("-f lavfi -i testsrc2=s={size}:r={rate}:d=1 {more} -c:v libx264 -preset ultrafast")
}

#[test]
fn rotation_is_baked_in() {
    let bench = Bench::new();
    let tags = "-c:v libx264 -preset ultrafast -color_primaries bt709 -color_trc bt709 -colorspace bt709";
    let flat = bench.make("flat.mp4", &format!("{QUARTERS} {tags}"));
    // The corners, clockwise from the upper left, after a turn of so many degrees clockwise.
    let cases = [
        (0, [1, 0, 0, 1], [RED, LIME, WHITE, BLUE]),
        (90, [0, 1, -1, 0], [BLUE, RED, LIME, WHITE]),
        (180, [-1, 0, 0, -1], [WHITE, BLUE, RED, LIME]),
        (270, [0, -1, 1, 0], [LIME, WHITE, BLUE, RED]),
    ];
    for (degrees, matrix, corners) in cases {
        let turned = bench.path(&format!("r{degrees}.mp4"));
        std::fs::copy(&flat, &turned).unwrap();
        display(&turned, matrix);
        assert_eq!(bench.probe(&turned).unwrap().video.unwrap().rotation, degrees);
        let video = bench.format(&turned).facts.video.unwrap();
        let upright = degrees % 180 == 0;
        let size = if upright { (320, 180) } else { (180, 320) };
        assert_eq!((video.width, video.height), size);
        let (right, low) = (size.0 as usize - 20, size.1 as usize - 20);
        let frame = bench.frame(12);
        for (at, color) in [(20, 20), (right, 20), (right, low), (20, low)].iter().zip(corners) {
            frame.assert_near(*at, color, 12);
        }
    }
}

#[test]
fn an_odd_size_becomes_even() {
    let bench = Bench::new();
    let clip = bench.make("odd.mkv", &bars("321x181", "25", "-pix_fmt yuv444p"));
    let video = bench.format(&clip).facts.video.unwrap();
    assert_eq!((video.width, video.height, video.frames), (320, 180, Some(25)));
}

#[test]
fn an_odd_size_leaves_no_black_edge() {
    let bench = Bench::new();
    let white = "-f lavfi -i color=white:s=720x405:r=25:d=0.2 -c:v libx264 -pix_fmt yuv444p";
    let clip = bench.make("odd.mp4", white);
    bench.format(&clip);
    for corner in [(0, 0), (719, 0), (0, 403), (719, 403)] {
        bench.frame(2).assert_near(corner, WHITE, 6);
    }
}

#[test]
fn oblong_pixels_become_square() {
    let bench = Bench::new();
    let clip = bench.make("sar.mp4", &bars("320x240", "25", "-vf setsar=4/3"));
    let video = bench.format(&clip).facts.video.unwrap();
    assert_eq!((video.width, video.height), (426, 240));
}

#[test]
fn four_k_is_scaled_into_the_box() {
    let bench = Bench::new();
    let clip = bench.make("tall.mp4", "-f lavfi -i testsrc2=s=2160x3840:r=10:d=0.3 -c:v libx264 -preset ultrafast");
    let video = bench.format(&clip).facts.video.unwrap();
    assert_eq!((video.width, video.height, video.frames), (1080, 1920, Some(3)));
}

#[test]
fn uneven_frames_become_even() {
    let bench = Bench::new();
    let drop = "-vf select=not(mod(n\\,3))+gt(n\\,15) -fps_mode vfr";
    let clip = bench.make("vfr.mp4", &bars("160x90", "30", drop));
    let facts = bench.probe(&clip).unwrap();
    assert!(facts.video.unwrap().variable);
    let video = bench.format(&clip).facts.video.unwrap();
    assert_eq!(video.frame_rate.unwrap().to_string(), "30");
    assert_eq!(video.frames, Some(30));
}

#[test]
fn rates_stay_or_are_halved() {
    let bench = Bench::new();
    for (rate, expected, frames) in [("24", "24", 24), ("30000/1001", "30000/1001", 30), ("60", "30", 30)] {
        let clip = bench.make("rate.mp4", &bars("160x90", rate, "-pix_fmt yuv420p"));
        let video = bench.format(&clip).facts.video.unwrap();
        assert_eq!(video.frame_rate.unwrap().to_string(), expected);
        assert_eq!(video.frames, Some(frames));
    }
}

#[test]
fn ten_bits_become_eight() {
    let bench = Bench::new();
    let clip = bench.make("deep.mp4", &bars("160x90", "25", "-pix_fmt yuv420p10le"));
    assert_eq!(bench.probe(&clip).unwrap().video.unwrap().bit_depth, 10);
    assert_eq!(bench.format(&clip).facts.video.unwrap().bit_depth, 8);
}

#[test]
fn colours_of_standard_definition_are_converted() {
    let bench = Bench::new();
    let old = QUARTERS.replace("out_color_matrix=bt709", "out_color_matrix=bt601");
    let tags = "-c:v libx264 -preset ultrafast -colorspace smpte170m -color_trc smpte170m -color_primaries smpte170m";
    let clip = bench.make("sd.mp4", &format!("{old} {tags}"));
    bench.format(&clip);
    let frame = bench.frame(5);
    frame.assert_near((20, 20), RED, 12);
    frame.assert_near((300, 20), LIME, 12);
    frame.assert_near((20, 160), BLUE, 12);
}

#[test]
fn full_range_is_converted() {
    let bench = Bench::new();
    let full = QUARTERS.replace("out_range=tv", "out_range=pc").replace("yuv420p", "yuvj420p");
    let clip =
        bench.make("full.mp4", &format!("{full} -c:v libx264 -preset ultrafast -color_range pc -colorspace bt709"));
    bench.format(&clip);
    bench.frame(5).assert_near((300, 160), WHITE, 6);
    bench.frame(5).assert_near((20, 20), RED, 12);
}

#[test]
fn hdr_comes_back_as_bright_as_its_reference() {
    let bench = Bench::new();
    // A dark and a middle grey and white, graded in SDR and carried as HDR.
    let greys = "-f lavfi -i color=black:s=320x180:r=25:d=0.5,format=yuv420p10le,\
        geq=lum='if(lt(X,107),64+876*0.25,if(lt(X,214),64+876*0.5,64+876))':cb=512:cr=512";
    for transfer in ["arib-std-b67", "smpte2084"] {
        let args = format!(
            "{greys} -vf zscale=pin=bt709:tin=bt709:min=bt709:rin=limited:npl=100:\
             p=bt2020:t={transfer}:m=bt2020nc:r=limited,format=yuv420p10le \
             -c:v libx265 -preset ultrafast -x265-params log-level=none \
             -color_primaries bt2020 -color_trc {transfer} -colorspace bt2020nc -color_range tv"
        );
        let clip = bench.make("hdr.mov", &args);
        assert!(bench.probe(&clip).unwrap().video.unwrap().color.is_hdr());
        bench.format(&clip);
        let frame = bench.frame(5);
        frame.assert_near((50, 90), [64; 3], 10);
        frame.assert_near((160, 90), [128; 3], 10);
        assert!(frame.rgb(270, 90)[1] > 200, "{transfer}: white is {:?}", frame.rgb(270, 90));
    }
}

#[test]
fn interlaced_frames_are_woven_into_one() {
    let bench = Bench::new();
    let fields = "-vf interlace=scan=tff -flags +ilme+ildct -pix_fmt yuv420p";
    let args = format!("-f lavfi -i testsrc2=s=720x576:r=50:d=1 {fields} -c:v mpeg2video -b:v 5M");
    let clip = bench.make("dv.mpg", &args);
    assert!(bench.probe(&clip).unwrap().video.unwrap().interlaced);
    let video = bench.format(&clip).facts.video.unwrap();
    assert_eq!(video.frame_rate.unwrap().to_string(), "25");
}

#[test]
fn a_clip_without_sound_gets_a_silent_track_of_its_length() {
    let bench = Bench::new();
    let clip = bench.make("mute.mp4", &bars("160x90", "25", "-an"));
    let facts = bench.format(&clip).facts;
    let length = facts.audio.unwrap().duration_ms.unwrap();
    assert!(length.abs_diff(1000) <= 22, "{length} ms");
    assert!(bench.samples().iter().all(|sample| *sample == 0.0));
}

#[test]
fn surround_is_mixed_down_with_its_dialogue() {
    let bench = Bench::new();
    // Only the centre speaks.
    let sound = "-f lavfi -i aevalsrc=0|0|0.5*sin(2764*t)|0|0|0:c=5.1:s=48000:d=1 -c:a ac3";
    let clip = bench.make("s51.mkv", &bars("160x90", "25", sound));
    assert_eq!(bench.probe(&clip).unwrap().audio.unwrap().channels, 6);
    bench.format(&clip);
    assert!(peak(&bench.samples()) > 0.05);
}

#[test]
fn mono_is_as_loud_on_both_sides() {
    let bench = Bench::new();
    let sound = "-f lavfi -i aevalsrc=0.5*sin(2764*t):s=44100:d=1 -c:a aac -b:a 128k";
    let clip = bench.make("mono.mp4", &bars("160x90", "25", sound));
    bench.format(&clip);
    // The codec overshoots where the tone begins and ends.
    let peak = peak(&bench.samples()[12_000..36_000]);
    assert!((0.45..0.55).contains(&peak), "{peak}");
}

#[test]
fn an_index_at_the_end_moves_to_the_front() {
    let bench = Bench::new();
    let clip = bench.make("end.mp4", &bars("160x90", "25", "-pix_fmt yuv420p"));
    assert_eq!(bench.probe(&clip).unwrap().faststart, Some(false));
    bench.format(&clip);
}

#[test]
fn a_flash_and_its_beep_stay_together_when_the_sound_begins_late() {
    let bench = Bench::new();
    // White at 1.5 s; the sound's stream begins at 1 s and beeps half a second into it.
    let late = "-f lavfi -i color=black:s=160x90:r=30:d=3,drawbox=c=white:t=fill:enable='between(t,1.49,1.7)' \
        -itsoffset 1 -f lavfi -i aevalsrc='if(between(t,0.5,0.7),0.5*sin(6283*t),0)':s=48000:d=1.5 \
        -c:v libx264 -preset ultrafast -c:a aac -shortest";
    let clip = bench.make("late.mp4", &late.replace(" -shortest", ""));
    assert!(bench.probe(&clip).unwrap().audio.unwrap().start_ms.abs_diff(1000) < 50);
    bench.format(&clip);
    let flash = bench.brightness().iter().position(|bright| *bright > 128).unwrap();
    let beep = bench.samples().iter().position(|sample| sample.abs() > 0.1).unwrap();
    let (flash, beep) = (flash as f64 / 30.0, beep as f64 / 48_000.0);
    assert!((flash - beep).abs() < 0.02, "flash at {flash}, beep at {beep}");
}

#[test]
fn a_transport_stream_with_late_timestamps_keeps_its_sound() {
    let bench = Bench::new();
    let sound = "-f lavfi -i sine=f=440:d=1 -c:a mp2 -pix_fmt yuv420p -output_ts_offset 50";
    let clip = bench.make("t.ts", &bars("160x90", "25", sound));
    let facts = bench.format(&clip).facts;
    assert!(facts.duration_ms.abs_diff(1000) <= 60, "{} ms", facts.duration_ms);
    assert!(peak(&bench.samples()) > 0.05);
}

#[test]
fn nothing_of_the_phone_is_left_in_the_file() {
    let bench = Bench::new();
    let tags = "-metadata title=Home -metadata location=+31.23+121.47/ -metadata com.apple.quicktime.model=X \
        -metadata:s:v handler_name=Phone -metadata:s:v language=chi -movflags use_metadata_tags";
    let clip = bench.make("tags.mov", &bars("160x90", "25", tags));
    bench.format(&clip);
    let said = bench.described();
    for secret in ["Home", "31.23", "apple", "Phone", "chi", "Lavf"] {
        assert!(!said.contains(secret), "{secret} in {said}");
    }
}

#[test]
fn cover_art_chapters_and_subtitles_stay_out() {
    let bench = Bench::new();
    std::fs::write(bench.path("s.srt"), "1\n00:00:00,000 --> 00:00:20,000\nhi\n").unwrap();
    std::fs::write(bench.path("c.txt"), ";FFMETADATA1\n[CHAPTER]\nSTART=0\nEND=500000000\ntitle=One\n").unwrap();
    bench.make("art.png", "-f lavfi -i color=red:s=64x64 -frames:v 1");
    let main = bench.make("main.mp4", &bars("160x90", "25", "-pix_fmt yuv420p"));
    let inputs = ["art.png", "s.srt", "c.txt"].map(|name| format!("-i {}", bench.path(name).display()));
    let args = format!(
        "-i {} {} -map 1 -map 0 -map 2 -map_metadata 3 -c copy -c:s mov_text -disposition:v:0 attached_pic",
        main.display(),
        inputs.join(" ")
    );
    let clip = bench.make("busy.mp4", &args);
    let facts = bench.probe(&clip).unwrap();
    assert!(facts.streams >= 3 && facts.duration_ms.abs_diff(1000) < 50, "{facts:?}");
    let video = bench.format(&clip).facts.video.unwrap();
    assert_eq!((video.width, video.height), (160, 90));
    assert!(!bench.described().contains("Chapter"));
}

#[test]
fn a_live_recording_without_any_length_is_measured() {
    let bench = Bench::new();
    let live = "-f lavfi -i sine=d=1 -pix_fmt yuv420p -c:a libopus -live 1";
    let args = format!("-f lavfi -i testsrc2=s=160x90:r=25:d=1 {live} -c:v libvpx -deadline realtime");
    let clip = bench.make("live.webm", &args);
    let facts = bench.probe(&clip).unwrap();
    assert!(facts.duration_ms.abs_diff(1000) < 60, "{facts:?}");
    bench.format(&clip);
}

#[test]
fn an_animation_becomes_a_video() {
    let bench = Bench::new();
    let clip = bench.make("a.gif", "-f lavfi -i testsrc2=s=161x91:r=10:d=1");
    let video = bench.format(&clip).facts.video.unwrap();
    assert_eq!((video.width, video.height, video.frames), (160, 90, Some(10)));
}

fn peak(samples: &[f32]) -> f32 {
    samples.iter().fold(0.0, |peak, sample| peak.max(sample.abs()))
}
