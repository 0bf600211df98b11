//! In which language a user writes.
//!
//! The session is opened with it, so that the agent answers in the user's words (PROTOCOL.md, row
//! "session"). Scripts decide; among the languages in Latin letters, their most frequent small words.

mod han;

pub(crate) use han::simplified;

/// How much of a message is looked at; its language doesn't change after that.
const CHARS: usize = 4_000;

/// A letter of these scripts stands for one language here.
const SCRIPTS: &[(char, char, &str)] = &[
    ('\u{0370}', '\u{03ff}', "el"),
    ('\u{0400}', '\u{04ff}', "ru"),
    ('\u{0590}', '\u{05ff}', "he"),
    ('\u{0600}', '\u{06ff}', "ar"),
    ('\u{0900}', '\u{097f}', "hi"),
    ('\u{0e00}', '\u{0e7f}', "th"),
    ('\u{1100}', '\u{11ff}', "ko"),
    ('\u{ac00}', '\u{d7a3}', "ko"),
];

/// Small words and the words of this trade, which no other language of the list writes so.
const LATIN: &[(&str, &[&str])] = &[
    (
        "es",
        &[
            "el",
            "los",
            "las",
            "una",
            "por",
            "para",
            "con",
            "y",
            "más",
            "qué",
            "cómo",
            "cuántos",
            "añade",
            "agrega",
            "quita",
            "música",
            "vídeo",
            "favor",
            "exporta",
            "sube",
            "créditos",
            "mi",
            "al",
        ],
    ),
    (
        "fr",
        &[
            "le", "les", "des", "une", "et", "avec", "pour", "sur", "du", "au", "ajoute", "ajouter", "coupe",
            "musique", "vidéo", "moi", "est", "dans", "ma", "mes", "exporte", "plaît", "s'il",
        ],
    ),
    (
        "de",
        &[
            "der", "die", "das", "und", "ein", "eine", "einen", "mit", "für", "auf", "bitte", "ist", "nicht", "den",
            "zum", "füge", "schneide", "musik", "wie", "ich", "mein", "meine", "hinzu",
        ],
    ),
    (
        "pt",
        &[
            "os",
            "uma",
            "um",
            "com",
            "não",
            "você",
            "adicione",
            "corte",
            "música",
            "meu",
            "minha",
            "ao",
            "da",
            "em",
            "por",
            "vídeo",
            "quantos",
            "créditos",
            "tenho",
        ],
    ),
    (
        "it",
        &[
            "il", "gli", "una", "per", "con", "aggiungi", "taglia", "musica", "della", "che", "mio", "video", "alla",
            "quanti", "esporta", "di", "è", "un", "le",
        ],
    ),
    (
        "en",
        &[
            "the", "a", "and", "to", "of", "my", "it", "is", "with", "for", "please", "add", "make", "cut", "video",
            "in", "on", "at", "me", "how", "what", "music", "export", "from", "this",
        ],
    ),
];

/// The language of a user's words as a BCP 47 tag; `en` when nothing tells.
///
/// One of zh-CN, zh-TW, ja, ko, en, es, fr, de, pt, it, ru, el, ar, he, hi, th. Addresses and what
/// stands in quotation marks don't count: a title in Chinese doesn't make the user write Chinese.
///
/// ```
/// use weixin_video_core::language;
///
/// assert_eq!(language::of("把片头剪掉，然后 export"), "zh-CN");
/// assert_eq!(language::of("請幫我匯出"), "zh-TW");
/// assert_eq!(language::of("add the title 「早安」"), "en");
/// assert_eq!(language::of("¿cuántos créditos me quedan?"), "es");
/// assert_eq!(language::of("🙂"), "en");
/// ```
pub fn of(text: &str) -> &'static str {
    let words = own_words(text);
    let count = |is: fn(char) -> bool| words.chars().filter(|c| is(*c)).count();
    let han = count(is_han);
    let kana = count(|c| matches!(c, '\u{3041}'..='\u{30fa}' | '\u{30fc}' | '\u{ff66}'..='\u{ff9d}'));
    let latin = words.split(|c: char| !is_latin(c)).filter(|word| !word.is_empty()).count();
    if kana >= 2 && kana * 5 >= han && kana + han > latin {
        return "ja";
    }
    let (letters, tag) = strongest_script(&words);
    if letters > han && letters > latin {
        return tag;
    }
    // A Chinese character weighs as much as a Latin word: 把final cut发我 is Chinese.
    if han > 0 && han >= latin {
        return chinese(&words);
    }
    latin_language(&words)
}

/// The message without quoted text and addresses; all of it when nothing else is there.
fn own_words(text: &str) -> String {
    let mut own = String::new();
    let mut closing = None;
    for c in text.chars().take(CHARS) {
        match closing {
            Some(end) if c == end => closing = None,
            Some(_) => {}
            None => match c {
                '「' => closing = Some('」'),
                '『' => closing = Some('』'),
                '“' => closing = Some('”'),
                '《' => closing = Some('》'),
                '"' => closing = Some('"'),
                _ => own.push(c),
            },
        }
    }
    let own: Vec<&str> = own.split_whitespace().filter(|word| !word.contains("://")).collect();
    if own.is_empty() { text.chars().take(CHARS).collect() } else { own.join(" ") }
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{20000}'..='\u{323af}')
}

fn is_latin(c: char) -> bool {
    c.is_ascii_alphabetic() || matches!(c, '\u{c0}'..='\u{24f}' | '\'' | '’')
}

fn strongest_script(words: &str) -> (usize, &'static str) {
    let letters = |first: char, last: char| words.chars().filter(|c| (first..=last).contains(c)).count();
    let scripts = SCRIPTS.iter().map(|(first, last, tag)| (letters(*first, *last), *tag));
    scripts.max_by_key(|(letters, _)| *letters).unwrap_or((0, "en"))
}

fn chinese(words: &str) -> &'static str {
    let traditional = words.chars().filter(|c| simplified(*c) != *c).count();
    let only_simplified = words.chars().filter(|c| han::is_simplified_only(*c)).count();
    if traditional > only_simplified { "zh-TW" } else { "zh-CN" }
}

fn latin_language(words: &str) -> &'static str {
    let words = words.to_lowercase();
    let words: Vec<&str> = words.split(|c: char| !is_latin(c)).collect();
    let known = |list: &[&str]| words.iter().filter(|word| list.contains(word)).count();
    // The last of several equals wins, and English stands last.
    let scored = LATIN.iter().map(|(tag, list)| (known(list), *tag));
    scored.max_by_key(|(score, _)| *score).map_or("en", |(_, tag)| tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_tell() {
        for (text, tag) in [
            ("a.mp4をアップロードして", "ja"),
            ("書き出してください", "ja"),
            ("동영상을 내보내 줘", "ko"),
            ("экспортируй видео", "ru"),
            ("ส่งออกวิดีโอ", "th"),
            ("صدّر الفيديو", "ar"),
            ("timeline上现在有几个clip", "zh-CN"),
            ("匯入 intro.mov", "zh-TW"),
            ("太暗了,調亮一點", "zh-TW"),
            ("换成の字", "zh-CN"),
        ] {
            assert_eq!(of(text), tag, "{text}");
        }
    }

    #[test]
    fn small_words_tell() {
        for (text, tag) in [
            ("añade música suave al principio", "es"),
            ("exporta el video en 1080p por favor", "es"),
            ("ajoute une musique douce au début", "fr"),
            ("füge bitte einen Titel hinzu", "de"),
            ("adicione uma música no começo", "pt"),
            ("aggiungi il titolo alla fine", "it"),
            ("trim it", "en"),
            ("go", "en"),
            ("", "en"),
        ] {
            assert_eq!(of(text), tag, "{text}");
        }
    }

    #[test]
    fn what_is_quoted_is_not_the_users_language() {
        assert_eq!(of("the title should say “早上好，朋友们”"), "en");
        assert_eq!(of("加个标题 \"Good morning my friends\""), "zh-CN");
        assert_eq!(of("「早安」"), "zh-CN");
    }
}
