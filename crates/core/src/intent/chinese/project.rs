//! Whether a clause asks about the project.

use super::super::lexicon::*;
use super::super::view::View;
use super::super::{Action, Judged};
use super::{asks, edits, wh, yes_or_no};

pub(super) fn judge(view: View<'_>) -> Option<Judged> {
    let says = Judged::Step(Action::State, "asks about the project");
    let progress = view.any(PROGRESS) && !view.any(EDIT);
    if (view.any(ADVICE) && !progress) || view.any(FAIL) {
        return None;
    }
    // 片尾还没好 finds fault; 还没好 alone is impatient.
    let fault = view.content() > 1 && !asks(view) && (0..view.words.len()).any(|at| view.text(at).starts_with("还没"));
    if view.any(PROGRESS) && !fault {
        return Some(says);
    }
    // 可以给我了吗 is a request.
    let requests = view.word("可以 能 可唔可以 可否 得唔得");
    if view.any(READY) && yes_or_no(view) && !requests {
        return Some(Judged::Ready);
    }
    // 你改了哪里
    let changed = view.word("你 您")
        && (0..view.words.len()).any(|at| view.is(at, EDIT) && view.text(at + 1) == "了")
        && wh(view);
    let facts = changed || status(view) || core(view) || part(view, requests) || preview(view);
    facts.then_some(says)
}

fn status(view: View<'_>) -> bool {
    let short = view.chars() <= 8 || view.content() == 1;
    view.any(STATUS) && (asks(view) || view.any(CHECK) || short) && !view.any(NEG | EDIT) && !view.any(OTHER)
}

/// The whole of the project: 时间线上有什么, 现在多长
fn core(view: View<'_>) -> bool {
    let asked = asks(view) || view.any(CHECK);
    let short = view.chars() <= 7 && !view.any(EXPORT | UPLOAD | SEND | GET | MEDIA);
    let orders = edits(view) || view.any(NEG | UPLOAD | SEND | EXPORT);
    let shot = view.word("拍 拍了 录 录了 准备了 找了 选了");
    view.any(CORE) && (asked || short) && !orders && !shot
}

/// A part of it: 现在有字幕吗, 第二段是什么内容
fn part(view: View<'_>, requests: bool) -> bool {
    let lists = view.order().one(0, "列|列一下|列出|列个|列举|盘点|汇总|念一下");
    let asked = wh(view) || yes_or_no(view) || lists;
    let orders = edits(view) || view.any(NEG | HOWTO.or(SEND)) && !view.word("哪里 在哪里 在哪 没有 有没有 没");
    let deals = view.any(EXPORT | UPLOAD | SAVE | MONEY | POINTS.or(WATCH)) && !view.word("看");
    let shot = view.word("拍 拍了 录 录了 准备了 找了 选了");
    view.any(PART) && asked && !shot && !orders && !deals && !requests
}

fn preview(view: View<'_>) -> bool {
    let previews = view.find(PREVIEW);
    previews.is_some_and(|at| !view.until(at).any(EDIT | NEG)) && !view.any(SCENE)
}
