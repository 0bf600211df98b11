//! From a person's words to a destination.

use super::Destination;

/// A message that names a place is short; what follows isn't looked at. In characters.
const LOOKED_AT: usize = 400;

/// The one destination that the words name.
///
/// The longest name wins over those within it (企业微信 over 微信); two places apart from each other are no answer.
pub(super) fn find<'a>(destinations: &'a [Destination], words: &str) -> Option<&'a Destination> {
    let said = folded(&words.chars().take(LOOKED_AT).collect::<String>());
    let mut names = names(destinations);
    if let Some((_, exact)) = names.iter().find(|(name, _)| *name == said) {
        return Some(exact);
    }
    names.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
    let mut rest = said;
    let mut found: Option<&Destination> = None;
    for (name, destination) in &names {
        while let Some(at) = place(&rest, name) {
            if found.is_some_and(|other| other.id != destination.id) {
                return None;
            }
            found = Some(destination);
            // A mark that is in no name keeps what stood on both sides apart.
            rest.replace_range(at..at + name.len(), "\u{1}");
        }
    }
    found
}

fn names(destinations: &[Destination]) -> Vec<(String, &Destination)> {
    let of = |destination: &Destination| {
        let own = [&destination.id, &destination.title, &destination.title_zh];
        own.into_iter().map(|name| folded(name)).chain(destination.words.iter().cloned()).collect::<Vec<_>>()
    };
    destinations.iter().flat_map(|one| of(one).into_iter().map(move |name| (name, one))).collect()
}

/// Small letters, full-width ones made plain, and one space where there are several, a hyphen or an underscore.
pub(super) fn folded(text: &str) -> String {
    let plain = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '-' | '_' | '\u{3000}' => ' ',
        other => other,
    };
    let text: String = text.chars().map(plain).flat_map(char::to_lowercase).map(plain).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Where a name stands; one in Latin letters only as whole words.
fn place(text: &str, name: &str) -> Option<usize> {
    let latin = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    text.match_indices(name).map(|(at, _)| at).find(|at| {
        let before = latin(name.chars().next()) && latin(text[..*at].chars().next_back());
        let after = latin(name.chars().next_back()) && latin(text[at + name.len()..].chars().next());
        !before && !after
    })
}

#[cfg(test)]
mod tests {
    use crate::Destinations;

    fn found(words: &str) -> Option<&'static str> {
        Destinations::built_in().find(words).map(|destination| destination.id.as_str())
    }

    #[test]
    fn people_name_places_in_many_ways() {
        let cases = [
            ("chat", "chat"),
            ("chat-hd", "chat-hd"),
            ("CHAT_HD", "chat-hd"),
            ("WeChat", "chat"),
            ("发给微信好友", "chat"),
            ("家长群", "chat"),
            ("朋友圈", "moments"),
            ("發到朋友圈", "moments"),
            ("WeChat Moments", "moments"),
            ("for my Moments, please", "moments"),
            ("ＭＯＭＥＮＴＳ", "moments"),
            ("视频号", "channels"),
            ("視頻號", "channels"),
            ("as a file", "file"),
            ("以文件形式发送", "file"),
            ("公众号", "article"),
            ("Official Account", "article"),
            ("订阅号", "article"),
            ("客服消息", "service"),
            ("企业微信", "wecom"),
            ("企微", "wecom"),
            ("企业微信朋友圈", "wecom-moments"),
            ("wecom moments", "wecom-moments"),
            ("微信小店", "store"),
            ("小程序", "mini-program"),
        ];
        for (words, id) in cases {
            assert_eq!(found(words), Some(id), "{words}");
        }
    }

    #[test]
    fn no_place_and_two_places_are_no_answer() {
        for words in ["", " ", "Vimeo", "wechatter", "朋友圈还是视频号", "moments and channels", "\u{1}"] {
            assert_eq!(found(words), None, "{words}");
        }
        assert_eq!(found(&"moments ".repeat(100_000)), Some("moments"));
    }
}
