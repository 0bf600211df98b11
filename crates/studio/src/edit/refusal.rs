//! Why a message is not done, in words for its writer.

use super::words::{Language, list, quoted, seconds};
use crate::error::Error;
use crate::ops::About;

/// Why nothing was edited, and what to say instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// What it is about.
    pub about: About,
    /// One or two sentences in the person's language, safe to show.
    pub text: String,
    /// Messages that can be done, to choose from; may be empty.
    pub choices: Vec<String>,
}

impl Refusal {
    pub(super) fn new(about: About, text: String) -> Self {
        Self { about, text, choices: Vec::new() }
    }

    fn with(mut self, choices: impl IntoIterator<Item = String>) -> Self {
        self.choices = choices.into_iter().take(3).collect();
        self
    }

    pub(super) fn too_much(language: Language) -> Self {
        let text = language.pick(
            "That is too much for one message. What should be done first?".into(),
            "一条消息里的内容太多了，先做哪一步？".into(),
        );
        Self::new(About::WhatChange, text)
    }

    pub(super) fn too_long(language: Language) -> Self {
        let text = language.pick("The video would be longer than a day.".into(), "这样视频会超过一天。".into());
        Self::new(About::WhatChange, text)
    }

    pub(super) fn unreadable(error: &Error, language: Language) -> Self {
        let why = if let Error::Draft { why } = error { why.clone() } else { error.to_string() };
        let text = language.pick(
            format!("The timeline can't be edited here: {why}. Nothing was changed."),
            format!("这个时间线无法在这里编辑（{why}），没有做任何修改。"),
        );
        Self::new(About::Conflict, text)
    }

    pub(super) fn no_clip(names: &[String], language: Language) -> Self {
        let text = match (names, language) {
            ([], Language::English) => "Please upload a video clip first.".to_owned(),
            ([], Language::Chinese) => "请先上传一段视频。".to_owned(),
            (names, Language::English) => {
                format!("There is no picture in {}. Please upload a video.", list(names, language))
            }
            (names, Language::Chinese) => format!("{}里没有画面，请上传一段视频。", list(names, language)),
        };
        Self::new(About::WhichFile, text)
    }

    pub(super) fn clip_gone(name: &str, language: Language) -> Self {
        let name = quoted(name);
        let text = language.pick(
            format!("{name} is on the timeline, but its file isn't here any more. Please upload it again."),
            format!("时间线上的{name}已经不在了，请重新上传。"),
        );
        Self::new(About::WhichFile, text)
    }

    pub(super) fn nothing_to_undo(language: Language) -> Self {
        let text = language.pick("There is no edit to undo.".into(), "没有可以撤销的操作。".into());
        Self::new(About::NothingToDo, text)
    }

    pub(super) fn nothing_to_redo(language: Language) -> Self {
        let text = language.pick("There is nothing to do again.".into(), "没有可以恢复的操作。".into());
        Self::new(About::NothingToDo, text)
    }

    pub(super) fn beyond(total: u64, language: Language) -> Self {
        let total = seconds(total);
        let text = language.pick(
            format!("The video is only {total} s long. Which part is meant?"),
            format!("视频只有 {total} 秒，指的是哪一段？"),
        );
        Self::new(About::BeyondDuration, text)
    }

    pub(super) fn nothing_left(language: Language) -> Self {
        let text = language.pick(
            "Nothing would be left of the video. Which part should stay?".into(),
            "这样视频就什么都不剩了，要保留哪一段？".into(),
        );
        Self::new(About::BeyondDuration, text)
    }

    pub(super) fn reversed(language: Language) -> Self {
        let text = language.pick(
            "That part ends before it begins. From when to when?".into(),
            "这一段的结束早于开始，从几秒到几秒？".into(),
        );
        Self::new(About::ReversedRange, text)
    }

    pub(super) fn part_gone(language: Language) -> Self {
        let text = language.pick(
            "The same message takes that part out. Which of the two?".into(),
            "同一条消息里这一段已经被去掉了，要哪一个？".into(),
        );
        Self::new(About::Conflict, text)
    }

    pub(super) fn no_such_clip(number: u32, clips: usize, language: Language) -> Self {
        let en = match clips {
            1 => "There is only one clip.".to_owned(),
            clips => format!("There is no clip {number}: there are {clips}."),
        };
        let zh = match clips {
            1 => "时间线上只有一段视频。".to_owned(),
            clips => format!("没有第 {number} 段，一共只有 {clips} 段。"),
        };
        Self::new(About::NoSuchClip, language.pick(en, zh))
    }

    pub(super) fn one_clip(language: Language) -> Self {
        let text = language.pick(
            "There is only one clip. Please upload another one first.".into(),
            "时间线上只有一段视频，请先再上传一段。".into(),
        );
        Self::new(About::NoSuchClip, text)
    }

    pub(super) fn bad_order(clips: usize, language: Language) -> Self {
        let text = language.pick(
            format!("There are {clips} clips. In which order should they come?"),
            format!("一共有 {clips} 段，要按什么顺序排？"),
        );
        Self::new(About::WhichClip, text)
    }

    /// `en` and `zh` are what there is none of.
    pub(super) fn no_track(en: &str, zh: &str, language: Language) -> Self {
        let text = language.pick(format!("There is no {en} on the timeline."), format!("时间线上没有{zh}。"));
        Self::new(About::NoSuchTrack, text)
    }

    pub(super) fn no_music(language: Language) -> Self {
        Self::no_track("music", "音乐", language)
    }

    /// `en` and `zh` are what can't be that value.
    pub(super) fn out_of_range(en: &str, zh: &str, language: Language) -> Self {
        Self::new(About::WhatChange, language.pick(format!("{en}."), format!("{zh}。")))
    }

    /// No file is meant by the words; `files` are the sounds that are there.
    pub(super) fn no_library(query: Option<&str>, files: &[String], language: Language) -> Self {
        let (en, zh) = match query {
            Some(query) => (
                format!("I have no music library to find {} in", quoted(query)),
                format!("我这里没有音乐库，找不到{}", quoted(query)),
            ),
            None => ("There is no music file here yet".to_owned(), "还没有音乐文件".to_owned()),
        };
        let text = match (files, language) {
            ([], Language::English) => format!("{en}. Upload a song (mp3, m4a, wav), and I put it under the video."),
            ([], Language::Chinese) => format!("{zh}。上传一首歌（mp3、m4a、wav），我就能配上。"),
            (files, Language::English) => format!("{en}. These are here: {}. Which one?", list(files, language)),
            (files, Language::Chinese) => format!("{zh}。现有：{}，用哪一首？", list(files, language)),
        };
        Self::new(About::WhichFile, text).with(Self::songs(files, language))
    }

    pub(super) fn no_such_file(asset: &str, files: &[String], language: Language) -> Self {
        let asset = quoted(asset);
        let text = match (files, language) {
            ([], Language::English) => format!("{asset} isn't here. Please upload it first."),
            ([], Language::Chinese) => format!("没有{asset}这个文件，请先上传。"),
            (files, Language::English) => format!("{asset} isn't here, only {}. Which one?", list(files, language)),
            (files, Language::Chinese) => format!("没有{asset}，只有{}，用哪一个？", list(files, language)),
        };
        Self::new(About::WhichFile, text).with(Self::songs(files, language))
    }

    /// `files` are the files of subtitles that are there.
    pub(super) fn no_such_subtitles(asset: &str, files: &[String], language: Language) -> Self {
        let asset = quoted(asset);
        let text = match (files, language) {
            ([], Language::English) => {
                format!("{asset} isn't here, and no other file of subtitles. Please upload it first (srt or vtt).")
            }
            ([], Language::Chinese) => format!("没有{asset}这个字幕文件，请先上传（srt 或 vtt）。"),
            (files, Language::English) => format!("{asset} isn't here, only {}. Which one?", list(files, language)),
            (files, Language::Chinese) => format!("没有{asset}，只有{}，用哪一个？", list(files, language)),
        };
        let add = |name: &String| language.pick(format!("add subtitles from {name}"), format!("用{name}做字幕"));
        Self::new(About::WhichFile, text).with(files.iter().map(add))
    }

    pub(super) fn subtitles_beyond(name: &str, language: Language) -> Self {
        let name = quoted(name);
        let text = language
            .pick(format!("No line of {name} falls within the video."), format!("{name}里没有一条落在视频的时间里。"));
        Self::new(About::BeyondDuration, text)
    }

    pub(super) fn subtitles_in_file(names: &[String], language: Language) -> Self {
        let names = list(names, language);
        let text = language.pick(
            format!("The subtitles are those of {names}: change the file and upload it again."),
            format!("字幕来自 {names}，请修改文件后重新上传。"),
        );
        Self::new(About::WhichText, text)
    }

    pub(super) fn which_text(texts: &[String], language: Language) -> Self {
        let texts: Vec<String> = texts.iter().map(|text| quoted(text)).collect();
        let text = language.pick(
            format!("There are several: {}. Remove them and say the new ones.", texts.join(", ")),
            format!("有好几个：{}。请先去掉，再说新的内容。", texts.join("、")),
        );
        Self::new(About::WhichText, text)
    }

    fn songs(files: &[String], language: Language) -> Vec<String> {
        let song = |name: &String| language.pick(format!("use {name} as the BGM"), format!("用{name}做背景音乐"));
        files.iter().map(song).collect()
    }
}
