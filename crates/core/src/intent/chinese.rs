//! Judges clauses in Chinese, mixed with English or not; the text is in simplified characters.

mod account;
mod delivery;
mod project;

use super::lexicon::*;
use super::view::View;
use super::{Action, Judged};

pub(super) fn judge(clause: View<'_>) -> Option<Judged> {
    let view = main_clause(clause);
    if view.is_empty() || (view.any(LATER) && !asks(view)) {
        return Some(Judged::Dropped);
    }
    if view.any(SETTING) && !view.any(MONEY) {
        return Some(Judged::Step(Action::Chat, "sets a rule"));
    }
    if describes(view) {
        return view.any(EDIT | SCENE | OTHER).then_some(Judged::Step(Action::Chat, "describes a scene"));
    }
    account::judge(view)
        .or_else(|| project::judge(view))
        .or_else(|| delivery::export(view))
        .or_else(|| delivery::upload(view))
        .or_else(|| refused(view).then_some(Judged::Dropped))
        .or_else(|| orders_edit(view).then_some(Judged::Step(Action::Chat, "asks for an edit")))
}

/// Whether something is asked, in words or by a sign.
fn asks(view: View<'_>) -> bool {
    view.asked || wh(view) || yes_or_no(view)
}

/// Whether a question word asks; in 发几张给你 it doesn't.
fn wh(view: View<'_>) -> bool {
    let some = |at: usize| {
        let made = at > 0
            && (view.is(at - 1, EDIT | SEND) && !view.is(at - 1, PART) || view.one(at - 1, "找|选|挑|想|来|录|补|出"));
        view.text(at).starts_with('几') && made
    };
    (0..view.words.len()).any(|at| view.is(at, WHAT) && !some(at))
}

/// Whether the clause asks for yes or no; 没 and 未 ask only at its end.
fn yes_or_no(view: View<'_>) -> bool {
    let ends = |at: usize| view.words[at + 1..].iter().all(|token| token.class.is(POLITE));
    let done = |at: usize| at > 0 && (view.is(at - 1, READY) || view.text(at - 1) == "了");
    let asks = |at: &usize| !view.one(*at, "没|没有|未|冇|么|ma|mei") || ends(*at) || done(*at);
    (0..view.words.len()).any(|at| view.is(at, YESNO) && asks(&at))
}

/// Whether the clause orders an edit; 剪了几段 and 有没有加水印 look back, and `track` is a noun here.
fn edits(view: View<'_>) -> bool {
    let asked = |at: usize| at > 0 && view.one(at - 1, "有没有|有冇|有木有|是否|有无");
    let order = |at: usize| {
        view.is(at, EDIT)
            && !asked(at)
            && !view.is(at, CORE | PART)
            && !view.one(at + 1, "了|没|没有|未|咗|过|了没|了没有|了吗|了么")
    };
    (0..view.words.len()).any(order)
}

/// 主角查余额的镜头: something to be seen, and no question or order of the user.
fn describes(view: View<'_>) -> bool {
    let ends = view.words.last().is_some_and(|token| token.class.is(SCENE));
    let other = view.find(OTHER).is_some_and(|at| !view.until(at).any(SEND | EXPORT | WHAT) && !asks(view));
    let makes = view.find(SCENE).is_some() && (view.any(EDIT) || ends) && !asks(view);
    let created = (0..view.words.len())
        .find(|at| view.one(*at, "做|做一个|做个|做一条|做条|做段|生成|制作|拍|设计|画|写|写一段|来个|来一个"));
    let topic =
        created.is_some_and(|at| view.from(at).any(EXPORT | UPLOAD | MONEY | STATUS) && view.from(at).word("的"));
    other || makes || attribute(view) || (topic && !asks_plainly(view))
}

/// 学生上传作业的那个镜头放慢: what is uploaded or exported only says which one is meant.
fn attribute(view: View<'_>) -> bool {
    let routed = view.find(EXPORT | UPLOAD | MONEY | STATUS);
    let of = |from: usize| (from + 1..view.words.len()).find(|at| view.text(*at) == "的");
    let edit = |at: usize| (at + 1..view.words.len()).any(|edit| view.is(edit, EDIT) && !view.is(edit, GET | PART));
    routed.and_then(of).is_some_and(edit) && !view.any(WHAT)
}

/// Whether an edit is ordered; 不改啦 turns it down.
fn orders_edit(view: View<'_>) -> bool {
    (0..view.words.len()).any(|at| view.is(at, EDIT) && !(at > 0 && view.one(at - 1, "不|没")))
}

/// Whether a question stands outside of what is made.
fn asks_plainly(view: View<'_>) -> bool {
    view.asked || view.any(LEFT | COST | USED) || yes_or_no(view)
}

fn refused(view: View<'_>) -> bool {
    view.word("到此为止 就到这 就到这里") || view.find(NEG).is_some_and(|at| !view.until(at).any(EDIT))
}

/// Whether a negation stands in the few words before `at`.
fn negated(view: View<'_>, at: usize) -> bool {
    view.until(at).from(at.saturating_sub(4)).any(NEG) || at > 0 && view.one(at - 1, "没|没有|不")
}

/// The clause without what only sets a time or a condition: 导出之前把水印去掉.
fn main_clause(clause: View<'_>) -> View<'_> {
    let time = |at: &usize| {
        let sets = clause.one(*at, "之前|以前|的时候|前要|前先|之后我们|后我们|以后我们|完之后|等到");
        sets && clause.until(*at).any(EXPORT | UPLOAD | SEND | SAVE | EDIT | OTHER | NOTHING)
    };
    match (0..clause.words.len()).find(time) {
        Some(at) if clause.text(at) == "完之后" => clause.from(at + 1),
        Some(at) => clause.from(at + 1),
        None if clause.is(0, WHEN) && !asks(clause) => clause.from(after_condition(clause)),
        None => clause,
    }
}

/// 如果没问题直接导出: where the order begins.
fn after_condition(clause: View<'_>) -> usize {
    let order = |at: &usize| clause.is(*at, EXPORT | SEND) && clause.until(*at).any(READY);
    (1..clause.words.len()).find(order).unwrap_or(clause.words.len())
}

/// Loan words of the routed words; all other Japanese is for the agent.
pub(super) fn japanese(text: &str) -> Option<Judged> {
    let refused = super::has(text, "しないで|ないで|せず|まだ");
    let routed = [
        ("アップロード", Action::Upload),
        ("エクスポート", Action::Export),
        ("ダウンロード", Action::Export),
        ("クレジット", Action::Credits),
        ("ステータス", Action::State),
    ];
    let (_, action) = routed.iter().find(|(word, _)| text.contains(word))?;
    Some(if refused { Judged::Dropped } else { Judged::Step(*action, "uses a loan word") })
}
