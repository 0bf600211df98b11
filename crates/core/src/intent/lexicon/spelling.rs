//! Slips of the pen in the words that matter.

/// The words that decide where a message goes, and that few other words resemble.
const ROUTED: &[&str] = &[
    "export",
    "upload",
    "download",
    "credits",
    "balance",
    "account",
    "status",
    "render",
    "preview",
    "timeline",
    "progress",
    "finished",
    "points",
    "import",
    "subscription",
    "send",
    "remaining",
    "project",
    "subtitles",
    "video",
];

/// Other words that a slip would make of them.
const OTHERS: &[&str] = &[
    "expert",
    "extort",
    "uploads",
    "downloads",
    "statue",
    "statues",
    "reader",
    "lender",
    "sender",
    "gender",
    "tender",
    "render's",
    "import's",
    "paints",
    "joints",
    "prints",
    "amount",
    "impart",
    "wideo",
    "sent",
    "end",
    "spend",
    "sand",
    "bend",
    "lend",
    "tend",
    "mend",
    "seed",
    "sends",
    "credit",
    "status's",
    "accounts",
    "videos",
    "projects",
    "previews",
    "exports",
    "imports",
    "renders",
    "pints",
    "reminding",
    "finishes",
    "finisher",
    "stats",
];

/// The routed word that `word` was meant to be, with one letter missing, doubled, swapped or beside the right key.
pub(super) fn meant(word: &str) -> Option<&'static str> {
    if !word.is_ascii() || word.len() < 4 || word.len() > 14 || OTHERS.contains(&word) {
        return None;
    }
    if word.starts_with("credits") {
        return Some("credits");
    }
    ROUTED.iter().copied().find(|routed| is_slip(word.as_bytes(), routed.as_bytes()))
}

fn is_slip(word: &[u8], meant: &[u8]) -> bool {
    if word.len().abs_diff(meant.len()) > 1 || word.first() != meant.first() {
        return false;
    }
    let same = word.iter().zip(meant).take_while(|(a, b)| a == b).count();
    let (word, meant) = (&word[same..], &meant[same..]);
    let swapped = matches!((word, meant), ([a, b, w @ ..], [c, d, m @ ..]) if a == d && b == c && w == m);
    // A letter more at the end is an inflection: exports.
    let doubled = !meant.is_empty() && word.get(1..) == Some(meant);
    let missing = meant.get(1..) == Some(word);
    let beside =
        matches!((word, meant), ([a, w @ ..], [c, m @ ..]) if w == m && !m.is_empty() && are_neighbours(*a, *c));
    swapped || doubled || missing || beside
}

/// Whether two keys touch on a keyboard.
fn are_neighbours(a: u8, b: u8) -> bool {
    const ROWS: [&[u8]; 3] = [b"qwertyuiop", b"asdfghjkl", b"zxcvbnm"];
    let place =
        |key: u8| ROWS.iter().enumerate().find_map(|(row, keys)| Some((row, keys.iter().position(|k| *k == key)?)));
    match (place(a), place(b)) {
        (Some((row, at)), Some((other, beside))) => row.abs_diff(other) <= 1 && at.abs_diff(beside) <= 1,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_seen_and_other_words_are_left() {
        for (word, expected) in [
            ("exoprt", Some("export")),
            ("expirt", Some("export")),
            ("uplaod", Some("upload")),
            ("upliad", Some("upload")),
            ("downlod", Some("download")),
            ("sttatus", Some("status")),
            ("creditsleft", Some("credits")),
            ("expert", None),
            ("credit", None),
            ("statue", None),
            ("amount", None),
        ] {
            assert_eq!(meant(word), expected, "{word}");
        }
    }
}
