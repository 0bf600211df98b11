//! Promises that hold for every text and every error, whichever target it comes from.

use weixin_video_core::error::{Charged, Error, Row, What};

/// Of an error's own words, in characters.
const ERROR_CHARS: usize = 2_000;

/// The text is one line, at most `most` characters, and shows what it holds.
#[track_caller]
pub(crate) fn line(text: &str, most: usize) {
    assert!(text.chars().all(is_shown), "not printable: {text:?}");
    bounded(text, most);
}

/// The same for a text of several lines.
#[track_caller]
pub(crate) fn lines(text: &str, most: usize) {
    assert!(text.split('\n').all(|line| line.chars().all(is_shown)), "not printable: {text:?}");
    bounded(text, most);
}

/// An answer that was refused or can't be read, told without a machine around it.
#[track_caller]
pub(crate) fn plain_error(error: &Error) {
    line(&error.to_string(), ERROR_CHARS);
    any_error(error);
    assert_eq!(error.charged(), Charged::No, "{error}");
    let refused = matches!(error.what(), What::Refused(_));
    assert_eq!(error.row().is_some(), refused, "{error}");
}

/// Any error has a code for programs and advice for people.
#[track_caller]
pub(crate) fn any_error(error: &Error) {
    line(&error.advice(), ERROR_CHARS);
    assert!(!error.advice().is_empty(), "no advice: {error}");
    let code = error.code();
    assert!(!code.is_empty() && code.bytes().all(|b| b.is_ascii_lowercase() || b == b'_' || b.is_ascii_digit()));
    assert_eq!(error.sending_again_is_safe(), error.charged() == Charged::No);
    if error.row() == Some(Row::RateLimited) {
        assert!(error.is_transient(), "{error}");
    }
}

#[track_caller]
fn bounded(text: &str, most: usize) {
    assert!(text.chars().count() <= most, "{} characters, at most {most}", text.chars().count());
}

/// Neither a control character, nor one that turns text around, nor an invisible one. The list is the reader's own,
/// not the product's: U+200D and U+FE0F are part of emoji.
fn is_shown(c: char) -> bool {
    !c.is_control()
        && !matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200c}' | '\u{200e}' | '\u{200f}'
            | '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}
