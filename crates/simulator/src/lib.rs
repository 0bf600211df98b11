//! The core against a model of the server, in virtual time, with everything that can go wrong going wrong.
//!
//! A session is a list of decisions, drawn from a seed: which life it leads, what the server makes of each request,
//! what the network does to it, when the process dies. Every step is held to the rules of [`Rule`]. A session that
//! breaks one is shrunk to few decisions and told step by step, and can be replayed from one printed line.
//!
//! ```
//! use weixin_video_simulator::{Options, run};
//!
//! let report = run(1, 200, &Options::default());
//! assert!(report.failures.is_empty());
//! assert_eq!(report.stats.sessions, 200);
//! ```
//!
//! **Invariant:** nothing here opens a socket, reads a clock or a file: a seed tells all that happens.

#![forbid(unsafe_code)]
#![allow(clippy::wildcard_enum_match_arm, reason = "of a hundred faults each place knows the few that are its own")]

mod clock;
mod disk;
mod fate;
mod fault;
mod kinds;
mod life;
mod limits;
mod network;
pub mod polls;
mod process;
mod rule;
mod run;
mod secrets;
mod server;
mod shrink;
mod stats;
mod tables;
mod temper;
mod watch;
mod world;
#[cfg(test)]
mod wrong;

pub use fault::Fault;
pub use rule::Rule;
pub use run::{Failure, Options, Report, Story, replay, replay_index, run};
pub use stats::{Mark, Stats};
