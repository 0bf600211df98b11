//! From events to what was said and done, with each text once.

use super::adk::{self, Part, Speaker};
use super::flat;
use super::pending::{Of, Pending};
use super::piece::{AgentError, ErrorKind, Piece};
use super::reading::{Reading, read};
use super::record::Record;
use super::summary::{Note, Summary};

/// The most bytes of text that are kept of one turn: 1 MiB, far more than an agent has to say.
pub const TEXT_LIMIT: usize = 1 << 20;

/// Values of `errorCode` that are no error: the model had nothing to add to what a tool did.
const BENIGN: [&str; 2] = ["STOP", "MODEL_RETURNED_NO_CONTENT"];

/// Everything from a message to the end of the stream.
#[derive(Debug)]
pub struct Turn {
    record: Record,
    pending: Pending,
    /// The last whole text of the flat dialect, until something is done: servers repeat it.
    repeatable: Option<String>,
    /// The last event was an error of the agent: an error line right behind it says the same.
    may_double: bool,
}

impl Default for Turn {
    fn default() -> Self {
        Self::new()
    }
}

impl Turn {
    /// A turn in which nothing was said yet, with [`TEXT_LIMIT`].
    #[must_use]
    pub fn new() -> Self {
        Self::with_text_limit(TEXT_LIMIT)
    }

    /// The same, with another limit in bytes for what is kept of texts.
    #[must_use]
    pub fn with_text_limit(limit: usize) -> Self {
        Self {
            record: Record::with_room(limit),
            pending: Pending::with_room(limit),
            repeatable: None,
            may_double: false,
        }
    }

    /// Takes one event of the stream: its SSE type (`message` where none was told) and its data.
    pub fn take(&mut self, event_type: &str, data: &[u8]) -> Vec<Piece> {
        let data = String::from_utf8_lossy(data);
        let reading = read(event_type, &data);
        if matches!(reading, Reading::Flat(flat::Event::Heartbeat)) {
            self.record.summary.heartbeats += 1;
            return vec![Piece::Heartbeat];
        }
        self.record.summary.events += 1;
        let may_double = std::mem::take(&mut self.may_double);
        let mut pieces = Vec::new();
        match reading {
            Reading::Agent(event) => self.take_agents(event, &mut pieces),
            Reading::Flat(event) => self.take_flat(event, &mut pieces),
            Reading::ErrorLine { .. } if may_double => self.confirm_error(),
            Reading::ErrorLine { code, message } => self.fail(ErrorKind::Line, code, message, true, &mut pieces),
            Reading::Unparsable { fatal } => {
                self.fail(ErrorKind::Unparsable, None, data.trim().to_owned(), fatal, &mut pieces);
            }
            Reading::Nothing => {}
        }
        pieces
    }

    /// Ends the turn: what was said only in deltas stands as it is, and is told as [`Piece::Text`].
    /// [`finish`](Self::finish) does the same without telling.
    pub fn close(&mut self) -> Vec<Piece> {
        let mut pieces = Vec::new();
        while let Some(speaker) = self.pending.first_speaker() {
            self.record.thought(self.pending.take(&speaker, Of::Thought));
            let text = self.pending.take(&speaker, Of::Text);
            if !text.trim().is_empty() && speaker != Speaker::Flat {
                self.record.summary.note(Note::UnfinishedText);
            }
            self.record.text(text, &mut pieces);
        }
        pieces
    }

    /// What the turn came to.
    #[must_use]
    pub fn finish(mut self) -> Summary {
        self.close();
        let mut summary = self.record.summary;
        summary.silent_edit = summary.is_silent_edit();
        summary
    }

    fn take_agents(&mut self, event: adk::Event, pieces: &mut Vec<Piece>) {
        if !event.state_keys.is_empty() {
            self.went_on();
            self.record.state(event.state_keys, pieces);
        }
        if event.partial {
            return self.take_deltas(&event.speaker, event.parts, pieces);
        }
        let long_running = &mut self.record.summary.long_running;
        *long_running = long_running.saturating_add(event.long_running);
        let texts_before = self.record.summary.texts.len();
        self.take_whole(&event.speaker, event.parts, pieces);
        if event.out_of_tokens {
            self.commit(&event.speaker, pieces);
            if self.record.summary.texts.len() > texts_before {
                return self.record.summary.note(Note::Truncated);
            }
        }
        if let Some(code) = event.error_code {
            self.agent_failed(code, event.error_message, pieces);
        }
    }

    /// Calls and errors of a partial event come again in the whole one, maybe under other ids.
    fn take_deltas(&mut self, speaker: &Speaker, parts: Vec<Part>, pieces: &mut Vec<Piece>) {
        for part in parts {
            match part {
                Part::Text(text) => self.delta(speaker, &text, pieces),
                Part::Thought(thought) => self.thought_delta(speaker, &thought, pieces),
                Part::Call(_) | Part::Result(_) => {}
            }
        }
    }

    /// Whole parts replace what came of them in deltas.
    fn take_whole(&mut self, speaker: &Speaker, parts: Vec<Part>, pieces: &mut Vec<Piece>) {
        let speaks = parts.iter().any(|part| matches!(part, Part::Text(text) if !text.trim().is_empty()));
        if speaks {
            self.pending.take(speaker, Of::Text);
        }
        let thought = parts.iter().filter_map(Part::as_thought).collect::<String>();
        if !thought.is_empty() {
            self.whole_thought(speaker, thought, pieces);
        }
        let mut text = String::new();
        for part in parts {
            match part {
                Part::Text(more) => text.push_str(&more),
                Part::Thought(_) => {}
                Part::Call(name) => {
                    self.say(speaker, std::mem::take(&mut text), pieces);
                    self.went_on();
                    self.record.call(&name, pieces);
                }
                Part::Result(result) => {
                    self.say(speaker, std::mem::take(&mut text), pieces);
                    self.went_on();
                    self.record.result(&result, pieces);
                }
            }
        }
        if speaks {
            self.say(speaker, text, pieces);
        }
    }

    fn agent_failed(&mut self, code: String, message: String, pieces: &mut Vec<Piece>) {
        match BENIGN.into_iter().find(|benign| *benign == code) {
            Some(code) => self.record.summary.note(Note::Benign { code }),
            None => {
                self.fail(ErrorKind::Event, Some(code), message, false, pieces);
                self.may_double = true;
            }
        }
    }

    fn take_flat(&mut self, event: flat::Event, pieces: &mut Vec<Piece>) {
        let speaker = &Speaker::Flat;
        match event {
            flat::Event::Delta(text) => self.delta(speaker, &text, pieces),
            flat::Event::Text(text) => self.flat_text(text, pieces),
            flat::Event::ThoughtDelta(thought) => self.thought_delta(speaker, &thought, pieces),
            flat::Event::Thought(thought) => self.whole_thought(speaker, thought, pieces),
            flat::Event::Call(name) => {
                self.flat_work(pieces);
                self.record.call(&name, pieces);
            }
            flat::Event::Result(result) => {
                self.flat_work(pieces);
                self.record.result(&result, pieces);
            }
            flat::Event::Questions(questions) => {
                self.flat_work(pieces);
                questions.into_iter().for_each(|question| self.record.question(question, pieces));
            }
            flat::Event::Status(status) => pieces.push(Piece::Status(status)),
            flat::Event::WarmingUp => pieces.push(Piece::WarmingUp),
            flat::Event::Done => {
                self.commit(speaker, pieces);
                pieces.push(Piece::Done);
            }
            flat::Event::Error { code, message } => self.fail(ErrorKind::Line, code, message, true, pieces),
            flat::Event::Heartbeat | flat::Event::Nothing => {}
        }
    }

    fn flat_text(&mut self, text: String, pieces: &mut Vec<Piece>) {
        let deltas = self.pending.take(&Speaker::Flat, Of::Text);
        if deltas.is_empty() && self.repeatable.as_ref() == Some(&text) {
            return;
        }
        self.repeatable = Some(text.clone());
        self.say(&Speaker::Flat, text, pieces);
    }

    /// Something is done: what was said before is whole, and may be said again.
    fn flat_work(&mut self, pieces: &mut Vec<Piece>) {
        self.commit(&Speaker::Flat, pieces);
        self.repeatable = None;
        self.went_on();
    }

    fn delta(&mut self, speaker: &Speaker, delta: &str, pieces: &mut Vec<Piece>) {
        let kept = self.pending.add(speaker, Of::Text, delta);
        if kept.len() < delta.len() {
            self.record.summary.note(Note::Dropped);
        }
        if !kept.is_empty() {
            self.went_on();
            pieces.push(Piece::Delta(kept.to_owned()));
        }
    }

    fn thought_delta(&mut self, speaker: &Speaker, delta: &str, pieces: &mut Vec<Piece>) {
        let kept = self.pending.add(speaker, Of::Thought, delta);
        if kept.len() < delta.len() {
            self.record.summary.note(Note::Dropped);
        }
        if !kept.is_empty() {
            pieces.push(Piece::Thought(kept.to_owned()));
        }
    }

    fn whole_thought(&mut self, speaker: &Speaker, thought: String, pieces: &mut Vec<Piece>) {
        let told = self.pending.take(speaker, Of::Thought);
        let new = thought.strip_prefix(told.as_str()).unwrap_or(&thought);
        if !new.is_empty() {
            pieces.push(Piece::Thought(new.to_owned()));
        }
        self.record.thought(thought);
    }

    /// A whole text, or none; what the speaker said in deltas and thoughts before it is whole too.
    fn say(&mut self, speaker: &Speaker, text: String, pieces: &mut Vec<Piece>) {
        self.commit(speaker, pieces);
        if !text.trim().is_empty() {
            self.went_on();
        }
        self.record.text(text, pieces);
    }

    /// Takes deltas for the whole.
    fn commit(&mut self, speaker: &Speaker, pieces: &mut Vec<Piece>) {
        self.record.thought(self.pending.take(speaker, Of::Thought));
        let text = self.pending.take(speaker, Of::Text);
        if speaker == &Speaker::Flat && !text.is_empty() {
            self.repeatable = Some(text.clone());
        }
        self.record.text(text, pieces);
    }

    fn fail(&mut self, kind: ErrorKind, code: Option<String>, message: String, fatal: bool, pieces: &mut Vec<Piece>) {
        self.record.error(AgentError { kind, code, message, fatal }, pieces);
    }

    /// The error that was told is told again, as the end of the run.
    fn confirm_error(&mut self) {
        if let Some(error) = self.record.summary.errors.last_mut() {
            error.fatal = true;
        }
    }

    /// Something came after the errors: none of them ended the run.
    fn went_on(&mut self) {
        for error in &mut self.record.summary.errors {
            error.fatal = false;
        }
    }
}
