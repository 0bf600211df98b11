//! Judges clauses in Chinese, mixed with English or not; the text is in simplified characters.

use super::{Action, Clause, Judged, has};

/// Words that turn an order down when they stand in front of its verb.
const NEGATORS: &str = "不要|别|不用|先不|不必|无需|勿|暂不|停止|取消|禁止|还没到|不是|还不|未|不想|不能|不打算";

/// Other words that end or begin with 导出.
const OTHER_EXPORT: &[&str] = &["领导", "推导", "引导", "辅导", "指导", "教导", "编导", "诱导", "督导", "向导"];

const EDITS: &str = "\
    剪|裁|删|加|去掉|换|改|调|做|生成|制作|放大|缩小|配|静音|旋转|拼|接起来|转场|字体|滤镜|\
    打码|修|稳|亮一|暗一|拉|移|翻转|加速|慢|淡|模糊|合并|弄成|重|变|镜头|动画|trim|cut|crop|\
    插|贴";

/// Verbs that order the file.
const VERBS: &[&str] = &["导出", "渲染", "输出", "出片", "下载", "daochu", "export", "render", "download"];

/// Put off until later.
const LATER: &str = "回头|以后再|稍后|待会|等会|明天|过会|改天|等我";

/// Settings, tutorials and other things of that name.
const EXPORT_THINGS: &str = "\
    导出设置|导出格式|导出参数|导出按钮|导出教程|导出速度|导出的时候|导出时|导出前|导出之前|\
    导出后|导出之后|导出以后";

/// The clause asks for something.
const ASKS: &str = "多少|几|什么|哪|吗|没|有啥|是啥|告诉|查|看|列|多长|多久|剩|够";

pub(super) fn judge(clause: &Clause) -> Option<Judged> {
    let text = clause.text.as_str();
    if text.contains(|c| matches!(c, '\u{3041}'..='\u{30ff}')) {
        return japanese(text);
    }
    if !text.contains(|c| matches!(c, '\u{4e00}'..='\u{9fff}')) {
        return pinyin(text);
    }
    if has(text, LATER) {
        return Some(Judged::Dropped);
    }
    credits(text, clause)
        .or_else(|| state(text, clause))
        .or_else(|| export(text))
        .or_else(|| upload(text))
        .or_else(|| has(text, NEGATORS).then_some(Judged::Dropped))
        .or_else(|| has(text, EDITS).then_some(Judged::Step(Action::Chat, "asks for an edit")))
}

fn credits(text: &str, clause: &Clause) -> Option<Judged> {
    const WORDS: &[&str] = &[
        "积分", "积份", "jifen", "余额", "点数", "额度", "配额", "套餐", "会员", "充值", "退款", "账单", "账户",
        "credits",
    ];
    const OTHER: &str = "微积分|积分榜|积分赛|定积分|不定积分|opening credits|end credits|片尾credits";
    let word = WORDS.iter().filter_map(|word| text.find(word)).min()?;
    if has(text, OTHER) || negated_before(text, word) {
        return None;
    }
    let price = has(text, "要多少|需要|得花|要花|消耗多少|多少钱") && !has(text, "还剩|扣了");
    let spends = text.contains('用') && has(text, "做|生成");
    if price || spends {
        return Some(Judged::Step(Action::Chat, "speaks of a price or of spending"));
    }
    let frames = clause.asked || has(text, ASKS) || has(text, "退|扣|用了|还有");
    let bare = text.chars().count() <= 8 && !has(text, EDITS);
    (frames || bare).then_some(Judged::Step(Action::Credits, "asks about the account"))
}

fn state(text: &str, clause: &Clause) -> Option<Judged> {
    let ready = "好了没|好了吗|完了吗|完了没|完成了吗|完成了没|好了没有|成功了吗|成功了没";
    if has(text, ready) {
        return Some(Judged::Ready);
    }
    let progress = "还要多久|还有多久|多久能|还差多少|百分之几|到哪了|几点能好|多久好";
    let other = has(text, "状态栏|状态条|进度条|精神状态|状态不|能不能|为什么|怎么");
    let asks = clause.asked || has(text, ASKS);
    let short = text.chars().count() <= 6 && !has(text, EDITS);
    let facts = has(text, "状态|进度|zhuangtai") && (asks || short) && !has(text, NEGATORS);
    let tracks = has(text, "轨道|时间线|时间轴|timeline|片段") && (asks || short) && !has(text, "删|剪|静音|飞行");
    let project = has(text, "项目|工程|视频里|现在|目前|总时长|时长|分辨率|比例|帧率");
    let contents = project && has(text, "有什么|有哪些|有啥|几个|几段|多少|多长|是什么|告诉我|有没有");
    let preview = has(text, "预览") && !has(text, EDITS);
    let says = has(text, progress) || (!other && (facts || tracks || contents || preview));
    says.then_some(Judged::Step(Action::State, "asks about the project"))
}

fn export(text: &str) -> Option<Judged> {
    if has(text, "为什么|什么格式|哪些格式|支持|默认|每次|总是|能不能") {
        return None;
    }
    // 怎么导出 is answered by doing it; with anything more it is a question for the agent.
    if has(text, "怎么|如何") && text.chars().count() > 8 {
        return None;
    }
    let at = VERBS.iter().filter_map(|word| text.find(word)).find(|at| is_order(text, *at));
    let found = has(text, "下载") && has(text, "一首|一个|一段|首|音乐|歌|素材|速度|图");
    let watch = has(text, "成品|成片|最终版|完整版") && has(text, "看|发|给|要") && !has(text, NEGATORS);
    let kept = has(text, "存下来|保存到手机|存到手机|存到相册|保存到相册|保存视频") && !has(text, NEGATORS);
    let says = (at.is_some() && !found) || given(text) || watch || kept;
    says.then_some(Judged::Step(Action::Export, "asks for the file"))
}

/// 发我, 把视频给我; but 给我加个片头 and 发我三个方案 are for the agent.
fn given(text: &str) -> bool {
    let film = "视频|成片|成品|mp4|文件|这版|片子|链接|final|影片|这条|渲染|cut|video";
    let to_me = ["发我", "发给我", "传给我", "传我", "给我"];
    let Some(at) = to_me.iter().filter_map(|word| text.find(word)).min() else {
        return false;
    };
    let sent = text[at..].starts_with(['发', '传']);
    let other = has(&text[at..], EDITS) || has(text, "建议|方案|创意|文案|脚本|列表|清单");
    !negated_before(text, at) && !other && (sent || has(text, film))
}

/// Whether the export word at `at` is an order: not another word, a thing, a time or the past.
fn is_order(text: &str, at: usize) -> bool {
    let (before, after) = text.split_at(at);
    let word = after.trim_start_matches("导出").trim_start_matches("下载").trim_start_matches("渲染");
    let other = OTHER_EXPORT.iter().any(|word| word.strip_suffix('导').is_some_and(|stem| before.ends_with(stem)));
    let past = has(before, "昨天|上次|之前|刚才|已经") || word.starts_with(['的', '过']);
    // 导出失败怎么办, 能导出竖屏吗: talk about exporting.
    let talk = has(text, "怎么办|失败|个字|字样|这个词")
        || word.starts_with('太')
        || (before.ends_with('能') && text.ends_with('吗') && word.chars().count() > 2);
    !other && !talk && !past && !has(text, EXPORT_THINGS) && !negated_before(text, at)
}

fn upload(text: &str) -> Option<Judged> {
    let at = ["上传", "导入", "汇入", "shangchuan"].iter().filter_map(|word| text.find(word)).min()?;
    let past = has(&text[..at], "刚才|昨天|之前|已经") || text[at..].contains("的那");
    let past = past || text[at..].starts_with("上传的") || has(text, "上传后|上传之后");
    let elsewhere = has(text, "抖音|b站|朋友圈|视频号|小红书|youtube|快手");
    let orders = !past && !elsewhere && !negated_before(text, at);
    orders.then_some(Judged::Step(Action::Upload, "wants to hand over material"))
}

/// Whether a negation stands in the few characters before `at`.
fn negated_before(text: &str, at: usize) -> bool {
    let start = text[..at].char_indices().rev().nth(5).map_or(0, |(start, _)| start);
    has(&text[start..at], NEGATORS) || text[start..at].ends_with('没') || text[start..at].ends_with('不')
}

/// Loan words of the routed words; all other Japanese is for the agent.
fn japanese(text: &str) -> Option<Judged> {
    let refused = has(text, "しないで|ないで|せず|まだ");
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

/// Routed words in Latin letters, alone or nearly.
fn pinyin(text: &str) -> Option<Judged> {
    let (first, action) = [
        ("daochu", Action::Export),
        ("xiazai", Action::Export),
        ("jifen", Action::Credits),
        ("yue", Action::Credits),
        ("shangchuan", Action::Upload),
        ("zhuangtai", Action::State),
    ]
    .into_iter()
    .find(|(word, _)| text.split_whitespace().any(|w| w == *word))?;
    (text.len() <= first.len() + 8).then_some(Judged::Step(action, "is a routed word in pinyin"))
}
