//! The way back: earlier states of a draft, kept in its metadata and opaque to everybody else.

use serde_json::{Map, Value, json};

use super::refusal::Refusal;
use super::words::Language;
use crate::ops::Steps;

/// The key in the draft's metadata.
const KEY: &str = "history";

/// How many edits can be taken back one by one.
const MOST_STEPS: usize = 20;

/// How large all the kept states may be together, in bytes of JSON: drafts travel with every message.
const MOST_BYTES: usize = 256 * 1024;

/// States of a draft before its edits and, after an undo, before the undo.
///
/// The oldest one is never given up: it is what "back to the original" means. When there are too many, the oldest but one
/// goes, and that it went is remembered.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct History {
    undo: Vec<Value>,
    redo: Vec<Value>,
    /// How many states between the oldest and the next are no longer kept.
    dropped: u64,
}

impl History {
    /// A draft without its history, and the history; what can't be read of it is none.
    pub(super) fn split(draft: &Value) -> (Value, Self) {
        let mut now = draft.clone();
        let said = now.get_mut("m").and_then(Value::as_object_mut).and_then(|meta| meta.remove(KEY));
        let said = said.unwrap_or_default();
        let states = |key: &str| -> Vec<Value> {
            let list = said.get(key).and_then(Value::as_array).cloned().unwrap_or_default();
            let list: Vec<Value> = list.into_iter().filter(super::has_segments).map(without).collect();
            let surplus = list.len().saturating_sub(MOST_STEPS);
            list.into_iter().skip(surplus).collect()
        };
        let dropped = said.get("dropped").and_then(Value::as_u64).unwrap_or(0);
        let history = Self { undo: states("undo"), redo: states("redo"), dropped };
        (now, history)
    }

    pub(super) fn into_draft(self, mut draft: Value) -> Value {
        if self == Self::default() {
            return draft;
        }
        let meta = draft.as_object_mut().map(|draft| draft.entry("m").or_insert_with(|| Map::new().into()));
        if let Some(meta) = meta.and_then(Value::as_object_mut) {
            meta.insert(KEY.to_owned(), json!({ "undo": self.undo, "redo": self.redo, "dropped": self.dropped }));
        }
        draft
    }

    /// A state that was just left by an edit.
    pub(super) fn remember(&mut self, state: Value) {
        self.redo.clear();
        if self.undo.is_empty() {
            self.dropped = 0;
        }
        self.undo.push(state);
        self.shrink();
    }

    fn shrink(&mut self) {
        let size = |states: &[Value]| states.iter().map(|state| state.to_string().len()).sum::<usize>();
        let mut bytes = size(&self.undo) + size(&self.redo);
        while self.undo.len() > 2 && (self.undo.len() > MOST_STEPS || bytes > MOST_BYTES) {
            bytes -= self.undo.remove(1).to_string().len();
            self.dropped = self.dropped.saturating_add(1);
        }
    }

    /// Goes back; the line says how far.
    pub(super) fn undo(
        &mut self,
        now: &mut Value,
        steps: Option<Steps>,
        language: Language,
    ) -> Result<String, Refusal> {
        let there = self.undo.len();
        if there == 0 {
            return Err(Refusal::nothing_to_undo(language));
        }
        let wished = match steps.unwrap_or(Steps::Some(1)) {
            Steps::Some(steps) => usize::try_from(steps).unwrap_or(usize::MAX).max(1),
            Steps::All => there,
        };
        let mut skipped = 0;
        for _ in 0..wished.min(there) {
            let Some(state) = self.undo.pop() else { break };
            self.redo.push(std::mem::replace(now, state));
            if self.undo.is_empty() {
                skipped = self.dropped;
            }
        }
        let all = self.undo.is_empty();
        Ok(undone(wished.min(there), wished > there, all, skipped, language))
    }

    /// Goes forward again by one.
    pub(super) fn redo(&mut self, now: &mut Value, language: Language) -> Result<String, Refusal> {
        let state = self.redo.pop().ok_or_else(|| Refusal::nothing_to_redo(language))?;
        self.undo.push(std::mem::replace(now, state));
        Ok(language.pick("Done again".into(), "已恢复".into()))
    }
}

fn undone(steps: usize, too_many: bool, all: bool, skipped: u64, language: Language) -> String {
    let mut en = match steps {
        1 => "The last edit is undone".to_owned(),
        steps => format!("The last {steps} edits are undone"),
    };
    let mut zh = match steps {
        1 => "已撤销上一步".to_owned(),
        steps => format!("已撤销最近 {steps} 步"),
    };
    if too_many {
        en.push_str("; there were no more");
        zh.push_str("，没有更多可撤销的了");
    }
    if all {
        en.push_str(": this is the original again");
        zh.push_str("，现在是最初的样子");
    }
    if skipped > 0 {
        en.push_str(&format!(" ({skipped} edits in between were no longer kept one by one)"));
        zh.push_str(&format!("（中间的 {skipped} 步没有逐一保留）"));
    }
    language.pick(en, zh)
}

/// A kept state with a history of its own would double with every edit.
fn without(mut state: Value) -> Value {
    if let Some(meta) = state.get_mut("m").and_then(Value::as_object_mut) {
        meta.remove(KEY);
    }
    state
}
