//! Whether a clause asks about the account.

use super::super::lexicon::*;
use super::super::view::View;
use super::super::{Action, Judged};
use super::{asks, negated};

pub(super) fn judge(view: View<'_>) -> Option<Judged> {
    let account = view.any(MONEY | POINTS | TOPUP);
    let priced = view.any(COST) && !view.any(USED | LEFT) && !view.any(PAST);
    if priced && (account || asks(view) || view.any(EXPORT | EDIT | UPLOAD)) {
        return Some(Judged::Step(Action::Chat, "asks for a price"));
    }
    let edits = view.any(EDIT) && !asks(view) && !view.any(CHECK);
    if account && edits && view.any(SPEND) && !view.any(TOPUP) {
        return Some(Judged::Step(Action::Chat, "spends on something"));
    }
    let edits = edits && !view.any(USED | LEFT) && !view.any(TOPUP);
    let says = !edits && (known(view) || tops_up(view) || personal(view) || used(view) || can_do_more(view));
    says.then_some(Judged::Step(Action::Credits, "asks about the account"))
}

/// 积分, 余额: enough with a question or alone.
fn known(view: View<'_>) -> bool {
    let Some(at) = view.find(MONEY) else {
        return false;
    };
    let asked = asks(view) || view.any(CHECK | LEFT | USED | GET);
    let bare = view.chars() <= 10 && !view.any(EDIT | NEG);
    !negated(view, at) && (asked || bare)
}

/// 充值, 会员什么时候到期
fn tops_up(view: View<'_>) -> bool {
    let made = view.any(EDIT) || view.any(NEG);
    view.any(TOPUP) && (asks(view) || !made)
}

/// 我的套餐, 账号还剩多少: the account where the user or a rest is named.
fn personal(view: View<'_>) -> bool {
    let Some(at) = view.find(POINTS) else {
        return false;
    };
    let account = view.word("账户 账号 帐户 帐号 户口 账上 帐上 account 会员 套餐 vip 试用 这个号");
    let asked = asks(view) || view.any(CHECK);
    let points = view.word("点 分 几分 次数 点点数 钱 条数") && (view.any(LEFT | USED) || account);
    let mine = (view.any(MY) || view.word("我")) && view.word("套餐 会员 方案 plan 次数 账户 账号 account");
    !negated(view, at) && asked && (points || (account && !view.any(EDIT)) || (mine && !view.any(EDIT)))
}

/// 花了多少, 退了没
fn used(view: View<'_>) -> bool {
    let film = view.word("秒 段 首 歌 素材 镜头 片段 字幕 张 时间 分钟 图 照片");
    view.any(USED) && asks(view) && !film && !view.any(EDIT)
}

/// 还能再做几个视频
fn can_do_more(view: View<'_>) -> bool {
    let more = |at: usize| view.is(at, LEFT) && view.text(at).starts_with(['还', '仲', '能', '够']);
    let able = (0..view.words.len()).any(more);
    able && view.any(WHAT)
        && view.word("几个 几条 几次 多少个 多少条 几段 几 多少 几部 几支")
        && !view.any(CORE.or(TEXT))
        || view.word("够 够不够 够唔够") && view.word("分 点 额度 钱") && asks(view)
}
