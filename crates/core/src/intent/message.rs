//! Takes a message apart: addresses, file names and quotations are replaced by marks, the rest is
//! folded to one spelling.

use crate::language::simplified;
use crate::media;

/// Stands for a file in the folded text; its number follows as that many characters from here on.
pub(super) const ITEM: char = '\u{e000}';

/// Stands for a quotation.
pub(super) const QUOTE: char = '\u{e001}';

/// Carries the number of an item: the character `NUMBERS + n`.
const NUMBERS: u32 = 0xe100;

/// More addresses and files than this are not taken over in one message.
const ITEMS: usize = 500;

/// The longest unquoted path in characters.
const NAME_CHARS: usize = 400;

/// The longest name or quotation in characters; a longer one is two apostrophes that happen to match.
const QUOTED_CHARS: usize = 400;

/// Extensions of material besides the ones an upload takes: naming such a file still means a file.
const OTHER_EXTENSIONS: &[&str] =
    &["srt", "ass", "heic", "flv", "wmv", "flac", "ogg", "svg", "psd", "pdf", "txt", "docx", "zip"];

/// Words that stand before a file name without a space.
const LEADING: &[&str] = &[
    "上传", "上傳", "导入", "導入", "匯入", "汇入", "添加", "加入", "插入", "使用", "素材", "文件", "档案", "檔案",
    "视频", "影片", "字幕", "这是", "這是", "把", "将", "將", "用", "加", "是", "传", "請", "请",
];

/// An address or a file named in a message.
pub(super) struct Item {
    /// Spelled as in the message.
    pub(super) text: String,
    /// Whether it was quoted or has a folder in front.
    pub(super) is_path: bool,
}

impl Item {
    /// Addresses have a scheme.
    pub(super) fn is_url(&self) -> bool {
        self.text.contains("://")
    }
}

/// A message taken apart.
pub(super) struct Message {
    /// Small letters, half-width forms, simplified characters; marks for what was taken out.
    pub(super) folded: String,
    /// What the marks stand for.
    pub(super) items: Vec<Item>,
}

impl Message {
    pub(super) fn read(text: &str) -> Self {
        let mut reader = Reader { items: Vec::new(), out: String::new() };
        let mut rest = text;
        let mut before = None;
        while let Some(c) = rest.chars().next() {
            let taken = reader.take(before, rest);
            if taken == 0 {
                reader.push(c);
            }
            let (done, left) = rest.split_at(if taken == 0 { c.len_utf8() } else { taken });
            before = done.chars().next_back();
            rest = left;
        }
        Self { folded: closed_up(&reader.out), items: reader.items }
    }
}

/// 导 出: Chinese characters typed one by one are words again.
fn closed_up(folded: &str) -> String {
    if !folded.contains(' ') {
        return folded.to_owned();
    }
    let is_han = |c: Option<char>| c.is_some_and(|c| matches!(c, '\u{4e00}'..='\u{9fff}'));
    let chars: Vec<char> = folded.chars().collect();
    let apart = |at: usize| {
        let (before, after) = (chars.get(at.wrapping_sub(2)).copied(), chars.get(at + 2).copied());
        chars[at] == ' '
            && is_han(chars.get(at.wrapping_sub(1)).copied())
            && is_han(chars.get(at + 1).copied())
            && !is_han(before)
            && !is_han(after)
    };
    if (0..chars.len()).any(apart) {
        (0..chars.len()).filter(|at| !apart(*at)).map(|at| chars[at]).collect()
    } else {
        folded.to_owned()
    }
}

/// The numbers of the items in a piece of folded text.
pub(super) fn numbers(folded: &str) -> Vec<usize> {
    let numbers = folded.chars().filter_map(|c| (c as u32).checked_sub(NUMBERS));
    numbers.map(|number| number as usize).filter(|number| *number < ITEMS).collect()
}

/// Folded text for people: marks become an ellipsis.
pub(super) fn without_marks(folded: &str) -> String {
    let shown = folded.chars().filter(|c| !is_number(*c));
    shown.map(|c| if matches!(c, ITEM | QUOTE) { '…' } else { c }).collect()
}

/// Whether a character is the number of an item.
pub(super) fn is_number(c: char) -> bool {
    (c as u32).checked_sub(NUMBERS).is_some_and(|number| (number as usize) < ITEMS)
}

struct Reader {
    items: Vec<Item>,
    out: String,
}

impl Reader {
    /// Takes an address, a quotation or a file from the start of `rest`; says how many bytes.
    fn take(&mut self, before: Option<char>, rest: &str) -> usize {
        if let Some((inner, whole)) = quotation(before, rest) {
            if is_file_name(inner) || address(inner).is_some_and(|url| url.len() == inner.len()) {
                self.item(inner, true);
            } else {
                self.out.push_str(&format!(" {QUOTE} "));
            }
            return whole;
        }
        if before.is_some_and(in_name) && !starts_after_script_change(before, rest) {
            return 0;
        }
        if let Some(url) = address(rest) {
            self.item(url, true);
            return url.len();
        }
        match file(rest) {
            Some(name) => {
                let bare = without_leading_words(name);
                let skipped = &name[..name.len() - bare.len()];
                skipped.chars().for_each(|c| self.push(c));
                self.item(bare, has_folder(bare));
                name.len()
            }
            None => 0,
        }
    }

    fn item(&mut self, text: &str, is_path: bool) {
        let number = self.items.len();
        if number >= ITEMS {
            return;
        }
        self.items.push(Item { text: text.to_owned(), is_path });
        let code = NUMBERS + u32::try_from(number).unwrap_or_default();
        let number = char::from_u32(code).unwrap_or(ITEM);
        self.out.push_str(&format!(" {ITEM}{number} "));
    }

    /// Folds one character.
    fn push(&mut self, c: char) {
        match c {
            // The marks are ours; a message that holds one has written nonsense there.
            '\u{e000}'..='\u{f8ff}' => self.out.push(' '),
            '\u{ff01}'..='\u{ff5e}' => {
                let half = char::from_u32(c as u32 - 0xfee0).unwrap_or(c);
                self.out.extend(half.to_lowercase());
            }
            '\u{3000}' => self.out.push(' '),
            '’' | '‘' => self.out.push('\''),
            _ => self.out.extend(simplified(c).to_lowercase()),
        }
    }
}

/// A quotation at the start of `rest`: what is inside, and the bytes of the whole.
fn quotation(before: Option<char>, rest: &str) -> Option<(&str, usize)> {
    let open = rest.chars().next()?;
    let close = match open {
        '「' => '」',
        '『' => '』',
        '“' => '”',
        '《' => '》',
        '‘' => '’',
        '"' | '`' => open,
        // An apostrophe opens only where no word goes on.
        '\'' if !before.is_some_and(char::is_alphanumeric) => open,
        _ => return None,
    };
    let inner = &rest[open.len_utf8()..];
    let ends = |(at, c): &(usize, char)| {
        let next = inner[at + c.len_utf8()..].chars().next();
        *c == close && (close != '\'' || !next.is_some_and(|c| c.is_ascii_alphanumeric()))
    };
    let (end, _) = inner.char_indices().take(QUOTED_CHARS).find(ends)?;
    (end > 0).then(|| (&inner[..end], open.len_utf8() + end + close.len_utf8()))
}

/// An address with a scheme at the start of `rest`.
fn address(rest: &str) -> Option<&str> {
    let is_scheme = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
    let scheme = rest.find(|c| !is_scheme(c)).filter(|end| (2..=12).contains(end))?;
    let after = rest[scheme..].strip_prefix("://")?;
    let local = rest.starts_with("file:");
    let ends =
        |c: char| c.is_whitespace() || matches!(c, '"' | '<' | '>' | '`') || (!c.is_ascii() && (!local || !in_name(c)));
    let length = after.find(ends).unwrap_or(after.len());
    let url = &rest[..scheme + 3 + length];
    let url = url.trim_end_matches(['.', ',', ';', ':', '!', '?', ')', '\'', ']', '}']);
    (url.len() > scheme + 3).then_some(url)
}

/// Where the longest name ends.
fn name_end(rest: &str) -> usize {
    rest.char_indices().nth(NAME_CHARS).map_or(rest.len(), |(end, _)| end)
}

/// A file name or path at the start of `rest`.
fn file(rest: &str) -> Option<&str> {
    let drive = rest
        .as_bytes()
        .get(..3)
        .is_some_and(|start| start[0].is_ascii_alphabetic() && start[1] == b':' && matches!(start[2], b'\\' | b'/'));
    let from = if drive { 2 } else { 0 };
    let mut chars = rest[from..].char_indices().take(NAME_CHARS);
    let length = chars.find(|(_, c)| !in_name(*c)).map_or_else(|| name_end(&rest[from..]), |(end, _)| end) + from;
    let length = if drive { with_spaces(rest, length) } else { length };
    let token = &rest[..length];
    if let Some(end) = extension_end(token) {
        return Some(&token[..end]);
    }
    let rooted = ["~/", "./", "../", "/"].iter().find_map(|root| token.strip_prefix(root));
    let below = rooted.or_else(|| token.get(3..).filter(|_| drive))?;
    let path = token.trim_end_matches(['.', '-']);
    (below.len() > 1 && (rooted.is_none() || !token.starts_with('/') || below.contains('/'))).then_some(path)
}

/// The length of a path whose folders have spaces in their names: what stands behind a space goes on with a backslash.
fn with_spaces(rest: &str, length: usize) -> usize {
    let mut length = length;
    while extension_end(&rest[..length]).is_none() && rest[length..].starts_with(' ') {
        let more = rest[length + 1..].find(|c| !in_name(c)).unwrap_or(rest.len() - length - 1);
        if !rest[length + 1..][..more].contains('\\') {
            break;
        }
        length += 1 + more;
    }
    length
}

/// Where the first known extension in a token ends.
fn extension_end(token: &str) -> Option<usize> {
    token.match_indices('.').find_map(|(dot, _)| {
        let after = &token[dot + 1..];
        let length = after.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(after.len());
        let follows = after[length..].chars().next();
        let whole = !follows.is_some_and(|c| matches!(c, '.' | '_' | '-' | '/' | '\\'))
            || follows == Some('.') && after[length + 1..].is_empty();
        let stem = token[..dot].rsplit(['/', '\\']).next().unwrap_or_default();
        let known = is_extension(&after[..length].to_ascii_lowercase());
        (known && whole && !stem.is_empty()).then_some(dot + 1 + length)
    })
}

fn is_extension(extension: &str) -> bool {
    OTHER_EXTENSIONS.contains(&extension) || media::FORMATS.iter().any(|format| format.extension == extension)
}

/// A whole quotation that is a file name, possibly with spaces.
fn is_file_name(text: &str) -> bool {
    let extension = text.rsplit_once('.').map(|(stem, end)| (stem.is_empty(), end.to_lowercase()));
    !text.contains('\n') && extension.is_some_and(|(bare, end)| !bare && is_extension(&end))
}

fn has_folder(name: &str) -> bool {
    name.contains(['/', '\\'])
}

/// Whether a character can stand in an unquoted file name.
fn in_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '/' | '\\' | '~' | '+' | '@' | '%' | '#' | '&' | '=')
}

/// 上传vlog.mp4: a name may begin where Chinese ends.
fn starts_after_script_change(before: Option<char>, rest: &str) -> bool {
    before.is_some_and(|c| !c.is_ascii()) && rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '/')
}

fn without_leading_words(name: &str) -> &str {
    let mut bare = name;
    while let Some(rest) = LEADING.iter().find_map(|word| bare.strip_prefix(word)) {
        if rest.starts_with('.') {
            break;
        }
        bare = rest;
    }
    bare
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items(text: &str) -> Vec<String> {
        Message::read(text).items.into_iter().map(|item| item.text).collect()
    }

    #[test]
    fn names_and_addresses_are_exact() {
        for (text, expected) in [
            ("see https://a.example/x.mp4, please", vec!["https://a.example/x.mp4"]),
            ("链接:https://a.example/x.mp4，然后剪", vec!["https://a.example/x.mp4"]),
            ("(http://a.example/s?x=1&y=2)", vec!["http://a.example/s?x=1&y=2"]),
            ("上传vlog.mp4", vec!["vlog.mp4"]),
            ("上传 探店.mp4。", vec!["探店.mp4"]),
            ("put \"my clip.mov\" in", vec!["my clip.mov"]),
            ("D:\\v\\a b", vec!["D:\\v\\a"]),
            ("~/clips/day1 and ../x", vec!["~/clips/day1"]),
            ("a.mp4をアップロード", vec!["a.mp4"]),
            ("a.tar.mp4.", vec!["a.tar.mp4"]),
            ("make it 9/16 and/or .mp4 v1.5", vec![]),
        ] {
            assert_eq!(items(text), expected, "{text}");
        }
    }

    #[test]
    fn quotations_are_hidden_and_apostrophes_are_none() {
        let folded = Message::read("Don't say 'export it' – it's “导出” time").folded;
        assert!(!folded.contains("export") && !folded.contains('导'));
        assert!(folded.contains("don't say") && folded.contains("it's"));
    }

    #[test]
    fn folding_gives_one_spelling() {
        assert_eq!(Message::read("ＥＸＰＯＲＴ　匯出").folded, "export 汇出");
        assert_eq!(Message::read("\u{e000}\u{e100}").folded.trim(), "");
    }
}
