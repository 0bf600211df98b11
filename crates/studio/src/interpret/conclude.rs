//! All or nothing: what the clauses came to, as one reading.

use super::{
    read::{Alone, Env, Fail},
    resolve,
};
use crate::ops::{About, EditOp, Reading, What};

/// All or nothing: a no before a question, a question before an edit.
pub(super) fn conclude(ops: Vec<EditOp>, fails: &[Fail], env: &Env<'_>) -> Reading {
    let no = |fail: &Fail| if let Fail::No(what) = fail { Some(*what) } else { None };
    if let Some(what) = fails.iter().find_map(no) {
        return Reading::Unsupported(what);
    }
    if let Some(Fail::Ask(about)) = fails.first() {
        if asks_back(env.normal.original) {
            return Reading::Ask(About::NotAnEdit);
        }
        return Reading::Ask(*about);
    }
    let undone_later = ops.iter().skip(1).any(|op| matches!(op, EditOp::Undo { .. } | EditOp::Redo));
    if undone_later {
        return Reading::Ask(About::UnknownWords);
    }
    let mut ops = settle(ops);
    if let Err(about) = complete(&mut ops, env) {
        let about = if asks_back(env.normal.original) { About::NotAnEdit } else { about };
        return Reading::Ask(about);
    }
    if let Some(about) = resolve::check(&ops, env.context) {
        return Reading::Ask(about);
    }
    if ops.iter().any(|op| matches!(op, EditOp::Resolution(crate::ops::Resolution::Short { short_side: 2161.. }))) {
        return Reading::Unsupported(What::Other);
    }
    Reading::Edits(ops)
}

/// Adds what was said by the way and no edit covers, or asks about it.
fn complete(ops: &mut Vec<EditOp>, env: &Env<'_>) -> Result<(), About> {
    if !ops.is_empty() {
        for alone in env.alone.iter().filter(|alone| !covered(alone, ops)).cloned().collect::<Vec<_>>() {
            match alone {
                Alone::Op(op) => ops.push(op),
                Alone::Ask(about) => return Err(about),
            }
        }
        return Ok(());
    }
    let faint = |alone: &&Alone| {
        matches!(alone, Alone::Ask(About::WhichPlatform | About::WhatChange) | Alone::Op(EditOp::Export))
    };
    match env.alone.iter().find(|alone| !faint(alone)).or_else(|| env.alone.first()) {
        Some(Alone::Op(op)) => ops.push(op.clone()),
        Some(Alone::Ask(about)) => return Err(*about),
        None if env.nothing => return Err(About::NothingToDo),
        None => return Err(About::WhatChange),
    }
    Ok(())
}

/// Whether the edits are an answer to what was said by the way.
fn covered(alone: &Alone, ops: &[EditOp]) -> bool {
    let any = |test: fn(&EditOp) -> bool| ops.iter().any(test);
    match alone {
        Alone::Ask(About::HowSmall | About::SizeOrResolution) => any(|op| {
            matches!(op, EditOp::Preset { .. } | EditOp::MaxSize { .. } | EditOp::Resolution(_) | EditOp::Format { .. })
        }),
        Alone::Ask(About::HowLong) => any(|op| {
            matches!(op, EditOp::Keep { .. } | EditOp::Remove { .. } | EditOp::Speed { .. } | EditOp::RemoveClip { .. })
        }),
        Alone::Ask(About::RotateWhich) => any(|op| matches!(op, EditOp::Rotate { .. } | EditOp::Flip { .. })),
        Alone::Ask(About::HowFast) => any(|op| matches!(op, EditOp::Speed { .. })),
        Alone::Ask(About::WhichTime) => any(|op| matches!(op, EditOp::Keep { .. })),
        Alone::Op(EditOp::Volume { .. }) => any(|op| {
            matches!(
                op,
                EditOp::Volume { .. }
                    | EditOp::Mute { .. }
                    | EditOp::Loudness { .. }
                    | EditOp::Bgm { .. }
                    | EditOp::Duck
            ) || matches!(op, EditOp::RemoveTrack { target: crate::ops::Track::Bgm })
        }),
        Alone::Op(_) | Alone::Ask(_) => true,
    }
}

/// Whether the message is itself a question.
fn asks_back(text: &str) -> bool {
    let first = text.split_whitespace().next().unwrap_or_default().to_lowercase();
    ["what", "which", "who", "where", "when", "why", "is", "are", "does", "did"].contains(&first.as_str())
}

/// Joins what was said in two clauses and is one edit, and drops `then` where nothing before it moves the times.
fn settle(ops: Vec<EditOp>) -> Vec<EditOp> {
    let mut out: Vec<EditOp> = Vec::with_capacity(ops.len());
    for mut op in ops {
        if out.contains(&op) && !matches!(op, EditOp::Text { .. } | EditOp::Undo { .. }) {
            continue;
        }
        let moved = out.iter().any(moves_times);
        if let EditOp::Keep { then, .. }
        | EditOp::Remove { then, .. }
        | EditOp::Speed { then, .. }
        | EditOp::Text { then, .. }
        | EditOp::Bgm { then, .. } = &mut op
        {
            *then &= moved;
        }
        if !joined(out.last_mut(), &op) {
            out.push(op);
        }
    }
    out
}

fn moves_times(op: &EditOp) -> bool {
    matches!(
        op,
        EditOp::Keep { .. }
            | EditOp::Remove { .. }
            | EditOp::Speed { .. }
            | EditOp::Merge { .. }
            | EditOp::Reorder { .. }
            | EditOp::RemoveClip { .. }
    )
}

/// `start at 0:05, end at 0:20` is one part; `add music, at 30 %` is one op.
fn joined(last: Option<&mut EditOp>, op: &EditOp) -> bool {
    match (last, op) {
        (Some(EditOp::Keep { parts: before, clip: None, .. }), EditOp::Keep { parts, clip: None, then: false }) => {
            let ([a], [b]) = (&mut before.0[..], &parts.0[..]) else { return false };
            let meets = a.to.is_none() && a.from >= 0 && b.from == 0 && b.to.is_some_and(|to| to > a.from);
            if meets {
                a.to = b.to;
            }
            meets
        }
        (
            Some(EditOp::Bgm { volume: volume @ None, .. }),
            EditOp::Volume { target: crate::ops::Sound::Bgm, level: crate::ops::Level::Value(value) },
        ) => {
            *volume = Some(*value);
            true
        }
        (
            Some(EditOp::Format { container, codec: codec @ None }),
            EditOp::Format { container: None, codec: Some(next) },
        ) if container.is_some() => {
            *codec = Some(*next);
            true
        }
        _ => false,
    }
}
