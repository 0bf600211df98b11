//! How the agent talks: with a word or without one, and whether it takes the person for somebody with a screen full of panels.

use crate::builder::Builder;
use crate::reply::{AgentReply, Step};

/// How a chat ends that did its work without a word: every ending seen on real agent servers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SilentEnding {
    /// Nothing after the tool's result.
    Nothing,
    /// An event without `content`.
    NoContent,
    /// `"content":{"role":"model"}`
    RoleOnly,
    /// `"parts":[]`
    EmptyParts,
    /// A part with `"text":""`
    EmptyText,
    /// `"errorCode":"STOP"`
    CodeStop,
    /// `"errorCode":"MODEL_RETURNED_NO_CONTENT"`
    CodeNoContent,
}

impl SilentEnding {
    /// All of them, for a test that wants each.
    pub const ALL: [Self; 7] = [
        Self::Nothing,
        Self::NoContent,
        Self::RoleOnly,
        Self::EmptyParts,
        Self::EmptyText,
        Self::CodeStop,
        Self::CodeNoContent,
    ];
}

/// What is said to people who have the editor's window before them, as English and Chinese agents say it.
const GUI_TALK: [(&str, &str); 4] = [
    ("You can preview it in the timeline.", "可以在时间线里预览效果。"),
    ("Click the Export button to save your video.", "点击右上角的「导出」按钮就能保存视频。"),
    ("Open the Audio panel if you'd like to compare.", "打开音频面板可以对比前后差别。"),
    ("I encountered a temporary issue.", "I encountered a temporary issue."),
];

/// What [`Builder`] was told of the agent's ways. For people: it always has a word, and no talk of buttons.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Manner {
    /// How silent edits end, and how many in a hundred are silent.
    silence: Option<(SilentEnding, u8)>,
    gui: bool,
}

impl Builder {
    /// Every edit of the draft goes without a word and ends like this. Flat streams just end.
    pub const fn silent_edits(self, ending: SilentEnding) -> Self {
        self.silent_at_times(ending, 100)
    }

    /// So many edits in a hundred go without a word, as about 30 do at the service. Which ones, the words of the message
    /// decide: the same message is always silent, or never.
    pub const fn silent_at_times(mut self, ending: SilentEnding, in_a_hundred: u8) -> Self {
        self.settings.manner.silence = Some((ending, in_a_hundred));
        self
    }

    /// What the agent says of an edit ends in talk of a timeline to look at, of buttons and of panels, or in the notice of
    /// a temporary issue. Which of them, the words of the message decide.
    pub const fn gui_talk(mut self) -> Self {
        self.settings.manner.gui = true;
        self
    }
}

impl Manner {
    /// How the answer ends, where it is a silent one.
    pub(crate) fn ending(self, reply: &AgentReply, message: &str) -> Option<SilentEnding> {
        let (ending, in_a_hundred) = self.silence.filter(|_| reply.draft.is_some())?;
        (lot(message, "silence") % 100 < u64::from(in_a_hundred)).then_some(ending)
    }

    /// The answer as it is told.
    pub(crate) fn told(self, reply: AgentReply, message: &str) -> AgentReply {
        if self.ending(&reply, message).is_some() {
            return reply.silenced();
        }
        let says = reply.steps.iter().any(|step| matches!(step, Step::Say(_)));
        if !self.gui || !says || reply.draft.is_none() {
            return reply;
        }
        let (english, chinese) = GUI_TALK[(lot(message, "talk") % GUI_TALK.len() as u64) as usize];
        let is_chinese = message.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
        reply.say(format!("\n{}", if is_chinese { chinese } else { english }))
    }
}

/// A number that looks like chance and is always the same for a message (64-bit FNV-1a, mixed once more).
fn lot(message: &str, of: &str) -> u64 {
    let bytes = of.bytes().chain([0]).chain(message.bytes());
    let hash =
        bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    (hash ^ (hash >> 31)).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 16
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn edit() -> AgentReply {
        AgentReply::new().say("✅ done").draft(json!({"t": []}))
    }

    fn words(reply: &AgentReply) -> String {
        let said =
            reply.steps.iter().filter_map(|step| if let Step::Say(text) = step { Some(text.as_str()) } else { None });
        said.collect()
    }

    #[test]
    fn three_edits_in_ten_are_silent_and_always_the_same_ones() {
        let manner = Manner { silence: Some((SilentEnding::NoContent, 30)), gui: false };
        let messages: Vec<String> = (0..1000).map(|number| format!("cut the first {number} seconds")).collect();
        let silent = |message: &String| manner.ending(&edit(), message).is_some();
        let count = messages.iter().filter(|message| silent(message)).count();
        assert!((250..350).contains(&count), "{count}");
        assert!(messages.iter().all(|message| words(&manner.told(edit(), message)).is_empty() == silent(message)));
        assert_eq!(manner.ending(&AgentReply::new().say("a question"), &messages[0]), None);
    }

    #[test]
    fn talk_of_a_screen_comes_after_what_was_done_in_the_language_of_the_message() {
        let manner = Manner { silence: None, gui: true };
        let tails = |message: &str| -> std::collections::BTreeSet<String> {
            (0..100).map(|number| words(&manner.told(edit(), &format!("{message} {number}")))).collect()
        };
        for (english, chinese) in GUI_TALK {
            assert!(tails("cut").contains(&format!("✅ done\n{english}")), "{english}");
            assert!(tails("剪").contains(&format!("✅ done\n{chinese}")), "{chinese}");
        }
        assert_eq!(words(&manner.told(AgentReply::new().say("hello"), "cut")), "hello");
        assert_eq!(words(&Manner::default().told(edit(), "cut")), "✅ done");
    }
}
