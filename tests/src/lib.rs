//! Nothing: the tests of the whole are in `tests/it`, one binary.
#![forbid(unsafe_code)]
