//! The commands that only look: `destinations`, `verify`, `compare`.

use std::fs;

use serde_json::Value;

use crate::desk::{Desk, keys};
use crate::tools::{HANGS, on_path};

#[test]
fn every_destination_is_shown_and_found_by_its_words() {
    let desk = Desk::new();
    let data = desk.data(&["destinations"]);
    let ids: Vec<&str> =
        data["destinations"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect();
    assert_eq!((ids.len(), ids[0], data["table"].is_null()), (12, "chat", true));
    let text = desk.done(&["destinations"]).stdout;
    assert!(ids.iter().all(|id| text.lines().any(|line| line.starts_with(id))), "{text}");
    let one = desk.data(&["destinations", "as", "a", "file"]);
    assert_eq!(one["destination"]["id"], "file");
    assert_eq!(keys(&one["destination"]["limits"]["bytes"]), ["confidence", "date", "is", "note", "source"]);
    assert_eq!(desk.run(&["destinations", "nowhere"]).code, 2);
}

#[test]
fn a_table_of_ones_own_is_laid_over() {
    let desk = Desk::new();
    let table = "sources.me = \"my own phone\"\n[[destination]]\nid = \"moments\"\n\
                 limits.seconds = { is = 77, source = \"me\", date = \"2026\", confidence = \"B\" }\n";
    let given = desk.put("mine.toml", table.as_bytes());
    let seconds = |data: &Value| data["destination"]["limits"]["seconds"]["is"].as_u64();
    let file = given.to_str().unwrap();
    assert_eq!(seconds(&desk.data(&["destinations", "moments", "--destinations", file])), Some(77));
    assert_eq!(seconds(&desk.data(&["destinations", "moments"])), Some(30));
    let kept = desk.home().join(".config/weixin-video");
    fs::create_dir_all(&kept).unwrap();
    fs::rename(given, kept.join("destinations.toml")).unwrap();
    assert_eq!(seconds(&desk.data(&["destinations", "朋友圈"])), Some(77));
    fs::write(kept.join("destinations.toml"), "nonsense = 1\n").unwrap();
    let ran = desk.run(&["destinations"]);
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("destinations.toml: line 1"), "{ran:#?}");
    assert_eq!(desk.run(&["destinations", "--destinations", "/nowhere.toml"]).code, 3);
}

#[test]
fn a_clip_is_judged_rule_by_rule() {
    let desk = Desk::new();
    desk.footage("bbb_720p25_aac51_moovend.mp4");
    let ran = desk.run(&["verify", "bbb_720p25_aac51_moovend.mp4", "--for", "朋友圈", "--json"]);
    assert_eq!(ran.code, 1, "{ran:#?}");
    let object = ran.json();
    assert_eq!((&object["ok"], &object["error"]["code"]), (&Value::Bool(false), &Value::from("falls_short")));
    let data = &object["data"];
    assert_eq!(keys(data), ["file", "fix", "for", "passes", "rules", "wechat", "wechat_says"]);
    assert_eq!((&data["for"], &data["wechat"]["does"]), (&Value::from("moments"), &Value::from("re_encodes")));
    let short: Vec<&str> = data["rules"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|rule| rule["standing"] == "falls_short")
        .map(|rule| rule["rule"].as_str().unwrap())
        .collect();
    assert_eq!(short, ["index", "color", "audio_channels", "metadata"]);
    assert_eq!(data["fix"], "encode_sound");
    let text = desk.run(&["verify", "bbb_720p25_aac51_moovend.mp4"]).stdout;
    assert!(text.contains("FAIL index first") && text.contains("ok   codec"), "{text}");
}

#[test]
fn what_is_made_here_keeps_every_rule() {
    let desk = Desk::new();
    desk.footage("phone_portrait_hevc_hlg.mov");
    desk.done(&["format", "phone_portrait_hevc_hlg.mov", "-o", "out.mp4", "--local"]);
    let data = desk.data(&["verify", "out.mp4"]);
    assert_eq!((&data["passes"], &data["fix"]), (&Value::Bool(true), &Value::Null));
}

#[test]
fn what_is_no_video_is_refused_in_a_line() {
    let desk = Desk::new();
    let cases: [(&str, &[u8], i32); 4] = [
        ("list.mp4", b"#EXTM3U\n#EXTINF:5,\nfile:/etc/passwd\n", 6),
        ("concat.mp4", b"ffconcat version 1.0\nfile /etc/passwd\n", 6),
        ("empty.mp4", b"", 6),
        ("box.mp4", b"\0\0\0\x10ftypisom\0\0\0\0\0\0\0\x01moov\xff\xff\xff\xff\xff\xff\xff\xff", 1),
    ];
    for (name, content, code) in cases {
        desk.put(name, content);
        let ran = desk.run(&["verify", name]);
        assert_eq!((ran.code, ran.stderr.lines().count(), ran.stdout.as_str()), (code, 2, ""), "{name}: {ran:#?}");
    }
    assert_eq!(desk.run(&["verify", "gone.mp4"]).code, 3);
}

/// Makes a clip of moving bars; `filter` changes it.
fn bars(desk: &Desk, name: &str, filter: &str) {
    let source = format!("testsrc2=s=320x180:r=25:d=1,{filter}");
    let args = ["-nostdin", "-v", "error", "-f", "lavfi", "-i", &source, "-c:v", "libx264", "-qp", "0", "-f", "mp4"];
    let target = format!("file:{name}");
    let ran = desk.start(desk.shell(&on_path("ffmpeg"), &[&args[..], &[&target]].concat())).end();
    assert_eq!(ran.code, 0, "{ran:#?}");
}

#[test]
fn frames_are_held_against_the_same_frames() {
    let desk = Desk::new();
    bars(&desk, "a.mp4", "null");
    bars(&desk, "late.mp4", "trim=start_frame=1,setpts=PTS-STARTPTS");
    let ssim = |b: &str| {
        let data = desk.data(&["compare", "a.mp4", b, "-o", "look.png", "--force"]);
        assert!(desk.work().join("look.png").is_file());
        data["compared"]["scores"]["ssim"].as_f64().unwrap()
    };
    assert!(ssim("a.mp4") > 0.9999, "a file is what it is");
    assert!(ssim("late.mp4") < 0.97, "one frame off is seen");
}

#[test]
fn names_are_no_words_for_ffmpeg_and_nothing_is_overwritten() {
    let desk = Desk::new();
    let name = "-i a'b[x];%03d,null:c.mp4";
    bars(&desk, "plain.mp4", "null");
    fs::rename(desk.work().join("plain.mp4"), desk.work().join(name)).unwrap();
    let path = format!("./{name}");
    desk.done(&["compare", &path, &path]);
    let picture = name.replace(".mp4", "-compare.png");
    assert_eq!(desk.names(), [name.to_owned(), picture.clone()].into_iter().rev().collect::<Vec<_>>());
    let png = fs::read(desk.work().join(&picture)).unwrap();
    assert!(png.starts_with(b"\x89PNG"));
    // Three pictures of 320x180 below each other, twice, with gaps.
    let side = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap());
    assert_eq!((side(16), side(20)), (2 * 320 + 8, 3 * 180 + 2 * 8));
    assert_eq!(desk.run(&["compare", &path, &path]).code, 1);
    assert_eq!(desk.run(&["compare", &path, "gone.mp4"]).code, 3);
    desk.put("list.mp4", b"#EXTM3U\nfile:/etc/passwd\n");
    assert_eq!(desk.run(&["compare", &path, "list.mp4"]).code, 6);
}

#[test]
fn a_comparison_that_is_stopped_leaves_nothing() {
    let desk = Desk::new();
    bars(&desk, "a.mp4", "null");
    let desk = desk.with_ffmpeg(HANGS);
    let running = desk.start(desk.command(&["compare", "a.mp4", "a.mp4"]));
    desk.child();
    running.signal(rustix::process::Signal::INT);
    assert_eq!(running.end().code, 130);
    assert_eq!(desk.names(), ["a.mp4"]);
}
