//! Files that ffmpeg makes, read here and there, and files that nobody has the patience to make.

mod agree;
mod long;
