//! Whether a clause asks about the project.

use super::super::lexicon::*;
use super::super::view::View;
use super::super::{Action, Judged};
use super::asks;

pub(super) fn judge(view: View<'_>, order: View<'_>) -> Option<Judged> {
    let says = Judged::Step(Action::State, "asks about the project");
    if view.any(PROGRESS) && !view.any(SETTING) && !view.is(0, ADVICE) {
        return Some(says);
    }
    if view.any(ADVICE | SETTING) || (view.any(CANYOU) && asks(view)) {
        return None;
    }
    if is_ready(view) {
        return Some(Judged::Ready);
    }
    let previews = view.any(PREVIEW) && !order.is(0, EDIT.or(NEW)) && !view.any(NEG);
    (previews || alone(view, order) || asked(view)).then_some(says).or_else(|| told(view, order))
}

/// `is it done yet`, `still rendering?`
fn is_ready(view: View<'_>) -> bool {
    let short = view.asked && view.words.len() <= 3;
    let head = view.words.iter().position(|token| !token.class.is(POLITE)).unwrap_or(0);
    let yes_or_no = view.is(head, YESNO) && asks(view) && view.content() <= 10;
    let agent = view.one(head + 1, "you") && !view.any(READY);
    view.any(READY) && (short || yes_or_no) && !agent && !view.any(NEW) && !view.any(MONEY | MEDIA)
}

/// `project status please`; but `status symbol` is another word.
fn alone(view: View<'_>, order: View<'_>) -> bool {
    let names = |token: &Token| token.class.is(STATUS | CORE);
    let plain = order.words.iter().all(|token| {
        let small = matches!(
            &view.folded[token.start..token.end],
            "es" | "cuál"
                | "of"
                | "on"
                | "for"
                | "the"
                | "my"
                | "del"
                | "de"
                | "update"
                | "report"
                | "check"
                | "get"
                | "current"
                | "in"
        );
        token.class.is(STATUS | CORE | POLITE | IT | MY | FILM | PART | NUMBER | CHECK | YESNO | WHAT) || small
    });
    if view.asked && order.content() == 1 && order.one(0, "update|updates|news|eta") {
        return true;
    }
    let status = order.any(STATUS) && order.content() <= 6;
    let core = order.content() <= 3 && (view.asked || order.word("timeline tracks current length duration runtime"));
    !order.any(ELSEWHERE) && plain && order.words.iter().any(names) && (status || core)
}

/// `list all tracks`, `tell me what's on it`.
pub(super) fn told(view: View<'_>, order: View<'_>) -> Option<Judged> {
    let lists = order.one(0, "list|list out|summarize|summarise|outline") && order.any(PART);
    let facts = lists || order.any(CORE | STATUS | PREVIEW) || (order.from(1).any(WHAT) && order.any(PART | QUOTED));
    let whether = order.word("if whether") && order.any(PART | CORE | READY);
    let edits = order.from(1).any(NEW) && !order.any(WHAT | PREVIEW);
    let typos = order.word("for speed every") && !order.any(STATUS);
    let says = order.is(0, CHECK) && (facts || whether) && !edits && !typos && !view.any(ADVICE);
    says.then_some(Judged::Step(Action::State, "asks about the project"))
}

/// `what's at 0:12`, `is there music in it?`
fn asked(view: View<'_>) -> bool {
    let about = view.any(CORE | PART | STATUS | QUOTED | SCENE) || at_time(view) || view.any(FINAL);
    let done = view.is(0, YESNO) && view.word("did have has") && view.any(EDIT);
    let changed = view.any(WHAT) && view.any(YOU) && view.word("changed did done added removed made edited got");
    if changed && asks(view) {
        return true;
    }
    let agent = view.any(YOU) && !done;
    let wishes = view.any(EDIT) && view.word("to too should more less") && !done;
    let someone = view.any(OTHER) && !view.any(CORE | PART);
    let other = view.any(ELSEWHERE | COST | NEW.or(FAIL)) && !is_there(view);
    asks(view) && about && !agent && !wishes && !someone && !other
}

fn is_there(view: View<'_>) -> bool {
    view.word("there any") || view.one(0, "is there|are there|does|do|is|has|what|which")
}

fn at_time(view: View<'_>) -> bool {
    (1..view.words.len()).any(|at| view.one(at - 1, "at|around") && view.is(at, NUMBER))
        || view.word("happens happening playing shown visible")
}
