//! Slips of the pen in the words that matter.

/// The words that decide where a message goes.
const ROUTED: &[&str] = &["export", "upload", "download", "credits", "balance", "status", "render"];

/// The routed word that `word` was meant to be, with one letter missing, doubled or swapped; any
/// other word as it is.
pub(super) fn meant(word: &str) -> &str {
    let glued = |routed: &str| routed == "credits" && word.starts_with(routed);
    let routed = ROUTED.iter().find(|routed| glued(routed) || is_slip(word, routed));
    routed.map_or(word, |routed| *routed)
}

fn is_slip(word: &str, meant: &str) -> bool {
    if !word.is_ascii() || word.len().abs_diff(meant.len()) > 1 {
        return false;
    }
    let (word, meant) = (word.as_bytes(), meant.as_bytes());
    let same = word.iter().zip(meant).take_while(|(a, b)| a == b).count();
    let (word, meant) = (&word[same..], &meant[same..]);
    let swapped = matches!((word, meant), ([a, b, w @ ..], [c, d, m @ ..]) if a == d && b == c && w == m);
    // A letter more at the end is an inflection: exports.
    let doubled = !meant.is_empty() && word.get(1..) == Some(meant);
    let missing = !word.is_empty() && meant.get(1..) == Some(word);
    swapped || doubled || missing
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_seen_and_other_words_are_left() {
        for (word, expected) in [
            ("exoprt", "export"),
            ("uplaod", "upload"),
            ("downlod", "download"),
            ("sttatus", "status"),
            ("creditsleft", "credits"),
            ("exports", "exports"),
            ("expert", "expert"),
            ("credit", "credit"),
            ("statue", "statue"),
        ] {
            assert_eq!(meant(word), expected);
        }
    }
}
