//! The small languages: a user's message, the agent's talk of a screen, a skill's frontmatter, any text to be shown.

use std::collections::HashSet;

use weixin_video_core::attribution::Attribution;
use weixin_video_core::gui::translate;
use weixin_video_core::intent::route;
use weixin_video_core::language;
use weixin_video_core::printable::{printable, printable_lines};

use crate::judge;
use crate::steer::{Tail, parts};

/// Of a reason for a step, in characters: the rule and what of the message it met.
const REASON_CHARS: usize = 200;

pub(super) fn routing(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let route = route(&text);
    assert!(!route.steps.is_empty(), "every message has a route");
    assert_eq!(route.steps.len(), route.because.len());
    assert!(route.steps.windows(2).all(|pair| pair[0] != pair[1]));
    assert!(
        route.files.iter().chain(&route.urls).all(|item| text.contains(item.as_str())),
        "spelled as in the message"
    );
    route.because.iter().for_each(|reason| judge::line(reason, REASON_CHARS));
    let language = language::of(&text);
    assert!((2..=5).contains(&language.len()) && language.bytes().all(|b| b.is_ascii_alphabetic() || b == b'-'));
}

pub(super) fn translation(input: &[u8]) {
    let reply = String::from_utf8_lossy(input);
    let translation = translate(&reply);
    assert!(translation.text.chars().count() <= reply.chars().count() + 16, "a translation hardly grows");
    let once: HashSet<_> = translation.actions.iter().collect();
    assert_eq!(once.len(), translation.actions.len());
}

/// SKILL.md, where it is installed, the variable `SKILL_SOURCE`, the home folder.
pub(super) fn skill(input: &[u8]) {
    let [text, path, source, home] = parts(input);
    let source = (!source.is_empty()).then_some(source.as_str());
    let Ok(attribution) = Attribution::from_skill_md(&text, &path, source, &home) else {
        return;
    };
    for (_, value) in attribution.headers() {
        let value = value.to_str().expect("every value is printable ASCII");
        assert!((1..=100).contains(&value.len()) && value.trim() == value, "{value:?}");
    }
    if source.is_none_or(|source| source.trim().is_empty()) {
        assert!(["clawhub", "cursor", "unknown"].contains(&attribution.platform()));
    }
}

pub(super) fn shown(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let most = [0, 1, 2, 9, 80, usize::MAX][Tail::of(input).below(6)];
    let line = printable(&text, most);
    judge::line(&line, most);
    assert_eq!(printable(&line, most), line, "printable text stays as it is");
    let lines = printable_lines(&text, most);
    judge::lines(&lines, most);
    assert_eq!(printable_lines(&lines, most), lines, "printable text stays as it is");
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let plain =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b' ' | b'\n' | b'.' | b',' | b'!' | b'-' | b'\'');
    if text.bytes().all(plain) {
        assert_eq!(printable(&text, usize::MAX), words, "plain words are all kept");
    }
}
