//! What a written file is, as the JSON of the command line says it.

use std::path::Path;

use serde::Serialize;
use weixin_video_studio::MediaFacts;

/// What the written file is. Where it could not be looked at only its path and size are known.
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
    /// The file at `path`, which is `bytes` long.
    pub(crate) fn of(path: &Path, bytes: u64, facts: Option<&MediaFacts>) -> Self {
        let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
        let video = facts.and_then(|facts| facts.video.as_ref());
        Self {
            path: absolute.display().to_string(),
            bytes,
            width: video.map(|video| video.display_width),
            height: video.map(|video| video.display_height),
            duration_ms: facts.map(|facts| facts.duration_ms),
            fps: video.and_then(|video| video.frame_rate).map(|rate| rate.value()),
            video_codec: video.map(|video| video.codec.clone()),
            audio_codec: facts.and_then(|facts| facts.audio.as_ref()).map(|audio| audio.codec.clone()),
            faststart: facts.and_then(|facts| facts.faststart),
        }
    }
}
