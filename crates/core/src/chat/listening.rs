//! One stream while it comes: bytes in, events for people out.

use std::collections::VecDeque;

use super::Answer;
use super::patience::Patience;
use crate::dialect::{AgentError, Piece, Question, Summary, Turn};
use crate::event::Event;
use crate::gui;
use crate::planted;
use crate::printable::{printable, printable_lines};
use crate::sse::{Decoder, Ending};
use crate::time::Now;

/// A stream that is being read.
#[derive(Debug)]
pub(super) struct Listening {
    decoder: Decoder,
    turn: Turn,
    patience: Patience,
    /// Whether it said so, or an event came.
    is_stream: bool,
    events: VecDeque<Event>,
    heard: Answer,
    /// How many whole texts came, also those that were nothing but GUI talk.
    texts: usize,
}

/// What a stream said by its end.
#[derive(Debug)]
pub(super) struct Heard {
    pub(super) answer: Answer,
    /// The failure that ended the run, made printable.
    pub(super) failure: Option<String>,
    /// Whether only the timeline can tell what happened: nothing was said, something failed, or a tool goes on.
    pub(super) needs_a_look: bool,
}

/// No answer of the agent is longer; the rest is not shown.
const MAX_TEXT_CHARS: usize = 16_000;
/// No error or prompt is longer.
const MAX_LINE_CHARS: usize = 500;

impl Listening {
    /// `patience` began when the message left; `is_stream`: the answer says that it is one, whether or not a word comes.
    pub(super) fn new(now: Now, mut patience: Patience, is_stream: bool) -> Self {
        patience.got_on(now);
        Self {
            decoder: Decoder::new(),
            turn: Turn::new(),
            patience,
            is_stream,
            events: VecDeque::new(),
            heard: Answer::default(),
            texts: 0,
        }
    }

    pub(super) fn hear(&mut self, now: Now, chunk: &[u8]) {
        let mut rest = chunk;
        loop {
            let pieces = match self.decoder.next(&mut rest) {
                Ok(Some(event)) => {
                    self.is_stream = true;
                    self.turn.take(&event.event_type(), event.data())
                }
                Ok(None) => return,
                Err(too_large) => {
                    self.events.push_back(Event::Note(format!("the agent's stream: {too_large}")));
                    continue;
                }
            };
            for piece in pieces {
                self.take(now, piece);
            }
        }
    }

    pub(super) fn next_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    pub(super) fn patience(&self) -> &Patience {
        &self.patience
    }

    pub(super) fn say_it_still_works(&mut self, now: Now) {
        self.events.extend(self.patience.word(now));
    }

    /// What was said; `None` when the stream broke off inside an event, or was none: nothing says that an agent was there.
    pub(super) fn finish(mut self) -> Option<(Heard, VecDeque<Event>)> {
        let is_torn = self.decoder.finish() == Ending::Truncated && !planted!(TornEventIsDone);
        if is_torn || !(self.is_stream || planted!(EmptyStreamIsDone)) {
            return None;
        }
        let summary = self.turn.finish();
        for text in summary.texts.get(self.texts..).unwrap_or_default() {
            say(&mut self.heard, &mut self.events, text);
        }
        let silent = !planted!(SilentEditIsNothing) && summary.texts.is_empty() && summary.questions.is_empty();
        let failure = failure(&summary, silent);
        let needs_a_look = silent || failure.is_some() || summary.long_running > 0;
        Some((Heard { answer: self.heard, failure, needs_a_look }, self.events))
    }

    fn take(&mut self, now: Now, piece: Piece) {
        if piece != Piece::Heartbeat || planted!(HeartbeatIsProgress) {
            self.patience.got_on(now);
        }
        planted!(DeltasShownToo => if let Piece::Delta(text) = &piece { say(&mut self.heard, &mut self.events, text); });
        planted!(QuestionDropped => if matches!(piece, Piece::Question(_)) { return; });
        match piece {
            Piece::Text(text) => {
                self.texts += 1;
                say(&mut self.heard, &mut self.events, &text);
            }
            Piece::ToolCall { .. } => self.events.push_back(Event::Editing),
            Piece::Question(question) => {
                let asked = in_words(&question);
                self.events.push_back(Event::Said(asked.clone()));
                self.heard.questions.push(asked);
            }
            // Deltas come again whole, thoughts are nobody's business, and the rest is in the summary.
            Piece::Delta(_) | Piece::Thought(_) | Piece::ToolResult(_) | Piece::StateDelta { .. } | Piece::Error(_) => {
            }
            Piece::Status(_) | Piece::WarmingUp | Piece::Done | Piece::Heartbeat => {}
        }
    }
}

fn say(heard: &mut Answer, events: &mut VecDeque<Event>, text: &str) {
    if !heard.said.is_empty() && gui::is_only_noise(text) && !planted!(ApologyShown) {
        return;
    }
    let translation = gui::translate(text);
    let words = printable_lines(&translation.text, MAX_TEXT_CHARS);
    if !words.trim().is_empty() {
        events.push_back(Event::Said(words.clone()));
        heard.said.push(words);
    }
    heard.actions.extend(translation.actions);
}

/// What ended the run; where not a word was said, any error that it reported.
fn failure(summary: &Summary, silent: bool) -> Option<String> {
    planted!(ErrorEventIgnored => return None);
    let fatal = |error: &&AgentError| error.fatal;
    let last = summary.errors.last().filter(|_| silent);
    summary.errors.iter().find(fatal).or(last).map(|error| {
        let code = error.code.as_deref().unwrap_or_default();
        let words = if error.message.is_empty() { code } else { &error.message };
        printable(words, MAX_LINE_CHARS)
    })
}

fn in_words(question: &Question) -> String {
    let mut words = question.prompt.clone();
    for (at, choice) in question.options.iter().enumerate() {
        words.push_str(&format!("{}{}. {}", if at == 0 { " " } else { "  " }, at + 1, choice.label));
    }
    printable(&words, MAX_LINE_CHARS)
}
