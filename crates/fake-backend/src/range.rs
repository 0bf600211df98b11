//! One byte range of a file, by the rules of RFC 9110.

/// What a request wants of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Want {
    Whole,
    /// First byte, and how many: never none.
    Part(u64, u64),
    /// 416
    Unsatisfiable,
}

/// `Range` as one range of `len` bytes. What isn't understood, several ranges among it, is ignored as the RFC allows.
pub(crate) fn want(range: Option<&str>, len: u64) -> Want {
    let Some((first, last)) =
        range.and_then(|range| range.strip_prefix("bytes=")).and_then(|spec| spec.split_once('-'))
    else {
        return Want::Whole;
    };
    match (number(first), number(last)) {
        (Some(first), _) if first >= len && (last.is_empty() || number(last).is_some_and(|last| last >= first)) => {
            Want::Unsatisfiable
        }
        (Some(first), None) if last.is_empty() => Want::Part(first, len - first),
        (Some(first), Some(last)) if first <= last => Want::Part(first, last.min(len - 1) - first + 1),
        (None, Some(suffix)) if first.is_empty() => match suffix.min(len) {
            0 => Want::Unsatisfiable,
            suffix => Want::Part(len - suffix, suffix),
        },
        _ => Want::Whole,
    }
}

/// Digits only: `parse` alone would take a plus sign.
fn number(text: &str) -> Option<u64> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_of_a_thousand_bytes() {
        for (range, wanted) in [
            ("bytes=0-", Want::Part(0, 1000)),
            ("bytes=0-0", Want::Part(0, 1)),
            ("bytes=999-", Want::Part(999, 1)),
            ("bytes=10-19", Want::Part(10, 10)),
            ("bytes=990-5000", Want::Part(990, 10)),
            ("bytes=-1", Want::Part(999, 1)),
            ("bytes=-5000", Want::Part(0, 1000)),
            ("bytes=1000-", Want::Unsatisfiable),
            ("bytes=1000-2000", Want::Unsatisfiable),
            ("bytes=-0", Want::Unsatisfiable),
            ("bytes=5-4", Want::Whole),
            ("bytes=2000-1000", Want::Whole),
            ("bytes=0-1,5-6", Want::Whole),
            ("bytes=+1-2", Want::Whole),
            ("bytes=-", Want::Whole),
            ("bytes=", Want::Whole),
            ("lines=0-1", Want::Whole),
        ] {
            assert_eq!(want(Some(range), 1000), wanted, "{range}");
        }
        assert_eq!(want(None, 1000), Want::Whole);
    }

    #[test]
    fn nothing_of_an_empty_file_can_be_had() {
        assert_eq!(want(Some("bytes=0-"), 0), Want::Unsatisfiable);
        assert_eq!(want(Some("bytes=-5"), 0), Want::Unsatisfiable);
        assert_eq!(want(None, 0), Want::Whole);
    }
}
