//! Properties of the small languages: whatever comes in, nothing breaks, grows or gets lost.

use std::collections::HashSet;

use proptest::prelude::*;

use weixin_video_core::attribution::Attribution;
use weixin_video_core::draft::{Draft, diff};
use weixin_video_core::gui::translate;
use weixin_video_core::intent::route;
use weixin_video_core::language;
use weixin_video_core::media::{Accept, check};
use weixin_video_core::printable::{printable, printable_lines};

/// JSON as servers may write it: repeated keys, odd numbers, half surrogates, white space.
fn json() -> impl Strategy<Value = String> {
    let number = prop_oneof![
        Just("0"),
        Just("-0.0"),
        Just("1e4"),
        Just("2500"),
        Just("1E400"),
        Just("0.35"),
        Just("99999999999999999999999"),
        Just("-7"),
        Just("1.50")
    ];
    let leaf = prop_oneof![
        number.prop_map(str::to_owned),
        Just("null".to_owned()),
        Just("true".to_owned()),
        Just(r#""\ud800""#.to_owned()),
        Just("\"\\u001b[2J\\u202e\"".to_owned()),
        any::<String>().prop_map(|text| serde_json::Value::String(text).to_string()),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        let key = prop_oneof![
            Just("t"),
            Just("tt"),
            Just("sg"),
            Just("d"),
            Just("m"),
            Just("s"),
            Just("start"),
            Just("name"),
            Just("text"),
            Just("volume"),
            Just("width"),
            Just("x")
        ];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(|items| format!("[{}]", items.join(" ,"))),
            prop::collection::vec((key, inner), 0..5).prop_map(|members| {
                let members: Vec<String> = members.iter().map(|(key, value)| format!("\"{key}\" : {value}")).collect();
                format!("{{{}}}", members.join(","))
            }),
        ]
    })
}

/// A draft whose tracks are mostly tracks.
fn draft() -> impl Strategy<Value = String> {
    let track = (prop_oneof![Just(0), Just(1), Just(7), Just(9)], prop::collection::vec(json(), 0..4));
    let track = track.prop_map(|(kind, segments)| format!(r#"{{"tt":{kind},"sg":[{}]}}"#, segments.join(",")));
    (prop::collection::vec(prop_oneof![3 => track, 1 => json()], 0..5), json())
        .prop_map(|(tracks, other)| format!(r#"{{"t":[{}],"other":{other}}}"#, tracks.join(",")))
}

/// Messages made of the words and signs the rules look for.
fn message() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        prop::sample::select(vec![
            "export",
            "导出",
            "don't ",
            "别",
            "credits",
            "积分",
            "status",
            "上传 ",
            "a.mp4",
            "~/b/c.mov",
            "https://a.example/x.mp4",
            "file:///视频.mp4",
            "“",
            "”",
            "'",
            "\"",
            ", ",
            "，",
            ". ",
            "。",
            "再",
            "之后",
            " and ",
            " then ",
            "title: ",
            "写着",
            "\n",
            "?",
            "？",
            "click the ",
            "Export button",
            "点击",
            "按钮",
            "面板",
            "timeline",
            "- ",
            "**",
            "1. ",
            "（",
            "(",
            ")",
            "I encountered a temporary issue",
            "\u{e000}\u{e100}",
            "İ",
            "再a",
        ])
        .prop_map(str::to_owned),
        any::<String>(),
        "[ a-z]{0,12}",
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

fn is_clean(text: &str) -> bool {
    text.chars().all(|c| {
        !c.is_control()
            && !matches!(c, '\u{200b}' | '\u{200c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'
                | '\u{2028}' | '\u{2029}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    })
}

proptest! {
    #[test]
    fn a_draft_comes_back_as_it_came(text in draft()) {
        let draft = Draft::parse(&text).unwrap();
        prop_assert_eq!(draft.raw().get(), &text);
        prop_assert_eq!(serde_json::to_string(&draft).unwrap(), text);
    }

    #[test]
    fn any_json_is_a_draft_or_none(text in json()) {
        if let Some(draft) = Draft::parse(&text) {
            let is_object = text.starts_with('{');
            prop_assert!(is_object);
            prop_assert!(is_clean(&draft.summary()));
        }
    }

    #[test]
    fn a_summary_is_one_bounded_line(text in draft()) {
        let summary = Draft::parse(&text).unwrap().summary();
        prop_assert!(summary.starts_with("Timeline ("));
        prop_assert!(is_clean(&summary), "{:?}", summary);
        prop_assert!(summary.chars().count() <= Draft::SUMMARY_CHARS);
    }

    #[test]
    fn a_draft_does_not_differ_from_itself(text in draft()) {
        let draft = Draft::parse(&text).unwrap();
        let respelled = Draft::parse(&text.replace(':', " :\n").replace(" :\n", ":")).unwrap();
        prop_assert!(diff(Some(&draft), &draft).is_empty());
        prop_assert!(diff(Some(&draft), &respelled).is_empty());
    }

    #[test]
    fn a_difference_is_told_both_ways_and_cleanly(a in draft(), b in draft()) {
        let (a, b) = (Draft::parse(&a).unwrap(), Draft::parse(&b).unwrap());
        let (there, back) = (diff(Some(&a), &b), diff(Some(&b), &a));
        prop_assert_eq!(there.is_empty(), back.is_empty());
        prop_assert!(there.lines().len() <= 13);
        prop_assert!(there.lines().iter().all(|line| is_clean(line)));
        prop_assert!(!diff(None, &a).is_empty());
    }

    #[test]
    fn every_message_has_a_route(text in message()) {
        let route = route(&text);
        prop_assert!(!route.steps.is_empty());
        prop_assert_eq!(route.steps.len(), route.because.len());
        prop_assert!(route.steps.windows(2).all(|pair| pair[0] != pair[1]));
        prop_assert!(route.files.iter().chain(&route.urls).all(|item| text.contains(item.as_str())));
        prop_assert!(route.because.iter().all(|reason| is_clean(reason)));
    }

    #[test]
    fn every_reply_has_a_translation(text in message()) {
        let translation = translate(&text);
        prop_assert!(translation.text.chars().count() <= text.chars().count() + 16);
        let once: HashSet<_> = translation.actions.iter().collect();
        prop_assert_eq!(once.len(), translation.actions.len());
    }

    #[test]
    fn a_reply_without_screen_talk_is_unchanged(text in "[a-h0-9 ,.;()\"早安镜头，。\n]{0,60}") {
        let translation = translate(&text);
        prop_assert_eq!(translation.text, text);
        prop_assert!(translation.actions.is_empty());
    }

    #[test]
    fn printable_text_is_clean_bounded_and_stays_so(text in any::<String>(), max in 0_usize..80) {
        let text = format!("{text}\u{1b}[31m\u{202e}👨\u{200d}👩{text}");
        let line = printable(&text, max);
        prop_assert!(is_clean(&line), "{:?}", line);
        prop_assert!(line.chars().count() <= max);
        prop_assert_eq!(printable(&line, max), line);
        let lines = printable_lines(&text, max);
        prop_assert!(lines.split('\n').all(is_clean), "{:?}", lines);
        prop_assert!(lines.chars().count() <= max);
        prop_assert_eq!(printable_lines(&lines, max), lines);
    }

    #[test]
    fn attribution_is_refused_or_fits_headers(
        name in any::<String>(), version in "[ -~早]{0,12}", path in any::<String>(), source in any::<Option<String>>(),
    ) {
        let text = format!("---\nname: {name}\nversion: {version}\n---\n");
        if let Ok(attribution) = Attribution::from_skill_md(&text, &path, source.as_deref(), &path) {
            for (_, value) in attribution.headers() {
                let value = value.to_str().unwrap();
                prop_assert!(!value.trim().is_empty() && value.len() <= 100);
            }
        }
    }

    #[test]
    fn files_and_languages_are_judged_without_a_panic(
        name in any::<String>(), bytes in any::<u64>(), head in prop::collection::vec(any::<u8>(), 0..64),
    ) {
        if let Err(refusal) = check(&name, bytes, &head, Accept::Local) {
            prop_assert!(is_clean(&refusal.to_string()) && is_clean(&refusal.advice()));
        }
        prop_assert!((2..=5).contains(&language::of(&name).len()));
    }
}
