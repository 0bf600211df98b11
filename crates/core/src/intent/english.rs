//! Judges clauses in English, and in languages that write the routed words alike.

mod account;
mod delivery;
mod project;

use super::lexicon::*;
use super::view::View;
use super::{Action, Judged};

pub(super) fn judge(clause: View<'_>) -> Option<Judged> {
    let view = main_clause(clause);
    let order = view.order();
    if view.is_empty() || (view.any(LATER) && !view.asked) {
        return None;
    }
    if order.is_empty() && !(view.asked && view.any(READY)) {
        return None;
    }
    if refused(view) {
        return Some(Judged::Dropped);
    }
    if describes(view) {
        return order.any(EDIT).then_some(Judged::Step(Action::Chat, "describes a scene"));
    }
    account::judge(view, order)
        .or_else(|| how_to(view))
        .or_else(|| delivery::export(view, order))
        .or_else(|| project::judge(view, order))
        .or_else(|| delivery::upload(view, order))
        .or_else(|| edit(view))
}

/// Whether the clause begins with a question word.
fn asks(view: View<'_>) -> bool {
    let head = view.words.iter().position(|token| !token.class.is(POLITE)).unwrap_or(0);
    // `have the title read …` is an order.
    let makes = view.text(head) == "have" && !view.asked && !view.one(head + 1, "you|we|i|they|any");
    view.is(head, WHAT | YESNO) && !makes && !view.until(head).any(WISH)
}

/// An order that is turned down; `isn't it done?` is none.
fn refused(view: View<'_>) -> bool {
    let Some(at) = view.find(NEG) else {
        return false;
    };
    let orders = view.until(at).any(EXPORT | SEND | EDIT | CHECK | UPLOAD | MONEY | MEDIA | SAVE);
    !asks(view) && at <= 4 && !orders && !view.is(0, ADVICE)
}

/// `a steam train coming down the tracks`: something to be seen, and no question or order.
fn describes(view: View<'_>) -> bool {
    let article = view.one(0, "a|an|the") && view.content() > 4;
    let shown = view.any(SCENE) && !asks(view) && !view.order().is(0, EXPORT | SEND | SAVE | UPLOAD | CHECK);
    shown || (article && !view.asked && !view.any(MY | ME))
}

/// `how do I export`: there is no button to explain, so the operation itself is meant.
fn how_to(view: View<'_>) -> Option<Judged> {
    let Some(at) = view.find(HOWTO).filter(|at| *at <= 2) else {
        return why(view);
    };
    let rest = view.from(at + 1);
    let order = rest.order();
    let further = rest.content() > 8 || rest.any(COST | FAIL | ELSEWHERE | SETTING | ADVICE);
    let plain = rest.content() <= 3 || rest.any(DEVICE | FILM | MATERIAL | MY);
    let formats = rest.word("4k 720p 1080p gif 2k webm prores quality format hd smaller bigger faster in");
    let routed = account::judge(rest, order)
        .or_else(|| project::told(rest, order))
        .or_else(|| delivery::export(rest, order).filter(|_| plain && !formats))
        .or_else(|| delivery::upload(rest, order).filter(|_| plain))
        .or_else(|| (delivery::takes_in(order) && plain).then_some(Judged::Step(Action::Upload, "")));
    match routed {
        Some(Judged::Step(action, _)) if !further => Some(Judged::Step(action, "asks how to do what the client does")),
        _ => Some(Judged::Step(Action::Chat, "asks for an explanation")),
    }
}

/// `why can't I download it`: no order, but "do it" may refer to it.
fn why(view: View<'_>) -> Option<Judged> {
    if !view.one(0, "why|why's|why is|how come") {
        return None;
    }
    let action = if view.any(EXPORT) { Action::Export } else { Action::Upload };
    let routed = view.any(EXPORT | UPLOAD);
    Some(if routed { Judged::Mention(action) } else { Judged::Step(Action::Chat, "asks for an explanation") })
}

fn edit(view: View<'_>) -> Option<Judged> {
    let background = view.one(0, "i|we") && view.text(1).ends_with("ed");
    let order = view.order();
    let head = order.is(0, EDIT) && !order.one(1, "is|are|was|were");
    let wish = (1..view.words.len()).any(|at| view.is(at, EDIT) && view.one(at - 1, "to|you|and|please"));
    let says = head || wish || (view.any(COMPLAINT) && !asks(view));
    (!background && says).then_some(Judged::Step(Action::Chat, "asks for an edit"))
}

/// The clause without what only sets a time, a reason or a condition.
fn main_clause(clause: View<'_>) -> View<'_> {
    let asks_when = clause.is(1, YESNO) || clause.one(1, "will|would|can|could|should");
    let begins = clause.is(0, WHEN) && !asks_when;
    if begins {
        // An order may follow without a comma: if it is fine export it.
        let subject = |at: usize| clause.one(at - 1, "to|i|you|we|it|the|a|they|is|are|can|my|an");
        let verb = |at: &usize| clause.is(*at, EXPORT | SEND | SAVE | UPLOAD | CHECK | EDIT) && !subject(*at);
        let at = (2..clause.words.len()).find(verb);
        let at = at.unwrap_or(clause.words.len());
        // `if I have credits left tell me how many`
        if clause.until(at).any(MONEY) && clause.is(at, CHECK) && clause.from(at).any(WHAT) {
            return clause.from(1);
        }
        let negated = (1..=2).find(|back| at > *back && clause.is(at - back, NEG));
        return clause.from(at - negated.unwrap_or(0));
    }
    let tells = |at: usize| clause.one(at, "if|when") && clause.until(at).order().is(0, CHECK);
    // `what comes after the intro` asks for a place.
    let place = |at: usize| asks(clause) && clause.one(at, "after|before|when|while|until");
    let end = (1..clause.words.len()).find(|at| clause.is(*at, WHEN) && !tells(*at) && !place(*at));
    let end = end.unwrap_or(clause.words.len());
    View { asked: clause.asked, ..clause.until(end) }
}
