//! MP4 files that ffmpeg makes, read here and there.

mod agree;
