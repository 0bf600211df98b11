//! What things are called, in English and in Chinese.

use crate::ops::{Codec, Container, Fit, Position, Ratio, TextRole, Track, TransitionKind};

/// English and Chinese.
pub(super) type Names = (&'static str, &'static str);

pub(super) fn role(role: TextRole) -> Names {
    match role {
        TextRole::Title => ("Title", "标题"),
        TextRole::Subtitle => ("Subtitle", "字幕"),
        TextRole::Watermark => ("Watermark", "水印"),
    }
}

pub(super) fn track(track: Track) -> Names {
    match track {
        Track::Title => ("Title", "标题"),
        Track::Subtitle => ("Subtitles", "字幕"),
        Track::Watermark => ("Watermark", "水印"),
        Track::Bgm => ("Music", "音乐"),
        Track::Text => ("Text", "文字"),
    }
}

pub(super) fn transition(kind: TransitionKind) -> Names {
    match kind {
        TransitionKind::Crossfade => ("crossfade", "叠化转场"),
        TransitionKind::FadeBlack => ("fade through black", "黑场转场"),
    }
}

pub(super) fn fit(fit: Fit) -> Names {
    match fit {
        Fit::Cover => ("cropped to fill it", "裁切填满"),
        Fit::Contain => ("with bars", "完整画面加黑边"),
        Fit::Blur => ("over a blurred background", "模糊背景"),
    }
}

pub(super) fn ratio(ratio: Ratio) -> String {
    let (width, height) = ratio.sides();
    format!("{width}:{height}")
}

pub(super) fn position(position: Position) -> Names {
    match position {
        Position::Top => ("at the top", "顶部"),
        Position::Center => ("in the centre", "居中"),
        Position::Bottom => ("at the bottom", "底部"),
        Position::Left => ("on the left", "左侧"),
        Position::Right => ("on the right", "右侧"),
        Position::TopLeft => ("top left", "左上角"),
        Position::TopRight => ("top right", "右上角"),
        Position::BottomLeft => ("bottom left", "左下角"),
        Position::BottomRight => ("bottom right", "右下角"),
    }
}

pub(super) fn container(container: Container) -> &'static str {
    match container {
        Container::Mp4 => "MP4",
        Container::Mov => "MOV",
        Container::Webm => "WebM",
        Container::Gif => "GIF",
        Container::Mp3 => "MP3",
        Container::M4a => "M4A",
        Container::Wav => "WAV",
    }
}

pub(super) fn codec(codec: Codec) -> &'static str {
    match codec {
        Codec::H264 => "H.264",
        Codec::H265 => "H.265",
    }
}
