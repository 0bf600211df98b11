//! What a user wants done now, decided before anything is sent to the paid agent.
//!
//! Exporting, looking at the project, asking for the balance and handing over files are free calls;
//! only what is left goes to the agent, which charges for it (PROTOCOL.md, "What the user says").
//! A keyword alone decides nothing: it may be negated, quoted, part of a file name, or mean something
//! else. In doubt a message is a chat, because an export nobody asked for, or a request answered with
//! a balance, is worse than a charge the user sees coming.
//!
//! The reading goes in four steps: addresses, file names and quotations are taken out; the rest is
//! folded to one spelling; it is cut into clauses; each clause is judged by the rules of its language.

mod chinese;
mod clauses;
mod english;
mod handover;
mod lexicon;
mod message;
mod view;

use crate::printable::printable;

use lexicon::Token;
use message::Message;
use view::View;

/// How much of a message is read, in characters; what follows is part of a chat.
const CHARS: usize = 8_000;

/// The longest clause repeated as a reason.
const REASON_CHARS: usize = 60;

/// One thing to do for a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// Render the timeline and deliver the file.
    Export,
    /// Tell the account's balance, plan or past usage.
    Credits,
    /// Tell what the project holds or how far it is.
    State,
    /// Take over files or addresses, or ask for them.
    Upload,
    /// Send the message to the agent, which may charge for it.
    Chat,
}

impl Action {
    /// Its name for programs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Export => "export",
            Self::Credits => "credits",
            Self::State => "state",
            Self::Upload => "upload",
            Self::Chat => "chat",
        }
    }
}

/// What is to be done for a message, in the order the user wants it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// Never empty, and no two neighbours are equal.
    pub steps: Vec<Action>,
    /// The files to upload, spelled as in the message.
    pub files: Vec<String>,
    /// The addresses to take over, spelled as in the message.
    pub urls: Vec<String>,
    /// Why each step is there, for logs and `--verbose`; the user's words in it are printable.
    pub because: Vec<String>,
}

/// Decides what a message asks for. Every text has a route; it needs no network and costs nothing.
///
/// ```
/// use weixin_video_core::intent::{Action, route};
///
/// assert_eq!(route("could you send me the video?").steps, [Action::Export]);
/// assert_eq!(route("先别导出，片尾再加个 logo").steps, [Action::Chat]);
/// let all = route("upload ~/day1.mov, cut the first 3 seconds, then export");
/// assert_eq!(all.steps, [Action::Upload, Action::Chat, Action::Export]);
/// assert_eq!(all.files, ["~/day1.mov"]);
/// ```
pub fn route(text: &str) -> Route {
    let text = text.char_indices().nth(CHARS).map_or(text, |(end, _)| &text[..end]);
    let message = Message::read(text);
    let mut reading = Reading::default();
    let tokens = lexicon::tokens(&message.folded);
    for clause in clauses::split(&message.folded, &tokens) {
        let view = View { folded: &message.folded, words: &clause.words, asked: clause.asked };
        if let Some(judged) = judge(view, &message) {
            let judged = reading.in_context(judged, view);
            reading.take(judged, words(&message.folded, &clause.words));
        } else {
            reading.account |= view.any(lexicon::MONEY);
        }
    }
    reading.finish(&message)
}

fn judge(view: View<'_>, message: &Message) -> Option<Judged> {
    let words = words(view.folded, view.words);
    if let Some(judged) = handover::judge(view, message) {
        return Some(judged);
    }
    if words.contains(clauses::is_kana) {
        return chinese::japanese(words);
    }
    match words.contains(lexicon::is_han) {
        true => chinese::judge(view),
        false if view.any(lexicon::PINYIN) => chinese::judge(view),
        false => english::judge(view),
    }
}

/// The folded text from the first to the last word.
fn words<'a>(folded: &'a str, words: &[Token]) -> &'a str {
    match (words.first(), words.last()) {
        (Some(first), Some(last)) => &folded[first.start..last.end],
        _ => "",
    }
}

/// What a clause turned out to be.
#[derive(Clone, Debug, PartialEq)]
enum Judged {
    /// It asks for this.
    Step(Action, &'static str),
    /// It changes the video and then asks for the file.
    EditAndExport,
    /// It asks whether the work is ready; part of a following order to deliver.
    Ready,
    /// It hands over the addresses or files with these numbers; `placed` when they get a role.
    HandOver { items: Vec<usize>, placed: bool },
    /// It says how a thing could be had, without asking for it; "do it" may refer to it.
    Mention(Action),
    /// "Do it": what was mentioned last.
    DoIt,
    /// It is an order, and the order is refused or put off.
    Dropped,
}

#[derive(Default)]
struct Reading {
    steps: Vec<(Action, String)>,
    ready: bool,
    mentioned: Option<Action>,
    /// The account was spoken of, and nothing was asked about it.
    account: bool,
    items: Vec<usize>,
}

impl Reading {
    /// `I bought credits, have they arrived?` asks about the account.
    fn in_context(&self, judged: Judged, view: View<'_>) -> Judged {
        let film = view.any(lexicon::FILM) || view.any(lexicon::CORE);
        if judged == Judged::Ready && self.account && !film {
            return Judged::Step(Action::Credits, "asks about the account");
        }
        judged
    }

    fn take(&mut self, judged: Judged, clause: &str) {
        match judged {
            Judged::Step(action, why) => {
                if action == Action::Export && self.ready {
                    self.steps.pop();
                }
                self.step(action, why, clause);
            }
            Judged::EditAndExport => {
                self.step(Action::Chat, "asks for an edit", clause);
                self.step(Action::Export, "asks for the file", clause);
            }
            Judged::Ready => {
                let already = self.steps.last().is_some_and(|(action, _)| *action == Action::State);
                self.step(Action::State, "asks how far it is", clause);
                self.ready = !already;
            }
            Judged::HandOver { items, placed } => {
                self.items.extend(items);
                self.step(Action::Upload, "hands over material", clause);
                if placed {
                    self.step(Action::Chat, "gives it a place", clause);
                }
            }
            Judged::Mention(action) => self.mentioned = Some(action),
            Judged::DoIt => {
                if let Some(action) = self.mentioned {
                    self.step(action, "orders what was asked about", clause);
                }
            }
            Judged::Dropped => {}
        }
    }

    fn step(&mut self, action: Action, why: &str, clause: &str) {
        self.ready = false;
        if self.steps.last().is_none_or(|(last, _)| *last != action) {
            let words = printable(&message::without_marks(clause), REASON_CHARS);
            self.steps.push((action, format!("{why}: {words}")));
        }
    }

    fn finish(mut self, message: &Message) -> Route {
        if self.steps.is_empty() {
            self.step(Action::Chat, "nothing the client does by itself", &message.folded);
        }
        let (steps, because) = self.steps.into_iter().unzip();
        let mut route = Route { steps, files: Vec::new(), urls: Vec::new(), because };
        self.items.sort_unstable();
        self.items.dedup();
        for item in self.items.iter().filter_map(|at| message.items.get(*at)) {
            let list = if item.is_url() { &mut route.urls } else { &mut route.files };
            list.push(item.text.clone());
        }
        route
    }
}

/// Whether `text` contains one of the `words`, which are separated by `|`.
fn has(text: &str, words: &str) -> bool {
    words.split('|').any(|word| text.contains(word))
}
