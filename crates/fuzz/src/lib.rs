//! Fuzz targets: whatever bytes come, the client neither panics nor hangs, and what it promises holds.
//!
//! A [`Target`] is a function of bytes that panics when a promise is broken. Three things run it:
//!
//! - `cargo test` replays the corpus and a few thousand mutations of it, the same on any machine;
//! - `cargo xtask fuzz` mutates the corpus, led by coverage (libFuzzer, on a stable compiler);
//! - `cargo xtask fuzz --replay FILE` runs one input, with a backtrace.
//!
//! The corpus lies in `corpus/TARGET/`, one input a file, made by hand or kept from a run. Targets that take text take
//! it as it is, so that a capture is a good input; targets that take decisions read one from each byte, and a zero
//! means "all goes well", so that a file of zeros is the way everything should go.
//!
//! **Invariant:** a target is a pure function of its input: no clock, no randomness, no environment.

#![forbid(unsafe_code)]

mod corpus;
mod drive;
mod judge;
mod server;
mod steer;
mod targets;

pub use corpus::{inputs, target_of};
pub use targets::{PLANTED, TARGETS};

/// Something that takes bytes, and what it promises of them.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// Its name: of the target, and of its folder in the corpus.
    pub name: &'static str,
    /// What is promised, in one line.
    pub promise: &'static str,
    /// Panics when the promise does not hold.
    pub check: fn(&[u8]),
    /// A folder beside this crate whose files are inputs too.
    pub also: Option<&'static str>,
}

/// The target of this name, the planted one included.
#[must_use]
pub fn named(name: &str) -> Option<&'static Target> {
    TARGETS.iter().chain([&PLANTED]).find(|target| target.name == name)
}
