//! Judges clauses in Chinese; the text is in simplified characters.

mod words;

use super::find::{Words, begins, first, has, listed, plain};
use super::pieces::QUOTED;
use super::{GuiAction, Verdict};

use words::{ACTS, BEFORE, LABELS, OTHER_ACTS, PLACES, POINTERS, REFUSED, SCREEN};

/// Somebody who is seen in the video.
const PEOPLE: &str = "\
    女孩|男孩|老人|主播|主持|演员|服务员|孩子|顾客|老师|学生|他|她|观众|主角|工人|司机|小狗|小猫|镜头里|画面里|画面中|片中|店员|\
    妈妈|爸爸|字幕里|旁白|人们|一只手|手指";

/// The user is spoken to.
const TOLD: &str = "请|您|你|可以|即可|可在|就能|就会|便可|就行|可通过|的话|可按";

/// Where what an instruction is good for begins.
const PURPOSES: &str = "\
    即可得到|就可以得到|就能得到|即可拿到|就能拿到|就可以拿到|获取|即可保存|即可下载|可以修改|就能看到|即可看到|可以看到|即可获得|\
    就可以修改|就会|就能|可以|即可|来";

pub(super) fn judge(clause: &Words) -> Verdict {
    // A click rate is a figure.
    let masked = clause.masked.replace("点击率", "").replace("点击量", "");
    let screen = has(&clause.labels, SCREEN);
    let acts = has(&masked, ACTS) || presses(&clause.masked);
    if refused(clause, &masked, screen, acts) {
        return Verdict::Done;
    }
    if let Some(verdict) = own_act(clause, screen || acts) {
        return verdict;
    }
    if operates(&masked, screen, acts) {
        return instructs(clause, &masked);
    }
    holds(clause)
        .or_else(|| pointer(clause))
        .unwrap_or_else(|| beside(masked.trim_matches(|c: char| !c.is_alphanumeric())))
}

/// 无需点击任何按钮
fn refused(clause: &Words, masked: &str, screen: bool, acts: bool) -> bool {
    let verbs = "打开|关闭|点击|进入|切换|刷新|拖|按|点|前往|开启|导出|下载|操作|使用|去|到|手动|点任何";
    let speaks = screen
        || acts
        || has(&clause.labels, "点导出|重新导出|点击导出|点下载|用拖|需拖|必拖|需要点|用点|需点|必点|用按|需按|必按");
    has(masked, REFUSED) && speaks && (acts || has(masked, verbs))
}

/// What only goes with an instruction before or after it.
fn beside(words: &str) -> Verdict {
    const OPENS: &str = "如果|若|要是|如需|倘若|假如|满意后|想看|想要|选中";
    const LEADS: &str = "想|要微调|需要|当您|一旦|为了|如|确认无误后|喜欢的话|保存视频|觉得";
    const SHORT: &str = "\
        另外|此外|提示|小贴士|下一步|否则|或者|然后|最后|接下来|没问题的话|满意的话|需要的话|喜欢的话|不满意的话|确认无误后|完成后|\
        之后|随后";
    let length = words.chars().count();
    if begins(words, "选择|选|挑选|再选|选一款") && !words.starts_with("选中") && length <= 12 {
        return Verdict::Continues(has(words, "导出|下载").then_some(GuiAction::Export));
    }
    let ends = "的话|时|后|的时候|请".split('|').any(|end| words.ends_with(end));
    let condition = words.ends_with("的话") && length <= 14;
    let leads = begins(words, OPENS) || (begins(words, LEADS) && ends) || condition || listed(SHORT, words);
    if leads { Verdict::LeadIn } else { Verdict::Content }
}

/// An act of the user: 请拖动片段; but in 老人拖动箱子 somebody else acts.
fn operates(masked: &str, screen: bool, acts: bool) -> bool {
    let head = head(masked);
    let told = has(masked, TOLD);
    let tells = "点了|了一|打开了|按下了|拖着|放在了|放到了|推到|怎么|如何|演示|讲解|的镜头|的特写|的画面|的部分";
    let at_head = begins(&head, ACTS);
    let someone = has(&masked.replace("其他", ""), PEOPLE) && !at_head && !has(masked, "请|您");
    if (has(masked, tells) && !told) || someone {
        return false;
    }
    let other = begins(&head, OTHER_ACTS) && !reports(masked);
    let pulls = begins(&head, "把|将") && has(masked, "拖|往右拉|往左拉|往右移|往左移") && !reports(masked);
    at_head
        || presses(&head)
        || (told && acts && !masked.contains('我'))
        || (other && (screen || has(masked, ACTS)))
        || pulls
        || looks(&head, masked)
}

/// 已放在第二个镜头: says what was done.
fn reports(masked: &str) -> bool {
    let past = "已|好了|完成了|掉了|加了|改成了|换成了|调低了|调高了|了两|了三|剪掉|到了";
    has(masked, past) && !has(masked, "请|您|可以|即可|就能|就会")
}

/// 在时间线里预览, 播放预览
fn looks(head: &str, masked: &str) -> bool {
    let line = "时间线|时间轴|预览窗|预览区|播放器|预览画面|预览框";
    let look = "预览|查看|播放|看看|看到|回放|试看|检查|观看|看一下|浏览|试听|滚动|跳到";
    let from = "在|到|从|去|时间线|时间轴|打开|进入|前往|回到|预览|查看|播放|通过|点|按|右侧|用|至|移";
    let previews = "播放预览|点开预览|预览一下|预览效果|播放查看|播放一下|按下播放|点播放|点一下播放|按播放";
    let there = has(masked, line) && has(masked, look) && begins(head, from) && !reports(masked);
    let listens = head.starts_with("播放") && has(masked, "听听|看看|试试|检查") && !reports(masked);
    there || listens || begins(head, previews) || masked.contains("可以预览")
}

/// The clause without the words before its act.
fn head(masked: &str) -> String {
    let plain = plain(masked);
    let mut words = plain.trim_start_matches(|c: char| !c.is_alphanumeric() && !is_open(c));
    // 升级方案请至…: the order begins at 请.
    if let Some(at) = words.find('请').filter(|at| !words[..*at].ends_with(['申', '邀', '宴', '聘'])) {
        words = &words[at..];
    } else if let Some((_, rest)) = words.split_once("的话") {
        words = rest.trim_start_matches(|c: char| !c.is_alphanumeric());
    } else if let Some((_, rest)) =
        words.split_once('就').filter(|_| begins(words, "如果|若|要是|想|觉得|不满意|没问题|满意"))
    {
        words = rest;
    }
    let longest = |words: &str| BEFORE.split('|').filter(|before| words.starts_with(*before)).map(str::len).max();
    while let Some(length) = longest(words) {
        words = words[length..].trim_start_matches([' ', ',']);
    }
    words.to_owned()
}

fn is_open(c: char) -> bool {
    matches!(c, QUOTED | '“' | '「' | '"' | '‘' | '『' | '【' | '《')
}

/// 点“重置”, 按「保存」, 点导出: a label right after the verb.
fn presses(words: &str) -> bool {
    // 第一点, 重点: no verb.
    const NO_VERB: &str = "第零一二三几两重焦特观要亮地整早晚缺优起终大小快慢高低暗多少长短有";
    let plain = words.replace(['*', '_', '`', ' '], "");
    let pressed = |verb: &str| {
        plain.match_indices(verb).any(|(at, _)| {
            let after = &plain[at + verb.len()..];
            let after = after.strip_prefix("一下").or_else(|| after.strip_prefix('下')).unwrap_or(after);
            let near: String = after.chars().take(10).collect();
            let side = begins(after, "底部|顶部|右上角|左上角|右下角|左下角|下方|上方|左侧|右侧|工具栏|屏幕|旁边");
            let part =
                side || verb != "选" && has(&near, "按钮|图标|图示|键|ctrl|cmd|右上角|左上角|菜单|选项卡|标签页|开关");
            let noun = plain[..at].chars().next_back().is_some_and(|c| NO_VERB.contains(c));
            !noun && (part || after.starts_with(is_open) || begins(after, LABELS))
        })
    };
    ["点", "按", "选"].into_iter().any(pressed)
}

/// 我打开音频面板把音乐调低了: done already, and by the agent; what it did stays.
fn own_act(clause: &Words, screen: bool) -> Option<Verdict> {
    const SMALL: &str = "已经|已|帮您|替您|为您|刚刚|刚才|刚|先|也|又|还|都|把|将|帮你|替你";
    const VERBS: &str = "点|打开|拖|按|勾选|切换|切到|进入|关闭|双击|右键|刷新|移动播放头|前往|展开|开启|选中";
    let words = clause.masked.trim_start_matches(|c: char| !c.is_alphanumeric());
    let mut act = words.strip_prefix('我')?;
    while let Some(more) = SMALL.split('|').find_map(|word| act.strip_prefix(word)) {
        act = more;
    }
    let tool = act.starts_with('用') && has(act, "工具|面板|按钮");
    let label = clause.masked.contains(QUOTED) && begins(act, "点|按");
    let inside = begins(act, "到|去|在") && has(&clause.masked, "面板|菜单|页面|标签页|侧边栏|选项卡|设置里");
    if !(tool || label || inside || (begins(act, VERBS) && screen)) {
        return None;
    }
    let part = first(&clause.masked, "面板|按钮|菜单|页面|标签页|侧边栏|选项卡|设置").map(|(at, word)| at + word.len());
    let rest = |at: &usize| clause.masked[*at..].contains('了') && clause.masked[*at..].chars().count() > 3;
    Some(part.filter(rest).map_or(Verdict::Done, |at| {
        let inside = ["里面", "里", "中", "上"].iter().find(|word| clause.masked[at..].starts_with(**word));
        let from = clause.at(at + inside.map_or(0, |word| word.len()));
        Verdict::Part { from, to: clause.end(), ending: "", action: None }
    }))
}

/// Cuts the instruction; what it is good for stays where it describes the video.
fn instructs(clause: &Words, masked: &str) -> Verdict {
    let action = action(masked, &clause.labels);
    if let Some(verdict) = subject(clause, action) {
        return verdict;
    }
    let found = PURPOSES.split('|').filter_map(|word| Some((clause.masked.find(word)?, word)));
    let after_act = |at: usize| has(&clause.masked[..at], ACTS) || presses(&clause.masked[..at]);
    let Some((at, word)) = found.filter(|(at, _)| after_act(*at)).min_by_key(|(at, word)| (*at, word.len())) else {
        return Verdict::Instruction(action);
    };
    let from = at + word.len();
    let object = &clause.masked[from..];
    let rich = object.contains(|c: char| c.is_ascii_digit() || c == '(') || clause.quotes(object);
    let named = has(object, "这条|这部|这支|这段|新的");
    let screen = has(object, "面板|按钮|页面|菜单") || has(object, ACTS);
    if object.chars().count() > 5 && (rich || named) && !screen {
        return Verdict::Part { from: clause.at(from), to: clause.end(), ending: "", action };
    }
    Verdict::Instruction(action)
}

/// 这条20秒的短片可以从“导出”菜单下载: what can be had stays.
fn subject(clause: &Words, action: Option<GuiAction>) -> Option<Verdict> {
    let (at, _) = first(&clause.masked, "可以从|可从|可以在|可在|可以通过|可以点|可以到")?;
    let before = &clause.masked[..at];
    let rich = before.contains(|c: char| c.is_ascii_digit()) || clause.quotes(before) || has(before, "新|这条|这段|的");
    let leads = has(before, "如果|若|要是|想|满意|请|您");
    let said = before.chars().count() > 5 && rich && !leads;
    said.then(|| Verdict::Part { from: clause.start, to: clause.at(at), ending: "已经好了", action })
}

/// The most specific meaning of an instruction.
fn action(masked: &str, labels: &str) -> Option<GuiAction> {
    let pulls = has(masked, "拖|滑块|滑条|滑杆|边缘|手柄|拉动|往右拉|往左拉|两端");
    if pulls && has(masked, "上传区|上传框|您的文件|你的文件|您的照片|您的视频|您的素材|你的照片")
    {
        return None;
    }
    let drags = pulls && !masked.contains("播放头");
    let account = "账户|帐户|账单|帐单|充值|套餐|会员|升级|订阅|余额|储值|账号|个人中心|方案页";
    let plays = has(labels, "播放") && !has(labels, "循环播放|播放列表|播放速度");
    if has(&labels.replace("领导出", ""), "导出|下载|汇出|输出按钮") {
        Some(GuiAction::Export)
    } else if has(labels, account) && !drags {
        Some(GuiAction::Credits)
    } else if drags {
        Some(GuiAction::Edit)
    } else if plays || has(masked, "播放头|时间线|时间轴|预览|空格") {
        Some(GuiAction::Tracks)
    } else if opens(masked) {
        Some(GuiAction::State)
    } else {
        Some(GuiAction::Execute)
    }
}

/// Whether a part of the screen is opened, and not only something in it pressed.
fn opens(masked: &str) -> bool {
    let parts = "面板|标签页|选项卡|页签|分页";
    let opening = "打开|切换到|切换至|切到|进入|前往|刷新|音频标签|素材库|音乐库|媒体库|列表|开启左|开启右|侧边栏";
    let presses =
        has(masked, "点击|双击|右键|单击|点按|长按|按下|点一下|轻点|点选|点“|按“|点「|按「|选“|键|图标|图示|按钮");
    let pressed = presses && !has(masked, parts);
    (has(masked, opening) || has(masked, parts)) && !pressed && !has(masked, "开关|菜单|下拉|勾选")
}

/// 左边的列表里有刚生成的动画: what it holds stays.
fn holds(clause: &Words) -> Option<Verdict> {
    let (at, word) = first(&clause.masked, "里有|中有")?;
    let place = &clause.masked[..at];
    let begins = begins(&head(&clause.masked), "左边|右边|左侧|右侧|面板|素材库|“|「|列表|侧边栏");
    let action = if has(place, "时间线|时间轴") { GuiAction::Tracks } else { GuiAction::State };
    let from = clause.at(at + word.len());
    (begins && has(place, PLACES)).then(|| Verdict::Part { from, to: clause.end(), ending: "", action: Some(action) })
}

/// 您要的雪山延时已经放进左侧的素材库面板
fn pointer(clause: &Words) -> Option<Verdict> {
    let masked = &clause.masked;
    let found = POINTERS.split('|').filter_map(|word| Some((masked.find(word).filter(|at| *at > 0)?, word)));
    let (at, word) = found.min_by_key(|(at, word)| (*at, std::cmp::Reverse(word.len())))?;
    let place = &masked[at + word.len()..];
    let scene = has(place, "镜头|的特写|画面里|太阳能") || has(&masked[..at], "镜头里|画面里|片中");
    if !has(place, PLACES) || scene {
        return None;
    }
    let action = if has(&clause.labels, "账户|账单|帐户|帐单|套餐") {
        GuiAction::Credits
    } else if has(&clause.labels, "“导出”|导出菜单|导出按钮|下载按钮") {
        GuiAction::Export
    } else if has(place, "时间线|时间轴|预览|播放器") {
        GuiAction::Tracks
    } else {
        GuiAction::State
    };
    let subject = masked[..at].trim_matches(|c: char| !c.is_alphanumeric() && c != QUOTED);
    let said = subject.contains(|c: char| c.is_ascii_digit() || c == QUOTED) || subject.chars().count() > 4;
    if !said || action == GuiAction::Credits {
        return Some(Verdict::Instruction(Some(action)));
    }
    Some(Verdict::Part { from: clause.start, to: clause.at(at), ending: "已经好了", action: Some(action) })
}
