//! The studio with the real ffmpeg. Without it these tests fail; they skip nothing.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "clippy allows it in #[test] functions, not in their helpers")]

mod bench;
mod edits;
#[cfg(unix)]
mod faults;
mod forms;
#[cfg(unix)]
mod hostile;
mod inputs;
mod ladder;
mod mp4;
mod probing;
mod segments;
mod sizes;
mod sounds;
#[cfg(unix)]
mod subtitles;
mod texts;
mod torture;
