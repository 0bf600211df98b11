//! What the command line keeps about a job, as text: [`journal`] reads and writes the lines, and touches no file.
//!
//! The program itself stands in `main.rs`. This part is a library so that others can read a journal too, such as a fuzz
//! target.

#![forbid(unsafe_code)]

pub mod journal;
