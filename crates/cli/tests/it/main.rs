//! The command line as a process: every exit code, every bad input, every signal, and the README.
//!
//! These tests stand in the package of the program, and not with the scenarios in `tests`, because only here cargo builds
//! the binary before them and says where it is (`CARGO_BIN_EXE_`): no build inside a test, no stale binary.
#![cfg(unix)]
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod account;
mod aim;
mod claim;
mod cut;
mod deliver;
mod desk;
mod disk;
mod dry;
mod follow;
mod hostile;
mod input;
mod jobs;
mod journal;
mod look;
mod mend;
mod output;
#[cfg(feature = "interpreter")]
mod outside;
mod plan;
mod readme;
mod refusal;
mod render;
mod resume;
mod server;
mod serving;
mod signals;
mod streams;
mod talk;
mod tools;
mod words;
