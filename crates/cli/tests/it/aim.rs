//! `--for`: where a video goes, said apart from the words.

use weixin_video_fake_backend::{FakeBackend, Route};

use crate::desk::Desk;
use crate::refusal::refused;

#[test]
fn a_place_that_nobody_knows_is_refused_with_those_there_are() {
    let desk = Desk::new();
    desk.clip();
    for command in [&["format", "clip.mp4"][..], &["say", "export"], &["export"]] {
        let args = [command, &["--for", "nowhere"]].concat();
        refused(&desk, &args, 2, "usage").is_final().says(&["nowhere", "moments", "channels", "file"]);
    }
}

#[test]
fn a_video_made_here_is_made_for_that_place() {
    let desk = Desk::new();
    desk.footage("bbb_vp9_opus.webm");
    let ran = desk.done(&["format", "bbb_vp9_opus.webm", "--for", "视频号", "-o", "out.mp4", "--json"]);
    assert!(ran.stderr.contains("Made for: Channels") && !ran.stderr.contains("chat"), "{ran:#?}");
    let data = ran.data();
    assert_eq!((&data["verdict"]["for"], &data["verdict"]["passes"]), (&"channels".into(), &true.into()), "{data}");
    assert_eq!(data["output"]["height"], 720, "no gate of a chat makes it smaller");
    assert_eq!(data["made"]["rung"], "encode");
    let data = desk.data(&["format", "bbb_vp9_opus.webm", "-o", "chat.mp4"]);
    assert_eq!((&data["verdict"]["for"], &data["verdict"]["passes"]), (&"chat".into(), &true.into()), "{data}");
    // The next command of a session says its own place.
    desk.done(&["upload", "bbb_vp9_opus.webm"]);
    let data = desk.data(&["say", "cut the first 0.5 s, then export", "--for", "moments", "-o", "said.mp4"]);
    let exported = &data["steps"].as_array().unwrap().last().unwrap()["data"];
    assert_eq!(exported["verdict"]["for"], "moments", "{data}");
    assert!(exported["made"]["why"].to_string().contains("only a part of the clip"), "{data}");
    let data = desk.data(&["export", "--for", "file", "-o", "file.mp4"]);
    assert_eq!(data["verdict"]["for"], "file");
}

#[test]
fn people_are_told_how_it_was_made_and_what_becomes_of_it() {
    let desk = Desk::new();
    desk.footage("bbb_vp9_opus.webm");
    let ran = desk.done(&["format", "bbb_vp9_opus.webm", "-o", "out.mp4"]);
    for line in ["made: encoded", "WeChat: (chat) "] {
        assert!(ran.stderr.lines().any(|said| said.starts_with(line)), "{line:?}: {ran:#?}");
    }
}

#[test]
fn a_table_of_ones_own_holds_for_what_is_made() {
    let desk = Desk::new();
    desk.footage("bbb_vp9_opus.webm");
    let table = "sources.me = \"my own phone\"\n[[destination]]\nid = \"channels\"\n\
                 limits.short_side = { is = 180, source = \"me\", date = \"2026\", confidence = \"B\" }\n";
    desk.put("mine.toml", table.as_bytes());
    let args = ["format", "bbb_vp9_opus.webm", "--for", "channels", "--destinations", "mine.toml", "-o", "out.mp4"];
    assert_eq!(desk.data(&args)["output"]["height"], 180);
    let kept = desk.home().join(".config/weixin-video");
    std::fs::create_dir_all(&kept).unwrap();
    std::fs::rename(desk.work().join("mine.toml"), kept.join("destinations.toml")).unwrap();
    let args = ["format", "bbb_vp9_opus.webm", "--for", "channels", "-o", "again.mp4"];
    assert_eq!(desk.data(&args)["output"]["height"], 180);
}

#[test]
fn an_editor_elsewhere_is_told_the_place_in_the_language_of_the_words() {
    let (desk, backend) = (Desk::new(), FakeBackend::start().unwrap());
    desk.clip();
    let url = backend.url();
    let data = desk.data(&["format", "clip.mp4", "--for", "moments", "--instruct", "压缩一下", "--backend", &url]);
    assert_eq!(data["verdict"]["for"], "moments");
    desk.done(&["say", "add title 'Hello', then export", "--for", "channels", "-o", "out.mp4", "--backend", &url]);
    let said: Vec<String> =
        backend.journal().iter().filter(|one| one.route == Route::Chat).map(|one| one.body_text()).collect();
    assert_eq!(said.len(), 2);
    assert!(said[0].contains("压缩一下，用途：朋友圈"), "{said:?}");
    assert!(said[1].contains("for Channels (WeChat)"), "{said:?}");
    backend.finish();
}
