//! Writing a summary, within bounds, and telling each entry as a piece.

use super::fields::MAX_ITEMS;
use super::piece::{AgentError, Piece, Question, ToolResult};
use super::summary::{Note, Summary, cut};

/// The most bytes of an error's words or a question's, and of a name.
const MAX_WORDS: usize = 4096;
const MAX_NAME: usize = 256;

/// A summary in the making.
#[derive(Debug)]
pub(super) struct Record {
    pub(super) summary: Summary,
    /// Bytes of texts and thoughts that may still be kept.
    room: usize,
}

impl Record {
    pub(super) fn with_room(room: usize) -> Self {
        Self { summary: Summary::default(), room }
    }

    /// A whole text; a blank one says nothing.
    pub(super) fn text(&mut self, text: String, pieces: &mut Vec<Piece>) {
        if text.trim().is_empty() {
            return;
        }
        let kept = self.within_room(text);
        if !kept.is_empty() {
            pieces.push(Piece::Text(kept.clone()));
            self.summary.texts.push(kept);
        }
    }

    pub(super) fn thought(&mut self, thought: String) {
        let kept = self.within_room(thought);
        if !kept.is_empty() {
            self.summary.thoughts.push(kept);
        }
    }

    pub(super) fn call(&mut self, name: &str, pieces: &mut Vec<Piece>) {
        let name = cut(name, MAX_NAME).to_owned();
        pieces.push(Piece::ToolCall { name: name.clone() });
        self.summary.keep(name, |summary| &mut summary.tool_calls);
    }

    pub(super) fn result(&mut self, result: &ToolResult, pieces: &mut Vec<Piece>) {
        let error = result.error.as_deref().map(|error| cut(error, MAX_WORDS).to_owned());
        let result = ToolResult { name: cut(&result.name, MAX_NAME).to_owned(), error };
        pieces.push(Piece::ToolResult(result.clone()));
        self.summary.keep(result, |summary| &mut summary.tool_results);
    }

    pub(super) fn question(&mut self, mut question: Question, pieces: &mut Vec<Piece>) {
        question.prompt = cut(&question.prompt, MAX_WORDS).to_owned();
        pieces.push(Piece::Question(question.clone()));
        self.summary.keep(question, |summary| &mut summary.questions);
    }

    pub(super) fn error(&mut self, mut error: AgentError, pieces: &mut Vec<Piece>) {
        error.message = cut(&error.message, MAX_WORDS).to_owned();
        error.code = error.code.map(|code| cut(&code, MAX_NAME).to_owned());
        pieces.push(Piece::Error(error.clone()));
        self.summary.keep(error, |summary| &mut summary.errors);
    }

    pub(super) fn state(&mut self, keys: Vec<String>, pieces: &mut Vec<Piece>) {
        if keys.is_empty() {
            return;
        }
        let keys: Vec<String> = keys.iter().map(|key| cut(key, MAX_NAME).to_owned()).collect();
        for key in &keys {
            if !self.summary.state_keys.contains(key) {
                self.summary.keep(key.clone(), |summary| &mut summary.state_keys);
            }
        }
        pieces.push(Piece::StateDelta { keys });
    }

    fn within_room(&mut self, mut text: String) -> String {
        let kept = cut(&text, self.room).len();
        if kept < text.len() {
            self.summary.note(Note::Dropped);
            text.truncate(kept);
        }
        self.room -= kept;
        text
    }
}

impl Summary {
    fn keep<T>(&mut self, item: T, list: impl FnOnce(&mut Self) -> &mut Vec<T>) {
        let items = list(self);
        if items.len() < MAX_ITEMS {
            items.push(item);
        } else {
            self.note(Note::Dropped);
        }
    }
}
