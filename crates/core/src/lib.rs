//! Every decision a client of the video API takes, and no I/O.
//!
//! A clip goes in, words say what is wanted, a video comes out. Between the two lie a token, a session, an upload,
//! a paid conversation over a stream, a render and a download, each of which can break. What to do then is decided
//! here, by [`Machine`](machine::Machine)s: values that say what they want next and are told what came of it. They open
//! no socket, read no clock, roll no dice and know no environment; ids, time and randomness are arguments.
//!
//! # The driver loop
//!
//! An adapter moves the bytes. Its whole loop, the same in the blocking and the asynchronous one but for `.await`:
//!
//! ```text
//! loop {
//!     match machine.poll(now()) {
//!         Step::Emit(event)  => observer.see(event),
//!         Step::Do(op)       => { let input = port.perform(op); machine.handle(now(), input) }
//!         Step::Done(result) => return result,
//!     }
//! }
//! ```
//!
//! One [`Op`](machine::Op) asks for exactly one [`Input`](machine::Input). There is nothing to drain and no timer to
//! keep: the deadline sits inside the `Op`. An answer nobody asked for changes nothing.
//!
//! # By hand
//!
//! A machine can be walked without any adapter. This one asks for the balance, gets no answer, waits, and asks again:
//!
//! ```
//! use std::sync::Arc;
//! use std::time::SystemTime;
//! use weixin_video_core::api::ReadCredits;
//! use weixin_video_core::call::Reply;
//! use weixin_video_core::config::Config;
//! use weixin_video_core::event::Event;
//! use weixin_video_core::ids::Seed;
//! use weixin_video_core::machine::{Input, Machine, Op, Step};
//! use weixin_video_core::one_call::OneCall;
//! use weixin_video_core::time::{Instant, Now};
//!
//! let config = Arc::new(Config::new("https://api.example")?);
//! let mut machine = OneCall::new(config, ReadCredits, Seed::new(1));
//! let mut now = Now { monotonic: Instant::ORIGIN, wall: SystemTime::UNIX_EPOCH };
//!
//! let Step::Do(Op::Send(call)) = machine.poll(now) else { panic!("it asks first") };
//! assert_eq!(call.request().uri().path(), "/api/credits/balance/simple");
//! machine.handle(now, Input::Elapsed);
//!
//! let Step::Emit(Event::Note(note)) = machine.poll(now) else { panic!("it says that it tries again") };
//! assert!(note.contains("trying again"));
//!
//! let Step::Do(Op::Wait { until }) = machine.poll(now) else { panic!("it waits a little") };
//! now = now.later(until - now.monotonic);
//! machine.handle(now, Input::Elapsed);
//!
//! let Step::Do(Op::Send(_)) = machine.poll(now) else { panic!("the question was free, so it asks again") };
//! machine.handle(now, Input::Reply(Reply::new(200, r#"{"code":0,"data":{"available":100}}"#)));
//!
//! let Step::Done(Ok(credits)) = machine.poll(now) else { panic!("it has the answer") };
//! assert_eq!(credits.available, 100.0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Money
//!
//! A charged message is sent at most once. [`Message`](api::Message) is not `Clone`; making a [`Call`](call::Call) of it
//! consumes it. The only way back is [`Input::NotSent`](machine::Input::NotSent), which an adapter returns only when no
//! byte can have left. A free call goes first, so that an expired token shows before money is at stake. An unclear
//! outcome is looked into by asking for the state, and may end as
//! [`What::Unconfirmed`](error::What::Unconfirmed): never as a silent retry, never as success.
//!
//! # What is left out
//!
//! Files: core names them by [`SourceId`](call::SourceId) and [`SinkId`](call::SinkId) and never sees their bytes.
//! Terminals, environment, token files: the command line's. Rendering: the studio's.
//!
//! **Invariant:** nothing here performs I/O, reads a clock, or holds a token longer than the machine that needs it; the
//! dependencies are `http`, `httpdate`, `memchr`, `serde` and `serde_json`, and no other.

#![forbid(unsafe_code)]

pub mod account;
pub mod address;
pub mod api;
pub mod attribution;
pub mod authorize;
pub mod call;
pub mod chat;
pub mod config;
pub mod dialect;
pub mod download;
pub mod draft;
pub mod error;
pub mod event;
pub mod export;
pub mod files;
pub mod gui;
pub mod ids;
pub mod intent;
pub mod job;
pub mod language;
pub mod machine;
pub mod media;
pub mod meter;
pub mod one_call;
pub mod pace;
pub mod planted;
pub mod printable;
pub mod sse;
pub mod stall;
pub mod time;

mod envelope;
mod json;
mod redact;
#[cfg(test)]
mod script;
