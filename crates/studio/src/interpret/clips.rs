//! Which clips are meant: `clip 2`, `第一和第三段`, `the last clip`, `three clips`.

use crate::ops::Context;

use super::{
    lexicon::W,
    measure::rewrite,
    token::{T, Tok},
};

/// Reads all names of clips.
pub(super) fn clips(tokens: &[Tok], context: &Context, typed: &dyn Fn(&Tok) -> String) -> Vec<Tok> {
    let is_clip = |tok: Option<&Tok>| {
        tok.is_some_and(|tok| tok.any(&[W::Clip, W::Video]) || tok.is(W::Part) && tok.han && typed(tok) == "段")
    };
    let plural = |tok: Option<&Tok>| {
        tok.is_some_and(|tok| tok.is(W::Clip) || is_clip(Some(tok)) && (tok.han || typed(tok).ends_with('s')))
    };
    let orders = tokens.iter().any(|tok| tok.any(&[W::Reorder, W::Order, W::Swap]));
    rewrite(tokens, |rest| {
        let made = last(rest, context)
            .or_else(|| if orders { list(rest) } else { None })
            .or_else(|| listed(rest, &is_clip).filter(|_| context.clips > 1 || !my_first_video(rest)))
            .or_else(|| numbered(rest, &is_clip))
            .or_else(|| counted(rest, &plural, context));
        made.map(|(t, length)| (vec![t], length))
    })
}

fn last(rest: &[Tok], context: &Context) -> Option<(T, usize)> {
    let several = context.clips > 1;
    match rest.first()?.word()? {
        W::LastClip if several => Some((T::Clips(vec![context.clips]), 1)),
        W::LastClip => Some((T::Word(W::Vague), 1)),
        _ => None,
    }
}

/// Its place among the clips, said as an order.
fn order(tok: Option<&Tok>) -> Option<u32> {
    match tok?.t {
        T::Ord(order) => Some(order),
        T::Word(W::First) => Some(1),
        T::Word(W::SecondWord) => Some(2),
        _ => None,
    }
}

/// `my first video` names no clip.
fn my_first_video(rest: &[Tok]) -> bool {
    rest[0].is(W::First) && rest.get(1).is_some_and(|tok| tok.is(W::Video))
}

fn count(tok: Option<&Tok>) -> Option<u32> {
    match tok?.t {
        T::Num(value) if value.fract() == 0.0 && (1.0..1000.0).contains(&value) => Some(value as u32),
        _ => None,
    }
}

/// `3, 1, 2`.
fn list(rest: &[Tok]) -> Option<(T, usize)> {
    let mut found = vec![count(rest.first())?];
    let mut at = 1;
    loop {
        let join = rest[at..]
            .iter()
            .take_while(|tok| tok.is(W::And) || tok.is(W::Then) || matches!(tok.t, T::Comma | T::Dash))
            .count();
        let Some(next) = count(rest.get(at + join)) else { break };
        found.push(next);
        at += join + 1;
    }
    (found.len() > 1).then_some((T::Clips(found), at))
}

fn joins(rest: &[Tok], at: usize) -> usize {
    let is_join = |tok: &&Tok| tok.t == T::Comma || tok.is(W::And);
    rest[at.min(rest.len())..].iter().take_while(is_join).count()
}

/// `the second clip`, `第一和第三段`, `1、3段`.
fn listed(rest: &[Tok], is_clip: &dyn Fn(Option<&Tok>) -> bool) -> Option<(T, usize)> {
    let mut found = vec![order(rest.first()).or_else(|| count(rest.first()))?];
    let mut at = 1;
    let mut ordered = order(rest.first()).is_some();
    loop {
        if is_clip(rest.get(at)) {
            // `2 clips` is a count.
            return (ordered || found.len() > 1).then_some((T::Clips(found), at + 1));
        }
        let join = joins(rest, at);
        let next = order(rest.get(at + join));
        ordered |= next.is_some();
        found.push(next.or_else(|| count(rest.get(at + join)))?);
        if join == 0 {
            return None;
        }
        at += join + 1;
    }
}

/// `clips 1, 2 and 4`, `片段2`.
fn numbered(rest: &[Tok], is_clip: &dyn Fn(Option<&Tok>) -> bool) -> Option<(T, usize)> {
    if !is_clip(rest.first()) {
        return None;
    }
    let mut found = vec![count(rest.get(1))?];
    let mut at = 2;
    loop {
        let join = joins(rest, at);
        let Some(next) = (join > 0).then(|| count(rest.get(at + join))).flatten() else { break };
        found.push(next);
        at += join + 1;
    }
    Some((T::Clips(found), at))
}

/// `three clips`, `the last 2 clips`, `前两段`, `all clips`.
fn counted(rest: &[Tok], plural: &dyn Fn(Option<&Tok>) -> bool, context: &Context) -> Option<(T, usize)> {
    if let (Some(number), true) = (count(rest.first()), plural(rest.get(1))) {
        return Some((T::AllClips(Some(number)), 2));
    }
    let number = count(rest.get(1)).filter(|_| plural(rest.get(2)))?;
    if number > context.clips {
        return Some((T::Clips(vec![number]), 3));
    }
    let range = match rest.first()?.word()? {
        W::First | W::Qian => 1..=number,
        W::Last | W::Hou => (context.clips.saturating_sub(number) + 1).max(1)..=context.clips,
        _ => return None,
    };
    Some((T::Clips(range.collect()), 3))
}
