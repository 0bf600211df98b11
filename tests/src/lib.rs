//! The README's Rust, run as a doctest. The tests of the whole are in `tests/it`, one binary.
#![forbid(unsafe_code)]

#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
