//! The file to send.

pub(crate) use weixin_video_files::{Body, Progress, Source};
