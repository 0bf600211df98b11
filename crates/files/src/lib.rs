//! The files of an operation, for both adapters: a [`Source`] that is sent, a [`Sink`] that is kept.
//!
//! Core names files by number and judges what it is told of them; here they are opened, read, written, and put in place.
//! Everything blocks for as long as the disk takes: the asynchronous adapter calls it on a thread for such work.
//!
//! # What stands on the disk
//! A download grows in `.NAME.weixin-video.part` beside the output. It is locked while an operation has it, so a second one,
//! in this process or another, is told so instead of writing into it. A symlink, a folder, a pipe, or a file that has
//! another name too is never taken for it.
//! The output has its name all at once: it is the old file, nothing, or the complete new one, after a power cut too.
//! What is not published is removed, unless [`Output::keep_part`](weixin_video_core::files::Output::keep_part) says that a
//! later run will go on from it.
//!
//! **Invariant:** no socket, no clock, no decision about the protocol.

#![forbid(unsafe_code)]

mod boxes;
mod part;
mod sink;
mod source;

pub use part::Complete;
pub use part::discard;
pub use sink::{Measured, Sink};
pub use source::{Body, Progress, Source};
