//! Cuts a folded message into clauses.

use super::message::{self, ITEM, QUOTE};
use super::{Clause, has};

/// Words that begin a further step.
const CONNECTORS: &[&str] = &[
    " and then ",
    " then ",
    " after that ",
    " afterwards ",
    " finally ",
    " but ",
    " also ",
    " plus ",
    "然后",
    "接着",
    "最后",
    "顺便",
    "并且",
    "随后",
];

/// Verbs that make what follows `and` a clause of its own.
const AFTER_AND: &[&str] = &[
    "export", "render", "download", "send", "give", "upload", "import", "show", "tell", "check", "list", "cut", "trim",
    "add", "put", "make", "remove", "crop", "mute", "change", "save", "hand", "if",
];

/// 再 begins no step of its own after these: the wish is put off.
const PUT_OFF: &str = "回头|以后|稍后|待会|等会|明天|过会|一会|改天|等我|够";

/// What the client does by itself.
const ROUTED: &str = "导出|上传|下载|渲染";

/// After these words the rest of the clause is text to be shown or spoken.
const SAYS: &[&str] = &[
    " says ",
    " saying ",
    " reads ",
    " reading ",
    " should read ",
    " should say ",
    " titled ",
    " called ",
    "写着",
    "写上",
    "显示",
    "内容是",
    "文字是",
    "改成",
    "改为",
    "换成",
    "念出",
    "标题写",
    "字幕写",
    "文字写",
    "文案写",
    "片头写",
    "片尾写",
    "上面写",
];

/// Before a colon these announce text to be shown or spoken, up to the end of the line.
const ANNOUNCE: &[&str] = &[
    "script",
    "voiceover",
    "voice over",
    "narration",
    "title",
    "caption",
    "subtitle",
    "subtitles",
    "text",
    "quote",
    "lyrics",
    "台词",
    "字幕",
    "标题",
    "旁白",
    "文案",
    "口播",
    "歌词",
    "内容",
    "脚本",
];

/// The clauses of a folded message, in order, none of them empty.
pub(super) fn split(folded: &str) -> Vec<Clause> {
    let mut clauses = Vec::new();
    for line in folded.split('\n') {
        for (sentence, asked) in sentences(&without_announced(line)) {
            let mut parts = vec![sentence];
            for connector in CONNECTORS {
                parts = parts.iter().flat_map(|part| cut_before(part, connector)).collect();
            }
            parts = parts.iter().flat_map(|part| cut_at_again(part)).collect();
            parts = parts.iter().flat_map(|part| cut_at_and(part)).collect();
            parts = parts.iter().flat_map(|part| cut_after_item(part)).collect();
            let last = parts.len();
            clauses.extend(parts.iter().enumerate().map(|(at, part)| Clause {
                text: without_said(part).trim().to_owned(),
                asked: asked && at + 1 == last,
            }));
        }
    }
    clauses.retain(|clause| !clause.text.is_empty());
    clauses
}

/// The line without text that a colon announces.
fn without_announced(line: &str) -> String {
    for (at, _) in line.match_indices(':') {
        let before = line[..at].trim_end();
        let after = line[at + 1..].trim_start();
        if has_end(before, ANNOUNCE) && !after.is_empty() && !after.starts_with([ITEM, QUOTE]) {
            return format!("{before} {QUOTE}");
        }
    }
    line.to_owned()
}

fn has_end(text: &str, ends: &[&str]) -> bool {
    ends.iter().any(|end| text.ends_with(end))
}

/// Pieces between commas and full stops, and whether a question mark ended them.
fn sentences(line: &str) -> Vec<(String, bool)> {
    let mut pieces = Vec::new();
    let mut piece = String::new();
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        let ends = match c {
            ',' | ';' | '!' | '?' | '。' | '、' | '…' | '¿' | '¡' => true,
            // A point inside 1.5 or at the head of a list (1.导出) is no end of a sentence.
            '.' => chars.peek().is_none_or(|next| next.is_whitespace()),
            _ => false,
        };
        if ends {
            pieces.push((std::mem::take(&mut piece), c == '?'));
        } else {
            piece.push(c);
        }
    }
    pieces.push((piece, false));
    pieces.retain(|(piece, _)| !piece.trim().is_empty());
    pieces
}

/// Cuts in front of a connector and drops it.
fn cut_before(part: &str, connector: &str) -> Vec<String> {
    let part = format!(" {part} ");
    part.split(connector).map(str::trim).filter(|p| !p.is_empty()).map(str::to_owned).collect()
}

/// Cuts in front of 再, unless the wish is put off.
fn cut_at_again(part: &str) -> Vec<String> {
    // 导出之后 only sets a time; 调大之后导出 are two steps.
    let after = part.split_once("之后").filter(|(first, _)| !has(first, ROUTED));
    match after.or_else(|| part.split_once('再')) {
        Some((first, rest)) if !has(first, PUT_OFF) && !first.trim().is_empty() => {
            let mut parts = vec![first.to_owned()];
            parts.extend(cut_at_again(rest));
            parts
        }
        _ => vec![part.to_owned()],
    }
}

/// Cuts at `and` where a verb follows.
fn cut_at_and(part: &str) -> Vec<String> {
    let mut pieces: Vec<String> = Vec::new();
    for piece in part.split(" and ") {
        let verb = piece.split_whitespace().next().unwrap_or_default();
        match pieces.last_mut() {
            Some(last) if !AFTER_AND.contains(&verb) => {
                last.push_str(" and ");
                last.push_str(piece);
            }
            _ => pieces.push(piece.to_owned()),
        }
    }
    pieces
}

/// 上传完 a.mov 查下积分: a new clause begins after a file where a verb of another step follows.
fn cut_after_item(part: &str) -> Vec<String> {
    const VERBS: &[&str] = &["查", "看", "导出", "发我", "发给我", "列", "剪", "渲染", "export", "trim"];
    let Some(at) = part.rfind(message::is_number) else {
        return vec![part.to_owned()];
    };
    let after = part[at..].trim_start_matches(message::is_number).trim_start();
    if !VERBS.iter().any(|verb| after.starts_with(verb)) {
        return vec![part.to_owned()];
    }
    vec![part[..part.len() - after.len()].to_owned(), after.to_owned()]
}

/// The clause up to a word of saying, and a mark for what is said.
fn without_said(part: &str) -> String {
    let said = SAYS.iter().filter_map(|word| Some((part.find(word)?, *word))).min();
    match said {
        Some((at, word)) if !part[at + word.len()..].contains(ITEM) => {
            format!("{}{word}{QUOTE}", &part[..at])
        }
        _ => part.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(folded: &str) -> Vec<String> {
        split(folded).into_iter().map(|clause| clause.text).collect()
    }

    #[test]
    fn steps_are_clauses() {
        assert_eq!(texts("cut it, then export"), ["cut it", "export"]);
        assert_eq!(texts("render it and give me the link."), ["render it", "give me the link"]);
        assert_eq!(texts("sound and picture at 1.5"), ["sound and picture at 1.5"]);
        assert_eq!(texts("亮一点再发我"), ["亮一点", "发我"]);
        assert_eq!(texts("回头再改"), ["回头再改"]);
        assert_eq!(texts("1.字幕放大\n3.导出"), ["1.字幕放大", "3.导出"]);
    }

    #[test]
    fn what_is_said_is_hidden() {
        for folded in ["a card that says export now", "台词:把视频发给我,导出", "标题改成导出教程"] {
            let clauses = texts(folded).join("|");
            assert!(clauses.contains(QUOTE) && !has(&clauses, "export|导出|发给我"), "{clauses}");
        }
    }

    #[test]
    fn a_question_mark_belongs_to_the_last_clause() {
        let asked: Vec<bool> = split("cut it then is it done? ok").iter().map(|c| c.asked).collect();
        assert_eq!(asked, [false, true, false]);
    }
}
