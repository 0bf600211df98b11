//! What was said in deltas, by whom, until the whole comes.

use super::adk::Speaker;
use super::summary::cut;

/// The most agents that speak at the same time.
const MAX_SPEAKERS: usize = 64;

/// The deltas of each speaker, in the order in which they began to speak.
#[derive(Debug)]
pub(super) struct Pending {
    speeches: Vec<Speech>,
    /// Bytes that may still come.
    room: usize,
}

#[derive(Debug)]
struct Speech {
    speaker: Speaker,
    text: String,
    thought: String,
}

/// What a delta is of.
#[derive(Clone, Copy)]
pub(super) enum Of {
    Text,
    Thought,
}

impl Pending {
    pub(super) fn with_room(room: usize) -> Self {
        Self { speeches: Vec::new(), room }
    }

    /// Adds a delta; returns as much of it as there was room for.
    pub(super) fn add<'t>(&mut self, speaker: &Speaker, of: Of, delta: &'t str) -> &'t str {
        let at = self.speeches.iter().position(|speech| speech.speaker == *speaker);
        if at.is_none() && self.speeches.len() == MAX_SPEAKERS {
            return "";
        }
        let at = at.unwrap_or_else(|| {
            self.speeches.push(Speech { speaker: speaker.clone(), text: String::new(), thought: String::new() });
            self.speeches.len() - 1
        });
        let kept = cut(delta, self.room);
        self.room -= kept.len();
        self.speeches[at].words(of).push_str(kept);
        kept
    }

    /// Takes what a speaker has said so far; empty if nothing.
    pub(super) fn take(&mut self, speaker: &Speaker, of: Of) -> String {
        let Some(at) = self.speeches.iter().position(|speech| speech.speaker == *speaker) else {
            return String::new();
        };
        let words = std::mem::take(self.speeches[at].words(of));
        self.room += words.len();
        if self.speeches[at].text.is_empty() && self.speeches[at].thought.is_empty() {
            self.speeches.remove(at);
        }
        words
    }

    /// Who began first of those whose words are not whole yet.
    pub(super) fn first_speaker(&self) -> Option<Speaker> {
        self.speeches.first().map(|speech| speech.speaker.clone())
    }
}

impl Speech {
    fn words(&mut self, of: Of) -> &mut String {
        match of {
            Of::Text => &mut self.text,
            Of::Thought => &mut self.thought,
        }
    }
}
