//! Files written anew in this process: the same packets and frames, and nothing of the rest.

use std::{fs, path::Path, process::Command};

use weixin_video_studio::{Control, Destinations, Error, Rule, inspect, mp4, verify};

use crate::bench::{Bench, finished};

const CLIP: &str = "-f lavfi -i testsrc2=s=128x96:r=25:d=1.5 -f lavfi -i sine=d=1.5:r=48000 \
     -c:v libx264 -preset veryfast -pix_fmt yuv420p -g 10 -color_primaries bt709 -color_trc bt709 -colorspace bt709 \
     -color_range tv -c:a aac -ac 2";

/// Words that a track of text holds.
const DIARY: &str = "at the summit with K";

/// What must not be in a new file: those words, a place, a device, and a program's name.
const TELLING: [&str; 4] = [DIARY, "+27.59", "Camera", "Lavf"];

/// A folder with a clip, and what can be made of it.
fn bench() -> Bench {
    let bench = Bench::new();
    bench.make("clip.mp4", CLIP);
    fs::write(bench.path("diary.srt"), format!("1\n00:00:00,100 --> 00:00:01,000\n{DIARY}\n")).unwrap();
    bench
}

fn kept(bench: &Bench, clip: &Path) -> Result<mp4::Keep, Error> {
    let facts = bench.probe(clip)?;
    Ok(mp4::Keep { picture: facts.video.unwrap().index, sound: facts.audio.map(|audio| audio.index) })
}

fn rewrite(bench: &Bench, clip: &Path) -> Result<(), Error> {
    mp4::rewrite(clip, &bench.out(), kept(bench, clip)?, &Control::new())
}

/// Packets with their times, and frames and samples as they are decoded.
fn streams(clip: &Path, keep: mp4::Keep) -> [Vec<u8>; 2] {
    ["copy", "decode"].map(|way| {
        let mut command = Command::new("ffmpeg");
        command.args(["-nostdin", "-loglevel", "error", "-i"]).arg(clip);
        command.args(["-map".to_owned(), format!("0:{}", keep.picture)]);
        if let Some(sound) = keep.sound {
            command.args(["-map".to_owned(), format!("0:{sound}")]);
        }
        if way == "copy" {
            command.args(["-c", "copy"]);
        }
        finished(command.args(["-f", "framemd5", "-"])).stdout
    })
}

#[test]
fn packets_and_frames_stay_and_everything_else_goes() {
    let bench = bench();
    let place = "-metadata location=+27.59+086.56/ -metadata make=Camera -metadata creation_time=2020-02-02T02:02:02Z";
    let clips = [
        ("first.mp4", "-i clip.mp4 -c copy -movflags +faststart".to_owned()),
        ("told.mp4", format!("-i clip.mp4 -i diary.srt -map 0 -map 1 -c copy -c:s mov_text {place}")),
        ("told.mov", format!("-i clip.mp4 -c copy -timecode 01:00:00:00 {place} -movflags use_metadata_tags")),
        ("turned.mp4", "-i clip.mp4 -c copy -metadata:s:v rotate=270".to_owned()),
        ("cut.mp4", "-ss 0.5 -i clip.mp4 -c copy".to_owned()),
        ("late.mp4", "-i clip.mp4 -itsoffset 0.4 -i clip.mp4 -map 0:v -map 1:a -c copy".to_owned()),
        ("signed.mp4", "-i clip.mp4 -c copy -movflags negative_cts_offsets".to_owned()),
        ("silent.mp4", "-i clip.mp4 -c copy -an".to_owned()),
        ("uneven.mp4", "-i clip.mp4 -vf select=not(eq(n\\,5)) -c:v libx264 -fps_mode vfr -c:a copy".to_owned()),
        (
            "second.mp4",
            "-i clip.mp4 -i late.mp4 -map 0:v -map 0:a -map 1:a -c copy -disposition:a:0 0 -disposition:a:1 default"
                .to_owned(),
        ),
    ];
    let mut told = String::new();
    for (name, args) in clips {
        let args = args.replace("-i clip", &format!("-i {}/clip", bench.folder.path().display()));
        let args = args.replace("-i late", &format!("-i {}/late", bench.folder.path().display()));
        let args = args.replace("-i diary", &format!("-i {}/diary", bench.folder.path().display()));
        let clip = bench.make(name, &args);
        rewrite(&bench, &clip).unwrap();
        let sound = kept(&bench, &clip).unwrap().sound.map(|_| 1);
        let new = streams(&bench.out(), mp4::Keep { picture: 0, sound });
        assert_eq!(new, streams(&clip, kept(&bench, &clip).unwrap()), "{name}");
        assert_clean(&bench, &clip, name);
        told.push_str(&String::from_utf8_lossy(&fs::read(clip).unwrap()));
    }
    assert!(TELLING.iter().all(|word| told.contains(word)), "the old files held all of it");
}

/// The new file is told as the old one, but for what it is to have lost.
fn assert_clean(bench: &Bench, clip: &Path, name: &str) {
    let (old, new) = (bench.probe(clip).unwrap(), inspect(&bench.tools, &bench.out()).unwrap());
    let (mut video, mut audio) = (old.video.unwrap(), old.audio);
    video.index = 0;
    if let Some(audio) = &mut audio {
        audio.index = 1;
    }
    assert_eq!((Some(video), audio), (new.facts.video.clone(), new.facts.audio.clone()), "{name}");
    assert_eq!(old.duration_ms, new.facts.duration_ms, "{name}");
    let verdict = verify(&new, Destinations::built_in().get("file").unwrap());
    for rule in [Rule::Container, Rule::Index, Rule::Codec, Rule::Tracks, Rule::Metadata] {
        assert!(verdict.short().all(|finding| finding.rule != rule), "{name}: {}", verdict.summary());
    }
    let bytes = fs::read(bench.out()).unwrap();
    for word in TELLING {
        assert!(!bytes.windows(word.len()).any(|found| found == word.as_bytes()), "{name}: {word}");
    }
    let again = bench.path("again.mp4");
    let keep = mp4::Keep { picture: 0, sound: new.facts.audio.map(|_| 1) };
    mp4::rewrite(&bench.out(), &again, keep, &Control::new()).unwrap();
    assert!(fs::read(again).unwrap() == bytes, "{name}: what is right stays as it is, to the byte");
}

#[test]
fn what_isnt_understood_is_refused() {
    let bench = bench();
    let clip = fs::read(bench.path("clip.mp4")).unwrap();
    let at = |word: &[u8]| clip.windows(word.len()).position(|found| found == word).unwrap();
    let last = |word: &[u8]| clip.windows(word.len()).rposition(|found| found == word).unwrap();
    let (pictures, sounds) = (at(b"stco") + 12, last(b"stco") + 12);
    let broken: [(&str, usize, &[u8]); 9] = [
        ("another mark", at(b"avc1\0\0\0\0\0\0"), b"avc3"),
        ("encrypted pictures", at(b"avc1\0\0\0\0\0\0"), b"encv"),
        ("encrypted sound", last(b"mp4a"), b"enca"),
        ("another file's data", at(b"url ") + 4, &[0, 0, 0, 0]),
        ("data beyond the end", pictures, &[0x7f, 0, 0, 0]),
        ("data within the index", pictures, &u32::try_from(at(b"moov") + 8).unwrap().to_be_bytes()),
        ("chunks over each other", sounds, &clip[pictures..pictures + 4]),
        ("a table of fewer samples", at(b"stts") + 8, &[0, 0, 0, 5]),
        ("more samples than sizes", at(b"stsz") + 12, &[0, 0, 0, 1]),
    ];
    let keep = mp4::Keep { picture: 0, sound: Some(1) };
    for (what, at, bytes) in broken {
        let mut file = clip.clone();
        file[at..at + bytes.len()].copy_from_slice(bytes);
        fs::write(bench.path("broken.mp4"), file).unwrap();
        let refused = mp4::rewrite(&bench.path("broken.mp4"), &bench.out(), keep, &Control::new());
        assert!(matches!(refused, Err(Error::Unreadable { .. })), "{what}: {refused:?}");
    }
    let clip = bench.path("clip.mp4").display().to_string();
    for (name, args) in
        [("fragments.mp4", "-c copy -movflags frag_keyframe+empty_moov"), ("mp3.mp4", "-c:a libmp3lame")]
    {
        let other = bench.make(name, &format!("-i {clip} {args}"));
        let refused = mp4::rewrite(&other, &bench.out(), keep, &Control::new());
        assert!(matches!(refused, Err(Error::Unreadable { .. })), "{name}: {refused:?}");
    }
    for keep in [mp4::Keep { picture: 1, sound: Some(0) }, mp4::Keep { picture: 2, sound: None }] {
        assert!(mp4::rewrite(Path::new(&clip), &bench.out(), keep, &Control::new()).is_err(), "{keep:?}");
    }
}

#[test]
fn it_is_stopped_and_tells_how_far_it_is() {
    let bench = bench();
    let clip = bench.path("clip.mp4");
    let seen = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let see = seen.clone();
    let control = Control::new().on_progress(move |percent| see.lock().unwrap().push(percent));
    let keep = kept(&bench, &clip).unwrap();
    mp4::rewrite(&clip, &bench.out(), keep, &control).unwrap();
    assert_eq!(*seen.lock().unwrap(), [99]);
    control.cancel();
    assert_eq!(mp4::rewrite(&clip, &bench.out(), keep, &control), Err(Error::Cancelled));
    mp4::copy(&clip, &bench.out()).unwrap();
    assert_eq!(fs::read(&clip).unwrap(), fs::read(bench.out()).unwrap());
}
