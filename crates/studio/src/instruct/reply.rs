//! What is answered, in the language of the message.

use super::{Instruction, gate::Unclear, token::Op};
use crate::error::plain;

/// How many words that weren't understood a question names.
const NAMED: usize = 3;

/// The language of the answer: that of the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum In {
    English,
    Chinese,
}

impl In {
    pub(crate) fn language_of(text: &str) -> Self {
        let chinese = text.chars().any(|c| ('\u{3400}'..='\u{9fff}').contains(&c));
        if chinese { Self::Chinese } else { Self::English }
    }

    pub(crate) fn question(self, text: &str) -> Instruction {
        let choices: &[&str] = match self {
            Self::English => &[
                "format this video for WeChat",
                "convert it to a 720p MP4 for WeChat",
                "format this video for WeChat at 60 fps",
            ],
            Self::Chinese => &["压缩一下发微信", "转成720p的MP4发微信", "转成60帧的MP4发微信"],
        };
        let choices = choices.iter().map(|&choice| choice.to_owned()).collect();
        Instruction::Question { text: text.to_owned(), choices }
    }

    pub(crate) fn unsupported(self, op: Op) -> Instruction {
        let offer = match self {
            Self::English => {
                "I can make it an MP4 for WeChat: H.264 and AAC, up to 1080p (or 720p, 540p, 480p, \
                 360p), up to 30 or 60 frames a second"
            }
            Self::Chinese => {
                "我可以把它转成适合微信的 MP4：H.264 + AAC，最高 1080p（或 720p、540p、480p、360p），最高 30 或 60 帧"
            }
        };
        Instruction::Unsupported { what: self.refusal(op), offer: offer.to_owned() }
    }

    pub(crate) fn not_understood(self, words: &[String]) -> String {
        let shown = words.iter().take(NAMED).map(|word| plain(word, 40));
        match self {
            Self::English => {
                let words: Vec<String> = shown.map(|word| format!("\"{word}\"")).collect();
                format!("I did not understand {}. What should the video become?", words.join(", "))
            }
            Self::Chinese => {
                let words: Vec<String> = shown.map(|word| format!("「{word}」")).collect();
                format!("没看懂{}。想把视频处理成什么样？", words.join("、"))
            }
        }
    }

    pub(crate) fn unclear(self, what: Unclear) -> &'static str {
        match (self, what) {
            (Self::English, Unclear::What) => "What should be done with the video?",
            (Self::English, Unclear::HowFar) => "What should it become: a video for WeChat, or 720p?",
            (Self::English, Unclear::Conflict) => "There are two different sizes or frame rates. Which one?",
            (Self::English, Unclear::Length) => {
                "Is that how long the clip is? Cutting it to a length can't be done here yet."
            }
            (Self::Chinese, Unclear::What) => "想对视频做什么？",
            (Self::Chinese, Unclear::HowFar) => "想处理成什么样：发微信用，还是 720p？",
            (Self::Chinese, Unclear::Conflict) => "提到了两种不同的分辨率或帧率，要哪一个？",
            (Self::Chinese, Unclear::Length) => "这是视频本身的时长吗？目前还不能按时长剪辑。",
        }
    }

    pub(crate) fn too_long(self) -> &'static str {
        match self {
            Self::English => "That is a long text. What should be done with the video, in a sentence?",
            Self::Chinese => "内容太长了。请用一句话说明想对视频做什么。",
        }
    }

    fn refusal(self, op: Op) -> String {
        let text = match (self, op) {
            (_, Op::Container(name)) => return self.other_container(name),
            (Self::English, Op::Cut) => "cutting, keeping parts and joining can't be done here yet",
            (Self::English, Op::Text) => "adding text can't be done here yet",
            (Self::English, Op::Sound) => "changing the sound can't be done here yet",
            (Self::English, Op::Speed) => "changing the speed can't be done here yet",
            (Self::English, Op::Shape) => "changing the shape or turning the picture can't be done here yet",
            (Self::English, Op::Look) => "effects can't be done here yet",
            (Self::English, Op::Codec) => "WeChat plays H.264, so no other codec is made here",
            (Self::English, Op::FileSize) => "a limit for the file size can't be promised here yet",
            (Self::English, Op::TooLarge) => "nothing larger than 1080p is made here: WeChat would shrink it",
            (Self::English, Op::OddSize) => "that frame size isn't made here",
            (Self::English, Op::FrameRate) => "only 10 to 60 whole frames a second can be made here",
            (Self::English, Op::OtherPlatform) => "TikTok and other platforms are not served here, only WeChat",
            (Self::English, Op::CappedPlace) => {
                "Official Accounts, WeCom and mini programs have size limits that can't be promised here yet"
            }
            (Self::Chinese, Op::Cut) => "目前还不能剪辑、截取或合并",
            (Self::Chinese, Op::Text) => "目前还不能加文字或字幕",
            (Self::Chinese, Op::Sound) => "目前还不能修改声音或加音乐",
            (Self::Chinese, Op::Speed) => "目前还不能改变播放速度",
            (Self::Chinese, Op::Shape) => "目前还不能改变画幅或旋转画面",
            (Self::Chinese, Op::Look) => "目前还不能加特效",
            (Self::Chinese, Op::Codec) => "微信播放 H.264，这里不生成其他编码",
            (Self::Chinese, Op::FileSize) => "目前还不能保证文件大小上限",
            (Self::Chinese, Op::TooLarge) => "不生成高于 1080p 的视频，微信会再压缩",
            (Self::Chinese, Op::OddSize) => "不支持这个分辨率",
            (Self::Chinese, Op::FrameRate) => "帧率只能是 10 到 60 的整数",
            (Self::Chinese, Op::OtherPlatform) => "这里只处理发微信的视频，不支持其他平台",
            (Self::Chinese, Op::CappedPlace) => "公众号、企业微信和小程序有大小上限，目前还不能保证",
        };
        text.to_owned()
    }

    fn other_container(self, name: &str) -> String {
        match self {
            Self::English => format!("a {name} can't be made here: WeChat plays MP4"),
            Self::Chinese => format!("不生成 {name}，微信播放 MP4"),
        }
    }
}
