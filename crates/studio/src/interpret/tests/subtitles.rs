//! Subtitles from a file that is named.

use crate::{
    interpret::interpret,
    ops::{About, Context, Reading},
};

fn said(text: &str) -> String {
    let assets = ["talk.srt", "春游 字幕.srt", "clip.mp4"].map(str::to_owned).to_vec();
    interpret(text, &Context { assets, ..Context::default() }).to_json().to_string()
}

const TALK: &str = r#"{"asset":"talk.srt","op":"subtitles"}"#;

#[test]
fn a_file_of_subtitles_is_used_when_it_is_named() {
    for text in [
        "add subtitles from talk.srt",
        "Add the subtitles in talk.srt, please",
        "add subtitles from \"talk.srt\"",
        "use talk.srt for the subtitles",
        "use talk.srt as subtitles",
        "subtitle it with talk.srt",
        "burn talk.srt into the video",
        "import talk.srt",
        "add talk.srt",
        "用 talk.srt 做字幕",
        "用「talk.srt」做字幕",
        "加字幕 talk.srt",
        "加字幕talk.srt",
        "添加字幕文件talk.srt",
        "加载字幕文件 talk.srt",
        "把talk.srt加到视频里",
        "字幕用talk.srt",
        "把字幕换成talk.srt",
        "talk.srt当字幕",
    ] {
        assert_eq!(said(text), format!("[{TALK}]"), "{text}");
    }
    assert_eq!(said("用春游 字幕.srt做字幕"), r#"[{"asset":"春游 字幕.srt","op":"subtitles"}]"#);
}

#[test]
fn the_only_file_is_meant_where_nothing_else_is_said() {
    let with = |text: &str, assets: &[&str]| {
        let assets = assets.iter().map(|name| (*name).to_owned()).collect();
        interpret(text, &Context { assets, ..Context::default() })
    };
    for text in ["add the subtitles", "加字幕"] {
        assert_eq!(with(text, &["clip.mp4", "talk.srt"]).to_json().to_string(), format!("[{TALK}]"), "{text}");
        for assets in [&["clip.mp4"][..], &["talk.srt", "b.vtt"]] {
            assert_eq!(with(text, assets), Reading::Ask(About::WhichText), "{text}");
        }
    }
    assert_eq!(with("add a title", &["talk.srt"]), Reading::Ask(About::WhichText));
    assert!(matches!(with("add subtitles for 5 seconds", &["talk.srt"]), Reading::Ask(_)));
}

#[test]
fn it_goes_with_other_wishes_and_a_place() {
    let cut = r#"{"from":0,"op":"remove","to":3000}"#;
    assert_eq!(said("剪掉前3秒，然后加字幕 talk.srt"), format!("[{cut},{TALK}]"));
    assert_eq!(said("add talk.srt and cut the first 3 seconds"), format!("[{TALK},{cut}]"));
    assert_eq!(
        said("add subtitles from talk.srt, 发朋友圈"),
        format!(r#"[{TALK},{{"name":"moments","op":"preset"}}]"#)
    );
    let top = r#"{"op":"edit_text","pos":"top","role":"subtitle"}"#;
    assert_eq!(said("add captions from talk.srt at the top"), format!("[{TALK},{top}]"));
    assert_eq!(said("字幕放顶部，用talk.srt"), format!("[{TALK},{top}]"));
}

#[test]
fn what_is_not_meant_so_is_not_done() {
    let op = |text: &str| said(text).contains(r#""op":"subtitles""#);
    for text in [
        "talk.srt",
        "don't add subtitles from talk.srt",
        "不要加字幕 talk.srt",
        "remove talk.srt",
        "translate talk.srt",
        "use talk.srt as bgm",
        "用talk.srt做背景音乐",
        "add subtitles from talk.srt in red",
        "add title talk.srt",
        "字幕：talk.srt",
    ] {
        assert!(!op(text), "{text}: {}", said(text));
    }
    let missing =
        interpret("add subtitles from walk.srt", &Context { assets: vec!["talk.srt".into()], ..Context::default() });
    assert_eq!(missing, Reading::Ask(About::WhichFile));
}
