//! Cuts a message into clauses.

use super::lexicon::*;

/// A clause: its words, and how it stands in the message.
#[derive(Clone, Debug)]
pub(super) struct Clause {
    pub(super) words: Vec<Token>,
    /// Whether it ends with a question mark.
    pub(super) asked: bool,
}

/// The longest clause, in words.
const LONGEST: usize = 150;

/// What may begin a clause after `and`.
const VERBS: Class = EXPORT.or(SEND).or(UPLOAD).or(EDIT).or(CHECK).or(SAVE).or(WHAT).or(MONEY).or(STATUS);

/// What a step of its own has.
const CONTENT: Class =
    EXPORT.or(SEND).or(UPLOAD).or(EDIT).or(CHECK).or(SAVE).or(MEDIA).or(MONEY).or(READY).or(LEFT).or(NUMBER);

/// The clauses of a folded message, in order, none of them empty.
pub(super) fn split(folded: &str, tokens: &[Token]) -> Vec<Clause> {
    let mut splitter =
        Splitter { folded, kana: folded.contains(is_kana), clauses: Vec::new(), clause: Vec::new(), seen: NOTHING };
    let mut at = 0;
    while at < tokens.len() {
        at = splitter.take(tokens, at);
    }
    splitter.end(false);
    splitter.clauses
}

struct Splitter<'a> {
    folded: &'a str,
    /// Japanese has other words for speaking.
    kana: bool,
    clauses: Vec<Clause>,
    clause: Vec<Token>,
    /// All that the words of the clause so far mean.
    seen: Class,
}

impl Splitter<'_> {
    /// Takes the word at `at`; says where to go on.
    fn take(&mut self, tokens: &[Token], at: usize) -> usize {
        let token = tokens[at];
        let next = tokens.get(at + 1).copied();
        if token.class.is(SPACE) {
            if self.pauses() {
                self.end(false);
            }
        } else if token.class.is(STOP) {
            self.end(token.class.is(ASKED));
        } else if self.announces(token, next) {
            let line = tokens[at..].iter().position(|token| self.text(*token) == "\n");
            let follows = tokens.get(at + 2).is_some_and(|token| !token.class.is(MEDIA | QUOTED | STOP));
            self.push(token);
            if follows {
                self.push(Token { class: QUOTED, ..token });
                return line.map_or(tokens.len(), |line| at + line);
            }
        } else if self.says(token) && !rest_of_clause(tokens, at).iter().any(|token| token.class.is(MEDIA)) {
            self.push(token);
            self.push(Token { class: QUOTED, ..token });
            return at + 1 + rest_of_clause(tokens, at).len();
        } else if self.opens(token, next) {
            self.end(false);
        } else if token.class.is(THEN) || self.joins(token, spoken(tokens, at)) {
            self.end(false);
            // 最后放一张 x.png: also a place.
            if self.text(token) == "最后" && next.is_some_and(|next| !next.class.is(EXPORT | UPLOAD)) {
                self.push(Token { class: PLACE, ..token });
            }
        } else if self.begins(token, next) {
            self.end(false);
            self.push(token);
        } else {
            self.push(token);
            if self.text(token) == "的话" {
                self.clause.clear();
                self.seen = NOTHING;
            }
        }
        at + 1
    }

    fn push(&mut self, token: Token) {
        self.clause.push(token);
        self.seen = self.seen | token.class;
        // Nobody speaks so long in one breath; it keeps the rules linear.
        if self.clause.len() >= LONGEST {
            self.end(false);
        }
    }

    fn end(&mut self, asked: bool) {
        let words = std::mem::take(&mut self.clause);
        self.seen = NOTHING;
        if !words.is_empty() {
            self.clauses.push(Clause { words, asked });
        }
    }

    fn text(&self, token: Token) -> &str {
        &self.folded[token.start..token.end]
    }

    /// Whether a word is in the list, which is separated by `|`.
    fn one(&self, token: Token, list: &str) -> bool {
        list.split('|').any(|entry| entry == self.text(token))
    }

    fn any(&self, class: Class) -> bool {
        self.seen.is(class)
    }

    /// `Script: …`: what follows on the line is shown or spoken.
    fn announces(&self, token: Token, next: Option<Token>) -> bool {
        token.class.is(ANNOUNCE | SAYS) && next.is_some_and(|next| self.text(next) == ":")
    }

    /// `a card that says …`, 标题改成…: the rest of the clause is shown or spoken.
    fn says(&self, token: Token) -> bool {
        let becomes = self.one(token, "改成|换成|改为|to|说|write");
        let begins = self.clause.is_empty() && self.one(token, "说|write");
        // 显示时间轴 is an order.
        let shows = self.text(token) == "显示" && self.clause.iter().all(|token| token.class.is(POLITE));
        !self.kana && ((token.class.is(SAYS) && !shows) || (becomes && (self.any(TEXT) || begins)))
    }

    /// 字幕不改了 直接发我: a space stands for a comma where something has been said.
    fn pauses(&self) -> bool {
        let (Some(first), Some(last)) = (self.clause.first(), self.clause.last()) else {
            return false;
        };
        let said = &self.folded[first.start..last.end];
        said.chars().count() >= 4
            && said.ends_with(is_han)
            && (!last.class.is(NEG | SEND | EXPORT | EDIT) || self.text(*last).ends_with('了'))
    }

    /// `Before we start: …`
    fn opens(&self, token: Token, next: Option<Token>) -> bool {
        let named = next.is_none_or(|next| next.class.is(MEDIA | QUOTED));
        self.text(token) == ":" && !named && self.clause.first().is_some_and(|first| first.class.is(WHEN | POLITE))
    }

    /// A joining word between two steps.
    fn joins(&self, token: Token, next: Option<Token>) -> bool {
        let Some(next) = next else {
            return false;
        };
        let latin = self.text(token).is_ascii();
        token.class.is(AND) && !self.any(ADVICE) && next.class.is(if latin { VERBS | WHEN } else { MONEY | STATUS })
    }

    /// 再, 就 and a verb after a file begin a further step.
    fn begins(&self, token: Token, next: Option<Token>) -> bool {
        let further = match self.text(token) {
            "再" | "之后" => {
                // 够再做一条吗 is one question.
                let near = self.clause.iter().rev().take(2).any(|token| token.class.is(LEFT));
                let rest = near || (self.any(LEFT) && !self.any(CHECK | MONEY));
                self.any(CONTENT) && !rest && !self.any(LATER)
            }
            _ if token.class.is(CANYOU) => {
                self.any(GET | EDIT | READY | MEDIA) && !self.clause[0].class.is(WHAT | ADVICE | HOWTO | WHEN)
            }
            "就" => self.any(READY | EDIT | LEFT | NUMBER) && !self.any(NEG),
            _ => false,
        };
        let after_media = self.clause.last().is_some_and(|last| last.class.is(MEDIA));
        let to_user = token.class.is(SEND) && next.is_some_and(|next| next.class.is(ME));
        let cuts = self.one(token, "剪|trim");
        // 传 x.mp4 上去直接导出
        let exports = token.class.is(EXPORT) && self.any(MEDIA) && self.any(GIVE | UPLOAD) && !self.any(OUTPUT);
        further || exports || (after_media && (token.class.is(CHECK | EXPORT) || to_user || cuts))
    }
}

/// Whether a sign is Japanese alone.
pub(super) fn is_kana(c: char) -> bool {
    matches!(c, '\u{3041}'..='\u{30ff}')
}

/// The word after `at` that says something.
fn spoken(tokens: &[Token], at: usize) -> Option<Token> {
    let rest = &tokens[at + 1..];
    rest.iter().find(|token| !token.class.is(POLITE | CANYOU)).copied()
}

/// The words after `at` up to the end of the clause.
fn rest_of_clause(tokens: &[Token], at: usize) -> &[Token] {
    let rest = &tokens[at + 1..];
    let end = rest.iter().position(|token| token.class.is(STOP | THEN)).unwrap_or(rest.len());
    &rest[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(folded: &str) -> Vec<&str> {
        let clauses = split(folded, &tokens(folded));
        clauses.iter().map(|clause| &folded[clause.words[0].start..clause.words[clause.words.len() - 1].end]).collect()
    }

    #[test]
    fn steps_are_clauses() {
        assert_eq!(texts("cut it, then export"), ["cut it", "export"]);
        assert_eq!(texts("render it and give me the link."), ["render it", "give me the link"]);
        assert_eq!(texts("sound and picture at 1.5"), ["sound and picture at 1.5"]);
        assert_eq!(texts("亮一点再发我"), ["亮一点", "再发我"]);
        assert_eq!(texts("回头再改"), ["回头再改"]);
        assert_eq!(texts("1.字幕放大\n3.导出"), ["1.字幕放大", "3.导出"]);
        assert_eq!(texts("换完就发我"), ["换完", "就发我"]);
        assert_eq!(texts("进度和余额"), ["进度", "余额"]);
    }

    #[test]
    fn what_is_said_is_hidden() {
        for folded in ["a card that says export now", "台词:把视频发给我,导出", "标题改成导出教程"] {
            let clauses = split(folded, &tokens(folded));
            let hidden = clauses.iter().flat_map(|clause| &clause.words).all(|token| !token.class.is(EXPORT | SEND));
            assert!(hidden, "{folded}");
        }
    }

    #[test]
    fn a_question_mark_belongs_to_the_last_clause() {
        let folded = "cut it then is it done? ok";
        let asked: Vec<bool> = split(folded, &tokens(folded)).iter().map(|clause| clause.asked).collect();
        assert_eq!(asked, [false, true, false]);
    }
}
