//! Whether a clause asks about the account.

use super::super::lexicon::*;
use super::super::view::View;
use super::super::{Action, Judged};
use super::asks;

pub(super) fn judge(view: View<'_>, order: View<'_>) -> Option<Judged> {
    if view.word("should") && view.is(0, ADVICE | WHAT) || view.one(0, "should i|should we|should the") {
        return None;
    }
    let missed = view.word("fewer less gone lower dropped deducted missing charged") && view.any(MONEY);
    if missed && view.word("why") {
        return Some(Judged::Step(Action::Credits, "misses something on the account"));
    }
    let (money, points) = (view.any(MONEY), view.any(POINTS));
    if let Some(judged) = price(view, money || points) {
        return Some(judged);
    }
    let spends = order.is(0, SPEND) && (money || points) && !asks(view);
    if spends {
        return Some(Judged::Step(Action::Chat, "spends on something"));
    }
    let how_much_is_left = view.any(LEFT) && view.word("i") && view.word("how what") && !view.any(CORE | PART);
    let left = view.any(LEFT) && view.is(0, WHAT) && view.word("i") && !view.any(CORE) && !view.any(PART.or(MATERIAL));
    let ends = view.any(TOPUP) && asks(view) && view.word("renew expire expires reset") && !view.any(PART.or(EDIT))
        || view.any(TOPUP) && asks(view) && view.word("it");
    let says = ends || known(view, order) || (points && personal(view, order)) || how_much_is_left || left;
    says.then_some(Judged::Step(Action::Credits, "asks about the account"))
}

/// What something would cost is for the agent; what it did cost is account data.
fn price(view: View<'_>, account: bool) -> Option<Judged> {
    let past = view.word("did was were have has") || view.any(USED);
    let would =
        view.word("will would does") && view.word("use take need cost") && account && !view.any(MY | LEFT | PAST);
    let speaks = (view.any(COST) || would) && (view.asked || asks(view) || account || view.any(HOWTO));
    let judged = match past {
        true => Judged::Step(Action::Credits, "asks what was charged"),
        false => Judged::Step(Action::Chat, "asks for a price"),
    };
    speaks.then_some(judged)
}

/// Credits, balance, subscription: enough with a question, an owner, or alone.
fn known(view: View<'_>, order: View<'_>) -> bool {
    let edits = order.is(0, EDIT) && !order.is(0, CHECK | TOPUP | MONEY | SPEND) && !asks(view);
    let background = !view.asked && !asks(view) && has_some(view);
    let asked = asks(view) || view.asked || order.is(0, CHECK) || order.is(0, TOPUP);
    let owned = view.any(LEFT | MY) || order.content() <= 3 || order.is(0, POINTS | GET) && view.any(TOPUP);
    view.any(MONEY) && !edits && !background && !view.any(SETTING) && (asked || owned)
}

/// `I have 20 credits` asks for nothing.
fn has_some(view: View<'_>) -> bool {
    view.one(0, "i|we|i've|i have|i've got|we have") && view.any(NUMBER)
}

/// Points and plans are the account's where the user or the account is named.
fn personal(view: View<'_>, order: View<'_>) -> bool {
    let user = view.any(MY | ME | LEFT | USED | TOPUP) || view.word("i account acct");
    let asked = asks(view) || view.asked || order.is(0, CHECK | TOPUP) || (view.any(LEFT) && order.content() <= 4);
    let wants = order.is(0, TOPUP) || (view.any(MY) && order.content() <= 2 && order.any(POINTS));
    let account = order.is(0, CHECK) && view.word("account acct");
    let edits = order.is(0, EDIT) && !order.is(0, CHECK | TOPUP) && !asks(view);
    let of_film = view.any(CORE) && !view.any(LEFT | USED) && !view.word("account acct plan");
    !edits && !of_film && !has_some(view) && ((user && asked) || wants || account)
}
