//! From bytes in an encoding that nobody names to text.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

/// So many bytes beyond ASCII tell the language of a text.
const TELLING: usize = 30;

/// The text, by its byte order mark, else by what its bytes can be. Bytes that are no character of it are shown as such.
pub(super) fn text(bytes: &[u8]) -> Result<String, String> {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return Ok(decoded(encoding, &bytes[mark..]));
    }
    if bytes.contains(&0) {
        return wide(bytes).map(|encoding| decoded(encoding, bytes)).ok_or_else(|| "it is no text".to_owned());
    }
    Ok(decoded(if is_utf8(bytes) { UTF_8 } else { guessed(bytes) }, bytes))
}

fn decoded(encoding: &'static Encoding, bytes: &[u8]) -> String {
    encoding.decode_without_bom_handling(bytes).0.into_owned()
}

/// UTF-16 without a mark: digits and line ends have a zero in every other byte, always on the same side.
fn wide(bytes: &[u8]) -> Option<&'static Encoding> {
    let zeros = |first: usize| bytes.iter().skip(first).step_by(2).filter(|byte| **byte == 0).count();
    let (high_first, low_first) = (zeros(0), zeros(1));
    match bytes.len() / 8 {
        enough if low_first > enough && high_first == 0 => Some(UTF_16LE),
        enough if high_first > enough && low_first == 0 => Some(UTF_16BE),
        _ => None,
    }
}

/// Also when a few characters are broken, as where a file was cut off.
fn is_utf8(bytes: &[u8]) -> bool {
    let (mut rest, mut whole, mut broken) = (bytes, 0, 0);
    loop {
        let (valid, bad) = match std::str::from_utf8(rest) {
            Ok(valid) => (valid, None),
            Err(error) => {
                let (valid, after) = rest.split_at(error.valid_up_to());
                let skip = error.error_len().unwrap_or(after.len());
                (std::str::from_utf8(valid).unwrap_or_default(), Some(&after[skip..]))
            }
        };
        whole += valid.chars().filter(|c| !c.is_ascii()).count();
        let Some(after) = bad else { return broken == 0 || whole > broken * 10 };
        broken += 1;
        rest = after;
    }
}

/// A file of a few words says too little of itself; one that reaches this program is then from mainland China.
fn guessed(bytes: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    let telling = bytes.iter().filter(|byte| !byte.is_ascii()).count();
    let home = (telling < TELLING).then_some(&b"cn"[..]);
    detector.guess(home, Utf8Detection::Deny)
}

#[cfg(test)]
mod tests {
    use super::*;
    use encoding_rs::{BIG5, GB18030, SHIFT_JIS, WINDOWS_1252};

    #[test]
    fn the_encoding_is_found_by_the_bytes() {
        let cases = [
            (GB18030, "1\r\n00:00:01,000 --> 00:00:02,000\r\n今天天气很好\r\n"),
            (GB18030, "1\n00:00:01,000 --> 00:00:02,000\n早安\n"),
            (GB18030, "1\n00:00:01,000 --> 00:00:02,000\nHi 𠀀 你好，世界\n"),
            (GB18030, "1\n00:00:01,000 --> 00:00:02,000\n大家好，欢迎来到我的频道，今天我们来做一个蛋糕。\n"),
            (GB18030, "1\n00:00:01,000 --> 00:00:02,000\n鑫淼焱垚犇羴麤龘靐飝，尛兲兙兛嘦嫑嘂巭孬\n"),
            (BIG5, "1\n00:00:01,000 --> 00:00:02,000\n這裡是繁體中文的字幕，我們說話的時候\n"),
            (SHIFT_JIS, "1\n00:00:01,000 --> 00:00:02,000\nこれは日本語のテストです。ありがとう\n"),
            (WINDOWS_1252, "1\n00:00:01,000 --> 00:00:02,000\nEl niño comió después, ¿verdad?\n"),
        ];
        for (encoding, said) in cases {
            let (bytes, _, lost) = encoding.encode(said);
            assert!(!lost);
            assert_eq!(text(&bytes).as_deref(), Ok(said), "{}", encoding.name());
        }
    }

    #[test]
    fn unicode_is_found_with_and_without_a_mark() {
        let said = "1\n00:00:01,000 --> 00:00:02,000\n早安，world\n";
        let wide = |to: fn(u16) -> [u8; 2]| said.encode_utf16().flat_map(to).collect::<Vec<u8>>();
        let (little, big) = (wide(u16::to_le_bytes), wide(u16::to_be_bytes));
        for bytes in [
            said.as_bytes().to_vec(),
            [b"\xef\xbb\xbf", said.as_bytes()].concat(),
            [b"\xff\xfe", &little[..]].concat(),
            [b"\xfe\xff", &big[..]].concat(),
            little,
            big,
        ] {
            assert_eq!(text(&bytes).as_deref(), Ok(said));
        }
        let mut cut = "早安，世界，今天天气很好，我们去公园".as_bytes().to_vec();
        cut.pop();
        assert_eq!(text(&cut).unwrap(), "早安，世界，今天天气很好，我们去公\u{fffd}");
        assert_eq!(text(b"\0\0\0\x18ftyp"), Err("it is no text".to_owned()));
    }
}
