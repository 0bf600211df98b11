//! The sentences.

use crate::ops::{About, What};

/// A question about words that weren't understood.
pub(super) fn unknown(words: &[String], chinese: bool) -> String {
    if chinese {
        let words: Vec<String> = words.iter().map(|word| format!("「{word}」")).collect();
        return format!("没看懂{}，所以什么都没改。想怎么改这个视频？", words.join("、"));
    }
    let words: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
    format!("I did not understand {}, so nothing was changed. What should be done with the video?", words.join(", "))
}

/// A point in time, as `1:05` or `0:03.5`.
pub(super) fn clock(ms: u64) -> String {
    let (minutes, rest) = (ms / 60_000, ms % 60_000);
    let (seconds, more) = (rest / 1000, rest % 1000);
    let hours = if minutes >= 60 { format!("{}:{:02}", minutes / 60, minutes % 60) } else { minutes.to_string() };
    if more == 0 {
        format!("{hours}:{seconds:02}")
    } else {
        format!("{hours}:{seconds:02}.{}", format!("{more:03}").trim_end_matches('0'))
    }
}

/// A length of time in seconds.
pub(super) fn length(ms: u64, chinese: bool) -> String {
    #[expect(clippy::cast_precision_loss, reason = "no length of a video is that long")]
    let seconds = ms as f64 / 1000.0;
    if chinese { format!("{seconds}秒") } else { format!("{seconds} seconds") }
}

pub(super) fn question(about: About, chinese: bool) -> &'static str {
    let (en, zh) = match about {
        About::WhatChange => ("What should be changed in the video?", "想对视频做什么修改？"),
        About::HowLong => ("How long should the video be?", "视频要剪成多长？"),
        About::HowFast => ("How fast should it play?", "要调到几倍速？"),
        About::HowSmall => ("How small should the file be?", "要压缩到多大？"),
        About::WhichTime => ("Which part do you mean, from when to when?", "指的是哪一段，从几秒到几秒？"),
        About::WhichText => ("What should the text say?", "文字内容写什么？"),
        About::WhichFile => ("Which file do you mean?", "指的是哪个文件？"),
        About::WhichClip => ("Which clip do you mean?", "指的是第几段？"),
        About::WhichRatio => ("Which shape should the picture have?", "画面要什么比例？"),
        About::WhichPlatform => ("Where will the video be sent?", "视频要发到哪里？"),
        About::WhichUnit => ("Seconds or minutes?", "是秒还是分钟？"),
        About::KeepOrRemove => ("Should that part stay or go?", "这一段是保留，还是剪掉？"),
        About::StartOrEnd => ("At the start or at the end?", "从开头剪，还是从结尾剪？"),
        About::SizeOrResolution => ("A smaller file or a smaller picture?", "是改文件大小，还是改画面尺寸？"),
        About::RotateWhich => ("Which way should it be turned?", "往哪个方向转？"),
        About::BeyondDuration => {
            ("The video is not that long. Which part do you mean?", "视频没有那么长。指的是哪一段？")
        }
        About::ReversedRange => {
            ("That part ends before it starts. Which part do you mean?", "这一段的结束早于开始。指的是哪一段？")
        }
        About::NoSuchClip => ("There is no such clip. What should be done?", "没有这个片段。想怎么改？"),
        About::NoSuchTrack => ("That is not in the video. What should be done?", "视频里没有这一项。想怎么改？"),
        About::Conflict => ("Two of these wishes do not go together. Which one?", "有两个要求互相冲突，要哪一个？"),
        About::NothingToDo => (
            "It is like that already, so nothing was changed. Anything else?",
            "现在就是这样，什么都没改。还要改什么吗？",
        ),
        About::NotAnEdit => {
            ("That is not an edit. What should be changed in the video?", "这不是剪辑要求。想对视频做什么修改？")
        }
        About::UnknownWords => (
            "I did not understand all of that. What should be changed in the video?",
            "没有完全看懂。想对视频做什么修改？",
        ),
    };
    if chinese { zh } else { en }
}

/// What can't be done, and what can.
pub(super) fn refusal(what: What, chinese: bool) -> String {
    let (en, zh) = match what {
        What::StreamingUrl => ("fetch a video from a link", "从网址下载视频"),
        What::BackgroundRemoval => ("remove or replace the background", "抠图或换背景"),
        What::FaceSwap => ("swap faces", "换脸"),
        What::Generate => ("make up a video, a picture or music", "凭空生成视频、图片或音乐"),
        What::ObjectEdit => ("change or hide things in the picture", "修改或遮挡画面里的人和物"),
        What::Beauty => ("retouch people", "美颜"),
        What::Filter => ("change colours or add looks", "调色或加滤镜"),
        What::ZoomPan => ("zoom or move the view", "缩放或移动镜头"),
        What::Sticker => ("add stickers or pictures", "加贴纸或图片"),
        What::Stabilise => ("steady a shaky picture", "给画面防抖"),
        What::Denoise => ("take away noise", "降噪"),
        What::Voice => ("make or change voices", "配音或变声"),
        What::Translation => ("translate", "翻译"),
        What::WatermarkRemoval => ("take away what is burned into the picture", "去掉画面里自带的水印或字幕"),
        What::TextStyle => ("change the look of text", "改文字的字体、颜色、大小或动画"),
        What::Transition => ("make that kind of transition", "做这种转场"),
        What::Split => ("split a video into several", "把视频分割成几段"),
        What::Cover => ("make a cover", "做封面"),
        What::Reverse => ("play it backwards", "倒放"),
        What::Publish => ("send or post it for you", "替你发送或发布"),
        What::Other => ("do that", "这样做"),
    };
    if chinese {
        return format!(
            "我不能{zh}。我可以剪辑、加标题字幕、配背景音乐、调音量和速度、改画面比例，并压缩到适合微信的大小。"
        );
    }
    format!(
        "I can't {en}. I can trim, add titles and music, change sound, speed and shape, and make it fit for WeChat."
    )
}

/// Messages that are understood whatever the video is, or that are left out where they aren't.
pub(super) fn choices(about: About, chinese: bool) -> &'static [&'static str] {
    let (en, zh): (&[&str], &[&str]) = match about {
        About::HowLong
        | About::WhichTime
        | About::BeyondDuration
        | About::StartOrEnd
        | About::KeepOrRemove
        | About::ReversedRange
        | About::WhichUnit => (
            &["make it 15 seconds long", "cut the first 5 seconds", "cut the last 5 seconds", "keep the first half"],
            &["剪成15秒", "剪掉前5秒", "剪掉最后5秒", "只保留前一半"],
        ),
        About::HowFast => {
            (&["speed it up 1.5x", "double the speed", "half speed"], &["1.5倍速", "加快一倍", "半速播放"])
        }
        About::HowSmall => (
            &["compress to 25 MB", "compress to 10 MB", "compress it for WeChat"],
            &["压缩到25MB", "压缩到10MB", "压缩发微信"],
        ),
        About::SizeOrResolution => {
            (&["compress to 10 MB", "make it 720p", "make it 540p"], &["压缩到10MB", "改成720p", "改成540p"])
        }
        About::WhichText => (
            &["add the title \"Hello\"", "add the title \"Hello\" for 3 seconds", "generate subtitles"],
            &["加标题「你好」", "加标题「你好」，显示3秒", "自动生成字幕"],
        ),
        About::WhichFile => (&["add music", "add calm piano music"], &["加背景音乐", "加一段舒缓的钢琴音乐"]),
        About::WhichClip | About::NoSuchClip => (
            &["delete clip 1", "swap clip 1 and clip 2", "merge all clips", "make it vertical", "mute"],
            &["删除第1段", "交换第1段和第2段", "合并所有片段", "改成竖屏", "静音"],
        ),
        About::WhichRatio => {
            (&["make it vertical", "make it landscape", "make it square"], &["改成竖屏", "改成横屏", "改成方形"])
        }
        About::WhichPlatform => (&["for WeChat", "for Moments", "for Channels"], &["发微信", "发朋友圈", "发视频号"]),
        About::RotateWhich => (
            &["rotate 90 degrees clockwise", "rotate 90 degrees counterclockwise", "rotate 180 degrees"],
            &["顺时针旋转90度", "逆时针旋转90度", "旋转180度"],
        ),
        About::WhatChange
        | About::NoSuchTrack
        | About::Conflict
        | About::NothingToDo
        | About::NotAnEdit
        | About::UnknownWords => (
            &[
                "cut the first 3 seconds",
                "add the title \"Hello\"",
                "make it vertical",
                "mute",
                "compress it for WeChat",
            ],
            &["剪掉前3秒", "加标题「你好」", "改成竖屏", "静音", "压缩发微信"],
        ),
    };
    if chinese { zh } else { en }
}
