//! Files and addresses: handed over, used as a model, named as output, or talked about.

use crate::intent::message::{self, ITEM, Message};

use super::{Action, Clause, Judged, has};

/// The address or file is a model, not material.
const MODEL: &str = "\
    like this|like the|like in|style of|similar to|same style|inspired|reference|look like|\
    参考|风格|类似|模仿|仿照|像这|照着";

/// The file is what the export shall be called.
const OUTPUT: &str = "\
    save as|save it as|export as|export it as|export to|render to|name it|is the name|\
    call it|rename|filename|存为|保存为|导出为|导出成|命名|文件名|取名|名字叫";

/// Words that hand something over.
const GIVES: &str = "\
    upload|uplaod|import|attach|add |use |put |insert|bring |load |include|here's|here is|\
    here are|this is|these are|take |footage|files|assets|material|source|download this|bgm|\
    上传|导入|汇入|加|放|用|插入|传|素材|这是|附|给你|发你|收下|档案|文件|shangchuan|\
    アップロード|sube|subir|hochladen";

/// A role or a place in the video; the agent has to do that.
const PLACED: &str = "\
    as bgm|as the bgm|as background|as the background|as music|as the music|as intro|\
    as the intro|as the outro|as a logo|as the logo|as logo|as overlay|as a watermark|\
    as the watermark|as voiceover|bgm:|corner|at the start|at the beginning|at the end|\
    in the middle|under the|over the|on top|instead of|replace|after clip|before clip|\
    behind|next to|当背景|做背景|作背景|背景音乐|配乐|当bgm|做bgm|作为|片头|片尾|开头|结尾|\
    角|替换|换掉|后面|前面|中间|水印|封面|旁白";

/// Material in general is no role.
const NO_ROLE: &str = "作为素材|as material|as source|as footage";

/// What was named before goes into the project.
const PUTS_THEM: &str = "put them|add them|use them|put it in|放进|加进|放到项目|加到项目|导入项目";

/// A question about a file.
const ABOUT: &str = "了吗|了没|在不在|有没有|是不是|吗";

/// Judges a clause that names a file or an address, or speaks of such ones just named.
pub(super) fn judge(clause: &Clause, message: &Message) -> Option<Judged> {
    let text = clause.text.as_str();
    let items = message::numbers(text);
    if items.is_empty() {
        let puts_them = has(text, PUTS_THEM);
        let known = !message.items.is_empty() && puts_them && !negated(text);
        return known.then(|| Judged::HandOver { items: Vec::new(), placed: false });
    }
    if has(text, MODEL) {
        return Some(Judged::Step(Action::Chat, "names a model"));
    }
    if has(text, OUTPUT) {
        let exports = has(text, "export|save|render|导出|存");
        return exports.then_some(Judged::Step(Action::Export, "names the output"));
    }
    if negated(text) {
        return Some(Judged::Dropped);
    }
    let gives = has(text, GIVES) || is_bare(text);
    let asks = has(text, ABOUT) || (clause.asked && !gives);
    let external = items.iter().any(|at| message.items.get(*at).is_some_and(|item| item.is_path));
    match (asks && !external, gives || external) {
        (true, _) => Some(Judged::Step(Action::State, "asks about a file")),
        (false, false) => Some(Judged::Step(Action::Chat, "edits a file that is there")),
        (false, true) => {
            let placed = has(text, PLACED) && !has(text, NO_ROLE);
            Some(Judged::HandOver { items, placed })
        }
    }
}

/// Nothing but files, list marks and joining words.
fn is_bare(text: &str) -> bool {
    let other = |c: char| c.is_alphanumeric() && c != ITEM && !message::is_number(c);
    text.split_whitespace().all(|word| !word.contains(other) || matches!(word, "and" | "和" | "与"))
}

fn negated(text: &str) -> bool {
    has(text, "don't|do not|not |never|别用|不要|别上传|不用")
}
