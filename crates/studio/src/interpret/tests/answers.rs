//! What is said where nothing is edited.

use crate::{
    interpret::{answer, interpret, is_chinese},
    ops::{About, Context, Reading, What},
};

fn contexts() -> Vec<Context> {
    let usual = Context::default();
    vec![
        usual.clone(),
        Context { dur_ms: 2_000, ..usual.clone() },
        Context { clips: 3, tracks: Some(Vec::new()), ..usual },
    ]
}

#[test]
fn every_question_has_choices_that_are_edits() {
    for context in contexts() {
        for about in About::ALL {
            for text in ["trim 0:10-0:20 or 10 seconds", "把0:10到0:20剪10秒"] {
                let found = answer(&Reading::Ask(*about), text, &context).unwrap();
                assert!((2..=3).contains(&found.choices.len()), "{about:?} {found:?}");
                for choice in &found.choices {
                    assert!(matches!(interpret(choice, &context), Reading::Edits(_)), "{about:?} {choice}");
                    assert_eq!(is_chinese(choice), is_chinese(text), "{choice}");
                }
            }
        }
    }
}

#[test]
fn a_no_says_what_can_be_done() {
    for what in What::ALL {
        for (text, offer) in [("reverse it", "I can trim"), ("倒放", "我可以")] {
            let found = answer(&Reading::Unsupported(*what), text, &Context::default()).unwrap();
            assert!(found.text.contains(offer) && (2..=3).contains(&found.choices.len()), "{found:?}");
        }
    }
}

#[test]
fn unknown_words_are_named_and_made_printable() {
    let long = format!("mute it with qu\u{7}ux and {}", "z".repeat(500));
    let found = answer(&interpret(&long, &Context::default()), &long, &Context::default()).unwrap();
    assert!(found.text.contains("\"qu ux\"") && found.text.len() < 300 && !found.text.contains('\u{7}'), "{found:?}");
    let text = "把视频静音，再咕噜呱一下";
    let found = answer(&interpret(text, &Context::default()), text, &Context::default()).unwrap();
    assert!(found.text.contains("「咕噜呱」"), "{found:?}");
}

#[test]
fn edits_need_no_answer() {
    assert_eq!(answer(&interpret("mute", &Context::default()), "mute", &Context::default()), None);
}

#[test]
fn the_language_is_that_of_the_wording() {
    for text in ["add the title '早安'", "", "mute it", "add a 水印 please now"] {
        assert!(!is_chinese(text), "{text}");
    }
    for text in ["加标题 \"Good morning everybody\"", "帮我cut掉前5秒，加BGM", "「早安」", "靜音"] {
        assert!(is_chinese(text), "{text}");
    }
}
