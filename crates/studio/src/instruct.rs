//! From a person's words to a wish, a question, or an honest no.

mod gate;
mod lexicon;
mod reply;
mod token;

use crate::wish::FormatWish;

/// What a person's words come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Instruction {
    /// Every word was understood: format the clip like this.
    Format(FormatWish),
    /// It was understood, and can't be done here. Nothing may be edited.
    Unsupported {
        /// What can't be done, in the person's language.
        what: String,
        /// What can be done instead, in the person's language.
        offer: String,
    },
    /// It wasn't understood well enough to act. Nothing may be edited.
    Question {
        /// The question, in the person's language.
        text: String,
        /// Messages that would be understood, to choose from.
        choices: Vec<String>,
    },
}

/// Longer messages than this, in characters, are no instruction.
const LONGEST: usize = 2000;

/// Reads an instruction in English, Chinese or a mix of both. Pure.
///
/// It acts only on a message of which it understood every word: a wrong edit is far worse than a
/// question.
///
/// ```
/// use weixin_video_studio::{FormatWish, Instruction, instruct};
///
/// let wish = FormatWish { short_side: 720, ..FormatWish::default() };
/// assert_eq!(instruct("压缩成720p发微信"), Instruction::Format(wish));
/// assert!(matches!(instruct("trim the first 5 seconds"), Instruction::Unsupported { .. }));
/// assert!(matches!(instruct("make it pop"), Instruction::Question { .. }));
/// ```
pub fn instruct(text: &str) -> Instruction {
    let reply = reply::In::language_of(text);
    if text.chars().nth(LONGEST).is_some() {
        return reply.question(reply.too_long());
    }
    match gate::read(&token::tokens(text)) {
        Ok(wish) => Instruction::Format(wish),
        Err(gate::Refusal::Unsupported(op)) => reply.unsupported(op),
        Err(gate::Refusal::Unknown(words)) => reply.question(&reply.not_understood(&words)),
        Err(gate::Refusal::Unclear(what)) => reply.question(reply.unclear(what)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wish(text: &str) -> (u32, u32) {
        match instruct(text) {
            Instruction::Format(wish) => (wish.short_side, wish.max_fps),
            answer @ (Instruction::Unsupported { .. } | Instruction::Question { .. }) => {
                panic!("{text:?} gave {answer:?}")
            }
        }
    }

    #[test]
    fn formats_for_wechat_in_both_languages() {
        for text in [
            "format and compress this video for sharing on WeChat",
            "Format this video.",
            "Please optimise my clip for WeChat Moments!",
            "compress a video for WeChat",
            "Could you convert this to a WeChat-ready MP4, please?",
            "convert a 30-second MP4 recorded on a smartphone into a 1080p MP4",
            "make it a 1080p MP4",
            "convert to mp4",
            "convert my .mov to mp4",
            "convert MOV to H.264 MP4 with AAC audio",
            "send this video to my friends on WeChat",
            "I want to share this 4K video on WeChat",
            "export for 微信",
            "get this video ready for WeChat",
            "make this video play on WeChat",
            "full HD MP4 for WeChat channels",
            "re-encode it as mp4 at 30 frames per second",
            "压缩一下发微信",
            "把这个视频压缩一下发微信",
            "转成微信能播的视频",
            "帮我把这个30秒的视频转成MP4格式",
            "发朋友圈",
            "请优化这段视频,方便发到微信群里",
            "适配微信视频号",
            "转换成1080P的mp4",
            "格式化一下这个视频,分享给微信好友",
            "把mov转成mp4",
            "ＭＰ４",
            "把這個視頻壓縮一下發微信",
            "将30秒的手机MP4视频转换为1080p的MP4",
            "视频格式化并压缩以便在微信上分享",
            "optimize for WeChat, keep good quality",
        ] {
            assert_eq!(wish(text), (1080, 30), "{text}");
        }
    }

    #[test]
    fn size_and_rate_are_taken_when_they_are_asked_for() {
        let cases = [
            ("make it 720p for WeChat", (720, 30)),
            ("convert this 1080p mp4 to 540p", (540, 30)),
            ("convert from 4k 60fps to 1080p 30fps mp4", (1080, 30)),
            ("compress it to 720p at 60 fps", (720, 60)),
            ("mp4, 480p, 24fps", (480, 24)),
            ("format for wechat at 60 frames per second", (1080, 60)),
            ("压缩成720p发微信", (720, 30)),
            ("转成1080P 60帧的MP4", (1080, 60)),
            ("把这个4K视频压缩到720p", (720, 30)),
            ("微信用,每秒25帧", (1080, 25)),
            ("分辨率改为720P", (720, 30)),
            ("downscale to 720p at 30 fps", (720, 30)),
        ];
        for (text, expected) in cases {
            assert_eq!(wish(text), expected, "{text}");
        }
    }

    #[test]
    fn what_cannot_be_done_is_said_and_not_skipped() {
        let cases = [
            ("trim the first 5 seconds and format for WeChat", "cutting"),
            ("compress to 10MB for WeChat", "file size"),
            ("turn it into a gif", "gif"),
            ("convert mp4 to mov", "mov"),
            ("make a 4K mp4", "1080p"),
            ("format for WeChat at 120fps", "frames"),
            ("format for WeChat and add a title", "text"),
            ("convert to HEVC", "H.264"),
            ("mute it and send it on WeChat", "sound"),
            ("make it vertical for WeChat", "shape"),
            ("the audio for wechat", "sound"),
            ("convert to mp4 without audio", "sound"),
            ("compress for TikTok", "TikTok"),
            ("压缩到20MB以内", "大小"),
            ("压缩发微信,加字幕", "文字"),
            ("剪掉前5秒然后发微信", "剪辑"),
            ("加速两倍发朋友圈", "速度"),
            ("适配公众号", "公众号"),
        ];
        for (text, about) in cases {
            match instruct(text) {
                Instruction::Unsupported { what, offer } => {
                    assert!(what.contains(about), "{text}: {what}");
                    assert!(offer.contains("1080p"), "{text}: {offer}");
                }
                answer @ (Instruction::Format(_) | Instruction::Question { .. }) => {
                    panic!("{text:?} gave {answer:?}")
                }
            }
        }
    }

    #[test]
    fn anything_not_understood_is_asked_about() {
        for text in [
            "",
            "hello",
            "video",
            "compress it",
            "convert this video",
            "send me the video",
            "just the video for wechat",
            "create a video for WeChat",
            "做一个视频发微信",
            "make it 720p not 1080p",
            "never convert to mp4",
            "don't compress it for WeChat",
            "format this video for WeChat but keep the original size",
            "make it a 30 second video for WeChat",
            "convert it to a 30-second MP4",
            "format for WeChat at 720p and 1080p",
            "make a sparkling video for WeChat",
            "convert to 1920x1080 mp4",
            "save as holiday.mp4",
            "压缩一下",
            "不要压缩发微信",
            "压缩成30秒发微信",
            "把视频发微信,再弄好看点",
            "你好",
            "1080 30 60",
        ] {
            let answer = instruct(text);
            assert!(matches!(answer, Instruction::Question { .. }), "{text:?} gave {answer:?}");
        }
    }

    #[test]
    fn a_question_names_the_words_in_the_language_of_the_message() {
        let Instruction::Question { text, choices } = instruct("format it with sparkles") else {
            panic!("not a question")
        };
        assert!(text.contains("\"sparkles\""), "{text}");
        let Instruction::Question { text, .. } = instruct("发微信,弄得酷炫") else { panic!("not a question") };
        assert!(text.contains("「得酷炫」"), "{text}");
        let understood = |text: &String| matches!(instruct(text), Instruction::Format(_));
        assert!(choices.iter().all(understood), "{choices:?}");
        let Instruction::Question { choices, .. } = instruct("你好") else { panic!() };
        assert!(!choices.is_empty() && choices.iter().all(understood), "{choices:?}");
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_answered(text in "\\PC{0,60}") {
            let _ = instruct(&text);
        }

        /// The gate: one strange word anywhere, and nothing is done.
        #[test]
        fn a_strange_word_anywhere_stops_it(place in 0usize..9, word in "q[a-z]{3,8}") {
            let mut words: Vec<&str> = "format and compress this video for sharing on WeChat"
                .split(' ').collect();
            words.insert(place, &word);
            let answer = instruct(&words.join(" "));
            proptest::prop_assert!(matches!(answer, Instruction::Question { .. }), "{:?}", answer);
        }
    }
}
