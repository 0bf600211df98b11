//! Whether a clause asks for the file, or offers material.

use super::super::lexicon::*;
use super::super::view::View;
use super::super::{Action, Judged};
use super::{asks, negated};

pub(super) fn export(view: View<'_>) -> Option<Judged> {
    if view.any(ADVICE.or(ELSEWHERE)) && !is_request(view) || view.any(FAIL) || view.any(ELSEWHERE) {
        return None;
    }
    if super::wh(view) && !view.any(HOWTO) && !view.any(ME | FINAL) {
        return None;
    }
    // 怎么导出 is answered by doing it; with anything more it is a question for the agent.
    if view.any(HOWTO) && view.chars() > 12 {
        return None;
    }
    let at = (0..view.words.len()).find(|at| delivers(view, *at))?;
    if negated(view, at) || view.until(at).any(PAST) && !view.until(at).any(FINAL) {
        return None;
    }
    let edit = (0..at).any(|edit| edits(view, edit) && !negated(view, edit) && !is_done(view, edit, at));
    Some(if edit { Judged::EditAndExport } else { Judged::Step(Action::Export, "asks for the file") })
}

/// Whether the word at `at` changes the video; 转成mp4 only names its form.
fn edits(view: View<'_>, at: usize) -> bool {
    let form = view.one(at, "生成|合成|转成|转为|做成|出个|弄成") && view.from(at + 1).until(2).any(FINAL | FILE);
    view.is(at, EDIT) && !view.is(at, PART | TEXT | FILM | FINAL | READY | GET) && !form
}

/// 能不能导出, 可以发我吗: asks for it by asking whether it can be done.
fn is_request(view: View<'_>) -> bool {
    view.word("能不能 可不可以 可以 可唔可以")
        && view.any(EXPORT | SEND | SAVE)
        && view.any(FILM | FINAL | ME)
        && !view.word("多大 什么格式的 哪些格式 最大 支持")
}

/// 加了字幕的那版: the edit is done.
fn is_done(view: View<'_>, edit: usize, order: usize) -> bool {
    view.one(edit + 1, "了|过|完|好") && view.until(order).from(edit).word("的")
}

/// Whether the word at `at` asks for the file.
fn delivers(view: View<'_>, at: usize) -> bool {
    let token = View { words: &view.words[at..=at], ..view };
    (token.any(EXPORT) && is_order(view, at))
        || wants_it(view)
        || (view.content() == 1 && view.text(at) == "导")
        || (token.any(SEND) && is_given(view, at))
        || (token.any(SAVE) && is_kept(view, at))
        || (token.any(FINAL) && is_wanted(view, at))
        || (token.any(FILE) && asks_for_file(view, at))
}

/// 我要这个视频: nothing but the wish and the film.
fn wants_it(view: View<'_>) -> bool {
    let plain = |token: &Token| token.class.is(POLITE | GET | FILM | FILE | IT | ME);
    let wish = view.word("我要 想要 我想要 要");
    wish && view.any(FILM | FILE) && view.words.iter().all(plain) && !view.any(NEW | EDIT) && !asks(view)
}

/// Whether the export word at `at` is an order: not a thing, a time or the past.
fn is_order(view: View<'_>, at: usize) -> bool {
    let next = view.text(at + 1);
    let past =
        view.one(at + 1, "是|有|没|没有|会|会不会|还|变|显示|的|得|过|后|时|前|了|按钮|设置|速度|量|数据|完|太|出来的");
    let complains = next.starts_with(['太', '很', '慢', '不', '老', '总', '好']) && !next.starts_with("好了")
        || view.from(at + 1).until(2).any(FAIL);
    let past = past || complains;
    let found = view.text(at).starts_with(['下', 'd', 'x'])
        && view.from(at).any(NEW.or(MATERIAL))
        && !view.any(FILM | FINAL | FILE);
    let found = found || view.text(at).starts_with('下') && view.word("音乐 歌 一首 首 一个 一段 素材 bgm 字体");
    let object = view.from(at + 1);
    let other = object.words.iter().any(|token| !token.class.is(POLITE | YESNO | READY))
        && !object.any(FILM | FINAL | ME | DEVICE);
    let able = at > 0 && view.one(at - 1, "能|可以") && asks(view) && other;
    let due = next == "了" && view.until(at).word("可以 能 该 要 得 好");
    (!past || due) && !found && !able
}

/// 发我, 把视频给我; but 给我加个片头 and 发我三个方案 are for the agent.
fn is_given(view: View<'_>, at: usize) -> bool {
    let verb = view.text(at);
    let here = verb.ends_with(['来'])
        || verb.contains("过来")
        || verb.starts_with("返")
        || verb == "send返俾"
        || verb == "send返畀";
    let own = view.is(at, ME).then_some(at);
    let receiver = own.or_else(|| (at + 1..view.words.len().min(at + 4)).find(|next| view.is(*next, ME | DEVICE)));
    let to_user = here || receiver.is_some();
    let sends = !view.one(at, "给|给我|俾我|畀我|俾|畀|交|给到|给个|给一个|给下|来一份|给一份");
    let film = view.any(FILM | FILE | FINAL);
    let after = view.from(receiver.map_or(at + 1, |receiver| receiver + 1));
    let made =
        after.words.iter().any(|token| token.class.is(EDIT) && !token.class.is(FILM | FINAL | PART | GET | TEXT))
            || after
                .word("建议 方案 创意 文案 脚本 列表 清单 一些 几个 三个 两个 素材 歌 音乐 照片 图片 截图 几首 一首");
    let alone = view.content() <= 3 && after.content() == 0;
    let asked_back = view.any(YOU) && !view.any(ME);
    let plain =
        (to_user && (sends || film || alone)) || (view.one(at, "给个|给一个|给一份|来一份") && view.any(FILE | FINAL));
    plain && !made && !asked_back && !is_background(view, at)
}

/// 发给我的那版, 我发的
fn is_background(view: View<'_>, at: usize) -> bool {
    (at + 1..view.words.len().min(at + 4)).any(|next| view.text(next) == "的" && !view.is(next + 1, FILM))
        && !view.any(FINAL)
        || view.until(at).any(OTHER)
}

/// 存到手机, 保存视频
fn is_kept(view: View<'_>, at: usize) -> bool {
    let verb = view.text(at);
    let down = view.one(at, "存下来|存档|保存下来|留一份|存一下|存下|baocun|save");
    let object = view.from(at + 1);
    let placed = view.one(at, "放到|放进|放入|装进|落到|弄到|搞到|转到|拷到|拷贝到");
    let device = object.until(3).any(DEVICE);
    let film = object.until(2).any(FILM | FINAL | FILE) || view.until(at).any(FILM | FINAL) && object.content() == 0;
    (down && view.chars() <= 14)
        || device && (!placed || view.any(FILM | FINAL | IT))
        || (film && !placed && !view.any(MATERIAL.or(SCENE)) || film && verb.starts_with("保存"))
}

/// 我要成片, 看下成品, 生成最终视频文件
fn is_wanted(view: View<'_>, at: usize) -> bool {
    let wants = view.any(GET | SEND | WATCH | SAVE) || view.word("出 生成 合成 我要 看 给我 来 有 拿 睇 睇下 呢");
    let others = view.from(at).any(EDIT.or(MODEL)) && !view.word("生成 来") || view.any(SCENE.or(OTHER));
    let bare = view.content() <= 2 && view.chars() <= 8;
    let facts = asks(view) && !view.any(SEND) && !view.word("我要 给我 可以 能");
    (wants || bare) && !others && !facts
}

/// 给我个文件, mp4给我
fn asks_for_file(view: View<'_>, at: usize) -> bool {
    let wants = view.word("给我 我要 要 给个 我想要 来个 需要") && !asks(view);
    let bare = view.content() == 1;
    let made = view.any(EDIT) && !view.word("来个 弄个");
    let mine = view.any(MATERIAL) && view.word("这是 这 给你");
    (wants && !made || bare && view.text(at).contains("mp4") || bare && view.text(at).contains("链接"))
        && !mine
        && !view.any(GIVE.or(NOTHING))
        || wants && !made && !mine && !view.any(UPLOAD | YOU)
}

pub(super) fn upload(view: View<'_>) -> Option<Judged> {
    let blocked = view.any(ELSEWHERE | FAIL | SCENE) || view.any(ADVICE) && !view.word("能 可以 能不能 可不可以");
    let size = view.word("多大 最大 最多 支持 上限 限制 哪些格式 什么格式");
    if blocked || size {
        return None;
    }
    // 我要加几段自己拍的视频
    let adds = view.word("加 添加 加上 加几段 加几张 放")
        && view.any(MATERIAL)
        && view.word("自己拍的 自己录的 我拍的 我录的 我自己拍的 家里拍的 手机里 我手机里");
    let says = adds || orders(view) || offers(view);
    says.then_some(Judged::Step(Action::Upload, "wants to hand over material"))
}

fn orders(view: View<'_>) -> bool {
    let Some(at) = view.find(UPLOAD) else {
        return false;
    };
    let past = view.until(at).any(PAST) || view.one(at + 1, "的|后|过|了|前|时|完");
    let past = past || view.text(at + 1) == "之后";
    !past && !negated(view, at) && !view.until(at).any(OTHER)
}

/// 我给你传个视频, 素材发给你, 照片怎么传给你
fn offers(view: View<'_>) -> bool {
    let Some(at) = view.find(SEND) else {
        return view.any(GIVE) && view.any(MATERIAL) && view.word("给你 给您");
    };
    let to_agent = view.any(YOU) && !view.from(at + 1).until(2).any(ME);
    let kinds = view.any(MATERIAL | FILM);
    let own = view.until(at).word("我 我这 给你 我想 我来 我们") || view.any(MY);
    let sends = own && view.from(at).any(MATERIAL) && !view.from(at + 1).until(2).any(ME);
    kinds && (to_agent || sends && !view.word("给我 发我")) && !negated(view, at) && !view.until(at).any(PAST)
}
