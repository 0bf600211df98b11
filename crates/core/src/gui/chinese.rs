//! Judges clauses in Chinese; the text is in simplified characters.

use super::pieces::QUOTED;
use super::{GuiAction, Verdict, has};

/// Acts that only make sense on a screen.
const SCREEN_ACTS: &str = "点击|点选|点按|单击|双击|轻点|点一下|勾选|取消勾选|拖动|拖拽|拖放|拖到|拖至|拖入|播放头|刷新页面|\
    刷新一下|右键|滑块|按ctrl|按下ctrl|按下空格|按空格|按 ctrl|按cmd|快捷键|点导出|点下载|点保存|左拖|右拖|前拖|后拖";

/// Acts that need a part of the screen beside them.
const OTHER_ACTS: &str = "打开|切换到|切到|进入|前往|到|去|在|从|通过|使用|用|展开|选择|查看";

/// Words that lead to an act of the user.
const BEFORE: &str =
    "移动|请|可|直接|或|再|先|然后|在|把|将|选中|只需|只要|接着|最后|您|你|通过|需|后|到|时|想|用|不必|我";

/// Parts of a screen.
const SCREEN: &str = "面板|按钮|页面|菜单|标签页|选项卡|侧边栏|侧栏|工具栏|图标|账户设置|账户中心|账单|设置里|设置中|开关|对话框|窗口里|素材库";

/// Where a clause says in which part of the screen something is.
const POINTERS: &[&str] = &[
    "已经放进",
    "已放进",
    "已经放在",
    "已放在",
    "已经存进",
    "已存进",
    "已经保存在",
    "已保存在",
    "显示在",
    "出现在",
    "放进了",
    "放在了",
];

/// An act that is said to be unnecessary, or was the agent's own.
const NO_ACTION: &str = "无需|不用|不必|不需要|我点击了|我已点击|我已经点击|我帮您点|我打开了|我拖动了|我已经拖";

pub(super) fn judge(masked: &str, labels: &str, start: usize) -> Verdict {
    let acts = operates(&masked.replace("点击率", "")) || presses_label(masked);
    let screen = has(masked, SCREEN);
    if (acts || screen) && has(masked, NO_ACTION) {
        return Verdict::Instruction(None);
    }
    if let Some(verdict) = pointer(masked, start) {
        return verdict;
    }
    let looks = has(masked, "时间线|时间轴") && has(masked, "预览|查看|播放|看看|看到|回放") && !masked.contains("已");
    let previews = has(masked, "可以预览|点开预览|播放预览|预览一下|预览效果");
    if acts || looks || previews || (screen && has(masked, OTHER_ACTS)) {
        return Verdict::Instruction(action(masked, labels));
    }
    let leads = ["如果", "若", "要是", "想", "要", "需要", "如需"];
    let begins = leads.iter().any(|lead| masked.trim_start().starts_with(lead));
    if begins
        && (masked.starts_with('如')
            || masked.starts_with('若')
            || masked.starts_with("要是")
            || masked.ends_with("的话"))
    {
        return Verdict::LeadIn;
    }
    Verdict::Content
}

/// An act of the user: 请拖动片段; but in 老人拖动箱子 somebody else acts.
fn operates(masked: &str) -> bool {
    let Some(at) = SCREEN_ACTS.split('|').filter_map(|act| masked.find(act)).min() else {
        return false;
    };
    let before = masked[..at].trim_matches(|c: char| !c.is_alphanumeric());
    before.is_empty() || has(before, BEFORE)
}

/// 点“重置”, 按「保存」: a label right after the verb.
fn presses_label(masked: &str) -> bool {
    let quoted: String =
        masked.chars().map(|c| if matches!(c, '“' | '「' | '"' | '‘' | '『') { QUOTED } else { c }).collect();
    ["点", "按", "选", "用"].iter().any(|verb| quoted.contains(&format!("{verb}{QUOTED}")))
}

/// The most specific meaning of an instruction.
fn action(masked: &str, labels: &str) -> Option<GuiAction> {
    let drags = has(masked, "拖|滑块");
    if drags && has(masked, "上传区|您的文件|你的文件") {
        return None;
    }
    let meaning = if has(&labels.replace("领导出", ""), "导出|下载|汇出|输出按钮") {
        GuiAction::Export
    } else if has(labels, "账户|账单|充值|套餐|会员|升级|订阅|余额") {
        GuiAction::Credits
    } else if drags && !masked.contains("播放头") {
        GuiAction::Edit
    } else if has(masked, "时间线|时间轴|预览|播放") {
        GuiAction::Tracks
    } else if has(masked, "打开|切换到|切到|进入|前往|刷新|面板|标签页|选项卡") && !has(masked, "勾选|点击")
    {
        GuiAction::State
    } else {
        GuiAction::Execute
    };
    Some(meaning)
}

/// 您要的雪山延时已经放进左侧的素材库面板
fn pointer(masked: &str, start: usize) -> Option<Verdict> {
    let (at, word) = POINTERS.iter().find_map(|word| Some((masked.find(word)?, *word)))?;
    let place = &masked[at + word.len()..];
    if !has(place, "面板|素材库|侧边栏|侧栏|列表里|列表中") {
        return None;
    }
    let action = if has(place, "时间线|时间轴") { GuiAction::Tracks } else { GuiAction::State };
    Some(Verdict::Pointer { keep: start + masked[..at].chars().count(), ending: "已经好了", action })
}
