//! The error message the agent appends to replies that went well.

use super::pieces::{Line, Text};
use crate::planted;

/// The message itself; one of these must be there.
const MESSAGES: &[&str] = &[
    "i encountered a temporary issue",
    "i've encountered a temporary issue",
    "我遇到了临时问题",
    "我遇到了一个临时问题",
    "我遇到了暂时的问题",
    "遇到临时问题",
    "我遇到了临时性问题",
    "我遇到了一些临时问题",
    "something went wrong",
    "an unexpected error occurred",
    "an error occurred",
    "a temporary error occurred",
    "i ran into a temporary issue",
    "i ran into a temporary problem",
    "i encountered a temporary problem",
    "i encountered a temporary error",
    "i encountered an issue",
    "i encountered an error",
    "i'm experiencing a temporary issue",
    "系统出现临时错误",
    "系统出现临时问题",
    "出现了临时错误",
    "出现临时错误",
    "发生了临时错误",
    "发生临时错误",
    "出现了临时问题",
    "出现临时问题",
    "服务暂时不可用",
    "遇到了临时问题",
    "遇到了临时错误",
    "遇到临时错误",
    "遇到暂时性问题",
    "遇到了暂时性问题",
];

/// What may stand around it; anything more is content, such as the name of a file or scene.
const AROUND: &[&str] = &[
    "please try again in a few minutes",
    "please try again in a few moments",
    "please try again in a moment",
    "please try again shortly",
    "on my side",
    "on my end",
    "while processing your request",
    "at the moment",
    "系统",
    "请稍后再次尝试",
    "请您稍后再试",
    "请过一会儿再试",
    "请稍等片刻后重试",
    "please try again later",
    "please try again",
    "try again later",
    "try again",
    "i'm sorry",
    "sorry",
    "i apologize",
    "apologies",
    "unfortunately",
    "but",
    "and",
    "很抱歉",
    "抱歉",
    "不好意思",
    "请稍后再试",
    "请稍后重试",
    "请稍候再试",
    "稍后再试",
    "请重试",
    "请再试一次",
    "再试一次",
];

/// For each line, which of its sentences are noise. None are when the reply says nothing else.
pub(super) fn find(text: &Text, lines: &[Line]) -> Vec<Vec<bool>> {
    let (mut noise, content) = marked(text, lines);
    if !content || planted!(ApologyShown) {
        noise.iter_mut().flatten().for_each(|is_noise| *is_noise = false);
    }
    noise
}

/// Whether the reply is the message and nothing else.
pub(super) fn is_all(text: &Text, lines: &[Line]) -> bool {
    let (noise, content) = marked(text, lines);
    !content && noise.iter().flatten().any(|is_noise| *is_noise)
}

/// For each line, which of its sentences are noise; and whether anything else is there.
fn marked(text: &Text, lines: &[Line]) -> (Vec<Vec<bool>>, bool) {
    let mut after_noise = false;
    let mut content = false;
    let mut noise = Vec::with_capacity(lines.len());
    for line in lines {
        let mut found = Vec::with_capacity(line.sentences.len());
        for sentence in &line.sentences {
            let words = text.folded(sentence.span.clone());
            let (message, bare) = without_known(&words);
            let is_noise = bare && (message || after_noise);
            after_noise = is_noise;
            content |= !is_noise && words.contains(char::is_alphanumeric);
            found.push(is_noise);
        }
        noise.push(found);
    }
    (noise, content)
}

/// Whether the message is there, and whether nothing but known words is.
fn without_known(words: &str) -> (bool, bool) {
    let mut rest = words.to_owned();
    for message in MESSAGES {
        rest = rest.replace(message, " ");
    }
    let message = rest != words;
    for around in AROUND {
        rest = rest.replace(around, " ");
    }
    (message, rest != words && !rest.contains(char::is_alphanumeric))
}
