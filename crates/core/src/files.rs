//! Names of files, for adapters: core itself opens none.

use std::path::PathBuf;

use crate::api::SourceUrl;

/// Something to upload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Media {
    /// A file on this machine.
    File(PathBuf),
    /// A URL for the server to fetch.
    Url(SourceUrl),
}

/// Where a video goes.
///
/// ```
/// use weixin_video_core::files::Output;
///
/// assert!(!Output::new("out/clip.mp4").replace, "an existing file is kept unless told otherwise");
/// assert!(Output::new("out/clip.mp4").replacing().replace);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// The file's name; its folder must exist.
    pub path: PathBuf,
    /// Whether an existing file is replaced.
    pub replace: bool,
    /// Whether what was fetched so far is kept when the download ends without the whole: `.NAME.weixin-video.part` beside
    /// the file, from which a later run goes on.
    pub keep_part: bool,
}

impl Output {
    /// A new file; an existing one is not touched.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), replace: false, keep_part: false }
    }

    /// The same, but an existing file is replaced, all at once, when the new one is complete.
    #[must_use]
    pub fn replacing(self) -> Self {
        Self { replace: true, ..self }
    }

    /// The same, but what was fetched so far is kept for a later run.
    #[must_use]
    pub fn keeping_part(self) -> Self {
        Self { keep_part: true, ..self }
    }
}
