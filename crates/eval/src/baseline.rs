//! What a naive client does: a table of words, each of which means an action wherever it stands.

use weixin_video_core::gui::GuiAction;
use weixin_video_core::intent::Action;

const ROUTED: &[(&str, Action)] = &[
    ("export", Action::Export),
    ("download", Action::Export),
    ("render", Action::Export),
    ("导出", Action::Export),
    ("下载", Action::Export),
    ("credit", Action::Credits),
    ("balance", Action::Credits),
    ("积分", Action::Credits),
    ("余额", Action::Credits),
    ("status", Action::State),
    ("state", Action::State),
    ("track", Action::State),
    ("timeline", Action::State),
    ("状态", Action::State),
    ("轨道", Action::State),
    ("时间线", Action::State),
    ("upload", Action::Upload),
    ("上传", Action::Upload),
];

const SCREEN: &[(&str, GuiAction)] = &[
    ("export", GuiAction::Export),
    ("导出", GuiAction::Export),
    ("account", GuiAction::Credits),
    ("billing", GuiAction::Credits),
    ("账户", GuiAction::Credits),
    ("timeline", GuiAction::Tracks),
    ("preview", GuiAction::Tracks),
    ("时间线", GuiAction::Tracks),
    ("预览", GuiAction::Tracks),
    ("drag", GuiAction::Edit),
    ("拖", GuiAction::Edit),
    ("panel", GuiAction::State),
    ("open", GuiAction::State),
    ("面板", GuiAction::State),
    ("打开", GuiAction::State),
    ("click", GuiAction::Execute),
    ("button", GuiAction::Execute),
    ("点击", GuiAction::Execute),
    ("按钮", GuiAction::Execute),
];

/// The first word of the table that occurs.
pub(crate) fn routed(text: &str) -> Action {
    let text = text.to_lowercase();
    ROUTED.iter().find(|(word, _)| text.contains(word)).map_or(Action::Chat, |(_, action)| *action)
}

/// The action of every sentence in which a word of the table occurs, and the rest of the text.
pub(crate) fn translated(text: &str) -> (String, Vec<GuiAction>) {
    let mut kept = String::new();
    let mut actions = Vec::new();
    for sentence in text.split_inclusive(['.', '。', '!', '！', '\n']) {
        let small = sentence.to_lowercase();
        match SCREEN.iter().find(|(word, _)| small.contains(word)) {
            None => kept.push_str(sentence),
            Some((_, action)) if !actions.contains(action) => actions.push(*action),
            Some(_) => {}
        }
    }
    (kept, actions)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_decide_wherever_they_stand() {
        assert_eq!(routed("先别导出"), Action::Export);
        assert_eq!(routed("hello"), Action::Chat);
        let (kept, actions) = translated("Done. Click Save. Click Apply.");
        assert_eq!((kept.as_str(), actions), ("Done.", vec![GuiAction::Execute]));
    }
}
