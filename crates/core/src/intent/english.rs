//! Judges clauses in English, and in languages that write the routed words alike.

mod delivery;
mod facts;
mod spelling;
mod words;

use super::message::QUOTE;
use super::{Action, Clause, Judged, has};

use words::{ASKS, EDITS, EXPORT_VERBS, NEGATORS, POLITE, listed};

/// Where a clause about something else begins.
const SUBORDINATE: &[&str] = &[
    " before ",
    " after ",
    " until ",
    " when ",
    " while ",
    " once ",
    " unless ",
    " as soon as ",
    " so i ",
    " so that ",
    " because ",
    " since ",
];

pub(super) fn judge(clause: &Clause) -> Option<Judged> {
    let text = main_clause(&clause.text);
    let words: Vec<&str> = text.split(|c: char| !is_word(c)).filter(|w| !w.is_empty()).map(spelling::meant).collect();
    if words.is_empty() || has(&text, "later|tomorrow|next time|some day|someday|eventually") {
        return None;
    }
    let polite = words.iter().take_while(|word| listed(POLITE, word)).count();
    let order = &words[polite.min(words.len() - 1)..];
    let view = View { asked: clause.asked, text: &text, words: &words, order };
    if view.refused() {
        return Some(Judged::Dropped);
    }
    facts::credits(&view)
        .or_else(|| how_to(&view))
        .or_else(|| delivery::export(&view))
        .or_else(|| facts::state(&view))
        .or_else(|| upload(&view))
        .or_else(|| edit(&view))
}

/// A clause as the rules look at it.
struct View<'a> {
    asked: bool,
    text: &'a str,
    words: &'a [&'a str],
    /// The words from the verb on, if it is an order.
    order: &'a [&'a str],
}

impl View<'_> {
    /// Whether one of the words is in the list.
    fn any(&self, list: &str) -> bool {
        self.words.iter().any(|word| listed(list, word))
    }

    /// Whether the verb of an order is in the list.
    fn head(&self, list: &str) -> bool {
        self.order.first().is_some_and(|word| listed(list, word))
    }

    /// What follows the verb of an order.
    fn object(&self) -> &[&str] {
        self.order.get(1..).unwrap_or_default()
    }

    fn asks(&self) -> bool {
        self.head(ASKS) || self.words.first().is_some_and(|word| listed(ASKS, word))
    }

    /// An order that is turned down; `what's not in it?` is none.
    fn refused(&self) -> bool {
        let asks = self.words.first().is_some_and(|w| listed(ASKS, w) || *w == "why");
        let negator = self.words.iter().position(|word| listed(NEGATORS, word));
        let early = |at: usize| at <= 2 || self.words[..at].iter().all(|w| listed(POLITE, w));
        !asks && negator.is_some_and(early)
    }
}

/// `how do I export`: there is no button to explain, so the operation itself is meant.
fn how_to(view: &View<'_>) -> Option<Judged> {
    let why = view.text.starts_with("why ");
    let how = ["how do i ", "how can i ", "how to ", "where do i ", "where can i "];
    let how = how.iter().find_map(|start| view.text.strip_prefix(start));
    if !why && how.is_none() {
        return None;
    }
    let imports = view.any("upload import").then_some(Action::Upload);
    let mentioned = if view.any(EXPORT_VERBS) { Some(Action::Export) } else { imports };
    let plain = "it the my this video a file clip files project";
    let content = how.unwrap_or_default().split_whitespace().filter(|word| !listed(plain, word));
    match mentioned {
        Some(action) if how.is_some() && content.count() == 1 => {
            Some(Judged::Step(action, "asks how to do what the client does"))
        }
        Some(action) if why => Some(Judged::Mention(action)),
        _ => Some(Judged::Step(Action::Chat, "asks for an explanation")),
    }
}

fn upload(view: &View<'_>) -> Option<Judged> {
    let elsewhere = "youtube|tiktok|instagram|channel|wechat|facebook|bilibili";
    let own = "video videos clip clips file files footage photo photos picture pictures image images \
               music song recording attached this these something it";
    let names_own = view.words.len() == 1 || view.any(own);
    let ordered = view.head("upload import attach uploading") && names_own;
    (ordered && !has(view.text, elsewhere)).then_some(Judged::Step(Action::Upload, "wants to hand over material"))
}

fn edit(view: &View<'_>) -> Option<Judged> {
    let background = matches!(view.words, ["i" | "we", verb, ..] if verb.ends_with("ed"));
    (!background && view.any(EDITS)).then_some(Judged::Step(Action::Chat, "asks for an edit"))
}

/// The clause without what only sets a time, a reason or a condition.
fn main_clause(text: &str) -> String {
    let padded = format!("{} ", text.strip_prefix("and ").unwrap_or(text));
    let starts = ["once ", "when ", "if it", "if that", "before ", "after ", "as soon as ", "while ", "until "];
    if starts.iter().any(|start| padded.starts_with(start)) {
        return String::new();
    }
    let end = SUBORDINATE.iter().filter_map(|word| padded.find(word)).min();
    padded[..end.unwrap_or(padded.len())].trim().to_owned()
}

/// Letters and digits of alphabets, apostrophes, and the mark of a quotation.
fn is_word(c: char) -> bool {
    c == '\'' || c == QUOTE || (c.is_alphanumeric() && c < '\u{2e80}')
}
