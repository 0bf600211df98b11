//! What is to be done for a message, step by step, and which of its words are the agent's.
//!
//! A message may order several things, such as an upload, an edit and an export. The agent gets the words that are for it
//! and no others, so that it neither looks for a file it has already nor talks of an export that the client does.

use std::ops::Range;

use weixin_video_core::intent::{Action, Route, route};
use weixin_video_studio::{Context, EditOp, Reading, interpret};

/// A step and its words.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Todo {
    pub(super) action: Action,
    /// For a chat what the agent is told.
    pub(super) words: String,
}

/// The steps of a message. No words are told the agent twice: where a message can't be divided among several chats, the
/// first has all of it.
///
/// Where the agent is `free` it is also told what an order to export says of the video, such as "export it in 720p".
/// Elsewhere that is no reason to pay.
pub(super) fn all(text: &str, message: &Route, free: bool) -> Vec<Todo> {
    let chats = message.steps.iter().filter(|step| **step == Action::Chat).count();
    let divided = match (chats, message.steps.len()) {
        (_, 1) => None,
        (1, _) if is_understood(text) => None,
        _ => divided(text, message),
    };
    let steps = divided.unwrap_or_else(|| undivided(text, message));
    let mut todo = Vec::new();
    for step in steps {
        if free && step.action == Action::Export && says_of_the_video(&step.words) {
            todo.push(Todo { action: Action::Chat, words: step.words.clone() });
        }
        todo.push(step);
    }
    todo
}

/// The first chat has all the words; without one, whatever step it is.
fn undivided(text: &str, message: &Route) -> Vec<Todo> {
    let chats = message.steps.contains(&Action::Chat);
    let mut told = false;
    let mut steps = Vec::new();
    for action in message.steps.iter().copied() {
        let is_chat = action == Action::Chat;
        if is_chat && std::mem::replace(&mut told, true) {
            continue;
        }
        let words = if is_chat || !chats { text } else { "" };
        steps.push(Todo { action, words: words.to_owned() });
    }
    steps
}

/// Whether there is more in the words than the wish for the file.
fn says_of_the_video(words: &str) -> bool {
    let edits = interpret(words, &Context::default());
    matches!(edits, Reading::Edits(ops) if ops.iter().any(|op| *op != EditOp::Export))
}

/// Whether all the words, as they are, are edits to the editor of this machine.
fn is_understood(text: &str) -> bool {
    matches!(interpret(text, &Context::default()), Reading::Edits(_))
}

/// Messages of more pieces than this are left whole.
const MOST_PIECES: usize = 64;

/// Each step with the pieces it came from, if the pieces by themselves ask for just the same as the message.
fn divided(text: &str, message: &Route) -> Option<Vec<Todo>> {
    let pieces = pieces(text);
    if pieces.len() > MOST_PIECES {
        return None;
    }
    let mut runs: Vec<(Action, Range<usize>)> = Vec::new();
    for piece in pieces {
        for step in route(&text[piece.clone()]).steps {
            match runs.last_mut() {
                Some((last, run)) if *last == step => run.end = piece.end,
                Some(_) | None => runs.push((step, piece.clone())),
            }
        }
    }
    let same = runs.iter().map(|(step, _)| step).eq(&message.steps);
    same.then(|| runs.into_iter().map(|(action, run)| Todo { action, words: text[run].to_owned() }).collect())
}

/// What begins a further step, where no comma does.
const CONNECTORS: &[&str] = &[
    "and then ",
    "after that ",
    "afterwards ",
    "finally ",
    "then ",
    "and ",
    "然后",
    "然後",
    "接着",
    "接著",
    "最后",
    "最後",
    "随后",
    "隨後",
    "顺便",
    "順便",
    "并且",
    "並且",
    "再",
];

/// The pieces between commas, full stops, line breaks and connectors, without them. Quotations and addresses stay whole.
fn pieces(text: &str) -> Vec<Range<usize>> {
    let mut pieces = Vec::new();
    let (mut start, mut at) = (0, 0);
    let mut before = ' ';
    while let Some(c) = text[at..].chars().next() {
        let rest = &text[at..];
        let (cut, skip) = separator(before, rest);
        let step = if cut { skip } else { whole(before, rest).max(c.len_utf8()) };
        if cut {
            pieces.push(start..at);
            start = at + step;
        }
        before = text[at..at + step].chars().next_back().unwrap_or(c);
        at += step;
    }
    pieces.push(start..text.len());
    pieces.into_iter().map(|piece| trimmed(text, piece)).filter(|piece| !piece.is_empty()).collect()
}

/// Whether a piece ends here, and how many bytes stand between it and the next.
fn separator(before: char, rest: &str) -> (bool, usize) {
    let mut chars = rest.chars();
    match (chars.next(), chars.next()) {
        (Some(c @ (',' | '，' | '。' | ';' | '；' | '!' | '！' | '?' | '？' | '、' | '…' | '\n')), _) => {
            return (true, c.len_utf8());
        }
        // No end of a sentence in 1.5, nor in clip.mp4.
        (Some('.'), next) if next.is_none_or(char::is_whitespace) => return (true, 1),
        _ => {}
    }
    let starts = |word: &&&str| {
        let head = rest.get(..word.len());
        head.is_some_and(|head| head.eq_ignore_ascii_case(word)) && (!word.is_ascii() || before.is_whitespace())
    };
    CONNECTORS.iter().find(starts).map_or((false, 0), |word| (true, word.len()))
}

/// How many bytes from here are a quotation or an address; 0 where neither begins.
fn whole(before: char, rest: &str) -> usize {
    let close = match rest.chars().next() {
        Some('「') => '」',
        Some('『') => '』',
        Some('“') => '”',
        Some('《') => '》',
        Some('‘') => '’',
        Some(c @ ('"' | '`')) => c,
        Some('\'') if !before.is_alphanumeric() => '\'',
        _ => return address(before, rest),
    };
    let ends = |(_, c): &(usize, char)| *c == close;
    rest.char_indices().skip(1).take(LONGEST_QUOTATION).find(ends).map_or(0, |(at, c)| at + c.len_utf8())
}

/// In characters; a longer one is two apostrophes that happen to match.
const LONGEST_QUOTATION: usize = 400;

fn address(before: char, rest: &str) -> usize {
    let begins =
        !before.is_ascii_alphanumeric() && ["http://", "https://", "file://"].iter().any(|s| rest.starts_with(s));
    let ends = |c: char| c.is_whitespace() || !c.is_ascii() || matches!(c, '"' | '<' | '>');
    if begins { rest.find(ends).unwrap_or(rest.len()) } else { 0 }
}

fn trimmed(text: &str, piece: Range<usize>) -> Range<usize> {
    let words = &text[piece.clone()];
    let start = piece.start + (words.len() - words.trim_start().len());
    start..start + words.trim().len()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The steps, with the words of those that are chats.
    fn todo(text: &str) -> Vec<(Action, String)> {
        let words = |todo: Todo| if todo.action == Action::Chat { todo.words } else { String::new() };
        all(text, &route(text), false).into_iter().map(|todo| (todo.action, words(todo))).collect()
    }

    #[test]
    fn the_agent_gets_the_words_that_are_for_it() {
        for (text, words) in [
            ("upload rooftop.mp4, cut the first 3 seconds, then export", "cut the first 3 seconds"),
            ("先上传 探店.mp4，再加字幕「好吃，再来」，最后导出", "加字幕「好吃，再来」"),
            ("1.字幕放大\n2.去掉水印\n3.导出1080p", "1.字幕放大\n2.去掉水印"),
            ("看下轨道，然后把第三段删掉", "把第三段删掉"),
        ] {
            let steps = divided(text, &route(text)).unwrap_or_else(|| panic!("{text} is in one piece"));
            let chats: Vec<&str> =
                steps.iter().filter(|todo| todo.action == Action::Chat).map(|todo| todo.words.as_str()).collect();
            assert_eq!(chats, [words], "{text}");
        }
        assert_eq!(todo("make it brighter"), [(Action::Chat, "make it brighter".to_owned())]);
    }

    #[test]
    fn nothing_is_told_the_agent_twice() {
        let text = "make it brighter, show me the tracks, then make it darker";
        let steps = todo(text);
        let words: Vec<&str> =
            steps.iter().map(|(_, words)| words.as_str()).filter(|words| !words.is_empty()).collect();
        assert_eq!(words, ["make it brighter", "make it darker"]);
    }

    #[test]
    fn words_that_cannot_be_divided_stay_whole() {
        let route = Route {
            steps: vec![Action::Chat, Action::State, Action::Chat],
            files: Vec::new(),
            urls: Vec::new(),
            because: Vec::new(),
        };
        let steps: Vec<Todo> = all("one thing and nothing else", &route, false);
        let words = |action, words: &str| Todo { action, words: words.to_owned() };
        assert_eq!(steps, [words(Action::Chat, "one thing and nothing else"), words(Action::State, "")]);
    }

    #[test]
    fn pieces_end_at_signs_and_connectors_but_not_in_names_or_quotations() {
        let text = "Add 'a, and b' at 1.5 s and then put https://a.example/x?y=1,2 in. It's fine，再导出";
        let found: Vec<&str> = pieces(text).into_iter().map(|piece| &text[piece]).collect();
        let expected = ["Add 'a, and b' at 1.5 s", "put https://a.example/x?y=1,2 in", "It's fine", "导出"];
        assert_eq!(found, expected);
    }

    /// Whatever stands beside whatever, every piece is cut between characters.
    #[test]
    fn texts_of_odd_pieces_have_steps() {
        let odd = [
            "「",
            "」",
            "'",
            "\"",
            "“",
            "再",
            "，",
            ".",
            " ",
            "then ",
            "AND ",
            "https://a",
            "é",
            "🙂",
            "\u{301}",
            "a.mp4",
            "导出",
        ];
        let mut random = 1_u64;
        for _ in 0..2_000 {
            let mut text = String::new();
            for _ in 0..12 {
                random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                text.push_str(odd[usize::try_from(random >> 33).expect("31 bits") % odd.len()]);
            }
            let message = route(&text);
            let steps = |steps: Vec<Action>| steps.into_iter().filter(|step| *step != Action::Chat).collect::<Vec<_>>();
            let found: Vec<Action> = all(&text, &message, false).into_iter().map(|todo| todo.action).collect();
            assert_eq!(found.contains(&Action::Chat), message.steps.contains(&Action::Chat), "{text}");
            assert_eq!(steps(found), steps(message.steps), "{text}");
            assert!(!all(&text, &route(&text), true).is_empty(), "{text}");
        }
    }

    #[test]
    fn any_text_has_steps() {
        for text in ["", " ", "\0", "「", "'''", "再再再", "，，，", "\u{202e}导出", "a\u{e000}b", "…"] {
            assert!(!all(text, &route(text), true).is_empty(), "{text:?}");
        }
        assert!(!all(&"再，".repeat(50_000), &route("x"), true).is_empty());
    }
}
