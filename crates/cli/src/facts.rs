//! What a written file is, as the JSON of the command line says it.

use std::path::Path;

use serde::Serialize;
use weixin_video_studio::{Tools, probe};

/// What the written file is. Without ffprobe on this machine only its path and size are known.
#[derive(Debug, Serialize)]
pub(crate) struct Facts {
    path: String,
    bytes: u64,
    width: Option<u32>,
    height: Option<u32>,
    duration_ms: Option<u64>,
    fps: Option<f64>,
    video_codec: Option<String>,
    audio_codec: Option<String>,
    faststart: Option<bool>,
}

impl Facts {
    /// Looks at the file at `path`, which is `bytes` long.
    pub(crate) fn of(path: &Path, bytes: u64) -> Self {
        let facts = probe(&Tools::find(), path).ok();
        let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
        let video = facts.as_ref().and_then(|facts| facts.video.as_ref());
        Self {
            path: absolute.display().to_string(),
            bytes,
            width: video.map(|video| video.display_width),
            height: video.map(|video| video.display_height),
            duration_ms: facts.as_ref().map(|facts| facts.duration_ms),
            fps: video.and_then(|video| video.frame_rate).map(|rate| rate.value()),
            video_codec: video.map(|video| video.codec.clone()),
            audio_codec: facts.as_ref().and_then(|facts| facts.audio.as_ref()).map(|audio| audio.codec.clone()),
            faststart: facts.as_ref().and_then(|facts| facts.faststart),
        }
    }
}
