//! Files and addresses: handed over, used as a model, named as output, or talked about.

use super::lexicon::*;
use super::message::{self, Message};
use super::view::View;
use super::{Action, Judged};

/// Judges a clause that names a file or an address, or speaks of such ones just named.
pub(super) fn judge(view: View<'_>, message: &Message) -> Option<Judged> {
    let Some(first) = view.find(MEDIA) else {
        return puts_them(view, message);
    };
    let items: Vec<usize> = view.words.iter().filter_map(|token| number(view, *token)).collect();
    let external = items.iter().any(|at| message.items.get(*at).is_some_and(|item| item.is_path));
    let url = items.iter().any(|at| message.items.get(*at).is_some_and(message::Item::is_url));
    let like = first > 0 && view.one(first - 1, "like|像|仿照|模仿|参考|参照|照着|按照");
    if view.any(MODEL) || like {
        return Some(Judged::Step(Action::Chat, "names a model"));
    }
    if !url && (view.any(OUTPUT) || is_output(view, first)) {
        let names = |token: &Token| {
            let text = &view.folded[token.start..token.end];
            token.class.is(OUTPUT) && super::has(text, "save|export|render|download|output|write|导|存|输出|渲染|生成")
        };
        let exports = view.any(EXPORT | SAVE)
            || view.words.iter().any(names)
            || view.any(OUTPUT) && view.until(first).any(GET | POLITE);
        return Some(if exports { Judged::Step(Action::Export, "names the output") } else { Judged::Dropped });
    }
    if view.until(first).any(NEG) && !view.until(first).any(GIVE.or(UPLOAD)) || refuses(view, first) {
        return Some(Judged::Dropped);
    }
    // 我放在 https://… 了: where it is kept, and no place in the video.
    let kept = |at: usize| view.text(at) == "放在" && view.is(at + 1, MEDIA);
    let place = (0..view.words.len()).any(|at| view.is(at, PLACE) && !kept(at));
    let swaps = view.until(first).order().one(0, "swap|replace|exchange|substitute|switch|trade");
    // /data/trip.mp4 剪成30秒: handed over, and edited in the same breath.
    let edited = external && first == 0 && view.from(1).order().is(0, EDIT) && !view.from(1).any(GIVE | UPLOAD);
    let placed = (place || swaps || edited) && !view.any(INTO);
    let gives = gives(view, first, placed);
    if is_question(view, gives) && !external {
        return Some(Judged::Step(Action::State, "asks about a file"));
    }
    match gives || external {
        true => Some(Judged::HandOver { items, placed }),
        false => Some(Judged::Step(Action::Chat, "edits a file that is there")),
    }
}

fn number(view: View<'_>, token: Token) -> Option<usize> {
    token.class.is(MEDIA).then(|| message::numbers(&view.folded[token.start..token.end]).first().copied())?
}

/// What was named before goes into the project.
fn puts_them(view: View<'_>, message: &Message) -> Option<Judged> {
    let puts = view.any(INTO) && (view.word("them these it those") || view.any(GIVE)) && view.any(GIVE | UPLOAD | EDIT);
    let asks = view.any(WHAT | YESNO) && view.asked;
    let role = !message.items.is_empty()
        && view.one(0, "with|as|for|at|in|on|under|over")
        && view.any(PLACE)
        && !view.any(INTO);
    if role {
        return Some(Judged::Step(Action::Chat, "gives it a place"));
    }
    let known = !message.items.is_empty() && puts && !view.any(NEG) && !asks;
    known.then(|| Judged::HandOver { items: Vec::new(), placed: false })
}

/// `render it out as x.mov`: a verb of export in front of a name.
fn is_output(view: View<'_>, first: usize) -> bool {
    let before = view.until(first);
    let verb = before.words.iter().any(|token| {
        token.class.is(EXPORT) || token.class.is(SAVE) && before.order().is(0, SAVE) && !token.class.is(EDIT)
    });
    verb && !before.any(UPLOAD | NEG) && !view.any(INTO) && !before.any(PAST)
}

/// 不要用 old.mp4, `don't use it`
fn refuses(view: View<'_>, first: usize) -> bool {
    let before = view.until(first);
    before.find(NEG).is_some_and(|at| !before.until(at).any(UPLOAD | GIVE) || before.until(at).content() == 0)
}

/// Whether the file is handed over, not only spoken of.
fn gives(view: View<'_>, first: usize, placed: bool) -> bool {
    let bare = |token: &Token| token.class.is(MEDIA | POLITE | AND | NUMBER | IT) || !has_letter(view, *token);
    if view.words.iter().all(bare) {
        return true;
    }
    let before = view.until(first);
    let verb = before.any(GIVE | UPLOAD | MATERIAL) || view.from(first).any(UPLOAD | INTO);
    let verb = verb || view.from(first).any(GIVE) && !view.from(first).any(EDIT) || hands_after(view, first);
    let edits = before.order().is(0, EDIT) && !before.any(GIVE | UPLOAD);
    let complains = view.is(first + 1, EDIT.or(NEG)) && !hands_after(view, first)
        || view.one(first + 1, "is|needs|looks|has|sounds|太|有点|的");
    let complains = complains && !before.any(UPLOAD) && !view.any(INTO);
    // `replace clip 2 with x.mp4`
    let makes = before.order().one(0, "make|have|let|turn") && placed && view.one(first + 1, "the|our|my|as|into|be");
    let swaps = makes
        || before.order().one(0, "swap|replace|change|exchange|substitute|switch|trade")
            && before.word("for with to by");
    (verb || placed || swaps) && !complains && (!edits || swaps)
}

/// 把 x.mp4 加进去
fn hands_after(view: View<'_>, first: usize) -> bool {
    let last = (first..view.words.len()).rfind(|at| view.is(*at, MEDIA)).unwrap_or(first);
    view.one(
        last + 1,
        "加|配|配上|用作|用来|设为|设成|当作|当成|加进|加进去|放|放进|放到|放进去|传|也加上|加上|你|给你|发你|收下|当|作为|做|导|插|插入|拿去|加到|接|替换|换掉|代替|取代|盖|铺|替掉",
    ) || view.from(last).any(INTO)
}

fn has_letter(view: View<'_>, token: Token) -> bool {
    view.folded[token.start..token.end].contains(|c: char| c.is_alphanumeric())
}

/// `is beach.mp4 in there?`, but `can you add beach.mp4?` hands it over.
fn is_question(view: View<'_>, gives: bool) -> bool {
    let head = view.words.iter().position(|token| !token.class.is(POLITE)).unwrap_or(0);
    let english = view.is(head, YESNO | WHAT) && !view.is(head, POLITE);
    let chinese = view.any(YESNO) && view.folded.contains(is_han) && !view.word("能 可以 能不能 可不可以");
    english || (chinese && !view.words[..].iter().all(|token| !token.class.is(YESNO))) || (view.asked && !gives)
}
