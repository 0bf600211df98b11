//! From what the agent does to the bytes of the stream.

mod adk;
mod flat;

use crate::manner::SilentEnding;
use crate::reply::Step;
use bytes::Bytes;
use serde_json::Value;

/// The events of a chat stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Dialect {
    /// `{"type":"text","content":…}`, `tool_call`, `tool_result`.
    #[default]
    Flat,
    /// The same under other names: `chunk` pieces and the whole as `text`, `tool_start`, `tool_end`.
    FlatChunks,
    /// The agent server's events, whole texts only.
    Adk,
    /// The agent server's events, each text first in `"partial":true` pieces and then whole.
    AdkPartial,
    /// The agent server's events with the snake_case keys of its 0.x versions.
    AdkSnake,
}

impl Dialect {
    pub(crate) const fn is_adk(self) -> bool {
        match self {
            Self::Adk | Self::AdkPartial | Self::AdkSnake => true,
            Self::Flat | Self::FlatChunks => false,
        }
    }
}

/// What all events of one answer share.
#[derive(Debug, Clone)]
pub(crate) struct Scene {
    /// In the shape of a UUID.
    pub(crate) invocation: String,
    pub(crate) now_ms: u64,
    /// The draft the answer leaves behind, for the state delta of its last tool result.
    pub(crate) draft: Option<Value>,
    /// How a silent answer ends.
    pub(crate) ending: Option<SilentEnding>,
}

/// The events of an answer: one entry a step, one chunk an event.
pub(crate) struct Writer {
    dialect: Dialect,
    scene: Scene,
    /// Events so far: their ids count on from here.
    count: u32,
    tools_left: usize,
}

impl Writer {
    pub(crate) fn new(dialect: Dialect, scene: Scene, steps: &[Step]) -> Self {
        let tools_left = steps.iter().filter(|step| matches!(step, Step::Tool { .. })).count();
        Self { dialect, scene, count: 0, tools_left }
    }

    /// The events of a step. Time is not an event: a pause gives none.
    pub(crate) fn write(&mut self, step: &Step) -> Vec<Bytes> {
        match step {
            Step::Beat(form) => vec![form.bytes()],
            Step::Raw(bytes) => vec![bytes.clone()],
            Step::Pause(_) => vec![],
            Step::Say(_) | Step::Think(_) | Step::Tool { .. } | Step::Ask(_) | Step::Fail { .. } => self.events(step),
        }
    }

    /// What comes after the last step.
    pub(crate) fn finish(&mut self) -> Vec<Bytes> {
        match self.scene.ending {
            Some(ending) if self.dialect.is_adk() => adk::ending(self, ending),
            Some(_) | None => vec![],
        }
    }

    fn events(&mut self, step: &Step) -> Vec<Bytes> {
        if self.dialect.is_adk() { adk::events(self, step) } else { flat::events(self.dialect, step) }
    }

    /// The draft, for the last of the tool results.
    fn delta(&mut self) -> Option<Value> {
        self.tools_left = self.tools_left.saturating_sub(1);
        if self.tools_left == 0 { self.scene.draft.clone() } else { None }
    }
}

/// One event, one line.
fn event(value: &Value) -> Bytes {
    Bytes::from(format!("data: {value}\n\n"))
}

/// A text in up to three pieces, cut at spaces where it has them.
fn pieces(text: &str) -> Vec<&str> {
    let chars: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
    let cut = |share: usize| {
        let at = chars.get(chars.len() * share / 3).copied().unwrap_or(0);
        text[at..].find(' ').map_or(at, |space| at + space + 1)
    };
    let (first, second) = (cut(1), cut(2).max(cut(1)));
    [&text[..first], &text[first..second], &text[second..]].into_iter().filter(|piece| !piece.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_make_the_whole() {
        for text in ["", "a", "ab", "I'll generate your video now...", "标题已添加：「人生若只如初见」", "a b", "é è ê"]
        {
            assert_eq!(pieces(text).concat(), text);
            assert!(pieces(text).len() <= 3);
        }
        assert!(pieces("I'll generate your video now...").len() > 1);
    }
}
