//! What holds for any text, and what was promised before there was a grammar.

use proptest::prelude::*;

use crate::{
    interpret::{answer, interpret},
    ops::{Context, EditOp, Reading},
};

fn edits(text: &str) -> Vec<EditOp> {
    match interpret(text, &Context::default()) {
        Reading::Edits(ops) => ops,
        other @ (Reading::Ask(_) | Reading::Unsupported(_)) => panic!("{text}: {other:?}"),
    }
}

#[test]
fn formats_for_wechat_in_both_languages() {
    for text in [
        "format and compress this video for sharing on WeChat",
        "Format this video.",
        "compress a video for WeChat",
        "send this video to my friends on WeChat",
        "I want to share this 4K video on WeChat",
        "export for 微信",
        "get this video ready for WeChat",
        "make this video play on WeChat",
        "压缩一下发微信",
        "把这个视频压缩一下发微信",
        "转成微信能播的视频",
        "请优化这段视频,方便发到微信群里",
        "格式化一下这个视频,分享给微信好友",
        "把這個視頻壓縮一下發微信",
        "视频格式化并压缩以便在微信上分享",
        "optimize for WeChat, keep good quality",
    ] {
        assert_eq!(edits(text), [EditOp::Preset { name: "chat".into() }], "{text}");
    }
    for (text, name) in [
        ("Please optimise my clip for WeChat Moments!", "moments"),
        ("发朋友圈", "moments"),
        ("适配微信视频号", "channels"),
        ("compress it for our official account", "article"),
        ("发企业微信", "wecom"),
    ] {
        assert_eq!(edits(text), [EditOp::Preset { name: name.into() }], "{text}");
    }
}

#[test]
fn sizes_and_rates_are_taken_when_they_are_asked_for() {
    for (text, expected) in [
        ("make it 720p for WeChat", r#"[{"op":"resolution","short_side":720},{"op":"preset","name":"chat"}]"#),
        ("convert this 1080p mp4 to 540p", r#"[{"op":"resolution","short_side":540}]"#),
        ("把这个4K视频压缩到720p", r#"[{"op":"resolution","short_side":720}]"#),
        ("compress it to 720p at 60 fps", r#"[{"op":"resolution","short_side":720},{"op":"fps","value":60.0}]"#),
        ("微信用,每秒25帧", r#"[{"op":"preset","name":"chat"},{"op":"fps","value":25.0}]"#),
        ("分辨率改为720P", r#"[{"op":"resolution","short_side":720}]"#),
        ("convert my .mov to mp4", r#"[{"op":"format","container":"mp4"}]"#),
    ] {
        let expected: Vec<EditOp> = serde_json::from_str(expected).unwrap();
        assert_eq!(edits(text), expected, "{text}");
    }
}

/// Understood in full, without words that anything may follow: reasons, text after a colon, music that is described.
const UNDERSTOOD: &[&str] = &[
    "format and compress this video for sharing on WeChat",
    "cut the first 10 seconds and the last 2 seconds then speed up 0:20 to 0:30 by 2x",
    "add the title \"Hello\" at the top for 3 seconds and mute the original sound",
    "make it vertical with a blurred background at 720p and keep it below 10 MB",
    "turn the volume down to 10% and fade out over 2 seconds",
    "remove the subtitles and rotate it 90 degrees clockwise",
];

const UNDERSTOOD_ZH: &[&str] = &[
    "剪掉前3秒，然后2倍速，竖屏",
    "标题改成「你好」，音量调到30%",
    "第一段静音，压缩到10MB以内发朋友圈",
    "音乐淡出2秒，去掉字幕",
];

#[test]
fn what_the_gate_is_tried_with_is_understood() {
    for text in UNDERSTOOD.iter().chain(UNDERSTOOD_ZH) {
        assert!(!edits(text).is_empty());
    }
}

#[test]
fn very_long_texts_are_no_edits() {
    for text in
        ["mute ".repeat(10_000), "静音".repeat(10_000), "\"".repeat(10_000), "1:".repeat(10_000), "10 and ".repeat(280)]
    {
        assert!(!matches!(interpret(&text, &Context::default()), Reading::Edits(_)));
    }
}

fn some_context() -> impl Strategy<Value = Context> {
    (0..200_000_u64, 0..5_u32).prop_map(|(dur_ms, clips)| Context { dur_ms, clips, ..Context::default() })
}

/// Words of the grammar in any order, to come further than letters in any order would.
fn word_salad() -> impl Strategy<Value = String> {
    let words = [
        "cut",
        "剪掉",
        "前",
        "10",
        "秒",
        "s",
        "to",
        "from",
        "0:10",
        "到",
        "and",
        "然后",
        "，",
        "title",
        "标题",
        "「你好」",
        "\"",
        "clip",
        "2",
        "第",
        "段",
        "swap",
        "x",
        "%",
        "volume",
        "音乐",
        "不要",
        "no",
        "half",
        "半",
        "9:16",
        "1080",
        "不对",
        "undo",
        "last",
        "最后",
        "minute",
        "says",
        "：",
        "-",
        "999999999999",
        "一",
        "三成",
        "MB",
        "ms",
    ];
    proptest::collection::vec(proptest::sample::select(words.to_vec()), 0..24).prop_map(|words| words.join(" "))
}

proptest! {
    #[test]
    fn any_text_is_answered_within_bounds(text in "\\PC{0,60}", context in some_context()) {
        answered(&text, &context);
    }

    #[test]
    fn any_words_are_answered_within_bounds(text in word_salad(), context in some_context()) {
        answered(&text, &context);
        answered(&text.replace(' ', ""), &context);
    }

    /// The gate: one strange word anywhere, and nothing is done.
    #[test]
    fn a_strange_word_anywhere_stops_it(which in 0..UNDERSTOOD.len(), place in 0_usize..20, word in "q[b-hj-tv-z]{3,8}") {
        let mut words: Vec<&str> = UNDERSTOOD[which].split(' ').collect();
        let in_quotes = words.iter().position(|word| word.starts_with('"'));
        let place = place.min(words.len());
        prop_assume!(in_quotes.is_none_or(|at| at + 1 != place || at == place));
        words.insert(place, &word);
        let text = words.join(" ");
        let found = interpret(&text, &Context::default());
        prop_assert!(!matches!(found, Reading::Edits(_)), "{text}: {found:?}");
    }

    #[test]
    fn a_strange_character_anywhere_stops_it(which in 0..UNDERSTOOD_ZH.len(), place in 0_usize..30, strange in proptest::sample::select(vec!["咕噜", "鬯", "饕餮", "🦖乙"])) {
        let text = UNDERSTOOD_ZH[which];
        let place = place.min(text.chars().count());
        let (at, _) = text.char_indices().chain([(text.len(), ' ')]).nth(place).unwrap();
        let quoted = text.find('「').zip(text.find('」')).is_some_and(|(open, close)| open < at && at <= close);
        prop_assume!(!quoted);
        let text = format!("{}{strange}{}", &text[..at], &text[at..]);
        let found = interpret(&text, &Context::default());
        prop_assert!(!matches!(found, Reading::Edits(_)), "{text}: {found:?}");
    }
}

fn answered(text: &str, context: &Context) {
    let reading = interpret(text, context);
    assert_eq!(reading, interpret(text, context));
    let said = answer(&reading, text, context);
    assert_eq!(said.is_none(), matches!(reading, Reading::Edits(_)));
    if let Some(said) = said {
        assert!(said.text.len() < 600 && said.choices.len() <= 3, "{said:?}");
    }
    if let Reading::Edits(ops) = reading {
        assert!(ops.len() <= 80, "{text}");
    }
}
